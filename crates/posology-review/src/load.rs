//! Sums over everything taken: sedation load, diazepam equivalents, morphine equivalents.
use crate::context::Context;
use crate::taken::Taken;
use posology_knowledge::schema::{EquivalenceFile, MmeFactor};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::Route;

/// Load of one drug by the drug burden index: dose / (dose + lowest effective daily dose), 0 to below 1.
/// `None` where the dose or the lowest effective dose is not known.
pub fn cns_load(kb: &KnowledgeBase, ix: SubstanceIx, daily_mg: f64) -> Option<f64> {
    let half = kb.substance(ix).minimum_daily.as_ref()?.mg;
    (daily_mg.is_finite() && daily_mg >= 0.0 && half > 0.0).then(|| daily_mg / (daily_mg + half))
}

/// Daily diazepam equivalents of a daily dose: lowest and highest over the sources; `None` where no source has the substance.
pub fn diazepam_equivalent(kb: &KnowledgeBase, ix: SubstanceIx, daily_mg: f64) -> Option<(f64, f64)> {
    let id = &kb.substance(ix).id;
    let mut out: Option<(f64, f64)> = None;
    for t in kb.corpus.equivalence.iter().filter(|t| t.reference == "diazepam") {
        for (lo, hi) in factors(t, id) {
            let (a, b) = (daily_mg * lo, daily_mg * hi);
            out = Some(out.map_or((a, b), |o| (o.0.min(a), o.1.max(b))));
        }
    }
    out
}

/// Reference mg per mg, lowest and highest, of the rows about a substance.
fn factors<'t>(t: &'t EquivalenceFile, id: &'t str) -> impl Iterator<Item = (f64, f64)> + 't {
    let own = (t.reference == id).then_some((1.0, 1.0));
    let rows = t
        .rows
        .iter()
        .filter(move |r| r.substance == id && r.mg[0] > 0.0 && r.mg[1] > 0.0)
        .map(move |r| (t.reference_mg / r.mg[1], t.reference_mg / r.mg[0]));
    own.into_iter().chain(rows)
}

/// Morphine milligram equivalents of one opioid.
#[derive(Debug, Clone, Copy)]
pub enum Mme<'k> {
    /// Highest MME a day, with the factor.
    Known(f64, &'k MmeFactor),
    /// The source gives no factor for it (buprenorphine), so that a total without it is a lower bound.
    NoFactor,
    /// The dose is not known.
    NoDose,
}

/// MME of one opioid as taken.
pub fn morphine_equivalent<'k>(kb: &'k KnowledgeBase, t: &Taken<'_>) -> Mme<'k> {
    let id = &kb.substance(t.substance).id;
    let rows: Vec<&MmeFactor> =
        kb.corpus.mme.iter().flat_map(|f| &f.rows).filter(|r| &r.substance == id).collect();
    if rows.is_empty() {
        return Mme::NoFactor;
    }
    let mut sum = 0.0;
    let mut used = None;
    for p in &t.parts {
        let route = p.route.unwrap_or(Route::Oral);
        let row = rows.iter().find(|r| r.route == route.as_str());
        let Some(row) = row else { return Mme::NoFactor };
        let amount = if row.per == "mcg-per-hour" {
            p.mcg_per_hour.map(|r| r * p.pieces.map_or(1.0, |n| n.1))
        } else {
            p.daily_mg.map(|d| d.1)
        };
        let Some(amount) = amount else { return Mme::NoDose };
        sum += amount * row.factor;
        used = Some(*row);
    }
    match used {
        Some(row) => Mme::Known(sum, row),
        None => Mme::NoDose,
    }
}

/// Total MME of all opioids after the orders.
#[derive(Debug, Default)]
pub struct MmeTotal {
    /// Sum, MME a day.
    pub total: f64,
    /// Opioids without a factor or a dose: the total is a lower bound.
    pub incomplete: Vec<SubstanceIx>,
    /// Opioids left out because they treat opioid use disorder: the factors are not meant for that.
    pub treatment: Vec<SubstanceIx>,
    /// Opioids counted.
    pub counted: Vec<SubstanceIx>,
    /// Sources of the factors used.
    pub sources: Vec<(String, posology_knowledge::schema::Confidence)>,
}

/// Sums the MME of all opioids after the orders (antagonists left out).
pub fn mme_total(ctx: &Context<'_>) -> MmeTotal {
    let mut out = MmeTotal::default();
    for t in ctx.of(ctx.known.class.opioid) {
        if ctx.known.class.opioid_antagonist.is_some_and(|c| ctx.kb.in_class(t.substance, c)) {
            continue;
        }
        let agonist =
            [ctx.known.substance.methadone, ctx.known.substance.buprenorphine].contains(&Some(t.substance));
        if agonist && crate::rules::doses::limit::treats(ctx, t, "opioid-use-disorder") {
            out.treatment.push(t.substance);
            continue;
        }
        match morphine_equivalent(ctx.kb, t) {
            Mme::Known(x, row) => {
                out.total += x;
                out.counted.push(t.substance);
                let s = (row.source.clone(), row.confidence);
                if !out.sources.contains(&s) {
                    out.sources.push(s);
                }
            }
            Mme::NoFactor | Mme::NoDose => out.incomplete.push(t.substance),
        }
    }
    out
}
