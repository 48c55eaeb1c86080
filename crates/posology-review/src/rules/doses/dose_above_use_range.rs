#![doc = include_str!("dose_above_use_range.md")]
use super::limit::{exceeds, treats};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, mg, num};
use posology_knowledge::schema::UseFact;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "dose-above-use-range",
    summary: "The daily dose is above the range printed for this use.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| t.parts.iter().any(|p| !p.reasons.is_empty())),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::SupervisedWithdrawal,
    ],
    check,
    page: include_str!("dose_above_use_range.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let Some(dose) = t.daily_mg else { continue };
        let s = ctx.kb.substance(t.substance);
        let fits = |u: &&UseFact| {
            ctx.here(&u.jurisdiction)
                && t.by_route(&u.route) == Some(true)
                && u.daily_mg.is_some()
                && ctx.age.map_or(u.age_to.is_none(), |a| {
                    u.age_from.is_none_or(|f| a >= f) && u.age_to.is_none_or(|x| a < x)
                })
                && treats(ctx, t, &u.indication)
        };
        let uses: Vec<&UseFact> = s.uses.iter().filter(fits).collect();
        let Some(top) =
            uses.iter().filter_map(|u| u.daily_mg.map(|d| (d[1], *u))).max_by(|a, b| a.0.total_cmp(&b.0))
        else {
            continue;
        };
        if !exceeds(ctx, dose.1, top.0) {
            continue;
        }
        let condition = ctx
            .kb
            .condition(&top.1.indication)
            .map_or(top.1.indication.clone(), |c| ctx.kb.condition_file(c).name.to_lowercase());
        let mut d = Draft::new(
            Severity::Caution,
            format!(
                "{} {} a day is above the range for {condition} ({} to {} mg)",
                capital(&s.name),
                mg(dose),
                num(top.1.daily_mg.map_or(0.0, |x| x[0])),
                num(top.0)
            ),
        )
        .about(ctx, [t.substance])
        .figure("daily_mg", dose.1)
        .figure("range_high_mg", top.0)
        .source(ctx, &top.1.source, top.1.confidence);
        if let Some(x) = &top.1.dose_text {
            d = d.say(format!("Printed dose: {x}."));
        } else {
            d = d.say(format!("The record shows {} a day for {condition}.", mg(dose)));
        }
        out.push(d.action(
            ActionKind::ReduceDose,
            format!("Bring {} into the range, or record why more is needed.", s.name),
        ));
    }
}
