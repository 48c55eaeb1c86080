//! The command line: files, clock and environment live here.
#![warn(missing_docs)]

/// A review makes a few hundred short texts: the allocator is a fifth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod base;
mod clock;
mod commands;
mod failure;
mod input;
mod orders;
mod render;
mod report;
mod terminal;

use clap::{Parser, Subcommand};
use commands::common::Answer;
use failure::Failure;
use std::io::Write as _;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  posology review examples/diazepam-67f.json --as-of 2026-11-24 \\
    --order \"diazepam 20 mg tablet three times a day for social anxiety\"
  posology interactions diazepam \"fluvoxamine 100 mg\"
  posology drug diazepam

Each command explains itself: posology review --help

Decision support for professionals: it shows its reasons and its sources, says what it did not assess, and places no order.";

/// Medication safety: reviews a record, shows what is known, predicts.
#[derive(Debug, Parser)]
#[command(name = "posology", version, about, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Review a record: what may harm, what it rests on, what was not assessed
    Review(Box<commands::review::ReviewArgs>),
    /// What is known of one drug, with sources
    Drug(commands::drug::DrugArgs),
    /// What drugs do together
    Interactions(commands::interactions::InteractionsArgs),
    /// The rules, and the page of each
    Rule(commands::rule::RuleArgs),
    /// The facts: check, count, show
    Knowledge(commands::knowledge::KnowledgeArgs),
    /// How exposure to one drug changes with others
    Predict(commands::predict::PredictArgs),
    /// Concentrations over time, for a regimen and a person
    Simulate(Box<commands::simulate::SimulateArgs>),
    /// A plan to reduce or stop a drug, from products that exist
    Taper(Box<commands::taper::TaperArgs>),
    /// What each source holds equivalent: no dose to take
    Equivalent(commands::equivalent::EquivalentArgs),
    /// What a patient takes home about one drug
    Leaflet(Box<commands::leaflet::LeafletArgs>),
    /// One page for a shared decision: benefits, risks, options, sources
    Decision(Box<commands::decision::DecisionArgs>),
    /// When to look again, and at what
    FollowUp(Box<commands::follow_up::FollowUpArgs>),
    /// The same review over the tables of a population: OMOP CDM or FHIR bulk
    Screen(Box<commands::screen::ScreenArgs>),
    /// Quality measures over FHIR records
    Measure(Box<commands::measure::MeasureArgs>),
    /// Serve health records, other programs and the browser
    Serve(Box<commands::serve::ServeArgs>),
    /// Tools for agents (Model Context Protocol) over standard input and output
    Mcp(commands::mcp::McpArgs),
    /// Check the audit log, or find the reviews that relied on a fact
    Audit(commands::audit::AuditArgs),
    /// The JSON Schema of a review
    Schema,
}

fn answer(command: &Command, width: usize) -> Result<Answer, Failure> {
    match command {
        Command::Review(args) => commands::review::run(args, width),
        Command::Drug(args) => commands::drug::run(args, width),
        Command::Interactions(args) => commands::interactions::run(args, width),
        Command::Rule(args) => commands::rule::run(args, width),
        Command::Knowledge(args) => commands::knowledge::run(args, width),
        Command::Predict(args) => commands::predict::run(args, &posology_corpus::builtin().corpus)
            .map(Answer::new)
            .map_err(Failure::new),
        Command::Simulate(args) => {
            let a = commands::simulate::run(args, posology_corpus::builtin()).map_err(Failure::new)?;
            Ok(Answer { notes: a.notes, ..Answer::new(a.text) })
        }
        Command::Taper(args) => commands::taper::run(args),
        Command::Equivalent(args) => commands::equivalent::run(args),
        Command::Leaflet(args) => commands::leaflet::run(args),
        Command::Decision(args) => commands::decision::run(args),
        Command::FollowUp(args) => commands::follow_up::run(args),
        Command::Screen(args) => commands::screen::run(args),
        Command::Measure(args) => commands::measure::run(args),
        Command::Serve(args) => commands::serve::run(args),
        Command::Mcp(args) => commands::mcp::run(args),
        Command::Audit(args) => commands::audit::run(args),
        Command::Schema => commands::schema::run(),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let width = terminal::width();
    let answer = answer(&cli.command, width)
        .unwrap_or_else(|f| Answer { failures: vec![f], ..Answer::new(String::new()) });
    let mut status = if answer.met { 1 } else { 0 };
    let mut out = anstream::stdout().lock();
    match out.write_all(answer.text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that went away (`| head`) is no error.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => status = 2,
        _ => {}
    }
    for n in &answer.notes {
        let _ = writeln!(anstream::stderr().lock(), "note: {n}");
    }
    for f in &answer.failures {
        status = 2;
        // Nothing can be told where standard error is closed.
        let _ = write!(anstream::stderr().lock(), "{}", f.render(width));
    }
    ExitCode::from(status)
}
