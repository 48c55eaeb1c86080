//! A run over files: partitions of whole persons on all cores, a record of every finished one, and the same bytes whatever the number of
//! threads and however often the run was interrupted.
mod source;
mod write;

pub use source::{Found, Opened, Source, concepts, find, open, read_csv, table_of};
pub use write::{Finished, failed, properties};

use crate::error::ScreenError;
use crate::fhir;
use crate::omop::{BY_PERSON, Tables};
use crate::output::Batches;
use crate::screener::{Options, Screener, Worker};
use crate::summary::Summary;
use crate::table::TableSpec;
use posology_knowledge::KnowledgeBase;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How a run goes.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What is asked.
    pub screen: Options,
    /// Folder of the answers.
    pub out: PathBuf,
    /// Threads.
    pub threads: usize,
    /// Go on with a run that was interrupted.
    pub resume: bool,
    /// Write CSV beside Parquet.
    pub csv: bool,
    /// Bytes of a table that may be held in memory where it is not in order.
    pub budget: u64,
    /// Rows about drugs a partition, roughly.
    pub rows_per_part: u64,
}

impl RunOptions {
    /// A run with two threads and half a gigabyte for tables out of order.
    pub const fn new(screen: Options, out: PathBuf) -> Self {
        Self { screen, out, threads: 2, resume: false, csv: false, budget: 512 << 20, rows_per_part: 250_000 }
    }
}

/// Told of the progress of a run.
pub trait Progress: Sync {
    /// Work of so many parts begins; `done` of them were finished before.
    fn begin(&self, parts: usize, done: usize);
    /// A part is finished.
    fn part(&self, summary: &Summary);
    /// Something else is under way (sorting, reading the vocabulary).
    fn stage(&self, what: &str);
}

/// Nobody is told.
#[derive(Debug, Clone, Copy)]
pub struct Silent;
impl Progress for Silent {
    fn begin(&self, _: usize, _: usize) {}
    fn part(&self, _: &Summary) {}
    fn stage(&self, _: &str) {}
}

/// What a run was made from: a run may only be resumed with the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    format: u32,
    knowledge: String,
    options: String,
    inputs: Vec<(String, u64)>,
    parts: usize,
}

/// What is to be done part by part.
enum Work<'k> {
    Omop { screener: Screener<'k>, tables: Vec<(&'static TableSpec, Source)>, bounds: Vec<i64> },
    Fhir { screener: Screener<'k>, buckets: fhir::Buckets },
}

impl Work<'_> {
    fn parts(&self) -> usize {
        match self {
            Self::Omop { bounds, .. } => bounds.len() + 1,
            Self::Fhir { buckets, .. } => buckets.len(),
        }
    }

    fn one(&self, part: usize, worker: &mut Worker) -> Result<Batches, ScreenError> {
        match self {
            Self::Omop { screener, tables, bounds } => {
                let after = part.checked_sub(1).map_or(i64::MIN, |p| bounds[p]);
                let last = bounds.get(part).copied().unwrap_or(i64::MAX);
                let mut t = Tables::default();
                for (spec, source) in tables {
                    let mut bad = std::mem::take(&mut t.unreadable);
                    let batches = source.range(spec, after, last, &mut bad)?;
                    if let (0, Source::Memory(_, moved, unreadable)) = (part, source) {
                        // Repairs of a table that was read whole are counted once, with the first part.
                        t.out_of_order += moved;
                        bad.zoned += unreadable.zoned;
                        bad.columns.extend(unreadable.columns.iter().cloned());
                    }
                    t.unreadable = bad;
                    t.add(spec, &batches, spec.name)?;
                }
                screener.screen(worker, &t)
            }
            Self::Fhir { screener, buckets } => Ok(screener.screen_cases(&buckets.read(part)?)),
        }
    }
}

