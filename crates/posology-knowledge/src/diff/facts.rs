//! Two states of one file: its facts are paired, then compared.
use super::fields::{alike, blank, differ, flat, footing, label};
use super::subjects::Subjects;
use super::{ChangeKind, FactChange};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Which file is compared.
pub(super) struct Place<'a> {
    pub folder: &'a str,
    pub id: &'a str,
    pub whole_file: bool,
    pub subjects: &'a Subjects,
}

/// Facts that are less alike than this (thousandths of equal fields) are two facts, not one that changed.
const SAME_FACT: usize = 500;

/// A file taken apart: what it says of itself, and its facts by table.
#[derive(Default)]
struct Parts<'a> {
    own: BTreeMap<String, Value>,
    facts: BTreeMap<&'a str, Vec<&'a Table>>,
}

fn parts(file: &Table) -> Parts<'_> {
    let mut out = Parts::default();
    for (k, v) in file.iter().filter(|(_, v)| !blank(v)) {
        match v {
            Value::Array(a) if a.iter().all(Value::is_table) => {
                out.facts.insert(k, a.iter().filter_map(Value::as_table).collect());
            }
            // A table with a source of its own is a fact: the model, the gut, a minimum dose.
            Value::Table(t) if t.contains_key("source") => {
                out.facts.insert(k, vec![t]);
            }
            Value::Table(t) => flat(k, t, &mut out.own),
            leaf => {
                out.own.insert(k.clone(), leaf.clone());
            }
        }
    }
    out
}

pub(super) fn compare(at: &Place<'_>, a: &Table, b: &Table, out: &mut Vec<FactChange>) {
    let (x, y) = (parts(a), parts(b));
    let mut push = |fact: String, kind, old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>| {
        let (drugs, classes) = at.subjects.concerned(at.folder, at.id, [a, b], [old, new]);
        let (old_footing, new_footing) = (footing(old), footing(new));
        out.push(FactChange {
            folder: at.folder.to_owned(),
            id: at.id.to_owned(),
            fact,
            kind,
            whole_file: at.whole_file,
            drugs,
            classes,
            fields: differ(old, new),
            old: old_footing,
            new: new_footing,
        });
    };
    let whole = match (a.is_empty(), b.is_empty()) {
        (true, _) => ChangeKind::Added,
        (_, true) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    if x.own != y.own {
        push(String::new(), whole, &x.own, &y.own);
    }
    let tables: BTreeSet<&str> = x.facts.keys().chain(y.facts.keys()).copied().collect();
    for table in tables {
        let none = Vec::new();
        let (mut olds, mut news) = (
            read(table, x.facts.get(table).unwrap_or(&none)),
            read(table, y.facts.get(table).unwrap_or(&none)),
        );
        for (o, n) in pair(&mut olds, &mut news) {
            push(n.label, ChangeKind::Changed, &o.fields, &n.fields);
        }
        for o in olds {
            push(o.label, ChangeKind::Removed, &o.fields, &BTreeMap::new());
        }
        for n in news {
            push(n.label, ChangeKind::Added, &BTreeMap::new(), &n.fields);
        }
    }
}

struct Fact {
    label: String,
    fields: BTreeMap<String, Value>,
}

fn read(table: &str, list: &[&Table]) -> Vec<Fact> {
    list.iter()
        .map(|t| {
            let mut fields = BTreeMap::new();
            flat("", t, &mut fields);
            Fact { label: label(table, t), fields }
        })
        .collect()
}

/// Takes out the facts that are the same on both sides, and gives back those that are one fact with another content: those of one label
/// first, then the most alike.
fn pair(olds: &mut Vec<Fact>, news: &mut Vec<Fact>) -> Vec<(Fact, Fact)> {
    olds.retain(|o| match news.iter().position(|n| n.fields == o.fields) {
        Some(i) => {
            news.remove(i);
            false
        }
        None => true,
    });
    let mut scored: Vec<(usize, usize, usize)> = Vec::new();
    for (i, o) in olds.iter().enumerate() {
        for (j, n) in news.iter().enumerate() {
            let bonus = if o.label == n.label { 1000 } else { 0 };
            let score = bonus + alike(&o.fields, &n.fields);
            if score >= SAME_FACT {
                scored.push((score, i, j));
            }
        }
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (_, i, j) in scored {
        if !taken.iter().any(|(x, y)| *x == i || *y == j) {
            taken.push((i, j));
        }
    }
    let mut o: Vec<Option<Fact>> = std::mem::take(olds).into_iter().map(Some).collect();
    let mut n: Vec<Option<Fact>> = std::mem::take(news).into_iter().map(Some).collect();
    taken.sort_unstable_by_key(|t| t.1);
    let pairs = taken.into_iter().filter_map(|(i, j)| Some((o[i].take()?, n[j].take()?))).collect();
    olds.extend(o.into_iter().flatten());
    news.extend(n.into_iter().flatten());
    pairs
}
