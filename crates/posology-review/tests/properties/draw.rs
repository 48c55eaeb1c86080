//! Arbitrary cases: drugs, conditions and measures of the knowledge, with values and dates as odd as a record can hold.
use posology_knowledge::KnowledgeBase;
use posology_model::{
    AllergyEntry, Amount, Case, ConditionEntry, ConditionStatus, Date, DoseUnit, Dosing, EncounterClass,
    EncounterEntry, EntryKind, Frequency, Intent, MedicationEntry, ObservationEntry, ObservationValue, Order,
    OrderAction, Patient, ReadConfidence, Reason, Route, Setting, Sex, Status,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Day of the review in most cases.
pub const TODAY: Date = Date::constant(2026, 11, 24);

fn kb() -> &'static KnowledgeBase {
    posology_corpus::builtin()
}

/// Drugs about which most rules speak, so that many cases say something.
const COMMON: &[&str] = &[
    "diazepam",
    "alprazolam",
    "lorazepam",
    "clonazepam",
    "zolpidem",
    "oxycodone",
    "morphine",
    "methadone",
    "tramadol",
    "fluvoxamine",
    "citalopram",
    "clozapine",
    "olanzapine",
    "gabapentin",
    "pregabalin",
    "carbamazepine",
    "valproate",
    "lithium",
    "alcohol",
    "quetiapine",
    "phenelzine",
    "sodium-oxybate",
    "flumazenil",
    "naloxone",
    "ketoconazole",
    "rifampicin",
    "baclofen",
    "diphenhydramine",
];

fn drug() -> impl Strategy<Value = String> {
    let id = |i: Index| {
        let all = &kb().corpus.substances;
        all[i.index(all.len())].name.clone()
    };
    prop_oneof![2 => select(COMMON).prop_map(str::to_owned), 1 => any::<Index>().prop_map(id)]
}

/// Numbers as they are recorded, mostly sane.
pub fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => select(&[0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 100.0][..]),
        1 => select(&[0.0, -1.0, 1e-300, 1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 99_999.0][..]),
        1 => any::<f64>(),
    ]
}

const ENDS: &[Date] = &[Date::MIN, Date::MAX, TODAY, Date::constant(0, 1, 1), Date::constant(2024, 2, 29)];

pub fn date() -> impl Strategy<Value = Date> {
    prop_oneof![
        8 => (2015_i16..=2027, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d)),
        4 => (2026_i16..=2026, 8_i8..=11, 1_i8..=24).prop_map(|(y, m, d)| Date::constant(y, m, d)),
        1 => select(ENDS),
    ]
}

pub fn as_of() -> impl Strategy<Value = Date> {
    prop_oneof![8 => Just(TODAY), 2 => date()]
}

fn maybe<S: Strategy>(s: S) -> impl Strategy<Value = Option<S::Value>>
where
    S::Value: Clone,
{
    proptest::option::of(s)
}

fn amount() -> impl Strategy<Value = Amount> {
    let unit = prop_oneof![4 => select(&[DoseUnit::Mg, DoseUnit::Tablet, DoseUnit::Ml][..]), 1 => select(DoseUnit::ALL)];
    (number(), number(), unit, any::<bool>()).prop_map(|(low, high, unit, exact)| Amount {
        low,
        high: if exact { low } else { high },
        unit,
    })
}

fn frequency() -> impl Strategy<Value = Frequency> {
    prop_oneof![
        5 => select(&[1.0, 2.0, 3.0, 4.0][..]).prop_map(Frequency::per_day),
        1 => (number(), number(), number(), number()).prop_map(|(a, b, c, d)| Frequency {
            times_low: a, times_high: b, per_hours_low: c, per_hours_high: d,
        }),
    ]
}

fn dosing() -> impl Strategy<Value = Dosing> {
    let confidence = select(
        &[ReadConfidence::Low, ReadConfidence::Medium, ReadConfidence::High, ReadConfidence::Structured][..],
    );
    let most = (maybe(amount()), maybe(number()), maybe(number()));
    (
        proptest::collection::vec(amount(), 0..3),
        maybe(frequency()),
        any::<bool>(),
        maybe(select(Route::ALL)),
        most,
        (maybe(date()), maybe(date()), any::<bool>(), maybe(0_u32..4), confidence),
    )
        .prop_map(
            |(
                amounts,
                frequency,
                prn,
                route,
                (max_per_day, doses, days),
                (start, end, once, sequence, confidence),
            )| Dosing {
                amounts,
                frequency,
                as_needed: prn,
                route,
                max_per_day,
                max_doses_per_day: doses,
                duration_days: days,
                start,
                end,
                once,
                sequence,
                confidence,
                ..Dosing::default()
            },
        )
}

fn reason() -> impl Strategy<Value = Reason> {
    condition_name().prop_map(|text| Reason { codings: Vec::new(), text: Some(text) })
}

fn condition_name() -> impl Strategy<Value = String> {
    any::<Index>().prop_map(|i| {
        let all = &kb().corpus.conditions;
        all[i.index(all.len())].name.clone()
    })
}

fn status() -> impl Strategy<Value = Status> {
    use Status::*;
    prop_oneof![
        6 => Just(Active),
        1 => select(&[Completed, Stopped, OnHold, Cancelled, EnteredInError, Intended, NotTaken, Draft, Unknown][..]),
    ]
}

