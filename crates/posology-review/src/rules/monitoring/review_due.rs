#![doc = include_str!("review_due.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::dependence::episode::benzodiazepine_use;
use crate::words::{list, num};
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "review-due",
    summary: "Long use of a benzodiazepine or Z-drug without a contact in which it could have been reviewed.",
    family: Family::Monitoring,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("review_due.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(p) = ctx.number("review-interval-days") else { return };
    let u = benzodiazepine_use(ctx);
    let Some(e) = &u.current else { return };
    if e.length_days() as f64 <= p.value {
        return;
    }
    // Without encounters in the record nothing can be said about contacts.
    if ctx.case.encounters.is_empty() {
        out.not_assessed(
            "when the benzodiazepine or Z-drug was last reviewed",
            "the record holds no encounters",
        );
        return;
    }
    let last = ctx.case.encounters.iter().map(|x| x.0).filter(|d| *d <= ctx.day()).max();
    let ago = last.map(|d| days_between(d, ctx.day()));
    if ago.is_some_and(|a| a as f64 <= p.value) {
        return;
    }
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    out.push(
        Draft::new(Severity::Note, format!("{names}: review due"))
            .about(ctx, u.substances.iter().copied())
            .say(match ago {
                Some(a) => format!("{} days of use; the last contact on record was {a} days ago. Benefit and harm are to be weighed at least every {} days.", e.length_days(), num(p.value)),
                None => format!("{} days of use and no contact on record up to this date.", e.length_days()),
            })
            .parameter(ctx, p)
            .action(ActionKind::Monitor, "Review with the patient: benefit, sedation, falls, memory, dose, wish to reduce."),
    );
}
