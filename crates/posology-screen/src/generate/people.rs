//! Draws persons and writes tables.
use super::profiles::{ACUTE, Choice, PROFILES, STRANGE};
use crate::error::ScreenError;
use crate::omop::Concepts;
use crate::run::{failed, properties};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use posology_knowledge::display::Strength;
use posology_knowledge::resolve::DrugReader;
use posology_knowledge::{KnowledgeBase, ResolveOptions};
use posology_model::{CodeSystem, Coding, Route};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// What to generate.
#[derive(Debug, Clone)]
pub struct Generate {
    /// Persons.
    pub persons: u64,
    /// Seed.
    pub seed: u64,
    /// Last day of the data, days since 1970.
    pub until: i32,
    /// Folder.
    pub out: std::path::PathBuf,
    /// Concept table to take real ids from.
    pub concepts: Option<Concepts>,
}

/// First id of concepts that are local.
const LOCAL: i64 = 2_000_000_000;
/// Persons a chunk: one row group of each table, one stream of random numbers.
const CHUNK: u64 = 2_048;
/// Days of history.
const HISTORY: i32 = 5 * 365;

struct Vocabulary {
    rows: Vec<(i64, String, &'static str, &'static str, String)>,
    by_code: BTreeMap<(String, String), i64>,
    real: BTreeMap<(String, String), i64>,
}

impl Vocabulary {
    fn add(&mut self, name: &str, domain: &'static str, vocabulary: &'static str, code: &str) -> i64 {
        let key = (vocabulary.to_owned(), if code.is_empty() { name.to_owned() } else { code.to_owned() });
        if let Some(id) = self.by_code.get(&key) {
            return *id;
        }
        let id = self.real.get(&key).copied().unwrap_or(LOCAL + 1 + self.rows.len() as i64);
        self.rows.push((id, name.to_owned(), domain, vocabulary, code.to_owned()));
        self.by_code.insert(key, id);
        id
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Persons.
    pub persons: u64,
    /// Rows of `drug_exposure`.
    pub exposures: u64,
    /// Rows of `condition_occurrence`.
    pub conditions: u64,
    /// Rows of `measurement`.
    pub measurements: u64,
    /// Concepts, and how many of them carry the id of the table given.
    pub concepts: (usize, usize),
}

#[derive(Default)]
struct Rows {
    person: Vec<[i32; 4]>,
    person_id: Vec<i64>,
    d_person: Vec<i64>,
    d_concept: Vec<i64>,
    d_start: Vec<i32>,
    d_end: Vec<Option<i32>>,
    d_quantity: Vec<Option<f64>>,
    d_days: Vec<Option<i32>>,
    d_type: Vec<i32>,
    d_provider: Vec<i64>,
    d_source: Vec<Option<&'static str>>,
    c_person: Vec<i64>,
    c_concept: Vec<i64>,
    c_start: Vec<i32>,
    m_person: Vec<i64>,
    m_concept: Vec<i64>,
    m_date: Vec<i32>,
    m_value: Vec<f64>,
    m_unit: Vec<&'static str>,
}

struct Draw(ChaCha8Rng);

impl Draw {
    /// A number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n.max(1))) >> 32) as u32
    }
    fn between(&mut self, a: i32, b: i32) -> i32 {
        a + self.below((b - a).max(0) as u32 + 1) as i32
    }
    fn of_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }
    fn pick<'c>(&mut self, from: &'c [Choice]) -> Option<&'c Choice> {
        let total = from.iter().map(|c| c.3).sum();
        let mut x = self.below(total);
        from.iter().find(|c| {
            if x < c.3 {
                return true;
            }
            x -= c.3;
            false
        })
    }
}

