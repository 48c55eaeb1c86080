//! A case in the terms of the knowledge base: what rules read.
use crate::base::{ConditionIx, MeasureIx, SubstanceIx};
use crate::bits::BitSet;
use posology_model::{Date, EntryKind, Form, InputProblem, NotAssessed, ReadConfidence, Route, Setting, Sex};
use smallvec::SmallVec;

/// How a drug was recognised, in the order in which ways are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResolvedBy {
    /// A product or ingredient code that the knowledge ships.
    Code,
    /// The user's own RxNorm files.
    RxNormFiles,
    /// The regular display text of the code.
    Display,
    /// A name or brand.
    Name,
    /// A name with typing errors corrected.
    NameCorrected,
}

impl ResolvedBy {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RxNormFiles => "rxnorm-files",
            Self::Display => "display",
            Self::Name => "name",
            Self::NameCorrected => "name-corrected",
        }
    }
}

/// What an exposure is at the time it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Taken, ordered, dispensed or administered.
    Record,
    /// A proposed start or change.
    ProposedStart,
    /// A proposed stop.
    ProposedStop,
}

/// What is known of the end of an exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKnown {
    /// Recorded, or computed from supply or duration.
    Yes,
    /// Still going on as recorded.
    Ongoing,
    /// Recorded as ended, on a day that is not recorded.
    No,
}

/// One substance taken (or proposed) over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// Substance.
    pub substance: SubstanceIx,
    /// The product in words.
    pub product: String,
    /// Place in the input.
    pub path: String,
    /// Record or order.
    pub origin: Origin,
    /// Kind of record.
    pub kind: EntryKind,
    /// How the drug was recognised.
    pub resolved_by: ResolvedBy,
    /// Dose form.
    pub form: Option<Form>,
    /// Route; the form's usual route where none is recorded.
    pub route: Option<Route>,
    /// Milligrams per piece.
    pub strength_mg: Option<f64>,
    /// Milligrams per mL.
    pub mg_per_ml: Option<f64>,
    /// Micrograms per hour.
    pub mcg_per_hour: Option<f64>,
    /// Volume of one dose, mL, where the dose is written as a volume.
    pub volume_ml: Option<(f64, f64)>,
    /// Mass of one dose as written ("5 mg"), mg.
    pub written_mg: Option<(f64, f64)>,
    /// Pieces per dose, where the dose is written in pieces.
    pub pieces: Option<(f64, f64)>,
    /// One dose, mg, low and high.
    pub single_mg: Option<(f64, f64)>,
    /// One dose in mg per kg as written.
    pub single_mg_per_kg: Option<(f64, f64)>,
    /// Daily dose, mg, low and high; low is 0 for as-needed.
    pub daily_mg: Option<(f64, f64)>,
    /// Doses a day, low and high.
    pub times_per_day: Option<(f64, f64)>,
    /// Only when needed.
    pub as_needed: bool,
    /// First day.
    pub start: Option<Date>,
    /// Last day (inclusive).
    pub end: Option<Date>,
    /// What is known of the end.
    pub end_known: EndKnown,
    /// The record calls it an active prescription, whatever its end.
    pub said_active: bool,
    /// Days of supply of one dispensing.
    pub days_supply: Option<f64>,
    /// Quantity supplied.
    pub quantity: Option<f64>,
    /// Prescriber key.
    pub prescriber: Option<String>,
    /// Setting.
    pub setting: Option<Setting>,
    /// Conditions it is taken for.
    pub reasons: SmallVec<[ConditionIx; 2]>,
    /// Reason as written, where it is no condition of the knowledge.
    pub reason_text: Option<String>,
    /// Id of the request that it carries out.
    pub based_on: Option<String>,
    /// Id of its own record.
    pub id: Option<String>,
    /// How sure the reading of the dose is.
    pub dose_confidence: ReadConfidence,
    /// Other ingredients of the same product.
    pub combination: bool,
    /// A single dose, once.
    pub once: bool,
    /// No amount is written: one piece a dose was assumed.
    pub one_assumed: bool,
    /// Words of the instruction that were not understood.
    pub not_understood: Option<String>,
}

impl Exposure {
    /// Whether it is given by one of these routes (words of the knowledge); an empty list means any. `None`: the route is not known.
    pub fn by_route(&self, routes: &[String]) -> Option<bool> {
        if routes.is_empty() {
            return Some(true);
        }
        self.route.map(|r| routes.iter().any(|w| w == r.as_str()))
    }

