//! A drug of a row: each distinct product is resolved once, by the same resolution as every other record.
use super::Concepts;
use posology_knowledge::{Exposure, KnowledgeBase, ResolveOptions, resolve};
use posology_model::{
    Case, CodeSystem, Coding, EntryKind, MedicationEntry, NotAssessed, ReadConfidence, Route,
};
use std::collections::HashMap;

/// What a row says of its drug, without its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DrugKey<'r> {
    /// Concept; 0 is none.
    pub concept: i64,
    /// Kind of record.
    pub kind: EntryKind8,
    /// Route concept; 0 is none.
    pub route: i64,
    /// Instruction.
    pub sig: &'r str,
    /// Source value, code and name as recorded.
    pub source: [&'r str; 3],
}

/// [`EntryKind`] as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryKind8(u8);

impl EntryKind8 {
    /// From the type concept of a row: by its name in the concept table, or one of the concepts that are everywhere the same.
    pub fn of_type(concept: i64, concepts: &Concepts) -> Self {
        let by_name = concepts.get(concept).map(|c| c.name.to_lowercase());
        Self(match by_name.as_deref() {
            Some(n) if n.contains("administ") => 3,
            Some(n) if n.contains("dispens") || n.contains("pharmacy") || n.contains("mail order") => 2,
            Some(n) if n.contains("prescri") || n.contains("order") => 0,
            Some(n) if n.contains("report") || n.contains("survey") => 1,
            _ => match concept {
                32838 | 38000177 => 0,
                32869 | 32825 | 38000175 => 2,
                32818 | 38000180 | 43542356 => 3,
                _ => 4,
            },
        })
    }

    /// The kind.
    pub const fn kind(self) -> EntryKind {
        match self.0 {
            0 => EntryKind::Request,
            1 => EntryKind::Statement,
            2 => EntryKind::Dispense,
            3 => EntryKind::Administration,
            _ => EntryKind::Listed,
        }
    }
}

/// A product as resolved; dates, supply and person are filled in by row.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// Exposures, one an ingredient.
    pub exposures: Vec<Exposure>,
    /// What could not be assessed about it.
    pub not_assessed: Vec<NotAssessed>,
    /// Codes that no copy confirms.
    pub unverified: Vec<String>,
    /// A drug was recognised.
    pub resolved: bool,
    /// The concept is in the concept table, or there is none to look it up in.
    pub known_concept: bool,
    /// The instruction carries the dose, so that quantity and days of supply do not.
    pub has_dose: bool,
    /// In words.
    pub label: String,
}

/// Products met so far. Every worker has its own.
#[derive(Debug, Default)]
pub struct DrugCache {
    plain: HashMap<(i64, EntryKind8, i64), u32>,
    other: HashMap<String, u32>,
    /// The products.
    pub templates: Vec<Template>,
}

impl DrugCache {
    /// The product of a row.
    pub fn get(&mut self, key: DrugKey<'_>, concepts: &Concepts, kb: &KnowledgeBase) -> u32 {
        let plain =
            key.sig.is_empty() && key.concept != 0 && concepts.get_fast(key.concept, &self.plain, key);
        if plain {
            if let Some(t) = self.plain.get(&(key.concept, key.kind, key.route)) {
                return *t;
            }
            let t = self.push(make(key, concepts, kb));
            self.plain.insert((key.concept, key.kind, key.route), t);
            return t;
        }
        let text = format!(
            "{}\u{1}{}\u{1}{}\u{1}{}\u{1}{}",
            key.concept,
            key.kind.0,
            key.route,
            key.sig,
            key.source.join("\u{1}")
        );
        if let Some(t) = self.other.get(&text) {
            return *t;
        }
        let t = self.push(make(key, concepts, kb));
        self.other.insert(text, t);
        t
    }

    fn push(&mut self, t: Template) -> u32 {
        self.templates.push(t);
        (self.templates.len() - 1) as u32
    }
}

