#![doc = include_str!("physical_dependence_likely.md")]
use super::episode::benzodiazepine_use;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "physical-dependence-likely",
    summary: "By days a week, duration and dose, physical dependence on a benzodiazepine or Z-drug is likely.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("physical_dependence_likely.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in
        ctx.of(ctx.known.class.benzodiazepine).chain(ctx.of(ctx.known.class.z_drug)).filter(|t| t.as_needed)
    {
        if t.since().is_some_and(|s| {
            ctx.number("physical-dependence-days")
                .is_some_and(|p| days_between(s, ctx.day()) as f64 >= p.value)
        }) {
            out.not_assessed(
                format!("dependence by the as-needed use of {}", ctx.name(t.substance)),
                "how often it is taken is not recorded; as-needed is not every day",
            );
        }
    }
    let u = benzodiazepine_use(ctx);
    let (Some(e), Some(l)) = (&u.current, &u.likelihood) else { return };
    if !l.matters() {
        return;
    }
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    let dose = match (l.band, l.bounds, e.peak_daily) {
        (Some(b), Some(x), _) => format!(
            "dose band {b} (low to {} mg, high above {} mg of {} a day)",
            num(x.low_to_mg),
            num(x.high_above_mg),
            x.substance
        ),
        (Some(b), ..) => format!("dose band {b}"),
        (None, ..) => "dose not known, taken as high".into(),
    };
    let severity = if l.likely() { Severity::Caution } else { Severity::Note };
    let mut d = Draft::new(
        severity,
        format!("{names}: physical dependence {}", if l.likely() { "likely" } else { "possible" }),
    )
    .about(ctx, u.substances.iter().copied())
    .say(format!(
        "About {} days a week for {} days since {}, {dose}.",
        num(e.days_per_week()),
        e.length_days(),
        e.start
    ))
    .say(&l.row.text)
    .figure("days_of_use", e.length_days() as f64)
    .source(ctx, &l.row.source, l.row.confidence);
    if let Some(b) = l.bounds {
        d = d.source(ctx, &b.source, b.confidence);
    }
    out.push(
        d.action(
            ActionKind::Taper,
            "It must not stop suddenly: any end is a planned taper with the patient.",
        )
        .action(ActionKind::Counsel, "Tell the patient not to stop or skip doses on their own."),
    );
}
