#![allow(clippy::unwrap_used)]
//! Follow-up as text, Tasks and calendar.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::{Event, Look, follow_up_text, looks, to_calendar, to_tasks};
use posology_review::review;

/// Left for validators that are not written in Rust.
fn kept(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(path, text).expect("the folder of the tests can be written");
}

fn some() -> Vec<Look> {
    let case = record(
        "age: 67\nsertraline 50 mg once a day since 2026-10-01",
        &["diazepam 5 mg twice a day for anxiety"],
    );
    let r = review(&case, kb(), &settings(Jurisdiction::Us));
    looks(kb(), &r.follow_up, Some(&plan()))
}

#[test]
fn looks_are_in_order_and_hold_the_steps() {
    let l = some();
    assert!(l.windows(2).all(|w| w[0].due <= w[1].due));
    assert_eq!(l.iter().filter(|x| x.event == Event::Step).count(), 3);
    assert_eq!(l.iter().filter(|x| x.event == Event::LastStep).count(), 1);
    assert!(l.iter().any(|x| x.event == Event::Start) && l.iter().any(|x| x.event == Event::Ongoing));
    let text = follow_up_text(kb(), &l, day());
    assert!(text.contains("2026-12-01") && text.contains("Source: "), "{text}");
    assert!(follow_up_text(kb(), &[], day()).contains("does not mean that none is needed"));
}

#[test]
fn tasks_are_drafts_with_ids_of_their_own() {
    let l = some();
    let b = to_tasks(kb(), &l, day(), "Patient/1");
    let entries = b["entry"].as_array().expect("entries");
    assert_eq!(entries.len(), l.len());
    let mut ids = std::collections::BTreeSet::new();
    for (e, x) in entries.iter().zip(&l) {
        let t = &e["resource"];
        assert_eq!((&t["status"], &t["intent"]), (&"draft".into(), &"proposal".into()));
        assert_eq!(t["executionPeriod"]["start"], x.due.to_string());
        assert_eq!(t["for"]["reference"], "Patient/1");
        let id = t["id"].as_str().expect("id");
        assert!(id.len() == 36 && ids.insert(id.to_owned()), "{id}");
        assert_eq!(e["fullUrl"], format!("urn:uuid:{id}"));
    }
    kept("follow-up.json", &b.to_string());
    assert_eq!(b, to_tasks(kb(), &l, day(), "Patient/1"));
    assert!(to_tasks(kb(), &[], day(), "").get("entry").is_none());
}

#[test]
fn the_calendar_is_folded_and_escaped() {
    let mut l = some();
    kept("follow-up.ics", &to_calendar(kb(), &l, day(), "Patient/1"));
    l[0].what = "a; b, c\\d é".repeat(20);
    let ics = to_calendar(kb(), &l, day(), "Patient/1");
    assert!(ics.ends_with("END:VCALENDAR\r\n") && !ics.replace("\r\n", "").contains(['\r', '\n']));
    assert!(ics.split("\r\n").all(|x| x.len() <= 75));
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), l.len());
    let unfolded = ics.replace("\r\n ", "");
    assert!(unfolded.contains("a\\; b\\, c\\\\d é"), "escaped");
    assert!(unfolded.contains("DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261202"));
}
