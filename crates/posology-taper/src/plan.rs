//! The plan, as it is written out.
use crate::curve::Curve;
use crate::mass::Mass;
use crate::optimise::Arrangement;
use crate::outlook::Advice;
use crate::request::Request;
use crate::stock::{ItemKind, Stock};
use crate::switch::SwitchReport;
use posology_model::{Date, Evidence, NotAssessed, SubstanceRef};
use serde::{Deserialize, Serialize};

/// A taper plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is and is not. Every rendering carries it.
    pub disclaimer: String,
    /// Version of the knowledge used.
    pub knowledge_version: String,
    /// The date for which it was made.
    pub as_of: Date,
    /// The tapered drug.
    pub substance: SubstanceRef,
    /// What is taken before the plan.
    pub from: Baseline,
    /// Goal, mg a day.
    pub goal_mg: f64,
    /// Risk first.
    pub advice: Advice,
    /// Guideline id.
    pub guideline: String,
    /// What of it was used.
    pub guideline_used: GuidelineUsed,
    /// A substitution, where there is one.
    #[serde(default)]
    pub switch: Option<SwitchReport>,
    /// Periods, in order of time.
    pub steps: Vec<Step>,
    /// What to dispense, by step.
    pub supply: Vec<Supply>,
    /// The same in all.
    pub supply_total: Vec<SupplyTotal>,
    /// What to know before using it.
    pub warnings: Vec<Warning>,
    /// What could not be looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// Day of the last change: the first day at the goal, or at the lowest dose that could be planned.
    pub ends: Date,
    /// Whether the goal is reached.
    pub reaches_goal: bool,
    /// A question that only the prescriber can answer before the plan may be used.
    #[serde(default)]
    pub awaits_prescriber: Option<String>,
    /// Concentrations.
    #[serde(default)]
    pub curves: Vec<Curve>,
    /// Adjustments, oldest first.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// What it was asked with.
    pub request: Request,
}

/// A daily dose of a substance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubstanceAmount {
    /// Substance id.
    pub substance: String,
    /// Daily dose, mg.
    pub daily_dose_mg: f64,
}

/// What is taken before the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Daily dose, mg.
    pub daily_dose_mg: f64,
    /// Doses a day.
    pub times_per_day: u32,
}

/// What of a guideline was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuidelineUsed {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Strategy.
    pub strategy: String,
    /// Cut and interval in words.
    pub pace: String,
    /// Bound in words.
    pub bound: String,
    /// When the last step may be taken, in words.
    pub stop_rule: String,
    /// The cautious pace was taken.
    pub cautious: bool,
    /// Remark of the guidance.
    #[serde(default)]
    pub note: Option<String>,
    /// Source; absent for a pace set by the clinician.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

/// One period at one dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// First day.
    pub start: Date,
    /// Length in days; 0 for the end at zero.
    pub days: u32,
    /// Substance id.
    pub substance: String,
    /// Daily dose of it, mg.
    pub daily_dose_mg: f64,
    /// Less than the dose before, percent of that; negative where the dose rises.
    pub reduction_percent: f64,
    /// Doses of a day.
    pub doses: Vec<Dose>,
    /// What this period is: `reduction`, `last`, `switch`, `held`, `gap`, `restart`, `entered`, `step-back`.
    pub kind: String,
    /// The drug that it replaces, still taken in part.
    #[serde(default)]
    pub also: Option<SubstanceAmount>,
    /// Fall of the active concentration from the day before the step to its last day, percent, where it was simulated.
    #[serde(default)]
    pub fall_percent: Option<f64>,
    /// Share of the final fall that is reached by the last day, percent.
    #[serde(default)]
    pub settled_percent: Option<f64>,
    /// The fall exceeds the bound.
    #[serde(default)]
    pub fall_exceeds_bound: bool,
    /// Days on which to look, first and last.
    #[serde(default)]
    pub review: Option<[Date; 2]>,
}

/// One dose of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dose {
    /// `HH:MM`, a proposal.
    pub time: String,
    /// What it is made of.
    pub pieces: Vec<Piece>,
}

