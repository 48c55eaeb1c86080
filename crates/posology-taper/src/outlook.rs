//! Risk first: dependence, what makes withdrawal dangerous, where the plan belongs, and the harm of stopping beside that of going on.
use crate::facts::PatientFacts;
use crate::request::Request;
use posology_knowledge::schema::{CautionKind, Confidence, TaperCaution};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::Evidence;
use posology_model::history::days_between;
use serde::{Deserialize, Serialize};

/// Where the plan belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Ambulatory care.
    Outpatient,
    /// With specialists.
    Specialist,
    /// Inpatient care.
    Inpatient,
    /// No taper is advised.
    NotAdvised,
}

/// A statement of risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskStatement {
    /// Permanent id.
    pub id: String,
    /// `dependence`, or the word of the caution: `inpatient`, `specialist`, `not-advised`, `no-switch`, `slower`, `note`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Source.
    pub evidence: Evidence,
}

/// A harm with figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Harm {
    /// In words.
    pub text: String,
    /// Source.
    pub evidence: Evidence,
}

/// What is said before any step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Where the plan belongs, as far as is known.
    pub setting: Setting,
    /// In words.
    pub summary: String,
    /// Likelihood of physical dependence by duration and dose: `rare`, `lower`, `possible`, `likely`, `unknown`.
    pub dependence: String,
    /// Statements, gravest first.
    pub risks: Vec<RiskStatement>,
    /// What stopping can do.
    pub harms_of_stopping: Vec<Harm>,
    /// What going on can do.
    pub harms_of_going_on: Vec<Harm>,
}

/// Looks at a request.
pub(crate) fn advice(kb: &KnowledgeBase, ix: SubstanceIx, r: &Request) -> Advice {
    let mut risks = Vec::new();
    let dependence = dependence(kb, ix, r, &mut risks);
    let none = PatientFacts::default();
    let facts = r.patient.as_ref().unwrap_or(&none);
    let mut setting = Setting::Outpatient;
    for c in kb.corpus.tapers.iter().flat_map(|f| &f.cautions) {
        if !applies(kb, ix, c, facts) {
            continue;
        }
        setting = setting.max(match c.kind {
            CautionKind::NotAdvised => Setting::NotAdvised,
            CautionKind::Inpatient => Setting::Inpatient,
            CautionKind::Specialist => Setting::Specialist,
            CautionKind::NoSwitch | CautionKind::Slower | CautionKind::Note => Setting::Outpatient,
        });
        risks.push(RiskStatement {
            id: c.id.clone(),
            kind: c.kind.as_str().to_owned(),
            text: c.text.clone(),
            evidence: kb.evidence(&c.source, c.confidence),
        });
    }
    other_sedatives(kb, ix, facts, &mut risks);
    interacting(kb, ix, r, facts, &mut risks);
    let order = |k: &str| {
        ["not-advised", "inpatient", "specialist", "interaction", "dependence", "no-switch", "slower", "note"]
            .iter()
            .position(|x| *x == k)
            .unwrap_or(9)
    };
    risks.sort_by_key(|x| order(&x.kind));
    let summary = match setting {
        Setting::NotAdvised => {
            "A taper is not advised as things stand; what follows shows only what one would look like."
        }
        Setting::Inpatient => "This taper belongs in inpatient or equally close care.",
        Setting::Specialist => "Plan this taper with specialists.",
        Setting::Outpatient if r.patient.is_none() => {
            "Nothing is known of the patient: seizures, alcohol, opioids, pregnancy, epilepsy and age must be looked at before any step."
        }
        Setting::Outpatient => {
            "Nothing on record speaks against a taper in ambulatory care, with a look at each step."
        }
    };
    let (stopping, going_on) = harms(kb, ix);
    Advice {
        setting,
        summary: summary.to_owned(),
        dependence,
        risks,
        harms_of_stopping: stopping,
        harms_of_going_on: going_on,
    }
}

/// Whether a caution holds.
pub(crate) fn applies(kb: &KnowledgeBase, ix: SubstanceIx, c: &TaperCaution, f: &PatientFacts) -> bool {
    let id = &kb.substance(ix).id;
    let about_drug = (c.classes.is_empty() && c.substances.is_empty())
        || c.substances.iter().any(|s| s == id)
        || c.classes.iter().filter_map(|x| kb.class(x)).any(|x| kb.in_class(ix, x));
    about_drug
        && c.condition.as_deref().is_none_or(|x| f.has(x))
        && (!c.treated_by_it
            || f.reasons.is_empty()
            || c.condition.as_deref().is_some_and(|x| f.reasons.iter().any(|r| r == x)))
        && c.with_class.as_deref().is_none_or(|x| f.takes_class(kb, x))
        && c.age_from.is_none_or(|a| f.age.is_some_and(|x| x >= a))
        && c.age_to.is_none_or(|a| f.age.is_some_and(|x| x < a))
        && c.drinks_from.is_none_or(|d| f.drinks_per_day.is_some_and(|x| x >= d))
}

