//! References to resources: which resource an address means.
use super::held::{Held, Item};
use super::resources::Kind;
use std::collections::HashMap;

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    One(usize),
    /// Two resources answer to it.
    Many,
    Nothing,
}

/// Resources by id, by `fullUrl`, and patients by identifier.
pub(super) struct Index {
    ids: HashMap<(Kind, String), Found>,
    urls: HashMap<String, usize>,
    identifiers: HashMap<String, Found>,
    /// Whether a resource has an absolute web address: then only that address, or a relative one, means it.
    has_web_address: Vec<bool>,
}

impl Index {
    /// Indexes the resources that are alive.
    pub(super) fn new(held: &[Held], alive: &[bool]) -> Self {
        let mut out = Self {
            ids: HashMap::new(),
            urls: HashMap::new(),
            identifiers: HashMap::new(),
            has_web_address: Vec::with_capacity(held.len()),
        };
        for (i, h) in held.iter().enumerate() {
            out.has_web_address.push(h.url.as_deref().is_some_and(|u| u.starts_with("http")));
            if !alive[i] || matches!(h.item, Item::Observations(_) | Item::Allergy(_) | Item::Procedure(_)) {
                continue;
            }
            if let Some(id) = &h.id {
                out.ids.entry((h.kind, id.clone())).and_modify(|f| *f = Found::Many).or_insert(Found::One(i));
            }
            if let Some(url) = &h.url {
                out.urls.entry(url.clone()).or_insert(i);
            }
            if let Item::Patient(_, identifiers) = &h.item {
                for k in identifiers {
                    out.identifiers
                        .entry(k.clone())
                        .and_modify(|f| *f = Found::Many)
                        .or_insert(Found::One(i));
                }
            }
        }
        out
    }

    fn by_id(&self, kinds: &[Kind], id: &str) -> Found {
        let mut found = Found::Nothing;
        for &kind in kinds {
            match (found, self.ids.get(&(kind, id.to_owned()))) {
                (_, None) => {}
                (Found::Nothing, Some(f)) => found = *f,
                _ => return Found::Many,
            }
        }
        found
    }

    /// The resource of one of `kinds` that a reference means. `base` is the server's address of the resource that refers.
    pub(super) fn find(&self, kinds: &[Kind], reference: &str, base: &str) -> Found {
        let reference = reference.split("/_history/").next().unwrap_or(reference);
        if let Some(i) = self.urls.get(reference) {
            return Found::One(*i);
        }
        if let Some(key) = reference.strip_prefix("identifier:") {
            return self.identifiers.get(key).copied().unwrap_or(Found::Nothing);
        }
        if let Some(urn) = reference.strip_prefix("urn:") {
            return self.by_id(kinds, urn.rsplit(':').next().unwrap_or(urn));
        }
        if let Some((kind, query)) = reference.split_once('?') {
            let asks = kind == "Patient" && kinds.contains(&Kind::Patient);
            let key = query.strip_prefix("identifier=").filter(|_| asks);
            return key.and_then(|k| self.identifiers.get(k)).copied().unwrap_or(Found::Nothing);
        }
        let mut parts = reference.rsplit('/');
        let id = parts.next().unwrap_or(reference);
        let named = parts.next();
        let wanted: Vec<Kind> = match named.map(Kind::of) {
            None => kinds.to_vec(),
            Some(Some(k)) if kinds.contains(&k) => vec![k],
            Some(_) => return Found::Nothing,
        };
        if reference.starts_with("http") {
            return match self.by_id(&wanted, id) {
                Found::One(i) if self.has_web_address[i] => Found::Nothing,
                found => found,
            };
        }
        if !base.is_empty()
            && let Some(i) = self.urls.get(&format!("{base}/{reference}"))
        {
            return Found::One(*i);
        }
        self.by_id(&wanted, id)
    }
}

/// Marks the newest version of each resource. Copies are dropped; two that differ and say nothing of their age are both
/// kept, with a problem.
pub(super) fn newest(held: &mut [Held]) -> Vec<bool> {
    use posology_model::{InputProblem, ProblemKind};
    let mut alive = vec![true; held.len()];
    let mut seen: HashMap<(Kind, String), usize> = HashMap::new();
    for i in 0..held.len() {
        let key = match (&held[i].url, &held[i].id) {
            (Some(u), _) if u.starts_with("http") => u.clone(),
            (_, Some(id)) => id.clone(),
            (Some(u), None) => u.clone(),
            (None, None) => continue,
        };
        let key = (held[i].kind, key);
        let Some(&before) = seen.get(&key) else {
            seen.insert(key, i);
            continue;
        };
        if held[before].item == held[i].item {
            alive[i] = false;
            continue;
        }
        match later(&held[before], &held[i]) {
            Some(true) => {
                alive[before] = false;
                seen.insert(key, i);
            }
            Some(false) => alive[i] = false,
            None => {
                let message = format!(
                    "another {} with the id \"{}\" says something else ({}); both were kept",
                    held[i].kind.name(),
                    super::dates::shorten(&key.1),
                    held[before].place
                );
                let path = held[i].place.clone();
                held[i].problems.push(InputProblem {
                    kind: ProblemKind::InvalidValue,
                    path,
                    message,
                    remedy: "Give each resource an id of its own, or meta.versionId.".to_owned(),
                });
            }
        }
    }
    for (h, alive) in held.iter().zip(&mut alive) {
        *alive &= h.item != Item::Deleted;
    }
    alive
}

/// Whether `b` is a later version than `a`; `None` where nothing tells.
fn later(a: &Held, b: &Held) -> Option<bool> {
    if let (Some(x), Some(y)) = (a.version.number, b.version.number)
        && x != y
    {
        return Some(y > x);
    }
    if let (Some(x), Some(y)) = (&a.version.updated, &b.version.updated)
        && x != y
        // Times compare as texts only in the same offset.
        && x.get(19..) == y.get(19..)
    {
        return Some(y > x);
    }
    (a.version.history && b.version.history).then_some(false)
}
