//! What inputs are made from: the fixtures and examples of the project, its knowledge, and the corpus that earlier runs left.
use crate::targets::Target;
use std::path::{Path, PathBuf};

/// Folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Folder in which bolero looks for the corpus and the crashes of a target.
pub fn folder(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(target.name)
}

/// Files under a folder with one of these endings, in the order of their names.
fn files(dir: &Path, endings: &[&str], out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    paths.sort();
    for p in paths {
        if p.is_dir() {
            files(&p, endings, out);
        } else if endings.is_empty() || p.extension().is_some_and(|x| endings.iter().any(|e| x == *e)) {
            out.push(p);
        }
    }
}

/// Contents of the files under folders of the project.
pub fn contents(folders: &[&str], endings: &[&str]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    folders.iter().for_each(|f| files(&root().join(f), endings, &mut paths));
    paths.iter().filter_map(|p| std::fs::read(p).ok()).collect()
}

/// Inputs that earlier runs kept: those that showed something new, and those that broke something.
pub fn kept(target: &Target) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    for sub in ["corpus", "crashes"] {
        files(&folder(target).join(sub), &[], &mut paths);
    }
    paths.iter().filter_map(|p| std::fs::read(p).ok()).collect()
}

/// Seeds and kept inputs of a target.
pub fn all(target: &Target) -> Vec<Vec<u8>> {
    let mut out = (target.seeds)();
    out.extend(kept(target));
    out
}

/// The first column of the labelled instructions.
pub fn sigs() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for table in contents(&["fixtures/sigs"], &["tsv"]) {
        for line in table.split(|b| *b == b'\n').skip(1) {
            let text = line.split(|b| *b == b'\t').next().unwrap_or_default();
            if !text.is_empty() && !text.starts_with(b"#") {
                out.push(text.to_vec());
            }
        }
    }
    out
}

/// Knowledge files that are small, each under a first line that says where it belongs.
pub fn knowledge() -> Vec<Vec<u8>> {
    let dir = root().join("knowledge");
    let mut paths = Vec::new();
    files(&dir, &["toml"], &mut paths);
    let mut taken = std::collections::BTreeMap::<String, usize>::new();
    let mut out = Vec::new();
    for p in paths {
        let Ok(relative) = p.strip_prefix(&dir) else { continue };
        let name = relative.to_string_lossy().replace('\\', "/");
        let Ok(text) = std::fs::read_to_string(&p) else { continue };
        let kind = name.split('/').next().unwrap_or_default().to_owned();
        let count = taken.entry(kind).or_default();
        if text.len() > 12_000 || *count >= 12 {
            continue;
        }
        *count += 1;
        out.push(format!("# {name}\n{text}").into_bytes());
    }
    out
}
