//! A benzodiazepine for more than four weeks: an episode of more than 28 days that touches the period.
use super::record::Record;
use super::value_sets::ValueSets;
use super::{Member, Period, Populations};
use posology_model::history::{Span, episodes, plus_days};

/// Days beyond which an episode counts.
const MOST_DAYS: i64 = 28;
/// Uncovered days that do not end an episode.
const GRACE: i64 = 15;

pub(super) fn count(r: &Record, p: Period, sets: &mut ValueSets<'_>, m: &mut Member) {
    // What was handed over says more than what was ordered; orders count where nothing was handed over.
    let set = "Schedule IV Benzodiazepines";
    let handed: Vec<_> =
        r.dispensed.iter().filter(|d| d.status == "completed" && sets.drug(set, d)).collect();
    let ordered: Vec<_> = r.orders.iter().filter(|d| d.is_order() && sets.drug(set, d)).collect();
    let used = if handed.is_empty() { ordered } else { handed };
    let mut spans = Vec::new();
    for d in &used {
        let Some(start) = d.start else { continue };
        let end = match (d.days_supplied(), d.bounds_end) {
            (Some(n), _) if n >= 1.0 => plus_days(start, n as i64 - 1),
            (_, Some(e)) => e,
            _ => {
                m.why("an order without a length: only its first day counts");
                start
            }
        };
        spans.push(Span { start, end: end.min(p.end), daily: None });
    }
    let all = episodes(&spans, GRACE);
    let inside: Vec<_> = all.iter().filter(|e| e.end >= p.start && e.start <= p.end).collect();
    let excluded = super::cms156::hospice(r, p, sets);
    let longest = inside.iter().map(|e| e.length_days()).max().unwrap_or(0);
    if longest > 0 {
        m.figures.insert("longest_episode_days".into(), longest as f64);
    }
    m.set("1", Populations::one(!inside.is_empty(), excluded, longest > MOST_DAYS));
}
