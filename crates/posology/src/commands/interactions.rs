//! `posology interactions`: what drugs do together, by the same review as everything else.
use super::common::{Answer, Country, Form, date, json};
use super::review;
use crate::base;
use crate::clock::today;
use crate::failure::Failure;
use crate::render::text;
use clap::Args;
use jiff::civil::Date;
use posology_interop::list;
use posology_model::{Case, MedicationEntry};
use posology_review::{Settings, only_being_together};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  posology interactions diazepam fluvoxamine
  posology interactions \"diazepam 5 mg three times a day\" \"fluvoxamine 100 mg\" alcohol
  posology interactions clozapine ciprofloxacin --jurisdiction uk --format json

A dose without a frequency (\"fluvoxamine 100 mg\") is taken as the dose of a day.
What depends on the patient (age, liver, kidney, other drugs) is not known here: `posology review` takes it from a record.";

/// Arguments of `posology interactions`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct InteractionsArgs {
    /// Drugs, each with or without a dose
    #[arg(required = true, num_args = 2.., value_name = "NAME")]
    pub names: Vec<String>,
    /// Date of the review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Whole details and figures as printed
    #[arg(long)]
    pub explain: bool,
}

/// Reviews the drugs as taken together and keeps what is about their being together.
///
/// # Errors
/// A name is not known: the answer would look safe.
pub fn run(args: &InteractionsArgs, width: usize) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let mut case = Case::default();
    for name in &args.names {
        let entry = MedicationEntry { path: format!("\"{}\"", name.trim()), ..list::read_daily(name) };
        let text = entry.text.clone().unwrap_or_default();
        if kb.by_name(&text).is_none()
            && posology_knowledge::resolve::DrugReader::new(&kb, Default::default())
                .recognise(&entry.codings, Some(&text), &[])
                .is_err()
        {
            return Err(super::drug::unknown(&text, &kb));
        }
        case.medications.push(entry);
    }
    let settings = Settings {
        as_of: args.as_of.unwrap_or_else(today),
        jurisdiction: args.jurisdiction.into(),
        suppressions: Vec::new(),
    };
    let mut r = review::one(&case, "names on the command line", &kb, None, &settings, false);
    only_being_together(&mut r.review);
    let title = format!("{} together", args.names.join(" + "));
    let text = match args.format {
        Form::Json => json(&r)?,
        Form::Text => {
            let options = text::Options { width, explain: args.explain };
            text::part(&title, &r.review.findings, &r, &kb, options)
        }
    };
    Ok(Answer::new(text))
}
