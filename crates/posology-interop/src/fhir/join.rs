//! Held resources to cases: versions, patients, references.
use super::dates::shorten;
use super::error::{ReadError, ReadErrorKind};
use super::held::{Held, Item, State};
use super::index::{Found, Index, newest};
use super::link::{break_circles, link_medications};
use super::resources::Kind;
use posology_model::history::plus_days;
use posology_model::{Case, Date, InputProblem, Patient, ProblemKind};
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
            None if h.subject != 0 => {
                *state.not_read.entry("resources of other subjects".to_owned()).or_default() += 1
            }
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
        say(
            format!("{} more problems of the input", state.problems.len() - MOST_SHARED),
            "Mend the ones named first.",
        );
    }
    let (old, other): (Vec<_>, Vec<_>) = state.not_read.iter().partition(|(k, _)| {
        matches!(k.as_str(), "MedicationOrder" | "MedicationPrescription" | "MedicationUsage")
    });
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
        let mut out =
            Self { cases: Vec::new(), of_held: HashMap::new(), absent: HashMap::new(), nobody: None };
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
    fn of(
        &mut self,
        index: &Index,
        subject: &str,
        base: &str,
        place: &str,
        state: &mut State,
    ) -> Option<usize> {
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
                    let message =
                        format!("the subject \"{}\" is no patient; it was not reviewed", shorten(subject));
                    state.problem(ProblemKind::Subject, place, message, remedy);
                    None
                }
            },
            Found::Many => {
                let message = format!(
                    "the subject \"{}\" means several patients; it was not reviewed",
                    shorten(subject)
                );
                state.problem(ProblemKind::Subject, place, message, remedy);
                None
            }
            Found::Nothing => {
                let other =
                    ["Group/", "Device/", "Location/", "Practitioner/", "Organization/", "Substance/"];
                if other.iter().any(|o| subject.starts_with(o) || subject.contains(&format!("/{o}"))) {
                    let message =
                        format!("the subject \"{}\" is no patient; it was not reviewed", shorten(subject));
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
        let i =
            self.push(None, place, "the record names no patient: age, sex and weight are unknown".to_owned());
        self.nobody = Some(i);
        i
    }

    fn absent(&mut self, subject: &str, place: &str) -> usize {
        if let Some(i) = self.absent.get(subject) {
            return *i;
        }
        let id = subject.rsplit(['/', ':', '|']).next().unwrap_or(subject).to_owned();
        let message =
            format!("there is no Patient resource for \"{}\": age and sex are unknown", shorten(subject));
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
