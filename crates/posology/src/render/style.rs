//! Colours. They are always written; `anstream` takes them out where the output is no terminal.
use anstyle::{AnsiColor, Style};
use posology_model::{Confidence, Severity};

/// Titles.
pub const BOLD: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();

/// Colour of a severity.
pub fn severity(s: Severity) -> Style {
    match s {
        Severity::Critical => AnsiColor::BrightWhite.on(AnsiColor::Red).bold(),
        Severity::Serious => AnsiColor::Red.on_default().bold(),
        Severity::Caution => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default(),
    }
}

/// Colour of a confidence.
pub fn confidence(c: Confidence) -> Style {
    match c {
        Confidence::Verified => AnsiColor::Green.on_default(),
        Confidence::Secondary | Confidence::Disputed => AnsiColor::Yellow.on_default(),
    }
}

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
