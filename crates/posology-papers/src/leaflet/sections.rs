//! Sections that follow from the drug alone.
use super::Writer;
use crate::document::{Block, Tone};
use posology_knowledge::schema::{ProductStatus, UseBasis};
use posology_knowledge::{KnowledgeBase, ResolveOptions, resolve};
use posology_model::{Case, MedicationEntry};
use posology_review::Context;

/// A predicted exposure below or above this is worth telling a patient.
pub const TOLD_BELOW: f64 = 0.8;
/// See [`TOLD_BELOW`]: the two bounds of bioequivalence.
pub const TOLD_ABOVE: f64 = 1.25;
/// Most unwanted effects told.
const MOST_EFFECTS: usize = 8;
/// Most reasons told where the record gives none.
const MOST_PURPOSES: usize = 4;

impl Writer<'_> {
    /// When to call for help.
    pub fn emergency(&mut self) {
        let title = match self.emergency.clone() {
            Some(n) => self.words.fill("emergency-title", &[("number", &n)]),
            None => self.words.say("emergency-no-number"),
        };
        let mut items = self.section("emergency");
        for kind in ["emergency", "crisis"] {
            if let Some((c, text)) = self.words.contact(kind, self.request.settings.jurisdiction) {
                self.cite(&c.source, c.confidence);
                if kind == "crisis" {
                    items.push(text.to_owned());
                }
            }
        }
        self.blocks.push(Block::Box { tone: Tone::Emergency, title, items });
    }

    pub fn naloxone(&mut self) {
        let items = self.section("naloxone");
        if !items.is_empty() {
            let title = self.words.say("naloxone-title");
            self.blocks.push(Block::Box { tone: Tone::Warning, title, items });
        }
    }

    /// What it is for: the reason in the record, or the uses of the label.
    pub fn purpose(&mut self) {
        self.heading("purpose-title");
        let reasons = self.recorded_reasons();
        if let Some(reasons) = reasons.filter(|r| !r.is_empty()) {
            for r in reasons {
                let text = self.words.fill("purpose-record", &[("condition", &r)]);
                self.text(text);
            }
            return;
        }
        let here = self.request.settings.jurisdiction;
        let mut known: Vec<String> = Vec::new();
        for u in &self.kb.substance(self.request.drug).uses {
            let holds = matches!(u.basis, UseBasis::Labelled | UseBasis::Guideline)
                && (u.jurisdiction.is_empty() || u.jurisdiction.contains(&here));
            let Some(name) = holds.then(|| self.words.name("condition", &u.indication)).flatten() else {
                continue;
            };
            if !known.contains(&name) && known.len() < MOST_PURPOSES {
                self.cite(&u.source, u.confidence);
                known.push(name);
            }
        }
        if !known.is_empty() {
            let items = known.iter().map(|n| self.words.fill("purpose-known", &[("condition", n)])).collect();
            self.blocks.push(Block::List { items });
            if known.len() > 1 {
                self.paragraph("purpose-own");
            }
        }
        self.gap("purpose-gap");
    }

    pub fn take(&mut self) {
        self.heading("take-title");
        let items = self.section("take");
        if self.hospital_only() {
            self.paragraph("hospital-note");
        }
        self.items_or_gap(items, "take-title");
        if self.request.plan.is_some() {
            self.paragraph("dose-plan");
            return;
        }
        match self.recorded_dose() {
            Some(dose) => {
                let text = self.words.fill("your-dose", &[("dose", &dose)]);
                self.blocks.push(Block::Paragraph { text, strong: true });
                self.paragraph("dose-check");
            }
            None => self.gap("dose-gap"),
        }
    }

    /// Whether every product that is known goes into a vein, a muscle or the spine.
    fn hospital_only(&self) -> bool {
        let products = &self.kb.substance(self.request.drug).products;
        let mut on_market = products.iter().filter(|p| p.status == ProductStatus::Marketed).peekable();
        on_market.peek().is_some()
            && on_market.all(|p| {
                matches!(p.route.as_str(), "intravenous" | "intramuscular" | "epidural" | "intrathecal")
            })
    }

    pub fn missed(&mut self) {
        self.simple("missed-title", &["missed-dose", "gap"]);
    }

    pub fn stopping(&mut self) {
        self.simple("stopping-title", &["stopping", "worse"]);
    }

    pub fn avoid(&mut self) {
        self.simple("alcohol-title", &["alcohol", "avoid"]);
    }

    /// What not to start or stop: the general rule, and what is predicted to change the level of this drug.
    pub fn other_medicines(&mut self) {
        self.heading("other-title");
        let mut items = self.section("other-medicines");
        let mut known = false;
        for (t, text) in self.words.texts(self.request.drug, "other-medicines") {
            let Some(by) = t.exposure_by.as_deref() else { continue };
            if self.changes_level(by) {
                known = true;
                self.cite(&t.source, t.confidence);
                items.push(self.filled(text));
            }
        }
        self.items_or_gap(items, "other-title");
        if !known && self.kb.kinetics(self.request.drug).is_none() {
            self.gap("levels-gap");
        }
    }

    /// Whether a substance in its usual dose is predicted to change the exposure of the drug (with its metabolites) beyond bioequivalence.
    fn changes_level(&self, by: &str) -> bool {
        let (drug, kb) = (self.request.drug, self.kb);
        let Some(other) = kb.find(by).filter(|o| *o != drug) else { return false };
        let entry =
            |ix| MedicationEntry { text: Some(kb.substance(ix).name.clone()), ..MedicationEntry::default() };
        let case = Case { medications: vec![entry(drug), entry(other)], ..Case::default() };
        let resolved = resolve(&case, kb, ResolveOptions { rxnorm: None });
        ratio(kb, &Context::new(&resolved, kb, self.request.settings), drug, other).is_some_and(told)
    }

    pub fn effects(&mut self) {
        self.heading("effects-title");
        let drug = self.request.drug;
        let found: Vec<_> = self
            .words
            .effects()
            .filter(|(e, text, _)| !text.is_empty() && self.words.grade(drug, e.kind) >= e.from_grade)
            .take(MOST_EFFECTS)
            .collect();
        let mut items = Vec::new();
        for (e, text, _) in found {
            if let Some(f) = self.kb.effect(drug, e.kind) {
                self.cite(&f.source, f.confidence);
            }
            items.push(text.to_owned());
        }
        if items.is_empty() {
            self.gap("effects-gap");
            return;
        }
        self.blocks.push(Block::List { items });
        self.paragraph("effects-intro");
    }
}

/// Predicted exposure of a drug (active, with metabolites) under another, where something acts on it.
pub fn ratio(
    _: &KnowledgeBase,
    ctx: &Context<'_>,
    victim: posology_knowledge::SubstanceIx,
    by: posology_knowledge::SubstanceIx,
) -> Option<f64> {
    ctx.changes().iter().find(|c| c.victim == victim && c.by.contains(&by)).map(|c| c.active)
}

/// Whether a ratio is worth telling.
pub fn told(ratio: f64) -> bool {
    ratio.is_finite() && !(TOLD_BELOW..=TOLD_ABOVE).contains(&ratio)
}
