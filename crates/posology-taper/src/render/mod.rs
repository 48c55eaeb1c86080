//! A plan written out. Each form carries the disclaimer.
mod csv;
mod fhir;
mod ics;
mod svg;
mod text;

pub use csv::csv;
pub use fhir::fhir;
pub use ics::ics;
pub use svg::svg;
pub use text::{equivalent_text, text};

use crate::mass::number;
use crate::plan::Piece;

/// A piece in words: "1/2 x diazepam 2 mg tablet (1 mg)", "0.4 mL of lorazepam 2 mg/mL oral concentrate (0.8 mg)".
pub(crate) fn piece_words(p: &Piece) -> String {
    match (p.count, p.volume_ml) {
        (Some(c), _) => format!("{} x {} ({} mg)", count_words(c), p.product, number(p.amount_mg)),
        (None, Some(v)) => format!("{} mL of {} ({} mg)", number(v), p.product, number(p.amount_mg)),
        (None, None) => format!("{} ({} mg)", p.product, number(p.amount_mg)),
    }
}

/// Whole pieces, halves and quarters.
pub(crate) fn count_words(c: f64) -> String {
    let whole = c.floor();
    let part = match ((c - whole) * 4.0).round() as i64 {
        1 => "1/4",
        2 => "1/2",
        3 => "3/4",
        _ => "",
    };
    match (whole as i64, part) {
        (0, p) if !p.is_empty() => p.to_owned(),
        (w, "") => w.to_string(),
        (w, p) => format!("{w} {p}"),
    }
}
