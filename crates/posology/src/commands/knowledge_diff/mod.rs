//! `posology knowledge diff` and `changelog`: what changed between two states of the facts, and which findings change with them.
mod findings;
mod side;
mod text;

use super::common::{Answer, Country, date, json};
use crate::base::Base;
use crate::clock::today;
use crate::failure::Failure;
use clap::{Args, ValueEnum};
use findings::Findings;
use jiff::civil::Date;
use posology_knowledge::diff::{self, ChangeKind, FactChange};
use serde::Serialize;
use std::path::PathBuf;

/// Form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffForm {
    /// For people
    Text,
    /// For programs: every fact, field by field, and every finding
    Json,
    /// By drug, as a section of knowledge/CHANGELOG.md
    Markdown,
}

const EXAMPLES: &str = "\
Examples:
  posology knowledge diff builtin knowledge              the folder beside you against the facts compiled in
  posology knowledge diff HEAD~1 knowledge               against an earlier revision of this repository
  posology knowledge diff old/knowledge new/knowledge --format json
  posology knowledge diff builtin knowledge --drug methotrexate --fixtures my-patients/

Of the fixtures, files named *-uk-* are reviewed by UK labels, all others by --jurisdiction. Drafts in a record are taken as proposed orders.
The answer is the same for the same two states, patients and date.";

/// Arguments of `posology knowledge diff`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// The state before: a knowledge folder, `builtin`, or a git revision of this repository
    pub old: String,
    /// The state after: a knowledge folder, `builtin`, or a git revision
    pub new: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub format: DiffForm,
    /// Patients whose findings are compared: a folder or a file; repeat for several [default: fixtures/patients and examples, where they are]
    #[arg(long, value_name = "PATH")]
    pub fixtures: Vec<PathBuf>,
    /// Only facts about this substance (its id)
    #[arg(long, value_name = "ID")]
    pub drug: Option<String>,
    /// Date of the reviews [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    pub jurisdiction: Country,
}

/// Arguments of `posology knowledge changelog`.
#[derive(Debug, Clone, Args)]
pub struct ChangelogArgs {
    /// The state before: a knowledge folder, `builtin`, or a git revision of this repository
    pub old: String,
    /// The state after: a knowledge folder, `builtin`, or a git revision
    pub new: String,
}

/// The whole comparison.
#[derive(Debug, Serialize)]
struct Comparison<'a> {
    old: Version<'a>,
    new: Version<'a>,
    added: usize,
    removed: usize,
    changed: usize,
    facts: &'a [FactChange],
    findings: &'a Findings,
}

#[derive(Debug, Serialize)]
struct Version<'a> {
    name: &'a str,
    version: &'a str,
}

fn facts(old: &Base, new: &Base) -> Result<Vec<FactChange>, Failure> {
    diff::facts(&old.corpus, &new.corpus).map_err(|e| Failure::new(e.to_string()))
}

fn count(facts: &[FactChange], kind: ChangeKind) -> usize {
    facts.iter().filter(|f| f.kind == kind).count()
}

/// Compares.
///
/// # Errors
/// A side cannot be read, a substance is known to neither, or a folder of fixtures is not there.
pub fn run(args: &DiffArgs, width: usize) -> Result<Answer, Failure> {
    let (old, new) = (side::load(&args.old)?, side::load(&args.new)?);
    let mut facts = facts(&old, &new)?;
    if let Some(drug) = &args.drug {
        if old.find(drug).is_none() && new.find(drug).is_none() {
            return Err(Failure::new(format!("neither side has a substance with the id \"{drug}\""))
                .help("Give the id of its file; `posology knowledge list substances` shows all."));
        }
        facts.retain(|f| f.drugs.contains(drug));
    }
    if args.format == DiffForm::Markdown {
        return Ok(Answer::new(diff::changelog(new.version(), old.version(), &facts)));
    }
    let (mut found, failures) = findings::compare(
        &old,
        &new,
        &args.fixtures,
        args.as_of.unwrap_or_else(today),
        args.jurisdiction.into(),
    )?;
    if let Some(drug) = &args.drug {
        found.changes.retain(|c| c.substances.contains(drug));
    }
    let c = Comparison {
        old: Version { name: &args.old, version: old.version() },
        new: Version { name: &args.new, version: new.version() },
        added: count(&facts, ChangeKind::Added),
        removed: count(&facts, ChangeKind::Removed),
        changed: count(&facts, ChangeKind::Changed),
        facts: &facts,
        findings: &found,
    };
    let said = if args.format == DiffForm::Json { json(&c)? } else { text::show(&c, width) };
    Ok(Answer { failures, ..Answer::new(said) })
}

/// Writes the section of a changelog.
///
/// # Errors
/// A side cannot be read.
pub fn changelog(args: &ChangelogArgs) -> Result<Answer, Failure> {
    let (old, new) = (side::load(&args.old)?, side::load(&args.new)?);
    Ok(Answer::new(diff::changelog(new.version(), old.version(), &facts(&old, &new)?)))
}
