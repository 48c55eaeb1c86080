#![allow(clippy::unwrap_used)]
//! Runs the cases of every rule's page. A case asserts the complete set of findings, so silence is tested as hard as an alert.
//!
//! `POSOLOGY_BLESS=1 cargo test -p posology-review --test cases` rewrites the expectations; the diff is then read by a person.
#![allow(clippy::disallowed_methods, missing_docs)]

use posology_interop::list::read_list;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{ResolveOptions, resolve};
use posology_model::{Case, Date, EncounterClass, EncounterEntry, EntryKind, Review};
use posology_review::{RULES, Settings, review};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const HEADINGS: [&str; 6] =
    ["What it checks", "Why it matters", "When it stays silent", "What it cannot tell", "Sources", "Cases"];

fn pages() -> Vec<PathBuf> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        let mut entries: Vec<_> =
            std::fs::read_dir(dir).expect("rules folder").filter_map(Result::ok).collect();
        entries.sort_by_key(std::fs::DirEntry::path);
        for e in entries {
            if e.path().is_dir() {
                walk(&e.path(), out);
            } else if e.path().extension().is_some_and(|x| x == "md") {
                out.push(e.path());
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules"), &mut out);
    out
}

/// A case: name, input, expectation, and the byte range of the expectation in the page.
struct PageCase<'t> {
    name: &'t str,
    input: &'t str,
    expected: &'t str,
    range: std::ops::Range<usize>,
}

fn cases(text: &str) -> Vec<PageCase<'_>> {
    let mut out = Vec::new();
    let Some(at) = text.find("## Cases") else { return out };
    let mut pos = at;
    while let Some(h) = text[pos..].find("\n### ").map(|i| pos + i + 5) {
        let line_end = text[h..].find('\n').map_or(text.len(), |i| h + i);
        let name = text[h..line_end].trim();
        let (input, after) =
            fence(text, line_end, "case").unwrap_or_else(|| panic!("case \"{name}\" has no ```case block"));
        let (expected, end) = fence(text, after, "findings")
            .unwrap_or_else(|| panic!("case \"{name}\" has no ```findings block"));
        out.push(PageCase {
            name,
            input: &text[input.clone()],
            expected: &text[expected.clone()],
            range: expected,
        });
        pos = end;
    }
    out
}

/// The content of the next fenced block of a kind, and where it ends.
fn fence(text: &str, from: usize, kind: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let open = format!("```{kind}\n");
    let start = from + text[from..].find(&open)? + open.len();
    let end = start + text[start..].find("```")?;
    Some((start..end, end + 3))
}

/// Lines that a plain list has no words for: `on DATE: <line>` dates what the line says, `given on DATE: <drug>` is an
/// administration, `dispensed on DATE for N days[ by KEY]: <drug>` a dispensing, `encounter on DATE: <class>` a contact.
fn add_special(case: &mut Case, head: &str, rest: &str) -> bool {
    let words: Vec<&str> = head.split_whitespace().collect();
    match words.as_slice() {
        ["on", day] => {
            let day: Date = day.parse().expect("date");
            let mut c = read_list(rest);
            c.conditions.iter_mut().for_each(|x| x.onset = Some(day));
            c.observations.iter_mut().for_each(|x| x.date = Some(day));
            case.conditions.append(&mut c.conditions);
            case.observations.append(&mut c.observations);
        }
        ["given", "on", day] => {
            let day: Date = day.parse().expect("date");
            for mut m in read_list(rest).medications {
                m.kind = EntryKind::Administration;
                m.start = Some(day);
                case.medications.push(m);
            }
        }
        ["dispensed", "on", day, "for", n, "days", tail @ ..] => {
            for mut m in read_list(rest).medications {
                m.kind = EntryKind::Dispense;
                m.start = Some(day.parse().expect("date"));
                m.days_supply = Some(n.parse().expect("days"));
                if let ["by", key] = tail {
                    m.prescriber = Some((*key).to_owned());
                }
                case.medications.push(m);
            }
        }
        ["encounter", "on", day] => case.encounters.push(EncounterEntry {
            path: "encounter".into(),
            id: None,
            class: EncounterClass::Ambulatory,
            codings: Vec::new(),
            text: Some(rest.to_owned()),
            start: Some(day.parse().expect("date")),
            end: Some(day.parse().expect("date")),
        }),
        _ => return false,
    }
    true
}