/// Dependence by days a week, duration and the drug's own dose bands.
fn dependence(kb: &KnowledgeBase, ix: SubstanceIx, r: &Request, risks: &mut Vec<RiskStatement>) -> String {
    let id = &kb.substance(ix).id;
    let sedative =
        ["benzodiazepine", "z-drug"].iter().filter_map(|c| kb.class(c)).any(|c| kb.in_class(ix, c));
    let Some(file) = kb.corpus.dependence.iter().find(|f| f.class == "benzodiazepine").filter(|_| sedative)
    else {
        return "unknown".into();
    };
    let band = file.dose_bands.iter().find(|b| &b.substance == id).map(|b| {
        if r.daily_mg <= b.low_to_mg {
            "low"
        } else if r.daily_mg > b.high_above_mg {
            "high"
        } else {
            "moderate"
        }
    });
    let since = r.patient.as_ref().and_then(|p| p.since);
    let Some(days) = since.map(|s| days_between(s, r.as_of).max(0) as u64) else {
        risks.push(RiskStatement {
            id: "duration-unknown".into(),
            kind: "dependence".into(),
            text: "How long it has been taken is not known. After a month of regular use nearly everybody is physically dependent: plan as if dependence were likely.".into(),
            evidence: kb.evidence("asam-2025#table-2", Confidence::Verified),
        });
        return "unknown".into();
    };
    let week = r.patient.as_ref().and_then(|p| p.days_per_week).unwrap_or(7.0);
    let row = file.risks.iter().find(|x| {
        week >= x.days_per_week_from
            && week <= x.days_per_week_to
            && days >= u64::from(x.days_from)
            && x.days_to.is_none_or(|t| days < u64::from(t))
            && (x.bands.is_empty() || x.bands.iter().any(|b| b == band.unwrap_or("high")))
    });
    let Some(row) = row else { return "unknown".into() };
    risks.push(RiskStatement {
        id: "dependence".into(),
        kind: "dependence".into(),
        text: format!(
            "Taken for {days} days, {} dose by the guideline's bands for this drug. {}",
            band.unwrap_or("unbanded"),
            row.text
        ),
        evidence: kb.evidence(&row.source, row.confidence),
    });
    row.likelihood.clone()
}

/// Other drugs that sedate.
fn other_sedatives(kb: &KnowledgeBase, ix: SubstanceIx, f: &PatientFacts, risks: &mut Vec<RiskStatement>) {
    let Some(class) = kb.class("cns-depressant") else { return };
    if !kb.in_class(ix, class) {
        return;
    }
    let mut names: Vec<&str> = f
        .others
        .iter()
        .filter_map(|o| kb.find(&o.substance))
        .filter(|o| kb.in_class(*o, class))
        .map(|o| kb.substance(o).name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        risks.push(RiskStatement {
            id: "other-sedatives".into(),
            kind: "note".into(),
            text: format!("Also taken: {}. Change one sedating drug at a time; none of them takes the place of the tapered one.", names.join(", ")),
            evidence: kb.evidence("policy#one-at-a-time", Confidence::Secondary),
        });
    }
}

/// Drugs that change its clearance, above all those that start or stop during the plan.
fn interacting(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    r: &Request,
    f: &PatientFacts,
    risks: &mut Vec<RiskStatement>,
) {
    for o in &f.others {
        let Some(other) = kb.find(&o.substance) else { continue };
        let Some((inhibits, source, confidence)) = acts_on(kb, other, ix) else { continue };
        let name = &kb.substance(other).name;
        let drug = &kb.substance(ix).name;
        let changes = o.starts.is_some_and(|s| s >= r.as_of) || o.ends.is_some();
        let (up, down) = if inhibits { ("raises", "falls") } else { ("lowers", "rises") };
        let text = if let Some(s) = o.starts.filter(|s| *s >= r.as_of) {
            format!("{name} starts on {s} and {up} {drug}: do not change both in the same weeks.")
        } else if let Some(e) = o.ends.filter(|_| changes) {
            format!(
                "{name} is recorded until {e}; when it stops, {drug} {down} at an unchanged dose{}.",
                if inhibits { ", a cut on top of the taper's" } else { "" }
            )
        } else {
            format!(
                "{name} {up} {drug}; if it is stopped during the plan, {drug} {down} at an unchanged dose{}.",
                if inhibits { ", a cut on top of the taper's" } else { "" }
            )
        };
        risks.push(RiskStatement {
            id: format!("interaction-{}", o.substance),
            kind: "interaction".into(),
            text,
            evidence: kb.evidence(&source, confidence),
        });
    }
}

/// Whether `other` inhibits (true) or induces (false) an enzyme that carries a fifth or more of the clearance of `ix`.
pub(crate) fn acts_on(
    kb: &KnowledgeBase,
    other: SubstanceIx,
    ix: SubstanceIx,
) -> Option<(bool, String, Confidence)> {
    const SHARE: f64 = 0.2;
    let victim = kb.kinetics(ix)?;
    let k = kb.kinetics(other)?;
    let carries =
        |e: &str| victim.substrate.iter().any(|s| s.enzyme.eq_ignore_ascii_case(e) && s.fm >= SHARE);
    // Weak effects (a fifth of the enzyme or less) are left to the review.
    if let Some(i) = k.inhibits.iter().find(|i| carries(&i.enzyme) && i.at.iter().any(|p| p.remaining <= 0.8))
    {
        return Some((true, i.source.clone(), i.confidence));
    }
    let i = k.induces.iter().find(|i| carries(&i.enzyme) && i.at.iter().any(|p| p.fold >= 1.25))?;
    Some((false, i.source.clone(), i.confidence))
}

/// Harms of stopping and of going on, for the drug or its class.
fn harms(kb: &KnowledgeBase, ix: SubstanceIx) -> (Vec<Harm>, Vec<Harm>) {
    let id = &kb.substance(ix).id;
    let about = |subject: &str| subject == id || kb.class(subject).is_some_and(|c| kb.in_class(ix, c));
    let of = |kind: &str| -> Vec<Harm> {
        kb.corpus
            .education
            .iter()
            .flat_map(|e| &e.figures)
            .filter(|b| b.kind == kind && about(&b.subject))
            .map(|b| Harm { text: b.text.clone(), evidence: kb.evidence(&b.source, b.confidence) })
            .collect()
    };
    (of("harm-of-stopping"), of("harm-of-use"))
}
