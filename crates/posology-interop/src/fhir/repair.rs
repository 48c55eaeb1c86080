//! A resource with a field of the wrong type: the field is taken out and named, the rest is read.
//!
//! Slow, and only for resources that the fast way could not read.
use super::convert;
use super::dates::shorten;
use super::resources::Kind;
use posology_model::{InputProblem, ProblemKind};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// More faults than this in one resource, and nothing in it can be trusted.
const MOST_FAULTS: usize = 64;

/// The JSON without what cannot be read, and a problem for each part taken out. The error says why it cannot be mended.
pub(super) fn mend(
    kind: Kind,
    json: &str,
    place: &str,
    first: &str,
) -> Result<(String, Vec<InputProblem>), String> {
    let mut problems = Vec::new();
    let mut note = |path: String, message: String| {
        problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path,
            message,
            remedy: "It was left out: correct it in the record.".to_owned(),
        });
    };
    let json = without_endless_numbers(json, |number| {
        note(place.to_owned(), format!("the number {} is larger than any value", shorten(number)));
    });
    let mut value: Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
    let mut text = value.to_string();
    for _ in 0..MOST_FAULTS {
        let Err((path, why)) = convert::check(kind, &text) else {
            if problems.is_empty() {
                // A key that comes twice: the last one was read.
                let why = first.split(" at line ").next().unwrap_or(first).to_owned();
                problems.push(InputProblem {
                    kind: ProblemKind::Repaired,
                    path: place.to_owned(),
                    message: format!("the resource is not well formed ({why}); the last value was read"),
                    remedy: "Correct what wrote it.".to_owned(),
                });
            }
            return Ok((text, problems));
        };
        let shown = path.to_string();
        let why = why.split(" at line ").next().unwrap_or(&why).to_owned();
        if shown == "." || !take_out(&mut value, &path) {
            return Err(why);
        }
        problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path: format!("{place}.{shown}"),
            message: why,
            remedy: "It was left out: correct it in the record.".to_owned(),
        });
        text = value.to_string();
    }
    Err(format!("more than {MOST_FAULTS} of its fields are wrong"))
}

/// Sets the value at the path to null: an optional field is then absent, an item of a list is skipped.
fn take_out(value: &mut Value, path: &Path) -> bool {
    let mut at = value;
    for segment in path {
        let next = match segment {
            Segment::Seq { index } if at.is_array() => at.get_mut(*index),
            // An object that stands for a list of one.
            Segment::Seq { .. } => continue,
            Segment::Map { key } => at.get_mut(key.as_str()),
            Segment::Enum { .. } | Segment::Unknown => return false,
        };
        // The path may lead into a value of another shape: then the last value reached is at fault.
        let Some(_) = next else { break };
        at = match segment {
            Segment::Seq { index } => match at.get_mut(*index) {
                Some(v) => v,
                None => return false,
            },
            Segment::Map { key } => match at.get_mut(key.as_str()) {
                Some(v) => v,
                None => return false,
            },
            _ => return false,
        };
    }
    if at.is_null() {
        return false;
    }
    *at = Value::Null;
    true
}

/// Replaces numbers that no `f64` holds (1e999) by null, so that one of them does not cost the whole resource.
fn without_endless_numbers(json: &str, mut found: impl FnMut(&str)) -> String {
    let bytes = json.as_bytes();
    let mut out = String::with_capacity(json.len());
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let start = at;
                while at < bytes.len() && matches!(bytes[at], b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
                {
                    at += 1;
                }
                let number = &json[start..at];
                if number.parse::<f64>().is_ok_and(f64::is_infinite) {
                    found(number);
                    out.push_str(&json[copied..start]);
                    out.push_str("null");
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    out.push_str(&json[copied.min(json.len())..]);
    out
}
