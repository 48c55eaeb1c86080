#![allow(clippy::unwrap_used)]
//! Times of the simulator. The shared problem is a taper of diazepam: two compartments and one metabolite, 112
//! daily doses in eight steps, 2,689 hourly points, parameters that differ between persons.
use divan::Bencher;
use divan::counter::ItemsCount;
use posology_kinetics::simulate::*;

fn main() {
    divan::main();
}

/// Person number `i` of the shared problem: parameters vary so that nothing can be kept from the last person.
fn person(i: u32) -> Model {
    let swing = |k: u32| 0.7 + 0.6 * (f64::from((i * 7919 + k * 104_729) % 1000) / 1000.0);
    let spec = ModelSpec {
        clearance: LitresPerHour(1.6 * swing(1)),
        central: Litres(40.0 * swing(2)),
        peripheral: Some(Peripheral {
            volume: Litres(45.0 * swing(3)),
            flow: LitresPerHour(12.0 * swing(4)),
        }),
        first: Some(Metabolite {
            precursor: Precursor::Parent,
            formed: Fraction(0.6),
            mass_ratio: Fraction(1.0),
            clearance: LitresPerHour(0.6 * swing(5)),
            volume: Litres(60.0 * swing(6)),
        }),
        second: None,
    };
    let absorption = Absorption {
        rate: PerHour(1.5 * swing(7)),
        lag: Hours(0.0),
        bioavailability: Fraction(1.0),
        presystemic: Fraction(0.0),
    };
    Model::new(spec).unwrap().with_absorption(Route::Oral, absorption).unwrap()
}

fn taper() -> Regimen {
    let steps = [20.0, 17.5, 15.0, 12.5, 10.0, 7.5, 5.0, 2.5];
    let dose = |i: usize| Dose::at(Hours(24.0 * i as f64), Mg(steps[i / 14]), Route::Oral);
    Regimen::new((0..112).map(dose).collect()).unwrap()
}

fn hourly() -> Grid {
    Grid::new(Hours(0.0), Hours(1.0), 2689).unwrap()
}

/// One person, hourly grid, everything that is done for a person once the regimen is prepared.
#[divan::bench]
fn shared_problem(bencher: Bencher<'_, '_>) {
    let plan = Plan::new(&person(0), &taper(), &Changes::none()).unwrap();
    let (grid, mut out, mut i) = (hourly(), vec![0.0; 2689 * 2], 0);
    bencher.counter(ItemsCount::new(1u32)).bench_local(|| {
        i += 1;
        plan.run_grid(&person(i), &grid, &mut out).unwrap();
        out[2000]
    });
}

/// The same with the regimen prepared anew for each person.
#[divan::bench]
fn shared_problem_with_plan(bencher: Bencher<'_, '_>) {
    let (grid, regimen, mut out, mut i) = (hourly(), taper(), vec![0.0; 2689 * 2], 0);
    bencher.bench_local(|| {
        i += 1;
        let model = person(i);
        Plan::new(&model, &regimen, &Changes::none()).unwrap().run_grid(&model, &grid, &mut out).unwrap();
        out[2000]
    });
}

/// The same number of times, none of them on a grid.
#[divan::bench]
fn irregular_times(bencher: Bencher<'_, '_>) {
    let plan = Plan::new(&person(0), &taper(), &Changes::none()).unwrap();
    let times: Vec<f64> = (0..2689).map(|i| f64::from(i) + 0.9 * f64::from(i * 37 % 101) / 101.0).collect();
    let (mut out, mut i) = (vec![0.0; 2689 * 2], 0);
    bencher.bench_local(|| {
        i += 1;
        plan.run_at(&person(i), &times, &mut out).unwrap();
        out[2000]
    });
}

/// An inducer whose effect builds up and fades, in pieces that hold 1e-4.
#[divan::bench]
fn with_enzyme_turnover(bencher: Bencher<'_, '_>) {
    let turnover =
        Turnover { from: Hours(200.0), until: Hours(1500.0), start: 1.0, target: 4.0, rate: PerHour(0.02) };
    let changes = turnover.pieces(PerHour(0.2), Multipliers::parent).unwrap();
    let plan = Plan::new(&person(0), &taper(), &changes).unwrap();
    let (grid, mut out, mut i) = (hourly(), vec![0.0; 2689 * 2], 0);
    bencher.bench_local(|| {
        i += 1;
        plan.run_grid(&person(i), &grid, &mut out).unwrap();
        out[2000]
    });
}

/// 100,000 persons on the shared problem with percentiles, on two threads.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn population_of_100_000() -> f64 {
    let plan = Plan::new(&person(0), &taper(), &Changes::none()).unwrap();
    let variability = Variability::new(
        &[
            (Parameter::AbsorptionRate, 0.5),
            (Parameter::Clearance, 0.4),
            (Parameter::CentralVolume, 0.25),
            (Parameter::Flow, 0.3),
            (Parameter::PeripheralVolume, 0.25),
            (Parameter::FirstClearance, 0.4),
            (Parameter::FirstVolume, 0.25),
        ],
        &[Correlation { one: Parameter::Clearance, other: Parameter::FirstClearance, coefficient: 0.5 }],
    )
    .unwrap();
    let settings = Population { subjects: 100_000, seed: 1, threads: 2, percentiles: vec![0.05, 0.5, 0.95] };
    let typical = person(0);
    simulate_population(&plan, |_| typical, &variability, &hourly(), &settings).unwrap().values[1000]
}
