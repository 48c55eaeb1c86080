//! A search that forgives: names with errors, parts of words, two drugs together.
use posology_knowledge::names::normalise;
use posology_knowledge::{KnowledgeBase, NameMatch};
use posology_review::RULES;
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    Drug,
    Interaction,
    Class,
    Rule,
    Source,
}

impl Kind {
    /// All, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Drug, Self::Interaction, Self::Class, Self::Rule, Self::Source];

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Drug => "Drugs",
            Self::Interaction => "Interactions",
            Self::Class => "Classes",
            Self::Rule => "Rules",
            Self::Source => "Sources",
        }
    }
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub address: String,
    /// What it is called.
    pub title: String,
    /// Why it was found, or what it says.
    pub note: String,
}

/// Hits of a kind that are shown.
const MOST: usize = 25;

struct Item {
    kind: Kind,
    address: String,
    title: String,
    note: String,
    /// Normalised words, also of synonyms and brands.
    words: String,
}

/// Names of everything that has a page.
pub struct Index {
    items: Vec<Item>,
    cited: BTreeMap<String, Vec<(String, String)>>,
}

impl Index {
    /// Reads the names of a knowledge base.
    pub fn new(kb: &KnowledgeBase) -> Self {
        let mut items = Vec::new();
        let mut cited: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for (ix, s) in kb.substances() {
            let address = format!("/drug/{}", s.id);
            let also: Vec<&str> = s.synonyms.iter().chain(&s.brands).map(String::as_str).collect();
            items.push(Item {
                kind: Kind::Drug,
                address: address.clone(),
                title: s.name.clone(),
                note: String::new(),
                words: normalise(&format!("{} {} {}", s.name, s.id, also.join(" "))),
            });
            for f in posology_review::facts::of(kb, ix, None)
                .iter()
                .filter(|x| x.key != "interactions")
                .flat_map(|x| &x.facts)
            {
                for e in &f.evidence {
                    cited.entry(e.source_id.clone()).or_default().insert((address.clone(), s.name.clone()));
                }
            }
        }
        for c in &kb.corpus.classes {
            items.push(Item {
                kind: Kind::Class,
                address: format!("/class/{}", c.id),
                title: c.plural.clone(),
                note: c.description.clone().unwrap_or_default(),
                words: normalise(&format!("{} {} {}", c.id, c.name, c.plural)),
            });
        }
        for r in RULES {
            items.push(Item {
                kind: Kind::Rule,
                address: format!("/rule/{}", r.id),
                title: r.id.to_owned(),
                note: r.summary.to_owned(),
                words: normalise(&format!("{} {}", r.id, r.summary)),
            });
        }
        for f in &kb.corpus.interactions {
            let title = crate::views::interaction::sides(kb, f);
            let address = format!("/interaction/{}", f.id);
            for s in &f.sources {
                let id = s.split('#').next().unwrap_or(s).to_owned();
                cited.entry(id).or_default().insert((address.clone(), title.clone()));
            }
            items.push(Item {
                kind: Kind::Interaction,
                address,
                words: normalise(&format!("{} {title}", f.id)),
                title,
                note: f.effect.clone(),
            });
        }
        for s in &kb.corpus.sources {
            items.push(Item {
                kind: Kind::Source,
                address: format!("/source/{}", s.id),
                title: s.title.clone(),
                note: s.publisher.clone(),
                words: normalise(&format!("{} {} {}", s.id, s.title, s.publisher)),
            });
        }
        let cited = cited.into_iter().map(|(k, v)| (k, v.into_iter().collect())).collect();
        Self { items, cited }
    }

    /// Pages that rest on a source.
    pub fn cited_by(&self, source: &str) -> &[(String, String)] {
        self.cited.get(source).map_or(&[], Vec::as_slice)
    }

