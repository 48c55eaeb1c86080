#![allow(clippy::unwrap_used)]
//! Properties of the exposure model that hold for any parameters, and the textbook cases.
use posology_kinetics::exposure::*;
use proptest::prelude::*;

fn path(enzyme: Enzyme, fm: f64) -> Pathway {
    Pathway { enzyme, fm, sd: 0.35 }
}

fn blocker(enzyme: Enzyme, remaining: f64) -> Perpetrator {
    let e =
        Effect::inhibition("blocker", enzyme, Mechanism::Competitive, &[(100.0, remaining, None)], None, 0.4)
            .expect("valid");
    Perpetrator { name: "blocker".into(), effects: vec![e] }
}

fn inducer(enzyme: Enzyme, fold: f64) -> Perpetrator {
    let e = Effect::induction("inducer", enzyme, &[(100.0, fold, None)], 0.4).expect("valid");
    Perpetrator { name: "inducer".into(), effects: vec![e] }
}

fn always(p: &Perpetrator) -> Taken<'_> {
    Taken { perpetrator: p, dose_per_day: Some(100.0), on_h: None, off_h: 0.0 }
}

fn ratio(v: &Victim, route: Route, taken: &[Taken<'_>], patient: &Patient) -> f64 {
    predict(v, &[], route, taken, patient, &Residual::default()).expect("valid").parent.ratio
}

#[test]
fn one_pathway_of_a_low_extraction_drug_is_the_rowland_matin_equation() {
    let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, 0.9)], None, 0.0, 0.0).expect("valid");
    let p = blocker(Enzyme::Cyp3a4, 0.1);
    let expected = 1.0 / (0.9 * 0.1 + 0.1);
    for route in [Route::Oral, Route::Systemic] {
        assert!((ratio(&v, route, &[always(&p)], &Patient::default()) - expected).abs() < 1e-9);
    }
}

#[test]
fn gut_wall_counts_by_mouth_only_and_high_extraction_protects_the_vein() {
    let gut = Some(GutWall { enzyme: Enzyme::Cyp3a4, fg: 0.5, sd: 0.35 });
    let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, 0.95)], gut, 0.7, 0.0).expect("valid");
    let p = blocker(Enzyme::Cyp3a4, 0.1);
    let oral = ratio(&v, Route::Oral, &[always(&p)], &Patient::default());
    let vein = ratio(&v, Route::Systemic, &[always(&p)], &Patient::default());
    let x: f64 = 0.95 * 0.1 + 0.05;
    let extraction = x * 0.7 / (0.3 + x * 0.7);
    assert!((vein - 0.7 / extraction).abs() < 1e-9, "{vein}");
    // Odds in the gut wall are GUT_ODDS times those in the liver.
    let y = 1.0 / (1.0 + 9.0 * GUT_ODDS);
    assert!((oral - (1.0 / x) * (1.0 / (0.5 + 0.5 * y))).abs() < 1e-6, "{oral}");
    assert!(oral > 3.0 * vein);
}

#[test]
fn an_inhibitor_of_an_enzyme_that_is_absent_does_nothing() {
    let v = Victim::new("v", vec![path(Enzyme::Cyp2c19, 0.6)], None, 0.0, 0.0).expect("valid");
    let p = blocker(Enzyme::Cyp2c19, 0.05);
    let poor = Patient::default().with(Enzyme::Cyp2c19, Phenotype::Poor);
    assert!((ratio(&v, Route::Oral, &[always(&p)], &poor) - 1.0).abs() < 1e-12);
    let answer = predict(&v, &[], Route::Oral, &[always(&p)], &poor, &Residual::default()).expect("valid");
    assert!((answer.baseline - 2.5).abs() < 1e-9);
}

