//! FHIR R4: a Bundle of a CarePlan, a Task per look and a draft MedicationRequest (intent `proposal`) per supply and dose.
use super::piece_words;
use crate::mass::number;
use crate::plan::{Dose, Plan, Step};
use posology_model::history::plus_days;
use serde_json::{Value, json};

/// The plan as a FHIR Bundle. `patient`: reference to the patient (`Patient/123`); without one the subject is only described.
///
/// Nothing in it is an order: requests are drafts with the intent `proposal`, none covers more than the time to the next change, and none
/// raises a dose. Steps that wait for a prescriber, that were entered by one, or that lie before the date of the plan carry no request.
pub fn fhir(p: &Plan, patient: Option<&str>) -> Value {
    let subject = match patient {
        Some(r) => json!({ "reference": r }),
        None => json!({ "display": "The patient for whom the plan was made" }),
    };
    let mut entries = Vec::new();
    let mut activities = Vec::new();
    let mut before = p.from.daily_dose_mg;
    for (n, s) in p.steps.iter().enumerate() {
        let rises = s.daily_dose_mg > before + 1e-9 && s.kind != "switch";
        before = s.daily_dose_mg;
        let skip = rises
            || p.awaits_prescriber.is_some()
            || matches!(s.kind.as_str(), "entered" | "restart" | "step-back" | "gap");
        if !skip && s.days > 0 {
            for (k, r) in requests(p, n, s, &subject).into_iter().enumerate() {
                let id = format!("step-{}-{}", n + 1, k + 1);
                activities
                    .push(json!({ "reference": { "reference": format!("urn:uuid:{}", uuid(p, &id)) } }));
                entries.push(entry(p, &id, r));
            }
        }
        if let Some(look) = s.review.filter(|_| s.days > 0) {
            let id = format!("look-{}", n + 1);
            let task = json!({
                "resourceType": "Task", "status": "draft", "intent": "proposal",
                "description": format!("Look at the patient before the next change: withdrawal, sedation, mood, sleep. {}", p.disclaimer),
                "for": subject,
                "executionPeriod": { "start": look[0].to_string(), "end": look[1].to_string() },
            });
            activities.push(json!({ "reference": { "reference": format!("urn:uuid:{}", uuid(p, &id)) } }));
            entries.push(entry(p, &id, task));
        }
    }
    let mut notes: Vec<Value> = vec![json!({ "text": p.disclaimer }), json!({ "text": p.advice.summary })];
    notes.extend(p.advice.risks.iter().map(|r| json!({ "text": format!("{}: {}", r.kind, r.text) })));
    notes.extend(p.warnings.iter().map(|w| json!({ "text": w.text })));
    notes.extend(
        p.not_assessed.iter().map(|x| json!({ "text": format!("Not assessed: {}: {}", x.what, x.why) })),
    );
    let mut plan = json!({
        "resourceType": "CarePlan", "status": "draft", "intent": "proposal",
        "title": format!("Taper of {} from {} mg a day", p.substance.name, number(p.from.daily_dose_mg)),
        "description": format!("{} Guidance: {}. {}", p.disclaimer, p.guideline_used.name, p.guideline_used.pace),
        "subject": subject,
        "created": p.as_of.to_string(),
        "period": { "start": p.steps.first().map_or(p.as_of, |s| s.start).to_string(), "end": p.ends.to_string() },
        "note": notes,
    });
    if !activities.is_empty() {
        plan["activity"] = Value::Array(activities);
    }
    entries.insert(0, entry(p, "plan", plan));
    json!({ "resourceType": "Bundle", "type": "collection", "timestamp": format!("{}T00:00:00Z", p.as_of), "entry": entries })
}

fn entry(p: &Plan, id: &str, mut resource: Value) -> Value {
    let uuid = uuid(p, id);
    resource["id"] = json!(uuid);
    // Narrative: some readers show nothing else.
    let said = resource["description"]
        .as_str()
        .or(resource["note"][0]["text"].as_str())
        .unwrap_or(&p.disclaimer)
        .replace('&', "&amp;")
        .replace('<', "&lt;");
    resource["text"] = json!({ "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{said}</p></div>") });
    json!({ "fullUrl": format!("urn:uuid:{uuid}"), "resource": resource })
}

