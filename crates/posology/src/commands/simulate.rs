//! `posology simulate`: concentrations over time.
use super::predict::split_dose;
use super::quantity;
use super::simulate_show::{Shown, show};
use clap::{Args, ValueEnum};
use posology_kinetics::exposure::{Enzyme, Perpetrator, Phenotype, regimen};
use posology_kinetics::simulate::{
    Changes, Dose, Grid, Hours, Mg, Model, Plan, Population, Regimen, Route, SteadyState, simulate_grid,
    simulate_population,
};
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::{Covariate, KineticsFile};
use posology_review::bridge::exposure::{ExposureTable, key};
use posology_review::bridge::simulation::{Built, Person, build, phenotype, route};
use posology_review::bridge::simulation_changes::{Course, Followed, schedule};

/// Form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// `time_h` and a column per substance
    Csv,
    /// For programs
    Json,
    /// A plot
    Svg,
    /// A summary for people
    Term,
}

/// Sex at birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Sex {
    Female,
    Male,
}

/// Arguments of `posology simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// The drug
    #[arg(long)]
    pub drug: String,
    /// One dose with its unit: "10 mg"
    #[arg(long)]
    pub dose: String,
    /// Interval between doses: 8h, 1d; without it one dose is given
    #[arg(long)]
    pub every: Option<String>,
    /// How long: 14d, 6w
    #[arg(long = "for")]
    pub duration: String,
    /// How long to go on after the last dosing interval
    #[arg(long, default_value = "0h")]
    pub follow: String,
    /// oral, sublingual, intramuscular, rectal, nasal or intravenous
    #[arg(long, default_value = "oral")]
    pub route: String,
    /// Duration of an intravenous infusion
    #[arg(long)]
    pub infusion: Option<String>,
    /// Numbers of doses that are missed, from 1: 4,5
    #[arg(long, value_delimiter = ',')]
    pub missed: Vec<usize>,
    /// Begin at the steady state of this regimen
    #[arg(long, requires = "every")]
    pub steady_state: bool,
    /// Age in years
    #[arg(long)]
    pub age: Option<f64>,
    /// Sex at birth
    #[arg(long, value_enum)]
    pub sex: Option<Sex>,
    /// Body weight: 60kg
    #[arg(long)]
    pub weight: Option<String>,
    /// Cirrhosis of the liver
    #[arg(long)]
    pub cirrhosis: bool,
    /// Impaired kidney
    #[arg(long)]
    pub renal_impairment: bool,
    /// Smokes tobacco
    #[arg(long)]
    pub smoker: bool,
    /// CYP2C19 phenotype: poor, intermediate, normal, rapid, ultrarapid
    #[arg(long)]
    pub cyp2c19: Option<String>,
    /// CYP2D6 phenotype
    #[arg(long)]
    pub cyp2d6: Option<String>,
    /// CYP3A5: expresser, intermediate (one working allele) or non-expresser
    #[arg(long)]
    pub cyp3a5: Option<String>,
    /// UGT2B15 phenotype
    #[arg(long)]
    pub ugt2b15: Option<String>,
    /// A drug taken with it: "fluvoxamine 100 mg from day 3 to day 10"; repeat for each
    #[arg(long = "with", value_name = "DRUG, DOSE AND DAYS")]
    pub with: Vec<String>,
    /// Number of simulated persons; percentiles come out
    #[arg(long)]
    pub subjects: Option<u32>,
    /// Seed of the random numbers
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Percentiles of a population
    #[arg(long, value_delimiter = ',', default_value = "5,50,95")]
    pub percentiles: Vec<f64>,
    /// Distance of the times that come out
    #[arg(long)]
    pub step: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "term")]
    pub format: Form,
}

/// What goes to standard output, and remarks for standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer.
    pub text: String,
    /// Assumptions and what was not assessed.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// A sentence that names the parameter, its value and what is allowed.
