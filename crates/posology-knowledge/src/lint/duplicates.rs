//! Nothing is said twice: codes, figures of a source, products, limits, effects.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

pub(super) const ID: &str = "duplicate";

const HELP: &str = "keep one of the two";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    codes(k, &mut out);
    for s in &k.corpus.sources {
        let file = format!("sources/{}.toml", s.id);
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, f) in s.figures.iter().enumerate() {
            if seen.insert(&f.locator, i).is_some() {
                let message = format!("the figure \"{}\" stands twice", f.locator);
                out.push(k.at(
                    ID,
                    &file,
                    &format!("figure.{i}.locator"),
                    message,
                    "give the second a locator of its own",
                ));
            }
        }
    }
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        let products = s.products.iter().map(|p| {
            format!(
                "{} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                p.form,
                p.route,
                p.strength_mg,
                p.mg_per_ml,
                p.mcg_per_hour,
                p.volume_ml,
                p.jurisdiction,
                p.status,
                p.divisible,
                p.note
            )
        });
        repeated(k, &file, "product", products.collect(), &mut out);
        let limits = s.limits.iter().map(|l| {
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                l.kind,
                l.route,
                l.form,
                l.indication,
                l.age_from,
                l.age_to,
                l.sex,
                l.condition,
                l.egfr_below,
                l.jurisdiction,
                l.mg.is_some(),
                l.hours,
                l.days,
                l.count
            )
        });
        repeated(k, &file, "limit", limits.collect(), &mut out);
        let bans = s.contraindications.iter().map(|c| {
            format!("{} {:?} {:?} {:?} {:?}", c.condition, c.jurisdiction, c.route, c.age_to, c.strength)
        });
        repeated(k, &file, "contraindication", bans.collect(), &mut out);
        let effects = s.effects.iter().map(|e| format!("{:?} {:?}", e.kind, e.route));
        repeated(k, &file, "effect", effects.collect(), &mut out);
    }
    out
}

fn repeated(k: &Knowledge<'_>, file: &str, table: &str, keys: Vec<String>, out: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (i, key) in keys.into_iter().enumerate() {
        if let Some(first) = seen.get(&key) {
            let message = format!("[[{table}]] number {} says the same as number {}", i + 1, first + 1);
            out.push(k.at(
                ID,
                file,
                &format!("{table}.{i}"),
                message,
                "merge them, or state what sets them apart",
            ));
        } else {
            seen.insert(key, i);
        }
    }
}

/// A code that leads to two things leads to the wrong one half of the time.
fn codes(k: &Knowledge<'_>, out: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut one = |system, code, file: String, path: String, out: &mut Vec<Diagnostic>| {
        if let Some(other) = seen.get(&(system, code)) {
            out.push(k.at(ID, &file, &path, format!("the code {code} also stands in {other}"), HELP));
        } else {
            seen.insert((system, code), file);
        }
    };
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        if let Some(c) = &s.codes.rxnorm {
            one("rxnorm", c, file.clone(), "codes.rxnorm".into(), out);
        }
        if let Some(c) = &s.codes.unii {
            one("unii", c, file.clone(), "codes.unii".into(), out);
        }
        for (i, c) in s.codes.atc.iter().enumerate() {
            one("atc", c, file.clone(), format!("codes.atc.{i}"), out);
        }
        for (i, c) in s.codes.snomed.iter().enumerate() {
            one("snomed", c, file.clone(), format!("codes.snomed.{i}"), out);
        }
        for (p, product) in s.products.iter().enumerate() {
            for (i, c) in product.rxnorm.iter().enumerate() {
                one("rxnorm", c, file.clone(), format!("product.{p}.rxnorm.{i}"), out);
            }
        }
    }
    for c in &k.corpus.conditions {
        let file = format!("conditions/{}.toml", c.id);
        for (i, code) in c.snomed.iter().enumerate() {
            one("snomed", code, file.clone(), format!("snomed.{i}"), out);
        }
        for (i, code) in c.icd10.iter().enumerate() {
            one("icd10", code, file.clone(), format!("icd10.{i}"), out);
        }
    }
    for m in &k.corpus.measures {
        let file = format!("measures/{}.toml", m.id);
        for (i, code) in m.loinc.iter().enumerate() {
            one("loinc", code, file.clone(), format!("loinc.{i}"), out);
        }
    }
}
