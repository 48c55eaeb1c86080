//! A drug line: the drug, how it is taken, since when, why.
use super::dates::{Edge, Locale, date};
use super::{line, short};
use crate::sig;
use posology_model::{
    Amount, CodeSystem, Coding, DoseUnit, Dosing, EntryKind, InputProblem, MedicationEntry, ProblemKind,
    ReadConfidence, Reason, Status,
};

/// Words that begin a statement about time, in the middle of a part too.
const TIME_WORDS: [&str; 13] = [
    "since",
    "until",
    "till",
    "started",
    "starting",
    "stopped",
    "ended",
    "discontinued",
    "finished",
    "last",
    "from",
    "filled",
    "dispensed",
];

/// Form words that may follow a strength.
const FORM_WORDS: &[(&str, Option<DoseUnit>)] = &[
    ("tablet", Some(DoseUnit::Tablet)),
    ("tablets", Some(DoseUnit::Tablet)),
    ("tab", Some(DoseUnit::Tablet)),
    ("tabs", Some(DoseUnit::Tablet)),
    ("capsule", Some(DoseUnit::Capsule)),
    ("capsules", Some(DoseUnit::Capsule)),
    ("cap", Some(DoseUnit::Capsule)),
    ("caps", Some(DoseUnit::Capsule)),
    ("patch", Some(DoseUnit::Patch)),
    ("patches", Some(DoseUnit::Patch)),
    ("suppository", Some(DoseUnit::Suppository)),
    ("suppositories", Some(DoseUnit::Suppository)),
    ("film", Some(DoseUnit::Film)),
    ("films", Some(DoseUnit::Film)),
    ("lozenge", Some(DoseUnit::Lozenge)),
    ("lozenges", Some(DoseUnit::Lozenge)),
    ("sachet", Some(DoseUnit::Sachet)),
    ("sachets", Some(DoseUnit::Sachet)),
    ("oral", None),
    ("sublingual", None),
    ("buccal", None),
    ("nasal", None),
    ("rectal", None),
    ("transdermal", None),
    ("topical", None),
    ("solution", None),
    ("suspension", None),
    ("liquid", None),
    ("syrup", None),
    ("elixir", None),
    ("concentrate", None),
    ("drops", None),
    ("spray", None),
    ("inhaler", None),
    ("gel", None),
    ("cream", None),
    ("ointment", None),
    ("injection", None),
    ("ampoule", None),
    ("ampoules", None),
    ("vial", None),
    ("pen", None),
    ("powder", None),
    ("enema", None),
    ("device", None),
    ("er", None),
    ("xr", None),
    ("xl", None),
    ("sr", None),
    ("mr", None),
    ("cr", None),
    ("la", None),
    ("dr", None),
    ("ec", None),
    ("ir", None),
    ("odt", None),
    ("extended", None),
    ("modified", None),
    ("prolonged", None),
    ("sustained", None),
    ("delayed", None),
    ("release", None),
    ("extended-release", None),
    ("modified-release", None),
    ("prolonged-release", None),
    ("immediate-release", None),
    ("delayed-release", None),
    ("disintegrating", None),
    ("orodispersible", None),
    ("dispersible", None),
    ("soluble", None),
    ("effervescent", None),
    ("chewable", None),
    ("gastro-resistant", None),
    ("coated", None),
    ("film-coated", None),
    ("hard", None),
    ("depot", None),
];

/// The drug of a line, and what follows it.
struct Split<'a> {
    drug: &'a str,
    rest: &'a str,
    /// Strength as a mass, where it is one mass.
    strength: Option<Amount>,
    /// Piece of the form, where it is counted.
    piece: Option<DoseUnit>,
    /// A form is named.
    form: bool,
}

