#![allow(clippy::unwrap_used)]
//! An independent witness of the mathematics: the differential equations, written out here from the parameters,
//! are solved numerically and must agree with the closed form to 1e-6 of the peak on random models.
use diffsol::{NalgebraMat, OdeBuilder, OdeSolverMethod};
use posology_kinetics::simulate::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

type M = NalgebraMat<f64>;

/// What is solved: amounts in mg in the oral depot, the nasal depot, centre, periphery, metabolites.
const N: usize = 6;

/// Solves from `t0` to `t1` with a constant infusion and returns the amounts at the end.
/// `clearance_factor` may change with time; it acts on the whole clearance of the parent.
fn solve(model: &Model, y0: &[f64; N], t0: f64, t1: f64, rate: f64, factor: impl Fn(f64) -> f64) -> [f64; N] {
    let s = *model.spec();
    let (oral, nasal) = (model.absorption(Route::Oral).copied(), model.absorption(Route::Nasal).copied());
    let slope = move |t: f64, y: &[f64; N], rate: f64| -> [f64; N] {
        let mut d = [0.0; N];
        for (i, a) in [oral, nasal].into_iter().enumerate() {
            if let Some(a) = a {
                let flow = a.rate.0 * y[i];
                d[i] -= flow;
                d[2] += flow * a.bioavailability.0;
                d[4] += flow * a.presystemic.0 * s.first.map_or(0.0, |m| m.mass_ratio.0);
            }
        }
        let lost = s.clearance.0 * factor(t) * y[2] / s.central.0;
        d[2] += rate - lost;
        if let Some(p) = s.peripheral {
            let net = p.flow.0 * (y[2] / s.central.0 - y[3] / p.volume.0);
            d[2] -= net;
            d[3] += net;
        }
        if let Some(m) = s.first {
            let loss = m.clearance.0 * y[4] / m.volume.0;
            d[4] += m.formed.0 * m.mass_ratio.0 * lost - loss;
            if let Some(n) = s.second {
                let source = if n.precursor == Precursor::Parent { lost } else { loss };
                d[5] += n.formed.0 * n.mass_ratio.0 * source - n.clearance.0 * y[5] / n.volume.0;
            }
        }
        d
    };
    let take = |x: &[f64]| -> [f64; N] { core::array::from_fn(|i| x[i]) };
    let problem = OdeBuilder::<M>::new()
        .t0(t0)
        .h0((t1 - t0).min(1e-3))
        .rtol(1e-10)
        .atol([1e-12; N])
        .rhs_implicit(
            |x, _p, t, y| {
                let d = slope(t, &take(x), rate);
                for (i, d) in d.into_iter().enumerate() {
                    y[i] = d;
                }
            },
            |_x, _p, t, v, y| {
                let d = slope(t, &take(v), 0.0);
                for (i, d) in d.into_iter().enumerate() {
                    y[i] = d;
                }
            },
        )
        .init(
            |_p, _t, y| {
                y[..N].copy_from_slice(&y0[..N]);
            },
            N,
        )
        .build()
        .unwrap();
    let mut solver = problem.tsit45().unwrap();
    solver.set_stop_time(t1).unwrap();
    while solver.state().t < t1 {
        solver.step().unwrap();
    }
    let end = solver.state().y;
    core::array::from_fn(|i| end[i])
}

struct Draw(ChaCha8Rng);

