//! Pairs of two groups of drugs that the knowledge names and one rule reports together.
use super::{Pair, reported, with_sources};
use crate::context::Context;
use crate::draft::Draft;
use crate::taken::Taken;
use crate::words::{capital, list};
use posology_model::ActionKind;

/// One finding for all pairs between two groups that the knowledge marks as reported by a rule; `None` where there is none.
pub fn group_finding<'k>(
    ctx: &Context<'k>,
    rule: &str,
    heading: &str,
    left: &[&Taken<'k>],
    right: &[&Taken<'k>],
) -> Option<(Draft, Vec<Pair<'k>>)> {
    let found = reported(ctx, left, right, rule);
    let first = found.first()?;
    let mut members = Vec::new();
    for p in &found {
        for s in [p.a, p.b] {
            if !members.contains(&s) {
                members.push(s);
            }
        }
    }
    members.sort();
    let names = list(members.iter().map(|s| ctx.name(*s)));
    let mut d = Draft::new(first.severity, format!("{heading}: {names}"))
        .about(ctx, members)
        .say(&first.file.effect)
        .say(&first.file.mechanism);
    for w in &first.because {
        d = d.say(w);
    }
    for p in found.iter().skip(1) {
        if p.file.id != first.file.id {
            d = d.say(format!("{} with {}: {}", capital(ctx.name(p.a)), ctx.name(p.b), p.file.effect));
        }
    }
    if let Some(u) = first.uncertain {
        d = d.say(format!("Whether it applies is not certain: {u}."));
    }
    d = with_sources(d, ctx, &found).action(ActionKind::Reconsider, first.file.management.clone());
    if let Some(m) = &first.file.monitoring {
        d = d.action(ActionKind::Monitor, m.clone());
    }
    Some((d, found))
}