pub fn run(args: &SimulateArgs, kb: &KnowledgeBase) -> Result<Answer, String> {
    let file = find(&args.drug, kb)?;
    let built = build(file, &person(args)?).map_err(|e| e.to_string())?;
    let way = route(&args.route).map_err(|e| e.to_string())?;
    let routes: Vec<&str> = file.model.iter().flat_map(|m| m.absorption.keys()).map(String::as_str).collect();
    let intravenous = file.model.as_ref().is_some_and(|m| m.intravenous);
    if way == Route::Intravenous && !intravenous
        || way != Route::Intravenous && built.model.absorption(way).is_none()
    {
        let also = if intravenous { ", intravenous" } else { "" };
        return Err(format!("route is {}; allowed for {}: {}{also}", way, file.substance, routes.join(", ")));
    }
    let end = quantity::hours("--for", &args.duration)?;
    let total = end + quantity::hours("--follow", &args.follow)?;
    let regimen = regimen_of(args, &built, way, end)?;
    let changes = changes_of(args, kb, file, &built, total)?;
    let step = match &args.step {
        Some(s) => quantity::hours("--step", s)?,
        None if total <= 72.0 => 0.25,
        None => 1.0,
    };
    if step <= 0.0 || total <= 0.0 {
        return Err(format!("--step is {step} h and --for {end} h; allowed: more than 0"));
    }
    let grid =
        Grid::new(Hours(0.0), Hours(step), (total / step + 1e-9) as usize + 1).map_err(|e| e.to_string())?;
    let mut notes: Vec<String> = built.assumptions.clone();
    notes.extend(
        built
            .not_assessed
            .iter()
            .map(|c| format!("not assessed: no effect of {c} is recorded for {}", file.substance)),
    );
    let shown = values(args, &built, &regimen, &changes, &grid, &mut notes)?;
    let title = format!(
        "{} {} {}",
        file.substance,
        args.dose,
        args.every.as_ref().map_or("once".to_owned(), |e| format!("every {e}"))
    );
    Ok(Answer { text: show(args.format, &title, &shown, &notes)?, notes })
}

fn find<'a>(name: &str, kb: &'a KnowledgeBase) -> Result<&'a KineticsFile, String> {
    let id = key(name);
    let direct = kb.corpus.kinetics.iter().find(|k| k.substance == id);
    let named = || kb.by_name(name).and_then(|(ix, _)| kb.kinetics(ix));
    let with_model: Vec<&str> =
        kb.corpus.kinetics.iter().filter(|k| k.model.is_some()).map(|k| k.substance.as_str()).collect();
    match direct.or_else(named) {
        Some(k) if k.model.is_some() => Ok(k),
        _ => Err(format!("no compartment model for drug {name:?}; allowed: {}", with_model.join(", "))),
    }
}

fn person(args: &SimulateArgs) -> Result<Person, String> {
    if let Some(age) = args.age
        && !(0.0..=120.0).contains(&age)
    {
        return Err(format!("--age is {age}; allowed: 0 to 120"));
    }
    let mut present = std::collections::BTreeSet::new();
    for (flag, covariate) in [
        (args.cirrhosis, Covariate::Cirrhosis),
        (args.renal_impairment, Covariate::RenalImpairment),
        (args.smoker, Covariate::Smoker),
    ] {
        if flag {
            present.insert(covariate);
        }
    }
    present.extend(phenotypes(args)?.into_iter().filter_map(|(e, p)| phenotype(e, p)));
    match args.cyp3a5.as_deref().map(str::to_lowercase).as_deref() {
        None | Some("non-expresser" | "nonexpresser" | "poor") => {}
        Some("expresser" | "normal") => {
            present.insert(Covariate::Cyp3a5Expresser);
        }
        Some("intermediate") => {
            present.insert(Covariate::Cyp3a5Intermediate);
        }
        Some(other) => {
            return Err(format!("--cyp3a5 is {other:?}; allowed: expresser, intermediate, non-expresser"));
        }
    }
    let weight_kg = args.weight.as_deref().map(|w| quantity::kilograms("--weight", w)).transpose()?;
    Ok(Person { age: args.age, female: args.sex.map(|s| s == Sex::Female), weight_kg, present })
}

