//! `posology drug`: what the knowledge holds about one drug, each fact with its source and confidence.
use super::common::{Answer, Country, Form, json};
use crate::base::{self, Base};
use crate::failure::Failure;
use crate::render::sources::Sources;
use crate::render::style::{BOLD, DIM, paint};
use crate::terminal::wrap;
use clap::Args;
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, NameMatch, SubstanceIx};
use posology_model::Confidence;
use posology_review::facts::{self, Fact, Section};
use std::fmt::Write as _;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  posology drug diazepam
  posology drug Valium --jurisdiction uk
  posology drug \"St John's wort\" --format json";

/// Arguments of `posology drug`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct DrugArgs {
    /// Name, brand or id of a drug
    #[arg(required = true, num_args = 1.., value_name = "NAME")]
    pub name: Vec<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
    /// Only facts that hold there
    #[arg(long, value_enum)]
    pub jurisdiction: Option<Country>,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
}

/// Shows one drug.
///
/// # Errors
/// The knowledge holds no such drug; the nearest names are told.
pub fn run(args: &DrugArgs, width: usize) -> Result<Answer, Failure> {
    let kb = base::load(args.knowledge.as_deref())?;
    let name = args.name.join(" ");
    let (ix, how) = find(&kb, &name).ok_or_else(|| unknown(&name, &kb))?;
    let sections = facts::of(&kb, ix, args.jurisdiction.map(Jurisdiction::from));
    let text = match args.format {
        Form::Json => json(&facts::as_json(&kb, ix, &sections))?,
        Form::Text => as_text(&kb, ix, &name, how, &sections, width),
    };
    Ok(Answer::new(text))
}

/// A substance by id, name or brand.
pub fn find(kb: &Base, name: &str) -> Option<(SubstanceIx, NameMatch)> {
    kb.find(name.trim()).map(|ix| (ix, NameMatch::Exact)).or_else(|| kb.by_name(name))
}

/// A name that the knowledge does not hold.
pub fn unknown(name: &str, kb: &KnowledgeBase) -> Failure {
    let near = kb.suggestions(name, 4);
    let help = if near.is_empty() {
        "`posology knowledge list substances` lists what there is.".to_owned()
    } else {
        format!("The nearest names: {}. `posology knowledge list substances` lists all.", near.join(", "))
    };
    Failure::new(format!("the knowledge holds no drug named \"{}\"", name.trim())).help(help)
}

fn as_text(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    asked: &str,
    how: NameMatch,
    sections: &[Section],
    width: usize,
) -> String {
    let s = kb.substance(ix);
    let mut out = format!("{}\n", paint(BOLD, &s.name));
    if let NameMatch::Corrected(_) = how {
        let _ = writeln!(
            out,
            "  \"{}\" was read as {}: check that this is the drug meant",
            crate::terminal::clean(asked),
            s.name
        );
    }
    let mut line = |label: &str, text: String| {
        if text.is_empty() {
            return;
        }
        for (i, l) in wrap(&format!("{label}: {text}"), width.saturating_sub(4)).iter().enumerate() {
            let _ = writeln!(out, "{:indent$}{l}", "", indent = if i == 0 { 2 } else { 4 });
        }
    };
    line("Also", s.synonyms.join(", "));
    line("Brands", s.brands.join(", "));
    line("Classes", facts::classes(kb, ix).join(", "));
    let c = &s.codes;
    let mut codes = Vec::new();
    codes.extend(c.rxnorm.iter().map(|x| format!("RxNorm {x}")));
    codes.extend(c.atc.iter().map(|x| format!("ATC {x}")));
    codes.extend(c.unii.iter().map(|x| format!("UNII {x}")));
    codes.extend(c.snomed.iter().map(|x| format!("SNOMED CT {x}")));
    line("Codes", codes.join(", "));
    let mut sources = Sources::default();
    for section in sections.iter().filter(|x| !x.facts.is_empty()) {
        let _ = writeln!(out, "\n{}", paint(BOLD, section.title));
        for f in &section.facts {
            fact(&mut out, f, &mut sources, width);
        }
    }
    let missing: Vec<&str> = sections.iter().filter(|x| x.facts.is_empty()).map(|x| x.title).collect();
    if !missing.is_empty() {
        let _ = writeln!(out, "\n{}", paint(BOLD, "The knowledge holds nothing on"));
        for l in wrap(&missing.join(", ").to_lowercase(), width.saturating_sub(2)) {
            let _ = writeln!(out, "  {l}");
        }
        out.push_str("  which does not mean that there is nothing.\n");
    }
    if !sources.list.is_empty() {
        let _ = writeln!(out, "\n{}", paint(BOLD, "Sources"));
    }
    for (i, n) in sources.list.iter().enumerate() {
        for (k, l) in wrap(&n.title, width.saturating_sub(7)).iter().enumerate() {
            let head = if k == 0 { format!("[{}]", i + 1) } else { String::new() };
            let _ = writeln!(out, "  {head:<4} {l}");
        }
        if let Some(u) = &n.url {
            let _ = writeln!(out, "       {}", paint(DIM, u));
        }
    }
    let _ = writeln!(
        out,
        "\n{}",
        paint(DIM, &format!("knowledge {} · ? marks what was not looked up at its source", kb.version()))
    );
    out
}

fn fact(out: &mut String, f: &Fact, sources: &mut Sources, width: usize) {
    let numbers = sources.numbers(&f.evidence);
    let mark = match f.confidence {
        Confidence::Verified => "",
        Confidence::Secondary => "?",
        Confidence::Disputed => " disputed",
    };
    let refs: Vec<String> = numbers.iter().map(|n| format!("[{n}{mark}]")).collect();
    let place = if f.jurisdiction.is_empty() {
        String::new()
    } else {
        format!(" ({})", f.jurisdiction.join(", ").to_uppercase())
    };
    for (i, l) in
        wrap(&format!("{}{place} {}", f.text, refs.join(" ")), width.saturating_sub(4)).iter().enumerate()
    {
        let _ = writeln!(out, "{:indent$}{l}", "", indent = if i == 0 { 2 } else { 4 });
    }
}
