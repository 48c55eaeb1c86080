#![allow(clippy::unwrap_used)]
//! What must hold whatever the parameters: degenerate cases, steady state, missed doses, refusals, populations.
use posology_kinetics::simulate::*;

fn spec(clearance: f64, volume: f64) -> ModelSpec {
    ModelSpec {
        clearance: LitresPerHour(clearance),
        central: Litres(volume),
        peripheral: None,
        first: None,
        second: None,
    }
}

fn oral(rate: f64) -> Absorption {
    Absorption {
        rate: PerHour(rate),
        lag: Hours(0.0),
        bioavailability: Fraction(1.0),
        presystemic: Fraction(0.0),
    }
}

fn metabolite(clearance: f64, volume: f64) -> Metabolite {
    Metabolite {
        precursor: Precursor::Parent,
        formed: Fraction(0.5),
        mass_ratio: Fraction(1.0),
        clearance: LitresPerHour(clearance),
        volume: Litres(volume),
    }
}

fn one(model: ModelSpec, rate: f64) -> Model {
    Model::new(model).unwrap().with_absorption(Route::Oral, oral(rate)).unwrap()
}

fn single(amount: f64, route: Route) -> Regimen {
    Regimen::new(vec![Dose::at(Hours(0.0), Mg(amount), route)]).unwrap()
}

#[test]
fn absorption_as_fast_as_elimination() {
    // C = D k t exp(-k t) / V exactly, and the neighbours on both sides must not jump.
    let at = [0.5, 1.0, 4.0, 10.0, 30.0];
    let at: [f64; 5] = at;
    let exact: Vec<f64> = at.iter().map(|t| 100.0 * 0.2 * t * (-0.2 * t).exp() / 50.0).collect();
    for shift in [0.0, 1e-15, 1e-12, 1e-9, 1e-7] {
        let model = one(spec(10.0, 50.0), 0.2 * (1.0 + shift));
        let got = simulate_at(&model, &single(100.0, Route::Oral), &Changes::none(), &at).unwrap();
        for (g, e) in got.values.iter().zip(&exact) {
            assert!((g / e - 1.0).abs() < 1e-6 * (1.0 + shift * 1e8), "{shift}: {g} against {e}");
        }
    }
}

#[test]
fn all_rates_equal_still_conserves_mass() {
    let mut s = spec(10.0, 50.0);
    s.first = Some(metabolite(10.0, 50.0));
    s.second = Some(Metabolite { precursor: Precursor::FirstMetabolite, ..metabolite(10.0, 50.0) });
    let model = one(s, 0.2);
    let grid = Grid::new(Hours(0.0), Hours(0.25), 2000).unwrap();
    let got = simulate_grid(&model, &single(100.0, Route::Oral), &Changes::none(), &grid).unwrap();
    // Area = dose over clearance for the parent, half for each step of the chain.
    for (output, area) in [(0, 10.0), (1, 5.0), (2, 2.5)] {
        assert!((got.area(output) / area - 1.0).abs() < 1e-3, "{output}: {}", got.area(output));
    }
}

#[test]
fn nothing_leaves_without_clearance() {
    let model = one(spec(0.0, 40.0), 1.5);
    let times = [1.0, 100.0, 10_000.0];
    let got = simulate_at(&model, &single(80.0, Route::Oral), &Changes::none(), &times).unwrap();
    assert!((got.values[2] - 2.0).abs() < 1e-12 && got.values[0] < got.values[1]);
    let infused = Regimen::new(vec![Dose::infusion(Hours(0.0), Mg(80.0), Hours(8.0))]).unwrap();
    let got = simulate_at(&model, &infused, &Changes::none(), &[4.0, 8.0, 500.0]).unwrap();
    for (g, want) in got.values.iter().zip([1.0, 2.0, 2.0]) {
        assert!((g - want).abs() < 1e-12, "{g}");
    }
}

