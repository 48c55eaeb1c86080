//! Parts on disk: written beside, then renamed, so that a part is there whole or not at all.
use crate::error::ScreenError;
use crate::summary::Summary;
use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A finished part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finished {
    /// Files of the part under the folder of the run, and their sizes in bytes.
    pub files: Vec<(String, u64)>,
    /// Counts.
    pub summary: Summary,
}

/// An error of writing, with what to do: a full disk is the usual one.
pub fn failed(path: &Path, e: &dyn std::fmt::Display) -> ScreenError {
    ScreenError::new(
        path.display().to_string(),
        format!("the file cannot be written ({e})"),
        "make room on the disk, then run the same command with --resume: finished parts are kept",
    )
}

/// Creates a folder.
///
/// # Errors
/// It cannot be created.
pub fn folder(path: &Path) -> Result<(), ScreenError> {
    std::fs::create_dir_all(path).map_err(|e| failed(path, &e))
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("part");
    path.with_file_name(format!(".{name}.tmp"))
}

/// Writes bytes under a name.
///
/// # Errors
/// The disk is full, or the folder cannot be written to.
pub fn bytes(path: &Path, content: &[u8]) -> Result<u64, ScreenError> {
    let tmp = beside(path);
    let write = || -> std::io::Result<()> {
        let mut f = File::create(&tmp)?;
        f.write_all(content)?;
        f.flush()?;
        f.sync_data()?;
        std::fs::rename(&tmp, path)
    };
    write().map_err(|e| {
        let _ = std::fs::remove_file(&tmp);
        failed(path, &e)
    })?;
    Ok(content.len() as u64)
}

/// Properties of every Parquet file written: the same batch makes the same bytes.
pub fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_created_by("posology".into())
        .build()
}

/// Writes a batch as Parquet.
///
/// # Errors
/// As [`bytes`].
pub fn parquet(path: &Path, batch: &RecordBatch) -> Result<u64, ScreenError> {
    let tmp = beside(path);
    let write = || -> Result<u64, Box<dyn std::error::Error>> {
        let file = BufWriter::with_capacity(1 << 18, File::create(&tmp)?);
        let mut w = ArrowWriter::try_new(file, batch.schema(), Some(properties()))?;
        w.write(batch)?;
        w.into_inner()?.into_inner().map_err(|e| e.into_error())?.sync_data()?;
        let n = std::fs::metadata(&tmp)?.len();
        std::fs::rename(&tmp, path)?;
        Ok(n)
    };
    write().map_err(|e| {
        let _ = std::fs::remove_file(&tmp);
        failed(path, &e)
    })
}

/// Writes a batch as CSV.
///
/// # Errors
/// As [`bytes`].
pub fn csv(path: &Path, batch: &RecordBatch) -> Result<u64, ScreenError> {
    let mut out = Vec::new();
    arrow::csv::WriterBuilder::new()
        .with_header(true)
        .build(&mut out)
        .write(batch)
        .map_err(|e| failed(path, &e))?;
    bytes(path, &out)
}

/// A finished part as recorded, where its files are there as they were written.
pub fn finished(out: &Path, part: usize) -> Option<Finished> {
    let text = std::fs::read_to_string(record(out, part)).ok()?;
    let f: Finished = serde_json::from_str(&text).ok()?;
    let whole =
        f.files.iter().all(|(name, size)| std::fs::metadata(out.join(name)).is_ok_and(|m| m.len() == *size));
    whole.then_some(f)
}

/// Path of the record of a part.
pub fn record(out: &Path, part: usize) -> PathBuf {
    out.join("parts").join(format!("part-{part:05}.json"))
}
