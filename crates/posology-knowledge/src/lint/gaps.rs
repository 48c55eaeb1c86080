//! What is missing rather than wrong: counted by id, so that a list can be kept that only shrinks.
use crate::corpus::Corpus;
use crate::schema::{LimitKind, ProductStatus};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of gap, and the ids that have it.
pub type Gaps = BTreeMap<String, BTreeSet<String>>;

/// The gaps of a corpus that the corpus itself shows. Every kind is present, empty where nothing is missing.
pub fn find(c: &Corpus) -> Gaps {
    let mut out = Gaps::new();
    let mut put = |kind: &str, ids: BTreeSet<String>| {
        out.insert(kind.to_owned(), ids);
    };
    let drugs =
        || c.substances.iter().filter(|s| s.products.iter().any(|p| p.status == ProductStatus::Marketed));
    put(
        "substance-without-rxnorm",
        c.substances.iter().filter(|s| s.codes.rxnorm.is_none()).map(|s| s.id.clone()).collect(),
    );
    put(
        "substance-without-atc",
        c.substances.iter().filter(|s| s.codes.atc.is_empty()).map(|s| s.id.clone()).collect(),
    );
    put(
        "substance-without-unii",
        c.substances.iter().filter(|s| s.codes.unii.is_none()).map(|s| s.id.clone()).collect(),
    );
    put(
        "substance-without-product",
        c.substances.iter().filter(|s| s.products.is_empty()).map(|s| s.id.clone()).collect(),
    );
    put("drug-without-use", drugs().filter(|s| s.uses.is_empty()).map(|s| s.id.clone()).collect());
    let limited = |s: &crate::schema::SubstanceFile| {
        s.limits.iter().any(|l| matches!(l.kind, LimitKind::DailyMax | LimitKind::SingleMax))
    };
    put("drug-without-dose-limit", drugs().filter(|s| !limited(s)).map(|s| s.id.clone()).collect());
    put("drug-without-onset", drugs().filter(|s| s.onsets.is_empty()).map(|s| s.id.clone()).collect());
    put(
        "drug-without-contraindication",
        drugs().filter(|s| s.contraindications.is_empty()).map(|s| s.id.clone()).collect(),
    );
    let codeless = c.conditions.iter().filter(|x| x.snomed.is_empty());
    put("condition-without-snomed", codeless.map(|x| x.id.clone()).collect());
    put(
        "condition-without-icd10",
        c.conditions.iter().filter(|x| x.icd10.is_empty()).map(|x| x.id.clone()).collect(),
    );
    let substances: BTreeSet<&str> = c.substances.iter().map(|s| s.id.as_str()).collect();
    let alone = c.kinetics.iter().filter(|f| !substances.contains(f.substance.as_str()));
    put("kinetics-without-substance", alone.map(|f| f.substance.clone()).collect());
    out
}

/// Reads the list of known gaps: one key a kind, each a list of ids.
///
/// # Errors
/// The text is no such list.
pub fn read(text: &str) -> Result<Gaps, String> {
    toml::from_str(text).map_err(|e| e.to_string())
}

/// The list as a text, sorted, five to ten ids a line.
pub fn write(gaps: &Gaps) -> String {
    let mut out = String::from(
        "# What is known to be missing. The list may only shrink: a test fails when a gap appears that is not here,\n# and when one that is here has been closed.\n",
    );
    for (kind, ids) in gaps {
        out.push_str(&format!("\n# {}\n{kind} = [", ids.len()));
        let mut line = String::new();
        for id in ids {
            if line.len() + id.len() > 120 {
                out.push_str(&format!("\n  {}", line.trim_end()));
                line.clear();
            }
            line.push_str(&format!("\"{id}\", "));
        }
        if !line.is_empty() {
            out.push_str(&format!("\n  {}\n", line.trim_end()));
        }
        out.push_str("]\n");
    }
    out
}
