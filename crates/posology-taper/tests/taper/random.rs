//! More than ten thousand random plans keep every promise.
use crate::support::*;
use posology_knowledge::schema::Jurisdiction;
use posology_model::history::plus_days;
use posology_taper::*;
use proptest::prelude::*;

const DRUGS: [&str; 26] = [
    "diazepam",
    "lorazepam",
    "alprazolam",
    "clonazepam",
    "temazepam",
    "oxazepam",
    "chlordiazepoxide",
    "clobazam",
    "nitrazepam",
    "lormetazepam",
    "clorazepate",
    "estazolam",
    "triazolam",
    "zolpidem",
    "zopiclone",
    "eszopiclone",
    "oxycodone",
    "morphine",
    "codeine",
    "tramadol",
    "gabapentin",
    "pregabalin",
    "sertraline",
    "citalopram",
    "paroxetine",
    "venlafaxine",
];
/// A choice among `n` that a random number makes.
fn pick<T>(list: &[T], n: u32) -> Option<&T> {
    list.get(n as usize % list.len().max(1))
}

fn requests() -> impl Strategy<Value = Request> {
    (
        prop::sample::select(&DRUGS[..]),
        (1u32..=60, 1u32..=4),
        prop::bool::ANY,
        (any::<u32>(), any::<u32>()),
        prop::option::weighted(0.4, (0.05f64..1.0, prop::sample::select(vec![7u32, 14, 21, 28]))),
        prop::option::weighted(0.2, 0.05f64..0.9),
        (0i64..3000, prop::option::weighted(0.5, 0u32..100)),
    )
        .prop_map(|(drug, (n, times), uk, (guideline, strategy), pace, goal, (shift, age))| {
            let country = if uk { Jurisdiction::Uk } else { Jurisdiction::Us };
            // A multiple of half of the smallest strength, as doses in life are.
            let ix = kb().find(drug).expect("a drug of the list");
            let list = &kb().substance(ix).products;
            let small = list
                .iter()
                .filter(|p| p.route == "oral")
                .filter_map(|p| p.strength_mg)
                .fold(f64::INFINITY, f64::min);
            let small = if small.is_finite() { small } else { 1.0 };
            let mut r =
                Request::new(drug, small * f64::from(n) / 2.0, times, plus_days(day("2026-01-01"), shift));
            r.jurisdiction = country;
            // A guideline about the drug, or none named, or a custom pace.
            let rows: Vec<_> = kb()
                .corpus
                .tapers
                .iter()
                .flat_map(|f| f.guidance.iter().map(move |g| (f.id.as_str(), g)))
                .filter(|(_, g)| g.jurisdiction.is_empty() || g.jurisdiction.contains(&country))
                .filter(|(_, g)| {
                    g.substances.iter().any(|s| s == drug)
                        || g.class
                            .as_deref()
                            .and_then(|c| kb().class(c))
                            .is_some_and(|c| kb().in_class(ix, c))
                })
                .collect();
            let percent = |most: f64| {
                pace.map(|(share, days)| Pace { percent: Some((share * most).max(0.5)), mg: None, days })
            };
            match guideline % 8 {
                0 => {
                    r.pace = pace.map(|(_, days)| Pace { percent: None, mg: Some(small), days: days.max(7) })
                }
                1 => {
                    r.guideline = Some("custom".into());
                    r.pace = percent(25.0).or(Some(Pace { percent: Some(10.0), mg: None, days: 14 }));
                }
                _ => {
                    if let Some((id, g)) = pick(&rows, guideline / 8) {
                        r.guideline = Some((*id).to_owned());
                        r.strategy = pick(&g.strategies, strategy).copied();
                        r.pace = percent(g.max_percent.or(g.percent.map(|p| p[1])).unwrap_or(10.0))
                            .filter(|_| g.cuts.is_empty());
                    }
                }
            }
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
        ProptestConfig {
            cases: 13_500,
            max_shrink_iters: 200,
            failure_persistence: None,
            ..ProptestConfig::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let counts = std::cell::RefCell::new((&mut planned, &mut refused));
    runner
        .run(&requests(), |r| {
            match plan(kb(), &r) {
                Ok(p) => {
                    let planned_so_far = {
                        let mut c = counts.borrow_mut();
                        *c.0 += 1;
                        *c.0
                    };
                    if let Err(e) = promises(&p) {
                        return Err(TestCaseError::fail(format!("{e}\n{r:?}")));
                    }
                    let same = adjust(kb(), &p, r.as_of, &Event::None, &[]).ok();
                    prop_assert!(same.as_ref() == Some(&p), "no event changes nothing");
                    if planned_so_far % 20 == 0 {
                        let again = plan(kb(), &r).ok();
                        prop_assert!(again.as_ref() == Some(&p), "the same again");
                    }
                }
                Err(e) => {
                    let word = format!("{e:?}").split([' ', '(', '{']).next().unwrap_or("").to_owned();
                    *counts.borrow_mut().1.entry(word).or_default() += 1;
                }
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
    println!("planned {planned} of 13500; refused: {refused:?}");
    assert!(planned >= 10_000, "{planned}: {refused:?}");
}
