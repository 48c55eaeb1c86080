#![allow(clippy::unwrap_used)]
//! Review of a resolved case with all rules: the target is 30 microseconds for ten drugs and 150 for thirty.
#![allow(missing_docs)]

use posology_interop::list::read_list;
use posology_knowledge::{ResolveOptions, ResolvedCase, resolve};
use posology_review::{Settings, review};

/// As the command line has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TEN: &str = "patient: woman, 67 years, 64 kg\nalcohol: 3 drinks a day\n\
oxycodone 10 mg tablet, 1 every 6 hours, since 2026-03-01, for chronic pain\n\
fluvoxamine 100 mg tablet, 1 once a day, since 2026-01-15, for depression\n\
diazepam 5 mg tablet, 1 twice a day, since 2026-05-01, for anxiety\n\
lisinopril 10 mg tablet, 1 once a day, since 2020-01-01\n\
metformin 500 mg tablet, 1 twice a day, since 2020-01-01\n\
simvastatin 20 mg tablet, 1 once a day, since 2020-01-01\n\
omeprazole 20 mg capsule, 1 once a day, since 2023-01-01\n\
hydrochlorothiazide 25 mg tablet, 1 once a day, since 2020-01-01\n\
metoprolol 50 mg tablet, 1 twice a day, since 2021-01-01\n\
cetirizine 10 mg tablet, 1 once a day, since 2021-01-01\n";

/// What a practice sees every day: little to say.
const ORDINARY: &str = "patient: man, 61 years, 82 kg\neGFR 78\n\
lisinopril 10 mg tablet, 1 once a day, since 2024-01-01, for hypertension\n\
amlodipine 5 mg tablet, 1 once a day, since 2025-01-01, for hypertension\n\
metformin 500 mg tablet, 1 twice a day, since 2024-01-01, for type 2 diabetes\n\
atorvastatin 20 mg tablet, 1 once a day, since 2025-01-01\n\
levothyroxine 50 microgram tablet, 1 once a day, since 2024-06-01\n\
pantoprazole 20 mg tablet, 1 once a day, since 2026-01-01\n\
paracetamol 500 mg tablet, 2 four times a day as needed, since 2026-09-01\n\
tamsulosin 0.4 mg capsule, 1 once a day, since 2025-01-01\n\
cetirizine 10 mg tablet, 1 once a day, since 2026-04-01\n\
salbutamol 0.1 mg inhaler, 2 puffs as needed, since 2025-06-01\n";

const MORE: &str = "quetiapine 100 mg tablet, 1 at bedtime, since 2025-01-01\n\
pregabalin 75 mg capsule, 1 twice a day, since 2025-01-01\n\
ibuprofen 400 mg tablet, 1 three times a day as needed, since 2025-01-01\n\
salbutamol 0.1 mg inhaler, 2 puffs as needed, since 2025-01-01\n\
amitriptyline 25 mg tablet, 1 at bedtime, since 2025-01-01\n\
carbamazepine 200 mg tablet, 1 twice a day, since 2025-01-01\n\
fluconazole 150 mg capsule, 1 once a day, since 2026-11-01\n\
promethazine 25 mg tablet, 1 at bedtime, since 2025-01-01\n\
baclofen 10 mg tablet, 1 three times a day, since 2025-01-01\n\
ondansetron 4 mg tablet, 1 twice a day, since 2026-01-01\n\
famotidine 20 mg tablet, 1 twice a day, since 2026-01-01\n\
paracetamol 500 mg tablet, 2 four times a day, since 2026-01-01\n\
loratadine 10 mg tablet, 1 once a day, since 2026-01-01\n\
prednisolone 5 mg tablet, 1 once a day, since 2026-01-01\n\
lithium carbonate 300 mg capsule, 1 twice a day, since 2026-01-01\n\
propranolol 40 mg tablet, 1 twice a day, since 2026-01-01\n\
clonidine 0.1 mg tablet, 1 twice a day, since 2026-01-01\n\
melatonin 3 mg tablet, 1 at bedtime, since 2026-01-01\n\
topiramate 50 mg tablet, 1 twice a day, since 2026-01-01\n\
ferrous sulfate 325 mg tablet, 1 once a day, since 2026-01-01\n";

fn case(text: &str) -> ResolvedCase {
    resolve(&read_list(text), posology_corpus::builtin(), ResolveOptions::default())
}

fn main() {
    divan::main();
}

#[divan::bench]
fn ten_drugs(b: divan::Bencher<'_, '_>) {
    let c = case(TEN);
    let s = Settings::at("2026-11-24".parse().expect("date"));
    b.bench_local(|| review(divan::black_box(&c), posology_corpus::builtin(), &s));
}

/// Ten drugs of an ordinary list: the number of findings is printed by the first run.
#[divan::bench]
fn ten_ordinary_drugs(b: divan::Bencher<'_, '_>) {
    let c = case(ORDINARY);
    let s = Settings::at("2026-11-24".parse().expect("date"));
    let r = review(&c, posology_corpus::builtin(), &s);
    println!("({} drugs, {} findings)", r.exposures.len(), r.findings.len());
    b.bench_local(|| review(divan::black_box(&c), posology_corpus::builtin(), &s));
}

#[divan::bench]
fn thirty_drugs(b: divan::Bencher<'_, '_>) {
    let c = case(&format!("{TEN}{MORE}"));
    let s = Settings::at("2026-11-24".parse().expect("date"));
    b.bench_local(|| review(divan::black_box(&c), posology_corpus::builtin(), &s));
}

/// The built-in facts from bytes to an indexed base: at most 10 ms.
#[divan::bench]
fn load_the_knowledge(b: divan::Bencher<'_, '_>) {
    b.bench_local(|| {
        let corpus =
            posology_knowledge::Corpus::from_bytes(divan::black_box(posology_corpus::BYTES)).unwrap();
        posology_knowledge::KnowledgeBase::new(corpus)
    });
}

/// Every pair of 600 substances through the whole review, all rules: at most a second.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn all_pairs_of_600(b: divan::Bencher<'_, '_>) {
    let kb = posology_corpus::builtin();
    let names: Vec<String> =
        kb.substances().take(600).map(|(_, s)| format!("{}, once a day", s.name)).collect();
    let one: Vec<ResolvedCase> = names.iter().map(|n| case(n)).collect();
    let s = Settings::at("2026-11-24".parse().expect("date"));
    b.bench_local(|| {
        let mut findings = 0;
        for (i, x) in one.iter().enumerate() {
            let mut pair = x.clone();
            for y in &one[i + 1..] {
                pair.exposures.truncate(x.exposures.len());
                pair.exposures.extend(y.exposures.iter().cloned());
                findings += review(&pair, kb, &s).findings.len();
            }
        }
        findings
    });
}
