#![allow(clippy::unwrap_used)]
//! A prediction with five perpetrators, intervals and reasons included (here, because the dev-dependencies of the kinetics take minutes to build).
/// As the command line has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use posology_kinetics::exposure::*;

fn main() {
    divan::main();
}

#[divan::bench]
fn five_perpetrators(bencher: divan::Bencher<'_, '_>) {
    let enzymes = [Enzyme::Cyp3a4, Enzyme::Cyp2c19, Enzyme::Cyp2d6];
    let pathways = enzymes.iter().map(|e| Pathway { enzyme: *e, fm: 0.3, sd: 0.35 }).collect();
    let gut = Some(GutWall { enzyme: Enzyme::Cyp3a4, fg: 0.6, sd: 0.35 });
    let Ok(victim) = Victim::new("victim", pathways, gut, 0.4, 0.0) else { return };
    let perpetrators: Vec<Perpetrator> = (0..5)
        .map(|n| {
            let effects = enzymes
                .iter()
                .filter_map(|e| {
                    let at = [(100.0, 0.2 + 0.1 * f64::from(n), None), (200.0, 0.1, None)];
                    if n == 4 {
                        Effect::induction("p", *e, &[(100.0, 3.0, None)], 0.4).ok()
                    } else {
                        let how = if n == 0 { Mechanism::MechanismBased } else { Mechanism::Competitive };
                        Effect::inhibition("p", *e, how, &at, Some(12.0), 0.4).ok()
                    }
                })
                .collect();
            Perpetrator { name: format!("p{n}"), effects }
        })
        .collect();
    let taken: Vec<Taken<'_>> = perpetrators
        .iter()
        .map(|p| Taken { perpetrator: p, dose_per_day: Some(150.0), on_h: Some(120.0), off_h: 0.0 })
        .collect();
    let (patient, residual) = (Patient::default(), Residual::default());
    bencher.bench(|| {
        predict(divan::black_box(&victim), &[], Route::Oral, divan::black_box(&taken), &patient, &residual)
    });
}
