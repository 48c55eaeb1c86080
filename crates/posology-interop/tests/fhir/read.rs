//! Bundles of every type, references, patients, and each resource.
use super::{bundle, fixture, one, problems_at, read, request};
use jiff::civil::date;
use posology_interop::fhir::{CaseBuilder, ReadErrorKind, ReadOptions, read_case};
use posology_model::{
    CodeSystem, ConditionStatus, EncounterClass, EntryKind, Form, Intent, ObservationValue, ProblemKind, Sex,
    Status,
};
use serde_json::json;

#[test]
fn one_patient_with_every_resource() {
    let cases = read(&fixture("one-patient.json")).unwrap();
    assert_eq!(cases.len(), 1);
    let c = &cases[0];
    assert_eq!(c.patient.id.as_deref(), Some("rowan"));
    assert_eq!(c.patient.birth_date, Some(date(1958, 6, 1)));
    assert_eq!(c.patient.sex, Some(Sex::Female));
    assert_eq!(problems_at(c, "birthDate"), ["only \"1958-06\" is recorded; 1958-06-01 is assumed"]);

    let kinds: Vec<_> = c.medications.iter().map(|m| (m.kind, m.status, m.intent)).collect();
    assert_eq!(
        kinds,
        [
            (EntryKind::Request, Status::Active, Intent::Order),
            (EntryKind::Statement, Status::Active, Intent::Order),
            (EntryKind::Request, Status::Draft, Intent::Proposal),
            (EntryKind::Request, Status::EnteredInError, Intent::Order),
            (EntryKind::Dispense, Status::Completed, Intent::Order),
            (EntryKind::Administration, Status::Completed, Intent::Order),
        ]
    );
    let oxycodone = &c.medications[0];
    assert_eq!(oxycodone.path, "Bundle.entry[5].resource");
    assert_eq!(oxycodone.text.as_deref(), Some("oxycodone hydrochloride 10 mg tablet"));
    assert_eq!(oxycodone.form, Some(Form::Tablet));
    assert_eq!(oxycodone.ingredients[0].strength_mg, Some(10.0));
    assert_eq!(oxycodone.written, Some(date(2025, 10, 1)));
    assert_eq!(oxycodone.start, Some(date(2025, 10, 1)));
    assert_eq!(oxycodone.valid_until, Some(date(2026, 3, 31)));
    assert_eq!(
        (oxycodone.quantity, oxycodone.days_supply, oxycodone.refills),
        (Some(120.0), Some(30.0), Some(2))
    );
    assert_eq!(oxycodone.prescriber.as_deref(), Some("Practitioner/a"));
    assert_eq!(oxycodone.setting, Some(posology_model::Setting::Community));
    let fluvoxamine = &c.medications[1];
    assert_eq!((fluvoxamine.start, fluvoxamine.end), (Some(date(2025, 9, 1)), None));
    assert_eq!(fluvoxamine.written, Some(date(2025, 11, 20)));
    assert_eq!(c.medications[2].reasons[0].text.as_deref(), Some("Social anxiety disorder"));
    let dispense = &c.medications[4];
    assert_eq!(dispense.based_on.as_deref(), Some("r-oxy"));
    assert_eq!(dispense.dispenser.as_deref(), Some("Organization/pharmacy"));
    assert_eq!((dispense.start, dispense.days_supply), (Some(date(2025, 10, 2)), Some(30.0)));
    assert!(c.medications[5].dosing[0].once);
    assert_eq!(c.medications[5].end, Some(date(2025, 3, 3)));

    let conditions: Vec<_> = c.conditions.iter().map(|c| c.status).collect();
    assert_eq!(conditions, [ConditionStatus::Active, ConditionStatus::Refuted, ConditionStatus::Unconfirmed]);
    assert_eq!(c.conditions[2].onset, Some(date(1998, 6, 1)));

    assert_eq!(c.observations.len(), 4);
    assert_eq!(c.observations[0].codings[0].system, CodeSystem::Loinc);
    assert_eq!(
        c.observations[0].value,
        ObservationValue::Quantity { value: 61.5, unit: Some("kg".to_owned()) }
    );
    assert_eq!(c.observations[1].value, ObservationValue::Text(">90 mL/min/{1.73_m2}".to_owned()));
    assert_eq!(c.observations[3].path, "Bundle.entry[13].resource.component[1]");
    assert!(c.allergies[0].severe && !c.allergies[0].refuted);
    assert_eq!(c.allergies[0].reaction.as_deref(), Some("anaphylaxis"));
    assert_eq!(c.encounters[0].class, EncounterClass::Inpatient);
    assert!(c.procedures[0].done);

    let rest: Vec<_> = c.problems.iter().filter(|p| p.path == "Bundle").map(|p| p.message.as_str()).collect();
    assert_eq!(
        rest,
        [
            "not read: 1 Organization",
            "left out as entered in error, cancelled, or not yet made: 1 Observation"
        ]
    );
}

