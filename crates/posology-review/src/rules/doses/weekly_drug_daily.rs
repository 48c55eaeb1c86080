#![doc = include_str!("weekly_drug_daily.md")]
use super::interval::{Fast, any, fast};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{capital, num};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "weekly-drug-daily",
    summary: "A drug that is taken once a week, or more rarely, is written for every day or nearly so.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: any,
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("weekly_drug_daily.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let all = fast(ctx, t, out);
        let Some(worst) = all.iter().find(|f| f.daily_for_weekly(ctx)) else { continue };
        let name = ctx.name(t.substance);
        let week = worst.doses_per_week();
        let pace =
            if week >= 6.5 { "every day".to_owned() } else { format!("{} times a week", num(week.round())) };
        let mut d = Draft::new(
            worst.stated().unwrap_or(Severity::Serious),
            format!("{} is written for {pace}; it is taken once {}", capital(name), every(worst)),
        )
        .about(ctx, [t.substance])
        .figure("doses_per_week", week)
        .figure("interval_hours", worst.hours)
        .figure("limit_hours", worst.least_hours)
        .say(format!(
            "{} doses a week are written, {} hours apart on average; the source has {} hours between doses.",
            num((week * 10.0).round() / 10.0),
            num(worst.hours.round()),
            num(worst.least_hours)
        ));
        if let Some(n) = &worst.limit.note {
            d = d.say(crate::words::capital(n).trim_end_matches('.').to_owned() + ".");
        }
        for f in all.iter().filter(|f| f.daily_for_weekly(ctx)) {
            d = d.source(ctx, &f.limit.source, f.limit.confidence);
        }
        out.push(
            d.action(
                ActionKind::Verify,
                format!("Ask the prescriber before another dose of {name} is given or taken. Write the one weekday, and what it is for, on the order and the label."),
            )
            .action(
                ActionKind::Refer,
                "Find out what was taken so far; if it was taken as written, have it assessed as an overdose the same day.",
            ),
        );
    }
}

fn every(f: &Fast<'_>) -> String {
    let days = f.least_hours / 24.0;
    if (days - 7.0).abs() < 1.0 { "a week".to_owned() } else { format!("in {} days", num(days.round())) }
}
