//! A named combination has at least two ingredients that exist, a strength for each of them, and a name of its own.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::names::normalise;
use posology_model::Form;
use std::collections::BTreeMap;

pub(super) const ID: &str = "combination";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let substances = k.substance_ids();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::new();
    for f in &k.corpus.combinations {
        let file = format!("combinations/{}.toml", f.id);
        for (i, c) in f.combinations.iter().enumerate() {
            let at = |key: &str| format!("combination.{i}.{key}");
            for (n, id) in
                c.ingredients.iter().enumerate().filter(|(_, id)| !substances.contains(id.as_str()))
            {
                let message = format!("there is no substance \"{id}\"");
                let help = "correct the id, or write the name under `others`";
                out.push(k.at(ID, &file, &at(&format!("ingredients.{n}")), message, help));
            }
            let parts = c.ingredients.len() + c.others.len();
            if parts < 2 || c.ingredients.is_empty() {
                let message = format!("\"{}\" has {parts} ingredient(s)", c.name);
                out.push(k.at(ID, &file, &at("ingredients"), message, "a combination has two or more"));
            }
            for (n, p) in c.products.iter().enumerate() {
                let lists = [&p.strengths_mg, &p.strengths_mg_per_ml];
                let full = lists.iter().filter(|l| !l.is_empty()).count() == 1
                    && lists.iter().all(|l| l.is_empty() || l.len() == parts);
                if !full {
                    let message = format!("the strengths are not one for each of the {parts} ingredients");
                    let help =
                        "give either strengths_mg or strengths_mg_per_ml, in the order of the ingredients";
                    out.push(k.at(ID, &file, &at(&format!("product.{n}")), message, help));
                }
                if let Some(form) = p.form.as_deref().filter(|f| f.parse::<Form>().is_err()) {
                    let message = format!("\"{form}\" is no dose form of the model");
                    out.push(k.at(
                        ID,
                        &file,
                        &at(&format!("product.{n}.form")),
                        message,
                        "see GUIDELINES.md",
                    ));
                }
            }
            for name in std::iter::once(&c.name).chain(&c.synonyms) {
                if let Some(other) = seen.insert(normalise(name), c.name.clone()) {
                    let message = format!("\"{name}\" is a name of \"{other}\" already");
                    out.push(k.at(ID, &file, &at("name"), message, "keep one of the two"));
                }
            }
        }
    }
    out
}
