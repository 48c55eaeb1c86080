//! Input that cannot be used, or only in part: an error that names place and remedy, or a review that says what it left out.
use crate::run::{Said, file, json, piped, review, run};
use std::fmt::Write as _;

/// An error with status 2 that says all of this.
fn refused(said: &Said, parts: &[&str]) {
    assert_eq!(said.status, 2, "{}{}", said.out, said.err);
    assert!(said.out.is_empty(), "{}", said.out);
    // Neither wrapping nor the border of a wrapped line must hide a part: where it wraps depends on the length of the path.
    let flat = said.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    for p in parts {
        assert!(flat.contains(p), "no \"{p}\" in {}", said.err);
    }
}

/// A Bundle around resources.
fn bundle(resources: &[&str]) -> String {
    let entries: Vec<String> = resources.iter().map(|r| format!("{{\"resource\":{r}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","birthDate":"1959-03-14","gender":"female"}"#;

/// A request for a drug with more fields.
fn request(text: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{{"reference":"Patient/p"}},"medicationCodeableConcept":{{"text":"{text}"}}{more}}}"#
    )
}

/// What a review could not assess, as one text.
fn gaps(said: &Said) -> String {
    json(said)["not_assessed"].to_string()
}

#[test]
fn truncated_json() {
    let whole = bundle(&[PATIENT, &request("diazepam 5 MG Oral Tablet", "")]);
    let path = file("truncated.json", &whole.as_bytes()[..whole.len() - 40]);
    refused(
        &review(&path, &[]),
        &["truncated.json", "line 1", "ends before it is complete", "export or download it again"],
    );
}

#[test]
fn truncated_json_over_several_lines() {
    let whole: serde_json::Value = serde_json::from_str(&bundle(&[PATIENT])).unwrap();
    let text = serde_json::to_string_pretty(&whole).unwrap();
    for cut in [1, text.len() / 3, text.len() / 2, text.len() - 3] {
        let path = file(&format!("truncated-{cut}.json"), &text.as_bytes()[..cut]);
        refused(&review(&path, &[]), &["line", "again"]);
    }
}

