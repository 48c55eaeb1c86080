//! `knowledge/substances/<id>.toml`: what a substance is and how it is used.
use super::common::{Confidence, Jurisdiction, SourceRef};
use serde::{Deserialize, Serialize};

/// One substance (ingredient).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubstanceFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// International non-proprietary name, or the common name of a herb, food or alcohol.
    pub name: String,
    /// Other non-proprietary names (US and UK names, spellings, salts as prescribed).
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Trade names.
    #[serde(default)]
    pub brands: Vec<String>,
    /// Class ids from `classes/`; parents of a class are implied.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Codes.
    #[serde(default)]
    pub codes: Codes,
    /// Lowest daily dose with a usual effect in adults, mg: the half-way point of the sedation load (drug burden index).
    #[serde(default)]
    pub minimum_daily: Option<DoseFact>,
    /// Marketed products.
    #[serde(default, rename = "product")]
    pub products: Vec<Product>,
    /// Uses.
    #[serde(default, rename = "use")]
    pub uses: Vec<UseFact>,
    /// Dose limits.
    #[serde(default, rename = "limit")]
    pub limits: Vec<DoseLimit>,
    /// Contraindications bound to conditions.
    #[serde(default, rename = "contraindication")]
    pub contraindications: Vec<Contraindication>,
    /// Unwanted effects that add up between drugs.
    #[serde(default, rename = "effect")]
    pub effects: Vec<EffectFact>,
    /// Onset, peak and duration by route.
    #[serde(default, rename = "onset")]
    pub onsets: Vec<Onset>,
    /// Statements for pregnancy, lactation, older adults and other groups.
    #[serde(default, rename = "population")]
    pub populations: Vec<PopulationFact>,
    /// Monitoring.
    #[serde(default, rename = "monitoring")]
    pub monitoring: Vec<Monitoring>,
    /// Class effects that this substance is stated not to have, each with a reason.
    #[serde(default)]
    pub lacks_class_effect: Vec<LacksEffect>,
}

/// Codes of a substance in public systems.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// RxNorm ingredient RXCUI.
    #[serde(default)]
    pub rxnorm: Option<String>,
    /// ATC codes.
    #[serde(default)]
    pub atc: Vec<String>,
    /// FDA UNII.
    #[serde(default)]
    pub unii: Option<String>,
    /// SNOMED CT substance or product concepts.
    #[serde(default)]
    pub snomed: Vec<String>,
}

/// A dose with its source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseFact {
    /// Milligrams.
    pub mg: f64,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A marketed product: substance, strength, form, route.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Dose form, kebab-case: `tablet`, `odt`, `er-tablet`, `capsule`, `er-capsule`, `oral-solution`, `oral-concentrate`, `oral-suspension`,
    /// `injection`, `rectal-gel`, `rectal-solution`, `suppository`, `nasal-spray`, `buccal-film`, `buccal-solution`,
    /// `sublingual-tablet`, `sublingual-film`, `patch`, `lozenge`, `inhalation`, `topical`, `implant`, `device`, ...
    pub form: String,
    /// Route: `oral`, `sublingual`, `buccal`, `nasal`, `rectal`, `intravenous`, `intramuscular`, `subcutaneous`, `transdermal`, `inhaled`, ...
    pub route: String,
    /// Milligrams per unit (tablet, capsule, suppository, single-dose device). Absent for liquids.
    #[serde(default)]
    pub strength_mg: Option<f64>,
    /// Concentration, mg per mL, of liquids.
    #[serde(default)]
    pub mg_per_ml: Option<f64>,
    /// Micrograms per hour, of patches.
    #[serde(default)]
    pub mcg_per_hour: Option<f64>,
    /// Pack or container volume, mL, where fixed.
    #[serde(default)]
    pub volume_ml: Option<f64>,
    /// RxNorm product codes (SCD, SBD) that are this product.
    #[serde(default)]
    pub rxnorm: Vec<String>,
    /// Markets.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Whether a solid can be divided.
    #[serde(default)]
    pub divisible: Divisible,
    /// Marketing status.
    #[serde(default)]
    pub status: ProductStatus,
    /// Date of that status, where it changed.
    #[serde(default)]
    pub status_date: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// How far a solid dose form can be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Divisible {
    /// Not known: treated as whole only.
    #[default]
    Unknown,
    /// Whole only.
    No,
    /// Scored in halves.
    Halves,
    /// Scored in quarters (cross-scored).
    Quarters,
}

