//! A question about concentrations as people ask it (texts with units) to an answer: one subject or percentiles of a population.
pub mod quantity;

use super::exposure::{ExposureTable, key, split_dose};
use super::simulation::{Built, Person, build, phenotype, route};
use super::simulation_changes::{Course, Followed, schedule};
use posology_kinetics::exposure::{Enzyme, Perpetrator, Phenotype, regimen};
use posology_kinetics::simulate::{
    Changes, Dose, Grid, Hours, Mg, Model, Plan, Population, Regimen, Route, SteadyState, simulate_grid,
    simulate_population,
};
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::{Covariate, KineticsFile};
use serde_json::json;
use std::fmt;

/// What is asked. Quantities are texts with their units: "10 mg", "8h", "14d", "60kg".
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The drug.
    pub drug: String,
    /// One dose.
    pub dose: String,
    /// Interval between doses; without it one dose is given.
    pub every: Option<String>,
    /// How long it is taken.
    pub duration: String,
    /// How long to go on after that.
    pub follow: String,
    /// Route.
    pub route: String,
    /// Duration of an intravenous infusion.
    pub infusion: Option<String>,
    /// Numbers of doses that are missed, from 1.
    pub missed: Vec<usize>,
    /// Begin at the steady state of this regimen.
    pub steady_state: bool,
    /// Years.
    pub age: Option<f64>,
    /// Sex at birth.
    pub female: Option<bool>,
    /// Body weight.
    pub weight: Option<String>,
    /// Cirrhosis of the liver.
    pub cirrhosis: bool,
    /// Impaired kidney.
    pub renal_impairment: bool,
    /// Smokes tobacco.
    pub smoker: bool,
    /// CYP2C19 phenotype.
    pub cyp2c19: Option<String>,
    /// CYP2D6 phenotype.
    pub cyp2d6: Option<String>,
    /// CYP3A5: expresser, intermediate or non-expresser.
    pub cyp3a5: Option<String>,
    /// UGT2B15 phenotype.
    pub ugt2b15: Option<String>,
    /// Drugs taken with it: "fluvoxamine 100 mg from day 3 to day 10".
    pub with: Vec<String>,
    /// Number of simulated persons; percentiles come out.
    pub subjects: Option<u32>,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Percentiles of a population, 0 to 100.
    pub percentiles: Vec<f64>,
    /// Distance of the times that come out.
    pub step: Option<String>,
    /// Threads for a population; the answer does not depend on it.
    pub threads: usize,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            drug: String::new(),
            dose: String::new(),
            every: None,
            duration: String::new(),
            follow: "0h".into(),
            route: "oral".into(),
            infusion: None,
            missed: Vec::new(),
            steady_state: false,
            age: None,
            female: None,
            weight: None,
            cirrhosis: false,
            renal_impairment: false,
            smoker: false,
            cyp2c19: None,
            cyp2d6: None,
            cyp3a5: None,
            ugt2b15: None,
            with: Vec::new(),
            subjects: None,
            seed: 1,
            percentiles: vec![5.0, 50.0, 95.0],
            step: None,
            threads: 1,
        }
    }
}

/// Why there is no answer: the parameter where one is at fault, its value and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Name of the parameter, as in [`Question`] (`for` is the duration).
    pub parameter: Option<&'static str>,
    /// The rest of the sentence: "is 400; allowed: 0 to 120".
    pub said: String,
}

impl Refused {
    fn of(parameter: &'static str, said: String) -> Self {
        Self { parameter: Some(parameter), said }
    }
}

impl From<String> for Refused {
    fn from(said: String) -> Self {
        Self { parameter: None, said }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parameter {
            Some(p) => write!(f, "{p} {}", self.said),
            None => f.write_str(&self.said),
        }
    }
}

impl std::error::Error for Refused {}

/// Times and columns of concentrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// What was simulated, in a line.
    pub title: String,
    /// Hours.
    pub times: Vec<f64>,
    /// Name (`diazepam_ng_per_ml`, `diazepam_ng_per_ml_p50`) and values in ng/mL of each column.
    pub columns: Vec<(String, Vec<f64>)>,
    /// Whether the columns are percentiles.
    pub population: bool,
    /// Assumptions and what was not assessed.
    pub notes: Vec<String>,
}

impl Curves {
    const EMPTY: Self = Self {
        title: String::new(),
        times: Vec::new(),
        columns: Vec::new(),
        population: false,
        notes: Vec::new(),
    };

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let columns: serde_json::Map<String, serde_json::Value> =
            self.columns.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
        json!({ "title": self.title, "time_h": self.times, "columns": columns, "notes": self.notes })
    }
}