/// Runs one case. Lines `as-of:` and `jurisdiction:` are settings; all others are a plain list or one of the special lines.
fn run(input: &str) -> Review {
    let mut day: Option<Date> = None;
    let mut jurisdiction = Jurisdiction::Us;
    let mut list = String::new();
    let mut special = Case::default();
    for line in input.lines() {
        if line.split_once(':').is_some_and(|(k, v)| add_special(&mut special, k.trim(), v.trim())) {
            continue;
        }
        match line.split_once(':').map(|(k, v)| (k.trim(), v.trim())) {
            Some(("as-of", v)) => day = Some(v.parse().expect("as-of is a date")),
            Some(("jurisdiction", v)) => {
                jurisdiction = if v == "uk" { Jurisdiction::Uk } else { Jurisdiction::Us }
            }
            _ => {
                list.push_str(line);
                list.push('\n');
            }
        }
    }
    let kb = posology_corpus::builtin();
    let mut case = read_list(&list);
    case.conditions.append(&mut special.conditions);
    case.observations.append(&mut special.observations);
    case.medications.append(&mut special.medications);
    case.encounters.append(&mut special.encounters);
    let case = resolve(&case, kb, ResolveOptions::default());
    let settings = Settings { jurisdiction, ..Settings::at(day.expect("a case names its as-of date")) };
    review(&case, kb, &settings)
}

/// Every finding, one a line, gravest first, then what was silenced and what was not assessed.
fn show(r: &Review) -> String {
    let mut out = String::new();
    for f in &r.findings {
        let drugs: Vec<&str> = f.substances.iter().map(|s| s.id.as_str()).collect();
        let mark = if f.interruptive { " (interrupts)" } else { "" };
        let _ = writeln!(out, "{} {}{mark}: {}", f.severity.as_str(), f.rule, drugs.join(", "));
    }
    for s in &r.silenced {
        let _ = writeln!(out, "silenced {}", s.rule);
    }
    for n in &r.not_assessed {
        let _ = writeln!(out, "not assessed: {}", n.what);
    }
    if out.is_empty() {
        out.push_str("nothing\n");
    }
    out
}

#[test]
fn every_page_has_the_fixed_headings_in_order_and_cases() {
    for p in pages() {
        let text = std::fs::read_to_string(&p).expect("page");
        let found: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("## ")).collect();
        assert_eq!(found, HEADINGS, "{}", p.display());
        for (h, next) in HEADINGS.iter().zip(HEADINGS.iter().skip(1)) {
            let a = text.find(&format!("## {h}\n")).expect("heading") + h.len() + 4;
            let b = text.find(&format!("## {next}\n")).expect("heading");
            assert!(text[a..b].trim().len() > 15, "{}: \"{h}\" says nothing", p.display());
        }
        assert!(!cases(&text).is_empty(), "{} has no case", p.display());
    }
}

#[test]
fn every_rule_fires_in_a_case_of_its_page_and_is_registered_once() {
    let mut ids: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    ids.sort_unstable();
    let n = ids.len();
    ids.dedup();
    assert_eq!(n, ids.len(), "a rule id occurs twice");
    let mut silent = Vec::new();
    for r in RULES {
        assert!(r.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", r.id);
        let needle = format!(" {}", r.id);
        let fires = cases(r.page).iter().any(|c| {
            c.expected.lines().any(|l| {
                l.find(&needle)
                    .is_some_and(|i| matches!(l.as_bytes().get(i + needle.len()), Some(b':' | b' ')))
            })
        });
        if !fires {
            silent.push(r.id);
        }
    }
    assert!(silent.is_empty(), "no case of their page shows {silent:?}");
}

#[test]
fn cases_give_exactly_the_findings_of_their_page() {
    let bless = std::env::var_os("POSOLOGY_BLESS").is_some();
    let mut failures = String::new();
    let mut count = 0;
    for p in pages() {
        let text = std::fs::read_to_string(&p).expect("page");
        let mut new = text.clone();
        for c in cases(&text).iter().rev() {
            count += 1;
            let got = show(&run(c.input));
            if got != c.expected {
                if bless {
                    new.replace_range(c.range.clone(), &got);
                } else {
                    let _ = writeln!(
                        failures,
                        "--- {} / {}\nexpected:\n{}got:\n{got}",
                        p.display(),
                        c.name,
                        c.expected
                    );
                }
            }
        }
        if bless && new != text {
            std::fs::write(&p, new).expect("page can be written");
        }
    }
    println!("{count} cases");
    assert!(failures.is_empty(), "{failures}");
}
