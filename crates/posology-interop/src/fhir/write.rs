//! A review as a FHIR R4 Bundle: for systems that keep findings as resources.
//!
//! | part of the review | resource |
//! |---|---|
//! | the review as a whole | `GuidanceResponse` (`data-requested` where something was not assessed) and its `Parameters` |
//! | a finding | `DetectedIssue` |
//! | actions, follow-up | activities of one `CarePlan` with status draft and intent proposal: nothing is ordered |
//! | what was not assessed | an issue of one `OperationOutcome` |
use posology_model::{Evidence, Finding, Review, Severity};
use serde_json::{Map, Value, json};

/// System of rule ids, severities and the module's own name.
pub const SYSTEM: &str = "https://github.com/posology/posology";

/// Writes a review as a Bundle of type `collection`. `patient` is the reference to give (`Patient/123`,
/// `urn:uuid:...`); where it is empty the resources name no patient.
///
/// The same review and reference give the same bytes: the ids are derived from the content.
pub fn review_to_bundle(review: &Review, patient: &str) -> Value {
    let writer = Writer { review, patient: patient.trim(), date: review.as_of.to_string() };
    let mut resources = Vec::new();
    let mut issues = Vec::new();
    for (i, finding) in review.findings.iter().enumerate() {
        let id = writer.id("finding", i, &finding.rule);
        issues.push(json!({ "name": "detected-issue", "valueReference": { "reference": urn(&id) } }));
        resources.push(writer.detected_issue(finding, &id));
    }
    let outcome = writer.outcome();
    let plan = writer.plan();
    let parameters = writer.parameters(issues);
    let guidance = writer.guidance(&parameters, outcome.as_ref(), plan.as_ref());
    let all = std::iter::once(guidance).chain(resources).chain(plan).chain(outcome).chain([parameters]);
    let entries: Vec<Value> =
        all.map(|r| json!({ "fullUrl": urn(r["id"].as_str().unwrap_or_default()), "resource": r })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

struct Writer<'w> {
    review: &'w Review,
    patient: &'w str,
    date: String,
}

impl Writer<'_> {
    fn id(&self, kind: &str, number: usize, more: &str) -> String {
        let number = number.to_string();
        let parts = [
            kind,
            &number,
            more,
            self.patient,
            &self.date,
            &self.review.knowledge_version,
            &self.review.jurisdiction,
        ];
        uuid(&parts)
    }

    fn subject(&self, resource: &mut Value, field: &str) {
        if !self.patient.is_empty() {
            resource[field] = json!({ "reference": self.patient });
        }
    }

    fn detected_issue(&self, f: &Finding, id: &str) -> Value {
        let rules = format!("{SYSTEM}/rules");
        let mut out = json!({
            "resourceType": "DetectedIssue",
            "id": id,
            "meta": { "tag": [{ "system": format!("{SYSTEM}/severity"), "code": f.severity.as_str() }] },
            "status": "final",
            "code": concept(&rules, &f.rule, &f.title),
            "severity": severity(f.severity),
            "identifiedDateTime": self.date,
        });
        self.subject(&mut out, "patient");
        set_text(&mut out, "detail", &f.detail);
        let implicated: Vec<Value> =
            f.substances.iter().filter_map(|s| said(&s.name)).map(|n| json!({ "display": n })).collect();
        set_list(&mut out, "implicated", implicated);
        let evidence = f.evidence.iter().map(|e| json!({ "code": [{ "text": cite(e) }] })).collect();
        set_list(&mut out, "evidence", evidence);
        if let Some(url) = f.evidence.iter().find_map(web_address) {
            out["reference"] = json!(url);
        }
        out
    }

    fn guidance(&self, parameters: &Value, outcome: Option<&Value>, plan: Option<&Value>) -> Value {
        let reference = |r: &Value| json!({ "reference": urn(r["id"].as_str().unwrap_or_default()) });
        let mut out = json!({
            "resourceType": "GuidanceResponse",
            "id": self.id("guidance", 0, ""),
            "moduleUri": SYSTEM,
            "status": if outcome.is_some() { "data-requested" } else { "success" },
            "occurrenceDateTime": self.date,
            "performer": { "display": "Posology" },
            "outputParameters": reference(parameters),
        });
        self.subject(&mut out, "subject");
        if let Some(message) = &self.review.interruption {
            let also = if message.also.is_empty() {
                String::new()
            } else {
                format!(" Also: {}.", message.also.join("; "))
            };
            if let Some(text) = said(&format!("{}.{also}", message.title)) {
                out["note"] = json!([{ "text": text }]);
            }
        }
        if let Some(o) = outcome {
            out["evaluationMessage"] = json!([reference(o)]);
        }
        if let Some(p) = plan {
            out["result"] = reference(p);
        }
        out
    }

    fn outcome(&self) -> Option<Value> {
        let issues: Vec<Value> = self
            .review
            .not_assessed
            .iter()
            .map(|n| {
                let text =
                    said(&format!("{}: {}", n.what, n.why)).unwrap_or_else(|| "not assessed".to_owned());
                let mut issue =
                    json!({ "severity": "warning", "code": "processing", "details": { "text": text } });
                set_text(&mut issue, "diagnostics", &n.rules.join(", "));
                issue
            })
            .collect();
        (!issues.is_empty()).then(|| {
            json!({ "resourceType": "OperationOutcome", "id": self.id("outcome", 0, ""), "issue": issues })
        })
    }

    /// R4 requires a subject of a plan; where the caller names none, the reference says so in words.
    fn plan(&self) -> Option<Value> {
        let mut activities = Vec::new();
        let mut add = |detail: Value| activities.push(json!({ "detail": detail }));
        for f in &self.review.findings {
            for text in f.actions.iter().filter_map(|a| said(&a.text)) {
                let mut detail =
                    json!({ "status": "not-started", "doNotPerform": false, "description": text });
                if let Some(title) = said(&f.title) {
                    detail["reasonCode"] = json!([{ "text": title }]);
                }
                add(detail);
            }
        }
        for f in &self.review.follow_up {
            let Some(what) = said(&f.what) else { continue };
            let mut detail = json!({
                "status": "not-started",
                "doNotPerform": false,
                "description": what,
                "scheduledPeriod": { "start": f.due.to_string() },
            });
            if let Some(why) = said(&f.why) {
                detail["reasonCode"] = json!([{ "text": why }]);
            }
            add(detail);
        }
        (!activities.is_empty()).then(|| {
            let mut out = json!({
                "resourceType": "CarePlan",
                "id": self.id("plan", 0, ""),
                "status": "draft",
                "intent": "proposal",
                "subject": { "display": "patient not named" },
                "created": self.date,
                "activity": activities,
            });
            self.subject(&mut out, "subject");
            out
        })
    }

    fn parameters(&self, issues: Vec<Value>) -> Value {
        let mut list = vec![
            json!({ "name": "as-of", "valueDate": self.date }),
            json!({ "name": "findings", "valueInteger": self.review.findings.len() }),
            json!({ "name": "not-assessed", "valueInteger": self.review.not_assessed.len() }),
        ];
        for (name, value) in [
            ("knowledge-version", &self.review.knowledge_version),
            ("jurisdiction", &self.review.jurisdiction),
        ] {
            if let Some(v) = said(value) {
                list.push(json!({ "name": name, "valueString": v }));
            }
        }
        list.extend(issues);
        json!({ "resourceType": "Parameters", "id": self.id("parameters", 0, ""), "parameter": list })
    }
}