#[test]
fn a_transaction_of_two_patients_by_urn() {
    let cases = read(&fixture("two-patients.json")).unwrap();
    assert_eq!(cases.len(), 2);
    let clonazepam = &cases[0].medications[0];
    assert_eq!(clonazepam.text.as_deref(), Some("clonazepam 0.5 mg tablet"));
    let zolpidem = &cases[1].medications[0];
    assert!(zolpidem.do_not_perform);
    assert_eq!(zolpidem.intent, Intent::Plan);
    assert_eq!(zolpidem.text.as_deref(), Some("zolpidem 5 mg"));
    assert_eq!(zolpidem.ingredients[0].text.as_deref(), Some("zolpidem tartrate"));
    assert_eq!(zolpidem.ingredients[0].strength_mg, Some(5.0));
    assert_eq!(zolpidem.replaces, clonazepam.id);
    assert!(zolpidem.replaces.is_some());
    assert!(cases[1].patient.birth_date.is_none());
}

#[test]
fn a_history_keeps_the_newest_version_and_drops_what_was_deleted() {
    let cases = read(&fixture("history.json")).unwrap();
    assert_eq!(cases.len(), 1);
    let kept: Vec<_> = cases[0].medications.iter().map(|m| (m.id.as_deref(), m.status)).collect();
    assert_eq!(kept, [(Some("h1"), Status::Stopped)]);
}

#[test]
fn documents_batch_responses_and_parameters() {
    let document = &read(&fixture("document.json")).unwrap()[0];
    assert_eq!(document.medications[0].status, Status::NotTaken);
    let batch = &read(&fixture("batch-response.json")).unwrap()[0];
    assert_eq!(batch.medications[0].path, "Bundle.entry[1].resource.entry[0].resource");
    let parameters = &read(&fixture("parameters.json")).unwrap()[0];
    assert_eq!(parameters.medications[0].path, "Parameters.parameter[1].part[0].parameter[0].resource");
}

#[test]
fn ndjson_is_read_by_line_whatever_the_order() {
    let cases = read(&fixture("stream.ndjson")).unwrap();
    let got: Vec<_> = cases
        .iter()
        .map(|c| (c.patient.id.as_deref().unwrap(), c.medications[0].path.as_str(), c.medications[0].status))
        .collect();
    assert_eq!(got, [("s1", "line 4", Status::OnHold), ("s2", "line 1", Status::Active)]);
}