/// Products by substance and strength: code and name.
fn products(kb: &KnowledgeBase) -> BTreeMap<(String, u64), (String, String)> {
    let mut out: BTreeMap<(String, u64), (String, String)> = BTreeMap::new();
    for (_, s) in kb.substances() {
        for p in s.products.iter().filter(|p| p.route == "oral") {
            if let (Some(mg), Some(code)) = (p.strength_mg, p.rxnorm.first()) {
                let name = kb
                    .product_name(code)
                    .map_or_else(|| format!("{} {mg} MG Oral Tablet", s.name), |n| n.1.to_owned());
                out.entry((s.id.clone(), mg.to_bits())).or_insert((code.clone(), name));
            }
        }
    }
    let reader = DrugReader::new(kb, ResolveOptions::default());
    for line in kb.corpus.products.lines() {
        let mut cells = line.split('\t');
        let (Some(code), Some("SCD" | "SBD"), Some(name)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        if !name.contains(" MG Oral ") || name.contains(" / ") {
            continue;
        }
        let coding = Coding { system: CodeSystem::RxNorm, code: code.to_owned(), display: None };
        let Ok(d) = reader.recognise(&[coding], None, &[]) else { continue };
        if let ([one], Some(Route::Oral)) = (d.ingredients.as_slice(), d.route)
            && let Some(Strength::PerPiece(mg)) = one.strength
        {
            let id = kb.substance(one.substance).id.clone();
            out.entry((id, mg.to_bits())).or_insert((code.to_owned(), name.to_owned()));
        }
    }
    out
}

/// Writes `person`, `drug_exposure`, `condition_occurrence`, `measurement` and `concept` as Parquet.
///
/// # Errors
/// The folder cannot be written to.
pub fn generate(options: &Generate, kb: &KnowledgeBase) -> Result<Written, ScreenError> {
    std::fs::create_dir_all(&options.out).map_err(|e| failed(&options.out, &e))?;
    let mut vocabulary = Vocabulary { rows: Vec::new(), by_code: BTreeMap::new(), real: BTreeMap::new() };
    if let Some(c) = &options.concepts {
        vocabulary.real = c.all().map(|(id, r)| ((r.vocabulary.to_owned(), r.code.to_owned()), id)).collect();
    }
    let all = products(kb);
    let mut drug = BTreeMap::new();
    for c in PROFILES.iter().flat_map(|p| p.first.iter().chain(p.second)).chain(ACUTE.iter().map(|a| &a.0)) {
        let (code, name) = all
            .get(&(c.0.to_owned(), c.1.to_bits()))
            .cloned()
            .unwrap_or_else(|| (String::new(), format!("{} {} MG Oral Tablet", c.0, c.1)));
        let vocab = if code.is_empty() { "None" } else { "RxNorm" };
        drug.insert((c.0, c.1.to_bits()), vocabulary.add(&name, "Drug", vocab, &code));
    }
    let conditions: Vec<i64> = PROFILES
        .iter()
        .map(|p| {
            let f = kb.condition(p.condition).map(|c| kb.condition_file(c));
            let code = f.and_then(|f| f.snomed.first()).map_or("", String::as_str);
            vocabulary.add(
                f.map_or(p.condition, |f| &f.name),
                "Condition",
                if code.is_empty() { "None" } else { "SNOMED" },
                code,
            )
        })
        .collect();
    let measures = ["weight", "egfr", "potassium"].map(|m| {
        let code = kb.measure(m).and_then(|m| kb.measure_file(m).loinc.first().cloned()).unwrap_or_default();
        vocabulary.add(m, "Measurement", "LOINC", &code)
    });
    let mut files = Files::create(&options.out)?;
    let mut written = Written::default();
    let mut first = 0;
    while first < options.persons {
        let last = (first + CHUNK).min(options.persons);
        let mut rows = Rows::default();
        let mut draw = Draw(ChaCha8Rng::seed_from_u64(
            options.seed ^ (first / CHUNK).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ));
        for p in first..last {
            person(p as i64 + 1, &mut draw, options.until, &drug, &conditions, measures, &mut rows);
        }
        written.persons += last - first;
        written.exposures += rows.d_person.len() as u64;
        written.conditions += rows.c_person.len() as u64;
        written.measurements += rows.m_person.len() as u64;
        files.write(rows, written.exposures)?;
        first = last;
    }
    files.close(&vocabulary)?;
    let real = vocabulary.rows.iter().filter(|r| r.0 < LOCAL).count();
    written.concepts = (vocabulary.rows.len(), real);
    Ok(written)
}

fn person(
    id: i64,
    draw: &mut Draw,
    until: i32,
    drug: &BTreeMap<(&'static str, u64), i64>,
    conditions: &[i64],
    measures: [i64; 3],
    out: &mut Rows,
) {
    let woman = draw.of_mille(510);
    // More of the middle of life than of its ends.
    let age = (draw.between(0, 55) + draw.between(0, 42)).min(101);
    let year = 1970 + (until / 365) - age;
    out.person_id.push(id);
    out.person.push([if woman { 8532 } else { 8507 }, year, draw.between(1, 12), draw.between(1, 28)]);
    let band = match age {
        a if a < 18 => None,
        a if a < 45 => Some(0),
        a if a < 65 => Some(1),
        _ => Some(2),
    };
    let provider = i64::from(draw.below(20_000)) + 1;
    let rows_before = out.d_person.len();
    if let Some(band) = band {
        for (k, p) in PROFILES.iter().enumerate() {
            let weight = if woman { p.women } else { 1000 - p.women };
            if !draw.of_mille((p.per_mille[band] * weight * 2 / 1000).min(950)) {
                continue;
            }
            let start = until - draw.between(0, HISTORY);
            out.c_person.push(id);
            out.c_concept.push(conditions[k]);
            out.c_start.push(start - draw.between(0, 30));
            let length = if p.months == 0 { HISTORY } else { 30 * draw.between(1, 2 * p.months as i32) };
            if let Some(c) = draw.pick(p.first) {
                course(id, c, start, (start + length).min(until + 40), provider, draw, drug, out);
            }
            if draw.of_mille(p.second_per_mille)
                && let Some(c) = draw.pick(p.second)
            {
                let later = start + draw.between(0, 400);
                course(id, c, later, (later + length).min(until + 40), provider, draw, drug, out);
            }
        }
    }
    for _ in 0..draw.below(5) {
        let k = draw.below(ACUTE.iter().map(|a| a.0.3).sum());
        let mut x = k;
        let found = ACUTE.iter().find(|a| {
            if x < a.0.3 {
                return true;
            }
            x -= a.0.3;
            false
        });
        if let Some((c, days)) = found
            && (age >= 18 || c.0.starts_with('a') || c.0 == "ibuprofen")
        {
            let start = until - draw.between(0, HISTORY);
            let concept = drug.get(&(c.0, c.1.to_bits())).copied().unwrap_or(0);
            fill(id, concept, None, start, *days as i32, c.2, provider, draw, out);
        }
    }
    // A few rows that no knowledge resolves.
    if draw.of_mille(120) {
        let name = STRANGE[draw.below(STRANGE.len() as u32) as usize];
        fill(id, 0, Some(name), until - draw.between(0, HISTORY), 30, 1.0, provider, draw, out);
    }
    let visits = draw.below(3) + u32::from(out.d_person.len() > rows_before + 10);
    let weight = 48 + draw.below(60);
    let egfr = if age > 70 { 35 + draw.below(60) } else { 65 + draw.below(55) };
    for _ in 0..visits {
        let date = until - draw.between(0, 700);
        for (k, (value, unit)) in [
            (f64::from(weight) + f64::from(draw.below(30)) / 10.0, "kg"),
            (f64::from(egfr) + f64::from(draw.below(50)) / 10.0, "mL/min/{1.73_m2}"),
            (3.5 + f64::from(draw.below(18)) / 10.0, "mmol/L"),
        ]
        .into_iter()
        .enumerate()
        {
            out.m_person.push(id);
            out.m_concept.push(measures[k]);
            out.m_date.push(date);
            out.m_value.push(value);
            out.m_unit.push(unit);
        }
    }
}

/// Supplies one after another, with early and late refills, a pause now and then, and an end.
#[allow(clippy::too_many_arguments)]
fn course(
    id: i64,
    c: &Choice,
    start: i32,
    end: i32,
    provider: i64,
    draw: &mut Draw,
    drug: &BTreeMap<(&'static str, u64), i64>,
    out: &mut Rows,
) {
    let concept = drug.get(&(c.0, c.1.to_bits())).copied().unwrap_or(0);
    let days = [30, 30, 90, 90, 28, 14][draw.below(6) as usize];
    let mut day = start;
    let mut per_day = c.2;
    while day < end {
        if draw.of_mille(30) {
            per_day = (per_day * [0.5, 1.5, 2.0][draw.below(3) as usize]).clamp(0.5, 8.0);
        }
        let who = if draw.of_mille(60) { i64::from(draw.below(20_000)) + 1 } else { provider };
        fill(id, concept, None, day, days, per_day, who, draw, out);
        day += days + [-5, -3, -1, 0, 0, 0, 0, 1, 2, 4, 9, 25][draw.below(12) as usize];
        if draw.of_mille(12) {
            break;
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn fill(
    id: i64,
    concept: i64,
    source: Option<&'static str>,
    start: i32,
    days: i32,
    per_day: f64,
    provider: i64,
    draw: &mut Draw,
    out: &mut Rows,
) {
    let quantity = (f64::from(days) * per_day).ceil();
    let mut row = (Some(start + days - 1), Some(quantity), Some(days));
    // The dirt of real tables, of 10,000 rows.
    match draw.below(10_000) {
        0..60 => row.0 = None,
        60..80 => row.0 = Some(start - days),
        80..100 => row.2 = Some(-days),
        100..150 => row.2 = Some(0),
        150..160 => row.2 = Some(days * 1000),
        160..260 => row.1 = Some(0.0),
        260..300 => row.1 = None,
        _ => {}
    }
    let copies = 1 + u32::from(draw.below(10_000) < 20);
    for _ in 0..copies {
        out.d_person.push(id);
        out.d_concept.push(concept);
        out.d_start.push(start);
        out.d_end.push(row.0);
        out.d_quantity.push(row.1);
        out.d_days.push(row.2);
        out.d_type.push(32_869);
        out.d_provider.push(provider);
        out.d_source.push(source);
    }
}

struct Files {
    person: Table,
    drug: Table,
    condition: Table,
    measurement: Table,
    concept: Table,
}

struct Table {
    path: std::path::PathBuf,
    writer: Option<ArrowWriter<BufWriter<File>>>,
}

impl Table {
    fn new(dir: &Path, name: &str) -> Self {
        Self { path: dir.join(format!("{name}.parquet")), writer: None }
    }

    fn write(&mut self, columns: Vec<(&str, ArrayRef)>) -> Result<(), ScreenError> {
        let fail = |e: &dyn std::fmt::Display| failed(&self.path, e);
        let batch = RecordBatch::try_from_iter(columns).map_err(|e| fail(&e))?;
        if self.writer.is_none() {
            let file = BufWriter::with_capacity(1 << 18, File::create(&self.path).map_err(|e| fail(&e))?);
            self.writer =
                Some(ArrowWriter::try_new(file, batch.schema(), Some(properties())).map_err(|e| fail(&e))?);
        }
        if let Some(w) = &mut self.writer {
            w.write(&batch).and_then(|()| w.flush()).map_err(|e| fail(&e))?;
        }
        Ok(())
    }

    fn close(self) -> Result<(), ScreenError> {
        let path = self.path;
        if let Some(w) = self.writer {
            w.close().map_err(|e| failed(&path, &e))?;
        }
        Ok(())
    }
}

impl Files {
    fn create(dir: &Path) -> Result<Self, ScreenError> {
        let t = |n| Table::new(dir, n);
        Ok(Self {
            person: t("person"),
            drug: t("drug_exposure"),
            condition: t("condition_occurrence"),
            measurement: t("measurement"),
            concept: t("concept"),
        })
    }

    fn write(&mut self, r: Rows, exposures: u64) -> Result<(), ScreenError> {
        let whole = |v: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(v)) };
        let dates = |v: Vec<i32>| -> ArrayRef { Arc::new(Date32Array::from(v)) };
        let small = |k: usize| -> ArrayRef {
            Arc::new(Int32Array::from(r.person.iter().map(|p| p[k]).collect::<Vec<_>>()))
        };
        self.person.write(vec![
            ("person_id", whole(r.person_id)),
            ("gender_concept_id", small(0)),
            ("year_of_birth", small(1)),
            ("month_of_birth", small(2)),
            ("day_of_birth", small(3)),
        ])?;
        // Rows in the order of persons and of starts, as tables usually are.
        let mut order: Vec<usize> = (0..r.d_person.len()).collect();
        order.sort_by_key(|i| (r.d_person[*i], r.d_start[*i]));
        let n = order.len() as i64;
        let base = exposures as i64 - n;
        self.drug.write(vec![
            ("drug_exposure_id", whole((base + 1..=base + n).collect())),
            ("person_id", whole(order.iter().map(|i| r.d_person[*i]).collect())),
            ("drug_concept_id", whole(order.iter().map(|i| r.d_concept[*i]).collect())),
            ("drug_exposure_start_date", dates(order.iter().map(|i| r.d_start[*i]).collect())),
            ("drug_exposure_end_date", Arc::new(order.iter().map(|i| r.d_end[*i]).collect::<Date32Array>())),
            (
                "drug_type_concept_id",
                Arc::new(order.iter().map(|i| Some(r.d_type[*i])).collect::<Int32Array>()),
            ),
            ("quantity", Arc::new(order.iter().map(|i| r.d_quantity[*i]).collect::<Float64Array>())),
            ("days_supply", Arc::new(order.iter().map(|i| r.d_days[*i]).collect::<Int32Array>())),
            ("provider_id", whole(order.iter().map(|i| r.d_provider[*i]).collect())),
            ("drug_source_value", Arc::new(order.iter().map(|i| r.d_source[*i]).collect::<StringArray>())),
        ])?;
        self.condition.write(vec![
            ("person_id", whole(r.c_person)),
            ("condition_concept_id", whole(r.c_concept)),
            ("condition_start_date", dates(r.c_start)),
        ])?;
        self.measurement.write(vec![
            ("person_id", whole(r.m_person)),
            ("measurement_concept_id", whole(r.m_concept)),
            ("measurement_date", dates(r.m_date)),
            ("value_as_number", Arc::new(Float64Array::from(r.m_value))),
            ("unit_source_value", Arc::new(StringArray::from(r.m_unit))),
        ])
    }

    fn close(mut self, v: &Vocabulary) -> Result<(), ScreenError> {
        self.concept.write(vec![
            ("concept_id", Arc::new(v.rows.iter().map(|r| Some(r.0)).collect::<Int64Array>())),
            ("concept_name", Arc::new(v.rows.iter().map(|r| Some(r.1.as_str())).collect::<StringArray>())),
            ("domain_id", Arc::new(v.rows.iter().map(|r| Some(r.2)).collect::<StringArray>())),
            ("vocabulary_id", Arc::new(v.rows.iter().map(|r| Some(r.3)).collect::<StringArray>())),
            ("concept_code", Arc::new(v.rows.iter().map(|r| Some(r.4.as_str())).collect::<StringArray>())),
        ])?;
        for t in [self.person, self.drug, self.condition, self.measurement, self.concept] {
            t.close()?;
        }
        Ok(())
    }
}
