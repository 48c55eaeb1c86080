//! The kernel: whole persons in, rows of answers out.
mod answer;
mod rows;

use crate::days::{date_of, day_of};
use crate::eras::{EraOptions, Factors, RawSupply, Supply, lay_out, repair};
use crate::error::ScreenError;
use crate::omop::{
    CONDITION, Concepts, DEATH, DRUG_EXPOSURE, DrugCache, DrugKey, Finder, MEASUREMENT, OBSERVATION, PERSON,
    Tables, VISIT,
};
use crate::omop::{condition_date, observations, person_of, text, whole};
use crate::output::{Batches, Builder, PersonId};
use crate::summary::{Repair, Summary};
use crate::table::{date_column, whole_column};
use arrow::array::{Array, RecordBatch};
use jiff::civil::Date;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, Person, PresentCondition, ResolveOptions, ResolvedCase, resolve};
use posology_model::{Case, EncounterClass, EntryKind, NotAssessed};
use rows::{DrugRows, expose};
use std::collections::HashMap;

/// At which dates a person is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At one date, with what was known by then.
    AsOf(Date),
    /// At every start, end and change of a drug up to a date.
    EachChange(Date),
    /// At the first date, at every change, and at the second.
    Window(Date, Date),
}

impl Mode {
    /// Last date that is looked at.
    pub const fn until(self) -> Date {
        match self {
            Self::AsOf(d) | Self::EachChange(d) | Self::Window(_, d) => d,
        }
    }
}

/// How to screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Dates.
    pub mode: Mode,
    /// Whose labels and guidelines hold.
    pub jurisdiction: Jurisdiction,
    /// Supplies over time.
    pub eras: EraOptions,
    /// Give rows of what was not assessed.
    pub gaps: bool,
}

impl Options {
    /// One date, United States, supplies cut where they overlap.
    pub fn at(date: Date) -> Self {
        Self {
            mode: Mode::AsOf(date),
            jurisdiction: Jurisdiction::Us,
            eras: EraOptions::default(),
            gaps: true,
        }
    }
}

/// What one thread has met so far. It makes nothing different, only faster.
#[derive(Debug, Default)]
pub struct Worker {
    drugs: DrugCache,
    conditions: HashMap<(i64, u64), Vec<PresentCondition>>,
    measures: HashMap<(i64, u64), bool>,
}

/// The kernel. Shared by all threads; each has a [`Worker`] of its own.
#[derive(Debug)]
pub struct Screener<'k> {
    kb: &'k KnowledgeBase,
    concepts: Concepts,
    factors: Factors,
    /// Groups of the report by substance, one bit each.
    groups: Vec<u8>,
    options: Options,
}

/// Classes whose prevalence the report shows.
pub const GROUPS: [&str; 7] = [
    "benzodiazepine",
    "opioid",
    "z-drug",
    "gabapentinoid",
    "antidepressant",
    "antipsychotic",
    "antiepileptic",
];

impl<'k> Screener<'k> {
    /// A kernel over a knowledge base.
    pub fn new(kb: &'k KnowledgeBase, concepts: Concepts, options: Options) -> Self {
        let groups = kb
            .substances()
            .map(|(ix, _)| {
                GROUPS.iter().enumerate().fold(0, |m, (i, id)| {
                    m | (u8::from(kb.class(id).is_some_and(|c| kb.in_class(ix, c))) << i)
                })
            })
            .collect();
        Self { kb, concepts, factors: Factors::new(kb), groups, options }
    }

    /// The options.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Screens whole persons. The answer does not depend on what the worker has met before.
    ///
    /// # Errors
    /// None today: what cannot be read is a counted repair. The type leaves room for limits.
    pub fn screen(&self, worker: &mut Worker, tables: &Tables) -> Result<Batches, ScreenError> {
        let empty = RecordBatch::new_empty(std::sync::Arc::new(arrow::datatypes::Schema::empty()));
        let of = |spec| tables.get(spec).unwrap_or(&empty);
        let [mut who, mut drugs, mut conditions, mut measured, mut observed, mut deaths, mut visits] =
            [&PERSON, &DRUG_EXPOSURE, &CONDITION, &MEASUREMENT, &OBSERVATION, &DEATH, &VISIT]
                .map(|s| Finder::new(of(s)));
        let mut out = Builder::new(false);
        let mut sum = Summary::default();
        sum.repairs.add(Repair::OutOfOrder, tables.out_of_order);
        sum.repairs.add(Repair::Zoned, tables.unreadable.zoned);
        for (c, n, first) in &tables.unreadable.columns {
            sum.repairs.add(Repair::Unreadable, *n);
            sum.unreadable.insert(c.clone(), first.clone());
        }
        let mut supplies: Vec<Supply> = Vec::new();
        let has_persons = tables.get(&PERSON).is_some();
        let row = DrugRows::new(drugs.batch);
        loop {
            let next = [&who, &drugs, &conditions, &measured, &observed, &deaths, &visits]
                .iter()
                .filter_map(|f| f.peek())
                .min();
            let Some(person) = next else { break };
            let who_rows = who.take(person);
            let drug_rows = drugs.take(person);
            if who_rows.len() > 1 {
                sum.repairs.add(Repair::SeveralPersonRows, who_rows.len() as u64 - 1);
            }
            let known = if who_rows.is_empty() {
                if has_persons {
                    sum.repairs.count(Repair::NoPersonRow);
                }
                row.who(drug_rows.clone())
            } else {
                person_of(who.batch, who_rows.start, &mut sum.repairs)
            };
            let mut case = Case::default();
            for (f, prefix) in [(&mut measured, "measurement"), (&mut observed, "observation")] {
                let rows = f.take(person);
                observations(
                    &mut worker.measures,
                    f.batch,
                    prefix,
                    rows,
                    &self.concepts,
                    self.kb,
                    &mut case.observations,
                );
            }
            let mut resolved = if case.observations.is_empty() {
                ResolvedCase::default()
            } else {
                resolve(&case, self.kb, ResolveOptions::default())
            };
            let death = deaths.take(person);
            let died = date_column(deaths.batch, "death_date");
            resolved.person = Person {
                birth_date: known.birth,
                sex: known.sex,
                deceased: death.clone().next().filter(|i| !died.is_null(*i)).map(|i| date_of(died.value(i))),
                age_years: None,
            };
            for i in conditions.take(person) {
                condition_date(
                    &mut worker.conditions,
                    conditions.batch,
                    i,
                    &self.concepts,
                    self.kb,
                    &mut resolved.conditions,
                );
            }
            self.encounters(visits.batch, visits.take(person), &mut resolved);
            supplies.clear();
            for i in drug_rows {
                self.supply(worker, &row, i, &mut supplies, &mut resolved, &mut sum);
            }
            lay_out(&mut supplies, &self.options.eras, &mut sum.repairs);
            for s in &supplies {
                let t = &worker.drugs.templates[s.product as usize];
                expose(t, s, &mut resolved);
            }
            self.person(PersonId::Number(person), &resolved, &mut out, &mut sum);
        }
        Ok(out.finish(sum))
    }

