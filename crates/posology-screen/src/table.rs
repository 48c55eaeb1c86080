//! Columns of a table by name, in the types that the kernel reads.
use crate::error::ScreenError;
use arrow::array::{
    Array, ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::compute::{SortColumn, SortOptions, cast, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use std::sync::Arc;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers: ids, concepts, counts.
    Whole,
    /// Decimal numbers.
    Number,
    /// Dates; of a time the date as written is taken.
    Date,
    /// Text.
    Text,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name, lower case.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// A table without it cannot be read.
    pub required: bool,
}

/// A table of the model: its name and the columns that are read.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// Name, as the file is called.
    pub name: &'static str,
    /// Columns.
    pub columns: &'static [Column],
    /// Column that orders the rows of one person.
    pub order: Option<&'static str>,
}

impl TableSpec {
    /// Indices of the columns that are read, in a schema.
    ///
    /// # Errors
    /// A required column is missing.
    pub fn projection(&self, schema: &SchemaRef, file: &str) -> Result<Vec<usize>, ScreenError> {
        let mut out = Vec::new();
        for c in self.columns {
            match schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(c.name)) {
                Some(i) => {
                    check_type(c, schema.field(i).data_type(), file)?;
                    out.push(i);
                }
                None if c.required => {
                    let have: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                    return Err(ScreenError::new(
                        file,
                        format!("the table {} has no column {}", self.name, c.name),
                        format!(
                            "name the column {} as OMOP CDM 5.4 does; the file has {}",
                            c.name,
                            have.join(", ")
                        ),
                    )
                    .column(c.name));
                }
                None => {}
            }
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }
}

fn check_type(c: &Column, have: &DataType, file: &str) -> Result<(), ScreenError> {
    let text = matches!(have, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null)
        || matches!(have, DataType::Dictionary(_, v) if matches!(**v, DataType::Utf8 | DataType::LargeUtf8));
    let ok = text
        || match c.kind {
            Kind::Whole => have.is_numeric(),
            Kind::Number => have.is_numeric(),
            Kind::Date => matches!(have, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)),
            Kind::Text => have.is_numeric(),
        };
    if ok {
        return Ok(());
    }
    let want = match c.kind {
        Kind::Whole => "whole numbers",
        Kind::Number => "numbers",
        Kind::Date => "dates",
        Kind::Text => "text",
    };
    Err(ScreenError::new(
        file,
        format!("the column holds {have}, and {want} are needed"),
        format!("write the column as {want}"),
    )
    .column(c.name))
}

/// Values that could not be read as the type of their column; they count as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unreadable {
    /// By column: how many, and the first of them.
    pub columns: Vec<(String, u64, String)>,
    /// Times with a zone, of which the date as written was taken.
    pub zoned: u64,
}

/// Brings a batch into the kernel's types: columns of the spec, in its order; a column that is absent is null.
///
/// # Errors
/// A required column is missing or of a type that cannot hold it.
pub fn canonical(
    spec: &TableSpec,
    batch: &RecordBatch,
    file: &str,
    bad: &mut Unreadable,
) -> Result<RecordBatch, ScreenError> {
    let schema = batch.schema();
    spec.projection(&schema, file)?;
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(spec.columns.len());
    for c in spec.columns {
        let at = schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(c.name));
        let to = data_type(c.kind);
        let array = match at {
            None => arrow::array::new_null_array(&to, batch.num_rows()),
            Some(i) => convert(c, batch.column(i), &to, file, bad)?,
        };
        columns.push(array);
    }
    let fields: Vec<arrow::datatypes::Field> =
        spec.columns.iter().map(|c| arrow::datatypes::Field::new(c.name, data_type(c.kind), true)).collect();
    RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns)
        .map_err(|e| ScreenError::new(file, e.to_string(), "report this table"))
}

/// The Arrow type of a kind.
pub const fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Whole => DataType::Int64,
        Kind::Number => DataType::Float64,
        Kind::Date => DataType::Date32,
        Kind::Text => DataType::Utf8,
    }
}

fn convert(
    c: &Column,
    from: &ArrayRef,
    to: &DataType,
    file: &str,
    bad: &mut Unreadable,
) -> Result<ArrayRef, ScreenError> {
    if from.data_type() == to {
        return Ok(from.clone());
    }
    let fail = |e: arrow::error::ArrowError| {
        ScreenError::new(file, e.to_string(), "write the column in the type that OMOP CDM 5.4 gives it")
            .column(c.name)
    };
    let textual = matches!(
        from.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..)
    );
    let out: ArrayRef = match (c.kind, from.data_type()) {
        (Kind::Date, _) if textual => {
            let text = cast(from, &DataType::Utf8).map_err(fail)?;
            let text = text.as_any().downcast_ref::<StringArray>().ok_or_else(|| lost(file, c))?;
            let days: Date32Array = text.iter().map(|t| t.and_then(crate::days::parse)).collect();
            bad.zoned += text.iter().flatten().filter(|t| t.len() > 19).count() as u64;
            Arc::new(days)
        }
        (Kind::Date, DataType::Timestamp(_, Some(_))) => {
            // The instant is stored; the date is that of the zone named in the file.
            bad.zoned += (from.len() - from.null_count()) as u64;
            let local =
                cast(from, &DataType::Timestamp(TimeUnit::Second, None)).unwrap_or_else(|_| from.clone());
            cast(&local, to).map_err(fail)?
        }
        (Kind::Whole | Kind::Number, _) if textual => {
            let text = cast(from, &DataType::Utf8).map_err(fail)?;
            let text = text.as_any().downcast_ref::<StringArray>().ok_or_else(|| lost(file, c))?;
            if c.kind == Kind::Whole {
                Arc::new(text.iter().map(|t| t.and_then(whole)).collect::<Int64Array>())
            } else {
                Arc::new(text.iter().map(|t| t.and_then(|t| t.trim().parse().ok())).collect::<Float64Array>())
            }
        }
        _ => cast(from, to).map_err(fail)?,
    };
    let before = if textual { blank_or_null(from) } else { from.null_count() };
    let lost = out.null_count().saturating_sub(before);
    if lost > 0 {
        let first = (0..out.len())
            .find(|i| out.is_null(*i) && !from.is_null(*i) && !value(from, *i).trim().is_empty())
            .map(|i| value(from, i))
            .unwrap_or_default();
        match bad.columns.iter_mut().find(|b| b.0 == c.name) {
            Some(b) => b.1 += lost as u64,
            None => bad.columns.push((c.name.to_owned(), lost as u64, first)),
        }
    }
    Ok(out)
}

