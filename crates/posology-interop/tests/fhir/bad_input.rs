//! Input that no record should be: an error that names place and remedy, or a case that says what is missing. No panic.
use super::{bundle, fixture, one, problems_at, read, request};
use posology_interop::fhir::{ReadError, ReadErrorKind, ReadOptions, read_case};
use posology_model::ProblemKind;
use serde_json::{Value, json};

fn error(bytes: &[u8]) -> ReadError {
    let e = read(bytes).unwrap_err();
    let said = e.to_string();
    assert!(said.starts_with("line ") && said.ends_with('.') && !said.contains('\n'), "{said}");
    assert!(!e.message.is_empty() && !e.remedy.is_empty(), "{said}");
    e
}

#[test]
fn truncated_json() {
    let whole = fixture("one-patient.json");
    for cut in (1..whole.len()).step_by(97) {
        let e = error(&whole[..cut]);
        assert_eq!(e.kind, ReadErrorKind::Syntax, "cut at {cut}: {e}");
    }
    let at = whole.windows(9).position(|w| w == b"\"r-dzp\",\n").unwrap();
    let e = error(&whole[..at + 3]);
    assert_eq!(e.path.as_deref(), Some("entry[7].resource.id"), "{e}");
    assert!(e.line > 100 && e.offset <= at + 3, "{e}");
    assert!(e.message.contains("ends before it is complete"));
}

#[test]
fn broken_json_names_the_place() {
    let text = "{\n \"resourceType\": \"Bundle\",\n \"entry\": [\n  {\"resource\": {\"resourceType\": \"Patient\", \"id\": oops}}\n ]\n}";
    let e = error(text.as_bytes());
    assert_eq!((e.kind, e.line), (ReadErrorKind::Syntax, 4), "{e}");
    assert_eq!(e.path.as_deref(), Some("entry[0].resource.id"));
    assert_eq!(&text.as_bytes()[e.offset..e.offset + 1], b"o", "{e}");
    let named =
        read_case(b"{", &ReadOptions { name: "a.json".into(), ..ReadOptions::default() }).unwrap_err();
    assert!(named.to_string().starts_with("a.json: line 1, column "), "{named}");
}

