//! What kinetics and observations speak of is described somewhere: a substance, or another kinetics file.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeSet;

pub(super) const ID: &str = "kinetics";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let substances = k.substance_ids();
    let kinetics: BTreeSet<&str> = k.corpus.kinetics.iter().map(|f| f.substance.as_str()).collect();
    let known = |id: &str| substances.contains(id) || kinetics.contains(id);
    let mut out = Vec::new();
    for f in &k.corpus.kinetics {
        let file = format!("kinetics/{}.toml", f.substance);
        for (i, m) in f.metabolite.iter().enumerate() {
            if !known(&m.substance) {
                let message = format!("the metabolite \"{}\" is described nowhere", m.substance);
                let help = "add its kinetics file, or correct the id";
                out.push(k.at(ID, &file, &format!("metabolite.{i}.substance"), message, help));
            }
        }
        for (i, s) in f.substrate.iter().enumerate() {
            // What a pathway forms must be weighed somewhere, or it is lost.
            if let Some(p) = &s.produces
                && !f.metabolite.iter().any(|m| m.substance == *p)
            {
                let message =
                    format!("the pathway forms \"{p}\", which no [[metabolite]] of this file weighs");
                out.push(k.at(
                    ID,
                    &file,
                    &format!("substrate.{i}.produces"),
                    message,
                    "add the [[metabolite]], or correct the id",
                ));
            }
        }
        let nothing = f.gut.is_none()
            && f.hepatic.is_none()
            && f.substrate.is_empty()
            && f.metabolite.is_empty()
            && f.inhibits.is_empty()
            && f.induces.is_empty()
            && f.model.is_none();
        if nothing {
            out.push(k.at(ID, &file, "", "the file says nothing".into(), "add a table, or remove the file"));
        }
    }
    // Ratios are in file order; their places are found again by that order.
    let mut files: Vec<&str> =
        k.files.keys().copied().filter(|p| p.starts_with("observations/auc-ratios")).collect();
    files.sort_unstable();
    for path in files {
        let Some(file) = k.files.get(path) else { continue };
        for (at, id) in file.strings(&["victim", "perpetrators"]) {
            if !known(&id) {
                let message = format!("\"{id}\" is neither a substance nor a kinetics file");
                out.push(k.at(ID, path, &at, message, "add it, or correct the id"));
            }
        }
    }
    out
}
