//! Load: `order-sign` beside a bare axum handler that parses the same body to `serde_json::Value` and answers, in one run on one machine.
//!
//! `cargo run --release -p posology-server --example service_load -- [REQUESTS] [CONNECTIONS] [BODIES]` starts each server as a process of its own,
//! with the audit log on, and prints requests a second, latencies and memory. BODIES is how many different bodies go round: other patients,
//! other doses, other ids of calls.
//!
//! `-- kill ROUNDS` instead kills the service (SIGKILL) under load ROUNDS times and checks the store after each.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use axum::body::Bytes;
use axum::routing::post;
use axum::{Json, Router};
use posology_knowledge::{Corpus, KnowledgeBase};
use posology_server::app::App;
use posology_server::config::Config;
use posology_server::store::{Place, Store};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const HOOK: &str = "/cds-services/posology-order-sign";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: usize| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(or);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match args.first().map(String::as_str) {
        Some("bare") => runtime.block_on(bare(args[1].parse().unwrap())),
        Some("posology") => runtime.block_on(posology(args[1].parse().unwrap(), args[2].clone().into())),
        Some("kill") => runtime.block_on(kill(number(1, 50))),
        _ => runtime.block_on(compare(number(0, 100_000), number(1, 64), number(2, 2_000))),
    }
}

/// The peer: parse to a value, answer.
async fn bare(at: SocketAddr) {
    let handler = |body: Bytes| async move {
        let v: serde_json::Value = serde_json::from_slice(&body).unwrap();
        Json(serde_json::json!({ "cards": [], "hook": v["hook"] }))
    };
    let app =
        Router::new().route(HOOK, post(handler)).route("/readyz", axum::routing::get(|| async { "ready" }));
    axum::serve(tokio::net::TcpListener::bind(at).await.unwrap(), app).await.unwrap();
}

/// The service, with its store in a folder.
async fn posology(at: SocketAddr, data: PathBuf) {
    let kb = Arc::new(KnowledgeBase::new(Corpus::from_bytes(posology_corpus::BYTES).unwrap()));
    let config = Config {
        listen: at,
        data: Some(data),
        as_of: Some("2026-11-24".parse().unwrap()),
        ..Config::default()
    };
    let app = App::new(config, kb).await.unwrap();
    posology_server::serve::serve(app, None, |_| ()).await.unwrap();
}

struct Server(Child, SocketAddr);

