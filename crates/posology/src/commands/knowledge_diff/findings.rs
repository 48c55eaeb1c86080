//! Findings of the same patients by two states of the facts.
use crate::base::Base;
use crate::failure::Failure;
use crate::input::{self, How, Record};
use crate::orders;
use jiff::civil::Date;
use posology_knowledge::diff::ChangeKind;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{ResolveOptions, resolve};
use posology_model::{Finding, Review};
use posology_review::{Settings, review};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the patients of the project lie.
const DEFAULT: [&str; 2] = ["fixtures/patients", "examples"];

/// A finding that is not what it was.
#[derive(Debug, Serialize)]
pub struct FindingChange {
    /// File and patient.
    pub patient: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Rule; `not-assessed` and `interruption` for those parts of a review.
    pub rule: String,
    /// Ids of the substances.
    pub substances: Vec<String>,
    /// Parts that differ: `severity`, `title`, `detail`, `actions`, `evidence`, `interruptive`.
    pub differs: Vec<&'static str>,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Said>,
    /// Now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Said>,
}

/// What a finding says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Severity; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<posology_model::Severity>,
    /// Title.
    pub title: String,
    /// Detail.
    pub detail: String,
}

/// Changed findings over all patients.
#[derive(Debug, Default, Serialize)]
pub struct Findings {
    /// Date of the reviews.
    pub as_of: String,
    /// Patients reviewed by both states.
    pub patients: usize,
    /// Findings before and now.
    pub findings_before: usize,
    /// Findings now.
    pub findings_now: usize,
    /// What differs.
    pub changes: Vec<FindingChange>,
}

/// Reviews the patients by both states. Files that cannot be read are failures, not silence.
///
/// # Errors
/// A path that was given does not exist, or holds no patient.
pub fn compare(
    old: &Base,
    new: &Base,
    given: &[PathBuf],
    as_of: Date,
    jurisdiction: Jurisdiction,
) -> Result<(Findings, Vec<Failure>), Failure> {
    let mut out = Findings { as_of: as_of.to_string(), ..Findings::default() };
    let mut failures = Vec::new();
    for path in files(given)? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let country = if name.contains("-uk-") { Jurisdiction::Uk } else { jurisdiction };
        let settings = Settings { jurisdiction: country, ..Settings::at(as_of) };
        let read = input::read(std::slice::from_ref(&path), How::default());
        failures.extend(read.failures);
        let alone = read.list.len() == 1;
        for (n, Record { mut case, .. }) in read.list.into_iter().enumerate() {
            orders::from_drafts(&mut case);
            let by = |kb: &Base| review(&resolve(&case, kb, ResolveOptions::default()), kb, &settings);
            let (a, b) = (by(old), by(new));
            let patient = match &case.patient.id {
                _ if alone => name.clone(),
                Some(id) => format!("{name}, patient {id}"),
                None => format!("{name}, patient {}", n + 1),
            };
            out.patients += 1;
            out.findings_before += a.findings.len();
            out.findings_now += b.findings.len();
            differences(&patient, &a, &b, &mut out.changes);
        }
    }
    if out.patients == 0 && !given.is_empty() && failures.is_empty() {
        return Err(Failure::new("the fixtures hold no patient's record")
            .help("Give files that `posology review` reads, or a folder of them."));
    }
    Ok((out, failures))
}

fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let folders: Vec<PathBuf> = if given.is_empty() {
        DEFAULT.iter().map(PathBuf::from).filter(|p| p.is_dir()).collect()
    } else {
        given.to_vec()
    };
    let mut out = Vec::new();
    for f in folders {
        if f.is_file() {
            out.push(f);
            continue;
        }
        for entry in walkdir::WalkDir::new(&f).max_depth(3).sort_by_file_name() {
            let entry = entry.map_err(|e| {
                Failure::new(format!("{}: the fixtures cannot be listed ({e})", f.display()))
                    .help("Give a folder of records, or a file.")
            })?;
            let wanted = |p: &Path| {
                p.extension().is_some_and(|x| ["txt", "json", "ndjson", "csv"].iter().any(|w| x == *w))
            };
            if entry.file_type().is_file() && wanted(entry.path()) {
                out.push(entry.into_path());
            }
        }
    }
    Ok(out)
}

