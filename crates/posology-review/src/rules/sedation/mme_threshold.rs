#![doc = include_str!("mme_threshold.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::load::mme_total;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num, verb};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "mme-threshold",
    summary: "The opioids together reach a threshold of morphine milligram equivalents a day.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.opioid),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("mme_threshold.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let t = mme_total(ctx);
    if !t.incomplete.is_empty() {
        let names = list(t.incomplete.iter().map(|s| ctx.name(*s)));
        out.not_assessed(
            format!("morphine equivalents of {names}"),
            "the source gives no factor for it or its dose is not known; that is not \"no opioid\"",
        );
    }
    let (Some(caution), Some(high)) = (ctx.number("mme-caution"), ctx.number("mme-high")) else { return };
    if t.total < caution.value {
        return;
    }
    let p = if t.total >= high.value { high } else { caution };
    let severity = if t.total >= high.value { Severity::Serious } else { Severity::Caution };
    let names = list(t.counted.iter().map(|s| ctx.name(*s)));
    let mut d = Draft::new(severity, format!("{} MME a day", num(t.total)))
        .about(ctx, t.counted.iter().copied())
        .say(format!("{names} {} {} morphine milligram equivalents a day; {} is a point to pause and reassess. The figure measures risk; it is no conversion between opioids.", verb(t.counted.len(), "makes", "make"), num(t.total), num(p.value)))
        .figure("mme_per_day", t.total)
        .parameter(ctx, p);
    for (s, c) in &t.sources {
        d = d.source(ctx, s, *c);
    }
    if !t.incomplete.is_empty() {
        d = d.say(format!(
            "Without {}, so the total is a lower bound.",
            list(t.incomplete.iter().map(|s| ctx.name(*s)))
        ));
    }
    out.push(d.action(ActionKind::Reconsider, "Weigh benefit against risk before any rise. A dose taken for long is lowered slowly and with the patient, never at once."));
}
