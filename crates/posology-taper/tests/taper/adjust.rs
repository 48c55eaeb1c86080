//! Life happens.
use crate::support::*;
use posology_model::history::{days_between, plus_days};
use posology_taper::*;
use proptest::prelude::*;

fn base() -> Plan {
    plan(kb(), &request("diazepam", 20.0, 2)).unwrap()
}

#[test]
fn events_are_read() {
    let e = |t: &str| Event::parse(t).unwrap();
    assert_eq!(e("hold"), Event::Hold(None));
    assert_eq!(e("hold for 2 weeks"), Event::Hold(Some(14)));
    assert_eq!(e("missed 3 days"), Event::Missed(3));
    assert_eq!(e("dose now 7.5 mg"), Event::DoseNow(7.5));
    assert_eq!(e("faster"), Event::Faster);
    assert_eq!(e("symptoms: GAD-7 15"), Event::Symptoms { scale: "GAD-7".into(), score: 15.0 });
    for bad in [
        "missed",
        "missed 0 days",
        "dose now",
        "dose now -3 mg",
        "dose now NaN mg",
        "symptoms",
        "panic",
        "hold on",
    ] {
        assert!(Event::parse(bad).is_err(), "{bad}");
    }
    for t in [
        "hold",
        "hold 7 days",
        "missed 3 days",
        "dose now 7.5 mg",
        "faster",
        "slower",
        "step back",
        "symptoms: GAD-7 15",
    ] {
        assert_eq!(e(&e(t).to_string()), e(t));
    }
}

#[test]
fn nothing_changes_nothing() {
    let p = base();
    assert_eq!(adjust(kb(), &p, day("2027-01-20"), &Event::None, &[]).unwrap(), p);
}

#[test]
fn a_hold_moves_the_rest() {
    let p = base();
    let on = plus_days(p.steps[2].start, 5);
    let q = adjust(kb(), &p, on, &Event::Hold(Some(10)), &[]).unwrap();
    promises(&q).unwrap();
    assert_eq!(q.steps[2].days, p.steps[2].days + 10);
    assert_eq!(q.steps[3].start, plus_days(p.steps[3].start, 10));
    assert_eq!(q.ends, plus_days(p.ends, 10));
    assert_eq!(q.history.len(), 1);
    assert_eq!(q.history[0].superseded, p.steps[3..]);
}

#[test]
fn a_gap_waits_for_the_prescriber_and_shows_a_lower_restart() {
    let p = base();
    let on = plus_days(p.steps[2].start, 8);
    let q = adjust(kb(), &p, on, &Event::Missed(3), &[]).unwrap();
    promises(&q).unwrap();
    assert!(q.awaits_prescriber.as_deref().unwrap().contains("oversedate"));
    let old = p.steps[2].daily_dose_mg;
    let at = q.steps.iter().position(|s| s.start == on).unwrap();
    assert_eq!(q.steps[at].kind, "restart");
    assert!(q.steps[at].daily_dose_mg <= old / 2.0);
    assert_eq!((q.steps[at - 1].kind.as_str(), q.steps[at - 1].days), ("gap", 3));
    // The old dose does not come back anywhere.
    assert!(q.steps[at..].iter().all(|s| s.daily_dose_mg <= old / 2.0));
    // Nothing can be ordered from it.
    let b = render::fhir(&q, None);
    assert!(
        b["entry"].as_array().unwrap().iter().all(|e| e["resource"]["resourceType"] != "MedicationRequest")
    );
}

#[test]
fn a_dose_entered_is_the_clinicians() {
    let p = base();
    let on = plus_days(p.steps[4].start, 3);
    let q = adjust(kb(), &p, on, &Event::DoseNow(7.5), &[]).unwrap();
    promises(&q).unwrap();
    let at = q.steps.iter().position(|s| s.kind == "entered").unwrap();
    assert_eq!((q.steps[at].start, q.steps[at].daily_dose_mg), (on, 7.5));
    let up = adjust(kb(), &p, on, &Event::DoseNow(18.0), &[]).unwrap();
    promises(&up).unwrap();
    assert!(up.warnings.iter().any(|w| w.id == "dose-rises"));
}

