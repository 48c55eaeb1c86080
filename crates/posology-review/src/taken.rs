//! What counts as taken at a date: entries about the same substance become one.
use crate::words::date;
use posology_knowledge::{EndKnown, Exposure, Origin, ResolvedCase, SubstanceIx};
use posology_model::history::{Span, days_between};
use posology_model::{Date, EntryKind};
use smallvec::SmallVec;

/// Whether something is taken already or only proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenState {
    /// Taken at the date.
    Current,
    /// Proposed by an order.
    Proposed,
}

/// A substance taken at the date (or after the orders), all entries together.
#[derive(Debug, Clone)]
pub struct Taken<'a> {
    /// Substance.
    pub substance: SubstanceIx,
    /// The entries that count, each once.
    pub parts: SmallVec<[&'a Exposure; 2]>,
    /// Taken or proposed.
    pub state: TakenState,
    /// Daily dose, mg; low is 0 for as-needed. Only the entries with a dose count.
    pub daily_mg: Option<(f64, f64)>,
    /// An entry has no dose that could be read.
    pub dose_missing: bool,
    /// Every entry is as-needed.
    pub as_needed: bool,
}

impl<'a> Taken<'a> {
    /// Highest daily dose.
    pub fn daily_high(&self) -> Option<f64> {
        self.daily_mg.map(|d| d.1)
    }

    /// Earliest recorded start of the entries that count.
    pub fn since(&self) -> Option<Date> {
        self.parts.iter().filter_map(|p| p.start).min()
    }

    /// Whether any entry goes by one of these routes; `None` where no route is known and the list is not empty.
    pub fn by_route(&self, routes: &[String]) -> Option<bool> {
        let mut unknown = false;
        for p in &self.parts {
            match p.by_route(routes) {
                Some(true) => return Some(true),
                None => unknown = true,
                Some(false) => {}
            }
        }
        if unknown { None } else { Some(false) }
    }

    /// Whether any entry is of one of these dose forms; `None` where no form is known and the list is not empty.
    pub fn by_form(&self, forms: &[String]) -> Option<bool> {
        if forms.is_empty() {
            return Some(true);
        }
        let mut known = self.parts.iter().filter_map(|p| p.form).peekable();
        known.peek()?;
        Some(known.any(|f| forms.iter().any(|w| w == f.as_str())))
    }

    fn from_parts(substance: SubstanceIx, parts: SmallVec<[&'a Exposure; 2]>, state: TakenState) -> Self {
        let mut daily: Option<(f64, f64)> = None;
        let mut dose_missing = false;
        for p in &parts {
            match p.daily_mg {
                Some(d) => daily = Some(daily.map_or(d, |x| (x.0 + d.0, x.1 + d.1))),
                None => dose_missing = true,
            }
        }
        let as_needed = parts.iter().all(|p| p.as_needed);
        Self { substance, parts, state, daily_mg: daily, dose_missing, as_needed }
    }
}

/// Whether an entry of the record counts as taken on a day.
pub fn is_current(e: &Exposure, day: Date) -> bool {
    if e.origin != Origin::Record || e.start.is_some_and(|s| s > day) {
        return false;
    }
    match e.end_known {
        EndKnown::Ongoing => true,
        EndKnown::Yes => e.end.is_none_or(|end| end >= day),
        // Recorded as ended on an unknown day: the only day on which it was surely taken is its first.
        EndKnown::No => e.start == Some(day),
    }
}

/// Why an entry counts or not, for people.
pub fn why(e: &Exposure, day: Date, stale_days: Option<f64>) -> String {
    match e.origin {
        Origin::ProposedStart => return "proposed by the order under review".into(),
        Origin::ProposedStop => return "the order under review stops it".into(),
        Origin::Record => {}
    }
    if let Some(s) = e.start.filter(|s| *s > day) {
        return format!("it starts only on {}", date(s));
    }
    match (e.end_known, e.end) {
        (EndKnown::Ongoing, _) => match e.start {
            Some(s) if stale_days.is_some_and(|d| days_between(s, day) as f64 > d) => {
                format!("recorded as going on since {}, without an end; that entry is old", date(s))
            }
            Some(s) => format!("recorded as going on since {}, without an end", date(s)),
            None => "recorded as taken, without a start or an end".into(),
        },
        (EndKnown::Yes, Some(end)) if end >= day => format!("recorded or supplied until {}", date(end)),
        (EndKnown::Yes, Some(end)) => format!("it ended on {}", date(end)),
        (EndKnown::Yes, None) => "recorded as taken".into(),
        (EndKnown::No, _) => match e.start {
            Some(s) if s == day => format!("it started on {s} and ended on a day that is not recorded"),
            Some(s) => format!("it started on {s} and is recorded as ended, on a day that is not recorded"),
            None => "it is recorded as ended; neither start nor end is recorded".into(),
        },
    }
}

/// Everything current on a day, by substance, in order of substance.
pub fn current<'a>(case: &'a ResolvedCase, day: Date) -> Vec<Taken<'a>> {
    let mut live: SmallVec<[&Exposure; 32]> = case.exposures.iter().filter(|e| is_current(e, day)).collect();
    live.sort_by_key(|e| e.substance);
    let mut out = Vec::with_capacity(live.len());
    for group in live.chunk_by(|a, b| a.substance == b.substance) {
        out.push(Taken::from_parts(group[0].substance, one_voice(group), TakenState::Current));
    }
    out
}

