//! One line: without its bullet or number, cut into parts.

/// A line without bullet, number and spaces around it.
pub(super) struct Line<'a> {
    pub text: &'a str,
}

impl<'a> Line<'a> {
    /// `None` for a blank line or a remark.
    pub fn clean(raw: &'a str) -> Option<Self> {
        let mut t = raw.trim();
        if t.starts_with('#') {
            return None;
        }
        t = strip_bullet(t);
        t = strip_number(t);
        // A remark at the end stands after a blank, a sign and a blank: "disp #30" is none.
        if let Some(at) = t.find(" # ") {
            t = t[..at].trim_end();
        }
        (!t.is_empty()).then_some(Self { text: t })
    }

    /// Name and value of a `name: value` line.
    pub fn name_and_value(&self) -> Option<(&'a str, &'a str)> {
        let (name, value) = self.text.split_once(':')?;
        let name = name.trim();
        let words = name.split_whitespace().count();
        let plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '*' | '/' | '(' | ')' | '\''));
        (words > 0 && words <= 4 && plain && name.chars().any(char::is_alphabetic))
            .then(|| (name, value.trim()))
    }
}

fn strip_bullet(t: &str) -> &str {
    let mut rest = t;
    for sign in
        ["[ ]", "[x]", "[X]", "-", "*", "\u{2022}", "\u{2013}", "\u{2014}", "\u{25aa}", "\u{b7}", "+", ">"]
    {
        if let Some(r) = rest.strip_prefix(sign)
            && (r.starts_with([' ', '\t']) || sign == "\u{2022}")
        {
            rest = r.trim_start();
        }
    }
    rest
}

/// "1. ", "2) ", "(3) ".
fn strip_number(t: &str) -> &str {
    let open = t.strip_prefix('(').unwrap_or(t);
    let digits = open.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits)
        && let Some(r) = open[digits..].strip_prefix(['.', ')'])
        && r.starts_with([' ', '\t'])
    {
        return r.trim_start();
    }
    t
}

/// Parts between commas, semicolons, tabs and dashes with blanks around them; not inside brackets, and not the comma of a number.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let b = text.as_bytes();
    let digit = |i: usize| b.get(i).is_some_and(u8::is_ascii_digit);
    let mut out = Vec::with_capacity(6);
    let (mut start, mut depth) = (0, 0_u32);
    let mut cut = |from: &mut usize, at: usize, next: usize| {
        let part = text.get(*from..at).unwrap_or("").trim();
        if !part.is_empty() {
            out.push(part);
        }
        *from = next;
    };
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && i > 0 && digit(i - 1) && digit(i + 1) => {}
            ',' | ';' | '\t' if depth == 0 => cut(&mut start, i, i + 1),
            '-' | '\u{2013}' | '\u{2014}' if depth == 0 && i > 0 && b[i - 1] == b' ' => {
                let next = i + c.len_utf8();
                // "15 mg - 30 mg" is a range.
                if b.get(next) == Some(&b' ') && !digit(next + 1) {
                    cut(&mut start, i, next);
                }
            }
            _ => {}
        }
    }
    cut(&mut start, text.len(), text.len());
    out
}