impl Draw {
    /// Between `low` and `high`, evenly on a logarithmic scale.
    fn log(&mut self, low: f64, high: f64) -> f64 {
        (low.ln() + self.unit() * (high / low).ln()).exp()
    }
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
    fn metabolite(&mut self, precursor: Precursor, most: f64) -> Metabolite {
        Metabolite {
            precursor,
            formed: Fraction(most * self.unit()),
            mass_ratio: Fraction(0.7 + 0.5 * self.unit()),
            clearance: LitresPerHour(self.log(0.3, 30.0)),
            volume: Litres(self.log(10.0, 300.0)),
        }
    }
    fn absorption(&mut self, presystemic: bool) -> Absorption {
        let bioavailability = 0.2 + 0.6 * self.unit();
        Absorption {
            rate: PerHour(self.log(0.1, 5.0)),
            lag: Hours(if self.chance(0.5) { self.unit() } else { 0.0 }),
            bioavailability: Fraction(bioavailability),
            presystemic: Fraction(if presystemic { 0.9 * (1.0 - bioavailability) } else { 0.0 }),
        }
    }
    fn model(&mut self) -> Model {
        let second_from = if self.chance(0.5) { Precursor::Parent } else { Precursor::FirstMetabolite };
        let first = self.chance(0.8).then(|| self.metabolite(Precursor::Parent, 0.5));
        let second = first.filter(|_| self.chance(0.6)).map(|_| self.metabolite(second_from, 0.5));
        let spec = ModelSpec {
            clearance: LitresPerHour(self.log(0.5, 60.0)),
            central: Litres(self.log(8.0, 200.0)),
            peripheral: self.chance(0.6).then(|| Peripheral {
                volume: Litres(self.log(10.0, 300.0)),
                flow: LitresPerHour(self.log(1.0, 50.0)),
            }),
            first,
            second,
        };
        let presystemic = first.is_some() && self.chance(0.5);
        let (oral, nasal) = (self.absorption(presystemic), self.absorption(false));
        Model::new(spec)
            .and_then(|m| m.with_absorption(Route::Oral, oral))
            .and_then(|m| m.with_absorption(Route::Nasal, nasal))
            .unwrap()
    }
    fn dose(&mut self) -> Dose {
        let (time, amount) = (Hours(60.0 * self.unit()), Mg(self.log(1.0, 100.0)));
        match (self.unit() * 4.0) as u32 {
            0 => Dose::at(time, amount, Route::Oral),
            1 => Dose::at(time, amount, Route::Nasal),
            2 => Dose::at(time, amount, Route::Intravenous),
            _ => Dose::infusion(time, amount, Hours(0.2 + 10.0 * self.unit())),
        }
    }
}

/// The witness at rising times: it stops at every event and integrates between.
fn witness(model: &Model, regimen: &Regimen, changes: &[(f64, f64)], times: &[f64]) -> Vec<f64> {
    let mut stops: Vec<(f64, Option<usize>, f64, f64)> = Vec::new(); // time, place and amount, change of rate
    for d in regimen.doses() {
        let lag = model.absorption(d.route).map_or(0.0, |a| a.lag.0);
        let place = match d.route {
            Route::Oral => 0,
            Route::Nasal => 1,
            _ => 2,
        };
        if d.duration.0 > 0.0 {
            let rate = d.amount.0 / d.duration.0;
            stops.push((d.time.0, None, 0.0, rate));
            stops.push((d.time.0 + d.duration.0, None, 0.0, -rate));
        } else {
            stops.push((d.time.0 + lag, Some(place), d.amount.0, 0.0));
        }
    }
    stops.extend(changes.iter().map(|c| (c.0, None, 0.0, 0.0)));
    stops.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut y, mut t, mut rate, mut next) = ([0.0; N], 0.0, 0.0f64, 0);
    let mut out = Vec::new();
    let outputs = model.outputs();
    for &time in times {
        loop {
            let stop = stops.get(next).filter(|s| s.0 <= time).copied();
            let until = stop.map_or(time, |s| s.0);
            if until > t + 1e-12 {
                let factor = changes.iter().rev().find(|c| c.0 <= t + 1e-12).map_or(1.0, |c| c.1);
                if y.iter().any(|&x| x > 0.0) || rate > 0.0 {
                    y = solve(model, &y, t, until, rate.max(0.0), |_| factor);
                }
                t = until;
            }
            let Some((_, place, amount, change)) = stop else { break };
            if let Some(place) = place {
                y[place] += amount;
            }
            rate += change;
            if rate.abs() < 1e-9 {
                rate = 0.0;
            }
            next += 1;
        }
        let s = model.spec();
        let row = [
            y[2] / s.central.0,
            y[4] / s.first.map_or(1.0, |m| m.volume.0),
            y[5] / s.second.map_or(1.0, |m| m.volume.0),
        ];
        out.extend_from_slice(&row[..outputs]);
    }
    out
}

