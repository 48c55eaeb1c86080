//! `posology screen`: the same review over tables of a population.
use super::common::{Answer, Country, date, json};
use crate::base;
use crate::failure::Failure;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use posology_screen::eras::{EraOptions, Stockpile};
use posology_screen::generate::{Generate, generate};
use posology_screen::lists::{Input, Lists, screen_lists};
use posology_screen::run::{Progress, RunOptions, run as screen_files};
use posology_screen::{Mode, Options, ScreenError, Summary};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

const EXAMPLES: &str = "\
Examples:
  A folder with person, drug_exposure, condition_occurrence, measurement, observation, concept (.parquet or .csv), at one date:
    posology screen omop/ --as-of 2026-06-30 --out answers
  A FHIR bulk export:
    posology screen export/ --as-of 2026-06-30 --out answers
  Every finding of a year with its first and last day:
    posology screen omop/ --window 2026-01-01 2026-12-31 --out answers
  After an interruption, to the same bytes:
    posology screen omop/ --as-of 2026-06-30 --out answers --resume

The folder of the answers holds report.html, summary.json, tables as CSV, and findings/, persons/, not_assessed/ as Parquet (with --csv also CSV).
A person without a finding is not safe: what could not be assessed stands beside it.

Exit status: 0 all persons were screened; 2 the input could not be used, the disk is full, or the run was interrupted.";

/// What to do with supplies of one product that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Overlap {
    /// A supply ends when the next one begins
    Cut,
    /// What is left is used up first
    Carry,
}

/// Arguments of `posology screen`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct ScreenArgs {
    #[command(subcommand)]
    command: Option<Extra>,
    /// Folders or files of OMOP CDM 5.4 or of a FHIR bulk export; s3:// addresses too
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Review at this date, with what was known by then
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with_all = ["each_change", "window"])]
    as_of: Option<Date>,
    /// Review at every start, end and change of a drug up to this date
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with = "window")]
    each_change: Option<Date>,
    /// Review at the first date and at every change up to the second
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], value_parser = date)]
    window: Vec<Date>,
    /// Folder for the answers
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with a run that was interrupted
    #[arg(long)]
    resume: bool,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum, default_value = "us")]
    jurisdiction: Country,
    /// What to do with supplies of one product that overlap
    #[arg(long, value_enum, default_value = "cut")]
    stockpile: Overlap,
    /// Uncovered days that do not end an episode
    #[arg(long, value_name = "DAYS", default_value_t = 15, value_parser = clap::value_parser!(i32).range(0..=400))]
    grace_days: i32,
    /// Days that a row with neither end nor days of supply lasts
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(i32).range(1..=400))]
    assume_days: i32,
    /// Threads [default: all cores]; the answers do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Memory for a table that is not sorted by person, MiB; a larger one is sorted on disk
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    memory: u64,
    /// Write CSV beside Parquet
    #[arg(long)]
    csv: bool,
    /// Leave out the rows of what was not assessed; their counts stay in the report
    #[arg(long)]
    no_gaps: bool,
    /// Form of the summary
    #[arg(long, value_enum, default_value = "text")]
    format: super::common::Form,
    /// Facts from this folder instead of those built in
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
enum Extra {
    /// Write a population that never lived, as OMOP CDM Parquet
    Generate(GenerateArgs),
    /// Sweep a table with your own lists: two classes together, the longest episode of one, every pair
    Lists(ListsArgs),
}