/// Reads a drug line. `None` where no drug is named.
pub(super) fn read(
    text: &str,
    path: &str,
    locale: Locale,
    problems: &mut Vec<InputProblem>,
) -> Option<MedicationEntry> {
    let text = rejoin_dates(text);
    let mut pieces: Vec<&str> = Vec::with_capacity(8);
    for part in line::parts(&text) {
        split_time(part, &mut pieces);
    }
    let split = split_drug(pieces.first()?)?;
    let mut m = MedicationEntry {
        path: path.to_owned(),
        kind: EntryKind::Listed,
        text: Some(split.drug.to_owned()),
        ..MedicationEntry::default()
    };
    let mut sig_parts: Vec<&str> = Vec::with_capacity(4);
    if !split.rest.is_empty() {
        sig_parts.push(split.rest);
    }
    for part in &pieces[1..] {
        if !about(&mut m, part, locale, path, problems) {
            sig_parts.push(part);
        }
    }
    instruct(&mut m, &sig_parts.join(", "), &split, path, problems);
    check_order(&mut m, path, problems);
    Some(m)
}

/// Reads a drug and an instruction that stand in columns of their own.
pub(super) fn read_columns(
    drug: &str,
    sig: &str,
    path: &str,
    problems: &mut Vec<InputProblem>,
) -> Option<MedicationEntry> {
    let split = split_drug(drug)?;
    let mut m = MedicationEntry {
        path: path.to_owned(),
        text: Some(drug.trim().to_owned()),
        ..MedicationEntry::default()
    };
    let whole = if sig.is_empty() {
        m.text = Some(split.drug.to_owned());
        split.rest
    } else {
        sig
    };
    instruct(&mut m, whole, &split, path, problems);
    Some(m)
}

/// "Nov 2, 2025": the comma belongs to the date.
fn rejoin_dates(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(", 20") && !text.contains(", 19") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(", ") {
        let (head, tail) = (&rest[..at], &rest[at + 2..]);
        let year = tail.len() >= 4
            && tail.as_bytes()[..4].iter().all(u8::is_ascii_digit)
            && !tail.as_bytes().get(4).is_some_and(|b| b.is_ascii_digit() || *b == b'-');
        let mut last = head.rsplit(' ');
        let day = last.next().is_some_and(|d| d.len() <= 4 && d.starts_with(|c: char| c.is_ascii_digit()));
        let month = last.next().is_some_and(|m| m.len() >= 3 && m.chars().all(char::is_alphabetic));
        out.push_str(head);
        out.push_str(if year && day && month { " " } else { ", " });
        rest = tail;
    }
    out.push_str(rest);
    out.into()
}

/// Cuts a part before words about time: "1 three times a day since 2025-11-01".
fn split_time<'a>(part: &'a str, out: &mut Vec<&'a str>) {
    let mut from = 0;
    let mut previous = "";
    for (at, word) in words(part) {
        let lower = word.to_ascii_lowercase();
        let tied = matches!(previous, "last" | "date");
        if at > from && TIME_WORDS.contains(&lower.as_str()) && !tied {
            let after = part[at + word.len()..].trim_start();
            let dated = after.starts_with(|c: char| c.is_ascii_digit())
                || matches!(lower.as_str(), "stopped" | "ended" | "discontinued" | "started")
                || (lower == "last" && (after.starts_with("filled") || after.starts_with("dispensed")))
                || after
                    .split(' ')
                    .next()
                    .is_some_and(|w| date(&format!("{w} 2000"), Locale::Unstated, Edge::First).is_ok());
            if dated {
                out.push(part[from..at].trim());
                from = at;
            }
        }
        previous = if lower == "last" { "last" } else { "" };
    }
    out.push(part[from..].trim());
}

/// Words with their places.
fn words(s: &str) -> impl Iterator<Item = (usize, &str)> {
    s.split([' ', '\t', '\u{a0}'])
        .filter(|w| !w.is_empty())
        .map(move |w| (w.as_ptr() as usize - s.as_ptr() as usize, w))
}

/// Number at the start of a word, and what follows it.
fn leading(word: &str) -> Option<(f64, &str)> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(word.len());
    let digits = &word[..end];
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain = match digits.split_once(',') {
        // 1,000 mg and 2,5 mg.
        Some((a, b)) if b.len() == 3 && !a.starts_with('0') => format!("{a}{b}"),
        Some((a, b)) => format!("{a}.{b}"),
        None => digits.to_owned(),
    };
    plain.parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0).map(|v| (v, &word[end..]))
}

