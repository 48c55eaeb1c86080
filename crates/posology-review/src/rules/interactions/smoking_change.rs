#![doc = include_str!("smoking_change.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::capital;
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "smoking-changed",
    summary: "Smoking started or stopped beside a drug that tobacco smoke clears faster.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| {
        c.known.substance.tobacco.is_some_and(|t| {
            c.after.iter().any(|x| c.kb.interactions_between(t, x.substance).next().is_some())
        })
    },
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("smoking_change.md"),
};

fn smokes(answer: &str) -> Option<bool> {
    let words: Vec<&str> = answer.split(' ').collect();
    let any = |w: &[&str]| words.iter().any(|x| w.contains(x));
    if any(&["unknown"]) {
        None
    } else if any(&["never", "former", "ex", "no", "non", "stopped", "quit", "not"]) {
        Some(false)
    } else if any(&[
        "current",
        "every",
        "some",
        "smoker",
        "smokes",
        "yes",
        "heavy",
        "light",
        "daily",
        "cigarettes",
    ]) {
        Some(true)
    } else {
        None
    }
}

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(tobacco), Some(measure), Some(window)) =
        (ctx.known.substance.tobacco, ctx.known.measure.smoking, ctx.number("smoking-change-days"))
    else {
        return;
    };
    // Answers and amounts, by date, up to the review.
    let mut told: Vec<(posology_model::Date, bool)> = ctx
        .case
        .answers
        .iter()
        .filter(|a| a.measure == measure)
        .filter_map(|a| Some((a.date?, smokes(&a.answer)?)))
        .chain(
            ctx.case
                .values
                .iter()
                .filter(|v| v.measure == measure)
                .filter_map(|v| Some((v.date?, v.value > 0.0))),
        )
        .filter(|(d, _)| *d <= ctx.day())
        .collect();
    told.sort();
    let change = told.windows(2).rev().find(|w| w[0].1 != w[1].1).map(|w| (w[1].0, w[1].1));
    let Some((day, now)) = change.filter(|(d, _)| days_between(*d, ctx.day()) as f64 <= window.value) else {
        return;
    };
    for t in &ctx.after {
        for (ix, _) in ctx.kb.interactions_between(tobacco, t.substance) {
            let i = ctx.kb.interaction(ix);
            if !ctx.here(&i.jurisdiction) {
                continue;
            }
            let name = ctx.name(t.substance);
            let severity = if now { Severity::Caution } else { Severity::Serious };
            let mut d = Draft::new(
                severity,
                format!("Smoking {} beside {name}", if now { "started" } else { "stopped" }),
            )
            .about(ctx, [t.substance])
            .say(format!("Recorded on {day}. {}", i.effect))
            .say(&i.mechanism);
            for s in &i.sources {
                d = d.source(ctx, s, i.confidence);
            }
            d = d.parameter(ctx, window).action(ActionKind::Reconsider, i.management.clone());
            if let Some(m) = &i.monitoring {
                d = d.action(ActionKind::Monitor, m.clone());
            }
            out.push(d.action(
                ActionKind::Counsel,
                format!("{} and smoking: tell before stopping or starting.", capital(name)),
            ));
        }
    }
}
