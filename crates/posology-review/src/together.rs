//! What a list of drugs without a patient can be asked: what they do together.
use crate::registry::rule;
use crate::rule::Family;
use posology_model::{NotAssessed, Review};

/// Whether a rule is about drugs being taken together: interactions, and what adds up to sedation.
pub fn about_being_together(rule_id: &str) -> bool {
    rule(rule_id).is_some_and(|r| matches!(r.family, Family::Interactions | Family::Sedation))
}

/// Keeps of a review what is about drugs being together, and says that nothing is known of the patient. Nothing interrupts: there is no order.
pub fn only_being_together(r: &mut Review) {
    r.findings.retain(|f| about_being_together(&f.rule));
    r.silenced.retain(|s| about_being_together(&s.rule));
    r.interruption = None;
    for f in &mut r.findings {
        f.interruptive = false;
    }
    r.not_assessed.push(NotAssessed {
        what: "the patient".into(),
        why: "age, weight, liver, kidney, conditions and everything else taken are not known here".into(),
        rules: Vec::new(),
    });
    r.benefits.clear();
    r.education.clear();
    r.follow_up.clear();
}
