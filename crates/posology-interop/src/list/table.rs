//! Tables: one medication a row, a header in the first line.
use super::dates::{Edge, Locale, date};
use super::{drug, short};
use posology_model::{
    Case, CodeSystem, Coding, Date, EntryKind, InputProblem, MedicationEntry, ProblemKind, Reason, Sex,
    Status,
};
use std::collections::HashMap;
use std::fmt;

/// A column, and the headers that name it (compared without case, blanks and signs).
const COLUMNS: &[(Col, &[&str])] = &[
    (Col::Patient, &["patient_id", "patient", "person_id", "subject", "subject_id", "mrn"]),
    (
        Col::Drug,
        &["drug", "medication", "drug_name", "medication_name", "medicine", "name", "product", "description"],
    ),
    (Col::Code, &["code", "drug_code", "medication_code", "rxcui", "rxnorm", "ndc", "atc", "dmd", "snomed"]),
    (Col::System, &["system", "code_system", "coding_system", "vocabulary"]),
    (Col::Sig, &["sig", "dose", "dosage", "instructions", "directions", "dosage_text", "dosing"]),
    (Col::Start, &["start", "start_date", "started", "since", "from"]),
    (Col::End, &["end", "end_date", "stop", "stop_date", "stopped", "until"]),
    (
        Col::Written,
        &[
            "written",
            "date",
            "date_written",
            "authored_on",
            "prescribed_on",
            "fill_date",
            "filled",
            "last_filled",
        ],
    ),
    (Col::DaysSupply, &["days_supply", "day_supply", "days_supplied", "supply_days"]),
    (Col::Quantity, &["quantity", "qty", "amount_dispensed", "quantity_dispensed"]),
    (Col::Refills, &["refills", "repeats"]),
    (Col::Prescriber, &["prescriber", "prescriber_id", "provider", "provider_id"]),
    (Col::Dispenser, &["dispenser", "pharmacy", "pharmacy_id"]),
    (Col::Status, &["status", "state"]),
    (Col::Reason, &["reason", "indication", "reason_text", "diagnosis"]),
    (Col::Kind, &["kind", "record_type", "type"]),
    (Col::Sex, &["sex", "gender"]),
    (Col::Birth, &["birth_date", "birthdate", "date_of_birth", "dob"]),
    (Col::Age, &["age", "age_years"]),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Col {
    Patient,
    Drug,
    Code,
    System,
    Sig,
    Start,
    End,
    Written,
    DaysSupply,
    Quantity,
    Refills,
    Prescriber,
    Dispenser,
    Status,
    Reason,
    Kind,
    Sex,
    Birth,
    Age,
}

/// Why a table cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableError {
    /// There is no header line.
    Empty,
    /// No column names the drug.
    NoDrugColumn {
        /// The headers that were found.
        found: Vec<String>,
    },
    /// Two columns mean the same.
    TwoColumns {
        /// The headers.
        headers: (String, String),
    },
    /// The bytes are no table.
    Unreadable {
        /// What the reader says.
        message: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(
                f,
                "the table is empty: its first line must name the columns, at least `drug` or `code`"
            ),
            Self::NoDrugColumn { found } => write!(
                f,
                "no column names the drug: a column `drug` ({}) or `code` ({}) is missing; the columns found are {}",
                names(Col::Drug),
                names(Col::Code),
                if found.is_empty() { "none".to_owned() } else { found.join(", ") }
            ),
            Self::TwoColumns { headers: (a, b) } => {
                write!(f, "the columns `{a}` and `{b}` mean the same: remove or rename one of them")
            }
            Self::Unreadable { message } => write!(f, "the table cannot be read: {message}"),
        }
    }
}

impl std::error::Error for TableError {}

fn names(col: Col) -> String {
    COLUMNS.iter().filter(|c| c.0 == col).flat_map(|c| c.1).copied().collect::<Vec<_>>().join(", ")
}

fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

struct Header {
    at: Vec<(Col, usize)>,
    /// The code system that the header of the code column names.
    system: Option<CodeSystem>,
}

