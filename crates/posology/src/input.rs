//! From files to cases: what the bytes are, which of them belong together, and what is wrong with those that cannot be read.
use crate::failure::Failure;
use posology_interop::fhir::{CaseBuilder, ReadError, ReadErrorKind, ReadOptions};
use posology_interop::list::Locale;
use posology_interop::{Kind, fhir, list};
use posology_model::Case;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Format of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// FHIR R4: a Bundle, a resource, NDJSON
    Fhir,
    /// One drug a line
    List,
    /// A table, one medication a row
    Csv,
}

/// One patient's record, and where it came from.
#[derive(Debug)]
pub struct Record {
    /// Name of the input.
    pub from: String,
    /// The record.
    pub case: Case,
}

/// Everything that was read, and what could not be.
#[derive(Debug, Default)]
pub struct Records {
    /// One record a patient, in the order of the input.
    pub list: Vec<Record>,
    /// Inputs that could not be used.
    pub failures: Vec<Failure>,
}

/// How dates such as 03/04/2025 are written in lists and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Dates {
    /// 03/04 is the third of April
    DayFirst,
    /// 03/04 is the fourth of March
    MonthFirst,
}

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// The format, where it is not to be guessed.
    pub format: Option<InputFormat>,
    /// Dates of lists and tables; without it, dates with two meanings are reported and left out.
    pub dates: Option<Dates>,
}

/// Reads files, folders and (`-`) standard input. A Bundle, a list or a table is a record of its own; loose resources and NDJSON
/// files given together, or lying in one folder, are one export and are joined.
pub fn read(inputs: &[PathBuf], how: How) -> Records {
    let locale = match how.dates {
        None => Locale::Unstated,
        Some(Dates::DayFirst) => Locale::DayFirst,
        Some(Dates::MonthFirst) => Locale::MonthFirst,
    };
    let mut out = Records::default();
    let mut loose: Option<CaseBuilder> = None;
    let mut loose_names: Vec<String> = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for path in inputs {
        match folder(path) {
            Some(Ok(mut found)) => files.append(&mut found),
            Some(Err(f)) => out.failures.push(f),
            None => files.push(path.clone()),
        }
    }
    let alone = files.len() == 1;
    for path in &files {
        let name = name_of(path);
        let bytes = match bytes_of(path, &name) {
            Ok(b) => b,
            Err(f) => {
                out.failures.push(f);
                continue;
            }
        };
        // Places in a single file need no file name in front of them.
        let short = path.file_name().map_or_else(|| name.clone(), |f| f.to_string_lossy().into_owned());
        let label = if alone { String::new() } else { short };
        let read = match how.format.unwrap_or_else(|| match posology_interop::guess(&bytes) {
            Kind::Fhir => InputFormat::Fhir,
            Kind::List => InputFormat::List,
            Kind::Table => InputFormat::Csv,
        }) {
            InputFormat::Fhir if is_loose(&bytes) => {
                let builder = loose.get_or_insert_with(|| CaseBuilder::new(lenient()));
                let added = add_loose(builder, &label, &bytes);
                if added.is_ok() {
                    loose_names.push(name.clone());
                }
                added.map(|()| Vec::new())
            }
            InputFormat::Fhir => {
                let keep_going = is_ndjson(&bytes);
                fhir::read_case(&bytes, &ReadOptions { name: label, keep_going }).map_err(Box::new)
            }
            InputFormat::List => match text(&bytes, &name) {
                Ok(t) => Ok(vec![list::read_list_with(t, locale)]),
                Err(f) => {
                    out.failures.push(f);
                    continue;
                }
            },
            InputFormat::Csv => match text(&bytes, &name).and_then(|t| table(t, locale, &name)) {
                Ok(cases) => Ok(cases),
                Err(f) => {
                    out.failures.push(f);
                    continue;
                }
            },
        };
        match read {
            Ok(cases) => out.list.extend(cases.into_iter().map(|case| Record { from: name.clone(), case })),
            Err(e) => out.failures.push(explain(&e, &name, &bytes)),
        }
    }
    if let Some(builder) = loose
        && !loose_names.is_empty()
    {
        let name = loose_names.join(", ");
        match builder.finish() {
            Ok(cases) => out.list.extend(cases.into_iter().map(|case| Record { from: name.clone(), case })),
            Err(e) => out.failures.push(Failure::new(format!("{name}: {}", e.message)).help(e.remedy)),
        }
    }
    out
}