/// Unit of a strength: the mass where it is nothing but a mass.
fn strength_unit(unit: &str) -> Option<Option<DoseUnit>> {
    let u = unit.to_lowercase();
    let u = u.trim_end_matches(['.', ')']);
    Some(match u {
        "mg" | "mgs" | "milligram" | "milligrams" => Some(DoseUnit::Mg),
        "mcg" | "\u{b5}g" | "\u{3bc}g" | "ug" | "microgram" | "micrograms" => Some(DoseUnit::Microgram),
        "g" | "gram" | "grams" => Some(DoseUnit::Gram),
        "%" | "meq" | "mmol" => None,
        _ if u.contains('/')
            && ["mg", "mcg", "\u{b5}g", "\u{3bc}g", "g", "unit", "iu", "microgram", "u/"]
                .iter()
                .any(|p| u.starts_with(p)) =>
        {
            None
        }
        _ => return None,
    })
}

fn split_drug(part: &str) -> Option<Split<'_>> {
    let list: Vec<(usize, &str)> = words(part).collect();
    let first = list.first()?.1;
    if !first.chars().any(char::is_alphabetic) && list.len() < 2 {
        return None;
    }
    let mut out = Split { drug: part.trim(), rest: "", strength: None, piece: None, form: false };
    // A line that begins with a count has no drug in front.
    if leading(first).is_some_and(|(_, tail)| tail.is_empty())
        && !list.get(1).is_some_and(|w| matches!(w.1.to_ascii_lowercase().as_str(), "hr" | "ml" | "hour"))
    {
        return None;
    }
    let mut i = 1;
    let mut strengths = 0;
    while let Some((_, word)) = list.get(i) {
        let lower = word.to_lowercase();
        let bare = lower.trim_end_matches(['.', ':']);
        let starts_number =
            bare.trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit() || c == '.');
        if starts_number {
            let Some(used) = dashed(&list[i..], &list[..i], strengths)
                .or_else(|| strength(&list[i..], &mut out, strengths))
            else {
                break;
            };
            strengths += 1;
            i += used;
        } else if let Some((_, piece)) = FORM_WORDS.iter().find(|(w, _)| *w == bare) {
            // "oral" before a strength may still be part of the drug ("diazepam oral 5 mg").
            out.form = true;
            out.piece = out.piece.or(*piece);
            i += 1;
        } else if strengths == 0
            && bare.len() == 2
            && bare.starts_with('#')
            && bare.ends_with(char::is_numeric)
        {
            // "Tylenol #3": the number of a strength; a quantity ("#30") has more digits, or follows a strength.
            i += 1;
        } else if sig::begins_instruction(bare) {
            break;
        } else if strengths > 0
            && !matches!(bare, "/" | "+" | "and" | "with" | "-")
            && !bare.starts_with(['[', '('])
        {
            // After the strength only a second ingredient or a brand in brackets belongs to the drug.
            let second = list[i..].iter().take(4).any(|w| {
                leading(w.1).is_some() && matches!(list.get(i - 1).map(|p| p.1), Some("/" | "+" | "and"))
            });
            if !second {
                break;
            }
            i += 1;
        } else {
            i += 1;
        }
    }
    if strengths != 1 {
        out.strength = None;
    }
    let end = list.get(i).map_or(part.len(), |w| w.0);
    out.drug = part[..end].trim().trim_end_matches([':', '-']).trim_end();
    out.rest = part[end..].trim();
    out.drug.chars().any(char::is_alphabetic).then_some(out)
}

