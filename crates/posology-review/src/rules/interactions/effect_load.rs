#![doc = include_str!("effect_load.md")]
use super::additive::{members, words};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, list, num};
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity};

/// What differs between effects: threshold, risk conditions, words.
struct Load {
    kind: EffectKind,
    /// Sum of grades from which it is told.
    from: u32,
    /// Fewest drugs.
    drugs: usize,
    /// Conditions that make one drug enough and raise the severity.
    risks: &'static [&'static str],
    noun: &'static str,
    why: &'static str,
    action: &'static str,
}

macro_rules! load_rule {
    ($(#[$m:meta])* $name:ident, $id:literal, $summary:literal, $load:ident = $l:expr) => {
        const $load: Load = $l;
        $(#[$m])*
        pub static $name: Rule = Rule {
            id: $id,
            summary: $summary,
            family: Family::Interactions,
            status: RuleStatus::Stable,
            applies: |c| c.after.iter().any(|t| c.kb.has_effect(t.substance, $load.kind)),
            needs: &[],
            silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
            check: |ctx, out| check(ctx, out, &$load),
            page: include_str!("effect_load.md"),
        };
    };
}

load_rule!(
    /// Seizure threshold.
    SEIZURE, "seizure-threshold", "Drugs that lower the seizure threshold together, or one in somebody with seizures.",
    SEIZURE_LOAD = Load {
        kind: EffectKind::SeizureThreshold, from: 4, drugs: 2, risks: &["epilepsy", "withdrawal-seizure", "head-injury", "alcohol-withdrawal"],
        noun: "seizure threshold lowered", why: "Each lowers the seizure threshold; the effects add up.",
        action: "Choose a drug that leaves the threshold alone where there is one; otherwise the lowest dose, raised slowly.",
    }
);
load_rule!(
    /// Anticholinergic burden.
    ANTICHOLINERGIC, "anticholinergic-load", "The anticholinergic effects of several drugs add up to a burden.",
    ANTICHOLINERGIC_LOAD = Load {
        kind: EffectKind::Anticholinergic, from: 3, drugs: 2, risks: &["dementia", "delirium", "urinary-retention", "prostatic-hyperplasia", "acute-narrow-angle-glaucoma", "paralytic-ileus"],
        noun: "anticholinergic burden", why: "Together: dry mouth, constipation, retention of urine, confusion, and in the old a decline of memory.",
        action: "Replace the strongest first.",
    }
);
load_rule!(
    /// Hypotension.
    HYPOTENSION, "hypotension-load", "Drugs that lower blood pressure add up in somebody at risk.",
    HYPOTENSION_LOAD = Load {
        kind: EffectKind::Hypotension, from: 5, drugs: 3, risks: &["hypotension", "falls"],
        noun: "blood pressure lowered", why: "Together: dizziness on standing, falls, fainting.",
        action: "Measure blood pressure lying and standing; space the doses, lower what is least needed.",
    }
);
load_rule!(
    /// Bleeding.
    BLEEDING, "bleeding-load", "Drugs that promote bleeding are taken together.",
    BLEEDING_LOAD = Load {
        kind: EffectKind::Bleeding, from: 3, drugs: 2, risks: &["bleeding-disorder", "peptic-ulcer", "gastrointestinal-bleeding"],
        noun: "bleeding", why: "By different ways (platelets, clotting, stomach lining) they make bleeding more likely than each alone.",
        action: "Ask whether each is needed; protect the stomach; name black stools and bruises as signs.",
    }
);
load_rule!(
    /// Hyponatraemia.
    HYPONATRAEMIA, "hyponatraemia-risk", "Drugs that lower sodium are taken together, or one beside a low sodium.",
    HYPONATRAEMIA_LOAD = Load {
        kind: EffectKind::Hyponatraemia, from: 4, drugs: 2, risks: &["hyponatraemia"],
        noun: "sodium lowered", why: "Most often in the first weeks, in women and in the old: confusion, falls, seizures.",
        action: "Measure sodium before, after two weeks, and when confused.",
    }
);

fn check(ctx: &Context<'_>, out: &mut Findings<'_>, l: &Load) {
    let m = members(ctx, l.kind, 1);
    let total: u32 = m.iter().map(|(_, e)| u32::from(e.grade)).sum();
    let risks: Vec<&str> = l
        .risks
        .iter()
        .filter_map(|id| ctx.kb.condition(id))
        // What the drug treats is not a risk of it (an antiepileptic in epilepsy).
        .filter(|c| {
            ctx.has(Some(*c))
                && !m.iter().all(|(t, _)| t.parts.iter().flat_map(|p| &p.reasons).any(|r| r == c))
        })
        .map(|c| ctx.kb.condition_file(c).name.as_str())
        .collect();
    let strong = m.iter().any(|(_, e)| e.grade >= 2);
    let several = m.len() >= l.drugs && total >= l.from;
    if !(several || !risks.is_empty() && strong) {
        return;
    }
    let severity = match (several, risks.is_empty()) {
        (true, false) => Severity::Serious,
        (true, true) => Severity::Caution,
        (false, _) => Severity::Caution,
    };
    let risk_words = if risks.is_empty() {
        String::new()
    } else {
        format!(" with {}", list(risks.iter().map(|r| r.to_lowercase())))
    };
    let mut d = Draft::new(severity, format!("{}{risk_words}: {}", capital(l.noun), words(ctx, &m)))
        .about(ctx, m.iter().map(|(t, _)| t.substance))
        .say(l.why)
        .say(format!(
            "Grades: {}.",
            list(m.iter().map(|(t, e)| format!("{} {}", ctx.name(t.substance), e.grade)))
        ))
        .figure("sum_of_grades", f64::from(total));
    if l.kind == EffectKind::Hyponatraemia
        && let Some((na, Some(day))) = ctx.dated_value(ctx.known.measure.sodium)
    {
        d = d.say(format!("Last sodium: {} mmol/L on {day}.", num(na)));
    }
    for (_, e) in &m {
        d = d.source(ctx, &e.source, e.confidence);
    }
    out.push(d.action(ActionKind::Reconsider, l.action));
}
