#![doc = include_str!("opioid_with_benzodiazepine.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::load::mme_total;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::interactions::{is_new, reported, with_sources};
use crate::taken::Taken;
use crate::words::{list, mg, num};
use posology_knowledge::schema::Parameter;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "opioid-with-benzodiazepine",
    summary: "An opioid and a benzodiazepine or Z-drug are taken together.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| {
        c.any(c.known.class.opioid) && (c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug))
    },
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("opioid_with_benzodiazepine.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let k = &ctx.known;
    let opioids: Vec<&Taken<'_>> = ctx.of(k.class.opioid).collect();
    let sedatives: Vec<&Taken<'_>> = ctx.of(k.class.benzodiazepine).chain(ctx.of(k.class.z_drug)).collect();
    let found = reported(ctx, &opioids, &sedatives, RULE.id);
    let Some(first) = found.first() else { return };
    let concerned = |t: &&&Taken<'_>| found.iter().any(|p| p.a == t.substance || p.b == t.substance);
    let opioids: Vec<&Taken<'_>> = opioids.iter().filter(concerned).copied().collect();
    let sedatives: Vec<&Taken<'_>> = sedatives.iter().filter(concerned).copied().collect();
    let plain = |v: &[&Taken<'_>]| list(v.iter().map(|t| ctx.name(t.substance)));
    let dosed = |v: &[&Taken<'_>]| {
        list(v.iter().map(|t| match t.daily_mg {
            Some(d) => format!("{} ({} a day)", ctx.name(t.substance), mg(d)),
            None => format!("{} (dose not known)", ctx.name(t.substance)),
        }))
    };
    let risks = added_risks(ctx);
    let new = ctx
        .number("interaction-new-days")
        .is_some_and(|p| opioids.iter().chain(&sedatives).any(|t| is_new(ctx, t, p.value as u32)));
    // A new pair in somebody with a further risk is the case that kills; an established one is as grave, but a decision was made.
    let severity = if new && !risks.is_empty() { Severity::Critical } else { first.severity };
    let mut d = Draft::new(
        severity,
        format!("Opioid with benzodiazepine or Z-drug: {} and {}", plain(&opioids), plain(&sedatives)),
    )
    .about(ctx, opioids.iter().chain(&sedatives).map(|t| t.substance))
    .say(format!("{} beside {}.", dosed(&opioids), dosed(&sedatives)))
    .say(&first.file.effect)
    .say(&first.file.mechanism);
    for w in &first.because {
        d = d.say(w);
    }
    if !risks.is_empty() {
        d = d.say(format!("Further risk here: {}.", list(risks.iter().map(|r| r.0.as_str()))));
    }
    d = with_sources(d, ctx, &found);
    for (_, p) in &risks {
        if let Some(p) = p {
            d = d.parameter(ctx, p);
        }
    }
    let treatment = ctx.has_id("opioid-use-disorder")
        && opioids.iter().any(|t| {
            Some(t.substance) == k.substance.methadone || Some(t.substance) == k.substance.buprenorphine
        });
    if treatment {
        d = d
            .say("The opioid treats opioid use disorder: it is not to be withheld or stopped because of the sedative; untreated addiction is the greater harm.")
            .action(ActionKind::Continue, "Keep the treatment of opioid use disorder; review why the sedative is taken.");
    } else {
        d = d.action(ActionKind::Reconsider, first.file.management.clone());
    }
    d = d
        .action(
            ActionKind::OfferNaloxone,
            "Offer naloxone and show it to the people around the patient; it reverses the opioid only.",
        )
        .action(
            ActionKind::Counsel,
            "Name the signs: hard to wake, slow or shallow breathing, blue lips. No alcohol.",
        );
    if sedatives.iter().any(|t| ctx.taken_now(t.substance).is_some()) {
        d = d.action(ActionKind::Taper, "A sedative taken for weeks is tapered, never stopped at once.");
    }
    if let Some(m) = &first.file.monitoring {
        d = d.action(ActionKind::Monitor, m.clone());
    }
    out.push(d.at_least(Severity::Caution));
}

/// What makes the pair more dangerous in this patient, with the number it rests on.
fn added_risks<'k>(ctx: &Context<'k>) -> Vec<(String, Option<&'k Parameter>)> {
    let mut out = Vec::new();
    if let (Some(a), Some(p)) = (ctx.age, ctx.number("older-adult-age"))
        && a >= p.value
    {
        out.push((format!("age {}", a as i64), Some(p)));
    }
    let mme = mme_total(ctx).total;
    if let Some(p) = ctx.number("mme-caution").filter(|p| mme >= p.value) {
        out.push((format!("{} MME a day", num(mme)), Some(p)));
    }
    if let (Some(d), Some(p)) = (ctx.drinks_per_day, ctx.number("alcohol-daily-with-sedative-serious"))
        && d >= p.value
    {
        out.push((format!("{} drinks a day", num(d)), Some(p)));
    }
    for id in ["alcohol-use-disorder", "sleep-apnoea", "copd", "severe-respiratory-insufficiency"] {
        if let Some(c) = ctx.kb.condition(id).filter(|c| ctx.has(Some(*c))) {
            out.push((ctx.kb.condition_file(c).name.to_lowercase(), None));
        }
    }
    out
}
