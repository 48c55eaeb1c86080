//! Each pair of a list, by the same review as everything else.
use super::codes::{Asked, look_up};
use crate::app::App;
use posology_knowledge::{KnowledgeBase, ResolveOptions, SubstanceIx, resolve};
use posology_model::{Case, CodeSystem, Coding, EntryKind, Finding, MedicationEntry, Severity};
use posology_review::about_being_together;

/// A pair and what is known of it.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Places in the list.
    pub of: [usize; 2],
    /// Findings, gravest first.
    pub findings: Vec<Finding>,
    /// Why nothing, or not everything, could be assessed.
    pub not_assessed: Option<String>,
}

/// All pairs of a list that have something to say.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// Drugs as asked for.
    pub asked: Vec<Asked>,
    /// Pairs.
    pub list: Vec<Pair>,
    /// Facts behind them.
    pub facts: Vec<String>,
}

/// Assesses every pair of a list of codes.
pub fn assess(app: &App, codes: &[String], onc_high: bool) -> Pairs {
    let kb: &KnowledgeBase = &app.0.kb;
    let settings = app.settings();
    let asked: Vec<Asked> = codes.iter().map(|c| look_up(kb, c)).collect();
    let mut out = Pairs::default();
    for i in 0..asked.len() {
        // A list of one: only what cannot be assessed has to be said.
        if asked.len() == 1 && asked[0].unknown.is_some() {
            out.list.push(Pair { of: [0, 0], findings: Vec::new(), not_assessed: asked[0].unknown.clone() });
        }
        for k in i + 1..asked.len() {
            let (a, b) = (&asked[i], &asked[k]);
            let mut pair = Pair { of: [i, k], findings: Vec::new(), not_assessed: gap(kb, a, b) };
            if !a.ingredients.is_empty() && !b.ingredients.is_empty() {
                let case = Case { medications: vec![entry(a), entry(b)], ..Case::default() };
                let resolved = resolve(&case, kb, ResolveOptions { rxnorm: None });
                let mut r = app.0.checker.review(&resolved, kb, &settings);
                out.facts.extend(crate::store::facts(&r));
                r.findings
                    .retain(|f| together(f) && concerns(kb, f, a, b) && (!onc_high || on_list(kb, f, a, b)));
                pair.findings = r.findings;
            }
            if !pair.findings.is_empty() || pair.not_assessed.is_some() {
                out.list.push(pair);
            }
        }
    }
    out.facts.sort_unstable();
    out.facts.dedup();
    out.list.sort_by_key(|p| std::cmp::Reverse(p.findings.iter().map(|f| f.severity).max().map_or(0, rank)));
    out.asked = asked;
    out
}

const fn rank(s: Severity) -> u8 {
    match s {
        Severity::Note => 1,
        Severity::Caution => 2,
        Severity::Serious => 3,
        Severity::Critical => 4,
    }
}

fn entry(a: &Asked) -> MedicationEntry {
    MedicationEntry {
        path: format!("RxNorm {}", a.rxcui),
        kind: EntryKind::Listed,
        codings: vec![Coding { system: CodeSystem::RxNorm, code: a.rxcui.clone(), display: None }],
        ..MedicationEntry::default()
    }
}

/// Findings about drugs being together; the ended service counted one drug twice among them.
fn together(f: &Finding) -> bool {
    f.rule == "duplicate-substance" || f.rule == "duplicate-class" || about_being_together(&f.rule)
}

/// Whether a finding is about one drug of each side.
fn concerns(kb: &KnowledgeBase, f: &Finding, a: &Asked, b: &Asked) -> bool {
    let names =
        |x: &Asked| x.ingredients.iter().any(|i| f.substances.iter().any(|s| s.id == kb.substance(*i).id));
    if a.ingredients.iter().any(|i| b.ingredients.contains(i)) {
        return names(a);
    }
    f.substances.len() > 1 && names(a) && names(b)
}

/// Whether the published list of high-priority pairs names this one.
fn on_list(kb: &KnowledgeBase, _f: &Finding, a: &Asked, b: &Asked) -> bool {
    pairs(a, b).any(|(x, y)| {
        kb.interactions_between(x, y).any(|(k, _)| kb.interaction(k).lists.iter().any(|l| l == "onc-high"))
    })
}

fn pairs<'p>(a: &'p Asked, b: &'p Asked) -> impl Iterator<Item = (SubstanceIx, SubstanceIx)> + 'p {
    a.ingredients.iter().flat_map(|x| b.ingredients.iter().map(|y| (*x, *y)))
}

/// Why a pair cannot be assessed, or not wholly.
fn gap(kb: &KnowledgeBase, a: &Asked, b: &Asked) -> Option<String> {
    let mut why: Vec<String> =
        [a, b].into_iter().filter_map(|x| x.unknown.as_ref().map(|w| format!("{}: {w}", x.name))).collect();
    for ix in a.ingredients.iter().chain(&b.ingredients) {
        let s = kb.substance(*ix);
        let bare = s.effects.is_empty()
            && s.limits.is_empty()
            && s.contraindications.is_empty()
            && kb.kinetics(*ix).is_none();
        let text =
            format!("{}: the knowledge holds its identity, but no effects or interactions yet", s.name);
        if bare && !why.contains(&text) {
            why.push(text);
        }
    }
    (!why.is_empty()).then(|| why.join("; "))
}
