//! Substitution by a longer-acting drug: staged, reviewed, and with the change that it implies under every source.
use crate::error::TaperError;
use crate::facts::PatientFacts;
use crate::guidance::{Rules, per_mg};
use crate::mass::{Mass, percent};
use crate::optimise::{Arrangement, arrange};
use crate::outlook::{acts_on, applies};
use crate::request::Request;
use crate::stock::Stock;
use posology_knowledge::schema::{CautionKind, Jurisdiction};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::{Evidence, SubstanceRef};
use serde::{Deserialize, Serialize};

/// What the dose after the switch means under one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpliedChange {
    /// Table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Equivalent of the dose before, mg of the new drug, low and high.
    pub equivalent_mg: [f64; 2],
    /// Change of the dose under this source, percent, low and high; negative is a cut.
    pub change_percent: [f64; 2],
    /// The cut exceeds the guideline's bound, or the rise is as large.
    pub exceeds: bool,
    /// Source.
    pub evidence: Evidence,
}

/// A substitution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SwitchReport {
    /// To what.
    pub to: SubstanceRef,
    /// Daily dose after it, mg.
    pub daily_dose_mg: f64,
    /// The table that set it.
    pub table: String,
    /// Under every source.
    pub implied: Vec<ImpliedChange>,
    /// Staging and review in words.
    pub staging: String,
    /// Source of the staging.
    pub evidence: Option<Evidence>,
}

/// A stage: days, what stays of the old drug, what is taken of the new one.
#[derive(Debug)]
pub(crate) struct Stage {
    pub days: u32,
    pub old: Option<(Mass, Arrangement)>,
    pub new: (Mass, Arrangement),
}

/// A planned substitution.
#[derive(Debug)]
pub(crate) struct Switch {
    pub to: SubstanceIx,
    pub report: SwitchReport,
    pub stages: Vec<Stage>,
    pub dose: Mass,
    pub times: usize,
    /// First and last day of the review after a change of drug.
    pub review_days: Option<[u32; 2]>,
}

