//! `posology taper`: a plan to reduce or stop a drug, from products that exist; `posology taper adjust`: the plan after an event.
use super::common::{Answer, Country, date, json};
use crate::base;
use crate::clock::today;
use crate::failure::Failure;
use crate::input::{self, How};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use posology_interop::sig;
use posology_knowledge::schema::TaperStrategy;
use posology_knowledge::{KnowledgeBase, ResolveOptions, SubstanceIx, resolve};
use posology_review::{Context, Settings};
use posology_taper::{
    Event, Pace, PatientFacts, Plan, Recorded, Request, TaperError, Threshold, adjust, plan, render,
    taperable,
};
use std::path::{Path, PathBuf};

/// Form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanForm {
    /// For people
    Text,
    /// For programs; `taper adjust` reads it
    Json,
    /// A FHIR R4 Bundle: CarePlan, Tasks, draft MedicationRequests
    Fhir,
    /// For a calendar program
    Ics,
    /// One row per dose and product
    Csv,
    /// Dose and concentrations
    Svg,
}

/// Strategy of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StrategyArg {
    /// A share of the current dose
    Proportional,
    /// The same milligrams each time
    Linear,
    /// Equal steps of occupancy
    Occupancy,
    /// The milligrams that the guideline prints
    Stepped,
    /// Substitution by a longer-acting drug first
    Switch,
}

