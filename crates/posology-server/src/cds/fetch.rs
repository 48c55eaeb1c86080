//! What a client did not send may be fetched from its FHIR server: only from servers that the operator listed, only with the token given.
use super::discovery::{Template, templates};
use super::read::bare;
use super::request::{Hook, HookRequest};
use super::text::segment;
use crate::app::App;
use crate::guard::jwt::Caller;
use std::time::Duration;

/// Pages of a search that are followed.
const MOST_PAGES: usize = 5;

/// What was fetched, and what is missing still.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Name and bytes of each answer.
    pub got: Vec<(String, Vec<u8>)>,
    /// What a review needs and does not have: the name of the query, and why.
    pub missing: Vec<(Template, String)>,
}

/// Templates that the prefetched data do not answer. A key that is there answers its template; so does a resource of its type under any other key.
fn unanswered(r: &HookRequest<'_>, hook: Hook, app: &App) -> Vec<(Template, bool)> {
    let mut types: Option<Vec<&str>> = None;
    let mut out = Vec::new();
    for t in templates(hook, &app.0.kb) {
        let given = r.prefetch.as_ref().and_then(|p| p.get(t.key));
        if given.is_some_and(Option::is_some) {
            continue;
        }
        let types = types.get_or_insert_with(|| {
            r.prefetch
                .iter()
                .flatten()
                .filter_map(|(_, v)| v.map(|v| v.get()))
                .flat_map(resource_types)
                .collect()
        });
        if !types.contains(&t.resource) {
            out.push((t, given.is_some()));
        }
    }
    out
}

/// The types named in a JSON text, wherever they stand.
fn resource_types(json: &str) -> Vec<&str> {
    const KEY: &str = "\"resourceType\"";
    let mut out: Vec<&str> = Vec::new();
    let mut rest = json;
    while let Some(i) = rest.find(KEY) {
        rest = &rest[i + KEY.len()..];
        let value =
            rest.trim_start().strip_prefix(':').map(str::trim_start).and_then(|v| v.strip_prefix('"'));
        if let Some(name) = value.and_then(|v| v.split('"').next())
            && !out.contains(&name)
        {
            out.push(name);
        }
    }
    out
}

/// Fetches what is missing, where that is allowed.
pub async fn complete(app: &App, r: &HookRequest<'_>, hook: Hook, caller: &Caller) -> Fetched {
    let wanted = unanswered(r, hook, app);
    let mut out = Fetched::default();
    if wanted.is_empty() {
        return out;
    }
    let reason = |null: bool, why: &str| {
        let sent = if null { "the client could not query it" } else { "the client did not send it" };
        format!("{sent}, and {why}")
    };
    let (base, token) = match access(app, r, caller) {
        Ok(a) => a,
        Err(why) => {
            out.missing = wanted.into_iter().map(|(t, null)| (t, reason(null, why))).collect();
            return out;
        }
    };
    let patient = bare(&r.context.patient_id).to_owned();
    let mut jobs = tokio::task::JoinSet::new();
    for (t, null) in wanted {
        let query = t.query.replace("{{context.patientId}}", &segment(&patient));
        let (app, base, token) = (app.clone(), base.clone(), token.clone());
        jobs.spawn(async move { (t, null, all_pages(&app, &base, &query, &token).await) });
    }
    while let Some(done) = jobs.join_next().await {
        match done {
            Ok((t, _, Ok(pages))) => {
                out.got.extend(
                    pages.into_iter().enumerate().map(|(i, p)| (format!("fhirServer.{}[{i}]", t.key), p)),
                );
            }
            Ok((t, null, Err(why))) => {
                let why = reason(null, &why);
                out.missing.push((t, why));
            }
            Err(_) => {}
        }
    }
    // In the order of the templates, not of the answers.
    out.got.sort_by(|a, b| a.0.cmp(&b.0));
    out.missing.sort_by_key(|m| m.0.key);
    out
}

/// The listed server and the token, or why there is none.
fn access(app: &App, r: &HookRequest<'_>, caller: &Caller) -> Result<(String, String), &'static str> {
    let asked = r.fhir_server.as_deref().ok_or("it names no FHIR server")?;
    let asked = asked.trim_end_matches('/');
    let auth = r.fhir_authorization.as_ref().ok_or("it gives no token for its FHIR server")?;
    let listed = app
        .0
        .config
        .fhir_servers
        .iter()
        .find(|s| s.base.trim_end_matches('/') == asked)
        .ok_or("its FHIR server is not on the list of those that may be asked")?;
    if listed.issuer.as_ref().is_some_and(|i| *i != caller.issuer) {
        return Err("its FHIR server is listed for another client");
    }
    if auth.access_token.is_empty() || !auth.access_token.bytes().all(|b| (0x21..0x7f).contains(&b)) {
        return Err("its token cannot be sent");
    }
    Ok((asked.to_owned(), auth.access_token.clone().into_owned()))
}

async fn all_pages(app: &App, base: &str, query: &str, token: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut out = Vec::new();
    let mut url = format!("{base}/{query}");
    loop {
        let bytes = one(app, &url, token).await?;
        let next =
            next_page(&bytes).filter(|n| n.strip_prefix(base).is_some_and(|r| r.starts_with(['/', '?'])));
        out.push(bytes);
        match next {
            Some(n) if out.len() < MOST_PAGES => url = n,
            Some(_) => return Err(format!("its FHIR server has more than {MOST_PAGES} pages of it")),
            None => return Ok(out),
        }
    }
}

async fn one(app: &App, url: &str, token: &str) -> Result<Vec<u8>, String> {
    let limits = &app.0.config.limits;
    let r = app
        .0
        .http
        .get(url)
        .bearer_auth(token)
        .header("accept", "application/fhir+json, application/json")
        .timeout(Duration::from_millis(limits.fetch_ms))
        .send()
        .await
        .map_err(|e| {
            if e.is_timeout() {
                "its FHIR server did not answer in time"
            } else {
                "its FHIR server could not be reached"
            }
        })?;
    if !r.status().is_success() {
        return Err(format!("its FHIR server answered {}", r.status().as_u16()));
    }
    limited(r, limits.fetch_bytes).await.map_err(str::to_owned)
}

/// The body of an answer, up to a size.
///
/// # Errors
/// It is larger, or breaks off.
pub async fn limited(mut r: reqwest::Response, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::new();
    loop {
        match r.chunk().await {
            Ok(Some(c)) if out.len() + c.len() > most => return Err("its answer is too large"),
            Ok(Some(c)) => out.extend_from_slice(&c),
            Ok(None) => return Ok(out),
            Err(_) => return Err("its answer broke off"),
        }
    }
}

fn next_page(bytes: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Bundle {
        #[serde(default)]
        link: Vec<Link>,
    }
    #[derive(serde::Deserialize)]
    struct Link {
        relation: String,
        url: String,
    }
    let b: Bundle = serde_json::from_slice(bytes).ok()?;
    b.link.into_iter().find(|l| l.relation == "next").map(|l| l.url)
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_found_wherever_they_stand() {
        let types = super::resource_types(
            r#"{"resourceType" : "Bundle","entry":[{"resource":{"id":"1","resourceType":"Patient"}},{"resource":{"resourceType":"Patient"}}]}"#,
        );
        assert_eq!(types, ["Bundle", "Patient"]);
        assert!(super::resource_types(r#"{"x":"resourceType"}"#).is_empty());
    }
}
