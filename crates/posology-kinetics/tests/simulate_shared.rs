#![allow(clippy::unwrap_used)]
//! The taper that is also the benchmark: 112 daily doses in eight steps, 2,689 hourly points, against an
//! independent propagation by the series of the matrix exponential over each hour.
use posology_kinetics::simulate::*;

const STEPS: [f64; 8] = [20.0, 17.5, 15.0, 12.5, 10.0, 7.5, 5.0, 2.5];

#[test]
fn agrees_with_an_hourly_matrix_exponential() {
    let (ka, cl, vc, q, vp, fm, clm, vm) = (1.5, 1.6, 40.0, 12.0, 45.0, 0.6, 0.6, 60.0);
    let a = [
        [-ka, 0.0, 0.0, 0.0],
        [ka, -(cl + q) / vc, q / vp, 0.0],
        [0.0, q / vc, -q / vp, 0.0],
        [0.0, fm * cl / vc, 0.0, -clm / vm],
    ];
    // exp(A) by its series: the largest entry is below 2, so 60 terms are far more than enough.
    let mut e = [[0.0f64; 4]; 4];
    let mut term = [[0.0f64; 4]; 4];
    for i in 0..4 {
        (e[i][i], term[i][i]) = (1.0, 1.0);
    }
    for k in 1..60 {
        let mut next = [[0.0; 4]; 4];
        for i in 0..4 {
            for j in 0..4 {
                next[i][j] = (0..4).map(|l| term[i][l] * a[l][j]).sum::<f64>() / f64::from(k);
                e[i][j] += next[i][j];
            }
        }
        term = next;
    }
    let mut want = Vec::new();
    let mut y = [0.0; 4];
    for h in 0..2689 {
        if h % 24 == 0 && h / 24 < 112 {
            y[0] += STEPS[h / 336];
        }
        want.extend([y[1] / vc, y[3] / vm]);
        y = core::array::from_fn(|i| (0..4).map(|j| e[i][j] * y[j]).sum());
    }

    let spec = ModelSpec {
        clearance: LitresPerHour(cl),
        central: Litres(vc),
        peripheral: Some(Peripheral { volume: Litres(vp), flow: LitresPerHour(q) }),
        first: Some(Metabolite {
            precursor: Precursor::Parent,
            formed: Fraction(fm),
            mass_ratio: Fraction(1.0),
            clearance: LitresPerHour(clm),
            volume: Litres(vm),
        }),
        second: None,
    };
    let absorption = Absorption {
        rate: PerHour(ka),
        lag: Hours(0.0),
        bioavailability: Fraction(1.0),
        presystemic: Fraction(0.0),
    };
    let model = Model::new(spec).unwrap().with_absorption(Route::Oral, absorption).unwrap();
    let dose = |i: usize| Dose::at(Hours(24.0 * i as f64), Mg(STEPS[i / 14]), Route::Oral);
    let regimen = Regimen::new((0..112).map(dose).collect()).unwrap();
    let grid = Grid::new(Hours(0.0), Hours(1.0), 2689).unwrap();
    let times: Vec<f64> = (0..2689).map(f64::from).collect();
    let peak = want.iter().copied().fold(0.0, f64::max);
    for got in [
        simulate_grid(&model, &regimen, &Changes::none(), &grid).unwrap(),
        simulate_at(&model, &regimen, &Changes::none(), &times).unwrap(),
    ] {
        let worst = got.values.iter().zip(&want).map(|(g, w)| (g - w).abs() / peak).fold(0.0, f64::max);
        assert!(worst < 1e-12, "{worst:e}");
    }
}
