//! Held resources to cases: versions, patients, references.
use super::builder::State;
use super::dates::shorten;
use super::error::{ReadError, ReadErrorKind};
use super::held::{Drug, Held, Item, Link, Links};
use super::index::{Found, Index, newest};
use super::resources::Kind;
use posology_model::history::plus_days;
use posology_model::{Case, Date, InputProblem, MedicationEntry, Patient, ProblemKind, Reason};
use std::collections::HashMap;

/// Problems of the whole input that each case repeats; beyond, their number is said.
const MOST_SHARED: usize = 50;

/// Joins everything that was read.
pub(super) fn cases(mut state: State) -> Result<Vec<Case>, ReadError> {
    let mut held = std::mem::take(&mut state.held);
    let alive = newest(&mut held);
    let index = Index::new(&held, &alive);
    let nothing = !held.iter().zip(&alive).any(|(h, alive)| *alive && !matches!(h.item, Item::Drug(_)));
    if nothing && state.left_out.is_empty() {
        return Err(nothing_to_review(&state));
    }
    link_medications(&mut held, &alive, &index, &state.words);
    let mut patients = Patients::new(&mut held, &alive);
    let mut assigned: HashMap<(u32, u32), Option<usize>> = HashMap::new();
    for (h, _) in held.into_iter().zip(&alive).filter(|(_, alive)| **alive) {
        if matches!(h.item, Item::Patient(..) | Item::Drug(_) | Item::Deleted) {
            continue;
        }
        let base = state.words[h.base as usize].clone();
        let case = match assigned.get(&(h.subject, h.base)) {
            Some(case) => *case,
            None => {
                let subject = state.words[h.subject as usize].clone();
                let case = patients.of(&index, &subject, &base, &h.place, &mut state);
                if h.subject != 0 {
                    assigned.insert((h.subject, h.base), case);
                }
                case
            }
        };
        match case {
            Some(i) => put(&mut patients.cases[i], h),
            None if h.subject != 0 => *state.not_read.entry("resources of other subjects".to_owned()).or_default() += 1,
            None => {}
        }
    }
    let mut cases = patients.cases;
    for case in &mut cases {
        break_circles(case, |m| &mut m.based_on, "basedOn");
        break_circles(case, |m| &mut m.replaces, "priorPrescription");
    }
    shared_problems(&mut cases, &state);
    Ok(cases)
}

fn nothing_to_review(state: &State) -> ReadError {
    let counted: Vec<String> = state.not_read.iter().map(|(k, n)| format!("{n} {k}")).collect();
    let message = match (&counted[..], state.problems.first()) {
        ([], None) => "the record is empty: it holds no resources".to_owned(),
        ([], Some(p)) => format!("nothing could be read ({}: {})", p.path, p.message),
        (list, _) => format!("nothing in it is read for a review ({})", shorten_list(list)),
    };
    let name = match &state.names[..] {
        [one] => one.as_str(),
        _ => "",
    };
    ReadError::at(
        ReadErrorKind::NothingToReview,
        name,
        &[],
        0,
        message,
        "Give the Patient with MedicationRequest, MedicationStatement, MedicationDispense or \
         MedicationAdministration resources in FHIR R4.",
    )
}

fn shorten_list(list: &[String]) -> String {
    const MOST: usize = 40;
    let mut out = list.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if list.len() > MOST {
        out.push_str(&format!(" and {} more kinds", list.len() - MOST));
    }
    out
}

/// What concerns the input as a whole is said in each case.
fn shared_problems(cases: &mut [Case], state: &State) {
    let mut shared: Vec<InputProblem> = state.problems.iter().take(MOST_SHARED).cloned().collect();
    let mut say = |message: String, remedy: &str| {
        let (path, remedy) = (String::from("Bundle"), remedy.to_owned());
        shared.push(InputProblem { kind: ProblemKind::NotRead, path, message, remedy });
    };
    if state.problems.len() > MOST_SHARED {
        say(format!("{} more problems of the input", state.problems.len() - MOST_SHARED), "Mend the ones named first.");
    }
    let (old, other): (Vec<_>, Vec<_>) = state
        .not_read
        .iter()
        .partition(|(k, _)| matches!(k.as_str(), "MedicationOrder" | "MedicationPrescription" | "MedicationUsage"));
    let words = |list: &[(&String, &usize)]| {
        shorten_list(&list.iter().map(|(k, n)| format!("{n} {k}")).collect::<Vec<_>>())
    };
    if !old.is_empty() {
        say(
            format!("{} of another FHIR version were not read", words(&old)),
            "Export FHIR R4: medications are missing from this review.",
        );
    }
    if !other.is_empty() {
        say(format!("not read: {}", words(&other)), "None of these is part of a medication review.");
    }
    if !state.left_out.is_empty() {
        let list: Vec<String> = state.left_out.iter().map(|(k, n)| format!("{n} {k}")).collect();
        say(
            format!("left out as entered in error, cancelled, or not yet made: {}", list.join(", ")),
            "Correct their status if they are meant.",
        );
    }
    for case in cases {
        case.problems.extend(shared.iter().cloned());
    }
}

