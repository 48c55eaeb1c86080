//! Codes and product names agree with independent copies of RxNorm and ATC, where these are at hand.
//!
//! A code that a copy does not hold is counted as unverified, never as right.
#![allow(clippy::unwrap_used)]

use posology_knowledge::display::{Strength, parse_display};
use posology_knowledge::import::{RxNormRow, WholeNames, ingredient_names, rows};
use posology_knowledge::names::normalise;
use posology_knowledge::resolve::DrugReader;
use posology_knowledge::schema::Product;
use posology_knowledge::{Corpus, KnowledgeBase, KnowledgeText, ResolveOptions, ResolvedBy, SubstanceIx};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[path = "../../../tests/outside.rs"]
mod outside;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the shared data, or nothing and a word about it.
fn shared(path: &str) -> Option<String> {
    outside::outside(&format!("data/{path}")).map(|p| std::fs::read_to_string(p).unwrap())
}

fn kb() -> KnowledgeBase {
    let mut files = Vec::new();
    for e in std::fs::read_dir(root().join("knowledge/substances")).unwrap() {
        let p = e.unwrap().path();
        let path = format!("substances/{}", p.file_name().unwrap().to_string_lossy());
        files.push(KnowledgeText { path, text: std::fs::read_to_string(p).unwrap() });
    }
    // Without these two the answers would be those of a base without products.
    for name in ["rxnorm.tsv", "other-ingredients.tsv"] {
        let text = std::fs::read_to_string(root().join("knowledge/products").join(name)).unwrap_or_default();
        files.push(KnowledgeText { path: format!("products/{name}"), text });
    }
    KnowledgeBase::new(Corpus::read(&files).0)
}

fn rxnorm(table: &str) -> BTreeMap<&str, RxNormRow<'_>> {
    rows(table).map(|r| (r.code, r)).collect()
}

