//! Drafts of a record as proposed orders.
use posology_model::{Case, EntryKind, Intent, Order, OrderAction, Status};

/// Turns draft and proposed requests of a record into orders.
pub fn drafts_to_orders(case: &mut Case) {
    let (drafts, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut case.medications).into_iter().partition(|m| {
        m.kind == EntryKind::Request
            && !m.do_not_perform
            && (m.status == Status::Draft || m.status == Status::Active && m.intent == Intent::Proposal)
    });
    case.medications = rest;
    case.orders.extend(drafts.into_iter().map(|mut m| {
        m.status = Status::Active;
        m.intent = Intent::Order;
        Order { action: OrderAction::Start, medication: m }
    }));
}
