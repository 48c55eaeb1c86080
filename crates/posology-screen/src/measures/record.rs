//! A patient's FHIR resources as measures need them: statuses, intents, categories, periods, dispositions.
use crate::error::ScreenError;
use jiff::civil::Date;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// A code with its system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// System as recorded.
    pub system: String,
    /// Code.
    pub code: String,
    /// Display or text.
    pub display: String,
}

/// A point in time: its date as written, and seconds for the few comparisons by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Date as written.
    pub date: Date,
    /// Seconds since 1970; midnight where only a date is written.
    pub seconds: i64,
}

/// An order, or a dispensing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drug {
    /// Codes of the medication.
    pub codes: Vec<Code>,
    /// What tells two medications apart.
    pub key: String,
    /// Status.
    pub status: String,
    /// Intent.
    pub intent: String,
    /// Categories.
    pub categories: Vec<String>,
    /// `doNotPerform`.
    pub not: bool,
    /// Date written, or handed over.
    pub date: Option<Date>,
    /// Start of the period of use: bounds, date, validity, in that order.
    pub start: Option<Date>,
    /// End of the bounds.
    pub bounds_end: Option<Date>,
    /// Repeats allowed.
    pub repeats: f64,
    /// Days of one supply.
    pub days: Option<f64>,
    /// Quantity and its unit.
    pub quantity: Option<(f64, String)>,
    /// One dose.
    pub dose: Option<f64>,
    /// Doses a day.
    pub per_day: Option<f64>,
}

impl Drug {
    /// Days supplied with all repeats: supply as recorded, else quantity over dose and frequency.
    pub fn days_supplied(&self) -> Option<f64> {
        let one = self.days.or_else(|| {
            let (q, _) = self.quantity.as_ref()?;
            Some(q / (self.dose? * self.per_day.unwrap_or(1.0)))
        })?;
        Some(one * (1.0 + self.repeats)).filter(|d| d.is_finite())
    }

    /// Whether it is an order that counts: active or completed, and an order by its intent.
    pub fn is_order(&self) -> bool {
        const INTENTS: [&str; 5] =
            ["order", "original-order", "reflex-order", "filler-order", "instance-order"];
        !self.not
            && matches!(self.status.as_str(), "active" | "completed")
            && INTENTS.contains(&self.intent.as_str())
    }
}

/// Anything else with codes, a status and a period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// Id.
    pub id: String,
    /// Codes.
    pub codes: Vec<Code>,
    /// Status, or clinical status of a condition.
    pub status: String,
    /// Intent, or verification status of a condition.
    pub intent: String,
    /// Categories, or the class of an encounter.
    pub categories: Vec<String>,
    /// Start.
    pub start: Option<At>,
    /// End.
    pub end: Option<At>,
    /// Discharge disposition of an encounter, value of an observation.
    pub value: Vec<Code>,
    /// References: diagnoses of an encounter.
    pub refers: Vec<String>,
}

/// A patient.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Id.
    pub id: String,
    /// Date of birth.
    pub birth: Option<Date>,
    /// Date of death.
    pub died: Option<Date>,
    /// Orders.
    pub orders: Vec<Drug>,
    /// Dispensings.
    pub dispensed: Vec<Drug>,
    /// Encounters.
    pub encounters: Vec<Item>,
    /// Conditions.
    pub conditions: Vec<Item>,
    /// Procedures.
    pub procedures: Vec<Item>,
    /// Service requests.
    pub requests: Vec<Item>,
    /// Observations.
    pub observations: Vec<Item>,
}

impl Record {
    /// Completed years at a date.
    pub fn age_at(&self, d: Date) -> Option<i16> {
        let b = self.birth?;
        Some(d.year() - b.year() - i16::from((d.month(), d.day()) < (b.month(), b.day())))
    }
}

fn text<'v>(v: &'v Value, path: &str) -> &'v str {
    v.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn date(text: &str) -> Option<Date> {
    match text.len() {
        4 => Date::new(text.parse().ok()?, 1, 1).ok(),
        7 => format!("{text}-01").parse().ok(),
        _ => text.get(..10)?.parse().ok(),
    }
}

