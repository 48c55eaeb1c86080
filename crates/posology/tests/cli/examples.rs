//! README's commands and the records in `examples/`.
use crate::run::{json, piped, review, root, run};
use serde_json::Value;

const ORDER: &str = "diazepam 20 mg tablet three times a day for social anxiety";

fn readme(more: &[&str]) -> crate::run::Said {
    review(&root().join("examples/diazepam-67f.json"), &[&["--order", ORDER], more].concat())
}

/// Rules found, with their severity.
fn rules(v: &Value) -> Vec<(String, String)> {
    let text = |f: &Value, k: &str| f[k].as_str().unwrap().to_owned();
    v["findings"].as_array().unwrap().iter().map(|f| (text(f, "rule"), text(f, "severity"))).collect()
}

#[test]
fn the_first_command_of_the_readme_prints_what_is_written_down() {
    let said = run(&["review", "examples/diazepam-67f.json", "--as-of", "2026-11-24", "--order", ORDER]);
    assert_eq!(said.status, 0, "{}", said.err);
    let path = root().join("docs/readme-example.txt");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != said.out {
        let new = crate::run::file("readme-example.txt", said.out.as_bytes());
        panic!(
            "docs/readme-example.txt is out of date; look at the difference to {} and copy it",
            new.display()
        );
    }
}

#[test]
fn the_answer_holds_what_a_pharmacist_looks_for() {
    let v = json(&readme(&["--format", "json"]));
    let found = rules(&v);
    for (rule, severity) in [
        ("opioid-with-benzodiazepine", "critical"),
        ("strength-not-marketed", "serious"),
        ("daily-dose-above-limit", "caution"),
        ("single-dose-above-limit", "serious"),
        ("starting-dose-above-limit", "serious"),
        ("exposure-raised", "serious"),
        ("use-not-established", "caution"),
        ("alcohol-with-sedative", "serious"),
    ] {
        assert!(found.iter().any(|f| f.0 == rule && f.1 == severity), "no {severity} {rule} in {found:?}");
    }
    let all = v.to_string();
    assert!(all.contains("generally not advisable"), "fluvoxamine with diazepam");
    assert_eq!(v["findings"].as_array().unwrap().iter().filter(|f| f["interruptive"] == true).count(), 1);
    assert_eq!(v["interruption"]["title"], v["findings"][0]["title"]);
    for key in ["as_of", "knowledge_version", "findings", "not_assessed", "exposures", "follow_up", "patient"]
    {
        assert!(v.get(key).is_some(), "{key}");
    }
    for f in v["findings"].as_array().unwrap() {
        assert!(!f["evidence"].as_array().unwrap().is_empty(), "a finding without a source: {f}");
    }
}

#[test]
fn a_draft_in_the_record_is_the_same_as_an_order_on_the_command_line() {
    let draft =
        json(&review(&root().join("examples/diazepam-67f-draft.json"), &["--drafts", "--format", "json"]));
    let order = json(&readme(&["--format", "json"]));
    assert_eq!(rules(&draft), rules(&order));
    let left = json(&review(&root().join("examples/diazepam-67f-draft.json"), &["--format", "json"]));
    assert!(left["not_assessed"].to_string().contains("it is a draft"), "{}", left["not_assessed"]);
}

#[test]
fn the_plain_list_says_the_same_as_the_record() {
    let list = json(&review(&root().join("examples/list.txt"), &["--format", "json"]));
    let record = json(&readme(&["--format", "json"]));
    assert_eq!(rules(&list), rules(&record));
}