/// "5-325", "875-125 mg", "25-100": the strengths of a combination, not a range of doses. A range rises, by little, and has a unit; so a falling or
/// steep pair is a strength, and so is one whose name joins two names, or that stands bare before a count or a frequency. What is left
/// ("24-26 mg twice a day") is told apart where the drug is known.
fn dashed(list: &[(usize, &str)], before: &[(usize, &str)], strengths: u32) -> Option<usize> {
    let word = list[0].1.trim_start_matches('(');
    let (first, mut tail) = leading(word)?;
    let mut used = 1;
    // "10 mg-325 mg", "10mg-325mg": the unit of the first number.
    if tail.is_empty() {
        let next = list.get(1).map_or("", |w| w.1);
        if let Some((unit, _)) = next.split_once('-').filter(|(u, _)| strength_unit(u).is_some()) {
            tail = &next[unit.len()..];
            used = 2;
        }
    } else if let Some((unit, _)) = tail.split_once('-').filter(|(u, _)| strength_unit(u).is_some()) {
        tail = &tail[unit.len()..];
    }
    if strengths > 0 || !tail.starts_with('-') || first >= 1900.0 {
        return None;
    }
    let mut numbers = vec![first];
    let mut unit = "";
    while let Some(next) = tail.strip_prefix('-').filter(|t| t.starts_with(|c: char| c.is_ascii_digit())) {
        let (n, rest) = leading(next)?;
        numbers.push(n);
        let end = rest.find('-').unwrap_or(rest.len());
        unit = &rest[..end];
        tail = &rest[end..];
    }
    if numbers.len() < 2 || !tail.is_empty() {
        return None;
    }
    if unit.is_empty()
        && let Some(next) = list.get(used).map(|w| w.1).filter(|w| strength_unit(w).is_some())
    {
        unit = next;
        used += 1;
    }
    let unit = unit.trim_end_matches(')');
    if !unit.is_empty() && strength_unit(unit).is_none() {
        return None;
    }
    let names = before.iter().any(|w| {
        let letters = |t: &str| t.chars().filter(|c| c.is_alphabetic()).count();
        w.1.to_ascii_lowercase().starts_with("co-")
            || w.1.split_once(['-', '/']).is_some_and(|(a, b)| letters(a) >= 4 && letters(b) >= 4)
    });
    let next = list.get(used).map(|w| w.1.to_ascii_lowercase());
    let piece = next.as_deref().is_some_and(|w| FORM_WORDS.iter().any(|(f, p)| *f == w && p.is_some()));
    let falls = numbers.windows(2).any(|w| w[1] < w[0]);
    let steep = numbers.windows(2).any(|w| w[1] > w[0] * 10.0);
    let counted = next.as_deref().is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    let bare = unit.is_empty()
        && first >= 10.0
        && next.as_deref().is_none_or(|w| piece || counted || sig::begins_instruction(w));
    // "1-2 tablets" is a count also where the name joins two.
    let count = unit.is_empty() && first <= 4.0 && numbers[1] <= 8.0 && !falls;
    let strength = numbers.len() > 2 || falls || steep || (names && !count) || bare || (counted && !count);
    strength.then_some(used)
}

/// A strength at the start of `list`: how many words it takes. `None` where the number counts pieces.
fn strength(list: &[(usize, &str)], out: &mut Split<'_>, before: u32) -> Option<usize> {
    let word = list[0].1.trim_start_matches('(');
    let (value, tail) = leading(word)?;
    let (unit, used) = if tail.is_empty() {
        (list.get(1)?.1, 2)
    } else if tail.starts_with('/') && tail[1..].starts_with(|c: char| c.is_ascii_digit()) {
        // 5/325 mg, 30/500: a combination.
        let next = list.get(1).map(|w| w.1);
        let used = if next.is_some_and(|u| strength_unit(u).is_some()) { 2 } else { 1 };
        let whole = tail[1..].chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/')) || used == 1;
        let per_volume =
            strength_unit(tail.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '/' | '.')));
        return (whole && value >= 1.0 && (used == 2 || tail.len() > 2 || per_volume.flatten().is_some()))
            .then_some(used);
    } else if tail.starts_with('-') {
        // 5-10 mg is a range of doses, not a strength.
        return None;
    } else {
        (tail, 1)
    };
    let mass = strength_unit(unit)?;
    // "10 mg / 5 mL", "1 mg / mL".
    let mut used = used;
    let slash = list.get(used).map(|w| w.1);
    let mut single = mass;
    // "2 mg/5 ml".
    if unit.contains('/')
        && unit.ends_with(|c: char| c.is_ascii_digit())
        && list.get(used).is_some_and(|w| w.1.to_lowercase().starts_with("ml"))
    {
        used += 1;
    }
    if slash == Some("/") || slash.is_some_and(|s| s.starts_with("/m") || s.starts_with("/5")) {
        let volume = |w: Option<&(usize, &str)>| w.is_some_and(|w| w.1.to_lowercase().contains("ml"));
        if volume(list.get(used)) {
            used += 1;
            single = None;
        } else if volume(list.get(used + 1)) {
            used += 2;
            single = None;
        } else if volume(list.get(used + 2)) {
            used += 3;
            single = None;
        }
    }
    if before == 0 {
        out.strength = single.map(|u| Amount::exactly(value, u));
    }
    Some(used)
}