#[test]
fn pieces_are_joined_over_files() {
    let mut b = CaseBuilder::new(ReadOptions::default());
    b.add("Condition.ndjson", br#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"code":{"text":"insomnia"}}"#).unwrap();
    b.add("MedicationRequest.ndjson", br#"{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/p"},"reasonReference":[{"reference":"Condition/c"}],"medicationCodeableConcept":{"text":"zolpidem"}}"#).unwrap();
    let broken = b.add("Procedure.ndjson", b"{\"resourceType\":\"Procedure\"}\n{\"resourceType\":");
    assert!(broken.is_err());
    b.add("Patient.ndjson", br#"{"resourceType":"Patient","id":"p"}"#).unwrap();
    let cases = b.finish().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].medications[0].reasons[0].text.as_deref(), Some("insomnia"));
    assert_eq!(cases[0].medications[0].path, "MedicationRequest.ndjson: MedicationRequest");
    assert!(cases[0].procedures.is_empty(), "nothing of a refused piece is kept");
}

#[test]
fn a_single_resource_without_a_patient_is_a_case_that_says_so() {
    let c = one(&json!({ "resourceType": "MedicationRequest", "status": "active", "intent": "order",
        "medicationCodeableConcept": { "text": "diazepam" } }));
    assert_eq!(c.medications[0].path, "MedicationRequest");
    assert_eq!(c.problems[0].kind, ProblemKind::Subject);
}

#[test]
fn without_a_subject_it_is_the_only_patients_and_with_several_nobodys() {
    let mut r = request(json!({}));
    r.as_object_mut().unwrap().remove("subject");
    assert_eq!(one(&bundle(&[r.clone()])).medications.len(), 1);
    let two = bundle(&[r, json!({ "resourceType": "Patient", "id": "q" })]);
    let cases = read(two.to_string().as_bytes()).unwrap();
    assert_eq!(cases.len(), 2);
    for c in &cases {
        assert!(c.medications.is_empty());
        assert_eq!(
            problems_at(c, "entry[1].resource"),
            ["the resource names none of the 2 patients; it was not reviewed"]
        );
    }
}

#[test]
fn another_persons_medication_never_joins_the_patient() {
    let other = request(json!({ "subject": { "reference": "Patient/somebody-else" } }));
    let cases = read(bundle(&[other]).to_string().as_bytes()).unwrap();
    assert_eq!(cases.len(), 2);
    assert!(cases[0].medications.is_empty());
    assert_eq!(cases[1].patient.id.as_deref(), Some("somebody-else"));
    assert_eq!(cases[1].problems[0].kind, ProblemKind::Subject);
}

#[test]
fn the_same_id_on_two_servers_is_two_patients() {
    let entry = |server: &str, resource: serde_json::Value| {
        let path =
            format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        json!({ "fullUrl": format!("https://{server}.example.org/{path}"), "resource": resource })
    };
    let patient = |year: &str| json!({ "resourceType": "Patient", "id": "1", "birthDate": year });
    let drug = |id: &str, name: &str| {
        json!({ "resourceType": "MedicationStatement", "id": id, "status": "active",
        "subject": { "reference": "Patient/1" }, "medicationCodeableConcept": { "text": name } })
    };
    let b = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
        entry("a", patient("1950")), entry("b", patient("1990")),
        entry("a", drug("x", "diazepam")), entry("b", drug("y", "lorazepam")) ] });
    let cases = read(b.to_string().as_bytes()).unwrap();
    let names: Vec<_> = cases.iter().map(|c| c.medications[0].text.as_deref().unwrap()).collect();
    assert_eq!(names, ["diazepam", "lorazepam"]);
}

#[test]
fn a_medication_that_is_not_there_is_named() {
    let r = request(json!({ "medicationCodeableConcept": null,
        "medicationReference": { "reference": "Medication/gone", "display": "diazepam 5 mg" } }));
    let c = one(&bundle(&[r]));
    assert_eq!(c.medications[0].text.as_deref(), Some("diazepam 5 mg"));
    assert_eq!(problems_at(&c, "medicationReference").len(), 1);
    assert_eq!(c.problems[0].kind, ProblemKind::BrokenReference);
}

#[test]
fn wrong_types_cost_their_field_and_nothing_more() {
    let r = request(json!({ "authoredOn": 20250101, "dosageInstruction": [
        { "text": 5, "timing": { "repeat": { "frequency": "often", "period": 1, "periodUnit": "d" } },
          "doseAndRate": [{ "doseQuantity": { "value": 2, "unit": "tablet" } }] }, "twice a day" ] }));
    let c = one(&bundle(&[r]));
    let m = &c.medications[0];
    assert_eq!(m.text.as_deref(), Some("diazepam 5 mg tablet"));
    assert_eq!(m.dosing[0].amounts[0].high, 2.0);
    for path in [
        "resource.authoredOn",
        "dosageInstruction[0].text",
        "timing.repeat.frequency",
        "dosageInstruction[1]",
    ] {
        assert_eq!(problems_at(&c, path).len(), 1, "{path}: {:#?}", c.problems);
    }
    assert_eq!(m.dosing[0].frequency.unwrap().times_high, 1.0);
}

