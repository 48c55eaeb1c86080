//! No input panics, and no number that comes out is not a number.
use super::{fixture, read};
use posology_model::Case;
use proptest::prelude::*;
use serde_json::Value;

/// What must hold of any case.
fn sound(case: &Case) {
    let finite = |n: &f64| n.is_finite();
    for m in &case.medications {
        assert!(m.quantity.iter().chain(&m.days_supply).all(|n| n.is_finite() && *n >= 0.0), "{m:?}");
        for d in &m.dosing {
            assert!(
                d.amounts
                    .iter()
                    .chain(&d.max_per_day)
                    .all(|a| finite(&a.low) && a.low >= 0.0 && a.high >= a.low),
                "{d:?}"
            );
            assert!(d.frequency.iter().all(|f| f.doses_per_day().is_some()), "{d:?}");
            assert!(d.duration_days.iter().chain(&d.max_doses_per_day).all(finite), "{d:?}");
        }
    }
    for p in &case.problems {
        assert!(!p.path.is_empty() && !p.message.is_empty() && !p.remedy.is_empty(), "{p:?}");
    }
    assert!(serde_json::to_string(case).is_ok());
}

fn check(bytes: &[u8]) {
    match read(bytes) {
        Ok(cases) => {
            assert!(!cases.is_empty());
            cases.iter().for_each(sound);
        }
        Err(e) => assert!(e.offset <= bytes.len() && e.line >= 1 && !e.to_string().is_empty()),
    }
}

/// A fixed sequence of numbers (xorshift64*): the same mutations on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }
}

const FILES: &[&str] = &[
    "one-patient.json",
    "two-patients.json",
    "history.json",
    "document.json",
    "batch-response.json",
    "parameters.json",
    "stream.ndjson",
];
const WORDS: &[&[u8]] = &[
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"-1",
    b"1e308",
    b"1e999",
    b"9999-12-31",
    b"[[[[",
    b"}}",
    b"\\ud800",
    b"#x",
    b"true",
    b"\n",
    b"\xff",
    b"\"reference\":\"#m1\"",
    b"\"id\":\"r-oxy\"",
    b"entered-in-error",
    b"urn:uuid:",
    b"Patient/",
    b"0",
];

#[test]
fn mutated_fixtures_never_panic() {
    const ROUNDS: usize = 20_000;
    // Small files, so that many rounds fit into a test run: compact, and cut to pieces of a bundle.
    let files: Vec<Vec<u8>> = FILES
        .iter()
        .map(|f| {
            let bytes = fixture(f);
            match serde_json::from_slice::<Value>(&bytes) {
                Ok(v) => v.to_string().into_bytes(),
                Err(_) => bytes,
            }
        })
        .collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut read_well = 0usize;
    for _ in 0..ROUNDS {
        let mut bytes = files[dice.below(files.len())].clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(bytes.len());
            match dice.below(5) {
                0 => bytes[at] ^= 1 << dice.below(8),
                1 => {
                    bytes.remove(at);
                }
                2 => {
                    let word = WORDS[dice.below(WORDS.len())];
                    bytes.splice(at..at, word.iter().copied());
                }
                3 => {
                    let end = (at + dice.below(40)).min(bytes.len());
                    let word = WORDS[dice.below(WORDS.len())];
                    bytes.splice(at..end, word.iter().copied());
                }
                _ => replace_value(&mut bytes, at, WORDS[dice.below(WORDS.len())]),
            }
            if bytes.is_empty() {
                break;
            }
        }
        read_well += usize::from(read(&bytes).is_ok());
        check(&bytes);
    }
    // The mutations must reach the inside of the reader, not only its front door.
    assert!(read_well > ROUNDS / 20, "only {read_well} of {ROUNDS} were read");
}

/// Replaces the string or number at or after a place by something else, which mostly leaves valid JSON.
fn replace_value(bytes: &mut Vec<u8>, at: usize, word: &[u8]) {
    let Some(colon) =
        bytes[at..].windows(2).position(|w| w[0] == b':' && (w[1] == b'"' || w[1].is_ascii_digit()))
    else {
        return;
    };
    let start = at + colon + 1;
    let end = if bytes[start] == b'"' {
        bytes[start + 1..].iter().position(|c| *c == b'"').map(|n| start + n + 2)
    } else {
        bytes[start..].iter().position(|c| !c.is_ascii_digit() && *c != b'.').map(|n| start + n)
    };
    if let Some(end) = end {
        bytes.splice(start..end, word.iter().copied());
    }
}

/// Any JSON value, with the names and words of FHIR in it more often than chance has them.
fn json_value() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "Patient",
            "MedicationRequest",
            "Medication",
            "Bundle",
            "Observation",
            "Patient/p",
            "#m",
            "mg",
            "d",
            "active",
            "2025-01-01",
            "9999",
            "1 tablet twice a day",
            "BID",
            "{tablet}",
            "urn:uuid:x",
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word,
    ];
    let key = prop::sample::select(vec![
        "resourceType",
        "id",
        "status",
        "intent",
        "entry",
        "resource",
        "fullUrl",
        "subject",
        "reference",
        "display",
        "medicationCodeableConcept",
        "medicationReference",
        "coding",
        "code",
        "system",
        "text",
        "dosageInstruction",
        "dosage",
        "timing",
        "repeat",
        "frequency",
        "period",
        "periodUnit",
        "doseAndRate",
        "doseQuantity",
        "value",
        "unit",
        "when",
        "contained",
        "ingredient",
        "itemReference",
        "strength",
        "numerator",
        "denominator",
        "valueQuantity",
        "component",
        "dispenseRequest",
        "quantity",
        "birthDate",
        "authoredOn",
        "parameter",
        "part",
        "meta",
        "versionId",
        "other",
    ]);
    leaf.prop_recursive(6, 96, 10, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..10).prop_map(|list| list
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_an_answer_or_an_error(v in json_value()) {
        check(v.to_string().as_bytes());
    }

    #[test]
    fn any_json_in_the_place_of_a_resource(kind in prop::sample::select(vec![
        "Patient", "MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration", "Medication",
        "Condition", "Observation", "AllergyIntolerance", "Encounter", "Procedure", "Bundle", "Parameters", "Substance",
    ]), v in json_value()) {
        let mut v = if v.is_object() { v } else { serde_json::json!({ "x": v }) };
        v["resourceType"] = kind.into();
        check(v.to_string().as_bytes());
        let b = serde_json::json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": "Patient" } }, { "resource": v }] });
        check(b.to_string().as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }
}