/// Plans it, or says why it is not offered.
pub(crate) fn switch(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    r: &Request,
    rules: &Rules<'_>,
    old_stock: &Stock,
    new_stock: impl FnOnce(SubstanceIx) -> Stock,
) -> Result<Switch, TaperError> {
    let refused = |why: String| TaperError::SwitchRefused(vec![why]);
    let row = rules.row;
    let Some(to) = row.and_then(|g| g.switch_to.as_deref()).and_then(|s| kb.find(s)) else {
        return Err(refused(format!("{} names no drug to switch to.", rules.name)));
    };
    if to == ix {
        return Err(refused(format!("{} is the drug to which a switch would go.", kb.substance(ix).name)));
    }
    let none = PatientFacts::default();
    let facts = r.patient.as_ref().unwrap_or(&none);
    let mut reasons: Vec<String> = kb
        .corpus
        .tapers
        .iter()
        .flat_map(|f| &f.cautions)
        .filter(|c| matches!(c.kind, CautionKind::NoSwitch | CautionKind::NotAdvised))
        .filter(|c| applies(kb, ix, c, facts))
        .map(|c| c.text.clone())
        .collect();
    for o in &facts.others {
        let Some(other) = kb.find(&o.substance) else { continue };
        if acts_on(kb, other, to).is_some() {
            reasons.push(format!(
                "{} changes the clearance of {}: the equivalent would not hold.",
                kb.substance(other).name,
                kb.substance(to).name
            ));
        }
    }
    reasons.sort();
    reasons.dedup();
    if !reasons.is_empty() {
        return Err(TaperError::SwitchRefused(reasons));
    }
    let (id, to_id) = (&kb.substance(ix).id, &kb.substance(to).id);
    let tables: Vec<_> = kb
        .corpus
        .equivalence
        .iter()
        .filter(|t| &t.reference == to_id)
        .filter_map(|t| Some((t, per_mg(t, id)?)))
        .collect();
    let usual = match r.jurisdiction {
        Jurisdiction::Us => "va-dod-2021",
        Jurisdiction::Uk => "sps-scotland",
    };
    let wanted = r.equivalence.as_deref().unwrap_or(usual);
    let chosen = tables
        .iter()
        .find(|t| t.0.id == wanted)
        .or_else(|| if r.equivalence.is_some() { None } else { tables.first() })
        .ok_or_else(|| {
            refused(format!(
                "No equivalent of {} is held by {wanted}; tables that hold one: {}.",
                kb.substance(ix).name,
                tables.iter().map(|t| t.0.id.as_str()).collect::<Vec<_>>().join(", ")
            ))
        })?;
    let stock = new_stock(to);
    let times = (r.times_per_day as usize).clamp(1, 3);
    // Of a range the smaller dose of the new drug.
    let want = r.daily_mg * chosen.1.0;
    let (dose, made, times) = nearest(&stock, want, times, 2).ok_or_else(|| {
        refused(format!("No dose of {} near {} mg can be made.", kb.substance(to).name, want))
    })?;
    let mut stages = Vec::new();
    let days = row.and_then(|g| g.switch_days).unwrap_or([7, 14]);
    let half_days = (days[1] / 2).max(1);
    let half = nearest(old_stock, r.daily_mg / 2.0, r.times_per_day as usize, 1);
    if let Some((kept, kept_made, _)) = half {
        let replaced = (r.daily_mg - kept.mg()) * dose.mg() / r.daily_mg;
        if kept.mg() < r.daily_mg
            && let Some((part, part_made, _)) = nearest(&stock, replaced, times, 1)
            && part < dose
        {
            stages.push(Stage { days: half_days, old: Some((kept, kept_made)), new: (part, part_made) });
        }
    }
    stages.push(Stage { days: rules.days.max(half_days), old: None, new: (dose, made) });
    let bound = rules.max_percent.unwrap_or(25.0);
    let implied = tables
        .iter()
        .map(|(t, (lo, hi))| {
            let eq = [r.daily_mg * lo, r.daily_mg * hi];
            let change =
                [percent(100.0 * (dose.mg() / eq[1] - 1.0)), percent(100.0 * (dose.mg() / eq[0] - 1.0))];
            let cell = t.rows.iter().find(|x| &x.substance == id);
            ImpliedChange {
                table: t.id.clone(),
                name: t.name.clone(),
                equivalent_mg: eq,
                change_percent: change,
                exceeds: change[0] < -bound - 1e-9 || change[1] > bound + 1e-9,
                evidence: cell.map_or_else(
                    || kb.evidence(&t.id, Default::default()),
                    |c| kb.evidence(&c.source, c.confidence),
                ),
            }
        })
        .collect();
    let review = row.and_then(|g| g.switch_review_days);
    let staging = format!(
        "{} over {} days{}.",
        if stages.len() > 1 {
            "Half of the dose is replaced first, then all of it,"
        } else {
            "The whole dose is replaced,"
        },
        stages.iter().map(|s| s.days).sum::<u32>(),
        review.map_or(String::new(), |d| format!(
            ", with a look {} to {} days after each change of drug",
            d[0], d[1]
        ))
    );
    Ok(Switch {
        to,
        report: SwitchReport {
            to: kb.reference(to),
            daily_dose_mg: dose.mg(),
            table: chosen.0.id.clone(),
            implied,
            staging,
            evidence: row.and_then(|g| Some(kb.evidence(g.switch_source.as_deref()?, g.switch_confidence))),
        },
        stages,
        dose,
        times,
        review_days: review,
    })
}

/// The dose nearest to `mg` that can be made, within a quarter of it; solids first.
pub(crate) fn nearest(
    stock: &Stock,
    mg: f64,
    times: usize,
    products: usize,
) -> Option<(Mass, Arrangement, usize)> {
    let want = Mass::from_mg(mg)?;
    for liquids in [false, true] {
        let grain = stock.grain(liquids);
        if grain <= 0 || (liquids && !stock.has_liquid()) {
            continue;
        }
        let mut up = want.0 + (grain - want.0.rem_euclid(grain)) % grain;
        let mut down = up - grain;
        for _ in 0..200 {
            let d = if up - want.0 < want.0 - down || down <= 0 { up } else { down };
            if d == up {
                up += grain;
            } else {
                down -= grain;
            }
            if (d - want.0).abs() * 4 > want.0 {
                break;
            }
            for k in (1..=times.max(1)).rev() {
                if let Some(a) = arrange(stock, Mass(d), k, liquids, products) {
                    return Some((Mass(d), a, k));
                }
            }
        }
    }
    None
}
