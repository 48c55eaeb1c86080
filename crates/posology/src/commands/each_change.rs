//! `posology review --each-change`: the record reviewed at every start, stop and change of a medication.
use super::common::{Answer, json};
use super::review::{ReviewArgs, ReviewForm};
use crate::base::Base;
use crate::failure::Failure;
use crate::input::Record;
use crate::render::style::{BOLD, DIM, paint, severity};
use crate::report::{PatientRef, counts};
use crate::terminal::{clean, wrap};
use jiff::civil::Date;
use posology_knowledge::rrf::RxNormFiles;
use posology_knowledge::{EndKnown, KnowledgeBase, Origin, ResolveOptions, ResolvedCase, resolve};
use posology_model::history::plus_days;
use posology_model::{Finding, NotAssessed, Severity};
use posology_review::{Settings, review};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// One date at which something changed.
#[derive(Debug, Serialize)]
struct At {
    date: Date,
    /// What changed, in words.
    changes: Vec<String>,
    critical: usize,
    serious: usize,
    caution: usize,
    note: usize,
    /// Findings that were not there at the date before.
    new: Vec<Finding>,
    /// Rule and drugs of findings that are gone since the date before.
    gone: Vec<String>,
}

/// One patient's history of reviews.
#[derive(Debug, Serialize)]
struct History {
    patient: PatientRef,
    as_of: Date,
    knowledge_version: String,
    medication_entries: usize,
    medication_entries_recognised: usize,
    changes: Vec<At>,
    /// Changes after the date of the review, which were not reviewed.
    later_changes: usize,
    /// What could not be assessed at the last of the dates.
    not_assessed: Vec<NotAssessed>,
}

/// Reviews every record at every change.
///
/// # Errors
/// The answer cannot be written in the form asked for.
pub fn run(
    args: &ReviewArgs,
    records: &[Record],
    kb: &Base,
    rxnorm: Option<&RxNormFiles>,
    settings: &Settings,
    width: usize,
) -> Result<Answer, Failure> {
    if args.format == ReviewForm::Html {
        return Err(
            Failure::new("--each-change has no HTML form").help("Take --format text or --format json.")
        );
    }
    let all: Vec<History> = records
        .iter()
        .map(|r| history(&resolve(&r.case, kb, ResolveOptions { rxnorm }), &r.from, kb, settings))
        .collect();
    let met = args.fail_on.is_some_and(|least| {
        all.iter().flat_map(|h| &h.changes).flat_map(|c| &c.new).any(|f| f.severity >= least)
    });
    let text = if args.format == ReviewForm::Json {
        match all.as_slice() {
            [one] => json(one)?,
            many => json(&many)?,
        }
    } else {
        let rule = format!("\n{}\n\n", "─".repeat(width));
        let mut out = all.iter().map(|h| text(h, width)).collect::<Vec<_>>().join(&rule);
        if all.len() > 1 {
            let _ = writeln!(out, "{rule}{}", share(&all));
        }
        out
    };
    Ok(Answer { met, ..Answer::new(text) })
}

/// What changed at which date, in words.
fn changes(case: &ResolvedCase, kb: &KnowledgeBase) -> BTreeMap<Date, BTreeSet<String>> {
    let mut out: BTreeMap<Date, BTreeSet<String>> = BTreeMap::new();
    for e in case.exposures.iter().filter(|e| e.origin == Origin::Record) {
        let name = &kb.substance(e.substance).name;
        if let Some(s) = e.start {
            out.entry(s).or_default().insert(format!("+ {name}"));
        }
        if let (EndKnown::Yes, Some(end)) = (e.end_known, e.end)
            && e.start.is_none_or(|s| s <= end)
        {
            out.entry(plus_days(end, 1)).or_default().insert(format!("- {name}"));
        }
    }
    out
}

fn key(f: &Finding) -> (String, Vec<String>) {
    let mut ids: Vec<String> = f.substances.iter().map(|s| s.id.clone()).collect();
    ids.sort();
    (f.rule.to_string(), ids)
}

