//! `posology follow-up`: when to look again, and at what.
use super::common::{Answer, Country, date, json};
use super::leaflet::{one_record, read_plan};
use crate::base;
use crate::clock::today;
use crate::failure::Failure;
use crate::orders;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use posology_knowledge::{ResolveOptions, resolve};
use posology_papers::{follow_up_text, looks, to_calendar, to_tasks};
use posology_review::{Settings, review};
use std::path::PathBuf;

/// Form of the follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FollowUpForm {
    /// For people
    Text,
    /// A FHIR R4 Bundle of draft Tasks
    Fhir,
    /// For a calendar program
    Ics,
}

const EXAMPLES: &str = "\
Examples:
  posology follow-up --record examples/list.txt --as-of 2026-11-24
  posology follow-up --record record.json --order \"diazepam 5 mg twice a day for anxiety\" --format fhir
  posology follow-up --record record.json --plan plan.json --format ics > follow-up.ics";

/// Arguments of `posology follow-up`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct FollowUpArgs {
    /// The patient's record: FHIR R4, a plain list, a table; - is standard input
    #[arg(long, value_name = "FILE")]
    pub record: PathBuf,
    /// A plan of `posology taper --format json`
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// A proposed start or change
    #[arg(long, value_name = "TEXT")]
    pub order: Vec<String>,
    /// A proposed stop: the name of a drug
    #[arg(long, value_name = "NAME")]
    pub stop: Vec<String>,
    /// Form
    #[arg(long, value_enum, default_value = "text")]
    pub format: FollowUpForm,
    /// Date of the review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
}

/// Lists the follow-up.
///
/// # Errors
/// The record or the plan cannot be read.
pub fn run(args: &FollowUpArgs) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let as_of = args.as_of.unwrap_or_else(today);
    let settings = Settings { as_of, jurisdiction: args.jurisdiction.into(), suppressions: Vec::new() };
    let plan = args.plan.as_deref().map(read_plan).transpose()?;
    let mut case = one_record(&args.record)?.case;
    case.orders.extend(args.order.iter().map(|t| orders::start(t)));
    case.orders.extend(args.stop.iter().map(|t| orders::stop(t)));
    let resolved = resolve(&case, &kb, ResolveOptions { rxnorm: None });
    let found = looks(&kb, &review(&resolved, &kb, &settings).follow_up, plan.as_ref());
    let patient = resolved
        .id
        .as_ref()
        .map_or_else(String::new, |id| format!("Patient/{}", id.trim_start_matches("Patient/")));
    let text = match args.format {
        FollowUpForm::Text => follow_up_text(&kb, &found, as_of),
        FollowUpForm::Fhir => json(&to_tasks(&kb, &found, as_of, &patient))?,
        FollowUpForm::Ics => to_calendar(&kb, &found, as_of, &patient),
    };
    Ok(Answer::new(text))
}
