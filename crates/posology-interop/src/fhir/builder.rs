//! Bytes to held resources.
use super::error::{ReadError, ReadErrorKind, line_of};
use super::held::{Held, Item, State, Version};
use super::resources::{BundleEntry, BundleIn, Kind, Parameter, ParametersIn};
use super::sniff::{self, Object};
use super::wire::{items, text};
use super::{Case, ReadOptions, convert, join, repair};
use posology_model::ProblemKind;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Bundles in bundles (a batch response) are followed this deep.
const MOST_NESTED: usize = 8;

/// With more bad lines than this the file is not what it is thought to be.
const MOST_BAD_LINES: usize = 1_000;

/// Collects the resources of one or many pieces of input (the files of a bulk export) and joins them to cases.
///
/// ```
/// use posology_interop::fhir::{CaseBuilder, ReadOptions};
/// let mut builder = CaseBuilder::new(ReadOptions::default());
/// builder.add("Patient.ndjson", br#"{"resourceType":"Patient","id":"p","birthDate":"1958-03-02"}"#).unwrap();
/// builder.add("MedicationRequest.ndjson", br#"{"resourceType":"MedicationRequest","status":"active","intent":"order",
///     "subject":{"reference":"Patient/p"},"medicationCodeableConcept":{"text":"diazepam 5 MG Oral Tablet"}}"#).unwrap();
/// let cases = builder.finish().unwrap();
/// assert_eq!(cases.len(), 1);
/// assert_eq!(cases[0].medications[0].text.as_deref(), Some("diazepam 5 MG Oral Tablet"));
/// ```
pub struct CaseBuilder {
    options: ReadOptions,
    pub(super) state: State,
}

/// Where a resource stands.
struct Frame<'f> {
    place: String,
    url: Option<&'f str>,
    history: bool,
}

impl CaseBuilder {
    /// An empty builder.
    pub fn new(options: ReadOptions) -> Self {
        Self { options, state: State::new() }
    }