fn at(text: &str) -> Option<At> {
    let date = date(text)?;
    let midnight = i64::from(crate::days::day_of(date)) * 86_400;
    let seconds = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_second).or_else(|_| {
        text.parse::<jiff::civil::DateTime>().map(|t| {
            midnight + i64::from(t.hour()) * 3600 + i64::from(t.minute()) * 60 + i64::from(t.second())
        })
    });
    Some(At { date, seconds: seconds.unwrap_or(midnight) })
}

fn codes(v: Option<&Value>) -> Vec<Code> {
    let Some(v) = v else { return Vec::new() };
    let each: Vec<&Value> = v.as_array().map_or_else(|| vec![v], |a| a.iter().collect());
    let mut out = Vec::new();
    for c in each {
        let coded: Vec<Code> = c
            .get("coding")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|k| Code {
                system: text(k, "/system").to_owned(),
                code: text(k, "/code").to_owned(),
                display: text(k, "/display").to_owned(),
            })
            .collect();
        if coded.is_empty() && !text(c, "/text").is_empty() {
            out.push(Code {
                system: String::new(),
                code: String::new(),
                display: text(c, "/text").to_owned(),
            });
        }
        out.extend(coded);
    }
    out
}

fn words(v: Option<&Value>) -> Vec<String> {
    codes(v).into_iter().map(|c| if c.code.is_empty() { c.display } else { c.code }).collect()
}

fn period(v: &Value, names: &[&str]) -> (Option<At>, Option<At>) {
    for n in names {
        match v.get(*n) {
            Some(Value::String(s)) => return (at(s), at(s)),
            Some(p @ Value::Object(_)) => return (at(text(p, "/start")), at(text(p, "/end"))),
            _ => {}
        }
    }
    (None, None)
}

fn days(v: Option<&Value>) -> Option<f64> {
    let v = v?;
    let n = v.get("value")?.as_f64()?;
    let unit = v.get("code").or_else(|| v.get("unit")).and_then(Value::as_str).unwrap_or("d");
    Some(match unit {
        "d" | "day" | "days" | "Day" | "Days" => n,
        "wk" | "week" | "weeks" => n * 7.0,
        "mo" | "month" | "months" => n * 30.0,
        "h" | "hour" | "hours" => n / 24.0,
        "a" | "year" | "years" => n * 365.0,
        _ => return None,
    })
}

/// Doses a day of a FHIR timing.
fn per_day(repeat: Option<&Value>) -> Option<f64> {
    let r = repeat?;
    let n = r.get("frequencyMax").or_else(|| r.get("frequency")).and_then(Value::as_f64);
    let p = r.get("period").and_then(Value::as_f64);
    let hours = match r.get("periodUnit").and_then(Value::as_str) {
        Some("s") => 1.0 / 3600.0,
        Some("min") => 1.0 / 60.0,
        Some("h") => 1.0,
        Some("d") => 24.0,
        Some("wk") => 168.0,
        Some("mo") => 720.0,
        Some("a") => 8760.0,
        _ => 0.0,
    };
    if let (Some(n), Some(p)) = (n, p)
        && hours > 0.0
        && p > 0.0
    {
        return Some(n * 24.0 / (p * hours));
    }
    r.get("timeOfDay").and_then(Value::as_array).map(|a| a.len() as f64)
}

