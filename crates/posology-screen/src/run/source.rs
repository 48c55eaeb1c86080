//! Files of a run: which table each holds, and how the rows of a range of persons are read from it.
use crate::error::ScreenError;
use crate::omop::{BY_PERSON, Concepts};
use crate::table::{TableSpec, Unreadable, canonical, join, sorted, whole_column};
use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::statistics::Statistics;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names of files by table, and bulk files of FHIR.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Files by table name.
    pub tables: BTreeMap<String, Vec<PathBuf>>,
    /// NDJSON files.
    pub ndjson: Vec<PathBuf>,
    /// NDJSON files whose first line is no FHIR resource (the log of an export).
    pub passed_over: Vec<PathBuf>,
}

/// The table that a file or folder is named after: `drug_exposure.parquet`, `drug_exposure-00001.parquet`.
pub fn table_of(path: &Path) -> Option<String> {
    let stem = path.file_name()?.to_str()?.to_ascii_lowercase();
    let stem = stem.split('.').next()?;
    let names = BY_PERSON.iter().map(|s| s.name).chain(["concept"]);
    let mut hit = names.filter(|n| {
        stem == *n
            || stem
                .strip_prefix(*n)
                .is_some_and(|r| r.starts_with(['-', '_']) && r[1..].bytes().all(|b| b.is_ascii_digit()))
    });
    hit.next().map(str::to_owned)
}

fn extension(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// Finds the tables in files and folders. A folder holds `<table>.parquet`, `<table>.csv`, `<table>/*.parquet` or `*.ndjson`.
///
/// # Errors
/// A path does not exist, a file is of no table, or nothing is found.
pub fn find(paths: &[PathBuf]) -> Result<Found, ScreenError> {
    let mut out = Found::default();
    for p in paths {
        let name = p.display().to_string();
        let meta = std::fs::metadata(p)
            .map_err(|e| ScreenError::new(&name, e.to_string(), "give files or folders that exist"))?;
        if meta.is_file() {
            if !take(p, table_of(p), &mut out) {
                let tables: Vec<&str> = BY_PERSON.iter().map(|s| s.name).collect();
                return Err(ScreenError::new(
                    name,
                    "the name of the file is that of no table",
                    format!(
                        "name it after its table: {}, concept (.parquet or .csv), or give .ndjson",
                        tables.join(", ")
                    ),
                ));
            }
            continue;
        }
        for entry in listing(p)? {
            if entry.is_dir() {
                let table = table_of(&entry);
                if table.is_some() {
                    for f in listing(&entry)? {
                        take(&f, table.clone(), &mut out);
                    }
                }
            } else {
                take(&entry, table_of(&entry), &mut out);
            }
        }
    }
    if out.tables.keys().all(|t| t == "concept") && out.ndjson.is_empty() {
        return Err(ScreenError::new(
            paths.first().map(|p| p.display().to_string()).unwrap_or_default(),
            "there is no table to screen",
            "give a folder with drug_exposure.parquet (or .csv) and its neighbours, or with FHIR bulk .ndjson files",
        ));
    }
    Ok(out)
}

fn listing(dir: &Path) -> Result<Vec<PathBuf>, ScreenError> {
    let fail =
        |e: std::io::Error| ScreenError::new(dir.display().to_string(), e.to_string(), "check the folder");
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(fail)?
        .map(|e| e.map(|e| e.path()).map_err(fail))
        .collect::<Result<_, _>>()?;
    all.sort();
    Ok(all)
}

fn take(file: &Path, table: Option<String>, out: &mut Found) -> bool {
    match (extension(file).as_str(), table) {
        ("ndjson", _) if is_fhir(file) => out.ndjson.push(file.to_path_buf()),
        ("ndjson", _) => out.passed_over.push(file.to_path_buf()),
        ("parquet" | "csv", Some(t)) => out.tables.entry(t).or_default().push(file.to_path_buf()),
        _ => return false,
    }
    true
}

/// Whether the first line of a file may be a FHIR resource. A file that cannot be read is one, so that the error is told where it is read.
fn is_fhir(file: &Path) -> bool {
    let Ok(f) = File::open(file) else { return true };
    let mut first = Vec::new();
    let read = BufReader::new(f).take(1 << 20).read_until(b'\n', &mut first);
    read.is_err() || first.is_empty() || memchr::memmem::find(&first, b"\"resourceType\"").is_some()
}

/// An opened Parquet file.
#[derive(Debug, Clone)]
pub struct Opened {
    path: PathBuf,
    name: String,
    meta: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// First and last person and rows by row group.
    groups: Option<Vec<(i64, i64, u64)>>,
}

/// Where the rows of a table come from.
#[derive(Debug)]
pub enum Source {
    /// Parquet files whose row groups ascend by person.
    Files(Vec<Opened>),
    /// Rows in memory, in the kernel's types, sorted by person; with the rows that stood out of order.
    Memory(RecordBatch, u64, Unreadable),
}

/// Opens a Parquet file for a table.
///
/// # Errors
/// It is no Parquet file, it is cut off, or it lacks a column.
pub fn open(spec: &TableSpec, path: &Path) -> Result<Opened, ScreenError> {
    let name = path.display().to_string();
    let fail = |e: &dyn std::fmt::Display| {
        ScreenError::new(
            &name,
            format!("the Parquet file cannot be read ({e})"),
            "write it again: it may have been cut off",
        )
    };
    let file = File::open(path).map_err(|e| fail(&e))?;
    let meta = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| fail(&e))?;
    let columns = spec.projection(meta.schema(), &name)?;
    let person =
        meta.schema().fields().iter().position(|f| f.name().eq_ignore_ascii_case("person_id")).unwrap_or(0);
    let mask = ProjectionMask::roots(meta.parquet_schema(), columns);
    let groups = meta
        .metadata()
        .row_groups()
        .iter()
        .map(|g| {
            let n = g.num_rows().max(0) as u64;
            match g.column(person).statistics() {
                Some(Statistics::Int64(s)) => Some((*s.min_opt()?, *s.max_opt()?, n)),
                Some(Statistics::Int32(s)) => Some((i64::from(*s.min_opt()?), i64::from(*s.max_opt()?), n)),
                _ => None,
            }
        })
        .collect();
    Ok(Opened { path: path.to_path_buf(), name, meta, mask, groups })
}