impl Server {
    async fn start(kind: &str, port: u16, more: &[&str]) -> Self {
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        // Dropped, it is killed and waited for, also where the start below fails.
        let server = Self(
            Command::new(std::env::current_exe().unwrap())
                .arg(kind)
                .arg(at.to_string())
                .args(more)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
            at,
        );
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(mut c) = TcpStream::connect(at).await
                && let Ok((200, _)) =
                    exchange(&mut c, b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await
            {
                return server;
            }
            assert!(Instant::now() < end, "{kind} did not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Resident memory, MiB.
    fn memory(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let kb = text
            .lines()
            .find_map(|l| l.strip_prefix("VmRSS:"))
            .and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kb.unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Different bodies: another patient, another call, another dose and age.
fn bodies(n: usize) -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/hooks/order-sign-18k.json");
    let v: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = v.to_string();
    (0..n)
        .map(|k| {
            let body = text
                .replace("bench-000000", &format!("bench-{k:06}"))
                .replace("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", &format!("d1577c69-dfbe-44ad-ba6d-{k:012x}"))
                .replace("1959-03-14", &format!("{}-0{}-1{}", 1930 + k % 60, 1 + k % 9, k % 10))
                .replace(
                    "1 tablet three times a day",
                    [
                        "1 tablet three times a day",
                        "1 tablet twice a day",
                        "2 tablets at night",
                        "1 tablet four times a day",
                    ][k % 4],
                );
            post_of(HOOK, body.as_bytes())
        })
        .collect()
}

fn post_of(path: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

/// One request and its answer on a connection that stays open.
async fn exchange(c: &mut TcpStream, request: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
    c.write_all(request).await?;
    let mut buf = Vec::with_capacity(16 * 1024);
    loop {
        if c.read_buf(&mut buf).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = buf.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buf[..end]).to_ascii_lowercase();
        let length: usize = head
            .lines()
            .find_map(|l| l.strip_prefix("content-length:"))
            .and_then(|v| v.trim().parse().ok())
            .unwrap_or(0);
        while buf.len() < end + 4 + length {
            if c.read_buf(&mut buf).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.get(9..12).and_then(|s| s.parse().ok()).unwrap_or(0);
        return Ok((status, buf.split_off(end + 4)));
    }
}

struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
    p999: f64,
}

async fn load(at: SocketAddr, bodies: &Arc<Vec<Vec<u8>>>, requests: usize, connections: usize) -> Run {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (bodies, next) = (Arc::clone(bodies), Arc::clone(&next));
        tasks.spawn(async move {
            let mut c = TcpStream::connect(at).await.unwrap();
            c.set_nodelay(true).unwrap();
            let mut times = Vec::new();
            loop {
                let k = next.fetch_add(1, Ordering::Relaxed);
                if k >= requests {
                    return times;
                }
                let sent = Instant::now();
                let (status, _) = exchange(&mut c, &bodies[k % bodies.len()]).await.unwrap();
                assert_eq!(status, 200);
                times.push(sent.elapsed().as_secs_f32());
            }
        });
    }
    let mut times: Vec<f32> = Vec::with_capacity(requests);
    while let Some(t) = tasks.join_next().await {
        times.extend(t.unwrap());
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_by(f32::total_cmp);
    let at = |q: f64| f64::from(times[((times.len() - 1) as f64 * q) as usize]) * 1e3;
    Run { per_second: requests as f64 / seconds, p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}

fn folder(name: &str) -> PathBuf {
    let f = std::env::temp_dir().join(format!("posology-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&f);
    f
}

async fn compare(requests: usize, connections: usize, n: usize) {
    let bodies = Arc::new(bodies(n));
    println!(
        "{requests} requests, {connections} connections, {n} different bodies of {} bytes",
        bodies[0].len()
    );
    let data = folder("load");
    let bare = Server::start("bare", 18_391, &[]).await;
    let ours = Server::start("posology", 18_392, &[&data.display().to_string()]).await;
    let warm = (requests / 10).max(1_000);
    load(bare.1, &bodies, warm, connections).await;
    load(ours.1, &bodies, warm, connections).await;
    // In turns, so that what else the machine does falls on both.
    const ROUNDS: usize = 5;
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        let a = load(bare.1, &bodies, requests / ROUNDS, connections).await;
        let b = load(ours.1, &bodies, requests / ROUNDS, connections).await;
        ratios.push(b.per_second / a.per_second);
        for (name, r) in [("bare", &a), ("posology", &b)] {
            println!(
                "{round} {name:<9} {:>8.0} requests/s   p50 {:>6.2} ms   p99 {:>6.2} ms   p99.9 {:>6.2} ms",
                r.per_second, r.p50, r.p99, r.p999
            );
        }
        println!(
            "{round} ratio {:.2}   memory of posology {:.1} MiB, of bare {:.1} MiB",
            b.per_second / a.per_second,
            ours.memory(),
            bare.memory()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.2}", ratios[ROUNDS / 2]);
    drop(ours);
    let v = Store::open_to_read(&Place::Folder(data.clone())).await.unwrap().verify(None).await;
    println!("audit log: {v:?}");
    std::fs::remove_dir_all(data).unwrap();
}

/// Kills the service under load, again and again: the store stays whole, no acknowledged feedback is lost, the chain verifies.
async fn kill(rounds: usize) {
    let data = folder("kill");
    let bodies = Arc::new(bodies(500));
    let acknowledged = Arc::new(AtomicU64::new(0));
    for round in 1..=rounds {
        let mut server = Server::start("posology", 18_393, &[&data.display().to_string()]).await;
        let at = server.1;
        let mut tasks = tokio::task::JoinSet::new();
        for t in 0..16usize {
            let (bodies, acknowledged) = (Arc::clone(&bodies), Arc::clone(&acknowledged));
            tasks.spawn(async move {
                let Ok(mut c) = TcpStream::connect(at).await else { return };
                for k in t.. {
                    let Ok((200, answer)) = exchange(&mut c, &bodies[k % bodies.len()]).await else { return };
                    let v: serde_json::Value = serde_json::from_slice(&answer).unwrap();
                    let body = serde_json::json!({ "feedback": [{ "card": v["cards"][0]["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:05:31Z" }] });
                    let request = post_of("/cds-services/posology-order-sign/feedback", body.to_string().as_bytes());
                    let Ok((200, _)) = exchange(&mut c, &request).await else { return };
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        tokio::time::sleep(Duration::from_millis(150 + (round as u64 * 37) % 250)).await;
        server.0.kill().unwrap();
        server.0.wait().unwrap();
        while tasks.join_next().await.is_some() {}
        let said = acknowledged.load(Ordering::SeqCst);
        let v = Store::open_to_read(&Place::Folder(data.clone())).await.unwrap().verify(None).await;
        match v {
            Ok(v) => {
                println!(
                    "{round}: {} entries, {} reviews, {} feedbacks kept of {said} acknowledged",
                    v.entries, v.reviews, v.feedback
                );
                assert!(v.feedback >= said, "acknowledged feedback was lost");
            }
            Err(e) => panic!("round {round}: {e}"),
        }
    }
    println!("{rounds} kills: the store is whole, no acknowledged feedback is lost, the chain verifies");
    std::fs::remove_dir_all(data).unwrap();
}
