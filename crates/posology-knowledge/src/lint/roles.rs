//! Two files agree on an inhibitor and on an inducer: the mechanism that an interaction names is a role that the kinetics of one of its drugs has.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::{KineticsFile, Participant};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ID: &str = "role-agrees";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let kinetics: BTreeMap<&str, &KineticsFile> =
        k.corpus.kinetics.iter().map(|f| (f.substance.as_str(), f)).collect();
    // Enzymes that no file gives such a role are not modelled, and a pair may speak of them freely.
    let modelled = |inhibits: bool| -> BTreeSet<&str> {
        k.corpus.kinetics.iter().flat_map(|f| enzymes(f, inhibits)).collect()
    };
    let known = [modelled(false), modelled(true)];
    let mut out = Vec::new();
    for it in &k.corpus.interactions {
        for sentence in it.mechanism.split(['.', ';']) {
            let lower = sentence.to_lowercase();
            // "Perhaps" claims nothing; a sentence with both does not say which drug does which.
            let inhibits = lower.contains("inhibit") || lower.contains("block");
            if lower.contains("perhaps") || inhibits == lower.contains("induc") {
                continue;
            }
            let mut drugs = single(&it.a);
            if drugs.is_empty() {
                drugs = single(&it.b);
            }
            // A partner in the same product may be named in words ("ritonavir inhibits CYP3A4").
            let in_words: Vec<&str> = kinetics
                .keys()
                .copied()
                .filter(|id| lower.contains(&id.replace('-', " ")) && !drugs.contains(id))
                .collect();
            let asked: Vec<&str> =
                drugs.into_iter().chain(in_words).filter(|d| kinetics.contains_key(d)).collect();
            let all: Vec<&str> = asked.iter().copied().chain(single(&it.b)).collect();
            for e in known[usize::from(inhibits)].iter().filter(|e| names(sentence, e)) {
                let has = |d: &&str| kinetics.get(*d).is_some_and(|f| enzymes(f, inhibits).contains(e));
                if !asked.is_empty() && !all.iter().any(has) {
                    let role = if inhibits { "inhibits" } else { "induces" };
                    let message = format!(
                        "the mechanism says that {e} is {}, and no [[{role}]] of kinetics/{}.toml says so",
                        if inhibits { "inhibited" } else { "induced" },
                        asked.join(".toml or kinetics/")
                    );
                    out.push(k.at(
                        ID,
                        &format!("interactions/{}.toml", it.id),
                        "mechanism",
                        message,
                        "add the role with its source, or correct the mechanism",
                    ));
                }
            }
        }
    }
    out
}

fn enzymes(f: &KineticsFile, inhibits: bool) -> Vec<&str> {
    if inhibits {
        f.inhibits.iter().map(|r| r.enzyme.as_str()).collect()
    } else {
        f.induces.iter().map(|r| r.enzyme.as_str()).collect()
    }
}

fn single(p: &Participant) -> Vec<&str> {
    p.substance.iter().chain(&p.substances).map(String::as_str).collect()
}

/// Whether a sentence names the enzyme as a word of its own. CYP enzymes and P-glycoprotein only: other transporters are named for whole families.
fn names(sentence: &str, enzyme: &str) -> bool {
    let whole = |word: &str| {
        sentence.match_indices(word).any(|(i, _)| {
            !sentence[i + word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
                && !sentence[..i].ends_with(|c: char| c.is_ascii_alphanumeric())
        })
    };
    match enzyme {
        "P-gp" => whole("P-gp") || whole("P-glycoprotein"),
        e => e.starts_with("CYP") && whole(e),
    }
}
