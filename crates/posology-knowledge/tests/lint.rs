//! The facts of `knowledge/` have no mistake that a lint knows, and the list of gaps is exact.
#![allow(clippy::unwrap_used)]

use posology_knowledge::{Corpus, KnowledgeText, lint};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge")
}

fn read(dir: &Path, root: &Path, out: &mut Vec<KnowledgeText>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for p in entries {
        if p.is_dir() {
            read(&p, root, out);
        } else if p.extension().is_some_and(|x| x == "toml" || x == "tsv") || p.ends_with("VERSION") {
            let path = p.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            out.push(KnowledgeText { path, text: std::fs::read_to_string(&p).unwrap() });
        }
    }
}

fn files() -> Vec<KnowledgeText> {
    let mut out = Vec::new();
    read(&folder(), &folder(), &mut out);
    out
}

/// Ids of rules as the review crate writes them; this crate stands below it and cannot ask it.
fn rule_ids() -> Vec<String> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../posology-review/src/rules");
    let mut out = Vec::new();
    let mut todo = vec![rules];
    while let Some(dir) = todo.pop() {
        for e in std::fs::read_dir(dir).unwrap() {
            let p = e.unwrap().path();
            if p.is_dir() {
                todo.push(p);
            } else if p.extension().is_some_and(|x| x == "rs") {
                let text = std::fs::read_to_string(p).unwrap();
                out.extend(
                    text.lines().filter_map(|l| {
                        Some(l.trim().strip_prefix("id: \"")?.strip_suffix("\",")?.to_owned())
                    }),
                );
            }
        }
    }
    out
}

#[test]
fn the_facts_have_no_mistake() {
    let files = files();
    let (corpus, mut found) = Corpus::read(&files);
    let ids = rule_ids();
    assert!(ids.len() >= 50, "{} rule ids were found", ids.len());
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    found.extend(lint::check(&corpus, &files, &ids));
    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} mistakes:\n{}", list.len(), list.join("\n"));
}

#[test]
fn the_list_of_gaps_is_exact() {
    let files = files();
    let (corpus, _) = Corpus::read(&files);
    let found = lint::gaps::find(&corpus);
    let known = std::fs::read_to_string(folder().join("gaps.toml")).unwrap_or_default();
    let known = lint::gaps::read(&known).expect("gaps.toml is a list of ids by kind");
    let mut wrong = Vec::new();
    for (kind, ids) in &found {
        let listed = known.get(kind).cloned().unwrap_or_default();
        wrong.extend(ids.difference(&listed).map(|id| format!("{kind}: {id} is a new gap; close it")));
        wrong
            .extend(listed.difference(ids).map(|id| format!("{kind}: {id} is closed; take it off the list")));
    }
    wrong.extend(known.keys().filter(|k| !found.contains_key(*k)).map(|k| format!("{k} is no kind of gap")));
    assert!(
        wrong.is_empty(),
        "{}\n\nThe list as it would be exact:\n{}",
        wrong.join("\n"),
        lint::gaps::write(&found)
    );
}
