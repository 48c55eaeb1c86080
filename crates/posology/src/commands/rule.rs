//! `posology rule`: the list of rules, or the page of one.
use super::common::{Answer, Form, json};
use crate::failure::Failure;
use crate::render::markdown;
use crate::render::style::{BOLD, DIM, paint};
use crate::terminal::wrap;
use clap::Args;
use posology_review::{ClinicalContext, Family, RULES, Rule};
use serde_json::{Value, json};
use std::fmt::Write as _;

const EXAMPLES: &str = "\
Examples:
  posology rule                              all rules by family, with their status
  posology rule opioid-with-benzodiazepine   what it checks, why, when it stays silent, its cases
  posology rule --format json                for programs";

/// Arguments of `posology rule`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct RuleArgs {
    /// Permanent id of a rule, as findings name it
    pub id: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

const FAMILIES: [Family; 8] = [
    Family::Uses,
    Family::Doses,
    Family::Interactions,
    Family::Sedation,
    Family::Dependence,
    Family::Withdrawal,
    Family::Monitoring,
    Family::Record,
];

/// Lists rules or shows one.
///
/// # Errors
/// No rule has that id.
pub fn run(args: &RuleArgs, width: usize) -> Result<Answer, Failure> {
    let text = match (&args.id, args.format) {
        (None, Form::Json) => json(&RULES.iter().map(|r| as_json(r)).collect::<Vec<_>>())?,
        (None, Form::Text) => list(width),
        (Some(id), form) => {
            let rule = posology_review::rule(id).ok_or_else(|| unknown(id))?;
            if form == Form::Json { json(&as_json(rule))? } else { page(rule, width) }
        }
    };
    Ok(Answer::new(text))
}

fn unknown(id: &str) -> Failure {
    let mut near: Vec<(usize, &str)> = RULES.iter().map(|r| (distance(id, r.id), r.id)).collect();
    near.sort();
    let near: Vec<&str> = near.iter().take(3).map(|n| n.1).collect();
    Failure::new(format!("no rule has the id \"{id}\""))
        .help(format!("Near it: {}. `posology rule` lists all.", near.join(", ")))
}

/// Words that two ids do not share, each way; letters decide between equals.
fn distance(a: &str, b: &str) -> usize {
    let words = |s: &str| s.split('-').map(str::to_owned).collect::<Vec<_>>();
    let (a_words, b_words) = (words(a), words(b));
    let shared = a_words
        .iter()
        .filter(|w| b_words.iter().any(|x| x.starts_with(w.as_str()) || w.starts_with(x)))
        .count();
    let letters = a.chars().filter(|c| !b.contains(*c)).count();
    (a_words.len() + b_words.len() - 2 * shared.min(b_words.len())) * 4 + letters
}

fn as_json(r: &Rule) -> Value {
    json!({
        "id": r.id, "summary": r.summary, "family": r.family.as_str(), "status": r.status.as_str(),
        "needs": r.needs.iter().map(|n| n.missing().0).collect::<Vec<_>>(),
        "silent_in": r.silent_in.iter().map(|c| ClinicalContext::as_str(*c)).collect::<Vec<_>>(), "page": r.page,
    })
}

fn list(width: usize) -> String {
    let mut out = String::new();
    let id_width = RULES.iter().map(|r| r.id.len()).max().unwrap_or(0);
    for family in FAMILIES {
        let of: Vec<&&Rule> = RULES.iter().filter(|r| r.family == family).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{} ({})", paint(BOLD, family.as_str()), of.len());
        for r in of {
            let indent = id_width + 14;
            let lines = wrap(r.summary, width.saturating_sub(indent).max(20));
            let status = paint(DIM, &format!("{:<9}", r.status.as_str()));
            let _ =
                writeln!(out, "  {:<id_width$}  {status} {}", r.id, lines.first().map_or("", String::as_str));
            for l in lines.iter().skip(1) {
                let _ = writeln!(out, "{:indent$}{l}", "");
            }
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{} rules; `posology rule ID` shows the page of one.", RULES.len());
    out
}

fn page(r: &Rule, width: usize) -> String {
    let mut out = format!("{}\n", paint(BOLD, r.id));
    for l in wrap(r.summary, width) {
        let _ = writeln!(out, "{l}");
    }
    let _ = writeln!(
        out,
        "{}",
        paint(DIM, &format!("family {} · status {}", r.family.as_str(), r.status.as_str()))
    );
    if !r.needs.is_empty() {
        let needs: Vec<&str> = r.needs.iter().map(|n| n.missing().0).collect();
        let _ = writeln!(
            out,
            "{}",
            paint(DIM, &format!("not run, and said so, where the record lacks {}", needs.join("; ")))
        );
    }
    if !r.silent_in.is_empty() {
        let silent: Vec<&str> = r.silent_in.iter().map(|c| ClinicalContext::words(*c)).collect();
        let _ = writeln!(out, "{}", paint(DIM, &format!("silent in {}", silent.join(", "))));
    }
    out.push('\n');
    out.push_str(&markdown::render(r.page, width));
    out
}
