use crate::support::{LIST, field, get, post, raw};
use axum::http::StatusCode;
use proptest::prelude::*;

const FHIR: &str = include_str!("../../../../examples/diazepam-67f-draft.json");

fn multipart(list: &str, file: &[u8]) -> Vec<u8> {
    let mut out = format!("--b\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n{list}\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"record.json\"\r\nContent-Type: application/json\r\n\r\n").into_bytes();
    out.extend_from_slice(file);
    out.extend_from_slice(b"\r\n--b--\r\n");
    out
}

const KIND: &str = "multipart/form-data; boundary=b";

#[tokio::test]
async fn a_fhir_file_is_opened_and_travels_in_the_form() {
    let a =
        raw("/enter", KIND, multipart("naloxone 4 mg nasal spray, as needed", FHIR.as_bytes())).await.text();
    assert!(a.contains("Opened: record.json") && a.contains("1 draft orders"), "{a}");
    assert!(a.contains("naloxone 4 mg nasal spray"));
    let record = field(&a, "record").expect("the record");
    let b = post("/review", &[("record", &record), ("record-name", "record.json"), ("as-of", "2026-11-24")])
        .await
        .text();
    assert!(b.contains("Opioid with benzodiazepine or Z-drug: oxycodone and diazepam"));
    let pasted = post("/review", &[("list", FHIR), ("as-of", "2026-11-24")]).await.text();
    assert!(pasted.contains("Opioid with benzodiazepine or Z-drug: oxycodone and diazepam"));
    let forgotten =
        post("/enter", &[("record", &record), ("record-name", "record.json"), ("forget", "record")])
            .await
            .text();
    assert!(!forgotten.contains("Opened:"));
}

#[tokio::test]
async fn a_broken_file_names_the_place_and_loses_nothing() {
    let a =
        raw("/enter", KIND, multipart("diazepam 5 mg tablet, 1 daily", b"{\"resourceType\": \"Bundle\", "))
            .await;
    assert_eq!(a.status, StatusCode::OK);
    let t = a.text();
    assert!(
        t.contains("record.json")
            && t.contains("line 1, column")
            && t.contains("diazepam 5 mg tablet, 1 daily"),
        "{t}"
    );
    let csv = raw("/enter", KIND, multipart("", b"drug,sig\ndiazepam 5 mg tablet,1 three times a day\n"))
        .await
        .text();
    assert!(csv.contains("/drug/diazepam") && csv.contains("15 mg"));
}

#[tokio::test]
async fn what_is_no_form_is_refused_with_a_remedy() {
    let json = raw("/review", "application/json", b"{}".to_vec()).await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let broken = raw("/review", KIND, b"--b\r\nnothing".to_vec()).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.text().contains("cannot be read"));
    let large = raw("/review", "application/x-www-form-urlencoded", vec![b'a'; 17 * 1024 * 1024]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nothing_entered_becomes_markup() {
    let evil =
        "<script>alert(1)</script> 5 mg\n\"><img src=x onerror=alert(1)> daily\norder: </textarea><b>x</b>";
    for path in ["/review", "/enter", "/resolve", "/taper"] {
        let t = post(
            path,
            &[
                ("list", evil),
                ("age", "\"><script>"),
                ("drug", "<b>"),
                ("dose", "'\"><i>"),
                ("change", "stop:<u>"),
            ],
        )
        .await
        .text();
        for mark in ["<script>alert", "<img src=x", "<b>x", "<u>", "\"><script>", "<i>"] {
            assert!(!t.contains(mark), "{path}: {mark}");
        }
    }
    let q = get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E").await.text();
    assert!(!q.contains("<script>alert"));
}

#[tokio::test]
async fn a_line_break_in_a_field_begins_no_line() {
    let t = post("/review", &[("list", LIST), ("conditions", "falls\norder: fentanyl 100 mcg patch")])
        .await
        .text();
    assert!(!t.to_lowercase().contains("href=\"/drug/fentanyl\""));
}

fn block_on<T>(f: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(f)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_form_breaks_the_page(
        path in prop::sample::select(vec!["/review", "/enter", "/resolve", "/curve", "/taper", "/taper/adjust", "/taper/plan.csv"]),
        lines in prop::collection::vec("(diazepam|oxycodone|order: |stop: |patient: |egfr: )?.{0,40}", 0..6),
        age in "\\PC{0,12}", dose in "[0-9a-z %.]{0,20}", change in "(stop|halve|start):\\PC{0,20}", day in "[0-9-]{0,10}",
    ) {
        let list = lines.join("\n");
        let fields = [("list", list.as_str()), ("age", &age), ("dose", &dose), ("drug", "diazepam"), ("change", &change), ("as-of", &day), ("plan", &dose)];
        let a = block_on(post(path, &fields));
        prop_assert!(!a.status.is_server_error(), "{path}: {} {}", a.status, a.text());
    }
}