#[test]
fn ingredient_codes_name_the_same_substance() {
    let Some(table) = shared("rxnorm/rxnorm_prescribable_202510.tsv") else { return };
    let kb = kb();
    let names = WholeNames::new(&kb);
    let by_code = rxnorm(&table);
    let mut by_unii: BTreeMap<&str, Vec<RxNormRow<'_>>> = BTreeMap::new();
    for r in by_code.values().filter(|r| !r.unii.is_empty()) {
        by_unii.entry(r.unii).or_default().push(*r);
    }
    let (mut agree, mut unverified, mut wrong) = (0, Vec::new(), Vec::new());
    for (ix, s) in kb.substances() {
        if let Some(code) = &s.codes.rxnorm {
            match by_code.get(code.as_str()) {
                None => unverified.push(format!("{} RxNorm {code}", s.id)),
                Some(r) if matches!(r.kind, "IN" | "PIN") && names.find(r.name) == Some(ix) => agree += 1,
                Some(r) => wrong.push(format!("{}: RxNorm {code} is {} {}", s.id, r.kind, r.name)),
            }
        }
        if let Some(unii) = &s.codes.unii {
            match by_unii.get(unii.as_str()) {
                None => unverified.push(format!("{} UNII {unii}", s.id)),
                Some(list) if list.iter().any(|r| names.find(r.name) == Some(ix)) => agree += 1,
                Some(list) => wrong.push(format!("{}: UNII {unii} is {}", s.id, list[0].name)),
            }
        }
    }
    println!("{agree} codes agree, {} are not in the copy: {unverified:?}", unverified.len());
    assert!(agree > 300, "only {agree} codes were found in the copy");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn atc_codes_name_the_same_substance() {
    let Some(table) = shared("atc/codes.tsv") else { return };
    let kb = kb();
    let names = WholeNames::new(&kb);
    let atc: BTreeMap<&str, &str> = table.lines().filter_map(|l| l.split_once('\t')).collect();
    let (mut agree, mut unverified, mut wrong) = (0, Vec::new(), Vec::new());
    for (ix, s) in kb.substances() {
        for code in &s.codes.atc {
            match atc.get(code.as_str()) {
                None => unverified.push(format!("{} {code}", s.id)),
                Some(name) if names.find(name.split('(').next().unwrap_or(name)) == Some(ix) => agree += 1,
                Some(name) => wrong.push(format!("{}: ATC {code} is {name}", s.id)),
            }
        }
    }
    println!("{agree} ATC codes agree, {} are not in the copy: {unverified:?}", unverified.len());
    assert!(agree > 200, "only {agree} codes were found in the copy");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the strength of a product is that of its name; `None` where one of them has none that can be compared.
fn same_strength(p: &Product, printed: Strength) -> Option<bool> {
    let near = |a: f64, b: f64| (a - b).abs() <= 0.005 * b.abs();
    match printed {
        Strength::PerPiece(mg) => p.strength_mg.map(|x| near(x, mg)),
        Strength::PerActuation(mg) => p.strength_mg.map(|x| near(x, mg)),
        Strength::PerMl(c) => match (p.mg_per_ml, p.strength_mg, p.volume_ml) {
            (Some(x), ..) => Some(near(x, c)),
            (None, Some(mg), Some(ml)) => Some(near(mg / ml, c)),
            _ => None,
        },
        Strength::MicrogramsPerHour(r) => p.mcg_per_hour.map(|x| near(x, r)),
        Strength::PerGram(_) | Strength::Units(_) => None,
    }
}

#[test]
fn product_codes_have_the_ingredient_and_the_strength() {
    let Some(table) = shared("rxnorm/rxnorm_prescribable_202510.tsv") else { return };
    let kb = kb();
    let names = WholeNames::new(&kb);
    let by_code = rxnorm(&table);
    let others = ingredient_names(&table);
    let (mut agree, mut strengths, mut unverified, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for (ix, s) in kb.substances() {
        for p in &s.products {
            for code in &p.rxnorm {
                let Some(r) = by_code.get(code.as_str()) else {
                    unverified.push(format!("{} {code}", s.id));
                    continue;
                };
                let shown = parse_display(r.name);
                let Some(i) = shown.ingredients.iter().find(|i| names.find_in(&i.name, &others) == Some(ix))
                else {
                    wrong.push(format!("{}: {code} is {}", s.id, r.name));
                    continue;
                };
                agree += 1;
                match i.strength.and_then(|x| same_strength(p, x)) {
                    Some(true) => strengths += 1,
                    Some(false) => wrong.push(format!("{}: {code} is {}, not {p:?}", s.id, r.name)),
                    None => {}
                }
            }
        }
    }
    println!(
        "{agree} product codes agree, {strengths} of them in strength; {} are not in the copy: {unverified:?}",
        unverified.len()
    );
    assert!(agree > 2000 && strengths > 1500, "{agree}, {strengths}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A precise ingredient of RxNorm (salt, ester) or a biosimilar (suffix of four letters) of a substance, by the words it begins with.
fn derivative(names: &WholeNames, precise: &BTreeSet<String>, text: &str) -> Option<SubstanceIx> {
    let words: Vec<&str> = text.split(' ').collect();
    let (last, head) = words.split_last()?;
    let known = last.len() == 4 || precise.contains(text);
    (1..=head.len()).rev().filter(|_| known).find_map(|n| names.find(&head[..n].join(" ")))
}

/// Texts that hold the name of a substance and are another drug: an antidote made of antibodies, salts of zinc of other acids and bases.
const ANOTHER_DRUG: &[&str] =
    &["ovine digoxin immune fab", "bacitracin zinc", "zinc pyrithione", "pentetate zinc trisodium"];

#[test]
fn every_product_name_resolves_to_its_own_ingredients() {
    let Some(table) = shared("rxnorm/rxnorm_prescribable_202510.tsv") else { return };
    let kb = kb();
    let names = WholeNames::new(&kb);
    let others = ingredient_names(&table);
    let precise: BTreeSet<String> =
        rows(&table).filter(|r| r.kind == "PIN").map(|r| normalise(r.name)).collect();
    let reader = DrugReader::new(&kb, ResolveOptions::default());
    // Products that differ in strength, form or brand only are looked at once.
    let mut products: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    let mut number: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for r in rows(&table).filter(|r| matches!(r.kind, "SCD" | "SBD")) {
        let key: Vec<String> = parse_display(r.name).ingredients.into_iter().map(|i| i.name).collect();
        *number.entry(key.clone()).or_default() += 1;
        products.entry(key).or_insert(r.name);
    }
    let (mut known, mut found) = (0, 0);
    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    for (ingredients, name) in &products {
        let times = number[ingredients];
        let drug = reader.by_text(name, ResolvedBy::Display);
        let got: Vec<SubstanceIx> =
            drug.iter().flat_map(|d| d.ingredients.iter().map(|i| i.substance)).collect();
        let may: Vec<SubstanceIx> = ingredients
            .iter()
            .filter(|i| !ANOTHER_DRUG.iter().any(|d| i.starts_with(d)))
            .filter_map(|i| names.find_in(i, &others).or_else(|| derivative(&names, &precise, i)))
            .collect();
        for ix in &may {
            known += times;
            if got.contains(ix) {
                found += times;
            } else {
                missed.push(format!("{name} is not resolved to {}", kb.substance(*ix).id));
            }
        }
        wrong.extend(
            got.iter()
                .filter(|ix| !may.contains(ix))
                .map(|ix| format!("{name} became {}", kb.substance(*ix).id)),
        );
    }
    println!(
        "{found} of {known} ingredients that the knowledge holds are resolved ({:.2} %)",
        100.0 * found as f64 / known as f64
    );
    assert!(known > 5000, "{known}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn the_list_of_products_is_up_to_date() {
    let Some(table) = shared("rxnorm/rxnorm_prescribable_202510.tsv") else { return };
    let kept = std::fs::read_to_string(root().join("knowledge/products/rxnorm.tsv")).unwrap_or_default();
    let made = posology_knowledge::import::products(&kb(), &table);
    assert!(
        kept == made,
        "knowledge/products/rxnorm.tsv has {} lines, {} are due; make it again with the example import_products",
        kept.lines().count(),
        made.lines().count()
    );
    let kept =
        std::fs::read_to_string(root().join("knowledge/products/other-ingredients.tsv")).unwrap_or_default();
    let made = posology_knowledge::import::other_ingredients(&kb(), &table);
    assert!(
        kept == made,
        "knowledge/products/other-ingredients.tsv is not up to date; make it again with the example import_products"
    );
}