#[test]
fn wrong_resource_type() {
    let path = file("invoice.json", br#"{"resourceType":"Invoice","id":"1"}"#);
    refused(&review(&path, &[]), &["invoice.json"]);
    let path = file("no-type.json", br#"{"drug":"diazepam"}"#);
    refused(&review(&path, &[]), &["no-type.json", "no resourceType", "Give a FHIR R4 Bundle"]);
    let path = file("array.json", b"[1, 2, 3]");
    refused(&review(&path, &[]), &["array.json", "the JSON is a list"]);
}

#[test]
fn other_formats() {
    refused(&review(&file("page.html", b"<html></html>"), &[]), &["XML or HTML"]);
    refused(&review(&file("a.gz", b"\x1f\x8b\x08\x00junk"), &[]), &["gzip", "Unpack"]);
    refused(&review(&file("empty.json", b""), &[]), &["empty", "Check that the export finished"]);
    refused(&review(&file("blank.txt", b" \n\n"), &[]), &["empty"]);
}

#[test]
fn invalid_utf8() {
    let path = file("latin1.json", b"{\"resourceType\":\"Patient\",\"id\":\"M\xfcller\"}");
    refused(&review(&path, &[]), &["latin1.json", "no UTF-8", "Save it as UTF-8"]);
    let path = file("latin1.txt", b"diazepam 5 mg\nM\xfcller\n");
    refused(&review(&path, &[]), &["latin1.txt", "line 2", "UTF-8"]);
    refused(&review(&path, &["--input", "list"]), &["latin1.txt", "UTF-8"]);
}

#[test]
fn two_hundred_thousand_open_brackets() {
    for text in [
        "[".repeat(200_000),
        "{\"a\":".repeat(200_000),
        format!("{{\"resourceType\":\"Bundle\",\"entry\":{}", "[".repeat(200_000)),
    ] {
        let said = review(&file("deep.json", text.as_bytes()), &[]);
        refused(&said, &["deep.json"]);
        assert!(said.err.len() < 5_000, "{} bytes of error", said.err.len());
    }
}

#[test]
fn a_dose_of_1e308() {
    let dosage = r#","dosageInstruction":[{"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":1e308,"unit":"mg"}}]}]"#;
    let said = review(
        &file("huge-dose.json", bundle(&[PATIENT, &request("diazepam 5 MG Oral Tablet", dosage)]).as_bytes()),
        &["--format", "json"],
    );
    assert_eq!(said.status, 0);
    let words: Vec<&str> = said.out.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    assert!(!words.iter().any(|w| ["NaN", "nan", "inf", "infinity"].contains(w)), "{}", said.out);
    // A number that JSON cannot hold is written as null.
    assert!(!said.out.contains(": null"), "{}", said.out);
    assert!(gaps(&said).contains("1e308"), "{}", gaps(&said));
    let said = piped(
        &["review", "-", "--as-of", "2026-11-24", "--format", "json"],
        &format!("diazepam 5 mg tablet, 1{} tablets daily\n", "0".repeat(308)),
    );
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(gaps(&said).contains("diazepam"), "{}", gaps(&said));
}

#[test]
fn the_year_9999() {
    let more = r#","authoredOn":"9999-12-31","dosageInstruction":[{"text":"1 tablet daily","timing":{"repeat":{"boundsPeriod":{"start":"9999-12-30","end":"9999-12-31"}}}}],"dispenseRequest":{"expectedSupplyDuration":{"value":100000,"unit":"d","code":"d"}}"#;
    let path =
        file("year-9999.json", bundle(&[PATIENT, &request("diazepam 5 MG Oral Tablet", more)]).as_bytes());
    for more in [
        &["--format", "json"][..],
        &["--each-change"],
        &["--as-of", "9999-12-31"],
        &["--as-of", "9999-12-31", "--each-change"],
    ] {
        let mut args = vec!["review", path.to_str().unwrap()];
        args.extend(more);
        assert_eq!(run(&args).status, 0, "{more:?}");
    }
    refused(&run(&["review", "x", "--as-of", "10000-01-01"]), &["no date", "2026-11-24"]);
}

#[test]
fn circular_references() {
    let a = r#"{"resourceType":"MedicationRequest","id":"a","status":"active","intent":"order","subject":{"reference":"Patient/p"},"basedOn":[{"reference":"MedicationRequest/b"}],"priorPrescription":{"reference":"MedicationRequest/b"},"medicationReference":{"reference":"MedicationRequest/a"}}"#;
    let b = r#"{"resourceType":"MedicationRequest","id":"b","status":"active","intent":"order","subject":{"reference":"Patient/p"},"basedOn":[{"reference":"MedicationRequest/a"}],"priorPrescription":{"reference":"MedicationRequest/a"},"medicationReference":{"reference":"Medication/m"}}"#;
    let m = r#"{"resourceType":"Medication","id":"m","ingredient":[{"itemReference":{"reference":"Medication/m"}}]}"#;
    let said = review(&file("circle.json", bundle(&[PATIENT, a, b, m]).as_bytes()), &["--format", "json"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let gaps = gaps(&said);
    assert!(gaps.contains("entry[1]") && gaps.contains("entry[2]"), "{gaps}");
}

#[test]
fn no_birth_date() {
    let patient = r#"{"resourceType":"Patient","id":"p"}"#;
    let drugs =
        [request("diazepam 5 MG Oral Tablet", ""), request("oxycodone hydrochloride 10 MG Oral Tablet", "")];
    let said = review(
        &file("no-birth.json", bundle(&[patient, &drugs[0], &drugs[1]]).as_bytes()),
        &["--format", "json"],
    );
    assert_eq!(said.status, 0);
    assert!(gaps(&said).contains("neither a date of birth nor an age"), "{}", gaps(&said));
}

#[test]
fn an_active_prescription_whose_supply_ran_out() {
    let supply = r#","authoredOn":"2026-02-10","dispenseRequest":{"numberOfRepeatsAllowed":3,"expectedSupplyDuration":{"value":30,"unit":"days","system":"http://unitsofmeasure.org","code":"d"}}"#;
    let old = request("oxycodone 10 MG Oral Tablet", supply);
    let again = old.replace("2026-02-10", "2026-04-01");
    let path = file("lapsed.json", bundle(&[PATIENT, &old, &again]).as_bytes());
    let said = review(&path, &["--format", "json"]);
    let told = gaps(&said);
    assert!(told.contains("whether these are still taken: oxycodone (supplied until 2026-07-29)"), "{told}");
    // What the record says is over is over, and what is taken by another prescription is no gap.
    let over = old.replace("\"status\":\"active\"", "\"status\":\"completed\"");
    let goes_on = request("oxycodone 5 MG Oral Tablet", "");
    for (name, list) in [("over.json", vec![PATIENT, &over]), ("on.json", vec![PATIENT, &old, &goes_on])] {
        let told = gaps(&review(&file(name, bundle(&list).as_bytes()), &["--format", "json"]));
        assert!(!told.contains("still taken"), "{name}: {told}");
    }
}

#[test]
fn ten_thousand_medications() {
    let drugs = ["diazepam 5 mg", "oxycodone 10 mg", "sertraline 50 mg", "zolpidem 10 mg"];
    let mut list = String::from("age: 70\n");
    for i in 0..10_000 {
        let drug = if i % 50 == 7 { "nosuchdrug 1 mg" } else { drugs[i % drugs.len()] };
        let _ = writeln!(list, "{drug} tablet, 1 daily, since 20{:02}-01-01", i % 26);
    }
    let said = review(&file("many.txt", list.as_bytes()), &["--format", "json"]);
    assert_eq!(said.status, 0);
    let unknown = json(&said)["not_assessed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|n| n["what"].as_str().unwrap().contains("nosuchdrug"))
        .count();
    assert_eq!(unknown, 200, "each of the unknown lines is named");
}

#[test]
fn a_file_of_200_megabytes() {
    use std::io::Write as _;
    let path = file("big.ndjson", b"");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(out, "{PATIENT}").unwrap();
    writeln!(out, "{}", request("diazepam 5 MG Oral Tablet", "")).unwrap();
    let filler =
        format!(r#"{{"resourceType":"DocumentReference","id":"d","content":"{}"}}"#, "x".repeat(1_000_000));
    for _ in 0..200 {
        writeln!(out, "{filler}").unwrap();
    }
    drop(out);
    let said = review(&path, &["--format", "json"]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(json(&said)["exposures"][0]["substance"]["id"], "diazepam");
}

#[test]
fn one_bad_file_among_good_ones_is_told_and_the_others_are_reviewed() {
    let good = file("good.json", bundle(&[PATIENT, &request("diazepam 5 MG Oral Tablet", "")]).as_bytes());
    let bad = file("bad.json", b"{\"resourceType\":");
    let said = run(&[
        "review",
        good.to_str().unwrap(),
        bad.to_str().unwrap(),
        "--as-of",
        "2026-11-24",
        "--format",
        "json",
    ]);
    assert_eq!(said.status, 2);
    assert_eq!(json(&said)["patient"]["id"], "p");
    assert!(said.err.contains("bad.json"), "{}", said.err);
}

#[test]
fn an_order_that_names_no_drug_is_not_silently_safe() {
    let path = file("ordered.json", bundle(&[PATIENT, &request("diazepam 5 MG Oral Tablet", "")]).as_bytes());
    let said = review(&path, &["--order", "xqzzyglorp 5 mg tablet daily"]);
    assert_eq!(said.status, 2);
    assert!(said.out.contains("NOT REVIEWED") && said.err.contains("xqzzyglorp"), "{}{}", said.out, said.err);
}

#[test]
fn escapes_of_a_record_do_not_reach_the_terminal_or_the_page() {
    let evil = request("\\u001b[2Jdiazepam <script>alert(1)</script> 5 MG Oral Tablet", "");
    let path = file("evil.json", bundle(&[PATIENT, &evil]).as_bytes());
    for form in ["text", "html"] {
        let said = review(&path, &["--format", form]);
        assert!(!said.out.contains('\u{1b}'), "{form}");
        assert!(form == "text" || !said.out.contains("<script"), "{}", said.out);
    }
}