#[test]
fn no_steady_state_without_clearance_is_said() {
    let cycle = vec![Dose::at(Hours(0.0), Mg(5.0), Route::Oral)];
    let before = SteadyState { interval: Hours(24.0), until: Hours(0.0), cycle };
    let regimen = Regimen::default().after(before).unwrap();
    let grid = Grid::new(Hours(0.0), Hours(1.0), 25).unwrap();
    let e = simulate_grid(&one(spec(0.0, 40.0), 1.5), &regimen, &Changes::none(), &grid).unwrap_err();
    assert_eq!(e, SimulationError::NoSteadyState { compartment: "the parent" });
    let mut s = spec(1.0, 40.0);
    s.first = Some(metabolite(0.0, 10.0));
    let e = simulate_grid(&one(s, 1.5), &regimen, &Changes::none(), &grid).unwrap_err();
    assert_eq!(e, SimulationError::NoSteadyState { compartment: "the first metabolite" });
    // The same model made degenerate (absorption as fast as elimination) takes the other path.
    let mut s = spec(60.0, 40.0);
    s.first = Some(metabolite(0.0, 10.0));
    let e = simulate_grid(&one(s, 1.5), &regimen, &Changes::none(), &grid).unwrap_err();
    assert_eq!(e, SimulationError::NoSteadyState { compartment: "the first metabolite" });
}

