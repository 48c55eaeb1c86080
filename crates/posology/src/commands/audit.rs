//! `posology audit`: does the log hold, and which reviews relied on a fact?
use super::common::{Answer, Form, json};
use super::serve::runtime;
use crate::base;
use crate::failure::Failure;
use clap::{Args, Subcommand};
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::Participant;
use posology_server::store::{Place, Store, StoreError, Tampering};
use std::fmt::Write as _;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  Does the log hold? Keep the last line elsewhere; a later check with it shows whether the end was cut off:
    posology audit verify --data /var/lib/posology
    posology audit verify --data /var/lib/posology --expect 1042:9f86d0...
  A figure was wrong: which reviews cited it, or looked at the drug whose file holds it?
    posology audit affected valium-pi-2021#dosage --data /var/lib/posology
  A rule, a drug, a named interaction, a whole source:
    posology audit affected rule:use-beyond-recommended-duration --data /var/lib/posology
    posology audit affected diazepam --data /var/lib/posology

Exit status: 0 the log holds; 1 it does not (verify), or reviews are affected; 2 the store could not be read.";

/// Arguments of `posology audit`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct AuditArgs {
    #[command(subcommand)]
    sub: AuditSub,
}

#[derive(Debug, Clone, Args)]
struct Where {
    /// Folder of the embedded store
    #[arg(long, value_name = "DIR", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// PostgreSQL instead
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    database: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

#[derive(Debug, Clone, Subcommand)]
enum AuditSub {
    /// Walks over the whole log and compares it with the records that it seals
    Verify {
        #[command(flatten)]
        at: Where,
        /// An earlier end of the log, NUMBER:HASH, that must lie on it
        #[arg(long, value_name = "NUMBER:HASH")]
        expect: Option<String>,
    },
    /// Reviews that relied on a fact
    Affected {
        /// source#locator, a source, rule:ID, a drug, or a named interaction
        fact: String,
        #[command(flatten)]
        at: Where,
    },
}

impl Where {
    fn place(&self) -> Place {
        match (&self.database, &self.data) {
            (Some(u), _) => Place::Postgres(u.clone()),
            (None, Some(d)) => Place::Folder(d.clone()),
            (None, None) => Place::Memory,
        }
    }
}

/// Checks or searches the log.
///
/// # Errors
/// The store cannot be read, or the fact is none that the knowledge holds.
pub fn run(args: &AuditArgs) -> Result<Answer, Failure> {
    let runtime = runtime()?;
    match &args.sub {
        AuditSub::Verify { at, expect } => runtime.block_on(verify(at, expect.as_deref())),
        AuditSub::Affected { fact, at } => runtime.block_on(affected(fact, at)),
    }
}

fn store(e: &StoreError) -> Failure {
    Failure::new(e.to_string()).help("Give the folder or database of posology serve.")
}

async fn verify(at: &Where, expect: Option<&str>) -> Result<Answer, Failure> {
    let expect = match expect {
        None => None,
        Some(text) => Some(
            text.split_once(':')
                .and_then(|(n, h)| Some((n.parse::<i64>().ok()?, h)))
                .filter(|(n, h)| *n > 0 && !h.is_empty())
                .ok_or_else(|| {
                    Failure::new(format!("--expect \"{text}\" is no end of a log"))
                        .help("Write it as verify printed it: 1042:9f86d0...")
                })?,
        ),
    };
    let reader = Store::open_to_read(&at.place()).await.map_err(|e| store(&e))?;
    match reader.verify(expect).await {
        Ok(v) if at.format == Form::Json => Ok(Answer::new(json(&v)?)),
        Ok(v) => Ok(Answer::new(format!(
            "The log holds: {} entries, {} reviews, {} feedbacks.\nIts end: {}:{}\n",
            v.entries, v.reviews, v.feedback, v.entries, v.head
        ))),
        Err(Tampering::Store(e)) => Err(store(&e)),
        Err(Tampering::Found(what)) => {
            let text = match at.format {
                Form::Json => json(&serde_json::json!({ "holds": false, "what": what }))?,
                Form::Text => format!("The log does not hold: {what}.\n"),
            };
            Ok(Answer { met: true, ..Answer::new(text) })
        }
    }
}

async fn affected(fact: &str, at: &Where) -> Result<Answer, Failure> {
    let kb = base::load(None)?;
    let asked = meaning(fact.trim(), &kb);
    if asked.cited.is_empty() && asked.drugs.is_empty() {
        return Err(Failure::new(format!(
            "\"{fact}\" is no source, figure, rule, drug or interaction that the knowledge holds"
        ))
        .help("Write source#locator, a source's id, rule:ID, or the id of a drug or an interaction."));
    }
    let reader = Store::open_to_read(&at.place()).await.map_err(|e| store(&e))?;
    let list = reader.affected(&asked.cited, &asked.drugs).await.map_err(|e| store(&e))?;
    let met = !list.is_empty();
    let text = match at.format {
        Form::Json => json(&list)?,
        Form::Text => {
            let cited = list.iter().filter(|a| a.cited).count();
            let mut out = format!(
                "{} reviews relied on {fact}: {cited} cited it, {} looked at a drug whose file holds it.\n",
                list.len(),
                list.len() - cited
            );
            for a in &list {
                let how = if a.cited { "cited" } else { "looked at" };
                let _ = writeln!(
                    out,
                    "{}  {:<9}  {}  {}  input {}",
                    a.at, how, a.door, a.knowledge, a.input_hash
                );
            }
            out
        }
    };
    Ok(Answer { met, ..Answer::new(text) })
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// Words that a review may have cited.
    cited: Vec<String>,
    /// Sets of drugs that it must have looked at.
    drugs: Vec<Vec<String>>,
}

/// What a fact means in the store. A figure that kept a rule silent was not cited: so every drug whose file holds it counts too.
fn meaning(fact: &str, kb: &KnowledgeBase) -> Asked {
    let mut out = Asked::default();
    if let Some(id) = fact.strip_prefix("rule:").or_else(|| posology_review::rule(fact).map(|r| r.id)) {
        if posology_review::rule(id).is_some() {
            out.cited.push(format!("rule:{id}"));
        }
        return out;
    }
    if let Some(ix) = kb.find(fact.strip_prefix("substance:").unwrap_or(fact)) {
        out.drugs.push(vec![format!("substance:{}", kb.substance(ix).id)]);
    }
    for i in
        kb.corpus.interactions.iter().filter(|i| i.id == fact.strip_prefix("interaction:").unwrap_or(fact))
    {
        out.drugs.extend(pairs(kb, &i.a, &i.b));
    }
    let source = fact.split('#').next().unwrap_or_default();
    if kb.source(source).is_none() {
        return out;
    }
    let whole = !fact.contains('#');
    out.cited.push(if whole { format!("{source}#") } else { fact.to_owned() });
    let holds = |text: String| {
        let quoted = format!("\"{fact}");
        text.match_indices(&quoted).any(|(i, _)| {
            let next = text[i + quoted.len()..].chars().next();
            if whole { next == Some('#') } else { next == Some('"') }
        })
    };
    let text = |v: Result<String, serde_json::Error>| v.unwrap_or_default();
    for (ix, s) in kb.substances() {
        let own = holds(text(serde_json::to_string(s)));
        let kinetics = kb.kinetics(ix).is_some_and(|k| holds(text(serde_json::to_string(k))));
        if own || kinetics {
            out.drugs.push(vec![format!("substance:{}", s.id)]);
        }
    }
    for i in kb.corpus.interactions.iter().filter(|i| holds(text(serde_json::to_string(i)))) {
        out.drugs.extend(pairs(kb, &i.a, &i.b));
    }
    out
}

/// Pairs of drugs that an interaction is about.
fn pairs(kb: &KnowledgeBase, a: &Participant, b: &Participant) -> Vec<Vec<String>> {
    let members = |p: &Participant| -> Vec<String> {
        let class = p.class.as_deref().and_then(|c| kb.class(c));
        let mut ids: Vec<String> = class
            .map(|c| kb.members(c).iter().map(|ix| kb.substance(*ix).id.clone()).collect())
            .unwrap_or_default();
        ids.extend(p.substance.iter().chain(&p.substances).cloned());
        ids.retain(|i| !p.except.contains(i));
        ids
    };
    let (left, right) = (members(a), members(b));
    left.iter()
        .flat_map(|x| right.iter().map(move |y| vec![format!("substance:{x}"), format!("substance:{y}")]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_means_what_cites_it_and_the_drugs_whose_files_hold_it() {
        let kb = posology_corpus::builtin();
        assert_eq!(
            meaning("rule:use-beyond-recommended-duration", kb).cited,
            ["rule:use-beyond-recommended-duration"]
        );
        assert_eq!(
            meaning("use-beyond-recommended-duration", kb).cited,
            ["rule:use-beyond-recommended-duration"]
        );
        assert_eq!(meaning("diazepam", kb).drugs, [["substance:diazepam".to_owned()]]);
        let figure = meaning("diazepam-us-label#strengths", kb);
        assert_eq!(figure.cited, ["diazepam-us-label#strengths"]);
        assert!(figure.drugs.contains(&vec!["substance:diazepam".to_owned()]), "{figure:?}");
        assert!(meaning("diazepam-us-label", kb).cited[0].ends_with('#'));
        let pair = meaning("abiraterone-spironolactone", kb);
        assert_eq!(pair.drugs, [["substance:spironolactone".to_owned(), "substance:abiraterone".to_owned()]]);
        assert_eq!(meaning("nothing of the kind", kb), Asked::default());
        assert_eq!(meaning("rule:nothing", kb), Asked::default());
    }
}
