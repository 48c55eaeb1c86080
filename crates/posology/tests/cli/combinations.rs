//! Products with several ingredients, typed as lists have them: every ingredient with its dose, or a dose that is said not to be known.
use super::run::{json, piped};
use std::collections::BTreeMap;

/// A line, and the daily doses in mg that it means (the upper end); `None` where the text does not say which strength is meant.
type Case = (&'static str, &'static [(&'static str, Option<f64>)]);

const CASES: &[Case] = &[
    ("Percocet 5-325 1 tab every 6 hours", &[("oxycodone", Some(20.0)), ("paracetamol", Some(1300.0))]),
    (
        "Percocet 10 mg-325 mg tablet, 1 every 8 hours",
        &[("oxycodone", Some(30.0)), ("paracetamol", Some(975.0))],
    ),
    ("Endocet 10-325 mg tablet q6h", &[("oxycodone", Some(40.0)), ("paracetamol", Some(1300.0))]),
    (
        "co-codamol 30/500 tablets, 2 four times a day",
        &[("codeine", Some(240.0)), ("paracetamol", Some(4000.0))],
    ),
    (
        "co-codamol 8/500 1-2 tablets four times a day",
        &[("codeine", Some(64.0)), ("paracetamol", Some(4000.0))],
    ),
    ("co-dydramol 10/500 2 tablets qds", &[("dihydrocodeine", Some(80.0)), ("paracetamol", Some(4000.0))]),
    ("Augmentin 875-125 mg twice daily", &[("amoxicillin", Some(1750.0)), ("clavulanic-acid", Some(250.0))]),
    ("Augmentin 875 mg twice daily", &[("amoxicillin", Some(1750.0)), ("clavulanic-acid", Some(250.0))]),
    (
        "co-amoxiclav 625 mg tablets, one three times a day",
        &[("amoxicillin", Some(1500.0)), ("clavulanic-acid", Some(375.0))],
    ),
    (
        "amoxicillin/clavulanate 875/125 mg 1 tab bid",
        &[("amoxicillin", Some(1750.0)), ("clavulanic-acid", Some(250.0))],
    ),
    (
        "hydrocodone-acetaminophen 5-325 mg tab 1 q6h prn pain",
        &[("hydrocodone", Some(20.0)), ("paracetamol", Some(1300.0))],
    ),
    ("Norco 10/325 1 tab q4h", &[("hydrocodone", Some(60.0)), ("paracetamol", Some(1950.0))]),
    ("Vicodin 5/300 1 tablet every 6 hours", &[("hydrocodone", Some(20.0)), ("paracetamol", Some(1200.0))]),
    ("Tylenol #3 1 tablet four times a day", &[("codeine", Some(120.0)), ("paracetamol", Some(1200.0))]),
    (
        "acetaminophen-codeine #3 1 tablet four times a day",
        &[("codeine", Some(120.0)), ("paracetamol", Some(1200.0))],
    ),
    ("Bactrim DS 1 tab BID", &[("sulfamethoxazole", Some(1600.0)), ("trimethoprim", Some(320.0))]),
    ("Septra DS 1 tab BID", &[("sulfamethoxazole", Some(1600.0)), ("trimethoprim", Some(320.0))]),
    (
        "co-trimoxazole 480 mg tablets, 2 twice daily",
        &[("sulfamethoxazole", Some(1600.0)), ("trimethoprim", Some(320.0))],
    ),
    ("Sinemet 25-100 1 tab tid", &[("carbidopa", Some(75.0)), ("levodopa", Some(300.0))]),
    ("carbidopa-levodopa ER 50-200 1 tab bid", &[("carbidopa", Some(100.0)), ("levodopa", Some(400.0))]),
    (
        "co-careldopa 25/100 tablets one three times a day",
        &[("carbidopa", Some(75.0)), ("levodopa", Some(300.0))],
    ),
    ("Truvada 200-300 mg daily", &[("emtricitabine", Some(200.0)), ("tenofovir-disoproxil", Some(300.0))]),
    (
        "Biktarvy 50-200-25 mg 1 tablet daily",
        &[("bictegravir", Some(50.0)), ("emtricitabine", Some(200.0)), ("tenofovir-alafenamide", Some(25.0))],
    ),
    ("Symbicort 160/4.5 2 puffs bid", &[("budesonide", Some(0.64)), ("formoterol", Some(0.018))]),
    ("Advair 250/50 1 puff bid", &[("fluticasone", Some(0.5)), ("salmeterol", Some(0.1))]),
    ("Suboxone 8-2 mg film, 1 daily", &[("buprenorphine", Some(8.0)), ("naloxone", Some(2.0))]),
    ("Xigduo XR 5-1000 mg daily", &[("dapagliflozin", Some(5.0)), ("metformin", Some(1000.0))]),
    ("Janumet 50-1000 mg bid", &[("metformin", Some(2000.0)), ("sitagliptin", Some(100.0))]),
    ("Zestoretic 20-12.5 daily", &[("hydrochlorothiazide", Some(12.5)), ("lisinopril", Some(20.0))]),
    ("Hyzaar 100-25 mg 1 tablet daily", &[("hydrochlorothiazide", Some(25.0)), ("losartan", Some(100.0))]),
    ("losartan-HCTZ 50-12.5 daily", &[("hydrochlorothiazide", Some(12.5)), ("losartan", Some(50.0))]),
    ("Diovan HCT 160-12.5 daily", &[("hydrochlorothiazide", Some(12.5)), ("valsartan", Some(160.0))]),
    ("Caduet 5/10 one tablet daily", &[("amlodipine", Some(5.0)), ("atorvastatin", Some(10.0))]),
    ("Vytorin 10-40 mg nightly", &[("ezetimibe", Some(10.0)), ("simvastatin", Some(40.0))]),
    ("Entresto 49-51 mg twice a day", &[("sacubitril", Some(98.0)), ("valsartan", Some(102.0))]),
    ("Symbyax 6-25 mg capsule at bedtime", &[("fluoxetine", Some(25.0)), ("olanzapine", Some(6.0))]),
    ("Lotrel 5-20 mg daily", &[("amlodipine", Some(5.0)), ("benazepril", Some(20.0))]),
    ("Exforge 5-160 mg daily", &[("amlodipine", Some(5.0)), ("valsartan", Some(160.0))]),
    ("Lomotil 2 tablets four times a day", &[("atropine", Some(0.2)), ("diphenoxylate", Some(20.0))]),
    ("Contrave 8-90 mg 2 tablets bid", &[("bupropion", Some(360.0)), ("naltrexone", Some(32.0))]),
    // The text does not say the strength: every ingredient is there, and no dose is made up.
    ("Percocet 1 tab every 6 hours", &[("oxycodone", None), ("paracetamol", None)]),
    ("Paxlovid 3 tablets twice daily", &[("nirmatrelvir", None), ("ritonavir", None)]),
    ("Percocet 5-500 1 tab daily", &[("oxycodone", None), ("paracetamol", None)]),
    // Not combinations: a range stays a range, a hyphen in a name stays a hyphen.
    ("diazepam 5-10 mg at night", &[("diazepam", Some(10.0))]),
    ("gabapentin 100-300 mg at night", &[("gabapentin", Some(300.0))]),
    ("quetiapine 25-100 mg at night", &[("quetiapine", Some(100.0))]),
    ("paracetamol 500 mg 1-2 tablets four times a day", &[("paracetamol", Some(4000.0))]),
];

#[test]
fn every_ingredient_with_its_dose_or_none() {
    let mut wrong = Vec::new();
    for (line, expected) in CASES {
        let said = piped(
            &["review", "-", "--as-of", "2026-11-24", "--format", "json"],
            &format!("age: 50\n{line}\n"),
        );
        let v = json(&said);
        let got: BTreeMap<String, Option<f64>> = v["exposures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e["substance"]["id"].as_str().unwrap().to_owned(), e["daily_mg"][1].as_f64()))
            .collect();
        let same = got.len() == expected.len()
            && expected.iter().all(|(id, mg)| match (got.get(*id), mg) {
                (Some(Some(a)), Some(b)) => (a - b).abs() < 1e-6 * b,
                (Some(None), None) => true,
                _ => false,
            });
        if !same {
            wrong.push(format!("{line}: {got:?}, expected {expected:?}"));
        }
        let unknown = expected.iter().any(|(_, mg)| mg.is_none());
        let told = v["not_assessed"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["what"].as_str().unwrap().contains("daily dose"));
        if unknown && !told {
            wrong.push(format!("{line}: a dose that is not known is not told"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
