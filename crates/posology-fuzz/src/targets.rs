//! What is fuzzed: bytes in, what is broken out.
use crate::{invariants, seeds, words};
use posology_interop::fhir::{ReadOptions, read_case, write};
use posology_interop::list::{Locale, read_csv, read_list, read_order};
use posology_interop::sig;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{Corpus, KnowledgeBase, KnowledgeText, ResolveOptions, lint, resolve};
use posology_model::{Amount, Case, Date, Dosing, ReadConfidence, Review};
use posology_review::{RULES, Settings, review};

/// What an input showed: hashes of the kinds of answers. An input that shows something new is kept.
pub type Shown = Vec<u64>;

/// One thing to fuzz.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name; also that of its corpus folder.
    pub name: &'static str,
    /// What the input shows.
    ///
    /// # Errors
    /// What is broken, in words.
    pub check: fn(&[u8]) -> Result<Shown, String>,
    /// What inputs are made from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of the format.
    pub words: &'static [&'static str],
    /// Longest input that is made, bytes.
    pub longest: usize,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "fhir",
        check: fhir,
        seeds: || seeds::contents(&["fixtures/fhir", "examples"], &["json", "ndjson"]),
        words: words::FHIR,
        longest: 16000,
    },
    Target { name: "sig", check: sig_text, seeds: seeds::sigs, words: words::SIG, longest: 400 },
    Target {
        name: "list",
        check: list,
        seeds: || seeds::contents(&["fixtures/lists", "fixtures/patients", "examples"], &["txt"]),
        words: words::LIST,
        longest: 1_500,
    },
    Target {
        name: "csv",
        check: csv,
        seeds: || {
            let mut out = seeds::contents(&["fixtures", "examples"], &["csv"]);
            out.push(b"patient;drug;sig;start;end;status;days supply;quantity\n1;diazepam 5 mg tablet;1 bd;2026-01-01;;active;30;60\n".to_vec());
            out.push(b"drug\tcode\tage\tsex\nlorazepam 1 mg\t197901\t70\tF\n".to_vec());
            out
        },
        words: words::CSV,
        longest: 3000,
    },
    Target { name: "toml", check: toml, seeds: seeds::knowledge, words: words::TOML, longest: 14_000 },
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.name == name)
}

