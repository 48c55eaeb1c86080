//! Plans to reduce or stop a drug.
use crate::error::{Fault, date, kb, place};
use crate::record::cases;
use posology_interop::sig;
use posology_knowledge::schema::{Jurisdiction, TaperStrategy};
use posology_knowledge::{KnowledgeBase, ResolveOptions, SubstanceIx, resolve};
use posology_model::Date;
use posology_review::{Context, Settings};
use posology_taper::{Pace, PatientFacts, Recorded, Request, plan, render, taperable};
use pyo3::prelude::*;

struct Found {
    drug: SubstanceIx,
    dose: Option<(f64, u32)>,
    form: Option<String>,
    facts: Option<PatientFacts>,
}

fn by_name(kb: &KnowledgeBase, name: &str) -> Result<SubstanceIx, Fault> {
    kb.find(name.trim())
        .or_else(|| kb.by_name(name).map(|x| x.0))
        .ok_or_else(|| Fault::unknown_drug(name, kb).at("drug"))
}

/// Drug, dose, duration and risks from a record.
fn from_record(
    kb: &KnowledgeBase,
    bytes: &[u8],
    name: Option<&str>,
    as_of: Date,
    jurisdiction: Jurisdiction,
) -> Result<Found, Fault> {
    let cases = cases(bytes, None, None)?;
    let [case] = cases.as_slice() else {
        return Err(Fault::new(format!("{} patients in the record: a plan is for one", cases.len()))
            .at("record")
            .help("Give the record of one patient."));
    };
    let case = resolve(case, kb, ResolveOptions { rxnorm: None });
    let settings = Settings { as_of, jurisdiction, suppressions: Vec::new() };
    let ctx = Context::new(&case, kb, &settings);
    let drug = match name {
        Some(n) => by_name(kb, n)?,
        None => match taperable(&ctx)[..] {
            [one] => one,
            ref all => {
                let names: Vec<&str> = all.iter().map(|t| ctx.name(*t)).collect();
                let list = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(Fault::new(format!(
                    "the record holds these drugs with guidance on stopping: {list}"
                ))
                .at("drug")
                .help("Name one. One drug is tapered at a time."));
            }
        },
    };
    let of = Recorded::of(&ctx, drug).ok_or_else(|| {
        Fault::new(format!("the record does not show that {} is taken on {as_of}", kb.substance(drug).name))
            .at("record")
            .help("Check the date with as_of.")
    })?;
    Ok(Found { drug, dose: of.dose, form: of.form, facts: Some(of.facts) })
}

fn strategy(word: &str) -> Result<TaperStrategy, Fault> {
    Ok(match word {
        "proportional" => TaperStrategy::Proportional,
        "linear" => TaperStrategy::Linear,
        "occupancy" => TaperStrategy::Occupancy,
        "stepped" => TaperStrategy::Stepped,
        "switch" => TaperStrategy::Switch,
        _ => {
            return Err(Fault::new(format!("\"{word}\" is no strategy"))
                .at("strategy")
                .help("Give proportional, linear, occupancy, stepped or switch."));
        }
    })
}

/// A plan as JSON, or in another form.
#[pyfunction]
#[pyo3(signature = (drug, dose, record, as_of, start, jurisdiction, guideline, strategy, pace, stop_at_mg, equivalence, syringe_mark_ml, form))]
#[allow(clippy::too_many_arguments)] // The Python side passes all of them by name.
pub fn taper(
    py: Python<'_>,
    drug: Option<String>,
    dose: Option<String>,
    record: Option<Vec<u8>>,
    as_of: &str,
    start: Option<String>,
    jurisdiction: &str,
    guideline: Option<String>,
    strategy: Option<String>,
    pace: Option<String>,
    stop_at_mg: f64,
    equivalence: Option<String>,
    syringe_mark_ml: Option<f64>,
    form: String,
) -> PyResult<String> {
    let as_of = date("as_of", as_of)?;
    let start = start.map_or(Ok(as_of), |s| date("start", &s))?;
    let jurisdiction = place(jurisdiction)?;
    let strategy = strategy.as_deref().map(self::strategy).transpose()?;
    let pace = pace
        .as_deref()
        .map(Pace::parse)
        .transpose()
        .map_err(|e| Fault::new(e).at("pace").help("Write it as \"10 % every 2 weeks\"."))?;
    if !(stop_at_mg.is_finite() && stop_at_mg >= 0.0) {
        return Err(Fault::new(format!("{stop_at_mg} is no dose"))
            .at("stop_at_mg")
            .help("Give 0 or more.")
            .into());
    }
    let text = py.detach(move || -> Result<String, Fault> {
        let kb = kb()?;
        let found = match (&record, &drug) {
            (Some(bytes), _) => from_record(kb, bytes, drug.as_deref(), as_of, jurisdiction)?,
            (None, Some(name)) => Found { drug: by_name(kb, name)?, dose: None, form: None, facts: None },
            (None, None) => {
                return Err(Fault::new("no drug is named").at("drug").help("Give drug=NAME or record=..."));
            }
        };
        let (daily, times) = match (&dose, found.dose) {
            (Some(text), _) => sig::read_daily(text).map_err(|why| {
                Fault::new(format!("the dose \"{text}\" {why}"))
                    .at("dose")
                    .help("Write milligrams and how often: \"1 mg three times a day\".")
            })?,
            (None, Some(d)) => d,
            (None, None) => {
                return Err(Fault::new("the dose that is taken now is not known")
                    .at("dose")
                    .help("Give it: dose=\"1 mg three times a day\"."));
            }
        };
        let request = Request {
            form: found.form,
            as_of,
            start,
            jurisdiction,
            guideline,
            strategy,
            pace,
            goal_mg: stop_at_mg,
            equivalence,
            syringe_mark_ml,
            patient: found.facts,
            ..Request::new(kb.substance(found.drug).id.clone(), daily, times, as_of)
        };
        let p = plan(kb, &request).map_err(|e| Fault::new(e.to_string()).at("taper"))?;
        let unwritable =
            |e: serde_json::Error| Fault::new(format!("the plan cannot be written as JSON ({e})"));
        Ok(match form.as_str() {
            "json" => serde_json::to_string(&p).map_err(unwritable)?,
            "fhir" => serde_json::to_string(&render::fhir(&p, None)).map_err(unwritable)?,
            "ics" => render::ics(&p),
            "csv" => render::csv(&p),
            "svg" => render::svg(&p),
            "text" => render::text(&p),
            other => {
                return Err(Fault::new(format!("\"{other}\" is no form of a plan"))
                    .at("form")
                    .help("Give json, fhir, ics, csv, svg or text."));
            }
        })
    })?;
    Ok(text)
}
