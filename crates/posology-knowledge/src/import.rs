//! `products/rxnorm.tsv` from the rows of RxNorm (US National Library of Medicine).
mod combinations;

pub use combinations::combinations;

use crate::base::{KnowledgeBase, SubstanceIx};
use crate::display::parse_display;
use crate::names::{normalise, without_salts};
use std::collections::{BTreeMap, BTreeSet};

/// One concept of RxNorm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RxNormRow<'a> {
    /// RXCUI.
    pub code: &'a str,
    /// Term type: `IN`, `SCD`, `SBD`, ...
    pub kind: &'a str,
    /// Name.
    pub name: &'a str,
    /// UNII of an ingredient; empty where there is none.
    pub unii: &'a str,
}

/// Rows of a table `rxcui`, term type, name, UNII, parted by tabs, with a header line.
pub fn rows(table: &str) -> impl Iterator<Item = RxNormRow<'_>> {
    table.lines().skip(1).filter_map(|l| {
        let mut cells = l.split('\t');
        Some(RxNormRow {
            code: cells.next()?,
            kind: cells.next()?,
            name: cells.next()?,
            unii: cells.next().unwrap_or_default().trim(),
        })
    })
}

/// Names as whole: no part of a name, no typing error is matched.
#[derive(Debug)]
pub struct WholeNames {
    names: BTreeMap<String, SubstanceIx>,
}

impl WholeNames {
    /// Names, synonyms, brands and ids of all substances.
    pub fn new(kb: &KnowledgeBase) -> Self {
        let mut names = BTreeMap::new();
        for (ix, s) in kb.substances() {
            let id = s.id.replace('-', " ");
            let all = std::iter::once(&s.name).chain(&s.synonyms).chain(&s.brands).map(String::as_str);
            for n in all.chain([id.as_str()]) {
                names.entry(normalise(n)).or_insert(ix);
            }
        }
        let bare: Vec<(String, SubstanceIx)> = names.iter().map(|(n, ix)| (without_salts(n), *ix)).collect();
        for (n, ix) in bare {
            names.entry(n).or_insert(ix);
        }
        Self { names }
    }

    /// The substance that a text names: the longest run of words that is a name, here or in `others`, when it is one here. So "benzyl
    /// alcohol" is not alcohol where `others` holds benzyl alcohol.
    pub fn find_in(&self, text: &str, others: &BTreeSet<String>) -> Option<SubstanceIx> {
        if let Some(ix) = self.find(text) {
            return Some(ix);
        }
        let key = normalise(text);
        let words: Vec<&str> = key.split(' ').collect();
        for len in (1..=words.len()).rev() {
            let runs: Vec<String> = words.windows(len).map(|w| w.join(" ")).collect();
            if let Some(ix) =
                runs.iter().find_map(|r| self.names.get(r).or_else(|| self.names.get(&without_salts(r))))
            {
                return Some(*ix);
            }
            if runs.iter().any(|r| others.contains(r)) {
                return None;
            }
        }
        None
    }

    /// The substance of that name, salt words left out where the full name is none.
    pub fn find(&self, name: &str) -> Option<SubstanceIx> {
        let key = normalise(name);
        self.names.get(&key).or_else(|| self.names.get(&without_salts(&key))).copied()
    }
}

/// Names of the ingredients of the table, normalised. Salts and esters (`PIN`) are not among them: they are the substance they begin with.
pub fn ingredient_names(table: &str) -> BTreeSet<String> {
    rows(table).filter(|r| r.kind == "IN").map(|r| normalise(r.name)).collect()
}

/// Prescribable products, one a line: code, tab, term type, tab, name, in order of the code as a number. A product is taken
/// when at least one of its ingredients is a substance of the knowledge base by its whole name.
///
/// Names of other ingredients of the table win where they are longer.
pub fn products(kb: &KnowledgeBase, table: &str) -> String {
    let names = WholeNames::new(kb);
    let others = ingredient_names(table);
    let mut out: BTreeMap<u32, String> = BTreeMap::new();
    for r in rows(table).filter(|r| matches!(r.kind, "SCD" | "SBD" | "GPCK" | "BPCK")) {
        let Ok(code) = r.code.parse::<u32>() else { continue };
        if ingredients(r.kind, r.name).iter().any(|i| names.find_in(i, &others).is_some()) {
            out.insert(code, format!("{}\t{}\t{}\n", r.code, r.kind, r.name));
        }
    }
    out.into_values().collect()
}

