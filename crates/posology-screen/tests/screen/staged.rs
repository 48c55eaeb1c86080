//! Tables in a bucket, or larger than memory and out of order: the answer is that of the same tables on the disk, in order.
use super::support::{files, options, population, screen};
use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use posology_screen::run::RunOptions;
use posology_screen::stage::fetch_from;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Lines of a CSV file of an answer.
fn lines(out: &Path, name: &str) -> BTreeSet<String> {
    let all = files(out);
    let text: Vec<u8> = all
        .iter()
        .filter(|(k, _)| k.starts_with(name) && k.ends_with(".csv"))
        .flat_map(|(_, v)| v.clone())
        .collect();
    String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
}

fn bucket(data: &Path) -> Arc<dyn ObjectStore> {
    let store = InMemory::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for f in std::fs::read_dir(data).unwrap() {
        let path = f.unwrap().path();
        let key = Key::from(format!("export/omop/{}", path.file_name().unwrap().to_str().unwrap()));
        let bytes = std::fs::read(&path).unwrap();
        runtime.block_on(store.put(&key, bytes.into())).unwrap();
    }
    Arc::new(store)
}

#[test]
fn a_bucket_gives_the_findings_of_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 400);
    let (here, there) = (dir.path().join("here"), dir.path().join("there"));
    let one = screen(&data, &options(&here)).unwrap();
    let work = dir.path().join("work");
    let fetched = fetch_from(bucket(&data), "s3://hospital/export/omop", &work, 1 << 28, 2).unwrap();
    let two = screen(&fetched, &options(&there)).unwrap();
    assert!(one.findings > 40, "{} findings", one.findings);
    assert_eq!((one.persons, one.rows, one.findings), (two.persons, two.rows, two.findings));
    assert_eq!(lines(&here, "findings/"), lines(&there, "findings/"));
    assert_eq!(lines(&here, "persons/"), lines(&there, "persons/"));
}

#[test]
fn an_address_without_tables_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let e =
        fetch_from(Arc::new(InMemory::new()), "s3://hospital/nothing", dir.path(), 1 << 28, 1).unwrap_err();
    assert!(e.to_string().contains("s3://hospital/nothing") && e.to_string().contains("no table"), "{e}");
    assert!(e.remedy.contains("AWS_REGION"), "{}", e.remedy);
}

/// Writes the drug exposures again in an order of no meaning.
fn shuffle(file: &Path) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    let all = concat_batches(&schema, &batches).unwrap();
    let n = all.num_rows() as u64;
    // A step that shares no factor with the number of rows visits each once.
    let step = (n / 3..).find(|s| gcd(*s, n) == 1).unwrap();
    let order: UInt32Array = (0..n).map(|i| u32::try_from(i * step % n).unwrap()).collect();
    let mixed = take_record_batch(&all, &(Arc::new(order) as ArrayRef)).unwrap();
    let mut w = ArrowWriter::try_new(File::create(file).unwrap(), schema, None).unwrap();
    w.write(&mixed).unwrap();
    w.close().unwrap();
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn rows_out_of_order_are_sorted_on_the_disk_to_the_same_answer() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 3_000);
    let (here, there) = (dir.path().join("here"), dir.path().join("there"));
    let one = screen(&data, &options(&here)).unwrap();
    shuffle(&data.join("drug_exposure.parquet"));
    let two = screen(&data, &RunOptions { budget: 1_000, ..options(&there) }).unwrap();
    assert_eq!((one.persons, one.rows, one.findings), (two.persons, two.rows, two.findings));
    assert_eq!(lines(&here, "findings/"), lines(&there, "findings/"));
}
