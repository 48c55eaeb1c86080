#![allow(clippy::unwrap_used)]
//! Findings over the patients of `fixtures/patients`, kept in `fixtures/findings`, so that a change of a fact or a rule shows its consequences
//! in the diff. `POSOLOGY_BLESS=1 cargo test -p posology --test fixtures` rewrites them.
#![allow(clippy::disallowed_methods, missing_docs)]

use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{ResolveOptions, resolve};
use posology_model::{Review, Severity};
use posology_review::{Settings, review};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn show(r: &Review) -> String {
    let mut o = String::new();
    if let Some(i) = &r.interruption {
        let _ = writeln!(o, "interrupts: {}", i.title);
        for a in &i.also {
            let _ = writeln!(o, "      also: {a}");
        }
    }
    for f in &r.findings {
        let _ = writeln!(o, "{:<8} {}: {}", f.severity.as_str(), f.rule, f.title);
        for a in &f.actions {
            let _ = writeln!(o, "           - {}", a.text);
        }
    }
    for s in &r.silenced {
        let _ = writeln!(o, "silenced {}: {} ({})", s.rule, s.title, s.why);
    }
    for n in &r.not_assessed {
        let _ = writeln!(o, "not assessed: {} ({})", n.what, n.why);
    }
    for b in &r.benefits {
        let _ = writeln!(o, "benefit {}: {}", b.substance.id, b.statements.join(" "));
    }
    for f in &r.follow_up {
        let _ = writeln!(o, "follow-up {}: {}", f.due, f.what);
    }
    o
}

fn patients() -> Vec<(String, Review)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("fixtures/patients"))
        .expect("fixtures")
        .filter_map(Result::ok)
        .map(|e| e.path())
        .collect();
    files.sort();
    let kb = posology_corpus::builtin();
    files
        .into_iter()
        .map(|f| {
            let name = f.file_stem().expect("name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&f).expect("fixture");
            let case = resolve(&posology_interop::list::read_list(&text), kb, ResolveOptions::default());
            let jurisdiction = if name.contains("-uk-") { Jurisdiction::Uk } else { Jurisdiction::Us };
            let day = "2026-11-24".parse().expect("date");
            (name, review(&case, kb, &Settings { jurisdiction, ..Settings::at(day) }))
        })
        .collect()
}

#[test]
fn findings_over_the_fixtures_are_as_recorded() {
    let bless = std::env::var_os("POSOLOGY_BLESS").is_some();
    let mut wrong = String::new();
    let mut counts = [0usize; 4];
    for (name, r) in patients() {
        for f in &r.findings {
            counts[f.severity as usize] += 1;
        }
        let got = show(&r);
        let file = root().join(format!("fixtures/findings/{name}.txt"));
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        if got != kept {
            if bless {
                std::fs::write(&file, &got).expect("fixtures can be written");
            } else {
                let _ = writeln!(wrong, "--- {name}\nrecorded:\n{kept}now:\n{got}");
            }
        }
    }
    println!(
        "findings: {} notes, {} cautions, {} serious, {} critical",
        counts[0], counts[1], counts[2], counts[3]
    );
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn at_most_one_finding_interrupts_and_it_is_verified_and_critical() {
    for (name, r) in patients() {
        let n: Vec<_> = r.findings.iter().filter(|f| f.interruptive).collect();
        assert!(n.len() <= 1, "{name}");
        for f in n {
            assert_eq!(f.severity, Severity::Critical, "{name}");
            assert_eq!(f.evidence[0].confidence, posology_model::Confidence::Verified, "{name}");
        }
    }
}

#[test]
fn no_action_proposes_more_of_a_controlled_drug() {
    for (name, r) in patients() {
        for f in &r.findings {
            for a in &f.actions {
                let t = a.text.to_lowercase();
                for bad in [
                    "increase the dose",
                    "raise the dose",
                    "double the dose",
                    "add a benzodiazepine",
                    "start diazepam",
                ] {
                    assert!(!t.contains(bad), "{name}: {}: {}", f.rule, a.text);
                }
            }
        }
    }
}