/// A hash that is the same on every machine (FNV-1a).
pub fn hash(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|p| p.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Date and jurisdiction by the input: mostly today's, sometimes the ends of the calendar.
fn settings(bytes: &[u8]) -> Settings {
    let day = match bytes.len() % 16 {
        3 => Date::MIN,
        7 => Date::MAX,
        _ => Date::constant(2026, 11, 24),
    };
    let jurisdiction = if bytes.len() % 3 == 0 { Jurisdiction::Uk } else { Jurisdiction::Us };
    Settings { jurisdiction, ..Settings::at(day) }
}

/// Resolves and reviews; what is broken, or what was shown.
fn judged(case: &Case, kb: &KnowledgeBase, settings: &Settings, shown: &mut Shown) -> Result<Review, String> {
    let resolved = resolve(case, kb, ResolveOptions::default());
    let answer = review(&resolved, kb, settings);
    let broken = invariants::broken(&answer, kb);
    if let Some(first) = broken.first() {
        return Err(format!("{first} (of {})", broken.len()));
    }
    if resolved.entries_resolved < resolved.entries && answer.not_assessed.is_empty() {
        return Err("a drug that was not recognised is not named".into());
    }
    shown.extend(answer.findings.iter().map(|f| hash(&["finding", &f.rule, f.severity.as_str()])));
    shown.extend(answer.silenced.iter().map(|s| hash(&["silenced", &s.rule])));
    // The first words say the kind of gap; the rest quotes the record.
    shown.extend(
        answer.not_assessed.iter().filter(|n| plain(&n.why)).map(|n| hash(&["gap", first_words(&n.why)])),
    );
    shown.extend(resolved.problems.iter().map(|p| hash(&["problem", &format!("{:?}", p.kind), &p.remedy])));
    Ok(answer)
}

/// Words of ours only: no name, figure or quotation of the input.
fn plain(text: &str) -> bool {
    first_words(text).chars().all(|c| c.is_ascii_lowercase() || c == ' ')
}

fn first_words(text: &str) -> &str {
    let end = text.match_indices(' ').nth(1).map_or(text.len(), |(i, _)| i);
    &text[..end]
}

/// FHIR to a review, and the review to FHIR.
fn fhir(bytes: &[u8]) -> Result<Shown, String> {
    let mut shown = Shown::new();
    let options = ReadOptions { name: "input".into(), keep_going: bytes.len() % 2 == 0 };
    let cases = match read_case(bytes, &options) {
        Ok(cases) => cases,
        Err(e) => {
            let text = e.to_string();
            if text.trim().is_empty() || e.line == 0 || e.offset > bytes.len() {
                return Err(format!("an error that points nowhere: {e:?}"));
            }
            return Ok(vec![hash(&["error", &format!("{:?}", e.kind), first_words(&text)])]);
        }
    };
    let kb = posology_corpus::builtin();
    for case in &cases {
        let there = serde_json::to_value(case).map_err(|e| format!("the case has no JSON: {e}"))?;
        let back: Case = serde_json::from_str(&there.to_string())
            .map_err(|e| format!("the case does not read back: {e}"))?;
        if !serde_json::to_value(&back).is_ok_and(|back| invariants::same(&back, &there)) {
            return Err("the case read back differs".into());
        }
        let answer = judged(case, kb, &settings(bytes), &mut shown)?;
        let bundle = write::review_to_bundle(&answer, case.patient.id.as_deref().unwrap_or_default());
        if bundle.get("resourceType").and_then(serde_json::Value::as_str) != Some("Bundle") {
            return Err("the review is no Bundle".into());
        }
    }
    Ok(shown)
}

fn amount(a: &Amount, what: &str) -> Result<(), String> {
    if a.low.is_finite() && a.high.is_finite() && 0.0 <= a.low && a.low <= a.high {
        return Ok(());
    }
    Err(format!("{what} is {} to {} {}", a.low, a.high, a.unit))
}

/// What holds of every reading of an instruction.
///
/// # Errors
/// What is broken.
pub fn sound(d: &Dosing) -> Result<(), String> {
    for a in &d.amounts {
        amount(a, "the amount")?;
    }
    if let Some(m) = &d.max_per_day {
        amount(m, "the most a day")?;
    }
    if let Some(f) = &d.frequency {
        let all = [f.times_low, f.times_high, f.per_hours_low, f.per_hours_high];
        let ordered = 0.0 <= f.times_low
            && f.times_low <= f.times_high
            && 0.0 < f.per_hours_low
            && f.per_hours_low <= f.per_hours_high;
        if !all.iter().all(|x| x.is_finite()) || !ordered || f.doses_per_day().is_none() {
            return Err(format!("the frequency is {f:?}"));
        }
    }
    for (x, what) in [(d.max_doses_per_day, "the most doses a day"), (d.duration_days, "the duration")] {
        if x.is_some_and(|x| !x.is_finite() || x < 0.0) {
            return Err(format!("{what} is {x:?}"));
        }
    }
    let numbers = !d.amounts.is_empty()
        || d.frequency.is_some()
        || d.max_per_day.is_some()
        || d.max_doses_per_day.is_some()
        || d.duration_days.is_some();
    if d.confidence == ReadConfidence::Low && numbers {
        return Err(format!("a reading of low confidence carries numbers: {d:?}"));
    }
    Ok(())
}

fn sig_text(bytes: &[u8]) -> Result<Shown, String> {
    let text = String::from_utf8_lossy(bytes);
    let one = sig::read(&text);
    sound(&one)?;
    let (all, _) = sig::read_with_reason(&text);
    if all.is_empty() {
        return Err("no reading at all".into());
    }
    all.iter().try_for_each(sound)?;
    if one != sig::read(&text) {
        return Err("two readings differ".into());
    }
    let shape = |d: &Dosing| {
        let assumed = d.assumed.first().filter(|a| plain(a)).map_or("", |a| first_words(a));
        hash(&[
            &format!(
                "{:?} {} {} {:?} {:?} {}",
                d.confidence,
                d.amounts.len(),
                d.frequency.is_some(),
                d.route,
                d.sequence,
                d.once
            ),
            &format!(
                "{} {} {} {:?}",
                d.as_needed,
                d.max_per_day.is_some(),
                d.duration_days.is_some(),
                d.amounts.first().map(|a| a.unit)
            ),
            assumed,
        ])
    };
    Ok(all.iter().map(shape).collect())
}

/// A list; its last line is also read as a proposed order.
fn list(bytes: &[u8]) -> Result<Shown, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = Shown::new();
    let mut case = read_list(&text);
    for d in case.medications.iter().flat_map(|m| &m.dosing) {
        sound(d)?;
    }
    let (kb, settings) = (posology_corpus::builtin(), settings(bytes));
    judged(&case, kb, &settings, &mut shown)?;
    if let Some(last) = text.lines().next_back().filter(|l| l.len() < 4_000) {
        case.orders.push(read_order(last));
        judged(&case, kb, &settings, &mut shown)?;
    }
    Ok(shown)
}