#[derive(Debug, Clone, Args)]
struct GenerateArgs {
    /// Persons
    #[arg(long, value_name = "N")]
    persons: u64,
    /// Seed: the same seed makes the same persons
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Last day of the data
    #[arg(long, value_name = "DATE", value_parser = date, default_value = "2026-06-30")]
    until: Date,
    /// Folder for the tables
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A concept table (.parquet or .csv) to take real concept ids from; others get local ids above 2,000,000,000
    #[arg(long, value_name = "FILE")]
    concepts: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
struct ListsArgs {
    /// Parquet with person_id, drug_concept_id, start, end, days_supply, dose_mg
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// CSV: drug_concept_id,name,class_id,diazepam_equiv
    #[arg(long, value_name = "FILE")]
    drugs: PathBuf,
    /// CSV: a,b
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

/// As a failure with its remedy.
pub(super) fn failure(e: ScreenError) -> Failure {
    Failure::new(e.to_string()).help(e.remedy)
}

/// Set by Ctrl-C: workers finish their part and end.
pub(super) fn interrupt() -> &'static AtomicBool {
    static STOP: OnceLock<&'static AtomicBool> = OnceLock::new();
    STOP.get_or_init(|| {
        static FLAG: AtomicBool = AtomicBool::new(false);
        // Where no handler can be set, Ctrl-C ends the program at once; finished parts are whole in either case.
        let _ = ctrlc::set_handler(|| {
            if FLAG.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        &FLAG
    })
}

/// A bar on standard error.
#[derive(Debug)]
struct Bar {
    bar: ProgressBar,
    sum: Mutex<(u64, u64)>,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template(
            "{spinner} {msg} {bar:30} {pos}/{len} parts, {elapsed} gone, {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, sum: Mutex::new((0, 0)) }
    }
}

impl Progress for Bar {
    fn begin(&self, parts: usize, done: usize) {
        self.bar.set_length(parts as u64);
        self.bar.set_position(done as u64);
        self.bar.reset_eta();
        self.bar.set_message("screening");
    }
    fn part(&self, s: &Summary) {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.0 += s.persons;
        sum.1 += s.findings;
        let rate = sum.0 as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("{} persons, {rate:.0} a second, {} findings", sum.0, sum.1));
        self.bar.inc(1);
    }
    fn stage(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.bar.tick();
    }
}

/// Screens, generates or sweeps.
///
/// # Errors
/// The input cannot be used, the output cannot be written, or the run was interrupted.
pub fn run(args: &ScreenArgs) -> Result<Answer, Failure> {
    match &args.command {
        Some(Extra::Generate(g)) => return generated(g),
        Some(Extra::Lists(l)) => return lists(l),
        None => {}
    }
    let mode = match (args.as_of, args.each_change, args.window.as_slice()) {
        (Some(d), ..) => Mode::AsOf(d),
        (_, Some(d), _) => Mode::EachChange(d),
        (_, _, [a, b]) if a <= b => Mode::Window(*a, *b),
        (_, _, [a, b]) => {
            return Err(Failure::new(format!("the window ends on {b}, before it begins on {a}"))
                .help("Give the earlier date first."));
        }
        _ => {
            return Err(Failure::new("no date is given")
                .help("Give --as-of DATE, --each-change DATE or --window FROM TO: the clock is never read, so that a run can be repeated."));
        }
    };
    let Some(out) = &args.out else {
        return Err(Failure::new("no folder for the answers is given").help("Give --out DIR."));
    };
    if args.paths.is_empty() {
        return Err(Failure::new("nothing to screen is given")
            .help("Give a folder with drug_exposure.parquet, or with FHIR bulk .ndjson files."));
    }
    let kb = base::load(args.knowledge.as_deref())?;
    let stockpile = match args.stockpile {
        Overlap::Cut => Stockpile::Cut,
        Overlap::Carry => Stockpile::Carry,
    };
    let screen = Options {
        mode,
        jurisdiction: args.jurisdiction.into(),
        eras: EraOptions { stockpile, grace_days: args.grace_days, assumed_days: args.assume_days },
        gaps: !args.no_gaps,
    };
    let mut options = RunOptions::new(screen, out.clone());
    options.threads = args.threads.map_or_else(cores, usize::from);
    options.resume = args.resume;
    options.csv = args.csv;
    options.budget = args.memory.saturating_mul(1 << 20);
    let bar = Bar::new();
    let sum = screen_files(&args.paths, &kb, &options, interrupt(), &bar);
    bar.bar.finish_and_clear();
    let sum = sum.map_err(failure)?;
    Ok(Answer::new(match args.format {
        super::common::Form::Json => json(&sum)?,
        super::common::Form::Text => text(&sum, out),
    }))
}

fn text(s: &Summary, out: &std::path::Path) -> String {
    let percent = |a: u64, b: u64| 100.0 * a as f64 / b.max(1) as f64;
    let mut t = String::new();
    let _ = writeln!(
        t,
        "{} persons, {} rows about drugs, {:.2} % of them recognised, {} reviews, {} findings",
        s.persons,
        s.rows,
        percent(s.rows_resolved, s.rows),
        s.reviews,
        s.findings
    );
    for w in ["critical", "serious", "caution", "note"] {
        let n = s.gravest.get(w).copied().unwrap_or(0);
        let _ =
            writeln!(t, "  {n:>10} persons ({:.2} %) whose gravest finding is {w}", percent(n, s.persons));
    }
    let mut rules: Vec<(&String, &u64)> = s.rules.iter().collect();
    rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    t.push_str("Most frequent findings, persons\n");
    for (r, n) in rules.iter().take(12) {
        let _ = writeln!(t, "  {n:>10} {r}");
    }
    let mut gaps: Vec<(&String, &u64)> = s.not_assessed.iter().collect();
    gaps.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    t.push_str("Not assessed, persons\n");
    for (r, n) in gaps.iter().take(8) {
        let _ = writeln!(t, "  {n:>10} {r}");
    }
    t.push_str("Repairs\n");
    for (r, n) in s.repairs.occurred() {
        let _ = writeln!(t, "  {n:>10} {}", r.words());
    }
    for (c, first) in &s.unreadable {
        let _ = writeln!(t, "  the first unreadable value of {c} is \"{}\"", crate::terminal::clean(first));
    }
    let _ = writeln!(t, "Report: {}", out.join("report.html").display());
    t
}

fn generated(g: &GenerateArgs) -> Result<Answer, Failure> {
    let concepts = match &g.concepts {
        Some(f) => Some(posology_screen::run::concepts(std::slice::from_ref(f)).map_err(failure)?),
        None => None,
    };
    let options = Generate {
        persons: g.persons,
        seed: g.seed,
        until: posology_screen::days::day_of(g.until),
        out: g.out.clone(),
        concepts,
    };
    let w = generate(&options, posology_corpus::builtin()).map_err(failure)?;
    Ok(Answer::new(format!(
        "{} persons, {} drug exposures, {} conditions, {} measurements; {} concepts, {} of them with the id of the table given, the others with local ids\n",
        w.persons, w.exposures, w.conditions, w.measurements, w.concepts.0, w.concepts.1
    )))
}

fn lists(l: &ListsArgs) -> Result<Answer, Failure> {
    let read = |p: &PathBuf| {
        std::fs::read_to_string(p)
            .map_err(|e| Failure::new(format!("{}: {e}", p.display())).help("Check the file."))
    };
    let lists = Lists::from_csv(&read(&l.drugs)?, &read(&l.pairs)?).map_err(failure)?;
    let input = Input::open(&l.file).map_err(failure)?;
    let a = screen_lists(&input, &lists, l.threads.map_or_else(cores, usize::from)).map_err(failure)?;
    Ok(Answer::new(format!(
        "together: {} persons, {} days\nlongest episodes: {} persons, {} days, longest {}, sum of mean daily doses {}\npairs: {} of {} persons\nrows: {}; {} on no list; {} backwards\n",
        a.together_persons,
        a.together_days,
        a.episode_persons,
        a.episode_days,
        a.episode_longest,
        a.episode_dose,
        a.pairs,
        a.pair_persons,
        a.rows,
        a.unlisted,
        a.backwards
    )))
}
