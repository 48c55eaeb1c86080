//! What the record says of benzodiazepine and Z-drug use, for a taper plan.
use crate::context::Context;
use crate::rules::dependence::episode::benzodiazepine_use;
use posology_knowledge::SubstanceIx;
use posology_model::Date;

/// The present episode of use.
#[derive(Debug, Clone, PartialEq)]
pub struct DependenceOutlook {
    /// First day.
    pub since: Date,
    /// Length in days.
    pub days: i64,
    /// Mean days a week with a dose.
    pub days_per_week: f64,
    /// Substances in it.
    pub substances: Vec<SubstanceIx>,
}

/// The present episode of benzodiazepine or Z-drug use; `None` where there is none.
pub fn dependence_outlook(ctx: &Context<'_>) -> Option<DependenceOutlook> {
    let u = benzodiazepine_use(ctx);
    let e = u.current.as_ref()?;
    Some(DependenceOutlook {
        since: e.start,
        days: e.length_days(),
        days_per_week: e.days_per_week(),
        substances: u.substances.clone(),
    })
}
