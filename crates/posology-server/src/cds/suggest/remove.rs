//! Removing a draft: only one that starts something new, never one that changes or repeats what is taken.
use super::super::cards::{Basis, draft_of};
use super::super::wire::Action;
use super::Offer;
use posology_knowledge::Origin;
use posology_model::{ActionKind, Finding, OrderAction, Severity};
use posology_review::Context;

pub(super) fn offer(b: &Basis<'_>, ctx: &Context<'_>, f: &Finding) -> Option<Offer> {
    let reconsider = f.actions.first().is_some_and(|a| a.kind == ActionKind::Reconsider);
    if !f.about_order || !reconsider || f.severity < Severity::Serious {
        return None;
    }
    let mut found = b.case.exposures.iter().filter(|e| {
        e.origin == Origin::ProposedStart
            && f.substances.iter().any(|s| s.id == b.kb.substance(e.substance).id)
    });
    let e = found.next()?;
    // Two drafts behind one finding: which of them to remove is the clinician's choice.
    if found.next().is_some() {
        return None;
    }
    // Every substance of the draft must be new; a combination may hold one that is not.
    let new =
        b.case.exposures.iter().filter(|x| x.path == e.path).all(|x| ctx.taken_now(x.substance).is_none());
    let draft = draft_of(b.gathered, &e.path)?;
    let order = b.gathered.case.orders.get(draft.order?)?;
    let (Some(id), false, true, OrderAction::Start) = (&draft.id, draft.in_record, new, order.action) else {
        return None;
    };
    let name = &b.kb.substance(e.substance).name;
    Some(Offer {
        label: format!("Do not start {name}"),
        actions: vec![Action {
            kind: "delete",
            description: format!("Remove the unsigned draft of {name}"),
            resource: None,
            resource_id: Some(format!("{}/{id}", draft.kind)),
        }],
    })
}
