//! Numbers are finite, have the right sign, lie where such figures lie, and ranges run from low to high.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

pub(super) const ID: &str = "number";

/// Key, lowest and highest value that such a figure can have. A figure outside is a slip of the unit or of a zero.
const PLAUSIBLE: &[(&str, f64, f64)] = &[
    ("strength_mg", 0.000_1, 20_000.0),
    ("mg_per_ml", 0.000_1, 1_500.0),
    ("mcg_per_hour", 0.1, 5_000.0),
    ("volume_ml", 0.01, 5_000.0),
    ("mg", 0.000_1, 60_000.0),
    ("single_mg", 0.000_1, 60_000.0),
    ("daily_mg", 0.000_1, 60_000.0),
    ("single_mg_per_kg", 0.000_001, 500.0),
    ("mg_per_kg", 0.000_001, 500.0),
    ("times_per_day", 0.005, 24.0),
    ("max_days", 1.0, 3_650.0),
    ("hours", 0.05, 8_800.0),
    ("days", 0.0, 3_650.0),
    ("count", 1.0, 100.0),
    ("age_from", 0.0, 110.0),
    ("age_to", 0.0, 120.0),
    ("egfr_below", 5.0, 120.0),
    ("onset_min", 0.0, 100_000.0),
    ("peak_h", 0.001, 1_000.0),
    ("duration_h", 0.01, 5_000.0),
    ("half_life_h", 0.01, 5_000.0),
    ("first_after_days", 0.0, 3_650.0),
    ("every_days", 1.0, 3_650.0),
    ("fraction", 0.01, 1.0),
    ("reference_mg", 0.01, 1_000.0),
    ("factor", 0.001, 1_000.0),
    ("low_to_mg", 0.001, 1_000.0),
    ("high_above_mg", 0.001, 1_000.0),
    ("days_per_week_from", 0.0, 7.0),
    ("days_per_week_to", 0.0, 7.0),
    ("days_from", 0.0, 3_650.0),
    ("days_to", 1.0, 3_650.0),
    ("min_daily_mg", 0.001, 60_000.0),
    ("started_within_days", 1.0, 3_650.0),
    ("year", 1900.0, 2100.0),
    ("current_days", 0.0, 36_500.0),
    ("cv", 0.0, 3.0),
    ("subjects", 1.0, 1_000_000.0),
    ("ratio", 0.000_1, 1_000.0),
    ("dose_mg", 0.000_1, 60_000.0),
    ("every_h", 0.05, 8_800.0),
    ("doses", 1.0, 10_000.0),
    ("at_h", 0.0, 20_000.0),
    ("age", 0.0, 120.0),
];

/// Keys whose two numbers are lowest and highest.
const RANGES: &[&str] = &[
    "single_mg",
    "daily_mg",
    "single_mg_per_kg",
    "times_per_day",
    "onset_min",
    "peak_h",
    "duration_h",
    "half_life_h",
    "plausible",
    "mg",
];

/// Keys that may be below zero: temperatures, slopes, powers.
const SIGNED: &[&str] = &["per_unit", "exponent", "plausible"];

/// Pairs of keys of one table of which the first is the lower.
const ORDERED: &[(&str, &str)] = &[
    ("age_from", "age_to"),
    ("low", "high"),
    ("low_to_mg", "high_above_mg"),
    ("days_from", "days_to"),
    ("days_per_week_from", "days_per_week_to"),
    ("from", "to"),
];

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (path, file) in &k.files {
        let numbers = file.numbers();
        let by_path: BTreeMap<&str, f64> = numbers.iter().map(|n| (n.path.as_str(), n.value)).collect();
        for n in &numbers {
            one(k, path, &n.path, n.value, &mut out);
        }
        for (at, low) in &by_path {
            let (table, key) = at.rsplit_once('.').unwrap_or(("", at));
            let full = |key: &str| if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
            for (_, other) in ORDERED.iter().filter(|(first, _)| *first == key) {
                if by_path.get(full(other).as_str()).is_some_and(|high| high < low) {
                    let message = format!("{key} {low} is above {other}");
                    out.push(k.at(ID, path, at, message, "put the lower figure first"));
                }
            }
            // A range: "use.0.daily_mg.0" beside "use.0.daily_mg.1".
            let name = table.rsplit('.').next().unwrap_or_default();
            if key == "0"
                && RANGES.contains(&name)
                && by_path.get(full("1").as_str()).is_some_and(|high| high < low)
            {
                out.push(k.at(
                    ID,
                    path,
                    table,
                    format!("the range {name} runs downwards"),
                    "put the lower figure first",
                ));
            }
        }
    }
    out
}

fn one(k: &Knowledge<'_>, file: &str, path: &str, value: f64, out: &mut Vec<Diagnostic>) {
    // The key is the last step that is no index.
    let key = path.rsplit('.').find(|s| s.parse::<usize>().is_err()).unwrap_or_default();
    if !value.is_finite() {
        out.push(k.at(ID, file, path, format!("{key} is {value}"), "give a finite number"));
        return;
    }
    if value < 0.0 && !SIGNED.contains(&key) {
        out.push(k.at(ID, file, path, format!("{key} {value} is below zero"), "correct the figure"));
        return;
    }
    if let Some((_, low, high)) = PLAUSIBLE.iter().find(|(name, ..)| *name == key)
        && !(*low..=*high).contains(&value)
    {
        out.push(k.at(
            ID,
            file,
            path,
            format!("{key} {value} is not plausible (outside {low} to {high})"),
            "check the unit and the zeros against the source",
        ));
    }
}