/// Reads a table, one medication a row, into one case a patient, in the order of their first row. Without a patient column all rows are
/// one patient's. Columns may be separated by commas, semicolons or tabs.
///
/// # Errors
/// [`TableError`] where there is no header, no column for the drug, or a column twice. A row that cannot be read is a problem of its case.
pub fn read_csv(text: &str, locale: Locale) -> Result<Vec<Case>, TableError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or("");
    let count = |c: char| first.matches(c).count();
    let delimiter = if count('\t') > 0 && count('\t') >= count(',') {
        b'\t'
    } else if count(';') > count(',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable = |e: &csv::Error| TableError::Unreadable { message: e.to_string() };
    let header = header(reader.headers().map_err(|e| unreadable(&e))?)?;
    let width = reader.headers().map_err(|e| unreadable(&e))?.len();
    let mut cases: Vec<Case> = Vec::new();
    let mut by_patient: HashMap<String, usize> = HashMap::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| unreadable(&e))? {
        let line = record.position().map_or(0, csv::Position::line);
        let path = format!("line {line}");
        if record.iter().all(str::is_empty) {
            continue;
        }
        let get =
            |col: Col| header.at.iter().find(|c| c.0 == col).and_then(|c| record.get(c.1)).unwrap_or("");
        let patient = get(Col::Patient);
        let at = *by_patient.entry(patient.to_owned()).or_insert_with(|| {
            let mut case = Case::default();
            case.patient.id = (!patient.is_empty()).then(|| patient.to_owned());
            cases.push(case);
            cases.len() - 1
        });
        let Some(case) = cases.get_mut(at) else { continue };
        if record.len() != width {
            let message = format!("the row has {} fields, the header {width}: it was not read", record.len());
            problem(case, ProblemKind::InvalidValue, &path, message, "quote fields that hold the separator");
            continue;
        }
        row(case, &get, &header, locale, &path);
    }
    Ok(cases)
}

fn header(record: &csv::StringRecord) -> Result<Header, TableError> {
    if record.iter().all(str::is_empty) {
        return Err(TableError::Empty);
    }
    let mut out = Header { at: Vec::new(), system: None };
    for (i, h) in record.iter().enumerate() {
        let p = plain(h);
        let Some((col, _)) = COLUMNS.iter().find(|c| c.1.iter().any(|n| plain(n) == p)) else { continue };
        if let Some((_, old)) = out.at.iter().find(|c| c.0 == *col) {
            let headers = (record.get(*old).unwrap_or("").to_owned(), h.to_owned());
            return Err(TableError::TwoColumns { headers });
        }
        if *col == Col::Code {
            out.system = system(&p);
        }
        out.at.push((*col, i));
    }
    if !out.at.iter().any(|c| matches!(c.0, Col::Drug | Col::Code)) {
        return Err(TableError::NoDrugColumn { found: record.iter().map(str::to_owned).collect() });
    }
    Ok(out)
}

fn problem(case: &mut Case, kind: ProblemKind, path: &str, message: String, remedy: &str) {
    case.problems.push(InputProblem { kind, path: path.to_owned(), message, remedy: remedy.to_owned() });
}

fn system(name: &str) -> Option<CodeSystem> {
    Some(match plain(name).as_str() {
        "rxnorm" | "rxcui" => CodeSystem::RxNorm,
        "ndc" => CodeSystem::Ndc,
        "atc" => CodeSystem::Atc,
        "snomed" | "snomedct" | "sct" => CodeSystem::Snomed,
        "dmd" => CodeSystem::Dmd,
        "unii" => CodeSystem::Unii,
        _ => match CodeSystem::from_uri(name) {
            CodeSystem::Other => return None,
            known => known,
        },
    })
}

