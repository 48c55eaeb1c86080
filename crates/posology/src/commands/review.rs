//! `posology review`: a record goes in, a ranked and cited review comes out.
use super::common::{Answer, Country, date, json, severity};
use super::each_change;
use crate::base::{self, Base};
use crate::clock::today;
use crate::failure::Failure;
use crate::input::{self, Dates, How, InputFormat, Record};
use crate::orders;
use crate::render::{html, text};
use crate::report::{Output, PatientRef, PatientReview};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use posology_knowledge::rrf::RxNormFiles;
use posology_knowledge::{ResolveOptions, resolve};
use posology_model::{Case, Severity};
use posology_review::{Settings, Suppression, fingerprints, review};
use std::path::{Path, PathBuf};

/// Form of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewForm {
    /// For people, on a terminal
    Text,
    /// For programs; `posology schema` describes it
    Json,
    /// One self-contained page
    Html,
}

const EXAMPLES: &str = "\
Examples:
  A record with a proposed order, at a stated date:
    posology review examples/diazepam-67f.json --as-of 2026-11-24 \\
      --order \"diazepam 20 mg tablet three times a day for social anxiety\"
  A plain list, one drug a line, and what happens if fluvoxamine is stopped:
    posology review examples/list.txt --stop fluvoxamine
  A list typed by hand:
    printf 'age: 70\\ndiazepam 5 mg tablet, 1 three times a day\\n' | posology review -
  A FHIR bulk export, one page for all patients:
    posology review export/ --as-of 2026-11-24 --format html > reviews.html
  How findings came and went as the medication changed:
    posology review record.json --each-change
  In a pipeline: exit status 1 where anything serious is found:
    posology review record.json --format json --fail-on serious

Exit status: 0 the review was made; 1 a finding is as grave as --fail-on says; 2 the input, or a part of it, could not be used.";

/// Arguments of `posology review`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReviewArgs {
    /// FHIR R4 JSON or NDJSON, a folder of a bulk export, a plain list, a CSV table; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Date of the review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Review at every start, stop and change of a medication up to that date
    #[arg(long, conflicts_with_all = ["order", "stop", "drafts"])]
    pub each_change: bool,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
    /// A proposed start or change: drug, strength, form, instructions, reason; repeat for several
    #[arg(long, value_name = "TEXT")]
    pub order: Vec<String>,
    /// A proposed stop: the name of a drug; repeat for several
    #[arg(long, value_name = "NAME")]
    pub stop: Vec<String>,
    /// Take drafts and proposals in the record as proposed orders
    #[arg(long)]
    pub drafts: bool,
    /// Form of the review
    #[arg(long, value_enum, default_value = "text")]
    pub format: ReviewForm,
    /// Exit with status 1 where a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    pub fail_on: Option<Severity>,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Your own RxNorm release, for codes that are not built in: the folder with RXNCONSO.RRF
    #[arg(long, value_name = "DIR")]
    pub rxnorm: Option<PathBuf>,
    /// Findings that a clinician knows and accepts: a JSON list of {rule, fingerprint, until, reason}
    #[arg(long, value_name = "FILE")]
    pub suppress: Option<PathBuf>,
    /// Whole details, why each drug counts as taken, fingerprints for --suppress, figures as printed
    #[arg(long)]
    pub explain: bool,
    /// Only this patient
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    /// What the input is, where guessing it goes wrong
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input: Option<InputFormat>,
    /// How a list or table writes dates such as 03/04/2025; without it they are reported, not guessed
    #[arg(long, value_enum, value_name = "ORDER")]
    pub dates: Option<Dates>,
}

