//! CMS156: high-risk medications ordered more than once at 65 and older. Three rates.
use super::record::{Drug, Record};
use super::value_sets::ValueSets;
use super::{Member, Period, Populations};
use jiff::civil::Date;

/// Value sets of which two orders on different days count (rate 1).
pub(super) const REPEATED: [&str; 18] = [
    "Potentially Harmful Antihistamines for Older Adults",
    "Potentially Harmful Antiparkinsonian Agents for Older Adults",
    "Potentially Harmful Gastrointestinal Antispasmodics for Older Adults",
    "Dipyridamole Medications",
    "Guanfacine Medications",
    "Nifedipine Medications",
    "Potentially Harmful Antidepressants for Older Adults",
    "Potentially Harmful Barbiturates for Older Adults",
    "Ergoloid Mesylates",
    "Meprobamate Medications",
    "Potentially Harmful Estrogens for Older Adults",
    "Potentially Harmful Sulfonylureas for Older Adults",
    "Desiccated Thyroid Medications",
    "Potentially Harmful Nonbenzodiazepine Hypnotics for Older Adults",
    "Potentially Harmful Skeletal Muscle Relaxants for Older Adults",
    "Potentially Harmful Pain Medications for Older Adults",
    "Megestrol Medications",
    "Meperidine Medications",
];
/// Visits that make a patient belong to the measure.
pub(super) const VISITS: [&str; 11] = [
    "Office Visit",
    "Ophthalmological Services",
    "Preventive Care Services Established Office Visit, 18 and Up",
    "Discharge Services Nursing Facility",
    "Nursing Facility Visit",
    "Care Services in Long Term Residential Facility",
    "Preventive Care Services Initial Office Visit, 18 and Up",
    "Annual Wellness Visit",
    "Home Healthcare Services",
    "Telephone Visits",
    "Virtual Encounter",
];
/// Strengths that the definition names: RxNorm code, mg, per mL.
const STRENGTHS: [(&str, f64, bool); 15] = [
    ("204504", 0.1, true),
    ("104208", 0.25, true),
    ("393245", 0.05, true),
    ("245273", 0.0625, false),
    ("197604", 0.125, false),
    ("197606", 0.25, false),
    ("1000048", 10.0, false),
    ("1000054", 10.0, true),
    ("1000058", 100.0, false),
    ("1000064", 150.0, false),
    ("1000070", 25.0, false),
    ("966787", 3.0, false),
    ("1000076", 50.0, false),
    ("966793", 6.0, false),
    ("1000097", 75.0, false),
];

/// Orders of a list that count as more than one: a refill, another day, or another start of use.
fn more_than_one<'d>(orders: &[&'d Drug], p: Period) -> Vec<&'d Drug> {
    let inside = |d: Option<Date>| d.is_some_and(|d| p.has(d));
    orders
        .iter()
        .filter(|a| {
            orders.iter().any(|b| {
                let refill = inside(a.date) && a.repeats >= 1.0;
                let other_day = a.date != b.date && inside(a.date) && inside(b.date);
                let other_start = a.date == b.date
                    && inside(a.date)
                    && span(a) != span(b)
                    && inside(span(a))
                    && inside(span(b));
                refill || other_day || other_start
            })
        })
        .copied()
        .collect()
}

/// Start of the period of use, where the definition can make one.
fn span(d: &Drug) -> Option<Date> {
    d.start.filter(|_| d.days_supplied().is_some() || d.bounds_end.is_some())
}

/// Average daily dose, mg: quantity times strength over days supplied, for the strengths that the definition names.
fn average_daily_mg(d: &Drug) -> Option<f64> {
    let (_, mg, per_ml) = STRENGTHS.iter().find(|s| d.codes.iter().any(|c| c.code == s.0))?;
    let (quantity, unit) = d.quantity.as_ref()?;
    if *per_ml && unit != "mL" {
        return None;
    }
    Some(quantity * mg / d.days_supplied()?)
}

pub(super) fn count(r: &Record, p: Period, sets: &mut ValueSets<'_>, m: &mut Member) {
    let old = r.age_at(p.end).is_some_and(|a| a >= 65);
    let initial = old && visited(r, p, sets);
    let excluded = initial && (hospice(r, p, sets) || palliative(r, p, sets));
    if excluded {
        m.why("excluded: hospice or palliative care in the period");
    }
    let one = initial && numerator_1(r, p, sets, m);
    let two = initial && numerator_2(r, p, sets, m);
    m.set("1", Populations::one(initial, excluded, one));
    m.set("2", Populations::one(initial, excluded, two));
    m.set("3", Populations::one(initial, excluded, one || two));
}

fn visited(r: &Record, p: Period, sets: &mut ValueSets<'_>) -> bool {
    r.encounters.iter().any(|e| {
        e.status == "finished"
            && e.start.is_some_and(|s| p.has(s.date))
            && e.end.is_some_and(|x| p.has(x.date))
            && (e.codes.iter().any(|c| c.code == "99211") || VISITS.iter().any(|v| sets.encounter(v, e)))
    })
}

