#![allow(clippy::unwrap_used)]
//! Every target under bolero: random bytes, and changed seeds, for a few seconds each; all kept inputs, always.
//!
//! `BOLERO_RANDOM_TEST_TIME_MS` and `BOLERO_RANDOM_ITERATIONS` make it longer; `cargo bolero test -p posology-fuzz fuzz_sig` runs the same
//! functions under libFuzzer. The million: `cargo test -p posology-fuzz --profile fuzz -- --ignored --nocapture`.
#![allow(clippy::disallowed_methods, missing_docs)]

use bolero::Driver;
use bolero::generator::{ValueGenerator, produce};
use posology_fuzz::mutate::{Random, mutated};
use posology_fuzz::run::{one, run};
use posology_fuzz::targets::{hash, target};
use posology_fuzz::{TARGETS, Target, seeds};
use std::time::Duration;

fn check(target: &Target, input: &[u8]) {
    if let Err(what) = (target.check)(input) {
        panic!("{}: {what}", target.name);
    }
}

/// Inputs from seeds, drawn by the engine.
struct Mutated(&'static Target, Vec<Vec<u8>>);

impl ValueGenerator for Mutated {
    type Output = Vec<u8>;

    fn generate<D: Driver>(&self, driver: &mut D) -> Option<Vec<u8>> {
        let seed = produce::<u64>().generate(driver)?;
        Some(mutated(&self.1, self.0.words, self.0.longest, &mut Random::new(seed)))
    }
}

macro_rules! fuzz {
    ($($name:literal: $raw:ident, $changed:ident;)+) => { $(
        #[test]
        fn $raw() {
            let target = target($name).expect("a target");
            bolero::check!().with_test_time(Duration::from_secs(2)).for_each(|input: &[u8]| check(target, input));
        }

        #[test]
        fn $changed() {
            let target = target($name).expect("a target");
            let inputs = Mutated(target, seeds::all(target));
            bolero::check!()
                .with_generator(inputs)
                .with_test_time(Duration::from_secs(8))
                .with_shrink_time(Duration::ZERO)
                .for_each(|input: &Vec<u8>| check(target, input));
        }
    )+ };
}

// The corpus of `fuzz_fhir` is `__fuzz__/fhir/corpus`.
fuzz! {
    "fhir": fuzz_fhir, changed_fhir;
    "sig": fuzz_sig, changed_sig;
    "list": fuzz_list, changed_list;
    "csv": fuzz_csv, changed_csv;
    "toml": fuzz_toml, changed_toml;
}

/// Seeds and kept inputs, so that what was mended stays mended; a target that shows nothing is not looking.
#[test]
fn seeds_and_kept_inputs_hold() {
    for target in TARGETS {
        let inputs = seeds::all(target);
        assert!((target.seeds)().len() >= 2, "{} has no seeds", target.name);
        let mut shown = std::collections::BTreeSet::new();
        for input in &inputs {
            match one(target, input) {
                Ok(s) => shown.extend(s),
                Err(what) => panic!("{}: {what}\n{}", target.name, String::from_utf8_lossy(input)),
            }
        }
        assert!(shown.len() >= 10, "{} shows only {} things", target.name, shown.len());
    }
}

/// The check itself must be able to fail.
#[test]
fn a_broken_reading_is_found_out() {
    use posology_fuzz::targets::sound;
    use posology_model::{Amount, DoseUnit, Dosing, Frequency, ReadConfidence};
    let amount =
        |low, high| Dosing { amounts: vec![Amount { low, high, unit: DoseUnit::Mg }], ..Dosing::default() };
    let structured = |d: Dosing| Dosing { confidence: ReadConfidence::Structured, ..d };
    assert!(sound(&structured(amount(1.0, 2.0))).is_ok());
    for (low, high) in [(2.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
        assert!(sound(&structured(amount(low, high))).is_err());
    }
    assert!(sound(&amount(1.0, 1.0)).is_err(), "low confidence with numbers");
    let never = Frequency { times_low: 1.0, times_high: 1.0, per_hours_low: 0.0, per_hours_high: 0.0 };
    assert!(sound(&structured(Dosing { frequency: Some(never), ..Dosing::default() })).is_err());
}

/// `POSOLOGY_FUZZ_INPUTS` inputs a target (a million without it) of the stream `POSOLOGY_FUZZ_SEED`, only those of `POSOLOGY_FUZZ_TARGET`
/// where it is set. Prints figures; keeps what showed something new in `corpus` and what broke something in `crashes`.
#[test]
#[ignore = "a million inputs a target take minutes"]
fn million() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
    };
    let inputs = number("POSOLOGY_FUZZ_INPUTS", 1_000_000);
    let only = std::env::var("POSOLOGY_FUZZ_TARGET").unwrap_or_default();
    let mut broken = 0;
    for target in TARGETS.iter().filter(|t| only.is_empty() || only.split(',').any(|o| o == t.name)) {
        let report = run(target, inputs, number("POSOLOGY_FUZZ_SEED", 1), number("POSOLOGY_FUZZ_THREADS", 2));
        println!(
            "{}: {} inputs in {:.0} s, {} things shown, {} new inputs, {} findings",
            target.name,
            report.inputs,
            report.seconds,
            report.shown,
            report.fresh.len(),
            report.broken.len()
        );
        // The shortest of those that showed something new: enough to begin the next run where this one ended.
        let mut fresh: Vec<&Vec<u8>> = report.fresh.iter().collect();
        fresh.sort_by_key(|i| (i.len(), i.as_slice()));
        for input in fresh.into_iter().take(KEPT) {
            keep(target, "corpus", input);
        }
        for (what, input) in &report.broken {
            println!("  {what} ({} bytes, {})", input.len(), keep(target, "crashes", input));
        }
        broken += report.broken.len();
    }
    assert_eq!(broken, 0, "findings are in tests/__fuzz__/<target>/crashes");
}

/// Inputs of one run that join the corpus.
const KEPT: usize = 80;

fn keep(target: &Target, sub: &str, input: &[u8]) -> String {
    let dir = seeds::folder(target).join(sub);
    std::fs::create_dir_all(&dir).expect("a folder for inputs");
    let name = format!("{:016x}", hash(&[&String::from_utf8_lossy(input)]));
    std::fs::write(dir.join(&name), input).expect("an input is written");
    name
}
