//! Signed tokens of clients.
use crate::support::*;
use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use posology_server::app::App;
use posology_server::config::{Client, Config};
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Value, json};

const ISS: &str = "https://ehr.example";
const AUD: &str = "http://127.0.0.1:8080/cds-services";

struct Key {
    private: EncodingKey,
    jwks: Value,
}

/// An ES384 key and its JWK set.
fn key() -> Key {
    let pair = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    // An uncompressed point: 04, then x and y of 48 bytes each.
    let point = pair.der_bytes().to_vec();
    assert_eq!((point[0], point.len()), (4, 97));
    let jwks = json!({ "keys": [{ "kty": "EC", "crv": "P-384", "kid": "k1", "alg": "ES384", "use": "sig", "x": b64(&point[1..49]), "y": b64(&point[49..]) }] });
    Key { private: EncodingKey::from_ec_der(&pair.serialize_der()), jwks }
}

fn b64(bytes: &[u8]) -> String {
    const A: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for c in bytes.chunks(3) {
        let n = u32::from(c[0]) << 16
            | u32::from(*c.get(1).unwrap_or(&0)) << 8
            | u32::from(*c.get(2).unwrap_or(&0));
        for i in 0..=c.len() {
            out.push(char::from(A[(n >> (18 - 6 * i)) as usize & 63]));
        }
    }
    out
}

async fn app_with(jwks: &Value, tenant: Option<&str>) -> App {
    let file = std::env::temp_dir().join(format!("posology-jwks-{}-{:p}.json", std::process::id(), jwks));
    std::fs::write(&file, jwks.to_string()).unwrap();
    let client =
        Client { issuer: ISS.into(), jwks: file.display().to_string(), tenant: tenant.map(str::to_owned) };
    let app = App::new(Config { clients: vec![client], ..config() }, kb()).await.unwrap();
    std::fs::remove_file(file).unwrap();
    app
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn claims(jti: &str) -> Value {
    json!({ "iss": ISS, "aud": AUD, "exp": now() + 300, "iat": now(), "jti": jti, "tenant": "clinic-1" })
}

fn token(key: &Key, claims: &Value, header: impl FnOnce(&mut Header)) -> String {
    let mut h = Header::new(Algorithm::ES384);
    h.kid = Some("k1".into());
    header(&mut h);
    encode(&h, claims, &key.private).unwrap()
}

async fn status(app: &App, token: Option<&str>) -> StatusCode {
    let mut r = get("/cds-services");
    if let Some(t) = token {
        r.headers_mut().insert("authorization", format!("Bearer {t}").parse().unwrap());
    }
    call(app, r).await.status
}

#[tokio::test]
async fn a_token_is_taken_once_and_only_if_everything_fits() {
    let k = key();
    let app = app_with(&k.jwks, None).await;
    let good = token(&k, &claims("1"), |_| {});
    assert_eq!(status(&app, Some(&good)).await, StatusCode::OK);
    assert_eq!(status(&app, Some(&good)).await, StatusCode::UNAUTHORIZED, "a token used twice");
    assert_eq!(status(&app, None).await, StatusCode::UNAUTHORIZED);
    let list = {
        let mut c = claims("2");
        c["aud"] = json!([AUD, "https://other"]);
        c
    };
    assert_eq!(status(&app, Some(&token(&k, &list, |_| {}))).await, StatusCode::OK);
    for (field, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("http://127.0.0.1:8080/cds-services/posology-order-sign")),
        ("exp", json!(now() - 120)),
        ("iat", json!(now() + 3_000)),
        ("exp", json!(now() + 100_000)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("exp", Value::Null),
        ("iat", Value::Null),
    ] {
        let mut c = claims(&format!("{field}{value}"));
        c[field] = value.clone();
        assert_eq!(
            status(&app, Some(&token(&k, &c, |_| {}))).await,
            StatusCode::UNAUTHORIZED,
            "{field} = {value}"
        );
    }
    let other = key();
    assert_eq!(
        status(&app, Some(&token(&other, &claims("o"), |_| {}))).await,
        StatusCode::UNAUTHORIZED,
        "another key"
    );
    assert_eq!(
        status(&app, Some(&token(&k, &claims("kid"), |h| h.kid = Some("k2".into())))).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(&app, Some(&token(&k, &claims("nokid"), |h| h.kid = None))).await,
        StatusCode::UNAUTHORIZED
    );
    for t in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"] {
        assert_eq!(status(&app, Some(t)).await, StatusCode::UNAUTHORIZED, "{t}");
    }
    // A public key used as the secret of a symmetric algorithm.
    let forged = encode(
        &{
            let mut h = Header::new(Algorithm::HS256);
            h.kid = Some("k1".into());
            h
        },
        &claims("hs"),
        &EncodingKey::from_secret(k.jwks.to_string().as_bytes()),
    )
    .unwrap();
    assert_eq!(status(&app, Some(&forged)).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_hook_needs_a_token_for_its_own_address_and_tenants_are_kept_apart() {
    let k = key();
    let app = app_with(&k.jwks, Some("clinic-1")).await;
    let body = ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")])
        .to_string();
    let send = |aud: &str, tenant: Value, jti: &str| {
        let mut c = claims(jti);
        c["aud"] = json!(aud);
        c["tenant"] = tenant;
        let mut r = post("/cds-services/posology-order-sign", body.clone());
        r.headers_mut().insert("authorization", format!("Bearer {}", token(&k, &c, |_| {})).parse().unwrap());
        r
    };
    let own = format!("{AUD}/posology-order-sign");
    assert_eq!(call(&app, send(&own, json!("clinic-1"), "a")).await.status, StatusCode::OK);
    assert_eq!(call(&app, send(AUD, json!("clinic-1"), "b")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, send(&own, json!("clinic-2"), "c")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, send(&own, Value::Null, "d")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_are_fetched_from_the_registered_address_only() {
    let k = key();
    let jwks = k.jwks.clone();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let served = axum::Router::new().route(
        "/jwks.json",
        axum::routing::get(move || {
            let j = jwks.clone();
            async move { axum::Json(j) }
        }),
    );
    tokio::spawn(async move { axum::serve(listener, served).await.unwrap() });
    let client = Client { issuer: ISS.into(), jwks: url.clone(), tenant: None };
    let app = App::new(Config { clients: vec![client], ..config() }, kb()).await.unwrap();
    assert_eq!(
        status(&app, Some(&token(&k, &claims("1"), |h| h.jku = Some(url.clone())))).await,
        StatusCode::OK
    );
    assert_eq!(status(&app, Some(&token(&k, &claims("2"), |_| {}))).await, StatusCode::OK);
    assert_eq!(
        status(&app, Some(&token(&k, &claims("3"), |h| h.jku = Some("http://127.0.0.1:1/evil".into()))))
            .await,
        StatusCode::UNAUTHORIZED
    );
}
