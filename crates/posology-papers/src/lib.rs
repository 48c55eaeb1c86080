//! What the patient takes home, what the clinician decides with, and when to look again.
//!
//! [`leaflet`] and [`decision`] make a [`Document`]; [`to_html`], [`to_markdown`] and [`to_pdf`] print it. [`looks`] collects dates, printed by
//! [`follow_up_text`], [`to_tasks`] and [`to_calendar`]. No clock is read and nothing is loaded: the date and the knowledge are inputs. A fact that is missing is a gap to fill in.
#![warn(missing_docs)]

mod decision;
mod document;
mod follow_up;
mod html;
mod leaflet;
mod markdown;
mod pdf;
mod plan;
pub mod readability;
mod words;

pub use decision::{DecisionError, decision};
pub use document::{Block, Cell, Document, Field, Kind, Language, Line, Paper, Table, Tone};
pub use follow_up::{Event, Look, looks, to_calendar, to_tasks, to_text as follow_up_text};
pub use html::to_html;
pub use leaflet::{Desk, LeafletRequest, leaflet};
pub use markdown::to_markdown;
pub use pdf::{to_pdf, typeset};
pub use plan::{Also, Dose, Piece, Plan, PlanError, Step};
pub use posology_typeset::{Pdf, TypesetError};

use posology_knowledge::KnowledgeBase;

/// Ids of the substances for which there are leaflets: benzodiazepines, Z-drugs, opioids, gabapentinoids, SSRIs and SNRIs, in order.
pub fn with_leaflet(kb: &KnowledgeBase) -> Vec<&str> {
    const CLASSES: [&str; 6] = ["benzodiazepine", "z-drug", "opioid", "gabapentinoid", "ssri", "snri"];
    kb.substances()
        .filter(|(ix, _)| CLASSES.iter().any(|c| words::is(kb, *ix, c)))
        .map(|(_, s)| s.id.as_str())
        .collect()
}
