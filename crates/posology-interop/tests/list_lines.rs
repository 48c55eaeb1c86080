#![allow(clippy::unwrap_used)]
//! Plain lists: what each line becomes, and that each odd line becomes a problem.
use posology_interop::list::{Locale, read_list, read_list_with, read_order, read_stop};
use posology_model::{
    Amount, ConditionStatus, Date, DoseUnit, Frequency, MedicationEntry, ObservationValue, OrderAction,
    ReadConfidence, Sex, Status,
};
use proptest::prelude::*;

fn fixture(name: &str) -> String {
    let path = format!("{}/../../fixtures/lists/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn date(s: &str) -> Option<Date> {
    Some(s.parse().unwrap())
}

fn only(text: &str) -> MedicationEntry {
    let mut case = read_list(text);
    assert_eq!(case.medications.len(), 1, "{text}: {:?}", case.problems);
    case.medications.remove(0)
}

#[test]
fn the_first_record_is_read_without_a_problem() {
    let case = read_list(&fixture("first-review.txt"));
    assert_eq!(case.problems, []);
    assert_eq!((case.patient.sex, case.patient.age_years), (Some(Sex::Female), Some(67.0)));
    let drugs: Vec<&str> = case.medications.iter().map(|m| m.text.as_deref().unwrap()).collect();
    assert_eq!(
        drugs,
        [
            "oxycodone 10 mg tablet",
            "fluvoxamine 100 mg",
            "diazepam 5 mg tablet",
            "zolpidem 10 mg tablet",
            "temazepam 20 mg capsule"
        ]
    );
    let m = &case.medications[2];
    assert_eq!((m.path.as_str(), m.start), ("line 15", date("2025-11-01")));
    assert_eq!(m.reasons[0].text.as_deref(), Some("anxiety"));
    assert_eq!(m.dosing[0].frequency, Some(Frequency::per_day(3.0)));
    assert_eq!(m.dosing[0].amounts, [Amount::exactly(1.0, DoseUnit::Piece)]);
    let z = &case.medications[3];
    assert_eq!((z.written, z.days_supply, z.quantity), (date("2025-10-20"), Some(30.0), Some(30.0)));
    assert!(z.dosing[0].as_needed);
    let t = &case.medications[4];
    assert_eq!((t.status, t.start, t.end), (Status::Stopped, date("2024-01-02"), date("2024-06-30")));
    let f = &case.medications[1];
    assert_eq!(f.dosing[0].amounts, [Amount::exactly(100.0, DoseUnit::Mg)]);
    assert_eq!(f.dosing[0].confidence, ReadConfidence::Medium);
    let conditions: Vec<_> = case.conditions.iter().map(|c| (c.text.as_deref().unwrap(), c.status)).collect();
    assert_eq!(
        conditions,
        [
            ("COPD", ConditionStatus::Active),
            ("sleep apnoea", ConditionStatus::Resolved),
            ("depression", ConditionStatus::Active)
        ]
    );
    assert_eq!(case.allergies.len(), 2);
    assert!(case.allergies[1].intolerance && !case.allergies[0].intolerance);
    assert_eq!(case.orders.len(), 2);
    assert_eq!(case.orders[0].action, OrderAction::Start);
    assert_eq!(case.orders[0].medication.text.as_deref(), Some("diazepam 20 mg tablet"));
    assert_eq!(case.orders[0].medication.reasons[0].text.as_deref(), Some("social anxiety"));
    assert_eq!(
        (case.orders[1].action, case.orders[1].medication.text.as_deref()),
        (OrderAction::Stop, Some("fluvoxamine"))
    );
}

#[test]
fn values_keep_their_unit() {
    let text = "patient: man, 71 years, 9 st 6 lb, 5'4\"\nalcohol: 14 units a week\ncreatinine: 106 umol/L\nINR: 2,4";
    let case = read_list(text);
    assert_eq!(case.problems, []);
    let values: Vec<(String, f64, String)> = case
        .observations
        .iter()
        .map(|o| match &o.value {
            ObservationValue::Quantity { value, unit } => {
                (o.text.clone().unwrap(), *value, unit.clone().unwrap_or_default())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("weight", 132.0, "lb"),
        ("height", 64.0, "in"),
        ("alcohol use", 14.0, "UK units/week"),
        ("creatinine", 106.0, "umol/L"),
        ("INR", 2.4, ""),
    ];
    let expected: Vec<_> = expected.iter().map(|e| (e.0.to_owned(), e.1, e.2.to_owned())).collect();
    assert_eq!(values, expected);
}

#[test]
fn every_odd_line_is_a_problem_that_names_it() {
    let text = fixture("odd-lines.txt");
    let case = read_list(&text);
    for n in 1..=text.lines().count() {
        let path = format!("line {n}");
        let found = case.problems.iter().find(|p| p.path == path);
        assert!(
            found.is_some_and(|p| !p.message.is_empty() && !p.remedy.is_empty()),
            "{path}: {:?}",
            case.problems
        );
    }
    // What was not understood carries no dose; a date with two meanings is not guessed.
    assert_eq!(case.medications[0].start, None);
    assert!(case.medications[1].dosing[0].amounts.is_empty());
    assert_eq!(case.patient.birth_date, None);
}

#[test]
fn dates_follow_the_locale() {
    let line = "diazepam 5 mg tablet, 1 tds, since 03/04/2025";
    let start = |l| read_list_with(line, l).medications[0].start;
    assert_eq!(start(Locale::Unstated), None);
    assert_eq!(start(Locale::DayFirst), date("2025-04-03"));
    assert_eq!(start(Locale::MonthFirst), date("2025-03-04"));
    for (text, want) in [
        ("25/12/2024", "2024-12-25"),
        ("12/25/2024", "2024-12-25"),
        ("03.04.2025", "2025-04-03"),
        ("2 Nov 2025", "2025-11-02"),
        ("Nov 2, 2025", "2025-11-02"),
        ("November 2025", "2025-11-01"),
        ("2025-11", "2025-11-01"),
        ("2019", "2019-01-01"),
    ] {
        let m = only(&format!("diazepam 5 mg tablet, 1 tds, since {text}"));
        assert_eq!(m.start, date(want), "{text}");
    }
    assert!(!read_list("diazepam 5 mg, 1 tds, since 01/02/25").problems.is_empty());
}

#[test]
fn the_drug_part_ends_where_the_instruction_begins() {
    for (line, drug, amounts, times) in [
        ("diazepam 5 mg tablet, 1 three times a day", "diazepam 5 mg tablet", "1 piece", 3.0),
        ("diazepam 5mg tds", "diazepam 5mg", "5 mg", 3.0),
        (
            "diazepam 20 mg tablet three times a day for social anxiety",
            "diazepam 20 mg tablet",
            "1 tablet, 20 mg",
            3.0,
        ),
        ("oxycodone 10 mg every six hours", "oxycodone 10 mg", "10 mg", 4.0),
        ("diazepam 1 mg/mL oral solution, 5 mL tds", "diazepam 1 mg/mL oral solution", "5 mL", 3.0),
        (
            "diazepam 2 mg/5 ml oral solution 5 ml twice daily",
            "diazepam 2 mg/5 ml oral solution",
            "5 mL",
            2.0,
        ),
        ("co-codamol 30/500 tablets, 2 qds", "co-codamol 30/500 tablets", "2 piece", 4.0),
        (
            "oxycodone/acetaminophen 5/325 mg tablet, 1 bd",
            "oxycodone/acetaminophen 5/325 mg tablet",
            "1 piece",
            2.0,
        ),
        ("fentanyl 25 mcg/h patch, 1 patch daily", "fentanyl 25 mcg/h patch", "1 patch", 1.0),
        (
            "St John's wort 300 mg capsule, one three times a day",
            "St John's wort 300 mg capsule",
            "1 piece",
            3.0,
        ),
        ("quetiapine XL 50 mg tablets one at night", "quetiapine XL 50 mg tablets", "1 piece", 1.0),
        ("lorazepam one tablet at night", "lorazepam", "1 tablet", 1.0),
        ("diazepam: 5 mg at night", "diazepam 5 mg", "5 mg", 1.0),
        ("Valium\t5 mg tablet\tone bd", "Valium", "?", 2.0),
        ("clonazepam 0,5 mg tablet, ½ nocte", "clonazepam 0,5 mg tablet", "0.5 piece", 1.0),
    ] {
        let m = only(line);
        assert_eq!(m.text.as_deref(), Some(drug), "{line}");
        let d = &m.dosing[0];
        if amounts == "?" {
            continue;
        }
        let got: Vec<String> = d.amounts.iter().map(|a| format!("{} {}", a.high, a.unit)).collect();
        assert_eq!(got.join(", "), amounts, "{line}");
        assert_eq!(d.frequency.and_then(|f| f.doses_per_day()), Some((times, times)), "{line}");
    }
}

#[test]
fn orders_and_stops() {
    let o = read_order("diazepam 20 mg tablet three times a day for social anxiety");
    assert_eq!(o.action, OrderAction::Start);
    assert_eq!(o.medication.text.as_deref(), Some("diazepam 20 mg tablet"));
    assert_eq!(o.medication.reasons[0].text.as_deref(), Some("social anxiety"));
    assert_eq!(o.medication.dosing[0].frequency, Some(Frequency::per_day(3.0)));
    assert_eq!(read_order("stop fluvoxamine").action, OrderAction::Stop);
    assert_eq!(read_stop("fluvoxamine").medication.text.as_deref(), Some("fluvoxamine"));
    assert_eq!(read_order("").medication.text.as_deref(), Some(""));
}

#[test]
fn windows_line_ends_bullets_and_remarks() {
    let text = "\u{feff}# remark\r\n\r\n\u{2022} diazepam 5 mg tablet, 1 nocte\r\n1) lorazepam 1 mg tablet, 1 bd # as told\r\n(2) zopiclone 7.5 mg tablet, one at night\r\n";
    let case = read_list(text);
    assert_eq!(case.problems, []);
    assert_eq!(case.medications.len(), 3);
    assert_eq!(case.medications[1].path, "line 4");
}

#[test]
fn a_long_list_is_read_completely() {
    let text = "diazepam 5 mg tablet, 1 three times a day, since 2025-11-01, for anxiety\n".repeat(10_000);
    let case = read_list(&text);
    assert_eq!(case.medications.len(), 10_000);
    assert!(case.medications.iter().all(|m| m.dosing[0].confidence == ReadConfidence::High));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,200}") {
        let _ = read_list(&text);
        let _ = read_order(&text);
        let _ = posology_interop::list::read_csv(&text, Locale::DayFirst);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = read_list(&text);
        let _ = posology_interop::list::read_csv(&text, Locale::Unstated);
    }

    #[test]
    fn words_in_any_order_never_give_a_bad_number(words in prop::collection::vec(prop::sample::select(WORDS), 0..14)) {
        let text = words.join(" ");
        for d in posology_interop::sig::read_all(&text) {
            for a in d.amounts.iter().chain(&d.max_per_day) {
                prop_assert!(a.low.is_finite() && a.high.is_finite() && a.low >= 0.0 && a.low <= a.high && a.high > 0.0, "{text}");
            }
            if let Some(f) = d.frequency {
                prop_assert!(f.doses_per_day().is_some(), "{text}");
            }
            if d.confidence == ReadConfidence::Low {
                prop_assert!(d.amounts.is_empty() && d.frequency.is_none() && d.duration_days.is_none(), "{text}");
            }
        }
        let _ = read_list(&text);
        let _ = read_list(&words.join(", "));
    }
}

const WORDS: &[&str] = &[
    "1",
    "2",
    "0.5",
    "1/2",
    "½",
    "1e308",
    "99999999999",
    "one",
    "half",
    "a",
    "tablet",
    "tabs",
    "mg",
    "5mg",
    "mL",
    "(",
    ")",
    "-",
    "/",
    "x",
    "to",
    "or",
    "and",
    "then",
    ",",
    ".",
    ":",
    "every",
    "q",
    "6",
    "hours",
    "daily",
    "twice",
    "times",
    "bid",
    "od",
    "on",
    "prn",
    "for",
    "pain",
    "at",
    "bedtime",
    "morning",
    "8am",
    "20:00",
    "max",
    "up to",
    "in 24 hours",
    "per day",
    "days",
    "day 1",
    "week",
    "Mon",
    "Wed",
    "divided",
    "stop",
    "until",
    "2025-11-01",
    "since",
    "1-0-1",
    "total",
    "each",
    "é",
    "\u{1F48A}",
    "patient:",
    "diazepam",
    "kg",
    "mg/kg",
];
