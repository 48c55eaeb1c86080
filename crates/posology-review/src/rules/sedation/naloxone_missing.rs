#![doc = include_str!("naloxone_missing.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::load::mme_total;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_knowledge::Origin;
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "naloxone-missing",
    summary: "A reason to offer naloxone, and none on record.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.opioid),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("naloxone_missing.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(naloxone) = ctx.known.substance.naloxone else { return };
    let keeps = ctx.number("naloxone-current-days").map_or(730.0, |p| p.value);
    // A combination such as buprenorphine with naloxone is no rescue supply.
    let has = ctx.case.exposures.iter().any(|e| {
        e.substance == naloxone
            && !e.combination
            && e.origin != Origin::ProposedStop
            && e.start.is_none_or(|s| (0.0..=keeps).contains(&(days_between(s, ctx.day()) as f64)))
    });
    if has {
        return;
    }
    let opioids: Vec<_> = ctx
        .of(ctx.known.class.opioid)
        .filter(|t| !ctx.known.class.opioid_antagonist.is_some_and(|c| ctx.kb.in_class(t.substance, c)))
        .collect();
    if opioids.is_empty() {
        return;
    }
    let total = mme_total(ctx).total;
    let mut why: Vec<String> = Vec::new();
    let mut d = Draft::new(Severity::Caution, "No naloxone on record");
    if let Some(p) = ctx.number("naloxone-mme").filter(|p| total >= p.value) {
        why.push(format!("{} MME a day", num(total)));
        d = d.parameter(ctx, p);
    }
    let sedative = ctx.any(ctx.known.class.benzodiazepine) || ctx.any(ctx.known.class.z_drug);
    if sedative && let Some(p) = ctx.number("naloxone-with-benzodiazepine-mme") {
        why.push("a benzodiazepine or Z-drug beside the opioid".into());
        d = d.parameter(ctx, p);
    }
    for (id, words) in [
        ("substance-use-disorder", "a substance use disorder on record"),
        ("opioid-overdose", "an overdose on record"),
        ("sleep-apnoea", "sleep apnoea"),
    ] {
        if ctx.has_id(id) {
            why.push(words.into());
        }
    }
    if why.is_empty() {
        return;
    }
    if d_has_no_source(&why, sedative)
        && let Some(p) = ctx.number("naloxone-mme")
    {
        d = d.parameter(ctx, p);
    }
    out.push(
        d.about(ctx, opioids.iter().map(|t| t.substance))
            .say(format!(
                "Reasons to offer it: {}. Whether the patient has some from elsewhere is not known.",
                list(&why)
            ))
            .action(
                ActionKind::OfferNaloxone,
                "Offer naloxone and show it to the people around the patient; it reverses the opioid only.",
            ),
    );
}

fn d_has_no_source(why: &[String], sedative: bool) -> bool {
    !sedative && !why.iter().any(|w| w.ends_with("MME a day"))
}
