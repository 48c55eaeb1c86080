//! `verified` needs an address at which the source itself, or a faithful copy of it, can be read.
use super::{Knowledge, split_reference};
use crate::diagnostic::Diagnostic;
use std::collections::BTreeSet;

pub(super) const ID: &str = "faithful-address";

/// Hosts that are no faithful copy of a label, guideline or paper, with what they are instead. A figure read there may stay in the source
/// entry; the facts that rest on it are secondary.
const REFUSED: &[(&str, &str)] = &[
    ("drugibank.com", "a compilation without named sources"),
    ("120ty.net", "a copy of unknown origin"),
    ("themeditary.com", "a content farm"),
    ("mussenhealth.us", "a copied handbook"),
    ("prescriptiondrugs.com", "a content farm"),
    ("medchemexpress.cn", "a shop"),
    ("medchemexpress.com", "a shop"),
    ("pazienti.it", "a patients' portal"),
    ("medicalnewstoday.com", "a news site"),
    ("iosteopathy.org", "a news page of a third party"),
    ("healthgrades.com", "a consumer portal"),
    ("spinics.net", "a mailing-list archive"),
    ("numarknet.com", "a buying group's page"),
    ("paperexplained.cn", "a retelling of papers"),
    ("wikipedia.org", "an encyclopedia that anyone can edit"),
    ("wikidoc.org", "an encyclopedia that anyone can edit"),
    ("encycloreader.org", "a copy of encyclopedias"),
    ("medicine.com", "a consumer portal"),
    ("riteaid.com", "a shop"),
    ("reddit.com", "a forum"),
    ("quora.com", "a forum"),
    ("amazon.com", "a shop"),
];

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut refused: BTreeSet<(&str, &str)> = BTreeSet::new();
    for s in &k.corpus.sources {
        for f in s.figures.iter().filter(|f| why_refused(&f.address).is_some()) {
            refused.insert((&s.id, &f.locator));
        }
    }
    let mut out = Vec::new();
    for (path, file) in &k.files {
        for s in file.stated().into_iter().filter(|s| s.confidence.as_deref() == Some("verified")) {
            let Some((id, locator)) = split_reference(&s.reference).filter(|r| refused.contains(r)) else {
                continue;
            };
            let address = k
                .corpus
                .sources
                .iter()
                .filter(|x| x.id == id)
                .flat_map(|x| &x.figures)
                .find(|f| f.locator == locator)
                .map_or("", |f| f.address.as_str());
            let (host, what) = why_refused(address).unwrap_or_default();
            out.push(k.at(
                ID,
                path,
                &s.path,
                format!("the fact is verified from {host}, {what}"),
                "make the fact secondary, or look the figure up in the source itself",
            ));
        }
    }
    out
}

fn why_refused(address: &str) -> Option<(&'static str, &'static str)> {
    let host = address.split("://").nth(1)?.split(['/', '?', '#', ':']).next()?.to_lowercase();
    REFUSED
        .iter()
        .find(|(refused, _)| {
            host == *refused || host.strip_suffix(refused).is_some_and(|rest| rest.ends_with('.'))
        })
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_whole_names() {
        assert!(why_refused("https://www.drugibank.com/Drug/Detail/Flumazenil").is_some());
        assert!(why_refused("https://notdrugibank.com/").is_none());
        assert!(why_refused("https://dailymed.nlm.nih.gov/?x=drugibank.com").is_none());
    }
}
