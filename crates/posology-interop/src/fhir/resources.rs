//! The FHIR resources that are read.
pub(super) use super::wire::Misplaced;
use super::wire::{
    CodingIn, Concept, Dosage, Identifier, List, Meta, Num, Period, Quantity, Range, Ratio, Reference, Text,
    wire,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Kinds of resources that are read; all others are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Patient,
    Request,
    Statement,
    Dispense,
    Administration,
    Medication,
    Substance,
    Condition,
    Observation,
    Allergy,
    Encounter,
    Procedure,
}

impl Kind {
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Patient" => Self::Patient,
            "MedicationRequest" => Self::Request,
            "MedicationStatement" => Self::Statement,
            "MedicationDispense" => Self::Dispense,
            "MedicationAdministration" => Self::Administration,
            "Medication" => Self::Medication,
            "Substance" => Self::Substance,
            "Condition" => Self::Condition,
            "Observation" => Self::Observation,
            "AllergyIntolerance" => Self::Allergy,
            "Encounter" => Self::Encounter,
            "Procedure" => Self::Procedure,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Patient => "Patient",
            Self::Request => "MedicationRequest",
            Self::Statement => "MedicationStatement",
            Self::Dispense => "MedicationDispense",
            Self::Administration => "MedicationAdministration",
            Self::Medication => "Medication",
            Self::Substance => "Substance",
            Self::Condition => "Condition",
            Self::Observation => "Observation",
            Self::Allergy => "AllergyIntolerance",
            Self::Encounter => "Encounter",
            Self::Procedure => "Procedure",
        }
    }
}

/// `"resourceType"` alone.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct TypeOnly<'a> {
    #[serde(default)]
    pub(super) resource_type: Option<Text<'a>>,
    /// The two fields by which a line of a bulk export's own log is known.
    #[serde(default)]
    pub(super) export_id: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    pub(super) event_id: Option<serde::de::IgnoredAny>,
}