impl From<StrategyArg> for TaperStrategy {
    fn from(s: StrategyArg) -> Self {
        match s {
            StrategyArg::Proportional => Self::Proportional,
            StrategyArg::Linear => Self::Linear,
            StrategyArg::Occupancy => Self::Occupancy,
            StrategyArg::Stepped => Self::Stepped,
            StrategyArg::Switch => Self::Switch,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  posology taper --drug lorazepam --dose \"1 mg three times a day\"
  posology taper --drug diazepam --dose \"10 mg twice a day\" --guideline ashton --start 2026-12-01
  posology taper --drug oxycodone --dose \"10 mg every 6 hours\" --stop-at \"20 mg\"
  posology taper --record record.json --drug diazepam --format json > plan.json
  posology taper adjust plan.json --on 2027-01-20 --event \"missed 3 days\"

A plan is for the treating team. It is not a prescription, and no dose is changed without the prescriber.";

/// Arguments of `posology taper`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct TaperArgs {
    #[command(subcommand)]
    sub: Option<TaperSub>,
    #[command(flatten)]
    plan: PlanArgs,
}

#[derive(Debug, Clone, Subcommand)]
enum TaperSub {
    /// A new plan from a day on, after an event; the history is kept
    Adjust(AdjustArgs),
}

#[derive(Debug, Clone, Args)]
struct PlanArgs {
    /// The drug to taper
    #[arg(long, value_name = "NAME")]
    drug: Option<String>,
    /// What is taken now: "1 mg three times a day"
    #[arg(long, value_name = "TEXT")]
    dose: Option<String>,
    /// The patient's record: drug, dose, duration and risks are read from it; - is standard input
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Date of the plan [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// First day of the first lower dose [default: the date of the plan]
    #[arg(long, value_name = "DATE", value_parser = date)]
    start: Option<Date>,
    /// How the next dose is found [default: the guideline's own way]
    #[arg(long, value_enum)]
    strategy: Option<StrategyArg>,
    /// "10 % every 2 weeks", "1 mg every 14 days" [default: the guideline's]
    #[arg(long, value_name = "TEXT")]
    pace: Option<String>,
    /// asam-2025, nice, ashton, label, cdc-2022, maudsley, ... or custom [default: the usual one for the drug]
    #[arg(long, value_name = "ID")]
    guideline: Option<String>,
    /// Whose products and guidance
    #[arg(long, value_enum, default_value = "us")]
    products: Country,
    /// 0, or a daily dose to keep: "2 mg"
    #[arg(long, value_name = "DOSE", default_value = "0")]
    stop_at: String,
    /// Table that sets the dose of a switch: va-dod-2021, ashton-2002, bnf, sps-scotland
    #[arg(long, value_name = "ID")]
    equivalence: Option<String>,
    /// Smallest mark of the patient's own oral syringe, mL
    #[arg(long, value_name = "ML")]
    syringe_mark: Option<f64>,
    /// Reference to the patient in FHIR output: Patient/123
    #[arg(long, value_name = "REFERENCE")]
    patient: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: PlanForm,
}

#[derive(Debug, Clone, Args)]
struct AdjustArgs {
    /// A plan in JSON
    #[arg(value_name = "PLAN")]
    file: PathBuf,
    /// Day of the event
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Date,
    /// "hold", "hold 7 days", "missed 3 days", "dose now 7.5 mg", "faster", "slower", "step back", "symptoms: GAD-7 15", "none"
    #[arg(long, value_name = "TEXT")]
    event: String,
    /// From which score on to be prompted, set by a clinician: "GAD-7 10"
    #[arg(long, value_name = "TEXT")]
    threshold: Vec<String>,
    /// Reference to the patient in FHIR output: Patient/123
    #[arg(long, value_name = "REFERENCE")]
    patient: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: PlanForm,
}

/// Plans, or adjusts a plan.
///
/// # Errors
/// What cannot be planned and why, or an input that cannot be read.
pub fn run(args: &TaperArgs) -> Result<Answer, Failure> {
    let kb = base::load(None)?;
    if let Some(TaperSub::Adjust(a)) = &args.sub {
        return run_adjust(&kb, a);
    }
    let a = &args.plan;
    let as_of = a.as_of.unwrap_or_else(today);
    let found = match &a.record {
        Some(path) => from_record(&kb, path, a.drug.as_deref(), as_of, a.products)?,
        None => Found { drug: by_name(&kb, a.drug.as_deref())?, dose: None, form: None, facts: None },
    };
    let (daily, times) = match (&a.dose, found.dose) {
        (Some(text), _) => read_dose(text)?,
        (None, Some(d)) => d,
        (None, None) => {
            return Err(Failure::new("the dose that is taken now is not known")
                .help("Give it: --dose \"1 mg three times a day\"."));
        }
    };
    let request = Request {
        form: found.form,
        as_of,
        start: a.start.unwrap_or(as_of),
        jurisdiction: a.products.into(),
        guideline: a.guideline.clone(),
        strategy: a.strategy.map(Into::into),
        pace: a.pace.as_deref().map(Pace::parse).transpose().map_err(Failure::new)?,
        goal_mg: goal(&a.stop_at)?,
        equivalence: a.equivalence.clone(),
        syringe_mark_ml: a.syringe_mark,
        patient: found.facts,
        ..Request::new(kb.substance(found.drug).id.clone(), daily, times, as_of)
    };
    let p = plan(&kb, &request).map_err(|e| refusal(&e))?;
    show(&p, a.format, a.patient.as_deref())
}

fn run_adjust(kb: &KnowledgeBase, a: &AdjustArgs) -> Result<Answer, Failure> {
    let name = a.file.display().to_string();
    let text = std::fs::read_to_string(&a.file)
        .map_err(|e| Failure::new(format!("{name}: the file cannot be read ({e})")))?;
    let old: Plan = serde_json::from_str(&text).map_err(|e| {
        Failure::new(format!("{name}, line {}, column {}: this is no plan ({e})", e.line(), e.column()))
            .help("Give a plan made with: posology taper ... --format json.")
    })?;
    let event = Event::parse(&a.event).map_err(|e| Failure::new(e.to_string()))?;
    let mut thresholds = Vec::new();
    for t in &a.threshold {
        let read = t.trim().rsplit_once(' ').and_then(|(s, n)| Some((s.trim(), n.parse::<f64>().ok()?)));
        let (scale, score) = read.filter(|r| !r.0.is_empty() && r.1.is_finite()).ok_or_else(|| {
            Failure::new(format!("\"{t}\" is no threshold")).help("Write it as \"GAD-7 10\".")
        })?;
        thresholds.push(Threshold { scale: scale.to_owned(), score });
    }
    let p = adjust(kb, &old, a.on, &event, &thresholds).map_err(|e| Failure::new(e.to_string()))?;
    show(&p, a.format, a.patient.as_deref())
}

fn show(p: &Plan, form: PlanForm, patient: Option<&str>) -> Result<Answer, Failure> {
    let mut answer = Answer::new(match form {
        PlanForm::Text => render::text(p),
        PlanForm::Json => json(p)?,
        PlanForm::Fhir => json(&render::fhir(p, patient))?,
        PlanForm::Ics => render::ics(p),
        PlanForm::Csv => render::csv(p),
        PlanForm::Svg => render::svg(p),
    });
    if form != PlanForm::Text && p.awaits_prescriber.is_some() {
        answer.notes.push("this plan waits for the prescriber".to_owned());
    }
    Ok(answer)
}

struct Found {
    drug: SubstanceIx,
    dose: Option<(f64, u32)>,
    form: Option<String>,
    facts: Option<PatientFacts>,
}

/// A drug by name.
fn by_name(kb: &KnowledgeBase, name: Option<&str>) -> Result<SubstanceIx, Failure> {
    let name =
        name.ok_or_else(|| Failure::new("no drug is named").help("Give --drug NAME, or --record FILE."))?;
    match kb.by_name(name) {
        Some((ix, _)) => Ok(ix),
        None => {
            let near = kb.suggestions(name, 3);
            let f = Failure::new(format!("\"{name}\" is no drug that the knowledge holds"));
            Err(if near.is_empty() { f } else { f.help(format!("Did you mean {}?", near.join(", "))) })
        }
    }
}

/// Drug, dose, duration and risks from a record.
fn from_record(
    kb: &KnowledgeBase,
    path: &Path,
    name: Option<&str>,
    as_of: Date,
    country: Country,
) -> Result<Found, Failure> {
    let mut read = input::read(&[path.to_path_buf()], How { format: None, dates: None });
    if let Some(f) = read.failures.pop() {
        return Err(f);
    }
    let [record] = read.list.as_slice() else {
        return Err(Failure::new(format!("{} patients in the record: a plan is for one", read.list.len())));
    };
    let case = resolve(&record.case, kb, ResolveOptions { rxnorm: None });
    let settings = Settings { as_of, jurisdiction: country.into(), suppressions: Vec::new() };
    let ctx = Context::new(&case, kb, &settings);
    let drug = match name {
        Some(n) => by_name(kb, Some(n))?,
        None => match taperable(&ctx)[..] {
            [one] => one,
            ref all => {
                let names: Vec<&str> = all.iter().map(|t| ctx.name(*t)).collect();
                let list = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(Failure::new(format!(
                    "the record holds these drugs with guidance on stopping: {list}"
                ))
                .help("Name one with --drug. One drug is tapered at a time."));
            }
        },
    };
    let of = Recorded::of(&ctx, drug).ok_or_else(|| {
        Failure::new(format!("the record does not show that {} is taken on {as_of}", kb.substance(drug).name))
            .help("Check the date with --as-of; `posology review --explain` says what counts as taken.")
    })?;
    Ok(Found { drug, dose: of.dose, form: of.form, facts: Some(of.facts) })
}

/// Milligrams a day and doses a day.
fn read_dose(text: &str) -> Result<(f64, u32), Failure> {
    sig::read_daily(text).map_err(|why| {
        Failure::new(format!("the dose \"{text}\" {why}")).help(
            "Write milligrams and how often: \"1 mg three times a day\", \"5 mg in the morning and 10 mg at night\".",
        )
    })
}

fn goal(text: &str) -> Result<f64, Failure> {
    let bare = text.trim().trim_end_matches("a day").trim().trim_end_matches("mg").trim();
    bare.parse::<f64>()
        .ok()
        .filter(|x| x.is_finite() && *x >= 0.0)
        .ok_or_else(|| Failure::new(format!("--stop-at \"{text}\" is no dose")).help("Give 0, or \"2 mg\"."))
}

fn refusal(e: &TaperError) -> Failure {
    let f = Failure::new(e.to_string());
    match e {
        TaperError::SwitchRefused(_) => {
            f.help("A taper of the drug itself can be planned: leave out --strategy switch.")
        }
        _ => f,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doses_as_written() {
        for (text, daily, times) in [
            ("1 mg three times a day", 3.0, 3),
            ("10 mg every 6 hours", 40.0, 4),
            ("7.5 mg at night", 7.5, 1),
            ("0.5 mg twice daily", 1.0, 2),
        ] {
            let (d, t) = read_dose(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert!((d - daily).abs() < 1e-9 && t == times, "{text}: {d} {t}");
        }
        for bad in ["", "three times a day", "5 mg", "a bit", "1 tablet daily"] {
            assert!(read_dose(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn goals() {
        assert_eq!(goal("0").unwrap(), 0.0);
        assert_eq!(goal("2 mg").unwrap(), 2.0);
        for bad in ["", "-1", "much", "NaN"] {
            assert!(goal(bad).is_err(), "{bad}");
        }
    }
}