/// A finding as it is compared.
struct Item {
    said: Said,
    substances: Vec<String>,
    rest: [String; 3],
}

/// The parts of a review by rule and drugs; the place of equal keys keeps two findings of one rule apart.
fn parts(r: &Review) -> BTreeMap<(String, Vec<String>, bool, usize), Item> {
    let mut out = BTreeMap::new();
    let mut put = |rule: &str, substances: Vec<String>, order: bool, item: Item| {
        let n = (0..).find(|n| !out.contains_key(&(rule.to_owned(), substances.clone(), order, *n)));
        out.insert((rule.to_owned(), substances, order, n.unwrap_or_default()), item);
    };
    for f in &r.findings {
        let mut ids: Vec<String> = f.substances.iter().map(|s| s.id.clone()).collect();
        ids.sort();
        put(&f.rule, ids.clone(), f.about_order, item(f, ids));
    }
    for n in &r.not_assessed {
        let said = Said { severity: None, title: n.what.clone(), detail: n.why.clone() };
        // What was not assessed has no key but its words.
        put(
            "not-assessed",
            vec![n.what.clone()],
            false,
            Item { said, substances: Vec::new(), rest: Default::default() },
        );
    }
    if let Some(i) = &r.interruption {
        let said = Said { severity: None, title: i.title.clone(), detail: i.also.join("; ") };
        put(
            "interruption",
            Vec::new(),
            false,
            Item { said, substances: Vec::new(), rest: Default::default() },
        );
    }
    out
}

fn item(f: &Finding, substances: Vec<String>) -> Item {
    let said = Said { severity: Some(f.severity), title: f.title.clone(), detail: f.detail.clone() };
    let actions = f.actions.iter().map(|a| &*a.text).collect::<Vec<_>>().join("\n");
    let evidence = f
        .evidence
        .iter()
        .map(|e| format!("{}#{} {:?} {:?}", e.source_id, e.locator, e.confidence, e.printed))
        .collect::<Vec<_>>()
        .join("\n");
    Item { said, substances, rest: [actions, evidence, f.interruptive.to_string()] }
}

fn differences(patient: &str, a: &Review, b: &Review, out: &mut Vec<FindingChange>) {
    let (mut before, now) = (parts(a), parts(b));
    let mut found = Vec::new();
    for (key, n) in now {
        match before.remove(&key) {
            None => found.push((key, ChangeKind::Added, Vec::new(), None, Some(n))),
            Some(o) => {
                let pairs = [
                    ("severity", o.said.severity == n.said.severity),
                    ("title", o.said.title == n.said.title),
                    ("detail", o.said.detail == n.said.detail),
                    ("actions", o.rest[0] == n.rest[0]),
                    ("evidence", o.rest[1] == n.rest[1]),
                    ("interruptive", o.rest[2] == n.rest[2]),
                ];
                let differs: Vec<&'static str> =
                    pairs.iter().filter(|(_, same)| !same).map(|(w, _)| *w).collect();
                if !differs.is_empty() {
                    found.push((key, ChangeKind::Changed, differs, Some(o), Some(n)));
                }
            }
        }
    }
    found.extend(before.into_iter().map(|(key, o)| (key, ChangeKind::Removed, Vec::new(), Some(o), None)));
    found.sort_by(|x, y| (&x.0, x.1).cmp(&(&y.0, y.1)));
    out.extend(found.into_iter().map(|(key, kind, differs, old, new)| FindingChange {
        patient: patient.to_owned(),
        kind,
        rule: key.0,
        substances: new.as_ref().or(old.as_ref()).map(|i| i.substances.clone()).unwrap_or_default(),
        differs,
        old: old.map(|i| i.said),
        new: new.map(|i| i.said),
    }));
}
