//! Populations: Arrow tables of whole persons in, Arrow tables of answers out, through the Arrow C interface without copies.
use crate::error::{Fault, date, kb, place};
use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use posology_screen::eras::{EraOptions, Stockpile};
use posology_screen::omop::{BY_PERSON, Concepts, Tables};
use posology_screen::table::{TableSpec, whole_column};
use posology_screen::{Batches, Mode, Options, Screener as Kernel, Summary, Worker};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;
use std::sync::{Mutex, PoisonError};

/// The kernel with its vocabulary, held between calls.
#[pyclass(frozen, module = "posology._native")]
pub struct Screener {
    kernel: Kernel<'static>,
    /// What calls have met so far: it makes nothing different, only faster.
    workers: Mutex<Vec<Worker>>,
}

/// Findings, persons, not assessed: tables of pyarrow. Then the counts as JSON.
type Answers<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>, String);

fn batches(py: Python<'_>, name: &str, data: AnyRecordBatch) -> PyResult<Vec<RecordBatch>> {
    let reader = data.into_reader()?;
    let read = py.detach(move || reader.collect::<Result<Vec<_>, ArrowError>>());
    Ok(read
        .map_err(|e| Fault::new(e.to_string()).at(name).help("Give a table that can be read to its end."))?)
}

fn spec(name: &str) -> Result<&'static TableSpec, Fault> {
    BY_PERSON.into_iter().find(|s| s.name == name).ok_or_else(|| {
        let names: Vec<&str> = BY_PERSON.iter().map(|s| s.name).collect();
        Fault::new(format!("\"{name}\" is no table by person"))
            .help(format!("There are: {}.", names.join(", ")))
    })
}

/// The columns that are read of a table by person: name, and whether a table without it cannot be read.
#[pyfunction]
pub fn table_columns(name: &str) -> PyResult<Vec<(&'static str, bool)>> {
    Ok(spec(name)?.columns.iter().map(|c| (c.name, c.required)).collect())
}

/// Where the kernel reads the columns of a table: name and address of the values. The address is that of the caller where nothing was copied.
#[pyfunction]
pub fn columns_at(py: Python<'_>, name: &str, data: AnyRecordBatch) -> PyResult<Vec<(String, usize)>> {
    let spec = spec(name)?;
    let mut tables = Tables::default();
    tables.add(spec, &batches(py, name, data)?, name).map_err(|e| Fault::of_table(&e))?;
    let Some(read) = tables.get(spec) else { return Ok(Vec::new()) };
    let at = |a: &ArrayRef| a.to_data().buffers().last().map_or(0, |b| b.as_ptr() as usize);
    Ok(read.schema().fields().iter().map(|f| f.name().clone()).zip(read.columns().iter().map(at)).collect())
}

#[pymethods]
impl Screener {
    #[new]
    #[pyo3(signature = (concept, mode, first, last, jurisdiction, stockpile, grace_days, assume_days, gaps))]
    #[allow(clippy::too_many_arguments)] // The Python side passes all of them by name.
    fn new(
        py: Python<'_>,
        concept: Option<AnyRecordBatch>,
        mode: &str,
        first: &str,
        last: &str,
        jurisdiction: &str,
        stockpile: &str,
        grace_days: i32,
        assume_days: i32,
        gaps: bool,
    ) -> PyResult<Self> {
        let (first, last) = (date("as_of", first)?, date("as_of", last)?);
        let mode = match mode {
            "as_of" => Mode::AsOf(last),
            "each_change" => Mode::EachChange(last),
            _ if first <= last => Mode::Window(first, last),
            _ => {
                return Err(Fault::new(format!("the window ends on {last}, before it begins on {first}"))
                    .at("window")
                    .help("Give the earlier date first.")
                    .into());
            }
        };
        let stockpile = match stockpile {
            "cut" => Stockpile::Cut,
            "carry" => Stockpile::Carry,
            _ => {
                return Err(Fault::new(format!("\"{stockpile}\" is no way with overlaps"))
                    .at("stockpile")
                    .help("Give \"cut\" or \"carry\".")
                    .into());
            }
        };
        for (name, n, least) in [("grace_days", grace_days, 0), ("assume_days", assume_days, 1)] {
            if !(least..=400).contains(&n) {
                return Err(Fault::new(format!("{n} days"))
                    .at(name)
                    .help(format!("Give {least} to 400."))
                    .into());
            }
        }
        let options = Options {
            mode,
            jurisdiction: place(jurisdiction)?,
            eras: EraOptions { stockpile, grace_days, assumed_days: assume_days },
            gaps,
        };
        let rows = concept.map(|c| batches(py, "concept", c)).transpose()?.unwrap_or_default();
        let kernel = py.detach(move || -> Result<_, Fault> {
            let mut concepts = Concepts::default();
            for b in &rows {
                concepts.add(b, "concept").map_err(|e| Fault::of_table(&e))?;
            }
            concepts.settle();
            Ok(Kernel::new(kb()?, concepts, options))
        })?;
        Ok(Self { kernel, workers: Mutex::new(Vec::new()) })
    }

