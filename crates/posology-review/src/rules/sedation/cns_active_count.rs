#![doc = include_str!("cns_active_count.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Need, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cns-active-count",
    summary: "Three or more CNS-active drugs at 65 or older; four or more sedatives at any age.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.after.len() > 2 && count(c).len() > 2,
    needs: &[Need::Age],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("cns_active_count.md"),
};

/// The groups that the criterion of older adults counts.
fn count<'c, 'a>(ctx: &'c Context<'a>) -> Vec<&'c Taken<'a>> {
    let k = &ctx.known.class;
    let groups = [
        k.antiepileptic,
        k.gabapentinoid,
        k.antidepressant,
        k.ssri,
        k.snri,
        k.tricyclic,
        k.antipsychotic,
        k.benzodiazepine,
        k.z_drug,
        k.opioid,
        k.muscle_relaxant,
    ];
    ctx.after
        .iter()
        .filter(|t| groups.iter().flatten().any(|g| ctx.kb.in_class(t.substance, *g)))
        .filter(|t| !k.opioid_antagonist.is_some_and(|g| ctx.kb.in_class(t.substance, g)))
        .collect()
}

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let older = ctx.age_at_least("older-adult-age");
    let (list_of, id) = if older {
        (count(ctx), "cns-active-count")
    } else {
        (ctx.of(ctx.known.class.cns_depressant).collect(), "cns-active-count-adult")
    };
    let Some(p) = ctx.number(id) else { return };
    if (list_of.len() as f64) < p.value {
        return;
    }
    let names = list(list_of.iter().map(|t| ctx.name(t.substance)));
    let (title, why) = if older {
        (
            format!("{} CNS-active drugs at {} years", list_of.len(), ctx.age.map_or(0, |a| a as i64)),
            "At this age three or more raise the risk of falls and fractures.",
        )
    } else {
        (
            format!("{} drugs that depress the central nervous system", list_of.len()),
            "Their effects on alertness and breathing add up.",
        )
    };
    out.push(
        Draft::new(if older { Severity::Serious } else { Severity::Caution }, title)
            .about(ctx, list_of.iter().map(|t| t.substance))
            .say(format!("{names}. {why}"))
            .figure("cns_active_drugs", list_of.len() as f64)
            .parameter(ctx, p)
            .action(
                ActionKind::Reconsider,
                "Look for the one with the least benefit and lower it first, in steps; one change at a time.",
            ),
    );
}
