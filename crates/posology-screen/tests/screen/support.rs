//! Small populations and folders.
use posology_screen::generate::{Generate, generate};
use posology_screen::run::{RunOptions, Silent, run};
use posology_screen::{Options, ScreenError, Summary, days};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

pub fn date(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

pub fn population(dir: &Path, persons: u64) -> PathBuf {
    let out = dir.join("omop");
    let until = days::day_of(date("2026-06-30"));
    generate(
        &Generate { persons, seed: 7, until, out: out.clone(), concepts: None },
        posology_corpus::builtin(),
    )
    .unwrap();
    out
}

pub fn options(out: &Path) -> RunOptions {
    RunOptions {
        csv: true,
        rows_per_part: 2_000,
        ..RunOptions::new(Options::at(date("2026-06-30")), out.to_path_buf())
    }
}

pub fn screen(data: &Path, options: &RunOptions) -> Result<Summary, ScreenError> {
    run(&[data.to_path_buf()], posology_corpus::builtin(), options, &AtomicBool::new(false), &Silent)
}

/// Every file under a folder, by relative name.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(at: &Path, root: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for e in std::fs::read_dir(at).unwrap() {
            let p = e.unwrap().path();
            if p.is_dir() {
                walk(&p, root, out);
            } else {
                out.insert(p.strip_prefix(root).unwrap().display().to_string(), std::fs::read(&p).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, dir, &mut out);
    out
}

pub fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    std::fs::create_dir_all(dir).unwrap();
    let p = dir.join(name);
    std::fs::write(&p, text).unwrap();
    p
}
