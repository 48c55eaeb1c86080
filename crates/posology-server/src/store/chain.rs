//! The audit log: each entry holds the hash of the one before, so that nothing can be changed, taken out or put in without a trace.
use crate::ids::hex;
use sha2::{Digest as _, Sha256};

/// Where the chain ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 where there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: String,
    /// `review`, `feedback`, `plan`, `start`.
    pub kind: String,
    /// What, as JSON.
    pub body: String,
    /// Hash over the hash before and all of this.
    pub hash: String,
}

impl Head {
    /// Appends: the entry, and the new end.
    pub fn append(&mut self, at: String, kind: &str, body: String) -> Entry {
        let seq = self.seq + 1;
        let hash = link(&self.hash, seq, &at, kind, &body);
        *self = Self { seq, hash: hash.clone() };
        Entry { seq, at, kind: kind.to_owned(), body, hash }
    }

    /// Follows an entry as read back.
    ///
    /// # Errors
    /// What does not fit.
    pub fn follow(&mut self, e: &Entry) -> Result<(), String> {
        if e.seq != self.seq + 1 {
            return Err(format!("entry {} is missing (the next one is {})", self.seq + 1, e.seq));
        }
        if e.hash != link(&self.hash, e.seq, &e.at, &e.kind, &e.body) {
            return Err(format!("entry {} was changed, or one before it", e.seq));
        }
        *self = Self { seq: e.seq, hash: e.hash.clone() };
        Ok(())
    }
}

fn link(before: &str, seq: i64, at: &str, kind: &str, body: &str) -> String {
    let mut h = Sha256::new();
    h.update(seq.to_be_bytes());
    for part in [before, at, kind, body] {
        h.update((part.len() as u64).to_be_bytes());
        h.update(part.as_bytes());
    }
    hex(&h.finalize())
}

/// SHA-256 of parts, each with its length.
pub fn digest(parts: &[&str]) -> String {
    let mut h = Sha256::new();
    for p in parts {
        h.update((p.len() as u64).to_be_bytes());
        h.update(p.as_bytes());
    }
    hex(&h.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_seen() {
        let mut end = Head::default();
        let list: Vec<Entry> = (0..5)
            .map(|k| end.append(format!("2026-11-24T00:00:0{k}Z"), "review", format!("{{\"n\":{k}}}")))
            .collect();
        let verify =
            |list: &[Entry]| list.iter().try_fold(Head::default(), |mut h, e| h.follow(e).map(|()| h));
        assert_eq!(verify(&list), Ok(end));
        let mut changed = list.clone();
        changed[2].body = "{\"n\":9}".into();
        assert!(verify(&changed).unwrap_err().contains("entry 3"));
        let mut dated = list.clone();
        dated[0].at = "2026-11-25T00:00:00Z".into();
        assert!(verify(&dated).unwrap_err().contains("entry 1"));
        let mut out = list.clone();
        out.remove(1);
        assert!(verify(&out).unwrap_err().contains("entry 2 is missing"));
        let mut swapped = list;
        swapped.swap(0, 1);
        assert!(verify(&swapped).is_err());
    }
}
