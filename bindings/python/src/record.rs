//! Records to reviews.
use crate::error::{Fault, date, kb, place};
use posology_interop::fhir::{ReadOptions, read_case};
use posology_interop::list::{self, Locale};
use posology_interop::{Kind, drafts_to_orders, guess};
use posology_knowledge::{KnowledgeBase, ResolveOptions, ResolvedCase, resolve};
use posology_model::{Case, Date, Order, Review};
use posology_review::{Settings, Suppression, review as engine};
use pyo3::prelude::*;
use serde_json::{Map, Value, json};

/// What a record is, where guessing is not wanted.
fn kind(format: Option<&str>, bytes: &[u8]) -> Result<Kind, Fault> {
    match format {
        None => Ok(guess(bytes)),
        Some("fhir") => Ok(Kind::Fhir),
        Some("list") => Ok(Kind::List),
        Some("csv") => Ok(Kind::Table),
        Some(other) => Err(Fault::new(format!("\"{other}\" is no format of a record"))
            .at("format")
            .help("Give \"fhir\", \"list\" or \"csv\", or leave it out.")),
    }
}

fn locale(dates: Option<&str>) -> Result<Locale, Fault> {
    match dates {
        None => Ok(Locale::Unstated),
        Some("day-first") => Ok(Locale::DayFirst),
        Some("month-first") => Ok(Locale::MonthFirst),
        Some(other) => Err(Fault::new(format!("\"{other}\" is no order of dates"))
            .at("dates")
            .help("Give \"day-first\" or \"month-first\".")),
    }
}

/// One resource a line: the first line is complete in itself. A broken line of many is then passed over and said in the review.
fn is_ndjson(bytes: &[u8]) -> bool {
    let body = bytes.trim_ascii();
    let Some(end) = body.iter().position(|b| *b == b'\n') else { return false };
    serde_json::from_slice::<Value>(&body[..end]).is_ok()
}

/// The cases of a record, one a patient.
///
/// # Errors
/// The place of what cannot be read.
pub fn cases(bytes: &[u8], format: Option<&str>, dates: Option<&str>) -> Result<Vec<Case>, Fault> {
    let kind = kind(format, bytes)?;
    let locale = locale(dates)?;
    if kind == Kind::Fhir {
        let options = ReadOptions { name: String::new(), keep_going: is_ndjson(bytes) };
        return read_case(bytes, &options).map_err(|e| Fault::of_record(&e));
    }
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(body).map_err(|e| {
        Fault::new("the text is not UTF-8").at(format!("byte {}", e.valid_up_to())).help("Save it as UTF-8.")
    })?;
    match kind {
        Kind::Table => list::read_csv(text, locale).map_err(|e| {
            Fault::new(e.to_string())
                .at("record")
                .help("The first line names the columns, one of them the drug.")
        }),
        _ => Ok(vec![list::read_list_with(text, locale)]),
    }
}

fn order(text: &str, what: &str, mut order: Order) -> Order {
    // Two orders must not share a place: it tells which of them was recognised.
    order.medication.path = format!("{what} \"{}\"", text.trim());
    order
}

/// A review as the command line writes it.
pub fn as_json(case: &Case, resolved: &ResolvedCase, r: &Review, as_of: Date) -> Result<Value, Fault> {
    let unwritable = |e: serde_json::Error| Fault::new(format!("the review cannot be written as JSON ({e})"));
    let mut patient = Map::new();
    if let Some(id) = &resolved.id {
        patient.insert("id".into(), json!(id));
    }
    if let Some(d) = resolved.person.birth_date {
        patient.insert("birth_date".into(), json!(d.to_string()));
    }
    if let Some(a) = resolved.age_at(as_of) {
        patient.insert("age_years".into(), json!((a * 100.0).round() / 100.0));
    }
    if let Some(s) = resolved.person.sex {
        patient.insert("sex".into(), serde_json::to_value(s).map_err(unwritable)?);
    }
    patient.insert("source".into(), json!("record"));
    let mut out = Map::new();
    out.insert("patient".into(), Value::Object(patient));
    if let Value::Object(fields) = serde_json::to_value(r).map_err(unwritable)? {
        out.extend(fields);
    }
    let missing = resolved.orders_not_recognised(case);
    if !missing.is_empty() {
        out.insert("orders_not_recognised".into(), json!(missing));
    }
    Ok(Value::Object(out))
}

