//! Every input that cannot be used says file, place and remedy; what can be repaired is counted.
use super::support::{date, options, population, screen, write};
use posology_screen::run::RunOptions;
use posology_screen::{Options, Repair, ScreenError};
use std::path::{Path, PathBuf};

const HEADER: &str = "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,quantity,days_supply,drug_source_value\n";
const ROW: &str = "1,0,2026-06-01,2026-06-30,60,30,diazepam 5 MG Oral Tablet\n";

fn csv(text: &str) -> (tempfile::TempDir, Result<posology_screen::Summary, ScreenError>) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("in");
    write(&data, "drug_exposure.csv", text);
    let r = screen(&data, &options(&dir.path().join("out")));
    (dir, r)
}

fn said(e: &ScreenError, parts: &[&str]) {
    let all = format!("{e} / {}", e.remedy);
    for p in parts {
        assert!(all.contains(p), "no \"{p}\" in: {all}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let (_d, r) = csv("person_id,drug_concept_id\n1,5\n");
    said(
        &r.unwrap_err(),
        &["drug_exposure.csv", "column drug_exposure_start_date", "has person_id, drug_concept_id"],
    );
}

#[test]
fn a_wrong_type_is_named_in_parquet_and_counted_in_csv() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("in");
    std::fs::create_dir_all(&data).unwrap();
    let flags: arrow::array::ArrayRef = std::sync::Arc::new(arrow::array::BooleanArray::from(vec![true]));
    let ids: arrow::array::ArrayRef = std::sync::Arc::new(arrow::array::Int64Array::from(vec![1]));
    let b = arrow::array::RecordBatch::try_from_iter([
        ("person_id", ids.clone()),
        ("drug_concept_id", ids),
        ("drug_exposure_start_date", flags),
    ])
    .unwrap();
    let file = std::fs::File::create(data.join("drug_exposure.parquet")).unwrap();
    let mut w = parquet::arrow::ArrowWriter::try_new(file, b.schema(), None).unwrap();
    w.write(&b).unwrap();
    w.close().unwrap();
    let e = screen(&data, &options(&dir.path().join("out"))).unwrap_err();
    said(&e, &["drug_exposure.parquet", "column drug_exposure_start_date", "Boolean", "dates"]);
    let (_d, r) =
        csv(&format!("{HEADER}{ROW}1,0,2026-06-02,2026-06-30,many,30,lorazepam 1 MG Oral Tablet\n"));
    let s = r.unwrap();
    assert_eq!(s.repairs.of(Repair::Unreadable), 1);
    assert_eq!(s.unreadable.get("quantity").map(String::as_str), Some("many"));
}

#[test]
fn a_csv_that_ends_in_the_middle_of_a_row_names_the_line() {
    let (_d, r) = csv(&format!("{HEADER}{ROW}2,0,2026-06"));
    let e = r.unwrap_err();
    said(&e, &["drug_exposure.csv", "cut off"]);
    assert_eq!(e.place.row, Some(3), "{e}");
}

#[test]
fn a_parquet_file_that_is_cut_off_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 300);
    let file = data.join("drug_exposure.parquet");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 500]).unwrap();
    said(&screen(&data, &options(&dir.path().join("a"))).unwrap_err(), &["drug_exposure.parquet", "cut off"]);
    // The end is whole and a page in the middle is not: the row group is named.
    let mut broken = bytes.clone();
    for b in &mut broken[40..bytes.len() / 2] {
        *b = 0xaa;
    }
    std::fs::write(&file, &broken).unwrap();
    let e = screen(&data, &options(&dir.path().join("b"))).unwrap_err();
    said(&e, &["drug_exposure.parquet"]);
    assert_eq!(e.place.row_group, Some(0), "{e}");
}

#[test]
fn unsorted_and_repeated_rows_are_counted_repairs() {
    let mut rows: Vec<String> =
        (1..=40).map(|p| format!("{p},0,2026-06-01,2026-06-30,60,30,diazepam 5 MG Oral Tablet\n")).collect();
    let (a, sorted) = csv(&format!("{HEADER}{}", rows.concat()));
    rows.reverse();
    rows.push(rows[0].clone());
    let (b, reversed) = csv(&format!("{HEADER}{}", rows.concat()));
    let (sorted, reversed) = (sorted.unwrap(), reversed.unwrap());
    assert_eq!(reversed.repairs.of(Repair::OutOfOrder), 39);
    assert_eq!(reversed.repairs.of(Repair::Duplicate), 1);
    assert_eq!(sorted.findings, reversed.findings);
    let findings = |d: &Path| std::fs::read(d.join("out/findings/part-00000.csv")).unwrap();
    assert!(findings(a.path()) == findings(b.path()));
}

