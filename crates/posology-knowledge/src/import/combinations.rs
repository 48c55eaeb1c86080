//! `products/combinations.tsv`: trade names of products with several ingredients, from the branded drugs of RxNorm.
use super::{WholeNames, ingredient_names, rows};
use crate::base::{KnowledgeBase, SubstanceIx};
use crate::display::{Strength, parse_display};
use crate::names::{normalise, without_salts};
use posology_model::Form;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// More ingredients than this are infusions and vitamins, which nobody writes by strength.
const MOST: usize = 4;

/// One line a trade name and form: name, tab, ingredients joined by `+` (substance ids; `=name` where the knowledge holds none), tab, form, tab,
/// strengths. A name that is also that of a product with other ingredients is left out: it does not say what is taken.
pub fn combinations(kb: &KnowledgeBase, table: &str) -> String {
    let names = WholeNames::new(kb);
    let others = ingredient_names(table);
    // Brand (normalised) to its spelling and, by ingredients, its strengths by form.
    type Strengths = BTreeMap<Option<Form>, BTreeSet<String>>;
    let mut brands: BTreeMap<String, (String, BTreeMap<Vec<String>, Strengths>)> = BTreeMap::new();
    for r in rows(table).filter(|r| r.kind == "SBD") {
        let Some(open) = r.name.rfind('[').filter(|_| r.name.ends_with(']')) else { continue };
        let brand = &r.name[open + 1..r.name.len() - 1];
        let shown = parse_display(r.name);
        let mut parts: Vec<(String, String)> = Vec::new();
        // Amphetamine and dextroamphetamine in one tablet are a mixture of isomers under one name.
        let heads: Vec<&str> = shown.ingredients.iter().filter_map(|i| i.name.split(' ').next()).collect();
        if heads.iter().any(|a| heads.iter().any(|b| a != b && a.len() > 6 && b.ends_with(a))) {
            continue;
        }
        for i in &shown.ingredients {
            let ours: Option<SubstanceIx> = names.find_in(&i.name, &others);
            let id =
                ours.map_or_else(|| format!("={}", without_salts(&i.name)), |ix| kb.substance(ix).id.clone());
            let printed = strength(i.strength);
            // Several salts of one substance are one ingredient: their strengths are added up.
            match parts.iter_mut().find(|p| p.0 == id) {
                Some(p) => p.1 = added(&p.1, &printed),
                None => parts.push((id, printed)),
            }
        }
        let (ids, strengths): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
        let entry = brands.entry(normalise(brand)).or_insert_with(|| (brand.to_owned(), BTreeMap::new()));
        entry.1.entry(ids).or_default().entry(shown.form).or_default().insert(strengths.join("+"));
    }
    let mut out = String::new();
    for (brand, sets) in brands.values() {
        let Some((ids, forms)) = sets.first_key_value().filter(|_| sets.len() == 1) else { continue };
        let ours = ids.iter().any(|i| !i.starts_with('='));
        // A trade name that is the name of a substance stays that.
        let taken = names
            .find(brand)
            .is_some_and(|ix| !kb.substance(ix).brands.iter().any(|b| normalise(b) == normalise(brand)));
        if !(2..=MOST).contains(&ids.len()) || !ours || taken {
            continue;
        }
        for (form, strengths) in forms {
            let form = form.map_or("", Form::as_str);
            let list = strengths.iter().cloned().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "{brand}\t{}\t{form}\t{list}", ids.join("+"));
        }
    }
    out
}

fn strength(s: Option<Strength>) -> String {
    match s {
        Some(Strength::PerPiece(v)) => v.to_string(),
        Some(Strength::PerMl(v)) => format!("{v}l"),
        Some(Strength::PerActuation(v)) => format!("{v}a"),
        _ => "?".to_owned(),
    }
}

/// The sum of two amounts per piece; anything else is not known.
fn added(a: &str, b: &str) -> String {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => {
            ((a + b) * 1e6).round().to_string().parse::<f64>().map_or("?".into(), |v| (v / 1e6).to_string())
        }
        _ => "?".to_owned(),
    }
}
