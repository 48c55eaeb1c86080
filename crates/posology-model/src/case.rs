//! A patient's record as recorded, and the orders proposed.
use crate::coding::Coding;
use crate::dosing::{Dosing, Form};
use crate::problem::InputProblem;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One patient's record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Case {
    /// The patient.
    pub patient: Patient,
    /// Everything taken, ordered, dispensed or administered.
    pub medications: Vec<MedicationEntry>,
    /// Conditions.
    pub conditions: Vec<ConditionEntry>,
    /// Observations.
    pub observations: Vec<ObservationEntry>,
    /// Allergies and intolerances.
    pub allergies: Vec<AllergyEntry>,
    /// Encounters.
    pub encounters: Vec<EncounterEntry>,
    /// Procedures.
    pub procedures: Vec<ProcedureEntry>,
    /// Proposed changes, to be reviewed against the record.
    pub orders: Vec<Order>,
    /// What intake could not read.
    pub problems: Vec<InputProblem>,
}

/// Administrative sex as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Sex {
    Female,
    Male,
}

/// The patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patient {
    /// Id in the record.
    pub id: Option<String>,
    /// Date of birth; the earliest possible day where only year or month is recorded.
    pub birth_date: Option<Date>,
    /// Age in years as stated (plain lists), where there is no date of birth.
    pub age_years: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of death.
    pub deceased: Option<Date>,
}

/// What kind of record an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum EntryKind {
    Request,
    Statement,
    Dispense,
    Administration,
    /// A line of a plain list or a table.
    #[default]
    Listed,
}

/// Status of an entry, over all FHIR resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Status {
    #[default]
    Active,
    Completed,
    Stopped,
    OnHold,
    Cancelled,
    EnteredInError,
    /// Statement: to be taken in the future. Dispense: in preparation.
    Intended,
    NotTaken,
    Draft,
    Unknown,
}

/// Intent of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Intent {
    /// Order, original order, reflex order, filler order, instance order.
    #[default]
    Order,
    Proposal,
    Plan,
    Option,
}

/// Where a medication was ordered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Setting {
    Inpatient,
    Outpatient,
    Community,
    Discharge,
}

/// An ingredient of a `Medication` resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ingredient {
    /// Codes.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
    /// Strength: milligrams per unit (solid) or per mL (liquid), where it could be read.
    pub strength_mg: Option<f64>,
    /// Millilitres to which `strength_mg` refers, for liquids.
    pub per_ml: Option<f64>,
}

/// A reason for a medication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Codes.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
}

/// One entry about a medication.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MedicationEntry {
    /// Place in the input: `Bundle.entry[3].resource`, `line 4`.
    pub path: String,
    /// Id of the resource, where there is one.
    pub id: Option<String>,
    /// Kind of record.
    pub kind: EntryKind,
    /// Codes of the medication.
    pub codings: Vec<Coding>,
    /// Text of the medication (display, text or the drug part of a line).
    pub text: Option<String>,
    /// Ingredients of a referenced or contained `Medication`.
    pub ingredients: Vec<Ingredient>,
    /// Dose form of a referenced or contained `Medication`.
    pub form: Option<Form>,
    /// Status.
    pub status: Status,
    /// Intent.
    pub intent: Intent,
    /// `doNotPerform`: an order not to give it.
    pub do_not_perform: bool,
    /// Instructions.
    pub dosing: Vec<Dosing>,
    /// When it was written, dispensed or asserted.
    pub written: Option<Date>,
    /// Start of taking, where recorded.
    pub start: Option<Date>,
    /// End of taking, where recorded (inclusive).
    pub end: Option<Date>,
    /// Days of supply.
    pub days_supply: Option<f64>,
    /// Quantity supplied, in pieces or mL.
    pub quantity: Option<f64>,
    /// Repeats allowed after the first supply.
    pub refills: Option<u32>,
    /// Last day on which it may be dispensed (FHIR `dispenseRequest.validityPeriod`): no end of taking.
    pub valid_until: Option<Date>,
    /// Prescriber, an opaque key: only equality matters.
    pub prescriber: Option<String>,
    /// Pharmacy or dispenser, an opaque key.
    pub dispenser: Option<String>,
    /// Why it is taken.
    pub reasons: Vec<Reason>,
    /// Setting.
    pub setting: Option<Setting>,
    /// Id of the request that a dispense or administration belongs to.
    pub based_on: Option<String>,
    /// Id of the entry that this one replaces.
    pub replaces: Option<String>,
    /// Id of the encounter.
    pub encounter: Option<String>,
}

/// Clinical status of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ConditionStatus {
    #[default]
    Active,
    Remission,
    Resolved,
    /// Refuted or entered in error: not the patient's.
    Refuted,
    /// Family history, or a differential: not established.
    Unconfirmed,
}

/// One condition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConditionEntry {
    /// Place in the input.
    pub path: String,
    /// Id of the resource.
    pub id: Option<String>,
    /// Codes.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
    /// Status.
    pub status: ConditionStatus,
    /// Onset (or recording) date.
    pub onset: Option<Date>,
    /// End.
    pub abatement: Option<Date>,
}

/// Value of an observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservationValue {
    /// A number with its unit as recorded (UCUM where the record has it).
    Quantity {
        /// Value.
        value: f64,
        /// Unit.
        unit: Option<String>,
    },
    /// A coded answer.
    Coded {
        /// Codes.
        codings: Vec<Coding>,
        /// Text.
        text: Option<String>,
    },
    /// A text.
    Text(String),
    /// Yes or no.
    Boolean(bool),
}

/// One observation (components are entries of their own).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservationEntry {
    /// Place in the input.
    pub path: String,
    /// Codes.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
    /// Value.
    pub value: ObservationValue,
    /// Date.
    pub date: Option<Date>,
}

/// One allergy or intolerance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllergyEntry {
    /// Place in the input.
    pub path: String,
    /// Codes of the substance.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
    /// `true` for an intolerance (side effect) rather than an allergy.
    pub intolerance: bool,
    /// Refuted, resolved or entered in error.
    pub refuted: bool,
    /// Reaction, as recorded.
    pub reaction: Option<String>,
    /// Severe or of high criticality.
    pub severe: bool,
}

/// Class of an encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum EncounterClass {
    Ambulatory,
    Emergency,
    Inpatient,
    Home,
    Virtual,
    Other,
}

/// One encounter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncounterEntry {
    /// Place in the input.
    pub path: String,
    /// Id.
    pub id: Option<String>,
    /// Class.
    pub class: EncounterClass,
    /// Codes of type, service type and reason.
    pub codings: Vec<Coding>,
    /// Text of the type.
    pub text: Option<String>,
    /// Start.
    pub start: Option<Date>,
    /// End.
    pub end: Option<Date>,
}

/// One procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcedureEntry {
    /// Place in the input.
    pub path: String,
    /// Codes.
    pub codings: Vec<Coding>,
    /// Text.
    pub text: Option<String>,
    /// Date.
    pub date: Option<Date>,
    /// Done or in progress (not planned, stopped or entered in error).
    pub done: bool,
}

/// What a proposed change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderAction {
    /// Start, or change to this dose where the same substance is taken already.
    Start,
    /// Stop.
    Stop,
}

/// One proposed change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// What it does.
    pub action: OrderAction,
    /// The medication. For a stop only its name or codes matter.
    pub medication: MedicationEntry,
}
