#![allow(clippy::unwrap_used)]
//! How long a paper takes. Run on purpose, optimised: `cargo test --release -p posology-papers --test timing -- --ignored --nocapture`.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::{Document, Language, decision, to_html, to_pdf};

/// Bound of a paper, milliseconds.
const MOST_MS: u128 = 300;

#[allow(clippy::disallowed_methods)] // A stopwatch, in a test that measures.
fn measured(name: &str, make: impl Fn() -> Document) {
    let mut times = Vec::new();
    for _ in 0..9 {
        let start = std::time::Instant::now();
        let pdf = to_pdf(&make()).expect("it conforms");
        assert!(!pdf.is_empty());
        times.push(start.elapsed().as_micros());
    }
    let first = times[0];
    times.sort_unstable();
    println!("{name}: first {:.1} ms, median {:.1} ms", first as f64 / 1e3, times[4] as f64 / 1e3);
    assert!(first / 1000 <= MOST_MS && times[4] / 1000 <= MOST_MS, "{name}: {times:?} microseconds");
}

#[test]
#[ignore = "measures, so it is run optimised and alone"]
fn a_paper_takes_at_most_300_ms() {
    let lines = "age: 67\nsex: female\ndiazepam 5 mg tablet, 1 three times a day for anxiety since 2025-01-01\noxycodone 5 mg tablet, 1 every 6 hours\nomeprazole 20 mg once a day\nsertraline 50 mg once a day";
    let case = record(lines, &[]);
    let p = plan();
    for language in LANGUAGES {
        measured(&format!("leaflet with record and plan, {}", language.as_str()), || {
            make("diazepam", Some(&case), Some(&p), language, Jurisdiction::Us, &desk())
        });
    }
    measured("leaflet alone", || general("sertraline", Language::En));
    let ordered = record(lines, &["lorazepam 1 mg twice a day for insomnia"]);
    measured("decision sheet", || decision(kb(), &ordered, &settings(Jurisdiction::Us)).expect("an order"));
    assert!(to_html(&general("sertraline", Language::En)).len() > 1000);
}
