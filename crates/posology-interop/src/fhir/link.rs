//! The references of medication entries: drugs and their ingredients, reasons, earlier requests.
use super::dates::shorten;
use super::held::{Drug, Held, Item, Link, Links};
use super::index::{Found, Index};
use super::resources::Kind;
use posology_model::{Case, InputProblem, MedicationEntry, ProblemKind, Reason};
use std::collections::HashMap;

/// Follows the references of all medication entries.
pub(super) fn link_medications(held: &mut [Held], alive: &[bool], index: &Index, words: &[String]) {
    for i in (0..held.len()).filter(|i| alive[*i]) {
        if !matches!(held[i].item, Item::Medication(..)) {
            continue;
        }
        // Taken out while the others are looked at.
        let Item::Medication(mut entry, links) = std::mem::replace(&mut held[i].item, Item::Deleted) else {
            continue;
        };
        let mut problems = std::mem::take(&mut held[i].problems);
        let base = words.get(held[i].base as usize).map_or("", String::as_str);
        let links = *links;
        let linker = Linker { held, index, base, place: &held[i].place };
        linker.link(&mut entry, &links, &mut problems);
        held[i].item = Item::Medication(entry, Box::default());
        held[i].problems = problems;
    }
}

/// Follows the references of one medication entry.
struct Linker<'l> {
    held: &'l [Held],
    index: &'l Index,
    base: &'l str,
    place: &'l str,
}

impl Linker<'_> {
    fn link(&self, entry: &mut MedicationEntry, links: &Links, problems: &mut Vec<InputProblem>) {
        if let Some(link) = &links.drug {
            self.drug(entry, link, &links.contained, problems);
        }
        for link in &links.reasons {
            if let Some(reason) = self.reason(link, &links.contained) {
                entry.reasons.push(reason);
            }
        }
        entry.based_on = links.based_on.as_deref().and_then(|r| self.id_of(&[Kind::Request], r));
        entry.replaces = links.replaces.as_deref().and_then(|r| self.id_of(&[Kind::Request], r));
        entry.encounter = links.encounter.as_deref().and_then(|r| self.id_of(&[Kind::Encounter], r));
    }

    fn broken(&self, field: &str, message: String, problems: &mut Vec<InputProblem>) {
        let path = format!("{}.{field}", self.place);
        if problems.iter().any(|p| p.path == path && p.message == message) {
            return;
        }
        problems.push(InputProblem {
            kind: ProblemKind::BrokenReference,
            path,
            message,
            remedy: "Give the referenced resource with the record.".to_owned(),
        });
    }

    /// The id of the resource that a reference means, as its entry has it; else the id that the reference itself names.
    fn id_of(&self, kinds: &[Kind], reference: &str) -> Option<String> {
        if let Found::One(i) = self.index.find(kinds, reference, self.base) {
            let h = self.held.get(i)?;
            return h.id.clone().or_else(|| h.url.clone());
        }
        let plain = reference.split("/_history/").next().unwrap_or(reference);
        let id = plain.rsplit(['/', ':']).next().unwrap_or(plain);
        (!id.is_empty() && !id.starts_with('#') && !id.contains('?')).then(|| id.to_owned())
    }

    /// The drug that a reference means, among contained resources or the others.
    fn find_drug<'d>(&'d self, reference: &str, contained: &'d [(String, Drug)]) -> Option<&'d Drug> {
        if let Some(id) = reference.strip_prefix('#') {
            return contained.iter().find(|(k, _)| k == id).map(|(_, d)| d);
        }
        let found = self.index.find(&[Kind::Medication, Kind::Substance], reference, self.base);
        let Found::One(i) = found else { return None };
        match &self.held.get(i)?.item {
            Item::Drug(d) => Some(d),
            _ => None,
        }
    }

    fn drug(
        &self,
        entry: &mut MedicationEntry,
        link: &Link,
        contained: &[(String, Drug)],
        problems: &mut Vec<InputProblem>,
    ) {
        const FIELD: &str = "medicationReference";
        const MOST_INGREDIENTS: usize = 200;
        let found = link.address.as_deref().and_then(|a| self.find_drug(a, contained));
        let Some(drug) = found else {
            entry.text = entry.text.take().or_else(|| link.display.clone());
            let what = link.address.as_deref().or(link.display.as_deref()).unwrap_or_default();
            match (&link.address, &entry.text) {
                (None, Some(_)) => {}
                (_, Some(t)) => {
                    let t = shorten(t);
                    self.broken(
                        FIELD,
                        format!("\"{}\" is not in the record; its name \"{t}\" was used", shorten(what)),
                        problems,
                    );
                }
                _ => self.broken(
                    FIELD,
                    format!("\"{}\" is not in the record; the medication is unknown", shorten(what)),
                    problems,
                ),
            }
            return;
        };
        if drug.in_error {
            self.broken(FIELD, "the Medication is marked as entered in error".to_owned(), problems);
        }
        entry.codings.extend(drug.codings.iter().cloned());
        entry.text = entry.text.take().or_else(|| drug.text.clone()).or_else(|| link.display.clone());
        entry.form = drug.form;
        let mut path: Vec<*const Drug> = vec![drug];
        let mut budget = MOST_INGREDIENTS;
        self.ingredients(entry, drug, contained, &mut path, &mut budget, problems);
    }

    /// Ingredients, those given by reference included. `path` holds the drugs being opened: meeting one again is a circle.
    fn ingredients(
        &self,
        entry: &mut MedicationEntry,
        drug: &Drug,
        contained: &[(String, Drug)],
        path: &mut Vec<*const Drug>,
        budget: &mut usize,
        problems: &mut Vec<InputProblem>,
    ) {
        const MOST_DEEP: usize = 8;
        for (ingredient, reference) in &drug.ingredients {
            // Products in products can double at each step: all steps together are limited.
            let Some(left) = budget.checked_sub(1) else { return };
            *budget = left;
            if left == 0 {
                self.broken("ingredient", "the medication has too many ingredients".to_owned(), problems);
                return;
            }
            let Some(reference) = reference else {
                entry.ingredients.push(ingredient.clone());
                continue;
            };
            let inner =
                self.find_drug(reference, &drug.contained).or_else(|| self.find_drug(reference, contained));
            let Some(inner) = inner else {
                self.broken(
                    "ingredient",
                    format!("\"{}\" is not in the record", shorten(reference)),
                    problems,
                );
                if ingredient.text.is_some() || !ingredient.codings.is_empty() {
                    entry.ingredients.push(ingredient.clone());
                }
                continue;
            };
            if path.len() > MOST_DEEP || path.contains(&std::ptr::from_ref(inner)) {
                self.broken("ingredient", format!("\"{}\" leads in a circle", shorten(reference)), problems);
                continue;
            }
            if inner.codings.is_empty() && inner.text.is_none() && !inner.ingredients.is_empty() {
                path.push(inner);
                self.ingredients(entry, inner, contained, path, budget, problems);
                path.pop();
                continue;
            }
            let mut out = ingredient.clone();
            out.codings.extend(inner.codings.iter().cloned());
            out.text = inner.text.clone().or(out.text);
            entry.ingredients.push(out);
        }
    }

    /// A reason given by reference: the codes of the condition, or what the reference displays.
    fn reason(&self, link: &Link, contained: &[(String, Drug)]) -> Option<Reason> {
        let shown = || link.display.clone().map(|t| Reason { codings: Vec::new(), text: Some(t) });
        let Some(address) = link.address.as_deref() else { return shown() };
        if let Some(id) = address.strip_prefix('#') {
            return contained
                .iter()
                .find(|(k, d)| k == id && !d.in_error)
                .map(|(_, d)| Reason { codings: d.codings.clone(), text: d.text.clone() })
                .or_else(shown);
        }
        match self.index.find(&[Kind::Condition], address, self.base) {
            Found::One(i) => match self.held.get(i).map(|h| &h.item) {
                Some(Item::Condition(c, _)) => {
                    Some(Reason { codings: c.codings.clone(), text: c.text.clone() })
                }
                _ => shown(),
            },
            _ => shown(),
        }
    }
}