/// Largest difference of one substance, relative to its own peak.
fn distance(outputs: usize, got: &[f64], want: &[f64]) -> f64 {
    let worst = |j: usize| {
        let column = |v: &[f64]| v.iter().skip(j).step_by(outputs).copied().collect::<Vec<_>>();
        let (a, b) = (column(got), column(want));
        let peak = b.iter().copied().fold(1e-12, f64::max);
        a.iter().zip(&b).map(|(x, y)| (x - y).abs() / peak).fold(0.0, f64::max)
    };
    (0..outputs).map(worst).fold(0.0, f64::max)
}

#[test]
fn random_models_agree_with_the_differential_equations() {
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(20_261_124));
    let mut worst = 0.0f64;
    for round in 0..120 {
        let model = draw.model();
        let doses = (0..1 + (draw.unit() * 5.0) as usize).map(|_| draw.dose()).collect();
        let regimen = Regimen::new(doses).unwrap();
        let changes: Vec<(f64, f64)> = if draw.chance(0.5) {
            vec![(20.0 * draw.unit(), 3.0 * draw.unit()), (25.0 + 30.0 * draw.unit(), 2.0 * draw.unit())]
        } else {
            Vec::new()
        };
        let pieces = changes
            .iter()
            .map(|&(t, f)| Piece { from: Hours(t), multipliers: Multipliers::parent(f) })
            .collect();
        let schedule = Changes::new(pieces).unwrap();
        let grid = Grid::new(Hours(0.0), Hours(2.0), 49).unwrap();
        let times: Vec<f64> = (0..grid.len()).map(|i| grid.time(i).0).collect();
        let want = witness(&model, &regimen, &changes, &times);
        let on_grid = simulate_grid(&model, &regimen, &schedule, &grid).unwrap();
        let at = simulate_at(&model, &regimen, &schedule, &times).unwrap();
        for got in [&on_grid, &at] {
            assert!(got.values.iter().all(|v| v.is_finite() && *v >= 0.0));
            let d = distance(model.outputs(), &got.values, &want);
            worst = worst.max(d);
            assert!(d < 1e-6, "round {round}: {d:e} with {model:?} {regimen:?} {changes:?}");
        }
    }
    println!("largest distance from the differential equations: {worst:e} of the peak");
}

/// An inducer whose effect follows enzyme turnover: the pieces stay within 1e-4 of the continuous course.
#[test]
fn pieces_of_enzyme_turnover_hold_their_promise() {
    let spec = ModelSpec {
        clearance: LitresPerHour(1.6),
        central: Litres(20.0),
        peripheral: Some(Peripheral { volume: Litres(63.0), flow: LitresPerHour(13.0) }),
        first: Some(Metabolite {
            precursor: Precursor::Parent,
            formed: Fraction(0.5),
            mass_ratio: Fraction(0.95),
            clearance: LitresPerHour(0.57),
            volume: Litres(80.0),
        }),
        second: None,
    };
    let absorption = Absorption {
        rate: PerHour(2.2),
        lag: Hours(0.0),
        bioavailability: Fraction(0.94),
        presystemic: Fraction(0.0),
    };
    let model = Model::new(spec).unwrap().with_absorption(Route::Oral, absorption).unwrap();
    let turnover =
        Turnover { from: Hours(30.0), until: Hours(400.0), start: 1.0, target: 5.0, rate: PerHour(0.03) };
    let changes = turnover.pieces(PerHour(5.0 * 1.6 / 20.0), Multipliers::parent).unwrap();
    let regimen = Regimen::repeated(Dose::at(Hours(0.0), Mg(10.0), Route::Oral), Hours(24.0), 18).unwrap();
    let times: Vec<f64> = (0..=216).map(|i| 2.0 * f64::from(i)).collect();
    let got = simulate_at(&model, &regimen, &changes, &times).unwrap();
    let (mut y, mut want) = ([0.0; N], Vec::new());
    for (i, &t) in times.iter().enumerate() {
        if i > 0 {
            y = solve(&model, &y, times[i - 1], t, 0.0, |t| turnover.level(Hours(t)));
        }
        if regimen.doses().iter().any(|d| d.time.0 == t) {
            y[0] += 10.0;
        }
        want.extend([y[2] / 20.0, y[4] / 80.0]);
    }
    let d = distance(2, &got.values, &want);
    assert!(d < 1e-4, "{d:e} with {} pieces", changes.pieces().len());
    println!("{} pieces, {d:e} of the peak", changes.pieces().len());
}
