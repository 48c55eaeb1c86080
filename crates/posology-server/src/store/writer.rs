//! The one writer: it takes whatever has come in the meantime, writes it in one transaction, and only then acknowledges.
use super::chain::{Entry, Head, digest};
use super::record::{FeedbackRecord, Override, ReviewRecord, Shown};
use super::{Inner, StoreError};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, oneshot};

/// Most jobs of one transaction.
const BATCH: usize = 512;

/// Reviews that wait while the store fails; more are lost, counted and said.
const MOST_WAITING: usize = 20_000;

type Ack<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write.
pub(super) enum Job {
    Review(Box<ReviewRecord>),
    /// Acknowledged once it is on disk.
    Feedback(Vec<FeedbackRecord>, Ack<()>),
    Plan {
        id: String,
        at: String,
        plan: String,
        facts: Vec<String>,
        done: Ack<()>,
    },
    Note {
        at: String,
        body: String,
    },
    /// Everything before it is written.
    Flush(Ack<()>),
}

/// Runs until all senders are gone and everything is written.
pub(super) async fn run(inner: Arc<Inner>, mut rx: mpsc::Receiver<Job>) {
    let mut words: HashMap<String, i64> = HashMap::new();
    let mut jobs: Vec<Job> = Vec::with_capacity(BATCH);
    loop {
        let waiting = jobs.len();
        if waiting == 0 {
            if rx.recv_many(&mut jobs, BATCH).await == 0 {
                return;
            }
        } else {
            // The store failed: wait a little, then take along what has come.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            while jobs.len() < MOST_WAITING {
                match rx.try_recv() {
                    Ok(j) => jobs.push(j),
                    Err(_) => break,
                }
            }
        }
        match write(&inner, &mut words, &jobs).await {
            Ok(kept) => {
                inner.healthy.store(true, Ordering::Relaxed);
                inner.written.fetch_add(jobs.len() as u64, Ordering::Relaxed);
                if let Some(map) = &inner.remembered {
                    let mut map = map.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                    for (patient, o) in kept {
                        let list = map.entry(patient).or_default();
                        list.retain(|x| (&x.rule, &x.fingerprint) != (&o.rule, &o.fingerprint));
                        list.push(o);
                    }
                }
                for j in jobs.drain(..) {
                    match j {
                        Job::Feedback(_, done) | Job::Flush(done) | Job::Plan { done, .. } => {
                            let _ = done.send(Ok(()));
                        }
                        Job::Review(_) | Job::Note { .. } => {}
                    }
                }
            }
            Err(e) => {
                inner.healthy.store(false, Ordering::Relaxed);
                inner.failures.fetch_add(1, Ordering::Relaxed);
                tracing::error!(fault = %e, jobs = jobs.len(), "the store cannot be written");
                words.clear();
                // Who waits is told at once and may send again; reviews are kept for the next attempt.
                let mut keep = Vec::new();
                for j in jobs.drain(..) {
                    match j {
                        Job::Feedback(_, done) | Job::Flush(done) | Job::Plan { done, .. } => {
                            let _ = done.send(Err(StoreError::Unavailable));
                        }
                        j if keep.len() < MOST_WAITING => keep.push(j),
                        _ => {
                            inner.lost.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
                jobs = keep;
                if rx.is_closed() && rx.is_empty() {
                    tracing::error!(
                        jobs = jobs.len(),
                        "the service ends with reviews that were not recorded"
                    );
                    return;
                }
            }
        }
    }
}

type Kept = Vec<(String, Override)>;

async fn write(inner: &Inner, words: &mut HashMap<String, i64>, jobs: &[Job]) -> Result<Kept, sqlx::Error> {
    let mut tx = inner.pool.begin().await?;
    // Takes the lock of the chain: several services may write to one database.
    let row = sqlx::query("UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
        .fetch_one(&mut *tx)
        .await?;
    let mut head = Head { seq: row.try_get(0)?, hash: row.try_get(1)? };
    let mut entries: Vec<Entry> = Vec::with_capacity(jobs.len());
    let mut rows: Vec<(&ReviewRecord, String, String, i64)> = Vec::new();
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for j in jobs {
        if let Job::Note { at, body } = j {
            entries.push(head.append(at.clone(), "start", body.clone()));
        }
        let Job::Review(r) = j else { continue };
        let facts = intern(&mut tx, words, &r.facts).await?;
        let findings = serde_json::to_string(&r.findings).unwrap_or_default();
        let body = format!(
            "{{\"review\":{},\"row\":\"{}\"}}",
            r.id,
            row_digest(&RowParts {
                door: r.door,
                as_of: &r.as_of.to_string(),
                knowledge: &r.knowledge,
                input_hash: &crate::ids::hex(&r.input_hash),
                patient_key: &r.patient_key,
                findings: &findings,
                facts: &r.facts.join("\n"),
            })
        );
        let e = head.append(r.at.to_string(), "review", body);
        for f in r.findings.iter().filter(|f| f.slot.is_some()) {
            *counts.entry(&f.rule).or_default() += 1;
        }
        rows.push((r, findings, facts, e.seq));
        entries.push(e);
    }
    insert_reviews(&mut tx, &rows).await?;
    for (rule, n) in counts {
        sqlx::query("INSERT INTO shown (rule, cards) VALUES ($1, $2) ON CONFLICT (rule) DO UPDATE SET cards = shown.cards + $2")
            .bind(rule.to_owned())
            .bind(n)
            .execute(&mut *tx)
            .await?;
    }
    let mut kept = Vec::new();
    for j in jobs {
        match j {
            Job::Feedback(list, _) => {
                for f in list {
                    entries.push(feedback(&mut tx, &mut head, f, &mut kept).await?);
                }
            }
            Job::Plan { id, at, plan, facts, .. } => {
                let words = intern(&mut tx, words, facts).await?;
                let body = serde_json::json!({ "plan": id, "row": digest(&[plan]) }).to_string();
                let e = head.append(at.clone(), "plan", body);
                sqlx::query("INSERT INTO plans (id, at, plan, facts, audit_seq) VALUES ($1, $2, $3, $4, $5)")
                    .bind(id.clone())
                    .bind(at.clone())
                    .bind(plan.clone())
                    .bind(words)
                    .bind(e.seq)
                    .execute(&mut *tx)
                    .await?;
                entries.push(e);
            }
            Job::Review(_) | Job::Note { .. } | Job::Flush(_) => {}
        }
    }
    insert_entries(&mut tx, &entries).await?;
    sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1")
        .bind(head.seq)
        .bind(head.hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(kept)
}

/// The parts of a review's row that its audit entry seals.
pub(super) struct RowParts<'r> {
    pub(super) door: &'r str,
    pub(super) as_of: &'r str,
    pub(super) knowledge: &'r str,
    pub(super) input_hash: &'r str,
    pub(super) patient_key: &'r str,
    pub(super) findings: &'r str,
    pub(super) facts: &'r str,
}

pub(super) fn row_digest(p: &RowParts<'_>) -> String {
    digest(&[p.door, p.as_of, p.knowledge, p.input_hash, p.patient_key, p.findings, p.facts])
}

/// Numbers of facts as `,3,17,`: small, and found by `LIKE`.
async fn intern(
    tx: &mut Transaction<'_, Any>,
    known: &mut HashMap<String, i64>,
    facts: &[String],
) -> Result<String, sqlx::Error> {
    let mut out = String::with_capacity(facts.len() * 5 + 1);
    out.push(',');
    for f in facts {
        let id = match known.get(f.as_str()) {
            Some(id) => *id,
            None => {
                sqlx::query("INSERT INTO words (id, word) VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM words), $1) ON CONFLICT (word) DO NOTHING")
                    .bind(f.clone())
                    .execute(&mut **tx)
                    .await?;
                let id: i64 = sqlx::query("SELECT id FROM words WHERE word = $1")
                    .bind(f.clone())
                    .fetch_one(&mut **tx)
                    .await?
                    .try_get(0)?;
                known.insert(f.clone(), id);
                id
            }
        };
        let _ = write!(out, "{id},");
    }
    Ok(out)
}

/// Rows of one statement: few sizes, so that few statements are prepared.
const CHUNKS: [usize; 3] = [32, 8, 1];

fn placeholders(start: &str, columns: usize, rows: usize) -> String {
    let mut sql = start.to_owned();
    for r in 0..rows {
        sql.push_str(if r == 0 { "(" } else { ", (" });
        for c in 1..=columns {
            let _ = write!(sql, "{}${}", if c == 1 { "" } else { ", " }, r * columns + c);
        }
        sql.push(')');
    }
    sql
}

fn chunks<T>(mut list: &[T]) -> Vec<&[T]> {
    let mut out = Vec::new();
    for size in CHUNKS {
        while list.len() >= size {
            let (a, b) = list.split_at(size);
            out.push(a);
            list = b;
        }
    }
    out
}

async fn insert_reviews(
    tx: &mut Transaction<'_, Any>,
    rows: &[(&ReviewRecord, String, String, i64)],
) -> Result<(), sqlx::Error> {
    const START: &str = "INSERT INTO reviews (id, at, door, as_of, jurisdiction, knowledge, input_hash, patient_key, findings, facts, input, audit_seq) VALUES ";
    for part in chunks(rows) {
        let sql = placeholders(START, 12, part.len());
        let mut q = sqlx::query(AssertSqlSafe(sql));
        for (r, findings, facts, seq) in part {
            q = q
                .bind(i64::try_from(r.id).unwrap_or(i64::MAX))
                .bind(r.at.to_string())
                .bind(r.door)
                .bind(r.as_of.to_string())
                .bind(r.jurisdiction.clone())
                .bind(r.knowledge.clone())
                .bind(crate::ids::hex(&r.input_hash))
                .bind(r.patient_key.clone())
                .bind(findings.clone())
                .bind(facts.clone())
                .bind(r.input.clone())
                .bind(*seq);
        }
        q.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn insert_entries(tx: &mut Transaction<'_, Any>, entries: &[Entry]) -> Result<(), sqlx::Error> {
    for part in chunks(entries) {
        let sql = placeholders("INSERT INTO audit (seq, at, kind, body, hash) VALUES ", 5, part.len());
        let mut q = sqlx::query(AssertSqlSafe(sql));
        for e in part {
            q = q
                .bind(e.seq)
                .bind(e.at.clone())
                .bind(e.kind.clone())
                .bind(e.body.clone())
                .bind(e.hash.clone());
        }
        q.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn feedback(
    tx: &mut Transaction<'_, Any>,
    head: &mut Head,
    f: &FeedbackRecord,
    kept: &mut Kept,
) -> Result<Entry, sqlx::Error> {
    let review = i64::try_from(f.review).unwrap_or(i64::MAX);
    let row = sqlx::query("SELECT findings, patient_key FROM reviews WHERE id = $1")
        .bind(review)
        .fetch_optional(&mut **tx)
        .await?;
    // The review may be missing where the service was killed before it was written: the feedback counts all the same.
    let (shown, patient): (Vec<Shown>, String) = match row {
        Some(r) => (serde_json::from_str(r.try_get(0)?).unwrap_or_default(), r.try_get(1)?),
        None => (Vec::new(), String::new()),
    };
    let found = shown.iter().find(|s| s.slot == Some(f.slot));
    let (rule, print) = found.map_or(("", ""), |s| (s.rule.as_str(), s.print.as_str()));
    let suggestions = f.suggestions.join(" ");
    let body = serde_json::json!({
        "card": f.card, "rule": rule, "outcome": f.outcome, "reason": f.reason,
        "row": digest(&[print, &f.comment, &suggestions, &f.outcome_at]),
    });
    let e = head.append(f.at.to_string(), "feedback", body.to_string());
    sqlx::query(
        "INSERT INTO feedback (audit_seq, at, card, review, rule, fingerprint, outcome, reason, comment, suggestions, outcome_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(e.seq)
    .bind(f.at.to_string())
    .bind(f.card.clone())
    .bind(review)
    .bind(rule.to_owned())
    .bind(print.to_owned())
    .bind(f.outcome)
    .bind(f.reason.clone())
    .bind(f.comment.clone())
    .bind(suggestions)
    .bind(f.outcome_at.clone())
    .execute(&mut **tx)
    .await?;
    if f.outcome == "overridden" && !rule.is_empty() && !patient.is_empty() {
        sqlx::query(
            "INSERT INTO overrides (patient_key, rule, fingerprint, until, reason, audit_seq) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (patient_key, rule, fingerprint) DO UPDATE SET until = $4, reason = $5, audit_seq = $6",
        )
        .bind(patient.clone())
        .bind(rule.to_owned())
        .bind(print.to_owned())
        .bind(f.until.to_string())
        .bind(f.reason.clone())
        .bind(e.seq)
        .execute(&mut **tx)
        .await?;
        kept.push((
            patient,
            Override {
                rule: rule.into(),
                fingerprint: print.into(),
                until: f.until,
                reason: f.reason.clone(),
                at: f.at.to_string(),
            },
        ));
    }
    Ok(e)
}