#[test]
fn steady_state_is_what_many_doses_reach() {
    for (clearance, ka, lag) in [(1.6, 2.2, 0.2), (60.0, 60.0 / 25.0, 0.0), (20.0, 0.7, 9.5)] {
        let mut s = spec(clearance, 25.0);
        s.first = Some(metabolite(2.0, 30.0));
        let absorption = Absorption { lag: Hours(lag), ..oral(ka) };
        let model = Model::new(s).unwrap().with_absorption(Route::Oral, absorption).unwrap();
        let dose = |t: f64, route| Dose::at(Hours(t), Mg(10.0), route);
        let cycle = [dose(0.0, Route::Oral), dose(3.0, Route::Oral), dose(5.0, Route::Intravenous)];
        let infusion = Dose::infusion(Hours(6.0), Mg(12.0), Hours(4.0));
        let with_infusion: Vec<Dose> = cycle.into_iter().chain([infusion]).collect();
        let before = SteadyState { interval: Hours(8.0), until: Hours(2400.0), cycle: with_infusion.clone() };
        let cycles = |n: usize, from: f64| -> Vec<Dose> {
            (0..n)
                .flat_map(|i| {
                    let shift = from + 8.0 * i as f64;
                    with_infusion
                        .iter()
                        .map(move |d| Dose { time: Hours(d.time.0 + shift), ..*d })
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let long = Regimen::new(cycles(303, 0.0)).unwrap();
        let short = Regimen::new(cycles(3, 2400.0)).unwrap().after(before).unwrap();
        let grid = Grid::new(Hours(2400.0), Hours(0.25), 97).unwrap();
        let a = simulate_grid(&model, &long, &Changes::none(), &grid).unwrap();
        let b = simulate_grid(&model, &short, &Changes::none(), &grid).unwrap();
        for (i, (x, y)) in a.values.iter().zip(&b.values).enumerate() {
            assert!((x / y - 1.0).abs() < 1e-9, "{i}: {x} against {y}");
        }
    }
}

#[test]
fn a_missed_dose_lowers_what_follows_and_nothing_before() {
    let model = one(spec(1.6, 83.0), 2.2);
    let first = Dose::at(Hours(0.0), Mg(10.0), Route::Oral);
    let all = Regimen::repeated(first, Hours(24.0), 6).unwrap();
    let missed = all.clone().missing(&[3]);
    assert_eq!(missed.doses().len(), 5);
    let grid = Grid::new(Hours(0.0), Hours(1.0), 150).unwrap();
    let a = simulate_grid(&model, &all, &Changes::none(), &grid).unwrap();
    let b = simulate_grid(&model, &missed, &Changes::none(), &grid).unwrap();
    for i in 0..150 {
        if i <= 72 {
            assert_eq!(a.values[i], b.values[i]);
        } else {
            assert!(b.values[i] < a.values[i]);
        }
    }
}

#[test]
fn an_inhibitor_raises_the_area_by_the_inverse_of_its_factor() {
    let model = one(spec(4.0, 50.0), 1.0);
    let half = Piece { from: Hours(-1.0), multipliers: Multipliers::parent(0.5) };
    let grid = Grid::new(Hours(0.0), Hours(0.1), 8000).unwrap();
    let dose = single(100.0, Route::Oral);
    let plain = simulate_grid(&model, &dose, &Changes::none(), &grid).unwrap();
    let inhibited = simulate_grid(&model, &dose, &Changes::new(vec![half]).unwrap(), &grid).unwrap();
    assert!((inhibited.area(0) / plain.area(0) - 2.0).abs() < 1e-3);
    // Two schedules at once multiply.
    let both = Changes::new(vec![half]).unwrap().and(&Changes::new(vec![half]).unwrap()).unwrap();
    assert_eq!(both.at(Hours(5.0)).parent_other, 0.25);
    assert_eq!(both.at(Hours(-2.0)), Multipliers::NONE);
}

#[test]
fn refusals_name_parameter_value_and_range() {
    let say = |e: SimulationError| e.to_string();
    let e = Model::new(spec(-1.6, 83.0)).unwrap_err();
    assert_eq!(say(e), "clearance is -1.6 L/h; allowed: 0 to 10000 L/h");
    let e = Model::new(spec(f64::NAN, 83.0)).unwrap_err();
    assert_eq!(say(e), "clearance is NaN L/h; allowed: 0 to 10000 L/h");
    let e = Model::new(spec(1.6, 0.0)).unwrap_err();
    assert_eq!(say(e), "central volume is 0 L; allowed: 0.001 to 1000000 L");
    let first = Dose::at(Hours(0.0), Mg(10.0), Route::Oral);
    let e = Regimen::repeated(first, Hours(0.0), 3).unwrap_err();
    assert_eq!(say(e), "dosing interval is 0 h; allowed: 0.001 to 100000 h");
    let e = Regimen::new(vec![Dose { amount: Mg(-10.0), ..first }]).unwrap_err();
    assert_eq!(say(e), "dose amount is -10 mg; allowed: 0 to 1000000 mg");
    let e = Regimen::new(vec![Dose { duration: Hours(1.0), ..first }]).unwrap_err();
    assert_eq!(say(e), "infusion duration is 1 h; allowed: 0 to 0 h");
    let rectal = Regimen::new(vec![Dose { route: Route::Rectal, ..first }]).unwrap();
    let grid = Grid::new(Hours(0.0), Hours(1.0), 3).unwrap();
    let e = simulate_grid(&one(spec(1.6, 83.0), 2.2), &rectal, &Changes::none(), &grid).unwrap_err();
    assert_eq!(say(e), "the model has no absorption parameters for the rectal route");
    assert!(Grid::new(Hours(0.0), Hours(f64::INFINITY), 3).is_err());
    assert!(Grid::new(Hours(0.0), Hours(1.0), 0).is_err());
    let over = Absorption { bioavailability: Fraction(1.2), ..oral(1.0) };
    assert!(Model::new(spec(1.6, 83.0)).unwrap().with_absorption(Route::Oral, over).is_err());
    assert!(Model::new(spec(1.6, 83.0)).unwrap().scaled(Parameter::Bioavailability, f64::NAN).is_ok());
    let with_oral = one(spec(1.6, 83.0), 1.0);
    assert!(with_oral.scaled(Parameter::Bioavailability, f64::NAN).is_err());
    assert!(with_oral.scaled(Parameter::Clearance, f64::INFINITY).is_err());
}

fn varied() -> Variability {
    let both =
        [(Parameter::Clearance, 0.4), (Parameter::CentralVolume, 0.25), (Parameter::Bioavailability, 0.1)];
    let link = Correlation { one: Parameter::Clearance, other: Parameter::CentralVolume, coefficient: 0.6 };
    Variability::new(&both, &[link]).unwrap()
}

#[test]
fn threads_do_not_change_a_population() {
    let model = one(spec(1.6, 83.0), 2.2);
    let plan = Plan::new(&model, &single(10.0, Route::Oral), &Changes::none()).unwrap();
    for (subjects, points) in [(200u32, 50), (100_001, 100)] {
        let grid = Grid::new(Hours(0.0), Hours(1.0), points).unwrap();
        let run = |threads, seed| {
            let settings = Population { subjects, seed, threads, percentiles: vec![0.05, 0.5, 0.95] };
            simulate_population(&plan, |_| model, &varied(), &grid, &settings).unwrap()
        };
        let one = run(1, 7);
        assert_eq!(one.exact, subjects == 200);
        assert_eq!(one, run(2, 7));
        assert_eq!(one, run(5, 7));
        assert_ne!(one.values, run(1, 8).values);
        let row = &one.values[30..33];
        assert!(row[0] < row[1] && row[1] < row[2]);
    }
}

#[test]
fn counted_percentiles_are_within_their_stated_error() {
    let model = one(spec(1.6, 83.0), 2.2);
    let plan = Plan::new(&model, &single(10.0, Route::Oral), &Changes::none()).unwrap();
    let run = |points| {
        let grid = Grid::new(Hours(0.0), Hours(1.0), points).unwrap();
        let settings = Population { subjects: 5000, seed: 3, threads: 2, percentiles: vec![0.05, 0.5, 0.95] };
        simulate_population(&plan, |_| model, &varied(), &grid, &settings).unwrap()
    };
    let (exact, counted) = (run(100), run(2000));
    assert!(exact.exact && !counted.exact);
    for (i, (a, b)) in exact.values.iter().zip(&counted.values).enumerate().skip(3) {
        assert!((a / b - 1.0).abs() <= RELATIVE_ERROR, "{i}: {a} against {b}");
    }
}

#[test]
fn drawn_persons_have_the_spread_and_the_correlation_asked_for() {
    let model = one(spec(1.6, 83.0), 2.2);
    let v = varied();
    let n = 20_000u32;
    let logs: Vec<[f64; 2]> = (0..n)
        .map(|i| {
            let s = *v.person(&model, 5, u64::from(i)).unwrap().spec();
            [(s.clearance.0 / 1.6).ln(), (s.central.0 / 83.0).ln()]
        })
        .collect();
    let mean = |f: &dyn Fn(&[f64; 2]) -> f64| logs.iter().map(f).sum::<f64>() / f64::from(n);
    let (m0, m1) = (mean(&|x| x[0]), mean(&|x| x[1]));
    let (v0, v1) = (mean(&|x| (x[0] - m0).powi(2)), mean(&|x| (x[1] - m1).powi(2)));
    let r = mean(&|x| (x[0] - m0) * (x[1] - m1)) / (v0 * v1).sqrt();
    assert!(m0.abs() < 0.01 && m1.abs() < 0.01, "{m0} {m1}");
    assert!((v0 / 0.16f64.ln_1p() - 1.0).abs() < 0.05 && (v1 / 0.0625f64.ln_1p() - 1.0).abs() < 0.05);
    assert!((r - 0.6).abs() < 0.02, "{r}");
}

#[test]
fn contradictory_correlations_are_refused() {
    let three =
        [(Parameter::Clearance, 0.4), (Parameter::CentralVolume, 0.3), (Parameter::PeripheralVolume, 0.3)];
    let link = |one, other, coefficient| Correlation { one, other, coefficient };
    let e = Variability::new(
        &three,
        &[
            link(Parameter::Clearance, Parameter::CentralVolume, 0.95),
            link(Parameter::CentralVolume, Parameter::PeripheralVolume, 0.95),
            link(Parameter::Clearance, Parameter::PeripheralVolume, -0.95),
        ],
    );
    assert_eq!(e.unwrap_err(), SimulationError::NotPositiveDefinite { row: 2 });
    let stray = [link(Parameter::Clearance, Parameter::FirstVolume, 0.3)];
    assert!(Variability::new(&three, &stray).is_err());
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is accepted gives finite, non-negative concentrations; twice the dose gives twice as much.
        #[test]
        fn finite_and_linear(
            clearance in prop_oneof![Just(0.0), 1e-3..1e4f64],
            volume in 1e-2..1e5f64,
            peripheral in proptest::option::of((1e-2..1e5f64, 1e-5..1e4f64)),
            chain in 0usize..3,
            metabolite_clearance in prop_oneof![Just(0.0), 1e-3..1e4f64],
            ka in 1e-3..1e3f64,
            lag in 0.0..5.0f64,
            times in proptest::collection::vec(0.0..500.0f64, 1..8),
        ) {
            let mut s = spec(clearance, volume);
            s.peripheral =
                peripheral.map(|(v, q)| Peripheral { volume: Litres(v), flow: LitresPerHour(q) });
            s.first = (chain > 0).then(|| metabolite(metabolite_clearance, 20.0));
            s.second = (chain > 1).then(|| metabolite(metabolite_clearance, 20.0));
            let absorption = Absorption { lag: Hours(lag), ..oral(ka) };
            let model = Model::new(s).unwrap().with_absorption(Route::Oral, absorption).unwrap();
            let doses = |amount| {
                let at = |&t: &f64| Dose::at(Hours(t), Mg(amount), Route::Oral);
                Regimen::new(times.iter().map(at).collect()).unwrap()
            };
            let grid = Grid::new(Hours(0.0), Hours(7.0), 80).unwrap();
            let one = simulate_grid(&model, &doses(1.0), &Changes::none(), &grid).unwrap();
            let two = simulate_grid(&model, &doses(2.0), &Changes::none(), &grid).unwrap();
            let peak = one.values.iter().copied().fold(0.0, f64::max);
            for (a, b) in one.values.iter().zip(&two.values) {
                prop_assert!(a.is_finite() && *a >= 0.0);
                prop_assert!((b - 2.0 * a).abs() <= 1e-8 * peak.max(1e-30));
            }
        }
    }
}