#[test]
fn a_row_without_a_person_is_an_error_with_its_row() {
    let (_d, r) = csv(&format!("{HEADER}{ROW},0,2026-06-01,2026-06-30,60,30,diazepam 5 MG Oral Tablet\n"));
    let e = r.unwrap_err();
    said(&e, &["drug_exposure.csv", "column person_id"]);
    assert_eq!(e.place.row, Some(2));
}

#[test]
fn shifted_dates_and_zones_are_read_as_written() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("in");
    write(
        &data,
        "drug_exposure.csv",
        &format!("{HEADER}1,0,2150-06-01T23:30:00-05:00,2150-06-30,60,30,diazepam 5 MG Oral Tablet\n"),
    );
    let o = RunOptions { screen: Options::at(date("2150-06-15")), ..options(&dir.path().join("out")) };
    let s = screen(&data, &o).unwrap();
    assert_eq!((s.persons_taking, s.repairs.of(Repair::Zoned)), (1, 1));
    // At a date of today nobody can know of them: counted, not silently left out.
    let s = screen(&data, &options(&dir.path().join("now"))).unwrap();
    assert_eq!((s.persons_taking, s.repairs.of(Repair::AfterDate)), (0, 1));
    // A date that no record may hold lies in no period, and is said of the person.
    write(&data, "drug_exposure.csv", &format!("{HEADER}1,0,9999-01-01,,60,30,diazepam 5 MG Oral Tablet\n"));
    let s = screen(&data, &options(&dir.path().join("never"))).unwrap();
    assert_eq!(s.repairs.of(Repair::StartImplausible), 1);
    let gaps = std::fs::read_to_string(dir.path().join("never/not_assessed/part-00000.csv")).unwrap();
    assert!(gaps.contains("no start date that can be used"), "{gaps}");
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_an_error_and_the_run_goes_on_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 200);
    let out = dir.path().join("out");
    std::fs::create_dir_all(out.join("findings")).unwrap();
    // Where the part is to be written first, a device that is always full.
    let trap = out.join("findings/.part-00000.parquet.tmp");
    std::os::unix::fs::symlink("/dev/full", &trap).unwrap();
    let e = screen(&data, &options(&out)).unwrap_err();
    said(&e, &["part-00000.parquet", "cannot be written", "make room", "--resume"]);
    assert!(!out.join("parts/part-00000.json").exists());
    let s = screen(&data, &RunOptions { resume: true, ..options(&out) }).unwrap();
    assert_eq!(s.persons, 200);
}

#[test]
fn a_path_that_leads_nowhere_and_a_file_of_no_table() {
    let dir = tempfile::tempdir().unwrap();
    let o = options(&dir.path().join("out"));
    said(&screen(&PathBuf::from("no-such-folder"), &o).unwrap_err(), &["no-such-folder", "exist"]);
    let odd = write(dir.path(), "prescriptions.csv", "a\n");
    said(&screen(&odd, &o).unwrap_err(), &["prescriptions.csv", "drug_exposure"]);
    let empty = dir.path().join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    said(&screen(&empty, &o).unwrap_err(), &["no table", "drug_exposure.parquet"]);
}

#[test]
fn a_bulk_file_that_is_cut_off_names_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("in");
    write(
        &data,
        "Patient.ndjson",
        "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\"Patient\",\"id\":\"b",
    );
    let e = screen(&data, &options(&dir.path().join("out"))).unwrap_err();
    said(&e, &["Patient.ndjson"]);
    assert_eq!(e.place.row, Some(2), "{e}");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let files = [data.join("Patient.ndjson")];
    let e = posology_screen::fhir::Buckets::spread(&files, dir.path(), 10, &stop).unwrap_err();
    assert_eq!(e.place.row, Some(2), "{e}");
}

#[test]
fn a_large_table_out_of_order_is_sorted_or_refused_never_half_read() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("in");
    let rows: String = (1..=3_000)
        .rev()
        .map(|p| format!("{p},0,2026-06-01,2026-06-30,60,30,diazepam 5 MG Oral Tablet\n"))
        .collect();
    write(&data, "drug_exposure.csv", &format!("{HEADER}{rows}"));
    let o = |out: &str, budget| RunOptions { budget, ..options(&dir.path().join(out)) };
    let whole = screen(&data, &o("memory", 1 << 30)).unwrap();
    let can_sort = cfg!(feature = "stage");
    match screen(&data, &o("disk", 1_000)) {
        Ok(s) => {
            assert!(can_sort, "sorted without the means to");
            assert_eq!((s.persons, s.findings), (whole.persons, whole.findings));
        }
        Err(e) => {
            assert!(!can_sort, "{e}");
            said(&e, &["drug_exposure.csv", "sort"]);
        }
    }
}
