//! A draft plan to taper, where a stop or a step down is too fast, or a use too long.
use super::super::cards::Basis;
use super::super::wire::Action;
use super::{Offer, taper_of};
use posology_model::Finding;
use posology_review::Context;
use posology_taper::{DISCLAIMER, PatientFacts, Request, plan};
use serde_json::{Value, json};

/// Rules after which a plan is what helps.
const RULES: [&str; 4] = ["abrupt-stop", "reduction-too-fast", "long-use", "physical-dependence-likely"];

pub(super) fn offer(b: &Basis<'_>, ctx: &Context<'_>, f: &Finding) -> Option<Offer> {
    if !RULES.contains(&&*f.rule) {
        return None;
    }
    let drug = taper_of(b.kb, f)?;
    let ix = b.kb.find(&drug.id)?;
    let taken = ctx.taken_now(ix)?;
    if taken.dose_missing || taken.as_needed {
        return None;
    }
    let daily = taken.daily_high()?;
    let times = taken.parts.iter().filter_map(|p| p.times_per_day.map(|t| t.1)).fold(0.0, f64::max);
    let times = if times >= 1.0 { (times.ceil() as u32).min(8) } else { 1 };
    let request = Request {
        form: taken.parts.iter().find_map(|p| p.form.map(|f| f.as_str().to_owned())),
        jurisdiction: b.settings.jurisdiction,
        patient: Some(PatientFacts::of(ctx, ix)),
        ..Request::new(drug.id.clone(), daily, times, b.settings.as_of)
    };
    let p = plan(b.kb, &request).ok()?;
    // A plan that waits for somebody's decision is none to take over at a click.
    if p.awaits_prescriber.is_some() || p.steps.is_empty() {
        return None;
    }
    let activity: Vec<Value> = p
        .steps
        .iter()
        .map(|s| {
            json!({ "detail": {
                "status": "not-started",
                "doNotPerform": false,
                "description": format!("{} {} mg a day", drug.name, trimmed(s.daily_dose_mg)),
                "scheduledPeriod": { "start": s.start.to_string() },
            } })
        })
        .collect();
    let resource = json!({
        "resourceType": "CarePlan",
        "status": "draft",
        "intent": "proposal",
        "title": format!("Taper of {} from {} mg a day", drug.name, trimmed(daily)),
        "description": format!("{DISCLAIMER} Guidance: {}. {}", p.guideline_used.name, p.guideline_used.pace),
        "subject": { "reference": format!("Patient/{}", b.gathered.case.patient.id.as_deref().unwrap_or_default()) },
        "created": b.settings.as_of.to_string(),
        "period": { "start": b.settings.as_of.to_string(), "end": p.ends.to_string() },
        "activity": activity,
    });
    Some(Offer {
        label: format!("Draft a taper of {} instead", drug.name),
        actions: vec![Action {
            kind: "create",
            description: format!(
                "A draft care plan: {} from {} mg a day in {} steps to {}. No prescription is written by it.",
                drug.name,
                trimmed(daily),
                p.steps.len(),
                p.ends
            ),
            resource: Some(resource),
            resource_id: None,
        }],
    })
}

fn trimmed(x: f64) -> String {
    let r = (x * 1000.0).round() / 1000.0;
    format!("{r}")
}