/// The cases, and who is in them.
struct Patients {
    cases: Vec<Case>,
    /// Case of a held patient.
    of_held: HashMap<usize, usize>,
    /// Cases of subjects without a Patient resource, by reference.
    absent: HashMap<String, usize>,
    /// The case of a record that names no patient at all.
    nobody: Option<usize>,
}

impl Patients {
    fn new(held: &mut [Held], alive: &[bool]) -> Self {
        let mut out = Self { cases: Vec::new(), of_held: HashMap::new(), absent: HashMap::new(), nobody: None };
        for (i, h) in held.iter_mut().enumerate().filter(|(i, _)| alive[*i]) {
            if let Item::Patient(patient, _) = &mut h.item {
                let mut patient = std::mem::take(&mut **patient);
                patient.id = patient.id.or_else(|| h.url.clone());
                let problems = std::mem::take(&mut h.problems);
                out.of_held.insert(i, out.cases.len());
                out.cases.push(Case { patient, problems, ..Case::default() });
            }
        }
        out
    }

    /// The case that a subject belongs to; `None` where it belongs to none, which is then said.
    fn of(&mut self, index: &Index, subject: &str, base: &str, place: &str, state: &mut State) -> Option<usize> {
        let remedy = "Name the patient in the resource's subject.";
        if subject.is_empty() {
            return match self.of_held.len() {
                1 => self.of_held.values().next().copied(),
                0 => Some(self.without_patient(place)),
                n => {
                    let message = format!("the resource names none of the {n} patients; it was not reviewed");
                    state.problem(ProblemKind::Subject, place, message, remedy);
                    None
                }
            };
        }
        match index.find(&[Kind::Patient], subject, base) {
            Found::One(i) => match self.of_held.get(&i) {
                Some(case) => Some(*case),
                None => {
                    let message = format!("the subject \"{}\" is no patient; it was not reviewed", shorten(subject));
                    state.problem(ProblemKind::Subject, place, message, remedy);
                    None
                }
            },
            Found::Many => {
                let message = format!("the subject \"{}\" means several patients; it was not reviewed", shorten(subject));
                state.problem(ProblemKind::Subject, place, message, remedy);
                None
            }
            Found::Nothing => {
                let other = ["Group/", "Device/", "Location/", "Practitioner/", "Organization/", "Substance/"];
                if other.iter().any(|o| subject.starts_with(o) || subject.contains(&format!("/{o}"))) {
                    let message = format!("the subject \"{}\" is no patient; it was not reviewed", shorten(subject));
                    state.problem(ProblemKind::Subject, place, message, remedy);
                    return None;
                }
                Some(self.absent(subject, place))
            }
        }
    }

    fn without_patient(&mut self, place: &str) -> usize {
        if let Some(i) = self.nobody {
            return i;
        }
        let i = self.push(None, place, "the record names no patient: age, sex and weight are unknown".to_owned());
        self.nobody = Some(i);
        i
    }

    fn absent(&mut self, subject: &str, place: &str) -> usize {
        if let Some(i) = self.absent.get(subject) {
            return *i;
        }
        let id = subject.rsplit(['/', ':', '|']).next().unwrap_or(subject).to_owned();
        let message = format!("there is no Patient resource for \"{}\": age and sex are unknown", shorten(subject));
        let i = self.push(Some(id), place, message);
        self.absent.insert(subject.to_owned(), i);
        i
    }

    fn push(&mut self, id: Option<String>, place: &str, message: String) -> usize {
        let problem = InputProblem {
            kind: ProblemKind::Subject,
            path: place.to_owned(),
            message,
            remedy: "Give the Patient resource with the record.".to_owned(),
        };
        let patient = Patient { id, ..Patient::default() };
        self.cases.push(Case { patient, problems: vec![problem], ..Case::default() });
        self.cases.len() - 1
    }
}

