//! Which services there are, and what they would like to be sent.
use super::request::Hook;
use posology_knowledge::KnowledgeBase;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A query that a client may answer in advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Key.
    pub key: &'static str,
    /// Type of the resources.
    pub resource: &'static str,
    /// Query.
    pub query: &'static str,
    /// Without it much of a review cannot be done, and a card says so.
    pub needed: bool,
}

/// Measures that change most findings; their LOINC codes make the query small.
const MEASURES: [&str; 6] =
    ["weight", "height", "egfr", "creatinine-clearance", "alcohol-use", "smoking-status"];

/// The queries of a hook.
pub fn templates(_hook: Hook, kb: &KnowledgeBase) -> Vec<Template> {
    static OBSERVATIONS: OnceLock<String> = OnceLock::new();
    let observations = OBSERVATIONS.get_or_init(|| {
        let codes: Vec<&str> = MEASURES
            .iter()
            .filter_map(|m| kb.measure(m))
            .flat_map(|m| kb.measure_file(m).loinc.iter().map(String::as_str).take(6))
            .collect();
        format!("Observation?patient={{{{context.patientId}}}}&code={}", codes.join(","))
    });
    let t = |key, resource, query, needed| Template { key, resource, query, needed };
    vec![
        t("patient", "Patient", "Patient/{{context.patientId}}", true),
        t("medications", "MedicationRequest", "MedicationRequest?patient={{context.patientId}}", true),
        t("statements", "MedicationStatement", "MedicationStatement?patient={{context.patientId}}", false),
        t("conditions", "Condition", "Condition?patient={{context.patientId}}", true),
        t("allergies", "AllergyIntolerance", "AllergyIntolerance?patient={{context.patientId}}", true),
        t("observations", "Observation", observations, false),
    ]
}

/// The answer of `GET /cds-services`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Discovery {
    /// The services.
    pub services: Vec<Service>,
}

/// One service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Hook.
    pub hook: &'static str,
    /// Id.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// Description.
    pub description: &'static str,
    /// Queries by key.
    pub prefetch: BTreeMap<&'static str, &'static str>,
    /// What should be known before use.
    pub usage_requirements: &'static str,
}

/// All services.
pub fn discovery(kb: &KnowledgeBase) -> Discovery {
    let services = Hook::ALL
        .into_iter()
        .map(|h| {
            let (title, description) = match h {
                Hook::PatientView => (
                    "Medication review",
                    "Reviews the whole medication of the patient: what may harm now, what was not assessed.",
                ),
                Hook::OrderSelect => (
                    "Medication review of chosen orders",
                    "Reviews the orders just chosen against the whole record; details that are missing yet are not guessed.",
                ),
                Hook::OrderSign => (
                    "Medication review before signing",
                    "Reviews the unsigned orders against the whole record: interactions, doses, sedation, dependence, withdrawal.",
                ),
            };
            Service {
                hook: h.name(),
                id: h.service(),
                title,
                description,
                prefetch: templates(h, kb).into_iter().map(|t| (t.key, t.query)).collect(),
                usage_requirements: "FHIR R4. Any part of the prefetch may be left out; what could not be assessed without it is said.",
            }
        })
        .collect();
    Discovery { services }
}