    /// Adds one piece of input: a Bundle, a resource or NDJSON. `name` is used in errors and paths; it may be empty.
    ///
    /// # Errors
    /// [`ReadError`]; nothing of the piece is kept then.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ReadError> {
        let (held, problems) = (self.state.held.len(), self.state.problems.len());
        let (not_read, left_out) = (self.state.not_read.clone(), self.state.left_out.clone());
        let done = sniff::text(name, bytes).and_then(|text| self.documents(name, text));
        match done {
            Ok(()) => self.state.names.push(name.to_owned()),
            Err(_) => {
                self.state.held.truncate(held);
                self.state.problems.truncate(problems);
                self.state.not_read = not_read;
                self.state.left_out = left_out;
            }
        }
        done
    }

    /// Joins what was added: one case a patient.
    ///
    /// # Errors
    /// [`ReadErrorKind::NothingToReview`] where nothing was added that a review reads.
    pub fn finish(self) -> Result<Vec<Case>, ReadError> {
        join::cases(self.state)
    }

    fn documents(&mut self, name: &str, all: &str) -> Result<(), ReadError> {
        let mut at = 0;
        let mut line = 1;
        let mut seen = 0usize;
        loop {
            let rest = &all[at..];
            let skipped = rest.len() - rest.trim_ascii_start().len();
            line += line_of(&rest.as_bytes()[..skipped]) - 1;
            at += skipped;
            if at == all.len() {
                return if seen == 0 { Err(sniff::not_an_object(name, all, at)) } else { Ok(()) };
            }
            let read = self.document(name, all, at, line, seen);
            let used = match read {
                Ok(used) => used,
                Err(e) => match self.skip_line(all, at, name, line, &e, seen) {
                    Some(used) => used,
                    None => return Err(e),
                },
            };
            line += line_of(&all.as_bytes()[at..at + used]) - 1;
            at += used;
            seen += 1;
        }
    }

    /// With `keep_going`, the length of a bad line; a bad Bundle over many lines is never skipped.
    fn skip_line(
        &mut self,
        all: &str,
        at: usize,
        name: &str,
        line: usize,
        e: &ReadError,
        seen: usize,
    ) -> Option<usize> {
        if !self.options.keep_going || self.state.bad_lines >= MOST_BAD_LINES {
            return None;
        }
        let rest = &all.as_bytes()[at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let more = end < rest.len() || seen > 0;
        if !more || end < 2 {
            return None;
        }
        self.state.bad_lines += 1;
        self.state.problem(
            ProblemKind::NotRead,
            &place(name, &format!("line {line}")),
            format!("the line could not be read: {}", e.message),
            "Mend or export it again; whatever it says was not reviewed.",
        );
        Some(end)
    }

    /// Reads the document that starts at `at`; returns its length.
    fn document(
        &mut self,
        name: &str,
        all: &str,
        at: usize,
        line: usize,
        seen: usize,
    ) -> Result<usize, ReadError> {
        let rest = &all[at..];
        let fail = |e: &serde_json::Error| ReadError::json(name, all, at, e);
        if !rest.starts_with('{') {
            return Err(sniff::not_an_object(name, all, at));
        }
        let root = |used: usize, what: &str| {
            let alone = seen == 0 && rest[used..].trim_ascii_start().is_empty();
            let line = format!("line {line}");
            match (alone, what) {
                (true, _) => place(name, what),
                (false, "Bundle" | "Parameters") => place(name, &format!("{line} {what}")),
                (false, _) => place(name, &line),
            }
        };
        match sniff::object(rest).map_err(|e| fail(&e))? {
            Object::Resource(kind) if kind == "Bundle" => {
                let (bundle, used) = one::<BundleIn<'_>>(rest).map_err(|e| fail(&e))?;
                self.bundle(&bundle, &root(used, "Bundle"), 0);
                Ok(used)
            }
            Object::Resource(kind) if kind == "Parameters" => {
                let (parameters, used) = one::<ParametersIn<'_>>(rest).map_err(|e| fail(&e))?;
                self.parameters(items(&parameters.parameter), &root(used, "Parameters"), 0);
                Ok(used)
            }
            Object::Resource(kind) => {
                if let Some(used) = self.whole_line(&kind, rest, &root) {
                    return Ok(used);
                }
                let (raw, used) = one::<&RawValue>(rest).map_err(|e| fail(&e))?;
                let frame = Frame { place: root(used, &kind), url: None, history: false };
                self.resource(raw.get(), &frame, 0);
                Ok(used)
            }
            Object::ExportLog => {
                let (_, used) = one::<&RawValue>(rest).map_err(|e| fail(&e))?;
                *self.state.not_read.entry("lines of a bulk export's log".to_owned()).or_default() += 1;
                Ok(used)
            }
            Object::NoType => Err(ReadError::at(
                ReadErrorKind::NotFhir,
                name,
                all.as_bytes(),
                at,
                "this JSON object has no resourceType, so it is no FHIR resource",
                "Give a FHIR R4 Bundle, resource or NDJSON file.",
            )),
        }
    }

    /// Reads a resource that is all of its line, as NDJSON has it, in one pass; `None` (and nothing is kept) where that fails for any reason.
    fn whole_line(&mut self, kind: &str, rest: &str, root: &impl Fn(usize, &str) -> String) -> Option<usize> {
        let known = Kind::of(kind)?;
        let used = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest[..used].trim_ascii_end();
        if !line.ends_with('}') {
            return None;
        }
        let place = root(used, kind);
        let read = convert::read(known, line, &place).ok()?;
        self.keep(known, read, &Frame { place, url: None, history: false });
        Some(used)
    }

    fn bundle(&mut self, bundle: &BundleIn<'_>, place: &str, depth: usize) {
        let history = text(&bundle.kind) == Some("history");
        for (i, entry) in items(&bundle.entry).iter().enumerate() {
            self.entry(entry, i, place, history, depth);
        }
    }

    fn entry(&mut self, entry: &BundleEntry<'_>, i: usize, place: &str, history: bool, depth: usize) {
        let url = text(&entry.full_url);
        let Some(raw) = entry.resource else {
            let request = entry.request.as_ref();
            let method = request.and_then(|r| text(&r.method));
            if method == Some("DELETE") {
                let target = request.and_then(|r| text(&r.url)).unwrap_or_default();
                self.deleted(target, url, format!("{place}.entry[{i}]"), history);
            }
            return;
        };
        let frame = Frame { place: format!("{place}.entry[{i}].resource"), url, history };
        self.resource(raw.get(), &frame, depth);
    }

    /// In a history a deletion is a version; elsewhere it is a wish that nobody has granted yet.
    fn deleted(&mut self, target: &str, url: Option<&str>, place: String, history: bool) {
        let mut parts = target.split('/');
        let kind = parts.next().and_then(Kind::of);
        let id = parts.next();
        match (kind, id) {
            (Some(kind), Some(id)) if history => {
                let version = Version { history, ..Version::default() };
                self.hold(kind, Some(id.to_owned()), version, Item::Deleted, Frame { place, url, history });
            }
            _ => self.state.problem(
                ProblemKind::NotRead,
                &place,
                format!("the request to delete \"{}\" was not carried out", super::dates::shorten(target)),
                "Give the record as it is after the deletion.",
            ),
        }
    }

    fn parameters(&mut self, list: &[Parameter<'_>], place: &str, depth: usize) {
        for (i, p) in list.iter().enumerate() {
            let here = format!("{place}.parameter[{i}]");
            if let Some(raw) = p.resource {
                let frame = Frame { place: format!("{here}.resource"), url: None, history: false };
                self.resource(raw.get(), &frame, depth);
            }
            for (j, part) in items(&p.part).iter().enumerate() {
                self.parameters(std::slice::from_ref(part), &format!("{here}.part[{j}]"), depth);
            }
        }
    }

    fn resource(&mut self, json: &str, frame: &Frame<'_>, depth: usize) {
        let name = match sniff::object(json) {
            Ok(Object::Resource(name)) => name,
            _ => {
                self.state.problem(
                    ProblemKind::NotRead,
                    &frame.place,
                    "this is no FHIR resource: it has no resourceType".to_owned(),
                    "Correct the record; what it says was not reviewed.",
                );
                return;
            }
        };
        let nested = matches!(&*name, "Bundle" | "Parameters");
        if nested && depth < MOST_NESTED {
            let read = match &*name {
                "Bundle" => serde_json::from_str(json).map(|b| self.bundle(&b, &frame.place, depth + 1)),
                _ => serde_json::from_str(json)
                    .map(|p: ParametersIn<'_>| self.parameters(items(&p.parameter), &frame.place, depth + 1)),
            };
            if let Err(e) = read {
                self.unreadable(&name, frame, &e.to_string());
            }
            return;
        }
        let Some(kind) = Kind::of(&name) else {
            match self.state.not_read.get_mut(&*name) {
                Some(n) => *n += 1,
                None => {
                    self.state.not_read.insert(super::dates::shorten(&name), 1);
                }
            }
            return;
        };
        let place = frame.place.as_str();
        let read = convert::read(kind, json, place).or_else(|first| {
            let (mended, problems) = repair::mend(kind, json, place, &first)?;
            let mut read = convert::read(kind, &mended, place).map_err(|e| e.to_string())?;
            read.problems.splice(0..0, problems);
            Ok::<_, String>(read)
        });
        match read {
            Ok(read) => self.keep(kind, read, frame),
            Err(why) => self.unreadable(&name, frame, &why),
        }
    }

    fn keep(&mut self, kind: Kind, read: convert::Read, frame: &Frame<'_>) {
        let Some(item) = read.item else {
            *self.state.left_out.entry(kind.name()).or_default() += 1;
            return;
        };
        let version = Version { history: frame.history, ..read.version };
        let frame = Frame { place: frame.place.clone(), ..*frame };
        let subject = self.state.intern(&read.subject);
        self.hold(kind, read.id, version, item, frame);
        if let Some(held) = self.state.held.last_mut() {
            held.subject = subject;
            held.problems = read.problems;
        }
    }

    fn unreadable(&mut self, name: &str, frame: &Frame<'_>, why: &str) {
        self.state.problem(
            ProblemKind::NotRead,
            &frame.place,
            format!("the {name} could not be read ({why})"),
            "Correct the record; what it says was not reviewed.",
        );
    }

    fn hold(&mut self, kind: Kind, id: Option<String>, version: Version, item: Item, frame: Frame<'_>) {
        let url = frame.url.map(|u| u.split("/_history/").next().unwrap_or(u));
        let base = url
            .filter(|u| u.starts_with("http"))
            .and_then(|u| u.rsplitn(3, '/').nth(2))
            .map_or(0, |base| self.state.intern(base));
        let url = url.map(str::to_owned);
        let problems = Vec::new();
        self.state.held.push(Held {
            kind,
            place: frame.place,
            id,
            url,
            base,
            version,
            subject: 0,
            item,
            problems,
        });
    }
}

/// The first document of a text, and its length.
fn one<'t, T: Deserialize<'t>>(rest: &'t str) -> Result<(T, usize), serde_json::Error> {
    let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<T>();
    match stream.next() {
        Some(Ok(value)) => Ok((value, stream.byte_offset())),
        Some(Err(e)) => Err(e),
        None => Err(serde::de::Error::custom("nothing here")),
    }
}

fn place(name: &str, what: &str) -> String {
    if name.is_empty() { what.to_owned() } else { format!("{name}: {what}") }
}
