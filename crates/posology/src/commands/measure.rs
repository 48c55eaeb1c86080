//! `posology measure`: quality measures over FHIR records.
use super::common::{Answer, json as pretty};
use super::screen::failure;
use crate::base;
use crate::failure::Failure;
use clap::{Args, ValueEnum};
use posology_screen::measures::{Measure, Outcome, Period, ValueSets, fhir, json, measure, read_records};
use std::fmt::Write as _;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  posology measure cms506 --period 2026 export/
  posology measure cms156 --period 2026 export/ --value-sets valuesets/ --format fhir
  posology measure pdc --period 2026-01-01/2026-06-30 bundle.json --format json

Value sets are read from FHIR ValueSet files (--value-sets). Those that no file holds are built from the knowledge and labelled an
approximation. A number is no advice: harms of stopping are shown beside measures that fewer prescriptions would improve.";

/// Measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Safe Use of Opioids, Concurrent Prescribing; by inpatient encounter
    Cms506,
    /// Use of High-Risk Medications in Older Adults; three rates
    Cms156,
    /// A benzodiazepine for more than four weeks
    #[value(name = "benzodiazepine-over-4-weeks")]
    BenzodiazepineOver4Weeks,
    /// Proportion of Days Covered: diabetes, renin-angiotensin antagonists, statins
    Pdc,
}

/// Form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeasureForm {
    /// Counts, for people
    Text,
    /// Membership of every patient in every population of every group
    Json,
    /// A FHIR R4 MeasureReport with the patients behind each number
    Fhir,
}

/// Arguments of `posology measure`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct MeasureArgs {
    /// Measure
    #[arg(value_enum)]
    measure: Which,
    /// FHIR R4 JSON or NDJSON files, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A year, or FROM/TO
    #[arg(long, value_name = "PERIOD", value_parser = Period::parse)]
    period: Period,
    /// Folder of FHIR ValueSet files
    #[arg(long, value_name = "DIR")]
    value_sets: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: MeasureForm,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
}

/// Counts a measure.
///
/// # Errors
/// An input cannot be read.
pub fn run(args: &MeasureArgs) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let which = match args.measure {
        Which::Cms506 => Measure::Cms506,
        Which::Cms156 => Measure::Cms156,
        Which::BenzodiazepineOver4Weeks => Measure::BenzodiazepineOver4Weeks,
        Which::Pdc => Measure::Pdc,
    };
    let mut sets = ValueSets::builtin(&kb);
    if let Some(dir) = &args.value_sets {
        sets.add_folder(dir).map_err(failure)?;
    }
    let records = read_records(&args.paths).map_err(failure)?;
    let o = measure(which, &records, args.period, &mut sets);
    Ok(Answer::new(match args.format {
        MeasureForm::Text => text(&o),
        MeasureForm::Json => pretty(&json(&o))?,
        MeasureForm::Fhir => pretty(&fhir(&o))?,
    }))
}

fn text(o: &Outcome) -> String {
    let mut t = format!(
        "{}, {} to {}\n{}\nknowledge {}; counted: {}\n\n",
        o.title, o.period.start, o.period.end, o.definition, o.knowledge_version, o.basis
    );
    let _ = writeln!(t, "group      initial  denominator  excluded  numerator  score");
    for (g, p) in &o.groups {
        let score = p.score().map_or_else(|| "nobody".to_owned(), |s| format!("{:.2} %", 100.0 * s));
        let _ = writeln!(
            t,
            "{g:<10} {:>7} {:>12} {:>9} {:>10}  {score}",
            p.initial_population, p.denominator, p.denominator_exclusion, p.numerator_counted
        );
    }
    let built: Vec<&str> = o.value_sets.iter().filter(|s| s.approximation).map(|s| s.name.as_str()).collect();
    if !built.is_empty() {
        let _ = writeln!(t, "\nApproximated value sets (give the published ones with --value-sets):");
        for b in built {
            let _ = writeln!(t, "  {b}");
        }
    }
    if let Some(h) = o.harm_of_stopping {
        let _ = writeln!(t, "\n{h}");
    }
    t
}
