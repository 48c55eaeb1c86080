//! Doses, timings, and the text beside them.
use super::{bundle, one, problems_at, request};
use posology_model::{Case, DayPart, DoseUnit, Dosing, ReadConfidence, Route};
use serde_json::{Value, json};

fn case(dosage: Value) -> Case {
    one(&bundle(&[request(json!({ "dosageInstruction": [dosage] }))]))
}

fn read(dosage: Value) -> Dosing {
    case(dosage).medications.remove(0).dosing.remove(0)
}

fn per_day(repeat: Value) -> Option<(f64, f64)> {
    read(json!({ "timing": { "repeat": repeat } })).frequency.and_then(|f| f.doses_per_day())
}

fn close(got: Option<(f64, f64)>, want: (f64, f64)) -> bool {
    got.is_some_and(|g| (g.0 - want.0).abs() < 1e-9 && (g.1 - want.1).abs() < 1e-9)
}

#[test]
fn repeats() {
    for (repeat, want) in [
        (json!({ "frequency": 3, "period": 1, "periodUnit": "d" }), (3.0, 3.0)),
        (json!({ "period": 6, "periodUnit": "h" }), (4.0, 4.0)),
        (json!({ "frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h" }), (4.0, 6.0)),
        (json!({ "frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d" }), (1.0, 3.0)),
        (json!({ "frequency": 1, "period": 1, "periodUnit": "wk" }), (1.0 / 7.0, 1.0 / 7.0)),
        (json!({ "frequency": 1, "period": 72, "periodUnit": "h" }), (1.0 / 3.0, 1.0 / 3.0)),
        (json!({ "when": ["MORN", "HS"] }), (2.0, 2.0)),
        (json!({ "when": ["AC"] }), (3.0, 3.0)),
        (json!({ "when": ["ACM", "MORN.early"] }), (2.0, 2.0)),
        (json!({ "timeOfDay": ["08:00:00", "14:00:00", "22:00:00"] }), (3.0, 3.0)),
        (json!({ "dayOfWeek": ["mon", "wed", "fri"] }), (3.0 / 7.0, 3.0 / 7.0)),
        (
            json!({ "frequency": 2, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon", "thu"] }),
            (4.0 / 7.0, 4.0 / 7.0),
        ),
        (
            json!({ "frequency": 2, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"] }),
            (2.0 / 7.0, 2.0 / 7.0),
        ),
    ] {
        let got = per_day(repeat.clone());
        assert!(close(got, want), "{repeat}: {got:?}");
    }
}

#[test]
fn codes_of_timing() {
    let code = |c: &str| {
        read(json!({ "timing": { "code": { "coding": [{ "code": c }] } } }))
            .frequency
            .and_then(|f| f.doses_per_day())
    };
    for (c, n) in [
        ("BID", 2.0),
        ("TID", 3.0),
        ("QID", 4.0),
        ("QD", 1.0),
        ("QOD", 0.5),
        ("Q4H", 6.0),
        ("Q6H", 4.0),
        ("Q12H", 2.0),
        ("AM", 1.0),
        ("PM", 1.0),
        ("BED", 1.0),
        ("WK", 1.0 / 7.0),
    ] {
        assert!(close(code(c), (n, n)), "{c}: {:?}", code(c));
    }
    assert_eq!(code("Q0H"), None);
    let bed = read(json!({ "timing": { "code": { "coding": [{ "code": "BED" }] } } }));
    assert_eq!(bed.day_parts, [DayPart::Bedtime]);
    let clash = case(json!({ "timing": { "code": { "coding": [{ "code": "BID" }] },
        "repeat": { "frequency": 3, "period": 1, "periodUnit": "d" } } }));
    assert_eq!(clash.medications[0].dosing[0].frequency.unwrap().times_high, 3.0);
    assert_eq!(problems_at(&clash, ".timing").len(), 1);
}

#[test]
fn bounds_and_single_doses() {
    let d = read(
        json!({ "timing": { "repeat": { "boundsDuration": { "value": 2, "unit": "wk", "code": "wk" } } } }),
    );
    assert_eq!(d.duration_days, Some(14.0));
    let c = case(
        json!({ "timing": { "repeat": { "boundsPeriod": { "start": "2025-01-05", "end": "2025-01" } } } }),
    );
    let m = &c.medications[0];
    assert_eq!(
        (m.start.unwrap().to_string(), m.end.unwrap().to_string()),
        ("2025-01-05".into(), "2025-01-31".into())
    );
    let once = read(json!({ "timing": { "repeat": { "count": 1 } } }));
    assert!(once.once && once.frequency.is_none());
    let event = read(json!({ "timing": { "event": ["2025-03-01T08:00:00Z"] } }));
    assert!(event.once && event.start == event.end && event.start.is_some());
    let backwards = case(
        json!({ "timing": { "repeat": { "boundsPeriod": { "start": "2025-02-01", "end": "2025-01-01" } } } }),
    );
    assert_eq!(backwards.medications[0].end, None);
    assert_eq!(problems_at(&backwards, "boundsPeriod.end").len(), 1);
}

#[test]
fn amounts_ranges_and_rates() {
    let dose = |d: Value| read(json!({ "doseAndRate": [d] })).amounts;
    for (q, low, high, unit) in [
        (json!({ "doseQuantity": { "value": 5, "unit": "mg", "code": "mg" } }), 5.0, 5.0, DoseUnit::Mg),
        (json!({ "doseQuantity": { "value": 1.0 } }), 1.0, 1.0, DoseUnit::Piece),
        (json!({ "doseQuantity": { "value": 2, "unit": "TAB" } }), 2.0, 2.0, DoseUnit::Tablet),
        (
            json!({ "doseQuantity": { "value": 2, "unit": "tablet", "code": "1" } }),
            2.0,
            2.0,
            DoseUnit::Tablet,
        ),
        (
            json!({ "doseQuantity": { "value": 2, "unit": "tablet", "system": "http://snomed.info/sct", "code": "428673006" } }),
            2.0,
            2.0,
            DoseUnit::Tablet,
        ),
        (json!({ "doseQuantity": { "value": 250, "unit": "µg" } }), 250.0, 250.0, DoseUnit::Microgram),
        (
            json!({ "doseRange": { "low": { "value": 1, "unit": "tablet" }, "high": { "value": 2, "unit": "tablet" } } }),
            1.0,
            2.0,
            DoseUnit::Tablet,
        ),
        (json!({ "doseRange": { "high": { "value": 2, "unit": "mL" } } }), 0.0, 2.0, DoseUnit::Ml),
        (
            json!({ "rateRatio": { "numerator": { "value": 12, "unit": "mg" }, "denominator": { "value": 24, "unit": "h" } } }),
            0.5,
            0.5,
            DoseUnit::MgPerHour,
        ),
        (json!({ "rateQuantity": { "value": 25, "unit": "ug/h" } }), 25.0, 25.0, DoseUnit::MicrogramPerHour),
    ] {
        let a = dose(q.clone());
        assert_eq!((a[0].low, a[0].high, a[0].unit), (low, high, unit), "{q}");
    }
}

#[test]
fn doses_that_cannot_be_meant_are_left_out_and_named() {
    for q in [
        json!({ "value": 1e308, "unit": "mg" }),
        json!({ "value": -5, "unit": "mg" }),
        json!({ "value": 1e-30, "unit": "mg" }),
        json!({ "value": 5, "unit": "spoonful of hope" }),
        json!({ "value": 5, "unit": "mcg", "code": "mg" }),
        json!({ "value": 5, "unit": "mg", "comparator": "<" }),
    ] {
        let c = case(json!({ "doseAndRate": [{ "doseQuantity": q }] }));
        assert!(c.medications[0].dosing[0].amounts.is_empty(), "{q}");
        assert_eq!(problems_at(&c, "doseQuantity").len(), 1, "{q}");
    }
    for repeat in [
        json!({ "frequency": 0, "period": 1, "periodUnit": "d" }),
        json!({ "frequency": 1, "period": -1, "periodUnit": "d" }),
        json!({ "frequency": 1, "period": 1, "periodUnit": "fortnight" }),
        json!({ "frequency": 5000, "period": 1, "periodUnit": "h" }),
        json!({ "frequency": 1e300, "period": 1e-300, "periodUnit": "s" }),
    ] {
        let c = case(json!({ "timing": { "repeat": repeat } }));
        assert!(c.medications[0].dosing[0].frequency.is_none(), "{repeat}");
        assert!(!c.problems.is_empty(), "{repeat}");
    }
}

#[test]
fn as_needed_limits_and_routes() {
    let d = read(json!({ "asNeededCodeableConcept": { "text": "for panic" },
        "maxDosePerPeriod": { "numerator": { "value": 30, "unit": "mg" }, "denominator": { "value": 1, "unit": "d" } },
        "route": { "coding": [{ "system": "http://snomed.info/sct", "code": "37161004" }] } }));
    assert!(d.as_needed);
    assert_eq!(d.as_needed_for.as_deref(), Some("for panic"));
    assert_eq!(d.max_per_day.unwrap().high, 30.0);
    assert_eq!(d.route, Some(Route::Rectal));
    assert_eq!(d.confidence, ReadConfidence::Structured);
    let doses = read(
        json!({ "maxDosePerPeriod": { "numerator": { "value": 4, "unit": "doses" }, "denominator": { "value": 24, "unit": "h" } } }),
    );
    assert_eq!(doses.max_doses_per_day, Some(4.0));
    let odd = case(json!({ "route": { "text": "by owl" } }));
    assert_eq!(odd.medications[0].dosing[0].route, None);
    assert_eq!(problems_at(&odd, ".route").len(), 1);
    for text in ["Oral use", "Oral route (qualifier value)", "Oral", "PO"] {
        assert_eq!(read(json!({ "route": { "text": text } })).route, Some(Route::Oral), "{text}");
    }
}

#[test]
fn two_doses_that_differ_are_a_range_and_a_problem() {
    let c = case(json!({ "doseAndRate": [
        { "doseQuantity": { "value": 5, "unit": "mg" } }, { "doseQuantity": { "value": 10, "unit": "mg" } },
        { "doseQuantity": { "value": 1, "unit": "tablet" } } ] }));
    let a = &c.medications[0].dosing[0].amounts;
    assert_eq!((a[0].low, a[0].high, a.len()), (5.0, 10.0, 2));
    assert_eq!(problems_at(&c, "doseAndRate[1]").len(), 1);
}

#[test]
fn text_fills_what_the_fields_leave_open() {
    let d = read(json!({ "text": "1 tab PO BID PRN anxiety" }));
    assert_eq!((d.amounts[0].high, d.amounts[0].unit), (1.0, DoseUnit::Tablet));
    assert!(close(d.frequency.and_then(|f| f.doses_per_day()), (2.0, 2.0)) && d.as_needed);
    assert_eq!((d.route, d.as_needed_for.as_deref()), (Some(Route::Oral), Some("anxiety")));
    assert!(d.confidence > ReadConfidence::Low && d.confidence < ReadConfidence::Structured);
    let half = read(json!({ "text": "1 tablet every 6 hours",
        "doseAndRate": [{ "doseQuantity": { "value": 1, "unit": "tablet" } }] }));
    assert!(close(half.frequency.and_then(|f| f.doses_per_day()), (4.0, 4.0)));
    assert!(half.confidence < ReadConfidence::Structured, "the frequency is only text");
    let timing = read(json!({ "timing": { "code": { "text": "twice a day" } } }));
    assert!(close(timing.frequency.and_then(|f| f.doses_per_day()), (2.0, 2.0)));
    let instruction = read(json!({ "patientInstruction": "take 1 tablet twice daily" }));
    assert_eq!(instruction.amounts.len(), 1);
    let snomed = read(json!({ "text": "Every four to six hours (qualifier value)" }));
    assert!(close(snomed.frequency.and_then(|f| f.doses_per_day()), (4.0, 6.0)));
    let wrong = case(json!({ "timing": { "code": { "text": "when the owl calls" } } }));
    assert_eq!(wrong.medications[0].dosing[0].confidence, ReadConfidence::Low);
    assert_eq!(problems_at(&wrong, "timing.code").len(), 1);
}

#[test]
fn a_schedule_told_in_words_is_a_step_each() {
    let c = case(json!({ "text": "20 mg daily for 3 days then 10 mg daily for 3 days" }));
    let steps: Vec<_> =
        c.medications[0].dosing.iter().map(|d| (d.amounts[0].high, d.duration_days, d.sequence)).collect();
    assert_eq!(steps, [(20.0, Some(3.0), Some(1)), (10.0, Some(3.0), Some(2))]);
}

#[test]
fn a_contradiction_is_a_problem_and_structure_wins() {
    let structured = |text: &str| {
        case(
            json!({ "text": text, "timing": { "repeat": { "frequency": 2, "period": 1, "periodUnit": "d" } },
            "asNeededBoolean": false, "route": { "text": "Oral" },
            "doseAndRate": [{ "doseQuantity": { "value": 5, "unit": "mg" } }] }),
        )
    };
    for (text, what) in [
        ("10 mg twice a day", "dose"),
        ("5 mg three times a day", "frequency"),
        ("5 mg rectally twice a day", "route"),
        ("5 mg twice a day as needed", "as needed"),
    ] {
        let c = structured(text);
        let d = &c.medications[0].dosing[0];
        assert_eq!((d.amounts[0].high, d.route, d.as_needed), (5.0, Some(Route::Oral), false), "{text}");
        assert!(close(d.frequency.and_then(|f| f.doses_per_day()), (2.0, 2.0)), "{text}");
        let said = problems_at(&c, "dosageInstruction[0].text");
        assert!(said.len() == 1 && said[0].contains(what), "{text}: {said:?}");
    }
    for text in ["5 mg twice a day", "0.005 g by mouth every 12 hours", "1 tablet twice a day"] {
        assert_eq!(problems_at(&structured(text), ".text"), [""; 0], "{text}");
    }
}

#[test]
fn text_is_kept_and_never_beats_structure() {
    let d = read(
        json!({ "text": "one tablet twice a day", "timing": { "repeat": { "frequency": 2, "period": 1, "periodUnit": "d" } },
        "doseAndRate": [{ "doseQuantity": { "value": 1, "unit": "tablet" } }] }),
    );
    assert_eq!(d.text.as_deref(), Some("one tablet twice a day"));
    assert_eq!(d.confidence, ReadConfidence::Structured);
    let vague = read(json!({ "text": "as the owl said in the wood" }));
    assert_eq!(vague.confidence, ReadConfidence::Low);
    assert!(vague.amounts.is_empty() && vague.frequency.is_none());
}