    /// Highest daily dose, mg.
    pub fn daily_high(&self) -> Option<f64> {
        self.daily_mg.map(|d| d.1)
    }
}

/// A condition of the patient.
#[derive(Debug, Clone, PartialEq)]
pub struct PresentCondition {
    /// Condition.
    pub condition: ConditionIx,
    /// Place in the input.
    pub path: String,
    /// First day.
    pub onset: Option<Date>,
    /// Last day, where it ended.
    pub abatement: Option<Date>,
    /// Recorded as going on.
    pub active: bool,
}

/// A value of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureValue {
    /// Measure.
    pub measure: MeasureIx,
    /// In the unit of the measure.
    pub value: f64,
    /// Date.
    pub date: Option<Date>,
    /// Place in the input.
    pub path: String,
}

/// A coded or textual answer of a measure (smoking, phenotype, pregnancy).
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureAnswer {
    /// Measure.
    pub measure: MeasureIx,
    /// Normalised text of the answer.
    pub answer: String,
    /// Date.
    pub date: Option<Date>,
    /// Place in the input.
    pub path: String,
}

/// An allergy or intolerance to a substance.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedAllergy {
    /// Substance.
    pub substance: SubstanceIx,
    /// An intolerance rather than an allergy.
    pub intolerance: bool,
    /// Severe.
    pub severe: bool,
    /// Reaction as recorded.
    pub reaction: Option<String>,
    /// Place in the input.
    pub path: String,
}

/// What is known of the person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// Stated age, where there is no date of birth.
    pub age_years: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of death.
    pub deceased: Option<Date>,
}

/// A patient's record in terms of the knowledge base. Nothing in it depends on the date of a review.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResolvedCase {
    /// Id of the patient in the record.
    pub id: Option<String>,
    /// The person.
    pub person: Person,
    /// Exposures of the record and proposed orders, in the order of the input.
    pub exposures: Vec<Exposure>,
    /// Conditions.
    pub conditions: Vec<PresentCondition>,
    /// Numeric measures, oldest first.
    pub values: Vec<MeasureValue>,
    /// Answers, oldest first.
    pub answers: Vec<MeasureAnswer>,
    /// Allergies.
    pub allergies: Vec<ResolvedAllergy>,
    /// Days of encounters by class: start, end, class.
    pub encounters: Vec<(Date, Option<Date>, posology_model::EncounterClass)>,
    /// What could not be assessed already at this stage.
    pub not_assessed: Vec<NotAssessed>,
    /// Problems of the input.
    pub problems: Vec<InputProblem>,
    /// Medication entries of the input, and how many of them were recognised.
    pub entries: usize,
    /// Entries recognised.
    pub entries_resolved: usize,
    /// Codes that no copy confirms, as recorded.
    pub unverified_codes: Vec<String>,
}

impl ResolvedCase {
    /// Texts of the orders of `case` in which no drug was recognised: nothing of them is in the review.
    pub fn orders_not_recognised(&self, case: &posology_model::Case) -> Vec<String> {
        let known = |path: &str| self.exposures.iter().any(|e| e.origin != Origin::Record && e.path == path);
        case.orders
            .iter()
            .map(|o| &o.medication)
            .filter(|m| !known(&m.path))
            .map(|m| {
                let code = m.codings.first().map(|c| c.display.clone().unwrap_or_else(|| c.code.clone()));
                m.text.clone().or(code).unwrap_or_else(|| m.path.clone())
            })
            .collect()
    }

    /// Age in years at a date.
    pub fn age_at(&self, date: Date) -> Option<f64> {
        match self.person.birth_date {
            Some(b) => {
                Some(posology_model::history::days_between(b, date) as f64 / 365.25).filter(|a| *a >= 0.0)
            }
            None => self.person.age_years,
        }
    }

    /// Conditions present at a date, broader ones included. A condition without dates counts as present.
    pub fn conditions_at(&self, kb: &crate::base::KnowledgeBase, date: Date) -> BitSet {
        let mut set = BitSet::with_capacity(kb.corpus.conditions.len());
        for c in &self.conditions {
            let persists = kb.condition_file(c.condition).persists;
            let begun = c.onset.is_none_or(|o| o <= date);
            let ended = c.abatement.is_some_and(|a| a < date) || (!c.active && c.abatement.is_none());
            if begun && (!ended || persists) {
                set.union_with(kb.condition_and_broader(c.condition));
            }
        }
        set
    }
}