    /// Searches.
    pub fn find(&self, kb: &KnowledgeBase, query: &str) -> Vec<Hit> {
        let key = normalise(query);
        if key.is_empty() {
            return Vec::new();
        }
        let mut out: Vec<Hit> = Vec::new();
        let mut push = |hit: Hit| {
            if !out.iter().any(|h| h.address == hit.address) {
                out.push(hit);
            }
        };
        for h in named(kb, query) {
            push(h);
        }
        let wanted: Vec<&str> = key.split(' ').collect();
        let mut ranked: Vec<(usize, &Item)> =
            self.items.iter().filter_map(|i| rank(&i.words, &wanted).map(|r| (r, i))).collect();
        ranked.sort_by(|a, b| (a.0, a.1.title.len(), &a.1.title).cmp(&(b.0, b.1.title.len(), &b.1.title)));
        let mut shown: BTreeMap<Kind, usize> = BTreeMap::new();
        for (_, i) in ranked {
            let n = shown.entry(i.kind).or_default();
            if *n < MOST {
                *n += 1;
                push(Hit {
                    kind: i.kind,
                    address: i.address.clone(),
                    title: i.title.clone(),
                    note: i.note.clone(),
                });
            }
        }
        out
    }
}

/// Lower is better; `None` where a word is found nowhere, even with an error in it.
fn rank(words: &str, wanted: &[&str]) -> Option<usize> {
    let mut sum = 0;
    for w in wanted {
        let best = words
            .split(' ')
            .filter_map(|x| {
                if x == *w {
                    Some(0)
                } else if x.starts_with(w) {
                    Some(1)
                } else if w.len() > 3 && x.contains(w) {
                    Some(2)
                } else if w.len() > 4
                    && x.len().abs_diff(w.len()) <= 2
                    && strsim::osa_distance(x, w) <= 1 + usize::from(w.len() > 7)
                {
                    Some(4)
                } else {
                    None
                }
            })
            .min()?;
        sum += best;
    }
    Some(sum)
}

/// Drugs that the query names, and what is named between two of them.
fn named(kb: &KnowledgeBase, query: &str) -> Vec<Hit> {
    let mut found: Vec<(posology_knowledge::SubstanceIx, String)> = Vec::new();
    let lower = query.to_lowercase();
    let parts =
        lower.split([',', '+', '/', '&', ';']).flat_map(|p| p.split(" and ")).flat_map(|p| p.split(" with "));
    let mut parts: Vec<&str> = parts.map(str::trim).filter(|p| !p.is_empty()).collect();
    if let [one] = parts[..]
        && kb.by_name(one).is_none_or(|m| !matches!(m.1, NameMatch::Corrected(_)))
    {
        // "diazepam fluvoxamine" without anything between them.
        let words: Vec<&str> = one.split_whitespace().collect();
        if words.len() > 1 && words.iter().all(|w| kb.by_name(w).is_some()) {
            parts = words;
        }
    }
    for p in parts {
        if let Some((ix, how)) = kb.by_name(p) {
            let note = match how {
                NameMatch::Corrected(_) => format!("“{p}” read with a typing error"),
                _ => String::new(),
            };
            if !found.iter().any(|f| f.0 == ix) {
                found.push((ix, note));
            }
        } else {
            for near in kb.suggestions(p, 3) {
                if let Some((ix, _)) = kb.by_name(near)
                    && !found.iter().any(|f| f.0 == ix)
                {
                    found.push((ix, format!("near “{p}”")));
                }
            }
        }
    }
    let mut out: Vec<Hit> = found
        .iter()
        .map(|(ix, note)| {
            let s = kb.substance(*ix);
            Hit {
                kind: Kind::Drug,
                address: format!("/drug/{}", s.id),
                title: s.name.clone(),
                note: note.clone(),
            }
        })
        .collect();
    for (i, (a, _)) in found.iter().enumerate() {
        for (b, _) in &found[i + 1..] {
            for (k, _) in kb.interactions_between(*a, *b) {
                let f = kb.interaction(k);
                out.push(Hit {
                    kind: Kind::Interaction,
                    address: format!("/interaction/{}", f.id),
                    title: crate::views::interaction::sides(kb, f),
                    note: format!("{}: {}", f.severity, f.effect),
                });
            }
        }
    }
    out
}
