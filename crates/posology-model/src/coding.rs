//! Codes as recorded.
use serde::{Deserialize, Serialize};

/// The public code systems that the engine reads. A system that it does not know is [`CodeSystem::Other`]; its text is not kept,
/// because nothing can be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum CodeSystem {
    RxNorm,
    Ndc,
    Atc,
    Snomed,
    Icd10,
    Icd9,
    Loinc,
    Unii,
    Cvx,
    Dmd,
    Other,
}

impl CodeSystem {
    /// The code system behind a FHIR `system` address or OID; [`CodeSystem::Other`] where it is none of ours.
    pub fn from_uri(uri: &str) -> Self {
        let u = uri.trim().trim_end_matches('/');
        match u {
            "http://www.nlm.nih.gov/research/umls/rxnorm" | "urn:oid:2.16.840.1.113883.6.88" => Self::RxNorm,
            "http://hl7.org/fhir/sid/ndc" | "urn:oid:2.16.840.1.113883.6.69" => Self::Ndc,
            "http://www.whocc.no/atc" | "urn:oid:2.16.840.1.113883.6.73" => Self::Atc,
            "http://snomed.info/sct" | "urn:oid:2.16.840.1.113883.6.96" => Self::Snomed,
            "http://hl7.org/fhir/sid/icd-10"
            | "http://hl7.org/fhir/sid/icd-10-cm"
            | "urn:oid:2.16.840.1.113883.6.90"
            | "urn:oid:2.16.840.1.113883.6.3" => Self::Icd10,
            "http://hl7.org/fhir/sid/icd-9-cm" | "urn:oid:2.16.840.1.113883.6.103" => Self::Icd9,
            "http://loinc.org" | "urn:oid:2.16.840.1.113883.6.1" => Self::Loinc,
            "http://fdasis.nlm.nih.gov" | "http://hl7.org/fhir/sid/unii" => Self::Unii,
            "http://hl7.org/fhir/sid/cvx" => Self::Cvx,
            "https://dmd.nhs.uk" => Self::Dmd,
            _ if u.starts_with("http://snomed.info/sct/") => Self::Snomed,
            _ => Self::Other,
        }
    }

    /// Short name for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RxNorm => "RxNorm",
            Self::Ndc => "NDC",
            Self::Atc => "ATC",
            Self::Snomed => "SNOMED CT",
            Self::Icd10 => "ICD-10",
            Self::Icd9 => "ICD-9",
            Self::Loinc => "LOINC",
            Self::Unii => "UNII",
            Self::Cvx => "CVX",
            Self::Dmd => "dm+d",
            Self::Other => "other system",
        }
    }
}

/// One coding as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// Code system.
    pub system: CodeSystem,
    /// Code.
    pub code: String,
    /// Display text, where recorded.
    #[serde(default)]
    pub display: Option<String>,
}