#[test]
fn time_on_and_off() {
    let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, 0.9)], None, 0.0, 0.0).expect("valid");
    let p = inducer(Enzyme::Cyp3a4, 8.0);
    let at = |on: f64, off: f64| {
        ratio(&v, Route::Oral, &[Taken { on_h: Some(on), off_h: off, ..always(&p) }], &Patient::default())
    };
    assert!(at(6.0, 0.0) > 0.999, "no new enzyme within hours");
    assert!(at(48.0, 0.0) < 0.5 && at(48.0, 0.0) > at(240.0, 0.0));
    assert!((at(2000.0, 0.0) - ratio(&v, Route::Oral, &[always(&p)], &Patient::default())).abs() < 1e-3);
    assert!(at(2000.0, 48.0) > at(2000.0, 0.0) && at(2000.0, 600.0) > 0.97);

    let destroyer = Effect::inhibition(
        "d",
        Enzyme::Cyp3a4,
        Mechanism::MechanismBased,
        &[(100.0, 0.1, None)],
        Some(5.0),
        0.4,
    )
    .expect("valid");
    let destroyer = Perpetrator { name: "d".into(), effects: vec![destroyer] };
    let off =
        |h: f64| ratio(&v, Route::Oral, &[Taken { off_h: h, ..always(&destroyer) }], &Patient::default());
    assert!(off(24.0) > 0.9 && off(0.0) > off(48.0) && off(48.0) > 1.3, "enzyme has to grow again");
    assert!(off(500.0) < 1.02);
}

#[test]
fn inhibitor_first_and_inducer_later_changes_sides() {
    // The two-day and ten-day picture of ritonavir with alprazolam.
    let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, 0.78), path(Enzyme::Inducible, 0.17)], None, 0.0, 0.0)
        .expect("valid");
    let effects = vec![
        Effect::inhibition(
            "r",
            Enzyme::Cyp3a4,
            Mechanism::MechanismBased,
            &[(1000.0, 0.025, None)],
            Some(5.0),
            0.4,
        )
        .expect("valid"),
        Effect::induction("r", Enzyme::Inducible, &[(1000.0, 7.5, None)], 0.4).expect("valid"),
    ];
    let r = Perpetrator { name: "r".into(), effects };
    let at = |days: f64| {
        let t = Taken { perpetrator: &r, dose_per_day: Some(1000.0), on_h: Some(days * 24.0), off_h: 0.0 };
        ratio(&v, Route::Oral, &[t], &Patient::default())
    };
    assert!(at(1.0) > 2.0, "{}", at(1.0));
    assert!(at(10.0) < 1.0, "{}", at(10.0));
}

#[test]
fn metabolite_falls_with_its_formation_and_rises_with_its_own_clearance() {
    let parent =
        Victim::new("p", vec![path(Enzyme::Cyp2c19, 0.6), path(Enzyme::Cyp3a4, 0.3)], None, 0.0, 0.0)
            .expect("ok");
    let child = Victim::new("m", vec![path(Enzyme::Cyp2c19, 0.8)], None, 0.0, 0.0).expect("ok");
    let p = blocker(Enzyme::Cyp2c19, 0.1);
    let run = |formed_by: &[(Enzyme, f64)]| {
        predict(
            &parent,
            &[Metabolite { victim: &child, formed_by, auc_to_parent: 2.0, potency: 0.5 }],
            Route::Oral,
            &[always(&p)],
            &Patient::default(),
            &Residual::default(),
        )
        .expect("ok")
    };
    let other = run(&[(Enzyme::Cyp3a4, 1.0)]);
    let own = run(&[(Enzyme::Cyp2c19, 1.0)]);
    let x = 0.6 * 0.1 + 0.4;
    let y = 0.8 * 0.1 + 0.2;
    assert!((other.metabolites[0].ratio - 1.0 / x / y).abs() < 1e-9);
    assert!((own.metabolites[0].ratio - 0.1 / x / y).abs() < 1e-9);
    let sum = other.weighted_sum.expect("a metabolite was given").ratio;
    assert!((sum - (other.parent.ratio + other.metabolites[0].ratio) / 2.0).abs() < 1e-9);
}