    /// Screens cases as read from FHIR, one row set a case, in their order.
    pub fn screen_cases<'c>(&self, cases: impl IntoIterator<Item = &'c Case>) -> Batches {
        let mut out = Builder::new(true);
        let mut sum = Summary::default();
        for c in cases {
            let resolved = resolve(c, self.kb, ResolveOptions::default());
            sum.rows += resolved.entries as u64;
            sum.rows_resolved += resolved.entries_resolved as u64;
            let until = self.options.mode.until();
            let later = resolved.exposures.iter().filter(|e| e.start.is_some_and(|s| s > until)).count();
            sum.repairs.add(Repair::AfterDate, later as u64);
            let id = resolved.id.clone().unwrap_or_default();
            self.person(PersonId::Text(&id), &resolved, &mut out, &mut sum);
        }
        out.finish(sum)
    }

    fn encounters(&self, b: &RecordBatch, rows: std::ops::Range<usize>, out: &mut ResolvedCase) {
        let (start, end) = (date_column(b, "visit_start_date"), date_column(b, "visit_end_date"));
        let concept = whole_column(b, "visit_concept_id");
        for i in rows.filter(|i| !start.is_null(*i)) {
            let class = match whole(concept, i) {
                9201 | 262 => EncounterClass::Inpatient,
                9203 => EncounterClass::Emergency,
                9202 => EncounterClass::Ambulatory,
                581_476 => EncounterClass::Home,
                5083 => EncounterClass::Virtual,
                _ => EncounterClass::Other,
            };
            let last = (!end.is_null(i)).then(|| date_of(end.value(i)));
            out.encounters.push((date_of(start.value(i)), last, class));
        }
    }

    /// One drug row as a supply.
    fn supply(
        &self,
        worker: &mut Worker,
        r: &DrugRows<'_>,
        i: usize,
        out: &mut Vec<Supply>,
        case: &mut ResolvedCase,
        sum: &mut Summary,
    ) {
        sum.rows += 1;
        case.entries += 1;
        let concept = whole(r.concept, i);
        let kind = r.kind(i, &self.concepts);
        let source = [text(r.source, i), text(r.code, i), text(r.name, i)];
        let key = DrugKey { concept, kind, route: whole(r.route, i), sig: text(r.sig, i), source };
        let product = worker.drugs.get(key, &self.concepts, self.kb);
        let t = &worker.drugs.templates[product as usize];
        if concept == 0 {
            sum.repairs.count(Repair::NoConcept);
        } else if !t.known_concept {
            sum.repairs.count(Repair::UnknownConcept);
        }
        if t.resolved {
            sum.rows_resolved += 1;
            case.entries_resolved += 1;
        } else {
            sum.repairs.count(Repair::NotRecognised);
            Summary::tick(&mut sum.unknown_drugs, &t.label);
        }
        let raw = RawSupply {
            start: if r.start.is_null(i) { i32::MIN } else { r.start.value(i) },
            end: (!r.end.is_null(i)).then(|| r.end.value(i)),
            days: (!r.days.is_null(i)).then(|| r.days.value(i)),
            quantity: (!r.quantity.is_null(i)).then(|| r.quantity.value(i)),
            administered: kind.kind() == EntryKind::Administration,
        };
        if crate::days::plausible(raw.start) && raw.start > day_of(self.options.mode.until()) {
            sum.repairs.count(Repair::AfterDate);
            return;
        }
        if let Some(s) = repair(raw, &self.options.eras, &mut sum.repairs) {
            let row = whole(r.id, i);
            out.push(Supply {
                product,
                provider: whole(r.provider, i),
                row: if row == 0 { i as i64 + 1 } else { row },
                ..s
            });
        } else {
            case.not_assessed.push(NotAssessed {
                what: t.label.clone(),
                why: "the row has no start date that can be used, so that it lies in no period".into(),
                rules: Vec::new(),
            });
        }
    }
}
