//! `posology equivalent`: what each source holds equivalent. Not a dose to take.
use super::common::{Answer, Form, json};
use crate::base;
use crate::failure::Failure;
use clap::Args;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_taper::{equivalent, render};

const EXAMPLES: &str = "\
Examples:
  posology equivalent \"alprazolam 2 mg\" --to diazepam
  posology equivalent \"lorazepam 3 mg\" --to diazepam --format json

A comparison of sources, which differ up to two-fold. It is not a dose to take.";

/// Arguments of `posology equivalent`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct EquivalentArgs {
    /// Drug and dose: "alprazolam 2 mg"
    #[arg(value_name = "DRUG AND DOSE")]
    dose: String,
    /// Other drug
    #[arg(long, value_name = "NAME", default_value = "diazepam")]
    to: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Compares.
///
/// # Errors
/// A drug or a dose that is not read.
pub fn run(args: &EquivalentArgs) -> Result<Answer, Failure> {
    let kb = base::load(None)?;
    let (name, mg) = split(&args.dose).ok_or_else(|| {
        Failure::new(format!("\"{}\" is not read as a drug and a dose in milligrams", args.dose))
            .help("Write it as \"alprazolam 2 mg\".")
    })?;
    let answer = equivalent(&kb, find(&kb, name)?, mg, find(&kb, &args.to)?);
    Ok(Answer::new(match args.format {
        Form::Text => render::equivalent_text(&answer),
        Form::Json => json(&answer)?,
    }))
}

/// The name before the first number, the milligrams after it.
fn split(text: &str) -> Option<(&str, f64)> {
    let at = text.find(|c: char| c.is_ascii_digit() || c == '-')?;
    let (name, rest) = text.split_at(at);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let mg: f64 = rest[..end].parse().ok()?;
    let unit = rest[end..].trim().to_lowercase();
    let mg = match unit.as_str() {
        "mg" => mg,
        "mcg" | "microgram" | "micrograms" => mg / 1000.0,
        _ => return None,
    };
    (mg > 0.0 && mg <= 1e7 && !name.trim().is_empty()).then_some((name.trim(), mg))
}

fn find(kb: &KnowledgeBase, name: &str) -> Result<SubstanceIx, Failure> {
    kb.by_name(name).map(|x| x.0).ok_or_else(|| {
        let near = kb.suggestions(name, 3);
        let f = Failure::new(format!("\"{name}\" is no drug that the knowledge holds"));
        if near.is_empty() { f } else { f.help(format!("Did you mean {}?", near.join(", "))) }
    })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn drug_and_dose() {
        assert_eq!(split("alprazolam 2 mg"), Some(("alprazolam", 2.0)));
        assert_eq!(split("clonazepam 500 mcg"), Some(("clonazepam", 0.5)));
        for bad in [
            "alprazolam",
            "2 mg",
            "alprazolam 0 mg",
            "alprazolam -2 mg",
            "alprazolam 2",
            "alprazolam 1..2 mg",
        ] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
