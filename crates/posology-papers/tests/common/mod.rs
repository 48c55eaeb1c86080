//! What the tests share.
#![allow(dead_code, missing_docs)]
use posology_corpus::builtin;
use posology_interop::list;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, ResolveOptions, ResolvedCase, SubstanceIx, resolve};
use posology_model::{Date, OrderAction};
use posology_papers::{Desk, Document, Language, LeafletRequest, Plan, leaflet};
use posology_review::Settings;

pub const LANGUAGES: [Language; 2] = [Language::En, Language::Es];

pub fn kb() -> &'static KnowledgeBase {
    builtin()
}

pub fn day() -> Date {
    Date::constant(2026, 11, 24)
}

pub fn settings(jurisdiction: Jurisdiction) -> Settings {
    Settings { as_of: day(), jurisdiction, suppressions: Vec::new() }
}

pub fn drug(id: &str) -> SubstanceIx {
    kb().find(id).unwrap_or_else(|| panic!("{id} is in the knowledge"))
}

/// A record from a plain list, with proposed orders.
pub fn record(lines: &str, orders: &[&str]) -> ResolvedCase {
    let mut case = list::read_list(lines);
    for o in orders {
        let mut order = list::read_order(o);
        order.medication.path = format!("order {o}");
        case.orders.push(order);
    }
    resolve(&case, kb(), ResolveOptions { rxnorm: None })
}

pub fn stop(lines: &str, name: &str) -> ResolvedCase {
    let mut case = list::read_list(lines);
    let mut order = list::read_order(name);
    order.action = OrderAction::Stop;
    order.medication.path = "stop".to_owned();
    case.orders.push(order);
    resolve(&case, kb(), ResolveOptions { rxnorm: None })
}

/// A full leaflet in every respect that a desk can fill.
pub fn desk() -> Desk {
    Desk {
        patient: Some("Test Patient".into()),
        prescriber: Some("Test Clinic".into()),
        prescriber_phone: Some("555-0100".into()),
        pharmacy: Some("Test Pharmacy".into()),
        pharmacy_phone: Some("555-0101".into()),
        out_of_hours: Some("555-0102".into()),
        approved_by: None,
        supersedes: None,
    }
}

pub fn make(
    id: &str,
    case: Option<&ResolvedCase>,
    plan: Option<&Plan>,
    language: Language,
    jurisdiction: Jurisdiction,
    desk: &Desk,
) -> Document {
    let settings = settings(jurisdiction);
    let request = LeafletRequest { drug: drug(id), case, plan, language, settings: &settings, desk };
    leaflet(kb(), &request).expect("the plan is about this drug")
}

pub fn general(id: &str, language: Language) -> Document {
    make(id, None, None, language, Jurisdiction::Us, &Desk::default())
}

/// A plan in the form of the planner: tablets in halves and quarters, two strengths, a liquid, and a stop.
pub const PLAN: &str = r#"{
  "substance": { "id": "diazepam", "name": "diazepam" }, "guideline": "asam-2025", "ends": "2027-01-19",
  "steps": [
    { "start": "2026-12-01", "days": 14, "substance": "diazepam", "daily_dose_mg": 12.5, "reduction_percent": 10.0, "kind": "reduction", "doses": [
      { "time": "08:00", "pieces": [ { "product": "diazepam 5 mg tablet", "substance": "diazepam", "strength_mg": 5.0, "amount_mg": 5.0, "count": 1.0 } ] },
      { "time": "20:00", "pieces": [ { "product": "diazepam 5 mg tablet", "substance": "diazepam", "strength_mg": 5.0, "amount_mg": 7.5, "count": 1.5 } ] } ] },
    { "start": "2026-12-15", "days": 14, "substance": "diazepam", "daily_dose_mg": 11.25, "reduction_percent": 10.0, "kind": "reduction", "doses": [
      { "time": "08:00", "pieces": [ { "product": "diazepam 5 mg tablet", "substance": "diazepam", "strength_mg": 5.0, "amount_mg": 5.0, "count": 1.0 } ] },
      { "time": "20:00", "pieces": [ { "product": "diazepam 5 mg tablet", "substance": "diazepam", "strength_mg": 5.0, "amount_mg": 6.25, "count": 1.25 } ] } ] },
    { "start": "2026-12-29", "days": 21, "substance": "diazepam", "daily_dose_mg": 10.0, "reduction_percent": 11.1, "kind": "reduction", "doses": [
      { "time": "08:00", "pieces": [ { "product": "diazepam 2 mg tablet", "substance": "diazepam", "strength_mg": 2.0, "amount_mg": 5.0, "count": 2.5 } ] },
      { "time": "20:00", "pieces": [ { "product": "diazepam 1 mg/mL oral solution", "substance": "diazepam", "amount_mg": 5.0, "volume_ml": 5.0, "mg_per_ml": 1.0, "syringe_mark_ml": 0.5 } ] } ] },
    { "start": "2027-01-19", "days": 0, "substance": "diazepam", "daily_dose_mg": 0.0, "reduction_percent": 100.0, "kind": "last", "doses": [] }
  ], "supply": [], "warnings": []
}"#;

pub fn plan() -> Plan {
    Plan::read(PLAN).expect("the plan is sound")
}
