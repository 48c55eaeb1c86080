#![doc = include_str!("early_refill.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, num};
use posology_knowledge::{Exposure, Origin, SubstanceIx};
use posology_model::history::days_between;
use posology_model::{ActionKind, EntryKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "early-refill",
    summary: "A controlled drug was dispensed again well before the supply ran out, more than once.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.case.exposures.iter().any(|e| e.kind == EntryKind::Dispense && e.days_supply.is_some()),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("early_refill.md"),
};

/// Whether a drug is of a group that is misused and controlled.
pub(crate) fn controlled(ctx: &Context<'_>, s: SubstanceIx) -> bool {
    let k = &ctx.known.class;
    [k.benzodiazepine, k.z_drug, k.opioid, k.gabapentinoid, k.barbiturate, k.stimulant]
        .into_iter()
        .flatten()
        .any(|c| ctx.kb.in_class(s, c))
        && !k.opioid_antagonist.is_some_and(|c| ctx.kb.in_class(s, c))
}

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(fraction), Some(count), Some(window)) = (
        ctx.number("early-refill-fraction"),
        ctx.number("early-refill-count"),
        ctx.number("early-refill-window-days"),
    ) else {
        return;
    };
    let mut done: Vec<SubstanceIx> = Vec::new();
    for e in &ctx.case.exposures {
        if done.contains(&e.substance) || !controlled(ctx, e.substance) {
            continue;
        }
        done.push(e.substance);
        let mut fills: Vec<&Exposure> = ctx
            .case
            .exposures
            .iter()
            .filter(|x| {
                x.substance == e.substance && x.kind == EntryKind::Dispense && x.origin == Origin::Record
            })
            .filter(|x| {
                x.start.is_some_and(|s| s <= ctx.day() && days_between(s, ctx.day()) as f64 <= window.value)
            })
            .collect();
        fills.sort_by_key(|x| x.start);
        let early: Vec<i64> = fills
            .windows(2)
            .filter_map(|w| {
                let gap = days_between(w[0].start?, w[1].start?);
                let supply = w[0].days_supply?;
                // Two packages on one day are one supply.
                (gap > 0 && (gap as f64) < supply * fraction.value).then_some((supply - gap as f64) as i64)
            })
            .collect();
        if (early.len() as f64) < count.value {
            continue;
        }
        let name = ctx.name(e.substance);
        out.push(
            Draft::new(Severity::Caution, format!("{}: {} early supplies in {} days", capital(name), early.len(), num(window.value)))
                .about(ctx, [e.substance])
                .say(format!("Dispensed up to {} days before the supply ran out. The pattern needs verification: lost packages, travel, a raised dose or a shared prescription look the same in a record.", early.iter().max().copied().unwrap_or(0)))
                .figure("early_supplies", early.len() as f64)
                .parameter(ctx, fraction)
                .parameter(ctx, count)
                .action(ActionKind::Verify, "Ask the patient and the pharmacy; check the monitoring programme where there is one."),
        );
    }
}
