//! Plain medication lists, one drug a line, and tables (CSV), to a [`Case`].
//!
//! `docs/list-format.md` says what a list may hold. Nothing fails: what cannot be read is a problem of the case that names the line, what
//! is wrong and what to do. Values keep the unit that they are written with; the resolver converts.

mod daily;
mod dates;
mod drug;
mod line;
mod named;
mod order;
mod patient;
mod table;

pub use daily::read_daily;
pub use dates::Locale;
pub use order::{read_order, read_stop};
pub use table::{TableError, read_csv};

use line::Line;
use posology_model::{
    Case, ConditionEntry, InputProblem, MedicationEntry, ObservationEntry, ObservationValue, Order,
    OrderAction, ProblemKind, Status,
};

/// Longest line that is read, bytes.
const LONGEST_LINE: usize = 4_000;

/// What the lines under a heading are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Section {
    Medications,
    Past,
    Orders,
    Conditions,
    Allergies,
}

/// A list while it is read.
struct Reader {
    case: Case,
    locale: Locale,
    section: Section,
}

/// Reads a plain list. Dates such as 03/04/2025 have no single meaning here and are reported; see [`read_list_with`].
pub fn read_list(text: &str) -> Case {
    read_list_with(text, Locale::Unstated)
}

/// Reads a plain list whose dates are written as `locale` says.
pub fn read_list_with(text: &str, locale: Locale) -> Case {
    let mut r = Reader { case: Case::default(), locale, section: Section::Medications };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (n, raw) in text.split('\n').enumerate() {
        r.line(raw, n + 1);
    }
    r.case
}

impl Reader {
    fn problem(&mut self, path: &str, kind: ProblemKind, message: String, remedy: &str) {
        self.case.problems.push(InputProblem {
            kind,
            path: path.to_owned(),
            message,
            remedy: remedy.to_owned(),
        });
    }

    fn line(&mut self, raw: &str, number: usize) {
        let Some(line) = Line::clean(raw) else { return };
        let path = format!("line {number}");
        if line.text.len() > LONGEST_LINE {
            let message = format!("the line has {} bytes and was not read", line.text.len());
            self.problem(&path, ProblemKind::NotUnderstood, message, "write one drug a line");
            return;
        }
        if line.text.chars().any(|c| c.is_control() && c != '\t') {
            let message = "the line holds control characters and was not read".to_owned();
            self.problem(&path, ProblemKind::NotUnderstood, message, "save the list as plain text (UTF-8)");
            return;
        }
        if self.named(&line, &path) {
            return;
        }
        self.item(line.text, &path);
    }

    /// A line without a name in front: an item of its section.
    fn item(&mut self, text: &str, path: &str) {
        match self.section {
            Section::Conditions => self.conditions(text, path),
            Section::Allergies => self.allergies(text, path),
            Section::Medications => {
                let m = self.medication(text, path);
                self.case.medications.extend(m);
            }
            Section::Past => {
                if let Some(mut m) = self.medication(text, path) {
                    if m.status == Status::Active {
                        m.status = Status::Stopped;
                    }
                    self.case.medications.push(m);
                }
            }
            Section::Orders => self.order(text, OrderAction::Start, path),
        }
    }

    fn medication(&mut self, text: &str, path: &str) -> Option<MedicationEntry> {
        let m = drug::read(text, path, self.locale, &mut self.case.problems);
        if m.is_none() {
            let message = format!("\"{}\" names no drug", short(text));
            let remedy =
                "begin the line with the name of a drug, or write `name: value`, or # before a remark";
            self.problem(path, ProblemKind::NotUnderstood, message, remedy);
        }
        m
    }

    fn order(&mut self, text: &str, action: OrderAction, path: &str) {
        if let Some(medication) = self.medication(text, path) {
            self.case.orders.push(Order { action, medication });
        }
    }

    fn observe(&mut self, path: &str, name: &str, value: ObservationValue) {
        let observation = ObservationEntry {
            path: path.to_owned(),
            codings: Vec::new(),
            text: Some(name.to_owned()),
            value,
            date: None,
        };
        self.case.observations.push(observation);
    }

    fn condition(&mut self, entry: ConditionEntry) {
        self.case.conditions.push(entry);
    }
}

/// A text for a message, cut where it is long.
fn short(text: &str) -> String {
    let mut chars = text.trim().chars();
    let head: String = chars.by_ref().take(60).collect();
    if chars.next().is_some() { format!("{head}\u{2026}") } else { head }
}
