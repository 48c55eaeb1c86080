#![doc = include_str!("dose_interval_too_short.md")]
use super::interval::{any, fast};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, num};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "dose-interval-too-short",
    summary: "Doses follow one another faster than a source allows.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: any,
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare, ClinicalContext::ProceduralSedation],
    check,
    page: include_str!("dose_interval_too_short.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let all = fast(ctx, t, out);
        // The other rule says this better.
        if all.iter().any(|f| f.daily_for_weekly(ctx)) {
            continue;
        }
        let Some(worst) = all.first() else { continue };
        let far = ctx.number("interval-far-too-short-ratio").map_or(2.0, |p| p.value);
        let usual =
            if worst.hours * far <= worst.least_hours { Severity::Serious } else { Severity::Caution };
        // A severity stated for the daily error is not that of a smaller one.
        let severity = worst.stated().map_or(usual, |s| s.min(Severity::Serious));
        let name = ctx.name(t.substance);
        let mut d = Draft::new(
            severity,
            format!(
                "{} every {}; the least between doses is {}",
                capital(name),
                time(worst.hours),
                time(worst.least_hours)
            ),
        )
        .about(ctx, [t.substance])
        .figure("interval_hours", worst.hours)
        .figure("limit_hours", worst.least_hours)
        .source(ctx, &worst.limit.source, worst.limit.confidence);
        if let Some(n) = &worst.limit.note {
            d = d.say(capital(n).trim_end_matches('.').to_owned() + ".");
        }
        out.push(d.action(
            ActionKind::ReduceDose,
            format!(
                "Space the doses of {name} at least {} apart, or record why they follow faster.",
                time(worst.least_hours)
            ),
        ));
    }
}

/// Hours in the unit in which people count them.
fn time(hours: f64) -> String {
    if hours < 1.0 {
        return format!("{} minutes", num((hours * 60.0).round()));
    }
    if hours >= 72.0 {
        return format!("{} days", num((hours / 24.0 * 10.0).round() / 10.0));
    }
    format!("{} hours", num((hours * 10.0).round() / 10.0))
}
