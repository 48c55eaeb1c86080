//! `posology mcp`: the tools for agents, over standard input and output.
use super::common::{Answer, date};
use super::serve::{failure, runtime, start};
use crate::failure::Failure;
use clap::Args;
use jiff::civil::Date;
use posology_server::config::Config;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  As an agent's configuration names it:
    { \"mcpServers\": { \"posology\": { \"command\": \"posology\", \"args\": [\"mcp\"] } } }
  With a store, so that reviews can be audited:
    posology mcp --data ~/.local/share/posology

The same tools are at /mcp of `posology serve`. docs/mcp.md shows them.";

/// Arguments of `posology mcp`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct McpArgs {
    /// Folder of the store; without it nothing is kept
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Date of a review where the agent names none [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
}

/// Speaks with an agent until it ends.
///
/// # Errors
/// A store that cannot be opened, or a client that does not speak the protocol.
pub fn run(args: &McpArgs) -> Result<Answer, Failure> {
    let config = Config { data: args.data.clone(), as_of: args.as_of, ..Config::default() };
    runtime()?.block_on(async {
        let app = start(config).await?;
        posology_server::mcp::stdio(app).await.map_err(|e| failure(&e))
    })?;
    Ok(Answer::new(String::new()))
}
