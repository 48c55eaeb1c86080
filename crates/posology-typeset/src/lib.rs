//! Typesets a document as a tagged PDF that conforms to PDF/UA-1.
//!
//! A document comes in as JSON ([`pdf`] says which fields); the layout is `document.typ`, compiled in. Texts are values, never markup: nothing that
//! a record or a clinician wrote is executed. No file, no network, no system font, no clock: the same document gives the same bytes.
//!
//! This crate knows nothing of the project, so that an edit elsewhere does not rebuild typst.
#![warn(missing_docs)]

mod world;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Why a document could not be typeset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypesetError {
    /// The layout refused the document; the first message of the compiler.
    #[error("the document could not be laid out: {0}")]
    Layout(String),
    /// The result would break PDF/UA-1; the first message of the exporter.
    #[error("the document could not be written as PDF/UA-1: {0}")]
    Export(String),
}

/// A typeset document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
}

/// Typesets one document at a text size in points.
///
/// `json` is an object with `language` (two letters), `paper` (`a4` or `us-letter`), `compact` (small margins), `title`, `subject`, `creator`,
/// `date` (`[year, month, day]`), `mark` (a word across each page, or null), `footer`, and `blocks`, each an object with `type`:
/// `heading` (`level`, `text`), `paragraph` (`text`, `strong`), `small` (`text`), `list` (`items`), `box` (`tone`: `emergency`, `warning`, `note`; `title`, `items`),
/// `gap` (`label`), `fields` (`fields` of `label`, `value` or null), `table` (`caption`, `head`, `widths`, `rows` of cells of lines of `text` and `pieces`),
/// `sources` (`items`). A piece is a number of quarters of a tablet, 1 to 4.
///
/// `ident` identifies the document in the file, stably.
///
/// # Errors
/// When the JSON is not of that form, or the result would not conform.
pub fn pdf(json: &str, ident: &str, text_size_pt: f64) -> Result<Pdf, TypesetError> {
    let size = if text_size_pt.is_finite() { text_size_pt.clamp(6.0, 24.0) } else { 11.0 };
    let world = world::World::new(json, size);
    let document: PagedDocument =
        typst::compile(&world).output.map_err(|e| TypesetError::Layout(first(e.iter())))?;
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| TypesetError::Export(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Posology".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|e| TypesetError::Export(first(e.iter())))?;
    let pages = document.pages().len();
    // A long-lived program must not keep what every document it ever made looked like.
    typst::comemo::evict(16);
    Ok(Pdf { bytes, pages })
}

fn first<'e>(mut list: impl Iterator<Item = &'e SourceDiagnostic>) -> String {
    list.next().map_or_else(|| "no reason was given".to_owned(), |d| d.message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r##"{"language":"en","paper":"a4","compact":false,"title":"T #panic() $x$ *b*","subject":"s","creator":"c","date":[2026,11,24],
        "mark":"DRAFT","footer":"f","blocks":[{"type":"heading","level":1,"text":"One"},{"type":"paragraph","text":"#import \"x\" \\ <l> @r","strong":false},
        {"type":"gap","label":"Dose"},{"type":"table","caption":"Cap","head":["A","B"],"widths":[1,2],"rows":[[[{"text":"x","pieces":[4,2]}],[{"text":"y","pieces":[]}]]]}]}"##;

    #[test]
    fn a_small_document_becomes_a_tagged_pdf_twice_the_same() {
        let a = pdf(SMALL, "id", 11.0).expect("it is well formed");
        assert!(a.bytes.starts_with(b"%PDF-"));
        assert_eq!(a.pages, 1);
        assert_eq!(a, pdf(SMALL, "id", 11.0).expect("it is well formed"));
    }

    #[test]
    fn what_is_not_a_document_is_refused() {
        for bad in ["", "{", "[]", "{}", "\u{0}", r#"{"blocks":[{"type":"nonsense"}]}"#] {
            assert!(pdf(bad, "id", 11.0).is_err(), "{bad:?}");
        }
        assert!(pdf(SMALL, "id", f64::NAN).is_ok());
    }
}
