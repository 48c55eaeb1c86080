//! Words that come from a closed list are on it.
use super::Knowledge;
use crate::diagnostic::Diagnostic;

pub(super) const ID: &str = "word";

const SEVERITY: &[&str] = &["critical", "serious", "caution", "note"];
const KIND: &[&str] = &["pharmacokinetic", "pharmacodynamic", "mixed"];
const EVIDENCE: &[&str] = &["label", "controlled-study", "observational", "case-reports", "theoretical"];
const LISTS: &[&str] = &["onc-high", "onc-low"];
const CONTEXT: &[&str] =
    &["palliative", "intensive-care", "procedural-sedation", "seizure-rescue", "supervised-withdrawal"];
const TOPIC: &[&str] = &[
    "use",
    "avoid",
    "driving",
    "storage",
    "stopping",
    "emergency",
    "missed-dose",
    "pregnancy",
    "alcohol",
    "other-medicines",
];
const EVENT: &[&str] = &["start", "ongoing", "stop"];
const FIGURE: &[&str] = &["benefit", "harm-of-use", "harm-of-stopping"];
const SEX: &[&str] = &["female", "male"];
const LIKELIHOOD: &[&str] = &["rare", "possible", "lower", "likely"];
const BAND: &[&str] = &["low", "moderate", "high"];
const PER: &[&str] = &["mg", "mcg-per-hour"];

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut need = |list: &[&str], word: &str, file: &str, path: &str| {
        if !list.contains(&word) {
            let message = format!("\"{word}\" is not a word of this key");
            out.push(k.at(ID, file, path, message, &format!("use one of: {}", list.join(", "))));
        }
    };
    for it in &k.corpus.interactions {
        let file = &format!("interactions/{}.toml", it.id);
        need(SEVERITY, &it.severity, file, "severity");
        need(KIND, &it.kind, file, "kind");
        need(EVIDENCE, &it.evidence, file, "evidence");
        it.lists.iter().enumerate().for_each(|(i, l)| need(LISTS, l, file, &format!("lists.{i}")));
        it.modifiers.iter().enumerate().for_each(|(i, m)| {
            need(SEVERITY, &m.severity, file, &format!("when.{i}.severity"));
        });
    }
    for s in &k.corpus.substances {
        let file = &format!("substances/{}.toml", s.id);
        for (i, l) in s.limits.iter().enumerate() {
            if let Some(x) = &l.severity {
                need(SEVERITY, x, file, &format!("limit.{i}.severity"));
            }
            if let Some(x) = &l.sex {
                need(SEX, x, file, &format!("limit.{i}.sex"));
            }
        }
    }
    for c in &k.corpus.conditions {
        if let Some(x) = &c.context {
            need(CONTEXT, x, &format!("conditions/{}.toml", c.id), "context");
        }
    }
    for e in &k.corpus.education {
        let file = &format!("education/{}.toml", e.id);
        e.points
            .iter()
            .enumerate()
            .for_each(|(i, p)| need(TOPIC, &p.topic, file, &format!("point.{i}.topic")));
        e.figures
            .iter()
            .enumerate()
            .for_each(|(i, f)| need(FIGURE, &f.kind, file, &format!("figure.{i}.kind")));
    }
    for f in &k.corpus.follow_up {
        let file = &format!("follow-up/{}.toml", f.id);
        f.items.iter().enumerate().for_each(|(i, x)| need(EVENT, &x.event, file, &format!("item.{i}.event")));
    }
    for d in &k.corpus.dependence {
        let file = &format!("dependence/{}.toml", d.id);
        for (i, r) in d.risks.iter().enumerate() {
            need(LIKELIHOOD, &r.likelihood, file, &format!("risk.{i}.likelihood"));
            r.bands.iter().enumerate().for_each(|(n, b)| need(BAND, b, file, &format!("risk.{i}.bands.{n}")));
        }
    }
    for m in &k.corpus.mme {
        let file = &format!("mme/{}.toml", m.id);
        m.rows.iter().enumerate().for_each(|(i, r)| need(PER, &r.per, file, &format!("factor.{i}.per")));
    }
    out
}
