//! Measures: generates a population, screens it at one date, and says how long each took. Docs: `docs/screen.md`.
//!
//! ```text
//! cargo run --release -p posology-screen --example load -- 1000000 2 /tmp/load
//! cargo run --release -p posology-screen --example load -- lists drug_exposure.parquet drugs.csv pairs.csv 2
//! cargo run --release -p posology-screen --example load -- fhir export.ndjson
//! cargo run --release -p posology-screen --example load -- curve curve.svg 10000:1.2 1000000:45.7
//! ```
#![allow(clippy::disallowed_methods)] // A measurement reads the clock and the command line.
mod curve;

use posology_screen::generate::{Generate, generate};
use posology_screen::lists::{Input, Lists, screen_lists};
use posology_screen::run::{RunOptions, Silent, run};
use posology_screen::{Options, days};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["lists", file, drugs, pairs, threads] => lists(file, drugs, pairs, threads.parse()?),
        ["fhir", file] => fhir(file),
        ["curve", file, ..] => Ok(std::fs::write(file, curve::svg(&args[2..])?)?),
        [persons, threads, dir] => population(persons.parse()?, threads.parse()?, Path::new(dir)),
        _ => Err("see the top of this file for its arguments".into()),
    }
}

fn lists(file: &str, drugs: &str, pairs: &str, threads: usize) -> Result<(), Box<dyn Error>> {
    let lists = Lists::from_csv(&std::fs::read_to_string(drugs)?, &std::fs::read_to_string(pairs)?)?;
    let t = Instant::now();
    let a = screen_lists(&Input::open(Path::new(file))?, &lists, threads)?;
    println!("{:.3} s on {threads} threads, peak {} MiB: {a:?}", t.elapsed().as_secs_f64(), peak());
    Ok(())
}

fn fhir(file: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let t = Instant::now();
    let cases = posology_interop::fhir::read_case(&bytes, &posology_interop::fhir::ReadOptions::default())
        .map_err(|e| e.to_string())?;
    let s = t.elapsed().as_secs_f64();
    let mb = bytes.len() as f64 / 1e6;
    println!("{} cases from {mb:.0} MB in {s:.2} s: {:.0} MB/s on one thread", cases.len(), mb / s);
    Ok(())
}

fn population(persons: u64, threads: usize, dir: &Path) -> Result<(), Box<dyn Error>> {
    let kb = posology_corpus::builtin();
    let date = jiff::civil::date(2026, 6, 30);
    let data = dir.join(format!("omop-{persons}"));
    if !data.join("concept.parquet").exists() {
        let t = Instant::now();
        let w = generate(
            &Generate { persons, seed: 1, until: days::day_of(date), out: data.clone(), concepts: None },
            kb,
        )?;
        println!("generated {w:?} in {:.1} s", t.elapsed().as_secs_f64());
    }
    let out = dir.join(format!("out-{persons}-{threads}"));
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let mut options = RunOptions::new(Options::at(date), out);
    options.threads = threads;
    let t = Instant::now();
    let s = run(&[PathBuf::from(&data)], kb, &options, &AtomicBool::new(false), &Silent)?;
    let secs = t.elapsed().as_secs_f64();
    println!(
        "{persons} persons, {} rows ({:.2} % resolved), {} reviews, {} findings, {threads} threads: {secs:.1} s, {:.0} persons/s, peak {} MiB",
        s.rows,
        100.0 * s.rows_resolved as f64 / s.rows.max(1) as f64,
        s.reviews,
        s.findings,
        persons as f64 / secs,
        peak()
    );
    Ok(())
}

/// Highest resident memory, MiB, where the system says it.
fn peak() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|t| {
            t.lines().find(|l| l.starts_with("VmHWM"))?.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kb| kb / 1024)
}