/// Answers.
///
/// # Errors
/// The parameter, its value and what is allowed.
pub fn answer(args: &Question, kb: &KnowledgeBase) -> Result<Curves, Refused> {
    let file = find(&args.drug, kb)?;
    let built = build(file, &person(args)?).map_err(said)?;
    let way = route(&args.route).map_err(said)?;
    let routes: Vec<&str> = file.model.iter().flat_map(|m| m.absorption.keys()).map(String::as_str).collect();
    let intravenous = file.model.as_ref().is_some_and(|m| m.intravenous);
    if way == Route::Intravenous && !intravenous
        || way != Route::Intravenous && built.model.absorption(way).is_none()
    {
        let also = if intravenous { ", intravenous" } else { "" };
        return Err(Refused::of(
            "route",
            format!("is {way}; allowed for {}: {}{also}", file.substance, routes.join(", ")),
        ));
    }
    let end = quantity::hours("for", &args.duration)?;
    let total = end + quantity::hours("follow", &args.follow)?;
    let regimen = regimen_of(args, &built, way, end)?;
    let changes = changes_of(args, kb, file, &built, total)?;
    let step = match &args.step {
        Some(s) => quantity::hours("step", s)?,
        None if total <= 72.0 => 0.25,
        None => 1.0,
    };
    if step <= 0.0 || total <= 0.0 {
        return Err(Refused::of("step", format!("is {step} h and for {end} h; allowed: more than 0")));
    }
    let grid = Grid::new(Hours(0.0), Hours(step), (total / step + 1e-9) as usize + 1).map_err(said)?;
    let mut notes: Vec<String> = built.assumptions.clone();
    notes.extend(
        built
            .not_assessed
            .iter()
            .map(|c| format!("not assessed: no effect of {c} is recorded for {}", file.substance)),
    );
    let title = format!(
        "{} {} {}",
        file.substance,
        args.dose,
        args.every.as_ref().map_or("once".to_owned(), |e| format!("every {e}"))
    );
    values(args, &built, &regimen, &changes, &grid, Curves { title, notes, ..Curves::EMPTY })
}

/// An error of another layer in its own words.
fn said(e: impl fmt::Display) -> Refused {
    Refused { parameter: None, said: e.to_string() }
}

fn find<'a>(name: &str, kb: &'a KnowledgeBase) -> Result<&'a KineticsFile, Refused> {
    let id = key(name);
    let direct = kb.corpus.kinetics.iter().find(|k| k.substance == id);
    let named = || kb.by_name(name).and_then(|(ix, _)| kb.kinetics(ix));
    let with_model: Vec<&str> =
        kb.corpus.kinetics.iter().filter(|k| k.model.is_some()).map(|k| k.substance.as_str()).collect();
    match direct.or_else(named) {
        Some(k) if k.model.is_some() => Ok(k),
        _ => {
            Err(format!("no compartment model for drug {name:?}; allowed: {}", with_model.join(", ")).into())
        }
    }
}

fn person(args: &Question) -> Result<Person, Refused> {
    if let Some(age) = args.age
        && !(0.0..=120.0).contains(&age)
    {
        return Err(Refused::of("age", format!("is {age}; allowed: 0 to 120")));
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
            return Err(Refused::of(
                "cyp3a5",
                format!("is {other:?}; allowed: expresser, intermediate, non-expresser"),
            ));
        }
    }
    let weight_kg = args.weight.as_deref().map(|w| quantity::kilograms("weight", w)).transpose()?;
    Ok(Person { age: args.age, female: args.female, weight_kg, present })
}

fn phenotypes(args: &Question) -> Result<Vec<(Enzyme, Phenotype)>, Refused> {
    let given =
        [(Enzyme::Cyp2c19, &args.cyp2c19), (Enzyme::Cyp2d6, &args.cyp2d6), (Enzyme::Ugt2b15, &args.ugt2b15)];
    given
        .into_iter()
        .filter_map(|(e, text)| text.as_ref().map(|t| (e, t)))
        .map(|(e, t)| Phenotype::parse(e, t).map(|p| (e, p)).map_err(said))
        .collect()
}