/// Screens files.
///
/// # Errors
/// An input cannot be read, an output cannot be written, or the run was asked to stop. Finished parts stay finished.
pub fn run(
    paths: &[PathBuf],
    kb: &KnowledgeBase,
    options: &RunOptions,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<Summary, ScreenError> {
    let found = find(&local(paths, options, progress)?)?;
    let work = plan(&found, kb, options, stop, progress)?;
    let manifest = Manifest {
        format: 1,
        knowledge: kb.version().to_owned(),
        options: format!("{:?} csv={} rows={}", options.screen, options.csv, options.rows_per_part),
        inputs: sizes(&found)?,
        parts: work.parts(),
    };
    begin(&manifest, options)?;
    let out = &options.out;
    let parts = work.parts();
    let done: Vec<Option<Finished>> = (0..parts).map(|p| write::finished(out, p)).collect();
    progress.begin(parts, done.iter().flatten().count());
    let open: Vec<usize> = (0..parts).filter(|p| done[*p].is_none()).collect();
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<(usize, ScreenError)>> = Mutex::new(None);
    let fail = |part: usize, e: ScreenError| {
        let mut f = failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Of several the first part's error is told, whichever thread met it.
        if f.as_ref().is_none_or(|(p, _)| part < *p) {
            *f = Some((part, e));
        }
    };
    let halted = AtomicBool::new(false);
    std::thread::scope(|s| {
        for _ in 0..options.threads.clamp(1, 256).min(open.len()) {
            s.spawn(|| {
                let mut worker = Worker::default();
                loop {
                    let Some(part) = open.get(next.fetch_add(1, Ordering::Relaxed)).copied() else { return };
                    if stop.load(Ordering::Relaxed) || halted.load(Ordering::Relaxed) {
                        return;
                    }
                    match work.one(part, &mut worker).and_then(|b| save(out, part, &b, options.csv)) {
                        Ok(f) => progress.part(&f.summary),
                        Err(e) => {
                            halted.store(true, Ordering::Relaxed);
                            fail(part, e);
                            return;
                        }
                    }
                }
            });
        }
    });
    if let Some((_, e)) = failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(e);
    }
    let mut sum = Summary::default();
    for f in &found.passed_over {
        let name = f.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        sum.unreadable.insert(name.to_owned(), "passed over: its first line is no FHIR resource".into());
    }
    for p in 0..parts {
        let Some(f) = write::finished(out, p) else { return Err(ScreenError::stop()) };
        sum.merge(&f.summary);
    }
    conclude(out, &sum, kb, options)?;
    Ok(sum)
}

fn plan<'k>(
    found: &Found,
    kb: &'k KnowledgeBase,
    options: &RunOptions,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<Work<'k>, ScreenError> {
    let tables = found.tables.keys().any(|t| t != "concept");
    if tables && !found.ndjson.is_empty() {
        return Err(ScreenError::new(
            found.ndjson[0].display().to_string(),
            "tables of OMOP and files of FHIR are given together",
            "screen them in two runs: persons of the one are not known to the other",
        ));
    }
    if !found.ndjson.is_empty() {
        progress.stage("bringing the lines of each patient together");
        let buckets =
            fhir::Buckets::spread(&found.ndjson, &options.out.join("work"), fhir::BUCKET_BYTES, stop)?;
        let screener = Screener::new(kb, crate::omop::Concepts::default(), options.screen);
        return Ok(Work::Fhir { screener, buckets });
    }
    progress.stage("reading the vocabulary");
    let concepts = concepts(found.tables.get("concept").map_or(&[], Vec::as_slice))?;
    let mut tables = Vec::new();
    for spec in BY_PERSON {
        let Some(files) = found.tables.get(spec.name) else { continue };
        let source = match Source::open(spec, files, options.budget)? {
            Some(s) => s,
            None => sort_on_disk(spec, files, options, progress)?,
        };
        tables.push((spec, source));
    }
    let widest = tables
        .iter()
        .find(|(s, _)| s.name == "drug_exposure")
        .or_else(|| tables.iter().max_by_key(|(_, s)| s.rows()));
    let bounds = widest.map(|(_, s)| s.bounds(options.rows_per_part)).unwrap_or_default();
    Ok(Work::Omop { screener: Screener::new(kb, concepts, options.screen), tables, bounds })
}

