//! Quality measures over FHIR records, each by the logic of its published definition. What each does, and where a built-in list stands in
//! for a value set, is in `docs/measures.md`.
//!
//! A measure counts; it is no advice. Harms of stopping are shown beside those that fewer prescriptions would improve.
mod benzodiazepine;
mod cms156;
mod cms506;
mod pdc;
mod record;
mod report;
mod value_sets;

pub use record::{Record, read_records};
pub use report::{fhir, json};
pub use value_sets::{SetSource, ValueSets};

use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// A measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Safe Use of Opioids, Concurrent Prescribing (inpatient, by encounter).
    Cms506,
    /// Use of High-Risk Medications in Older Adults.
    Cms156,
    /// A benzodiazepine for more than four weeks without a longer pause.
    BenzodiazepineOver4Weeks,
    /// Proportion of Days Covered: diabetes drugs, renin-angiotensin antagonists, statins.
    Pdc,
}

impl Measure {
    /// Permanent word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cms506 => "cms506",
            Self::Cms156 => "cms156",
            Self::BenzodiazepineOver4Weeks => "benzodiazepine-over-4-weeks",
            Self::Pdc => "pdc",
        }
    }

    /// Title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cms506 => "Safe Use of Opioids - Concurrent Prescribing",
            Self::Cms156 => "Use of High-Risk Medications in Older Adults",
            Self::BenzodiazepineOver4Weeks => "Benzodiazepine for more than four weeks",
            Self::Pdc => "Proportion of Days Covered",
        }
    }

    /// Which definition the logic follows.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Cms506 => {
                "logic of the CMS506 eCQM for 2025 (CQL SafeUseofOpioidsConcurrentPrescribingFHIR 0.2.000)"
            }
            Self::Cms156 => {
                "logic of the CMS156 eCQM for 2025 (CQL UseofHighRiskMedicationsintheElderlyFHIR 0.2.001)"
            }
            Self::BenzodiazepineOver4Weeks => {
                "definition of this project: an episode of more than 28 days, gaps of up to 15 days bridged; labels and guidelines advise two to four weeks"
            }
            Self::Pdc => {
                "Pharmacy Quality Alliance, Proportion of Days Covered: threshold 80 %, early refills of the same drug carried forward"
            }
        }
    }

    /// What stopping for the sake of the number would do; `None` where nothing is to be stopped.
    pub const fn harm(self) -> Option<&'static str> {
        match self {
            Self::Cms506 | Self::BenzodiazepineOver4Weeks | Self::Cms156 => Some(
                "This number is no reason to stop or to taper in a person. Stopping a benzodiazepine abruptly can cause seizures, delirium and death; stopping or fast tapering of a long-term \
opioid is followed by withdrawal, mental crisis, overdose and suicide more often than continuing. Whether to reduce, and how slowly, is a decision with the patient; \
`posology taper` plans it from tablets that exist.",
            ),
            Self::Pdc => None,
        }
    }
}

/// Days of the measurement period, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

impl Period {
    /// A calendar year, or `FROM/TO`.
    ///
    /// # Errors
    /// A sentence that names the forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad =
            || format!("\"{text}\" is no period; write a year (2026) or two dates (2026-01-01/2026-12-31)");
        if let Some((a, b)) = text.split_once('/') {
            let (start, end): (Date, Date) = (a.parse().map_err(|_| bad())?, b.parse().map_err(|_| bad())?);
            return if start <= end { Ok(Self { start, end }) } else { Err(bad()) };
        }
        let year: i16 = text.parse().map_err(|_| bad())?;
        let day = |m, d| Date::new(year, m, d).map_err(|_| bad());
        if !(1800..2300).contains(&year) {
            return Err(bad());
        }
        Ok(Self { start: day(1, 1)?, end: day(12, 31)? })
    }

    /// Whether a day lies in it.
    pub fn has(&self, d: Date) -> bool {
        self.start <= d && d <= self.end
    }
}

