//! Tables larger than memory, out of order, or on S3: DataFusion sorts them by person, spills what does not fit, and writes Parquet
//! that the kernel reads by ranges.
use crate::error::ScreenError;
use crate::omop::{BY_PERSON, CONCEPT};
use crate::run::properties;
use crate::table::TableSpec;
use arrow::datatypes::DataType;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::try_cast;
use datafusion::prelude::{
    CsvReadOptions, DataFrame, ParquetReadOptions, SessionConfig, SessionContext, ident,
};
use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows a row group of a sorted table.
const GROUP: usize = 1 << 17;
/// Least memory that a sort is given, bytes.
const LEAST: u64 = 64 << 20;

fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, ScreenError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.clamp(1, 64))
        .enable_all()
        .build()
        .map_err(|e| ScreenError::new("", format!("no threads can be started ({e})"), "allow more threads"))
}

fn session(work: &Path, budget: u64, threads: usize) -> Result<SessionContext, ScreenError> {
    let spill = work.join("spill");
    std::fs::create_dir_all(&spill).map_err(|e| crate::run::failed(&spill, &e))?;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(budget.max(LEAST) as usize)))
        .with_disk_manager_builder(
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill.clone()])),
        )
        .build_arc()
        .map_err(|e| crate::run::failed(&spill, &e))?;
    let mut config = SessionConfig::new().with_target_partitions(threads.clamp(1, 64)).with_batch_size(8192);
    // Room for the merge of what was spilled, small enough for a small budget.
    config.options_mut().execution.sort_spill_reservation_bytes = (budget.max(LEAST) / 16) as usize;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

async fn frame(ctx: &SessionContext, files: &[String]) -> datafusion::error::Result<DataFrame> {
    let first = files.first().map(String::as_str).unwrap_or_default();
    if first.to_ascii_lowercase().ends_with(".csv") {
        // Every column as text, as the kernel reads CSV; the separator is a tab in vocabularies.
        let options =
            CsvReadOptions::new().has_header(true).schema_infer_max_records(0).file_extension(".csv");
        return ctx.read_csv(files.to_vec(), options).await;
    }
    ctx.read_parquet(files.to_vec(), ParquetReadOptions::default()).await
}

/// Sorts the columns that are read of a table by person, then by all of them, so that the result is the same whatever the threads.
async fn sort_frame(spec: &TableSpec, df: DataFrame, out: &Path, by_person: bool) -> Result<(), ScreenError> {
    let fail = |e: &dyn std::fmt::Display| {
        ScreenError::new(
            spec.name,
            format!("the table cannot be sorted ({e})"),
            "check the file that the message names; make room on the disk, or give more --memory",
        )
    };
    let schema = Arc::new(df.schema().as_arrow().clone());
    let columns = spec.projection(&schema, spec.name)?;
    let mut chosen = Vec::new();
    let mut keys = Vec::new();
    for i in columns {
        let name = schema.field(i).name();
        let lower = name.to_ascii_lowercase();
        if lower == "person_id" {
            keys.insert(0, try_cast(ident(&lower), DataType::Int64).sort(true, true));
        } else {
            keys.push(ident(&lower).sort(true, true));
        }
        chosen.push(ident(name).alias(&lower));
    }
    let mut df = df.select(chosen).map_err(|e| fail(&e))?;
    if by_person {
        // Whole numbers, so that the statistics of row groups are those of numbers.
        let cast = try_cast(ident("person_id"), DataType::Int64);
        df = df.with_column("person_id", cast).map_err(|e| fail(&e))?.sort(keys).map_err(|e| fail(&e))?;
    }
    let mut rows = df.execute_stream().await.map_err(|e| fail(&e))?;
    let tmp = out.with_extension("tmp");
    let file =
        BufWriter::with_capacity(1 << 18, File::create(&tmp).map_err(|e| crate::run::failed(&tmp, &e))?);
    let shape = rows.schema();
    let props = properties().into_builder().set_max_row_group_row_count(Some(GROUP)).build();
    let mut writer =
        ArrowWriter::try_new(file, shape, Some(props)).map_err(|e| crate::run::failed(&tmp, &e))?;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|e| fail(&e))?;
        writer.write(&batch).map_err(|e| crate::run::failed(&tmp, &e))?;
    }
    writer.close().map_err(|e| crate::run::failed(&tmp, &e))?;
    std::fs::rename(&tmp, out).map_err(|e| crate::run::failed(out, &e))
}

