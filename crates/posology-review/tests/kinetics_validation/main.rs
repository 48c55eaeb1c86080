#![allow(clippy::unwrap_used)]
//! Simulated figures held against published ones, and the page that shows them: `docs/kinetics-validation.md`.
//!
//! The tolerance is the study's own spread: one standard deviation, the printed range, or two-fold where the source
//! prints neither. An observation marked as an expected miss must miss, so that the mark goes when the model improves.
//! `cargo test -p posology-review --test kinetics_validation -- --ignored` writes the page and its plots anew.
use posology_kinetics::simulate::{
    Changes, Dose, Hours, Mg, Model, Regimen, Route, SteadyState, simulate_at,
};
use posology_knowledge::schema::{
    ConcentrationObservation, ConcentrationObservations, KineticsFile, Quantity, SpreadKind,
};
use posology_review::bridge::simulation::{Built, Person, build, route};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod page;
use page::page;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn models() -> BTreeMap<String, KineticsFile> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("knowledge/kinetics")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: KineticsFile =
                toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            out.insert(file.substance.clone(), file);
        }
    }
    out
}

fn observations() -> Vec<ConcentrationObservations> {
    let mut out: Vec<ConcentrationObservations> = Vec::new();
    for entry in std::fs::read_dir(root().join("knowledge/observations")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("concentrations-")) {
            let text = std::fs::read_to_string(&path).unwrap();
            out.push(toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        }
    }
    out.sort_by(|a, b| a.substance.cmp(&b.substance));
    out
}

/// Times fine enough for a peak in the first days and long enough for the slowest metabolite.
fn times(until: f64) -> Vec<f64> {
    let mut t: Vec<f64> = (0..4800).map(|i| f64::from(i) * 0.01).collect();
    t.extend((0..=12_000).map(|i| 48.0 + 0.25 * f64::from(i)).take_while(|t| *t <= 3000.0));
    t.retain(|t| *t <= until);
    t
}

fn curve(model: &Model, regimen: &Regimen, output: usize, times: &[f64]) -> Vec<f64> {
    let curves = simulate_at(model, regimen, &Changes::none(), times).unwrap();
    curves.column(output).map(|c| 1000.0 * c).collect()
}

fn area(times: &[f64], c: &[f64]) -> f64 {
    times.windows(2).zip(c.windows(2)).map(|(t, c)| 0.5 * (t[1] - t[0]) * (c[0] + c[1])).sum()
}

/// The simulated counterpart of an observation, in its unit (ng/mL, h, ng*h/mL or a ratio).
fn predict(built: &Built, o: &ConcentrationObservation) -> f64 {
    let output = built
        .outputs
        .iter()
        .position(|s| *s == o.of)
        .unwrap_or_else(|| panic!("{}: no output {}", o.id, o.of));
    let dose = Dose::at(Hours(0.0), Mg(o.dose_mg * built.dose_factor), route(&o.route).unwrap());
    let single = Regimen::repeated(dose, Hours(24.0), 1).unwrap();
    let model = &built.model;
    let all = times(o.at_h.filter(|_| o.quantity == Quantity::Area).unwrap_or(3000.0));
    let single_curve = |output| curve(model, &single, output, &all);
    match o.quantity {
        Quantity::Peak => single_curve(output).into_iter().fold(0.0, f64::max),
        Quantity::PeakTime => {
            let c = single_curve(output);
            let peak = (0..c.len()).max_by(|&a, &b| c[a].total_cmp(&c[b])).unwrap();
            all[peak]
        }
        Quantity::Area => area(&all, &single_curve(output)),
        Quantity::AreaRatioToParent => area(&all, &single_curve(output)) / area(&all, &single_curve(0)),
        Quantity::SteadyMean => area(&all, &single_curve(output)) / o.every_h.unwrap(),
        Quantity::HalfLife => {
            // Late enough for the slowest exponential to be alone, early enough to be far above rounding.
            let c = single_curve(output);
            let peak = c.iter().copied().fold(0.0, f64::max);
            let top = c.iter().position(|x| *x == peak).unwrap();
            let at = |share: f64| (top..c.len()).find(|&i| c[i] < share * peak).unwrap_or(c.len() - 1);
            let (a, b) = (at(3e-4), at(3e-5));
            let (a, b) = if b > a { (a, b) } else { (c.len() - 400, c.len() - 1) };
            core::f64::consts::LN_2 * (all[b] - all[a]) / (c[a] / c[b]).ln()
        }
        Quantity::Concentration | Quantity::Trough | Quantity::RatioToParent => {
            let regimen =
                Regimen::repeated(dose, Hours(o.every_h.unwrap_or(24.0)), o.doses.unwrap_or(1) as usize)
                    .unwrap();
            // A figure before a dose is that of the moment before it.
            let t = [o.at_h.unwrap() - 1e-6];
            let c = curve(model, &regimen, output, &t)[0];
            if o.quantity == Quantity::RatioToParent { c / curve(model, &regimen, 0, &t)[0] } else { c }
        }
    }
}

