//! Plans: published schedules, promises, bad input.
use crate::support::*;
use posology_knowledge::schema::TaperStrategy;
use posology_taper::*;

fn doses(p: &Plan) -> Vec<f64> {
    p.steps.iter().map(|s| s.daily_dose_mg).collect()
}

#[test]
fn lorazepam_by_default() {
    let p = plan(kb(), &request("lorazepam", 3.0, 3)).unwrap();
    promises(&p).unwrap();
    assert_eq!(p.guideline, "asam-2025");
    if std::env::var_os("SHOW").is_some() {
        println!("{}", render::text(&p));
    }
    assert!(p.reaches_goal);
}

#[test]
fn in_the_united_kingdom_the_bound_is_an_eighth() {
    let p = plan(kb(), &uk(request("diazepam", 20.0, 2))).unwrap();
    promises(&p).unwrap();
    assert_eq!(p.guideline, "nice");
    assert!(p.steps.iter().all(|s| s.reduction_percent <= 12.55 || s.kind == "last"), "{:?}", doses(&p));
}

#[test]
fn ashton_schedule_of_diazepam_is_reproduced() {
    // 40 mg: 4 mg less a fortnight to 20, 2 to 10, 1 to 5 and to 0: 20 cuts, 40 weeks, within the printed 30 to 60.
    let mut r = request("diazepam", 40.0, 2);
    r.guideline = Some("ashton".into());
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    let want: Vec<f64> =
        [36, 32, 28, 24, 20, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(f64::from).to_vec();
    assert_eq!(doses(&p), want);
    let weeks = p.steps.iter().map(|s| s.days).sum::<u32>() as f64 / 7.0 + 2.0;
    assert!((30.0..=60.0).contains(&weeks), "{weeks}");
    r.daily_mg = 20.0;
    let p = plan(kb(), &r).unwrap();
    let weeks = p.steps.iter().map(|s| s.days).sum::<u32>() as f64 / 7.0 + 2.0;
    assert!((20.0..=40.0).contains(&weeks), "{weeks}");
}

#[test]
fn asam_first_step_is_five_to_ten_percent() {
    // Where the tablets and liquids allow it, the first cut is within the printed 5 to 10 %.
    for (drug, mg, times) in
        [("diazepam", 20.0, 2), ("diazepam", 40.0, 4), ("clonazepam", 4.0, 2), ("lorazepam", 6.0, 3)]
    {
        let p = plan(kb(), &request(drug, mg, times)).unwrap();
        promises(&p).unwrap();
        let first = p.steps[0].reduction_percent;
        assert!((5.0..=10.0).contains(&first), "{drug} {mg}: {first} %");
        assert!(p.steps.iter().all(|s| s.reduction_percent <= 25.05 || s.kind == "last"), "{drug}");
    }
}

#[test]
fn ten_percent_of_the_current_dose_needs_a_stop_rule() {
    let p = plan(kb(), &request("diazepam", 40.0, 2)).unwrap();
    promises(&p).unwrap();
    let last = p.steps.last().unwrap();
    assert_eq!((last.daily_dose_mg, last.days, last.kind.as_str()), (0.0, 0, "last"));
    let before = p.steps[p.steps.len() - 2].daily_dose_mg;
    assert!(before <= 4.0, "{before}");
    assert!(p.warnings.iter().any(|w| w.id == "last-step"));
    // 0.9^n <= 0.1 at n = 22.
    assert!((20..=26).contains(&p.steps.len()), "{}", p.steps.len());
}

#[test]
fn linear_is_linear_until_the_bound_binds() {
    let mut r = request("diazepam", 20.0, 2);
    r.strategy = Some(TaperStrategy::Linear);
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    assert_eq!(doses(&p)[..5], [18.0, 16.0, 14.0, 12.0, 10.0]);
    // 8 to 6 is 25 %; 6 to 4 would be 33 %.
    assert!(p.steps.iter().all(|s| s.reduction_percent <= 25.05 || s.kind == "last"));
}

#[test]
fn equal_steps_of_occupancy_shrink_in_milligrams() {
    let mut r = request("sertraline", 200.0, 1);
    r.guideline = Some("maudsley".into());
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    assert_eq!(p.guideline_used.strategy, "occupancy");
    let e = 12.5;
    let occupied = |d: f64| d / (d + e);
    // Of the steps that no bound held back (below a cut of half), each takes about a tenth of the occupancy at the start.
    let tenth = occupied(200.0) / 10.0;
    let mut before = 200.0;
    let mut free = 0;
    for s in &p.steps {
        let taken = occupied(before) - occupied(s.daily_dose_mg);
        if s.reduction_percent < 49.0 && s.daily_dose_mg >= 5.0 {
            free += 1;
            assert!((0.6 * tenth..=1.4 * tenth).contains(&taken), "{before} to {}: {taken}", s.daily_dose_mg);
        }
        before = s.daily_dose_mg;
    }
    assert!(free >= 3, "{free}: {:?}", doses(&p));
}

#[test]
fn nordiazepam_is_not_settled_after_two_weeks() {
    let p = plan(kb(), &request("diazepam", 20.0, 2)).unwrap();
    let first = &p.steps[0];
    let settled = first.settled_percent.expect("diazepam has a model");
    assert!((60.0..97.0).contains(&settled), "{settled}");
    let fall = first.fall_percent.unwrap();
    assert!(fall > 0.0 && fall < first.reduction_percent, "{fall}");
    assert_eq!(p.curves[0].substances, ["diazepam", "nordiazepam"]);
    // Lorazepam has no such metabolite: two weeks are enough.
    let q = plan(kb(), &request("lorazepam", 3.0, 3)).unwrap();
    assert!(q.steps[0].settled_percent.unwrap() > 99.0);
}

#[test]
fn a_goal_above_zero_is_reached_and_kept() {
    let mut r = request("diazepam", 20.0, 2);
    r.goal_mg = 10.0;
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    assert_eq!(p.steps.last().unwrap().daily_dose_mg, 10.0);
    assert!(p.steps.last().unwrap().days > 0);
}

#[test]
fn a_switch_shows_every_source_and_says_that_they_disagree() {
    let mut r = request("lorazepam", 3.0, 3);
    r.strategy = Some(TaperStrategy::Switch);
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    let s = p.switch.as_ref().unwrap();
    assert_eq!((s.daily_dose_mg, s.table.as_str()), (15.0, "va-dod-2021"));
    let of = |t: &str| s.implied.iter().find(|i| i.table == t).unwrap();
    assert_eq!(of("va-dod-2021").change_percent, [0.0, 0.0]);
    assert_eq!(of("ashton-2002").change_percent, [-50.0, -50.0]);
    assert_eq!(of("bnf").change_percent, [-50.0, 0.0]);
    assert!(of("ashton-2002").exceeds && !of("va-dod-2021").exceeds);
    assert!(p.warnings.iter().any(|w| w.id == "switch-implied-change" && w.level == WarningLevel::Critical));
    let staged: u32 = p.steps.iter().filter(|x| x.kind == "switch").map(|x| x.days).sum();
    assert!(staged >= 14 && p.steps[0].also.is_some(), "{staged}");
    let look = p.steps[0].review.unwrap();
    assert_eq!(look.map(|d| posology_model::history::days_between(p.steps[0].start, d)), [5, 7]);
}

#[test]
fn no_switch_where_it_is_dangerous() {
    for (condition, age) in
        [("withdrawal-seizure", 40.0), ("epilepsy", 40.0), ("hepatic-impairment", 40.0), ("", 70.0)]
    {
        let mut r = request("lorazepam", 3.0, 3);
        r.strategy = Some(TaperStrategy::Switch);
        r.patient = Some(PatientFacts {
            age: Some(age),
            conditions: if condition.is_empty() { vec![] } else { vec![condition.into()] },
            reasons: vec!["anxiety".into()],
            ..PatientFacts::default()
        });
        assert!(matches!(plan(kb(), &r), Err(TaperError::SwitchRefused(_))), "{condition} {age}");
    }
    // An inhibitor of the enzymes that clear diazepam.
    let mut r = request("lorazepam", 3.0, 3);
    r.strategy = Some(TaperStrategy::Switch);
    let other = OtherDrug { substance: "fluvoxamine".into(), starts: None, ends: None };
    r.patient = Some(PatientFacts { age: Some(40.0), others: vec![other], ..PatientFacts::default() });
    assert!(matches!(plan(kb(), &r), Err(TaperError::SwitchRefused(_))));
}

#[test]
fn risk_comes_first() {
    let mut r = request("diazepam", 20.0, 2);
    r.patient = Some(PatientFacts {
        age: Some(70.0),
        conditions: vec!["withdrawal-seizure".into(), "seizure".into()],
        reasons: vec!["anxiety".into()],
        others: vec![OtherDrug { substance: "oxycodone".into(), starts: None, ends: None }],
        since: Some(day("2025-01-01")),
        days_per_week: Some(7.0),
        drinks_per_day: Some(3.0),
        ..PatientFacts::default()
    });
    let p = plan(kb(), &r).unwrap();
    promises(&p).unwrap();
    assert_eq!(p.advice.setting, Setting::Inpatient);
    assert_eq!(p.advice.dependence, "likely");
    let ids: Vec<&str> = p.advice.risks.iter().map(|x| x.id.as_str()).collect();
    for id in ["withdrawal-seizure", "benzodiazepine-with-opioid", "older", "alcohol", "dependence"] {
        assert!(ids.contains(&id), "{id} not in {ids:?}");
    }
    assert!(p.guideline_used.cautious);
    assert_eq!(p.steps[0].days, 28);
    assert!(!p.advice.harms_of_stopping.is_empty() && !p.advice.harms_of_going_on.is_empty());
    r.patient.as_mut().unwrap().conditions.push("epilepsy".into());
    r.patient.as_mut().unwrap().reasons = vec!["epilepsy".into()];
    assert_eq!(plan(kb(), &r).unwrap().advice.setting, Setting::NotAdvised);
}

#[test]
fn unknown_is_not_safe() {
    let p = plan(kb(), &request("diazepam", 20.0, 2)).unwrap();
    assert!(p.not_assessed.iter().any(|n| n.what.contains("risks of this patient")));
    assert_eq!(p.advice.dependence, "unknown");
    assert!(p.advice.risks.iter().any(|r| r.id == "duration-unknown"));
}

#[test]
fn bad_input_is_a_clear_error() {
    let e = |r: &Request| plan(kb(), r).unwrap_err();
    assert!(matches!(e(&request("diazepam", 0.0, 1)), TaperError::NoDose(_)));
    assert!(matches!(e(&request("diazepam", f64::NAN, 1)), TaperError::NoDose(_)));
    assert!(matches!(e(&request("diazepam", 1e7, 3)), TaperError::DoseTooHigh { .. }));
    assert!(matches!(e(&request("diazepam", 20.0, 0)), TaperError::DosesPerDay(0)));
    assert!(matches!(e(&request("nothing", 20.0, 1)), TaperError::UnknownSubstance(_)));
    let mut r = request("diazepam", 20.0, 2);
    r.start = day("2026-11-01");
    assert!(matches!(e(&r), TaperError::StartInPast { .. }));
    let mut r = request("diazepam", 20.0, 2);
    r.guideline = Some("xyz".into());
    assert!(matches!(e(&r), TaperError::UnknownGuideline { .. }));
    r.guideline = Some("custom".into());
    assert_eq!(e(&r), TaperError::CustomNeedsPace);
    r.pace = Some(Pace { percent: Some(60.0), mg: None, days: 14 });
    assert!(matches!(e(&r), TaperError::Pace { .. }));
    r.guideline = None;
    assert!(matches!(e(&r), TaperError::Pace { .. }));
    let mut r = request("diazepam", 20.0, 2);
    r.goal_mg = 30.0;
    assert!(matches!(e(&r), TaperError::GoalNotBelow { .. }));
    let mut r = request("diazepam", 20.0, 2);
    r.strategy = Some(TaperStrategy::Occupancy);
    assert!(matches!(e(&r), TaperError::NoOccupancy(_)));
    // A drug with no guidance: an error that names what would help, and an honest plan with a custom pace.
    let mut r = request("metoprolol", 100.0, 2);
    assert!(matches!(e(&r), TaperError::NotCovered { .. }));
    r.guideline = Some("custom".into());
    r.pace = Some(Pace { percent: Some(25.0), mg: None, days: 14 });
    match plan(kb(), &r) {
        Ok(p) => {
            promises(&p).unwrap();
            assert!(p.warnings.iter().any(|w| w.id == "custom-pace"));
        }
        Err(e) => assert!(matches!(e, TaperError::NoProduct { .. }), "{e}"),
    }
}

#[test]
fn products_that_cannot_make_the_dose_are_said() {
    // One capsule strength after another, nothing to divide: the plan says where it ends.
    for (drug, mg) in [("zaleplon", 10.0), ("temazepam", 7.5), ("eszopiclone", 1.0), ("flurazepam", 15.0)] {
        let p = plan(kb(), &request(drug, mg, 1)).unwrap();
        promises(&p).unwrap();
        assert!(p.reaches_goal || p.warnings.iter().any(|w| w.id == "goal-not-reached"), "{drug}");
    }
}

#[test]
fn renderings_carry_the_disclaimer() {
    let p = plan(kb(), &request("lorazepam", 3.0, 3)).unwrap();
    let flat = |s: &str| s.replace("\r\n ", "").replace('\\', "");
    let fhir = render::fhir(&p, Some("Patient/1")).to_string();
    let json = serde_json::to_string(&p).unwrap();
    for (name, text) in [
        ("text", render::text(&p)),
        ("csv", render::csv(&p)),
        ("ics", render::ics(&p)),
        ("fhir", fhir),
        ("json", json),
    ] {
        assert!(flat(&text).contains("contact the prescriber"), "{name}");
    }
    assert!(render::svg(&p).contains("Not a prescription"));
    let back: Plan = serde_json::from_str(&serde_json::to_string(&p).unwrap()).unwrap();
    assert_eq!(back, p);
}

#[test]
fn the_calendar_is_rfc_5545() {
    let p = plan(kb(), &request("lorazepam", 3.0, 3)).unwrap();
    let text = render::ics(&p);
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(!text.replace("\r\n", "").contains('\n'));
    assert!(text.split("\r\n").all(|l| l.len() <= 75));
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split("\r\n").filter(|l| !l.is_empty()).collect();
    let mut uids = Vec::new();
    let mut open = 0;
    for l in &lines {
        let (name, _) = l.split_once(':').expect("name and value");
        assert!(name.chars().all(|c| c.is_ascii_uppercase() || "-;=".contains(c)), "{l}");
        match *l {
            "BEGIN:VEVENT" => open += 1,
            "END:VEVENT" => open -= 1,
            _ => {}
        }
        assert!((0..=1).contains(&open));
        if let Some(u) = l.strip_prefix("UID:") {
            uids.push(u);
        }
    }
    let n = uids.len();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), n);
    assert!(n >= p.steps.len());
}

#[test]
fn fhir_proposes_and_orders_nothing() {
    let p = plan(kb(), &request("diazepam", 20.0, 2)).unwrap();
    let b = render::fhir(&p, Some("Patient/1"));
    let entries = b["entry"].as_array().unwrap();
    let mut requests = 0;
    for e in entries {
        let r = &e["resource"];
        assert_eq!(r["intent"], "proposal");
        assert_eq!(r["status"], "draft");
        if r["resourceType"] == "MedicationRequest" {
            requests += 1;
            assert_eq!(r["dispenseRequest"]["numberOfRepeatsAllowed"], 0);
            assert!(r["dispenseRequest"]["expectedSupplyDuration"]["value"].as_u64().unwrap() <= 28);
        }
    }
    assert!(requests >= p.steps.iter().filter(|s| s.days > 0).count());
    assert_eq!(entries[0]["resource"]["resourceType"], "CarePlan");
    let ids: std::collections::BTreeSet<&str> =
        entries.iter().map(|e| e["fullUrl"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), entries.len());
}