/// Takes out references from request to request that lead back to where they began.
pub(super) fn break_circles(
    case: &mut Case,
    link: fn(&mut MedicationEntry) -> &mut Option<String>,
    field: &str,
) {
    use posology_model::EntryKind;
    let medications = &mut case.medications;
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for (i, m) in medications.iter().enumerate() {
        if let (EntryKind::Request, Some(id)) = (m.kind, &m.id) {
            by_id.entry(id.clone()).or_insert(i);
        }
    }
    let next: Vec<Option<usize>> = medications
        .iter_mut()
        .map(|m| {
            if m.kind == EntryKind::Request {
                link(m).as_ref().and_then(|id| by_id.get(id).copied())
            } else {
                None
            }
        })
        .collect();
    // 0: not seen; else the number of the walk that saw it.
    let mut walk_of = vec![0usize; next.len()];
    let mut circle = Vec::new();
    for start in 0..next.len() {
        let mut at = start;
        while walk_of[at] == 0 {
            walk_of[at] = start + 1;
            match next[at] {
                Some(n) => at = n,
                None => break,
            }
        }
        if next[at].is_some() && walk_of[at] == start + 1 && next[start].is_some() {
            // `at` was met twice in this walk: everything from it on is the circle.
            let first = at;
            loop {
                circle.push(at);
                match next[at] {
                    Some(n) if n != first => at = n,
                    _ => break,
                }
            }
        }
    }
    for i in circle {
        *link(&mut medications[i]) = None;
        case.problems.push(InputProblem {
            kind: ProblemKind::BrokenReference,
            path: format!("{}.{field}", medications[i].path),
            message: "the reference leads in a circle; it was left out".to_owned(),
            remedy: "Correct the order of the prescriptions.".to_owned(),
        });
    }
}