/// Paths on this machine: what is on S3 is brought here first.
#[cfg(feature = "stage")]
fn local(
    paths: &[PathBuf],
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<Vec<PathBuf>, ScreenError> {
    let mut out = Vec::new();
    for p in paths {
        match p.to_str().filter(|t| t.starts_with("s3://")) {
            Some(address) => {
                progress.stage(&format!("fetching {address}"));
                let work = options.out.join("work");
                out.push(crate::stage::fetch(address, &work, options.budget, options.threads)?);
            }
            None => out.push(p.clone()),
        }
    }
    Ok(out)
}

#[cfg(not(feature = "stage"))]
fn local(paths: &[PathBuf], _: &RunOptions, _: &dyn Progress) -> Result<Vec<PathBuf>, ScreenError> {
    match paths.iter().find(|p| p.starts_with("s3:")) {
        Some(p) => Err(ScreenError::new(
            p.display().to_string(),
            "this build reads local paths only",
            "build with the feature stage",
        )),
        None => Ok(paths.to_vec()),
    }
}

#[cfg(feature = "stage")]
fn sort_on_disk(
    spec: &'static TableSpec,
    files: &[PathBuf],
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<Source, ScreenError> {
    progress.stage(&format!("sorting {} by person", spec.name));
    let sorted = crate::stage::sort(spec, files, &options.out.join("work"), options.budget, options.threads)?;
    Source::open(spec, &[sorted], u64::MAX)?
        .ok_or_else(|| ScreenError::new(spec.name, "the sorted table cannot be read", "report this table"))
}

#[cfg(not(feature = "stage"))]
fn sort_on_disk(
    spec: &'static TableSpec,
    files: &[PathBuf],
    options: &RunOptions,
    _: &dyn Progress,
) -> Result<Source, ScreenError> {
    let name = files.first().map(|f| f.display().to_string()).unwrap_or_default();
    Err(ScreenError::new(
        name,
        format!(
            "the table {} is not sorted by person and larger than the memory it may take ({} MiB)",
            spec.name,
            options.budget >> 20
        ),
        "sort it by person_id, allow more memory, or use a build with the feature stage",
    ))
}

fn sizes(found: &Found) -> Result<Vec<(String, u64)>, ScreenError> {
    let mut out = Vec::new();
    for f in found.tables.values().flatten().chain(&found.ndjson) {
        let name = f.display().to_string();
        let n =
            std::fs::metadata(f).map_err(|e| ScreenError::new(&name, e.to_string(), "check the file"))?.len();
        out.push((f.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned(), n));
    }
    out.sort();
    Ok(out)
}

fn begin(m: &Manifest, options: &RunOptions) -> Result<(), ScreenError> {
    let path = options.out.join("manifest.json");
    let name = path.display().to_string();
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let was: Manifest = serde_json::from_str(&text).map_err(|e| {
                ScreenError::new(
                    &name,
                    format!("the manifest cannot be read ({e})"),
                    "give another folder with --out",
                )
            })?;
            if !options.resume {
                return Err(ScreenError::new(
                    name,
                    "the folder holds a run already",
                    "add --resume to go on with it, or give another folder with --out",
                ));
            }
            if was != *m {
                let what = if was.inputs != m.inputs {
                    "inputs"
                } else if was.knowledge != m.knowledge {
                    "knowledge"
                } else {
                    "options"
                };
                return Err(ScreenError::new(
                    name,
                    format!("the run in this folder was begun with other {what}"),
                    "give the same again, or another folder with --out",
                ));
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            write::folder(&options.out)?;
            let text = serde_json::to_vec_pretty(m).unwrap_or_default();
            write::bytes(&path, &text)?;
        }
        Err(e) => return Err(ScreenError::new(name, e.to_string(), "check the folder")),
    }
    for f in ["parts", "findings", "persons", "not_assessed"] {
        write::folder(&options.out.join(f))?;
    }
    Ok(())
}

/// Most drugs that were not recognised, of one part, that are named.
const NAMED: usize = 200;

fn save(out: &Path, part: usize, b: &Batches, csv: bool) -> Result<Finished, ScreenError> {
    let mut files = Vec::new();
    for (name, batch) in
        [("findings", &b.findings), ("persons", &b.persons), ("not_assessed", &b.not_assessed)]
    {
        let file = format!("{name}/part-{part:05}.parquet");
        let n = write::parquet(&out.join(&file), batch)?;
        files.push((file, n));
        if csv {
            let file = format!("{name}/part-{part:05}.csv");
            let n = write::csv(&out.join(&file), batch)?;
            files.push((file, n));
        }
    }
    let mut summary = b.summary.clone();
    if summary.unknown_drugs.len() > NAMED {
        let mut most: Vec<(u64, String)> =
            summary.unknown_drugs.iter().map(|(k, v)| (*v, k.clone())).collect();
        most.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let rest: u64 = most[NAMED..].iter().map(|m| m.0).sum();
        summary.unknown_drugs = most[..NAMED].iter().map(|(n, k)| (k.clone(), *n)).collect();
        summary.unknown_drugs.insert("(further names)".into(), rest);
    }
    let f = Finished { files, summary };
    let text = serde_json::to_vec(&f).map_err(|e| write::failed(out, &e))?;
    write::bytes(&write::record(out, part), &text)?;
    Ok(f)
}

fn conclude(out: &Path, sum: &Summary, kb: &KnowledgeBase, options: &RunOptions) -> Result<(), ScreenError> {
    let text = serde_json::to_vec_pretty(sum).map_err(|e| write::failed(out, &e))?;
    write::bytes(&out.join("summary.json"), &text)?;
    for (name, text) in crate::report::tables(sum) {
        write::bytes(&out.join(name), text.as_bytes())?;
    }
    write::bytes(&out.join("report.html"), crate::report::html(sum, kb, &options.screen).as_bytes())?;
    let work = out.join("work");
    if work.exists() {
        std::fs::remove_dir_all(&work).map_err(|e| write::failed(&work, &e))?;
    }
    Ok(())
}
