//! Rows of one person as parts of a record: demography, conditions, observations.
use super::Concepts;
use super::drug::numeric;
use crate::summary::{Repair, Repairs};
use crate::table::{date_column, number_column, text_column, whole_column};
use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::Date;
use posology_knowledge::{KnowledgeBase, PresentCondition, ResolveOptions, resolve};
use posology_model::{Case, CodeSystem, Coding, ConditionEntry, ObservationEntry, ObservationValue, Sex};
use std::collections::HashMap;
use std::ops::Range;

/// Finds the rows of one person in a table sorted by person; persons are asked for in ascending order.
#[derive(Debug)]
pub(crate) struct Finder<'b> {
    pub batch: &'b RecordBatch,
    pub person: &'b Int64Array,
    at: usize,
}

impl<'b> Finder<'b> {
    pub(crate) fn new(batch: &'b RecordBatch) -> Self {
        Self { batch, person: whole_column(batch, "person_id"), at: 0 }
    }

    /// The next person of the table.
    pub(crate) fn peek(&self) -> Option<i64> {
        (self.at < self.person.len()).then(|| self.person.value(self.at))
    }

    /// Rows of a person, which must be the next one or one before it.
    pub(crate) fn take(&mut self, person: i64) -> Range<usize> {
        let from = self.at;
        while self.at < self.person.len() && self.person.value(self.at) == person {
            self.at += 1;
        }
        from..self.at
    }
}

pub(crate) fn text(c: &StringArray, i: usize) -> &str {
    if i >= c.len() || c.is_null(i) { "" } else { c.value(i) }
}

pub(crate) fn whole(c: &Int64Array, i: usize) -> i64 {
    if i >= c.len() || c.is_null(i) { 0 } else { c.value(i) }
}

/// What is known of a person.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Who {
    pub birth: Option<Date>,
    pub sex: Option<Sex>,
}

pub(crate) fn sex_of(word: &str) -> Option<Sex> {
    match word.trim().to_ascii_lowercase().as_str() {
        "m" | "male" | "man" => Some(Sex::Male),
        "f" | "female" | "w" | "woman" => Some(Sex::Female),
        _ => None,
    }
}

pub(crate) fn person_of(b: &RecordBatch, i: usize, repairs: &mut Repairs) -> Who {
    let get = |n: &str| whole(whole_column(b, n), i);
    let sex = match get("gender_concept_id") {
        8507 => Some(Sex::Male),
        8532 => Some(Sex::Female),
        _ => sex_of(text(text_column(b, "gender_source_value"), i)),
    };
    let year = get("year_of_birth");
    let birth = if year == 0 {
        None
    } else if (1800..2300).contains(&year) {
        // Where only the year is recorded, its first day: the age is never understated.
        let month = get("month_of_birth").clamp(1, 12);
        let day = get("day_of_birth").clamp(1, 31);
        Date::new(year as i16, month as i8, day as i8)
            .or_else(|_| Date::new(year as i16, month as i8, 1))
            .ok()
    } else {
        repairs.count(Repair::BirthImplausible);
        None
    };
    Who { birth, sex }
}

/// Conditions met so far, each concept recognised once by the resolution of every other record.
pub(crate) fn condition_date(
    cache: &mut HashMap<(i64, u64), Vec<PresentCondition>>,
    b: &RecordBatch,
    i: usize,
    concepts: &Concepts,
    kb: &KnowledgeBase,
    out: &mut Vec<PresentCondition>,
) {
    let id = whole(whole_column(b, "condition_concept_id"), i);
    let source = text(text_column(b, "condition_source_value"), i);
    // The source value matters only where the concept says nothing.
    let key = (id, if concepts.get(id).is_some() { 0 } else { hash(source) });
    let found = cache.entry(key).or_insert_with(|| {
        let codings = match concepts.get(id) {
            Some(c) => vec![c.coding()],
            None => match numeric(source) {
                Some(n) => vec![Coding { system: CodeSystem::Snomed, code: n.to_owned(), display: None }],
                None => vec![Coding { system: CodeSystem::Icd10, code: source.to_owned(), display: None }],
            },
        };
        let case = Case {
            conditions: vec![ConditionEntry {
                path: format!("condition_occurrence, concept {id}"),
                codings,
                text: None,
                ..ConditionEntry::default()
            }],
            ..Case::default()
        };
        resolve(&case, kb, ResolveOptions::default()).conditions
    });
    if found.is_empty() {
        return;
    }
    let date = |n: &str| {
        let c = date_column(b, n);
        (i < c.len() && !c.is_null(i)).then(|| crate::days::date_of(c.value(i)))
    };
    let (onset, abatement) = (date("condition_start_date"), date("condition_end_date"));
    for c in found.iter() {
        out.push(PresentCondition { onset, abatement, active: abatement.is_none(), ..c.clone() });
    }
}

