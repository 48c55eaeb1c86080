//! The patient: age, sex, birth, weight, height.
use super::dates::{Edge, date};
use super::line::parts;
use super::{Reader, short};
use posology_model::{ObservationValue, ProblemKind, Sex};

/// A number and the rest of the text: "132 lb", "1,2 mg/dL", ">60".
pub(super) fn quantity(text: &str) -> Option<(f64, &str)> {
    let t = text.trim();
    let end = t.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(t.len());
    let digits = t[..end].trim_end_matches(['.', ',']);
    if digits.is_empty() || digits.matches(['.', ',']).count() > 1 {
        return None;
    }
    let plain = match digits.split_once(',') {
        // 1,200 is a thousand and two hundred; 1,2 is a decimal.
        Some((a, b)) if b.len() == 3 && !a.starts_with('0') => format!("{a}{b}"),
        Some((a, b)) => format!("{a}.{b}"),
        None => digits.to_owned(),
    };
    let value: f64 = plain.parse().ok().filter(|v: &f64| v.is_finite() && *v < 1e12)?;
    Some((value, t[digits.len()..].trim_start_matches(['.', ',']).trim()))
}

fn sex(word: &str) -> Option<Sex> {
    Some(match word {
        "woman" | "female" | "f" | "girl" | "lady" => Sex::Female,
        "man" | "male" | "m" | "boy" | "gentleman" => Sex::Male,
        _ => return None,
    })
}

/// Age in years: "67", "67 years old", "8 months", "67yo".
fn age(text: &str) -> Option<f64> {
    let (n, unit) = quantity(text)?;
    let unit = unit.to_lowercase();
    let unit = unit.trim_end_matches('.').trim_end_matches("old").trim_end_matches([' ', '-']).trim();
    let years = match unit {
        "" | "y" | "yr" | "yrs" | "year" | "years" | "yo" | "y/o" | "-year" | "years of age" => n,
        "month" | "months" | "mo" | "mth" => n / 12.0,
        "week" | "weeks" | "wk" | "wks" => n * 7.0 / 365.25,
        "day" | "days" | "d" => n / 365.25,
        _ => return None,
    };
    (0.0..=130.0).contains(&years).then_some(years)
}

/// What a measure of the body is, from its unit. Stones with pounds and feet with inches become pounds and inches: the unit stays imperial.
fn body(text: &str) -> Option<(&'static str, f64, String)> {
    let (n, unit) = quantity(text)?;
    let lower = unit.to_lowercase();
    let second = |after: &[&str]| -> Option<(f64, String)> {
        let rest = after.iter().find_map(|p| lower.strip_prefix(p))?;
        let rest = rest.trim_start_matches([' ', ',']).trim_start_matches("and ");
        if rest.is_empty() {
            return Some((0.0, String::new()));
        }
        quantity(rest).map(|(v, u)| (v, u.to_owned()))
    };
    match lower.as_str() {
        "kg" | "kgs" | "kilograms" | "kilogram" | "kilos" => return Some(("weight", n, "kg".into())),
        "lb" | "lbs" | "pounds" | "pound" => return Some(("weight", n, "lb".into())),
        "cm" | "centimetres" | "centimeters" => return Some(("height", n, "cm".into())),
        "m" | "metres" | "meters" => return Some(("height", n, "m".into())),
        "in" | "inches" | "inch" | "\"" => return Some(("height", n, "in".into())),
        _ => {}
    }
    if let Some((lb, u)) = second(&["stones", "stone", "st"]) {
        return match u.trim_end_matches('.') {
            "" if lb == 0.0 => Some(("weight", n, "stone".into())),
            "" | "lb" | "lbs" | "pounds" if lb < 14.0 => Some(("weight", n * 14.0 + lb, "lb".into())),
            _ => None,
        };
    }
    if let Some((inch, u)) = second(&["feet", "foot", "ft", "'", "\u{2019}", "\u{2032}"]) {
        return match u.trim_end_matches('.') {
            "" if inch == 0.0 => Some(("height", n, "ft".into())),
            "" | "in" | "inch" | "inches" | "\"" | "\u{201d}" | "\u{2033}" if inch < 12.0 => {
                Some(("height", n * 12.0 + inch, "in".into()))
            }
            _ => None,
        };
    }
    None
}

