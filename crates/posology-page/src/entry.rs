//! What was entered, as it travels in the form: the list as typed, a record that was opened, and what is known of the patient.
use crate::examples::Example;
use crate::form::Form;
use crate::what_if::Change;
use jiff::civil::Date;
use posology_interop::fhir::{self, ReadOptions};
use posology_interop::{Kind, drafts_to_orders, guess, list};
use posology_knowledge::schema::Jurisdiction;
use posology_model::{Case, InputProblem, ProblemKind};

/// The fields about the patient: name in the form, label, hint, and what a list calls it.
pub struct Known {
    /// Name in the form.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// How it is written.
    pub hint: &'static str,
    /// Choices, where it is one of a few: value and words.
    pub choices: &'static [(&'static str, &'static str)],
    /// The line of a list, `{}` is the value.
    line: &'static str,
}

const PHENOTYPES: &[(&str, &str)] = &[
    ("poor", "poor metaboliser"),
    ("intermediate", "intermediate"),
    ("normal", "normal"),
    ("rapid", "rapid"),
    ("ultrarapid", "ultrarapid"),
];

/// Everything that may be known of the patient.
pub const KNOWN: [Known; 11] = [
    Known { name: "age", label: "Age", hint: "years, or 8 months", choices: &[], line: "age: {}" },
    Known {
        name: "sex",
        label: "Sex",
        hint: "",
        choices: &[("female", "female"), ("male", "male")],
        line: "sex: {}",
    },
    Known { name: "weight", label: "Weight", hint: "kg, or 132 lb", choices: &[], line: "weight: {}" },
    Known { name: "egfr", label: "Kidney (eGFR)", hint: "mL/min", choices: &[], line: "egfr: {}" },
    Known {
        name: "liver",
        label: "Liver",
        hint: "",
        choices: &[
            ("hepatic impairment", "impaired (Child-Pugh A or B)"),
            ("severe hepatic impairment", "severely impaired (Child-Pugh C)"),
        ],
        line: "conditions: {}",
    },
    Known { name: "alcohol", label: "Alcohol", hint: "drinks a day", choices: &[], line: "alcohol: {}" },
    Known {
        name: "smoking",
        label: "Tobacco",
        hint: "cigarettes a day, or no",
        choices: &[],
        line: "smoking: {}",
    },
    Known { name: "cyp2c19", label: "CYP2C19", hint: "", choices: PHENOTYPES, line: "cyp2c19: {}" },
    Known { name: "cyp2d6", label: "CYP2D6", hint: "", choices: PHENOTYPES, line: "cyp2d6: {}" },
    Known { name: "cyp2c9", label: "CYP2C9", hint: "", choices: PHENOTYPES, line: "cyp2c9: {}" },
    Known {
        name: "conditions",
        label: "Conditions",
        hint: "COPD, sleep apnoea, falls",
        choices: &[],
        line: "conditions: {}",
    },
];

/// A record that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The name of the file, or where it came from.
    pub name: String,
    /// What it holds.
    pub case: Case,
}

/// What was entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The list as typed.
    pub list: String,
    /// A record that was opened.
    pub record: Option<Record>,
    /// What is known of the patient, as typed, in the order of [`KNOWN`].
    pub known: [String; KNOWN.len()],
    /// Date of the review.
    pub as_of: Date,
    /// Whose labels and guidelines hold.
    pub country: Jurisdiction,
    /// What is tried.
    pub changes: Vec<Change>,
    /// What was wrong with the form itself.
    pub problems: Vec<InputProblem>,
}

impl Entry {
    /// Nothing entered.
    pub fn empty(as_of: Date) -> Self {
        Self {
            list: String::new(),
            record: None,
            known: Default::default(),
            as_of,
            country: Jurisdiction::Us,
            changes: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// A shipped example.
    pub fn example(e: &Example) -> Self {
        let mut out = Self::empty(e.as_of.parse().unwrap_or(Date::ZERO));
        if guess(e.text.as_bytes()) == Kind::Fhir {
            out.open(&format!("example {}", e.id), e.text.as_bytes());
        } else {
            out.list = e.text.lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>().join("\n");
        }
        out.changes.extend(e.stop.map(|s| Change::Stop(s.to_owned())));
        out
    }

    /// Reads a form.
    pub fn read(form: &Form, today: Date) -> Self {
        let mut out = Self::empty(today);
        let text = form.get("list");
        match guess(text.as_bytes()) {
            // A record that was pasted into the list.
            Kind::Fhir if text.starts_with(['{', '[']) => out.open("pasted text", text.as_bytes()),
            _ => text.clone_into(&mut out.list),
        }
        if out.record.is_none() && !form.get("record").is_empty() {
            match serde_json::from_str(form.get("record")) {
                Ok(case) => out.record = Some(Record { name: form.get("record-name").to_owned(), case }),
                Err(e) => out.problem(
                    "record",
                    format!("the opened record came back changed ({e}) and was left out"),
                    "open the file again",
                ),
            }
        }
        for (k, value) in KNOWN.iter().zip(&mut out.known) {
            form.get(k.name).clone_into(value);
        }
        let date = form.get("as-of");
        if !date.is_empty() {
            match date.parse() {
                Ok(d) => out.as_of = d,
                Err(_) => out.problem(
                    "date of the review",
                    format!("\"{date}\" is no date; the review is for {today}"),
                    "write 2026-11-24",
                ),
            }
        }
        if form.get("country") == "uk" {
            out.country = Jurisdiction::Uk;
        }
        let undone: Vec<&str> = form.all("undo").collect();
        for text in form.all("change").filter(|c| !undone.contains(c)) {
            match Change::parse(text) {
                Some(c) if !out.changes.contains(&c) => out.changes.push(c),
                Some(_) => {}
                None => out.problem("what if", format!("\"{text}\" is no change"), "use the buttons"),
            }
        }
        let start = form.get("start");
        if !start.is_empty() {
            out.changes.push(Change::Start(start.to_owned()));
        }
        if let Some(file) = &form.file {
            out.open(&file.name, &file.bytes);
        }
        out
    }

    fn problem(&mut self, path: &str, message: String, remedy: &str) {
        self.problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path: path.to_owned(),
            message,
            remedy: remedy.to_owned(),
        });
    }

