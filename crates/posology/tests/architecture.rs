#![allow(clippy::unwrap_used)]
//! The invariants of ARCHITECTURE.md that a program can check.
#![allow(clippy::disallowed_methods, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The only edges allowed between our crates (normal and build dependencies). Development dependencies are free.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("posology-model", &[] as &[&str]),
        ("posology-knowledge", &["posology-model"]),
        ("posology-corpus", &["posology-knowledge"]),
        ("posology-kinetics", &["posology-model"]),
        ("posology-interop", &["posology-model"]),
        ("posology-review", &["posology-model", "posology-knowledge", "posology-kinetics"]),
        ("posology-taper", &["posology-model", "posology-knowledge", "posology-kinetics", "posology-review"]),
        ("posology-screen", &["posology-model", "posology-knowledge", "posology-interop", "posology-review"]),
        ("posology-typeset", &[]),
        (
            "posology-papers",
            &[
                "posology-model",
                "posology-knowledge",
                "posology-kinetics",
                "posology-review",
                "posology-taper",
                "posology-typeset",
            ],
        ),
        (
            "posology-page",
            &[
                "posology-model",
                "posology-knowledge",
                "posology-kinetics",
                "posology-interop",
                "posology-review",
                "posology-taper",
                "posology-papers",
            ],
        ),
        (
            "posology-server",
            &[
                "posology-model",
                "posology-knowledge",
                "posology-interop",
                "posology-review",
                "posology-taper",
                "posology-page",
            ],
        ),
    ])
}

#[test]
fn dependencies_point_one_way() {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let meta: serde_json::Value = serde_json::from_slice(&out.stdout).expect("metadata is JSON");
    let allowed = allowed();
    let mut wrong = Vec::new();
    for p in meta["packages"].as_array().expect("packages") {
        let name = p["name"].as_str().expect("name");
        let edges: BTreeSet<&str> = p["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|d| d["kind"].as_str() != Some("dev"))
            .filter_map(|d| d["name"].as_str())
            .filter(|d| d.starts_with("posology"))
            .collect();
        if name == "posology" || name == "posology-python" {
            continue;
        }
        let Some(may) = allowed.get(name) else {
            wrong.push(format!(
                "{name} is not in the list of allowed edges of this test; add it there and to ARCHITECTURE.md"
            ));
            continue;
        };
        wrong.extend(
            edges.iter().filter(|d| !may.contains(d)).map(|d| format!("{name} must not depend on {d}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for e in entries.filter_map(Result::ok) {
        if e.path().is_dir() {
            sources(&e.path(), out);
        } else if e.path().extension().is_some_and(|x| x == "rs") {
            out.push(e.path());
        }
    }
}

/// Input, output, clocks, environment and threads' luck stay out of the crates that answer.
#[test]
fn the_core_is_pure() {
    const BANNED: [&str; 12] = [
        "std::fs",
        "std::net",
        "std::env::",
        "std::process",
        "SystemTime",
        "Instant::now",
        "Zoned::now",
        "Timestamp::now",
        "HashMap",
        "HashSet",
        "println!",
        "thread_rng",
    ];
    let mut wrong = Vec::new();
    for krate in ["model", "knowledge", "kinetics", "review", "interop", "taper"] {
        let mut files = Vec::new();
        sources(&root().join(format!("crates/posology-{krate}/src")), &mut files);
        assert!(!files.is_empty());
        files.sort();
        for f in files {
            let text = std::fs::read_to_string(&f).expect("source");
            // Tests at the end of a file may print.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (n, line) in code.lines().enumerate() {
                let bare = line.split("//").next().unwrap_or_default();
                // Interop looks references up in hash maps and never walks them.
                for b in
                    BANNED.iter().filter(|b| bare.contains(**b) && !(krate == "interop" && **b == "HashMap"))
                {
                    wrong.push(format!("{}:{}: {b}", f.display(), n + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Nothing of one machine, and no word about how it was made, is in the project.
#[test]
fn files_name_no_machine() {
    let out = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git runs");
    let mut wrong = Vec::new();
    for name in String::from_utf8_lossy(&out.stdout).split('\0').filter(|n| !n.is_empty()) {
        if name.ends_with(".lock") || name == "LICENSE" || name.ends_with("architecture.rs") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        for (n, line) in text.lines().enumerate() {
            let path = ["/work/main", "/work/shared", "/work/target", "/home/", "/root/"]
                .iter()
                .any(|p| line.contains(p) && !line.contains("://"));
            if path {
                wrong.push(format!("{name}:{}: {line}", n + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
