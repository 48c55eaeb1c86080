//! What a record says of the patient, in the terms of the guidance.
use posology_knowledge::schema::Covariate;
use posology_knowledge::{ConditionIx, KnowledgeBase, SubstanceIx};
use posology_model::{Date, Sex};
use posology_review::{Context, dependence_outlook};
use serde::{Deserialize, Serialize};

/// Another drug of the patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherDrug {
    /// Substance id.
    pub substance: String,
    /// First day, where it is after the date of the plan.
    #[serde(default)]
    pub starts: Option<Date>,
    /// Last day, where known.
    #[serde(default)]
    pub ends: Option<Date>,
}

/// What is known of the patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PatientFacts {
    /// Age, years.
    #[serde(default)]
    pub age: Option<f64>,
    /// Sex.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// Weight, kg.
    #[serde(default)]
    pub weight_kg: Option<f64>,
    /// Drinks a day, as recorded.
    #[serde(default)]
    pub drinks_per_day: Option<f64>,
    /// Conditions present, broader ones included.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// What the tapered drug is taken for, broader conditions included; empty where not recorded.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Other drugs.
    #[serde(default)]
    pub others: Vec<OtherDrug>,
    /// First day of the present episode of use.
    #[serde(default)]
    pub since: Option<Date>,
    /// Days a week with a dose.
    #[serde(default)]
    pub days_per_week: Option<f64>,
}

impl PatientFacts {
    /// Reads them for a drug from a case at the date of the context.
    pub fn of(ctx: &Context<'_>, drug: SubstanceIx) -> Self {
        let kb = ctx.kb;
        let id = |c: usize| kb.condition_file(ConditionIx(c as u16)).id.clone();
        let taken = ctx.taken_now(drug);
        let mut reasons: Vec<String> = taken
            .into_iter()
            .flat_map(|t| t.parts.iter().flat_map(|p| p.reasons.iter()))
            .flat_map(|r| kb.condition_and_broader(*r).iter())
            .map(id)
            .collect();
        reasons.sort();
        reasons.dedup();
        let day = ctx.day();
        let mut others: Vec<OtherDrug> = ctx
            .case
            .exposures
            .iter()
            .filter(|e| e.substance != drug)
            .filter(|e| posology_review::is_current(e, day) || e.start.is_some_and(|s| s > day))
            .map(|e| OtherDrug {
                substance: kb.substance(e.substance).id.clone(),
                starts: e.start.filter(|s| *s > day),
                ends: e.end.filter(|x| *x >= day),
            })
            .collect();
        others.sort_by(|a, b| (&a.substance, a.starts, a.ends).cmp(&(&b.substance, b.starts, b.ends)));
        others.dedup();
        let outlook = dependence_outlook(ctx);
        let (since, days_per_week) = match outlook {
            Some(o) if o.substances.contains(&drug) => (Some(o.since), Some(o.days_per_week)),
            _ => (taken.and_then(posology_review::Taken::since), None),
        };
        Self {
            age: ctx.age,
            sex: ctx.sex,
            weight_kg: ctx.weight_kg,
            drinks_per_day: ctx.drinks_per_day,
            conditions: ctx.present.iter().map(id).collect(),
            reasons,
            others,
            since,
            days_per_week,
        }
    }

    /// Whether a condition is present.
    pub fn has(&self, condition: &str) -> bool {
        self.conditions.iter().any(|c| c == condition)
    }

    /// For a simulation.
    pub(crate) fn person(&self) -> posology_review::bridge::simulation::Person {
        let mut present = std::collections::BTreeSet::new();
        if self.has("severe-hepatic-impairment") {
            present.insert(Covariate::Cirrhosis);
        }
        posology_review::bridge::simulation::Person {
            age: self.age,
            female: self.sex.map(|s| s == Sex::Female),
            weight_kg: self.weight_kg,
            present,
        }
    }

    /// Whether another drug belongs to a class.
    pub(crate) fn takes_class(&self, kb: &KnowledgeBase, class: &str) -> bool {
        let Some(c) = kb.class(class) else { return false };
        self.others.iter().filter_map(|o| kb.find(&o.substance)).any(|ix| kb.in_class(ix, c))
    }
}
