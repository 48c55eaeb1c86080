//! Reads the dose of a perpetrator as tables and abstracts write it: `300 mg qid`, `50->100 mg/d 10 d`,
//! `400 mg d1, 200 mg d2`, `20 mg/kg/d`, `200 mg SD, 3 h before`, `40 mg qd 7 d (CYP2C19 slow metabolisers)`.
//!
//! The dose that counts is the last one of a titration and the one after a loading dose. What cannot be read is left
//! empty; the caller then takes the usual dose and says so.
use super::enzyme::{Enzyme, Phenotype};

/// Unit of a dose as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milligram.
    Milligram,
    /// Millilitre of a juice or liquid.
    Millilitre,
    /// Number of cigarettes.
    Cigarettes,
}

/// A regimen as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Regimen {
    /// Dose per day.
    pub dose_per_day: Option<f64>,
    /// Its unit.
    pub unit: Option<Unit>,
    /// Hours from the first dose to the end of the course; absent: long enough for a steady state.
    pub on_h: Option<f64>,
    /// One dose only.
    pub single: bool,
    /// Phenotype of the subjects, with its enzyme where named.
    pub phenotype: Option<(Option<Enzyme>, Phenotype)>,
    /// Subjects smoke or do not.
    pub smoker: Option<bool>,
    /// A dose by weight was turned into one for 70 kg.
    pub by_weight: bool,
}

/// Weight assumed for a dose per kilogram, kg.
pub const WEIGHT_KG: f64 = 70.0;
/// Hours over which a single dose is taken to act: the day of the study.
pub const SINGLE_DOSE_H: f64 = 16.0;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let chars: Vec<char> = text.chars().take(400).collect();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_ascii_digit() || (c == '.' && chars.get(i + 1).is_some_and(char::is_ascii_digit)) {
            let start = i;
            while i < chars.len()
                && (chars[i].is_ascii_digit()
                    || (matches!(chars[i], '.' | ',') && chars.get(i + 1).is_some_and(char::is_ascii_digit)))
            {
                i += 1;
            }
            let raw: String = chars[start..i].iter().collect();
            // "1,200" is twelve hundred; "1,2" is a decimal comma.
            let plain = match raw.rsplit_once(',') {
                Some((_, tail)) if tail.len() == 3 => raw.replace(',', ""),
                _ => raw.replace(',', "."),
            };
            if let Ok(v) = plain.parse::<f64>() {
                out.push(Token::Number(v));
            }
        } else if c.is_alphabetic() {
            let start = i;
            while i < chars.len() && (chars[i].is_alphanumeric() || chars[i] == '\'') {
                // "q6h" and "d1" stay one word, "400mg" was split by the number branch.
                i += 1;
            }
            out.push(Token::Word(chars[start..i].iter().collect::<String>().to_lowercase()));
        } else if c == '-' && chars.get(i + 1) == Some(&'>') {
            out.push(Token::Sign('>'));
            i += 2;
        } else {
            match c {
                '\u{2192}' => out.push(Token::Sign('>')),
                '\u{2013}' | '\u{2014}' => out.push(Token::Sign('-')),
                '/' | '-' | ',' | ';' | '+' => out.push(Token::Sign(c)),
                '\u{d7}' => out.push(Token::Word("x".to_owned())),
                _ => {}
            }
            i += 1;
        }
    }
    out
}

#[derive(Default, Clone)]
struct Segment {
    dose: Option<f64>,
    unit: Option<Unit>,
    per_day: bool,
    per_kg: bool,
    times: Option<f64>,
    count: Option<f64>,
    days: Option<f64>,
    day_index: Option<f64>,
    hours_before: Option<f64>,
    single: bool,
    double_strength: bool,
}