fn phenotypes(args: &SimulateArgs) -> Result<Vec<(Enzyme, Phenotype)>, String> {
    let given =
        [(Enzyme::Cyp2c19, &args.cyp2c19), (Enzyme::Cyp2d6, &args.cyp2d6), (Enzyme::Ugt2b15, &args.ugt2b15)];
    given
        .into_iter()
        .filter_map(|(e, text)| text.as_ref().map(|t| (e, t)))
        .map(|(e, t)| Phenotype::parse(e, t).map(|p| (e, p)).map_err(|x| x.to_string()))
        .collect()
}

fn regimen_of(args: &SimulateArgs, built: &Built, way: Route, end: f64) -> Result<Regimen, String> {
    let mg = quantity::mg("--dose", &args.dose)?;
    if mg <= 0.0 {
        return Err(format!("--dose is {:?}; allowed: more than 0 mg", args.dose));
    }
    let duration = args.infusion.as_deref().map_or(Ok(0.0), |i| quantity::hours("--infusion", i))?;
    let dose =
        Dose { time: Hours(0.0), amount: Mg(mg * built.dose_factor), route: way, duration: Hours(duration) };
    let Some(every) = &args.every else {
        return Regimen::new(vec![dose]).map_err(|e| e.to_string());
    };
    let every = quantity::hours("--every", every)?;
    if every <= 0.0 {
        return Err(format!("--every is {every} h; allowed: more than 0 h"));
    }
    let count = (end / every - 1e-9).ceil().max(1.0) as usize;
    let missed: Vec<usize> = args.missed.iter().map(|m| m.wrapping_sub(1)).collect();
    if let Some(bad) = args.missed.iter().find(|m| **m == 0 || **m > count) {
        return Err(format!("--missed is {bad}; allowed: 1 to {count}"));
    }
    let regimen = Regimen::repeated(dose, Hours(every), count).map_err(|e| e.to_string())?.missing(&missed);
    if !args.steady_state {
        return Ok(regimen);
    }
    let before = SteadyState { interval: Hours(every), until: Hours(0.0), cycle: vec![dose] };
    regimen.after(before).map_err(|e| e.to_string())
}

/// The interacting drugs as changes of clearance.
fn changes_of(
    args: &SimulateArgs,
    kb: &KnowledgeBase,
    file: &KineticsFile,
    built: &Built,
    total: f64,
) -> Result<Changes, String> {
    if args.with.is_empty() {
        return Ok(Changes::none());
    }
    let (table, _) = ExposureTable::new(&kb.corpus.kinetics);
    let victim = table.victim(&built.outputs[0]).ok_or_else(|| {
        format!(
            "no clearance pathways are recorded for {}; allowed with --with: drugs that have them",
            built.outputs[0]
        )
    })?;
    let mut courses = Vec::new();
    for text in &args.with {
        let (named, from_h, until_h) = days(text)?;
        let (name, dose) = split_dose(&named);
        let perpetrator: &Perpetrator = table
            .perpetrator(&name)
            .ok_or_else(|| format!("{name:?} is not a substance with known effects on enzymes"))?;
        courses.push(Course {
            perpetrator,
            dose_per_day: regimen::parse(&dose).dose_per_day,
            from_h,
            until_h,
        });
    }
    let metabolite = built.outputs.get(1);
    let mut formed_by = Vec::new();
    for s in file.substrate.iter().filter(|s| s.produces.is_some() && s.produces.as_ref() == metabolite) {
        let enzyme = Enzyme::parse(&s.enzyme).map_err(|e| e.to_string())?;
        formed_by.push((enzyme, s.produces_fraction.unwrap_or(1.0)));
    }
    let first = metabolite.map(|id| Followed {
        victim: table.victim(id),
        formed_by: &formed_by,
        share: built.model.spec().first.map_or(0.0, |m| m.formed.0),
    });
    let step = if total > 1500.0 { 4.0 } else { 1.0 };
    schedule(victim, first, &courses, &phenotypes(args)?, total, step).map_err(|e| e.to_string())
}

