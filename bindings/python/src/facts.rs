//! What is known of drugs, and what follows from it: facts, interactions, changes of exposure, concentrations.
use crate::error::{Fault, date, kb, place};
use crate::record::{as_json, one};
use posology_interop::list;
use posology_kinetics::exposure::{Enzyme, Phenotype};
use posology_model::{Case, MedicationEntry};
use posology_review::bridge::exposure::{ExposureTable, Request, split_dose};
use posology_review::bridge::exposure_json::Predicted;
use posology_review::bridge::simulation_question::{Question, answer};
use posology_review::{Settings, facts, only_being_together};
use pyo3::prelude::*;
use serde_json::Value;

/// Version of the facts compiled in.
#[pyfunction]
pub fn knowledge_version() -> PyResult<String> {
    Ok(kb()?.version().to_owned())
}

/// The facts on one drug as JSON.
#[pyfunction]
#[pyo3(signature = (name, jurisdiction))]
pub fn drug(py: Python<'_>, name: String, jurisdiction: Option<String>) -> PyResult<String> {
    let only = jurisdiction.as_deref().map(place).transpose()?;
    let text = py.detach(move || -> Result<String, Fault> {
        let kb = kb()?;
        let ix = kb
            .find(name.trim())
            .or_else(|| kb.by_name(&name).map(|x| x.0))
            .ok_or_else(|| Fault::unknown_drug(&name, kb).at("name"))?;
        Ok(facts::as_json(kb, ix, &facts::of(kb, ix, only)).to_string())
    })?;
    Ok(text)
}

/// What drugs do together, as JSON of a review.
#[pyfunction]
#[pyo3(signature = (names, as_of, jurisdiction))]
pub fn interactions(py: Python<'_>, names: Vec<String>, as_of: &str, jurisdiction: &str) -> PyResult<String> {
    let settings = Settings {
        as_of: date("as_of", as_of)?,
        jurisdiction: place(jurisdiction)?,
        suppressions: Vec::new(),
    };
    if names.len() < 2 {
        return Err(Fault::new("one drug interacts with nothing")
            .at("names")
            .help("Give two or more.")
            .into());
    }
    let text = py.detach(move || -> Result<String, Fault> {
        let kb = kb()?;
        let mut case = Case::default();
        for (k, name) in names.iter().enumerate() {
            let entry = MedicationEntry { path: format!("names[{k}]"), ..list::read_daily(name) };
            case.medications.push(entry);
        }
        let (resolved, mut r) = one(&case, kb, &settings);
        for m in &case.medications {
            if !resolved.exposures.iter().any(|e| e.path == m.path) {
                let text = m.text.as_deref().unwrap_or_default();
                return Err(Fault::unknown_drug(text, kb).at(m.path.clone()));
            }
        }
        only_being_together(&mut r);
        Ok(as_json(&case, &resolved, &r, settings.as_of)?.to_string())
    })?;
    Ok(text)
}

/// A predicted change of exposure as JSON.
#[pyfunction]
#[pyo3(signature = (victim, with_drugs, route, cyp2c19, cyp2d6, cyp2c9, ugt2b15, smoker))]
#[allow(clippy::too_many_arguments)] // The Python side passes all of them by name.
pub fn predict(
    py: Python<'_>,
    victim: String,
    with_drugs: Vec<String>,
    route: String,
    cyp2c19: Option<String>,
    cyp2d6: Option<String>,
    cyp2c9: Option<String>,
    ugt2b15: Option<String>,
    smoker: bool,
) -> PyResult<String> {
    let mut phenotypes = Vec::new();
    for (name, enzyme, text) in [
        ("cyp2c19", Enzyme::Cyp2c19, &cyp2c19),
        ("cyp2d6", Enzyme::Cyp2d6, &cyp2d6),
        ("cyp2c9", Enzyme::Cyp2c9, &cyp2c9),
        ("ugt2b15", Enzyme::Ugt2b15, &ugt2b15),
    ] {
        if let Some(t) = text {
            let read = Phenotype::parse(enzyme, t).map_err(|e| Fault::new(e.to_string()).at(name))?;
            phenotypes.push((enzyme, read));
        }
    }
    let with = with_drugs.iter().map(|w| split_dose(w)).collect();
    let request = Request { victim, with, route, phenotypes, smoker };
    let text = py.detach(move || -> Result<String, Fault> {
        let corpus = &kb()?.corpus;
        let (table, _) = ExposureTable::new(&corpus.kinetics);
        let p = Predicted::of(&table, corpus, &request).map_err(|e| Fault::new(e).at("predict"))?;
        Ok(p.json().to_string())
    })?;
    Ok(text)
}

/// Concentrations over time as JSON. `question` is a JSON object with the names of the Python function.
#[pyfunction]
pub fn simulate(py: Python<'_>, question: &str) -> PyResult<String> {
    let q: Value = serde_json::from_str(question).map_err(|e| Fault::new(e.to_string()).at("simulate"))?;
    let text = |k: &str| q[k].as_str().map(str::to_owned);
    let flag = |k: &str| q[k].as_bool().unwrap_or(false);
    let list = |k: &str| q[k].as_array().cloned().unwrap_or_default();
    let base = Question::default();
    let question = Question {
        drug: text("drug").unwrap_or_default(),
        dose: text("dose").unwrap_or_default(),
        every: text("every"),
        duration: text("duration").unwrap_or_default(),
        follow: text("follow").unwrap_or(base.follow),
        route: text("route").unwrap_or(base.route),
        infusion: text("infusion"),
        missed: list("missed").iter().filter_map(Value::as_u64).map(|n| n as usize).collect(),
        steady_state: flag("steady_state"),
        age: q["age"].as_f64(),
        female: q["female"].as_bool(),
        weight: text("weight"),
        cirrhosis: flag("cirrhosis"),
        renal_impairment: flag("renal_impairment"),
        smoker: flag("smoker"),
        cyp2c19: text("cyp2c19"),
        cyp2d6: text("cyp2d6"),
        cyp3a5: text("cyp3a5"),
        ugt2b15: text("ugt2b15"),
        with: list("with_drugs").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        subjects: q["subjects"].as_u64().and_then(|n| u32::try_from(n).ok()),
        seed: q["seed"].as_u64().unwrap_or(1),
        percentiles: list("percentiles").iter().filter_map(Value::as_f64).collect(),
        step: text("step"),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let text = py.detach(move || -> Result<String, Fault> {
        let curves = answer(&question, kb()?).map_err(|e| {
            let place = match e.parameter {
                Some("for") => "duration",
                Some("with") => "with_drugs",
                Some(p) => p,
                None => "simulate",
            };
            Fault::new(e.said).at(place)
        })?;
        Ok(curves.json().to_string())
    })?;
    Ok(text)
}