fn hash(text: &str) -> u64 {
    // FNV-1a: the same on every machine.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Adds a measurement or observation to a case where the knowledge has a measure for it.
pub(crate) fn observations(
    cache: &mut HashMap<(i64, u64), bool>,
    b: &RecordBatch,
    prefix: &str,
    rows: Range<usize>,
    concepts: &Concepts,
    kb: &KnowledgeBase,
    out: &mut Vec<ObservationEntry>,
) {
    if rows.is_empty() {
        return;
    }
    let ids = whole_column(
        b,
        if prefix == "measurement" { "measurement_concept_id" } else { "observation_concept_id" },
    );
    let sources = text_column(
        b,
        if prefix == "measurement" { "measurement_source_value" } else { "observation_source_value" },
    );
    for i in rows {
        let id = whole(ids, i);
        let source = text(sources, i);
        let known = concepts.get(id);
        let key = (id, if known.is_some() { 0 } else { hash(source) });
        let codings = || match known {
            Some(c) => vec![c.coding()],
            None => vec![Coding {
                system: if source.contains('-') { CodeSystem::Loinc } else { CodeSystem::Snomed },
                code: source.to_owned(),
                display: None,
            }],
        };
        let wanted = *cache.entry(key).or_insert_with(|| {
            let probe = |value| {
                let case = Case {
                    observations: vec![ObservationEntry {
                        path: String::new(),
                        codings: codings(),
                        text: None,
                        value,
                        date: None,
                    }],
                    ..Case::default()
                };
                let r = resolve(&case, kb, ResolveOptions::default());
                !(r.values.is_empty()
                    && r.answers.is_empty()
                    && r.problems.is_empty()
                    && r.conditions.is_empty())
            };
            probe(ObservationValue::Quantity { value: 1.0, unit: None })
                || probe(ObservationValue::Text("yes".into()))
        });
        if !wanted {
            continue;
        }
        let number = number_column(b, "value_as_number");
        let coded = whole(whole_column(b, "value_as_concept_id"), i);
        let string = text(text_column(b, "value_as_string"), i);
        let verbatim = text(text_column(b, "value_source_value"), i);
        let value = if i < number.len() && !number.is_null(i) {
            let unit = concepts
                .get(whole(whole_column(b, "unit_concept_id"), i))
                .map(|c| c.code)
                .or_else(|| Some(text(text_column(b, "unit_source_value"), i)).filter(|u| !u.is_empty()));
            ObservationValue::Quantity { value: number.value(i), unit: unit.map(str::to_owned) }
        } else if let Some(c) = concepts.get(coded) {
            ObservationValue::Coded { codings: vec![c.coding()], text: None }
        } else if !string.is_empty() || !verbatim.is_empty() {
            ObservationValue::Text(if string.is_empty() { verbatim } else { string }.to_owned())
        } else {
            continue;
        };
        let dates =
            date_column(b, if prefix == "measurement" { "measurement_date" } else { "observation_date" });
        let date = (i < dates.len() && !dates.is_null(i)).then(|| crate::days::date_of(dates.value(i)));
        out.push(ObservationEntry {
            path: format!("{prefix} of {}", date.unwrap_or_default()),
            codings: codings(),
            text: None,
            value,
            date,
        });
    }
}