fn drug(v: &Value, medications: &HashMap<String, Vec<Code>>, dispensed: bool) -> Drug {
    let reference = text(v, "/medicationReference/reference");
    let id = reference.rsplit(['/', '#', ':']).next().unwrap_or_default();
    let contained = v
        .get("contained")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|c| !id.is_empty() && text(c, "/id") == id);
    let found = match (v.get("medicationCodeableConcept"), contained) {
        (Some(c), _) => codes(Some(c)),
        (None, Some(c)) => codes(c.get("code")),
        (None, None) => medications.get(id).cloned().unwrap_or_default(),
    };
    let key = if reference.is_empty() {
        let mut k: Vec<String> = found
            .iter()
            .map(|c| format!("{}|{}|{}", c.system, c.code, if c.code.is_empty() { &c.display } else { "" }))
            .collect();
        k.sort();
        k.join(" ")
    } else {
        reference.to_owned()
    };
    let dosage = v.pointer("/dosageInstruction/0");
    let repeat = dosage.and_then(|d| d.pointer("/timing/repeat"));
    let rate = dosage.and_then(|d| d.pointer("/doseAndRate/0"));
    let supply = v.get("dispenseRequest");
    let written = if dispensed {
        at(text(v, "/whenHandedOver")).or_else(|| at(text(v, "/whenPrepared")))
    } else {
        at(text(v, "/authoredOn"))
    };
    let bounds = repeat.and_then(|r| r.get("boundsPeriod"));
    let quantity = if dispensed { v.get("quantity") } else { supply.and_then(|s| s.get("quantity")) };
    let validity = supply.map(|s| text(s, "/validityPeriod/start")).and_then(date);
    Drug {
        key,
        codes: found,
        status: text(v, "/status").to_owned(),
        intent: text(v, "/intent").to_owned(),
        categories: words(v.get("category")),
        not: v.get("doNotPerform").and_then(Value::as_bool).unwrap_or(false),
        date: written.map(|w| w.date),
        start: if dispensed { None } else { bounds.and_then(|b| date(text(b, "/start"))) }
            .or_else(|| written.map(|w| w.date))
            .or(validity),
        bounds_end: bounds.and_then(|b| date(text(b, "/end"))),
        repeats: supply.and_then(|s| s.get("numberOfRepeatsAllowed")).and_then(Value::as_f64).unwrap_or(0.0),
        days: if dispensed {
            days(v.get("daysSupply"))
        } else {
            days(supply.and_then(|s| s.get("expectedSupplyDuration")))
        },
        quantity: quantity.and_then(|q| Some((q.get("value")?.as_f64()?, text(q, "/unit").to_owned()))),
        dose: rate
            .and_then(|r| r.pointer("/doseRange/high/value").or_else(|| r.pointer("/doseQuantity/value")))
            .and_then(Value::as_f64),
        per_day: per_day(repeat),
    }
}

fn item(v: &Value) -> Item {
    let kind = text(v, "/resourceType");
    let (start, end) = match kind {
        "Encounter" => period(v, &["period"]),
        "Condition" => {
            let end = period(v, &["abatementDateTime", "abatementPeriod", "abatementString"]);
            (period(v, &["onsetDateTime", "onsetPeriod"]).0, end.1.or(end.0))
        }
        "Procedure" => period(v, &["performedDateTime", "performedPeriod"]),
        "ServiceRequest" => period(v, &["authoredOn"]),
        _ => period(v, &["effectiveDateTime", "effectivePeriod", "effectiveInstant"]),
    };
    let condition = kind == "Condition";
    let plain = |name: &str| words(v.get(name)).into_iter().next().unwrap_or_default();
    Item {
        id: text(v, "/id").to_owned(),
        codes: codes(v.get(if kind == "Encounter" { "type" } else { "code" })),
        status: if condition { plain("clinicalStatus") } else { text(v, "/status").to_owned() },
        intent: if condition { plain("verificationStatus") } else { text(v, "/intent").to_owned() },
        categories: if kind == "Encounter" {
            vec![text(v, "/class/code").to_owned()]
        } else {
            words(v.get("category"))
        },
        start,
        end,
        value: if kind == "Encounter" {
            codes(v.pointer("/hospitalization/dischargeDisposition"))
        } else {
            codes(v.get("valueCodeableConcept"))
        },
        refers: v
            .get("diagnosis")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|d| text(d, "/condition/reference").rsplit(['/', ':']).next().map(str::to_owned))
            .collect(),
    }
}

