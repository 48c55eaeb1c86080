//! What changed between two states of the facts: fact by fact, field by field, with both values and both sources.
//!
//! The comparison walks the serialised corpus, so a folder or a field that is added to the schema is compared without a line here.
mod changelog;
mod facts;
mod fields;
mod subjects;
#[cfg(test)]
mod tests;

pub use changelog::changelog;
pub use fields::words;

use crate::corpus::Corpus;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use subjects::Subjects;
use toml::{Table, Value};

/// What happened to a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One field of a fact. A field that is absent on one side has no value there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Name; parts of nested tables are joined by dots.
    pub field: String,
    /// Value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// Value now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Footing {
    /// `source-id#locator`; several are joined by a space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `verified`, `secondary`, `disputed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
}

/// One fact that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactChange {
    /// Folder of the knowledge, `substances`.
    pub folder: String,
    /// Id of the file.
    pub id: String,
    /// The fact within it, `limit daily-max oral`; empty for what the file says of itself.
    pub fact: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The whole file was added or removed.
    pub whole_file: bool,
    /// Ids of the substances concerned, sorted. Empty: no substance is named (a parameter, a measure).
    pub drugs: Vec<String>,
    /// Ids of the classes concerned, sorted.
    pub classes: Vec<String>,
    /// Fields that differ; of an added or removed fact, all of them.
    pub fields: Vec<FieldChange>,
    /// Footing before.
    pub old: Footing,
    /// Footing now.
    pub new: Footing,
}

/// The facts cannot be compared.
#[derive(Debug, thiserror::Error)]
#[error("the facts cannot be written as a table: {0}")]
pub struct DiffError(#[from] toml::ser::Error);

/// Compares two states of the facts. Sorted by folder, id and fact; the same two states give the same answer.
///
/// # Errors
/// When a corpus cannot be serialised, which none that was read from TOML can fail.
pub fn facts(old: &Corpus, new: &Corpus) -> Result<Vec<FactChange>, DiffError> {
    let (a, b) = (Table::try_from(old)?, Table::try_from(new)?);
    let subjects = Subjects::of(&[&a, &b]);
    let mut out = Vec::new();
    let folders: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for folder in folders {
        let name = folder.replace('_', "-");
        match (a.get(folder), b.get(folder)) {
            (x, y) if x == y => {}
            (Some(Value::String(x)), Some(Value::String(y))) => lines(&name, x, y, &mut out),
            (x, y) => files(&name, x, y, &subjects, &mut out),
        }
    }
    out.sort_by(|x, y| (&x.folder, &x.id, &x.fact, x.kind).cmp(&(&y.folder, &y.id, &y.fact, y.kind)));
    Ok(out)
}

/// Files of a folder by id. Observed ratios have none: all of them are one file.
fn by_id(v: Option<&Value>) -> BTreeMap<String, Table> {
    let mut out = BTreeMap::new();
    let mut loose = Vec::new();
    for file in v.and_then(Value::as_array).into_iter().flatten() {
        let Some(t) = file.as_table() else { continue };
        match t.get("id").or_else(|| t.get("substance")).and_then(Value::as_str) {
            Some(id) => {
                out.insert(id.to_owned(), t.clone());
            }
            None => loose.push(Value::Table(t.clone())),
        }
    }
    if !loose.is_empty() {
        let mut all = Table::new();
        all.insert("ratio".into(), Value::Array(loose));
        out.insert("observations".into(), all);
    }
    out
}

fn files(folder: &str, a: Option<&Value>, b: Option<&Value>, subjects: &Subjects, out: &mut Vec<FactChange>) {
    let (a, b) = (by_id(a), by_id(b));
    let ids: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let empty = Table::new();
    for id in ids {
        let (x, y) = (a.get(id), b.get(id));
        if x == y {
            continue;
        }
        let at = facts::Place { folder, id, whole_file: x.is_none() || y.is_none(), subjects };
        facts::compare(&at, x.unwrap_or(&empty), y.unwrap_or(&empty), out);
    }
}

/// Tables of lines (`products/*.tsv`, and the version), by their first cell.
fn lines(name: &str, a: &str, b: &str, out: &mut Vec<FactChange>) {
    if name == "version" {
        // Told beside the changes, not as one of them.
        return;
    }
    // A trade name has a line for each of its forms: they are one entry.
    let read = |t: &str| -> BTreeMap<String, String> {
        let mut out: BTreeMap<String, String> = BTreeMap::new();
        for l in t.lines() {
            let (key, rest) = l.split_once('\t').unwrap_or((l, ""));
            let entry = out.entry(key.to_owned()).or_default();
            if !entry.is_empty() {
                entry.push_str("; ");
            }
            entry.push_str(&rest.replace('\t', " "));
        }
        out
    };
    let (a, b) = (read(a), read(b));
    let codes: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for code in codes {
        let (x, y) = (a.get(code), b.get(code));
        if x == y {
            continue;
        }
        let kind = match (x, y) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        let value = |v: Option<&String>| v.map(|s| Value::String(s.clone()));
        out.push(FactChange {
            folder: name.to_owned(),
            id: code.clone(),
            fact: String::new(),
            kind,
            whole_file: false,
            drugs: Vec::new(),
            classes: Vec::new(),
            fields: vec![FieldChange { field: "name".into(), old: value(x), new: value(y) }],
            old: Footing::default(),
            new: Footing::default(),
        });
    }
}
