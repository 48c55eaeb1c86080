//! `posology simulate`: concentrations over time.
use super::simulate_show::show;
use clap::{Args, ValueEnum};
use posology_knowledge::KnowledgeBase;
use posology_review::bridge::simulation_question::{Question, answer};

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
    let curves = answer(&question(args), kb).map_err(|e| match e.parameter {
        Some(p) => format!("--{p} {}", e.said),
        None => e.said,
    })?;
    let text = show(args.format, &curves)?;
    Ok(Answer { text, notes: curves.notes })
}

fn question(a: &SimulateArgs) -> Question {
    Question {
        drug: a.drug.clone(),
        dose: a.dose.clone(),
        every: a.every.clone(),
        duration: a.duration.clone(),
        follow: a.follow.clone(),
        route: a.route.clone(),
        infusion: a.infusion.clone(),
        missed: a.missed.clone(),
        steady_state: a.steady_state,
        age: a.age,
        female: a.sex.map(|s| s == Sex::Female),
        weight: a.weight.clone(),
        cirrhosis: a.cirrhosis,
        renal_impairment: a.renal_impairment,
        smoker: a.smoker,
        cyp2c19: a.cyp2c19.clone(),
        cyp2d6: a.cyp2d6.clone(),
        cyp3a5: a.cyp3a5.clone(),
        ugt2b15: a.ugt2b15.clone(),
        with: a.with.clone(),
        subjects: a.subjects,
        seed: a.seed,
        percentiles: a.percentiles.clone(),
        step: a.step.clone(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

#[cfg(test)]
#[path = "simulate_tests.rs"]
mod tests;
