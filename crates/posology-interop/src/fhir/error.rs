//! Why an input cannot be used: the place, the fault, the remedy.
use std::fmt;

/// Kinds of unusable input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// Nothing but white space.
    Empty,
    /// Not UTF-8: UTF-16, Latin-1 or binary.
    Encoding,
    /// Compressed or an archive.
    Compressed,
    /// Another format: XML, CSV, a plain list.
    NotJson,
    /// Broken or truncated JSON.
    Syntax,
    /// Nested more deeply than any record is.
    TooDeep,
    /// JSON, but no FHIR resource, or one whose frame cannot be read.
    NotFhir,
    /// FHIR without anything that a review reads.
    NothingToReview,
}

/// An input that cannot be used. Its `Display` is one paragraph for the person who has to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Kind.
    pub kind: ReadErrorKind,
    /// Name of the input, where the caller gave one.
    pub name: Option<String>,
    /// Byte offset from 0.
    pub offset: usize,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in bytes.
    pub column: usize,
    /// Place in the JSON (`Bundle.entry[3].resource`), where known.
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name}: ")?;
        }
        write!(f, "line {}, column {} (byte {})", self.line, self.column, self.offset)?;
        if let Some(path) = &self.path {
            write!(f, ", at {path}")?;
        }
        write!(f, ": {}. {}", self.message, self.remedy)
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    /// An error at a byte of the input.
    pub(super) fn at(
        kind: ReadErrorKind,
        name: &str,
        bytes: &[u8],
        offset: usize,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        let offset = offset.min(bytes.len());
        let before = &bytes[..offset];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
        Self {
            kind,
            name: (!name.is_empty()).then(|| name.to_owned()),
            offset,
            line: line_of(before),
            column: offset - line_start + 1,
            path: None,
            message: message.into(),
            remedy,
        }
    }

    /// An error of the JSON reader in the document that starts at `start`.
    pub(super) fn json(name: &str, text: &str, start: usize, e: &serde_json::Error) -> Self {
        let doc = text.as_bytes().get(start..).unwrap_or_default();
        let offset = start + offset_of(doc, e.line(), e.column());
        let said = e.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said);
        let (kind, message, remedy) = if e.is_eof() {
            (
                ReadErrorKind::Syntax,
                "the JSON ends before it is complete".to_owned(),
                "The file was cut off: export or download it again.",
            )
        } else if what.contains("recursion limit") {
            (
                ReadErrorKind::TooDeep,
                "brackets are nested more than 128 deep".to_owned(),
                "No FHIR record is: check what wrote this file.",
            )
        } else if e.is_syntax() {
            (
                ReadErrorKind::Syntax,
                format!("this is no valid JSON ({what})"),
                "Mend the place named, or export the record again.",
            )
        } else {
            (
                ReadErrorKind::NotFhir,
                format!("the frame of the record is not as FHIR R4 has it ({what})"),
                "Give a FHIR R4 Bundle, resource or NDJSON file.",
            )
        };
        let mut out = Self::at(kind, name, text.as_bytes(), offset, message, remedy);
        out.path = json_path(&text[start..], offset - start);
        out
    }
}

/// Line number (from 1) of the byte after `before`.
pub(super) fn line_of(before: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// Byte offset of a line (from 1) and column (from 0 or 1, as serde_json has them).
fn offset_of(doc: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        n => memchr::memchr_iter(b'\n', doc).nth(n - 2).map_or(doc.len(), |i| i + 1),
    };
    (start + column.saturating_sub(1)).min(doc.len())
}

/// The JSON path of a byte, found by walking over the text up to it; `None` outside of any value.
pub(super) fn json_path(text: &str, offset: usize) -> Option<String> {
    enum Level<'t> {
        Object(Option<&'t str>),
        Array(usize),
    }
    const MOST_LEVELS: usize = 40;
    let bytes = text.as_bytes();
    let mut stack: Vec<Level<'_>> = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    let mut expects_key = false;
    while at < offset.min(bytes.len()) {
        match bytes[at] {
            b'"' => {
                let mut end = at + 1;
                while end < bytes.len() && bytes[end] != b'"' {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                if expects_key && depth == stack.len() {
                    if let Some(Level::Object(key)) = stack.last_mut() {
                        *key = text.get(at + 1..end.min(bytes.len()));
                    }
                    expects_key = false;
                }
                at = end;
            }
            c @ (b'{' | b'[') => {
                depth += 1;
                if depth <= MOST_LEVELS {
                    stack.push(if c == b'{' { Level::Object(None) } else { Level::Array(0) });
                }
                expects_key = c == b'{';
            }
            b'}' | b']' => {
                if depth == stack.len() {
                    stack.pop();
                }
                depth = depth.saturating_sub(1);
                expects_key = false;
            }
            b',' if depth == stack.len() => match stack.last_mut() {
                Some(Level::Array(n)) => *n += 1,
                Some(Level::Object(_)) => expects_key = true,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    let mut path = String::new();
    for level in &stack {
        match level {
            Level::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Level::Array(n) => path.push_str(&format!("[{n}]")),
            Level::Object(None) => {}
        }
    }
    (!path.is_empty()).then_some(path)
}
