//! The store: reviews, feedback, plans, and the audit log over all of them. SQLite in a file or in memory, or PostgreSQL; the same statements.
mod audit;
mod chain;
mod record;
mod writer;

pub use audit::{Affected, Tampering, Verified};
pub use chain::{Entry, Head};
pub use record::{FeedbackRecord, Override, ReviewRecord, RuleFeedback, Shown, facts};

use crate::ids::{Secret, hex};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row as _};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use tokio::sync::{mpsc, oneshot};
use writer::Job;

/// Jobs that may wait for the writer.
const QUEUE: usize = 16_384;

/// Where to keep things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: gone when the service ends.
    Memory,
    /// SQLite in this folder.
    Folder(std::path::PathBuf),
    /// PostgreSQL at this address.
    Postgres(String),
}

/// The store cannot do what is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Cannot be opened.
    #[error("the store cannot be opened: {0}")]
    Open(String),
    /// Cannot be written or read now.
    #[error("the store is not available; send it again later")]
    Unavailable,
    /// Cannot be read.
    #[error("the store cannot be read: {0}")]
    Read(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        Self::Read(e.to_string())
    }
}

pub(crate) struct Inner {
    pool: AnyPool,
    /// Overrides in memory where this process is the only writer.
    remembered: Option<RwLock<HashMap<String, Vec<Override>>>>,
    healthy: AtomicBool,
    written: AtomicU64,
    failures: AtomicU64,
    lost: AtomicU64,
}

/// The store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    tx: mpsc::Sender<Job>,
    secret: Secret,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store, brings its tables up to date and starts the writer.
    ///
    /// # Errors
    /// The place cannot be opened or its tables are of a later version.
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        let fail = |e: sqlx::Error| StoreError::Open(without_password(&e.to_string()));
        let pool = connect(place, true).await?;
        let migrator = match place {
            Place::Postgres(_) => sqlx::migrate!("./migrations/postgres"),
            Place::Memory | Place::Folder(_) => sqlx::migrate!("./migrations/sqlite"),
        };
        migrator.run(&pool).await.map_err(|e| StoreError::Open(e.to_string()))?;
        let secret = secret(&pool).await.map_err(fail)?;
        let remembered = match place {
            Place::Postgres(_) => None,
            Place::Memory | Place::Folder(_) => Some(RwLock::new(all_overrides(&pool).await.map_err(fail)?)),
        };
        let inner = Arc::new(Inner {
            pool,
            remembered,
            healthy: AtomicBool::new(true),
            written: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        let (tx, rx) = mpsc::channel(QUEUE);
        tokio::spawn(writer::run(Arc::clone(&inner), rx));
        Ok(Self { inner, tx, secret })
    }

    /// Opens an existing store for reading, without a writer of its own.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn open_to_read(place: &Place) -> Result<audit::Reader, StoreError> {
        if let Place::Folder(f) = place
            && !file(f).is_file()
        {
            return Err(StoreError::Open(format!("{}: there is no store in this folder", f.display())));
        }
        Ok(audit::Reader::new(connect(place, false).await?))
    }

    /// The secret of this store.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Records a review. It never waits: what cannot be taken is counted and said in the log, and the answer goes out all the same.
    pub fn review(&self, r: ReviewRecord) {
        if self.tx.try_send(Job::Review(Box::new(r))).is_err() {
            let n = self.inner.lost.fetch_add(1, Ordering::Relaxed);
            if n.is_multiple_of(1_000) {
                tracing::error!(
                    lost = n + 1,
                    "reviews were answered and not recorded: the store is too slow"
                );
            }
        }
    }

    /// Records feedback; returns once it is on disk.
    ///
    /// # Errors
    /// It is not recorded.
    pub async fn feedback(&self, list: Vec<FeedbackRecord>) -> Result<(), StoreError> {
        self.ask(|done| Job::Feedback(list, done)).await
    }

    /// Keeps a plan; returns once it is on disk.
    ///
    /// # Errors
    /// It is not kept.
    pub async fn plan(
        &self,
        id: String,
        at: String,
        plan: String,
        facts: Vec<String>,
    ) -> Result<(), StoreError> {
        self.ask(|done| Job::Plan { id, at, plan, facts, done }).await
    }

    /// A plan that was kept.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn saved_plan(&self, id: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT plan FROM plans WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(&self.inner.pool)
            .await?;
        Ok(match row {
            Some(r) => Some(r.try_get(0)?),
            None => None,
        })
    }

    /// Writes a note of the service itself (its start, with version and settings that matter).
    pub fn note(&self, at: String, body: String) {
        let _ = self.tx.try_send(Job::Note { at, body });
    }

    /// Waits until everything so far is written.
    ///
    /// # Errors
    /// It is not written.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.ask(Job::Flush).await
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        self.tx.send(job(done)).await.map_err(|_| StoreError::Unavailable)?;
        answer.await.map_err(|_| StoreError::Unavailable)?
    }

    /// Risks accepted for a patient.
    ///
    /// # Errors
    /// The store cannot be read: then nothing is silenced.
    pub async fn overrides(&self, patient_key: &str) -> Result<Vec<Override>, StoreError> {
        if let Some(map) = &self.inner.remembered {
            let map = map.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            return Ok(map.get(patient_key).cloned().unwrap_or_default());
        }
        let rows =
            sqlx::query("SELECT o.rule, o.fingerprint, o.until, o.reason, COALESCE(f.at, '') FROM overrides o LEFT JOIN feedback f ON f.audit_seq = o.audit_seq WHERE o.patient_key = $1")
                .bind(patient_key.to_owned())
                .fetch_all(&self.inner.pool)
                .await?;
        let mut out = Vec::new();
        for r in rows {
            let until: String = r.try_get(2)?;
            let Ok(until) = until.parse() else { continue };
            out.push(Override {
                rule: r.try_get(0)?,
                fingerprint: r.try_get(1)?,
                until,
                reason: r.try_get(3)?,
                at: r.try_get(4)?,
            });
        }
        Ok(out)
    }

    /// Cards shown, accepted and overridden, by rule.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn by_rule(&self) -> Result<Vec<RuleFeedback>, StoreError> {
        let mut out: BTreeMap<String, RuleFeedback> = BTreeMap::new();
        for r in sqlx::query("SELECT rule, cards FROM shown").fetch_all(&self.inner.pool).await? {
            of_rule(&mut out, r.try_get(0)?).shown = r.try_get(1)?;
        }
        let sql = "SELECT rule, outcome, reason, COUNT(*) FROM feedback GROUP BY rule, outcome, reason";
        for r in sqlx::query(sql).fetch_all(&self.inner.pool).await? {
            let (outcome, reason, n): (String, String, i64) = (r.try_get(1)?, r.try_get(2)?, r.try_get(3)?);
            let e = of_rule(&mut out, r.try_get(0)?);
            if outcome == "accepted" {
                e.accepted += n;
            } else {
                e.overridden += n;
                *e.reasons.entry(reason).or_default() += n;
            }
        }
        Ok(out.into_values().collect())
    }

    /// Whether the last attempt to write succeeded.
    pub fn healthy(&self) -> bool {
        self.inner.healthy.load(Ordering::Relaxed) && !self.tx.is_closed()
    }

    /// Records written, attempts that failed, reviews lost.
    pub fn counters(&self) -> (u64, u64, u64) {
        let get = |a: &AtomicU64| a.load(Ordering::Relaxed);
        (get(&self.inner.written), get(&self.inner.failures), get(&self.inner.lost))
    }
}

