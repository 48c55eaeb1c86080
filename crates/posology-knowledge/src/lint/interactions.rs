//! Both sides of an interaction are somebody, and the rule that reports it exists.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::{ClassFile, Participant};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ID: &str = "interaction";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let members = members(k);
    let ids = k.substance_ids();
    let mut out = Vec::new();
    for it in &k.corpus.interactions {
        let file = format!("interactions/{}.toml", it.id);
        for (side, p) in [("a", &it.a), ("b", &it.b)] {
            let given = usize::from(p.class.is_some())
                + usize::from(p.substance.is_some())
                + usize::from(!p.substances.is_empty());
            if given != 1 {
                let message = format!("side {side} names {given} of class, substance and substances");
                out.push(k.at(ID, &file, side, message, "name exactly one"));
            }
            if resolve(p, &members, &ids).is_empty() {
                let message = format!("side {side} is no substance at all");
                out.push(k.at(ID, &file, side, message, "name a substance, or a class that has members"));
            }
        }
        if it.sources.is_empty() {
            out.push(k.at(ID, &file, "sources", "no source is named".into(), "add at least one reference"));
        }
        if let Some(rule) =
            it.reported_by.as_deref().filter(|r| !k.rule_ids.is_empty() && !k.rule_ids.contains(r))
        {
            let message = format!("there is no rule \"{rule}\"");
            out.push(k.at(ID, &file, "reported_by", message, "correct the id; `posology rule` lists them"));
        }
    }
    out
}

/// Substances by class, narrower classes included.
fn members<'a>(k: &Knowledge<'a>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let classes: BTreeMap<&str, &ClassFile> = k.corpus.classes.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for s in &k.corpus.substances {
        let mut todo: Vec<&str> = s.classes.iter().map(String::as_str).collect();
        while let Some(c) = todo.pop() {
            if out.entry(c).or_default().insert(&s.id)
                && let Some(file) = classes.get(c)
            {
                todo.extend(file.broader.iter().map(String::as_str));
            }
        }
    }
    out
}

fn resolve<'a>(
    p: &'a Participant,
    members: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    ids: &BTreeSet<&'a str>,
) -> BTreeSet<&'a str> {
    let mut out: BTreeSet<&str> =
        p.class.iter().filter_map(|c| members.get(c.as_str())).flatten().copied().collect();
    out.extend(p.substance.iter().chain(&p.substances).map(String::as_str).filter(|s| ids.contains(s)));
    out.retain(|s| !p.except.iter().any(|e| e == s));
    out
}