wire! {
    EntryRequest { method: Text<'a>, url: Text<'a> }
    BundleEntry { full_url: Text<'a>, resource: &'a RawValue, request: EntryRequest<'a> }
    BundleIn { #[serde(rename = "type")] kind: Text<'a>, entry: List<BundleEntry<'a>> }
    Parameter { resource: &'a RawValue, part: List<Parameter<'a>> }
    ParametersIn { parameter: List<Parameter<'a>> }

    PatientIn {
        id: Text<'a>, meta: Meta<'a>, identifier: List<Identifier<'a>>, gender: Text<'a>, birth_date: Text<'a>,
        deceased_boolean: bool, deceased_date_time: Text<'a>,
    }
    DispenseRequest {
        validity_period: Period<'a>, number_of_repeats_allowed: Num, quantity: Quantity<'a>,
        expected_supply_duration: Quantity<'a>, performer: Reference<'a>,
    }
    RequestIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, contained: List<&'a RawValue>, status: Text<'a>, intent: Text<'a>,
        category: List<Concept<'a>>, do_not_perform: bool, medication_codeable_concept: Concept<'a>,
        medication_reference: Reference<'a>, subject: Reference<'a>, encounter: Reference<'a>, authored_on: Text<'a>,
        requester: Reference<'a>, reason_code: List<Concept<'a>>, reason_reference: List<Reference<'a>>,
        based_on: List<Reference<'a>>, dosage_instruction: List<Dosage<'a>>, dispense_request: DispenseRequest<'a>,
        prior_prescription: Reference<'a>, medication: Misplaced,
    }
    StatementIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, contained: List<&'a RawValue>, status: Text<'a>, category: Concept<'a>,
        medication_codeable_concept: Concept<'a>, medication_reference: Reference<'a>, subject: Reference<'a>,
        context: Reference<'a>, effective_date_time: Text<'a>, effective_period: Period<'a>, date_asserted: Text<'a>,
        reason_code: List<Concept<'a>>, reason_reference: List<Reference<'a>>, based_on: List<Reference<'a>>,
        dosage: List<Dosage<'a>>, medication: Misplaced, taken: Text<'a>,
    }
    Performer { actor: Reference<'a> }
    DispenseIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, contained: List<&'a RawValue>, status: Text<'a>, category: Concept<'a>,
        medication_codeable_concept: Concept<'a>, medication_reference: Reference<'a>, subject: Reference<'a>,
        context: Reference<'a>, performer: List<Performer<'a>>, location: Reference<'a>,
        authorizing_prescription: List<Reference<'a>>, quantity: Quantity<'a>, days_supply: Quantity<'a>,
        when_prepared: Text<'a>, when_handed_over: Text<'a>, dosage_instruction: List<Dosage<'a>>, medication: Misplaced,
    }
    AdministrationIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, contained: List<&'a RawValue>, status: Text<'a>, category: Concept<'a>,
        medication_codeable_concept: Concept<'a>, medication_reference: Reference<'a>, subject: Reference<'a>,
        context: Reference<'a>, effective_date_time: Text<'a>, effective_period: Period<'a>,
        reason_code: List<Concept<'a>>, reason_reference: List<Reference<'a>>, request: Reference<'a>, dosage: List<Dosage<'a>>, medication: Misplaced,
    }
    IngredientIn {
        item_codeable_concept: Concept<'a>, item_reference: Reference<'a>, is_active: bool, strength: Ratio<'a>,
    }
    MedicationIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, contained: List<&'a RawValue>, status: Text<'a>, code: Concept<'a>,
        form: Concept<'a>, ingredient: List<IngredientIn<'a>>,
    }
    SubstanceIn { id: Text<'a>, meta: Meta<'a>, code: Concept<'a> }
    ConditionIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, clinical_status: Concept<'a>, verification_status: Concept<'a>, code: Concept<'a>,
        subject: Reference<'a>, onset_date_time: Text<'a>, onset_period: Period<'a>, onset_age: Quantity<'a>,
        abatement_date_time: Text<'a>, abatement_period: Period<'a>, abatement_age: Quantity<'a>,
        abatement_string: Text<'a>, abatement_boolean: bool, recorded_date: Text<'a>,
    }
    ComponentIn {
        code: Concept<'a>, value_quantity: Quantity<'a>, value_codeable_concept: Concept<'a>, value_string: Text<'a>,
        value_boolean: bool, value_integer: Num, value_range: Range<'a>, value_date_time: Text<'a>,
    }
    ObservationIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, status: Text<'a>, code: Concept<'a>, subject: Reference<'a>,
        effective_date_time: Text<'a>, effective_period: Period<'a>, effective_instant: Text<'a>, issued: Text<'a>,
        value_quantity: Quantity<'a>, value_codeable_concept: Concept<'a>, value_string: Text<'a>,
        value_boolean: bool, value_integer: Num, value_range: Range<'a>, value_date_time: Text<'a>,
        component: List<ComponentIn<'a>>,
    }
    ReactionIn { substance: Concept<'a>, manifestation: List<Concept<'a>>, severity: Text<'a>, description: Text<'a> }
    AllergyIn {
        modifier_extension: Misplaced, id: Text<'a>, meta: Meta<'a>, clinical_status: Concept<'a>, verification_status: Concept<'a>,
        #[serde(rename = "type")] kind: Text<'a>, criticality: Text<'a>, code: Concept<'a>, patient: Reference<'a>,
        reaction: List<ReactionIn<'a>>,
    }
    EncounterIn {
        id: Text<'a>, meta: Meta<'a>, status: Text<'a>, class: CodingIn<'a>, #[serde(rename = "type")] kind: List<Concept<'a>>,
        service_type: Concept<'a>, reason_code: List<Concept<'a>>, subject: Reference<'a>, period: Period<'a>,
    }
    ProcedureIn {
        id: Text<'a>, meta: Meta<'a>, status: Text<'a>, code: Concept<'a>, subject: Reference<'a>,
        performed_date_time: Text<'a>, performed_period: Period<'a>,
    }
}