fn whole(t: &str) -> Option<i64> {
    let t = t.trim();
    t.parse().ok().or_else(|| t.strip_suffix(".0").and_then(|x| x.parse().ok()))
}

fn lost(file: &str, c: &Column) -> ScreenError {
    ScreenError::new(file, "the column cannot be read as text", "write it as text").column(c.name)
}

fn blank_or_null(a: &ArrayRef) -> usize {
    let Ok(text) = cast(a, &DataType::Utf8) else { return a.null_count() };
    text.as_any()
        .downcast_ref::<StringArray>()
        .map_or(a.null_count(), |t| t.iter().filter(|v| v.is_none_or(|v| v.trim().is_empty())).count())
}

fn value(a: &ArrayRef, i: usize) -> String {
    arrow::util::display::array_value_to_string(a, i).unwrap_or_default()
}

/// Joins batches of one table.
///
/// # Errors
/// The batches differ in their columns.
pub fn join(spec: &TableSpec, batches: &[RecordBatch], file: &str) -> Result<RecordBatch, ScreenError> {
    match batches {
        [one] => Ok(one.clone()),
        _ => {
            let fields: Vec<arrow::datatypes::Field> = spec
                .columns
                .iter()
                .map(|c| arrow::datatypes::Field::new(c.name, data_type(c.kind), true))
                .collect();
            let schema = Arc::new(arrow::datatypes::Schema::new(fields));
            concat_batches(&schema, batches).map_err(|e| {
                ScreenError::new(file, e.to_string(), "give files of one table the same columns")
            })
        }
    }
}

/// Sorts the rows of a canonical batch by person and by the order column; returns how many rows stood out of order.
///
/// # Errors
/// A person is missing: a row that belongs to nobody cannot be counted to anybody.
pub fn sorted(spec: &TableSpec, batch: RecordBatch, file: &str) -> Result<(RecordBatch, u64), ScreenError> {
    let person = whole_column(&batch, "person_id");
    if person.null_count() > 0 {
        let row = (0..person.len()).find(|i| person.is_null(*i)).unwrap_or(0);
        return Err(ScreenError::new(
            file,
            format!("{} rows have no person_id", person.null_count()),
            "give every row the person it belongs to, or take these rows out",
        )
        .column("person_id")
        .row(row + 1));
    }
    let order = spec.order.map(|o| date_column(&batch, o));
    let key = |i: usize| {
        (person.value(i), order.map_or(i32::MIN, |o| if o.is_null(i) { i32::MIN } else { o.value(i) }))
    };
    let mut out_of_order = 0u64;
    for i in 1..batch.num_rows() {
        if person.value(i) < person.value(i - 1) {
            out_of_order += 1;
        }
    }
    let in_order = out_of_order == 0 && (1..batch.num_rows()).all(|i| key(i - 1) <= key(i));
    if in_order {
        return Ok((batch, 0));
    }
    let ascending = Some(SortOptions { descending: false, nulls_first: true });
    let mut by =
        vec![SortColumn { values: batch.column(at(&batch, "person_id")).clone(), options: ascending }];
    if let Some(o) = spec.order {
        by.push(SortColumn { values: batch.column(at(&batch, o)).clone(), options: ascending });
    }
    // The row number makes the order of equal rows that of the file.
    let rows: UInt32Array = (0..batch.num_rows() as u32).collect();
    by.push(SortColumn { values: Arc::new(rows), options: ascending });
    let fail = |e: arrow::error::ArrowError| ScreenError::new(file, e.to_string(), "report this table");
    let indices = lexsort_to_indices(&by, None).map_err(fail)?;
    Ok((take_record_batch(&batch, &indices).map_err(fail)?, out_of_order))
}

fn at(batch: &RecordBatch, name: &str) -> usize {
    batch.schema_ref().index_of(name).unwrap_or(0)
}

macro_rules! column {
    ($(#[$m:meta])* $f:ident, $t:ty, $v:ty) => {
        $(#[$m])*
        pub fn $f<'b>(batch: &'b RecordBatch, name: &str) -> &'b $t {
            static EMPTY: std::sync::OnceLock<$t> = std::sync::OnceLock::new();
            batch
                .column_by_name(name)
                .and_then(|c| c.as_any().downcast_ref())
                .unwrap_or_else(|| EMPTY.get_or_init(|| <$t>::from(Vec::<$v>::new())))
        }
    };
}
column!(
    /// A column of whole numbers of a canonical batch.
    whole_column,
    Int64Array,
    i64
);
column!(
    /// A column of numbers of a canonical batch.
    number_column,
    Float64Array,
    f64
);
column!(
    /// A column of dates of a canonical batch.
    date_column,
    Date32Array,
    i32
);
column!(
    /// A column of texts of a canonical batch.
    text_column,
    StringArray,
    &str
);