fn regimen_of(args: &Question, built: &Built, way: Route, end: f64) -> Result<Regimen, Refused> {
    let mg = quantity::mg("dose", &args.dose)?;
    if mg <= 0.0 {
        return Err(Refused::of("dose", format!("is {:?}; allowed: more than 0 mg", args.dose)));
    }
    let duration = args.infusion.as_deref().map_or(Ok(0.0), |i| quantity::hours("infusion", i))?;
    let dose =
        Dose { time: Hours(0.0), amount: Mg(mg * built.dose_factor), route: way, duration: Hours(duration) };
    let Some(every) = &args.every else {
        return Regimen::new(vec![dose]).map_err(said);
    };
    let every = quantity::hours("every", every)?;
    if every <= 0.0 {
        return Err(Refused::of("every", format!("is {every} h; allowed: more than 0 h")));
    }
    let count = (end / every - 1e-9).ceil().max(1.0) as usize;
    let missed: Vec<usize> = args.missed.iter().map(|m| m.wrapping_sub(1)).collect();
    if let Some(bad) = args.missed.iter().find(|m| **m == 0 || **m > count) {
        return Err(Refused::of("missed", format!("is {bad}; allowed: 1 to {count}")));
    }
    let regimen = Regimen::repeated(dose, Hours(every), count).map_err(said)?.missing(&missed);
    if !args.steady_state {
        return Ok(regimen);
    }
    let before = SteadyState { interval: Hours(every), until: Hours(0.0), cycle: vec![dose] };
    regimen.after(before).map_err(said)
}

/// The interacting drugs as changes of clearance.
fn changes_of(
    args: &Question,
    kb: &KnowledgeBase,
    file: &KineticsFile,
    built: &Built,
    total: f64,
) -> Result<Changes, Refused> {
    if args.with.is_empty() {
        return Ok(Changes::none());
    }
    let (table, _) = ExposureTable::new(&kb.corpus.kinetics);
    let victim = table.victim(&built.outputs[0]).ok_or_else(|| {
        format!(
            "no clearance pathways are recorded for {}; allowed with others: drugs that have them",
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
        let enzyme = Enzyme::parse(&s.enzyme).map_err(said)?;
        formed_by.push((enzyme, s.produces_fraction.unwrap_or(1.0)));
    }
    let first = metabolite.map(|id| Followed {
        victim: table.victim(id),
        formed_by: &formed_by,
        share: built.model.spec().first.map_or(0.0, |m| m.formed.0),
    });
    let step = if total > 1500.0 { 4.0 } else { 1.0 };
    schedule(victim, first, &courses, &phenotypes(args)?, total, step).map_err(said)
}

/// Takes `from day 3 to day 10` off the end: hours from the start of day 3 to the end of day 10.
fn days(text: &str) -> Result<(String, f64, Option<f64>), Refused> {
    let refused = || {
        Refused::of("with", format!("is {text:?}; allowed: a drug, its dose, and \"from day 3 to day 10\""))
    };
    let lower = text.to_lowercase();
    let day = |word: &str| -> Result<Option<f64>, Refused> {
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
    args: &Question,
    built: &Built,
    regimen: &Regimen,
    changes: &Changes,
    grid: &Grid,
    mut out: Curves,
) -> Result<Curves, Refused> {
    let column = |substance: &str| format!("{}_ng_per_ml", substance.replace('-', "_"));
    out.times = (0..grid.len()).map(|i| grid.time(i).0).collect();
    let Some(subjects) = args.subjects else {
        out.notes.retain(|n| !n.starts_with("spread of") && !n.starts_with("correlation of"));
        let curves = simulate_grid(&built.model, regimen, changes, grid).map_err(said)?;
        let columns = built
            .outputs
            .iter()
            .enumerate()
            .map(|(i, s)| (column(s), curves.column(i).map(|c| 1000.0 * c).collect()));
        out.columns = columns.collect();
        return Ok(out);
    };
    for p in &args.percentiles {
        if !(0.0..=100.0).contains(p) {
            return Err(Refused::of("percentiles", format!("is {p}; allowed: 0 to 100")));
        }
    }
    let plan = Plan::new(&built.model, regimen, changes).map_err(said)?;
    let percentiles: Vec<f64> = args.percentiles.iter().map(|p| p / 100.0).collect();
    let settings = Population { subjects, seed: args.seed, threads: args.threads.clamp(1, 64), percentiles };
    let typical: Model = built.model;
    let curves =
        simulate_population(&plan, |_| typical, &built.variability, grid, &settings).map_err(said)?;
    if !curves.exact {
        out.notes.push("percentiles within 1.6 % (counted in bins)".to_owned());
    }
    out.population = true;
    for (i, substance) in built.outputs.iter().enumerate() {
        for (k, p) in args.percentiles.iter().enumerate() {
            let values = curves.column(i, k).map(|c| 1000.0 * c).collect();
            out.columns.push((format!("{}_p{}", column(substance), p.to_string().replace('.', "_")), values));
        }
    }
    Ok(out)
}