/// Marketing status of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum ProductStatus {
    /// On the market.
    #[default]
    Marketed,
    /// No longer on the market.
    Withdrawn,
}

/// Basis of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseBasis {
    /// On the label.
    Labelled,
    /// Recommended by a guideline.
    Guideline,
    /// Practised, neither labelled nor recommended.
    OffLabel,
    /// Recommended against.
    NotRecommended,
}

/// One use of a substance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseFact {
    /// Condition id from `conditions/`.
    pub indication: String,
    /// Basis.
    pub basis: UseBasis,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Routes it holds for; empty is all.
    #[serde(default)]
    pub route: Vec<String>,
    /// Age in years from (inclusive).
    #[serde(default)]
    pub age_from: Option<f64>,
    /// Age in years to (exclusive).
    #[serde(default)]
    pub age_to: Option<f64>,
    /// Lowest and highest single dose, mg.
    #[serde(default)]
    pub single_mg: Option<[f64; 2]>,
    /// Lowest and highest daily dose, mg.
    #[serde(default)]
    pub daily_mg: Option<[f64; 2]>,
    /// Lowest and highest single dose, mg per kg.
    #[serde(default)]
    pub single_mg_per_kg: Option<[f64; 2]>,
    /// Lowest and highest number of doses a day.
    #[serde(default)]
    pub times_per_day: Option<[f64; 2]>,
    /// Longest recommended duration in days, taper included where the source says so.
    #[serde(default)]
    pub max_days: Option<u32>,
    /// The dose in words.
    #[serde(default)]
    pub dose_text: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// What benefit is known for this use, in one sentence with absolute figures where there are any.
    #[serde(default)]
    pub benefit: Option<String>,
    /// Source of the benefit.
    #[serde(default)]
    pub benefit_source: Option<SourceRef>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// What a dose limit bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// Dose in 24 h.
    DailyMax,
    /// One dose.
    SingleMax,
    /// Starting dose in 24 h.
    DailyStartMax,
    /// Lowest hours between doses (`hours`).
    MinInterval,
    /// Episodes treated a month (`count`).
    MaxPerMonth,
    /// Lowest days between treated episodes (`days`).
    MinDaysBetween,
    /// Longest use in days (`days`).
    MaxDays,
}

/// A dose limit; everything that narrows it must hold for the limit to apply.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseLimit {
    /// What is bounded.
    pub kind: LimitKind,
    /// Milligrams.
    #[serde(default)]
    pub mg: Option<f64>,
    /// Milligrams per kg of body weight.
    #[serde(default)]
    pub mg_per_kg: Option<f64>,
    /// Hours.
    #[serde(default)]
    pub hours: Option<f64>,
    /// Days.
    #[serde(default)]
    pub days: Option<f64>,
    /// Count.
    #[serde(default)]
    pub count: Option<f64>,
    /// Routes; empty is all.
    #[serde(default)]
    pub route: Vec<String>,
    /// Forms; empty is all.
    #[serde(default)]
    pub form: Vec<String>,
    /// Condition id treated; absent is any use.
    #[serde(default)]
    pub indication: Option<String>,
    /// Age in years from (inclusive).
    #[serde(default)]
    pub age_from: Option<f64>,
    /// Age in years to (exclusive).
    #[serde(default)]
    pub age_to: Option<f64>,
    /// Sex: `female` or `male`.
    #[serde(default)]
    pub sex: Option<String>,
    /// Condition id of the patient (`hepatic-impairment`, ...).
    #[serde(default)]
    pub condition: Option<String>,
    /// Holds below this eGFR or creatinine clearance, mL/min.
    #[serde(default)]
    pub egfr_below: Option<f64>,
    /// Conditions of the patient, or reasons of the entry, for which it does not hold (cancer, where a regimen of its own applies).
    #[serde(default)]
    pub unless: Vec<String>,
    /// Holds from this single dose, mg: the weekly tablet of a drug that is also taken daily.
    #[serde(default)]
    pub from_single_mg: Option<f64>,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// The limit is derived from the printed dose range, not printed as a limit.
    #[serde(default)]
    pub derived: bool,
    /// Severity when exceeded, where it is not the default of the rule: `critical`, `serious`, `caution`, `note`.
    #[serde(default)]
    pub severity: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// How strong a contraindication is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContraindicationStrength {
    /// Printed as a contraindication.
    Contraindicated,
    /// Advised to avoid.
    Avoid,
    /// Use with care.
    Caution,
}

