//! Ids are lower case, kebab-case; the id of a file is its name (checked while reading).
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

pub(super) const ID: &str = "id";

const HELP: &str = "use lower-case letters and digits, parted by single hyphens";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for path in k.files.keys() {
        let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        if !is_kebab(stem) {
            out.push(k.at(ID, path, "id", format!("\"{stem}\" is not kebab-case"), HELP));
        }
    }
    for s in &k.corpus.sources {
        let file = format!("sources/{}.toml", s.id);
        for (i, f) in s.figures.iter().enumerate() {
            if !is_kebab(&f.locator) {
                let path = format!("figure.{i}.locator");
                out.push(k.at(
                    ID,
                    &file,
                    &path,
                    format!("the locator \"{}\" is not kebab-case", f.locator),
                    HELP,
                ));
            }
        }
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for p in &k.corpus.parameters {
        let file = format!("parameters/{}.toml", p.id);
        for (i, x) in p.parameters.iter().enumerate() {
            let path = format!("parameter.{i}.id");
            if !is_kebab(&x.id) {
                out.push(k.at(ID, &file, &path, format!("\"{}\" is not kebab-case", x.id), HELP));
            }
            if let Some(other) = seen.insert(&x.id, &p.id) {
                let message = format!("the parameter \"{}\" also stands in parameters/{other}.toml", x.id);
                out.push(k.at(ID, &file, &path, message, "keep one of the two"));
            }
        }
    }
    out
}

/// Letters, digits, single hyphens inside.
pub(super) fn is_kebab(s: &str) -> bool {
    !s.is_empty()
        && s.split('-')
            .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}
