//! From a call to a case: prefetched resources and draft orders, whatever the keys.
use super::request::{Hook, HookRequest};
use posology_interop::fhir::{Case, CaseBuilder, ReadOptions};
use posology_model::{
    EntryKind, InputProblem, Intent, MedicationEntry, NotAssessed, Order, OrderAction, Patient, Status,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Name that the reader gives to the places of draft orders.
const DRAFTS: &str = "context.draftOrders";

/// One draft as sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Kind of resource.
    pub kind: String,
    /// Id.
    pub id: Option<String>,
    /// The resource.
    pub json: String,
    /// Place of its order in `Case::orders`; `None` where it is none or could not be read.
    pub order: Option<usize>,
    /// `order-select`: just chosen.
    pub selected: bool,
    /// The record holds this order already: it is a change of it, not a new one.
    pub in_record: bool,
}

/// A case made of a call.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The case of the patient in context.
    pub case: Case,
    /// The draft orders.
    pub drafts: Vec<Draft>,
    /// What was not assessed and must be shown, not only listed.
    pub gaps: Vec<NotAssessed>,
}

#[derive(Deserialize)]
struct BundleOf<'a> {
    #[serde(borrow, default)]
    entry: Vec<EntryOf<'a>>,
}

#[derive(Deserialize)]
struct EntryOf<'a> {
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    resource_type: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

fn gap(what: impl Into<String>, why: impl Into<String>) -> NotAssessed {
    NotAssessed { what: what.into(), why: why.into(), rules: Vec::new() }
}

