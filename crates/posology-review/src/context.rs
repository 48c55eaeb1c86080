//! What a rule sees: the case at the date of the review.
use crate::known::Known;
use crate::rule::{ClinicalContext, Need};
use crate::rules::interactions::{Pair, all_pairs};
use crate::settings::Settings;
use crate::taken::{Taken, TakenState, after_orders, current};
use posology_knowledge::schema::{Jurisdiction, Parameter};
use posology_knowledge::{
    BitSet, ClassIx, ConditionIx, Exposure, KnowledgeBase, MeasureIx, Origin, ResolvedCase, SubstanceIx,
};
use posology_model::history::days_between;
use posology_model::{Date, Sex};

/// The case at the date of the review, in the terms of the rules.
#[derive(Debug)]
pub struct Context<'a> {
    /// Facts.
    pub kb: &'a KnowledgeBase,
    /// The resolved case.
    pub case: &'a ResolvedCase,
    /// Settings.
    pub settings: &'a Settings,
    /// Classes and substances that rules name.
    pub known: Known,
    /// Taken at the date.
    pub now: Vec<Taken<'a>>,
    /// Taken once the orders are carried out; equal to `now` where there are none.
    pub after: Vec<Taken<'a>>,
    /// Classes in `after`.
    pub classes: BitSet,
    /// Conditions present, broader ones included.
    pub present: BitSet,
    /// Age in years.
    pub age: Option<f64>,
    /// Body weight, kg.
    pub weight_kg: Option<f64>,
    /// eGFR or creatinine clearance, mL/min.
    pub egfr: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Alcohol, drinks a day as recorded.
    pub drinks_per_day: Option<f64>,
    contexts: [bool; 5],
    /// The same for each of `after`: settings that are the only reasons for it.
    own_contexts: Vec<[bool; 5]>,
    changes: std::cell::OnceCell<Vec<crate::change::Change<'a>>>,
    pairs: std::cell::OnceCell<Vec<Pair<'a>>>,
    pub(crate) sedative_use: std::cell::OnceCell<crate::rules::dependence::episode::Use<'a>>,
}

impl<'a> Context<'a> {
    /// Looks at a case at the date of the settings.
    pub fn new(case: &'a ResolvedCase, kb: &'a KnowledgeBase, settings: &'a Settings) -> Self {
        let day = settings.as_of;
        let known = crate::derived::Derived::of(kb).map_or_else(|| Known::new(kb), |d| d.known);
        let now = current(case, day);
        let after = after_orders(case, &now);
        let mut classes = BitSet::with_capacity(kb.corpus.classes.len());
        for t in &after {
            classes.union_with(kb.classes_of(t.substance));
        }
        let mut present = case.conditions_at(kb, day);
        // A setting of the whole patient comes from the record; the reason of one drug is a setting for that drug only.
        let contexts = contexts_of(kb, &present);
        // The reason of an order or of a current entry is a condition too.
        for t in &after {
            for r in t.parts.iter().flat_map(|p| &p.reasons) {
                present.union_with(kb.condition_and_broader(*r));
            }
        }
        let own_contexts = after.iter().map(|t| own_contexts(kb, t)).collect();
        let mut ctx = Self {
            kb,
            case,
            settings,
            known,
            now,
            after,
            classes,
            present,
            age: case.age_at(day),
            weight_kg: None,
            egfr: None,
            sex: case.person.sex,
            drinks_per_day: None,
            contexts,
            own_contexts,
            changes: std::cell::OnceCell::new(),
            pairs: std::cell::OnceCell::new(),
            sedative_use: std::cell::OnceCell::new(),
        };
        ctx.weight_kg = ctx.value(known.measure.weight);
        ctx.egfr = ctx.value(known.measure.egfr).or_else(|| ctx.value(known.measure.creatinine_clearance));
        ctx.drinks_per_day = ctx.value(known.measure.alcohol_use);
        ctx
    }

    /// Named interactions among everything in `after`, computed at the first call.
    pub fn pairs(&self) -> &[Pair<'a>] {
        self.pairs.get_or_init(|| all_pairs(self))
    }

    /// Exposure changes among everything in `after`, computed at the first call.
    pub fn changes(&self) -> &[crate::change::Change<'a>] {
        self.changes.get_or_init(|| crate::change::changes(self, &self.after))
    }

    /// Date of the review.
    pub fn day(&self) -> Date {
        self.settings.as_of
    }

    /// Latest current value of a measure at the date.
    pub fn value(&self, measure: Option<MeasureIx>) -> Option<f64> {
        self.dated_value(measure).map(|v| v.0)
    }

    /// Latest current value of a measure at the date, with its date.
    pub fn dated_value(&self, measure: Option<MeasureIx>) -> Option<(f64, Option<Date>)> {
        let m = measure?;
        let days = self.kb.measure_file(m).current_days;
        self.case
            .values
            .iter()
            .rev()
            .filter(|v| v.measure == m && v.date.is_none_or(|d| d <= self.day()))
            .find(|v| match (v.date, days) {
                (Some(d), Some(n)) => days_between(d, self.day()) <= i64::from(n),
                _ => true,
            })
            .map(|v| (v.value, v.date))
    }