/// A part about time, state, supply or reason. `false` where it is none of these.
fn about(
    m: &mut MedicationEntry,
    part: &str,
    locale: Locale,
    path: &str,
    problems: &mut Vec<InputProblem>,
) -> bool {
    let lower = part.to_lowercase();
    let after = |word: &str| -> Option<&str> {
        let rest = lower.strip_prefix(word)?;
        (rest.is_empty() || rest.starts_with([' ', ':']))
            .then(|| part[part.len() - rest.len()..].trim_start_matches([' ', ':']))
    };
    let mut put =
        |slot: &mut Option<posology_model::Date>, text: &str, edge: Edge| match date(text, locale, edge) {
            Ok(read) => {
                *slot = Some(read.date);
                if read.partial {
                    problems.push(InputProblem {
                        kind: ProblemKind::Repaired,
                        path: path.to_owned(),
                        message: format!("\"{}\" names no day; {} is used", short(text), read.date),
                        remedy: "write the full date, for example 2025-11-01, where it is known".into(),
                    });
                }
            }
            Err((message, remedy)) => {
                problems.push(InputProblem {
                    kind: ProblemKind::InvalidValue,
                    path: path.to_owned(),
                    message,
                    remedy: remedy.into(),
                });
            }
        };
    for word in [
        "last filled on",
        "last filled",
        "last dispensed",
        "filled on",
        "filled",
        "dispensed on",
        "dispensed",
    ] {
        if let Some(d) = after(word) {
            put(&mut m.written, d, Edge::First);
            return true;
        }
    }
    for word in ["started on", "starting on", "start date", "since", "started", "starting", "start", "from"] {
        if let Some(d) = after(word).filter(|d| !d.is_empty()) {
            put(&mut m.start, d, Edge::First);
            return true;
        }
    }
    for word in ["stopped on", "stopped", "discontinued on", "discontinued", "ended on", "ended", "finished"]
    {
        if let Some(d) = after(word) {
            m.status = Status::Stopped;
            if !d.is_empty() {
                put(&mut m.end, d, Edge::Last);
            }
            return true;
        }
    }
    for word in ["until", "till", "end date", "end", "through"] {
        if let Some(d) = after(word)
            .filter(|d| d.starts_with(|c: char| c.is_ascii_digit()) || date(d, locale, Edge::Last).is_ok())
        {
            put(&mut m.end, d, Edge::Last);
            return true;
        }
    }
    if let Some(reason) = after("for") {
        let first = reason.split(' ').next().unwrap_or("");
        let length = sig::begins_instruction(first)
            || matches!(first.to_lowercase().as_str(), "a" | "an" | "the" | "up" | "x" | "");
        if !length {
            m.reasons.push(Reason { codings: Vec::new(), text: Some(reason.to_owned()) });
            return true;
        }
    }
    state(m, &lower) || supply(m, part, &lower)
}

fn state(m: &mut MedicationEntry, lower: &str) -> bool {
    m.status = match lower {
        "active" | "current" => Status::Active,
        "on hold" | "held" | "paused" => Status::OnHold,
        "completed" | "course completed" => Status::Completed,
        "not taking" | "not taken" | "never taken" => Status::NotTaken,
        "cancelled" | "canceled" => Status::Cancelled,
        "planned" => Status::Intended,
        _ => return false,
    };
    true
}