#[test]
fn faster_keeps_the_bound_and_slower_lasts_longer() {
    let p = base();
    let on = plus_days(p.steps[1].start, 3);
    let fast = adjust(kb(), &p, on, &Event::Faster, &[]).unwrap();
    let slow = adjust(kb(), &p, on, &Event::Slower, &[]).unwrap();
    for q in [&fast, &slow] {
        promises(q).unwrap();
        assert_eq!(
            q.steps[..2],
            p.steps[..2]
                .iter()
                .map(|s| {
                    let mut s = s.clone();
                    s.fall_percent = q.steps.iter().find(|x| x.start == s.start).and_then(|x| x.fall_percent);
                    s.settled_percent =
                        q.steps.iter().find(|x| x.start == s.start).and_then(|x| x.settled_percent);
                    s
                })
                .collect::<Vec<_>>()[..]
        );
    }
    assert!(fast.ends < p.ends && p.ends < slow.ends);
}

#[test]
fn a_step_back_is_held_and_goes_on() {
    let p = base();
    let on = plus_days(p.steps[3].start, 4);
    let q = adjust(kb(), &p, on, &Event::StepBack, &[]).unwrap();
    promises(&q).unwrap();
    let at = q.steps.iter().position(|s| s.kind == "step-back").unwrap();
    assert_eq!(q.steps[at].daily_dose_mg, p.steps[2].daily_dose_mg);
    assert!(q.reaches_goal);
}

#[test]
fn scores_prompt_and_change_nothing() {
    let p = base();
    let on = plus_days(p.steps[1].start, 3);
    let e = Event::parse("symptoms: GAD-7 15").unwrap();
    let none = adjust(kb(), &p, on, &e, &[]).unwrap();
    assert_eq!(none.steps, p.steps);
    assert!(none.history[0].effect.contains("no threshold was set"));
    assert!(!none.warnings.iter().any(|w| w.id == "symptoms"));
    let t = [Threshold { scale: "gad-7".into(), score: 10.0 }];
    let prompt = adjust(kb(), &p, on, &e, &t).unwrap();
    assert_eq!(prompt.steps, p.steps);
    assert!(prompt.warnings[0].text.contains("cannot tell withdrawal from relapse"));
}

#[test]
fn what_was_done_cannot_be_changed() {
    let p = base();
    let on = plus_days(p.steps[3].start, 4);
    let q = adjust(kb(), &p, on, &Event::Hold(None), &[]).unwrap();
    assert!(matches!(
        adjust(kb(), &q, plus_days(on, -1), &Event::Faster, &[]),
        Err(AdjustError::TooEarly { .. })
    ));
    assert!(matches!(
        adjust(kb(), &p, plus_days(p.ends, 1), &Event::Hold(None), &[]),
        Err(AdjustError::Ended { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn chains_of_events_keep_the_promises(
        events in prop::collection::vec((0usize..7, 1u32..20, 1i64..40), 1..5),
    ) {
        let mut p = base();
        let mut on = p.request.start;
        for (kind, n, later) in events {
            on = plus_days(on, later);
            let e = match kind {
                0 => Event::Hold(Some(n)),
                1 => Event::Missed(n.min(9)),
                2 => Event::DoseNow(f64::from(n)),
                3 => Event::Faster,
                4 => Event::Slower,
                5 => Event::StepBack,
                _ => Event::Symptoms { scale: "PHQ-9".into(), score: f64::from(n) },
            };
            match adjust(kb(), &p, on, &e, &[]) {
                Ok(q) => {
                    if let Err(why) = promises(&q) {
                        return Err(TestCaseError::fail(format!("{e} on {on}: {why}\n{:?}", q.steps.iter().map(|s| (s.start, s.days, s.daily_dose_mg, s.kind.clone())).collect::<Vec<_>>())));
                    }
                    prop_assert_eq!(q.history.len(), p.history.len() + 1);
                    prop_assert!(days_between(p.as_of, q.ends) >= 0);
                    p = q;
                }
                Err(AdjustError::Ended { .. } | AdjustError::NothingBefore) => {}
                Err(other) => return Err(TestCaseError::fail(format!("{e} on {on}: {other}"))),
            }
        }
    }
}
