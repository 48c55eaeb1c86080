//! Exposure of each drug under all the others together.
use crate::context::Context;
use crate::derived::{Derived, LiveVictim};
use crate::taken::Taken;
use posology_kinetics::exposure::{
    Enzyme, Metabolite, Patient, Perpetrator, Phenotype, Prediction, Route, Taken as Acting, predict, ratios,
};
use posology_knowledge::SubstanceIx;
use posology_model::Route as Way;
use smallvec::SmallVec;

/// The exposure of one drug as changed by others. Ratios are there at once; intervals and reasons when asked for.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// Whose exposure.
    pub victim: SubstanceIx,
    /// By what, those that act on an enzyme that matters to it.
    pub by: SmallVec<[SubstanceIx; 4]>,
    /// Exposure of the unchanged drug with the others over that without.
    pub parent: f64,
    /// The same for what reaches the receptor: the potency-weighted sum with the metabolites, or the parent alone.
    pub active: f64,
    /// Perpetrators whose dose is not known: the usual dose was assumed.
    pub assumed: SmallVec<[SubstanceIx; 2]>,
    acting: SmallVec<[Acting<'a>; 4]>,
    route: Route,
    live: &'a LiveVictim,
}

impl Change<'_> {
    /// Everything about it: intervals, reasons, whether a dose lies outside those measured.
    pub fn prediction(&self, derived: &Derived, patient: &Patient) -> Option<Prediction> {
        predict(
            &self.live.victim,
            &metabolites(self.live),
            self.route,
            &self.acting,
            patient,
            &derived.residual,
        )
        .ok()
    }
}

fn metabolites(v: &LiveVictim) -> SmallVec<[Metabolite<'_>; 2]> {
    v.metabolites
        .iter()
        .map(|m| Metabolite {
            victim: &m.victim,
            formed_by: &m.formed_by,
            auc_to_parent: m.auc_to_parent,
            potency: m.potency,
        })
        .collect()
}

/// Recorded phenotypes.
pub fn phenotypes(ctx: &Context<'_>) -> SmallVec<[(Enzyme, Phenotype); 4]> {
    let m = &ctx.known.measure;
    [
        (m.cyp2c19, Enzyme::Cyp2c19),
        (m.cyp2d6, Enzyme::Cyp2d6),
        (m.cyp2c9, Enzyme::Cyp2c9),
        (m.ugt2b15, Enzyme::Ugt2b15),
    ]
    .into_iter()
    .filter_map(|(measure, enzyme)| {
        let answer = ctx.answer(measure)?;
        answer.split(' ').find_map(|w| Phenotype::parse(enzyme, w).ok()).map(|p| (enzyme, p))
    })
    .collect()
}

/// Enzyme activity of the patient from recorded phenotypes.
pub fn patient(ctx: &Context<'_>) -> Patient {
    phenotypes(ctx).into_iter().fold(Patient::default(), |p, (enzyme, phenotype)| p.with(enzyme, phenotype))
}

/// What a drug as taken does to the enzymes of a victim, with its daily dose where that is known in the unit of its strength; `None`
/// where it does nothing to them.
pub fn acts_on<'a>(
    derived: &'a Derived,
    victim: &LiveVictim,
    other: &Taken<'_>,
) -> Option<(&'a Perpetrator, Option<f64>)> {
    let p = derived.perpetrators.get(other.substance.at())?.as_ref()?;
    if p.mask & victim.mask == 0 || local(other) {
        return None;
    }
    // The strength of juice or smoke is known per glass or cigarette, not per milligram.
    Some((&p.perpetrator, other.daily_high().filter(|d| *d > 0.0 && p.in_mg)))
}

/// Exposure of a drug under a set of others; `None` where nothing acts on it, or its clearance is not known.
pub fn change<'a>(
    derived: &'a Derived,
    victim: &Taken<'_>,
    others: &[Taken<'_>],
    patient: &Patient,
) -> Option<Change<'a>> {
    let v = derived.victims.get(victim.substance.at())?.as_ref()?;
    let mut acting: SmallVec<[Acting<'_>; 4]> = SmallVec::new();
    let mut by = SmallVec::new();
    let mut assumed = SmallVec::new();
    for o in others.iter().filter(|o| o.substance != victim.substance) {
        let Some((perpetrator, dose)) = acts_on(derived, v, o) else { continue };
        if dose.is_none() {
            assumed.push(o.substance);
        }
        acting.push(Acting { perpetrator, dose_per_day: dose, on_h: None, off_h: 0.0 });
        by.push(o.substance);
    }
    if acting.is_empty() {
        return None;
    }
    let route = match victim.parts.iter().find_map(|p| p.route) {
        None | Some(Way::Oral | Way::Enteral) => Route::Oral,
        Some(_) => Route::Systemic,
    };
    let [parent, active] = ratios(&v.victim, &metabolites(v), route, &acting, patient).ok()?;
    Some(Change { victim: victim.substance, by, parent, active, assumed, acting, route, live: v })
}

/// Only on skin, eye or ear: too little reaches the enzymes.
fn local(t: &Taken<'_>) -> bool {
    t.parts.iter().all(|p| {
        matches!(p.route, Some(Way::Topical | Way::Ophthalmic | Way::Otic | Way::Inhaled | Way::Vaginal))
    })
}

/// Changes for everything in a list, under everything in it.
pub fn changes<'a>(ctx: &Context<'a>, list: &[Taken<'_>]) -> Vec<Change<'a>> {
    let Some(derived) = Derived::of(ctx.kb) else { return Vec::new() };
    let patient = patient(ctx);
    list.iter().filter_map(|t| change(derived, t, list, &patient)).collect()
}
