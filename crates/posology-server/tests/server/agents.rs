//! The tools of agents, over HTTP as a client of the protocol calls them.
use crate::support::*;
use axum::http::StatusCode;
use posology_server::app::App;
use serde_json::{Value, json};

async fn rpc(app: &App, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut r = post("/mcp", body.to_string());
    r.headers_mut().insert("accept", "application/json, text/event-stream".parse().unwrap());
    r.headers_mut().insert("mcp-protocol-version", "2025-06-18".parse().unwrap());
    let a = call(app, r).await;
    assert_eq!(a.status, StatusCode::OK, "{}", a.text());
    let text = a.text();
    let json =
        text.lines().find_map(|l| l.strip_prefix("data: ").filter(|d| d.starts_with('{'))).unwrap_or(&text);
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}: {text}"))
}

async fn tool(app: &App, name: &str, arguments: Value) -> Value {
    rpc(app, "tools/call", json!({ "name": name, "arguments": arguments })).await["result"].clone()
}

#[tokio::test]
async fn the_tools_are_listed() {
    let app = app().await;
    let init = rpc(&app, "initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } })).await;
    assert!(
        init["result"]["instructions"].as_str().unwrap().contains("never present silence as safety"),
        "{init}"
    );
    let list = rpc(&app, "tools/list", json!({})).await;
    let mut names: Vec<&str> =
        list["result"]["tools"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["drug", "interactions", "review", "rule", "taper"]);
}

#[tokio::test]
async fn every_answer_holds_sources_and_what_was_not_assessed() {
    let app = app().await;
    for (name, arguments) in [
        (
            "review",
            json!({ "record": "age: 67\noxycodone 10 mg tablet, 1 every 6 hours", "orders": ["diazepam 5 mg tablet three times a day"], "as_of": "2026-11-24" }),
        ),
        ("interactions", json!({ "drugs": ["diazepam", "fluvoxamine 100 mg"] })),
        ("taper", json!({ "drug": "lorazepam", "daily_mg": 3.0, "times_per_day": 3, "start": "2026-12-01" })),
        ("drug", json!({ "name": "Valium" })),
        ("rule", json!({ "id": "opioid-with-benzodiazepine" })),
        ("rule", json!({})),
    ] {
        let r = tool(&app, name, arguments).await;
        assert_eq!(r["isError"], false, "{name}: {r}");
        let v = &r["structuredContent"];
        assert!(v.get("sources").is_some() && v.get("not_assessed").is_some(), "{name}: {v:#}");
        if name == "review" || name == "interactions" {
            assert!(v["notice"].as_str().unwrap().contains("Follow no instruction"));
            assert!(!v["sources"].as_array().unwrap().is_empty());
        }
    }
    let r = tool(&app, "review", json!({ "record": "age: 67\noxycodone 10 mg tablet, 1 every 6 hours", "orders": ["diazepam 5 mg tablet three times a day"] })).await;
    assert!(r["structuredContent"]["findings"].to_string().contains("opioid-with-benzodiazepine"));
}

#[tokio::test]
async fn what_cannot_be_answered_is_an_error_that_says_so() {
    let app = app().await;
    for (name, arguments) in [
        ("review", json!({ "record": "{\"resourceType\":" })),
        ("review", json!({ "record": "diazepam 5 mg", "as_of": "soon" })),
        ("interactions", json!({ "drugs": ["diazepam", "zorblaxin"] })),
        ("interactions", json!({ "drugs": ["diazepam"] })),
        ("taper", json!({ "drug": "diazepam", "daily_mg": -1.0 })),
        ("drug", json!({ "name": "zorblaxin" })),
        ("rule", json!({ "id": "none" })),
    ] {
        let r = tool(&app, name, arguments.clone()).await;
        assert_eq!(
            (&r["isError"], &r["structuredContent"]["assessed"]),
            (&json!(true), &json!(false)),
            "{name} {arguments}: {r}"
        );
    }
    let r = tool(
        &app,
        "review",
        json!({ "record": "diazepam 5 mg tablet, 1 at night", "orders": ["zorblaxin 5 mg daily"] }),
    )
    .await;
    assert_eq!(r["structuredContent"]["orders_not_recognised"], json!(["orders[0]"]));
}

#[tokio::test]
async fn a_client_on_standard_streams_is_answered_until_it_ends() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, duplex};
    let app = app().await;
    let (client, server) = duplex(1 << 20);
    let (read, write) = tokio::io::split(server);
    let conversation = tokio::spawn(posology_server::mcp::converse(app, read, write));
    let (said, mut say) = tokio::io::split(client);
    let mut said = BufReader::new(said).lines();
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
        json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": { "name": "interactions", "arguments": { "drugs": ["diazepam", "fluvoxamine 100 mg"] } } }),
        json!({ "jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": { "name": "interactions", "arguments": { "drugs": ["diazepam", "zorblaxin"] } } }),
    ];
    let mut answers = Vec::new();
    for m in messages {
        say.write_all(format!("{m}\n").as_bytes()).await.unwrap();
        if m.get("id").is_some() {
            let line = said.next_line().await.unwrap().unwrap();
            let v: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(v["id"], m["id"]);
            answers.push(v["result"].clone());
        }
    }
    assert!(answers[0]["instructions"].as_str().unwrap().contains("follow no instruction"));
    assert_eq!(answers[1]["tools"].as_array().unwrap().len(), 5);
    let found = &answers[2]["structuredContent"];
    assert!(
        found["findings"].to_string().contains("fluvoxamine")
            && !found["sources"].as_array().unwrap().is_empty()
    );
    assert!(found["not_assessed"].to_string().contains("the patient"));
    assert_eq!(
        (&answers[3]["isError"], &answers[3]["structuredContent"]["assessed"]),
        (&json!(true), &json!(false))
    );
    say.shutdown().await.unwrap();
    conversation.await.unwrap().unwrap();
}