/// Reads patients from FHIR JSON (Bundles, single resources) and NDJSON files or folders of them; one record a patient, by first appearance.
///
/// # Errors
/// A file cannot be read or holds no JSON; the error names file and line.
pub fn read_records(paths: &[PathBuf]) -> Result<Vec<Record>, ScreenError> {
    let mut files = Vec::new();
    for p in paths {
        if p.is_dir() {
            let mut inside: Vec<PathBuf> = std::fs::read_dir(p)
                .map_err(|e| ScreenError::new(p.display().to_string(), e.to_string(), "check the folder"))?
                .filter_map(|e| e.ok().map(|e| e.path()))
                .filter(|f| f.extension().is_some_and(|x| x == "json" || x == "ndjson"))
                .collect();
            inside.sort();
            files.extend(inside);
        } else {
            files.push(p.clone());
        }
    }
    let mut all: Vec<Value> = Vec::new();
    for f in &files {
        let name = f.display().to_string();
        let bytes =
            std::fs::read(f).map_err(|e| ScreenError::new(&name, e.to_string(), "give files that exist"))?;
        for v in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
            let v = v.map_err(|e| {
                ScreenError::new(
                    &name,
                    format!("no JSON ({e})"),
                    "export the file again: it may have been cut off",
                )
                .row(e.line())
            })?;
            flatten(v, String::new(), &mut all);
        }
    }
    if all.is_empty() {
        let name = paths.first().map(|p| p.display().to_string()).unwrap_or_default();
        return Err(ScreenError::new(
            name,
            "there is no FHIR resource",
            "give FHIR R4 JSON or NDJSON, or a folder of them",
        ));
    }
    Ok(join(&all))
}

/// Takes Bundles apart; an entry's `fullUrl` gives an id where the resource has none.
fn flatten(mut v: Value, url: String, out: &mut Vec<Value>) {
    if v.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
        for e in v.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
            let url = text(e, "/fullUrl").to_owned();
            if let Some(r) = e.get_mut("resource") {
                flatten(r.take(), url, out);
            }
        }
        return;
    }
    if v.get("id").is_none()
        && let Some(id) = url.rsplit(['/', ':']).next().filter(|i| !i.is_empty())
        && let Some(o) = v.as_object_mut()
    {
        o.insert("id".into(), Value::String(id.to_owned()));
    }
    out.push(v);
}

fn join(all: &[Value]) -> Vec<Record> {
    let medications: HashMap<String, Vec<Code>> = all
        .iter()
        .filter(|v| text(v, "/resourceType") == "Medication")
        .map(|v| (text(v, "/id").to_owned(), codes(v.get("code"))))
        .collect();
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<Record> = Vec::new();
    for v in all.iter().filter(|v| text(v, "/resourceType") == "Patient") {
        let id = text(v, "/id").to_owned();
        order.entry(id.clone()).or_insert_with(|| {
            out.push(Record {
                id,
                birth: date(text(v, "/birthDate")),
                died: date(text(v, "/deceasedDateTime")),
                ..Record::default()
            });
            out.len() - 1
        });
    }
    for v in all {
        let reference = ["/subject/reference", "/patient/reference"]
            .iter()
            .map(|p| text(v, p))
            .find(|r| !r.is_empty())
            .unwrap_or_default();
        let id = reference.rsplit(['/', ':']).next().unwrap_or_default();
        let Some(r) = order.get(id).map(|i| &mut out[*i]) else { continue };
        match text(v, "/resourceType") {
            "MedicationRequest" => r.orders.push(drug(v, &medications, false)),
            "MedicationDispense" => r.dispensed.push(drug(v, &medications, true)),
            "Encounter" => r.encounters.push(item(v)),
            "Condition" => r.conditions.push(item(v)),
            "Procedure" => r.procedures.push(item(v)),
            "ServiceRequest" => r.requests.push(item(v)),
            "Observation" => r.observations.push(item(v)),
            _ => {}
        }
    }
    out
}
