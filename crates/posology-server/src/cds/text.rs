//! Text for cards. What stands in a record is data: it must not become markup in a client.

/// Longest summary of a card in characters: the specification asks for fewer than 140.
const MOST: usize = 139;

/// A summary: one line, cut at a word where it is too long.
pub fn summary(text: &str) -> String {
    let one: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one.chars().count() <= MOST {
        return one;
    }
    let cut: String = one.chars().take(MOST - 1).collect();
    let at = cut.rfind(' ').filter(|i| *i > MOST / 2).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end_matches([',', ';', ':', ' ']))
}

/// Text as Markdown that shows just this text: no markup, no HTML, no link of the record's own.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // A bare address would be turned into a link by some clients.
            ':' => out.push(':'),
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    // "https://..." in a record stays text.
    out.replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
}

/// An address that may stand in a Markdown link.
pub fn address(url: &str) -> Option<String> {
    let ok = (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|b| (0x21..0x7f).contains(&b) && !matches!(b, b'<' | b'>' | b'"' | b'\\' | b'`'));
    ok.then(|| url.replace('(', "%28").replace(')', "%29"))
}

/// A word of an address: everything but letters, digits, `-`, `.`, `_`, `~` is escaped.
pub fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut s, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            s.push(char::from(b));
        } else {
            let _ = write!(s, "%{b:02X}");
        }
        s
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_short_and_whole_words() {
        let long = "word ".repeat(60);
        let s = summary(&long);
        assert!(s.chars().count() < 140 && s.ends_with("word…"), "{s}");
        assert_eq!(summary(" a\n b "), "a b");
        assert!(summary(&"x".repeat(300)).chars().count() < 140);
        assert!(summary(&"é".repeat(300)).chars().count() < 140);
    }

    #[test]
    fn a_record_makes_no_markup() {
        let s = markdown(
            "<img src=x onerror=alert(1)> [a](javascript:b) ![i](http://e) `c` **d** https://evil www.evil",
        );
        for bad in ["<", "[a](", "![", "**d", "`c`", "https://", "www.e"] {
            assert!(
                !s.replace("\\[", "").replace("\\]", "").contains(bad) || s.contains(&format!("\\{bad}")),
                "{bad}: {s}"
            );
        }
        assert_eq!(segment("a b/../c?é"), "a%20b%2F..%2Fc%3F%C3%A9");
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address("https://a/b c"), None);
        assert_eq!(address("https://a/b(c)").unwrap(), "https://a/b%28c%29");
    }
}
