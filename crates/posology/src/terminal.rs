//! Width of the terminal and the wrapping of text to it.

/// Columns for text: those of the terminal, within bounds that read well; a fixed number where the output goes to a file.
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(w, _)| usize::from(w.0).clamp(50, 120))
}

/// Wraps a text to `width` columns. A word longer than a line keeps a line of its own.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let len = word.chars().count();
            if used > 0 && used + 1 + len > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += len;
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// A text from a record as it may go to a terminal: control characters become spaces.
pub fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(char::is_control) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width() {
        let text = "one two three four five six seven eight nine ten";
        for w in 5..40 {
            let lines = wrap(text, w);
            assert!(lines.iter().all(|l| l.chars().count() <= w), "{w}: {lines:?}");
            assert_eq!(lines.join(" "), text);
        }
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert!(wrap("", 10).is_empty());
    }
}
