//! The log: one JSON object a line on standard error, with request ids, without a word of what was asked or answered.
use tracing_subscriber::EnvFilter;

/// Starts it. A second start in one process changes nothing.
///
/// # Errors
/// The filter is none.
pub fn start(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| e.to_string())?;
    // Libraries log addresses and bodies at finer levels: they stay at warnings whatever is asked for.
    let filter = ["sqlx=warn", "hyper=warn", "reqwest=warn", "rmcp=warn", "h2=warn"]
        .iter()
        .filter_map(|d| d.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    Ok(())
}
