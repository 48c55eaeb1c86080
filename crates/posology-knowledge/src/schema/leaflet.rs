//! `knowledge/leaflets/`: what a patient takes home, in English and Spanish, and the figures of the decision sheet.
use super::common::{Confidence, Jurisdiction, SourceRef};
use super::dependence::Benefit;
use super::substance::EffectKind;
use serde::{Deserialize, Serialize};

/// One file; each kind of entry may be absent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Words of the frame: headings, labels, table heads.
    #[serde(default, rename = "phrase")]
    pub phrases: Vec<LeafletPhrase>,
    /// Statements about a class or a substance.
    #[serde(default, rename = "text")]
    pub texts: Vec<LeafletText>,
    /// Names that a patient understands.
    #[serde(default, rename = "name")]
    pub names: Vec<LeafletName>,
    /// Unwanted effects in plain words.
    #[serde(default, rename = "effect")]
    pub effects: Vec<LeafletEffect>,
    /// Numbers to call.
    #[serde(default, rename = "contact")]
    pub contacts: Vec<LeafletContact>,
    /// Benefits and harms with figures, for the decision sheet, beside those of `education/`.
    #[serde(default, rename = "figure")]
    pub figures: Vec<Benefit>,
}

/// A phrase of the frame. `{name}` stands for a value that is filled in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletPhrase {
    /// Permanent key, kebab-case.
    pub key: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// A statement for the patient, at most two short sentences.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletText {
    /// Class or substance id; `any` holds for every drug.
    pub subject: String,
    /// Not for this class or substance, which has a text of its own.
    #[serde(default)]
    pub except: Vec<String>,
    /// Section that it belongs to: `emergency`, `take`, `avoid`, `alcohol`, `driving`, `missed-dose`, `gap`, `stopping`, `worse`,
    /// `other-medicines`, `naloxone`, `pregnancy`, `storage`.
    pub section: String,
    /// Only where the patient also takes this class or substance.
    #[serde(default)]
    pub with: Option<String>,
    /// Only where a predicted change of exposure by this substance is worth telling.
    #[serde(default)]
    pub exposure_by: Option<String>,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A plain name of a condition, or the Spanish name of a substance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletName {
    /// `condition`, `substance` or `visit` (an event of `follow-up/`: `start`, `ongoing`, `stop`).
    pub kind: String,
    /// Id of the condition or substance, or the event.
    pub id: String,
    /// English; empty where the knowledge has the name already.
    #[serde(default)]
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// An unwanted effect in plain words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletEffect {
    /// Which effect.
    pub kind: EffectKind,
    /// Told where the grade of the substance is at least this.
    pub from_grade: u8,
    /// What one drug does. English.
    pub en: String,
    /// Spanish.
    pub es: String,
    /// What two drugs with this effect do together. English; empty where it is not told.
    #[serde(default)]
    pub together_en: String,
    /// Spanish.
    #[serde(default)]
    pub together_es: String,
}

/// A number to call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletContact {
    /// `emergency` or `crisis`.
    pub kind: String,
    /// Where.
    pub jurisdiction: Jurisdiction,
    /// Number.
    pub number: String,
    /// English sentence with the number.
    pub en: String,
    /// Spanish sentence with the number.
    pub es: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