fn supply(m: &mut MedicationEntry, part: &str, lower: &str) -> bool {
    let list: Vec<&str> = lower.split([' ', ':', '-']).filter(|w| !w.is_empty()).collect();
    let num = |s: &str| {
        s.trim_start_matches('#')
            .parse::<f64>()
            .ok()
            .filter(|v| v.is_finite() && (0.0..=100_000.0).contains(v))
    };
    match list[..] {
        [n, "day" | "days", "supply"] | ["days", "supply", n] | ["supply", n, "days"] if num(n).is_some() => {
            m.days_supply = num(n)
        }
        ["qty" | "quantity" | "disp" | "dispense", n, ..] if num(n).is_some() && list.len() <= 3 => {
            m.quantity = num(n)
        }
        [n] if n.starts_with('#') && num(n).is_some() => m.quantity = num(n),
        ["refills" | "refill" | "repeats", n] | [n, "refills" | "refill" | "repeats"] if num(n).is_some() => {
            m.refills = num(n).map(|v| v as u32);
        }
        ["prescriber" | "prescribed", ..] => {
            let who = part.split_once([' ', ':']).map_or("", |p| p.1).trim().trim_start_matches("by ").trim();
            m.prescriber = (!who.is_empty()).then(|| who.to_owned());
        }
        ["rxnorm" | "rxcui", code] => m.codings.push(coding(CodeSystem::RxNorm, code)),
        ["ndc", ..] => m.codings.push(coding(CodeSystem::Ndc, part[3..].trim_start_matches([' ', ':']))),
        ["atc", code] => m.codings.push(coding(CodeSystem::Atc, &code.to_uppercase())),
        ["snomed", code] => m.codings.push(coding(CodeSystem::Snomed, code)),
        ["dmd" | "dm+d", code] => m.codings.push(coding(CodeSystem::Dmd, code)),
        _ => return false,
    }
    true
}

fn coding(system: CodeSystem, code: &str) -> Coding {
    Coding { system, code: code.to_owned(), display: None }
}

/// Reads the instruction, and completes it from the drug part where it names no amount.
fn instruct(
    m: &mut MedicationEntry,
    sig: &str,
    split: &Split<'_>,
    path: &str,
    problems: &mut Vec<InputProblem>,
) {
    let mut dosing = Vec::new();
    if !sig.is_empty() {
        let (read, reason) = sig::read_with_reason(sig);
        dosing = read;
        if let Some(r) = reason
            && !m.reasons.iter().any(|x| x.text.as_deref() == Some(r.as_str()))
        {
            m.reasons.push(Reason { codings: Vec::new(), text: Some(r) });
        }
        if let Some(d) = dosing.iter().find(|d| d.confidence == ReadConfidence::Low) {
            problems.push(InputProblem {
                kind: ProblemKind::NotUnderstood,
                path: path.to_owned(),
                message: format!(
                    "the instruction \"{}\" was not understood (\"{}\"): the dose is taken as unknown",
                    short(sig),
                    short(d.not_understood.as_deref().unwrap_or(sig))
                ),
                remedy: "write amount and frequency in usual words, for example \"1 tablet twice a day\""
                    .into(),
            });
        }
    } else if split.strength.is_some() && !split.form {
        dosing.push(Dosing { confidence: ReadConfidence::High, ..Dosing::default() });
    }
    for d in dosing.iter_mut().filter(|d| d.confidence > ReadConfidence::Low && d.amounts.is_empty()) {
        let said = d.frequency.is_some() || d.as_needed || d.once || sig.is_empty();
        let (amounts, note) = match (split.piece, split.strength, split.form) {
            (Some(piece), strength, _) => {
                let mut a = vec![Amount::exactly(1.0, piece)];
                a.extend(strength);
                (a, "no number of pieces is named: one at a time is read")
            }
            (None, Some(strength), false) => {
                (vec![strength], "the strength beside the name is read as the dose")
            }
            _ => continue,
        };
        if said {
            d.amounts = amounts;
            d.confidence = d.confidence.min(ReadConfidence::Medium);
            d.assumed.push(note.to_owned());
        }
    }
    m.start = m.start.or(dosing.iter().filter_map(|d| d.start).min());
    m.end = m.end.or(dosing.iter().filter_map(|d| d.end).max());
    m.dosing = dosing;
}

/// An end before the start: both are left out, because which is wrong is not known.
fn check_order(m: &mut MedicationEntry, path: &str, problems: &mut Vec<InputProblem>) {
    if let (Some(s), Some(e)) = (m.start, m.end)
        && e < s
    {
        m.start = None;
        m.end = None;
        problems.push(InputProblem {
            kind: ProblemKind::InvalidValue,
            path: path.to_owned(),
            message: format!("the end {e} is before the start {s}; both were left out"),
            remedy: "correct the dates".into(),
        });
    }
}
