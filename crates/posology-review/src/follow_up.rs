//! Dated looks to take.
use crate::context::Context;
use crate::derived::Derived;
use crate::taken::TakenState;
use posology_model::FollowUp;
use posology_model::history::{days_between, plus_days};

/// Dated follow-up of what is proposed, stopped and taken.
pub fn follow_up(ctx: &Context<'_>) -> Vec<FollowUp> {
    let day = ctx.day();
    let mut out: Vec<FollowUp> = Vec::new();
    let Some(derived) = Derived::of(ctx.kb) else { return out };
    for (file, subjects) in ctx.kb.corpus.follow_up.iter().zip(&derived.follow_up) {
        for (item, subject) in file.items.iter().zip(subjects).filter(|(i, _)| ctx.here(&i.jurisdiction)) {
            let due = match item.event.as_str() {
                "start" => ctx
                    .after
                    .iter()
                    .find(|t| t.state == TakenState::Proposed && subject.is(ctx.kb, t.substance))
                    .map(|_| plus_days(day, i64::from(item.days))),
                "ongoing" => ctx
                    .after
                    .iter()
                    .filter(|t| t.state == TakenState::Current && subject.is(ctx.kb, t.substance))
                    .map(|t| next_due(t.since(), day, item.days))
                    .min(),
                "stop" => ctx
                    .stops()
                    .find(|e| subject.is(ctx.kb, e.substance))
                    .map(|_| plus_days(day, i64::from(item.days))),
                _ => None,
            };
            let Some(due) = due else { continue };
            let f = FollowUp {
                due,
                what: item.what.clone(),
                why: item.why.clone(),
                source: Some(item.source.clone()),
            };
            if !out.iter().any(|o| o.due == f.due && o.what == f.what) {
                out.push(f);
            }
        }
    }
    for t in &ctx.after {
        for m in ctx.kb.substance(t.substance).monitoring.iter().filter(|m| ctx.here(&m.jurisdiction)) {
            let due = match (t.state, m.first_after_days, m.every_days) {
                (TakenState::Proposed, Some(d), _) => plus_days(day, i64::from(d)),
                (_, _, Some(every)) => next_due(t.since(), day, every),
                _ => continue,
            };
            let f = FollowUp {
                due,
                what: m.what.clone(),
                why: format!("{} is taken", ctx.name(t.substance)),
                source: Some(m.source.clone()),
            };
            if !out.contains(&f) {
                out.push(f);
            }
        }
    }
    out.sort();
    out
}

/// The next multiple of `every` days since the start that is not past; a whole interval from today where no start is recorded.
fn next_due(
    since: Option<posology_model::Date>,
    day: posology_model::Date,
    every: u32,
) -> posology_model::Date {
    let every = i64::from(every.max(1));
    match since {
        Some(s) if s <= day => plus_days(day, every - days_between(s, day) % every),
        Some(s) => plus_days(s, every),
        None => plus_days(day, every),
    }
}