fn lenient() -> ReadOptions {
    ReadOptions { name: String::new(), keep_going: true }
}

/// The files of a folder in the order of their names; `None` where the path is no folder.
fn folder(path: &Path) -> Option<Result<Vec<PathBuf>, Failure>> {
    if !path.is_dir() {
        return None;
    }
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in walkdir::WalkDir::new(path).max_depth(3).sort_by_file_name() {
        match entry {
            Ok(e) => {
                let wanted =
                    e.path().extension().is_some_and(|x| x == "ndjson" || x == "json" || x == "jsonl");
                if e.file_type().is_file() && wanted {
                    found.push(e.into_path());
                }
            }
            Err(e) => {
                return Some(Err(Failure::new(format!(
                    "{}: the folder cannot be listed ({e})",
                    path.display()
                ))));
            }
        }
    }
    if found.is_empty() {
        let said = format!("{}: the folder holds no .ndjson and no .json file", path.display());
        return Some(Err(
            Failure::new(said).help("Give the folder of a FHIR bulk export, or name the files.")
        ));
    }
    Some(Ok(found))
}

fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

fn bytes_of(path: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|e| {
        let failure = Failure::new(format!("{name}: the file cannot be read ({e})"));
        match e.kind() {
            std::io::ErrorKind::NotFound => failure.help("Check the path; - reads standard input."),
            std::io::ErrorKind::PermissionDenied => {
                failure.help("Give yourself the right to read it, or copy it.")
            }
            _ => failure,
        }
    })
}

/// The type of the first resource.
#[derive(Deserialize)]
struct First<'b> {
    #[serde(rename = "resourceType", borrow)]
    kind: Option<Cow<'b, str>>,
}

/// Resources that are no Bundle: pieces of a record that may lie in several files.
fn is_loose(bytes: &[u8]) -> bool {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Nearly all writers put the type first: then nothing needs to be parsed twice.
    let start: String = String::from_utf8_lossy(&body[..body.len().min(200)]).split_whitespace().collect();
    if start.starts_with("{\"resourceType\":\"Bundle\"") {
        return false;
    }
    let mut stream = serde_json::Deserializer::from_slice(body).into_iter::<First<'_>>();
    match stream.next() {
        // Lines without a type are those of an export's log: the reader of exports knows them.
        Some(Ok(First { kind: None })) => is_ndjson(bytes),
        Some(Ok(first)) => !matches!(first.kind.as_deref(), Some("Bundle" | "Parameters")),
        _ => false,
    }
}

/// One resource a line: the first line is complete in itself.
fn is_ndjson(bytes: &[u8]) -> bool {
    let body = bytes.trim_ascii();
    let Some(end) = body.iter().position(|b| *b == b'\n') else { return false };
    serde_json::from_slice::<IgnoredAny>(&body[..end]).is_ok()
}

fn add_loose(builder: &mut CaseBuilder, label: &str, bytes: &[u8]) -> Result<(), Box<ReadError>> {
    if !is_ndjson(bytes) {
        // The builder would pass over a broken line; a single resource that is broken is an error.
        match fhir::read_case(bytes, &ReadOptions { name: label.to_owned(), keep_going: false }) {
            Err(e) if e.kind != ReadErrorKind::NothingToReview => return Err(Box::new(e)),
            _ => {}
        }
    }
    builder.add(label, bytes).map_err(Box::new)
}

fn text<'b>(bytes: &'b [u8], name: &str) -> Result<&'b str, Failure> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(body).map_err(|e| {
        let at = bytes.len() - body.len() + e.valid_up_to();
        Failure::new(format!("{name}: the text is not UTF-8")).help("Save it as UTF-8.").at(
            name,
            bytes,
            (at, at + 1),
            "this byte",
        )
    })
}

fn table(text: &str, locale: Locale, name: &str) -> Result<Vec<Case>, Failure> {
    list::read_csv(text, locale).map_err(|e| Failure::new(format!("{name}: {e}")))
}

/// A failure that shows the place in the user's file.
fn explain(e: &ReadError, name: &str, bytes: &[u8]) -> Failure {
    let place = e.path.as_ref().map_or(String::new(), |p| format!(", at {p}"));
    let message = format!("{name}, line {}, column {}{place}: {}", e.line, e.column, e.message);
    let failure = Failure::new(message).help(e.remedy);
    if e.kind == ReadErrorKind::NothingToReview || bytes.is_empty() {
        failure
    } else {
        failure.at(name, bytes, (e.offset, e.offset + 1), "here")
    }
}