#[test]
fn wrong_resource_type() {
    let e = error(br#"{"resourceType":"Questionnaire","status":"active"}"#);
    assert_eq!(e.kind, ReadErrorKind::NothingToReview);
    assert!(e.message.contains("1 Questionnaire"), "{e}");
    assert_eq!(error(br#"{"medications":["diazepam"]}"#).kind, ReadErrorKind::NotFhir);
    assert_eq!(error(br#"{"resourceType":5}"#).kind, ReadErrorKind::NotFhir);
    assert_eq!(
        error(br#"{"resourceType":"Bundle","type":"searchset","total":0}"#).kind,
        ReadErrorKind::NothingToReview
    );
    let frame = error(br#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},7]}"#);
    assert_eq!((frame.kind, frame.path.as_deref()), (ReadErrorKind::NotFhir, Some("entry[1]")), "{frame}");
    assert_eq!(error(b"[1,2]").kind, ReadErrorKind::NotFhir);
    assert_eq!(error(b"null").kind, ReadErrorKind::NotJson);
    assert_eq!(error(b"<Patient xmlns=\"http://hl7.org/fhir\"/>").kind, ReadErrorKind::NotJson);
}

#[test]
fn invalid_utf8_names_the_byte() {
    let mut bytes = b"{\"resourceType\":\"Patient\",\n\"id\":\"x".to_vec();
    let at = bytes.len();
    bytes.extend([0xe9, b'"', b'}']);
    let e = error(&bytes);
    assert_eq!((e.kind, e.offset, e.line, e.column), (ReadErrorKind::Encoding, at, 2, at - 26), "{e}");
    assert!(e.message.contains("0xe9"));
}

#[test]
fn two_hundred_thousand_brackets() {
    const N: usize = 200_000;
    for open in ["[", "{\"a\":", "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":"] {
        error(open.repeat(N).as_bytes());
    }
    for field in ["extension", "dosageInstruction", "contained"] {
        let deep = format!("{}{}", "[".repeat(N), "]".repeat(N));
        let r = request(json!({ field: "DEEP" })).to_string().replace("\"DEEP\"", &deep);
        let text = format!("{{\"resourceType\":\"Bundle\",\"entry\":[{{\"resource\":{r}}}]}}");
        let cases = read(text.as_bytes());
        // A field that is not read may be as deep as it likes; one that is read cannot be, and is then named.
        match field {
            "extension" | "contained" => assert_eq!(cases.unwrap()[0].medications.len(), 1),
            _ => assert!(cases.unwrap_err().message.contains("nothing could be read"), "{field}"),
        }
    }
    let parts = format!("{}{}", "{\"part\":[".repeat(N), "]}".repeat(N));
    let e = error(format!("{{\"resourceType\":\"Parameters\",\"parameter\":[{parts}]}}").as_bytes());
    assert_eq!(e.kind, ReadErrorKind::TooDeep, "{e}");
}

#[test]
fn bundles_in_bundles_end() {
    let mut b = bundle(&[request(json!({}))]);
    for _ in 0..30 {
        b = json!({ "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": b }] });
    }
    let e = error(b.to_string().as_bytes());
    assert_eq!(e.kind, ReadErrorKind::NothingToReview);
    assert!(e.message.contains("1 Bundle"), "{e}");
}

#[test]
fn the_dose_1e308() {
    let r = request(
        json!({ "dosageInstruction": [{ "doseAndRate": [{ "doseQuantity": { "value": 1e308, "unit": "mg" } }] }] }),
    );
    let c = one(&bundle(&[r]));
    assert!(c.medications[0].dosing[0].amounts.is_empty());
    assert!(problems_at(&c, "doseQuantity")[0].contains("cannot be meant"));
}

#[test]
fn impossible_dates_and_numbers_are_problems() {
    for (day, part) in [
        ("9999-12-31", "9999"),
        ("0000-01-01", "0000"),
        ("2025-02-31", "no such day"),
        ("tomorrow", "no FHIR date"),
    ] {
        let c = one(&bundle(&[request(json!({ "authoredOn": day }))]));
        assert_eq!(c.medications[0].written, None, "{day}");
        assert!(problems_at(&c, ".authoredOn")[0].contains(part), "{day}");
    }
    let c = one(&bundle(&[request(json!({ "dispenseRequest": { "numberOfRepeatsAllowed": -3,
        "quantity": { "value": -1 }, "expectedSupplyDuration": { "value": 1e9, "unit": "d" },
        "validityPeriod": { "start": "2025-05-01", "end": "9999-12-31" } } }))]));
    let m = &c.medications[0];
    assert_eq!((m.refills, m.quantity, m.days_supply, m.valid_until), (None, None, None, None));
    for path in
        ["numberOfRepeatsAllowed", "dispenseRequest.quantity", "expectedSupplyDuration", "validityPeriod.end"]
    {
        assert_eq!(problems_at(&c, path).len(), 1, "{path}");
    }
}

#[test]
fn circles_of_ingredients() {
    let medication = |id: &str, inner: &str| {
        json!({ "resourceType": "Medication", "id": id,
        "ingredient": [{ "itemReference": { "reference": format!("Medication/{inner}") } }] })
    };
    let r = request(
        json!({ "medicationCodeableConcept": null, "medicationReference": { "reference": "Medication/a" } }),
    );
    let c = one(&bundle(&[medication("a", "b"), medication("b", "a"), r.clone()]));
    assert!(c.medications[0].ingredients.is_empty());
    assert!(problems_at(&c, ".ingredient")[0].contains("circle"));
    // A chain longer than any product, and a product that doubles itself at every step.
    let mut chain: Vec<Value> =
        (0..200).map(|i| medication(&format!("m{i}"), &format!("m{}", i + 1))).collect();
    chain.push(request(
        json!({ "medicationCodeableConcept": null, "medicationReference": { "reference": "Medication/m0" } }),
    ));
    assert!(!problems_at(&one(&bundle(&chain)), ".ingredient").is_empty());
    let double = |i: usize| {
        let next = json!({ "itemReference": { "reference": format!("Medication/m{}", i + 1) } });
        json!({ "resourceType": "Medication", "id": format!("m{i}"), "ingredient": vec![next; 16] })
    };
    let mut wide: Vec<Value> = (0..12).map(double).collect();
    wide.push(json!({ "resourceType": "Medication", "id": "m12", "code": { "text": "diazepam" } }));
    wide.push(request(
        json!({ "medicationCodeableConcept": null, "medicationReference": { "reference": "Medication/m2" } }),
    ));
    let c = one(&bundle(&wide));
    assert!(c.medications[0].ingredients.len() <= 200);
    assert!(c.problems.len() < 100, "{} problems", c.problems.len());
}

#[test]
fn circles_of_prescriptions() {
    let r = |id: &str, of: &str| {
        request(json!({ "id": id, "basedOn": [{ "reference": format!("MedicationRequest/{of}") }],
        "priorPrescription": { "reference": format!("MedicationRequest/{of}") } }))
    };
    let c = one(&bundle(&[r("a", "b"), r("b", "c"), r("c", "a"), r("d", "a"), r("e", "e")]));
    let left: Vec<_> = c.medications.iter().map(|m| (m.based_on.as_deref(), m.replaces.as_deref())).collect();
    assert_eq!(left, [(None, None), (None, None), (None, None), (Some("a"), Some("a")), (None, None)]);
    assert_eq!(c.problems.iter().filter(|p| p.kind == ProblemKind::BrokenReference).count(), 8);
}

#[test]
fn no_birth_date() {
    let c = one(&json!({ "resourceType": "Patient", "id": "p", "gender": "female" }));
    assert_eq!(c.patient.birth_date, None);
    let bad =
        one(&json!({ "resourceType": "Patient", "id": "p", "birthDate": "1958-02-30", "gender": "lady" }));
    assert_eq!(bad.patient.birth_date, None);
    assert_eq!((problems_at(&bad, ".birthDate").len(), problems_at(&bad, ".gender").len()), (1, 1));
}

#[test]
fn ten_thousand_medications() {
    let list: Vec<Value> = (0..10_000)
        .map(|i| request(json!({ "id": format!("r{i}"), "priorPrescription": { "reference": format!("MedicationRequest/r{}", i + 1) } })))
        .collect();
    let c = one(&bundle(&list));
    assert_eq!(c.medications.len(), 10_000);
    assert_eq!(c.medications[0].replaces.as_deref(), Some("r1"));
}

#[test]
fn duplicate_ids() {
    let same = one(&bundle(&[request(json!({})), request(json!({}))]));
    assert_eq!(same.medications.len(), 1, "a copy is no second medication");
    let other = request(json!({ "medicationCodeableConcept": { "text": "lorazepam 1 mg tablet" } }));
    let differ = one(&bundle(&[request(json!({})), other.clone()]));
    assert_eq!(differ.medications.len(), 2, "nothing tells which is right: both are kept");
    assert!(problems_at(&differ, "entry[2].resource")[0].contains("both were kept"));
    let mut newer = other;
    newer["meta"] = json!({ "versionId": "10" });
    let mut older = request(json!({}));
    older["meta"] = json!({ "versionId": "9" });
    for list in [[older.clone(), newer.clone()], [newer, older]] {
        let c = one(&bundle(&list));
        assert_eq!(c.medications.len(), 1);
        assert_eq!(c.medications[0].text.as_deref(), Some("lorazepam 1 mg tablet"));
    }
}

#[test]
fn duplicate_keys_are_said() {
    let text = bundle(&[request(json!({ "status": "KEY" }))])
        .to_string()
        .replace("\"status\":\"KEY\"", "\"status\":\"active\",\"status\":\"stopped\"");
    let c = &read(text.as_bytes()).unwrap()[0];
    assert_eq!(c.medications[0].status, posology_model::Status::Stopped);
    assert!(
        c.problems.iter().any(|p| p.kind == ProblemKind::Repaired && p.message.contains("duplicate field"))
    );
}

#[test]
fn marks_encodings_and_archives() {
    let plain = br#"{"resourceType":"Patient","id":"p"}"#;
    let marked = [&[0xef, 0xbb, 0xbf][..], plain].concat();
    assert_eq!(read(&marked).unwrap().len(), 1);
    let text = std::str::from_utf8(plain).unwrap();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&[&[0xff, 0xfe][..], &little].concat(), &[&[0xfe, 0xff][..], &big].concat(), &little, &big]
    {
        let e = error(bytes);
        assert_eq!(e.kind, ReadErrorKind::Encoding);
        assert!(e.message.contains("UTF-16"));
    }
    for bytes in [&[0x1f, 0x8b, 8, 0][..], b"PK\x03\x04 and so on", &[0x28, 0xb5, 0x2f, 0xfd]] {
        assert_eq!(error(bytes).kind, ReadErrorKind::Compressed);
    }
}

#[test]
fn empty_files_and_tables() {
    for bytes in [&b""[..], b"  \n\t ", &[0xef, 0xbb, 0xbf]] {
        assert_eq!(error(bytes).kind, ReadErrorKind::Empty);
    }
    let e = error(b"drug,dose,unit\ndiazepam,5,mg\n");
    assert_eq!(e.kind, ReadErrorKind::NotJson);
    assert!(e.message.contains("CSV") && e.remedy.contains("medication list"), "{e}");
    assert_eq!(error(b"diazepam 5 mg tablet").kind, ReadErrorKind::NotJson);
}

/// 200 MB in one file: some eight seconds of a debug build.
#[test]
fn a_file_of_200_mb() {
    let one = request(json!({ "note": [{ "text": "x".repeat(2_000) }] })).to_string();
    let mut text = String::from("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    let mut i = 0;
    while text.len() < 200_000_000 {
        if i > 0 {
            text.push(',');
        }
        text.push_str("{\"resource\":");
        text.push_str(&one.replacen("\"id\":\"r\"", &format!("\"id\":\"r{i}\""), 1));
        text.push('}');
        i += 1;
    }
    text.push_str("]}");
    let cases = read(text.as_bytes()).unwrap();
    assert_eq!(cases[0].medications.len(), i);
}
