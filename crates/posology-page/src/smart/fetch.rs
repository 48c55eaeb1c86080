//! Reads a patient's record from a server.
use super::session::Session;
use super::wire::Links;
use super::{Issuer, Smart};
use posology_interop::fhir::{CaseBuilder, ReadOptions};
use posology_model::{Case, InputProblem, ProblemKind};
use url::Url;

/// Pages of one kind of resource that are read.
const PAGES: usize = 20;
/// Largest answer, bytes.
const LARGEST: usize = 12 * 1024 * 1024;

/// What is asked of a server, in order.
const ASKED: [&str; 9] = [
    "MedicationRequest?patient={}&_count=200",
    "MedicationStatement?patient={}&_count=200",
    "MedicationDispense?patient={}&_count=200",
    "Condition?patient={}&_count=200",
    "AllergyIntolerance?patient={}&_count=200",
    "Observation?patient={}&category=laboratory&_count=200",
    "Observation?patient={}&category=vital-signs&_count=200",
    "Observation?patient={}&category=social-history&_count=200",
    "Encounter?patient={}&_count=100",
];

/// A record, and what of it could not be read.
pub struct Read {
    /// One case; several where the server sent records of several patients.
    pub cases: Vec<Case>,
    /// What could not be read.
    pub problems: Vec<InputProblem>,
}

fn missing(what: &str, why: &str) -> InputProblem {
    InputProblem {
        kind: ProblemKind::NotRead,
        path: what.to_owned(),
        message: format!("the server of records did not give it ({why})"),
        remedy: "what depends on it is not assessed; ask for the right to read it, or type it in".to_owned(),
    }
}

impl Smart {
    /// Reads the record of a session's patient. The patient must be readable; any other kind that is not becomes a problem.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn read(&self, issuer: &Issuer, s: &Session) -> Result<Read, String> {
        let base = issuer.url.trim_end_matches('/');
        let id = patient_id(&s.patient)?;
        let mut builder = CaseBuilder::new(ReadOptions { name: String::new(), keep_going: true });
        let patient = self.get(&format!("{base}/Patient/{id}"), &s.token).await?;
        builder.add("Patient", &patient).map_err(|e| e.message)?;
        let mut problems = Vec::new();
        for asked in ASKED {
            let what = asked.split('&').next().unwrap_or(asked).replace("?patient={}", "");
            let mut next = Some(format!("{base}/{}", asked.replace("{}", id)));
            let mut pages = 0;
            while let Some(address) = next.take() {
                pages += 1;
                let body = match self.get(&address, &s.token).await {
                    Ok(b) => b,
                    Err(why) => {
                        problems.push(missing(&what, &why));
                        break;
                    }
                };
                if let Err(e) = builder.add(&what, &body) {
                    problems.push(missing(&what, &e.message));
                    break;
                }
                let links: Links = serde_json::from_slice(&body).unwrap_or(Links { link: Vec::new() });
                let Some(link) = links.link.into_iter().find(|l| l.relation == "next") else { break };
                match same_server(base, &link.url) {
                    Some(u) if pages < PAGES => next = Some(u),
                    Some(_) => {
                        problems.push(missing(&what, &format!("only the first {PAGES} pages were read")))
                    }
                    None => problems.push(missing(&what, "its next page is at another server")),
                }
            }
        }
        let cases = builder.finish().map_err(|e| e.message)?;
        Ok(Read { cases, problems })
    }

    async fn get(&self, address: &str, token: &str) -> Result<Vec<u8>, String> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let answer = client
            .get(address)
            .bearer_auth(token)
            .header("accept", "application/fhir+json")
            .send()
            .await
            .map_err(|e| e.without_url().to_string())?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("it answered {status}"));
        }
        body(answer).await
    }
}

/// A body of bounded size.
pub async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| e.without_url().to_string())? {
        if out.len() + chunk.len() > LARGEST {
            return Err(format!("it sent more than {} MB", LARGEST / 1024 / 1024));
        }
        out.extend_from_slice(&chunk);
    }
    Ok(out)
}

/// An id as FHIR allows it, so that it can stand in an address.
fn patient_id(text: &str) -> Result<&str, String> {
    let bare = text.strip_prefix("Patient/").unwrap_or(text);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if bare.is_empty() || bare.len() > 64 || !bare.chars().all(allowed) || bare.chars().all(|c| c == '.') {
        return Err("the server names a patient by no FHIR id".to_owned());
    }
    Ok(bare)
}

/// The address of a further page, if it is at the same server and below its base.
fn same_server(base: &str, next: &str) -> Option<String> {
    let base = Url::parse(&format!("{base}/")).ok()?;
    let next = base.join(next).ok()?;
    (next.origin() == base.origin() && next.path().starts_with(base.path().trim_end_matches('/')))
        .then(|| next.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_stays_at_the_server() {
        let base = "https://ehr.example.org/fhir";
        assert!(same_server(base, "https://ehr.example.org/fhir?page=2").is_some());
        assert!(same_server(base, "Observation?page=2").is_some());
        for other in [
            "https://ehr.example.org.evil.example/fhir?page=2",
            "http://ehr.example.org/fhir?page=2",
            "https://ehr.example.org/other?page=2",
            "//evil.example/fhir",
        ] {
            assert!(same_server(base, other).is_none(), "{other}");
        }
    }

    #[test]
    fn ids_cannot_leave_their_place_in_an_address() {
        assert_eq!(patient_id("Patient/a-1.b"), Ok("a-1.b"));
        for bad in ["", "..", "a/b", "a?b", "a b", "../Practitioner/1"] {
            assert!(patient_id(bad).is_err(), "{bad}");
        }
    }
}
