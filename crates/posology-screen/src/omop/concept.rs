//! The `concept` table, held compactly: of a full vocabulary only what records refer to.
use crate::error::ScreenError;
use crate::table::{Column, Kind, TableSpec, Unreadable, canonical, text_column, whole_column};
use arrow::array::{Array, RecordBatch};
use posology_model::{CodeSystem, Coding};

/// `concept`.
pub const CONCEPT: TableSpec = TableSpec {
    name: "concept",
    columns: &[
        Column { name: "concept_id", kind: Kind::Whole, required: true },
        Column { name: "concept_name", kind: Kind::Text, required: true },
        Column { name: "vocabulary_id", kind: Kind::Text, required: true },
        Column { name: "concept_code", kind: Kind::Text, required: true },
        Column { name: "domain_id", kind: Kind::Text, required: false },
    ],
    order: None,
};

/// One concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConceptRow<'c> {
    /// Vocabulary as named in the table.
    pub vocabulary: &'c str,
    /// Code in it.
    pub code: &'c str,
    /// Name.
    pub name: &'c str,
}

impl ConceptRow<'_> {
    /// As a coding of a record.
    pub fn coding(&self) -> Coding {
        let system = match self.vocabulary {
            "RxNorm" => CodeSystem::RxNorm,
            "SNOMED" => CodeSystem::Snomed,
            "LOINC" => CodeSystem::Loinc,
            "ICD10" | "ICD10CM" | "ICD10GM" | "ICD10CN" => CodeSystem::Icd10,
            "ICD9CM" => CodeSystem::Icd9,
            "ATC" => CodeSystem::Atc,
            "NDC" => CodeSystem::Ndc,
            "dm+d" => CodeSystem::Dmd,
            "CVX" => CodeSystem::Cvx,
            _ => CodeSystem::Other,
        };
        Coding { system, code: self.code.to_owned(), display: Some(self.name.to_owned()) }
    }
}

/// Concepts by id.
#[derive(Debug, Clone, Default)]
pub struct Concepts {
    /// Id, and where its text begins; sorted by id.
    rows: Vec<(i64, u32)>,
    /// `vocabulary \t code \t name \n`.
    text: String,
}

impl Concepts {
    /// Adds rows of the table.
    ///
    /// # Errors
    /// A column is missing or of a wrong type; more text than 4 GiB.
    pub fn add(&mut self, batch: &RecordBatch, file: &str) -> Result<(), ScreenError> {
        let b = canonical(&CONCEPT, batch, file, &mut Unreadable::default())?;
        let id = whole_column(&b, "concept_id");
        let columns = ["vocabulary_id", "concept_code", "concept_name"].map(|c| text_column(&b, c));
        let domain = text_column(&b, "domain_id");
        for i in 0..b.num_rows() {
            let wanted = domain.is_null(i)
                || matches!(
                    domain.value(i),
                    "Drug"
                        | "Condition"
                        | "Measurement"
                        | "Observation"
                        | "Unit"
                        | "Meas Value"
                        | "Procedure"
                        | "Route"
                        | "Type Concept"
                        | "Visit"
                );
            if !wanted || id.is_null(i) {
                continue;
            }
            let Ok(at) = u32::try_from(self.text.len()) else {
                return Err(ScreenError::new(
                    file,
                    "the concept table holds more than 4 GiB of text",
                    "leave out vocabularies that no table refers to",
                ));
            };
            for (k, c) in columns.iter().enumerate() {
                let text = if c.is_null(i) { "" } else { c.value(i) };
                self.text.extend(text.chars().map(|x| if x == '\t' || x == '\n' { ' ' } else { x }));
                self.text.push(if k == 2 { '\n' } else { '\t' });
            }
            self.rows.push((id.value(i), at));
        }
        Ok(())
    }

    /// To be called once after the last [`Concepts::add`].
    pub fn settle(&mut self) {
        self.rows.sort_by_key(|r| r.0);
        self.rows.dedup_by_key(|r| r.0);
        self.rows.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    /// Number of concepts.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All concepts, by id.
    pub fn all(&self) -> impl Iterator<Item = (i64, ConceptRow<'_>)> {
        self.rows.iter().filter_map(|r| Some((r.0, self.get(r.0)?)))
    }

    /// A concept by id.
    pub fn get(&self, id: i64) -> Option<ConceptRow<'_>> {
        let i = self.rows.binary_search_by_key(&id, |r| r.0).ok()?;
        let line = self.text.get(self.rows[i].1 as usize..)?.split('\n').next()?;
        let mut cells = line.split('\t');
        Some(ConceptRow { vocabulary: cells.next()?, code: cells.next()?, name: cells.next()? })
    }
}