/// Counts of one population set: persons, or encounters where the measure counts encounters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Populations {
    /// Initial population.
    pub initial_population: u64,
    /// Denominator.
    pub denominator: u64,
    /// Denominator exclusion.
    pub denominator_exclusion: u64,
    /// Numerator, as the logic says it; a score leaves the excluded out.
    pub numerator: u64,
    /// Numerator without the excluded.
    pub numerator_counted: u64,
}

impl Populations {
    fn add(&mut self, o: &Self) {
        self.initial_population += o.initial_population;
        self.denominator += o.denominator;
        self.denominator_exclusion += o.denominator_exclusion;
        self.numerator += o.numerator;
        self.numerator_counted += o.numerator_counted;
    }

    /// One person or encounter.
    pub(crate) fn one(initial: bool, excluded: bool, numerator: bool) -> Self {
        let n = |b: bool| u64::from(b);
        Self {
            initial_population: n(initial),
            denominator: n(initial),
            denominator_exclusion: n(initial && excluded),
            numerator: n(initial && numerator),
            numerator_counted: n(initial && numerator && !excluded),
        }
    }

    /// Share of the numerator, from 0 to 1; `None` where nobody is in the denominator.
    pub fn score(&self) -> Option<f64> {
        let of = self.denominator - self.denominator_exclusion;
        (of > 0).then(|| self.numerator_counted as f64 / of as f64)
    }
}

/// One patient's membership.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Member {
    /// Id of the patient.
    pub patient: String,
    /// By group.
    pub groups: BTreeMap<String, Populations>,
    /// Reasons of exclusions and of the numerator, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Figures (share of days covered, days of an episode).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, f64>,
}

impl Member {
    fn set(&mut self, group: &str, p: Populations) {
        self.groups.entry(group.to_owned()).or_default().add(&p);
    }

    fn why(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.because.contains(&text) {
            self.because.push(text);
        }
    }
}

/// What a measure came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outcome {
    /// Permanent word of the measure.
    pub measure: &'static str,
    /// Title.
    pub title: &'static str,
    /// Definition that the logic follows.
    pub definition: &'static str,
    /// Counted: `patient` or `encounter`.
    pub basis: &'static str,
    /// Period.
    pub period: Period,
    /// Harm of stopping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harm_of_stopping: Option<&'static str>,
    /// Version of the knowledge behind built-in lists.
    pub knowledge_version: String,
    /// Where each value set came from.
    pub value_sets: Vec<SetSource>,
    /// Totals by group.
    pub groups: BTreeMap<String, Populations>,
    /// Patients, in the order of the input.
    pub patients: Vec<Member>,
}

/// Counts a measure over records.
pub fn measure(which: Measure, records: &[Record], period: Period, sets: &mut ValueSets<'_>) -> Outcome {
    let mut patients = Vec::with_capacity(records.len());
    for r in records {
        let mut m = Member { patient: r.id.clone(), ..Member::default() };
        match which {
            Measure::Cms506 => cms506::count(r, period, sets, &mut m),
            Measure::Cms156 => cms156::count(r, period, sets, &mut m),
            Measure::BenzodiazepineOver4Weeks => benzodiazepine::count(r, period, sets, &mut m),
            Measure::Pdc => pdc::count(r, period, sets, &mut m),
        }
        patients.push(m);
    }
    let mut groups: BTreeMap<String, Populations> = BTreeMap::new();
    for (g, p) in patients.iter().flat_map(|m| &m.groups) {
        groups.entry(g.clone()).or_default().add(p);
    }
    Outcome {
        measure: which.id(),
        title: which.title(),
        definition: which.definition(),
        basis: if which == Measure::Cms506 { "encounter" } else { "patient" },
        period,
        harm_of_stopping: which.harm(),
        knowledge_version: sets.kb().version().to_owned(),
        value_sets: sets.used(),
        groups,
        patients,
    }
}