/// Takes `from day 3 to day 10` off the end: hours from the start of day 3 to the end of day 10.
fn days(text: &str) -> Result<(String, f64, Option<f64>), String> {
    let refused = || format!("--with is {text:?}; allowed: a drug, its dose, and \"from day 3 to day 10\"");
    let lower = text.to_lowercase();
    let day = |word: &str| -> Result<Option<f64>, String> {
        let Some(at) = lower.find(word) else { return Ok(None) };
        let rest = lower[at + word.len()..].trim_start();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let day: f64 = digits.parse().map_err(|_| refused())?;
        if day >= 1.0 { Ok(Some(day)) } else { Err(refused()) }
    };
    let first = day(" from day")?;
    let last = match day(" to day")? {
        Some(d) => Some(d),
        None => day(" until day")?,
    };
    if let (Some(a), Some(b)) = (first.or(Some(1.0)), last)
        && b < a
    {
        return Err(refused());
    }
    let cut = [" from day", " to day", " until day"]
        .iter()
        .filter_map(|w| lower.find(w))
        .min()
        .unwrap_or(text.len());
    let named = text.get(..cut).unwrap_or(text).trim().to_owned();
    Ok((named, (first.unwrap_or(1.0) - 1.0) * 24.0, last.map(|d| d * 24.0)))
}

fn values(
    args: &SimulateArgs,
    built: &Built,
    regimen: &Regimen,
    changes: &Changes,
    grid: &Grid,
    notes: &mut Vec<String>,
) -> Result<Shown, String> {
    let column = |substance: &str| format!("{}_ng_per_ml", substance.replace('-', "_"));
    let times: Vec<f64> = (0..grid.len()).map(|i| grid.time(i).0).collect();
    let Some(subjects) = args.subjects else {
        notes.retain(|n| !n.starts_with("spread of") && !n.starts_with("correlation of"));
        let curves = simulate_grid(&built.model, regimen, changes, grid).map_err(|e| e.to_string())?;
        let columns = built
            .outputs
            .iter()
            .enumerate()
            .map(|(i, s)| (column(s), curves.column(i).map(|c| 1000.0 * c).collect()));
        return Ok(Shown { times, columns: columns.collect(), population: false });
    };
    for p in &args.percentiles {
        if !(0.0..=100.0).contains(p) {
            return Err(format!("--percentiles is {p}; allowed: 0 to 100"));
        }
    }
    let plan = Plan::new(&built.model, regimen, changes).map_err(|e| e.to_string())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(64);
    let percentiles: Vec<f64> = args.percentiles.iter().map(|p| p / 100.0).collect();
    let settings = Population { subjects, seed: args.seed, threads, percentiles };
    let typical: Model = built.model;
    let curves = simulate_population(&plan, |_| typical, &built.variability, grid, &settings)
        .map_err(|e| e.to_string())?;
    if !curves.exact {
        notes.push("percentiles within 1.6 % (counted in bins)".to_owned());
    }
    let mut columns = Vec::new();
    for (i, substance) in built.outputs.iter().enumerate() {
        for (k, p) in args.percentiles.iter().enumerate() {
            let values = curves.column(i, k).map(|c| 1000.0 * c).collect();
            columns.push((format!("{}_p{}", column(substance), p.to_string().replace('.', "_")), values));
        }
    }
    Ok(Shown { times, columns, population: true })
}

#[cfg(test)]
#[path = "simulate_tests.rs"]
mod tests;