pub fn medication() -> impl Strategy<Value = MedicationEntry> {
    use EntryKind::*;
    let strength =
        maybe((number(), select(&["tablet", "capsule", "oral solution", "injection", "patch"][..])));
    let form = (drug(), strength).prop_map(|(name, s)| match s {
        Some((mg, form)) => format!("{name} {mg} mg {form}"),
        None => name,
    });
    let kind = select(&[Request, Statement, Dispense, Administration, Listed][..]);
    let intent = prop_oneof![8 => Just(Intent::Order), 1 => select(&[Intent::Proposal, Intent::Plan, Intent::Option][..])];
    let supply = (maybe(number()), maybe(number()), maybe(0_u32..1000), maybe(select(&["a", "b", "c"][..])));
    let setting =
        maybe(select(&[Setting::Inpatient, Setting::Outpatient, Setting::Community, Setting::Discharge][..]));
    (
        (form, kind, status(), intent, proptest::bool::weighted(0.05)),
        proptest::collection::vec(dosing(), 0..3),
        (maybe(date()), maybe(date()), maybe(date())),
        supply,
        proptest::collection::vec(reason(), 0..2),
        setting,
    )
        .prop_map(
            |(
                (text, kind, status, intent, do_not_perform),
                dosing,
                (written, start, end),
                supply,
                reasons,
                setting,
            )| {
                MedicationEntry {
                    text: Some(text),
                    kind,
                    status,
                    intent,
                    do_not_perform,
                    dosing,
                    written,
                    start,
                    end,
                    days_supply: supply.0,
                    quantity: supply.1,
                    refills: supply.2,
                    prescriber: supply.3.map(str::to_owned),
                    reasons,
                    setting,
                    ..MedicationEntry::default()
                }
            },
        )
}

fn condition() -> impl Strategy<Value = ConditionEntry> {
    use ConditionStatus::*;
    let status =
        prop_oneof![3 => Just(Active), 1 => select(&[Remission, Resolved, Refuted, Unconfirmed][..])];
    (condition_name(), status, maybe(date()), maybe(date())).prop_map(|(text, status, onset, abatement)| {
        ConditionEntry { text: Some(text), status, onset, abatement, ..ConditionEntry::default() }
    })
}

fn observation() -> impl Strategy<Value = ObservationEntry> {
    let value = prop_oneof![
        3 => number().prop_map(|value| (Some(value), None)),
        1 => select(&["poor", "ultrarapid metaboliser", "yes", "pregnant", "current smoker", "3 drinks a day", "", "-1e308 mg"][..]).prop_map(|t| (None, Some(t))),
    ];
    (any::<Index>(), value, maybe(select(&["kg", "mL/min", "h", ""][..])), maybe(date())).prop_map(
        |(i, (n, text), unit, date)| {
            let all = &kb().corpus.measures;
            let m = &all[i.index(all.len())];
            let unit = unit.map(str::to_owned).or_else(|| m.unit.clone());
            let value = match n {
                Some(value) => ObservationValue::Quantity { value, unit },
                None => ObservationValue::Text(text.unwrap_or_default().to_owned()),
            };
            ObservationEntry {
                path: "observation".into(),
                codings: Vec::new(),
                text: Some(m.name.clone()),
                value,
                date,
            }
        },
    )
}

fn patient() -> impl Strategy<Value = Patient> {
    let age = prop_oneof![select(&[0.0, 0.2, 9.0, 29.0, 45.0, 67.0, 81.0][..]), number()];
    (
        maybe(date()),
        maybe(age),
        maybe(select(&[Sex::Female, Sex::Male][..])),
        proptest::option::weighted(0.05, date()),
    )
        .prop_map(|(birth_date, age_years, sex, deceased)| Patient {
            id: None,
            birth_date,
            age_years,
            sex,
            deceased,
        })
}

fn order() -> impl Strategy<Value = Order> {
    (select(&[OrderAction::Start, OrderAction::Start, OrderAction::Stop][..]), medication())
        .prop_map(|(action, medication)| Order { action, medication })
}

pub fn case() -> impl Strategy<Value = Case> {
    use proptest::collection::vec;
    let encounter = (maybe(date()), maybe(date())).prop_map(|(start, end)| EncounterEntry {
        path: "encounter".into(),
        id: None,
        class: EncounterClass::Inpatient,
        codings: Vec::new(),
        text: None,
        start,
        end,
    });
    let allergy = (drug(), any::<bool>(), any::<bool>()).prop_map(|(text, intolerance, severe)| {
        AllergyEntry { text: Some(text), intolerance, severe, ..AllergyEntry::default() }
    });
    (
        patient(),
        vec(medication(), 0..9),
        vec(condition(), 0..5),
        vec(observation(), 0..5),
        vec(allergy, 0..2),
        vec(order(), 0..3),
        vec(encounter, 0..2),
    )
        .prop_map(
            |(patient, mut medications, conditions, observations, allergies, mut orders, encounters)| {
                for (i, m) in medications.iter_mut().enumerate() {
                    m.path = format!("medications[{i}]");
                }
                for (i, o) in orders.iter_mut().enumerate() {
                    o.medication.path = format!("orders[{i}]");
                }
                Case {
                    patient,
                    medications,
                    conditions,
                    observations,
                    allergies,
                    orders,
                    encounters,
                    ..Case::default()
                }
            },
        )
}
