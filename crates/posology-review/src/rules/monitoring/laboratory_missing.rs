#![doc = include_str!("laboratory_missing.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::capital;
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "laboratory-missing",
    summary: "A laboratory test that the label asks for is missing or late.",
    family: Family::Monitoring,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| c.kb.substance(t.substance).monitoring.iter().any(|m| m.required)),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("laboratory_missing.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let grace = ctx.number("laboratory-grace-fraction").map_or(0.0, |p| p.value);
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        for m in s.monitoring.iter().filter(|m| m.required && ctx.here(&m.jurisdiction)) {
            let Some(measure) = m.measure.as_deref().and_then(|id| ctx.kb.measure(id)) else { continue };
            let last = ctx
                .case
                .values
                .iter()
                .rev()
                .filter(|v| v.measure == measure)
                .find_map(|v| v.date.filter(|d| *d <= ctx.day()));
            let name = &ctx.kb.measure_file(measure).name;
            let late = match (last, m.every_days, t.state) {
                (None, ..) => Some("none is on record".to_owned()),
                (Some(d), Some(every), TakenState::Current) => {
                    let ago = days_between(d, ctx.day());
                    (ago as f64 > f64::from(every) * (1.0 + grace))
                        .then(|| format!("the last is of {d}, {ago} days ago"))
                }
                (Some(d), None, TakenState::Proposed) if m.first_after_days == Some(0) => {
                    (days_between(d, ctx.day()) > 90).then(|| format!("the last is of {d}"))
                }
                _ => None,
            };
            if let Some(late) = late {
                out.push(
                    Draft::new(
                        Severity::Caution,
                        format!(
                            "{}: {} {}",
                            capital(&s.name),
                            name.to_lowercase(),
                            if last.is_none() { "not on record" } else { "overdue" }
                        ),
                    )
                    .about(ctx, [t.substance])
                    .say(format!(
                        "{}; {late}. A result in another system is not seen here.",
                        capital(m.what.trim_end_matches('.'))
                    ))
                    .source(ctx, &m.source, m.confidence)
                    .action(ActionKind::Monitor, format!("Measure {}.", name.to_lowercase())),
                );
            }
        }
    }
}
