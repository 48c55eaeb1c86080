//! When to look again, and at what: as text, FHIR Tasks and iCalendar.
mod calendar;
mod fhir;

pub use calendar::to_calendar;
pub use fhir::to_tasks;

use crate::document::clean;
use crate::plan::{Plan, fnv};
use crate::words::number;
use posology_knowledge::KnowledgeBase;
use posology_model::{Date, FollowUp};
use std::fmt::Write as _;

/// What brings a look about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A start or change of a drug.
    Start,
    /// A drug that goes on.
    Ongoing,
    /// A stop or cut.
    Stop,
    /// A measure that goes with a drug.
    Monitoring,
    /// A step of a plan.
    Step,
    /// The last step of a plan.
    LastStep,
}

/// One dated look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// When.
    pub due: Date,
    /// What brings it about.
    pub event: Event,
    /// What to look at.
    pub what: String,
    /// Why.
    pub why: String,
    /// `source-id#locator`, where there is one.
    pub source: Option<String>,
}

/// The follow-up of a review and the steps of a plan, in order of time.
pub fn looks(kb: &KnowledgeBase, follow_up: &[FollowUp], plan: Option<&Plan>) -> Vec<Look> {
    let mut out: Vec<Look> = follow_up
        .iter()
        .map(|f| Look {
            due: f.due,
            event: event(kb, f),
            what: clean(&f.what),
            why: clean(&f.why),
            source: f.source.clone(),
        })
        .collect();
    if let Some(plan) = plan {
        let last = plan.steps.len() - 1;
        for (i, s) in plan.steps.iter().enumerate() {
            out.push(Look {
                due: s.start,
                event: if i == last { Event::LastStep } else { Event::Step },
                what: format!("Step {} of {}: {} mg a day", i + 1, last + 1, number(s.daily_dose_mg)),
                why: "Ask before the step: symptoms, sleep, mood, suicidal thoughts, other sedatives, alcohol. Hold where it goes badly."
                    .to_owned(),
                source: None,
            });
        }
    }
    out.sort();
    out.dedup();
    out
}

/// The event of an item: the knowledge says it for its own items, the rest is monitoring of a drug.
fn event(kb: &KnowledgeBase, f: &FollowUp) -> Event {
    let item = kb.corpus.follow_up.iter().flat_map(|x| &x.items).find(|i| i.what == f.what && i.why == f.why);
    match item.map(|i| i.event.as_str()) {
        Some("start") => Event::Start,
        Some("ongoing") => Event::Ongoing,
        Some("stop") => Event::Stop,
        _ => Event::Monitoring,
    }
}

/// The looks as text, one a paragraph.
pub fn to_text(kb: &KnowledgeBase, looks: &[Look], as_of: Date) -> String {
    let mut out = format!("Follow-up, as of {as_of} (knowledge {})\n", kb.version());
    if looks.is_empty() {
        out.push_str("\nThe knowledge holds no dated follow-up for this record. That does not mean that none is needed.\n");
    }
    for l in looks {
        let past = if l.due < as_of { " (past)" } else { "" };
        let _ = write!(out, "\n{}{past}  {}\n            Why: {}\n", l.due, l.what, l.why);
        if let Some(s) = source(kb, l) {
            let _ = writeln!(out, "            Source: {s}");
        }
    }
    out.push_str("\nFor the treating team. Dates are proposals; nothing is ordered or booked.\n");
    out
}

/// Title of the source of a look, with its place.
fn source(kb: &KnowledgeBase, l: &Look) -> Option<String> {
    let reference = l.source.as_ref()?;
    let (id, locator) = reference.split_once('#').unwrap_or((reference, ""));
    let title = kb.source(id).map_or(id, |s| s.title.as_str());
    Some(clean(&if locator.is_empty() { title.to_owned() } else { format!("{title} ({locator})") }))
}

/// An id that follows from the content alone, in the form of a version 8 UUID.
fn uuid(parts: &[&str]) -> String {
    let text = parts.join("\u{1f}");
    let high = fnv(text.as_bytes());
    let low = fnv(format!("{text}\u{1f}").as_bytes());
    format!(
        "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}