#[test]
fn a_number_beyond_all_numbers_costs_only_itself() {
    let text = bundle(&[request(json!({ "dosageInstruction": [{ "sequence": 1,
        "doseAndRate": [{ "doseQuantity": { "value": 777, "unit": "mg" } }] }] }))])
    .to_string();
    let c = &read(text.replace("777", "1e999").as_bytes()).unwrap()[0];
    assert_eq!(c.medications[0].text.as_deref(), Some("diazepam 5 mg tablet"));
    assert!(c.medications[0].dosing[0].amounts.is_empty());
    assert!(c.problems.iter().any(|p| p.message.contains("1e999")), "{:#?}", c.problems);
}

#[test]
fn medications_of_another_fhir_version_are_missed_aloud() {
    let c = one(&bundle(&[json!({ "resourceType": "MedicationOrder", "status": "active" })]));
    assert!(
        c.problems.iter().any(|p| p.message == "1 MedicationOrder of another FHIR version were not read")
    );
    let r5 = request(json!({ "medicationCodeableConcept": null,
        "medication": { "concept": { "text": "diazepam" } } }));
    assert_eq!(
        problems_at(&one(&bundle(&[r5])), "resource.medication"),
        ["the field \"medication\" belongs to FHIR R5"]
    );
}

#[test]
fn a_bad_line_stops_unless_told_to_go_on() {
    let text = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\"Patient\"\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n";
    let e = read(text.as_bytes()).unwrap_err();
    assert_eq!((e.kind, e.line), (ReadErrorKind::Syntax, 3), "{e}");
    let options = ReadOptions { keep_going: true, ..ReadOptions::default() };
    let cases = read_case(text.as_bytes(), &options).unwrap();
    assert_eq!(cases.len(), 2);
    for c in cases {
        assert_eq!(problems_at(&c, "line 2").len(), 1, "{:#?}", c.problems);
    }
    let mostly_wrong = format!("{text}{}", "{\"x\"\n".repeat(2_000));
    assert!(read_case(mostly_wrong.as_bytes(), &options).is_err(), "a file of bad lines is no record");
}

#[test]
fn the_log_of_a_bulk_export_is_no_error() {
    let mut b = CaseBuilder::new(ReadOptions::default());
    b.add(
        "log.ndjson",
        b"{\"exportId\":\"1\",\"eventId\":\"kickoff\"}\n{\"exportId\":\"1\",\"eventId\":\"x\"}\n",
    )
    .unwrap();
    b.add("Patient.ndjson", br#"{"resourceType":"Patient","id":"p"}"#).unwrap();
    assert_eq!(b.finish().unwrap().len(), 1);
}

#[test]
fn an_extension_that_changes_the_meaning_is_said() {
    let c = one(&bundle(&[request(
        json!({ "modifierExtension": [{ "url": "https://example.org/negated", "valueBoolean": true }] }),
    )]));
    assert_eq!(c.medications.len(), 1);
    assert_eq!(problems_at(&c, ".modifierExtension").len(), 1);
}

#[test]
fn a_list_in_the_place_of_an_object_is_no_object() {
    let r = request(json!({ "dosageInstruction": [{ "doseAndRate": [{ "doseQuantity": [5, null, "mg"] }] }],
        "requester": ["Practitioner/x"] }));
    let c = one(&bundle(&[r]));
    assert!(c.medications[0].dosing[0].amounts.is_empty());
    assert_eq!(c.medications[0].prescriber, None);
    assert_eq!(
        (problems_at(&c, "doseQuantity").len(), problems_at(&c, ".requester").len()),
        (1, 1),
        "{:#?}",
        c.problems
    );
}