fn row<'a>(case: &mut Case, get: &impl Fn(Col) -> &'a str, header: &Header, locale: Locale, path: &str) {
    patient(case, get, locale, path);
    let (name, code) = (get(Col::Drug), get(Col::Code));
    let mut problems = Vec::new();
    let read = drug::read_columns(name, get(Col::Sig), path, &mut problems);
    let mut m = match read {
        Some(m) => m,
        None if !code.is_empty() => {
            // The code names the drug; the instruction is read by itself.
            let stand_in = drug::read_columns("x", get(Col::Sig), path, &mut problems).unwrap_or_default();
            MedicationEntry { text: None, path: path.to_owned(), ..stand_in }
        }
        None => {
            let message = if name.is_empty() {
                "the row names no drug".into()
            } else {
                format!("\"{}\" names no drug", short(name))
            };
            return problem(
                case,
                ProblemKind::NotUnderstood,
                path,
                message,
                "fill the column `drug` or `code`",
            );
        }
    };
    case.problems.append(&mut problems);
    m.kind = EntryKind::Listed;
    if !code.is_empty() {
        let named = get(Col::System);
        match system(named).or(header.system) {
            Some(system) => m.codings.push(Coding { system, code: code.to_owned(), display: None }),
            None => {
                let message = format!(
                    "the code \"{}\" has no code system that is known (\"{}\")",
                    short(code),
                    short(named)
                );
                let remedy = "name it in the column `system`: rxnorm, ndc, atc, snomed, dmd, unii";
                problem(case, ProblemKind::InvalidValue, path, message, remedy);
            }
        }
    }
    m.start = day(case, get(Col::Start), locale, Edge::First, path).or(m.start);
    m.end = day(case, get(Col::End), locale, Edge::Last, path).or(m.end);
    m.written = day(case, get(Col::Written), locale, Edge::First, path);
    m.days_supply = number(case, get(Col::DaysSupply), "days of supply", path);
    m.quantity = number(case, get(Col::Quantity), "quantity", path);
    m.refills = number(case, get(Col::Refills), "number of refills", path).map(|v| v as u32);
    m.prescriber = Some(get(Col::Prescriber)).filter(|s| !s.is_empty()).map(str::to_owned);
    m.dispenser = Some(get(Col::Dispenser)).filter(|s| !s.is_empty()).map(str::to_owned);
    let reason = get(Col::Reason);
    if !reason.is_empty() {
        m.reasons = vec![Reason { codings: Vec::new(), text: Some(reason.to_owned()) }];
    }
    m.kind = match plain(get(Col::Kind)).as_str() {
        "request" | "order" | "prescription" | "medicationrequest" => EntryKind::Request,
        "statement" | "medicationstatement" => EntryKind::Statement,
        "dispense" | "fill" | "medicationdispense" => EntryKind::Dispense,
        "administration" | "medicationadministration" => EntryKind::Administration,
        _ => EntryKind::Listed,
    };
    if let (Some(s), Some(e)) = (m.start, m.end)
        && e < s
    {
        (m.start, m.end) = (None, None);
        let message = format!("the end {e} is before the start {s}; both were left out");
        problem(case, ProblemKind::InvalidValue, path, message, "correct the dates");
    }
    let status = get(Col::Status);
    match status_of(status) {
        Some(s) => m.status = s,
        None => {
            m.status = Status::Unknown;
            let message = format!("the status \"{}\" is not known", short(status));
            let remedy = "write active, completed, stopped, on-hold, cancelled, entered-in-error, intended, not-taken or draft";
            problem(case, ProblemKind::InvalidValue, path, message, remedy);
        }
    }
    case.medications.push(m);
}

fn status_of(word: &str) -> Option<Status> {
    Some(match plain(word).as_str() {
        "" | "active" | "current" | "ongoing" | "taking" => Status::Active,
        "completed" | "finished" => Status::Completed,
        "stopped" | "discontinued" | "ended" | "past" | "inactive" => Status::Stopped,
        "onhold" | "held" | "suspended" | "paused" => Status::OnHold,
        "cancelled" | "canceled" => Status::Cancelled,
        "enteredinerror" | "error" => Status::EnteredInError,
        "intended" | "planned" => Status::Intended,
        "nottaken" | "nottaking" => Status::NotTaken,
        "draft" => Status::Draft,
        "unknown" => Status::Unknown,
        _ => return None,
    })
}

fn patient<'a>(case: &mut Case, get: &impl Fn(Col) -> &'a str, locale: Locale, path: &str) {
    match plain(get(Col::Sex)).as_str() {
        "female" | "f" | "woman" => case.patient.sex = Some(Sex::Female),
        "male" | "m" | "man" => case.patient.sex = Some(Sex::Male),
        _ => {}
    }
    if case.patient.birth_date.is_none() {
        case.patient.birth_date = day(case, get(Col::Birth), locale, Edge::First, path);
    }
    if let Some(age) = number(case, get(Col::Age), "age", path).filter(|a| *a <= 130.0) {
        case.patient.age_years = Some(age);
    }
}

fn day(case: &mut Case, text: &str, locale: Locale, edge: Edge, path: &str) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    // 2025-11-01T08:00:00Z: the day.
    let bare =
        text.get(10..11).filter(|t| matches!(*t, "T" | " ")).and_then(|_| text.get(..10)).unwrap_or(text);
    match date(bare, locale, edge) {
        Ok(read) => Some(read.date),
        Err((message, remedy)) => {
            problem(case, ProblemKind::InvalidValue, path, message, remedy);
            None
        }
    }
}

fn number(case: &mut Case, text: &str, what: &str, path: &str) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    let value = text.parse::<f64>().ok().filter(|v| v.is_finite() && (0.0..=1e6).contains(v));
    if value.is_none() {
        let message = format!("\"{}\" is no {what}", short(text));
        problem(case, ProblemKind::InvalidValue, path, message, "write a number that is not negative");
    }
    value
}
