//! The sweep over lists of one's own: which drugs belong to which class, which classes are watched as pairs.
//!
//! Three questions in one pass over rows sorted by person and start: days on which two classes are taken together, the longest episode of
//! one class with its mean dose, and every pair of classes that overlap. No sort, no join: a few numbers a person.
mod read;
mod shuffle;
mod sweep;

pub use read::{Input, screen_lists};
pub use sweep::{Answers, Sweep};

use crate::error::ScreenError;

/// Most classes that pairs may name.
pub const MOST_CLASSES: usize = 64;

/// A drug of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// Class, from 0.
    pub class: u8,
    /// Equivalents: mg of the reference per mg.
    pub factor: f64,
}

/// Drugs by concept, and pairs of classes.
#[derive(Debug, Clone)]
pub struct Lists {
    base: i64,
    dense: Vec<u16>,
    sparse: Vec<(i64, u16)>,
    drugs: Vec<Listed>,
    partners: [u64; MOST_CLASSES],
    /// The two classes whose days together are counted.
    pub together: (u8, u8),
    /// The class whose episodes are measured.
    pub episode: u8,
    /// Uncovered days that do not end an episode.
    pub grace_days: i32,
}

/// Width up to which concepts are looked up by index.
const DENSE: i64 = 1 << 20;
/// No drug of the list.
const NONE: u16 = u16::MAX;

impl Lists {
    /// From drugs and pairs.
    ///
    /// # Errors
    /// A class beyond [`MOST_CLASSES`], or more drugs than can be held.
    pub fn new(drugs: &[(i64, Listed)], pairs: &[(u8, u8)]) -> Result<Self, ScreenError> {
        let most =
            drugs.iter().map(|d| d.1.class).chain(pairs.iter().flat_map(|p| [p.0, p.1])).max().unwrap_or(0);
        if usize::from(most) >= MOST_CLASSES || drugs.len() >= usize::from(NONE) {
            return Err(ScreenError::new(
                "lists",
                format!("class {most} of {} drugs", drugs.len()),
                format!("number classes from 0 to {}, and give at most {} drugs", MOST_CLASSES - 1, NONE - 1),
            ));
        }
        let mut sparse: Vec<(i64, u16)> = drugs.iter().enumerate().map(|(i, d)| (d.0, i as u16)).collect();
        sparse.sort_unstable();
        let base = sparse.first().map_or(0, |d| d.0);
        let width = sparse.last().map_or(0, |d| d.0 - base + 1);
        let mut dense = Vec::new();
        if width <= DENSE {
            dense = vec![NONE; width as usize];
            for (c, i) in &sparse {
                dense[(c - base) as usize] = *i;
            }
        }
        let mut partners = [0u64; MOST_CLASSES];
        for (a, b) in pairs {
            partners[usize::from(*a)] |= 1 << b;
            partners[usize::from(*b)] |= 1 << a;
        }
        let drugs = drugs.iter().map(|d| d.1).collect();
        Ok(Self { base, dense, sparse, drugs, partners, together: (0, 1), episode: 0, grace_days: 15 })
    }

    /// From the texts of two CSV files: `drug_concept_id,name,class_id,diazepam_equiv` and `a,b`.
    ///
    /// # Errors
    /// A line that holds something else, with its number.
    pub fn from_csv(drugs: &str, pairs: &str) -> Result<Self, ScreenError> {
        let bad = |file: &str, n: usize, want: &str| {
            ScreenError::new(file, format!("the line is not {want}"), format!("write it as {want}"))
                .row(n + 1)
        };
        let lines = |t: &'_ str| -> Vec<(usize, Vec<String>)> {
            t.lines()
                .enumerate()
                .skip(1)
                .filter(|(_, l)| !l.trim().is_empty())
                .map(|(n, l)| (n, l.split(',').map(|c| c.trim().to_owned()).collect()))
                .collect()
        };
        let mut d = Vec::new();
        for (n, c) in lines(drugs) {
            let row = match c.as_slice() {
                [id, _, class, factor, ..] => {
                    id.parse().ok().zip(class.parse().ok()).zip(factor.parse().ok())
                }
                _ => None,
            };
            let Some(((id, class), factor)) = row else {
                return Err(bad("drugs", n, "drug_concept_id,name,class_id,diazepam_equiv"));
            };
            d.push((id, Listed { class, factor }));
        }
        let mut p = Vec::new();
        for (n, c) in lines(pairs) {
            let row = match c.as_slice() {
                [a, b] => a.parse().ok().zip(b.parse().ok()),
                _ => None,
            };
            p.push(row.ok_or_else(|| bad("pairs", n, "a,b"))?);
        }
        Self::new(&d, &p)
    }

    /// Index of a drug.
    #[inline]
    pub(crate) fn index(&self, concept: i64) -> u16 {
        if self.dense.is_empty() {
            return self.sparse.binary_search_by_key(&concept, |d| d.0).map_or(NONE, |i| self.sparse[i].1);
        }
        usize::try_from(concept.wrapping_sub(self.base))
            .ok()
            .and_then(|i| self.dense.get(i))
            .copied()
            .unwrap_or(NONE)
    }
}
