//! Words of a paper in its language, from `knowledge/leaflets/`.
use crate::document::Language;
use posology_knowledge::schema::{EffectKind, Jurisdiction, LeafletContact, LeafletEffect, LeafletText};
use posology_knowledge::{KnowledgeBase, SubstanceIx};

/// The texts of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words<'k> {
    /// Facts.
    pub kb: &'k KnowledgeBase,
    /// Language.
    pub language: Language,
}

impl<'k> Words<'k> {
    fn pick(&self, en: &'k str, es: &'k str) -> &'k str {
        match self.language {
            Language::En => en,
            Language::Es => es,
        }
    }

    /// A phrase of the frame. A key that the knowledge lacks shows itself in brackets: a gap, never silence.
    pub fn say(&self, key: &str) -> String {
        let found = self.kb.corpus.leaflets.iter().flat_map(|f| &f.phrases).find(|p| p.key == key);
        found.map_or_else(|| format!("[{key}]"), |p| self.pick(&p.en, &p.es).to_owned())
    }

    /// A phrase with values filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(&self.say(key), values)
    }

    /// Texts of a section about a substance, in the order of the files: those of every medicine after those of its class.
    pub fn texts(&self, ix: SubstanceIx, section: &str) -> Vec<(&'k LeafletText, &'k str)> {
        let all = || self.kb.corpus.leaflets.iter().flat_map(|f| &f.texts).filter(|t| t.section == section);
        let own = all().filter(|t| t.subject != "any" && is(self.kb, ix, &t.subject));
        let any = all().filter(|t| t.subject == "any");
        own.chain(any)
            .filter(|t| !t.except.iter().any(|e| is(self.kb, ix, e)))
            .map(|t| (t, self.pick(&t.en, &t.es)))
            .collect()
    }

    /// Name of a substance in the language; the non-proprietary name of the knowledge where no other is known.
    pub fn substance(&self, ix: SubstanceIx) -> String {
        let s = self.kb.substance(ix);
        self.name("substance", &s.id).unwrap_or_else(|| s.name.clone())
    }

    /// Plain name of a condition, a substance or a visit.
    pub fn name(&self, kind: &str, id: &str) -> Option<String> {
        let n =
            self.kb.corpus.leaflets.iter().flat_map(|f| &f.names).find(|n| n.kind == kind && n.id == id)?;
        let text = self.pick(&n.en, &n.es);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Unwanted effects in plain words, in the order of the knowledge.
    pub fn effects(&self) -> impl Iterator<Item = (&'k LeafletEffect, &'k str, &'k str)> + '_ {
        self.kb
            .corpus
            .leaflets
            .iter()
            .flat_map(|f| &f.effects)
            .map(|e| (e, self.pick(&e.en, &e.es), self.pick(&e.together_en, &e.together_es)))
    }

    /// Grade of an effect of a substance by any route; 0 where it has none.
    pub fn grade(&self, ix: SubstanceIx, kind: EffectKind) -> u8 {
        self.kb.substance(ix).effects.iter().filter(|e| e.kind == kind).map(|e| e.grade).max().unwrap_or(0)
    }

    /// A number to call, with its sentence.
    pub fn contact(&self, kind: &str, jurisdiction: Jurisdiction) -> Option<(&'k LeafletContact, &'k str)> {
        let mut all = self.kb.corpus.leaflets.iter().flat_map(|f| &f.contacts);
        let c = all.find(|c| c.kind == kind && c.jurisdiction == jurisdiction)?;
        Some((c, self.pick(&c.en, &c.es)))
    }

    /// A count of tablets or capsules in words: `half a tablet`, `2 and a half tablets`. `None` where it is no number of quarters.
    pub fn count(&self, count: f64, capsule: bool) -> Option<String> {
        let quarters = quarters(count)?;
        let (whole, part) = (quarters / 4, quarters % 4);
        Some(match self.language {
            Language::En => {
                let (one, many) = if capsule { ("capsule", "capsules") } else { ("tablet", "tablets") };
                let part = ["", "a quarter", "half", "three quarters"][part as usize];
                match (whole, part) {
                    (1, "") => format!("1 {one}"),
                    (n, "") => format!("{n} {many}"),
                    (0, "half") => format!("half a {one}"),
                    (0, p) => format!("{p} of a {one}"),
                    (n, "half") => format!("{n} and a half {many}"),
                    (n, p) => format!("{n} and {p} {many}"),
                }
            }
            Language::Es => {
                let (one, many) = if capsule { ("cápsula", "cápsulas") } else { ("pastilla", "pastillas") };
                match (whole, part) {
                    (1, 0) => format!("1 {one}"),
                    (n, 0) => format!("{n} {many}"),
                    (0, 1) => format!("un cuarto de {one}"),
                    (0, 2) => format!("media {one}"),
                    (0, _) => format!("tres cuartos de {one}"),
                    (1, p) => {
                        format!("1 {one} {}", ["", "y un cuarto", "y media", "y tres cuartos"][p as usize])
                    }
                    (n, p) => {
                        format!("{n} {many} {}", ["", "y un cuarto", "y media", "y tres cuartos"][p as usize])
                    }
                }
            }
        })
    }
}

/// Fills `{name}` in a phrase.
pub fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(phrase.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Whether a substance is, or belongs to the class of, a subject.
pub fn is(kb: &KnowledgeBase, ix: SubstanceIx, subject: &str) -> bool {
    kb.substance(ix).id == subject || kb.class(subject).is_some_and(|c| kb.in_class(ix, c))
}

/// A count as quarters; `None` where it is none, not positive, or beyond 100.
pub fn quarters(count: f64) -> Option<u32> {
    let q = count * 4.0;
    ((1.0..=400.0).contains(&q) && (q - q.round()).abs() < 1e-6).then(|| q.round() as u32)
}

/// A number without needless zeros, at most three decimals.
pub fn number(x: f64) -> String {
    let text = format!("{x:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A date as a patient reads it: `24 Nov 2026`, `24 nov 2026`.
pub fn date(d: posology_model::Date, language: Language) -> String {
    const EN: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const ES: [&str; 12] =
        ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    let m = usize::from(d.month().unsigned_abs()).clamp(1, 12) - 1;
    format!("{} {} {}", d.day(), if language == Language::En { EN[m] } else { ES[m] }, d.year())
}