impl Opened {
    /// Rows.
    pub fn rows(&self) -> u64 {
        self.meta.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// Bytes of the columns when decoded, roughly.
    pub fn bytes(&self) -> u64 {
        self.meta.metadata().row_groups().iter().map(|g| g.total_byte_size().max(0) as u64).sum()
    }

    /// Reads some row groups in the kernel's types.
    ///
    /// # Errors
    /// A page cannot be decoded: the error names the row group.
    pub fn read(
        &self,
        spec: &TableSpec,
        groups: &[usize],
        bad: &mut Unreadable,
    ) -> Result<Vec<RecordBatch>, ScreenError> {
        let mut out = Vec::new();
        for g in groups {
            let fail = |e: &dyn std::fmt::Display| {
                ScreenError::new(
                    &self.name,
                    format!("the rows cannot be decoded ({e})"),
                    "write the file again",
                )
                .row_group(*g)
            };
            let file = File::open(&self.path).map_err(|e| fail(&e))?;
            let rows = self.meta.metadata().row_group(*g).num_rows().max(1) as usize;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.meta.clone())
                .with_projection(self.mask.clone())
                .with_row_groups(vec![*g])
                .with_batch_size(rows.min(1 << 17))
                .build()
                .map_err(|e| fail(&e))?;
            for b in reader {
                let b = b.map_err(|e| fail(&e))?;
                out.push(canonical(spec, &b, &self.name, bad).map_err(|e| e.row_group(*g))?);
            }
        }
        Ok(out)
    }
}

