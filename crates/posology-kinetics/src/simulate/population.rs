//! Many persons: percentiles of concentrations, the same for a seed whatever the number of threads.
use super::error::{SimulationError, within};
use super::model::Model;
use super::percentiles::{Histograms, exact};
use super::plan::Plan;
use super::run::Grid;
use super::variability::Variability;

/// Up to this many values (64 MB) percentiles are exact, above it they come from counts.
const EXACT_VALUES: usize = 8_000_000;
/// Largest number of times and substances for which counts are kept.
const MAX_PLACES: usize = 12_000;
/// Memory for counts in bytes, of all threads together; fewer threads work where more would need more.
const COUNT_BYTES: usize = 190_000_000;

/// How many persons, and how they are drawn and computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// Number of persons, 1 to 10,000,000.
    pub subjects: u32,
    /// Seed: equal seeds give equal persons.
    pub seed: u64,
    /// Number of threads, 1 to 64. It changes how long the work takes and nothing else.
    pub threads: usize,
    /// Shares between 0 and 1, for instance 0.05, 0.5 and 0.95.
    pub percentiles: Vec<f64>,
}

/// Percentiles of concentrations in mg/L.
#[derive(Debug, Clone, PartialEq)]
pub struct PercentileCurves {
    /// Times in hours.
    pub times: Vec<f64>,
    /// Number of substances per time.
    pub outputs: usize,
    /// The shares asked for.
    pub percentiles: Vec<f64>,
    /// Whether the percentiles are exact; if not, each is within [`super::RELATIVE_ERROR`] of the exact one
    /// (concentrations from 6e-8 to 64 mg/L).
    pub exact: bool,
    /// `times * outputs * percentiles` concentrations in mg/L, the percentiles of one substance together.
    pub values: Vec<f64>,
}

impl PercentileCurves {
    /// One percentile of one substance over time.
    pub fn column(&self, output: usize, percentile: usize) -> impl Iterator<Item = f64> + '_ {
        let width = self.percentiles.len();
        self.values.iter().skip(output * width + percentile).step_by(self.outputs * width).copied()
    }
}

/// Simulates a population. `typical` gives the typical person of each number, so that covariates may differ;
/// `variability` is drawn around it. All persons must share lag times and the number of metabolites of the model
/// with which `plan` was made.
///
/// # Errors
/// A setting out of range, a person with a parameter out of range, a model of another shape, or as [`Plan::run_grid`].
pub fn simulate_population(
    plan: &Plan,
    typical: impl Fn(u32) -> Model + Sync,
    variability: &Variability,
    grid: &Grid,
    settings: &Population,
) -> Result<PercentileCurves, SimulationError> {
    within("number of persons", f64::from(settings.subjects), "(count)", 1.0, 1e7)?;
    within("number of threads", settings.threads as f64, "(count)", 1.0, 64.0)?;
    if settings.percentiles.is_empty() {
        return Err(SimulationError::Empty { parameter: "percentiles" });
    }
    for &share in &settings.percentiles {
        within("percentile", share, "(fraction)", 0.0, 1.0)?;
    }
    let outputs = typical(0).outputs();
    let places = grid.len() * outputs;
    let one = |number: u32, row: &mut [f64]| -> Result<(), SimulationError> {
        let model = variability.person(&typical(number), settings.seed, u64::from(number))?;
        plan.run_grid(&model, grid, row)
    };
    let total = places.saturating_mul(settings.subjects as usize);
    let is_exact = total <= EXACT_VALUES;
    let values = if is_exact {
        every_value(places, settings, &one)?
    } else {
        if places > MAX_PLACES {
            let (count, high) = (places, MAX_PLACES);
            return Err(SimulationError::TooMany { parameter: "times and substances", count, high });
        }
        counted(places, settings, &one)?
    };
    Ok(PercentileCurves {
        times: (0..grid.len()).map(|i| grid.time(i).0).collect(),
        outputs,
        percentiles: settings.percentiles.clone(),
        exact: is_exact,
        values,
    })
}

/// Splits the persons into one run of numbers per thread.
fn runs(settings: &Population, threads: usize) -> Vec<core::ops::Range<u32>> {
    let each = settings.subjects.div_ceil(threads.max(1) as u32);
    let begin = (0..settings.subjects).step_by(each as usize);
    begin.map(|b| b..b.saturating_add(each).min(settings.subjects)).collect()
}

fn every_value(
    places: usize,
    settings: &Population,
    one: &(impl Fn(u32, &mut [f64]) -> Result<(), SimulationError> + Sync),
) -> Result<Vec<f64>, SimulationError> {
    let mut all = vec![0.0; places * settings.subjects as usize];
    std::thread::scope(|scope| {
        let mut rest = all.as_mut_slice();
        let mut workers = Vec::new();
        for run in runs(settings, settings.threads) {
            let (part, after) = rest.split_at_mut(run.len() * places);
            rest = after;
            workers.push(scope.spawn(move || -> Result<(), SimulationError> {
                run.zip(part.chunks_exact_mut(places)).try_for_each(|(number, row)| one(number, row))
            }));
        }
        workers.into_iter().try_for_each(joined)
    })?;
    let mut sorted = vec![0.0; settings.subjects as usize];
    let mut values = Vec::with_capacity(places * settings.percentiles.len());
    for place in 0..places {
        for (to, from) in sorted.iter_mut().zip(all.iter().skip(place).step_by(places)) {
            *to = *from;
        }
        sorted.sort_by(f64::total_cmp);
        values.extend(settings.percentiles.iter().map(|&share| exact(&sorted, share)));
    }
    Ok(values)
}

fn counted(
    places: usize,
    settings: &Population,
    one: &(impl Fn(u32, &mut [f64]) -> Result<(), SimulationError> + Sync),
) -> Result<Vec<f64>, SimulationError> {
    let mut sum: Option<Histograms> = None;
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        let threads = settings.threads.min(COUNT_BYTES / Histograms::bytes(places));
        for run in runs(settings, threads) {
            workers.push(scope.spawn(move || -> Result<Histograms, SimulationError> {
                let mut histograms = Histograms::new(places);
                let mut row = vec![0.0; places];
                for number in run {
                    one(number, &mut row)?;
                    histograms.add(&row);
                }
                Ok(histograms)
            }));
        }
        for worker in workers {
            let part = joined(worker)?;
            match &mut sum {
                Some(all) => all.merge(&part),
                None => sum = Some(part),
            }
        }
        Ok::<(), SimulationError>(())
    })?;
    let sum = sum.unwrap_or_else(|| Histograms::new(places));
    let percentiles = &settings.percentiles;
    let place = |p| percentiles.iter().map(move |&share| (p, share));
    Ok((0..places).flat_map(place).map(|(p, share)| sum.percentile(p, share)).collect())
}

/// The result of a thread; a panic in it goes on as what it is.
fn joined<T>(
    worker: std::thread::ScopedJoinHandle<'_, Result<T, SimulationError>>,
) -> Result<T, SimulationError> {
    match worker.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
