//! Sections that follow from the record.
use super::Writer;
use super::sections::{ratio, told};
use crate::document::{Block, clean};
use crate::words::{is, number};
use posology_knowledge::{Exposure, Origin, ResolvedCase, SubstanceIx};
use posology_model::ReadConfidence;
use posology_review::{Context, Taken};

/// Most statements about one of the other medicines.
const MOST_STATEMENTS: usize = 4;
/// Most lines that could not be read and are named.
const MOST_UNREAD: usize = 6;

impl<'a> Writer<'a> {
    /// Whether the record shows another drug of a class or with an id. Without a record nothing is known, so nothing is added.
    pub fn also_takes(&self, subject: &str) -> bool {
        self.context.as_ref().is_some_and(|c| {
            c.after.iter().any(|t| t.substance != self.request.drug && is(self.kb, t.substance, subject))
        })
    }

    fn taken(&self) -> Option<&Taken<'a>> {
        self.context.as_ref()?.after.iter().find(|t| t.substance == self.request.drug)
    }

    /// Reasons in the record, in plain words where the knowledge has them.
    pub fn recorded_reasons(&self) -> Option<Vec<String>> {
        let taken = self.taken()?;
        let mut out: Vec<String> = Vec::new();
        for p in &taken.parts {
            for r in &p.reasons {
                let file = self.kb.condition_file(*r);
                let name = self.words.name("condition", &file.id).unwrap_or_else(|| file.name.clone());
                if !out.contains(&name) {
                    out.push(name);
                }
            }
        }
        Some(out)
    }

    /// The dose as recorded; `None` where any part of it was not read for sure.
    pub fn recorded_dose(&self) -> Option<String> {
        let taken = self.taken()?;
        let parts: Option<Vec<String>> = taken.parts.iter().map(|p| self.one_dose(p)).collect();
        parts.filter(|p| !p.is_empty()).map(|p| p.join("; "))
    }

    fn one_dose(&self, e: &Exposure) -> Option<String> {
        if e.dose_confidence == ReadConfidence::Low || e.not_understood.is_some() {
            return None;
        }
        let (low, high) = e.single_mg.filter(|(a, b)| a.is_finite() && b.is_finite() && *a > 0.0)?;
        let to = if self.request.language == crate::document::Language::En { "to" } else { "a" };
        let mg = if low == high {
            format!("{} mg", number(low))
        } else {
            format!("{} {to} {} mg", number(low), number(high))
        };
        let capsule = e.form.is_some_and(|f| f.as_str().contains("capsule"));
        let pieces = e.pieces.filter(|p| p.0 == p.1).and_then(|p| self.words.count(p.0, capsule));
        let amount = match (pieces, e.strength_mg, e.volume_ml.filter(|v| v.0 == v.1)) {
            (Some(p), Some(s), _) if (e.pieces?.0 * s - low).abs() < 1e-6 => {
                format!(
                    "{} ({mg})",
                    self.words.fill("pieces-tablet", &[("count", &p), ("strength", &number(s))])
                )
            }
            (_, _, Some(v)) => {
                self.words.fill("pieces-liquid", &[("ml", &number(v.0)), ("mg", &number(low))])
            }
            _ => mg,
        };
        let times = e.times_per_day.filter(|t| t.1.is_finite() && t.1 > 0.0);
        let how_often = match (times, e.as_needed) {
            (Some((_, high)), true) => {
                let most = self.words.fill("dose-at-most", &[("times", &number(high))]);
                format!("{}, {most}", self.words.say("dose-needed"))
            }
            (None, true) => self.words.say("dose-needed"),
            (Some((a, b)), false) if a == b && a == 1.0 => self.words.say("dose-once"),
            (Some((a, b)), false) if a == b && a >= 1.0 => {
                self.words.fill("dose-times", &[("times", &number(a))])
            }
            (Some((a, b)), false) if a >= 1.0 => {
                self.words.fill("dose-times", &[("times", &format!("{} {to} {}", number(a), number(b)))])
            }
            // Less than once a day, or no frequency: to be written by hand.
            _ => return None,
        };
        Some(format!("{amount}, {how_often}"))
    }

    /// What the other medicines of the record do together with this one.
    pub fn yours(&mut self) {
        self.heading("yours-title");
        let Some(case) = self.request.case else {
            self.gap("yours-gap");
            return;
        };
        let others: Vec<SubstanceIx> = self
            .context
            .iter()
            .flat_map(|c| &c.after)
            .map(|t| t.substance)
            .filter(|s| *s != self.request.drug)
            .collect();
        if others.is_empty() {
            self.gap("yours-empty");
        } else {
            self.paragraph("yours-intro");
            let mut items = Vec::new();
            for o in others {
                let statements = self.with_other(case, o);
                items.push(format!("{}. {}", super::capital(&self.words.substance(o)), statements.join(" ")));
            }
            self.blocks.push(Block::List { items });
            self.paragraph("yours-do-not-stop");
        }
        if case.entries_resolved < case.entries {
            let mut lines: Vec<String> = case
                .not_assessed
                .iter()
                .filter(|n| {
                    !case
                        .exposures
                        .iter()
                        .any(|e| !e.path.is_empty() && n.what.ends_with(&format!("({})", e.path)))
                })
                .map(|n| clean(&n.what))
                .take(MOST_UNREAD)
                .collect();
            let unread = case.entries - case.entries_resolved;
            if lines.is_empty() || lines.len() < unread {
                lines.push(format!("({unread})"));
            }
            let text = self.words.fill("yours-not-read", &[("lines", &lines.join("; "))]);
            self.blocks.push(Block::Paragraph { text, strong: true });
        }
    }

    fn with_other(&mut self, case: &ResolvedCase, other: SubstanceIx) -> Vec<String> {
        let drug = self.request.drug;
        let mut out: Vec<String> = Vec::new();
        let both: Vec<_> = self
            .words
            .effects()
            .filter(|(e, _, together)| {
                !together.is_empty()
                    && self.words.grade(drug, e.kind) > 0
                    && self.words.grade(other, e.kind) > 0
            })
            .collect();
        for (e, _, together) in both {
            for s in [drug, other] {
                if let Some(f) = self.kb.effect(s, e.kind) {
                    self.cite(&f.source, f.confidence);
                }
            }
            out.push(together.to_owned());
        }
        out.truncate(MOST_STATEMENTS - 1);
        let name = self.drug.clone();
        let (on_drug, on_other) = self.levels(case, other);
        let keys = [(on_drug, "yours-raises", "yours-lowers"), (on_other, "yours-raised", "yours-lowered")];
        for (r, up, down) in keys {
            if let Some(r) = r.filter(|r| told(*r)) {
                let text = self.words.fill(if r > 1.0 { up } else { down }, &[("drug", &name)]);
                out.push(super::capital(&text));
            }
        }
        let pair = self.kb.interactions_between(drug, other).next().map(|(ix, _)| self.kb.interaction(ix));
        if let Some(i) = pair {
            if let Some(s) = i.sources.first() {
                self.cite(s, i.confidence);
            }
            if out.is_empty() {
                out.push(self.words.say("yours-pair"));
            }
        }
        if out.is_empty() {
            out.push(self.words.say("yours-none-known"));
        }
        out
    }

    /// Predicted ratios of this drug under the other, and the other way round, each pair alone.
    fn levels(&self, case: &ResolvedCase, other: SubstanceIx) -> (Option<f64>, Option<f64>) {
        let drug = self.request.drug;
        let mut pair = case.clone();
        pair.exposures.retain(|e| e.substance == drug || e.substance == other);
        if !pair.exposures.iter().any(|e| e.substance == drug && e.origin != Origin::ProposedStop) {
            // The drug is not in the record: its usual dose.
            let entry = posology_model::MedicationEntry {
                text: Some(self.kb.substance(drug).name.clone()),
                ..posology_model::MedicationEntry::default()
            };
            let added = posology_model::Case { medications: vec![entry], ..posology_model::Case::default() };
            let options = posology_knowledge::ResolveOptions { rxnorm: None };
            pair.exposures.extend(posology_knowledge::resolve(&added, self.kb, options).exposures);
        }
        let ctx = Context::new(&pair, self.kb, self.request.settings);
        (ratio(self.kb, &ctx, drug, other), ratio(self.kb, &ctx, other, drug))
    }
}