/// FHIR's three grades. Its "high" is what may be life-threatening or do permanent injury: our critical.
const fn severity(s: Severity) -> &'static str {
    match s {
        Severity::Critical => "high",
        Severity::Serious => "moderate",
        Severity::Caution | Severity::Note => "low",
    }
}

/// A string that FHIR allows: not empty, no control characters.
fn said(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

fn set_text(value: &mut Value, field: &str, text: &str) {
    if let Some(text) = said(text) {
        value[field] = json!(text);
    }
}

fn set_list(value: &mut Value, field: &str, list: Vec<Value>) {
    if !list.is_empty() {
        value[field] = Value::Array(list);
    }
}

fn concept(system: &str, code: &str, words: &str) -> Value {
    let mut out = Map::new();
    // A FHIR code has no white space at its ends and no runs of it.
    let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    if !code.is_empty() {
        out.insert("coding".to_owned(), json!([{ "system": system, "code": code }]));
    }
    let words = said(words).unwrap_or_else(|| code.clone());
    out.insert("text".to_owned(), json!(if words.is_empty() { "finding" } else { &words }));
    Value::Object(out)
}

fn cite(e: &Evidence) -> String {
    let mut out = e.source.trim().to_owned();
    for part in [e.locator.trim(), e.url.as_deref().unwrap_or_default().trim()] {
        if !part.is_empty() {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(part);
        }
    }
    said(&out).unwrap_or_else(|| "source not named".to_owned())
}

fn web_address(e: &Evidence) -> Option<&str> {
    let url = e.url.as_deref()?.trim();
    ((url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_whitespace))
        .then_some(url)
}

fn urn(id: &str) -> String {
    format!("urn:uuid:{id}")
}

/// A UUID of version 8 from the 128-bit FNV-1a hash of the parts: the same content has the same id everywhere.
fn uuid(parts: &[&str]) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash = OFFSET;
    for part in parts {
        for b in part.bytes().chain([0xff]) {
            hash = (hash ^ u128::from(b)).wrapping_mul(PRIME);
        }
    }
    hash = hash & !(0xf << 76) | 8 << 76;
    hash = hash & !(0x3 << 62) | 2 << 62;
    let hex = format!("{hash:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
