#![doc = include_str!("rescue_too_frequent.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{capital, num};
use posology_knowledge::schema::LimitKind;
use posology_knowledge::{Exposure, Origin};
use posology_model::history::days_between;
use posology_model::{ActionKind, EntryKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "rescue-too-frequent",
    summary: "A rescue treatment of seizures is given more often than its label allows.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after.iter().any(|t| {
            c.kb.substance(t.substance)
                .limits
                .iter()
                .any(|l| matches!(l.kind, LimitKind::MaxPerMonth | LimitKind::MinDaysBetween))
        })
    },
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("rescue_too_frequent.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        for l in ctx.kb.substance(t.substance).limits.iter().filter(|l| ctx.here(&l.jurisdiction)) {
            let (kind, limit) = match (l.kind, l.count, l.days) {
                (LimitKind::MaxPerMonth, Some(n), _) => ("month", n),
                (LimitKind::MinDaysBetween, _, Some(d)) => ("days", d),
                _ => continue,
            };
            // Uses are administrations, or dispensings of one episode, by that route.
            let mut uses: Vec<&Exposure> = ctx
                .case
                .exposures
                .iter()
                .filter(|e| {
                    e.substance == t.substance
                        && e.origin == Origin::Record
                        && e.kind == EntryKind::Administration
                })
                .filter(|e| {
                    e.by_route(&l.route) == Some(true)
                        && e.start.is_some_and(|s| s <= ctx.day() && days_between(s, ctx.day()) < 31)
                })
                .collect();
            uses.sort_by_key(|e| e.start);
            uses.dedup_by_key(|e| e.start);
            let name = ctx.name(t.substance);
            // A standing order says the same thing in its instruction.
            let ordered = t.parts.iter().any(|p| {
                p.by_route(&l.route) == Some(true)
                    && !p.as_needed
                    && !p.once
                    && p.times_per_day.is_some_and(|x| x.0 > 0.5)
            });
            let problem = match kind {
                "month" if uses.len() as f64 > limit => {
                    Some(format!("{} episodes in 31 days; the label allows {}", uses.len(), num(limit)))
                }
                "days" => uses
                    .windows(2)
                    .filter_map(|w| Some(days_between(w[0].start?, w[1].start?)))
                    .find(|d| (*d as f64) < limit && *d > 0)
                    .map(|d| format!("{d} day(s) between two episodes; the label asks for {}", num(limit))),
                _ => None,
            };
            let problem = problem.or_else(|| {
                (ordered && kind == "days").then(|| {
                    format!("ordered for every day; the label asks for {} days between episodes", num(limit))
                })
            });
            if let Some(p) = problem {
                out.push(
                    Draft::new(Severity::Serious, format!("{} as seizure rescue: {p}", capital(name)))
                        .about(ctx, [t.substance])
                        .say("More frequent use makes seizures on withdrawal more likely and hides that the basic treatment fails.")
                        .source(ctx, &l.source, l.confidence)
                        .action(ActionKind::Refer, "Review the basic treatment of the epilepsy with the treating team."),
                );
                break;
            }
        }
    }
}
