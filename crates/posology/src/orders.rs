//! Proposed changes, from the command line.
pub use posology_interop::drafts_to_orders as from_drafts;
use posology_interop::list;
use posology_model::Order;

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