    /// Latest answer of a measure at the date, normalised.
    pub fn answer(&self, measure: Option<MeasureIx>) -> Option<&'a str> {
        let m = measure?;
        self.case
            .answers
            .iter()
            .rev()
            .find(|v| v.measure == m && v.date.is_none_or(|d| d <= self.day()))
            .map(|v| v.answer.as_str())
    }

    /// Whether a class occurs after the orders.
    #[inline]
    pub fn any(&self, class: Option<ClassIx>) -> bool {
        class.is_some_and(|c| self.classes.contains(c.at()))
    }

    /// A quick test: whether anything after the orders can be the subject.
    #[inline]
    pub fn possible(&self, subject: crate::derived::Subject) -> bool {
        match subject {
            crate::derived::Subject::Class(c) => self.classes.contains(c.at()),
            crate::derived::Subject::Substance(s) => self.after.iter().any(|t| t.substance == s),
            crate::derived::Subject::Unknown => false,
        }
    }

    /// Substances of a class after the orders.
    pub fn of<'s>(&'s self, class: Option<ClassIx>) -> impl Iterator<Item = &'s Taken<'a>> + 's {
        self.after.iter().filter(move |t| class.is_some_and(|c| self.kb.in_class(t.substance, c)))
    }

    /// A substance after the orders.
    pub fn taken(&self, ix: Option<SubstanceIx>) -> Option<&Taken<'a>> {
        let ix = ix?;
        self.after.iter().find(|t| t.substance == ix)
    }

    /// A substance as taken at the date, before the orders.
    pub fn taken_now(&self, ix: SubstanceIx) -> Option<&Taken<'a>> {
        self.now.iter().find(|t| t.substance == ix)
    }

    /// Whether an order starts or changes the substance.
    pub fn is_proposed(&self, ix: SubstanceIx) -> bool {
        self.after.iter().any(|t| t.substance == ix && t.state == TakenState::Proposed)
    }

    /// Whether there is an order at all: then findings that concern only what is taken already are about the record.
    pub fn has_orders(&self) -> bool {
        self.case.exposures.iter().any(|e| e.origin != Origin::Record)
    }

    /// Substances that an order stops and that are taken now.
    pub fn stops(&self) -> impl Iterator<Item = &Exposure> {
        self.case
            .exposures
            .iter()
            .filter(|e| e.origin == Origin::ProposedStop && self.taken_now(e.substance).is_some())
    }

    /// Whether a condition (or a narrower one) is present.
    #[inline]
    pub fn has(&self, condition: Option<ConditionIx>) -> bool {
        condition.is_some_and(|c| self.present.contains(c.at()))
    }

    /// Whether a condition (or a narrower one) is present, by id.
    pub fn has_id(&self, id: &str) -> bool {
        self.has(self.kb.condition(id))
    }

    /// Whether the kidney's function is recorded as impaired, or the eGFR is below the parameter `egfr-impaired`.
    pub fn kidney_impaired(&self) -> bool {
        self.has_id("renal-impairment")
            || matches!((self.egfr, self.number("egfr-impaired")), (Some(e), Some(p)) if e < p.value)
    }

    /// Name of a substance.
    pub fn name(&self, ix: SubstanceIx) -> &'a str {
        &self.kb.substance(ix).name
    }

    /// A number of the knowledge.
    pub fn number(&self, id: &str) -> Option<&'a Parameter> {
        self.kb.parameter(id)
    }

    /// Whether a fact holds in the jurisdiction of the review.
    pub fn here(&self, jurisdiction: &[Jurisdiction]) -> bool {
        jurisdiction.is_empty() || jurisdiction.contains(&self.settings.jurisdiction)
    }

    /// Whether a clinical context is present for some substances: recorded for the patient, or the only reason of one of them.
    pub fn in_context_for(&self, c: ClinicalContext, substances: &[posology_model::SubstanceRef]) -> bool {
        let Some(k) = ClinicalContext::ALL.iter().position(|x| *x == c) else { return false };
        self.contexts[k]
            || self.after.iter().zip(&self.own_contexts).any(|(t, own)| {
                own[k] && substances.iter().any(|s| s.id == self.kb.substance(t.substance).id)
            })
    }

    /// Whether a clinical context is recorded for the patient.
    pub fn in_context(&self, c: ClinicalContext) -> bool {
        ClinicalContext::ALL.iter().position(|x| *x == c).is_some_and(|k| self.contexts[k])
    }

    /// Whether a need of a rule is met.
    pub fn meets(&self, need: Need) -> bool {
        match need {
            Need::Age => self.age.is_some(),
            Need::Weight => self.weight_kg.is_some(),
            Need::Sex => self.sex.is_some(),
            Need::RenalFunction => self.egfr.is_some(),
        }
    }

    /// Age at least as given by a parameter; `false` where either is unknown (the need is reported by the engine).
    pub fn age_at_least(&self, parameter: &str) -> bool {
        matches!((self.age, self.number(parameter)), (Some(a), Some(p)) if a >= p.value)
    }
}

/// Which clinical contexts are the only reasons for a drug.
fn own_contexts(kb: &KnowledgeBase, t: &Taken<'_>) -> [bool; 5] {
    let mut out = [true; 5];
    for p in &t.parts {
        if p.reasons.is_empty() {
            return [false; 5];
        }
        for r in &p.reasons {
            let of = contexts_of(kb, kb.condition_and_broader(*r));
            out.iter_mut().zip(of).for_each(|(o, x)| *o &= x);
        }
    }
    out
}

/// Which clinical contexts a set of conditions brings.
fn contexts_of(kb: &KnowledgeBase, conditions: &BitSet) -> [bool; 5] {
    let mut out = [false; 5];
    for c in conditions.iter() {
        if let Some(word) = &kb.condition_file(ConditionIx(c as u16)).context {
            for (k, x) in ClinicalContext::ALL.iter().enumerate() {
                out[k] |= x.as_str() == word;
            }
        }
    }
    out
}