/// A card whose review was lost names no rule.
fn of_rule(all: &mut BTreeMap<String, RuleFeedback>, rule: String) -> &mut RuleFeedback {
    let rule = if rule.is_empty() { "unknown".to_owned() } else { rule };
    all.entry(rule.clone()).or_insert_with(|| RuleFeedback { rule, ..RuleFeedback::default() })
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("posology.db")
}

async fn connect(place: &Place, write: bool) -> Result<AnyPool, StoreError> {
    sqlx::any::install_default_drivers();
    let (url, most) = match place {
        Place::Memory => ("sqlite::memory:".to_owned(), 1),
        Place::Folder(f) => {
            if write {
                prepare(f).map_err(|e| StoreError::Open(format!("{}: {e}", f.display())))?;
            }
            (format!("sqlite://{}?mode={}", file(f).display(), if write { "rwc" } else { "rw" }), 4)
        }
        Place::Postgres(u) => (u.clone(), 8),
    };
    let sqlite = !matches!(place, Place::Postgres(_));
    AnyPoolOptions::new()
        .max_connections(most)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .after_connect(move |c, _| {
            Box::pin(async move {
                if sqlite {
                    // FULL: what is acknowledged survives a power cut too; one flush serves a whole batch.
                    for p in [
                        "PRAGMA busy_timeout = 5000",
                        "PRAGMA journal_mode = WAL",
                        "PRAGMA synchronous = FULL",
                    ] {
                        sqlx::query(p).execute(&mut *c).await?;
                    }
                }
                Ok(())
            })
        })
        .connect(&url)
        .await
        .map_err(|e| StoreError::Open(without_password(&e.to_string())))
}

/// The folder, readable by its owner only.
fn prepare(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = file(folder);
    if !path.exists() {
        std::fs::File::create(&path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// A database address in an error may hold a password.
fn without_password(text: &str) -> String {
    match (text.find("://"), text.find('@')) {
        (Some(a), Some(b)) if a < b => format!("{}://...{}", &text[..a], &text[b..]),
        _ => text.to_owned(),
    }
}

async fn secret(pool: &AnyPool) -> Result<Secret, sqlx::Error> {
    let mut fresh = [0u8; 32];
    // rustls brings a random source of the operating system.
    if rustls::crypto::ring::default_provider().secure_random.fill(&mut fresh).is_err() {
        return Err(sqlx::Error::Protocol("the operating system gives no random numbers".into()));
    }
    sqlx::query("INSERT INTO meta (key, value) VALUES ('secret', $1) ON CONFLICT (key) DO NOTHING")
        .bind(hex(&fresh))
        .execute(pool)
        .await?;
    let text: String =
        sqlx::query("SELECT value FROM meta WHERE key = 'secret'").fetch_one(pool).await?.try_get(0)?;
    let mut bytes = [0u8; 32];
    for (b, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(pair).unwrap_or("");
        *b = u8::from_str_radix(digits, 16)
            .map_err(|_| sqlx::Error::Protocol("the secret of the store is damaged".into()))?;
    }
    Ok(Secret::new(bytes))
}

async fn all_overrides(pool: &AnyPool) -> Result<HashMap<String, Vec<Override>>, sqlx::Error> {
    let mut out: HashMap<String, Vec<Override>> = HashMap::new();
    let sql = "SELECT o.patient_key, o.rule, o.fingerprint, o.until, o.reason, COALESCE(f.at, '') FROM overrides o LEFT JOIN feedback f ON f.audit_seq = o.audit_seq";
    for r in sqlx::query(sql).fetch_all(pool).await? {
        let until: String = r.try_get(3)?;
        let Ok(until) = until.parse() else { continue };
        let o = Override {
            rule: r.try_get(1)?,
            fingerprint: r.try_get(2)?,
            until,
            reason: r.try_get(4)?,
            at: r.try_get(5)?,
        };
        out.entry(r.try_get(0)?).or_default().push(o);
    }
    Ok(out)
}
