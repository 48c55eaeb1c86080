use crate::support::*;
use axum::http::StatusCode;
use serde_json::Value;

/// What OpenEMR reads of an answer, item by item of the first group.
fn openemr(v: &Value) -> Vec<[String; 5]> {
    v["fullInteractionTypeGroup"][0]["fullInteractionType"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|x| {
            let s = |v: &Value| v.as_str().unwrap().to_owned();
            let p = &x["interactionPair"][0];
            [
                s(&x["comment"]),
                s(&x["minConcept"][0]["name"]),
                s(&x["minConcept"][1]["name"]),
                s(&p["severity"]),
                s(&p["description"]),
            ]
        })
        .collect()
}

#[tokio::test]
async fn a_list_comes_back_in_the_shape_that_openemr_reads() {
    let app = app().await;
    for q in ["3322+1049621", "3322%201049621", "3322%2B1049621"] {
        let a = call(&app, get(&format!("/REST/interaction/list.json?rxcuis={q}"))).await;
        let items = openemr(&a.json());
        assert_eq!(items.len(), 1, "{}", a.text());
        assert_eq!(items[0][1], "diazepam");
        assert!(items[0][2].contains("oxycodone"));
        assert_eq!(items[0][3], "high");
        assert!(
            items[0][0]
                .starts_with("Drug1 (rxcui = 3322, name = diazepam, tty = IN). Drug2 (rxcui = 1049621")
        );
    }
}

#[tokio::test]
async fn an_unknown_code_never_looks_like_no_interaction() {
    let app = app().await;
    for (q, n) in [
        ("3322+999999999", 1),
        ("999999999", 1),
        ("999999999+888888888", 1),
        ("3322+1049621+999999999", 3),
        ("3322+nonsense", 1),
    ] {
        let a = call(&app, get(&format!("/REST/interaction/list.json?rxcuis={q}"))).await;
        let v = a.json();
        let items = openemr(&v);
        assert_eq!(items.len(), n, "{q}: {v:#}");
        let last = items.last().unwrap();
        assert_eq!(last[3], "N/A");
        assert!(last[4].starts_with("Not assessed: "), "{}", last[4]);
        assert!(!a.headers["x-not-assessed"].is_empty());
        assert!(!v["notAssessed"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn two_drugs_that_the_knowledge_holds_and_that_do_nothing_together_are_no_item() {
    let app = app().await;
    // Levothyroxine and loratadine.
    let v = call(&app, get("/REST/interaction/list.json?rxcuis=10582+28889")).await.json();
    assert!(v.get("fullInteractionTypeGroup").is_none(), "{v:#}");
    assert!(v["nlmDisclaimer"].as_str().unwrap().contains("not that there is none"));
}

#[tokio::test]
async fn xml_says_the_same_as_json() {
    let app = app().await;
    for path in
        ["/REST/interaction/list.xml?rxcuis=3322+999999999", "/REST/interaction/list?rxcuis=3322+999999999"]
    {
        let a = call(&app, get(path)).await;
        assert!(a.headers["content-type"].to_str().unwrap().starts_with("application/xml"));
        let text = a.text();
        let mut r = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            match r.read_event().unwrap() {
                quick_xml::events::Event::Start(e) => names.push(e.name().as_ref().to_owned()),
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(names[0], "interactiondata");
        for n in
            ["fullInteractionTypeGroup", "fullInteractionType", "minConcept", "interactionPair", "severity"]
        {
            assert!(names.iter().any(|x| x == n), "{n}: {text}");
        }
        assert_eq!(names.iter().filter(|n| *n == "minConcept").count(), 2);
        assert!(text.contains("Not assessed: "));
    }
}

#[tokio::test]
async fn one_drug_and_the_sources() {
    let app = app().await;
    let v = call(&app, get("/REST/interaction/interaction.json?rxcui=3322")).await.json();
    let pairs = v["interactionTypeGroup"][0]["interactionType"][0]["interactionPair"].as_array().unwrap();
    assert!(pairs.len() > 5, "{}", pairs.len());
    assert_eq!(v["userInput"]["rxcui"], "3322");
    let unknown = call(&app, get("/REST/interaction/interaction.json?rxcui=999999999")).await.json();
    assert_eq!(
        unknown["interactionTypeGroup"][0]["interactionType"][0]["interactionPair"][0]["severity"],
        "N/A"
    );
    assert!(call(&app, get("/REST/interaction/sources.json")).await.text().contains("ONCHigh"));
    for (path, status) in [
        ("list.json", 400),
        ("list.json?rxcuis=", 400),
        ("interaction.json?rxcui=1+2", 400),
        ("other.json", 404),
        ("list.csv?rxcuis=1", 404),
    ] {
        assert_eq!(
            call(&app, get(&format!("/REST/interaction/{path}"))).await.status.as_u16(),
            status,
            "{path}"
        );
    }
    let many: Vec<String> = (1..80).map(|n| n.to_string()).collect();
    let a = call(&app, get(&format!("/REST/interaction/list.json?rxcuis={}", many.join("+")))).await;
    assert_eq!(a.status, StatusCode::BAD_REQUEST);
}