impl Reader {
    /// `patient: woman, 67 years, 60 kg, 165 cm`.
    pub(super) fn patient_line(&mut self, value: &str, path: &str) {
        for part in parts(value) {
            let lower = part.to_lowercase();
            if let Some(s) = sex(&lower) {
                self.case.patient.sex = Some(s);
            } else if let Some(years) = age(part) {
                self.case.patient.age_years = Some(years);
            } else if let Some((name, value, unit)) = body(part) {
                self.observe(path, name, ObservationValue::Quantity { value, unit: Some(unit) });
            } else if let Some(d) = ["born ", "dob ", "born: "].iter().find_map(|p| lower.strip_prefix(p)) {
                self.birth(d, path);
            } else if let Some(w) = ["weight ", "wt "].iter().find_map(|p| lower.strip_prefix(p)) {
                self.measure_of_body("weight", w, path);
            } else if let Some(h) = ["height ", "ht "].iter().find_map(|p| lower.strip_prefix(p)) {
                self.measure_of_body("height", h, path);
            } else if let Some(a) = ["age ", "aged "].iter().find_map(|p| lower.strip_prefix(p)) {
                self.patient_field("age", a, path);
            } else if lower.contains("pregnant") {
                self.answer(path, "pregnancy status", if lower.starts_with("not") { "no" } else { part });
            } else if lower.contains("breastfeeding") {
                self.answer(
                    path,
                    "breastfeeding status",
                    if lower.starts_with("not") { "no" } else { "yes" },
                );
            } else if !self.sex_and_age(&lower) {
                let message = format!("\"{}\" says nothing about the patient that is known", short(part));
                let remedy = "write for example `patient: woman, 67 years, 60 kg, 165 cm`";
                self.problem(path, ProblemKind::NotUnderstood, message, remedy);
            }
        }
    }

    /// "67 year old woman", "67F", "woman of 67".
    fn sex_and_age(&mut self, lower: &str) -> bool {
        let spaced = lower.replace("-year-old", " years old").replace(" of ", " ").replace(" aged ", " ");
        let (head, tail) = match spaced.rsplit_once(' ') {
            Some(p) => p,
            None => match lower.find(|c: char| !c.is_ascii_digit()) {
                Some(at) => lower.split_at(at),
                None => return false,
            },
        };
        let found = match (sex(tail), age(head), sex(head), age(tail)) {
            (Some(s), Some(a), ..) | (.., Some(s), Some(a)) => Some((s, a)),
            _ => None,
        };
        if let Some((s, a)) = found {
            self.case.patient.sex = Some(s);
            self.case.patient.age_years = Some(a);
        }
        found.is_some()
    }

    pub(super) fn patient_field(&mut self, name: &str, value: &str, path: &str) {
        match name {
            "age" => match age(value) {
                Some(a) => self.case.patient.age_years = Some(a),
                None => {
                    let message = format!("the age \"{}\" was not understood", short(value));
                    self.problem(
                        path,
                        ProblemKind::InvalidValue,
                        message,
                        "write `age: 67`, or `age: 8 months`",
                    );
                }
            },
            "sex" | "gender" => match sex(&value.to_lowercase()) {
                Some(s) => self.case.patient.sex = Some(s),
                None => {
                    let message = format!("the sex \"{}\" was not understood", short(value));
                    self.problem(
                        path,
                        ProblemKind::InvalidValue,
                        message,
                        "write `sex: female` or `sex: male`",
                    );
                }
            },
            "weight" | "wt" => self.measure_of_body("weight", value, path),
            "height" | "ht" => self.measure_of_body("height", value, path),
            _ => self.birth(value, path),
        }
    }

    fn birth(&mut self, value: &str, path: &str) {
        match date(value, self.locale, Edge::First) {
            Ok(d) => self.case.patient.birth_date = Some(d.date),
            Err((message, remedy)) => self.problem(path, ProblemKind::InvalidValue, message, remedy),
        }
    }

    fn measure_of_body(&mut self, name: &'static str, value: &str, path: &str) {
        match body(value) {
            Some((found, value, unit)) if found == name => {
                self.observe(path, name, ObservationValue::Quantity { value, unit: Some(unit) });
            }
            _ => {
                let message = format!("the {name} \"{}\" was not understood, or has no unit", short(value));
                let remedy = if name == "weight" {
                    "write `weight: 60 kg` or `weight: 132 lb`"
                } else {
                    "write `height: 165 cm` or `height: 5 ft 5 in`"
                };
                self.problem(path, ProblemKind::InvalidValue, message, remedy);
            }
        }
    }
}
