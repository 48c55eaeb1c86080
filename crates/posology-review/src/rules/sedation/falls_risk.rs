#![doc = include_str!("falls_risk.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::interactions::is_new;
use crate::taken::Taken;
use crate::words::{list, verb};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "falls-risk",
    summary: "A sedative in somebody who has fallen or broken a hip.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| (c.has_id("falls") || c.has_id("hip-fracture")) && c.any(c.known.class.cns_depressant),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("falls_risk.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let drugs: Vec<&Taken<'_>> = ctx.of(ctx.known.class.cns_depressant).collect();
    let days = ctx.number("falls-new-days");
    let new = days.is_some_and(|p| drugs.iter().any(|t| is_new(ctx, t, p.value as u32)));
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let mut d = Draft::new(
        if new { Severity::Serious } else { Severity::Caution },
        format!("Sedatives after a fall: {names}"),
    )
    .about(ctx, drugs.iter().map(|t| t.substance))
    .say(format!(
        "A fall or hip fracture is on record; {names} {} the risk of another.",
        verb(drugs.len(), "raises", "raise")
    ));
    if let Some(p) = days.filter(|_| new) {
        d = d.say("The risk is highest in the first two weeks after a start.").parameter(ctx, p);
    }
    out.push(d.action(ActionKind::Reconsider, "Ask whether the sedative is still needed; lower it in steps. Check blood pressure standing, eyesight, and the way to the bathroom at night."));
}
