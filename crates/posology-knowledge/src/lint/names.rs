//! One name means one thing: no name or brand of two substances, no word of two conditions or measures.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::names::normalise;
use std::collections::BTreeMap;

pub(super) const ID: &str = "name-of-two";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for s in &k.corpus.substances {
        each(
            k,
            "substances",
            &s.id,
            &s.name,
            &[("synonyms", &s.synonyms), ("brands", &s.brands)],
            &mut seen,
            &mut out,
        );
    }
    seen.clear();
    for c in &k.corpus.conditions {
        each(k, "conditions", &c.id, &c.name, &[("synonyms", &c.synonyms)], &mut seen, &mut out);
    }
    seen.clear();
    for m in &k.corpus.measures {
        each(k, "measures", &m.id, &m.name, &[("synonyms", &m.synonyms)], &mut seen, &mut out);
    }
    out
}

fn each<'a>(
    k: &Knowledge<'_>,
    folder: &str,
    id: &'a str,
    name: &str,
    lists: &[(&str, &Vec<String>)],
    seen: &mut BTreeMap<String, &'a str>,
    out: &mut Vec<Diagnostic>,
) {
    let file = format!("{folder}/{id}.toml");
    let words = std::iter::once((String::from("name"), name)).chain(
        lists
            .iter()
            .flat_map(|(key, l)| l.iter().enumerate().map(move |(i, w)| (format!("{key}.{i}"), w.as_str()))),
    );
    for (path, word) in words {
        let key = normalise(word);
        if key.is_empty() {
            out.push(k.at(ID, &file, &path, format!("\"{word}\" has no letter or digit"), "remove it"));
            continue;
        }
        match seen.get(&key) {
            Some(other) if *other != id => out.push(k.at(
                ID,
                &file,
                &path,
                format!("\"{word}\" also names {folder}/{other}.toml"),
                "leave it with the one that people mean by it, or with none",
            )),
            Some(_) => {}
            None => {
                seen.insert(key, id);
            }
        }
    }
}