/// Moves a resource into its case.
fn put(case: &mut Case, h: Held) {
    case.problems.extend(h.problems);
    match h.item {
        Item::Medication(mut m, _) => {
            m.id = m.id.or(h.url);
            m.path = h.place;
            case.medications.push(*m);
        }
        Item::Condition(mut c, [onset, abatement]) => {
            let born = case.patient.birth_date;
            c.onset = c.onset.or_else(|| at_age(born, onset));
            c.abatement = c.abatement.or_else(|| at_age(born, abatement));
            c.id = c.id.or(h.url);
            c.path = h.place;
            case.conditions.push(*c);
        }
        Item::Observations(list) => {
            for mut o in list {
                o.path.insert_str(0, &h.place);
                case.observations.push(o);
            }
        }
        Item::Allergy(mut a) => {
            a.path = h.place;
            case.allergies.push(*a);
        }
        Item::Encounter(mut e) => {
            e.id = e.id.or(h.url);
            e.path = h.place;
            case.encounters.push(*e);
        }
        Item::Procedure(mut p) => {
            p.path = h.place;
            case.procedures.push(*p);
        }
        Item::Patient(..) | Item::Drug(_) | Item::Deleted => {}
    }
}

fn at_age(born: Option<Date>, years: Option<f64>) -> Option<Date> {
    let days = years? * 365.25;
    (0.0..=40_000.0).contains(&days).then(|| born.map(|b| plus_days(b, days as i64)))?
}

fn link_medications(held: &mut [Held], alive: &[bool], index: &Index, words: &[String]) {
    for i in (0..held.len()).filter(|i| alive[*i]) {
        if !matches!(held[i].item, Item::Medication(..)) {
            continue;
        }
        // Taken out while the others are looked at.
        let Item::Medication(mut entry, links) = std::mem::replace(&mut held[i].item, Item::Deleted) else { continue };
        let mut problems = std::mem::take(&mut held[i].problems);
        let base = words.get(held[i].base as usize).map_or("", String::as_str);
        let links = *links;
        let linker = Linker { held, index, base, place: &held[i].place };
        linker.link(&mut entry, &links, &mut problems);
        held[i].item = Item::Medication(entry, Box::new(Links::default()));
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
        problems.push(InputProblem {
            kind: ProblemKind::BrokenReference,
            path: format!("{}.{field}", self.place),
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
        let found = link.address.as_deref().and_then(|a| self.find_drug(a, contained));
        let Some(drug) = found else {
            entry.text = entry.text.take().or_else(|| link.display.clone());
            let what = link.address.as_deref().or(link.display.as_deref()).unwrap_or_default();
            match (&link.address, &entry.text) {
                (None, Some(_)) => {}
                (_, Some(t)) => {
                    let t = shorten(t);
                    self.broken(FIELD, format!("\"{}\" is not in the record; its name \"{t}\" was used", shorten(what)), problems);
                }
                _ => self.broken(FIELD, format!("\"{}\" is not in the record; the medication is unknown", shorten(what)), problems),
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
        self.ingredients(entry, drug, contained, &mut path, problems);
    }

    /// Ingredients, those given by reference included. `path` holds the drugs being opened: meeting one again is a circle.
    fn ingredients(
        &self,
        entry: &mut MedicationEntry,
        drug: &Drug,
        contained: &[(String, Drug)],
        path: &mut Vec<*const Drug>,
        problems: &mut Vec<InputProblem>,
    ) {
        const MOST_DEEP: usize = 8;
        const MOST_INGREDIENTS: usize = 200;
        for (ingredient, reference) in &drug.ingredients {
            if entry.ingredients.len() >= MOST_INGREDIENTS {
                self.broken("ingredient", "the medication has too many ingredients".to_owned(), problems);
                return;
            }
            let Some(reference) = reference else {
                entry.ingredients.push(ingredient.clone());
                continue;
            };
            let inner = self.find_drug(reference, &drug.contained).or_else(|| self.find_drug(reference, contained));
            let Some(inner) = inner else {
                self.broken("ingredient", format!("\"{}\" is not in the record", shorten(reference)), problems);
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
                self.ingredients(entry, inner, contained, path, problems);
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
                Some(Item::Condition(c, _)) => Some(Reason { codings: c.codings.clone(), text: c.text.clone() }),
                _ => shown(),
            },
            _ => shown(),
        }
    }
}

/// Takes out references from request to request that lead back to where they began.
fn break_circles(case: &mut Case, link: fn(&mut MedicationEntry) -> &mut Option<String>, field: &str) {
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
        .map(|m| if m.kind == EntryKind::Request { link(m).as_ref().and_then(|id| by_id.get(id).copied()) } else { None })
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
