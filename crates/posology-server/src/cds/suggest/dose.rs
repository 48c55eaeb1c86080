//! A dose within the limits, from tablets that exist. Only ever lower than the draft.
use super::super::cards::{Basis, draft_of};
use super::super::wire::Action;
use super::Offer;
use posology_knowledge::schema::{Product, ProductStatus};
use posology_knowledge::{Exposure, Origin};
use posology_model::Finding;
use posology_review::Context;
use serde_json::{Value, json};

const SINGLE: &str = "single-dose-above-limit";
const DAILY: [&str; 2] = ["daily-dose-above-limit", "starting-dose-above-limit"];

/// Pieces of one dose that a patient can be asked to take.
const MOST_PIECES: u32 = 3;

pub(super) fn offer(b: &Basis<'_>, ctx: &Context<'_>, f: &Finding) -> Option<Offer> {
    if !(f.about_order && (f.rule == SINGLE || DAILY.contains(&&*f.rule))) {
        return None;
    }
    let drug = f.substances.first()?;
    let ix = b.kb.find(&drug.id)?;
    let mut parts =
        b.case.exposures.iter().filter(|e| e.origin == Origin::ProposedStart && e.substance == ix);
    let e = parts.next()?;
    // Several drafts of one drug, a range, a combination: not to be settled at a click.
    if parts.next().is_some() || e.combination {
        return None;
    }
    let draft = draft_of(b.gathered, &e.path)?;
    let times = e.times_per_day.filter(|t| t.0 == t.1 && t.0 >= 1.0)?.0;
    let now = e.single_mg.filter(|s| s.0 == s.1)?.0;
    let most = allowed(b, &drug.id, times)?;
    // What is taken already must not be cut abruptly by this: a long-term dose is lowered by a taper.
    if let Some(taken) = ctx.taken_now(ix).and_then(|t| t.daily_high())
        && most * times < taken
    {
        return None;
    }
    let (product, pieces) = fitting(b, e, most)?;
    let strength = product.strength_mg?;
    let single = strength * f64::from(pieces);
    if single >= now {
        return None;
    }
    let how = words(times, e.as_needed);
    let resource = changed(b, draft, e, product, single, pieces, times, &how)?;
    let daily = single * times;
    Some(Offer {
        label: format!("Lower to {} {single} mg {how} ({daily} mg a day)", drug.name),
        actions: vec![Action {
            kind: "update",
            description: format!(
                "The draft with {pieces} × {strength} mg {how}; check the quantity to supply, it is left out"
            ),
            resource: Some(resource),
            resource_id: None,
        }],
    })
}

/// The highest single dose that no finding about this drug speaks against.
fn allowed(b: &Basis<'_>, drug: &str, times: f64) -> Option<f64> {
    b.review
        .findings
        .iter()
        .filter(|f| f.substances.first().is_some_and(|s| s.id == drug))
        .filter_map(|f| {
            let limit = *f.figures.get("limit_mg")?;
            if f.rule == SINGLE {
                Some(limit)
            } else if DAILY.contains(&&*f.rule) {
                Some(limit / times)
            } else {
                None
            }
        })
        .reduce(f64::min)
}

/// The product of the same form and the whole pieces that come nearest to a dose from below.
fn fitting<'k>(b: &Basis<'k>, e: &Exposure, most: f64) -> Option<(&'k Product, u32)> {
    let form = e.form?.as_str();
    let mut best: Option<(&Product, u32, f64)> = None;
    for p in &b.kb.substance(e.substance).products {
        let here = p.jurisdiction.contains(&b.settings.jurisdiction) && p.status == ProductStatus::Marketed;
        let Some(strength) = p.strength_mg.filter(|s| *s > 0.0) else { continue };
        if p.form != form || !here || p.mg_per_ml.is_some() {
            continue;
        }
        for n in 1..=MOST_PIECES {
            let dose = strength * f64::from(n);
            let better = best.is_none_or(|(_, k, d)| dose > d + 1e-9 || (dose - d).abs() < 1e-9 && n < k);
            if dose <= most + 1e-9 && better {
                best = Some((p, n, dose));
            }
        }
    }
    best.map(|(p, n, _)| (p, n))
}

fn words(times: f64, as_needed: bool) -> String {
    let often = match times {
        1.0 => "once a day".to_owned(),
        2.0 => "twice a day".to_owned(),
        n => format!("{n} times a day"),
    };
    if as_needed { format!("{often} as needed") } else { often }
}

/// The whole draft with another product and dose. What would contradict it (texts, quantity to supply) is left out.
#[allow(clippy::too_many_arguments)]
fn changed(
    b: &Basis<'_>,
    draft: &super::super::read::Draft,
    e: &Exposure,
    product: &Product,
    single: f64,
    pieces: u32,
    times: f64,
    how: &str,
) -> Option<Value> {
    let mut r: Value = serde_json::from_str(&draft.json).ok()?;
    let o = r.as_object_mut()?;
    if o.get("dosageInstruction")?.as_array()?.len() != 1 {
        return None;
    }
    let strength = product.strength_mg?;
    if e.strength_mg != Some(strength) {
        let code = product.rxnorm.iter().find_map(|c| {
            let (tty, name) = b.kb.product_name(c)?;
            (tty == "SCD").then_some((c, name))
        });
        let text =
            format!("{} {strength} mg {}", b.kb.substance(e.substance).name, product.form.replace('-', " "));
        let mut concept = json!({ "text": text });
        if let Some((code, display)) = code {
            concept["coding"] = json!([{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": display }]);
        }
        o.remove("medicationReference");
        o.remove("contained");
        o.insert("medicationCodeableConcept".into(), concept);
    }
    // A narrative and instructions in words still name the old dose.
    o.remove("text");
    if let Some(d) = o.get_mut("dispenseRequest").and_then(Value::as_object_mut) {
        d.remove("quantity");
        if d.is_empty() {
            o.remove("dispenseRequest");
        }
    }
    let d = o.get_mut("dosageInstruction")?.get_mut(0)?.as_object_mut()?;
    for k in ["patientInstruction", "additionalInstruction", "maxDosePerPeriod", "maxDosePerAdministration"] {
        d.remove(k);
    }
    d.insert("text".into(), json!(format!("{single} mg ({pieces} × {strength} mg) {how}")));
    d.insert(
        "doseAndRate".into(),
        json!([{ "doseQuantity": { "value": single, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg" } }]),
    );
    if d.get("timing").and_then(|t| t.get("repeat")).is_none() {
        if times.fract() != 0.0 {
            return None;
        }
        d.insert(
            "timing".into(),
            json!({ "repeat": { "frequency": times as u32, "period": 1, "periodUnit": "d" } }),
        );
    }
    Some(r)
}
