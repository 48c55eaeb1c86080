#![doc = include_str!("duplicate_class.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_knowledge::ClassIx;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-class",
    summary: "Two substances of a class that is not meant to be doubled.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.len() > 1,
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("duplicate_class.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for i in ctx.classes.iter() {
        let Some(class) = ctx.kb.corpus.classes.get(i).filter(|c| c.duplicate) else { continue };
        let members: Vec<&Taken<'_>> = ctx.of(Some(ClassIx(i as u16))).filter(|t| !local_only(t)).collect();
        if members.len() < 2 {
            continue;
        }
        let opioid = ctx.known.class.opioid == Some(ClassIx(i as u16));
        // A long-acting opioid with a short-acting one for breakthrough pain is usual practice.
        if opioid && members.iter().filter(|t| !t.as_needed).count() < 2 {
            continue;
        }
        let sedative = members
            .iter()
            .any(|t| ctx.known.class.cns_depressant.is_some_and(|c| ctx.kb.in_class(t.substance, c)));
        let names = list(members.iter().map(|t| ctx.name(t.substance)));
        let d = Draft::new(if sedative { Severity::Serious } else { Severity::Caution }, format!("{} {} together: {names}", members.len(), class.plural))
            .about(ctx, members.iter().map(|t| t.substance))
            .say(format!("{names} belong to the same class and add up; a second one seldom adds benefit."))
            .action(ActionKind::Verify, "Find out whether one was meant to replace the other. One taken for weeks is tapered, not stopped at once.");
        out.push(d);
    }
}

fn local_only(t: &Taken<'_>) -> bool {
    use posology_model::Route::{Ophthalmic, Otic, Topical};
    t.parts.iter().all(|p| matches!(p.route, Some(Topical | Ophthalmic | Otic)))
}