/// The case and its review.
pub fn one(case: &Case, kb: &KnowledgeBase, settings: &Settings) -> (ResolvedCase, Review) {
    let resolved = resolve(case, kb, ResolveOptions { rxnorm: None });
    let review = engine(&resolved, kb, settings);
    (resolved, review)
}

fn pick(cases: Vec<Case>, patient: Option<&str>) -> Result<Vec<Case>, Fault> {
    let ids: Vec<String> = cases.iter().filter_map(|c| c.patient.id.clone()).take(8).collect();
    let Some(wanted) = patient else { return Ok(cases) };
    let bare = wanted.strip_prefix("Patient/").unwrap_or(wanted);
    let found: Vec<Case> = cases
        .into_iter()
        .filter(|c| c.patient.id.as_deref().is_some_and(|i| i == bare || i == wanted))
        .collect();
    if found.is_empty() {
        return Err(Fault::new(format!("no patient of the record has the id \"{wanted}\""))
            .at("patient")
            .help(format!("There are: {}.", ids.join(", "))));
    }
    Ok(found)
}

/// A JSON array of reviews, one a patient.
#[pyfunction]
#[pyo3(signature = (record, as_of, jurisdiction, order, stop, drafts, patient, format, dates, suppress))]
#[allow(clippy::too_many_arguments)] // The Python side passes all of them by name.
pub fn review(
    py: Python<'_>,
    record: &[u8],
    as_of: &str,
    jurisdiction: &str,
    order: Vec<String>,
    stop: Vec<String>,
    drafts: bool,
    patient: Option<String>,
    format: Option<String>,
    dates: Option<String>,
    suppress: Option<String>,
) -> PyResult<String> {
    let suppressions: Vec<Suppression> = suppress
        .map(|s| {
            serde_json::from_str(&s).map_err(|e| {
                Fault::new(format!("the suppressions cannot be read ({e})"))
                    .at("suppress")
                    .help("Give a list of {\"rule\", \"fingerprint\", \"until\", \"reason\"}.")
            })
        })
        .transpose()?
        .unwrap_or_default();
    let settings =
        Settings { as_of: date("as_of", as_of)?, jurisdiction: place(jurisdiction)?, suppressions };
    // Bytes belong to Python and may not change hands without the lock: they are copied once.
    let record = record.to_vec();
    let all = py.detach(move || -> Result<String, Fault> {
        let kb = kb()?;
        let cases = pick(cases(&record, format.as_deref(), dates.as_deref())?, patient.as_deref())?;
        if cases.is_empty() {
            return Err(Fault::new("the record holds no patient").at("record").help("Check the input."));
        }
        if cases.len() > 1 && !(order.is_empty() && stop.is_empty()) {
            return Err(Fault::new(format!(
                "order and stop need one patient; the record has {}",
                cases.len()
            ))
            .at("record")
            .help("Choose one with patient=ID."));
        }
        let mut out = Vec::with_capacity(cases.len());
        for mut case in cases {
            if drafts {
                drafts_to_orders(&mut case);
            }
            case.orders.extend(order.iter().map(|t| self::order(t, "order", list::read_order(t))));
            case.orders.extend(stop.iter().map(|t| self::order(t, "stop", list::read_stop(t))));
            let (resolved, review) = one(&case, kb, &settings);
            out.push(as_json(&case, &resolved, &review, settings.as_of)?);
        }
        Ok(Value::Array(out).to_string())
    })?;
    Ok(all)
}
