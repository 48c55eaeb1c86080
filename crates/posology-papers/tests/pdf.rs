#![allow(clippy::unwrap_used)]
//! PDF files: tagged, of one language, the same twice.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::{Language, decision, to_html, to_markdown, to_pdf, typeset, with_leaflet};
use std::path::PathBuf;

fn kept(name: &str, bytes: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), bytes).expect("the folder of the tests can be written");
}

/// Exporting as PDF/UA-1 fails where the document breaks it; here the marks of it are looked for in the file as well.
fn is_tagged(bytes: &[u8], language: &str) {
    let text = String::from_utf8_lossy(bytes);
    for part in [
        "pdfuaid:part",
        "/MarkInfo",
        "/StructTreeRoot",
        "/DisplayDocTitle true",
        format!("/Lang({language})").as_str(),
    ] {
        assert!(text.contains(part) || text.replace(' ', "").contains(&part.replace(' ', "")), "no {part}");
    }
}

#[test]
fn leaflet_with_plan_in_both_languages() {
    let case = record(
        "age: 67\ndiazepam 5 mg tablet, 1 three times a day for anxiety since 2025-01-01\noxycodone 5 mg tablet, 1 every 6 hours\nomeprazole 20 mg once a day",
        &[],
    );
    for language in LANGUAGES {
        let d = make("diazepam", Some(&case), Some(&plan()), language, Jurisdiction::Us, &desk());
        let pdf = typeset(&d).expect("it conforms");
        is_tagged(&pdf.bytes, language.as_str());
        assert_eq!(pdf.bytes, to_pdf(&d).expect("it conforms"), "the same twice");
        let l = language.as_str();
        kept(&format!("leaflet-plan-{l}.pdf"), &pdf.bytes);
        kept(&format!("leaflet-plan-{l}.html"), to_html(&d).as_bytes());
        kept(&format!("leaflet-plan-{l}.md"), to_markdown(&d).as_bytes());
    }
}

#[test]
fn one_leaflet_of_each_class_without_a_record() {
    for (id, j) in [
        ("morphine", Jurisdiction::Uk),
        ("zolpidem", Jurisdiction::Us),
        ("pregabalin", Jurisdiction::Uk),
        ("sertraline", Jurisdiction::Us),
        ("venlafaxine", Jurisdiction::Us),
    ] {
        let d = make(id, None, None, Language::En, j, &posology_papers::Desk::default());
        let pdf = typeset(&d).expect("it conforms");
        is_tagged(&pdf.bytes, "en");
        kept(&format!("leaflet-{id}.pdf"), &pdf.bytes);
    }
}

#[test]
fn decision_sheet() {
    let case = record(
        "age: 67\nsex: female\noxycodone 10 mg tablet, 1 every 6 hours since 2026-01-01\nomeprazole 40 mg once a day\nsertraline 100 mg once a day",
        &["diazepam 20 mg tablet three times a day for social anxiety"],
    );
    let d = decision(kb(), &case, &settings(Jurisdiction::Us)).expect("an order");
    let pdf = typeset(&d).expect("it conforms");
    is_tagged(&pdf.bytes, "en");
    assert_eq!(pdf.pages, 1);
    kept("decision.pdf", &pdf.bytes);
    kept("decision.html", to_html(&d).as_bytes());
    kept("decision.md", to_markdown(&d).as_bytes());
}

/// All of them: slow without optimisation, so run on purpose (`cargo test --release -- --ignored`).
#[test]
#[ignore = "typesets every leaflet in both languages"]
fn every_leaflet_conforms() {
    for id in with_leaflet(kb()) {
        for language in LANGUAGES {
            let d = general(id, language);
            let pdf = typeset(&d).unwrap_or_else(|e| panic!("{id}: {e}"));
            is_tagged(&pdf.bytes, language.as_str());
            kept(&format!("all-{id}-{}.pdf", language.as_str()), &pdf.bytes);
        }
    }
}
