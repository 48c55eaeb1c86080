//! The facts about one substance as sentences, each with its source: what `posology drug` and the page of a drug show.
mod enzymes;
mod json;

pub use json::as_json;

use posology_knowledge::schema::{
    Confidence as Told, ContraindicationStrength, DoseLimit, EffectKind, Jurisdiction, LimitKind, Product,
    ProductStatus, SourceRef, UseBasis, UseFact,
};
use posology_knowledge::{InteractionIx, KnowledgeBase, SubstanceIx};
use posology_model::{Confidence, Evidence, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// A number with at most two decimals (four below 0.1) and no trailing zeros.
pub fn num(x: f64) -> String {
    let scale = if x.abs() < 0.1 { 10_000.0 } else { 100.0 };
    let r = (x * scale).round() / scale;
    format!("{r}")
}

/// `5` or `5 to 10`.
pub fn range([lo, hi]: [f64; 2]) -> String {
    if (hi - lo).abs() < 1e-9 { num(lo) } else { format!("{} to {}", num(lo), num(hi)) }
}

/// One fact.
#[derive(Debug, Clone)]
pub struct Fact {
    /// A sentence or a line.
    pub text: String,
    /// Where it holds; empty is everywhere.
    pub jurisdiction: Vec<&'static str>,
    /// How well founded.
    pub confidence: Confidence,
    /// Sources.
    pub evidence: Vec<Evidence>,
    /// Figures by name, units in the names.
    pub figures: BTreeMap<String, f64>,
}

/// Facts of one kind.
#[derive(Debug, Clone)]
pub struct Section {
    /// Key in JSON.
    pub key: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// Everything about a substance that holds in a jurisdiction (or anywhere, where none is given).
pub fn of(kb: &KnowledgeBase, ix: SubstanceIx, only: Option<Jurisdiction>) -> Vec<Section> {
    let m = Maker { kb, only };
    let s = kb.substance(ix);
    let section = |key, title, facts: Vec<Option<Fact>>| Section {
        key,
        title,
        facts: facts.into_iter().flatten().collect(),
    };
    vec![
        section("uses", "Uses", s.uses.iter().map(|u| m.use_fact(u)).collect()),
        section("products", "Products", s.products.iter().map(|p| m.product(p)).collect()),
        section("limits", "Limits", s.limits.iter().map(|l| m.limit(l)).collect()),
        section(
            "contraindications",
            "Contraindications",
            s.contraindications
                .iter()
                .map(|c| {
                    let note = c.note.as_ref().map(|n| format!(": {n}")).unwrap_or_default();
                    let age = c.age_to.map(|a| format!(", below {} years", num(a))).unwrap_or_default();
                    let text = format!(
                        "{}, {}{age}{}{note}",
                        m.condition(&c.condition),
                        strength(c.strength),
                        routes(&c.route)
                    );
                    m.fact(text, &c.jurisdiction, &[&c.source], c.confidence)
                })
                .collect(),
        ),
        section(
            "effects",
            "Effects that add up",
            s.effects
                .iter()
                .map(|e| {
                    let note = e.note.as_ref().map(|n| format!(": {n}")).unwrap_or_default();
                    let text = format!("{}, grade {} of 3{}{note}", kind(e.kind), e.grade, routes(&e.route));
                    m.fact(text, &[], &[&e.source], e.confidence)
                })
                .collect(),
        ),
        section(
            "onset",
            "Onset and duration",
            s.onsets
                .iter()
                .map(|o| {
                    let mut parts = Vec::new();
                    parts.extend(o.onset_min.map(|x| format!("first effect after {} min", range(x))));
                    parts.extend(o.peak_h.map(|x| format!("peak after {} h", range(x))));
                    parts.extend(o.duration_h.map(|x| format!("a single dose lasts {} h", range(x))));
                    parts.extend(o.half_life_h.map(|x| format!("half-life {} h", range(x))));
                    parts.extend(o.active_metabolite.as_ref().map(|x| format!("active metabolite {x}")));
                    parts.extend(o.note.clone());
                    m.fact(format!("{}: {}", o.route, parts.join("; ")), &[], &[&o.source], o.confidence)
                })
                .collect(),
        ),
        section("enzymes", "Enzymes", kb.kinetics(ix).map(|k| m.enzymes(k)).unwrap_or_default()),
        section("equivalence", "Equivalent doses, each source as it prints them", m.equivalence(&s.id)),
        section(
            "populations",
            "Patient groups",
            s.populations
                .iter()
                .map(|p| {
                    let adjust = p
                        .adjustment
                        .as_ref()
                        .map(|a| format!(" ({} of the usual dose)", num(a.fraction)))
                        .unwrap_or_default();
                    let group = serde_json::to_value(p.group)
                        .ok()
                        .and_then(|v| v.as_str().map(str::to_owned))
                        .unwrap_or_default();
                    let text =
                        format!("{}, {}: {}{adjust}", group.replace('-', " "), strength(p.strength), p.text);
                    m.fact(text, &p.jurisdiction, &[&p.source], p.confidence)
                })
                .collect(),
        ),
        section(
            "monitoring",
            "Monitoring",
            s.monitoring
                .iter()
                .map(|x| {
                    let first =
                        x.first_after_days.map(|d| format!(", first after {d} days")).unwrap_or_default();
                    let every = x.every_days.map(|d| format!(", every {d} days")).unwrap_or_default();
                    m.fact(format!("{}{first}{every}", x.what), &x.jurisdiction, &[&x.source], x.confidence)
                })
                .collect(),
        ),
        section("interactions", "Interactions named", m.interactions(ix)),
    ]
}

/// Names of the classes of a substance, broader ones included.
pub fn classes(kb: &KnowledgeBase, ix: SubstanceIx) -> Vec<String> {
    kb.classes_of(ix).iter().map(|c| kb.corpus.classes[c].name.clone()).collect()
}

struct Maker<'k> {
    kb: &'k KnowledgeBase,
    only: Option<Jurisdiction>,
}

impl Maker<'_> {
    fn fact(
        &self,
        text: String,
        where_: &[Jurisdiction],
        sources: &[&SourceRef],
        told: Told,
    ) -> Option<Fact> {
        if self.only.is_some_and(|o| !where_.is_empty() && !where_.contains(&o)) {
            return None;
        }
        let evidence: Vec<Evidence> = sources.iter().map(|s| self.kb.evidence(s, told)).collect();
        let confidence = match told {
            Told::Verified => Confidence::Verified,
            Told::Secondary => Confidence::Secondary,
            Told::Disputed => Confidence::Disputed,
        };
        let jurisdiction = where_.iter().map(|j| if *j == Jurisdiction::Us { "us" } else { "uk" }).collect();
        Some(Fact { text, jurisdiction, confidence, evidence, figures: BTreeMap::new() })
    }

    fn condition(&self, id: &str) -> String {
        self.kb.condition(id).map_or_else(|| id.replace('-', " "), |c| self.kb.condition_file(c).name.clone())
    }

    fn use_fact(&self, u: &UseFact) -> Option<Fact> {
        let basis = match u.basis {
            UseBasis::Labelled => "labelled",
            UseBasis::Guideline => "recommended by a guideline",
            UseBasis::OffLabel => "off-label",
            UseBasis::NotRecommended => "recommended against",
        };
        let age = match (u.age_from, u.age_to) {
            (Some(a), Some(b)) => format!(", {} to below {} years", num(a), num(b)),
            (Some(a), None) => format!(", from {} years", num(a)),
            (None, Some(b)) => format!(", below {} years", num(b)),
            (None, None) => String::new(),
        };
        let dose = u.dose_text.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
        let days = u.max_days.map(|d| format!("; at most {d} days")).unwrap_or_default();
        let rest = [&u.note, &u.benefit].into_iter().flatten().map(|n| format!(" {n}")).collect::<String>();
        let text =
            format!("{}, {basis}{age}{}{dose}{days}.{rest}", self.condition(&u.indication), routes(&u.route));
        let text = text.replace("..", ".");
        let sources: Vec<&SourceRef> = std::iter::once(&u.source).chain(&u.benefit_source).collect();
        self.fact(text, &u.jurisdiction, &sources, u.confidence)
    }

    fn product(&self, p: &Product) -> Option<Fact> {
        let mut text = p.form.replace('-', " ");
        text.extend(p.strength_mg.map(|x| format!(" {} mg", num(x))));
        text.extend(p.mg_per_ml.map(|x| format!(" {} mg/mL", num(x))));
        text.extend(p.mcg_per_hour.map(|x| format!(" {} micrograms/h", num(x))));
        if !p.form.contains(&p.route) {
            text.push_str(&format!(", {}", p.route));
        }
        if p.status == ProductStatus::Withdrawn {
            text.push_str(", no longer marketed");
        }
        text.extend(p.note.as_ref().map(|n| format!(". {n}")));
        let mut f = self.fact(text, &p.jurisdiction, &[&p.source], p.confidence)?;
        f.figures.extend(p.strength_mg.map(|x| ("strength_mg".to_owned(), x)));
        f.figures.extend(p.mg_per_ml.map(|x| ("mg_per_ml".to_owned(), x)));
        f.figures.extend(p.mcg_per_hour.map(|x| ("mcg_per_hour".to_owned(), x)));
        Some(f)
    }

    fn limit(&self, l: &DoseLimit) -> Option<Fact> {
        let amount = match (l.mg, l.mg_per_kg) {
            (Some(mg), Some(kg)) => format!("{} mg or {} mg/kg", num(mg), num(kg)),
            (Some(mg), None) => format!("{} mg", num(mg)),
            (None, Some(kg)) => format!("{} mg/kg", num(kg)),
            (None, None) => String::new(),
        };
        let days = l.days.map(num).unwrap_or_default();
        let mut text = match l.kind {
            LimitKind::DailyMax => format!("at most {amount} in 24 hours"),
            LimitKind::SingleMax => format!("at most {amount} in one dose"),
            LimitKind::DailyStartMax => format!("start with at most {amount} in 24 hours"),
            LimitKind::MinInterval => {
                format!("at least {} hours between doses", l.hours.map(num).unwrap_or_default())
            }
            LimitKind::MaxPerMonth => {
                format!("at most {} episodes a month", l.count.map(num).unwrap_or_default())
            }
            LimitKind::MinDaysBetween => format!("at least {days} days between episodes"),
            LimitKind::MaxDays => format!("at most {days} days"),
        };
        text.extend(l.indication.as_ref().map(|i| format!(", for {}", self.condition(i))));
        text.extend(l.condition.as_ref().map(|i| format!(", with {}", self.condition(i))));
        text.extend(l.age_from.map(|a| format!(", from {} years", num(a))));
        text.extend(l.age_to.map(|a| format!(", below {} years", num(a))));
        text.extend(l.sex.as_ref().map(|s| format!(", {s}")));
        text.extend(l.egfr_below.map(|e| format!(", eGFR below {} mL/min", num(e))));
        text.push_str(&routes(&l.route));
        if !l.form.is_empty() {
            text.push_str(&format!(", {}", l.form.join(" or ").replace('-', " ")));
        }
        if l.derived {
            text.push_str(" (derived from the printed range)");
        }
        text.extend(l.note.as_ref().map(|n| format!(". {n}")));
        let mut f = self.fact(text, &l.jurisdiction, &[&l.source], l.confidence)?;
        for (name, x) in [
            ("mg", l.mg),
            ("mg_per_kg", l.mg_per_kg),
            ("hours", l.hours),
            ("days", l.days),
            ("count", l.count),
        ] {
            f.figures.extend(x.map(|x| (name.to_owned(), x)));
        }
        Some(f)
    }

    fn equivalence(&self, id: &str) -> Vec<Option<Fact>> {
        let mut out = Vec::new();
        for t in &self.kb.corpus.equivalence {
            for r in t.rows.iter().filter(|r| r.substance == id) {
                let text = format!(
                    "{} mg equal {} mg of {} ({})",
                    range(r.mg),
                    num(t.reference_mg),
                    t.reference,
                    t.name
                );
                out.push(self.fact(text, &[], &[&r.source], r.confidence).map(|mut f| {
                    f.figures.extend([("mg_low".to_owned(), r.mg[0]), ("mg_high".to_owned(), r.mg[1])]);
                    f.figures.insert(format!("{}_mg", t.reference), t.reference_mg);
                    f
                }));
            }
            if t.reference == id {
                let text = format!("{} mg is the reference dose of {}", num(t.reference_mg), t.name);
                let source = t.rows.first().map(|r| (&r.source, r.confidence));
                out.extend(source.map(|(s, c)| self.fact(text, &[], &[s], c)));
            }
        }
        for f in self.kb.corpus.mme.iter().flat_map(|f| &f.rows).filter(|f| f.substance == id) {
            let per = if f.per == "mg" { "mg" } else { "microgram per hour" };
            let text = format!("{} morphine milligram equivalents per {per}, {}", num(f.factor), f.route);
            out.push(self.fact(text, &[], &[&f.source], f.confidence));
        }
        out
    }

    fn interactions(&self, ix: SubstanceIx) -> Vec<Option<Fact>> {
        let mut found: BTreeSet<InteractionIx> = BTreeSet::new();
        for (other, _) in self.kb.substances() {
            found.extend(self.kb.interactions_between(ix, other).map(|(k, _)| k));
        }
        let mut files: Vec<_> = found.into_iter().map(|k| self.kb.interaction(k)).collect();
        files.sort_by_key(|f| (std::cmp::Reverse(Severity::from_word(&f.severity)), f.id.clone()));
        files
            .into_iter()
            .map(|f| {
                let sides = format!("{} with {}", self.side(&f.a), self.side(&f.b));
                let text = format!("{}: {sides}. {} {}", f.severity, f.effect, f.management);
                let sources: Vec<&SourceRef> = f.sources.iter().collect();
                self.fact(text, &f.jurisdiction, &sources, f.confidence)
            })
            .collect()
    }

    fn side(&self, p: &posology_knowledge::schema::Participant) -> String {
        let class = p
            .class
            .as_deref()
            .and_then(|c| self.kb.class(c))
            .map(|c| self.kb.corpus.classes[c.at()].plural.clone());
        let names = p
            .substance
            .iter()
            .chain(&p.substances)
            .map(|s| self.kb.find(s).map_or_else(|| s.clone(), |ix| self.kb.substance(ix).name.clone()));
        let all: Vec<String> = class.into_iter().chain(names).collect();
        format!("{}{}", all.join(", "), routes(&p.route))
    }
}

const fn strength(s: ContraindicationStrength) -> &'static str {
    match s {
        ContraindicationStrength::Contraindicated => "contraindicated",
        ContraindicationStrength::Avoid => "avoid",
        ContraindicationStrength::Caution => "caution",
    }
}

fn kind(k: EffectKind) -> String {
    let word = serde_json::to_value(k).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    word.replace('-', " ").replace("cns", "CNS").replace("qt ", "QT ").replace("mao ", "MAO ")
}

fn routes(list: &[String]) -> String {
    if list.is_empty() { String::new() } else { format!(", {}", list.join(" or ")) }
}
