//! `knowledge/tapers/<id>.toml`: what one guideline, formulary or label says about stopping.
use super::common::{Confidence, Jurisdiction, SourceRef};
use serde::{Deserialize, Serialize};

/// One guideline on stopping.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaperFile {
    /// Permanent id; equal to the file name; what `--guideline` takes.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it says of pace, one table per class or group of substances.
    #[serde(default, rename = "guidance")]
    pub guidance: Vec<TaperGuidance>,
    /// When somebody else, somewhere else, or no taper is called for.
    #[serde(default, rename = "caution")]
    pub cautions: Vec<TaperCaution>,
    /// Doses at half of the greatest receptor (or transporter) occupancy.
    #[serde(default, rename = "occupancy")]
    pub occupancy: Vec<Occupancy>,
    /// Marks of the syringes with which a liquid is measured.
    #[serde(default, rename = "syringe")]
    pub syringes: Vec<Syringe>,
}

/// To what a percentage refers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum TaperBase {
    /// The dose taken now, so that cuts shrink.
    #[default]
    Current,
    /// The dose at the start, so that cuts stay the same.
    Original,
}

/// How the next dose is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaperStrategy {
    /// A share of the current dose.
    Proportional,
    /// The same number of milligrams each time.
    Linear,
    /// Equal steps of occupancy.
    Occupancy,
    /// The milligrams that the guideline prints for the range of doses.
    Stepped,
    /// Substitution by a longer-acting drug, then a taper of that.
    Switch,
}

impl TaperStrategy {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proportional => "proportional",
            Self::Linear => "linear",
            Self::Occupancy => "occupancy",
            Self::Stepped => "stepped",
            Self::Switch => "switch",
        }
    }
}

/// Pace for a class or some substances.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaperGuidance {
    /// Class id; narrower classes are included.
    #[serde(default)]
    pub class: Option<String>,
    /// Substance ids.
    #[serde(default)]
    pub substances: Vec<String>,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Countries in which it is taken when nobody names a guideline.
    #[serde(default)]
    pub default_in: Vec<Jurisdiction>,
    /// To what percentages refer.
    #[serde(default)]
    pub base: TaperBase,
    /// Usual cut, percent, low and high; absent where the guideline prints milligrams.
    #[serde(default)]
    pub percent: Option<[f64; 2]>,
    /// Days between cuts, low and high.
    pub interval_days: [u32; 2],
    /// Cut taken when nobody names a pace, percent; within `percent`.
    #[serde(default)]
    pub default_percent: Option<f64>,
    /// Days between cuts taken when nobody names a pace; within `interval_days`.
    pub default_days: u32,
    /// Cut of the cautious pace, percent.
    #[serde(default)]
    pub cautious_percent: Option<f64>,
    /// Days of the cautious pace.
    #[serde(default)]
    pub cautious_days: Option<u32>,
    /// Largest cut, percent, within `max_percent_days`; where the guideline prints none, the high end of `percent`.
    #[serde(default)]
    pub max_percent: Option<f64>,
    /// Days within which `max_percent` holds.
    #[serde(default)]
    pub max_percent_days: Option<u32>,
    /// Cuts printed in milligrams, highest dose first.
    #[serde(default)]
    pub cuts: Vec<TaperCut>,
    /// The substance in whose milligrams `cuts` are; absent: the drug itself.
    #[serde(default)]
    pub cuts_of: Option<String>,
    /// Highest daily dose that the printed cuts cover, mg.
    #[serde(default)]
    pub covers_to_mg: Option<f64>,
    /// Strategies that the guideline allows.
    pub strategies: Vec<TaperStrategy>,
    /// Strategy taken when nobody names one.
    pub strategy: TaperStrategy,
    /// The last cut, to zero, may be taken from this share of the starting dose, percent.
    #[serde(default)]
    pub last_percent: Option<f64>,
    /// Substance to which a switch goes.
    #[serde(default)]
    pub switch_to: Option<String>,
    /// Days over which a switch is staged, low and high.
    #[serde(default)]
    pub switch_days: Option<[u32; 2]>,
    /// Days after a switch at which it is reviewed, low and high.
    #[serde(default)]
    pub switch_review_days: Option<[u32; 2]>,
    /// Source of the staging.
    #[serde(default)]
    pub switch_source: Option<SourceRef>,
    /// How well the staging is founded.
    #[serde(default)]
    pub switch_confidence: Confidence,
    /// Days after which the plan is looked at with the patient.
    #[serde(default)]
    pub review_days: Option<u32>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A cut in milligrams for doses above a bound.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaperCut {
    /// Holds for daily doses above this, mg.
    pub above_mg: f64,
    /// Cut of the daily dose, mg, low and high.
    pub cut_mg: [f64; 2],
}

/// What a circumstance means for a taper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CautionKind {
    /// A taper is not advised (or not by this plan).
    NotAdvised,
    /// It belongs in inpatient care.
    Inpatient,
    /// It belongs with specialists.
    Specialist,
    /// No substitution by the longer-acting drug.
    NoSwitch,
    /// The cautious pace.
    Slower,
    /// To be weighed and told.
    Note,
}

impl CautionKind {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAdvised => "not-advised",
            Self::Inpatient => "inpatient",
            Self::Specialist => "specialist",
            Self::NoSwitch => "no-switch",
            Self::Slower => "slower",
            Self::Note => "note",
        }
    }
}

/// A circumstance and what it means; everything that narrows it must hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaperCaution {
    /// Permanent id, kebab-case.
    pub id: String,
    /// What it means.
    pub kind: CautionKind,
    /// Class ids of the tapered drug; empty is any.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Substance ids of the tapered drug; empty is any.
    #[serde(default)]
    pub substances: Vec<String>,
    /// Holds with this condition.
    #[serde(default)]
    pub condition: Option<String>,
    /// Holds only where the drug is taken for the condition (or no reason is recorded).
    #[serde(default)]
    pub treated_by_it: bool,
    /// Holds with another drug of this class.
    #[serde(default)]
    pub with_class: Option<String>,
    /// Holds from this age, years.
    #[serde(default)]
    pub age_from: Option<f64>,
    /// Holds below this age, years.
    #[serde(default)]
    pub age_to: Option<f64>,
    /// Holds from this number of drinks a day.
    #[serde(default)]
    pub drinks_from: Option<f64>,
    /// Statement, one or two sentences of our own.
    pub text: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Occupancy by dose: dose / (dose + `ed50_mg`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occupancy {
    /// Substance id.
    pub substance: String,
    /// What is occupied.
    pub target: String,
    /// Daily dose at half of the greatest occupancy, mg.
    pub ed50_mg: f64,
    /// Computed from what the source prints, not printed there.
    pub derived: bool,
    /// How it was computed, and its limits.
    pub note: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A syringe for volumes up to its size.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Syringe {
    /// Holds, mL.
    pub size_ml: f64,
    /// Smallest mark that a plan relies on, mL.
    pub mark_ml: f64,
    /// `source-id#locator`; `policy#...` where it is a choice of this project.
    pub source: SourceRef,
}
