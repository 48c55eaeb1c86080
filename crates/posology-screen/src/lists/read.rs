//! From Parquet files to answers, on any number of threads.
use super::shuffle::{Spread, sort};
use super::sweep::{Answers, DrugRow, Sweep};
use super::{Lists, NONE};
use crate::error::ScreenError;
use arrow::array::{Array, ArrayRef, Date32Array, Float32Array, Int32Array, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::statistics::Statistics;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Names of the columns: person, drug, start, end, days of supply, mg a day.
const COLUMNS: [&[&str]; 6] = [
    &["person_id"],
    &["drug_concept_id"],
    &["start", "drug_exposure_start_date"],
    &["end", "drug_exposure_end_date"],
    &["days_supply"],
    &["dose_mg"],
];
const TYPES: [DataType; 6] = [
    DataType::Int64,
    DataType::Int32,
    DataType::Date32,
    DataType::Date32,
    DataType::Int32,
    DataType::Float32,
];
const BATCH: usize = 32_768;

/// A Parquet file of exposures, opened.
#[derive(Debug)]
pub struct Input {
    name: String,
    path: std::path::PathBuf,
    meta: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Order of the columns as read.
    order: [usize; 6],
    /// First and last person by row group; `None` where the file has no statistics.
    ranges: Option<Vec<(i64, i64)>>,
}

impl Input {
    /// Opens a file and looks for the columns.
    ///
    /// # Errors
    /// The file is no Parquet, or a column is missing.
    pub fn open(path: &Path) -> Result<Self, ScreenError> {
        let name = path.display().to_string();
        let fail = |m: String| ScreenError::new(&name, m, "give a Parquet file of drug exposures");
        let file = File::open(path).map_err(|e| fail(e.to_string()))?;
        let meta =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| fail(e.to_string()))?;
        let schema = meta.schema().clone();
        let mut roots = [0usize; 6];
        for (k, names) in COLUMNS.iter().enumerate() {
            roots[k] = schema
                .fields()
                .iter()
                .position(|f| names.iter().any(|n| f.name().eq_ignore_ascii_case(n)))
                .ok_or_else(|| fail(format!("there is no column {}", names[0])).column(names[0]))?;
        }
        let mask = ProjectionMask::roots(meta.parquet_schema(), roots);
        let mut sorted = roots;
        sorted.sort_unstable();
        let order = roots.map(|r| sorted.iter().position(|s| *s == r).unwrap_or(0));
        let ranges = meta
            .metadata()
            .row_groups()
            .iter()
            .map(|g| match g.column(roots[0]).statistics() {
                Some(Statistics::Int64(s)) => Some((*s.min_opt()?, *s.max_opt()?)),
                Some(Statistics::Int32(s)) => Some((i64::from(*s.min_opt()?), i64::from(*s.max_opt()?))),
                _ => None,
            })
            .collect();
        Ok(Self { name, path: path.to_path_buf(), meta, mask, order, ranges })
    }

    fn groups(&self) -> usize {
        self.meta.metadata().num_row_groups()
    }

    /// Rows of the file.
    pub fn rows(&self) -> u64 {
        self.meta.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// Whether the row groups hold ascending persons, as far as their statistics say.
    fn ascending(&self) -> bool {
        self.ranges.as_ref().is_some_and(|r| r.windows(2).all(|w| w[0].1 <= w[1].0))
    }

    /// Calls `each` with the rows of some row groups.
    fn read(
        &self,
        groups: Vec<usize>,
        lists: &Lists,
        mut each: impl FnMut(&DrugRow) -> Result<bool, ScreenError>,
    ) -> Result<(), ScreenError> {
        let first = groups.first().copied().unwrap_or(0);
        let fail =
            |m: String| ScreenError::new(&self.name, m, "check the file; write it again").row_group(first);
        let file = File::open(&self.path).map_err(|e| fail(e.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.meta.clone())
            .with_projection(self.mask.clone())
            .with_row_groups(groups)
            .with_batch_size(BATCH)
            .build()
            .map_err(|e| fail(e.to_string()))?;
        for batch in reader {
            let batch = batch.map_err(|e| fail(e.to_string()))?;
            let c = Columns::new(&batch, self).map_err(fail)?;
            for i in 0..batch.num_rows() {
                if !each(&c.row(i, lists))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

struct Columns {
    person: Int64Array,
    drug: Int32Array,
    start: Date32Array,
    end: Date32Array,
    days: Int32Array,
    mg: Float32Array,
    nulls: bool,
}

impl Columns {
    fn new(b: &RecordBatch, input: &Input) -> Result<Self, String> {
        let mut nulls = false;
        let mut take = |k: usize| -> Result<ArrayRef, String> {
            let a = b.column(input.order[k]);
            let a = if *a.data_type() == TYPES[k] {
                a.clone()
            } else {
                cast(a, &TYPES[k]).map_err(|e| e.to_string())?
            };
            nulls |= a.null_count() > 0;
            Ok(a)
        };
        macro_rules! typed {
            ($k:literal, $t:ty) => {
                take($k)?
                    .as_any()
                    .downcast_ref::<$t>()
                    .ok_or("a column has another type than its table")?
                    .clone()
            };
        }
        let (person, drug, start) = (typed!(0, Int64Array), typed!(1, Int32Array), typed!(2, Date32Array));
        let (end, days, mg) = (typed!(3, Date32Array), typed!(4, Int32Array), typed!(5, Float32Array));
        Ok(Self { person, drug, start, end, days, mg, nulls })
    }

    #[inline]
    fn row(&self, i: usize, lists: &Lists) -> DrugRow {
        // A row with a hole in it is on no list; it is counted as that.
        let hole = self.nulls
            && (self.person.is_null(i)
                || self.drug.is_null(i)
                || self.start.is_null(i)
                || self.end.is_null(i));
        DrugRow {
            person: self.person.values()[i],
            start: self.start.values()[i],
            end: self.end.values()[i],
            mg: self.mg.values()[i] * self.days.values()[i] as f32,
            drug: if hole { NONE } else { lists.index(i64::from(self.drug.values()[i])) },
        }
    }
}

/// Answers the three questions over a file. Files sorted by person are swept as they are; others are brought together by person first.
///
/// # Errors
/// The file cannot be read; its statistics say that it is sorted, and its rows are not.
pub fn screen_lists(input: &Input, lists: &Lists, threads: usize) -> Result<Answers, ScreenError> {
    let threads = threads.clamp(1, 256);
    if input.ascending() {
        match sorted(input, lists, threads) {
            Err(e) if e.message == UNSORTED => {}
            other => return other,
        }
    }
    shuffled(input, lists, threads)
}

const UNSORTED: &str = "rows are not sorted";

/// Parts of a sorted file: the same number whatever the threads, so that sums of floats are the same.
const PARTS: usize = 16;

fn sorted(input: &Input, lists: &Lists, threads: usize) -> Result<Answers, ScreenError> {
    let ranges = input.ranges.clone().unwrap_or_default();
    let parts = PARTS.min(input.groups()).max(1);
    let bound = |p: usize| p * input.groups() / parts;
    let one = |p: usize| -> Result<Answers, ScreenError> {
        let (from, to) = (bound(p), bound(p + 1));
        // A person on both sides of a bound belongs to the part before it.
        let skip = (from > 0).then(|| ranges[from - 1].1);
        let tail = ranges.get(to.wrapping_sub(1)).map_or(i64::MIN, |r| r.1);
        let more = (to..input.groups()).take_while(|g| ranges[*g].0 == tail).last().map_or(to, |g| g + 1);
        let mut sweep = Sweep::new(lists);
        let mut last = (i64::MIN, i32::MIN);
        let check = |r: &DrugRow, last: &mut (i64, i32)| {
            if (r.person, r.start) < *last {
                return Err(ScreenError::new(&input.name, UNSORTED, "sort the file by person and start")
                    .row_group(from));
            }
            *last = (r.person, r.start);
            Ok(())
        };
        input.read((from..to).collect(), lists, |r| {
            check(r, &mut last)?;
            if Some(r.person) != skip {
                sweep.row(r);
            }
            Ok(true)
        })?;
        if more > to && Some(tail) != skip {
            input.read((to..more).collect(), lists, |r| {
                check(r, &mut last)?;
                let go_on = r.person == tail;
                if go_on {
                    sweep.row(r);
                }
                Ok(go_on)
            })?;
        }
        Ok(sweep.finish())
    };
    gather(parts, threads, &one)
}

/// Rows by bucket that one thread read, and how many are on no list.
type Share = (Vec<Vec<DrugRow>>, u64);

fn shuffled(input: &Input, lists: &Lists, threads: usize) -> Result<Answers, ScreenError> {
    let (first, last) = match &input.ranges {
        Some(r) => (r.iter().map(|x| x.0).min().unwrap_or(0), r.iter().map(|x| x.1).max().unwrap_or(0)),
        None => {
            let mut ends = (i64::MAX, i64::MIN);
            input.read((0..input.groups()).collect(), lists, |r| {
                ends = (ends.0.min(r.person), ends.1.max(r.person));
                Ok(true)
            })?;
            (ends.0.min(ends.1), ends.1)
        }
    };
    let spread = Spread::new(first, last, input.rows());
    let each = input.rows() as usize / spread.buckets / threads + 64;
    let next = AtomicUsize::new(0);
    let spilled: Vec<Result<Share, ScreenError>> = std::thread::scope(|s| {
        let work: Vec<_> = (0..threads)
            .map(|_| {
                s.spawn(|| {
                    let mut buckets: Vec<Vec<DrugRow>> =
                        (0..spread.buckets).map(|_| Vec::with_capacity(each)).collect();
                    let mut unlisted = 0;
                    loop {
                        let g = next.fetch_add(1, Ordering::Relaxed);
                        if g >= input.groups() {
                            return Ok((buckets, unlisted));
                        }
                        input.read(vec![g], lists, |r| {
                            if r.drug == NONE {
                                unlisted += 1;
                            } else {
                                buckets[spread.of(r.person)].push(*r);
                            }
                            Ok(true)
                        })?;
                    }
                })
            })
            .collect();
        work.into_iter().map(|w| w.join().unwrap_or_else(|_| Err(died(&input.name)))).collect()
    });
    let mut shares = Vec::new();
    let mut unlisted = 0;
    for s in spilled {
        let (b, n) = s?;
        shares.push(b);
        unlisted += n;
    }
    // A part is a fixed run of buckets, so that sums of floats do not depend on the threads.
    let parts = PARTS.min(spread.buckets);
    let one = |p: usize| -> Result<Answers, ScreenError> {
        let mut sweep = Sweep::new(lists);
        let mut rows: Vec<DrugRow> = Vec::new();
        for b in p * spread.buckets / parts..(p + 1) * spread.buckets / parts {
            rows.clear();
            shares.iter().for_each(|s| rows.extend_from_slice(&s[b]));
            sort(&mut rows);
            rows.iter().for_each(|r| sweep.row(r));
        }
        Ok(sweep.finish())
    };
    let mut out = gather(parts, threads, &one)?;
    out.unlisted += unlisted;
    Ok(out)
}

fn died(name: &str) -> ScreenError {
    ScreenError::new(name, "a worker ended", "report this file")
}

/// Runs the parts on threads and adds their answers in order.
fn gather(
    parts: usize,
    threads: usize,
    one: &(dyn Fn(usize) -> Result<Answers, ScreenError> + Sync),
) -> Result<Answers, ScreenError> {
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, Result<Answers, ScreenError>)> = std::thread::scope(|s| {
        let work: Vec<_> = (0..threads.min(parts))
            .map(|_| {
                s.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let p = next.fetch_add(1, Ordering::Relaxed);
                        if p >= parts {
                            return mine;
                        }
                        mine.push((p, one(p)));
                    }
                })
            })
            .collect();
        work.into_iter()
            .flat_map(|w| w.join().unwrap_or_else(|_| vec![(usize::MAX, Err(died("")))]))
            .collect()
    });
    done.sort_by_key(|d| d.0);
    let mut out = Answers::default();
    for (_, a) in done {
        out.merge(&a?);
    }
    Ok(out)
}
