//! The service on a socket: TLS, and an end that answers what is in work.
use crate::limits::{Gate, says_that_it_did_not_run};
use crate::support::*;
use posology_server::app::App;
use posology_server::config::{Config, Tls};
use posology_server::serve::serve_until;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

struct Running {
    at: SocketAddr,
    end: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), posology_server::app::StartError>>,
}

async fn start(app: &App) -> Running {
    let (say, at) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let app = app.clone();
    let started = move |a| {
        let _ = say.send(a);
    };
    let task =
        tokio::spawn(async move { serve_until(app, None, started, async move { drop(ended.await) }).await });
    Running { at: at.await.unwrap(), end, task }
}

fn any_port() -> Config {
    Config { listen: "127.0.0.1:0".parse().unwrap(), ..config() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_waits_for_what_is_in_work_and_writes_the_store() {
    let gate = Gate::default();
    let mut c = any_port();
    c.limits.hook_ms = 60_000;
    let app = App::with_checker(c, kb(), gate.checker()).await.unwrap();
    let running = start(&app).await;
    let base = format!("http://{}", running.at);
    assert_eq!(reqwest::get(format!("{base}/readyz")).await.unwrap().status(), 200);
    let body = ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]);
    let url = format!("{base}/cds-services/posology-order-sign");
    let asked =
        reqwest::Client::new().post(url).header("content-type", "application/json").body(body.to_string());
    let answer = tokio::spawn(asked.send());
    gate.until_waiting(1).await;
    running.end.send(()).unwrap();
    // Readiness falls while the call is still in work.
    while call(&app, get("/readyz")).await.status != 503 {
        tokio::task::yield_now().await;
    }
    assert!(!running.task.is_finished());
    gate.open();
    let v: serde_json::Value =
        serde_json::from_slice(&answer.await.unwrap().unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(v["cards"][0]["indicator"], "critical");
    running.task.await.unwrap().unwrap();
    // The note of the start and the review.
    assert!(app.0.store.counters().0 >= 2);
    assert!(reqwest::get(format!("{base}/readyz")).await.is_err(), "the doors are closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_spoken_where_it_is_set() {
    let dir = std::env::temp_dir().join(format!("posology-tls-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = Tls { certificate: dir.join("cert.pem"), key: dir.join("key.pem") };
    std::fs::write(&tls.certificate, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    let app = App::new(Config { tls: Some(tls), ..any_port() }, kb()).await.unwrap();
    let running = start(&app).await;
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let port = running.at.port();
    let r = client.get(format!("https://localhost:{port}/cds-services")).send().await.unwrap();
    assert_eq!(r.status(), 200);
    assert!(r.headers().contains_key("strict-transport-security"));
    assert!(
        client.get(format!("http://localhost:{port}/cds-services")).send().await.is_err(),
        "nothing in clear"
    );
    running.end.send(()).unwrap();
    running.task.await.unwrap().unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_never_comes_to_an_end_is_given_up() {
    let mut c = any_port();
    c.limits.request_ms = 50;
    let app = App::new(c, kb()).await.unwrap();
    let running = start(&app).await;
    for (path, status) in
        [("/cds-services/posology-order-sign", "200"), ("/fhir/$review", "503"), ("/plans", "503")]
    {
        let mut s = tokio::net::TcpStream::connect(running.at).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{{",
            running.at
        );
        s.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        s.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.get(9..12), Some(status), "{path}: {answer}");
        if status == "200" {
            let body = answer.split_once("\r\n\r\n").unwrap().1;
            says_that_it_did_not_run(&serde_json::from_str(body).unwrap());
        }
    }
    running.end.send(()).unwrap();
    running.task.await.unwrap().unwrap();
}
