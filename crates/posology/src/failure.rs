//! An input that cannot be used: what is wrong, where, and what to do.
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use std::fmt;

/// Bytes of a line shown on each side of the fault: a record may be one line of megabytes.
const AROUND: usize = 60;

/// Why a command cannot answer. Rendered on standard error; the exit status is 2.
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    place: Option<Box<Place>>,
}

/// The place in the user's own file, with the part of the line around it.
#[derive(Debug)]
struct Place {
    name: String,
    /// Line from 1.
    line: usize,
    /// Bytes of the line before the fault.
    column: usize,
    window: String,
    /// Bytes from the start of the window to the fault.
    at: usize,
    len: usize,
    label: String,
}

impl Failure {
    /// A failure without a place.
    pub fn new(message: impl Into<String>) -> Self {
        let message = crate::terminal::clean(&message.into()).into_owned();
        Self { message, help: None, place: None }
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at `span` (bytes) of a file.
    pub fn at(mut self, name: &str, bytes: &[u8], span: (usize, usize), label: impl Into<String>) -> Self {
        let start = span.0.min(bytes.len());
        let before = &bytes[..start];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line_end = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| start + i);
        let from = line_start.max(start.saturating_sub(AROUND));
        let to = line_end.min(span.1.max(start).saturating_add(AROUND).min(start + 2 * AROUND));
        // Cut on characters, control characters shown as spaces: the terminal is not the file's to command.
        let clean = |part: &[u8]| -> String {
            String::from_utf8_lossy(part).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        let (mut head, tail) = (clean(&bytes[from..start]), clean(&bytes[start..to]));
        if from > line_start {
            head = format!("… {}", head.trim_start_matches('\u{fffd}'));
        }
        let marked = clean(&bytes[start..span.1.clamp(start, to)]);
        let mut window = format!("{head}{tail}");
        if to < line_end {
            window = format!("{} …", window.trim_end_matches('\u{fffd}'));
        }
        let len = marked.len().max(1).min(window.len().saturating_sub(head.len()));
        self.place = Some(Box::new(Place {
            name: name.to_owned(),
            line: before.iter().filter(|b| **b == b'\n').count() + 1,
            column: start - line_start,
            at: head.len().min(window.len()),
            len,
            window,
            label: label.into(),
        }));
        self
    }

    /// The message for people, with colours; `anstream` takes them out where standard error is no terminal.
    pub fn render(&self, width: usize) -> String {
        let mut out = String::new();
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
            .with_links(false)
            .with_width(width)
            .with_context_lines(0);
        match handler.render_report(&mut out, self) {
            Ok(()) => out,
            Err(_) => format!("error: {self}\n"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_deref().map(|p| p as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let p = self.place.as_deref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(Some(p.label.clone()), p.at, p.len))))
    }
}

impl SourceCode for Place {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let span = SourceSpan::from((0, self.window.len()));
        let name = self.name.clone();
        let data = self.window.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(name, data, span, self.line - 1, self.column, 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(f: &Failure) -> String {
        anstream::adapter::strip_str(&f.render(100)).to_string()
    }

    #[test]
    fn a_place_in_a_long_line_is_shown_with_little_around_it() {
        let text = format!("first\n{}HERE{}", "a".repeat(100_000), "é".repeat(100_000));
        let at = 6 + 100_000;
        let said =
            plain(&Failure::new("odd").help("mend it").at("x.json", text.as_bytes(), (at, at + 4), "this"));
        assert!(said.len() < 2_000, "{} bytes", said.len());
        for part in ["odd", "x.json:2", "HERE", "this", "mend it"] {
            assert!(said.contains(part), "no {part} in {said}");
        }
    }

    #[test]
    fn places_at_the_edges_and_in_binary_do_not_panic() {
        for bytes in [&b""[..], b"\n", b"\xff\xfe\x00{", b"abc\n", "é".as_bytes()] {
            for at in 0..bytes.len() + 2 {
                assert!(plain(&Failure::new("m").at("f", bytes, (at, at + 1), "l")).contains('m'));
            }
        }
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_terminal() {
        let said = plain(&Failure::new("m").at("f", b"{\x1b[31m evil", (1, 2), "l"));
        assert!(!said.contains('\u{1b}'));
    }
}
