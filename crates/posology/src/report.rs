//! What a review is written as: the review of the engine, and whose it is.
use posology_knowledge::ResolvedCase;
use posology_model::{Date, Finding, Review, Severity, Sex};
use schemars::JsonSchema;
use serde::Serialize;

/// Whose review it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PatientRef {
    /// Id in the record; absent where the input names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Date of birth as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub birth_date: Option<Date>,
    /// Age in years at the date of the review, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_years: Option<f64>,
    /// `female` or `male`, where recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub sex: Option<Sex>,
    /// The input that the record was read from.
    pub source: String,
}

/// The review of one patient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PatientReview {
    /// Whose it is.
    pub patient: PatientRef,
    /// The review.
    #[serde(flatten)]
    pub review: Review,
    /// With `--explain`: one per finding in the same order, the text that binds a suppression to drugs and doses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<String>,
    /// Orders given on the command line or in a list that name no drug that the knowledge holds: they were not reviewed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders_not_recognised: Vec<String>,
}

/// What `posology review --format json` writes: one object for one patient, an array for several.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "Posology review")]
pub enum Output<'r> {
    /// One patient.
    One(&'r PatientReview),
    /// Several patients, in the order of the input.
    Several(&'r [PatientReview]),
}

impl PatientRef {
    /// From a resolved case at a date.
    pub fn new(case: &ResolvedCase, as_of: Date, source: &str) -> Self {
        let whole = |a: f64| (a * 100.0).round() / 100.0;
        Self {
            id: case.id.clone(),
            birth_date: case.person.birth_date,
            age_years: case.age_at(as_of).map(whole),
            sex: case.person.sex,
            source: source.to_owned(),
        }
    }

    /// One line for people: who it is, as far as the record says.
    pub fn words(&self) -> String {
        let id =
            self.id.as_deref().map_or_else(|| "Patient without an id".to_owned(), |i| format!("Patient {i}"));
        let sex = match self.sex {
            Some(Sex::Female) => "female",
            Some(Sex::Male) => "male",
            None => "sex not recorded",
        };
        let age = match self.age_years {
            Some(a) if a < 2.0 => format!("{:.0} months", (a * 12.0).floor()),
            Some(a) => format!("{:.0} years", a.floor()),
            None => "age not recorded".to_owned(),
        };
        format!("{id}, {sex}, {age}")
    }
}

/// Findings by severity, gravest first.
pub fn counts<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> [(Severity, usize); 4] {
    let mut out = [Severity::Critical, Severity::Serious, Severity::Caution, Severity::Note].map(|s| (s, 0));
    for f in findings {
        if let Some(c) = out.iter_mut().find(|c| c.0 == f.severity) {
            c.1 += 1;
        }
    }
    out
}
