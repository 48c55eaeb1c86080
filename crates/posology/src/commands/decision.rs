//! `posology decision`: one page for a shared decision.
use super::common::{Answer, Country, date};
use super::leaflet::{PaperForm, one_record, print};
use crate::base;
use crate::clock::today;
use crate::failure::Failure;
use crate::orders;
use clap::Args;
use jiff::civil::Date;
use posology_knowledge::{ResolveOptions, resolve};
use posology_papers::decision;
use posology_review::Settings;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  posology decision --record examples/diazepam-67f.json \\
    --order \"diazepam 20 mg tablet three times a day for social anxiety\" --out decision.pdf
  posology decision --record examples/list.txt --stop diazepam --format html > decision.html

Without an order the sheet is about the sedative or opioid that is taken.";

/// Arguments of `posology decision`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct DecisionArgs {
    /// The patient's record: FHIR R4, a plain list, a table; - is standard input
    #[arg(long, value_name = "FILE")]
    pub record: PathBuf,
    /// The proposed start or change; the first one is what the sheet is about
    #[arg(long, value_name = "TEXT")]
    pub order: Vec<String>,
    /// A proposed stop: the name of a drug
    #[arg(long, value_name = "NAME")]
    pub stop: Vec<String>,
    /// Form
    #[arg(long, value_enum, default_value = "pdf")]
    pub format: PaperForm,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Date of the review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
}

/// Makes a decision sheet.
///
/// # Errors
/// The record cannot be read, or there is nothing to decide.
pub fn run(args: &DecisionArgs) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let settings = Settings {
        as_of: args.as_of.unwrap_or_else(today),
        jurisdiction: args.jurisdiction.into(),
        suppressions: Vec::new(),
    };
    let mut case = one_record(&args.record)?.case;
    case.orders.extend(args.order.iter().map(|t| orders::start(t)));
    case.orders.extend(args.stop.iter().map(|t| orders::stop(t)));
    let resolved = resolve(&case, &kb, ResolveOptions { rxnorm: None });
    let document = decision(&kb, &resolved, &settings).map_err(|e| {
        Failure::new(e.to_string())
            .help("Name the drug with --order or --stop; `posology drug NAME` says whether it is known.")
    })?;
    print(&document, args.format, args.out.as_deref())
}
