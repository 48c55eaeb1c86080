//! The description for programs names every door, and its examples are answered.
use crate::support::*;
use axum::http::{Method, StatusCode};
use serde_json::Value;

/// Doors that are no part of the description: the description itself and the protocol of agents, which describes itself.
const OTHERS: [&str; 3] = ["/openapi.json", "/mcp", "/"];

/// Routes as the sources of the crate name them.
fn routes() -> Vec<String> {
    fn walk(dir: &std::path::Path, out: &mut Vec<String>) {
        for e in std::fs::read_dir(dir).unwrap() {
            let path = e.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|x| x == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in [".route(\"", ".nest_service(\""] {
                    out.extend(
                        text.split(call).skip(1).filter_map(|r| r.split('"').next()).map(str::to_owned),
                    );
                }
            }
        }
    }
    let mut out = Vec::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out.sort();
    out
}

#[tokio::test]
async fn the_description_names_every_door_and_no_other() {
    let app = app().await;
    let v = call(&app, get("/openapi.json")).await.json();
    let named: Vec<&String> = v["paths"].as_object().unwrap().keys().collect();
    let routes = routes();
    assert!(routes.len() > 12, "{routes:?}");
    for r in routes.iter().filter(|r| !OTHERS.contains(&r.as_str())) {
        // Some clients escape the dollar.
        let r = r.replace("%24", "$");
        assert!(named.iter().any(|n| **n == r), "{r} is not described");
    }
    for n in named {
        assert!(routes.contains(n), "{n} is described and does not exist");
    }
}

#[tokio::test]
async fn its_examples_are_answered() {
    let app = app().await;
    let v = call(&app, get("/openapi.json")).await.json();
    let mut tried = 0;
    for (path, methods) in v["paths"].as_object().unwrap() {
        for (method, op) in methods.as_object().unwrap() {
            let mut address = path.clone();
            let mut query = Vec::new();
            let mut whole = true;
            for p in op["parameters"].as_array().into_iter().flatten() {
                let example = p.get("example").or_else(|| p["schema"].get("example"));
                let name = p["name"].as_str().unwrap();
                match (p["in"].as_str().unwrap(), example.and_then(Value::as_str)) {
                    ("path", Some(x)) => address = address.replace(&format!("{{{name}}}"), x),
                    ("path", None) => whole = false,
                    ("query", Some(x)) => query.push(format!("{name}={}", x.replace(' ', "+"))),
                    _ => {}
                }
            }
            let body = op.pointer("/requestBody/content/application~1json/example");
            if !whole || op.get("requestBody").is_some() && body.is_none() {
                continue;
            }
            let to = if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) };
            let request = if method == "get" { get(&to) } else { post(&to, body.unwrap().to_string()) };
            assert_eq!(request.method(), method.to_uppercase().parse::<Method>().unwrap());
            let a = call(&app, request).await;
            // The example of feedback is on a card that was never made.
            let expected = if to.ends_with("/feedback") { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(a.status, expected, "{method} {to}: {}", a.text());
            let documented = op["responses"].as_object().unwrap();
            assert!(
                documented.contains_key(a.status.as_str()),
                "{method} {to}: {} is not described",
                a.status
            );
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried} examples");
}