/// Names of ingredients that the knowledge base does not hold, one a line, sorted: those of the ingredient rows, and those in names of
/// products. A salt, an ester or a biosimilar of a substance that it holds is not listed.
pub fn other_ingredients(kb: &KnowledgeBase, table: &str) -> String {
    let names = WholeNames::new(kb);
    let held = |n: &str| {
        let key = normalise(n);
        let words: Vec<&str> = key.split(' ').collect();
        (1..words.len()).any(|len| names.names.contains_key(&words[..len].join(" ")))
    };
    let known = ingredient_names(table);
    let mut out: BTreeSet<String> = BTreeSet::new();
    for r in rows(table) {
        match r.kind {
            // A biosimilar has a suffix of four letters.
            "IN" => {
                let head = r
                    .name
                    .rsplit_once('-')
                    .filter(|(_, s)| s.len() == 4 && s.bytes().all(|b| b.is_ascii_lowercase()));
                if names.find(r.name).is_none() && head.is_none_or(|(h, _)| names.find(h).is_none()) {
                    out.insert(normalise(r.name));
                }
            }
            "PIN" if names.find(r.name).is_none() && !held(r.name) => {
                out.insert(normalise(r.name));
            }
            "SCD" | "SBD" => {
                for i in parse_display(r.name).ingredients.into_iter().map(|i| i.name) {
                    let letters = i.chars().filter(|c| c.is_alphabetic()).count();
                    // "abuse-deterrent oxycodone" is oxycodone.
                    if letters > 3 && names.find_in(&i, &known).is_none() && !held(&i) {
                        out.insert(without_salts(&i));
                    }
                }
            }
            _ => {}
        }
    }
    // Words of forms and places are no drugs.
    out.retain(|n| {
        names.find(n).is_none()
            && n.len() > 3
            && !matches!(n.as_str(), "nasal" | "oxide" | "water" | "topical" | "gelatin")
    });
    out.into_iter().map(|n| n + "\n").collect()
}

/// Ingredient names of a product name; of each part of a pack.
fn ingredients(kind: &str, name: &str) -> Vec<String> {
    let parts: Vec<&str> = if matches!(kind, "GPCK" | "BPCK") { packed(name) } else { vec![name] };
    parts
        .iter()
        .flat_map(|p| parse_display(p).ingredients)
        .map(|i| i.name)
        .filter(|n| !n.is_empty())
        .collect()
}

/// The parts of "{7 (a 1 MG Oral Tablet) / 7 (b 2 MG Oral Tablet) } Pack".
fn packed(name: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut depth = 0;
    let mut from = 0;
    for (i, c) in name.char_indices() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    from = i + 1;
                }
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    out.push(&name[from..i]);
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, KnowledgeText};

    fn kb() -> KnowledgeBase {
        let files: Vec<KnowledgeText> = [("alcohol", "alcohol"), ("oxycodone", "oxycodone")]
            .iter()
            .map(|(id, name)| KnowledgeText {
                path: format!("substances/{id}.toml"),
                text: format!("id = \"{id}\"\nname = \"{name}\"\n"),
            })
            .collect();
        KnowledgeBase::new(Corpus::read(&files).0)
    }

    #[test]
    fn products_of_known_ingredients_in_order() {
        let table = "rxcui\ttty\tname\tunii\n\
            1000\tSCD\tacetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet\t\n\
            99\tSBD\toxycodone hydrochloride 5 MG Oral Tablet [Roxicodone]\t\n\
            5\tSCD\tbenzyl alcohol 50 MG/ML Topical Lotion\t\n\
            6\tIN\toxycodone\tCD35PMG570\n\
            7\tIN\tbenzyl alcohol\tLKG8494WBH\n\
            8\tSCD\tAbuse-Deterrent oxycodone hydrochloride 5 MG Oral Tablet\t\n";
        let codes: Vec<String> = products(&kb(), table)
            .lines()
            .map(|l| l.split('\t').next().unwrap_or_default().to_owned())
            .collect();
        // Benzyl alcohol is not alcohol; an ingredient is no product.
        assert_eq!(codes, ["8", "99", "1000"]);
    }

    #[test]
    fn packs_are_taken_apart() {
        let name = "{7 (oxycodone hydrochloride 5 MG Oral Tablet) / 14 (x (y) 1 MG Oral Tablet) } Pack";
        assert_eq!(packed(name), ["oxycodone hydrochloride 5 MG Oral Tablet", "x (y) 1 MG Oral Tablet"]);
        assert_eq!(ingredients("GPCK", name)[0], "oxycodone hydrochloride");
    }
}
