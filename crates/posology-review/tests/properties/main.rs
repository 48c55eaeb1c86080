#![allow(clippy::unwrap_used)]
//! What holds of the review of any case at all.
#![allow(missing_docs)]

mod draw;
#[path = "../invariants/mod.rs"]
mod invariants;

use draw::{TODAY, as_of, case, medication, number};
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, ResolveOptions, ResolvedCase, resolve};
use posology_model::{Case, Date, MedicationEntry, Review};
use posology_review::{Settings, Suppression, fingerprints, review};
use proptest::prelude::*;

fn kb() -> &'static KnowledgeBase {
    posology_corpus::builtin()
}

fn resolved(case: &Case) -> ResolvedCase {
    resolve(case, kb(), ResolveOptions::default())
}

fn settings(day: Date, uk: bool) -> Settings {
    Settings { jurisdiction: if uk { Jurisdiction::Uk } else { Jurisdiction::Us }, ..Settings::at(day) }
}

fn text(review: &Review) -> String {
    serde_json::to_string(review).expect("a review is JSON")
}

/// What was found, without the order and the wording.
fn found(review: &Review) -> Vec<(posology_model::Word, &'static str, Vec<String>, bool)> {
    let mut out: Vec<_> = review
        .findings
        .iter()
        .map(|f| {
            let mut ids: Vec<String> = f.substances.iter().map(|s| s.id.clone()).collect();
            ids.sort();
            (f.rule.clone(), f.severity.as_str(), ids, f.about_order)
        })
        .collect();
    out.sort();
    out
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_review_of_any_case_is_sound_and_the_same_twice(case in case(), day in as_of(), uk in any::<bool>()) {
        let settings = settings(day, uk);
        let answer = review(&resolved(&case), kb(), &settings);
        let broken = invariants::broken(&answer, kb());
        prop_assert!(broken.is_empty(), "{:#?}", broken);
        prop_assert_eq!(text(&answer), text(&review(&resolved(&case), kb(), &settings)));
    }

    #[test]
    fn the_order_of_medications_does_not_matter(case in case(), turn in any::<prop::sample::Index>(), uk in any::<bool>()) {
        let settings = settings(TODAY, uk);
        let one = review(&resolved(&case), kb(), &settings);
        let mut turned = case.clone();
        let n = turned.medications.len().max(1);
        turned.medications.rotate_left(turn.index(n));
        let other = review(&resolved(&turned), kb(), &settings);
        prop_assert_eq!(found(&one), found(&other));
        turned.medications.reverse();
        prop_assert_eq!(found(&one), found(&review(&resolved(&turned), kb(), &settings)));
    }

    #[test]
    fn an_unknown_drug_is_always_named(case in case(), word in "[qxz][bcdfgjkvwxz]{5,9}qx", mut entry in medication(), day in as_of()) {
        let mut case = case;
        entry = MedicationEntry { text: Some(word.clone()), path: "unknown".into(), dosing: entry.dosing, ..MedicationEntry::default() };
        case.medications.push(entry);
        let answer = review(&resolved(&case), kb(), &settings(day, false));
        let named = answer.not_assessed.iter().any(|n| n.what.contains(&word) || n.why.contains(&word));
        prop_assert!(named, "{word} in {:#?}", answer.not_assessed);
    }

    /// Callers other than `resolve` may fill a case as they like.
    #[test]
    fn a_resolved_case_with_any_numbers_is_reviewed(case in case(), numbers in prop::collection::vec(number(), 12), day in as_of()) {
        let mut case = resolved(&case);
        for (i, e) in case.exposures.iter_mut().enumerate() {
            let n = |k: usize| numbers[(i + k) % numbers.len()];
            e.daily_mg = Some((n(0), n(1)));
            e.single_mg = Some((n(2), n(3)));
            e.times_per_day = Some((n(4), n(5)));
            e.strength_mg = Some(n(6));
            e.days_supply = Some(n(7));
            e.quantity = Some(n(8));
        }
        for (v, n) in case.values.iter_mut().zip(&numbers) {
            v.value = *n;
        }
        let answer = review(&case, kb(), &settings(day, false));
        prop_assert_eq!(text(&answer), text(&review(&case, kb(), &settings(day, false))));
        for f in &answer.findings {
            prop_assert!(f.figures.values().all(|v| v.is_finite()), "{}: {:?}", f.rule, f.figures);
        }
    }

    /// "Known, monitored until DATE" holds for one finding until the date, and not a dose longer.
    #[test]
    fn a_suppression_silences_one_finding_until_the_dose_changes(case in case(), day in as_of(), uk in any::<bool>()) {
        let case = resolved(&case);
        let plain = settings(day, uk);
        let before = review(&case, kb(), &plain);
        let prints = fingerprints(&before, &case, kb(), &plain);
        let mut changed = case.clone();
        for e in &mut changed.exposures {
            for pair in [&mut e.daily_mg, &mut e.single_mg, &mut e.pieces].into_iter().flatten() {
                *pair = (pair.0 * 1.25 + 0.125, pair.1 * 1.25 + 0.125);
            }
        }
        let changed_before = review(&changed, kb(), &plain);
        for (f, print) in before.findings.iter().zip(&prints) {
            let accepted = Suppression { rule: f.rule.to_string(), fingerprint: print.clone(), until: day, reason: "seen".into() };
            let quiet = Settings { suppressions: vec![accepted.clone()], ..plain.clone() };
            let after = review(&case, kb(), &quiet);
            let same = prints.iter().zip(&before.findings).filter(|(p, g)| *p == print && g.rule == f.rule).count();
            prop_assert_eq!(after.findings.len() + same, before.findings.len(), "{} {}", &f.rule, print);
            prop_assert!(after.silenced.iter().any(|s| s.rule == f.rule && s.title == f.title && s.why.contains("seen")));
            let broken = invariants::broken(&after, kb());
            prop_assert!(broken.is_empty(), "{:#?}", broken);
            if let Ok(until) = day.yesterday() {
                let expired = Settings { suppressions: vec![Suppression { until, ..accepted }], ..plain.clone() };
                prop_assert_eq!(text(&before), text(&review(&case, kb(), &expired)));
            }
            // Where a dose behind it is known, the changed dose brings it back.
            let dose_known = print.split(',').any(|p| p.rsplit(':').next().is_some_and(|d| d.contains('-') && !d.contains("NaN") && !d.contains("inf")));
            if dose_known {
                let changed_after = review(&changed, kb(), &quiet);
                prop_assert_eq!(text(&changed_before), text(&changed_after), "{} {}", &f.rule, print);
            }
        }
    }
}

/// The strategies reach the rules: otherwise the properties above say nothing.
#[test]
fn arbitrary_cases_set_off_most_rules() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut rules = std::collections::BTreeSet::new();
    for _ in 0..600 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        rules.extend(
            review(&resolved(&case), kb(), &settings(TODAY, false)).findings.into_iter().map(|f| f.rule),
        );
    }
    assert!(rules.len() >= 25, "only {} rules: {rules:?}", rules.len());
}
