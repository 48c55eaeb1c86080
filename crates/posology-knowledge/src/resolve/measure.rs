//! Observations in terms of the knowledge, converted to the unit of the measure.
use crate::base::{KnowledgeBase, MeasureIx};
use crate::names::normalise;
use crate::resolved::{MeasureAnswer, MeasureValue, PresentCondition, ResolvedCase};
use posology_model::{
    Case, CodeSystem, Coding, InputProblem, ObservationEntry, ObservationValue, ProblemKind,
};

fn recognise(kb: &KnowledgeBase, codings: &[Coding], text: Option<&str>) -> Option<MeasureIx> {
    codings
        .iter()
        .find_map(|c| match c.system {
            CodeSystem::Loinc => kb.measure_by_loinc(&c.code),
            CodeSystem::Snomed => kb.measure_by_snomed(&c.code),
            _ => None,
        })
        .or_else(|| {
            text.into_iter()
                .chain(codings.iter().filter_map(|c| c.display.as_deref()))
                .find_map(|t| kb.measure_by_text(t))
        })
}

pub(super) fn read_measures(case: &Case, kb: &KnowledgeBase, out: &mut ResolvedCase) {
    for o in &case.observations {
        let Some(ix) = recognise(kb, &o.codings, o.text.as_deref()) else { continue };
        match &o.value {
            ObservationValue::Quantity { value, unit } => {
                read_number(kb, ix, o, *value, unit.as_deref(), out)
            }
            ObservationValue::Coded { codings, text } => {
                let answer = text.clone().or_else(|| codings.iter().find_map(|c| c.display.clone()));
                read_answer(kb, ix, o, answer.as_deref(), out);
            }
            ObservationValue::Text(t) => read_answer(kb, ix, o, Some(t), out),
            ObservationValue::Boolean(b) => read_answer(kb, ix, o, Some(if *b { "yes" } else { "no" }), out),
        }
    }
    out.values.sort_by_key(|v| (v.date, v.measure.0));
    out.answers.sort_by_key(|v| (v.date, v.measure.0));
}

fn read_number(
    kb: &KnowledgeBase,
    ix: MeasureIx,
    o: &ObservationEntry,
    value: f64,
    unit: Option<&str>,
    out: &mut ResolvedCase,
) {
    let m = kb.measure_file(ix);
    let Some(v) = convert(&m.id, value, unit, m.unit.as_deref()) else {
        out.problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path: o.path.clone(),
            message: format!(
                "{} is recorded as {value} {}, a unit that cannot be converted to {}",
                m.name,
                unit.unwrap_or("(no unit)"),
                m.unit.as_deref().unwrap_or("a number")
            ),
            remedy: format!("record it in {}", m.unit.as_deref().unwrap_or("the usual unit")),
        });
        return;
    };
    if m.plausible.is_some_and(|[lo, hi]| v < lo || v > hi) {
        out.problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path: o.path.clone(),
            message: format!(
                "{} of {value} {} is not plausible and was left out",
                m.name,
                unit.unwrap_or("")
            ),
            remedy: "check value and unit".into(),
        });
        return;
    }
    out.values.push(MeasureValue { measure: ix, value: v, date: o.date, path: o.path.clone() });
}

fn read_answer(
    kb: &KnowledgeBase,
    ix: MeasureIx,
    o: &ObservationEntry,
    answer: Option<&str>,
    out: &mut ResolvedCase,
) {
    let Some(answer) = answer else { return };
    let m = kb.measure_file(ix);
    let words = normalise(answer);
    // "3 drinks a day" as a text is a number after all.
    if m.unit.is_some()
        && let Some((n, unit)) = leading_number(answer)
        && convert(&m.id, n, Some(unit), m.unit.as_deref()).is_some()
    {
        read_number(kb, ix, o, n, Some(unit), out);
        return;
    }
    // A positive answer to "pregnant?" or "breastfeeding?" is a condition of the patient.
    let state = match m.id.as_str() {
        "pregnancy-status" => Some("pregnancy"),
        "breastfeeding-status" => Some("lactation"),
        _ => None,
    };
    if let Some(c) = state.and_then(|s| kb.condition(s))
        && says_yes(&words)
    {
        out.conditions.push(PresentCondition {
            condition: c,
            path: o.path.clone(),
            onset: o.date,
            abatement: None,
            active: true,
        });
    }
    out.answers.push(MeasureAnswer { measure: ix, answer: words, date: o.date, path: o.path.clone() });
}

fn says_yes(words: &str) -> bool {
    let no = ["no", "not", "never", "unknown", "none", "false", "negative"];
    !words.is_empty() && !words.split(' ').any(|w| no.contains(&w))
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    let t = text.trim();
    let end = t.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(t.len());
    let n: f64 = t[..end].parse().ok().filter(|n: &f64| n.is_finite())?;
    Some((n, t[end..].trim()))
}

