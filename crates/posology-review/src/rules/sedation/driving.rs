#![doc = include_str!("driving.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::interactions::is_new;
use crate::taken::Taken;
use crate::words::{list, num, verb};
use posology_knowledge::schema::Jurisdiction;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "driving-impaired",
    summary: "A drug that impairs driving is started or raised, or is named in a drug-driving law.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.cns_depressant),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("driving.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    if ctx.age.is_some_and(|a| a < 16.0) {
        return;
    }
    let Some(days) = ctx.number("driving-new-days") else { return };
    let new: Vec<&Taken<'_>> = ctx
        .of(ctx.known.class.cns_depressant)
        .filter(|t| is_new(ctx, t, days.value as u32) || raised(ctx, t))
        .collect();
    if new.is_empty() {
        return;
    }
    let names = list(new.iter().map(|t| ctx.name(t.substance)));
    let mut d = Draft::new(Severity::Note, format!("Driving and machines: {names}"))
        .about(ctx, new.iter().map(|t| t.substance))
        .say(format!(
            "{names} {} reaction, most in the first weeks and after a rise; alcohol makes it far worse.",
            verb(new.len(), "slows", "slow")
        ))
        .parameter(ctx, days);
    if ctx.settings.jurisdiction == Jurisdiction::Uk {
        for t in &new {
            if let Some(p) = ctx.number(&format!("uk-driving-limit-{}", ctx.kb.substance(t.substance).id)) {
                d = d
                    .say(format!("The law of England and Wales sets a limit for {} of {} micrograms per litre of whole blood, with a medical defence for those who take it as prescribed and are not impaired.", ctx.name(t.substance), num(p.value)))
                    .parameter(ctx, p);
            }
        }
    }
    out.push(d.action(ActionKind::Counsel, "Not to drive or use machines until the effect is known, and not after a rise of the dose or with alcohol."));
}

fn raised(ctx: &Context<'_>, t: &Taken<'_>) -> bool {
    matches!((ctx.taken_now(t.substance).and_then(|n| n.daily_high()), t.daily_high()), (Some(a), Some(b)) if b > a * 1.001)
}