/// The drafts of a Bundle, in its order.
fn drafts(raw: &RawValue, selections: Option<&[std::borrow::Cow<'_, str>]>) -> Option<Vec<Draft>> {
    let bundle: BundleOf<'_> = serde_json::from_str(raw.get()).ok()?;
    Some(
        bundle
            .entry
            .iter()
            .map(|e| {
                let json = e.resource.map_or("", RawValue::get);
                let head: Head = serde_json::from_str(json).unwrap_or(Head { resource_type: None, id: None });
                let kind = head.resource_type.unwrap_or_default();
                let selected = selections.is_none_or(|list| {
                    head.id.as_deref().is_some_and(|id| {
                        list.iter().any(|s| {
                            s.rsplit('/').next() == Some(id) && (!s.contains('/') || s.starts_with(&kind))
                        })
                    })
                });
                Draft { kind, id: head.id, json: json.to_owned(), order: None, selected, in_record: false }
            })
            .collect(),
    )
}

/// Reads everything that a call holds, and what was fetched for it (`more`: a name and the bytes of each answer).
pub fn gather(r: &HookRequest<'_>, hook: Hook, more: &[(String, Vec<u8>)]) -> Gathered {
    let mut out = Gathered::default();
    let mut builder = CaseBuilder::new(ReadOptions::default());
    let mut failed: Vec<String> = Vec::new();
    let mut add = |name: &str, bytes: &[u8]| {
        if let Err(e) = builder.add(name, bytes) {
            failed.push(format!("{name}: {}. {}", e.message, e.remedy));
        }
    };
    // Drafts first: of two equal copies the first is kept.
    if let Some(raw) = r.context.draft_orders.filter(|_| hook != Hook::PatientView) {
        let selections = r.context.selections.as_deref().filter(|_| hook == Hook::OrderSelect);
        match drafts(raw, selections) {
            Some(list) => out.drafts = list,
            None => out.gaps.push(gap(
                "the draft orders",
                "context.draftOrders is no FHIR Bundle; nothing about these orders was assessed",
            )),
        }
        add(DRAFTS, raw.get().as_bytes());
    }
    for (key, value) in r.prefetch.iter().flatten() {
        let Some(raw) = value else { continue };
        // "user": "123" and the like are no resources.
        if raw.get().starts_with('{') {
            add(&format!("prefetch.{key}"), raw.get().as_bytes());
        }
    }
    for (name, bytes) in more {
        add(name, bytes);
    }
    // A searchset without entries is an answer (there are none), not a fault.
    failed.retain(|f| !f.contains("the record is empty"));
    out.gaps.extend(failed.into_iter().map(|f| gap("a part of the record", f)));
    // An equal copy in the record is dropped by the reader; its id still tells that the draft starts nothing new.
    let texts = r.prefetch.iter().flatten().filter_map(|(_, v)| v.map(|v| v.get().as_bytes()));
    let texts: Vec<&[u8]> = texts.chain(more.iter().map(|(_, b)| b.as_slice())).collect();
    for d in &mut out.drafts {
        let quoted = d.id.as_ref().map(|id| format!("\"{id}\""));
        d.in_record =
            quoted.is_some_and(|q| texts.iter().any(|t| memchr::memmem::find(t, q.as_bytes()).is_some()));
    }
    let wanted = bare(&r.context.patient_id).to_owned();
    let cases = builder.finish().unwrap_or_default();
    choose(cases, &wanted, &mut out);
    if out.case.patient.id.is_none() {
        out.case.patient.id = Some(wanted);
    }
    orders(&mut out);
    out
}

/// `Patient/123` as some clients write it is `123`.
pub fn bare(id: &str) -> &str {
    id.trim().strip_prefix("Patient/").unwrap_or(id.trim())
}

/// Keeps the case of the patient in context, and says what belongs to others.
fn choose(cases: Vec<Case>, wanted: &str, out: &mut Gathered) {
    let of = |c: &Case| c.patient.id.as_deref().map(|i| i.rsplit('/').next().unwrap_or(i).to_owned());
    let single = cases.len() == 1;
    let mut others = 0usize;
    let mut foreign_orders = 0usize;
    for c in cases {
        let id = of(&c);
        // A single case that names nobody is the patient in context.
        if id.as_deref() == Some(wanted) || single && id.is_none() {
            out.case = c;
        } else {
            let strange = c.medications.iter().filter(|m| m.path.starts_with(DRAFTS)).count();
            foreign_orders += strange;
            others += entries(&c) - strange;
        }
    }
    if foreign_orders > 0 {
        out.gaps.push(gap(
            format!("{foreign_orders} draft order(s)"),
            "they name another patient than the one in context; they were not assessed",
        ));
    }
    if others > 0 {
        out.gaps.push(gap(
            format!("{others} resource(s) of the prefetched data"),
            "they belong to another patient than the one in context; they were left out",
        ));
    }
}

fn entries(c: &Case) -> usize {
    c.medications.len() + c.conditions.len() + c.observations.len() + c.allergies.len() + c.procedures.len()
}

/// Takes the drafts out of the record and makes orders of them.
fn orders(out: &mut Gathered) {
    let case = &mut out.case;
    let (drafted, mut rest): (Vec<_>, Vec<_>) =
        std::mem::take(&mut case.medications).into_iter().partition(|m| m.path.starts_with(DRAFTS));
    let mut taken: Vec<MedicationEntry> = drafted;
    // Where the record holds a newer copy of a draft, the reader kept that one: it is the draft all the same.
    for d in out.drafts.iter_mut().filter(|d| d.kind == "MedicationRequest") {
        let Some(id) = d.id.as_deref() else { continue };
        let is = |m: &MedicationEntry| m.kind == EntryKind::Request && m.id.as_deref() == Some(id);
        if taken.iter().any(is) {
            // The draft stands for the copy in the record.
            d.in_record |= rest.iter().any(is);
            // A stop needs the copy: it is what stops.
            if !taken.iter().any(|m| is(m) && stops(m)) {
                rest.retain(|m| !is(m));
            }
        } else if let Some(i) = rest.iter().position(is) {
            taken.push(rest.remove(i));
            d.in_record = true;
        }
    }
    case.medications = rest;
    for mut m in taken.into_iter().filter(|m| m.kind == EntryKind::Request) {
        let stop = stops(&m);
        let place = index_of(&m.path);
        let id = m.id.clone();
        if m.status == Status::EnteredInError {
            continue;
        }
        m.status = Status::Active;
        m.intent = Intent::Order;
        m.do_not_perform = false;
        let at = case.orders.len();
        let found = out.drafts.iter_mut().enumerate().find(|(i, d)| {
            d.order.is_none()
                && (Some(*i) == place || id.is_some() && d.id == id && d.kind == "MedicationRequest")
        });
        if let Some((_, d)) = found {
            d.order = Some(at);
        }
        let action = if stop { OrderAction::Stop } else { OrderAction::Start };
        case.orders.push(Order { action, medication: m });
    }
    for d in out.drafts.iter().filter(|d| d.order.is_none()) {
        match d.kind.as_str() {
            "MedicationRequest" => out.gaps.push(gap(
                "a draft MedicationRequest",
                "it could not be read, names another patient, or is marked as entered in error; it was not assessed",
            )),
            "MedicationOrder" | "MedicationPrescription" => out.gaps.push(gap(
                format!("a draft {}", d.kind),
                "it is of another version of FHIR than R4; it was not assessed",
            )),
            // Other requests are no medication.
            _ => {}
        }
    }
}

/// Whether a draft is to end what is taken.
fn stops(m: &MedicationEntry) -> bool {
    m.do_not_perform
        || matches!(m.status, Status::Stopped | Status::Cancelled | Status::Completed | Status::OnHold)
}

/// The number of the entry in a place such as `context.draftOrders: Bundle.entry[3].resource`.
fn index_of(path: &str) -> Option<usize> {
    let rest = path.strip_prefix(DRAFTS)?;
    let start = rest.find("entry[")? + "entry[".len();
    rest[start..].split(']').next()?.parse().ok()
}

/// The problems of a case that concern a draft order.
pub fn of_drafts(problems: &[InputProblem]) -> impl Iterator<Item = &InputProblem> {
    problems.iter().filter(|p| p.path.starts_with(DRAFTS))
}

/// A patient of whom nothing is known but the id.
pub fn nobody(id: &str) -> Patient {
    Patient { id: Some(id.to_owned()), ..Patient::default() }
}
