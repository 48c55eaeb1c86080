//! A review as FHIR: the committed bundle is what the independent validator checks (scripts/validate-fhir.sh).
use super::{read, root};
use jiff::civil::date;
use posology_interop::fhir::write::review_to_bundle;
use posology_model::{
    Action, ActionKind, Confidence, Evidence, EvidenceRecord, Finding, FollowUp, Message, NotAssessed,
    Review, Severity, SubstanceRef,
};
use serde_json::Value;

fn evidence() -> Evidence {
    EvidenceRecord {
        source: "A label".into(),
        source_id: "a-label".into(),
        locator: "section 7".into(),
        url: Some("https://label.example.org/7".into()),
        confidence: Confidence::Verified,
        printed: None,
    }
    .into()
}

fn finding(rule: &'static str, severity: Severity) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        title: format!("Title of {rule}"),
        detail: "What was found.".into(),
        substances: vec![SubstanceRef::new("diazepam", "diazepam")],
        evidence: vec![evidence()],
        actions: vec![Action { kind: ActionKind::Reconsider, text: "Choose something else.".into() }],
        interruptive: severity == Severity::Critical,
        about_order: true,
        figures: Default::default(),
    }
}

fn review() -> Review {
    let silent = Finding {
        detail: "  ".into(),
        substances: vec![],
        evidence: vec![],
        actions: vec![],
        ..finding("bare", Severity::Note)
    };
    Review {
        as_of: date(2025, 11, 24),
        knowledge_version: "1.0.0".into(),
        jurisdiction: "us".into(),
        interruption: Some(Message { title: "Title of first".into(), also: vec![] }),
        findings: vec![
            finding("first", Severity::Critical),
            finding("second", Severity::Serious),
            finding("third", Severity::Caution),
            silent,
        ],
        not_assessed: vec![NotAssessed {
            what: "renal dose".into(),
            why: "no eGFR".into(),
            rules: vec!["renal-dose".into()],
        }],
        silenced: vec![],
        exposures: vec![],
        benefits: vec![],
        education: vec![],
        follow_up: vec![FollowUp {
            due: date(2025, 12, 8),
            what: "Ask about sedation".into(),
            why: "two weeks".into(),
            source: None,
        }],
    }
}

fn of_type<'b>(b: &'b Value, kind: &str) -> Vec<&'b Value> {
    b["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["resource"])
        .filter(|r| r["resourceType"] == kind)
        .collect()
}

#[test]
fn every_part_of_the_review_has_its_resource() {
    let b = review_to_bundle(&review(), "Patient/rowan");
    let issues = of_type(&b, "DetectedIssue");
    let severities: Vec<_> = issues.iter().map(|i| i["severity"].as_str().unwrap()).collect();
    assert_eq!(severities, ["high", "moderate", "low", "low"]);
    assert!(issues.iter().all(|i| i["patient"]["reference"] == "Patient/rowan" && i["status"] == "final"));
    assert!(
        issues[3].get("detail").is_none() && issues[3].get("evidence").is_none(),
        "empty text is no FHIR string"
    );
    let guidance = of_type(&b, "GuidanceResponse")[0];
    assert_eq!(guidance["status"], "data-requested");
    let outcome = of_type(&b, "OperationOutcome")[0];
    assert_eq!(outcome["issue"][0]["details"]["text"], "renal dose: no eGFR");
    let plan = of_type(&b, "CarePlan")[0];
    assert_eq!((plan["status"].as_str(), plan["intent"].as_str()), (Some("draft"), Some("proposal")));
    let activities = plan["activity"].as_array().unwrap();
    assert!(activities.iter().all(|a| a.get("reference").is_none()), "nothing is ordered");
    assert_eq!(activities[3]["detail"]["scheduledPeriod"]["start"], "2025-12-08");
    let clean =
        Review { not_assessed: vec![], findings: vec![], follow_up: vec![], interruption: None, ..review() };
    let b = review_to_bundle(&clean, "");
    assert_eq!(of_type(&b, "GuidanceResponse")[0]["status"], "success");
    assert!(of_type(&b, "OperationOutcome").is_empty());
    assert!(of_type(&b, "GuidanceResponse")[0].get("subject").is_none());
}

#[test]
fn ids_are_unique_and_the_same_every_time() {
    let (a, b) = (review_to_bundle(&review(), "Patient/rowan"), review_to_bundle(&review(), "Patient/rowan"));
    assert_eq!(a, b);
    let mut urls: Vec<_> =
        a["entry"].as_array().unwrap().iter().map(|e| e["fullUrl"].as_str().unwrap()).collect();
    let all = urls.len();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), all);
    let other = review_to_bundle(&review(), "Patient/other");
    assert_ne!(a["entry"][0]["fullUrl"], other["entry"][0]["fullUrl"]);
}

/// The bundle in `fixtures/fhir/written` is this one; CI runs the independent validator over it.
#[test]
fn the_validated_bundle_is_the_written_one() {
    let path = root().join("fixtures/fhir/written/review.json");
    let now = serde_json::to_string_pretty(&review_to_bundle(&review(), "Patient/rowan")).unwrap() + "\n";
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != now {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &now).unwrap();
    }
    assert!(kept == now, "{} was out of date and has been rewritten: validate and commit it", path.display());
}

#[test]
fn what_is_written_can_be_read() {
    let b = review_to_bundle(&review(), "Patient/rowan");
    let e = read(b.to_string().as_bytes()).unwrap_err();
    assert!(e.message.contains("4 DetectedIssue"), "{e}");
}
