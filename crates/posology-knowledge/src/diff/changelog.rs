//! The changes between two versions as a section of `knowledge/CHANGELOG.md`: by drug, a line a fact.
use super::fields::words;
use super::{ChangeKind, FactChange, FieldChange};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use toml::Value;

/// Fields of a changed fact that a line names before it says "and more".
const FIELDS: usize = 6;
/// Longest value printed, characters.
const LONG: usize = 80;

/// The section of one version. Facts that name no drug stand under their class, or under the folder they lie in; product codes are counted.
pub fn changelog(version: &str, before: &str, changes: &[FactChange]) -> String {
    let mut drugs: BTreeMap<&str, Vec<&FactChange>> = BTreeMap::new();
    let mut classes: BTreeMap<&str, Vec<&FactChange>> = BTreeMap::new();
    let mut rest: BTreeMap<&str, Vec<&FactChange>> = BTreeMap::new();
    let mut codes: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for c in changes {
        if is_code(c) {
            codes.entry(&c.folder).or_default()[c.kind as usize] += 1;
            continue;
        }
        // A pair is news for both of its drugs.
        for d in &c.drugs {
            drugs.entry(d).or_default().push(c);
        }
        if c.drugs.is_empty() {
            for k in &c.classes {
                classes.entry(k).or_default().push(c);
            }
            if c.classes.is_empty() {
                rest.entry(&c.folder).or_default().push(c);
            }
        }
    }
    let mut out = format!("## {version}\n\nSince {before}.\n");
    if changes.is_empty() {
        out.push_str("\nNo fact changed.\n");
    }
    for (title, groups) in [("By drug", &drugs), ("By class", &classes), ("Other facts", &rest)] {
        if groups.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {title}\n");
        for (name, list) in groups {
            group(name, list, &mut out);
        }
    }
    if !codes.is_empty() {
        let _ = writeln!(out, "\n### Sources, product codes and names\n");
        for (folder, [added, removed, changed]) in codes {
            let _ = writeln!(out, "- {folder}: {added} added, {removed} removed, {changed} changed");
        }
    }
    out
}

/// Counted, not listed: a printed figure is told by the fact that cites it.
fn is_code(c: &FactChange) -> bool {
    matches!(c.folder.as_str(), "products" | "other-ingredients" | "combination-products" | "sources")
}

fn group(name: &str, list: &[&FactChange], out: &mut String) {
    let _ = writeln!(out, "#### {name}\n");
    let mut whole: BTreeMap<(&str, &str, ChangeKind), BTreeMap<&str, usize>> = BTreeMap::new();
    let mut lines: Vec<String> = Vec::new();
    for c in list {
        if c.whole_file {
            // A new file is one line that counts its facts.
            let counts = whole.entry((&c.folder, &c.id, c.kind)).or_default();
            if !c.fact.is_empty() {
                *counts.entry(c.fact.split(' ').next().unwrap_or_default()).or_default() += 1;
            }
        } else {
            lines.push(line(c));
        }
    }
    for ((folder, id, kind), counts) in whole {
        let facts: Vec<String> = counts.iter().map(|(k, n)| format!("{n} {k}")).collect();
        let facts = if facts.is_empty() { String::new() } else { format!(": {}", facts.join(", ")) };
        let _ = writeln!(out, "- {folder}/{id} {}{facts}", word(kind));
    }
    for l in lines {
        let _ = writeln!(out, "- {l}");
    }
    out.push('\n');
}

const fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed => "changed",
    }
}

fn line(c: &FactChange) -> String {
    let fact = if c.fact.is_empty() { String::new() } else { format!(" {}", c.fact) };
    let mut out = format!("{}/{}{fact}: {}", c.folder, c.id, word(c.kind));
    if c.kind == ChangeKind::Changed {
        let mut said: Vec<String> = c.fields.iter().take(FIELDS).map(field).collect();
        if c.fields.len() > FIELDS {
            said.push(format!("and {} more fields", c.fields.len() - FIELDS));
        }
        let _ = write!(out, ", {}", said.join("; "));
    }
    let footing = if c.kind == ChangeKind::Removed { &c.old } else { &c.new };
    if let Some(s) = &footing.source {
        let _ = write!(out, " ({s}");
        if let Some(k) = &footing.confidence {
            let _ = write!(out, ", {k}");
        }
        out.push(')');
    }
    out
}

/// A field in words: lists as what was added to and taken from them, single values as before and now.
fn field(f: &FieldChange) -> String {
    match (&f.old, &f.new) {
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.iter().chain(b).all(|v| !v.is_float()) => {
            let gone: Vec<String> = a.iter().filter(|v| !b.contains(v)).map(words).collect();
            let come: Vec<String> = b.iter().filter(|v| !a.contains(v)).map(words).collect();
            let mut said = Vec::new();
            if !come.is_empty() {
                said.push(format!("with {}", cut(&come.join(", "))));
            }
            if !gone.is_empty() {
                said.push(format!("without {}", cut(&gone.join(", "))));
            }
            if said.is_empty() {
                said.push("in another order".into());
            }
            format!("{} {}", f.field, said.join(" and "))
        }
        (Some(a), Some(b)) => format!("{} {} → {}", f.field, cut(&words(a)), cut(&words(b))),
        (None, Some(b)) => format!("{} {} (none before)", f.field, cut(&words(b))),
        (Some(a), None) => format!("{} no longer {}", f.field, cut(&words(a))),
        (None, None) => f.field.clone(),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONG {
        return text.to_owned();
    }
    text.chars().take(LONG - 3).chain("...".chars()).collect()
}
