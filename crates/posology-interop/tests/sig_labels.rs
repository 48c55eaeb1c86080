#![allow(clippy::unwrap_used)]
//! Hand-labelled instructions: the share read right, and that no number is read wrong with a confidence above `Low`.
//!
//! `fixtures/sigs/*.tsv`, one instruction a line; a line whose text is `+` is a further instruction of the text above it. Columns: text,
//! amount low, high, unit, a second amount that says the same, frequency (`times/hours` or `once`), as needed, route, maximum in 24 hours,
//! length of treatment in days, confidence, step of a schedule. `-` is absent.
use posology_interop::sig::read_all;
use posology_model::{Amount, Dosing, Frequency, ReadConfidence};
use std::path::PathBuf;

struct Label {
    text: String,
    at: String,
    parts: Vec<Expected>,
}

#[derive(Debug, PartialEq, Clone)]
struct Expected {
    amounts: Vec<(f64, f64, String)>,
    frequency: String,
    as_needed: bool,
    max: String,
    duration: Option<f64>,
    step: Option<u32>,
    route: String,
    confidence: ReadConfidence,
}

fn dash(s: &str) -> Option<&str> {
    (s != "-" && !s.is_empty()).then_some(s)
}

fn expected(c: &[&str]) -> Expected {
    let mut amounts = Vec::new();
    if let Some(low) = dash(c[1]) {
        amounts.push((low.parse().unwrap(), c[2].parse().unwrap(), c[3].to_owned()));
    }
    if let Some(also) = dash(c[4]) {
        let (q, unit) = also.split_once(' ').unwrap();
        let (low, high) = q.split_once('-').unwrap_or((q, q));
        amounts.push((low.parse().unwrap(), high.parse().unwrap(), unit.to_owned()));
    }
    Expected {
        amounts,
        frequency: c[5].to_owned(),
        as_needed: c[6] == "yes",
        route: c[7].to_owned(),
        max: c[8].to_owned(),
        duration: dash(c[9]).map(|d| d.parse().unwrap()),
        confidence: match c[10] {
            "high" => ReadConfidence::High,
            "medium" => ReadConfidence::Medium,
            "low" => ReadConfidence::Low,
            other => panic!("no confidence: {other}"),
        },
        step: dash(c[11]).map(|d| d.parse().unwrap()),
    }
}

fn labels() -> Vec<Label> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sigs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "tsv"));
    files.sort();
    let mut out: Vec<Label> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate().skip(1) {
            let c: Vec<&str> = line.split('\t').collect();
            assert_eq!(c.len(), 12, "{} line {}", file.display(), n + 1);
            let at = format!("{}:{}", file.file_name().unwrap().to_string_lossy(), n + 1);
            if c[0] == "+" {
                out.last_mut().unwrap().parts.push(expected(&c));
            } else {
                out.push(Label { text: c[0].to_owned(), at, parts: vec![expected(&c)] });
            }
        }
    }
    out
}

fn number(x: f64) -> String {
    format!("{}", (x * 1e6).round() / 1e6)
}

fn span(low: f64, high: f64) -> String {
    if low == high { number(low) } else { format!("{}-{}", number(low), number(high)) }
}

fn frequency(d: &Dosing) -> String {
    match d.frequency {
        Some(Frequency { times_low, times_high, per_hours_low, per_hours_high }) => {
            format!("{}/{}h", span(times_low, times_high), span(per_hours_low, per_hours_high))
        }
        None if d.once => "once".to_owned(),
        None => "-".to_owned(),
    }
}

fn got(d: &Dosing) -> Expected {
    let amount = |a: &Amount| (a.low, a.high, a.unit.as_str().to_owned());
    Expected {
        amounts: d.amounts.iter().map(amount).collect(),
        frequency: frequency(d),
        as_needed: d.as_needed,
        route: d.route.map_or("-".to_owned(), |r| r.as_str().to_owned()),
        max: match (d.max_per_day, d.max_doses_per_day) {
            (Some(a), _) => format!("{} {}", number(a.high), a.unit),
            (None, Some(n)) => format!("{} doses", number(n)),
            _ => "-".to_owned(),
        },
        duration: d.duration_days,
        confidence: d.confidence,
        step: d.sequence,
    }
}

/// Everything but how sure the reading is and the route.
fn numbers(e: &Expected) -> Expected {
    Expected { route: String::new(), confidence: ReadConfidence::Low, ..e.clone() }
}

#[test]
fn labelled_instructions_are_read() {
    let labels = labels();
    assert!(labels.len() >= 300, "only {} labelled instructions", labels.len());
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for label in &labels {
        let read = read_all(&label.text);
        let parts: Vec<Expected> = read.iter().map(got).collect();
        let low = label.parts.iter().all(|p| p.confidence == ReadConfidence::Low);
        let same = if low {
            // Of a text that is not to be understood only that matters, and that it carries no numbers.
            parts.len() == 1 && parts[0].confidence == ReadConfidence::Low
        } else {
            parts == label.parts
        };
        if same {
            right += 1;
        } else {
            let sure = parts.iter().any(|p| p.confidence > ReadConfidence::Low);
            let line =
                format!("{} {:?}\n   want {:?}\n   got  {:?}", label.at, label.text, label.parts, parts);
            if sure
                && (low
                    || parts.iter().map(numbers).collect::<Vec<_>>()
                        != label.parts.iter().map(numbers).collect::<Vec<_>>())
            {
                wrong.push(line);
            } else {
                missed.push(format!(
                    "{line}\n   not understood: {:?}, assumed: {:?}",
                    read[0].not_understood, read[0].assumed
                ));
            }
        }
    }
    let share = 100.0 * f64::from(right) / labels.len() as f64;
    for line in &missed {
        println!("missed {line}");
    }
    for line in &wrong {
        println!("WRONG  {line}");
    }
    println!(
        "{right} of {} labelled instructions read right: {share:.1} %; wrong numbers: {}",
        labels.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} instructions read with wrong numbers", wrong.len());
    assert!(share >= 95.0, "{share:.1} % read right");
}

#[test]
fn a_low_reading_carries_no_number() {
    for label in labels() {
        for d in read_all(&label.text).iter().filter(|d| d.confidence == ReadConfidence::Low) {
            assert!(
                d.amounts.is_empty() && d.frequency.is_none() && d.max_per_day.is_none(),
                "{}",
                label.text
            );
            assert!(d.max_doses_per_day.is_none() && d.duration_days.is_none() && !d.once, "{}", label.text);
            assert!(label.text.trim().is_empty() || d.not_understood.is_some(), "{}", label.text);
        }
    }
}
