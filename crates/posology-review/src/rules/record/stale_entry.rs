#![doc = include_str!("stale_entry.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{date, list, num};
use posology_knowledge::{EndKnown, Exposure};
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-entry",
    summary: "An entry without an end is old; it may not be taken any more.",
    family: Family::Record,
    status: RuleStatus::Stable,
    applies: |c| !c.now.is_empty(),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("stale_entry.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(regular), Some(prn)) = (ctx.number("stale-entry-days"), ctx.number("stale-as-needed-days"))
    else {
        return;
    };
    let old = |e: &&Exposure| {
        let bound = if e.as_needed { prn.value } else { regular.value };
        e.end_known == EndKnown::Ongoing && e.start.is_some_and(|s| days_between(s, ctx.day()) as f64 > bound)
    };
    let stale: Vec<(&str, &Exposure)> = ctx
        .now
        .iter()
        // A later dispensing or administration shows that it is still taken.
        .filter(|t| {
            !ctx.case.exposures.iter().any(|e| {
                e.substance == t.substance
                    && e.start
                        .is_some_and(|s| s <= ctx.day() && (days_between(s, ctx.day()) as f64) <= prn.value)
            })
        })
        .flat_map(|t| t.parts.iter().copied().filter(old).map(|e| (ctx.name(t.substance), e)))
        .collect();
    if stale.is_empty() {
        return;
    }
    let words = list(stale.iter().map(|(n, e)| match e.start {
        Some(s) => format!("{n} (since {}, {})", date(s), e.path),
        None => format!("{n} ({})", e.path),
    }));
    out.push(
        Draft::new(Severity::Note, format!("{} old entr{} without an end", stale.len(), if stale.len() == 1 { "y" } else { "ies" }))
            .about(ctx, stale.iter().map(|(_, e)| e.substance))
            .say(format!("{words}. They were counted as taken, because that is the safer reading; findings about them may be about the past. Entries older than {} days ({} for as-needed) are asked about.", num(regular.value), num(prn.value)))
            .parameter(ctx, regular)
            .parameter(ctx, prn)
            .action(ActionKind::Verify, "Ask what is really taken, and end the others in the record."),
    );
}