/// A contraindication bound to a condition.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contraindication {
    /// Condition id from `conditions/`.
    pub condition: String,
    /// Strength.
    pub strength: ContraindicationStrength,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Routes; empty is all.
    #[serde(default)]
    pub route: Vec<String>,
    /// Applies below this age in years (for `infancy` limits the condition is `age-below`).
    #[serde(default)]
    pub age_to: Option<f64>,
    /// Remark, one sentence.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Effects that add up between drugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum EffectKind {
    CnsDepression,
    RespiratoryDepression,
    Serotonergic,
    QtProlongation,
    SeizureThreshold,
    Anticholinergic,
    Hypotension,
    Hyponatraemia,
    Bleeding,
    Bradycardia,
    Hyperkalaemia,
    Hypokalaemia,
    Hypoglycaemia,
    Nephrotoxicity,
    Hepatotoxicity,
    Myelosuppression,
    Falls,
    MaoInhibition,
    Dependence,
    DopamineAntagonism,
    Photosensitivity,
    LacticAcidosis,
    Hypertension,
    Tachycardia,
    WeightGain,
    Ototoxicity,
    Constipation,
    UrinaryRetention,
    Neuropathy,
    Rhabdomyolysis,
}

/// An effect with grade.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectFact {
    /// Which effect.
    pub kind: EffectKind,
    /// 1 mild or possible, 2 moderate or established, 3 marked (QT: 1 possible or conditional, 2 known risk, 3 known and large).
    pub grade: u8,
    /// Routes; empty is all.
    #[serde(default)]
    pub route: Vec<String>,
    /// Weight of evidence in words.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Onset, peak and duration for a route.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onset {
    /// Route.
    pub route: String,
    /// Minutes to first effect, low and high.
    #[serde(default)]
    pub onset_min: Option<[f64; 2]>,
    /// Hours to the peak concentration, low and high.
    #[serde(default)]
    pub peak_h: Option<[f64; 2]>,
    /// Hours of clinical effect after a single dose, low and high.
    #[serde(default)]
    pub duration_h: Option<[f64; 2]>,
    /// Elimination half-life, hours, low and high.
    #[serde(default)]
    pub half_life_h: Option<[f64; 2]>,
    /// Active metabolite that outlasts the parent, with its half-life in words.
    #[serde(default)]
    pub active_metabolite: Option<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Patient groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum PopulationGroup {
    Pregnancy,
    Lactation,
    Older,
    Child,
    Neonate,
    HepaticImpairment,
    RenalImpairment,
    Driving,
    Women,
}

/// A statement for a patient group.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationFact {
    /// Group.
    pub group: PopulationGroup,
    /// Strength of the advice.
    pub strength: ContraindicationStrength,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// The statement, one or two sentences of our own.
    pub text: String,
    /// What to do about the dose.
    #[serde(default)]
    pub adjustment: Option<Adjustment>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A dose adjustment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Fraction of the usual dose (0.5 is half).
    pub fraction: f64,
}

/// Something to measure or look at while the substance is taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// Measure id from `measures/` where there is one.
    #[serde(default)]
    pub measure: Option<String>,
    /// What, in words.
    pub what: String,
    /// Days after the start of the first look; 0 is before the start.
    #[serde(default)]
    pub first_after_days: Option<u32>,
    /// Days between later looks.
    #[serde(default)]
    pub every_days: Option<u32>,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// A missing result is a finding (needs `measure`).
    #[serde(default)]
    pub required: bool,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A class effect that a member does not have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LacksEffect {
    /// Which effect.
    pub kind: EffectKind,
    /// Why.
    pub why: String,
    /// `source-id#locator`.
    pub source: SourceRef,
}
