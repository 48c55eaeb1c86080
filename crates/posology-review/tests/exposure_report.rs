#![allow(clippy::unwrap_used)]
//! Predicted against observed exposure ratios: cross-validation, and the page that reports it.
//!
//! `cargo test -p posology-review --test exposure_report -- --ignored write_report` writes the page again.
mod exposure_support;
#[path = "../../../tests/outside.rs"]
mod outside;

use exposure_support::{Data, Row, baseline, cross_validate, page};
use posology_kinetics::exposure::score::score;

fn pairs(rows: &[Row]) -> Vec<(f64, f64)> {
    rows.iter().map(|r| (r.predicted, r.observed)).collect()
}

#[test]
fn every_observation_is_predicted() {
    let data = Data::read();
    assert!(data.problems.is_empty(), "{:?}", data.problems);
    assert!(data.observations.len() > 300);
    let rows = data.predict_all();
    assert_eq!(rows.len(), data.observations.len(), "an observation without prediction");
    for r in &rows {
        assert!(
            r.low.is_finite()
                && r.low > 0.0
                && r.low <= r.predicted
                && r.predicted <= r.high
                && r.high.is_finite()
        );
    }
}

#[test]
fn no_pair_and_no_study_is_on_both_sides() {
    let data = Data::read();
    for fold in 0..exposure_support::FOLDS {
        let (train, test) = data.split(fold);
        assert!(!test.is_empty());
        for &t in &test {
            for &r in &train {
                assert_ne!(data.pair(t), data.pair(r));
                assert_ne!(data.observations[t].study, data.observations[r].study);
            }
        }
    }
}

#[test]
fn goals_are_met_on_rows_that_took_no_part_in_the_fit() {
    let data = Data::read();
    let rows = cross_validate(&data);
    let s = score(&pairs(&rows));
    assert!(s.within_2 >= 0.92, "{s:?}");
    assert!(s.gmfe <= 1.30, "{s:?}");
    let covered = rows.iter().filter(|r| r.low <= r.observed && r.observed <= r.high).count() as f64
        / rows.len() as f64;
    assert!((0.85..=0.95).contains(&covered), "coverage {covered}");
    let (theirs, ours) = baseline(&rows);
    assert!(score(&pairs(&ours)).gmfe < score(&theirs).gmfe);
}

#[test]
fn the_page_is_up_to_date() {
    let text =
        std::fs::read_to_string(exposure_support::root().join("docs/exposure-report.md")).expect("the page");
    assert!(
        text == page(&Data::read()),
        "docs/exposure-report.md differs; run the ignored test write_report"
    );
}

#[test]
#[ignore = "writes docs/exposure-report.md"]
fn write_report() {
    std::fs::write(exposure_support::root().join("docs/exposure-report.md"), page(&Data::read()))
        .expect("written");
}

#[test]
fn the_shared_table_is_read_where_it_exists() {
    let Some(path) = outside::outside("data/observed-auc-ratios.csv") else { return };
    let text = std::fs::read_to_string(path).expect("readable");
    let data = Data::read();
    let (mut n, mut missing) = (0, Vec::new());
    for line in text.lines().skip(1) {
        n += 1;
        let mut f = exposure_support::fields(line);
        f.resize(10, String::new());
        if data.predict_text(&f[0], &f[1], &f[2], &f[8]).is_err() {
            missing.push(line.to_owned());
        }
    }
    assert!(n > 100);
    assert!(missing.is_empty(), "{missing:?}");
}
