//! An outcome as JSON and as a FHIR MeasureReport.
use super::{Outcome, Populations};
use serde_json::{Value, json as value};

/// As JSON, with the membership of every patient in every population of every group.
pub fn json(o: &Outcome) -> Value {
    let mut v = serde_json::to_value(o).unwrap_or_default();
    if let Some(groups) = v.get_mut("groups").and_then(Value::as_object_mut) {
        for (k, g) in groups {
            if let (Some(p), Some(g)) = (o.groups.get(k), g.as_object_mut()) {
                g.insert("score".into(), p.score().map_or(Value::Null, |s| value!((s * 1e6).round() / 1e6)));
            }
        }
    }
    v
}

type Count = fn(&Populations) -> u64;
const POPULATIONS: [(&str, Count); 4] = [
    ("initial-population", |p| p.initial_population),
    ("denominator", |p| p.denominator),
    ("denominator-exclusion", |p| p.denominator_exclusion),
    ("numerator", |p| p.numerator),
];

/// As a FHIR R4 MeasureReport of type `subject-list`: every number refers to a list of the patients behind it.
pub fn fhir(o: &Outcome) -> Value {
    let mut contained = Vec::new();
    let mut groups = Vec::new();
    for (name, total) in &o.groups {
        let mut populations = Vec::new();
        for (code, count) in POPULATIONS {
            let id = format!("group-{name}-{code}");
            let members: Vec<Value> = o
                .patients
                .iter()
                .filter(|m| m.groups.get(name).is_some_and(|p| count(p) > 0))
                .map(|m| value!({"item": {"reference": format!("Patient/{}", m.patient)}}))
                .collect();
            let mut list =
                value!({"resourceType": "List", "id": id, "status": "current", "mode": "snapshot"});
            if members.is_empty() {
                list["emptyReason"] = value!({"text": "nobody"});
            } else {
                list["entry"] = Value::Array(members);
            }
            contained.push(list);
            populations.push(value!({
                "code": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/measure-population", "code": code}]},
                "count": count(total),
                "subjectResults": {"reference": format!("#{id}")},
            }));
        }
        let mut group = value!({"code": {"text": name}, "population": populations});
        if let Some(s) = total.score() {
            group["measureScore"] = value!({"value": (s * 1e6).round() / 1e6});
        }
        groups.push(group);
    }
    let mut text = format!("{} ({}). Knowledge {}.", o.title, o.definition, o.knowledge_version);
    let built: Vec<&str> = o.value_sets.iter().filter(|s| s.approximation).map(|s| s.name.as_str()).collect();
    if !built.is_empty() {
        text.push_str(&format!(" Value sets that are an approximation: {}.", built.join("; ")));
    }
    if let Some(h) = o.harm_of_stopping {
        text.push(' ');
        text.push_str(h);
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    value!({
        "resourceType": "MeasureReport",
        "text": {"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{escaped}</p></div>")},
        "contained": contained,
        "status": "complete",
        "type": "subject-list",
        "measure": match o.measure {
            "cms506" => "https://madie.cms.gov/Measure/SafeUseofOpioidsConcurrentPrescribingFHIR",
            "cms156" => "https://madie.cms.gov/Measure/UseofHighRiskMedicationsintheElderlyFHIR",
            "pdc" => "urn:posology:measure:pdc",
            _ => "urn:posology:measure:benzodiazepine-over-4-weeks",
        },
        "period": {"start": o.period.start.to_string(), "end": o.period.end.to_string()},
        "group": groups,
    })
}