    /// Opens a file: FHIR becomes the record, a list or table is added to what was typed.
    pub fn open(&mut self, name: &str, bytes: &[u8]) {
        let text = || std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        match (guess(bytes), text()) {
            (Kind::List, Ok(t)) => {
                if !self.list.is_empty() {
                    self.list.push('\n');
                }
                self.list.push_str(t);
            }
            (Kind::Table, Ok(t)) => match list::read_csv(t, list::Locale::Unstated) {
                Ok(cases) => self.take(name, cases),
                Err(e) => {
                    self.problem(name, e.to_string(), "name the columns in the first line, one of them drug")
                }
            },
            _ => match fhir::read_case(bytes, &ReadOptions { name: String::new(), keep_going: true }) {
                Ok(cases) => self.take(name, cases),
                Err(e) => self.problem(
                    name,
                    format!("line {}, column {}: {}", e.line, e.column, e.message),
                    e.remedy,
                ),
            },
        }
    }

    /// The record of one patient.
    pub fn take(&mut self, name: &str, cases: Vec<Case>) {
        let several = cases.len();
        let Some(mut case) = cases.into_iter().next() else {
            self.problem(name, "it holds no patient's record".to_owned(), "open the record of one patient");
            return;
        };
        if several > 1 {
            self.problem(
                name,
                format!("it holds {several} patients, and only the first was opened"),
                "open the record of one patient; `posology review` reads several",
            );
        }
        drafts_to_orders(&mut case);
        self.record = Some(Record { name: name.to_owned(), case });
    }

    /// Whether there is anything to review.
    pub fn is_empty(&self) -> bool {
        self.list.trim().is_empty() && self.record.is_none()
    }

    /// The case: the record, with what was typed added to it. What was typed about the patient holds where both speak.
    pub fn case(&self) -> Case {
        let mut case = self.record.as_ref().map(|r| r.case.clone()).unwrap_or_default();
        join(&mut case, list::read_list(&self.list));
        for (k, value) in KNOWN.iter().zip(&self.known).filter(|k| !k.1.is_empty()) {
            // One line a field: a line break in a value must not begin another line.
            let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let mut line = k.line.replace("{}", &value);
            if k.name == "weight" && value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
                line.push_str(" kg");
            }
            if k.name == "alcohol" && value.parse::<f64>().is_ok() {
                line.push_str(" drinks a day");
            }
            if k.name == "smoking" && value.parse::<f64>().is_ok_and(|n| n > 0.0) {
                line.push_str(" cigarettes a day");
            }
            let mut more = list::read_list(&line);
            for p in &mut more.problems {
                k.label.clone_into(&mut p.path);
            }
            join(&mut case, more);
        }
        case.problems.extend(self.problems.iter().cloned());
        case
    }
}

/// Adds a case to another; what it says of the patient holds.
fn join(into: &mut Case, more: Case) {
    let p = more.patient;
    if p.age_years.is_some() || p.birth_date.is_some() {
        into.patient.age_years = p.age_years;
        into.patient.birth_date = p.birth_date;
    }
    into.patient.sex = p.sex.or(into.patient.sex);
    into.patient.id = into.patient.id.take().or(p.id);
    into.patient.deceased = into.patient.deceased.or(p.deceased);
    into.medications.extend(more.medications);
    into.conditions.extend(more.conditions);
    into.observations.extend(more.observations);
    into.allergies.extend(more.allergies);
    into.encounters.extend(more.encounters);
    into.procedures.extend(more.procedures);
    into.orders.extend(more.orders);
    into.problems.extend(more.problems);
}
