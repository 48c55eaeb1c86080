//! What may be done at one click: it exists, it is right, and it never does harm.
use crate::support::*;
use serde_json::{Value, json};

fn actions(v: &Value) -> Vec<Value> {
    v["cards"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|c| c["suggestions"].as_array().cloned().unwrap_or_default())
        .flat_map(|s| s["actions"].as_array().cloned().unwrap())
        .collect()
}

#[tokio::test]
async fn a_dose_above_the_limit_is_lowered_to_tablets_that_exist() {
    let app = app().await;
    let draft = diazepam("d1", "4 tablets at night", "draft");
    let v = hook(&app, &ask("order-sign", &[], std::slice::from_ref(&draft))).await;
    let update = actions(&v)
        .into_iter()
        .find(|a| a["type"] == "update")
        .unwrap_or_else(|| panic!("{:?}", summaries(&v)));
    let r = &update["resource"];
    assert_eq!(r["id"], "d1");
    let mg = r["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"].as_f64().unwrap();
    assert!(mg > 0.0 && mg < 20.0, "{r:#}");
    assert!(r["dosageInstruction"][0]["text"].as_str().unwrap().starts_with(&format!("{mg} mg")));
    // Taken over, the draft is within the limits.
    let again = hook(&app, &ask("order-sign", &[], std::slice::from_ref(r))).await;
    for rule in ["single-dose-above-limit", "daily-dose-above-limit", "starting-dose-above-limit"] {
        assert!(
            !again["cards"].as_array().unwrap().iter().any(|c| c["source"]["topic"]["code"] == rule),
            "{rule}: {:?}",
            summaries(&again)
        );
    }
}

#[tokio::test]
async fn naloxone_is_offered_as_a_draft() {
    let app = app().await;
    let v = hook(
        &app,
        &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]),
    )
    .await;
    let create = actions(&v)
        .into_iter()
        .find(|a| a["type"] == "create" && a["resource"]["resourceType"] == "MedicationRequest")
        .unwrap();
    let r = &create["resource"];
    assert_eq!((&r["status"], &r["intent"]), (&json!("draft"), &json!("proposal")));
    assert!(r["medicationCodeableConcept"]["text"].as_str().unwrap().contains("naloxone"));
    assert_eq!(r["medicationCodeableConcept"]["coding"][0]["code"], "1725059");
    assert_eq!(r["subject"]["reference"], "Patient/p1");
}

#[tokio::test]
async fn a_new_draft_may_be_removed_and_a_therapy_never() {
    let app = app().await;
    let new = hook(
        &app,
        &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]),
    )
    .await;
    assert!(
        actions(&new).iter().any(|a| a["type"] == "delete" && a["resourceId"] == "MedicationRequest/d1"),
        "{new:#}"
    );
    let mut taken = diazepam("old", "1 tablet three times a day", "active");
    taken["authoredOn"] = json!("2024-01-10");
    for draft in [diazepam("d2", "1 tablet three times a day", "draft"), taken.clone()] {
        let v = hook(&app, &ask("order-sign", &[oxycodone(), taken.clone()], &[draft])).await;
        assert!(!actions(&v).iter().any(|a| a["type"] == "delete"), "{v:#}");
    }
}

#[tokio::test]
async fn a_stop_that_is_too_fast_gets_a_draft_of_a_taper() {
    let app = app().await;
    let mut taken = diazepam("d1", "1 tablet three times a day", "active");
    taken["authoredOn"] = json!("2025-01-10");
    let mut stop = taken.clone();
    stop["status"] = json!("stopped");
    let v = hook(&app, &ask("order-sign", &[taken], &[stop])).await;
    let plan = actions(&v)
        .into_iter()
        .find(|a| a["resource"]["resourceType"] == "CarePlan")
        .unwrap_or_else(|| panic!("{v:#}"));
    let r = &plan["resource"];
    assert_eq!((&r["status"], &r["intent"]), (&json!("draft"), &json!("proposal")));
    assert!(r["activity"].as_array().unwrap().len() > 2);
    assert!(card(&v, "abrupt-stop")["links"].to_string().contains("/taper?drug=diazepam"));
}

/// Over many drugs and doses: no action gives more than the draft, none deletes what is taken.
#[tokio::test]
async fn no_suggestion_ever_raises_a_dose_or_ends_a_therapy() {
    let app = app().await;
    let mut updates = 0;
    for (name, strength) in [
        ("diazepam", 10.0),
        ("lorazepam", 2.0),
        ("zolpidem", 10.0),
        ("oxycodone", 20.0),
        ("alprazolam", 2.0),
        ("temazepam", 30.0),
        ("clonazepam", 2.0),
    ] {
        for n in [1.0, 2.0, 4.0] {
            for times in [1, 3, 6] {
                let mut d = request(&format!("{name} {strength} mg tablet"), "d1", None, "", "draft");
                d["dosageInstruction"] = json!([{
                    "timing": { "repeat": { "frequency": times, "period": 1, "periodUnit": "d" } },
                    "doseAndRate": [{ "doseQuantity": { "value": n * strength, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg" } }],
                }]);
                for taken in [
                    vec![],
                    vec![request(
                        &format!("{name} {strength} mg tablet"),
                        "t1",
                        None,
                        "1 tablet twice a day",
                        "active",
                    )],
                ] {
                    let v = hook(&app, &ask("order-sign", &taken, std::slice::from_ref(&d))).await;
                    for a in actions(&v) {
                        match a["type"].as_str().unwrap() {
                            "update" => {
                                updates += 1;
                                let i = &a["resource"]["dosageInstruction"][0];
                                assert!(
                                    i["doseAndRate"][0]["doseQuantity"]["value"].as_f64().unwrap()
                                        < n * strength,
                                    "{a:#}"
                                );
                                assert_eq!(i["timing"]["repeat"]["frequency"], times);
                            }
                            "delete" => assert!(
                                taken.is_empty() && a["resourceId"] == "MedicationRequest/d1",
                                "{a:#}"
                            ),
                            _ => {
                                let r = &a["resource"];
                                let ok = r["resourceType"] == "CarePlan"
                                    || r["medicationCodeableConcept"]["text"]
                                        .as_str()
                                        .is_some_and(|t| t.starts_with("naloxone"));
                                assert!(ok, "{a:#}");
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(updates > 5, "{updates} updates");
}
