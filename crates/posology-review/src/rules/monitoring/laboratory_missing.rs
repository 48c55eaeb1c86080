#![doc = include_str!("laboratory_missing.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::{capital, list};
use posology_knowledge::schema::Monitoring;
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
    for t in &ctx.after {
        let late: Vec<Late<'_>> =
            ctx.kb.substance(t.substance).monitoring.iter().filter_map(|m| late(ctx, t.state, m)).collect();
        if late.is_empty() {
            continue;
        }
        let name = ctx.name(t.substance);
        let tests = list(late.iter().map(|l| l.name.as_str()));
        let all_missing = late.iter().all(|l| l.missing);
        let mut d = Draft::new(
            Severity::Caution,
            format!(
                "{}: {tests} {}",
                capital(name),
                if all_missing { "not on record" } else { "missing or overdue" }
            ),
        )
        .about(ctx, [t.substance]);
        for l in &late {
            d = d.say(format!("{}; {}.", capital(l.fact.what.trim_end_matches('.')), l.why)).source(
                ctx,
                &l.fact.source,
                l.fact.confidence,
            );
        }
        out.push(
            d.say("A result in another system is not seen here.")
                .action(ActionKind::Monitor, format!("Measure {tests}.")),
        );
    }
}

/// A test that is missing or late.
struct Late<'k> {
    fact: &'k Monitoring,
    name: String,
    why: String,
    missing: bool,
}

fn late<'k>(ctx: &Context<'k>, state: TakenState, m: &'k Monitoring) -> Option<Late<'k>> {
    if !m.required || !ctx.here(&m.jurisdiction) {
        return None;
    }
    let measure = ctx.kb.measure(m.measure.as_deref()?)?;
    let last = ctx
        .case
        .values
        .iter()
        .rev()
        .filter(|v| v.measure == measure)
        .find_map(|v| v.date.filter(|d| *d <= ctx.day()));
    let undated = ctx.case.values.iter().any(|v| v.measure == measure && v.date.is_none());
    let grace = ctx.number("laboratory-grace-fraction").map_or(0.0, |p| p.value);
    let why = match (last, m.every_days, state) {
        (None, ..) if undated => return None,
        (None, ..) => "none is on record".to_owned(),
        (Some(d), Some(every), TakenState::Current) => {
            let ago = days_between(d, ctx.day());
            if ago as f64 <= f64::from(every) * (1.0 + grace) {
                return None;
            }
            format!("the last is of {d}, {ago} days ago")
        }
        (Some(d), None, TakenState::Proposed)
            if m.first_after_days == Some(0) && days_between(d, ctx.day()) > 90 =>
        {
            format!("the last is of {d}")
        }
        _ => return None,
    };
    Some(Late {
        fact: m,
        name: ctx.kb.measure_file(measure).name.to_lowercase(),
        why,
        missing: last.is_none(),
    })
}