/// Reads a CSV file whole: every column as text, turned into the kernel's types. Commas or tabs; the first line names the columns.
///
/// # Errors
/// A line that has more or fewer cells than the header, with its number; text that is not UTF-8.
pub fn read_csv(
    spec: &TableSpec,
    path: &Path,
    bad: &mut Unreadable,
) -> Result<Vec<RecordBatch>, ScreenError> {
    let name = path.display().to_string();
    let io = |e: std::io::Error| ScreenError::new(&name, e.to_string(), "check the file");
    let mut file = BufReader::new(File::open(path).map_err(io)?);
    let mut header = String::new();
    file.read_line(&mut header).map_err(io)?;
    let delimiter = if header.contains('\t') { b'\t' } else { b',' };
    let header = header.trim_start_matches('\u{feff}').trim_end();
    let names: Vec<String> = header
        .split(char::from(delimiter))
        .map(|n| n.trim().trim_matches('"').to_ascii_lowercase())
        .collect();
    let schema: SchemaRef =
        Arc::new(Schema::new(names.iter().map(|n| Field::new(n, DataType::Utf8, true)).collect::<Vec<_>>()));
    let columns = spec.projection(&schema, &name)?;
    file.rewind().map_err(io)?;
    let mut builder = arrow::csv::ReaderBuilder::new(schema)
        .with_header(true)
        .with_delimiter(delimiter)
        .with_projection(columns)
        .with_batch_size(1 << 16);
    if delimiter == b'\t' {
        // Vocabularies of OMOP are tab separated and have quotes inside names.
        builder = builder.with_quote(0);
    }
    let reader = builder.build(file).map_err(|e| ScreenError::new(&name, e.to_string(), "check the file"))?;
    let mut out = Vec::new();
    let mut rows = 1;
    for b in reader {
        let b = b.map_err(|e| {
            let text = e.to_string();
            let line = text
                .split("line ")
                .nth(1)
                .and_then(|t| t.split(|c: char| !c.is_ascii_digit()).next())
                .and_then(|n| n.parse().ok());
            ScreenError::new(
                &name,
                format!("the line cannot be read ({text})"),
                "mend the line; a file that was cut off ends in the middle of one",
            )
            .row(line.unwrap_or(rows + 1))
        })?;
        rows += b.num_rows();
        out.push(canonical(spec, &b, &name, bad)?);
    }
    Ok(out)
}

impl Source {
    /// Opens a table: files that ascend by person are read by ranges, others are read whole.
    /// `Ok(None)` where they are larger than `budget` bytes and not in order: they have to be sorted on disk first.
    ///
    /// # Errors
    /// A file cannot be read or lacks a column.
    pub fn open(spec: &TableSpec, files: &[PathBuf], budget: u64) -> Result<Option<Self>, ScreenError> {
        if files.iter().all(|f| extension(f) == "parquet") {
            let mut all = files.iter().map(|f| open(spec, f)).collect::<Result<Vec<_>, _>>()?;
            all.retain(|o| o.rows() > 0);
            all.sort_by_key(|o| o.groups.as_ref().and_then(|g| g.first().map(|g| g.0)));
            let ranges: Option<Vec<(i64, i64, u64)>> =
                all.iter().map(|o| o.groups.clone()).collect::<Option<Vec<_>>>().map(|v| v.concat());
            if ranges.is_some_and(|r| r.windows(2).all(|w| w[0].1 <= w[1].0)) {
                return Ok(Some(Self::Files(all)));
            }
            if all.iter().map(Opened::bytes).sum::<u64>() > budget {
                return Ok(None);
            }
        } else if files.iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum::<u64>()
            > budget
        {
            for f in files.iter().filter(|f| extension(f) == "csv") {
                check_csv_header(spec, f)?;
            }
            return Ok(None);
        }
        let mut bad = Unreadable::default();
        let mut batches = Vec::new();
        for f in files {
            if extension(f) == "parquet" {
                let o = open(spec, f)?;
                let groups: Vec<usize> = (0..o.meta.metadata().num_row_groups()).collect();
                batches.extend(o.read(spec, &groups, &mut bad)?);
            } else {
                batches.extend(read_csv(spec, f, &mut bad)?);
            }
        }
        let name = files.first().map(|f| f.display().to_string()).unwrap_or_default();
        let (batch, moved) = sorted(spec, join(spec, &batches, &name)?, &name)?;
        Ok(Some(Self::Memory(batch, moved, bad)))
    }

