//! Measures: each population of each group, one fact changed at a time.
use super::support::{date, write};
use posology_screen::measures::{Measure, Outcome, Period, ValueSets, fhir, json, measure, read_records};
use serde_json::{Value, json as v};

fn outcome(which: Measure, resources: Vec<Value>, sets: Option<&std::path::Path>) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let lines: String = resources.iter().map(|r| format!("{r}\n")).collect();
    let file = write(dir.path(), "in.ndjson", &lines);
    let records = read_records(&[file]).unwrap();
    let mut all = ValueSets::builtin(posology_corpus::builtin());
    if let Some(d) = sets {
        all.add_folder(d).unwrap();
    }
    measure(which, &records, Period::parse("2026").unwrap(), &mut all)
}

/// Initial population, denominator, exclusion, numerator, numerator that counts.
fn group(o: &Outcome, name: &str) -> [u64; 5] {
    let p = o.groups[name];
    [p.initial_population, p.denominator, p.denominator_exclusion, p.numerator, p.numerator_counted]
}

const RX: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const OXYCODONE: &str = "1049621";
const DIAZEPAM: &str = "197591";
const HYDROMORPHONE: &str = "897696";

fn patient(birth: &str) -> Value {
    v!({"resourceType": "Patient", "id": "p", "birthDate": birth})
}

fn subject(mut r: Value) -> Value {
    r["subject"] = v!({"reference": "Patient/p"});
    r
}

fn order(code: &str, day: &str, category: &str) -> Value {
    subject(v!({
        "resourceType": "MedicationRequest", "id": format!("{code}-{day}"), "status": "active", "intent": "order",
        "category": [{"coding": [{"code": category}]}],
        "medicationCodeableConcept": {"coding": [{"system": RX, "code": code}]}, "authoredOn": day,
    }))
}

fn stay(from: &str, to: &str) -> Value {
    subject(v!({
        "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "IMP"},
        "period": {"start": from, "end": to},
    }))
}

fn with(mut r: Value, path: &str, value: Value) -> Value {
    r[path] = value;
    r
}

fn stay_with(extra: Vec<Value>) -> Outcome {
    let mut all = vec![patient("1980-05-01"), stay("2026-03-01T10:00:00Z", "2026-03-05T12:00:00Z")];
    all.extend(extra);
    outcome(Measure::Cms506, all, None)
}

#[test]
fn cms506_two_opioids_or_an_opioid_and_a_benzodiazepine_at_discharge() {
    let o = |code| order(code, "2026-03-05", "discharge");
    assert_eq!(group(&stay_with(vec![]), "1"), [0, 0, 0, 0, 0]);
    assert_eq!(group(&stay_with(vec![o(OXYCODONE)]), "1"), [1, 1, 0, 0, 0]);
    assert_eq!(group(&stay_with(vec![o(DIAZEPAM)]), "1"), [1, 1, 0, 0, 0]);
    assert_eq!(group(&stay_with(vec![o(OXYCODONE), o(DIAZEPAM)]), "1"), [1, 1, 0, 1, 1]);
    assert_eq!(group(&stay_with(vec![o(OXYCODONE), o(HYDROMORPHONE)]), "1"), [1, 1, 0, 1, 1]);
    // The same medication twice is one.
    let again = with(o(OXYCODONE), "id", v!("second"));
    assert_eq!(group(&stay_with(vec![o(OXYCODONE), again]), "1"), [1, 1, 0, 0, 0]);
    // Status, intent, category, negation, and the days of the stay.
    for (path, value) in [
        ("status", v!("stopped")),
        ("status", v!("draft")),
        ("intent", v!("plan")),
        ("category", v!([{"coding": [{"code": "inpatient"}]}])),
        ("doNotPerform", v!(true)),
        ("authoredOn", v!("2026-03-06")),
    ] {
        let other = with(o(DIAZEPAM), path, value.clone());
        assert_eq!(group(&stay_with(vec![o(OXYCODONE), other]), "1"), [1, 1, 0, 0, 0], "{path} {value}");
    }
    for category in ["community", "discharge"] {
        let other = order(DIAZEPAM, "2026-03-02", category);
        assert_eq!(group(&stay_with(vec![o(OXYCODONE), other]), "1"), [1, 1, 0, 1, 1], "{category}");
    }
}