/// Reads a regimen. Never fails: what is not understood stays empty.
#[must_use]
pub fn parse(text: &str) -> Regimen {
    let lower = text.to_lowercase();
    let (outside, inside) = split_brackets(&lower);
    let mut out = Regimen {
        phenotype: phenotype(&inside).or_else(|| phenotype(&outside)),
        smoker: smoker(&lower),
        ..Regimen::default()
    };
    let all = tokens(&outside);
    let segments: Vec<Segment> = all
        .split(|t| matches!(t, Token::Sign(',' | ';')) || matches!(t, Token::Word(w) if w == "then"))
        .map(segment)
        .collect();
    let Some(last) = segments.iter().rev().find(|s| s.dose.is_some()) else {
        if segments.iter().any(|s| s.single) {
            out.single = true;
            out.on_h = Some(SINGLE_DOSE_H);
        }
        return out;
    };
    let times = last.times.or_else(|| segments.iter().find_map(|s| s.times));
    let mut dose = last.dose.unwrap_or(0.0);
    if last.per_kg {
        dose *= WEIGHT_KG;
        out.by_weight = true;
    }
    if last.double_strength {
        dose *= 2.0;
    }
    out.single = segments.iter().any(|s| s.single);
    let per_day =
        if last.per_day || out.single { 1.0 } else { times.or(last.count.map(|_| 2.0)).unwrap_or(1.0) };
    let daily = dose * per_day;
    if daily.is_finite() && daily > 0.0 && daily <= 1e6 {
        out.dose_per_day = Some(daily);
        out.unit = last.unit;
    }
    let days: f64 = segments.iter().filter_map(|s| s.days).sum();
    let index = segments.iter().filter_map(|s| s.day_index).fold(0.0, f64::max);
    out.on_h = if out.single {
        Some(SINGLE_DOSE_H)
    } else if days > 0.0 || index > 0.0 {
        Some(days.max(index).min(3650.0) * 24.0)
    } else {
        last.count.map(|n| (n * 24.0 / per_day.max(1.0)).min(8760.0))
    };
    out
}

