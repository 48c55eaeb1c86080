//! Reads `knowledge/` and leaves it in binary form for `include_bytes!`.
//!
//! A file that cannot be read fails the build: a fact must not vanish silently. While drafting,
//! `POSOLOGY_KNOWLEDGE_DRAFT=1` turns such failures into warnings.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

use posology_knowledge::{Corpus, KnowledgeText};
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../knowledge");
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-env-changed=POSOLOGY_KNOWLEDGE_DRAFT");
    let files = read(&root);
    let (corpus, problems) = Corpus::read(&files);
    let draft = std::env::var_os("POSOLOGY_KNOWLEDGE_DRAFT").is_some();
    for p in &problems {
        println!("cargo:warning={p}");
    }
    assert!(
        draft || problems.is_empty(),
        "{} file(s) of knowledge/ cannot be read; the first: {}",
        problems.len(),
        problems[0]
    );
    let bytes = corpus.to_bytes().expect("a corpus read from TOML can be serialized");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("knowledge.bin");
    std::fs::write(out, bytes).expect("OUT_DIR can be written");
}

fn read(root: &Path) -> Vec<KnowledgeText> {
    let mut out = Vec::new();
    for e in walkdir::WalkDir::new(root).sort_by_file_name() {
        let e = e.expect("knowledge/ can be listed");
        let wanted =
            e.path().extension().is_some_and(|x| x == "toml" || x == "tsv") || e.file_name() == "VERSION";
        if !e.file_type().is_file() || !wanted {
            continue;
        }
        let path = e.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(e.path()).expect("knowledge files are UTF-8");
        out.push(KnowledgeText { path, text });
    }
    out
}
