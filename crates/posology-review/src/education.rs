//! What to tell this patient, in plain words, for the clinician to hand over.
use crate::context::Context;
use crate::derived::{Derived, Subject};
use crate::taken::TakenState;
use posology_model::Education;

/// Points about what is proposed, or, where nothing is, about everything taken for which there are any.
pub fn education(ctx: &Context<'_>) -> Vec<Education> {
    let Some(derived) = Derived::of(ctx.kb) else { return Vec::new() };
    let proposed = ctx.after.iter().any(|t| t.state == TakenState::Proposed);
    let mut chosen: Vec<Education> = Vec::new();
    for (subject, with, told) in derived.education.iter().filter(|(s, ..)| ctx.possible(*s)) {
        let speaks = ctx
            .after
            .iter()
            .filter(|t| !proposed || t.state == TakenState::Proposed)
            .any(|t| subject.is(ctx.kb, t.substance));
        if speaks && beside(ctx, *with) && !chosen.iter().any(|c| c.text == told.text) {
            chosen.push(told.clone());
        }
    }
    chosen
}

/// Whether what a point asks for is there too; alcohol counts when it is drunk, not only when it is listed.
fn beside(ctx: &Context<'_>, with: Option<Subject>) -> bool {
    let Some(w) = with else { return true };
    let alcohol = match w {
        Subject::Class(c) => ctx.known.class.alcohol == Some(c),
        Subject::Substance(s) => ctx.known.substance.ethanol == Some(s),
        Subject::Unknown => false,
    };
    ctx.after.iter().any(|t| w.is(ctx.kb, t.substance))
        || alcohol && ctx.drinks_per_day.is_some_and(|d| d > 0.0)
}
