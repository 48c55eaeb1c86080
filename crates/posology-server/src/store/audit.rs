//! Reading the audit log: does it hold, and which reviews relied on a fact?
use super::StoreError;
use super::chain::{Entry, Head, digest};
use super::writer::{RowParts, row_digest};
use serde::Serialize;
use sqlx::{AnyPool, Row as _};
use std::collections::HashMap;

/// Entries read at a time.
const PAGE: i64 = 5_000;

/// A log that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Entries.
    pub entries: i64,
    /// Reviews whose rows match what was sealed.
    pub reviews: u64,
    /// Feedback whose rows match.
    pub feedback: u64,
    /// Hash of the last entry: keep it elsewhere, and a later check shows whether the end was cut off.
    pub head: String,
}

/// A log that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Tampering {
    /// What does not fit.
    #[error("{0}")]
    Found(String),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for Tampering {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

/// A review that relied on a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// Number of the review.
    pub review: i64,
    /// When.
    pub at: String,
    /// Door.
    pub door: String,
    /// Date of the review.
    pub as_of: String,
    /// Version of the knowledge.
    pub knowledge: String,
    /// Stands for the patient; empty where none was named.
    pub patient_key: String,
    /// SHA-256 of the input: finds the call in the client's own log.
    pub input_hash: String,
    /// The fact itself was cited; else its drug was looked at, and the fact may have kept a rule silent.
    pub cited: bool,
}

/// Reads a store.
#[derive(Debug)]
pub struct Reader {
    pool: AnyPool,
}