#[test]
fn errors_name_parameter_value_and_range() {
    let e = Victim::new("diazepam", vec![path(Enzyme::Cyp3a4, -0.2)], None, 0.0, 0.0).expect_err("negative");
    assert_eq!(e.to_string(), "fm of diazepam is -0.2; allowed is above 0 to 1");
    assert!(Victim::new("x", vec![], None, 0.0, 0.0).is_err());
    assert!(Victim::new("x", vec![path(Enzyme::Cyp3a4, f64::NAN)], None, 0.0, 0.0).is_err());
    let unknown = Enzyme::parse("CYP9Z9").expect_err("unknown").to_string();
    assert!(unknown.contains("CYP9Z9") && unknown.contains("CYP3A4"), "{unknown}");
    assert!(Route::parse("through the ear").is_err());
    let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, 0.5)], None, 0.0, 0.0).expect("valid");
    let p = blocker(Enzyme::Cyp3a4, 0.5);
    for dose in [0.0, -5.0, f64::NAN, f64::INFINITY, 1e308] {
        let t = Taken { dose_per_day: Some(dose), ..always(&p) };
        let e = predict(&v, &[], Route::Oral, &[t], &Patient::default(), &Residual::default())
            .expect_err("refused");
        assert!(e.to_string().starts_with("dose of blocker is"), "{e}");
    }
    assert!(Effect::induction("x", Enzyme::Cyp3a4, &[(1.0, 0.5, None)], 0.4).is_err());
    assert!(Effect::inhibition("x", Enzyme::Cyp3a4, Mechanism::Competitive, &[], None, 0.4).is_err());
}

proptest! {
    #[test]
    fn answers_are_finite_ordered_and_go_the_right_way(
        fm in 0.01..1.0_f64, fm2 in 0.01..0.2_f64, fg in 0.05..1.0_f64, e in 0.0..0.97_f64, renal in 0.0..0.9_f64,
        remaining in 0.001..1.0_f64, fold in 1.0..15.0_f64, dose in 0.001..1e5_f64,
        on in proptest::option::of(0.0..5000.0_f64), off in 0.0..500.0_f64, oral: bool,
    ) {
        let gut = Some(GutWall { enzyme: Enzyme::Cyp3a4, fg, sd: 0.35 });
        let v = Victim::new("v", vec![path(Enzyme::Cyp3a4, fm), path(Enzyme::Pgp, fm2)], gut, e, renal).expect("valid");
        let route = if oral { Route::Oral } else { Route::Systemic };
        let (b, i) = (blocker(Enzyme::Cyp3a4, remaining), inducer(Enzyme::Cyp3a4, fold));
        let t = |p| Taken { perpetrator: p, dose_per_day: Some(dose), on_h: on, off_h: off };
        let r = Residual::default();
        let up = predict(&v, &[], route, &[t(&b)], &Patient::default(), &r).expect("valid").parent;
        let down = predict(&v, &[], route, &[t(&i)], &Patient::default(), &r).expect("valid").parent;
        let both = predict(&v, &[], route, &[t(&b), t(&i)], &Patient::default(), &r).expect("valid").parent;
        for x in [up, down, both] {
            prop_assert!(x.low.is_finite() && x.high.is_finite() && x.low > 0.0);
            prop_assert!(x.low <= x.ratio && x.ratio <= x.high);
        }
        prop_assert!(up.ratio >= 1.0 - 1e-9 && down.ratio <= 1.0 + 1e-9);
        prop_assert!(down.ratio - 1e-9 <= both.ratio && both.ratio <= up.ratio + 1e-9);
    }

    #[test]
    fn more_dose_is_never_less_effect(a in 0.1..1000.0_f64, b in 0.1..1000.0_f64) {
        let e = Effect::inhibition(
            "x", Enzyme::Cyp3a4, Mechanism::Competitive,
            &[(200.0, 0.13, None), (400.0, 0.09, None), (50.0, 0.6, None)], None, 0.4,
        ).expect("valid");
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        prop_assert!(e.strength(low).0 <= e.strength(high).0 + 1e-9);
    }

    #[test]
    fn any_text_is_a_regimen(text in "\\PC{0,60}") {
        let r = regimen::parse(&text);
        prop_assert!(r.dose_per_day.is_none_or(|d| d.is_finite() && d > 0.0));
        prop_assert!(r.on_h.is_none_or(|d| d.is_finite() && d >= 0.0));
    }
}
