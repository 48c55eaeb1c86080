//! Products with several ingredients by their names: "Percocet 5-325", "co-codamol 30/500", "hydrocodone-acetaminophen 5-325".
//!
//! A name leads to all of its ingredients; numbers in the text choose the strength. Where they choose none, or several, no strength is given:
//! a dose of one ingredient is never made up.
mod written;

pub use written::{Written, written};

use crate::base::{KnowledgeBase, SubstanceIx};
use crate::display::Strength;
use crate::names::normalise;
use crate::schema::Combination;
use posology_model::Form;
use std::collections::BTreeMap;

/// One ingredient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A substance of the knowledge.
    Ours(SubstanceIx),
    /// The name of one that it does not hold.
    Other(String),
}

/// One marketed strength.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Form, where it is stated.
    pub form: Option<Form>,
    /// Strength of each part, in the order of the parts.
    pub strengths: Vec<Option<Strength>>,
    /// Words that mean it.
    pub written: Vec<String>,
}

/// A named combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Ingredients.
    pub parts: Vec<Part>,
    /// Strengths on the market.
    pub products: Vec<Choice>,
}

/// All named combinations.
#[derive(Debug, Default)]
pub struct Combinations {
    by_name: BTreeMap<String, Named>,
    longest: usize,
}

/// The number in a strength, as lists print it.
fn value(s: Option<Strength>) -> Option<f64> {
    match s? {
        Strength::PerPiece(v) | Strength::PerMl(v) | Strength::PerActuation(v) => Some(v),
        _ => None,
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.005 * a.abs().max(b.abs())
}

impl Combinations {
    /// Reads `combinations/` and `products/combinations.tsv`. What is kept by hand wins over what RxNorm says.
    pub fn new(kb: &KnowledgeBase) -> Self {
        let mut out = Self::default();
        for c in kb.corpus.combinations.iter().flat_map(|f| &f.combinations) {
            let named = kept(kb, c);
            for name in std::iter::once(&c.name).chain(&c.synonyms) {
                out.put(normalise(name), named.clone());
            }
        }
        let kept: Vec<String> = out.by_name.keys().cloned().collect();
        for line in kb.corpus.combination_products.lines() {
            let Some((name, named)) = imported(kb, line) else { continue };
            if kept.binary_search(&name).is_ok() {
                continue;
            }
            match out.by_name.get_mut(&name) {
                Some(n) => n.products.extend(named.products),
                None => out.put(name, named),
            }
        }
        out
    }

    fn put(&mut self, name: String, named: Named) {
        if !name.is_empty() {
            self.longest = self.longest.max(name.split(' ').count());
            self.by_name.entry(name).or_insert(named);
        }
    }

    /// The combination that a text begins with, and the number of words of its name.
    pub fn find(&self, text: &str) -> Option<(&Named, usize)> {
        let key = normalise(text);
        let words: Vec<&str> = key.split(' ').collect();
        (1..=words.len().min(self.longest))
            .rev()
            .find_map(|n| self.by_name.get(&words[..n].join(" ")).map(|c| (c, n)))
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

fn kept(kb: &KnowledgeBase, c: &Combination) -> Named {
    let ours = c.ingredients.iter().map(|id| match kb.find(id) {
        Some(ix) => Part::Ours(ix),
        // The linter reports an id that leads nowhere.
        None => Part::Other(id.replace('-', " ")),
    });
    let parts: Vec<Part> = ours.chain(c.others.iter().map(|o| Part::Other(o.clone()))).collect();
    let products = c
        .products
        .iter()
        .map(|p| {
            let mut strengths: Vec<Option<Strength>> = if p.strengths_mg.is_empty() {
                p.strengths_mg_per_ml.iter().map(|v| Some(Strength::PerMl(*v))).collect()
            } else {
                p.strengths_mg.iter().map(|v| Some(Strength::PerPiece(*v))).collect()
            };
            strengths.resize(parts.len(), None);
            Choice {
                form: p.form.as_deref().and_then(|f| f.parse().ok()),
                strengths,
                written: p.written.iter().map(|w| normalise(w)).collect(),
            }
        })
        .collect();
    Named { parts, products }
}

/// A line `name`, tab, ids joined by `+` (a name after `=` is no substance of the knowledge), tab, form, tab, strengths joined by `+` and
/// parted by spaces: mg per piece, `l` mg per mL, `a` mg per actuation, `?` another unit.
fn imported(kb: &KnowledgeBase, line: &str) -> Option<(String, Named)> {
    let mut cells = line.split('\t');
    let name = normalise(cells.next()?);
    let parts: Vec<Part> = cells
        .next()?
        .split('+')
        .map(|p| match p.strip_prefix('=') {
            None => kb.find(p).map_or_else(|| Part::Other(p.replace('-', " ")), Part::Ours),
            Some(other) => kb
                .by_name(other)
                .filter(|(_, how)| *how == crate::base::NameMatch::Exact && !kb.names_other(other))
                .map_or_else(|| Part::Other(other.to_owned()), |(ix, _)| Part::Ours(ix)),
        })
        .collect();
    let form: Option<Form> = cells.next()?.parse().ok();
    let products = cells
        .next()?
        .split(' ')
        .map(|p| {
            let strengths: Vec<Option<Strength>> = p
                .split('+')
                .map(|s| {
                    let number = |t: &str| t.parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
                    match s.as_bytes().last() {
                        Some(b'l') => number(&s[..s.len() - 1]).map(Strength::PerMl),
                        Some(b'a') => number(&s[..s.len() - 1]).map(Strength::PerActuation),
                        _ => number(s).map(Strength::PerPiece),
                    }
                })
                .collect();
            Choice { form, strengths, written: Vec::new() }
        })
        .filter(|c| c.strengths.len() == parts.len())
        .collect();
    Some((name, Named { parts, products }))
}

impl Named {
    /// The strength that the numbers and words of a text mean; `None` where they mean none of those on the market, or several.
    pub fn choose(&self, w: &Written, form: Option<Form>) -> Option<Vec<Option<Strength>>> {
        // A product without a form is any solid one.
        let fits = |p: &&Choice| match (form, p.form) {
            (Some(f), None) => !f.is_liquid(),
            (Some(f), Some(g)) => f == g,
            (None, _) => false,
        };
        let of_form: Vec<&Choice> = self.products.iter().filter(fits).collect();
        // Where the form tells nothing apart, all of them are looked at.
        let first = if of_form.is_empty() { self.products.iter().collect() } else { of_form };
        pick(&first, w).or_else(|| pick(&self.products.iter().collect::<Vec<_>>(), w))
    }
}

fn pick(products: &[&Choice], w: &Written) -> Option<Vec<Option<Strength>>> {
    let hits: Vec<&Choice> = match w.numbers.as_slice() {
        [] => {
            let by_word: Vec<&Choice> =
                products.iter().copied().filter(|p| w.words.iter().any(|x| p.written.contains(x))).collect();
            if by_word.is_empty() { products.to_vec() } else { by_word }
        }
        [n] => products.iter().copied().filter(|p| single(p, *n, w)).collect(),
        many => products.iter().copied().filter(|p| same(p, many, w)).collect(),
    };
    let first = hits.first()?;
    let known = first.strengths.iter().any(Option::is_some);
    let equal = hits.iter().all(|h| h.strengths == first.strengths);
    if let ([n], false) = (w.numbers.as_slice(), equal) {
        // "Augmentin 875": the number of the first ingredient in print goes before a number that another strength shares.
        let lead: Vec<&&Choice> =
            hits.iter().filter(|h| value(h.strengths[0]).is_some_and(|v| near(v, *n * w.factor))).collect();
        return match lead.as_slice() {
            [one] => Some(one.strengths.clone()),
            _ => None,
        };
    }
    (known && equal).then(|| first.strengths.clone())
}

/// One number: that of one ingredient, the sum of all ("co-amoxiclav 625"), or one that is kept for this strength.
fn single(p: &Choice, n: f64, w: &Written) -> bool {
    let n = n * w.factor;
    let values: Vec<f64> = p.strengths.iter().filter_map(|s| value(*s)).collect();
    values.iter().any(|v| near(*v, n))
        || (values.len() == p.strengths.len() && near(values.iter().sum(), n))
        || w.words.iter().any(|x| p.written.contains(x))
}

/// Several numbers: those of the strength in any order. Micrograms are often written without their unit.
fn same(p: &Choice, numbers: &[f64], w: &Written) -> bool {
    let values: Vec<f64> = p.strengths.iter().filter_map(|s| value(*s)).collect();
    let fits = |factor: f64| {
        let mut left = values.clone();
        numbers.iter().all(|n| match left.iter().position(|v| near(*v, n * factor)) {
            Some(i) => {
                left.remove(i);
                true
            }
            None => false,
        })
    };
    // Fewer numbers than ingredients would be a guess at the others.
    values.len() == numbers.len() && (fits(w.factor) || fits(w.factor * 0.001))
}

#[cfg(test)]
mod tests;
