//! `posology schema`: the JSON Schema of what `posology review --format json` writes.
use super::common::{Answer, json};
use crate::failure::Failure;
use crate::report::Output;

/// The schema, as `schema/review.schema.json` holds it.
///
/// # Errors
/// Never in practice: a schema can always be written.
pub fn run() -> Result<Answer, Failure> {
    let schema = schemars::schema_for!(Output<'_>);
    Ok(Answer::new(json(&schema)?))
}
