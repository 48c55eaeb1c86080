//! Records that nobody here wrote: Synthea bundles and a bulk export, where they exist beside the workspace.
use crate::outside::outside;
use crate::run::{json, run};
use serde_json::Value;

/// Histories of a folder; `None`, and said so, where it does not exist.
fn histories(folder: &str) -> Option<Vec<Value>> {
    let path = outside(&format!("data/patients/{folder}"))?;
    let said = run(&[
        "review",
        path.to_str().unwrap(),
        "--each-change",
        "--as-of",
        "2026-11-24",
        "--format",
        "json",
    ]);
    assert_eq!(said.status, 0, "{}", said.err);
    Some(json(&said).as_array().unwrap().clone())
}

/// Reviews at each change; every entry is recognised or named; the share is printed.
fn check(folder: &str, patients: usize) {
    let Some(all) = histories(folder) else { return };
    assert_eq!(all.len(), patients, "{folder}");
    let (mut entries, mut known, mut dates, mut critical) = (0, 0, 0, 0);
    for h in &all {
        let id = &h["patient"]["id"];
        let n = |k: &str| h[k].as_u64().unwrap();
        let missing = n("medication_entries") - n("medication_entries_recognised");
        let named = h["not_assessed"].as_array().unwrap().iter().filter(|g| says_unknown(g)).count() as u64;
        assert!(named >= missing, "{folder} {id}: {missing} entries not recognised, {named} named");
        entries += n("medication_entries");
        known += n("medication_entries_recognised");
        let changes = h["changes"].as_array().unwrap();
        dates += changes.len();
        critical += changes
            .iter()
            .flat_map(|c| c["new"].as_array().unwrap())
            .filter(|f| f["severity"] == "critical")
            .count();
    }
    println!(
        "{folder}: {} patients, {known} of {entries} medication entries recognised ({:.1} %), {dates} dates reviewed, {critical} new critical findings",
        all.len(),
        100.0 * known as f64 / entries as f64
    );
    assert!(entries > 100 && dates > all.len());
    assert!(known as f64 >= 0.8 * entries as f64, "{folder}: {known} of {entries}");
}

/// A gap about a drug that the knowledge does not hold.
fn says_unknown(gap: &Value) -> bool {
    let why = gap["why"].as_str().unwrap();
    why.contains("holds no such") || why.contains("neither a code nor a text")
}

#[test]
fn synthea_bundles_at_each_change() {
    check("synthea", 24);
}

#[test]
fn a_bulk_export_at_each_change() {
    check("bulk", 13);
}