#[test]
fn cms506_encounters_that_belong_and_exclusions() {
    let two =
        || vec![order(OXYCODONE, "2026-03-05", "discharge"), order(DIAZEPAM, "2026-03-05", "discharge")];
    let run = |who: Value, stay: Value, extra: Vec<Value>| {
        let mut all = vec![who, stay];
        all.extend(two());
        all.extend(extra);
        group(&outcome(Measure::Cms506, all, None), "1")
    };
    let usual = || stay("2026-03-01", "2026-03-05");
    let adult = || patient("1980-05-01");
    assert_eq!(run(adult(), usual(), vec![]), [1, 1, 0, 1, 1]);
    assert_eq!(run(patient("2008-03-02"), usual(), vec![]), [0; 5], "17 at the start");
    assert_eq!(run(patient("2008-03-01"), usual(), vec![]), [1, 1, 0, 1, 1], "18 on the day");
    assert_eq!(run(adult(), with(usual(), "status", v!("in-progress")), vec![]), [0; 5]);
    assert_eq!(run(adult(), with(usual(), "class", v!({"code": "AMB"})), vec![]), [0; 5]);
    assert_eq!(run(adult(), stay("2025-12-20", "2025-12-31"), vec![]), [0; 5], "it ends before the period");
    let excluded = [1, 1, 1, 1, 0];
    let gone = |code: &str| {
        with(usual(), "hospitalization", v!({"dischargeDisposition": {"coding": [{"code": code}]}}))
    };
    for code in ["371828006", "306701001", "428361000124107", "445060000", "exp", "aadvice"] {
        assert_eq!(run(adult(), gone(code), vec![]), excluded, "{code}");
    }
    assert_eq!(run(adult(), gone("home"), vec![]), [1, 1, 0, 1, 1]);
    let icd = "http://hl7.org/fhir/sid/icd-10-cm";
    let condition = |code: &str, onset: &str, status: &str, category: &str| {
        subject(v!({
            "resourceType": "Condition", "id": "c", "code": {"coding": [{"system": icd, "code": code}]}, "onsetDateTime": onset,
            "clinicalStatus": {"coding": [{"code": status}]}, "category": [{"coding": [{"code": category}]}],
        }))
    };
    let list = "problem-list-item";
    assert_eq!(run(adult(), usual(), vec![condition("F11.20", "2020-01-01", "active", list)]), excluded);
    // Opioid use disorder must have begun before the day of discharge; whether it still prevails does not matter.
    assert_eq!(run(adult(), usual(), vec![condition("F11.20", "2020-01-01", "resolved", list)]), excluded);
    assert_eq!(
        run(adult(), usual(), vec![condition("F11.20", "2026-03-05", "active", list)]),
        [1, 1, 0, 1, 1]
    );
    assert_eq!(run(adult(), usual(), vec![condition("G89.3", "2026-01-01", "active", list)]), excluded);
    // A cancer pain that is a diagnosis of another encounter is no exclusion, one of this encounter is.
    let other = condition("G89.3", "2026-01-01", "active", "encounter-diagnosis");
    assert_eq!(run(adult(), usual(), vec![other.clone()]), [1, 1, 0, 1, 1]);
    let named = with(usual(), "diagnosis", v!([{"condition": {"reference": "Condition/c"}}]));
    assert_eq!(run(adult(), named, vec![other]), excluded);
    assert_eq!(run(adult(), usual(), vec![condition("D57.1", "2001-01-01", "active", list)]), excluded);
    // Ended before the stay, or of unknown length and not active.
    let past =
        with(condition("D57.1", "2001-01-01", "resolved", list), "abatementDateTime", v!("2020-01-01"));
    assert_eq!(run(adult(), usual(), vec![past]), [1, 1, 0, 1, 1]);
    assert_eq!(
        run(adult(), usual(), vec![condition("D57.1", "2001-01-01", "inactive", list)]),
        [1, 1, 0, 1, 1]
    );
    let palliative = |day: &str| {
        subject(
            v!({"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order", "authoredOn": day,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "103735009"}]}}),
        )
    };
    assert_eq!(run(adult(), usual(), vec![palliative("2026-03-03")]), excluded);
    assert_eq!(run(adult(), usual(), vec![palliative("2026-02-27")]), [1, 1, 0, 1, 1]);
    // An emergency visit that ended within the hour before belongs to the stay.
    let emergency = with(stay("2026-02-27T08:00:00Z", "2026-03-01T09:30:00Z"), "class", v!({"code": "EMER"}));
    let emergency = with(emergency, "id", v!("ed"));
    let timed = || stay("2026-03-01T10:00:00Z", "2026-03-05T12:00:00Z");
    assert_eq!(run(adult(), timed(), vec![palliative("2026-02-27"), emergency]), excluded);
}

