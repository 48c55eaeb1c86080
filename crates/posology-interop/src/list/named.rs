//! `name: value` lines, headings, conditions and allergies.
use super::dates::{Edge, date};
use super::line::{Line, parts};
use super::{Reader, Section, patient, short};
use crate::sig;
use posology_model::{
    AllergyEntry, ConditionEntry, ConditionStatus, ObservationValue, OrderAction, ProblemKind, ReadConfidence,
};

impl Reader {
    /// Reads a `name: value` line. `false` where the line is none, and may be a drug.
    pub(super) fn named(&mut self, line: &Line<'_>, path: &str) -> bool {
        let Some((name, value)) = line.name_and_value() else { return false };
        let lower = name.to_lowercase();
        if value.is_empty() {
            return self.heading(&lower, name, path);
        }
        match lower.as_str() {
            "patient" => self.patient_line(value, path),
            "id" | "patient id" => self.case.patient.id = Some(value.to_owned()),
            "name" | "patient name" | "address" | "phone" => {
                let message = format!("\"{name}\" is not kept");
                self.problem(
                    path,
                    ProblemKind::NotRead,
                    message,
                    "leave names and addresses out of the list",
                );
            }
            "age" | "sex" | "gender" | "born" | "dob" | "date of birth" | "birth date" | "birthdate"
            | "weight" | "wt" | "height" | "ht" => self.patient_field(&lower, value, path),
            "conditions"
            | "condition"
            | "diagnoses"
            | "diagnosis"
            | "problems"
            | "problem list"
            | "history"
            | "pmh"
            | "past medical history"
            | "comorbidities" => self.conditions(value, path),
            "allergies" | "allergy" | "allergic to" | "intolerances" | "intolerance" => {
                let from = self.case.allergies.len();
                self.allergies(value, path);
                if lower.starts_with("intoler") {
                    self.case.allergies[from..].iter_mut().for_each(|a| a.intolerance = true);
                }
            }
            "alcohol" | "alcohol use" | "drinks" => self.alcohol(value, path),
            "smoking" | "smoking status" | "smoker" | "tobacco" => self.answer(path, "smoking status", value),
            "pregnant" | "pregnancy" => self.pregnancy(value, path),
            "breastfeeding" | "lactating" | "lactation" | "breast-feeding" => {
                self.answer(path, "breastfeeding status", value);
            }
            "order" | "start" | "new" | "proposed" | "new order" => {
                self.order(value, OrderAction::Start, path)
            }
            "stop" | "discontinue" => self.order(value, OrderAction::Stop, path),
            "medication" | "drug" | "taking" | "med" | "rx" => {
                self.item_of(Section::Medications, value, path)
            }
            "medications" | "current medications" | "meds" | "drugs" => {
                for part in value.split(';') {
                    self.item_of(Section::Medications, part.trim(), path);
                }
            }
            "past medication" | "previously" | "stopped" => self.item_of(Section::Past, value, path),
            _ => return self.other(name, &lower, value, path),
        }
        true
    }

    fn item_of(&mut self, section: Section, text: &str, path: &str) {
        let before = std::mem::replace(&mut self.section, section);
        if !text.is_empty() {
            self.item(text, path);
        }
        self.section = before;
    }

    fn heading(&mut self, lower: &str, name: &str, path: &str) -> bool {
        self.section = match lower {
            "medications"
            | "current medications"
            | "medication"
            | "meds"
            | "current meds"
            | "drugs"
            | "prescriptions"
            | "active medications"
            | "medication list"
            | "home medications" => Section::Medications,
            "past medications"
            | "previous medications"
            | "stopped medications"
            | "stopped"
            | "past meds"
            | "discontinued"
            | "discontinued medications" => Section::Past,
            "orders" | "new orders" | "to start" | "proposed" => Section::Orders,
            "conditions"
            | "diagnoses"
            | "problems"
            | "problem list"
            | "pmh"
            | "history"
            | "past medical history" => Section::Conditions,
            "allergies" | "allergies and intolerances" => Section::Allergies,
            _ => {
                let message = format!("\"{name}:\" has no value and is no heading that is known");
                let remedy = "headings are Medications, Past medications, Orders, Conditions, Allergies";
                self.problem(path, ProblemKind::NotUnderstood, message, remedy);
                return true;
            }
        };
        true
    }

