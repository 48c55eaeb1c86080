//! Which guidance holds, at which pace, and what its bound is.
use crate::error::TaperError;
use crate::mass::Mass;
use crate::request::{Pace, Request};
use posology_knowledge::schema::{
    Confidence, EquivalenceFile, TaperBase, TaperCut, TaperGuidance, TaperStrategy,
};
use posology_knowledge::{KnowledgeBase, SubstanceIx};

/// From this dose on, as a share of the start, the plan may stop where no smaller dose can be made, percent.
pub const STUCK_LAST_PERCENT: f64 = 25.0;
/// The bound of a custom pace, percent in 14 days: the largest that any guideline for sedatives holds.
const CUSTOM_MAX_PERCENT: f64 = 25.0;

/// A guideline, ready to plan with.
#[derive(Debug, Clone)]
pub struct Rules<'k> {
    /// Guideline id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The row; `None` for a custom pace.
    pub row: Option<&'k TaperGuidance>,
    /// Strategy.
    pub strategy: TaperStrategy,
    /// Cut, percent of the base; used by all strategies but the stepped one.
    pub percent: f64,
    /// Cut in mg where the pace was given so.
    pub mg: Option<f64>,
    /// Days between cuts.
    pub days: u32,
    /// Largest cut in percent within `max_days`; `None` where the bound is in milligrams.
    pub max_percent: Option<f64>,
    /// See `max_percent`.
    pub max_days: u32,
    /// To what percentages refer.
    pub base: TaperBase,
    /// Reference mg per mg of the drug, for cuts printed for another drug.
    pub factor: f64,
    /// Share of the start from which the last step may be taken, percent.
    pub last_percent: f64,
    /// The cautious pace was taken.
    pub cautious: bool,
}

/// Whether a row is about a substance.
fn covers(kb: &KnowledgeBase, row: &TaperGuidance, ix: SubstanceIx) -> bool {
    let id = &kb.substance(ix).id;
    row.substances.iter().any(|s| s == id)
        || row.class.as_deref().and_then(|c| kb.class(c)).is_some_and(|c| kb.in_class(ix, c))
}

/// All rows about a substance, with the id and name of their guideline.
pub fn rows(kb: &KnowledgeBase, ix: SubstanceIx) -> impl Iterator<Item = (&str, &str, &TaperGuidance)> {
    kb.corpus
        .tapers
        .iter()
        .flat_map(|f| f.guidance.iter().map(move |g| (f.id.as_str(), f.name.as_str(), g)))
        .filter(move |(_, _, g)| covers(kb, g, ix))
}

