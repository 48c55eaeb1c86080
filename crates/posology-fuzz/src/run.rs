//! Runs a target on many inputs and counts.
// The time of a run is what is measured here; no answer depends on it.
#![allow(clippy::disallowed_methods)]
use crate::mutate::{Random, mutated};
use crate::seeds;
use crate::targets::{Shown, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// An input longer than this to answer is a finding too.
const SLOW: Duration = Duration::from_secs(2);
/// Largest input that joins the pool.
const POOL_BYTES: usize = 6_000;

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// Inputs tried.
    pub inputs: u64,
    /// Wall clock.
    pub seconds: f64,
    /// Different things shown.
    pub shown: usize,
    /// Inputs that showed something new.
    pub fresh: Vec<Vec<u8>>,
    /// What is broken, each with the first input that showed it.
    pub broken: BTreeMap<String, Vec<u8>>,
}

/// One input: what it showed.
///
/// # Errors
/// What is broken: a message of the target, the place of a panic, or the time that it took.
pub fn one(target: &Target, input: &[u8]) -> Result<Shown, String> {
    let start = Instant::now();
    let answer = catch_unwind(AssertUnwindSafe(|| (target.check)(input)));
    let taken = start.elapsed();
    match answer {
        Ok(Ok(_)) if taken > SLOW => Err(format!("{:.1} s for {} bytes", taken.as_secs_f64(), input.len())),
        Ok(answer) => answer,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            Err(format!("panic: {text}"))
        }
    }
}

/// Tries `inputs` inputs made from the seeds of a target. The inputs are a function of `seed` and `threads`.
pub fn run(target: &Target, inputs: u64, seed: u64, threads: u64) -> Report {
    let start = Instant::now();
    let total = Mutex::new((Report::default(), BTreeSet::<u64>::new()));
    let seeds = seeds::all(target);
    std::thread::scope(|scope| {
        for t in 0..threads.max(1) {
            let (total, seeds) = (&total, &seeds);
            scope.spawn(move || {
                let mine = inputs / threads.max(1) + u64::from(t < inputs % threads.max(1));
                let part = stream(
                    target,
                    mine,
                    seed.wrapping_add(t.wrapping_mul(0x5851_F42D_4C95_7F2D)),
                    seeds.clone(),
                );
                if let Ok(mut sum) = total.lock() {
                    let (report, known) = &mut *sum;
                    report.inputs += part.inputs;
                    for (input, shown) in part.fresh {
                        let new = shown.into_iter().filter(|s| known.insert(*s)).count();
                        if new > 0 && !input.is_empty() {
                            report.fresh.push(input);
                        }
                    }
                    report.shown = known.len();
                    for (what, input) in part.broken {
                        report.broken.entry(what).or_insert(input);
                    }
                }
            });
        }
    });
    let (mut report, _) = total.into_inner().unwrap_or_default();
    report.seconds = start.elapsed().as_secs_f64();
    report
}

struct Part {
    inputs: u64,
    fresh: Vec<(Vec<u8>, Shown)>,
    broken: BTreeMap<String, Vec<u8>>,
}

fn stream(target: &Target, inputs: u64, seed: u64, mut pool: Vec<Vec<u8>>) -> Part {
    let mut random = Random::new(seed);
    let mut known = BTreeSet::new();
    let mut part = Part { inputs: 0, fresh: Vec::new(), broken: BTreeMap::new() };
    let first = pool.len() as u64;
    while part.inputs < inputs {
        // The seeds themselves come first.
        let input = match pool.get(part.inputs as usize).filter(|_| part.inputs < first) {
            Some(seed) => seed.clone(),
            None => mutated(&pool, target.words, target.longest, &mut random),
        };
        part.inputs += 1;
        match one(target, &input) {
            Err(what) => {
                let what = kind(&what);
                let known = part.broken.get(&what).map_or(usize::MAX, Vec::len);
                if input.len() < known {
                    part.broken.insert(what, input);
                }
            }
            Ok(shown) => {
                let fresh = shown.iter().filter(|s| known.insert(**s)).count() > 0;
                if fresh && part.inputs > first && input.len() <= POOL_BYTES {
                    pool.push(input.clone());
                    part.fresh.push((input, shown));
                } else if fresh {
                    // Shown by a seed: counted, not kept again.
                    part.fresh.push((Vec::new(), shown));
                }
            }
        }
    }
    part
}

/// The same failure on different figures is one finding.
fn kind(what: &str) -> String {
    let mut out = String::new();
    for c in what.chars().take(160) {
        let c = if c.is_ascii_digit() { '0' } else { c };
        if !(c == '0' && out.ends_with('0')) {
            out.push(c);
        }
    }
    out
}
