#![allow(clippy::unwrap_used)]
//! JSON to `Case`, in bytes a second, on the sample patients. Without them it says so and measures the fixtures only.
use divan::Bencher;
use divan::counter::BytesCount;
use posology_interop::fhir::{CaseBuilder, ReadOptions, read_case};
use std::path::{Path, PathBuf};

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(dir: PathBuf, extension: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(list) = std::fs::read_dir(&dir) else {
        println!("skipped: {} is not here", dir.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = list.flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == extension) && !p.ends_with("log.ndjson"))
        .filter_map(|p| Some((p.file_name()?.to_string_lossy().into_owned(), std::fs::read(&p).ok()?)))
        .collect()
}

fn read_all(bencher: Bencher<'_, '_>, files: &[(String, Vec<u8>)]) {
    let bytes: usize = files.iter().map(|(_, b)| b.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for (_, bytes) in files {
            divan::black_box(read_case(divan::black_box(bytes), &ReadOptions::default()).is_ok());
        }
    });
}

/// The 24 Synthea bundles, one after the other.
#[divan::bench]
fn synthea_bundles(bencher: Bencher<'_, '_>) {
    read_all(bencher, &files(root().join("../shared/data/patients/synthea"), "json"));
}

/// The bulk export, joined over its files.
#[divan::bench]
fn bulk_ndjson(bencher: Bencher<'_, '_>) {
    let files = files(root().join("../shared/data/patients/bulk"), "ndjson");
    let bytes: usize = files.iter().map(|(_, b)| b.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut builder = CaseBuilder::new(ReadOptions::default());
        for (name, bytes) in &files {
            divan::black_box(builder.add(name, divan::black_box(bytes)).is_ok());
        }
        divan::black_box(builder.finish().map(|c| c.len()))
    });
}

/// The project's own small bundles.
#[divan::bench]
fn fixtures(bencher: Bencher<'_, '_>) {
    read_all(bencher, &files(root().join("fixtures/fhir"), "json"));
}
