//! Proposed changes, from the command line and from drafts in a record.
use posology_interop::list;
use posology_model::{Case, EntryKind, Intent, Order, OrderAction, Status};

/// A proposed start or change.
pub fn start(text: &str) -> Order {
    order(text, "--order", list::read_order(text))
}

/// A proposed stop.
pub fn stop(text: &str) -> Order {
    order(text, "--stop", list::read_stop(text))
}

/// Two orders must not share a place: it tells which of them was recognised.
fn order(text: &str, flag: &str, mut order: Order) -> Order {
    order.medication.path = format!("{flag} \"{}\"", text.trim());
    order
}

/// Turns draft and proposed requests of a record into orders.
pub fn from_drafts(case: &mut Case) {
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
