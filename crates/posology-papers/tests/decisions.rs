#![allow(clippy::unwrap_used)]
//! The decision sheet: figures, sources, one page.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::{Block, DecisionError, Document, decision, to_html, to_markdown, typeset};

const HEAVY: &str = "age: 67\nsex: female\nconditions: generalised anxiety, falls, copd, sleep apnoea, depression\noxycodone 10 mg tablet, 1 every 6 hours since 2026-01-01\ngabapentin 300 mg capsule three times a day\nquetiapine 100 mg at bedtime\nomeprazole 40 mg once a day\nsertraline 100 mg once a day\nwarfarin 3 mg once a day\nzzgnurbitol 3 mg\nibuprofen 400 mg three times a day\ndiphenhydramine 50 mg at bedtime";
const ORDER: &str = "diazepam 20 mg tablet three times a day for social anxiety";

fn sheet(lines: &str, orders: &[&str], j: Jurisdiction) -> Document {
    decision(kb(), &record(lines, orders), &settings(j)).expect("there is something to decide")
}

fn text(d: &Document) -> String {
    to_markdown(d).replace('\\', "")
}

#[test]
fn a_sheet_shows_both_sides_with_sources() {
    let d = sheet(HEAVY, &[ORDER], Jurisdiction::Us);
    let t = text(&d);
    for part in [
        "Options side by side",
        "As ordered",
        "First-line treatment",
        "Harm of use",
        "Harm of stopping",
        "Road crashes",
        "Hip fracture",
        "death from overdose",
        "43%",
        "number needed to treat 5.15",
        "2 to 6 weeks",
        "Derived: of 100 people",
        "Nearest evidence: Generalised anxiety",
        "one more in 6",
        "(relative figure)",
    ] {
        assert!(t.contains(part), "no \"{part}\" in {t}");
    }
    // Every number in brackets has its source, and every source is named in the text.
    let Some(Block::Sources { items }) = d.blocks.iter().rev().nth(1) else { panic!("no sources") };
    assert!(items.len() >= 6);
    for (i, s) in items.iter().enumerate() {
        assert!(s.starts_with(&format!("[{}] ", i + 1)), "{s}");
        assert!(t.matches(&format!("[{}", i + 1)).count() >= 2, "source {} is not used", i + 1);
    }
}

#[test]
fn a_sheet_is_one_page() {
    for (lines, orders) in [
        (HEAVY, vec![ORDER]),
        ("age: 45\nalprazolam 1 mg three times a day since 2024-01-01 for panic disorder", vec![]),
        ("age: 80\nzolpidem 10 mg at bedtime since 2020-01-01", vec![]),
        (
            "age: 50\nmorphine 30 mg er tablet twice a day since 2025-01-01 for chronic pain",
            vec!["lorazepam 1 mg twice a day for insomnia"],
        ),
        ("", vec!["pregabalin 150 mg twice a day for neuropathic pain"]),
    ] {
        for j in [Jurisdiction::Us, Jurisdiction::Uk] {
            let d = sheet(lines, &orders, j);
            let pdf = typeset(&d).expect("it conforms");
            assert_eq!(pdf.pages, 1, "{} {j:?}: {}", d.title, text(&d));
        }
    }
}

#[test]
fn missing_reason_and_missing_figures_show() {
    let d = sheet("age: 40", &["diazepam 5 mg three times a day"], Jurisdiction::Us);
    assert!(d.gaps().iter().any(|g| g.starts_with("What it is for")), "{:?}", d.gaps());
    let p = sheet("age: 40", &["pregabalin 150 mg twice a day for neuropathic pain"], Jurisdiction::Us);
    assert!(text(&p).contains("No figure in the knowledge"));
    assert!(!to_html(&p).contains("NaN"));
}

#[test]
fn stopping_is_shown_as_two_options() {
    let case = stop("age: 45\ndiazepam 10 mg tablet, 1 twice a day since 2024-01-01 for anxiety", "diazepam");
    let d = decision(kb(), &case, &settings(Jurisdiction::Us)).expect("a stop is a decision");
    let t = text(&d);
    assert!(
        t.contains("Go on with diazepam")
            && t.contains("Go down step by step")
            && t.contains("Never at one click"),
        "{t}"
    );
}

#[test]
fn nothing_to_decide_is_said() {
    let empty = record("age: 40\nmetformin 500 mg twice a day", &[]);
    assert_eq!(decision(kb(), &empty, &settings(Jurisdiction::Us)), Err(DecisionError::NothingToDecide));
    let unknown = record("age: 40", &["zzgnurbitol 5 mg"]);
    assert_eq!(decision(kb(), &unknown, &settings(Jurisdiction::Us)), Err(DecisionError::NothingToDecide));
}