    /// Tables by name, each with all rows of every person in it: findings, persons, not_assessed, and the counts as JSON.
    fn screen<'py>(
        &self,
        py: Python<'py>,
        tables: Vec<(String, AnyRecordBatch)>,
        threads: usize,
    ) -> PyResult<Answers<'py>> {
        let mut read = Vec::with_capacity(tables.len());
        for (name, data) in tables {
            read.push((spec(&name)?, batches(py, &name, data)?));
        }
        let answers = py.detach(|| self.run(&read, threads))?;
        let mut sum = Summary::default();
        answers.iter().for_each(|a| sum.merge(&a.summary));
        let counts = serde_json::to_string(&sum).map_err(|e| Fault::new(e.to_string()))?;
        let table = |of: fn(&Batches) -> &RecordBatch| -> PyResult<Bound<'py, PyAny>> {
            let all: Vec<RecordBatch> = answers.iter().map(|a| of(a).clone()).collect();
            let schema =
                all.first().map(RecordBatch::schema).ok_or_else(|| Fault::new("nothing was screened"))?;
            PyTable::try_new(all, schema)?.into_pyarrow(py)
        };
        Ok((table(|a| &a.findings)?, table(|a| &a.persons)?, table(|a| &a.not_assessed)?, counts))
    }
}

impl Screener {
    fn run(
        &self,
        read: &[(&'static TableSpec, Vec<RecordBatch>)],
        threads: usize,
    ) -> Result<Vec<Batches>, Fault> {
        let mut whole = Tables::default();
        for (spec, batches) in read {
            whole.add(spec, batches, spec.name).map_err(|e| Fault::of_table(&e))?;
        }
        let parts = split(whole, threads.clamp(1, 64))?;
        let mut workers: Vec<Worker> = {
            let mut kept = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            let from = kept.len() - kept.len().min(parts.len());
            kept.split_off(from)
        };
        workers.resize_with(parts.len(), Worker::default);
        let done: Vec<_> = std::thread::scope(|s| {
            let (first, rest) = (parts.first(), parts.get(1..).unwrap_or_default());
            let mut own = workers.iter_mut();
            let mine = own.next();
            let handles: Vec<_> =
                rest.iter().zip(own).map(|(p, w)| s.spawn(move || self.kernel.screen(w, p))).collect();
            let head = first.zip(mine).map(|(p, w)| Ok(self.kernel.screen(w, p)));
            head.into_iter().chain(handles.into_iter().map(std::thread::ScopedJoinHandle::join)).collect()
        });
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).append(&mut workers);
        done.into_iter()
            .map(|d| {
                d.map_err(|_| Fault::new("a thread of the kernel stopped").help("Report this table."))?
                    .map_err(|e| Fault::of_table(&e))
            })
            .collect()
    }
}

/// Parts of whole persons; counts of repairs stay with the first.
fn split(whole: Tables, parts: usize) -> Result<Vec<Tables>, Fault> {
    let widest = BY_PERSON.into_iter().filter_map(|s| whole.get(s)).max_by_key(|b| b.num_rows());
    let Some(widest) = widest.filter(|_| parts > 1) else { return Ok(vec![whole]) };
    let persons = whole_column(widest, "person_id");
    let n = persons.len();
    let mut bounds: Vec<i64> =
        (1..parts).map(|k| k * n / parts).filter(|i| *i < n).map(|i| persons.value(i)).collect();
    bounds.dedup();
    let mut out = Vec::with_capacity(bounds.len() + 1);
    for part in 0..=bounds.len() {
        let mut t = Tables::default();
        for spec in BY_PERSON {
            let Some(b) = whole.get(spec) else { continue };
            let ids = whole_column(b, "person_id").values();
            let from = part.checked_sub(1).map_or(0, |p| ids.partition_point(|i| *i < bounds[p]));
            let to = bounds.get(part).map_or(ids.len(), |last| ids.partition_point(|i| i < last));
            t.add(spec, &[b.slice(from, to.saturating_sub(from))], spec.name)
                .map_err(|e| Fault::of_table(&e))?;
        }
        if part == 0 {
            t.out_of_order = whole.out_of_order;
            t.unreadable = whole.unreadable.clone();
        }
        out.push(t);
    }
    Ok(out)
}