/// Sorts local files of a table into one Parquet file in the folder `work`.
///
/// # Errors
/// A file cannot be read, or the disk is full.
pub fn sort(
    spec: &TableSpec,
    files: &[PathBuf],
    work: &Path,
    budget: u64,
    threads: usize,
) -> Result<PathBuf, ScreenError> {
    std::fs::create_dir_all(work).map_err(|e| crate::run::failed(work, &e))?;
    let out = work.join(format!("{}.sorted.parquet", spec.name));
    let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    runtime(threads)?.block_on(async {
        let ctx = session(work, budget, threads)?;
        let df = frame(&ctx, &names).await.map_err(|e| {
            ScreenError::new(names.first().cloned().unwrap_or_default(), e.to_string(), "check the file")
        })?;
        sort_frame(spec, df, &out, true).await
    })?;
    Ok(out)
}

/// Brings tables and bulk files from an address `s3://bucket/prefix` into the folder `work`, tables sorted by person. Credentials, region and
/// endpoint come from the environment, as the AWS tools read them.
///
/// # Errors
/// The address cannot be listed or read, or holds no table.
pub fn fetch(address: &str, work: &Path, budget: u64, threads: usize) -> Result<PathBuf, ScreenError> {
    let bucket = place(address).0;
    if bucket.is_empty() {
        return Err(unreachable(address, &"the address names no bucket"));
    }
    let store =
        AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|e| unreachable(address, &e))?;
    fetch_from(Arc::new(store), address, work, budget, threads)
}

fn unreachable(address: &str, e: &dyn std::fmt::Display) -> ScreenError {
    ScreenError::new(
        address,
        e.to_string(),
        "check the address and the AWS_* variables (AWS_REGION, AWS_ACCESS_KEY_ID, AWS_ENDPOINT, ...)",
    )
}

/// Bucket and prefix of an address.
fn place(address: &str) -> (&str, &str) {
    let rest = address.strip_prefix("s3://").unwrap_or_default();
    rest.split_once('/').unwrap_or((rest, ""))
}

/// As [`fetch`], from a store that is opened already.
///
/// # Errors
/// The store cannot be listed or read, or holds no table under the address.
pub fn fetch_from(
    store: Arc<dyn ObjectStore>,
    address: &str,
    work: &Path,
    budget: u64,
    threads: usize,
) -> Result<PathBuf, ScreenError> {
    let fail = |e: &dyn std::fmt::Display| unreachable(address, e);
    let (bucket, prefix) = place(address);
    let local = work.join("fetched");
    std::fs::create_dir_all(&local).map_err(|e| crate::run::failed(&local, &e))?;
    runtime(threads)?.block_on(async {
        let ctx = session(work, budget, threads)?;
        let url = ObjectStoreUrl::parse(format!("s3://{bucket}")).map_err(|e| fail(&e))?;
        ctx.register_object_store(url.as_ref(), store.clone());
        let key = Key::from(prefix);
        let objects: Vec<_> = store.list(Some(&key)).try_collect().await.map_err(|e| fail(&e))?;
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut found = false;
        for o in objects {
            let path = PathBuf::from(o.location.to_string());
            let ext = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
            if ext == "ndjson" {
                found = true;
                let to = local.join(path.file_name().unwrap_or_default());
                let mut bytes = store.get(&o.location).await.map_err(|e| fail(&e))?.into_stream();
                let mut file = BufWriter::new(File::create(&to).map_err(|e| crate::run::failed(&to, &e))?);
                while let Some(b) = bytes.next().await {
                    file.write_all(&b.map_err(|e| fail(&e))?).map_err(|e| crate::run::failed(&to, &e))?;
                }
                file.flush().map_err(|e| crate::run::failed(&to, &e))?;
            } else if let Some(t) =
                crate::run::table_of(&path).or_else(|| crate::run::table_of(path.parent()?))
                && (ext == "parquet" || ext == "csv")
            {
                tables.entry(t).or_default().push(format!("s3://{bucket}/{}", o.location));
            }
        }
        for (table, mut files) in tables {
            found = true;
            files.sort();
            let df = frame(&ctx, &files).await.map_err(|e| fail(&e))?;
            let out = local.join(format!("{table}.parquet"));
            match BY_PERSON.iter().find(|s| s.name == table) {
                Some(spec) => sort_frame(spec, df, &out, true).await?,
                None => sort_frame(&CONCEPT, df, &out, false).await?,
            }
        }
        if found { Ok(()) } else { Err(fail(&"there is no table and no .ndjson under this address")) }
    })?;
    Ok(local)
}
