//! Codes as clients send them, and the drugs behind them.
use posology_knowledge::resolve::DrugReader;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::{CodeSystem, Coding};

/// The query of a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Codes of `rxcuis`, each once, in order.
    pub rxcuis: Vec<String>,
    /// Codes of `rxcui`.
    pub rxcui: Vec<String>,
    /// `sources=ONCHigh`.
    pub onc_high: bool,
}

impl Query {
    /// Reads a raw query: clients part codes by `+`, space, `%20`, `%2B` and commas.
    pub fn read(raw: &str) -> Self {
        let mut out = Self::default();
        for part in raw.split('&') {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = decoded(value);
            match key {
                "rxcuis" => push(&mut out.rxcuis, &value),
                "rxcui" => push(&mut out.rxcui, &value),
                "sources" => {
                    out.onc_high = value.split(['+', ' ', ',']).any(|s| s.eq_ignore_ascii_case("ONCHigh"))
                }
                _ => {}
            }
        }
        out
    }
}

fn push(list: &mut Vec<String>, value: &str) {
    for code in value.split(|c: char| matches!(c, '+' | ',' | ';') || c.is_whitespace()) {
        // Anything else than a code is kept in a form that is safe to repeat, and comes back as not assessed.
        let code: String = code
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
            .take(24)
            .collect();
        if !code.is_empty() && !list.contains(&code) {
            list.push(code);
        }
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = text.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(b)) => {
                out.push(b);
                i += 3;
            }
            (b, _) => {
                out.push(b);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A drug as asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Code.
    pub rxcui: String,
    /// Name; the code where it is not known.
    pub name: String,
    /// Term type; empty where it is not known.
    pub tty: String,
    /// Ingredients.
    pub ingredients: Vec<SubstanceIx>,
    /// Why it, or a part of it, cannot be assessed.
    pub unknown: Option<String>,
}

/// Looks a code up.
pub fn look_up(kb: &KnowledgeBase, code: &str) -> Asked {
    let coding = Coding { system: CodeSystem::RxNorm, code: code.to_owned(), display: None };
    let name = kb.product_name(code).map(|(tty, name)| (tty.to_owned(), name.to_owned()));
    let found = DrugReader::new(kb, Default::default()).find(&[coding], None, &[]);
    let (ingredients, mut unknown) = match found {
        Some(d) => {
            let ix: Vec<SubstanceIx> = d.ingredients.iter().map(|i| i.substance).collect();
            let rest = (!d.unknown.is_empty())
                .then(|| format!("the knowledge does not hold {}", d.unknown.join(", ")));
            (ix, rest)
        }
        None => (Vec::new(), None),
    };
    if ingredients.is_empty() && unknown.is_none() {
        unknown = Some(format!("the code {code} is not known here"));
    }
    let (tty, name) = name.unwrap_or_else(|| match ingredients.as_slice() {
        [one] => ("IN".to_owned(), kb.substance(*one).name.clone()),
        [] => (String::new(), format!("RxNorm {code}")),
        many => (
            "MIN".to_owned(),
            many.iter().map(|i| kb.substance(*i).name.as_str()).collect::<Vec<_>>().join(" / "),
        ),
    });
    Asked { rxcui: code.to_owned(), name, tty, ingredients, unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_clients() {
        for raw in [
            "rxcuis=1+2+3",
            "rxcuis=1%202%203",
            "rxcuis=1%2B2%2B3",
            "rxcuis=1 2 3",
            "rxcuis=1,2,3&x",
            "rxcuis=1+2&rxcuis=2+3",
        ] {
            assert_eq!(Query::read(raw).rxcuis, ["1", "2", "3"], "{raw}");
        }
        let q = Query::read("rxcuis=%3Cscript%3E1&sources=DrugBank+ONCHigh");
        assert_eq!(q.rxcuis, ["script1"]);
        assert!(q.onc_high);
        assert_eq!(Query::read("rxcuis=%zz%").rxcuis, ["zz"]);
    }
}
