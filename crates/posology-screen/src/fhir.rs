//! FHIR bulk exports: lines of many files brought together by patient, then read by the reader of every other record.
use crate::error::ScreenError;
use posology_interop::fhir::{CaseBuilder, ReadOptions};
use posology_model::Case;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes that one bucket is meant to hold: what a worker reads at once.
pub const BUCKET_BYTES: u64 = 48 << 20;
/// Most buckets: each is an open file while lines are spread.
const MOST_BUCKETS: u64 = 512;

/// Lines by patient.
#[derive(Debug)]
pub struct Buckets {
    files: Vec<Vec<PathBuf>>,
}

/// Whose line it is.
#[derive(Debug, PartialEq, Eq)]
enum Owner<'l> {
    Patient(&'l [u8]),
    /// Needed by everybody: a medication that orders refer to.
    All,
    /// Belongs to nobody and is read by no rule: organisations, practitioners, places.
    Nobody,
}

impl Buckets {
    /// Spreads the lines of files over buckets by patient. Files that fit one bucket are left where they are.
    ///
    /// # Errors
    /// A file cannot be read, or a line is no JSON object: the file was cut off. The disk is full.
    pub fn spread(
        files: &[PathBuf],
        work: &Path,
        bucket: u64,
        stop: &AtomicBool,
    ) -> Result<Self, ScreenError> {
        let read = |p: &Path, e: &dyn std::fmt::Display| {
            ScreenError::new(p.display().to_string(), e.to_string(), "check the file")
        };
        let mut total = 0;
        for f in files {
            total += std::fs::metadata(f).map_err(|e| read(f, &e))?.len();
        }
        let n = total.div_ceil(bucket.max(1)).clamp(1, MOST_BUCKETS) as usize;
        if n == 1 {
            return Ok(Self { files: vec![files.to_vec()] });
        }
        std::fs::create_dir_all(work).map_err(|e| full(work, &e))?;
        let paths: Vec<PathBuf> = (0..n).map(|i| work.join(format!("patients-{i:04}.ndjson"))).collect();
        let mut out = Vec::new();
        for p in &paths {
            out.push(BufWriter::with_capacity(1 << 16, File::create(p).map_err(|e| full(p, &e))?));
        }
        let mut line = Vec::new();
        for f in files {
            let mut reader = BufReader::with_capacity(1 << 20, File::open(f).map_err(|e| read(f, &e))?);
            let mut number = 0;
            loop {
                line.clear();
                if reader.read_until(b'\n', &mut line).map_err(|e| read(f, &e))? == 0 {
                    break;
                }
                number += 1;
                if number % 4096 == 0 && stop.load(Ordering::Relaxed) {
                    return Err(ScreenError::stop());
                }
                let bare = line.trim_ascii();
                if bare.is_empty() {
                    continue;
                }
                if !(bare.starts_with(b"{") && bare.ends_with(b"}")) {
                    return Err(ScreenError::new(
                        f.display().to_string(),
                        "the line is no JSON object",
                        "export the file again: it may have been cut off",
                    )
                    .row(number));
                }
                let mut put = |i: usize| -> Result<(), ScreenError> {
                    out[i]
                        .write_all(bare)
                        .and_then(|()| out[i].write_all(b"\n"))
                        .map_err(|e| full(&paths[i], &e))
                };
                match owner(bare) {
                    Owner::Patient(id) => put((fnv(id) % n as u64) as usize)?,
                    Owner::All => (0..n).try_for_each(put)?,
                    Owner::Nobody => {}
                }
            }
        }
        for (w, p) in out.iter_mut().zip(&paths) {
            w.flush().map_err(|e| full(p, &e))?;
        }
        Ok(Self { files: paths.into_iter().map(|p| vec![p]).collect() })
    }

    /// Number of buckets.
    pub const fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The cases of a bucket, in the order of their first line.
    ///
    /// # Errors
    /// A line is no FHIR resource; the error names file and line.
    pub fn read(&self, bucket: usize) -> Result<Vec<Case>, ScreenError> {
        let mut builder = CaseBuilder::new(ReadOptions { name: String::new(), keep_going: false });
        let mut any = false;
        for f in &self.files[bucket] {
            let name = f.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            let fail = |m: String, r: &str| ScreenError::new(f.display().to_string(), m, r);
            let bytes = std::fs::read(f).map_err(|e| fail(e.to_string(), "check the file"))?;
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            any = true;
            builder.add(&name, &bytes).map_err(|e| fail(e.message.clone(), e.remedy).row(e.line))?;
        }
        if !any {
            return Ok(Vec::new());
        }
        builder.finish().map_err(|e| {
            ScreenError::new(self.files[bucket][0].display().to_string(), e.message.clone(), e.remedy)
        })
    }
}

fn full(path: &Path, e: &dyn std::fmt::Display) -> ScreenError {
    crate::run::failed(path, e)
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

/// The text value that follows a key, whitespace allowed.
fn value<'l>(line: &'l [u8], key: &[u8]) -> Option<&'l [u8]> {
    let mut from = 0;
    while let Some(i) = memchr::memmem::find(&line[from..], key) {
        let rest = line[from + i + key.len()..].trim_ascii_start();
        if let Some(rest) = rest.strip_prefix(b":") {
            if let Some(rest) = rest.trim_ascii_start().strip_prefix(b"\"") {
                return Some(&rest[..memchr::memchr(b'"', rest)?]);
            }
            return None;
        }
        from += i + key.len();
    }
    None
}

fn owner(line: &[u8]) -> Owner<'_> {
    match value(line, b"\"resourceType\"") {
        Some(b"Patient") => return value(line, b"\"id\"").map_or(Owner::Nobody, Owner::Patient),
        Some(b"Medication") => return Owner::All,
        _ => {}
    }
    for key in [&b"\"subject\""[..], b"\"patient\""] {
        if let Some(i) = memchr::memmem::find(line, key)
            && let Some(r) = value(&line[i..], b"\"reference\"")
        {
            let id = r.rsplit(|b| *b == b'/' || *b == b':').next().unwrap_or(r);
            return Owner::Patient(id);
        }
    }
    Owner::Nobody
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_patient() {
        for (line, want) in [
            (r#"{"resourceType":"Patient","id":"a1"}"#, Owner::Patient(b"a1")),
            (
                r#"{ "resourceType" : "Condition", "subject" : { "reference" : "Patient/a1" } }"#,
                Owner::Patient(b"a1"),
            ),
            (
                r#"{"resourceType":"AllergyIntolerance","patient":{"reference":"urn:uuid:a1"}}"#,
                Owner::Patient(b"a1"),
            ),
            (r#"{"resourceType":"Medication","id":"m"}"#, Owner::All),
            (r#"{"resourceType":"Organization","id":"o"}"#, Owner::Nobody),
            ("{}", Owner::Nobody),
        ] {
            assert_eq!(owner(line.as_bytes()), want, "{line}");
        }
    }
}