impl Concepts {
    /// Whether the concept alone says which drug it is: it was met before, or the table holds it.
    fn get_fast(&self, concept: i64, met: &HashMap<(i64, EntryKind8, i64), u32>, key: DrugKey<'_>) -> bool {
        met.contains_key(&(concept, key.kind, key.route)) || self.get(concept).is_some()
    }
}

/// A route by the name of its concept, or by one of the concepts that need no table.
fn route(concept: i64, concepts: &Concepts) -> Option<Route> {
    if let Some(c) = concepts.get(concept) {
        let name = c.name.to_lowercase();
        return name.trim_end_matches(" route").trim().replace(' ', "-").parse().ok();
    }
    match concept {
        4132161 => Some(Route::Oral),
        4171047 => Some(Route::Intravenous),
        4302612 => Some(Route::Intramuscular),
        4142048 => Some(Route::Subcutaneous),
        4181897 => Some(Route::Buccal),
        _ => None,
    }
}

/// A source value that is a number ("308182", "308182.0") is a code.
pub(crate) fn numeric(text: &str) -> Option<&str> {
    let t = text.trim();
    let t = t.strip_suffix(".0").unwrap_or(t);
    (!t.is_empty() && t.len() <= 18 && t.bytes().all(|b| b.is_ascii_digit())).then_some(t)
}

fn make(key: DrugKey<'_>, concepts: &Concepts, kb: &KnowledgeBase) -> Template {
    let [source, code, name] = key.source;
    let concept = concepts.get(key.concept);
    let mut codings = Vec::new();
    let mut text = None;
    match concept {
        Some(c) => codings.push(c.coding()),
        None => {
            for c in [code, source] {
                if let Some(n) = numeric(c) {
                    codings.push(Coding { system: CodeSystem::RxNorm, code: n.to_owned(), display: None });
                }
            }
            text = [name, source, code]
                .into_iter()
                .find(|t| !t.trim().is_empty() && numeric(t).is_none())
                .map(|t| t.trim().to_owned());
        }
    }
    let label = concept
        .map(|c| c.name.to_owned())
        .or_else(|| text.clone())
        .or_else(|| codings.first().map(|c| format!("{} {}", c.system.name(), c.code)))
        .unwrap_or_else(|| format!("drug_concept_id {}", key.concept));
    if codings.is_empty() && text.is_none() {
        return Template {
            known_concept: key.concept == 0,
            not_assessed: vec![NotAssessed {
                what: label.clone(),
                why: "the concept table does not hold it and the row has no source value that names a drug"
                    .into(),
                rules: Vec::new(),
            }],
            label,
            ..Template::default()
        };
    }
    let mut dosing =
        if key.sig.trim().is_empty() { Vec::new() } else { posology_interop::sig::read_all(key.sig) };
    let has_dose =
        dosing.iter().any(|d| !d.amounts.is_empty() || d.max_per_day.is_some() || d.frequency.is_some());
    if let Some(r) = route(key.route, concepts) {
        if dosing.is_empty() {
            dosing.push(posology_model::Dosing {
                confidence: ReadConfidence::Structured,
                ..posology_model::Dosing::default()
            });
        }
        for d in &mut dosing {
            d.route = d.route.or(Some(r));
        }
    }
    let case = Case {
        medications: vec![MedicationEntry {
            path: "drug_exposure".into(),
            kind: key.kind.kind(),
            codings,
            text,
            dosing,
            ..MedicationEntry::default()
        }],
        ..Case::default()
    };
    let r = resolve(&case, kb, ResolveOptions::default());
    Template {
        has_dose: has_dose && r.exposures.iter().any(|e| e.daily_mg.is_some()),
        resolved: !r.exposures.is_empty(),
        exposures: r.exposures,
        not_assessed: r.not_assessed,
        unverified: r.unverified_codes,
        known_concept: concept.is_some() || key.concept == 0 || concepts.is_empty(),
        label,
    }
}
