//! Ten thousand random plans keep every promise.
use crate::support::*;
use posology_knowledge::schema::{Jurisdiction, TaperStrategy};
use posology_model::history::plus_days;
use posology_taper::*;
use proptest::prelude::*;

const DRUGS: [&str; 26] = [
    "diazepam", "lorazepam", "alprazolam", "clonazepam", "temazepam", "oxazepam", "chlordiazepoxide", "clobazam",
    "nitrazepam", "lormetazepam", "clorazepate", "estazolam", "triazolam", "zolpidem", "zopiclone", "eszopiclone",
    "oxycodone", "morphine", "codeine", "tramadol", "gabapentin", "pregabalin", "sertraline", "citalopram",
    "paroxetine", "venlafaxine",
];
const GUIDELINES: [Option<&str>; 9] = [
    None, None, None, Some("asam-2025"), Some("nice"), Some("ashton"), Some("label"), Some("custom"), Some("maudsley"),
];
const STRATEGIES: [Option<TaperStrategy>; 7] = [
    None, None, None, Some(TaperStrategy::Proportional), Some(TaperStrategy::Linear), Some(TaperStrategy::Occupancy),
    Some(TaperStrategy::Switch),
];

fn requests() -> impl Strategy<Value = Request> {
    (
        prop::sample::select(&DRUGS[..]),
        (1u32..=60, 1u32..=4),
        prop::bool::ANY,
        prop::sample::select(&GUIDELINES[..]),
        prop::sample::select(&STRATEGIES[..]),
        prop::option::weighted(0.4, (1u32..=30, prop::sample::select(vec![7u32, 14, 21, 28]))),
        prop::option::weighted(0.2, 0.05f64..0.9),
        (0i64..3000, prop::option::weighted(0.5, 0u32..100)),
    )
        .prop_map(|(drug, (n, times), uk, guideline, strategy, pace, goal, (shift, age))| {
            let country = if uk { Jurisdiction::Uk } else { Jurisdiction::Us };
            // A multiple of the smallest strength, as doses in life are.
            let ix = kb().find(drug).expect("a drug of the list");
            let list = &kb().substance(ix).products;
            let small = list.iter().filter(|p| p.route == "oral").filter_map(|p| p.strength_mg).fold(f64::INFINITY, f64::min);
            let small = if small.is_finite() { small } else { 1.0 };
            let mut r = Request::new(drug, small * f64::from(n) / 2.0, times, plus_days(day("2026-01-01"), shift));
            r.jurisdiction = country;
            r.guideline = guideline.map(str::to_owned);
            r.strategy = strategy;
            r.pace = pace.map(|(p, days)| Pace { percent: Some(f64::from(p)), mg: None, days });
            r.goal_mg = goal.map_or(0.0, |g| g * r.daily_mg);
            r.patient = age.map(|a| PatientFacts { age: Some(f64::from(a)), ..PatientFacts::default() });
            r
        })
}

#[test]
fn promises_hold() {
    // Counted so that the test cannot pass by planning nothing.
    let (mut planned, mut refused) = (0u32, std::collections::BTreeMap::<String, u32>::new());
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        ProptestConfig { cases: 10_000, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let counts = std::cell::RefCell::new((&mut planned, &mut refused));
    runner
        .run(&requests(), |r| {
            match plan(kb(), &r) {
                Ok(p) => {
                    *counts.borrow_mut().0 += 1;
                    if let Err(e) = promises(&p) {
                        return Err(TestCaseError::fail(format!("{e}\n{r:?}")));
                    }
                    let same = adjust(kb(), &p, r.as_of, &Event::None, &[]).ok();
                    prop_assert!(same.as_ref() == Some(&p), "no event changes nothing");
                    let again = plan(kb(), &r).ok();
                    prop_assert!(again.as_ref() == Some(&p), "the same again");
                }
                Err(e) => {
                    let word = format!("{e:?}").split([' ', '(', '{']).next().unwrap_or("").to_owned();
                    *counts.borrow_mut().1.entry(word).or_default() += 1;
                }
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
    println!("planned {planned} of 10000; refused: {refused:?}");
    assert!(planned > 4_000, "{planned}: {refused:?}");
}