/// Hospice care at any time in a period.
pub(super) fn hospice(r: &Record, p: Period, sets: &mut ValueSets<'_>) -> bool {
    let yes = |c: &super::record::Code| c.code == "373066001";
    r.encounters.iter().any(|e| {
        e.status == "finished"
            && (sets.encounter("Encounter Inpatient", e)
                && e.value.iter().any(|c| c.code == "428371000124100" || c.code == "428361000124107")
                && e.end.is_some_and(|x| p.has(x.date))
                || sets.encounter("Hospice Encounter", e) && e.overlaps(p))
    }) || r.observations.iter().any(|o| {
        o.codes.iter().any(|c| c.code == "45755-6")
            && o.value.iter().any(yes)
            && assessed(&o.status)
            && o.overlaps(p)
    }) || r.requests.iter().any(|o| {
        sets.procedure("Hospice Care Ambulatory", o) && ordered(o) && o.start.is_some_and(|s| p.has(s.date))
    }) || r
        .procedures
        .iter()
        .any(|o| sets.procedure("Hospice Care Ambulatory", o) && o.status == "completed" && o.overlaps(p))
        || r.conditions.iter().any(|c| sets.condition("Hospice Diagnosis", c) && c.prevails(p.start, p.end))
}

fn palliative(r: &Record, p: Period, sets: &mut ValueSets<'_>) -> bool {
    r.observations
        .iter()
        .any(|o| o.codes.iter().any(|c| c.code == "71007-9") && assessed(&o.status) && o.overlaps(p))
        || r.conditions
            .iter()
            .any(|c| sets.condition("Palliative Care Diagnosis", c) && c.prevails(p.start, p.end))
        || r.encounters.iter().any(|e| {
            e.status == "finished" && sets.encounter("Palliative Care Encounter", e) && e.overlaps(p)
        })
        || r.procedures.iter().any(|o| {
            sets.procedure("Palliative Care Intervention", o) && o.status == "completed" && o.overlaps(p)
        })
}

fn assessed(status: &str) -> bool {
    matches!(status, "final" | "amended" | "corrected")
}

fn ordered(o: &super::record::Item) -> bool {
    matches!(o.status.as_str(), "active" | "completed")
        && ["order", "original-order", "reflex-order", "filler-order", "instance-order"]
            .contains(&o.intent.as_str())
}

fn orders<'r>(r: &'r Record, set: &str, sets: &mut ValueSets<'_>) -> Vec<&'r Drug> {
    r.orders.iter().filter(|d| d.is_order() && sets.drug(set, d)).collect()
}

fn numerator_1(r: &Record, p: Period, sets: &mut ValueSets<'_>, m: &mut Member) -> bool {
    let mut met = false;
    for set in REPEATED {
        if !more_than_one(&orders(r, set, sets), p).is_empty() {
            m.why(format!("rate 1: {set}"));
            met = true;
        }
    }
    let anti = more_than_one(&orders(r, "Potentially Harmful Antiinfectives for Older Adults", sets), p);
    if anti.iter().filter_map(|d| d.days_supplied()).sum::<f64>() > 90.0 {
        m.why("rate 1: anti-infectives for more than 90 days");
        met = true;
    }
    for (set, most) in [("Digoxin Medications", 0.125), ("Doxepin Medications", 6.0)] {
        if more_than_one(&orders(r, set, sets), p)
            .iter()
            .any(|d| average_daily_mg(d).is_some_and(|x| x > most))
        {
            m.why(format!("rate 1: {set}, on average more than {most} mg a day"));
            met = true;
        }
    }
    met
}

fn numerator_2(r: &Record, p: Period, sets: &mut ValueSets<'_>, m: &mut Member) -> bool {
    let mut met = false;
    let before = Date::new(p.start.year() - 1, p.start.month(), p.start.day()).unwrap_or(p.start);
    for (set, treats) in [
        ("Potentially Harmful Antipsychotics for Older Adults", &["Schizophrenia", "Bipolar Disorder"][..]),
        (
            "Potentially Harmful Benzodiazepines for Older Adults",
            &[
                "Seizure Disorder",
                "REM Sleep Behavior Disorder",
                "Benzodiazepine Withdrawal",
                "Alcohol Withdrawal",
                "Generalized Anxiety Disorder",
            ],
        ),
    ] {
        let all = orders(r, set, sets);
        if more_than_one(&all, p).is_empty() {
            continue;
        }
        let Some(index) = all.iter().filter_map(|d| d.date).filter(|d| p.has(*d)).min() else { continue };
        let treated = r
            .conditions
            .iter()
            .any(|c| c.prevails(before, index) && treats.iter().any(|t| sets.condition(t, c)));
        if treated {
            m.why(format!("rate 2: {set}, with a diagnosis that they treat"));
        } else {
            m.why(format!("rate 2: {set}"));
            met = true;
        }
    }
    met
}