#[test]
fn a_value_set_from_a_file_takes_the_place_of_the_built_in_list() {
    let dir = tempfile::tempdir().unwrap();
    let set = v!({"resourceType": "ValueSet", "url": "http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.113762.1.4.1046.241",
        "expansion": {"contains": [{"system": RX, "code": HYDROMORPHONE}]}});
    write(dir.path(), "opioids.json", &set.to_string());
    let all = vec![
        patient("1980-05-01"),
        stay("2026-03-01", "2026-03-05"),
        order(OXYCODONE, "2026-03-05", "discharge"),
        order(DIAZEPAM, "2026-03-05", "discharge"),
    ];
    let o = outcome(Measure::Cms506, all, Some(dir.path()));
    assert_eq!(group(&o, "1"), [1, 1, 0, 0, 0], "oxycodone is not in the file");
    let of = |name: &str| o.value_sets.iter().find(|s| s.name == name).unwrap();
    assert!(!of("Schedule II, III and IV Opioid Medications").approximation);
    assert!(of("Schedule IV Benzodiazepines").approximation);
    assert!(of("Schedule IV Benzodiazepines").from.contains("approximation"));
}

fn visit() -> Value {
    with(with(stay("2026-05-05", "2026-05-05"), "class", v!({"code": "AMB"})), "id", v!("v"))
}

fn older(extra: Vec<Value>) -> Outcome {
    let mut all = vec![patient("1950-01-01"), visit()];
    all.extend(extra);
    outcome(Measure::Cms156, all, None)
}

#[test]
fn cms156_more_than_one_order_of_a_class() {
    let zolpidem = |day| order("854873", day, "community");
    let once = older(vec![zolpidem("2026-02-01")]);
    assert_eq!(group(&once, "1"), [1, 1, 0, 0, 0]);
    let twice = older(vec![zolpidem("2026-02-01"), zolpidem("2026-04-01")]);
    assert_eq!(group(&twice, "1"), [1, 1, 0, 1, 1]);
    assert_eq!((group(&twice, "2"), group(&twice, "3")), ([1, 1, 0, 0, 0], [1, 1, 0, 1, 1]));
    let refilled = with(zolpidem("2026-02-01"), "dispenseRequest", v!({"numberOfRepeatsAllowed": 1}));
    assert_eq!(group(&older(vec![refilled]), "1"), [1, 1, 0, 1, 1]);
    let other_year = older(vec![zolpidem("2026-02-01"), zolpidem("2025-04-01")]);
    assert_eq!(group(&other_year, "1"), [1, 1, 0, 0, 0]);
    let stopped = with(zolpidem("2026-04-01"), "status", v!("stopped"));
    assert_eq!(group(&older(vec![zolpidem("2026-02-01"), stopped]), "1"), [1, 1, 0, 0, 0]);
    // Without a visit, or too young at the end of the period, nobody is in the population.
    let all = vec![patient("1950-01-01"), zolpidem("2026-02-01"), zolpidem("2026-04-01")];
    assert_eq!(group(&outcome(Measure::Cms156, all, None), "1"), [0; 5]);
    let young = vec![patient("1962-01-01"), visit(), zolpidem("2026-02-01"), zolpidem("2026-04-01")];
    assert_eq!(group(&outcome(Measure::Cms156, young, None), "1"), [0; 5]);
}

