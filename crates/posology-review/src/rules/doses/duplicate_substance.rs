#![doc = include_str!("duplicate_substance.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{capital, list, mg};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-substance",
    summary: "Two current entries hold the same substance.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| t.parts.len() > 1),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("duplicate_substance.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in ctx.after.iter().filter(|t| t.parts.len() > 1) {
        let routes: Vec<_> = t.parts.iter().filter_map(|p| p.route).collect();
        // Regular tablets beside a rescue device, or an inhaler beside tablets, are not the same thing twice.
        if t.parts.iter().filter(|p| !p.as_needed).count() < 2 && routes.windows(2).any(|w| w[0] != w[1]) {
            continue;
        }
        // One substance in several strengths by the same prescriber on the same day is one dose made of two tablets.
        let one_dose = t.parts.windows(2).all(|w| {
            w[0].start.is_some()
                && w[0].start == w[1].start
                && w[0].prescriber == w[1].prescriber
                && w[0].strength_mg != w[1].strength_mg
                && w[0].kind == w[1].kind
        });
        if one_dose {
            continue;
        }
        let sedative = ctx.known.class.cns_depressant.is_some_and(|c| ctx.kb.in_class(t.substance, c));
        let name = ctx.name(t.substance);
        let entries = list(t.parts.iter().map(|p| match p.daily_mg {
            Some(d) => format!("{} ({} a day, {})", p.product, mg(d), p.path),
            None => format!("{} ({})", p.product, p.path),
        }));
        let mut d = Draft::new(
            if sedative { Severity::Serious } else { Severity::Caution },
            format!("{} is recorded {} times at once", capital(name), t.parts.len()),
        )
        .about(ctx, [t.substance])
        .say(format!("Current entries: {entries}."));
        if let Some(x) = t.daily_mg {
            d = d.say(format!("Together they make {} a day.", mg(x))).figure("daily_mg", x.1);
        }
        out.push(
            d.action(ActionKind::Verify, "Find out which entries are taken; end the others in the record."),
        );
    }
}
