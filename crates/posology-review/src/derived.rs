//! What the engine derives once from a knowledge base: known ids and typed kinetic parameters by substance.
use crate::bridge::exposure::ExposureTable;
use crate::known::Known;
use posology_kinetics::exposure::{Enzyme, Perpetrator, Residual, Victim};
use posology_knowledge::schema::ListEntry;
use posology_knowledge::{ClassIx, ConditionIx, KnowledgeBase, SubstanceIx};
use posology_model::{Education, EducationRecord};

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

/// A perpetrator with a mask of the enzymes that it acts on.
#[derive(Debug)]
pub struct LivePerpetrator {
    /// What it does to enzymes.
    pub perpetrator: Perpetrator,
    /// One bit an enzyme.
    pub mask: u64,
    /// Its strength is known by milligram (and not by glass or cigarette).
    pub in_mg: bool,
}

/// What a text or an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A class, narrower ones included.
    Class(ClassIx),
    /// A substance.
    Substance(SubstanceIx),
    /// Neither: the linter reports it; it never matches.
    Unknown,
}

impl Subject {
    /// Looks an id up.
    pub fn new(kb: &KnowledgeBase, id: &str) -> Self {
        match (kb.class(id), kb.find(id)) {
            (Some(c), _) => Self::Class(c),
            (None, Some(s)) => Self::Substance(s),
            (None, None) => Self::Unknown,
        }
    }

    /// Whether a substance is it, or belongs to it.
    pub fn is(self, kb: &KnowledgeBase, ix: SubstanceIx) -> bool {
        match self {
            Self::Class(c) => kb.in_class(ix, c),
            Self::Substance(s) => s == ix,
            Self::Unknown => false,
        }
    }
}

/// An entry of a list for older adults, ids looked up.
#[derive(Debug)]
pub struct LiveEntry {
    /// Class and substances that it names.
    pub subjects: Vec<Subject>,
    /// Conditions one of which must be present; empty is none.
    pub conditions: Vec<Option<ConditionIx>>,
    /// The class that must be there too.
    pub with_class: Option<Option<ClassIx>>,
}

/// Derived once, kept in the knowledge base.
#[derive(Debug)]
pub struct Derived {
    /// Known ids.
    pub known: Known,
    /// By substance.
    pub victims: Vec<Option<LiveVictim>>,
    /// By substance.
    pub perpetrators: Vec<Option<LivePerpetrator>>,
    /// Education points: subject, what must be taken beside it, and what is told.
    pub education: Vec<(Subject, Option<Subject>, Education)>,
    /// Subjects of the follow-up items, by file and item.
    pub follow_up: Vec<Vec<Subject>>,
    /// Entries of lists, by list and entry.
    pub lists: Vec<Vec<LiveEntry>>,
    /// Conditions of contraindications, by substance and contraindication.
    pub contraindications: Vec<Vec<Option<ConditionIx>>>,
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
            education: kb
                .corpus
                .education
                .iter()
                .flat_map(|f| &f.points)
                .map(|p| {
                    let told = EducationRecord {
                        topic: p.topic.clone(),
                        text: p.text.clone(),
                        evidence: vec![kb.evidence(&p.source, p.confidence)],
                    };
                    (
                        Subject::new(kb, &p.subject),
                        p.with.as_deref().map(|w| Subject::new(kb, w)),
                        told.into(),
                    )
                })
                .collect(),
            follow_up: kb
                .corpus
                .follow_up
                .iter()
                .map(|f| f.items.iter().map(|i| Subject::new(kb, &i.subject)).collect())
                .collect(),
            lists: kb
                .corpus
                .lists
                .iter()
                .map(|l| l.entries.iter().map(|e| live_entry(kb, e)).collect())
                .collect(),
            contraindications: kb
                .corpus
                .substances
                .iter()
                .map(|s| s.contraindications.iter().map(|c| kb.condition(&c.condition)).collect())
                .collect(),
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
                let units = kb.kinetics(ix).into_iter().flat_map(|k| {
                    k.inhibits.iter().map(|i| &i.dose_unit).chain(k.induces.iter().map(|i| &i.dose_unit))
                });
                LivePerpetrator {
                    perpetrator: p.clone(),
                    mask: p.effects.iter().fold(0, |m, e| m | bit(e.enzyme)),
                    in_mg: units.into_iter().all(|u| u.as_deref().is_none_or(|u| u == "mg")),
                }
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

fn live_entry(kb: &KnowledgeBase, e: &ListEntry) -> LiveEntry {
    LiveEntry {
        subjects: e
            .class
            .iter()
            .filter_map(|c| kb.class(c).map(Subject::Class))
            .chain(e.substances.iter().filter_map(|s| kb.find(s).map(Subject::Substance)))
            .collect(),
        conditions: e.conditions.iter().map(|c| kb.condition(c)).collect(),
        with_class: e.with_class.as_deref().map(|w| kb.class(w)),
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
