#![allow(clippy::unwrap_used)]
//! Plans for print: what is shown, and what is refused.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::{
    Block, Desk, Language, LeafletRequest, Plan, PlanError, leaflet, to_html, to_markdown,
};

fn table(language: Language) -> posology_papers::Table {
    let d = make("diazepam", None, Some(&plan()), language, Jurisdiction::Us, &desk());
    let tables: Vec<_> = d
        .blocks
        .iter()
        .filter_map(|b| if let Block::Table(t) = b { Some(t.clone()) } else { None })
        .collect();
    tables.into_iter().next().expect("a plan has a table")
}

#[test]
fn pictures_and_words_say_the_same() {
    let t = table(Language::En);
    assert_eq!(t.head, ["From", "In a day", "08:00", "20:00"]);
    let evening: Vec<_> = t.rows.iter().map(|r| (r[3][0].text.as_str(), r[3][0].pieces.as_slice())).collect();
    assert_eq!(evening[0], ("1 and a half tablets of 5 mg", &[4, 2][..]));
    assert_eq!(evening[1], ("1 and a quarter tablets of 5 mg", &[4, 1][..]));
    assert_eq!(evening[2], ("5 mL (5 mg), 1 mg/mL", &[][..]));
    assert_eq!(t.rows[2][2][0].text, "2 and a half tablets of 2 mg");
    assert_eq!(t.rows[3][2][0].text, "Stop: take none from this day.");
    let es = table(Language::Es);
    assert_eq!(es.rows[0][3][0].text, "1 pastilla y media de 5 mg");
    assert_eq!(es.rows[1][3][0].text, "1 pastilla y un cuarto de 5 mg");
}

#[test]
fn a_plan_carries_version_start_and_what_it_replaces() {
    let p = plan();
    let with = |desk: &Desk| make("diazepam", None, Some(&p), Language::En, Jurisdiction::Us, desk);
    let text = to_markdown(&with(&Desk { supersedes: Some("plan of 3 March".into()), ..desk() }));
    assert!(
        text.contains("**Replaces (supersedes):** plan of 3 March")
            && text.contains("**Starts on:** 1 Dec 2026"),
        "{text}"
    );
    assert!(
        text.contains(&format!("**Plan version:** {}", p.version()))
            && text.contains("Take old plans and doses")
    );
    assert!(with(&desk()).gaps().contains(&"Replaces (supersedes)"), "unknown is a gap");
    // The code follows from the content.
    assert_eq!(p.version(), plan().version());
    let other = Plan::read(&PLAN.replace("2026-12-15", "2026-12-16")).expect("sound");
    assert_ne!(p.version(), other.version());
    let adjusted = Plan::read(&PLAN.replacen('{', "{ \"history\": [{}], ", 1)).expect("sound");
    assert!(adjusted.version().starts_with("2 (") && adjusted.supersedes().as_deref() == Some("1"));
    assert!(to_html(&with(&desk())).contains("<svg"));
}

#[test]
fn a_plan_that_awaits_the_prescriber_cannot_be_approved() {
    let p = Plan::read(&PLAN.replacen('{', "{ \"awaits_prescriber\": \"Which dose after the gap?\", ", 1))
        .expect("sound");
    let desk = Desk { approved_by: Some("Test Clinician".into()), ..desk() };
    let d = make("diazepam", None, Some(&p), Language::En, Jurisdiction::Us, &desk);
    assert_eq!(d.mark.as_deref(), Some("DRAFT"));
    assert!(to_markdown(&d).contains("Do not use this plan yet"));
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    let read = |from: &str, to: &str| {
        assert!(PLAN.contains(from), "{from}");
        Plan::read(&PLAN.replacen(from, to, 1)).expect_err("refused")
    };
    assert!(matches!(
        read("\"daily_dose_mg\": 12.5", "\"daily_dose_mg\": 10"),
        PlanError::Sum { step: 1, .. }
    ));
    assert!(matches!(read("\"count\": 1.5", "\"count\": 2"), PlanError::Amount(1)));
    assert!(matches!(read("\"count\": 1.5", "\"count\": -1.5"), PlanError::Amount(1)));
    assert!(matches!(read("\"volume_ml\": 5.0", "\"volume_ml\": 1.0"), PlanError::Amount(3)));
    assert!(matches!(read("2026-12-15", "2026-12-01"), PlanError::Order(2)));
    assert!(matches!(read("2026-12-15", "2026-13-15"), PlanError::NotAPlan(_)));
    assert!(matches!(Plan::read("{\"steps\": []}"), Err(PlanError::Steps(0))));
    for junk in ["", "[]", "null", "{}", "{\"steps\": 3}", "\u{0}"] {
        assert!(Plan::read(junk).is_err(), "{junk:?}");
    }
}

#[test]
fn a_plan_of_another_drug_is_refused() {
    let p = plan();
    let settings = settings(Jurisdiction::Us);
    let desk = Desk::default();
    let request = LeafletRequest {
        drug: drug("lorazepam"),
        case: None,
        plan: Some(&p),
        language: Language::En,
        settings: &settings,
        desk: &desk,
    };
    assert!(matches!(leaflet(kb(), &request), Err(PlanError::OtherDrug(..))));
    let nameless = PLAN
        .replace("\"substance\": { \"id\": \"diazepam\", \"name\": \"diazepam\" }, ", "")
        .replace("\"substance\": \"diazepam\", ", "");
    assert!(Plan::read(&nameless).expect("sound").is_about("lorazepam", "lorazepam").is_err());
    assert!(Plan::read(&nameless).expect("sound").is_about("diazepam", "diazepam").is_ok());
}