    /// Rows.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Files(f) => f.iter().map(Opened::rows).sum(),
            Self::Memory(b, ..) => b.num_rows() as u64,
        }
    }

    /// Persons after which a partition may end, so that partitions have about `target` rows; ascending.
    pub fn bounds(&self, target: u64) -> Vec<i64> {
        let mut out: Vec<i64> = Vec::new();
        match self {
            Self::Files(files) => {
                let mut n = 0;
                for (_, last, rows) in files.iter().flat_map(|f| f.groups.iter().flatten()) {
                    n += rows;
                    if n >= target {
                        out.push(*last);
                        n = 0;
                    }
                }
            }
            Self::Memory(b, ..) => {
                let p = whole_column(b, "person_id");
                let step = target.max(1) as usize;
                out.extend((step..p.len()).step_by(step).map(|i| p.value(i)));
            }
        }
        out.dedup();
        out
    }

    /// Rows of persons above `after` and up to `last`.
    ///
    /// # Errors
    /// A row group cannot be decoded.
    pub fn range(
        &self,
        spec: &TableSpec,
        after: i64,
        last: i64,
        bad: &mut Unreadable,
    ) -> Result<Vec<RecordBatch>, ScreenError> {
        match self {
            Self::Memory(b, ..) => {
                let p = whole_column(b, "person_id").values();
                let from = if after == i64::MIN { 0 } else { p.partition_point(|x| *x <= after) };
                let to = p.partition_point(|x| *x <= last);
                Ok(vec![b.slice(from, to - from)])
            }
            Self::Files(files) => {
                let mut out = Vec::new();
                for f in files {
                    let wanted: Vec<usize> = f
                        .groups
                        .iter()
                        .flatten()
                        .enumerate()
                        .filter(|(_, (a, b, _))| (*b > after || after == i64::MIN) && *a <= last)
                        .map(|(i, _)| i)
                        .collect();
                    for b in f.read(spec, &wanted, bad)? {
                        let p = whole_column(&b, "person_id");
                        let inside = |x: i64| (x > after || after == i64::MIN) && x <= last;
                        if p.null_count() == 0 && p.values().iter().all(|x| inside(*x)) {
                            out.push(b);
                            continue;
                        }
                        let keep: BooleanArray = p.iter().map(|x| Some(x.is_none_or(inside))).collect();
                        out.push(
                            filter_record_batch(&b, &keep)
                                .map_err(|e| ScreenError::new(&f.name, e.to_string(), "report this file"))?,
                        );
                    }
                }
                Ok(out)
            }
        }
    }
}

/// Looks for the columns before a large file is sorted.
fn check_csv_header(spec: &TableSpec, path: &Path) -> Result<(), ScreenError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|e| ScreenError::new(&name, e.to_string(), "check the file"))?;
    let mut header = String::new();
    BufReader::new(file)
        .read_line(&mut header)
        .map_err(|e| ScreenError::new(&name, e.to_string(), "check the file"))?;
    let fields: Vec<Field> = header
        .trim()
        .split([',', '\t'])
        .map(|n| Field::new(n.trim_matches('"').to_ascii_lowercase(), DataType::Utf8, true))
        .collect();
    spec.projection(&Arc::new(Schema::new(fields)), &name).map(|_| ())
}

/// Reads the concept table.
///
/// # Errors
/// A file cannot be read or lacks a column.
pub fn concepts(files: &[PathBuf]) -> Result<Concepts, ScreenError> {
    let spec = &crate::omop::CONCEPT;
    let mut out = Concepts::default();
    for f in files {
        let name = f.display().to_string();
        let mut bad = Unreadable::default();
        if extension(f) == "parquet" {
            let o = open(spec, f)?;
            for g in 0..o.meta.metadata().num_row_groups() {
                for b in o.read(spec, &[g], &mut bad)? {
                    out.add(&b, &name)?;
                }
            }
        } else {
            for b in read_csv(spec, f, &mut bad)? {
                out.add(&b, &name)?;
            }
        }
    }
    out.settle();
    Ok(out)
}
