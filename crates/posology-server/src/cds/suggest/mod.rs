//! What may be done at one click. Nothing here ends a long-term therapy, and nothing gives more of any drug: a draft that is new may be removed,
//! a dose may be lowered, naloxone and a taper may be proposed.
mod dose;
mod naloxone;
mod remove;
mod taper;

use super::cards::Basis;
use super::wire::{Action, Suggestion};
use posology_knowledge::KnowledgeBase;
use posology_model::{ActionKind, Finding, SubstanceRef};
use posology_review::Context;

/// A suggestion before it has an id.
pub(super) struct Offer {
    label: String,
    actions: Vec<Action>,
}

/// Suggestions of a card, at most one of which is to be taken.
pub fn suggestions(b: &Basis<'_>, ctx: &Context<'_>, f: &Finding, slot: u8) -> Vec<Suggestion> {
    let offers =
        [dose::offer(b, ctx, f), taper::offer(b, ctx, f), naloxone::offer(b, f), remove::offer(b, ctx, f)];
    offers
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(k, o)| Suggestion {
            label: o.label,
            // Places of cards are 0 to 4; those of suggestions begin at 8.
            uuid: b.secret.seal(b.number, 8 + slot * 8 + k as u8),
            actions: o.actions,
        })
        .collect()
}

/// The drug of a finding that a taper could be planned for, where the finding speaks of one.
pub fn taper_of<'f>(kb: &KnowledgeBase, f: &'f Finding) -> Option<&'f SubstanceRef> {
    if !f.actions.iter().any(|a| a.kind == ActionKind::Taper) {
        return None;
    }
    f.substances.iter().find(|s| {
        let Some(ix) = kb.find(&s.id) else { return false };
        kb.corpus.tapers.iter().flat_map(|t| &t.guidance).any(|g| {
            g.substances.contains(&s.id)
                || g.class.as_deref().and_then(|c| kb.class(c)).is_some_and(|c| kb.in_class(ix, c))
        })
    })
}
