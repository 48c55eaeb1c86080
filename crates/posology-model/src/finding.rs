//! What a review says.
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// A word of the program, or one that was read.
pub type Word = Cow<'static, str>;

/// A shared record: reads and writes as the record itself.
macro_rules! shared {
    ($name:ident, $record:ident) => {
        impl std::ops::Deref for $name {
            type Target = $record;
            fn deref(&self) -> &$record {
                &self.0
            }
        }

        impl From<$record> for $name {
            fn from(record: $record) -> Self {
                Self(Arc::new(record))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $record::schema_name()
            }
            fn schema_id() -> Cow<'static, str> {
                $record::schema_id()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $record::json_schema(generator)
            }
        }
    };
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Take care, adjust or watch.
    Caution,
    /// Likely to harm unless something changes.
    Serious,
    /// May kill or do lasting harm; do not go on without a decision.
    Critical,
}

impl Severity {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Caution => "caution",
            Self::Serious => "serious",
            Self::Critical => "critical",
        }
    }

    /// Reads the permanent word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "note" => Self::Note,
            "caution" => Self::Caution,
            "serious" => Self::Serious,
            "critical" => Self::Critical,
            _ => return None,
        })
    }
}

/// How well a piece of evidence is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Looked up at the source.
    Verified,
    /// Not looked up, or from a secondary source; never interrupts.
    Secondary,
    /// Sources disagree.
    Disputed,
}

impl Confidence {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Secondary => "secondary",
            Self::Disputed => "disputed",
        }
    }
}

/// A source behind a statement, shared: many findings point at the same place of the same source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(Arc<EvidenceRecord>);

shared!(Evidence, EvidenceRecord);

/// A source behind a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Evidence")]
pub struct EvidenceRecord {
    /// Title of the source.
    pub source: String,
    /// Id of the source in `knowledge/sources`.
    pub source_id: String,
    /// Place in it.
    pub locator: String,
    /// Address, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How well founded.
    pub confidence: Confidence,
    /// The figure as printed, where it was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<String>,
}

/// A substance by permanent id and name, shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubstanceRef(Arc<SubstanceName>);

shared!(SubstanceRef, SubstanceName);

impl SubstanceRef {
    /// From an id of `knowledge/substances` and a name.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        SubstanceName { id: id.into(), name: name.into() }.into()
    }
}

/// A substance by permanent id and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SubstanceRef")]
pub struct SubstanceName {
    /// Id in `knowledge/substances`.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Kinds of actions. None places an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Choose something else, or do not start.
    Reconsider,
    /// Change the dose downwards, or the interval.
    ReduceDose,
    /// Plan a taper (never a stop at one click).
    Taper,
    /// Offer naloxone.
    OfferNaloxone,
    /// Measure or watch.
    Monitor,
    /// Clarify the record.
    Verify,
    /// Talk with the patient.
    Counsel,
    /// Involve somebody else.
    Refer,
    /// Do not stop, or do not withhold.
    Continue,
}

/// Something a clinician may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// Kind.
    pub kind: ActionKind,
    /// In words.
    pub text: Word,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Permanent id of the rule.
    pub rule: Word,
    /// How grave.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What was found, why it matters, with the patient's own figures.
    pub detail: String,
    /// The substances concerned.
    pub substances: Vec<SubstanceRef>,
    /// Sources.
    pub evidence: Vec<Evidence>,
    /// What may be done.
    pub actions: Vec<Action>,
    /// The one finding that may interrupt.
    pub interruptive: bool,
    /// The finding is about a proposed order (rather than about what is taken already).
    pub about_order: bool,
    /// Figures behind it by name, for machines (`mme_per_day`, `auc_ratio`, ...). Units are in the names.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub figures: std::collections::BTreeMap<Word, f64>,
}

/// Something that could not be assessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotAssessed {
    /// What was not assessed.
    pub what: String,
    /// Why.
    pub why: String,
    /// Rules that could not be run for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Word>,
}

/// A finding that the context or a clinician silenced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Silenced {
    /// Rule.
    pub rule: Word,
    /// Title of the finding.
    pub title: String,
    /// Why it is silent.
    pub why: String,
}

/// A substance that counts as taken (or ordered) at the date of the review, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExposureSummary {
    /// Substance.
    pub substance: SubstanceRef,
    /// The product in words.
    pub product: String,
    /// Place in the input.
    pub path: String,
    /// `current`, `proposed`, `as-needed`, `past`, `to-be-stopped`.
    pub state: Word,
    /// Why it counts as that.
    pub why: String,
    /// Start of continuous use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub since: Option<Date>,
    /// End, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// Daily dose in mg, low and high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_mg: Option<(f64, f64)>,
    /// How the drug was recognised: `code`, `rxnorm-files`, `display`, `name`, `name-corrected`.
    pub resolved_by: Word,
}

/// A dated look to take.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FollowUp {
    /// When.
    #[schemars(with = "String")]
    pub due: Date,
    /// What to look at.
    pub what: String,
    /// Why.
    pub why: String,
    /// Source id and locator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What good a drug does for this use, how fast and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Benefit {
    /// Substance.
    pub substance: SubstanceRef,
    /// Indication in words; absent where none is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indication: Option<String>,
    /// Statements: basis of the use, known benefit, onset, peak, duration.
    pub statements: Vec<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// What to tell this patient, shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Education(Arc<EducationRecord>);

shared!(Education, EducationRecord);

/// What to tell this patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Education")]
pub struct EducationRecord {
    /// Topic.
    pub topic: String,
    /// Plain words.
    pub text: String,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// The one message that may interrupt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// The gravest finding's title.
    pub title: String,
    /// Titles of further critical findings.
    pub also: Vec<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// Date of the review.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// Version of the knowledge used.
    pub knowledge_version: String,
    /// `us` or `uk`.
    pub jurisdiction: String,
    /// The interruptive message, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interruption: Option<Message>,
    /// Findings, gravest first.
    pub findings: Vec<Finding>,
    /// What could not be assessed.
    pub not_assessed: Vec<NotAssessed>,
    /// What the context or a clinician silenced.
    pub silenced: Vec<Silenced>,
    /// What counts as taken, and why.
    pub exposures: Vec<ExposureSummary>,
    /// Benefits, onset and duration.
    pub benefits: Vec<Benefit>,
    /// What to tell this patient.
    pub education: Vec<Education>,
    /// Dated follow-up.
    pub follow_up: Vec<FollowUp>,
}
