#![allow(clippy::unwrap_used)]
//! Tables.
use posology_interop::list::{Locale, TableError, read_csv};
use posology_model::{CodeSystem, Frequency, Status};

#[test]
fn rows_become_cases_by_patient() {
    let text = "Patient ID,Medication Name,RxCUI,Dose,Start Date,Stop Date,Days Supply,Qty,Status,Reason\n\
        p1,diazepam 5 mg tablet,197591,1 tablet three times a day,2025-11-01,,30,90,active,anxiety\n\
        p2,\"lorazepam 1 mg tablet, oral\",,\"1 bd, prn\",01/13/2025,2025-02-01,,,stopped,\n\
        p1,oxycodone 10 mg,,every 6 hours,2025-08-14,,,,,back pain\n";
    let cases = read_csv(text, Locale::Unstated).unwrap();
    assert_eq!(cases.len(), 2);
    assert!(cases.iter().all(|c| c.problems.is_empty()), "{cases:?}");
    let m = &cases[0].medications;
    assert_eq!(m.len(), 2);
    assert_eq!((m[0].path.as_str(), m[0].days_supply, m[0].quantity), ("line 2", Some(30.0), Some(90.0)));
    assert_eq!((m[0].codings[0].system, m[0].codings[0].code.as_str()), (CodeSystem::RxNorm, "197591"));
    assert_eq!(m[0].dosing[0].frequency, Some(Frequency::per_day(3.0)));
    assert_eq!(m[0].reasons[0].text.as_deref(), Some("anxiety"));
    assert_eq!(m[1].dosing[0].amounts[0].high, 10.0);
    let p2 = &cases[1].medications[0];
    assert_eq!((p2.status, p2.start), (Status::Stopped, Some("2025-01-13".parse().unwrap())));
    assert!(p2.dosing[0].as_needed);
}

#[test]
fn semicolons_and_tabs_separate_too() {
    for sep in [";", "\t"] {
        let text = ["drug", "sig", "start"].join(sep)
            + "\r\n"
            + &["diazepam 2,5 mg tablet", "1 nocte", "03.04.2025"].join(sep)
            + "\r\n";
        let cases = read_csv(&text, Locale::Unstated).unwrap();
        let m = &cases[0].medications[0];
        assert_eq!(m.text.as_deref(), Some("diazepam 2,5 mg tablet"));
        assert_eq!(m.start, Some("2025-04-03".parse().unwrap()));
    }
}

#[test]
fn a_missing_column_is_named_with_the_accepted_headers() {
    let e = read_csv("patient_id,when\np1,2025\n", Locale::Unstated).unwrap_err();
    let said = e.to_string();
    assert!(
        said.contains("medication_name") && said.contains("rxcui") && said.contains("patient_id, when"),
        "{said}"
    );
    assert_eq!(read_csv("", Locale::Unstated), Err(TableError::Empty));
    assert!(matches!(
        read_csv("drug,medication\na,b\n", Locale::Unstated),
        Err(TableError::TwoColumns { .. })
    ));
}

#[test]
fn odd_rows_are_problems_with_their_line() {
    let text = "drug,sig,start,days_supply,status,code\n\
        diazepam 5 mg,1 tds,03/04/2025,-5,perhaps,123\n\
        ,,,,,\n\
        ,1 tds,,,,\n\
        too,many,fields,in,this,row,here\n";
    let case = &read_csv(text, Locale::Unstated).unwrap()[0];
    let at = |line: &str| case.problems.iter().filter(|p| p.path == line).count();
    assert_eq!((at("line 2"), at("line 4"), at("line 5")), (4, 1, 1), "{:?}", case.problems);
    assert_eq!(case.medications.len(), 1);
    assert_eq!(case.medications[0].status, Status::Unknown);
}
