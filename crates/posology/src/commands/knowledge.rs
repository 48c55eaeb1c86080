//! `posology knowledge`: the facts themselves, checked, counted, shown.
use super::common::{Answer, Form, json};
use super::knowledge_diff::{self, ChangelogArgs, DiffArgs};
use crate::base::{self, Base};
use crate::failure::Failure;
use crate::render::style::{BOLD, DIM, paint};
use crate::terminal::wrap;
use clap::{Args, Subcommand};
use posology_knowledge::{Corpus, KnowledgeBase, lint};
use posology_review::RULES;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  posology knowledge check                      mistakes in ./knowledge, each with its line
  posology knowledge list                       what there is, and how much of it was looked up
  posology knowledge list substances            the ids of one kind
  posology knowledge show diazepam              the file, and the sources behind it
  posology knowledge show interactions/fluvoxamine-diazepam --format json
  posology knowledge diff HEAD~1 knowledge      facts that changed, and the findings that change with them";

/// Arguments of `posology knowledge`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct KnowledgeArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Look for mistakes; exit status 1 where there is one
    Check {
        /// The knowledge folder
        #[arg(long, value_name = "DIR", default_value = "knowledge")]
        knowledge: PathBuf,
        /// Form of the answer
        #[arg(long, value_enum, default_value = "text")]
        format: Form,
    },
    /// Count facts, or list the ids of one kind
    List {
        /// substances, interactions, sources, ...
        kind: Option<String>,
        /// Facts from this folder instead of those built in
        #[arg(long, value_name = "DIR")]
        knowledge: Option<PathBuf>,
        /// Form of the answer
        #[arg(long, value_enum, default_value = "text")]
        format: Form,
    },
    /// Show a file by its id, with its sources
    Show {
        /// The id, or kind/id where several kinds share it
        id: String,
        /// Facts from this folder instead of those built in
        #[arg(long, value_name = "DIR")]
        knowledge: Option<PathBuf>,
        /// Form of the answer
        #[arg(long, value_enum, default_value = "text")]
        format: Form,
    },
    /// What changed between two states of the facts, and which findings change with it
    Diff(DiffArgs),
    /// The changes between two states by drug: a section of knowledge/CHANGELOG.md
    Changelog(ChangelogArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// The folder cannot be read, or nothing has the kind or id.
pub fn run(args: &KnowledgeArgs, width: usize) -> Result<Answer, Failure> {
    match &args.command {
        Command::Check { knowledge, format } => check(knowledge, *format, width),
        Command::List { kind, knowledge, format } => {
            list(&base::load(knowledge.as_deref())?, kind.as_deref(), *format).map(Answer::new)
        }
        Command::Show { id, knowledge, format } => {
            show(&base::load(knowledge.as_deref())?, id, *format, width).map(Answer::new)
        }
        Command::Diff(args) => knowledge_diff::run(args, width),
        Command::Changelog(args) => knowledge_diff::changelog(args),
    }
}

fn check(folder: &Path, format: Form, width: usize) -> Result<Answer, Failure> {
    if !folder.is_dir() {
        return Err(Failure::new(format!("{}: there is no such folder", folder.display()))
            .help("Run it beside the folder knowledge/, or name the folder with --knowledge DIR."));
    }
    let files = base::files(folder)?;
    let (corpus, mut found) = Corpus::read(&files);
    let rules: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    found.extend(lint::check(&corpus, &files, &rules));
    found.sort();
    found.dedup();
    let met = !found.is_empty();
    if format == Form::Json {
        let list: Vec<Value> = found
            .iter()
            .map(|d| json!({ "file": d.file, "line": d.line, "column": d.column, "lint": d.lint, "message": d.message, "help": d.help }))
            .collect();
        let text = json(&json!({ "files": files.len(), "version": corpus.version, "diagnostics": list }))?;
        return Ok(Answer { met, ..Answer::new(text) });
    }
    let mut text = String::new();
    for d in &found {
        text.push_str(&base::point(d, &files, folder, "").render(width));
        text.push('\n');
    }
    let _ = match found.len() {
        0 => writeln!(text, "{} files, version {}: no mistake found", files.len(), corpus.version),
        1 => writeln!(text, "{} files, version {}: 1 mistake", files.len(), corpus.version),
        n => writeln!(text, "{} files, version {}: {n} mistakes", files.len(), corpus.version),
    };
    Ok(Answer { met, ..Answer::new(text) })
}

/// Every kind with its files, as they would be written.
fn kinds(c: &Corpus) -> Vec<(&'static str, Vec<(String, Value)>)> {
    fn all<T: Serialize>(list: &[T], id: impl Fn(&T) -> &str) -> Vec<(String, Value)> {
        list.iter()
            .map(|x| (id(x).to_owned(), pruned(serde_json::to_value(x).unwrap_or(Value::Null))))
            .collect()
    }
    vec![
        ("substances", all(&c.substances, |x| &x.id)),
        ("kinetics", all(&c.kinetics, |x| &x.substance)),
        ("classes", all(&c.classes, |x| &x.id)),
        ("conditions", all(&c.conditions, |x| &x.id)),
        ("interactions", all(&c.interactions, |x| &x.id)),
        ("equivalence", all(&c.equivalence, |x| &x.id)),
        ("mme", all(&c.mme, |x| &x.id)),
        ("dependence", all(&c.dependence, |x| &x.id)),
        ("lists", all(&c.lists, |x| &x.id)),
        ("parameters", all(&c.parameters, |x| &x.id)),
        ("education", all(&c.education, |x| &x.id)),
        ("follow-up", all(&c.follow_up, |x| &x.id)),
        ("measures", all(&c.measures, |x| &x.id)),
        ("sources", all(&c.sources, |x| &x.id)),
    ]
}

/// Without the fields that a file would not write.
fn pruned(v: Value) -> Value {
    match v {
        Value::Object(m) => Value::Object(
            m.into_iter()
                .map(|(k, v)| (k, pruned(v)))
                .filter(|(_, v)| {
                    !v.is_null()
                        && v.as_array().is_none_or(|a| !a.is_empty())
                        && v.as_object().is_none_or(|o| !o.is_empty())
                })
                .collect(),
        ),
        Value::Array(a) => Value::Array(a.into_iter().map(pruned).collect()),
        other => other,
    }
}

/// Counts the values of every field of that name.
fn tally(v: &Value, field: &str, out: &mut BTreeMap<String, usize>) {
    match v {
        Value::Object(m) => {
            for (k, x) in m {
                match x {
                    Value::String(s) if k == field => *out.entry(s.clone()).or_default() += 1,
                    x => tally(x, field, out),
                }
            }
        }
        Value::Array(a) => a.iter().for_each(|x| tally(x, field, out)),
        _ => {}
    }
}

fn list(kb: &Base, kind: Option<&str>, format: Form) -> Result<String, Failure> {
    let kinds = kinds(&kb.corpus);
    if let Some(wanted) = kind {
        let Some((_, files)) = kinds.iter().find(|k| k.0 == wanted) else {
            let names: Vec<&str> = kinds.iter().map(|k| k.0).collect();
            return Err(Failure::new(format!("there is no kind of knowledge named \"{wanted}\""))
                .help(format!("There are: {}.", names.join(", "))));
        };
        let ids: Vec<&str> = files.iter().map(|f| f.0.as_str()).collect();
        return match format {
            Form::Json => json(&ids),
            Form::Text => Ok(ids.iter().map(|i| format!("{i}\n")).collect()),
        };
    }
    let mut rows = Vec::new();
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    for (name, files) in &kinds {
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        files.iter().for_each(|f| tally(&f.1, "confidence", &mut by));
        for (k, n) in &by {
            *total.entry(k.clone()).or_default() += n;
        }
        rows.push((*name, files.len(), by));
    }
    let n = |by: &BTreeMap<String, usize>, k: &str| by.get(k).copied().unwrap_or(0);
    if format == Form::Json {
        let mut out = Map::new();
        for (name, files, by) in &rows {
            out.insert((*name).to_owned(), json!({ "files": files, "verified": n(by, "verified"), "secondary": n(by, "secondary"), "disputed": n(by, "disputed") }));
        }
        return json(&json!({ "version": kb.version(), "product_codes": kb.product_count(), "kinds": out }));
    }
    let mut out = format!("{}\n", paint(BOLD, &format!("Knowledge {}", kb.version())));
    let _ = writeln!(
        out,
        "{}",
        paint(DIM, "Kind           Files  Verified  Secondary  Disputed  Share verified")
    );
    rows.push(("all", rows.iter().map(|r| r.1).sum(), total));
    for (name, files, by) in &rows {
        let facts: usize = by.values().sum();
        let share = if facts == 0 {
            "-".to_owned()
        } else {
            format!("{:.0} %", 100.0 * n(by, "verified") as f64 / facts as f64)
        };
        let _ = writeln!(
            out,
            "{name:<13} {files:>6} {:>9} {:>10} {:>9}  {share:>14}",
            n(by, "verified"),
            n(by, "secondary"),
            n(by, "disputed")
        );
    }
    let _ = writeln!(out, "{} product codes", kb.product_count());
    out.push_str("Verified: looked up, the source entry holds address, date and the figure as printed. Secondary never interrupts.\n");
    Ok(out)
}

fn show(kb: &Base, id: &str, format: Form, width: usize) -> Result<String, Failure> {
    let (kind, bare) = id.split_once('/').map_or((None, id), |(k, i)| (Some(k), i));
    let found: Vec<(&str, Value)> = kinds(&kb.corpus)
        .into_iter()
        .filter(|k| kind.is_none_or(|w| w == k.0))
        .filter_map(|(name, files)| files.into_iter().find(|f| f.0 == bare).map(|f| (name, f.1)))
        .collect();
    if found.is_empty() {
        return Err(unknown(kb, id, bare));
    }
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    for field in ["source", "benefit_source"] {
        found.iter().for_each(|f| tally(&f.1, field, &mut sources));
    }
    for f in &found {
        collect_lists(&f.1, &mut sources);
    }
    let mut ids: Vec<&str> = sources.keys().map(|s| s.split('#').next().unwrap_or(s)).collect();
    ids.sort_unstable();
    ids.dedup();
    if format == Form::Json {
        let files: Map<String, Value> =
            found.iter().map(|(k, v)| (format!("{k}/{bare}"), v.clone())).collect();
        let entries: Map<String, Value> = ids
            .iter()
            .map(|i| {
                (
                    (*i).to_owned(),
                    kb.source(i)
                        .map_or(Value::Null, |s| pruned(serde_json::to_value(s).unwrap_or(Value::Null))),
                )
            })
            .collect();
        return json(&json!({ "files": files, "sources": entries }));
    }
    let mut out = String::new();
    for (kind, v) in &found {
        let _ = writeln!(out, "{}\n", paint(BOLD, &format!("{kind}/{bare}")));
        let toml = toml::to_string(v)
            .map_err(|e| Failure::new(format!("{kind}/{bare} cannot be written as TOML ({e})")))?;
        out.push_str(&toml);
        out.push('\n');
    }
    if !ids.is_empty() {
        let _ = writeln!(out, "{}", paint(BOLD, "Sources"));
    }
    for i in ids {
        source(&mut out, kb, i, &sources, width);
    }
    Ok(out)
}

/// References in lists (`sources = [...]`).
fn collect_lists(v: &Value, out: &mut BTreeMap<String, usize>) {
    if let Value::Object(m) = v {
        for (k, x) in m {
            match x {
                Value::Array(a) if k == "sources" => {
                    for s in a.iter().filter_map(Value::as_str) {
                        *out.entry(s.to_owned()).or_default() += 1;
                    }
                }
                x => collect_lists(x, out),
            }
        }
    }
}

fn source(out: &mut String, kb: &KnowledgeBase, id: &str, used: &BTreeMap<String, usize>, width: usize) {
    let Some(s) = kb.source(id) else {
        let _ = writeln!(out, "  {id}: there is no such source");
        return;
    };
    let year = s.year.map(|y| format!(" ({y})")).unwrap_or_default();
    for (i, l) in
        wrap(&format!("{id}: {}, {}{year}", s.title, s.publisher), width.saturating_sub(4)).iter().enumerate()
    {
        let _ = writeln!(out, "{:indent$}{l}", "", indent = if i == 0 { 2 } else { 4 });
    }
    if let Some(u) = &s.url {
        let _ = writeln!(out, "    {}", paint(DIM, u));
    }
    let places = used.keys().filter_map(|r| r.split_once('#').filter(|(i, _)| *i == id).map(|(_, l)| l));
    for f in places.filter_map(|l| s.figures.iter().find(|f| f.locator == l)) {
        for (i, l) in
            wrap(&format!("{}: \"{}\" ({})", f.locator, f.printed, f.retrieved), width.saturating_sub(6))
                .iter()
                .enumerate()
        {
            let _ = writeln!(out, "{:indent$}{l}", "", indent = if i == 0 { 4 } else { 6 });
        }
    }
}

fn unknown(kb: &Base, id: &str, bare: &str) -> Failure {
    let mut near: Vec<String> = kinds(&kb.corpus)
        .into_iter()
        .flat_map(|(k, files)| files.into_iter().map(move |f| format!("{k}/{}", f.0)))
        .filter(|i| i.contains(bare))
        .take(6)
        .collect();
    if near.is_empty() {
        near = kb.suggestions(bare, 3).iter().map(|n| format!("substances/{n}")).collect();
    }
    let help = if near.is_empty() {
        "`posology knowledge list` shows the kinds, `posology knowledge list substances` the ids of one."
            .to_owned()
    } else {
        format!("Near it: {}.", near.join(", "))
    };
    Failure::new(format!("no knowledge file has the id \"{id}\"")).help(help)
}
