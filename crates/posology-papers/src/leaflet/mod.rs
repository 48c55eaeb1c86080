//! The leaflet: what one patient, or any patient, should know about one drug.
//!
//! Every sentence is a text of `knowledge/leaflets/`, chosen by class, by the record and by the plan. What is missing leaves a gap to fill in.
mod dates;
mod plan_table;
mod record;
mod sections;

use crate::document::{Block, Document, Field, Kind, Language, Paper, Tone, clean};
use crate::plan::{Plan, PlanError};
use crate::words::{Words, date, fill};
use posology_knowledge::schema::{Confidence, Jurisdiction};
use posology_knowledge::{KnowledgeBase, ResolvedCase, SubstanceIx};
use posology_review::{Context, Settings};

/// Who stands behind a leaflet. Everything absent becomes a gap to fill in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// Whom it is for.
    pub patient: Option<String>,
    /// Prescriber.
    pub prescriber: Option<String>,
    /// Number of the prescriber.
    pub prescriber_phone: Option<String>,
    /// Pharmacy.
    pub pharmacy: Option<String>,
    /// Number of the pharmacy.
    pub pharmacy_phone: Option<String>,
    /// Number out of hours.
    pub out_of_hours: Option<String>,
    /// The clinician who checked this very leaflet; without one it stays a draft.
    pub approved_by: Option<String>,
    /// Version of the plan that this one replaces.
    pub supersedes: Option<String>,
}

/// What a leaflet is made of.
#[derive(Debug, Clone)]
pub struct LeafletRequest<'a> {
    /// The drug.
    pub drug: SubstanceIx,
    /// The record, where there is one.
    pub case: Option<&'a ResolvedCase>,
    /// The plan, where there is one.
    pub plan: Option<&'a Plan>,
    /// Language.
    pub language: Language,
    /// Date and jurisdiction.
    pub settings: &'a Settings,
    /// Names and numbers.
    pub desk: &'a Desk,
}

/// While a leaflet is written.
struct Writer<'a> {
    kb: &'a KnowledgeBase,
    words: Words<'a>,
    request: &'a LeafletRequest<'a>,
    context: Option<Context<'a>>,
    drug: String,
    emergency: Option<String>,
    blocks: Vec<Block>,
    sources: Vec<(String, Confidence)>,
}

/// Writes a leaflet.
///
/// # Errors
/// When the plan is about another drug.
pub fn leaflet(kb: &KnowledgeBase, request: &LeafletRequest<'_>) -> Result<Document, PlanError> {
    let substance = kb.substance(request.drug);
    if let Some(plan) = request.plan {
        plan.is_about(&substance.id, &substance.name)?;
    }
    let words = Words { kb, language: request.language };
    let mut w = Writer {
        kb,
        words,
        request,
        context: request.case.map(|c| Context::new(c, kb, request.settings)),
        drug: words.substance(request.drug),
        emergency: words.contact("emergency", request.settings.jurisdiction).map(|(c, _)| c.number.clone()),
        blocks: Vec::new(),
        sources: Vec::new(),
    };
    let title = w.words.fill("leaflet-title", &[("drug", &capital(&w.drug))]);
    w.blocks.push(Block::Heading { level: 1, text: title.clone() });
    let draft = w.status();
    w.emergency();
    w.naloxone();
    w.contacts();
    w.purpose();
    w.take();
    w.plan();
    w.missed();
    w.stopping();
    w.avoid();
    w.yours();
    w.other_medicines();
    w.simple("driving-title", &["driving"]);
    w.effects();
    w.simple("pregnancy-title", &["pregnancy"]);
    w.simple("storage-title", &["storage"]);
    w.dates();
    w.end();
    let day = date(request.settings.as_of, request.language);
    Ok(Document {
        kind: Kind::Leaflet,
        language: request.language,
        paper: match request.settings.jurisdiction {
            Jurisdiction::Us => Paper::UsLetter,
            Jurisdiction::Uk => Paper::A4,
        },
        title,
        subject: words.say("subject"),
        date: request.settings.as_of,
        mark: draft.then(|| words.say("draft-mark")),
        footer: words.fill("made-on", &[("date", &day), ("version", kb.version())]),
        blocks: w.blocks,
    })
}