impl<'k> Rules<'k> {
    /// The guidance for a drug as asked.
    pub fn choose(
        kb: &'k KnowledgeBase,
        ix: SubstanceIx,
        r: &Request,
        cautious: bool,
    ) -> Result<Self, TaperError> {
        let name = kb.substance(ix).name.clone();
        let here = |g: &TaperGuidance| g.jurisdiction.is_empty() || g.jurisdiction.contains(&r.jurisdiction);
        if r.guideline.as_deref() == Some("custom") {
            return Self::custom(r);
        }
        let others = || {
            let mut ids: Vec<&str> = rows(kb, ix).filter(|x| here(x.2)).map(|x| x.0).collect();
            ids.dedup();
            if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
        };
        let found = match r.guideline.as_deref() {
            Some(id) => {
                if !kb.corpus.tapers.iter().any(|f| f.id == id && !f.guidance.is_empty()) {
                    let known: Vec<&str> = kb
                        .corpus
                        .tapers
                        .iter()
                        .filter(|f| !f.guidance.is_empty())
                        .map(|f| f.id.as_str())
                        .collect();
                    return Err(TaperError::UnknownGuideline { id: id.to_owned(), known: known.join(", ") });
                }
                rows(kb, ix).find(|x| x.0 == id && here(x.2))
            }
            // A row about the substance itself goes before one about its class.
            None => {
                let usual = |own: bool| {
                    rows(kb, ix).find(|x| {
                        x.2.default_in.contains(&r.jurisdiction) && own != x.2.substances.is_empty()
                    })
                };
                usual(true).or_else(|| usual(false)).or_else(|| rows(kb, ix).find(|x| here(x.2)))
            }
        };
        let Some((id, title, row)) = found else {
            return Err(TaperError::NotCovered {
                guideline: r.guideline.clone().unwrap_or_else(|| "No guidance here".to_owned()),
                substance: name,
                others: others(),
            });
        };
        let strategy = r.strategy.unwrap_or(row.strategy);
        if !row.strategies.contains(&strategy) {
            return Err(TaperError::Strategy {
                guideline: id.to_owned(),
                strategy: strategy.as_str(),
                substance: name,
                allowed: row.strategies.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", "),
            });
        }
        let (mut percent, mut days) = (row.default_percent, row.default_days);
        if cautious {
            percent = row.cautious_percent.or(percent);
            days = row.cautious_days.unwrap_or(days);
        }
        let mut mg = None;
        if let Some(p) = &r.pace {
            check_pace(p, row)?;
            percent = p.percent.or(percent);
            mg = p.mg;
            days = p.days;
        }
        let max_percent = if row.cuts.is_empty() {
            row.max_percent.or(row.percent.map(|p| p[1])).or(Some(CUSTOM_MAX_PERCENT))
        } else {
            None
        };
        Ok(Self {
            id: id.to_owned(),
            name: title.to_owned(),
            row: Some(row),
            strategy,
            percent: percent.unwrap_or(10.0),
            mg,
            days: days.max(1),
            max_percent,
            max_days: row.max_percent_days.unwrap_or(row.interval_days[0]).max(1),
            base: row.base,
            factor: factor(kb, row, ix),
            last_percent: row.last_percent.unwrap_or(10.0),
            cautious: cautious && r.pace.is_none(),
        })
    }

    fn custom(r: &Request) -> Result<Self, TaperError> {
        let Some(pace) = r.pace else { return Err(TaperError::CustomNeedsPace) };
        let bad = |why: &str| TaperError::Pace { pace: pace.to_string(), why: why.to_owned() };
        if pace.percent.is_some_and(|p| !(p > 0.0 && p <= CUSTOM_MAX_PERCENT)) {
            return Err(bad("is not above 0 and at most 25 %"));
        }
        if pace.mg.is_some_and(|m| !(m.is_finite() && m > 0.0)) {
            return Err(bad("is not above 0 mg"));
        }
        let strategy = match r.strategy {
            Some(TaperStrategy::Switch | TaperStrategy::Stepped) => {
                return Err(TaperError::Strategy {
                    guideline: "custom".into(),
                    strategy: r.strategy.map_or("", TaperStrategy::as_str),
                    substance: r.substance.clone(),
                    allowed: "proportional, linear, occupancy".into(),
                });
            }
            s => s.unwrap_or(if pace.mg.is_some() {
                TaperStrategy::Linear
            } else {
                TaperStrategy::Proportional
            }),
        };
        Ok(Self {
            id: "custom".into(),
            name: "A pace set by the clinician".into(),
            row: None,
            strategy,
            percent: pace.percent.unwrap_or(10.0),
            mg: pace.mg,
            days: pace.days.max(1),
            max_percent: Some(CUSTOM_MAX_PERCENT),
            max_days: 14,
            base: TaperBase::Current,
            factor: 1.0,
            last_percent: 10.0,
            cautious: false,
        })
    }

    /// The lowest dose to which the guidance lets the dose fall. `now`: current dose; `window`: highest dose within `max_days` before the cut;
    /// `start`: dose at the beginning of the taper.
    pub fn lowest(&self, now: Mass, window: Mass, start: Mass) -> Mass {
        if let Some(p) = self.max_percent {
            let base = match self.base {
                TaperBase::Current => window,
                TaperBase::Original => start,
            };
            let keep = match self.base {
                TaperBase::Current => base.mg() * (1.0 - p / 100.0),
                TaperBase::Original => window.mg() - base.mg() * p / 100.0,
            };
            // Upwards, so that rounding never exceeds the bound; a hair is forgiven.
            return Mass((keep.max(0.0) * 100_000.0 - 1e-6).ceil() as i64);
        }
        let cut = self.cut(now).map_or(0.0, |c| c.cut_mg[1] / self.factor);
        Mass(((now.mg() - cut).max(0.0) * 100_000.0 - 1e-6).ceil() as i64)
    }

    /// The printed cut for a dose.
    pub fn cut(&self, now: Mass) -> Option<&'k TaperCut> {
        let d = now.mg() * self.factor;
        self.row?
            .cuts
            .iter()
            .filter(|c| d > c.above_mg + 1e-9)
            .max_by(|a, b| a.above_mg.total_cmp(&b.above_mg))
    }

    /// How well founded the pace is.
    pub fn confidence(&self) -> Confidence {
        self.row.map_or(Confidence::Secondary, |r| r.confidence)
    }
}

fn check_pace(p: &Pace, row: &TaperGuidance) -> Result<(), TaperError> {
    let bad = |why: String| Err(TaperError::Pace { pace: p.to_string(), why });
    if let Some(x) = p.percent {
        let most = row.max_percent.or(row.percent.map(|r| r[1]));
        if !(x > 0.0 && x.is_finite()) {
            return bad("is not above 0 %".into());
        }
        if let Some(m) = most.filter(|m| x > m + 1e-9) {
            return bad(format!("exceeds the guideline's bound of {m} %; give at most that"));
        }
    }
    if p.mg.is_some_and(|m| !(m.is_finite() && m > 0.0)) {
        return bad("is not above 0 mg".into());
    }
    if !row.cuts.is_empty() && p.days < row.interval_days[0] {
        return bad(format!(
            "is faster than the guideline, whose cuts are at least {} days apart",
            row.interval_days[0]
        ));
    }
    Ok(())
}

/// Reference mg per mg of the drug.
fn factor(kb: &KnowledgeBase, row: &TaperGuidance, ix: SubstanceIx) -> f64 {
    let id = &kb.substance(ix).id;
    match row.cuts_of.as_deref() {
        Some(of) if of != id => {
            let tables = || kb.corpus.equivalence.iter().filter(|t| t.reference == of);
            // The manual's own table where it has the drug.
            let found =
                tables().filter(|t| t.id.starts_with("ashton")).chain(tables()).find_map(|t| per_mg(t, id));
            found.map_or(1.0, |x| x.0)
        }
        _ => 1.0,
    }
}

/// Reference mg per mg of a substance by a table, low and high; `None` where it has no row.
pub fn per_mg(t: &EquivalenceFile, id: &str) -> Option<(f64, f64)> {
    if t.reference == id {
        return Some((1.0, 1.0));
    }
    let row = t.rows.iter().find(|r| r.substance == id && r.mg[0] > 0.0 && r.mg[1] > 0.0)?;
    Some((t.reference_mg / row.mg[1], t.reference_mg / row.mg[0]))
}