/// One request per product of a step.
fn requests(p: &Plan, n: usize, s: &Step, subject: &Value) -> Vec<Value> {
    let mut products: Vec<&str> = Vec::new();
    for piece in s.doses.iter().flat_map(|d| &d.pieces) {
        if !products.contains(&piece.product.as_str()) {
            products.push(&piece.product);
        }
    }
    products
        .into_iter()
        .filter_map(|product| {
            let sample = s.doses.iter().flat_map(|d| &d.pieces).find(|x| x.product == product)?;
            let mut concept = json!({ "text": product });
            if let Some(code) = &sample.rxnorm {
                concept["coding"] = json!([{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code }]);
            }
            // Quantity of the first supply only: later ones are asked for when they are due.
            let supply = p.supply.iter().find(|x| x.step == n && x.product == product)?;
            let quantity = match (supply.count, supply.volume_ml) {
                (Some(c), _) => json!({ "value": c.ceil(), "unit": "piece" }),
                (None, Some(v)) => json!({ "value": (v * 100.0).round() / 100.0, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL" }),
                (None, None) => return None,
            };
            let dosage: Vec<Value> =
                s.doses.iter().filter_map(|d| instruction(s, d, product)).enumerate().map(|(i, mut x)| {
                    x["sequence"] = json!(i + 1);
                    x
                }).collect();
            Some(json!({
                "resourceType": "MedicationRequest", "status": "draft", "intent": "proposal",
                "medicationCodeableConcept": concept,
                "subject": subject,
                "authoredOn": p.as_of.to_string(),
                "note": [{ "text": p.disclaimer }],
                "dosageInstruction": dosage,
                "dispenseRequest": {
                    "validityPeriod": { "start": s.start.to_string(), "end": plus_days(s.start, i64::from(s.days) - 1).to_string() },
                    "numberOfRepeatsAllowed": 0,
                    "quantity": quantity,
                    "expectedSupplyDuration": { "value": supply.days, "unit": "day", "system": "http://unitsofmeasure.org", "code": "d" },
                },
            }))
        })
        .collect()
}

fn instruction(s: &Step, d: &Dose, product: &str) -> Option<Value> {
    let piece = d.pieces.iter().find(|x| x.product == product)?;
    let quantity = match (piece.count, piece.volume_ml) {
        (Some(c), _) => json!({ "value": c, "unit": "piece" }),
        (None, Some(v)) => {
            json!({ "value": v, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL" })
        }
        (None, None) => return None,
    };
    Some(json!({
        "text": format!("{} at {}", piece_words(piece), d.time),
        "timing": { "repeat": {
            "boundsPeriod": { "start": s.start.to_string(), "end": plus_days(s.start, i64::from(s.days) - 1).to_string() },
            "frequency": 1, "period": 1, "periodUnit": "d", "timeOfDay": [format!("{}:00", d.time)],
        } },
        "doseAndRate": [{ "doseQuantity": quantity }],
    }))
}

/// A stable identifier from the plan and a name, in the form of a UUID of version 8 (own content).
fn uuid(p: &Plan, name: &str) -> String {
    let key = format!(
        "{}|{}|{}|{}|{}|{name}",
        p.substance.id,
        p.as_of,
        p.ends,
        number(p.from.daily_dose_mg),
        p.history.len()
    );
    // FNV-1a, twice with different offsets: no secret, only stable.
    let hash = |mut h: u64| {
        for b in key.bytes() {
            h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        h
    };
    let (a, b) = (hash(0xcbf2_9ce4_8422_2325), hash(0x8422_2325_cbf2_9ce4));
    format!(
        "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
        (a >> 32) as u32,
        (a >> 16) as u16,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}
