//! Every statement names a source that exists.
use super::{Knowledge, split_reference};
use crate::diagnostic::Diagnostic;
use std::collections::BTreeSet;

pub(super) const ID: &str = "source-exists";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let known: BTreeSet<&str> = k.corpus.sources.iter().map(|s| s.id.as_str()).collect();
    let mut out = Vec::new();
    for (path, file) in &k.files {
        for s in file.stated() {
            // A choice of this project that no source prints says so.
            if s.reference == "policy"
                && s.confidence.as_deref() != Some("verified")
                && path.starts_with("parameters/")
            {
                continue;
            }
            match split_reference(&s.reference) {
                None => out.push(k.at(
                    ID,
                    path,
                    &s.path,
                    format!("\"{}\" is no reference to a place of a source", s.reference),
                    "write source-id#locator; the locator names the section, table or page",
                )),
                Some((id, _)) if !known.contains(id) => out.push(k.at(
                    ID,
                    path,
                    &s.path,
                    format!("there is no source \"{id}\""),
                    "correct the id, or add the file to sources/",
                )),
                Some(_) => {}
            }
        }
    }
    out
}
