//! Papers as PDF.
use super::{App, aside};
use crate::entry::Entry;
use crate::form::Form;
use crate::outcome;
use crate::reply::{Refusal, file};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use posology_papers::{Desk, Document, Language, LeafletRequest, Plan, to_pdf};

fn refused(what: impl Into<String>, remedy: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, what, remedy)
}

fn pdf(d: &Document) -> Result<Vec<u8>, Refusal> {
    to_pdf(d).map_err(|e| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the paper was not typeset ({e})"),
            "Report it with the example that does it.",
        )
    })
}

/// What the patient takes home, a draft until a clinician has checked it.
pub async fn leaflet(State(app): State<App>, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    let name = form.get("drug").to_owned();
    let plan = match form.get("plan") {
        "" => None,
        json => Some(Plan::read(json).map_err(|e| refused(e.to_string(), "Make the plan anew."))?),
    };
    let language = if form.get("language") == "es" { Language::Es } else { Language::En };
    let title = format!("leaflet-{name}.pdf");
    let bytes = aside(move || {
        let kb = &app.page.kb;
        let drug = kb.find(&name).or_else(|| kb.by_name(&name).map(|m| m.0));
        let drug = drug.ok_or_else(|| {
            refused(format!("the knowledge holds no drug named \"{name}\""), "Choose it in the review.")
        })?;
        let o = (!entry.is_empty()).then(|| outcome::of(&entry, kb));
        let settings = outcome::settings(&entry);
        let request = LeafletRequest {
            drug,
            case: o.as_ref().map(|o| &o.tried),
            plan: plan.as_ref(),
            language,
            settings: &settings,
            desk: &Desk::default(),
        };
        let d = posology_papers::leaflet(kb, &request).map_err(|e| {
            refused(e.to_string(), "Choose a drug that has a leaflet, and a plan of that drug.")
        })?;
        pdf(&d)
    })
    .await??;
    Ok(file(bytes, "application/pdf", &title))
}

/// What the clinician decides with.
pub async fn decision(State(app): State<App>, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    let bytes = aside(move || {
        let kb = &app.page.kb;
        let o = outcome::of(&entry, kb);
        let d = posology_papers::decision(kb, &o.tried, &o.settings).map_err(|e| {
            refused(e.to_string(), "Add an order to the list, or try a change in the review.")
        })?;
        pdf(&d)
    })
    .await??;
    Ok(file(bytes, "application/pdf", "decision.pdf"))
}
