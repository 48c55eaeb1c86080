#![allow(clippy::unwrap_used)]
//! A plan with its curve: at most 2 ms.
use posology_taper::{Request, plan};

fn main() {
    divan::main();
}

fn request(drug: &str, daily: f64, times: u32) -> Request {
    Request::new(drug, daily, times, posology_model::Date::constant(2026, 12, 1))
}

#[divan::bench]
fn diazepam_40_mg(b: divan::Bencher<'_, '_>) {
    let kb = posology_corpus::builtin();
    let r = request("diazepam", 40.0, 4);
    b.bench(|| plan(kb, divan::black_box(&r)));
}

#[divan::bench]
fn lorazepam_3_mg_with_liquid(b: divan::Bencher<'_, '_>) {
    let kb = posology_corpus::builtin();
    let r = request("lorazepam", 3.0, 3);
    b.bench(|| plan(kb, divan::black_box(&r)));
}
