//! What a record says of the drug that is to be tapered: dose, form, and what is known of the patient.
use crate::facts::PatientFacts;
use posology_knowledge::SubstanceIx;
use posology_review::{Context, Taken};

/// A drug as the record shows it at the date of the context.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Milligrams a day and doses a day; `None` where a dose is not recorded.
    pub dose: Option<(f64, u32)>,
    /// Dose form, where recorded.
    pub form: Option<String>,
    /// The patient.
    pub facts: PatientFacts,
}

impl Recorded {
    /// Reads them; `None` where the record does not show that the drug is taken at the date.
    pub fn of(ctx: &Context<'_>, drug: SubstanceIx) -> Option<Self> {
        let taken = ctx.taken_now(drug)?;
        let times = taken.parts.iter().filter_map(|p| p.times_per_day.map(|t| t.1)).fold(0.0, f64::max);
        let times = if times >= 1.0 { (times.ceil() as u32).min(8) } else { 1 };
        Some(Self {
            dose: if taken.dose_missing { None } else { taken.daily_high().map(|d| (d, times)) },
            form: taken.parts.iter().find_map(|p| p.form.map(|f| f.as_str().to_owned())),
            facts: PatientFacts::of(ctx, drug),
        })
    }
}

/// Drugs taken at the date of the context for which the knowledge holds guidance on stopping.
pub fn taperable(ctx: &Context<'_>) -> Vec<SubstanceIx> {
    let kb = ctx.kb;
    let guided = |t: &&Taken<'_>| {
        kb.corpus.tapers.iter().flat_map(|f| &f.guidance).any(|g| {
            g.substances.contains(&kb.substance(t.substance).id)
                || g.class.as_deref().and_then(|c| kb.class(c)).is_some_and(|c| kb.in_class(t.substance, c))
        })
    };
    ctx.now.iter().filter(guided).map(|t| t.substance).collect()
}
