//! Tables of OMOP CDM 5.4: the columns that are read, and their rows as a record.
mod concept;
mod drug;
mod person;

pub use concept::{CONCEPT, ConceptRow, Concepts};
pub use drug::{DrugCache, DrugKey, EntryKind8, Template};
pub(crate) use person::{Finder, Who, condition_date, observations, person_of, sex_of, text, whole};

use crate::error::ScreenError;
use crate::table::{Column, Kind, TableSpec, Unreadable, canonical, join, sorted};
use arrow::array::RecordBatch;

const fn column(name: &'static str, kind: Kind, required: bool) -> Column {
    Column { name, kind, required }
}
use Kind::{Date, Number, Text, Whole};

/// `drug_exposure`. `drug_code` (an RxNorm code), `drug_name`, `sex`, `birth_date` and `year_of_birth` are no columns of the model: they
/// let one flat table do where there is no `concept` or `person`.
pub const DRUG_EXPOSURE: TableSpec = TableSpec {
    name: "drug_exposure",
    columns: &[
        column("person_id", Whole, true),
        column("drug_concept_id", Whole, false),
        column("drug_exposure_start_date", Date, true),
        column("drug_exposure_end_date", Date, false),
        column("drug_exposure_id", Whole, false),
        column("drug_type_concept_id", Whole, false),
        column("quantity", Number, false),
        column("days_supply", Number, false),
        column("refills", Whole, false),
        column("sig", Text, false),
        column("route_concept_id", Whole, false),
        column("provider_id", Whole, false),
        column("drug_source_value", Text, false),
        column("drug_code", Text, false),
        column("drug_name", Text, false),
        column("sex", Text, false),
        column("birth_date", Date, false),
        column("year_of_birth", Whole, false),
    ],
    order: Some("drug_exposure_start_date"),
};
/// `person`.
pub const PERSON: TableSpec = TableSpec {
    name: "person",
    columns: &[
        column("person_id", Whole, true),
        column("gender_concept_id", Whole, false),
        column("year_of_birth", Whole, true),
        column("month_of_birth", Whole, false),
        column("day_of_birth", Whole, false),
        column("gender_source_value", Text, false),
    ],
    order: None,
};
/// `condition_occurrence`.
pub const CONDITION: TableSpec = TableSpec {
    name: "condition_occurrence",
    columns: &[
        column("person_id", Whole, true),
        column("condition_concept_id", Whole, true),
        column("condition_start_date", Date, true),
        column("condition_end_date", Date, false),
        column("condition_source_value", Text, false),
        column("condition_status_concept_id", Whole, false),
    ],
    order: Some("condition_start_date"),
};
/// `measurement`.
pub const MEASUREMENT: TableSpec = TableSpec {
    name: "measurement",
    columns: &[
        column("person_id", Whole, true),
        column("measurement_concept_id", Whole, true),
        column("measurement_date", Date, true),
        column("value_as_number", Number, false),
        column("value_as_concept_id", Whole, false),
        column("unit_concept_id", Whole, false),
        column("unit_source_value", Text, false),
        column("measurement_source_value", Text, false),
        column("value_source_value", Text, false),
    ],
    order: Some("measurement_date"),
};
/// `observation`.
pub const OBSERVATION: TableSpec = TableSpec {
    name: "observation",
    columns: &[
        column("person_id", Whole, true),
        column("observation_concept_id", Whole, true),
        column("observation_date", Date, true),
        column("value_as_number", Number, false),
        column("value_as_string", Text, false),
        column("value_as_concept_id", Whole, false),
        column("unit_concept_id", Whole, false),
        column("unit_source_value", Text, false),
        column("observation_source_value", Text, false),
        column("value_source_value", Text, false),
    ],
    order: Some("observation_date"),
};
/// `death`.
pub const DEATH: TableSpec = TableSpec {
    name: "death",
    columns: &[column("person_id", Whole, true), column("death_date", Date, true)],
    order: Some("death_date"),
};
/// `visit_occurrence`.
pub const VISIT: TableSpec = TableSpec {
    name: "visit_occurrence",
    columns: &[
        column("person_id", Whole, true),
        column("visit_concept_id", Whole, true),
        column("visit_start_date", Date, true),
        column("visit_end_date", Date, false),
    ],
    order: Some("visit_start_date"),
};
/// The tables by person, in the order in which they are read.
pub const BY_PERSON: [&TableSpec; 7] =
    [&PERSON, &DRUG_EXPOSURE, &CONDITION, &MEASUREMENT, &OBSERVATION, &DEATH, &VISIT];

/// Rows of whole persons, each table in the kernel's types and sorted by person and date.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    batches: [Option<RecordBatch>; 7],
    /// Rows that stood out of the order of persons.
    pub out_of_order: u64,
    /// Values that could not be read.
    pub unreadable: Unreadable,
}

impl Tables {
    /// Adds a table from batches as read. The batches must hold all rows of every person that is in any of them.
    ///
    /// # Errors
    /// A column is missing or of a wrong type, or a row has no person. `file` is what the error names.
    pub fn add(&mut self, spec: &TableSpec, batches: &[RecordBatch], file: &str) -> Result<(), ScreenError> {
        let Some(slot) = BY_PERSON.iter().position(|s| s.name == spec.name) else {
            return Err(ScreenError::new(
                file,
                format!("the table {} is not one by person", spec.name),
                "leave it out",
            ));
        };
        let mut all = Vec::with_capacity(batches.len());
        for b in batches {
            all.push(canonical(spec, b, file, &mut self.unreadable)?);
        }
        let (batch, moved) = sorted(spec, join(spec, &all, file)?, file)?;
        self.out_of_order += moved;
        self.batches[slot] = Some(batch);
        Ok(())
    }

    /// The rows of a table, where it was given.
    pub fn get(&self, spec: &TableSpec) -> Option<&RecordBatch> {
        self.batches[BY_PERSON.iter().position(|s| s.name == spec.name)?].as_ref()
    }
}