fn csv(bytes: &[u8]) -> Result<Shown, String> {
    let text = String::from_utf8_lossy(bytes);
    let locale = if bytes.len() % 2 == 0 { Locale::Unstated } else { Locale::DayFirst };
    let cases = match read_csv(&text, locale) {
        Ok(cases) => cases,
        Err(e) => return Ok(vec![hash(&["error", first_words(&e.to_string())])]),
    };
    let mut shown = Shown::new();
    for case in &cases {
        judged(case, posology_corpus::builtin(), &settings(bytes), &mut shown)?;
    }
    Ok(shown)
}

/// A knowledge file, its path in a comment on the first line: read, linted, indexed and used in a review.
fn toml(bytes: &[u8]) -> Result<Shown, String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let named = text
        .lines()
        .next()
        .and_then(|l| l.strip_prefix("# "))
        .map(str::trim)
        .filter(|p| p.ends_with(".toml"));
    let path = named.unwrap_or("substances/input.toml").to_owned();
    let lines = text.split('\n').count();
    // A folder that the knowledge has; any other is one kind.
    let kind = path.split('/').next().filter(|k| words::FOLDERS.contains(k)).unwrap_or("other").to_owned();
    let kind = kind.as_str();
    let files =
        vec![KnowledgeText { path: "VERSION".into(), text: "1".into() }, KnowledgeText { path, text }];
    let (corpus, read) = Corpus::read(&files);
    let rules: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    let linted = lint::check(&corpus, &files, &rules);
    let mut shown = Shown::new();
    for d in read.iter().chain(&linted) {
        if d.message.trim().is_empty() || d.help.trim().is_empty() || d.file.is_empty() {
            return Err(format!("a diagnostic without message, help or file: {d:?}"));
        }
        if d.file == files[1].path && d.line > lines {
            return Err(format!("a diagnostic points at line {} of {lines}", d.line));
        }
        let words = if plain(&d.message) { first_words(&d.message) } else { "" };
        shown.push(hash(&["lint", d.lint, words, kind]));
    }
    let kb = KnowledgeBase::new(corpus);
    let case = read_list(
        "patient: woman, 67 years\ndiazepam 5 mg tablet, 1 three times a day, since 2025-11-01, for anxiety\noxycodone 10 mg, qid\n",
    );
    judged(&case, &kb, &settings(bytes), &mut shown)?;
    Ok(shown)
}
