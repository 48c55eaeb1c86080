//! The command line: files, clock and environment live here.
#![warn(missing_docs)]

mod commands;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// Medication safety: reviews, simulates, predicts.
#[derive(Debug, Parser)]
#[command(name = "posology", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// How exposure to one drug changes with others
    Predict(commands::predict::PredictArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let answer = match &cli.command {
        Command::Predict(args) => commands::predict::run(args, &posology_corpus::builtin().corpus),
    };
    match answer {
        Ok(text) => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            // A reader that went away (`| head`) is no error.
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        },
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}