/// What is taken once the orders are carried out: a start replaces the entries of the same substance, a stop removes them.
pub fn after_orders<'a>(case: &'a ResolvedCase, now: &[Taken<'a>]) -> Vec<Taken<'a>> {
    let mut out: Vec<Taken<'a>> = now.to_vec();
    for e in &case.exposures {
        match e.origin {
            Origin::Record => {}
            Origin::ProposedStop => out.retain(|t| t.substance != e.substance),
            Origin::ProposedStart => {
                // Two orders for one substance in the same session add up; a current one is replaced.
                if let Some(t) = out.iter_mut().find(|t| t.substance == e.substance) {
                    let mut parts: SmallVec<[&Exposure; 2]> =
                        if t.state == TakenState::Proposed { t.parts.clone() } else { SmallVec::new() };
                    parts.push(e);
                    *t = Taken::from_parts(e.substance, parts, TakenState::Proposed);
                } else {
                    out.push(Taken::from_parts(e.substance, smallvec::smallvec![e], TakenState::Proposed));
                }
            }
        }
    }
    out.sort_by_key(|t| t.substance);
    out
}

/// Entries that say the same thing count once. An order, its dispensings and a patient's statement are three voices about one drug:
/// orders speak first, then lists and statements, then dispensings, then administrations. A dispensing or statement of a different strength or
/// from a different order stays.
fn one_voice<'a>(group: &[&'a Exposure]) -> SmallVec<[&'a Exposure; 2]> {
    let mut out: SmallVec<[&Exposure; 2]> = SmallVec::new();
    for kind in [
        EntryKind::Request,
        EntryKind::Listed,
        EntryKind::Statement,
        EntryKind::Dispense,
        EntryKind::Administration,
    ] {
        for e in group.iter().filter(|e| e.kind == kind) {
            let said = out.iter().any(|o| {
                o.kind != e.kind
                    && (e.based_on.is_some() && e.based_on == o.id
                        || o.strength_mg == e.strength_mg
                        || e.strength_mg.is_none()
                        || o.strength_mg.is_none())
            });
            if !said {
                out.push(e);
            }
        }
    }
    out
}

/// Spans of a set of substances up to a day; as-needed entries without a supply are left out (their use is not known).
///
/// Spans of a set of substances up to a day (inclusive), each daily dose times a factor. Entries without a start begin on `unknown_start`.
pub fn spans(
    case: &ResolvedCase,
    until: Date,
    unknown_start: Option<Date>,
    factor: impl Fn(SubstanceIx) -> Option<f64>,
) -> Vec<Span> {
    let mut out = Vec::new();
    for e in case.exposures.iter().filter(|e| e.origin == Origin::Record) {
        let Some(f) = factor(e.substance) else { continue };
        // As-needed is not every day: only what was supplied or given counts as use.
        if e.as_needed && !matches!(e.kind, EntryKind::Dispense | EntryKind::Administration) {
            continue;
        }
        let Some(start) = e.start.or(unknown_start) else { continue };
        let end = match e.end_known {
            EndKnown::Ongoing => until,
            EndKnown::Yes => e.end.unwrap_or(until).min(until),
            EndKnown::No => start,
        };
        if start <= end {
            out.push(Span { start, end, daily: e.daily_mg.map(|d| d.1 * f) });
        }
    }
    out
}