/// Reviews.
///
/// # Errors
/// Nothing could be reviewed.
pub fn run(args: &ReviewArgs, width: usize) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let rxnorm = args.rxnorm.as_deref().map(base::rxnorm).transpose()?;
    let settings = Settings {
        as_of: args.as_of.unwrap_or_else(today),
        jurisdiction: args.jurisdiction.into(),
        suppressions: args.suppress.as_deref().map(suppressions).transpose()?.unwrap_or_default(),
    };
    let read = input::read(&args.files, How { format: args.input, dates: args.dates });
    let mut failures = read.failures;
    let records = match pick(read.list, args.patient.as_deref()) {
        Ok(r) => r,
        Err(f) if failures.is_empty() => return Err(f),
        Err(_) => Vec::new(),
    };
    if records.is_empty() {
        return Ok(Answer { failures, ..Answer::new(String::new()) });
    }
    if records.len() > 1 && !(args.order.is_empty() && args.stop.is_empty()) {
        return Err(Failure::new(format!(
            "--order and --stop need one patient; the input has {}",
            records.len()
        ))
        .help(format!("Choose one with --patient ID: {}.", some_ids(&records))));
    }
    if args.each_change {
        let answer = each_change::run(args, &records, &kb, rxnorm.as_ref(), &settings, width)?;
        return Ok(Answer { failures, ..answer });
    }
    let mut reviews = Vec::with_capacity(records.len());
    for Record { from, mut case } in records {
        if args.drafts {
            orders::from_drafts(&mut case);
        }
        case.orders.extend(args.order.iter().map(|t| orders::start(t)));
        case.orders.extend(args.stop.iter().map(|t| orders::stop(t)));
        let one = one(&case, &from, &kb, rxnorm.as_ref(), &settings, args.explain);
        for o in &one.orders_not_recognised {
            failures.push(
                Failure::new(format!(
                    "the order \"{o}\" names no drug that the knowledge holds, so it was not reviewed"
                ))
                .help("Check the spelling; `posology drug NAME` says whether a drug is known."),
            );
        }
        reviews.push(one);
    }
    let met = args
        .fail_on
        .is_some_and(|least| reviews.iter().flat_map(|r| &r.review.findings).any(|f| f.severity >= least));
    let text = match args.format {
        ReviewForm::Json => match reviews.as_slice() {
            [one] => json(&Output::One(one))?,
            many => json(&Output::Several(many))?,
        },
        ReviewForm::Html => html::page(&reviews, &kb),
        ReviewForm::Text => {
            let options = text::Options { width, explain: args.explain };
            let rule = format!("\n{}\n\n", "─".repeat(width));
            reviews.iter().map(|r| text::review(r, &kb, options)).collect::<Vec<_>>().join(&rule)
        }
    };
    Ok(Answer { failures, met, ..Answer::new(text) })
}

/// Reviews one case at the date of the settings.
pub fn one(
    case: &Case,
    from: &str,
    kb: &Base,
    rxnorm: Option<&RxNormFiles>,
    settings: &Settings,
    explain: bool,
) -> PatientReview {
    let resolved = resolve(case, kb, ResolveOptions { rxnorm });
    let review = review(&resolved, kb, settings);
    let fingerprints = if explain { fingerprints(&review, &resolved, kb, settings) } else { Vec::new() };
    PatientReview {
        patient: PatientRef::new(&resolved, settings.as_of, from),
        fingerprints,
        orders_not_recognised: resolved.orders_not_recognised(case),
        review,
    }
}

/// The patient asked for, or everybody.
fn pick(records: Vec<Record>, patient: Option<&str>) -> Result<Vec<Record>, Failure> {
    let Some(wanted) = patient else {
        return if records.is_empty() {
            Err(Failure::new("the input holds no patient's record"))
        } else {
            Ok(records)
        };
    };
    let bare = wanted.strip_prefix("Patient/").unwrap_or(wanted);
    let ids = some_ids(&records);
    let found: Vec<Record> = records
        .into_iter()
        .filter(|r| r.case.patient.id.as_deref().is_some_and(|i| i == bare || i == wanted))
        .collect();
    if found.is_empty() {
        return Err(Failure::new(format!("no patient of the input has the id \"{wanted}\""))
            .help(format!("There are: {ids}.")));
    }
    Ok(found)
}

fn some_ids(records: &[Record]) -> String {
    const SHOWN: usize = 8;
    let mut ids: Vec<&str> =
        records.iter().filter_map(|r| r.case.patient.id.as_deref()).take(SHOWN).collect();
    if ids.is_empty() {
        return "no patient with an id".to_owned();
    }
    if records.len() > SHOWN {
        ids.push("...");
    }
    ids.join(", ")
}

fn suppressions(path: &Path) -> Result<Vec<Suppression>, Failure> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|e| Failure::new(format!("{name}: the file cannot be read ({e})")))?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let start: usize = bytes.split_inclusive(|b| *b == b'\n').take(e.line().saturating_sub(1)).map(<[u8]>::len).sum();
        let at = start + e.column().saturating_sub(1);
        let said = e.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said).to_owned();
        Failure::new(format!("{name}, line {}: the suppressions cannot be read ({what})", e.line()))
            .help("It is a JSON list of {\"rule\", \"fingerprint\", \"until\": \"2027-01-31\", \"reason\"}; --explain prints fingerprints.")
            .at(&name, &bytes, (at, at + 1), "here")
    })
}
