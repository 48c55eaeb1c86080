//! What a client sends to a hook. Resources stay raw until the reader of FHIR takes them, so nothing is parsed twice.
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The hooks that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hook {
    /// A chart is opened.
    PatientView,
    /// Orders were chosen, their details may be missing.
    OrderSelect,
    /// Orders are about to be signed.
    OrderSign,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PatientView, Self::OrderSelect, Self::OrderSign];

    /// Its name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PatientView => "patient-view",
            Self::OrderSelect => "order-select",
            Self::OrderSign => "order-sign",
        }
    }

    /// Id of the service on it.
    pub const fn service(self) -> &'static str {
        match self {
            Self::PatientView => "posology-patient-view",
            Self::OrderSelect => "posology-order-select",
            Self::OrderSign => "posology-order-sign",
        }
    }

    /// The hook of a service.
    pub fn of_service(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.service() == id)
    }
}

/// The body of a call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HookRequest<'a> {
    /// Name of the hook.
    #[serde(borrow)]
    pub hook: Cow<'a, str>,
    /// Id of the call.
    #[serde(borrow)]
    pub hook_instance: Cow<'a, str>,
    /// The client's FHIR server.
    #[serde(borrow, default)]
    pub fhir_server: Option<Cow<'a, str>>,
    /// A token for it.
    #[serde(borrow, default)]
    pub fhir_authorization: Option<Authorization<'a>>,
    /// What the user is doing.
    #[serde(borrow)]
    pub context: HookContext<'a>,
    /// Resources, by whatever keys; `null` is a query that the client could not answer.
    #[serde(borrow, default)]
    pub prefetch: Option<BTreeMap<String, Option<&'a RawValue>>>,
}

/// A token for the client's FHIR server.
#[derive(Debug, Deserialize)]
pub struct Authorization<'a> {
    /// The token: used for this call only, never kept, never logged.
    #[serde(borrow)]
    pub access_token: Cow<'a, str>,
}

/// What the user is doing, over all hooks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HookContext<'a> {
    /// Id of the patient.
    #[serde(borrow)]
    pub patient_id: Cow<'a, str>,
    /// Reference to the user.
    #[serde(borrow, default)]
    pub user_id: Option<Cow<'a, str>>,
    /// References to the orders just chosen.
    #[serde(borrow, default)]
    pub selections: Option<Vec<Cow<'a, str>>>,
    /// A Bundle of all unsigned orders.
    #[serde(borrow, default)]
    pub draft_orders: Option<&'a RawValue>,
}

/// Reads a body and checks that it belongs to the service that was called.
///
/// # Errors
/// What is wrong and where, without a word of the body.
pub fn read(body: &[u8], hook: Hook) -> Result<HookRequest<'_>, Problem> {
    let r: HookRequest<'_> = serde_json::from_slice(body).map_err(|e| {
        Problem::bad(
            "the body is no CDS Hooks request",
            format!(
                "line {}, column {}: {}. It is a JSON object with hook, hookInstance, context and, where there is any, prefetch.",
                e.line(),
                e.column(),
                fault(&e)
            ),
        )
    })?;
    if r.hook != hook.name() {
        return Err(Problem::bad(
            "the request is for another hook",
            format!(
                "This service answers the hook {}. GET /cds-services lists the service of each hook.",
                hook.name()
            ),
        ));
    }
    if r.hook_instance.trim().is_empty() {
        return Err(Problem::bad("hookInstance is empty", "Give each call an id of its own (a UUID)."));
    }
    if r.context.patient_id.trim().is_empty() {
        return Err(Problem::bad("context.patientId is empty", "Give the id of the patient in context."));
    }
    if hook != Hook::PatientView && r.context.draft_orders.is_none() {
        return Err(Problem::bad(
            "context.draftOrders is missing",
            format!("The hook {} needs a Bundle of the unsigned orders.", hook.name()),
        ));
    }
    Ok(r)
}

/// The fault without values: serde names what it found, which may be a patient's.
pub fn fault(e: &serde_json::Error) -> &'static str {
    let said = e.to_string();
    match e.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "this is no valid JSON",
        serde_json::error::Category::Io => "it could not be read",
        serde_json::error::Category::Data => {
            for (field, words) in [
                ("`hookInstance`", "hookInstance is missing or no text"),
                ("`hook`", "hook is missing or no text"),
                ("`context`", "context is missing"),
                ("`patientId`", "context.patientId is missing or no text"),
                ("`access_token`", "fhirAuthorization.access_token is missing or no text"),
            ] {
                if said.contains(field) {
                    return words;
                }
            }
            "a value has another type than the specification gives it"
        }
    }
}
