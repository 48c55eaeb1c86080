//! `posology leaflet`: what a patient takes home.
use super::common::{Answer, Country, date};
use crate::base;
use crate::clock::today;
use crate::failure::Failure;
use crate::input::{self, How, Record};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use posology_knowledge::{ResolveOptions, resolve};
use posology_papers::{
    Desk, Document, Language, LeafletRequest, Plan, leaflet, to_html, to_markdown, to_pdf,
};
use posology_review::Settings;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Form of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaperForm {
    /// Tagged PDF (PDF/UA-1)
    Pdf,
    /// One self-contained page
    Html,
    /// Markdown
    Md,
}

/// Language of a leaflet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageArg {
    /// English
    En,
    /// Spanish; the text says that it awaits a qualified translator
    Es,
}

const EXAMPLES: &str = "\
Examples:
  posology leaflet diazepam --format md
  posology leaflet diazepam --record examples/list.txt --language es --format html > leaflet.html
  posology taper --record record.json --drug diazepam --format json > plan.json
  posology leaflet diazepam --record record.json --plan plan.json --prescriber \"Dr. A. Name\" --prescriber-phone 555-0100 \\
    --out leaflet.pdf

A leaflet is a draft, and says so on each page, until --approved-by names the clinician who checked this very text. What is not known is
a gap to fill in, never a guess.";

/// Arguments of `posology leaflet`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct LeafletArgs {
    /// Name, brand or id of a drug
    #[arg(required = true, num_args = 1.., value_name = "NAME")]
    pub name: Vec<String>,
    /// The patient's record: FHIR R4, a plain list, a table; - is standard input
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// A plan of `posology taper --format json`
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Language
    #[arg(long, value_enum, default_value = "en")]
    pub language: LanguageArg,
    /// Form
    #[arg(long, value_enum, default_value = "pdf")]
    pub format: PaperForm,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Date that it holds for [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose labels and numbers hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
    /// The clinician who checked this text; without it the leaflet stays a draft
    #[arg(long, value_name = "NAME")]
    pub approved_by: Option<String>,
    /// Whom it is for
    #[arg(long, value_name = "NAME")]
    pub patient: Option<String>,
    /// Prescriber
    #[arg(long, value_name = "NAME")]
    pub prescriber: Option<String>,
    /// Number of the prescriber
    #[arg(long, value_name = "NUMBER")]
    pub prescriber_phone: Option<String>,
    /// Pharmacy
    #[arg(long, value_name = "NAME")]
    pub pharmacy: Option<String>,
    /// Number of the pharmacy
    #[arg(long, value_name = "NUMBER")]
    pub pharmacy_phone: Option<String>,
    /// Number at night and on days off
    #[arg(long, value_name = "NUMBER")]
    pub out_of_hours: Option<String>,
    /// Version of the plan that this one replaces
    #[arg(long, value_name = "VERSION")]
    pub supersedes: Option<String>,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
}

/// Makes a leaflet.
///
/// # Errors
/// An unknown drug, a record or plan that cannot be read, a plan of another drug.
pub fn run(args: &LeafletArgs) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let name = args.name.join(" ");
    let (drug, how) = super::drug::find(&kb, &name).ok_or_else(|| super::drug::unknown(&name, &kb))?;
    let settings = Settings {
        as_of: args.as_of.unwrap_or_else(today),
        jurisdiction: args.jurisdiction.into(),
        suppressions: Vec::new(),
    };
    let record = args.record.as_deref().map(one_record).transpose()?;
    let case = record.map(|r| resolve(&r.case, &kb, ResolveOptions { rxnorm: None }));
    let plan = args.plan.as_deref().map(read_plan).transpose()?;
    let desk = Desk {
        patient: args.patient.clone(),
        prescriber: args.prescriber.clone(),
        prescriber_phone: args.prescriber_phone.clone(),
        pharmacy: args.pharmacy.clone(),
        pharmacy_phone: args.pharmacy_phone.clone(),
        out_of_hours: args.out_of_hours.clone(),
        approved_by: args.approved_by.clone(),
        supersedes: args.supersedes.clone(),
    };
    let language = match args.language {
        LanguageArg::En => Language::En,
        LanguageArg::Es => Language::Es,
    };
    let request = LeafletRequest {
        drug,
        case: case.as_ref(),
        plan: plan.as_ref(),
        language,
        settings: &settings,
        desk: &desk,
    };
    let document = leaflet(&kb, &request).map_err(|e| {
        Failure::new(e.to_string())
            .help("Give the plan that `posology taper --format json` made for this drug.")
    })?;
    let mut answer = print(&document, args.format, args.out.as_deref())?;
    if let posology_knowledge::NameMatch::Corrected(_) = how {
        answer.notes.push(format!(
            "\"{name}\" was read as {}: check that this is the drug meant",
            kb.substance(drug).name
        ));
    }
    let gaps = document.gaps();
    if !gaps.is_empty() {
        answer.notes.push(format!("{} gap(s) to fill in: {}", gaps.len(), gaps.join("; ")));
    }
    if document.mark.is_some() {
        answer.notes.push("it is a draft until --approved-by names the clinician who checked it".to_owned());
    }
    Ok(answer)
}

/// The only record of a file.
///
/// # Errors
/// The file cannot be read, or holds no patient, or several.
pub fn one_record(path: &Path) -> Result<Record, Failure> {
    let read = input::read(&[path.to_path_buf()], How::default());
    if let Some(f) = read.failures.into_iter().next() {
        return Err(f);
    }
    let mut list = read.list;
    match (list.pop(), list.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Failure::new(format!("{}: it holds no patient's record", path.display()))),
        (Some(_), false) => {
            Err(Failure::new(format!("{}: it holds {} patients", path.display(), list.len() + 1))
                .help("Give the record of one patient: a paper is for one person."))
        }
    }
}

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, or contradicts itself.
pub fn read_plan(path: &Path) -> Result<Plan, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::new(format!("{name}: the file cannot be read ({e})")))?;
    Plan::read(&text).map_err(|e| {
        Failure::new(format!("{name}: {e}"))
            .help("Make it anew with `posology taper --format json`; do not edit it by hand.")
    })
}

/// Prints a paper to a file or standard output.
///
/// # Errors
/// The file cannot be written, or a PDF would go to a terminal.
pub fn print(d: &Document, form: PaperForm, out: Option<&Path>) -> Result<Answer, Failure> {
    let bytes = match form {
        PaperForm::Html => to_html(d).into_bytes(),
        PaperForm::Md => to_markdown(d).into_bytes(),
        PaperForm::Pdf => to_pdf(d).map_err(|e| Failure::new(e.to_string()))?,
    };
    if let Some(path) = out {
        std::fs::write(path, bytes)
            .map_err(|e| Failure::new(format!("{}: the file cannot be written ({e})", path.display())))?;
        return Ok(Answer::new(String::new()));
    }
    if form != PaperForm::Pdf {
        return Ok(Answer::new(String::from_utf8_lossy(&bytes).into_owned()));
    }
    let mut stdout = std::io::stdout().lock();
    if stdout.is_terminal() {
        return Err(
            Failure::new("a PDF is not for a terminal").help("Give --out FILE, or choose --format md.")
        );
    }
    match stdout.write_all(&bytes).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the paper cannot be written ({e})")))
        }
        _ => Ok(Answer::new(String::new())),
    }
}
