use crate::support::*;
use axum::http::StatusCode;
use posology_server::app::App;
use posology_server::config::Config;
use serde_json::{Value, json};

#[tokio::test]
async fn discovery_lists_three_services_with_small_templates() {
    let app = app().await;
    let v = call(&app, get("/cds-services")).await.json();
    let list = v["services"].as_array().unwrap();
    let hooks: Vec<&str> = list.iter().map(|s| s["hook"].as_str().unwrap()).collect();
    assert_eq!(hooks, ["patient-view", "order-select", "order-sign"]);
    for s in list {
        for (key, q) in s["prefetch"].as_object().unwrap() {
            let q = q.as_str().unwrap();
            assert!(q.contains("{{context.patientId}}") && q.len() < 400, "{key}: {q}");
        }
        assert!(!s["id"].as_str().unwrap().is_empty() && !s["description"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_order_beside_an_opioid_makes_one_critical_card_first() {
    let app = app().await;
    for name in ["order-sign", "order-select"] {
        let v =
            hook(&app, &ask(name, &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]))
                .await;
        let c = &v["cards"][0];
        assert_eq!(c["indicator"], "critical", "{:?}", summaries(&v));
        assert_eq!(c["source"]["topic"]["code"], "opioid-with-benzodiazepine");
        assert_eq!(c["source"]["url"], "http://127.0.0.1:8080/rule/opioid-with-benzodiazepine");
        assert!(c["overrideReasons"].as_array().unwrap().len() > 3);
        assert!(c["detail"].as_str().unwrap().contains("](http"), "sources are linked");
    }
}

#[tokio::test]
async fn resources_are_read_whatever_their_keys_and_wherever_they_stand() {
    let app = app().await;
    let mut v = ask("order-sign", &[], &[diazepam("d1", "1 tablet three times a day", "draft")]);
    let all = bundle(&[
        v["prefetch"]["patient"].clone(),
        oxycodone(),
        json!({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p1"}, "code": {"text": "pain"}}),
        json!({"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p1"},"code":{"text":"penicillin"}}),
    ]);
    v["prefetch"] = json!({ "item1": all, "user": "Practitioner/1", "nothing": null });
    let r = hook(&app, &v).await;
    assert_eq!(r["cards"][0]["source"]["topic"]["code"], "opioid-with-benzodiazepine");
    assert!(
        !r.to_string()
            .contains("did not send it, and it names no FHIR server\",\"what\":\"medication orders")
    );
}

#[tokio::test]
async fn what_was_not_sent_is_said_and_nothing_looks_safe() {
    let app = app().await;
    let mut v = ask("order-sign", &[], &[diazepam("d1", "1 tablet at night", "draft")]);
    v.as_object_mut().unwrap().remove("prefetch");
    let r = hook(&app, &v).await;
    let last = r["cards"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["indicator"], "warning");
    let detail = last["detail"].as_str().unwrap();
    assert!(detail.contains("medication orders of the record: the client did not send it"), "{detail}");
    // A query that the client could not answer is not an empty answer.
    let mut v = ask("order-sign", &[], &[diazepam("d1", "1 tablet at night", "draft")]);
    v["prefetch"]["medications"] = Value::Null;
    let r = hook(&app, &v).await;
    assert!(r["cards"].to_string().contains("the client could not query it"), "{r:#}");
}

#[tokio::test]
async fn a_drug_that_is_not_known_is_named_on_a_card() {
    let app = app().await;
    let unknown = request("Zorblaxin 5 mg tablet", "z", None, "1 tablet daily", "draft");
    for name in ["order-sign", "order-select"] {
        let r = hook(&app, &ask(name, &[], std::slice::from_ref(&unknown))).await;
        let text = r["cards"].to_string();
        assert!(text.contains("Zorblaxin") && text.to_lowercase().contains("not assessed"), "{r:#}");
    }
    let taken = request("Zorblaxin 5 mg tablet", "z", None, "1 tablet daily", "active");
    let r = hook(&app, &ask("patient-view", &[taken], &[])).await;
    assert!(r["cards"].to_string().contains("Zorblaxin"), "{r:#}");
}

#[tokio::test]
async fn orders_of_another_patient_are_not_mixed_in() {
    let app = app().await;
    let mut d = diazepam("d1", "1 tablet three times a day", "draft");
    d["subject"]["reference"] = json!("Patient/someone-else");
    let r = hook(&app, &ask("order-sign", &[oxycodone()], &[d])).await;
    assert!(!summaries(&r).iter().any(|s| s.contains("diazepam")), "{r:#}");
    assert!(r["cards"].to_string().contains("name another patient"), "{r:#}");
    let mut o = oxycodone();
    o["subject"]["reference"] = json!("Patient/someone-else");
    let r =
        hook(&app, &ask("order-sign", &[o], &[diazepam("d1", "1 tablet three times a day", "draft")])).await;
    assert!(!summaries(&r).iter().any(|s| s.contains("oxycodone")), "{r:#}");
    assert!(r["cards"].to_string().contains("belong to another patient"), "{r:#}");
}

#[tokio::test]
async fn a_draft_that_the_record_holds_too_is_one_order() {
    let app = app().await;
    let copy = diazepam("d1", "1 tablet three times a day", "draft");
    let r = hook(&app, &ask("order-sign", &[oxycodone(), copy.clone()], std::slice::from_ref(&copy))).await;
    assert_eq!(r["cards"][0]["source"]["topic"]["code"], "opioid-with-benzodiazepine");
    assert!(!r.to_string().contains("Two entries"));
    // A newer copy in the record, an older one as the draft: still the order.
    let mut newer = diazepam("d1", "1 tablet at night", "active");
    newer["meta"] = json!({ "versionId": "2" });
    let mut older = copy;
    older["meta"] = json!({ "versionId": "1" });
    let r = hook(&app, &ask("order-sign", &[oxycodone(), newer], &[older])).await;
    assert_eq!(r["cards"][0]["source"]["topic"]["code"], "opioid-with-benzodiazepine");
}

#[tokio::test]
async fn a_stop_among_the_drafts_is_reviewed_as_a_stop() {
    let app = app().await;
    let mut taken = diazepam("d1", "1 tablet three times a day", "active");
    taken["authoredOn"] = json!("2025-01-10");
    let mut stop = taken.clone();
    stop["status"] = json!("stopped");
    let r = hook(&app, &ask("order-sign", &[taken], &[stop])).await;
    let c = card(&r, "abrupt-stop");
    let kinds: Vec<&str> = c["suggestions"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|s| s["actions"].as_array().unwrap())
        .map(|a| a["type"].as_str().unwrap())
        .collect();
    assert!(!kinds.contains(&"delete"), "{c:#}");
}

#[tokio::test]
async fn only_chosen_orders_get_cards_of_their_own_on_order_select() {
    let app = app().await;
    let mut v = ask(
        "order-select",
        &[],
        &[
            diazepam("d1", "4 tablets four times a day", "draft"),
            request(
                "ibuprofen 200 MG Oral Tablet",
                "i1",
                Some(("310965", "ibuprofen 200 MG Oral Tablet")),
                "1 tablet daily",
                "draft",
            ),
        ],
    );
    v["context"]["selections"] = json!(["MedicationRequest/i1"]);
    let r = hook(&app, &v).await;
    for c in r["cards"].as_array().unwrap() {
        let alone = c["source"].get("topic").is_some() && c["indicator"] != "critical";
        assert!(!alone || !c["summary"].as_str().unwrap().to_lowercase().contains("diazepam"), "{c:#}");
    }
    assert!(
        r["cards"].to_string().to_lowercase().contains("diazepam"),
        "what is not chosen is still summed up: {r:#}"
    );
}

#[tokio::test]
async fn five_cards_at_most_and_the_rest_summed_up() {
    let app = app().await;
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/diazepam-67f.json")).unwrap();
    let record: Value = serde_json::from_slice(&bytes).unwrap();
    let mut d = request("diazepam 20 mg tablet", "d1", None, "1 tablet three times a day", "draft");
    d["subject"]["reference"] = json!("Patient/example-67f");
    let mut v = ask("order-sign", &[], &[d]);
    v["context"]["patientId"] = json!("example-67f");
    v["prefetch"] = json!({ "everything": record });
    let r = hook(&app, &v).await;
    let cards = r["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 5, "{:?}", summaries(&r));
    assert!(cards[4]["summary"].as_str().unwrap().contains("urther findings"), "{:?}", summaries(&r));
    let n = r["extension"]["org.posology.review"]["findings"].as_u64().unwrap();
    assert!(n > 5);
}

#[tokio::test]
async fn every_fixture_meets_the_schema_on_every_hook() {
    let app = app().await;
    let mut n = 0;
    for dir in ["examples", "fixtures/fhir"] {
        let mut files: Vec<_> = std::fs::read_dir(format!("{}/../../{dir}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        files.sort();
        for f in files.into_iter().filter(|f| f.extension().is_some_and(|x| x == "json")) {
            let record: Value = serde_json::from_slice(&std::fs::read(&f).unwrap()).unwrap();
            for name in ["patient-view", "order-select", "order-sign"] {
                let mut v = ask(name, &[], &[diazepam("d1", "1 tablet three times a day", "draft")]);
                v["prefetch"]["record"] = record.clone();
                hook(&app, &v).await;
                n += 1;
            }
        }
    }
    assert!(n >= 9, "{n}");
}

#[tokio::test]
async fn requests_that_are_none_are_refused_without_repeating_them() {
    let app = app().await;
    let path = "/cds-services/posology-order-sign";
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"hook\":\"order-sign\",\"secretname\":1}",
        "{\"hook\":5,\"x\":\"secretname\"}",
    ] {
        let a = call(&app, post(path, body)).await;
        assert_eq!(a.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!a.text().contains("secretname"));
        assert_eq!(a.headers["content-type"], "application/problem+json");
    }
    let wrong = ask("patient-view", &[], &[]);
    assert_eq!(call(&app, post(path, wrong.to_string())).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(call(&app, post("/cds-services/none", "{}")).await.status, StatusCode::NOT_FOUND);
    let mut no_drafts = ask("order-sign", &[], &[]);
    no_drafts["context"].as_object_mut().unwrap().remove("draftOrders");
    assert_eq!(call(&app, post(path, no_drafts.to_string())).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_check_that_cannot_run_says_so_and_blocks_nothing() {
    let busy = App::new(
        Config { limits: posology_server::config::Limits { in_flight: 0, ..Default::default() }, ..config() },
        kb(),
    )
    .await
    .unwrap();
    let r = hook(&busy, &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 a day", "draft")])).await;
    assert!(summaries(&r)[0].contains("did not run"), "{r:#}");
    assert_eq!(r["cards"][0]["indicator"], "warning");
    let panicking =
        posology_server::cds::not_run("http://127.0.0.1:8080", posology_server::cds::Fault::Internal);
    assert_eq!(panicking.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_record_cannot_put_markup_into_a_card() {
    let app = app().await;
    let evil = "diazepam 5 MG <img src=x onerror=alert(1)> [click](javascript:alert(1)) **x** Oral Tablet";
    let mut d =
        request(evil, "d1", None, "1 tablet three times a day for <script>alert(1)</script>", "draft");
    d["reasonCode"] = json!([{ "text": "![p](http://evil.example/x) https://evil.example" }]);
    let r = hook(&app, &ask("order-sign", &[oxycodone()], &[d])).await;
    for c in r["cards"].as_array().unwrap() {
        let detail = c["detail"].as_str().unwrap();
        for bad in ["<img", "<script", "](javascript", "](http://evil", "https://evil"] {
            assert!(!detail.contains(bad), "{bad}: {detail}");
        }
    }
}

#[tokio::test]
async fn an_active_order_whose_supply_ran_out_does_not_look_safe() {
    let app = app().await;
    let mut o = oxycodone();
    o["authoredOn"] = json!("2026-02-10");
    o["dispenseRequest"] = json!({ "numberOfRepeatsAllowed": 3, "expectedSupplyDuration": { "value": 30, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d" } });
    let draft = diazepam("d1", "1 tablet three times a day", "draft");
    let v = hook(&app, &ask("order-sign", &[o.clone()], std::slice::from_ref(&draft))).await;
    let text = v["cards"].to_string();
    assert!(text.contains("still taken") && text.contains("reviewed as not taken"), "{v:#}");
    // What is said to be over is no gap.
    o["status"] = json!("completed");
    let v = hook(&app, &ask("order-sign", &[o], &[draft])).await;
    assert!(!v["cards"].to_string().contains("still taken"), "{v:#}");
}

#[tokio::test]
async fn a_dose_in_pills_as_the_sandbox_sends_it_is_read() {
    let app = app().await;
    let mut d = diazepam("d1", "", "draft");
    d.as_object_mut().unwrap().remove("intent");
    d["dosageInstruction"] = json!([{
        "timing": { "repeat": { "frequency": 3, "period": 1, "periodUnit": "d" } },
        "doseAndRate": [{ "doseQuantity": { "value": 1, "system": "http://unitsofmeasure.org", "code": "{pill}" } }],
    }]);
    let v = hook(&app, &ask("order-sign", &[oxycodone()], &[d])).await;
    assert_eq!(v["cards"][0]["indicator"], "critical");
    assert!(v["cards"][0]["detail"].as_str().unwrap().contains("diazepam (15 mg a day)"), "{v:#}");
}