    /// A name that is not listed: a measurement, an answer, or a drug with its instruction ("diazepam: 5 mg at night").
    fn other(&mut self, name: &str, lower: &str, value: &str, path: &str) -> bool {
        // A drug with its strength in front of the colon.
        if name.split(' ').skip(1).any(|w| w.starts_with(|c: char| c.is_ascii_digit())) && !sig_free(value) {
            self.item(&format!("{name}, {value}"), path);
            return true;
        }
        if let Some((number, unit)) = patient::quantity(value) {
            let plain = unit.split_whitespace().count() <= 3 && !is_dose(unit);
            if plain && number.is_finite() {
                if unit.is_empty() && !SCORES.iter().any(|s| lower.contains(s)) {
                    let message = format!(
                        "\"{}: {}\" has no unit; it is taken as a measurement",
                        short(name),
                        short(value)
                    );
                    let remedy = "write the unit; a drug line needs amount and frequency (`diazepam 5 mg tablet, 1 at night`)";
                    self.problem(path, ProblemKind::NotUnderstood, message, remedy);
                }
                let unit = (!unit.is_empty()).then(|| unit.to_owned());
                self.observe(path, name, ObservationValue::Quantity { value: number, unit });
                return true;
            }
        }
        let tested =
            ["cyp", "ugt", "hla", "child", "phenotype", "genotype", "g6pd"].iter().any(|p| lower.contains(p));
        let answers = [
            "yes", "no", "positive", "negative", "normal", "abnormal", "none", "unknown", "poor", "high",
            "low",
        ];
        let first = value.split([' ', ',']).next().unwrap_or("").to_lowercase();
        if tested || answers.contains(&first.as_str()) {
            self.answer(path, name, value);
            return true;
        }
        // A drug, where what follows reads as an instruction.
        let first = parts(value).first().copied().unwrap_or(value);
        let reads = sig::read_all(first).iter().all(|d| {
            d.confidence > ReadConfidence::Low
                && (d.frequency.is_some() || !d.amounts.is_empty() || d.as_needed || d.once)
        });
        let strength = line_begins_with_strength(value);
        if reads || strength {
            let text = format!("{name} {value}");
            self.item(&text, path);
            return true;
        }
        let message = format!("\"{}: {}\" is no field that is known", short(name), short(value));
        let remedy = "write `name: value unit` for a measurement, or begin the line with the name of a drug";
        self.problem(path, ProblemKind::NotUnderstood, message, remedy);
        true
    }

    pub(super) fn answer(&mut self, path: &str, name: &str, value: &str) {
        let value = match value.to_lowercase().as_str() {
            "yes" | "y" | "true" => ObservationValue::Boolean(true),
            "no" | "n" | "false" => ObservationValue::Boolean(false),
            _ => ObservationValue::Text(value.to_owned()),
        };
        self.observe(path, name, value);
    }

    fn alcohol(&mut self, value: &str, path: &str) {
        let lower = value.to_lowercase();
        if matches!(lower.as_str(), "no" | "none" | "never" | "nil" | "0" | "teetotal" | "abstinent") {
            let value = ObservationValue::Quantity { value: 0.0, unit: Some("drinks/day".into()) };
            return self.observe(path, "alcohol use", value);
        }
        if let Some((number, unit)) = patient::quantity(value) {
            let words: Vec<&str> = unit
                .split([' ', '/'])
                .filter(|w| !matches!(*w, "a" | "per" | "each" | "every" | ""))
                .collect();
            let unit = match words[..] {
                ["drink" | "drinks" | "standard", .., "day" | "daily"] => "drinks/day",
                ["drink" | "drinks" | "standard", .., "week" | "weekly"] => "drinks/week",
                // A British unit is 8 g, a US drink 14 g: never taken for each other.
                ["unit" | "units", "day" | "daily"] => "UK units/day",
                ["unit" | "units", "week" | "weekly"] => "UK units/week",
                _ => "",
            };
            if !unit.is_empty() {
                let name = if unit == "drinks/week" { "alcoholic drinks a week" } else { "alcohol use" };
                let value = ObservationValue::Quantity { value: number, unit: Some(unit.into()) };
                return self.observe(path, name, value);
            }
            let message =
                format!("the alcohol \"{}\" was kept as a text: its unit was not understood", short(value));
            self.problem(path, ProblemKind::NotUnderstood, message, "write `alcohol: 3 drinks a day`");
        }
        self.answer(path, "alcohol use", value);
    }

    fn pregnancy(&mut self, value: &str, path: &str) {
        self.answer(path, "pregnancy status", value);
        let weeks = value.split([' ', ',']).collect::<Vec<_>>();
        let at = weeks.iter().position(|w| matches!(*w, "weeks" | "week" | "wk" | "wks"));
        if let Some(n) = at.and_then(|i| i.checked_sub(1)).and_then(|i| weeks[i].parse::<f64>().ok())
            && (0.0..=45.0).contains(&n)
        {
            let value = ObservationValue::Quantity { value: n, unit: Some("wk".into()) };
            self.observe(path, "gestational age", value);
        }
    }

