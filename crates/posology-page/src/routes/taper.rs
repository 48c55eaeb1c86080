//! Tapers: plan, adjust, take along.
use super::{App, aside};
use crate::entry::Entry;
use crate::form::Form;
use crate::outcome;
use crate::reply::{Refusal, file as send};
use crate::views::taper as page;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use posology_interop::sig;
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::TaperStrategy;
use posology_review::Context;
use posology_taper::{Event, Pace, Plan, Recorded, Request, render};
use serde::Deserialize;

/// What a plan is asked with, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub drug: String,
    pub dose: String,
    pub goal: String,
    pub pace: String,
    pub guideline: String,
    pub strategy: String,
    #[serde(rename = "start-on")]
    pub start_on: String,
}

impl Asked {
    fn read(form: &Form) -> Self {
        let get = |n: &str| form.get(n).to_owned();
        Self {
            drug: get("drug"),
            dose: get("dose"),
            goal: get("goal"),
            pace: get("pace"),
            guideline: get("guideline"),
            strategy: get("strategy"),
            start_on: get("start-on"),
        }
    }

    /// Names and values of the form.
    pub fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("drug", &self.drug),
            ("dose", &self.dose),
            ("goal", &self.goal),
            ("pace", &self.pace),
            ("guideline", &self.guideline),
            ("strategy", &self.strategy),
            ("start-on", &self.start_on),
        ]
    }
}

/// The form.
pub async fn blank(State(app): State<App>, Query(mut asked): Query<Asked>) -> Response {
    if let Some(ix) = app.page.kb.find(&asked.drug) {
        app.page.kb.substance(ix).name.clone_into(&mut asked.drug);
    }
    app.private("/taper", "Plan a taper", &page::blank(&app.page.kb, None, &asked, None))
}

/// The plan.
pub async fn plan(State(app): State<App>, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    let asked = Asked::read(&form);
    let shared = app.clone();
    let body = aside(move || {
        let kb = &shared.page.kb;
        match make(kb, &entry, &asked) {
            Ok(p) => page::view(kb, Some(&entry), &asked, &p, None),
            Err(why) => page::blank(kb, Some(&entry), &asked, Some(&why)),
        }
    })
    .await?;
    Ok(app.private("/taper", "Taper", &body))
}

fn make(kb: &KnowledgeBase, entry: &Entry, asked: &Asked) -> Result<Plan, String> {
    let ix = kb.find(&asked.drug).or_else(|| kb.by_name(&asked.drug).map(|m| m.0)).ok_or_else(|| {
        let near = kb.suggestions(&asked.drug, 3);
        if asked.drug.is_empty() {
            "no drug is named".to_owned()
        } else if near.is_empty() {
            format!("\"{}\" is no drug that the knowledge holds", asked.drug)
        } else {
            format!("\"{}\" is no drug that the knowledge holds; near it: {}", asked.drug, near.join(", "))
        }
    })?;
    // The taper starts from what is taken, whatever was tried in the review.
    let mut record = entry.clone();
    record.changes.clear();
    let o = (!entry.is_empty()).then(|| outcome::of(&record, kb));
    let recorded = o.as_ref().and_then(|o| Recorded::of(&Context::new(&o.recorded, kb, &o.settings), ix));
    let (daily, times) = if asked.dose.is_empty() {
        recorded.as_ref().and_then(|r| r.dose).ok_or(
            "the dose that is taken now is not known: write it, for example \"5 mg three times a day\"",
        )?
    } else {
        sig::read_daily(&asked.dose).map_err(|e| format!("the dose \"{}\" {e}", asked.dose))?
    };
    let start: Date = if asked.start_on.is_empty() {
        entry.as_of
    } else {
        asked.start_on.parse().map_err(|_| format!("\"{}\" is no date", asked.start_on))?
    };
    let strategy = match asked.strategy.as_str() {
        "" => None,
        "proportional" => Some(TaperStrategy::Proportional),
        "linear" => Some(TaperStrategy::Linear),
        "occupancy" => Some(TaperStrategy::Occupancy),
        "stepped" => Some(TaperStrategy::Stepped),
        "switch" => Some(TaperStrategy::Switch),
        other => return Err(format!("\"{other}\" is no strategy")),
    };
    let pace = if asked.pace.is_empty() { None } else { Some(Pace::parse(&asked.pace)?) };
    let request = Request {
        form: recorded.as_ref().and_then(|r| r.form.clone()),
        as_of: entry.as_of,
        start,
        jurisdiction: entry.country,
        guideline: (!asked.guideline.is_empty()).then(|| asked.guideline.clone()),
        strategy,
        pace,
        goal_mg: goal(&asked.goal)?,
        patient: recorded.map(|r| r.facts),
        ..Request::new(kb.substance(ix).id.clone(), daily, times, entry.as_of)
    };
    posology_taper::plan(kb, &request).map_err(|e| e.to_string())
}

fn goal(text: &str) -> Result<f64, String> {
    if text.is_empty() {
        return Ok(0.0);
    }
    let bare = text.trim_end_matches("a day").trim().trim_end_matches("mg").trim();
    bare.parse::<f64>()
        .ok()
        .filter(|x| x.is_finite() && *x >= 0.0)
        .ok_or_else(|| format!("the goal \"{text}\" is no dose: write 0, or 2 mg"))
}

fn read_plan(form: &Form) -> Result<Plan, Refusal> {
    serde_json::from_str(form.get("plan")).map_err(|e| {
        Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the plan came back changed ({e})"),
            "Make it anew.",
        )
    })
}

/// The plan after an event.
pub async fn adjust(State(app): State<App>, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    let asked = Asked::read(&form);
    let old = read_plan(&form)?;
    let (event, on) = (form.get("event").to_owned(), form.get("on").to_owned());
    let shared = app.clone();
    let body = aside(move || {
        let kb = &shared.page.kb;
        let made = on
            .parse::<Date>()
            .map_err(|_| format!("\"{on}\" is no date"))
            .and_then(|d| Ok((d, Event::parse(&event).map_err(|e| e.to_string())?)))
            .and_then(|(d, e)| posology_taper::adjust(kb, &old, d, &e, &[]).map_err(|e| e.to_string()));
        match made {
            Ok(p) => page::view(kb, Some(&entry), &asked, &p, None),
            Err(why) => page::view(kb, Some(&entry), &asked, &old, Some(&why)),
        }
    })
    .await?;
    Ok(app.private("/taper", "Taper", &body))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec_pretty(value).map_err(|e| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the plan cannot be written ({e})"),
            "Make it anew.",
        )
    })
}

/// The plan as a file.
pub async fn file(Path(name): Path<String>, form: Form) -> Result<Response, Refusal> {
    let p = read_plan(&form)?;
    Ok(match name.as_str() {
        "plan.json" => send(json(&p)?, "application/json", "plan.json"),
        "fhir.json" => send(json(&render::fhir(&p, None))?, "application/fhir+json", "plan-fhir.json"),
        "plan.csv" => send(render::csv(&p).into_bytes(), "text/csv; charset=utf-8", "plan.csv"),
        "plan.ics" => send(render::ics(&p).into_bytes(), "text/calendar; charset=utf-8", "plan.ics"),
        _ => {
            return Err(super::not_found(
                "there is no such form of a plan",
                "There are plan.json, fhir.json, plan.csv, plan.ics.",
            ));
        }
    })
}
