//! Who has what, and what is taken for it.

/// A drug as prescribed: substance, mg a piece, pieces a day, and how often it is chosen.
pub(super) type Choice = (&'static str, f64, f64, u32);

/// A condition with what is taken for it.
#[derive(Debug)]
pub(super) struct Profile {
    /// Condition of the knowledge; its first code is used.
    pub condition: &'static str,
    /// Of 1,000 persons at 18 to 44, 45 to 64, 65 and older.
    pub per_mille: [u32; 3],
    /// Of 1,000 of them, women; 500 is even.
    pub women: u32,
    /// First choices, one of which is taken.
    pub first: &'static [Choice],
    /// Added by so many of 1,000.
    pub second: &'static [Choice],
    /// How many.
    pub second_per_mille: u32,
    /// Months; 0 is for good.
    pub months: u32,
}

const fn p(
    condition: &'static str,
    per_mille: [u32; 3],
    women: u32,
    first: &'static [Choice],
    second: &'static [Choice],
    second_per_mille: u32,
    months: u32,
) -> Profile {
    Profile { condition, per_mille, women, first, second, second_per_mille, months }
}

/// Frequencies are of the order of those of a US population; they are meant for load and for variety, not for epidemiology.
pub(super) const PROFILES: &[Profile] = &[
    p(
        "hypertension",
        [40, 220, 520],
        500,
        &[
            ("lisinopril", 10.0, 1.0, 5),
            ("losartan", 50.0, 1.0, 4),
            ("amlodipine", 5.0, 1.0, 5),
            ("hydrochlorothiazide", 25.0, 1.0, 3),
        ],
        &[
            ("metoprolol", 50.0, 2.0, 4),
            ("hydrochlorothiazide", 25.0, 1.0, 3),
            ("clonidine", 0.1, 2.0, 1),
            ("amlodipine", 10.0, 1.0, 3),
        ],
        450,
        0,
    ),
    p(
        "hyperlipidaemia",
        [15, 150, 380],
        480,
        &[("atorvastatin", 20.0, 1.0, 5), ("simvastatin", 40.0, 1.0, 3), ("rosuvastatin", 10.0, 1.0, 2)],
        &[],
        0,
        0,
    ),
    p(
        "diabetes",
        [15, 90, 180],
        480,
        &[("metformin", 500.0, 2.0, 6), ("metformin", 1000.0, 2.0, 4)],
        &[("glipizide", 5.0, 1.0, 3), ("sitagliptin", 100.0, 1.0, 2), ("glimepiride", 2.0, 1.0, 2)],
        380,
        0,
    ),
    p(
        "depression",
        [80, 95, 80],
        650,
        &[
            ("sertraline", 50.0, 1.0, 5),
            ("escitalopram", 10.0, 1.0, 4),
            ("fluoxetine", 20.0, 1.0, 3),
            ("venlafaxine", 75.0, 2.0, 2),
            ("citalopram", 20.0, 1.0, 2),
            ("paroxetine", 20.0, 1.0, 1),
        ],
        &[
            ("trazodone", 50.0, 1.0, 4),
            ("bupropion", 75.0, 2.0, 3),
            ("mirtazapine", 15.0, 1.0, 2),
            ("quetiapine", 25.0, 1.0, 1),
        ],
        350,
        20,
    ),
    p(
        "anxiety",
        [45, 60, 50],
        640,
        &[
            ("alprazolam", 0.5, 2.0, 4),
            ("lorazepam", 1.0, 2.0, 4),
            ("clonazepam", 0.5, 2.0, 3),
            ("diazepam", 5.0, 2.0, 2),
            ("buspirone", 10.0, 2.0, 2),
        ],
        &[("sertraline", 50.0, 1.0, 2), ("hydroxyzine", 25.0, 3.0, 2), ("propranolol", 20.0, 2.0, 1)],
        350,
        14,
    ),
    p(
        "insomnia",
        [25, 50, 80],
        600,
        &[
            ("zolpidem", 10.0, 1.0, 4),
            ("temazepam", 15.0, 1.0, 3),
            ("trazodone", 50.0, 1.0, 3),
            ("doxepin", 10.0, 1.0, 1),
        ],
        &[],
        0,
        9,
    ),
    p(
        "chronic-pain",
        [25, 60, 85],
        550,
        &[
            ("oxycodone", 5.0, 4.0, 3),
            ("hydrocodone", 10.0, 3.0, 3),
            ("tramadol", 50.0, 4.0, 4),
            ("morphine", 15.0, 2.0, 1),
        ],
        &[
            ("gabapentin", 300.0, 3.0, 5),
            ("cyclobenzaprine", 10.0, 2.0, 3),
            ("pregabalin", 75.0, 2.0, 2),
            ("duloxetine", 30.0, 1.0, 2),
        ],
        600,
        18,
    ),
    p(
        "neuropathic-pain",
        [8, 25, 50],
        520,
        &[("gabapentin", 300.0, 3.0, 5), ("pregabalin", 75.0, 2.0, 2), ("amitriptyline", 25.0, 1.0, 2)],
        &[],
        0,
        24,
    ),
    p(
        "osteoarthritis",
        [10, 80, 200],
        580,
        &[("naproxen", 500.0, 2.0, 3), ("meloxicam", 15.0, 1.0, 3), ("ibuprofen", 800.0, 3.0, 2)],
        &[],
        0,
        12,
    ),
    p(
        "gastro-oesophageal-reflux",
        [40, 90, 150],
        530,
        &[("omeprazole", 20.0, 1.0, 5), ("pantoprazole", 40.0, 1.0, 3), ("famotidine", 20.0, 2.0, 2)],
        &[],
        0,
        16,
    ),
    p(
        "hypothyroidism",
        [20, 50, 100],
        800,
        &[("levothyroxine", 0.05, 1.0, 4), ("levothyroxine", 0.1, 1.0, 3)],
        &[],
        0,
        0,
    ),
    p(
        "atrial-fibrillation",
        [1, 15, 90],
        440,
        &[("warfarin", 5.0, 1.0, 3), ("apixaban", 5.0, 2.0, 5), ("rivaroxaban", 20.0, 1.0, 2)],
        &[
            ("metoprolol", 50.0, 2.0, 4),
            ("diltiazem", 60.0, 3.0, 2),
            ("amiodarone", 200.0, 1.0, 1),
            ("digoxin", 0.125, 1.0, 1),
        ],
        650,
        0,
    ),
    p(
        "heart-failure",
        [1, 15, 70],
        450,
        &[("furosemide", 40.0, 1.0, 5)],
        &[("carvedilol", 12.5, 2.0, 4), ("spironolactone", 25.0, 1.0, 3)],
        700,
        0,
    ),
    p(
        "epilepsy",
        [9, 10, 12],
        480,
        &[
            ("levetiracetam", 500.0, 2.0, 5),
            ("lamotrigine", 100.0, 2.0, 3),
            ("carbamazepine", 200.0, 2.0, 2),
            ("phenytoin", 100.0, 3.0, 1),
        ],
        &[],
        0,
        0,
    ),
    p(
        "schizophrenia",
        [6, 7, 5],
        420,
        &[
            ("olanzapine", 10.0, 1.0, 3),
            ("risperidone", 2.0, 2.0, 3),
            ("haloperidol", 5.0, 2.0, 1),
            ("clozapine", 100.0, 2.0, 1),
        ],
        &[("lorazepam", 1.0, 2.0, 2)],
        300,
        0,
    ),
    p(
        "bipolar-disorder",
        [12, 12, 7],
        540,
        &[("lamotrigine", 100.0, 1.0, 3), ("lithium", 300.0, 3.0, 3), ("quetiapine", 200.0, 1.0, 3)],
        &[("clonazepam", 0.5, 2.0, 2)],
        300,
        0,
    ),
    p(
        "opioid-use-disorder",
        [8, 6, 3],
        380,
        &[("buprenorphine", 8.0, 2.0, 3), ("methadone", 10.0, 4.0, 1)],
        &[("gabapentin", 600.0, 3.0, 3), ("alprazolam", 1.0, 2.0, 1)],
        300,
        18,
    ),
    p(
        "adhd",
        [45, 15, 2],
        460,
        &[("methylphenidate", 10.0, 2.0, 4), ("atomoxetine", 40.0, 1.0, 1)],
        &[],
        0,
        20,
    ),
    p(
        "gout",
        [3, 25, 50],
        250,
        &[("allopurinol", 100.0, 1.0, 5), ("febuxostat", 40.0, 1.0, 1)],
        &[("colchicine", 0.6, 1.0, 2)],
        400,
        0,
    ),
    p(
        "copd",
        [3, 40, 90],
        500,
        &[("prednisone", 20.0, 1.0, 2), ("theophylline", 300.0, 2.0, 1), ("montelukast", 10.0, 1.0, 3)],
        &[],
        0,
        6,
    ),
    p(
        "dementia",
        [0, 3, 60],
        600,
        &[("donepezil", 10.0, 1.0, 4), ("memantine", 10.0, 2.0, 2)],
        &[("quetiapine", 25.0, 1.0, 2), ("lorazepam", 0.5, 1.0, 1)],
        250,
        0,
    ),
    p(
        "urinary-incontinence",
        [3, 20, 70],
        700,
        &[("oxybutynin", 5.0, 2.0, 3), ("solifenacin", 5.0, 1.0, 2)],
        &[],
        0,
        14,
    ),
    p(
        "prostatic-hyperplasia",
        [0, 30, 130],
        0,
        &[("tamsulosin", 0.4, 1.0, 5), ("finasteride", 5.0, 1.0, 2)],
        &[],
        0,
        0,
    ),
    p(
        "rheumatoid-arthritis",
        [4, 12, 18],
        720,
        &[("methotrexate", 2.5, 1.0, 3), ("hydroxychloroquine", 200.0, 2.0, 2)],
        &[("prednisone", 5.0, 1.0, 2)],
        500,
        0,
    ),
];

/// Short courses that anybody may have, and how long they last.
pub(super) const ACUTE: &[(Choice, u32)] = &[
    (("amoxicillin", 500.0, 3.0, 6), 10),
    (("azithromycin", 250.0, 1.0, 5), 5),
    (("ciprofloxacin", 500.0, 2.0, 3), 7),
    (("clarithromycin", 500.0, 2.0, 2), 10),
    (("fluconazole", 150.0, 1.0, 2), 3),
    (("hydrocodone", 5.0, 4.0, 4), 5),
    (("oxycodone", 5.0, 4.0, 2), 5),
    (("tramadol", 50.0, 4.0, 2), 7),
    (("prednisone", 20.0, 2.0, 4), 6),
    (("ibuprofen", 600.0, 3.0, 6), 10),
    (("cyclobenzaprine", 10.0, 3.0, 3), 10),
    (("promethazine", 25.0, 2.0, 2), 5),
    (("ondansetron", 4.0, 3.0, 3), 4),
    (("nitrofurantoin", 100.0, 2.0, 3), 7),
    (("diazepam", 5.0, 2.0, 1), 5),
    (("lorazepam", 1.0, 1.0, 1), 7),
];

/// Names that records hold and no drug knowledge resolves.
pub(super) const STRANGE: &[&str] = &[
    "house compound mixture no. 4",
    "study drug, blinded",
    "patient's own supply",
    "unlisted pharmacy item",
    "nutritional supplement drink",
];
