//! Episodes of benzodiazepine and Z-drug use, and what they say about physical dependence.
use crate::context::Context;
use crate::taken::spans;
use posology_knowledge::schema::{DoseBand, RiskBand};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::Date;
use posology_model::history::{Episode, Span, days_between, episodes, plus_days};

/// Use of the class up to the date of the review.
#[derive(Debug)]
pub struct Use<'k> {
    /// The episode that reaches the date (or that ended within the grace period before it).
    pub current: Option<Episode>,
    /// Spans, doses in diazepam equivalents (the highest over the sources), where known.
    pub spans: Vec<Span>,
    /// Substances in the current episode.
    pub substances: Vec<SubstanceIx>,
    /// What the guideline says of the current episode.
    pub likelihood: Option<Likelihood<'k>>,
}

/// The guideline's word on physical dependence.
#[derive(Debug, Clone)]
pub struct Likelihood<'k> {
    /// The row.
    pub row: &'k RiskBand,
    /// Dose band, where the dose is known.
    pub band: Option<&'static str>,
    /// Bounds used, where the source prints or derives them for this drug.
    pub bounds: Option<&'k DoseBand>,
    /// Use of a few days only: possible in principle, not worth a finding.
    pub short: bool,
}

impl Likelihood<'_> {
    /// Likely, or likely enough that stopping must be planned.
    pub fn matters(&self) -> bool {
        self.likely() || !self.short && matches!(self.row.likelihood.as_str(), "possible" | "lower")
    }

    /// Likely.
    pub fn likely(&self) -> bool {
        self.row.likelihood == "likely"
    }
}

/// Use of benzodiazepines and Z-drugs up to the date; looked for once a review.
pub fn benzodiazepine_use<'c, 'k>(ctx: &'c Context<'k>) -> &'c Use<'k> {
    ctx.sedative_use.get_or_init(|| use_until(ctx, ctx.day()))
}

/// Use up to a day.
pub fn use_until<'k>(ctx: &Context<'k>, day: Date) -> Use<'k> {
    let kb = ctx.kb;
    let class = |s: SubstanceIx| {
        [ctx.known.class.benzodiazepine, ctx.known.class.z_drug]
            .into_iter()
            .flatten()
            .any(|c| kb.in_class(s, c))
    };
    let all_spans = spans(ctx.case, day, None, |s| {
        class(s).then(|| crate::load::diazepam_equivalent(kb, s, 1.0).map_or(f64::NAN, |r| r.1))
    });
    let clean: Vec<Span> =
        all_spans.into_iter().map(|s| Span { daily: s.daily.filter(|d| d.is_finite()), ..s }).collect();
    let grace = ctx.number("episode-gap-days").map_or(30.0, |p| p.value) as i64;
    let all = episodes(&clean, grace);
    let current = all.last().filter(|e| days_between(e.end, day) <= grace).cloned();
    let mut substances: Vec<SubstanceIx> = Vec::new();
    if let Some(e) = &current {
        for x in &ctx.case.exposures {
            let inside = x.origin == posology_knowledge::Origin::Record
                && class(x.substance)
                && x.start.is_some_and(|s| s <= e.end)
                && x.end.is_none_or(|end| end >= e.start)
                && x.end.is_none_or(|end| end >= plus_days(day, -grace));
            if inside && !substances.contains(&x.substance) {
                substances.push(x.substance);
            }
        }
        substances.sort();
    }
    let likelihood = current.as_ref().and_then(|e| likelihood(kb, ctx, e, &substances));
    Use { current, spans: clean, substances, likelihood }
}

fn likelihood<'k>(
    kb: &'k KnowledgeBase,
    ctx: &Context<'_>,
    e: &Episode,
    substances: &[SubstanceIx],
) -> Option<Likelihood<'k>> {
    let file = kb.corpus.dependence.iter().find(|f| f.class == "benzodiazepine")?;
    // The band of the drug itself where the source has one; its highest daily dose in the episode.
    let mut band: Option<&'static str> = None;
    let mut bounds = None;
    if let [one] = substances {
        let id = &kb.substance(*one).id;
        let peak = ctx
            .case
            .exposures
            .iter()
            .filter(|x| {
                x.substance == *one
                    && x.start.is_some_and(|s| s <= e.end)
                    && x.end.is_none_or(|end| end >= e.start)
            })
            .filter_map(|x| x.daily_mg.map(|d| d.1))
            .reduce(f64::max);
        if let (Some(b), Some(d)) = (file.dose_bands.iter().find(|b| &b.substance == id), peak) {
            band = Some(word(d, b.low_to_mg, b.high_above_mg));
            bounds = Some(b);
        }
    }
    if band.is_none()
        && let (Some(d), Some(b)) = (e.peak_daily, file.dose_bands.iter().find(|b| b.substance == "diazepam"))
    {
        band = Some(word(d, b.low_to_mg, b.high_above_mg));
        bounds = Some(b);
    }
    let days = u32::try_from(e.length_days().max(0)).unwrap_or(u32::MAX);
    let week = e.days_per_week();
    let row = file.risks.iter().find(|r| {
        week >= r.days_per_week_from
            && week <= r.days_per_week_to
            && days >= r.days_from
            && r.days_to.is_none_or(|t| days < t)
            // An unknown dose takes the row of the higher bands: unknown never looks like safe.
            && (r.bands.is_empty() || r.bands.iter().any(|x| x == band.unwrap_or("high")))
    })?;
    let short = ctx.number("dependence-short-use-days").is_some_and(|p| f64::from(days) < p.value);
    Some(Likelihood { row, band, bounds, short })
}

fn word(d: f64, low_to: f64, high_above: f64) -> &'static str {
    if d <= low_to {
        "low"
    } else if d > high_above {
        "high"
    } else {
        "moderate"
    }
}
