//! Positions by id: one hash and one comparison, no copy of the ids. Nothing iterates over these tables, so their order shows nowhere.
use crate::schema::Confidence;
use hashbrown::HashTable;
use posology_model::Evidence;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};
use std::sync::RwLock;

fn hash(id: &str) -> u64 {
    let mut h = FxHasher::default();
    id.hash(&mut h);
    h.finish()
}

/// Positions of the members of a list by id.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashTable<u16>);

impl Ids {
    /// Of a list of `n`, whose ids are given by position; the first of equal ids stays.
    pub(crate) fn new<'c>(n: usize, id: impl Fn(usize) -> &'c str) -> Self {
        let n = n.min(usize::from(u16::MAX));
        let mut table = HashTable::with_capacity(n);
        for k in 0..n {
            let name = id(k);
            if table.find(hash(name), |i: &u16| id(usize::from(*i)) == name).is_none() {
                table.insert_unique(hash(name), k as u16, |i| hash(id(usize::from(*i))));
            }
        }
        Self(table)
    }

    /// The position of an id in the list that this was made from.
    #[inline]
    pub(crate) fn find<'c>(&self, name: &str, id: impl Fn(usize) -> &'c str) -> Option<u16> {
        self.0.find(hash(name), |i| id(usize::from(*i)) == name).copied()
    }
}

/// Evidence that was asked for before: many findings point at the same place of the same source, and all share it.
#[derive(Debug, Default)]
pub(crate) struct EvidenceMemory(RwLock<HashTable<(Box<str>, Confidence, Evidence)>>);

impl EvidenceMemory {
    /// The evidence of a reference, made at the first call.
    pub(crate) fn get(
        &self,
        reference: &str,
        confidence: Confidence,
        make: impl FnOnce() -> Evidence,
    ) -> Evidence {
        let key = hash(reference);
        let same = |e: &(Box<str>, Confidence, Evidence)| e.1 == confidence && *e.0 == *reference;
        // A poisoned lock means that another thread panicked: then nothing is remembered, and the answer is the same.
        if let Ok(seen) = self.0.read()
            && let Some(e) = seen.find(key, same)
        {
            return e.2.clone();
        }
        let made = make();
        if let Ok(mut seen) = self.0.write()
            && seen.find(key, same).is_none()
        {
            seen.insert_unique(key, (reference.into(), confidence, made.clone()), |e| hash(&e.0));
        }
        made
    }
}
