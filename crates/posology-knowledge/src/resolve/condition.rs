//! Conditions, procedures and settings in terms of the knowledge.
use crate::base::{ConditionIx, KnowledgeBase};
use crate::resolved::{PresentCondition, ResolvedCase};
use posology_model::{Case, CodeSystem, Coding, ConditionStatus};

/// A condition from its codes, then from its texts.
pub(super) fn recognise(kb: &KnowledgeBase, codings: &[Coding], text: Option<&str>) -> Option<ConditionIx> {
    codings
        .iter()
        .find_map(|c| match c.system {
            CodeSystem::Snomed => kb.condition_by_snomed(&c.code),
            CodeSystem::Icd10 => kb.condition_by_icd10(&c.code),
            _ => None,
        })
        .or_else(|| {
            text.into_iter()
                .chain(codings.iter().filter_map(|c| c.display.as_deref()))
                .find_map(|t| kb.condition_by_text(t))
        })
}

/// Reads conditions and procedures. What no rule asks for is not told as missing: a record holds hundreds of such lines.
pub(super) fn read_conditions(case: &Case, kb: &KnowledgeBase, out: &mut ResolvedCase) {
    for c in &case.conditions {
        if matches!(c.status, ConditionStatus::Refuted | ConditionStatus::Unconfirmed) {
            continue;
        }
        if let Some(ix) = recognise(kb, &c.codings, c.text.as_deref()) {
            out.conditions.push(PresentCondition {
                condition: ix,
                path: c.path.clone(),
                onset: c.onset,
                abatement: c.abatement,
                active: c.status == ConditionStatus::Active && c.abatement.is_none(),
            });
        }
    }
    for p in case.procedures.iter().filter(|p| p.done) {
        if let Some(ix) = recognise(kb, &p.codings, p.text.as_deref()) {
            // A procedure is a state on its day only.
            out.conditions.push(PresentCondition {
                condition: ix,
                path: p.path.clone(),
                onset: p.date,
                abatement: p.date,
                active: false,
            });
        }
    }
    for e in &case.encounters {
        if let Some(ix) = recognise(kb, &e.codings, e.text.as_deref())
            && kb.condition_file(ix).context.is_some()
        {
            out.conditions.push(PresentCondition {
                condition: ix,
                path: e.path.clone(),
                onset: e.start,
                abatement: e.end,
                active: e.end.is_none(),
            });
        }
    }
}
