//! A paper as a tagged PDF (PDF/UA-1).
use crate::document::{Document, Kind};
use posology_typeset::{Pdf, TypesetError, pdf};

/// Text sizes tried for the decision sheet, points: the largest at which it stays on one page.
const DECISION_SIZES: [f64; 5] = [9.5, 9.0, 8.5, 8.0, 7.5];
/// Text size of a leaflet, points.
const LEAFLET_SIZE: f64 = 12.0;

/// The paper as PDF/UA-1. The same paper gives the same bytes.
///
/// # Errors
/// When the layout or the export refuses the paper, which none of this crate's makes it do.
pub fn to_pdf(d: &Document) -> Result<Vec<u8>, TypesetError> {
    Ok(typeset(d)?.bytes)
}

/// As [`to_pdf`], with the number of pages.
///
/// # Errors
/// As [`to_pdf`].
pub fn typeset(d: &Document) -> Result<Pdf, TypesetError> {
    let mut json = serde_json::to_value(d).map_err(|e| TypesetError::Layout(e.to_string()))?;
    json["compact"] = (d.kind == Kind::Decision).into();
    json["creator"] = "Posology".into();
    json["date"] = serde_json::json!([d.date.year(), d.date.month(), d.date.day()]);
    let json = json.to_string();
    let ident = format!("{}|{}|{}|{}", d.title, d.date, d.language.as_str(), d.footer);
    if d.kind == Kind::Leaflet {
        return pdf(&json, &ident, LEAFLET_SIZE);
    }
    let mut last = pdf(&json, &ident, DECISION_SIZES[0])?;
    for size in &DECISION_SIZES[1..] {
        if last.pages <= 1 {
            break;
        }
        last = pdf(&json, &ident, *size)?;
    }
    Ok(last)
}
