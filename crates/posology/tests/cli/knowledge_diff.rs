//! `posology knowledge diff` and `changelog` over a small changed folder.
use super::run::{json, root, run};
use serde_json::Value;
use std::path::Path;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for e in std::fs::read_dir(from).unwrap() {
        let p = e.unwrap().path();
        let target = to.join(p.file_name().unwrap());
        if p.is_dir() {
            copy(&p, &target);
        } else {
            std::fs::copy(&p, &target).unwrap();
        }
    }
}

/// A part of the project's knowledge (others may be at work on the whole), and the same with one limit of diazepam moved and another version.
fn before_and_after(name: &str) -> (String, String) {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("knowledge-{name}"));
    let _ = std::fs::remove_dir_all(&to);
    let (before, after) = (to.join("before"), to.join("after"));
    let whole = root().join("knowledge");
    for folder in ["classes", "conditions", "measures", "parameters"] {
        copy(&whole.join(folder), &before.join(folder));
    }
    std::fs::create_dir_all(before.join("substances")).unwrap();
    for file in ["VERSION", "substances/diazepam.toml"] {
        std::fs::copy(whole.join(file), before.join(file)).unwrap();
    }
    copy(&before, &after);
    let edit = |file: &str, from: &str, by: &str| {
        let path = after.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        std::fs::write(&path, text.replacen(from, by, 1)).unwrap();
    };
    edit("substances/diazepam.toml", "kind = \"single-max\"\nmg = 10.0", "kind = \"single-max\"\nmg = 9.0");
    edit("VERSION", "2026", "2027");
    (before.to_str().unwrap().to_owned(), after.to_str().unwrap().to_owned())
}

#[test]
fn a_changed_folder_shows_facts_and_findings() {
    let (before, after) = before_and_after("changed");
    let args = ["knowledge", "diff", &before, &after, "--as-of", "2026-11-24", "--format", "json"];
    let said = run(&args);
    assert_eq!(said.status, 0, "{}", said.err);
    let v = json(&said);
    assert_eq!(v["facts"].as_array().unwrap().len(), 1, "{}", v["facts"]);
    let fact = &v["facts"][0];
    assert_eq!(fact["folder"], "substances");
    assert_eq!(fact["drugs"][0], "diazepam");
    assert_eq!(fact["kind"], "changed");
    assert_eq!(fact["fields"][0]["old"], 10.0);
    assert_eq!(fact["fields"][0]["new"], 9.0);
    assert!(fact["new"]["source"].as_str().unwrap().contains('#'));
    // The draft order of 20 mg in examples/ is above either limit: the finding says another figure.
    let changes = v["findings"]["changes"].as_array().unwrap();
    let hit =
        |c: &&Value| c["patient"] == "diazepam-67f-draft.json" && c["rule"] == "single-dose-above-limit";
    let c = changes.iter().find(hit).unwrap_or_else(|| panic!("{changes:#?}"));
    assert_eq!(c["kind"], "changed");
    assert!(c["new"]["title"].as_str().unwrap().contains("9 mg"), "{c}");
    assert!(v["findings"]["patients"].as_u64().unwrap() >= 16);
    let text = run(&args[..6]).out;
    for part in ["1 changed", "substances/diazepam", "mg: 10 → 9", "single-dose-above-limit"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let log = run(&["knowledge", "changelog", &before, &after]).out;
    assert!(log.starts_with("## 2027"), "{log}");
    assert!(log.contains("#### diazepam") && log.contains("mg 10 → 9"), "{log}");
}

#[test]
fn two_equal_sides_differ_in_nothing() {
    let (before, _) = before_and_after("equal");
    let said =
        run(&["knowledge", "diff", &before, &before, "--format", "json", "--fixtures", "examples/list.txt"]);
    let v = json(&said);
    assert_eq!(v["facts"].as_array().map(Vec::len), Some(0));
    assert_eq!(v["findings"]["changes"].as_array().map(Vec::len), Some(0));
    assert_eq!(v["findings"]["patients"], 1);
}

#[test]
fn a_side_that_is_nothing_is_told() {
    let said = run(&["knowledge", "diff", "no-such-thing", "builtin"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("no-such-thing") && said.err.contains("builtin"), "{}", said.err);
    let said = run(&["knowledge", "diff", "builtin", "builtin", "--drug", "nothing"]);
    assert_eq!(said.status, 2);
    let said = run(&["knowledge", "diff", "builtin", "builtin", "--fixtures", "no-such-folder"]);
    assert_eq!(said.status, 2);
}
