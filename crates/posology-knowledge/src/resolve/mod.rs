//! From a case as recorded to a case in terms of the knowledge base.
mod combination;
mod condition;
mod dose;
mod drug;
mod exposure;
mod measure;

pub use drug::{DrugReader, RecognisedDrug, RecognisedIngredient};

use crate::base::KnowledgeBase;
use crate::resolved::{Origin, Person, ResolvedAllergy, ResolvedCase};
use crate::rrf::RxNormFiles;
use posology_model::{Case, NotAssessed, OrderAction};

/// What resolution may use besides the knowledge base.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResolveOptions<'a> {
    /// The user's own RxNorm files.
    pub rxnorm: Option<&'a RxNormFiles>,
}

/// Resolves a case. Never fails: what is not recognised is named in `not_assessed`.
pub fn resolve(case: &Case, kb: &KnowledgeBase, options: ResolveOptions<'_>) -> ResolvedCase {
    let mut out = ResolvedCase {
        id: case.patient.id.clone(),
        person: Person {
            birth_date: case.patient.birth_date,
            age_years: case.patient.age_years.filter(|a| a.is_finite() && (0.0..=130.0).contains(a)),
            sex: case.patient.sex,
            deceased: case.patient.deceased,
        },
        problems: case.problems.clone(),
        ..ResolvedCase::default()
    };
    measure::read_measures(case, kb, &mut out);
    condition::read_conditions(case, kb, &mut out);
    let reader = DrugReader::new(kb, options);
    let weight = measure::latest_weight(kb, &out);
    for entry in &case.medications {
        exposure::read_entry(entry, Origin::Record, &reader, weight, &mut out);
    }
    for order in &case.orders {
        let origin = match order.action {
            OrderAction::Start => Origin::ProposedStart,
            OrderAction::Stop => Origin::ProposedStop,
        };
        exposure::read_entry(&order.medication, origin, &reader, weight, &mut out);
    }
    for a in case.allergies.iter().filter(|a| !a.refuted) {
        read_allergy(a, &reader, &mut out);
    }
    for e in &case.encounters {
        if let Some(start) = e.start {
            out.encounters.push((start, e.end, e.class));
        }
    }
    out
}

fn read_allergy(a: &posology_model::AllergyEntry, reader: &DrugReader<'_>, out: &mut ResolvedCase) {
    match reader.find(&a.codings, a.text.as_deref(), &[]) {
        Some(drug) => out.allergies.extend(drug.ingredients.iter().map(|i| ResolvedAllergy {
            substance: i.substance,
            intolerance: a.intolerance,
            severe: a.severe,
            reaction: a.reaction.clone(),
            path: a.path.clone(),
        })),
        None => {
            let text = a
                .text
                .clone()
                .or_else(|| a.codings.iter().find_map(|c| c.display.clone()))
                .unwrap_or_default();
            // Most recorded allergies are to pollen, food or latex: said, once each, so that a drug allergy is never lost silently.
            out.not_assessed.push(NotAssessed {
                what: format!("allergy \"{text}\""),
                why: "it is no substance or class that the knowledge holds".into(),
                rules: Vec::new(),
            });
        }
    }
}