#[test]
fn cms156_benzodiazepines_without_a_diagnosis_that_they_treat() {
    let two = || vec![order(DIAZEPAM, "2026-02-01", "community"), order(DIAZEPAM, "2026-04-01", "community")];
    let o = older(two());
    assert_eq!(
        (group(&o, "1"), group(&o, "2"), group(&o, "3")),
        ([1, 1, 0, 0, 0], [1, 1, 0, 1, 1], [1, 1, 0, 1, 1])
    );
    let seizures = |onset: &str| {
        subject(
            v!({"resourceType": "Condition", "id": "c", "onsetDateTime": onset, "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "G40.909"}]}}),
        )
    };
    let treated = older([two(), vec![seizures("2020-01-01")]].concat());
    assert_eq!(group(&treated, "2"), [1, 1, 0, 0, 0]);
    // A diagnosis after the first order says nothing about why it was begun.
    let later = older([two(), vec![seizures("2026-02-02")]].concat());
    assert_eq!(group(&later, "2"), [1, 1, 0, 1, 1]);
    let hospice = subject(
        v!({"resourceType": "Procedure", "id": "h", "status": "completed", "performedDateTime": "2026-07-01",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "385763009"}]}}),
    );
    let excluded = older([two(), vec![hospice]].concat());
    assert_eq!(group(&excluded, "2"), [1, 1, 1, 1, 0]);
    assert_eq!(excluded.groups["2"].score(), None);
}

#[test]
fn cms156_average_daily_doses_and_long_courses() {
    let digoxin = |code: &str, quantity: f64, day: &str| {
        with(
            order(code, day, "community"),
            "dispenseRequest",
            v!({"quantity": {"value": quantity, "unit": "tablets"}, "expectedSupplyDuration": {"value": 30, "unit": "d", "code": "d"}}),
        )
    };
    let at =
        |code, n| group(&older(vec![digoxin(code, n, "2026-02-01"), digoxin(code, n, "2026-03-01")]), "1");
    assert_eq!(at("197606", 30.0), [1, 1, 0, 1, 1], "0.25 mg a day");
    assert_eq!(at("197604", 30.0), [1, 1, 0, 0, 0], "0.125 mg a day is not above 0.125");
    assert_eq!(at("197604", 31.0), [1, 1, 0, 1, 1]);
}

fn fill(code: &str, day: &str, days: u32) -> Value {
    subject(v!({"resourceType": "MedicationDispense", "id": format!("{code}-{day}"), "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": RX, "code": code}]},
        "whenHandedOver": day, "daysSupply": {"value": days, "unit": "d", "code": "d"}}))
}