fn limits(o: &ConcentrationObservation) -> (f64, f64) {
    match o.spread {
        SpreadKind::Sd => (o.value - o.spread_value.unwrap(), o.value + o.spread_value.unwrap()),
        SpreadKind::Sem => {
            let sd = o.spread_value.unwrap() * f64::from(o.subjects.unwrap()).sqrt();
            (o.value - sd, o.value + sd)
        }
        SpreadKind::Range => (o.low.unwrap(), o.high.unwrap()),
        SpreadKind::None => (o.value / 2.0, o.value * 2.0),
    }
}

struct Row {
    substance: String,
    observation: ConcentrationObservation,
    predicted: f64,
    low: f64,
    high: f64,
}

impl Row {
    fn within(&self) -> bool {
        self.low <= self.predicted && self.predicted <= self.high
    }
}

fn rows() -> Vec<Row> {
    let models = models();
    let mut out = Vec::new();
    for file in observations() {
        let kinetics =
            models.get(&file.substance).unwrap_or_else(|| panic!("no kinetics of {}", file.substance));
        for observation in file.observation {
            let person = Person {
                age: observation.age,
                female: observation.female,
                weight_kg: None,
                present: observation.covariates.iter().copied().collect(),
            };
            let built = build(kinetics, &person).unwrap();
            let predicted = predict(&built, &observation);
            let (low, high) = limits(&observation);
            out.push(Row { substance: file.substance.clone(), observation, predicted, low, high });
        }
    }
    out
}

#[test]
fn every_model_of_the_knowledge_base_builds_and_runs() {
    let mut count = 0;
    for (id, file) in models() {
        let Some(model) = &file.model else { continue };
        count += 1;
        let built = build(&file, &Person::default()).unwrap_or_else(|e| panic!("{id}: {e}"));
        for name in model.absorption.keys() {
            let dose = Dose::at(Hours(0.0), Mg(10.0), route(name).unwrap());
            let regimen = Regimen::repeated(dose, Hours(12.0), 6).unwrap();
            for output in 0..built.outputs.len() {
                let c = curve(&built.model, &regimen, output, &times(100.0));
                assert!(
                    c.iter().all(|x| x.is_finite() && *x >= 0.0) && c.iter().any(|x| *x > 0.0),
                    "{id} {name}"
                );
            }
        }
        if model.intravenous {
            let dose = Dose::infusion(Hours(0.0), Mg(10.0), Hours(0.1));
            let c = curve(&built.model, &Regimen::new(vec![dose]).unwrap(), 0, &times(100.0));
            assert!(c.iter().any(|x| *x > 0.0), "{id} intravenous");
        }
    }
    assert!(count >= 22, "{count} models");
}

#[test]
fn simulated_figures_are_within_the_spread_of_the_observed() {
    let rows = rows();
    assert!(rows.len() >= 110, "{} observations", rows.len());
    let mut wrong = String::new();
    for r in &rows {
        let o = &r.observation;
        let (fold, line) = (
            r.predicted / o.value,
            format!(
                "{} {}: {:.4} against {} ({:.4} to {:.4})\n",
                r.substance, o.id, r.predicted, o.value, r.low, r.high
            ),
        );
        match &o.expected_miss {
            None if !r.within() => wrong.push_str(&line),
            Some(_) if r.within() => wrong.push_str(&format!("no longer a miss: {line}")),
            Some(_) if !(0.25..=4.0).contains(&fold) => wrong.push_str(&format!("beyond four-fold: {line}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A steady state stated directly is the one that the daily doses of a month approach.
#[test]
fn diazepam_accumulates_as_its_steady_state_says() {
    let built = build(&models()["diazepam"], &Person::default()).unwrap();
    let dose = Dose::at(Hours(0.0), Mg(10.0), Route::Oral);
    let daily = Regimen::repeated(dose, Hours(24.0), 120).unwrap();
    let steady = SteadyState { interval: Hours(24.0), until: Hours(2880.0), cycle: vec![dose] };
    let steady = Regimen::default().after(steady).unwrap();
    for output in 0..2 {
        let (a, b) =
            (curve(&built.model, &daily, output, &[2880.0]), curve(&built.model, &steady, output, &[2880.0]));
        assert!((a[0] / b[0] - 1.0).abs() < 1e-6, "{} against {}", a[0], b[0]);
    }
}

#[test]
fn the_page_is_up_to_date() {
    for (path, text) in page() {
        let there = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(there == text, "{path} is out of date: run this test file with -- --ignored");
    }
}

#[test]
#[ignore = "writes docs/kinetics-validation.md and its plots"]
fn write_the_page() {
    std::fs::create_dir_all(root().join("docs/img")).unwrap();
    for (path, text) in page() {
        std::fs::write(root().join(path), text).unwrap();
    }
}
