//! The shared sample patients, where they are present.
use super::outside::outside;
use super::read;
use posology_interop::fhir::{CaseBuilder, ReadOptions};
use posology_model::Status;
use std::path::PathBuf;

fn files(dir: &str, extension: &str) -> Vec<PathBuf> {
    let Some(dir) = outside(&format!("data/patients/{dir}")) else { return Vec::new() };
    let list = std::fs::read_dir(dir).unwrap();
    let mut out: Vec<_> =
        list.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == extension)).collect();
    out.sort();
    out
}

#[test]
fn synthea_bundles_are_read_without_a_problem_of_their_own() {
    let paths = files("synthea", "json");
    if paths.is_empty() {
        return;
    }
    let mut counts = [0usize; 6];
    for path in &paths {
        let cases = read(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(cases.len(), 1, "{}", path.display());
        let c = &cases[0];
        assert!(c.patient.birth_date.is_some());
        for p in &c.problems {
            assert!(p.path == "Bundle", "{}: {p:?}", path.display());
        }
        for m in &c.medications {
            assert!(m.text.is_some() && m.written.is_some() && m.encounter.is_some(), "{m:?}");
            assert!(matches!(m.status, Status::Active | Status::Stopped));
        }
        for (n, len) in counts.iter_mut().zip([
            c.medications.len(),
            c.conditions.len(),
            c.allergies.len(),
            c.encounters.len(),
            c.procedures.len(),
            c.medications.iter().filter(|m| !m.reasons.is_empty()).count(),
        ]) {
            *n += len;
        }
    }
    assert_eq!(counts[..5], [109, 147, 1, 345, 129]);
    assert_eq!(counts[5], 26, "requests whose reasonReference leads to a Condition of the bundle");
}

#[test]
fn the_bulk_export_joins_over_its_files() {
    let paths = files("bulk", "ndjson");
    if paths.is_empty() {
        return;
    }
    let mut b = CaseBuilder::new(ReadOptions::default());
    for p in &paths {
        b.add(&p.file_name().unwrap().to_string_lossy(), &std::fs::read(p).unwrap()).unwrap();
    }
    let cases = b.finish().unwrap();
    assert_eq!(cases.len(), 13);
    assert_eq!(cases.iter().map(|c| c.medications.len()).sum::<usize>(), 1_745);
    let reasons = cases
        .iter()
        .flat_map(|c| &c.medications)
        .filter(|m| m.reasons.iter().any(|r| !r.codings.is_empty()))
        .count();
    assert!(reasons > 1_600, "{reasons} reasons with codes");
}