#[test]
fn pdc_carries_early_refills_of_the_same_drug_forward() {
    const METFORMIN: &str = "861007";
    const GLIPIZIDE: &str = "310488";
    let pdc = |fills: Vec<Value>| {
        let mut all = vec![patient("1960-01-01")];
        all.extend(fills);
        let o = outcome(Measure::Pdc, all, None);
        (o.patients[0].figures.get("diabetes_pdc").copied(), group(&o, "diabetes"))
    };
    // Half of the year without a gap: 180 of 365 days.
    let (share, g) = pdc(vec![fill(METFORMIN, "2026-01-01", 90), fill(METFORMIN, "2026-04-01", 90)]);
    assert_eq!(share, Some(0.4932));
    assert_eq!(g, [1, 1, 0, 0, 0]);
    // A refill a week early begins when the first is used up: the same 180 days.
    let (share, _) = pdc(vec![fill(METFORMIN, "2026-01-01", 90), fill(METFORMIN, "2026-03-25", 90)]);
    assert_eq!(share, Some(0.4932));
    // Another drug of the class on the same day covers the same days, and one date is no second date.
    let (share, g) = pdc(vec![fill(METFORMIN, "2026-01-01", 90), fill(GLIPIZIDE, "2026-01-01", 90)]);
    assert_eq!((share, g), (None, [0; 5]));
    let (share, _) = pdc(vec![fill(METFORMIN, "2026-01-01", 90), fill(GLIPIZIDE, "2026-03-25", 90)]);
    assert_eq!(share, Some(0.474), "173 of 365 days");
    // The treatment period begins with the first fill, and must be long enough.
    let (share, g) = pdc(vec![fill(METFORMIN, "2026-07-01", 90), fill(METFORMIN, "2026-09-29", 90)]);
    assert_eq!((share, g), (Some(0.9783), [1, 1, 0, 1, 1]));
    let (share, _) = pdc(vec![fill(METFORMIN, "2026-10-05", 30), fill(METFORMIN, "2026-11-05", 30)]);
    assert_eq!(share, None, "88 days are left");
    let (_, g) = pdc(vec![fill(METFORMIN, "2026-01-01", 90)]);
    assert_eq!(g, [0; 5], "one fill");
}

#[test]
fn benzodiazepines_beyond_four_weeks() {
    let run = |fills: Vec<Value>| {
        let mut all = vec![patient("1960-01-01")];
        all.extend(fills);
        let o = outcome(Measure::BenzodiazepineOver4Weeks, all, None);
        (group(&o, "1"), o.patients[0].figures.get("longest_episode_days").copied())
    };
    assert_eq!(run(vec![fill(DIAZEPAM, "2026-02-01", 28)]), ([1, 1, 0, 0, 0], Some(28.0)));
    assert_eq!(run(vec![fill(DIAZEPAM, "2026-02-01", 29)]), ([1, 1, 0, 1, 1], Some(29.0)));
    assert_eq!(
        run(vec![fill(DIAZEPAM, "2026-02-01", 14), fill(DIAZEPAM, "2026-03-01", 14)]),
        ([1, 1, 0, 1, 1], Some(42.0))
    );
    assert_eq!(
        run(vec![fill(DIAZEPAM, "2026-02-01", 14), fill(DIAZEPAM, "2026-04-01", 14)]),
        ([1, 1, 0, 0, 0], Some(14.0))
    );
    assert_eq!(run(vec![]), ([0; 5], None));
}

#[test]
fn the_report_names_the_patients_and_the_harm_of_stopping() {
    let o = stay_with(vec![
        order(OXYCODONE, "2026-03-05", "discharge"),
        order(DIAZEPAM, "2026-03-05", "discharge"),
    ]);
    let j = json(&o);
    assert_eq!(j["groups"]["1"]["score"], v!(1.0));
    assert_eq!(j["patients"][0]["groups"]["1"]["numerator"], v!(1));
    assert!(j["harm-of-stopping"].as_str().unwrap().contains("seizures"));
    let f = fhir(&o);
    assert_eq!(
        (&f["resourceType"], &f["type"], &f["period"]["end"]),
        (&v!("MeasureReport"), &v!("subject-list"), &v!("2026-12-31"))
    );
    let numerator = f["group"][0]["population"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["code"]["coding"][0]["code"] == "numerator")
        .unwrap();
    let list = numerator["subjectResults"]["reference"].as_str().unwrap().trim_start_matches('#').to_owned();
    let list = f["contained"].as_array().unwrap().iter().find(|c| c["id"] == v!(list)).unwrap();
    assert_eq!(list["entry"][0]["item"]["reference"], v!("Patient/p"));
    assert!(f["text"]["div"].as_str().unwrap().contains("approximation"));
    assert!(Period::parse("26").is_err() && Period::parse("2026-02-01/2026-01-01").is_err());
    assert_eq!(Period::parse("2026-01-01/2026-06-30").unwrap().end, date("2026-06-30"));
}
