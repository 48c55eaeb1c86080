//! `knowledge/sources/<id>.toml`: where facts come from.
use serde::{Deserialize, Serialize};

/// Kind of a source. A shop's page or a content farm is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SourceKind {
    Label,
    Regulator,
    Guideline,
    Journal,
    Formulary,
    Textbook,
    Terminology,
    Law,
}

/// One source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: SourceKind,
    /// Publisher or journal.
    pub publisher: String,
    /// Year of the edition.
    #[serde(default)]
    pub year: Option<u16>,
    /// Edition or revision in words.
    #[serde(default)]
    pub edition: Option<String>,
    /// Permanent address.
    #[serde(default)]
    pub url: Option<String>,
    /// DOI, without a resolver's address.
    #[serde(default)]
    pub doi: Option<String>,
    /// PubMed id.
    #[serde(default)]
    pub pmid: Option<String>,
    /// Licence or terms, where known.
    #[serde(default)]
    pub licence: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// Figures as printed, looked up: what makes a fact `verified`.
    #[serde(default, rename = "figure")]
    pub figures: Vec<PrintedFigure>,
}

/// A figure as printed at a place of the source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedFigure {
    /// Locator: the part after `#` in a reference.
    pub locator: String,
    /// Address from which it was retrieved.
    pub address: String,
    /// Date of retrieval, `YYYY-MM-DD`.
    pub retrieved: String,
    /// The figure as printed, short.
    pub printed: String,
}
