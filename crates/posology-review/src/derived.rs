//! What the engine derives once from a knowledge base: known ids and typed kinetic parameters by substance.
use crate::bridge::exposure::ExposureTable;
use crate::known::Known;
use posology_kinetics::exposure::{Enzyme, Perpetrator, Residual, Victim};
use posology_knowledge::{KnowledgeBase, SubstanceIx};

/// A metabolite that is followed with its parent.
#[derive(Debug)]
pub struct LiveMetabolite {
    /// Name.
    pub name: String,
    /// How it is cleared.
    pub victim: Victim,
    /// Enzymes that form it, each with the fraction of its clearance of the parent that does.
    pub formed_by: Vec<(Enzyme, f64)>,
    /// AUC over the parent's at steady state.
    pub auc_to_parent: f64,
    /// Potency in units of the parent.
    pub potency: f64,
}

/// A victim with its metabolites and a mask of the enzymes that matter to any of them.
#[derive(Debug)]
pub struct LiveVictim {
    /// How it is cleared.
    pub victim: Victim,
    /// Active metabolites.
    pub metabolites: Vec<LiveMetabolite>,
    /// One bit an enzyme.
    pub mask: u64,
}

/// Derived once, kept in the knowledge base.
#[derive(Debug)]
pub struct Derived {
    /// Known ids.
    pub known: Known,
    /// By substance.
    pub victims: Vec<Option<LiveVictim>>,
    /// By substance, with a mask of enzymes.
    pub perpetrators: Vec<Option<(Perpetrator, u64)>>,
    /// Calibrated spread.
    pub residual: Residual,
    /// Kinetic files that could not be read, for the linter.
    pub problems: Vec<String>,
}

const fn bit(e: Enzyme) -> u64 {
    1 << (e as usize)
}

fn victim_mask(v: &Victim) -> u64 {
    let mut m = v.pathways().iter().fold(0, |m, p| m | bit(p.enzyme));
    if let Some(g) = v.gut() {
        m |= bit(g.enzyme);
    }
    m
}

impl Derived {
    /// Derives everything.
    pub fn new(kb: &KnowledgeBase) -> Self {
        let (table, problems) = ExposureTable::new(&kb.corpus.kinetics);
        let n = kb.corpus.substances.len();
        let mut out = Self {
            known: Known::new(kb),
            victims: Vec::with_capacity(n),
            perpetrators: Vec::with_capacity(n),
            residual: Residual::default(),
            problems: problems.iter().map(ToString::to_string).collect(),
        };
        for (ix, s) in kb.substances() {
            let victim = table.victim(&s.id).map(|v| {
                let metabolites = metabolites(kb, ix, &table);
                let mask = metabolites.iter().fold(victim_mask(v), |m, x| {
                    x.formed_by.iter().fold(m | victim_mask(&x.victim), |m, (e, _)| m | bit(*e))
                });
                LiveVictim { victim: v.clone(), metabolites, mask }
            });
            out.victims.push(victim);
            let perpetrator = table.perpetrator(&s.id).filter(|p| !p.effects.is_empty()).map(|p| {
                let mask = p.effects.iter().fold(0, |m, e| m | bit(e.enzyme));
                (p.clone(), mask)
            });
            out.perpetrators.push(perpetrator);
        }
        out
    }

    /// The one of a knowledge base.
    pub fn of(kb: &KnowledgeBase) -> Option<&Self> {
        kb.derived(Self::new)
    }
}

fn metabolites(kb: &KnowledgeBase, ix: SubstanceIx, table: &ExposureTable) -> Vec<LiveMetabolite> {
    let Some(f) = kb.kinetics(ix) else { return Vec::new() };
    f.metabolite
        .iter()
        .filter_map(|m| {
            let formed_by = f
                .substrate
                .iter()
                .filter(|s| s.produces.as_deref() == Some(m.substance.as_str()))
                .filter_map(|s| Some((Enzyme::parse(&s.enzyme).ok()?, s.produces_fraction.unwrap_or(1.0))))
                .collect();
            Some(LiveMetabolite {
                name: m.substance.clone(),
                victim: table.victim(&m.substance)?.clone(),
                formed_by,
                auc_to_parent: m.auc_to_parent,
                potency: m.potency,
            })
        })
        .collect()
}
