//! The three persons of fixtures/omop, and the same review as of any other record.
use super::outside::outside;
use super::support::{date, files, options, screen};
use posology_interop::fhir::{ReadOptions, read_case};
use posology_knowledge::{ResolveOptions, resolve};
use posology_review::{Settings, review};
use posology_screen::omop::Concepts;
use posology_screen::run::RunOptions;
use posology_screen::{Options, Repair, Screener};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn three_persons_of_csv_tables() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let o = RunOptions { screen: Options::at(date("2026-06-15")), ..options(&out) };
    let sum = screen(&root().join("fixtures/omop"), &o).unwrap();
    assert_eq!((sum.persons, sum.rows, sum.rows_resolved), (3, 10, 8));
    for (repair, n) in [
        (Repair::OverlapCut, 1),
        (Repair::Duplicate, 1),
        (Repair::EndBeforeStart, 2),
        (Repair::EndFromDays, 1),
        (Repair::NoConcept, 2),
        (Repair::UnknownConcept, 1),
        (Repair::NotRecognised, 2),
        (Repair::AfterDate, 0),
    ] {
        assert_eq!(sum.repairs.of(repair), n, "{repair:?}");
    }
    let got = files(&out);
    let findings = String::from_utf8(got["findings/part-00000.csv"].clone()).unwrap();
    let has =
        |person: &str, rule: &str| findings.lines().any(|l| l.starts_with(&format!("{person},{rule},")));
    assert!(has("1", "opioid-with-benzodiazepine"), "{findings}");
    assert!(!has("2", "opioid-with-benzodiazepine"));
    let persons = String::from_utf8(got["persons/part-00000.csv"].clone()).unwrap();
    let line: Vec<&str> = persons.lines().nth(1).unwrap().split(',').collect();
    let header: Vec<&str> = persons.lines().next().unwrap().split(',').collect();
    let cell = |name: &str| line[header.iter().position(|h| *h == name).unwrap()];
    // Ten days of oxycodone from 10 June, counted up to the date.
    assert_eq!(cell("opioid_benzodiazepine_days"), "6");
    assert_eq!(
        (cell("benzodiazepine_longest_start"), cell("benzodiazepine_longest_end")),
        ("2026-03-01", "2026-06-15")
    );
    // Two tablets of 5 mg a day, and the same by every source: diazepam is its own reference.
    assert_eq!(cell("diazepam_equivalents_peak_mg"), "10.0");
    // Four tablets of 5 mg a day at the factor of oxycodone, 1.5.
    assert_eq!(cell("mme_peak"), "30.0");
    let gaps = String::from_utf8(got["not_assessed/part-00000.csv"].clone()).unwrap();
    assert!(gaps.lines().any(|l| l.starts_with("2,house compound mixture")), "{gaps}");
    assert!(gaps.lines().any(|l| l.starts_with("3,") && l.contains("2000000099")), "{gaps}");
    assert!(got["report.html"].starts_with(b"<!doctype html>"));
}

#[test]
fn cases_of_fhir_get_the_very_same_review() {
    let mut files = 0;
    let kb = posology_corpus::builtin();
    let day = date("2026-11-24");
    let screener = Screener::new(kb, Concepts::default(), Options::at(day));
    let mut folders = vec![root().join("fixtures"), root().join("examples")];
    while let Some(folder) = folders.pop() {
        let mut inside: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        inside.sort();
        for f in inside {
            if f.is_dir() {
                folders.push(f);
                continue;
            }
            if f.extension().is_none_or(|x| x != "json" && x != "ndjson") {
                continue;
            }
            let bytes = std::fs::read(&f).unwrap();
            let Ok(cases) = read_case(&bytes, &ReadOptions::default()) else { continue };
            files += 1;
            let out = screener.screen_cases(&cases);
            let mut want = 0;
            for c in &cases {
                want +=
                    review(&resolve(c, kb, ResolveOptions::default()), kb, &Settings::at(day)).findings.len();
            }
            assert_eq!(out.findings.num_rows(), want, "{}", f.display());
            assert_eq!(out.persons.num_rows(), cases.len());
        }
    }
    assert!(files >= 3, "{files} files of FHIR");
}

#[test]
fn a_bulk_export_in_buckets_is_the_export_in_one() {
    let Some(export) = outside("data/patients/bulk") else { return };
    let kb = posology_corpus::builtin();
    // The log beside the export is passed over.
    let found = posology_screen::run::find(&[export]).unwrap();
    assert_eq!((found.ndjson.len(), found.passed_over.len()), (5, 1));
    let paths = found.ndjson;
    let stop = std::sync::atomic::AtomicBool::new(false);
    let dir = tempfile::tempdir().unwrap();
    let screener = Screener::new(kb, Concepts::default(), Options::at(date("2026-11-24")));
    let mut totals = Vec::new();
    for bytes in [u64::MAX, 200_000] {
        let buckets = posology_screen::fhir::Buckets::spread(&paths, dir.path(), bytes, &stop).unwrap();
        let (mut persons, mut rows, mut findings) = (0, 0, 0);
        for b in 0..buckets.len() {
            let s = screener.screen_cases(&buckets.read(b).unwrap()).summary;
            persons += s.persons;
            rows += s.rows;
            findings += s.findings;
        }
        totals.push((persons, rows, findings));
        assert!(bytes == u64::MAX || buckets.len() > 1);
    }
    assert_eq!(totals[0], totals[1]);
    assert_eq!(totals[0].0, 13);
}