/// A product in a dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// In words.
    pub product: String,
    /// Substance id.
    pub substance: String,
    /// Of a whole piece; absent for liquids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength_mg: Option<f64>,
    /// Amount, mg.
    pub amount_mg: f64,
    /// Pieces, a half or quarter where the product can be divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<f64>,
    /// Volume of a liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// Concentration of a liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mg_per_ml: Option<f64>,
    /// Smallest mark that the syringe must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syringe_mark_ml: Option<f64>,
    /// RxNorm code of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rxnorm: Option<String>,
}

/// One supply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Supply {
    /// Index of the step.
    pub step: usize,
    /// Not before this day.
    pub dispense_on: Date,
    /// Days it covers: never more than the time to the next change.
    pub days: u32,
    /// Product.
    pub product: String,
    /// Substance id.
    pub substance: String,
    /// Of a whole piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength_mg: Option<f64>,
    /// Concentration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mg_per_ml: Option<f64>,
    /// Pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<f64>,
    /// Volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// Milligrams in it.
    pub amount_mg: f64,
}

/// All supplies of one product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplyTotal {
    /// Product.
    pub product: String,
    /// Substance id.
    pub substance: String,
    /// Pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<f64>,
    /// Volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// Milligrams in all.
    pub amount_mg: f64,
}

/// How grave a warning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningLevel {
    /// The plan must not be used without a decision about it.
    Critical,
    /// To be weighed.
    Caution,
    /// To be known.
    Note,
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Permanent id.
    pub id: String,
    /// How grave.
    pub level: WarningLevel,
    /// In words.
    pub text: String,
}

impl Warning {
    pub(crate) fn new(level: WarningLevel, id: &str, text: impl Into<String>) -> Self {
        Self { id: id.to_owned(), level, text: text.into() }
    }
}

/// An adjustment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Day.
    pub on: Date,
    /// As entered.
    pub event: String,
    /// What it changed.
    pub effect: String,
    /// The steps from that day on as they were planned before.
    pub superseded: Vec<Step>,
}

/// Hours of the day for a number of doses.
pub(crate) fn hours(n: usize) -> Vec<f64> {
    match n {
        0 => Vec::new(),
        1 => vec![22.0],
        2 => vec![8.0, 22.0],
        3 => vec![8.0, 14.0, 22.0],
        4 => vec![8.0, 12.0, 18.0, 22.0],
        n => (0..n).map(|i| 6.0 + 16.0 * i as f64 / (n - 1) as f64).collect(),
    }
}

/// `HH:MM`.
pub(crate) fn clock(h: f64) -> String {
    let m = (h * 60.0).round() as i64;
    format!("{:02}:{:02}", m / 60, m % 60)
}

/// The hour of a `HH:MM`.
pub(crate) fn hour_of(time: &str) -> f64 {
    let mut parts = time.split(':').map(|p| p.parse::<f64>().unwrap_or(0.0));
    parts.next().unwrap_or(0.0) + parts.next().unwrap_or(0.0) / 60.0
}

/// The doses of an arrangement. `morning`: a single dose is taken in the morning rather than at night.
pub(crate) fn doses(stock: &Stock, a: &Arrangement, morning: bool) -> Vec<Dose> {
    let n = a.doses.len();
    let times = if n == 1 && morning { vec![8.0] } else { hours(n) };
    a.doses
        .iter()
        .zip(times)
        .map(|(make, h)| Dose {
            time: clock(h),
            pieces: make.iter().filter_map(|(i, m)| piece(stock, *i, *m)).collect(),
        })
        .collect()
}

fn piece(stock: &Stock, i: usize, amount: Mass) -> Option<Piece> {
    let item = stock.items.get(i)?;
    let (strength, count, per_ml) = match &item.kind {
        ItemKind::Solid { strength, .. } => {
            (Some(strength.mg()), Some(amount.0 as f64 / strength.0.max(1) as f64), None)
        }
        ItemKind::Liquid { mg_per_ml, .. } => (None, None, Some(*mg_per_ml)),
    };
    Some(Piece {
        product: item.name.clone(),
        substance: item.substance.clone(),
        strength_mg: strength,
        amount_mg: amount.mg(),
        count,
        volume_ml: item.volume_ml(amount),
        mg_per_ml: per_ml,
        syringe_mark_ml: item.mark_ml(amount),
        rxnorm: item.rxnorm.clone(),
    })
}
