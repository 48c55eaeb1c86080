//! The vocabulary: words, abbreviations and fixed phrases, each with the symbol that the grammar sees.
//!
//! One line a phrase. The third column is a note for the reader of the result, where the abbreviation is on ISMP's list of error-prone
//! abbreviations or has a second meaning.
mod amounts;
mod control;
mod noise;
mod routes;
mod times;

use super::lex::Sym;
use amounts::{NUMBERS, UNITS};
use control::CONTROL;
use noise::{BAD, NOISE};
use routes::ROUTES;
use std::collections::HashMap;
use std::sync::LazyLock;
use times::{PARTS, TIMES};

/// A phrase: its words after the first, its symbol, its note.
pub(super) struct Entry {
    pub rest: Vec<&'static str>,
    pub sym: Sym,
    pub note: &'static str,
}

/// Phrases by first word, longest first. Only looked up, never iterated.
pub(super) static PHRASES: LazyLock<HashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<Entry>> = HashMap::new();
    let all = [NUMBERS, UNITS, TIMES, PARTS, ROUTES, CONTROL, NOISE, BAD];
    for (phrase, sym, note) in all.into_iter().flatten().copied() {
        let mut words = phrase.split(' ');
        if let Some(first) = words.next() {
            map.entry(first).or_default().push(Entry { rest: words.collect(), sym, note });
        }
    }
    for entries in map.values_mut() {
        entries.sort_by_key(|e| std::cmp::Reverse(e.rest.len()));
    }
    map
});

type Line = (&'static str, Sym, &'static str);
