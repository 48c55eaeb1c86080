//! A drug that the knowledge does not hold is never read as a misspelt name of one that it holds.
#![allow(clippy::unwrap_used)]

use posology_knowledge::{Corpus, KnowledgeBase, KnowledgeText, NameMatch};
use std::path::Path;

fn kb() -> KnowledgeBase {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge");
    let mut files = Vec::new();
    for e in std::fs::read_dir(root.join("substances")).unwrap() {
        let p = e.unwrap().path();
        let path = format!("substances/{}", p.file_name().unwrap().to_string_lossy());
        files.push(KnowledgeText { path, text: std::fs::read_to_string(p).unwrap() });
    }
    let path = "products/other-ingredients.tsv".to_owned();
    files.push(KnowledgeText { text: std::fs::read_to_string(root.join(&path)).unwrap(), path });
    KnowledgeBase::new(Corpus::read(&files).0)
}

#[test]
fn other_ingredients_are_nobody() {
    let kb = kb();
    let names: Vec<&str> = kb.corpus.other_ingredients.lines().collect();
    assert!(names.len() > 1000, "{} names", names.len());
    let wrong: Vec<String> = names
        .iter()
        .filter_map(|n| kb.by_name(n).map(|(ix, how)| (n, ix, how)))
        // A substance added since the list was made is found by its own name.
        .filter(|(.., how)| matches!(how, NameMatch::Corrected(_)))
        .map(|(n, ix, _)| format!("{n} became {}", kb.substance(ix).id))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn typing_errors_are_still_corrected_and_longer_names_win() {
    let kb = kb();
    let id = |text: &str| kb.by_name(text).map(|(ix, _)| kb.substance(ix).id.as_str());
    assert_eq!(id("diazepan"), Some("diazepam"));
    assert_eq!(id("oxycodone hydrochloride"), Some("oxycodone"));
    assert_eq!(id("abuse-deterrent oxycodone"), Some("oxycodone"));
    assert_eq!(id("isopropyl alcohol"), None);
}
