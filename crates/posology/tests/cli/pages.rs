//! The commands that show what is known.
use crate::run::{json, root, run};

#[test]
fn the_schema_in_the_repository_is_the_schema_of_the_program() {
    let said = run(&["schema"]);
    assert_eq!(said.status, 0);
    let written = std::fs::read_to_string(root().join("schema/review.schema.json")).unwrap_or_default();
    if written != said.out {
        let new = crate::run::file("review.schema.json", said.out.as_bytes());
        panic!("schema/review.schema.json is out of date; copy {}", new.display());
    }
}

#[test]
fn the_page_of_a_drug_has_facts_with_sources() {
    let said = run(&["drug", "Valium", "--format", "json"]);
    let v = json(&said);
    assert_eq!(v["id"], "diazepam");
    for key in [
        "uses",
        "products",
        "limits",
        "contraindications",
        "effects",
        "onset",
        "enzymes",
        "equivalence",
        "interactions",
    ] {
        let facts = v["facts"][key].as_array().unwrap();
        assert!(!facts.is_empty(), "no {key}");
        for f in facts {
            assert!(!f["sources"].as_array().unwrap().is_empty(), "{f}");
        }
    }
    let text = run(&["drug", "fluvoxamine"]).out;
    assert!(text.contains("inhibits CYP2C19: strong"), "{text}");
}

#[test]
fn a_jurisdiction_leaves_out_what_holds_elsewhere() {
    let all = json(&run(&["drug", "diazepam", "--format", "json"]));
    let uk = json(&run(&["drug", "diazepam", "--format", "json", "--jurisdiction", "uk"]));
    let n = |v: &serde_json::Value| v["facts"]["uses"].as_array().unwrap().len();
    assert!(n(&uk) > 0 && n(&uk) < n(&all));
    assert!(!uk["facts"].to_string().contains("\"jurisdiction\":[\"us\"]"));
}

#[test]
fn an_unknown_drug_is_an_error_with_suggestions() {
    let said = run(&["drug", "diazzzzepammm"]);
    assert_eq!(said.status, 2);
    assert!(said.out.is_empty() && said.err.contains("no drug named"), "{}", said.err);
    let said = run(&["interactions", "diazepam", "qqqqqqqqq"]);
    assert_eq!(said.status, 2);
    assert!(said.out.is_empty() && said.err.contains("qqqqqqqqq"), "{}", said.err);
}

#[test]
fn interactions_are_those_of_the_review() {
    let v = json(&run(&[
        "interactions",
        "diazepam 10 mg",
        "fluvoxamine 100 mg",
        "--as-of",
        "2026-11-24",
        "--format",
        "json",
    ]));
    let found = v["findings"].to_string();
    assert!(found.contains("fluvoxamine") && found.contains("generally not advisable"), "{found}");
    assert!(v["not_assessed"].to_string().contains("the patient"));
    let daily: Vec<f64> =
        v["exposures"].as_array().unwrap().iter().map(|e| e["daily_mg"][1].as_f64().unwrap()).collect();
    assert_eq!(daily, [10.0, 100.0]);
    let v = json(&run(&["interactions", "oxycodone", "diazepam", "--format", "json"]));
    assert!(v["findings"].to_string().contains("opioid-with-benzodiazepine"), "{v}");
}

#[test]
fn rules_are_listed_and_shown() {
    let all = json(&run(&["rule", "--format", "json"]));
    assert!(all.as_array().unwrap().len() >= 15);
    for r in all.as_array().unwrap() {
        let said = run(&["rule", r["id"].as_str().unwrap()]);
        assert_eq!(said.status, 0);
        assert!(said.out.contains("What it checks"), "{}", said.out);
    }
    let said = run(&["rule", "opioid-with-benzo"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("opioid-with-benzodiazepine"), "{}", said.err);
}

#[test]
fn knowledge_is_counted_and_shown_with_its_sources() {
    let v = json(&run(&["knowledge", "list", "--format", "json"]));
    let substances = &v["kinds"]["substances"];
    assert!(substances["files"].as_u64().unwrap() > 40 && substances["verified"].as_u64().unwrap() > 0);
    let ids = run(&["knowledge", "list", "substances"]).out;
    assert!(ids.lines().any(|l| l == "diazepam"));
    let v = json(&run(&["knowledge", "show", "substances/diazepam", "--format", "json"]));
    assert_eq!(v["files"]["substances/diazepam"]["id"], "diazepam");
    assert!(v["sources"].as_object().unwrap().values().all(|s| s["title"].is_string()));
    assert!(run(&["knowledge", "show", "diazepam"]).out.contains("\nSources\n"));
    assert_eq!(run(&["knowledge", "show", "no-such-thing-at-all"]).status, 2);
    assert_eq!(run(&["knowledge", "list", "nonsense"]).status, 2);
}

#[test]
fn a_mistake_in_a_knowledge_file_is_shown_with_its_line() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("knowledge");
    std::fs::create_dir_all(dir.join("substances")).unwrap();
    std::fs::write(dir.join("VERSION"), "2026.11.0\n").unwrap();
    std::fs::write(
        dir.join("substances/diazepam.toml"),
        "id = \"diazepam\"\nname = \"diazepam\"\ncolour = \"blue\"\n",
    )
    .unwrap();
    let folder = dir.to_str().unwrap();
    let said = run(&["knowledge", "check", "--knowledge", folder]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.out.contains("diazepam.toml:3") && said.out.contains("colour = \"blue\""), "{}", said.out);
    let said = run(&["review", "examples/list.txt", "--knowledge", folder]);
    assert_eq!(said.status, 2, "a fact must not vanish silently");
    assert!(said.err.contains("diazepam.toml"), "{}", said.err);
}

#[test]
fn every_command_teaches_with_examples() {
    for command in ["review", "drug", "interactions", "rule", "knowledge"] {
        let said = run(&[command, "--help"]);
        assert_eq!(said.status, 0);
        assert!(
            said.out.contains("Examples:") && said.out.contains(&format!("posology {command}")),
            "{command}"
        );
        let doc = std::fs::read_to_string(root().join("docs/cli.md")).unwrap();
        assert!(doc.contains(&format!("posology {command}")), "docs/cli.md says nothing of {command}");
    }
    for flag in run(&["review", "--help"]).out.split_whitespace().filter(|w| {
        w.starts_with("--") && w.len() > 2 && w[2..].chars().all(|c| c.is_ascii_lowercase() || c == '-')
    }) {
        let doc = std::fs::read_to_string(root().join("docs/cli.md")).unwrap();
        assert!(flag == "--help" || doc.contains(flag), "docs/cli.md says nothing of {flag}");
    }
}

#[test]
fn output_to_a_file_has_no_colours() {
    for args in [&["rule"][..], &["drug", "diazepam"], &["knowledge", "list"]] {
        assert!(!run(args).out.contains('\u{1b}'), "{args:?}");
    }
    assert!(!run(&["drug", "qqqqqq"]).err.contains('\u{1b}'));
}