fn split_brackets(text: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' | '[' => {
                depth += 1;
                inside.push(' ');
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

fn unit(word: &str) -> Option<(Unit, f64)> {
    match word {
        "mg" | "milligram" | "milligrams" => Some((Unit::Milligram, 1.0)),
        "g" | "gram" | "grams" => Some((Unit::Milligram, 1000.0)),
        "mcg" | "ug" | "\u{b5}g" | "\u{3bc}g" | "microgram" | "micrograms" => Some((Unit::Milligram, 0.001)),
        "ml" => Some((Unit::Millilitre, 1.0)),
        "l" => Some((Unit::Millilitre, 1000.0)),
        "oz" => Some((Unit::Millilitre, 30.0)),
        "cigarettes" | "cigarette" => Some((Unit::Cigarettes, 1.0)),
        _ => None,
    }
}

/// A frequency written as one word.
fn frequency(word: &str) -> Option<f64> {
    match word {
        "qd" | "od" | "daily" | "nocte" | "qhs" | "hs" | "on" | "om" | "mane" | "once" => Some(1.0),
        "bid" | "bd" | "twice" | "q12h" => Some(2.0),
        "tid" | "tds" | "thrice" => Some(3.0),
        "qid" | "qds" => Some(4.0),
        "qod" => Some(0.5),
        "weekly" => Some(1.0 / 7.0),
        _ => {
            let hours = word.strip_prefix('q')?.strip_suffix('h')?.parse::<f64>().ok()?;
            (hours > 0.0 && hours <= 168.0).then(|| 24.0 / hours)
        }
    }
}

fn segment(t: &[Token]) -> Segment {
    let mut s = Segment::default();
    let word = |i: usize| match t.get(i) {
        Some(Token::Word(w)) => w.as_str(),
        _ => "",
    };
    let sign = |i: usize, c: char| t.get(i) == Some(&Token::Sign(c));
    let mut i = 0;
    while i < t.len() {
        match &t[i] {
            Token::Number(first) => {
                // A run of numbers joined by / - > or "to": a range, a load and its maintenance, or a titration.
                let mut value = *first;
                let mut j = i + 1;
                while let (Some(join), Some(Token::Number(next))) = (t.get(j), t.get(j + 1)) {
                    match join {
                        Token::Sign('/' | '>') => value = *next,
                        Token::Sign('-') => value = 0.5 * (value + next),
                        Token::Word(w) if w == "to" => value = *next,
                        _ => break,
                    }
                    j += 2;
                }
                if let Some((u, factor)) = unit(word(j)) {
                    // "50 mg -> 100 mg": the later amount replaces the earlier one.
                    s.dose = Some(value * factor);
                    s.unit = Some(u);
                    j += 1;
                    if sign(j, '/') && word(j + 1) == "kg" {
                        s.per_kg = true;
                        j += 2;
                    }
                    if sign(j, '/') && matches!(word(j + 1), "d" | "day" | "24h") {
                        s.per_day = true;
                        j += 2;
                    } else if sign(j, '/') && matches!(word(j + 1), "h" | "hr" | "hour") {
                        s.times = Some(24.0);
                        j += 2;
                    } else if word(j) == "per" && matches!(word(j + 1), "day" | "d") {
                        s.per_day = true;
                        j += 2;
                    }
                } else {
                    match word(j) {
                        "d" | "day" | "days" => s.days = Some(value),
                        "w" | "wk" | "wks" | "week" | "weeks" => s.days = Some(value * 7.0),
                        "month" | "months" => s.days = Some(value * 30.0),
                        "h" | "hr" | "hrs" | "hour" | "hours" => {
                            if i > 0 && word(i - 1) == "every" && value > 0.0 {
                                s.times = Some(24.0 / value);
                            } else {
                                s.hours_before = Some(value);
                            }
                        }
                        "times" | "x" => {
                            s.times = Some(value);
                            if matches!(word(j + 1), "daily" | "a") {
                                j += 1;
                            }
                        }
                        _ => {}
                    }
                    if !word(j).is_empty() && s.days.is_none() && s.hours_before.is_none() {
                        // Not a unit: leave the word to be read by itself.
                        i = j;
                        continue;
                    }
                    j += 1;
                }
                i = j.max(i + 1);
                continue;
            }
            Token::Word(w) => {
                let as_index =
                    w.strip_prefix("day").or_else(|| w.strip_prefix('d')).and_then(|n| n.parse::<f64>().ok());
                let as_count = w.strip_prefix('x').and_then(|n| n.parse::<f64>().ok());
                if let Some(f) = frequency(w) {
                    // "three times daily" has set the number already.
                    if s.times.is_none() || w != "daily" {
                        s.times = Some(f);
                    }
                } else if let Some(n) = as_index {
                    s.day_index = Some(n);
                } else if let Some(n) = as_count {
                    s.count = Some(n);
                } else if w == "x"
                    && let Some(Token::Number(n)) = t.get(i + 1)
                    && !matches!(word(i + 2), "d" | "day" | "days" | "week" | "weeks" | "wk")
                {
                    s.count = Some(*n);
                    i += 1;
                } else if w == "day"
                    && let Some(Token::Number(n)) = t.get(i + 1)
                {
                    s.day_index = Some(*n);
                    i += 1;
                } else {
                    match w.as_str() {
                        "sd" | "single" => s.single = true,
                        "ds" => s.double_strength = true,
                        "two" if word(i + 1) == "times" => s.times = Some(2.0),
                        "three" if word(i + 1) == "times" => s.times = Some(3.0),
                        "four" if word(i + 1) == "times" => s.times = Some(4.0),
                        _ => {}
                    }
                }
            }
            Token::Sign(_) => {}
        }
        i += 1;
    }
    s
}

fn phenotype(text: &str) -> Option<(Option<Enzyme>, Phenotype)> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let enzyme = words.iter().find_map(|w| {
        let full = if w.starts_with("cyp") { w.clone() } else { format!("cyp{w}") };
        if w.len() < 3 { None } else { Enzyme::parse(&full).or_else(|_| Enzyme::parse(w)).ok() }
    });
    let found = words.iter().enumerate().find_map(|(i, w)| {
        let metaboliser = words.get(i + 1).is_some_and(|n| n.starts_with("metab"));
        match w.as_str() {
            "pm" | "pms" => Some(Phenotype::Poor),
            "em" | "ems" | "nm" | "nms" => Some(Phenotype::Normal),
            "im" | "ims" if enzyme.is_some() => Some(Phenotype::Intermediate),
            "um" | "ums" => Some(Phenotype::Ultrarapid),
            "poor" | "slow" if metaboliser || enzyme.is_some() => Some(Phenotype::Poor),
            // Older papers call normal metabolisers rapid.
            "extensive" | "rapid" | "normal" if metaboliser || enzyme.is_some() => Some(Phenotype::Normal),
            "intermediate" if metaboliser || enzyme.is_some() => Some(Phenotype::Intermediate),
            "ultrarapid" => Some(Phenotype::Ultrarapid),
            _ => None,
        }
    })?;
    Some((enzyme, found))
}

fn smoker(text: &str) -> Option<bool> {
    if text.contains("non-smok") || text.contains("nonsmok") || text.contains("non smok") {
        Some(false)
    } else if text.contains("smoker") {
        Some(true)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dose(t: &str) -> (Option<f64>, Option<f64>) {
        let r = parse(t);
        (r.dose_per_day, r.on_h.map(|h| h / 24.0))
    }

    #[test]
    fn doses_as_tables_write_them() {
        for (text, daily, days) in [
            ("300 mg qid", Some(1200.0), None),
            ("400 mg/d", Some(400.0), None),
            ("50->100 mg/d 10 d", Some(100.0), Some(10.0)),
            ("40 mg qd 7 d (CYP2C19 slow metabolisers)", Some(40.0), Some(7.0)),
            ("400/200 mg bid 5 d", Some(400.0), Some(5.0)),
            ("400 mg d1, 200 mg d2", Some(200.0), Some(2.0)),
            ("400 mg bid d1, 200 mg bid d2", Some(400.0), Some(2.0)),
            ("60 mg 5 d then 20 mg 7 d", Some(20.0), Some(12.0)),
            ("titrated to 300 mg bid", Some(600.0), None),
            ("titrated to 200 mg/d 12 d", Some(200.0), Some(12.0)),
            ("200 mg bid (label study)", Some(400.0), None),
            ("20 mg/kg/d", Some(1400.0), None),
            ("65 mg q6h", Some(260.0), None),
            ("50 mg q8h 10 d", Some(150.0), Some(10.0)),
            ("100-150 mg/d 16 d", Some(125.0), Some(16.0)),
            ("200 mg x4", Some(400.0), Some(2.0)),
            ("300 mg nocte", Some(300.0), None),
            ("200 mL DS tid", Some(1200.0), None),
            ("250 mL", Some(250.0), None),
            ("166 mg/d 13 d", Some(166.0), Some(13.0)),
            ("125/80 mg 5 d", Some(80.0), Some(5.0)),
            ("1 g twice daily for 2 weeks", Some(2000.0), Some(14.0)),
            ("40 mg once daily for 7 days", Some(40.0), Some(7.0)),
            ("250 mg three times daily", Some(750.0), None),
            ("every 8 hours 50 mg", Some(150.0), None),
            ("100 mg every 12 hours x 5 days", Some(200.0), Some(5.0)),
            ("standard", None, None),
            ("clinical TB regimen", None, None),
            ("(CYP2D6 EM)", None, None),
            ("", None, None),
        ] {
            assert_eq!(dose(text), (daily, days), "{text}");
        }
    }

    #[test]
    fn single_doses_and_people() {
        let r = parse("200 mg SD, 3 h before");
        assert!(r.single);
        assert_eq!(r.dose_per_day, Some(200.0));
        assert_eq!(
            parse("40 mg qd 7 d (CYP2C19 slow metabolisers)").phenotype,
            Some((Some(Enzyme::Cyp2c19), Phenotype::Poor))
        );
        assert_eq!(parse("50 mg/d (PM)").phenotype, Some((None, Phenotype::Poor)));
        assert_eq!(parse("40 mg/d 21 d (Chinese EM)").phenotype, Some((None, Phenotype::Normal)));
        assert_eq!(parse("(female non-smokers)").smoker, Some(false));
        assert_eq!(parse("im 300 mg").phenotype, None);
    }

    #[test]
    fn nothing_panics() {
        for t in [
            "////",
            "->",
            "mg",
            "1e308 mg",
            "99999999999999999999 mg/d",
            "q0h 5 mg",
            "((((",
            "\u{2192}5 mg",
            "5 mg x",
        ] {
            let r = parse(t);
            assert!(r.dose_per_day.is_none_or(f64::is_finite));
        }
    }
}
