//! What the bytes are, before anything is parsed: text or not, JSON or not.
use super::error::{ReadError, ReadErrorKind};
use super::resources::TypeOnly;
use std::borrow::Cow;

const REMEDY_JSON: &str = "Give FHIR R4 as JSON (application/fhir+json) or NDJSON.";

/// The text of the input without a byte order mark.
pub(super) fn text<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, ReadError> {
    use ReadErrorKind::{Compressed, Encoding};
    let fail = |kind, offset, message: &str, remedy: &'static str| {
        Err(ReadError::at(kind, name, bytes, offset, message, remedy))
    };
    const UTF8_REMEDY: &str = "Save it as UTF-8, which FHIR JSON always is.";
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return fail(Compressed, 0, "the file is gzip-compressed", "Unpack it first (gunzip).");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return fail(Compressed, 0, "the file is a ZIP archive", "Unpack it first and give the files in it.");
    }
    if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return fail(Compressed, 0, "the file is zstd-compressed", "Unpack it first (unzstd).");
    }
    let utf16_without_mark = matches!(bytes, [b'{' | b'[' | b'<', 0, ..] | [0, b'{' | b'[' | b'<', ..]);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || utf16_without_mark {
        return fail(Encoding, 0, "the text is UTF-16", UTF8_REMEDY);
    }
    let body = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(t) => Ok(t),
        Err(e) => {
            let offset = bytes.len() - body.len() + e.valid_up_to();
            let byte = bytes.get(offset).copied().unwrap_or_default();
            fail(Encoding, offset, &format!("the byte 0x{byte:02x} is no UTF-8"), UTF8_REMEDY)
        }
    }
}

/// Explains text that does not start like a JSON object.
pub(super) fn not_an_object(name: &str, all: &str, at: usize) -> ReadError {
    let rest = &all[at..];
    let (kind, message, remedy) = match rest.as_bytes().first() {
        None => (
            ReadErrorKind::Empty,
            "the input is empty".to_owned(),
            "Check that the export finished and that this is the right file.",
        ),
        Some(b'<') => (ReadErrorKind::NotJson, "this is XML or HTML, not JSON".to_owned(), REMEDY_JSON),
        Some(b'[') => (
            ReadErrorKind::NotFhir,
            "the JSON is a list; a FHIR record is an object with a resourceType".to_owned(),
            "Put the resources into a Bundle, or write one resource a line (NDJSON).",
        ),
        Some(_) => {
            let first = rest.lines().next().unwrap_or_default();
            let message = if first.contains([',', ';', '\t']) {
                "this is a table (CSV) or a plain list, not JSON".to_owned()
            } else {
                format!(
                    "this starts with \"{}\", which is not FHIR JSON",
                    super::dates::shorten(first.trim())
                )
            };
            (
                ReadErrorKind::NotJson,
                message,
                "Give FHIR R4 as JSON, or read it as a medication list or CSV instead.",
            )
        }
    };
    ReadError::at(kind, name, all.as_bytes(), at, message, remedy)
}

/// What kind of object starts here.
pub(super) enum Object<'t> {
    /// A resource of this type.
    Resource(Cow<'t, str>),
    /// A line of the log that bulk export tools write beside their files.
    ExportLog,
    /// An object without a `resourceType`.
    NoType,
}

/// Finds `resourceType`: at once where it comes first, as nearly all writers have it, else by reading the object's keys.
pub(super) fn object(rest: &str) -> Result<Object<'_>, serde_json::Error> {
    if let Some(t) = first_key_type(rest) {
        return Ok(Object::Resource(Cow::Borrowed(t)));
    }
    let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<TypeOnly<'_>>();
    Ok(match stream.next() {
        None => Object::NoType,
        Some(Err(e)) => return Err(e),
        Some(Ok(t)) => match t.resource_type {
            Some(t) => Object::Resource(t.0),
            None if t.export_id.is_some() && t.event_id.is_some() => Object::ExportLog,
            None => Object::NoType,
        },
    })
}

fn first_key_type(rest: &str) -> Option<&str> {
    let r = rest.trim_ascii_start().strip_prefix('{')?.trim_ascii_start();
    let r = r.strip_prefix("\"resourceType\"")?.trim_ascii_start();
    let r = r.strip_prefix(':')?.trim_ascii_start().strip_prefix('"')?;
    let end = memchr::memchr2(b'"', b'\\', r.as_bytes())?;
    (r.as_bytes()[end] == b'"').then(|| &r[..end])
}
