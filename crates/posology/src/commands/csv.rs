//! Comma-separated values by RFC 4180: quoted fields, doubled quotes, line ends inside quotes.

/// Rows of fields. Empty lines are left out; nothing is refused.
pub fn read(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    let end = |row: &mut Vec<String>, field: &mut String, rows: &mut Vec<Vec<String>>| {
        row.push(std::mem::take(field));
        let done = std::mem::take(row);
        if done.len() > 1 || !done[0].is_empty() {
            rows.push(done);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                field.push('"');
                chars.next();
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => end(&mut row, &mut field, &mut rows),
            _ => field.push(c),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        end(&mut row, &mut field, &mut rows);
    }
    rows
}

/// Appends one row.
pub fn write(out: &mut String, row: &[String]) {
    for (i, f) in row.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        if f.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&f.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(f);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let rows = vec![
            vec!["a,b".to_owned(), "c\"d".to_owned(), String::new()],
            vec!["line\nbreak".to_owned(), "x".to_owned(), "y".to_owned()],
        ];
        let mut text = String::new();
        rows.iter().for_each(|r| write(&mut text, r));
        assert_eq!(read(&text), rows);
        assert_eq!(
            read("a,b\r\n\r\n1,2"),
            vec![vec!["a".to_owned(), "b".to_owned()], vec!["1".to_owned(), "2".to_owned()]]
        );
        assert!(read("\"open").len() == 1);
    }
}