/// Weight in kg, the latest recorded.
pub(super) fn latest_weight(kb: &KnowledgeBase, out: &ResolvedCase) -> Option<f64> {
    let w = kb.measure("weight")?;
    out.values.iter().rev().find(|v| v.measure == w).map(|v| v.value)
}

/// Converts to the unit of a measure; `None` where that cannot be done safely. A missing unit is taken as the measure's own only where the
/// measure has none to confuse it with (scores, ratios).
fn convert(measure: &str, value: f64, unit: Option<&str>, to: Option<&str>) -> Option<f64> {
    if !value.is_finite() {
        return None;
    }
    let Some(to) = to else { return Some(value) };
    let from = unit.unwrap_or("").trim();
    let (f, t) = (canonical(from), canonical(to));
    if f == t {
        return Some(value);
    }
    if from.is_empty() || f == "1" || f.starts_with('{') {
        // Measures that are recorded in one unit only, so that its absence cannot mislead; never weight, creatinine or a level.
        let one_unit = matches!(
            measure,
            "egfr" | "creatinine-clearance" | "qtc" | "spo2" | "respiratory-rate" | "heart-rate"
        );
        let unitless = one_unit || matches!(t.as_str(), "1" | "score") || t.starts_with('{');
        return unitless.then_some(value);
    }
    let factor = match (f.as_str(), t.as_str()) {
        ("lb", "kg") => 0.453_592_37,
        ("g", "kg") => 0.001,
        ("oz", "kg") => 0.028_349_523_125,
        ("stone", "kg") => 6.350_293_18,
        ("in", "cm") => 2.54,
        ("m", "cm") => 100.0,
        ("ft", "cm") => 30.48,
        // Creatinine, molar mass 113.12 g/mol.
        ("umol/l", "mg/dl") if measure == "creatinine" => 1.0 / 88.42,
        ("mg/dl", "umol/l") if measure == "creatinine" => 88.42,
        // Bilirubin, molar mass 584.66 g/mol.
        ("umol/l", "mg/dl") if measure == "bilirubin" => 1.0 / 17.104,
        ("mg/dl", "umol/l") if measure == "bilirubin" => 17.104,
        ("g/l", "g/dl") => 0.1,
        ("g/dl", "g/l") => 10.0,
        ("meq/l", "mmol/l") | ("mmol/l", "meq/l")
            if matches!(measure, "sodium" | "potassium" | "lithium-level") =>
        {
            1.0
        }
        ("s", "ms") => 1000.0,
        ("drinks/week", "drinks/day") => 1.0 / 7.0,
        ("ml/s", "ml/min") => 60.0,
        ("10*3/ul" | "10*9/l" | "k/ul" | "10e3/ul" | "10^9/l", "10*9/l" | "10*3/ul") => 1.0,
        ("ug/ml", "mg/l") | ("mg/l", "ug/ml") => 1.0,
        ("ng/ml", "ug/l") | ("ug/l", "ng/ml") => 1.0,
        ("packs/day", "cigarettes/day") => 20.0,
        _ => return None,
    };
    Some(value * factor)
}

fn canonical(unit: &str) -> String {
    let u = unit.to_lowercase().replace([' ', '[', ']'], "");
    match u.as_str() {
        "lbs" | "lb_av" | "pounds" | "pound" => "lb",
        "kgs" | "kilogram" | "kilograms" => "kg",
        "grams" | "gram" => "g",
        "oz_av" => "oz",
        "st" | "stones" => "stone",
        "in_i" | "inches" | "inch" => "in",
        "ft_i" | "feet" => "ft",
        "ml/min/{1.73_m2}" | "ml/min/1.73m2" | "ml/min/1.73m^2" | "ml/min/1.73_m2" | "ml/min/1.73m**2"
        | "ml/min/1.73sqm" | "ml/min/{1.73m2}" | "ml/min/1.73" | "ml/min" => "ml/min",
        "{drinks}/d" | "drinks/d" | "drinksaday" | "drinks/day" | "drinksperday" | "drinksdaily"
        | "units/day" | "/d" | "{drinks}/day" | "drinkaday" => "drinks/day",
        "{drinks}/wk" | "drinks/wk" | "drinksaweek" | "drinks/week" | "drinksperweek" | "{drinks}/week" => {
            "drinks/week"
        }
        "cigarettes/day" | "cigarettesaday" | "{cigarettes}/d" | "cigarettes/d" | "cigarettesperday"
        | "cigarettesdaily" | "aday" => "cigarettes/day",
        "packs/day" | "packsaday" | "packaday" | "{packs}/d" => "packs/day",
        "{score}" | "score" | "{points}" => "score",
        "µmol/l" | "μmol/l" => "umol/l",
        "µg/l" | "μg/l" | "mcg/l" => "ug/l",
        "µg/ml" | "mcg/ml" => "ug/ml",
        "msec" => "ms",
        _ => return u,
    }
    .to_owned()
}