    pub(super) fn conditions(&mut self, value: &str, path: &str) {
        for part in parts(value) {
            let lower = part.to_lowercase();
            let trimmed = |n: usize| part.get(n..).unwrap_or("").trim();
            if matches!(lower.as_str(), "none" | "nil" | "none known" | "no known conditions") {
                continue;
            }
            let mut c = ConditionEntry { path: path.to_owned(), ..ConditionEntry::default() };
            let mut text = part;
            for (start, status) in [
                ("family history of ", ConditionStatus::Unconfirmed),
                ("fhx ", ConditionStatus::Unconfirmed),
                ("possible ", ConditionStatus::Unconfirmed),
                ("suspected ", ConditionStatus::Unconfirmed),
                ("?", ConditionStatus::Unconfirmed),
                ("no history of ", ConditionStatus::Refuted),
                ("no ", ConditionStatus::Refuted),
                ("not ", ConditionStatus::Refuted),
                ("denies ", ConditionStatus::Refuted),
                ("history of ", ConditionStatus::Resolved),
                ("previous ", ConditionStatus::Resolved),
                ("past ", ConditionStatus::Resolved),
            ] {
                if lower.starts_with(start) {
                    c.status = status;
                    text = trimmed(start.len());
                    break;
                }
            }
            if let Some((head, tail)) = text.rsplit_once('(')
                && let Some(remark) = tail.strip_suffix(')')
            {
                let r = remark.to_lowercase();
                if matches!(r.as_str(), "resolved" | "past" | "inactive" | "in remission" | "remission") {
                    c.status = if r.contains("remission") {
                        ConditionStatus::Remission
                    } else {
                        ConditionStatus::Resolved
                    };
                    text = head.trim();
                } else if let Some(d) = r.strip_prefix("since ") {
                    text = head.trim();
                    self.onset(&mut c, d, path);
                }
            } else if let Some(at) = text.to_lowercase().find(" since ") {
                // Lowercasing may move bytes; the cut is checked.
                if let (Some(head), Some(tail)) = (text.get(..at), text.get(at + 7..)) {
                    self.onset(&mut c, tail, path);
                    text = head.trim();
                }
            }
            if text.is_empty() {
                continue;
            }
            c.text = Some(text.to_owned());
            self.condition(c);
        }
    }

    fn onset(&mut self, c: &mut ConditionEntry, text: &str, path: &str) {
        match date(text, self.locale, Edge::First) {
            Ok(d) => c.onset = Some(d.date),
            Err((message, remedy)) => self.problem(path, ProblemKind::InvalidValue, message, remedy),
        }
    }

    pub(super) fn allergies(&mut self, value: &str, path: &str) {
        for part in parts(value) {
            let lower = part.to_lowercase();
            if matches!(lower.as_str(), "none" | "nil" | "no" | "nkda" | "nka" | "none known")
                || lower.starts_with("no known")
            {
                continue;
            }
            let (text, reaction) = match part.split_once('(') {
                Some((t, r)) => (t.trim(), Some(r.trim_end_matches(')').trim())),
                None => (part, None),
            };
            if text.is_empty() {
                continue;
            }
            let r = reaction.unwrap_or("").to_lowercase();
            self.case.allergies.push(AllergyEntry {
                path: path.to_owned(),
                text: Some(text.to_owned()),
                intolerance: r.contains("intoleran") || r.contains("side effect"),
                refuted: r.contains("refuted") || r.contains("ruled out"),
                severe: ["anaphyla", "angioedema", "severe", "stevens", "necrolysis"]
                    .iter()
                    .any(|w| r.contains(w)),
                reaction: reaction.filter(|r| !r.is_empty()).map(str::to_owned),
                ..AllergyEntry::default()
            });
        }
    }
}

/// A unit of a dose rather than of a measurement, or words of an instruction.
fn is_dose(unit: &str) -> bool {
    let first = unit.split(' ').next().unwrap_or("").to_lowercase();
    let mass = matches!(
        first.as_str(),
        "mg" | "mcg"
            | "g"
            | "ml"
            | "tablet"
            | "tablets"
            | "tab"
            | "tabs"
            | "capsule"
            | "capsules"
            | "cap"
            | "caps"
            | "patch"
            | "drops"
            | "puffs"
            | "unit"
            | "units"
            | "micrograms"
            | "microgram"
    );
    let over_time = first.split_once('/').is_some_and(|(m, over)| {
        matches!(m, "mg" | "mcg" | "g" | "ml" | "units" | "micrograms")
            && matches!(over, "day" | "d" | "24h" | "dose" | "kg" | "h" | "hr" | "hour" | "week")
    });
    mass || over_time || sig::begins_instruction(&first) && !first.is_empty()
}

/// Measures that are written without a unit.
const SCORES: [&str; 15] = [
    "egfr", "gfr", "inr", "phq", "gad", "audit", "ciwa", "pugh", "score", "bmi", "qtc", "isi", "gcs", "fev",
    "meld",
];

/// Whether a value holds no word of an instruction: a measurement, not a dose.
fn sig_free(value: &str) -> bool {
    !sig::read_all(parts(value).first().copied().unwrap_or(value))
        .iter()
        .all(|d| d.confidence > ReadConfidence::Low)
}

fn line_begins_with_strength(value: &str) -> bool {
    patient::quantity(value).is_some_and(|(_, unit)| is_dose(unit))
}