fn history(case: &ResolvedCase, from: &str, kb: &KnowledgeBase, settings: &Settings) -> History {
    let mut dates = changes(case, kb);
    let later = dates.split_off(&plus_days(settings.as_of, 1));
    // A record without any dated change is still reviewed once.
    if dates.is_empty() {
        dates.insert(settings.as_of, BTreeSet::new());
    }
    let mut before: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    let mut not_assessed = Vec::new();
    let mut out = Vec::with_capacity(dates.len());
    for (date, changes) in dates {
        let r = review(case, kb, &Settings { as_of: date, ..settings.clone() });
        let now: BTreeSet<_> = r.findings.iter().map(key).collect();
        let [critical, serious, caution, note] = counts(&r.findings).map(|c| c.1);
        let gone = before.difference(&now).map(|(rule, ids)| format!("{rule}: {}", ids.join(", "))).collect();
        let new = r.findings.into_iter().filter(|f| !before.contains(&key(f))).collect();
        out.push(At {
            date,
            changes: changes.into_iter().collect(),
            critical,
            serious,
            caution,
            note,
            new,
            gone,
        });
        before = now;
        not_assessed = r.not_assessed;
    }
    History {
        patient: PatientRef::new(case, settings.as_of, from),
        as_of: settings.as_of,
        knowledge_version: kb.version().to_owned(),
        medication_entries: case.entries,
        medication_entries_recognised: case.entries_resolved,
        changes: out,
        later_changes: later.len(),
        not_assessed,
    }
}

fn text(h: &History, width: usize) -> String {
    let mut out = format!("{}\n", paint(BOLD, &clean(&h.patient.words())));
    let line = format!(
        "{} dates of change up to {} · {} of {} medication entries recognised · knowledge {}",
        h.changes.len(),
        h.as_of,
        h.medication_entries_recognised,
        h.medication_entries,
        h.knowledge_version
    );
    let _ = writeln!(out, "{}\n", paint(DIM, &line));
    let _ = writeln!(out, "{}", paint(BOLD, "Date        critical  serious  caution  note  Change"));
    for c in &h.changes {
        let cell = |n: usize, w: usize, s: Severity| {
            if n == 0 { format!("{:>w$}", "·") } else { paint(severity(s), &format!("{n:>w$}")) }
        };
        let what = wrap(&clean(&c.changes.join("; ")), width.saturating_sub(46).max(20));
        let _ = writeln!(
            out,
            "{}  {}  {}  {}  {}  {}",
            c.date,
            cell(c.critical, 8, Severity::Critical),
            cell(c.serious, 7, Severity::Serious),
            cell(c.caution, 7, Severity::Caution),
            cell(c.note, 4, Severity::Note),
            what.first().map_or("", String::as_str)
        );
        for l in what.iter().skip(1) {
            let _ = writeln!(out, "{:46}{l}", "");
        }
    }
    let _ = writeln!(out, "\n{}", paint(BOLD, "New findings"));
    if h.changes.iter().all(|c| c.new.is_empty()) {
        out.push_str("  none; that is no proof of safety: see what was not assessed\n");
    }
    for c in &h.changes {
        for f in &c.new {
            let word = format!("{:<8}", f.severity.as_str());
            for (i, l) in wrap(&clean(&f.title), width.saturating_sub(23).max(20)).iter().enumerate() {
                if i == 0 {
                    let _ = writeln!(out, "  {}  {} {l}", c.date, paint(severity(f.severity), &word));
                } else {
                    let _ = writeln!(out, "{:23}{l}", "");
                }
            }
        }
    }
    if h.later_changes > 0 {
        let _ = writeln!(
            out,
            "\n{} later dates of change are after {} and were not reviewed.",
            h.later_changes, h.as_of
        );
    }
    let _ = writeln!(out, "\n{}", paint(BOLD, "Not assessed at the last of these dates"));
    if h.not_assessed.is_empty() {
        out.push_str("  Nothing: every entry was recognised and no rule lacked what it needs.\n");
    }
    for n in &h.not_assessed {
        for (i, l) in
            wrap(&clean(&format!("{}: {}", n.what, n.why)), width.saturating_sub(4)).iter().enumerate()
        {
            let _ = writeln!(out, "{:indent$}{l}", "", indent = if i == 0 { 2 } else { 4 });
        }
    }
    out
}

/// The share of entries recognised over all patients.
fn share(all: &[History]) -> String {
    let entries: usize = all.iter().map(|h| h.medication_entries).sum();
    let known: usize = all.iter().map(|h| h.medication_entries_recognised).sum();
    let percent = if entries == 0 { 100.0 } else { 100.0 * known as f64 / entries as f64 };
    format!(
        "{} patients: {known} of {entries} medication entries recognised ({percent:.1} %); the others are named above",
        all.len()
    )
}
