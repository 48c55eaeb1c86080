//! Proportion of days covered, by class: diabetes drugs, renin-angiotensin antagonists, statins.
use super::record::{Drug, Record};
use super::value_sets::ValueSets;
use super::{Member, Period, Populations};
use crate::days::day_of;

/// Share of days from which a person counts as adherent.
const THRESHOLD: f64 = 0.8;
/// Days before the end of the period by which the first supply must have been.
const LEAST_DAYS: i32 = 91;
/// Group, value set of its drugs, value sets whose supply excludes.
const GROUPS: [(&str, &str, &[&str]); 3] = [
    ("diabetes", "PDC Diabetes Medications", &["Insulin"]),
    ("rasa", "PDC Renin Angiotensin System Antagonists", &["Sacubitril Valsartan"]),
    ("statins", "PDC Statins", &[]),
];

pub(super) fn count(r: &Record, p: Period, sets: &mut ValueSets<'_>, m: &mut Member) {
    let fills: Vec<&Drug> =
        r.dispensed.iter().filter(|d| d.status == "completed" && d.date.is_some_and(|x| p.has(x))).collect();
    for (group, set, out) in GROUPS {
        let mut mine: Vec<&Drug> =
            fills.iter().filter(|d| sets.drug(set, d) && d.days.is_some_and(|x| x >= 1.0)).copied().collect();
        mine.sort_by_key(|d| (d.date, d.key.clone()));
        let mut days: Vec<_> = mine.iter().filter_map(|d| d.date).collect();
        days.dedup();
        let end = r.died.map_or(p.end, |d| d.min(p.end));
        let first = days.first().copied();
        let long_enough = first.is_some_and(|f| day_of(end) - day_of(f) + 1 >= LEAST_DAYS);
        let adult = r.age_at(p.start).is_some_and(|a| a >= 18);
        let initial = adult && days.len() >= 2 && long_enough;
        let excluded = initial
            && (super::cms156::hospice(r, p, sets)
                || r.conditions
                    .iter()
                    .any(|c| sets.condition("End Stage Renal Disease", c) && c.prevails(p.start, p.end))
                || fills.iter().any(|d| out.iter().any(|s| sets.drug(s, d))));
        let share = match (initial, first) {
            (true, Some(f)) => covered(&mine, day_of(f), day_of(end), sets),
            _ => 0.0,
        };
        if initial {
            m.figures.insert(format!("{group}_pdc"), (share * 1e4).round() / 1e4);
        }
        m.set(group, Populations::one(initial, excluded, share >= THRESHOLD));
    }
}

/// Share of the days from the first supply to the end that are covered; an early refill of the same drug begins when the one before is used up.
fn covered(fills: &[&Drug], first: i32, end: i32, sets: &ValueSets<'_>) -> f64 {
    let total = (end - first + 1).max(1) as usize;
    let mut on = vec![false; total];
    let mut free: std::collections::BTreeMap<String, i32> = std::collections::BTreeMap::new();
    for d in fills {
        let (Some(date), Some(days)) = (d.date, d.days) else { continue };
        let next = free.entry(sets.ingredients(d)).or_insert(i32::MIN);
        let start = day_of(date).max(*next);
        let stop = start.saturating_add(days.min(400.0) as i32);
        *next = stop;
        for k in start.max(first)..stop.min(end + 1) {
            on[(k - first) as usize] = true;
        }
    }
    on.iter().filter(|x| **x).count() as f64 / total as f64
}
