//! Parts that every kind of fact shares.
use serde::{Deserialize, Serialize};

/// How well a fact is founded. `Verified` requires the printed figure in the source entry; the linter checks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Looked up: the source entry holds address, date and the figure as printed.
    Verified,
    /// Not looked up, or from a secondary source. Shown as such and never interrupts.
    #[default]
    Secondary,
    /// Sources disagree.
    Disputed,
}

/// A reference to a source and a place in it, written `source-id#locator`.
pub type SourceRef = String;

/// Where a fact holds. An empty list means that the fact is not bound to a jurisdiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Jurisdiction {
    /// United States.
    Us,
    /// United Kingdom.
    Uk,
}