#[test]
fn a_stop_after_years_is_found_and_tapered() {
    let said =
        review(&root().join("examples/taper-candidate.txt"), &["--stop", "diazepam", "--format", "json"]);
    let v = json(&said);
    assert!(rules(&v).iter().any(|f| f.0 == "abrupt-stop"), "{:?}", rules(&v));
    let stop = v["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "abrupt-stop").unwrap();
    assert!(stop["actions"].as_array().unwrap().iter().any(|a| a["kind"] == "taper"), "{stop}");
}

#[test]
fn stopping_the_inhibitor_beside_a_stable_dose_is_an_event() {
    let said =
        review(&root().join("examples/interacting-stop.txt"), &["--stop", "fluvoxamine", "--format", "json"]);
    let v = json(&said);
    assert!(rules(&v).iter().any(|f| f.0 == "interacting-drug-started-or-stopped"), "{:?}", rules(&v));
}

#[test]
fn a_table_is_one_review_a_patient() {
    let path = root().join("examples/medications.csv");
    let v = json(&review(&path, &["--format", "json"]));
    let ids: Vec<&str> = v.as_array().unwrap().iter().map(|p| p["patient"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["A1", "B2"]);
    let one = json(&review(&path, &["--patient", "B2", "--format", "json"]));
    assert_eq!(one["patient"]["id"], "B2");
    let said = review(&path, &["--patient", "nobody"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("A1, B2"), "{}", said.err);
    let said = review(&path, &["--stop", "zolpidem"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("--patient"), "{}", said.err);
}

#[test]
fn standard_input_is_read_and_the_exit_status_follows_fail_on() {
    let list =
        "age: 70\noxycodone 10 mg tablet, 1 every 6 hours\ndiazepam 5 mg tablet, 1 three times a day\n";
    let args = |more: &[&'static str]| [&["review", "-", "--as-of", "2026-11-24"][..], more].concat();
    assert_eq!(piped(&args(&[]), list).status, 0);
    assert_eq!(piped(&args(&["--fail-on", "serious"]), list).status, 1);
    assert_eq!(piped(&args(&["--fail-on", "note"]), list).status, 1);
    assert_eq!(
        piped(&args(&["--fail-on", "critical"]), "age: 40\nparacetamol 500 mg tablet, 1 daily\n").status,
        0
    );
    assert_eq!(piped(&args(&["--fail-on", "grave"]), list).status, 2);
}

#[test]
fn a_suppression_silences_one_finding_until_the_dose_changes() {
    let list =
        "age: 70\noxycodone 10 mg tablet, 1 every 6 hours\ndiazepam 5 mg tablet, 1 three times a day\n";
    let more = list.replace("1 three times", "2 three times");
    let base = ["review", "-", "--as-of", "2026-11-24", "--format", "json"];
    let v = json(&piped(&[&base[..], &["--explain"]].concat(), list));
    let at = v["findings"]
        .as_array()
        .unwrap()
        .iter()
        .position(|f| f["rule"] == "opioid-with-benzodiazepine")
        .unwrap();
    let accepted = serde_json::json!([{ "rule": "opioid-with-benzodiazepine", "fingerprint": v["fingerprints"][at], "until": "2027-01-31", "reason": "tapering" }]);
    let path = crate::run::file("accepted.json", accepted.to_string().as_bytes());
    let with = [&base[..], &["--suppress", path.to_str().unwrap()]].concat();
    let has = |v: &Value| rules(v).iter().any(|r| r.0 == "opioid-with-benzodiazepine");
    let quiet = json(&piped(&with, list));
    assert!(!has(&quiet) && quiet["silenced"].to_string().contains("tapering"), "{quiet}");
    assert!(has(&json(&piped(&with, &more))), "it returns with the higher dose");
    let broken = crate::run::file("broken.json", b"[\n  {\"rule\": 5}\n]");
    let said = piped(&[&base[..], &["--suppress", broken.to_str().unwrap()]].concat(), list);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("line 2"), "{}", said.err);
}

#[test]
fn what_was_not_assessed_is_never_absent() {
    for more in [&[][..], &["--explain"]] {
        let said = readme(more);
        assert!(said.out.contains("\nNot assessed\n"), "{}", said.out);
        assert!(said.out.contains("\nSources\n"));
    }
    let said = readme(&["--format", "html"]);
    assert!(said.out.contains("<h3>Not assessed</h3>"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for form in ["text", "json", "html"] {
        assert_eq!(readme(&["--format", form]).out, readme(&["--format", form]).out);
    }
}
