//! Changes of JSON documents that stay documents.
use crate::mutate::{DATES, NUMBERS, Random};
use serde_json::Value;

/// The document with a few of its nodes changed; `None` where the input is no JSON object.
pub fn changed(input: &[u8], seeds: &[Vec<u8>], random: &mut Random) -> Option<Vec<u8>> {
    if !input.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let mut tree: Value = serde_json::from_slice(input).ok()?;
    for _ in 0..=random.below(4) {
        let nodes = count(&tree);
        let other = match random.below(6) {
            0 => seeds.get(random.below(seeds.len())).and_then(|s| serde_json::from_slice::<Value>(s).ok()),
            _ => None,
        };
        // Where a part of another document is put in: any node of it.
        let part = other.and_then(|mut o| {
            let at = random.below(count(&o));
            node(&mut o, at).map(|v| v.take())
        });
        let at = random.below(nodes);
        if let Some(v) = node(&mut tree, at) {
            match part {
                Some(p) => *v = p,
                None => change(v, random),
            }
        }
    }
    serde_json::to_vec(&tree).ok()
}

fn count(v: &Value) -> usize {
    1 + match v {
        Value::Array(a) => a.iter().map(count).sum(),
        Value::Object(o) => o.values().map(count).sum(),
        _ => 0,
    }
}

/// The node of a number, in the order of the document.
fn node(v: &mut Value, at: usize) -> Option<&mut Value> {
    if at == 0 {
        return Some(v);
    }
    let mut left = at - 1;
    let children: Vec<&mut Value> = match v {
        Value::Array(a) => a.iter_mut().collect(),
        Value::Object(o) => o.values_mut().collect(),
        _ => return None,
    };
    for c in children {
        let n = count(c);
        if left < n {
            return node(c, left);
        }
        left -= n;
    }
    None
}

fn change(v: &mut Value, random: &mut Random) {
    let kind = random.below(8);
    match v {
        Value::Array(a) if !a.is_empty() && kind < 6 => {
            let (i, j) = (random.below(a.len()), random.below(a.len()));
            match kind {
                0 | 1 => drop(a.remove(i)),
                2 | 3 => {
                    let copy = a[i].clone();
                    a.insert(j, copy);
                }
                _ => a.swap(i, j),
            }
        }
        Value::Object(o) if !o.is_empty() && kind < 7 => {
            let keys: Vec<String> = o.keys().cloned().collect();
            let (a, b) = (&keys[random.below(keys.len())], &keys[random.below(keys.len())]);
            match kind {
                0..=2 => drop(o.remove(a)),
                3 | 4 => {
                    let copy = o.get(a).cloned().unwrap_or_default();
                    o.insert(b.clone(), copy);
                }
                5 => {
                    let copy = o.remove(a).unwrap_or_default();
                    o.insert(a.to_uppercase(), copy);
                }
                _ => drop(
                    o.insert("extension".into(), serde_json::json!([{ "url": "x", "valueString": "y" }])),
                ),
            }
        }
        Value::Number(_) if kind < 6 => *v = odd_number(random),
        Value::String(s) if kind < 7 => match kind {
            0 | 1 => *s = random.pick(DATES).unwrap_or_default().to_owned(),
            2 => *s = random.pick(NUMBERS).unwrap_or_default().to_owned(),
            3 => *s = random.pick(STRINGS).unwrap_or_default().to_owned(),
            4 => s.clear(),
            5 => *s = s.repeat(2),
            _ => *s = s.chars().rev().collect(),
        },
        _ => {
            *v = match random.below(7) {
                0 => Value::Null,
                1 => Value::Bool(random.below(2) == 0),
                2 => odd_number(random),
                3 => Value::Array(Vec::new()),
                4 => Value::Object(serde_json::Map::new()),
                5 => Value::Array(vec![v.take()]),
                _ => Value::String(random.pick(STRINGS).unwrap_or_default().to_owned()),
            };
        }
    }
}

fn odd_number(random: &mut Random) -> Value {
    let all = [0.0, -1.0, 0.5, 1e308, -1e308, 1e-308, 5e15, 40.0, 99_999.0];
    serde_json::json!(all[random.below(all.len())])
}

/// Words that mean something to a reader of FHIR.
const STRINGS: &[&str] = &[
    "entered-in-error",
    "stopped",
    "completed",
    "on-hold",
    "proposal",
    "plan",
    "order",
    "mg",
    "mL",
    "{tbl}",
    "h",
    "d",
    "wk",
    "a",
    "BID",
    "active",
    "resolved",
    "refuted",
    "diazepam 5 MG Oral Tablet",
    "oxycodone 10 mg tablet",
    "take 1-2 tablets every 4 to 6 hours as needed for pain",
    "1 patch every 72 h",
    "Patient/1",
    "#m",
    "urn:uuid:0",
    "MedicationRequest/x",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://snomed.info/sct",
    "http://loinc.org",
    "29463-7",
    "Medication",
    "Patient",
    "Observation",
    "female",
    "kg",
    "[lb_av]",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_reached_and_the_answer_is_a_document() {
        let mut v = serde_json::json!({ "a": [1, 2, { "b": "x" }], "c": null });
        let n = count(&v);
        assert_eq!(n, 7);
        assert!((0..n).all(|i| node(&mut v, i).is_some()) && node(&mut v, n).is_none());
        let text = v.to_string().into_bytes();
        let mut r = Random::new(3);
        for _ in 0..500 {
            let out =
                changed(&text, std::slice::from_ref(&text), &mut r).expect("an object stays a document");
            assert!(serde_json::from_slice::<Value>(&out).is_ok());
        }
        assert!(changed(b"diazepam 5 mg", &[], &mut r).is_none());
    }
}