impl Reader {
    pub(super) const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }

    /// Walks over the whole log and compares it with the rows that it seals. `expect`: an earlier end (number, hash) that must lie on the chain.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub async fn verify(&self, expect: Option<(i64, &str)>) -> Result<Verified, Tampering> {
        let mut head = Head::default();
        let mut out = Verified { entries: 0, reviews: 0, feedback: 0, head: String::new() };
        let mut expected = expect.filter(|e| e.0 > 0);
        loop {
            let rows = sqlx::query(
                "SELECT seq, at, kind, body, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
            )
            .bind(head.seq)
            .bind(PAGE)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                break;
            }
            let from = head.seq;
            let mut sealed: HashMap<i64, String> = HashMap::new();
            for r in rows {
                let e = Entry {
                    seq: r.try_get(0)?,
                    at: r.try_get(1)?,
                    kind: r.try_get(2)?,
                    body: r.try_get(3)?,
                    hash: r.try_get(4)?,
                };
                head.follow(&e).map_err(Tampering::Found)?;
                if let Some((seq, hash)) = expected.filter(|x| x.0 == e.seq) {
                    if hash != e.hash {
                        return Err(Tampering::Found(format!(
                            "entry {seq} has another hash than the one expected"
                        )));
                    }
                    expected = None;
                }
                if e.kind == "review" || e.kind == "feedback" {
                    sealed.insert(e.seq, e.body);
                }
            }
            out.reviews += self.reviews(from, head.seq, &mut sealed).await?;
            out.feedback += self.feedback(from, head.seq, &mut sealed).await?;
            if let Some(seq) = sealed.keys().min() {
                return Err(Tampering::Found(format!("the record sealed by entry {seq} is missing")));
            }
        }
        if let Some((seq, _)) = expected {
            return Err(Tampering::Found(format!(
                "the log ends at entry {}, before the expected entry {seq}: its end was cut off",
                head.seq
            )));
        }
        let r = sqlx::query("SELECT seq, hash FROM audit_head WHERE id = 1").fetch_one(&self.pool).await?;
        let (seq, hash): (i64, String) = (r.try_get(0)?, r.try_get(1)?);
        if (seq, hash.as_str()) != (head.seq, head.hash.as_str()) {
            return Err(Tampering::Found(format!(
                "the log ends at entry {}, and its head says {seq}",
                head.seq
            )));
        }
        let n: i64 = sqlx::query("SELECT COUNT(*) FROM reviews").fetch_one(&self.pool).await?.try_get(0)?;
        if n != i64::try_from(out.reviews).unwrap_or(-1) {
            return Err(Tampering::Found(format!("{n} reviews are stored, and {} are sealed", out.reviews)));
        }
        out.entries = head.seq;
        out.head = head.hash;
        Ok(out)
    }

    async fn words(&self) -> Result<HashMap<i64, String>, Tampering> {
        let mut out = HashMap::new();
        for r in sqlx::query("SELECT id, word FROM words").fetch_all(&self.pool).await? {
            out.insert(r.try_get(0)?, r.try_get(1)?);
        }
        Ok(out)
    }

    async fn reviews(&self, from: i64, to: i64, sealed: &mut HashMap<i64, String>) -> Result<u64, Tampering> {
        let words = self.words().await?;
        let sql = "SELECT audit_seq, id, door, as_of, knowledge, input_hash, patient_key, findings, facts FROM reviews WHERE audit_seq > $1 AND audit_seq <= $2";
        let mut n = 0;
        for r in sqlx::query(sql).bind(from).bind(to).fetch_all(&self.pool).await? {
            let (seq, id): (i64, i64) = (r.try_get(0)?, r.try_get(1)?);
            let text = |i: usize| -> Result<String, sqlx::Error> { r.try_get(i) };
            let numbers = text(8)?;
            let mut facts: Vec<&str> = Vec::new();
            for part in numbers.split(',').filter(|p| !p.is_empty()) {
                match part.parse().ok().and_then(|k: i64| words.get(&k)) {
                    Some(w) => facts.push(w),
                    None => {
                        return Err(Tampering::Found(format!(
                            "review {id} names a fact that is not in the store"
                        )));
                    }
                }
            }
            let row = row_digest(&RowParts {
                door: &text(2)?,
                as_of: &text(3)?,
                knowledge: &text(4)?,
                input_hash: &text(5)?,
                patient_key: &text(6)?,
                findings: &text(7)?,
                facts: &facts.join("\n"),
            });
            if sealed.remove(&seq) != Some(format!("{{\"review\":{id},\"row\":\"{row}\"}}")) {
                return Err(Tampering::Found(format!("review {id} is not what entry {seq} sealed")));
            }
            n += 1;
        }
        Ok(n)
    }

    async fn feedback(
        &self,
        from: i64,
        to: i64,
        sealed: &mut HashMap<i64, String>,
    ) -> Result<u64, Tampering> {
        let sql = "SELECT audit_seq, card, rule, outcome, reason, fingerprint, comment, suggestions, outcome_at FROM feedback WHERE audit_seq > $1 AND audit_seq <= $2";
        let mut n = 0;
        for r in sqlx::query(sql).bind(from).bind(to).fetch_all(&self.pool).await? {
            let seq: i64 = r.try_get(0)?;
            let text = |i: usize| -> Result<String, sqlx::Error> { r.try_get(i) };
            let body = serde_json::json!({
                "card": text(1)?, "rule": text(2)?, "outcome": text(3)?, "reason": text(4)?,
                "row": digest(&[&text(5)?, &text(6)?, &text(7)?, &text(8)?]),
            });
            if sealed.remove(&seq) != Some(body.to_string()) {
                return Err(Tampering::Found(format!("the feedback of entry {seq} is not what was sealed")));
            }
            n += 1;
        }
        Ok(n)
    }

    /// Reviews that cited one of `cited`, or looked at all drugs of one of `drugs`. Words are as [`super::facts`] makes them; `cited` may end in
    /// `#` for every place of a source.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn affected(
        &self,
        cited: &[String],
        drugs: &[Vec<String>],
    ) -> Result<Vec<Affected>, StoreError> {
        let mut ids: HashMap<String, i64> = HashMap::new();
        for r in sqlx::query("SELECT id, word FROM words").fetch_all(&self.pool).await? {
            ids.insert(r.try_get(1)?, r.try_get(0)?);
        }
        let is_cited: Vec<String> = ids
            .iter()
            .filter(|(w, _)| cited.iter().any(|c| *w == c || c.ends_with('#') && w.starts_with(c.as_str())))
            .map(|(_, id)| format!(",{id},"))
            .collect();
        // A drug that no review ever looked at has no number: then no review looked at all of them.
        let sets: Vec<Vec<String>> = drugs
            .iter()
            .filter_map(|set| set.iter().map(|d| ids.get(d.as_str()).map(|id| format!(",{id},"))).collect())
            .filter(|s: &Vec<String>| !s.is_empty())
            .collect();
        let mut out = Vec::new();
        let mut after = 0i64;
        loop {
            let sql = "SELECT id, at, door, as_of, knowledge, patient_key, input_hash, facts FROM reviews WHERE id > $1 ORDER BY id LIMIT $2";
            let rows = sqlx::query(sql).bind(after).bind(PAGE).fetch_all(&self.pool).await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get(0)?;
            for r in &rows {
                let facts: String = r.try_get(7)?;
                let cited = is_cited.iter().any(|n| facts.contains(n.as_str()));
                if !cited && !sets.iter().any(|s| s.iter().all(|n| facts.contains(n.as_str()))) {
                    continue;
                }
                out.push(Affected {
                    review: r.try_get(0)?,
                    at: r.try_get(1)?,
                    door: r.try_get(2)?,
                    as_of: r.try_get(3)?,
                    knowledge: r.try_get(4)?,
                    patient_key: r.try_get(5)?,
                    input_hash: r.try_get(6)?,
                    cited,
                });
            }
        }
        Ok(out)
    }
}