impl<'a> Writer<'a> {
    fn heading(&mut self, key: &str) {
        let text = self.words.fill(key, &[("drug", &self.drug)]);
        self.blocks.push(Block::Heading { level: 2, text });
    }

    fn paragraph(&mut self, key: &str) {
        let text = self.words.say(key);
        self.text(text);
    }

    fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph { text, strong: false });
        }
    }

    fn gap(&mut self, key: &str) {
        let label = self.words.say(key);
        self.blocks.push(Block::Gap { label });
    }

    fn cite(&mut self, source: &str, confidence: Confidence) {
        let id = source.split('#').next().unwrap_or(source).to_owned();
        if let Some(known) = self.sources.iter_mut().find(|s| s.0 == id) {
            // A source is marked as looked up only where everything taken from it was.
            known.1 = known.1.max(confidence);
        } else {
            self.sources.push((id, confidence));
        }
    }

    /// Texts of a section that hold for this patient, filled in and cited.
    fn section(&mut self, section: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (t, text) in self.words.texts(self.request.drug, section) {
            if t.exposure_by.is_some() || t.with.as_deref().is_some_and(|w| !self.also_takes(w)) {
                continue;
            }
            self.cite(&t.source, t.confidence);
            out.push(self.filled(text));
        }
        out
    }

    fn filled(&self, text: &str) -> String {
        let blank = "____".to_owned();
        fill(text, &[("drug", &self.drug), ("number", self.emergency.as_ref().unwrap_or(&blank))])
    }

    /// A section of texts only; a gap where the knowledge has none.
    fn simple(&mut self, title: &str, sections: &[&str]) {
        self.heading(title);
        let mut items = Vec::new();
        for s in sections {
            items.extend(self.section(s));
        }
        self.items_or_gap(items, title);
    }

    fn items_or_gap(&mut self, items: Vec<String>, title: &str) {
        if items.is_empty() {
            self.paragraph("gap-note");
            self.gap(title);
        } else {
            self.blocks.push(Block::List { items });
        }
    }

    /// Draft or approved, and the notice about the translation. `true` while it is a draft.
    fn status(&mut self) -> bool {
        let awaits = self.request.plan.is_some_and(|p| p.awaits_prescriber.is_some());
        let approved = self.request.desk.approved_by.as_deref().map(clean).filter(|n| !n.is_empty());
        let draft = awaits || approved.is_none();
        let notice = self.words.say("translation-notice");
        if draft {
            let items =
                [self.words.say("draft-text"), notice].into_iter().filter(|t| !t.is_empty()).collect();
            self.blocks.push(Block::Box { tone: Tone::Warning, title: self.words.say("draft-title"), items });
        } else {
            let name = approved.unwrap_or_default();
            let day = date(self.request.settings.as_of, self.request.language);
            let text = self.words.fill("approved", &[("name", &name), ("date", &day)]);
            self.blocks.push(Block::Paragraph { text, strong: true });
            if !notice.is_empty() {
                self.blocks.push(Block::Box {
                    tone: Tone::Warning,
                    title: String::new(),
                    items: vec![notice],
                });
            }
        }
        draft
    }

    fn contacts(&mut self) {
        self.heading("contacts-title");
        self.paragraph("contacts-intro");
        let d = self.request.desk;
        let fields = [
            ("field-patient", &d.patient),
            ("field-prescriber", &d.prescriber),
            ("field-prescriber-phone", &d.prescriber_phone),
            ("field-pharmacy", &d.pharmacy),
            ("field-pharmacy-phone", &d.pharmacy_phone),
            ("field-hours", &d.out_of_hours),
        ]
        .map(|(key, value)| Field {
            label: self.words.say(key),
            value: value.as_deref().map(clean).filter(|v| !v.is_empty()),
        });
        self.blocks.push(Block::Fields { fields: fields.into() });
    }

    fn end(&mut self) {
        self.paragraph("education-note");
        self.heading("sources-title");
        let items: Vec<String> = self
            .sources
            .iter()
            .map(|(id, c)| {
                let title = self
                    .kb
                    .source(id)
                    .map_or_else(|| id.clone(), |s| format!("{}. {}", s.title, s.publisher));
                if *c == Confidence::Verified { title } else { format!("{title} (?)") }
            })
            .collect();
        self.blocks.push(Block::Sources { items });
        self.blocks.push(Block::Small { text: self.words.say("sources-mark") });
    }
}

/// First letter large.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
