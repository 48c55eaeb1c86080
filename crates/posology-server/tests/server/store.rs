//! The store on real SQLite, and on a real PostgreSQL where `POSOLOGY_TEST_POSTGRES` gives one.
use crate::support::*;
use axum::http::StatusCode;
use posology_server::app::App;
use posology_server::config::Config;
use posology_server::store::{Place, Store, Tampering};
use serde_json::json;
use sqlx::Connection as _;

async fn use_it(app: &App) {
    for sig in ["1 tablet three times a day", "1 tablet twice a day"] {
        let v = hook(app, &ask("order-sign", &[oxycodone()], &[diazepam("d1", sig, "draft")])).await;
        let body = json!({ "feedback": [{ "card": v["cards"][0]["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:05:31Z" }] });
        let a = call(app, post("/cds-services/posology-order-sign/feedback", body.to_string())).await;
        assert_eq!(a.status, StatusCode::OK, "{}", a.text());
    }
    call(app, get("/REST/interaction/list.json?rxcuis=3322+1049621")).await;
    app.0.store.flush().await.unwrap();
}

async fn properties(config: Config, place: Place) {
    let app = App::new(config.clone(), kb()).await.unwrap();
    use_it(&app).await;
    let reader = Store::open_to_read(&place).await.unwrap();
    let first = reader.verify(None).await.unwrap();
    assert_eq!((first.reviews, first.feedback), (3, 2));
    assert_eq!(first.entries, 6, "a start, three reviews, two feedbacks");
    // Again: overrides are remembered, the chain goes on.
    drop(app);
    let app = App::new(config, kb()).await.unwrap();
    let v =
        hook(&app, &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet twice a day", "draft")]))
            .await;
    let c = card(&v, "opioid-with-benzodiazepine");
    assert!(c["summary"].as_str().unwrap().starts_with("Overridden on 20"), "{v:#}");
    app.0.store.flush().await.unwrap();
    let second = reader.verify(Some((first.entries, &first.head))).await.unwrap();
    assert_eq!(second.entries, 8);
    assert!(matches!(reader.verify(Some((first.entries, &second.head))).await, Err(Tampering::Found(_))));
    assert!(
        matches!(reader.verify(Some((99, "x"))).await, Err(Tampering::Found(t)) if t.contains("cut off"))
    );
    // Which reviews relied on it?
    let of = |cited: &[&str], drugs: &[&[&str]]| {
        let cited: Vec<String> = cited.iter().map(|s| (*s).to_owned()).collect();
        let drugs: Vec<Vec<String>> =
            drugs.iter().map(|d| d.iter().map(|s| (*s).to_owned()).collect()).collect();
        let reader = &reader;
        async move { reader.affected(&cited, &drugs).await.unwrap() }
    };
    assert_eq!(of(&["rule:opioid-with-benzodiazepine"], &[]).await.len(), 4);
    assert_eq!(of(&[], &[&["substance:diazepam", "substance:oxycodone"]]).await.len(), 4);
    assert!(of(&[], &[&["substance:diazepam"]]).await.iter().all(|a| !a.cited && !a.input_hash.is_empty()));
    assert_eq!(of(&["rule:never"], &[&["substance:oxycodone", "substance:sertraline"]]).await.len(), 0);
}

#[tokio::test]
async fn sqlite_in_a_folder() {
    let dir = tempdir("sqlite");
    let c = Config { data: Some(dir.clone()), ..config() };
    properties(c, Place::Folder(dir.clone())).await;
    // No patient and no drug order is in the file.
    let bytes = std::fs::read(dir.join("posology.db")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["1959-03-14", "Practitioner/1", "1 tablet three times"] {
        assert!(!text.contains(secret), "{secret}");
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn postgres() {
    let Ok(url) = std::env::var("POSOLOGY_TEST_POSTGRES") else {
        // Past the capture of the test harness: CI counts it.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: POSOLOGY_TEST_POSTGRES gives no server\n",
        );
        return;
    };
    let c = Config { database: Some(url.clone()), ..config() };
    properties(c, Place::Postgres(url)).await;
}

#[tokio::test]
async fn a_change_in_the_file_is_found() {
    for (name, sql, words) in [
        ("row", "UPDATE reviews SET findings = '[]'", "never changed"),
        ("audit", "UPDATE audit SET body = '{}'", "append-only"),
        (
            "drop",
            "DROP TRIGGER reviews_are_never_changed; UPDATE reviews SET findings = '[]'",
            "is not what entry",
        ),
        (
            "comment",
            "DROP TRIGGER feedback_is_never_changed; UPDATE feedback SET outcome = 'accepted'",
            "is not what was sealed",
        ),
        ("cut", "DROP TRIGGER audit_is_never_cut; DELETE FROM audit WHERE seq = 2", "entry 2 is missing"),
        ("lost", "DELETE FROM reviews", "is missing"),
        (
            "word",
            "UPDATE words SET word = 'rule:other' WHERE word = 'rule:opioid-with-benzodiazepine'",
            "is not what entry",
        ),
    ] {
        let dir = tempdir(name);
        let app = App::new(Config { data: Some(dir.clone()), ..config() }, kb()).await.unwrap();
        use_it(&app).await;
        let url = format!("sqlite://{}", dir.join("posology.db").display());
        let mut c = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let said = match sqlx::raw_sql(sql).execute(&mut c).await {
            Err(e) => e.to_string(),
            Ok(_) => Store::open_to_read(&Place::Folder(dir.clone()))
                .await
                .unwrap()
                .verify(None)
                .await
                .unwrap_err()
                .to_string(),
        };
        assert!(said.contains(words), "{name}: {said}");
        std::fs::remove_dir_all(dir).unwrap();
    }
}

fn tempdir(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("posology-store-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}
