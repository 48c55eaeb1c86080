//! A fact as flat fields, its label, and how alike two facts are.
use super::{FieldChange, Footing};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Fields that tell facts of one kind apart, in the order in which a label names them.
const IDENTITY: &[&str] = &[
    "id",
    "locator",
    "kind",
    "condition",
    "indication",
    "enzyme",
    "transporter",
    "substance",
    "victim",
    "perpetrators",
    "study",
    "class",
    "substances",
    "with_class",
    "group",
    "measure",
    "what",
    "subject",
    "topic",
    "basis",
    "form",
    "route",
    "strength_mg",
    "mg_per_ml",
    "mcg_per_hour",
    "volume_ml",
    "age_from",
    "age_to",
    "sex",
    "egfr_below",
    "jurisdiction",
];

/// Whether a value is what a file would not write.
pub(super) fn blank(v: &Value) -> bool {
    match v {
        Value::Array(a) => a.is_empty(),
        Value::Table(t) => t.values().all(blank),
        _ => false,
    }
}

/// A value in few words: lists are joined by commas, `5.0` is `5`.
pub fn words(v: &Value) -> String {
    match v {
        Value::String(s) => s.clone(),
        Value::Float(f) => f.to_string(),
        Value::Array(a) => a.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Table(t) => {
            t.iter().map(|(k, v)| format!("{k} = {}", words(v))).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// The label of a fact: the name of its table and what tells it apart.
pub(super) fn label(table: &str, fact: &Table) -> String {
    let mut out = table.to_owned();
    for key in IDENTITY {
        let Some(v) = fact.get(*key).filter(|v| !blank(v) && !v.is_table()) else { continue };
        let word = words(v);
        let word: String = if word.chars().count() > 60 {
            word.chars().take(57).chain("...".chars()).collect()
        } else {
            word
        };
        match *key {
            "strength_mg" => out.push_str(&format!(" {word} mg")),
            "mg_per_ml" => out.push_str(&format!(" {word} mg/mL")),
            "mcg_per_hour" => out.push_str(&format!(" {word} mcg/h")),
            "volume_ml" => out.push_str(&format!(" {word} mL")),
            "age_from" => out.push_str(&format!(" from {word} years")),
            "age_to" => out.push_str(&format!(" below {word} years")),
            "egfr_below" => out.push_str(&format!(" eGFR below {word}")),
            "jurisdiction" => out.push_str(&format!(" ({word})")),
            _ => {
                out.push(' ');
                out.push_str(&word);
            }
        }
    }
    out
}

/// All leaves of a fact by path.
pub(super) fn flat(prefix: &str, t: &Table, out: &mut BTreeMap<String, Value>) {
    for (k, v) in t.iter().filter(|(_, v)| !blank(v)) {
        let path = if prefix.is_empty() { k.clone() } else { format!("{prefix}.{k}") };
        match v {
            Value::Table(inner) => flat(&path, inner, out),
            Value::Array(a) if a.iter().all(Value::is_table) => {
                // Labels that occur twice are numbered, so that neither hides the other.
                let mut seen: BTreeMap<String, usize> = BTreeMap::new();
                for inner in a.iter().filter_map(Value::as_table) {
                    let name = label(&path, inner);
                    let n = seen.entry(name.clone()).or_default();
                    *n += 1;
                    let name = if *n > 1 { format!("{name} [{n}]") } else { name };
                    flat(&name, inner, out);
                }
            }
            leaf => {
                out.insert(path, leaf.clone());
            }
        }
    }
}

/// The fields in which two facts differ.
pub(super) fn differ(a: &BTreeMap<String, Value>, b: &BTreeMap<String, Value>) -> Vec<FieldChange> {
    let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    keys.into_iter()
        .filter(|k| a.get(*k) != b.get(*k))
        .map(|k| FieldChange { field: k.clone(), old: a.get(k).cloned(), new: b.get(k).cloned() })
        .collect()
}

/// Equal fields over all fields, in thousandths.
pub(super) fn alike(a: &BTreeMap<String, Value>, b: &BTreeMap<String, Value>) -> usize {
    let all: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let equal = all.iter().filter(|k| a.get(**k).is_some() && a.get(**k) == b.get(**k)).count();
    1000 * equal / all.len().max(1)
}

/// Source and confidence of a fact.
pub(super) fn footing(fact: &BTreeMap<String, Value>) -> Footing {
    let text = |k: &str| fact.get(k).and_then(Value::as_str).map(str::to_owned);
    let several = || {
        let list = fact.get("sources").and_then(Value::as_array)?;
        let list: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        (!list.is_empty()).then(|| list.join(" "))
    };
    Footing { source: text("source").or_else(several), confidence: text("confidence") }
}
