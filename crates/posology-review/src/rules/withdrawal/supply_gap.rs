#![doc = include_str!("supply_gap.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::dependence::episode::use_until;
use crate::taken::spans;
use crate::words::{list, num};
use posology_model::history::{days_between, episodes, plus_days};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "supply-gap",
    summary: "After likely dependence there was a gap without supply, and the drug goes on at the old dose.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("supply_gap.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(gap_days), Some(lost), Some(lookback)) = (
        ctx.number("dispense-gap-days"),
        ctx.number("gap-tolerance-lost-days"),
        ctx.number("reduction-lookback-days"),
    ) else {
        return;
    };
    let class = |s| {
        [ctx.known.class.benzodiazepine, ctx.known.class.z_drug]
            .into_iter()
            .flatten()
            .any(|c| ctx.kb.in_class(s, c))
    };
    let runs = episodes(&spans(ctx.case, ctx.day(), None, |s| class(s).then_some(1.0)), 0);
    let Some(w) =
        runs.windows(2).rev().find(|w| days_between(w[1].start, ctx.day()) as f64 <= lookback.value)
    else {
        return;
    };
    let gap = days_between(w[0].end, w[1].start) - 1;
    if (gap as f64) < gap_days.value {
        return;
    }
    let u = use_until(ctx, w[0].end);
    let Some(l) = u.likelihood.as_ref().filter(|l| l.matters()) else { return };
    let tolerance = gap as f64 >= lost.value;
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    let mut d = Draft::new(
        if l.likely() { Severity::Serious } else { Severity::Caution },
        format!("{names}: {gap} days without supply, then taken again"),
    )
    .about(ctx, u.substances.iter().copied())
    .say(format!(
        "No supply from {} to {} after long use. The gap may have brought withdrawal{}.",
        plus_days(w[0].end, 1),
        plus_days(w[1].start, -1),
        if tolerance {
            "; tolerance may be lost, so that the old dose can oversedate, more so with opioids or alcohol"
        } else {
            ""
        }
    ))
    .say(&l.row.text)
    .figure("gap_days", gap as f64)
    .parameter(ctx, gap_days)
    .source(ctx, &l.row.source, l.row.confidence);
    if tolerance {
        d = d.parameter(ctx, lost);
    }
    out.push(d.action(ActionKind::Verify, format!("Ask what was taken in the gap and how the patient was. After {} days or more the prescriber decides on the dose; the old one is not resumed automatically.", num(lost.value))));
}
