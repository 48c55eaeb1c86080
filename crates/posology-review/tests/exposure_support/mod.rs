//! Observations, folds, the shrunken fit and the page. Used by `exposure_report.rs`.
mod published;
mod report;

pub use published::baseline;
pub use report::page;

use posology_kinetics::exposure::Residual;
use posology_knowledge::schema::{KineticsFile, RatioObservation};
use posology_knowledge::{Corpus, KnowledgeText};
use posology_review::bridge::exposure::{Answer, ExposureTable, NotPredicted, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Number of folds.
pub const FOLDS: usize = 10;
/// Spread allowed to an adjustment of a perpetrator's log strength and of a victim's logit fraction.
const PRIOR_SD: f64 = 0.15;
/// Spread of one observation around its prediction, natural log.
const NOISE_SD: f64 = 0.30;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One prediction beside its observation.
#[derive(Debug, Clone)]
pub struct Row {
    pub at: usize,
    pub victim: String,
    pub perpetrators: Vec<String>,
    pub systemic: bool,
    pub control: bool,
    pub compiled: bool,
    pub observed: f64,
    pub predicted: f64,
    pub low: f64,
    pub high: f64,
}

pub struct Data {
    pub files: BTreeMap<String, KineticsFile>,
    pub observations: Vec<RatioObservation>,
    pub problems: Vec<String>,
    table: ExposureTable,
}

impl Data {
    pub fn read() -> Data {
        let version = std::fs::read_to_string(root().join("knowledge/VERSION")).expect("knowledge/VERSION");
        let mut texts = vec![KnowledgeText { path: "VERSION".to_owned(), text: version }];
        for folder in ["kinetics", "observations"] {
            let dir = root().join("knowledge").join(folder);
            for e in std::fs::read_dir(dir).expect("knowledge").flatten() {
                let name = e.file_name().to_string_lossy().into_owned();
                if !name.ends_with(".toml") || (folder == "observations" && !name.starts_with("auc-ratios")) {
                    continue;
                }
                texts.push(KnowledgeText {
                    path: format!("{folder}/{name}"),
                    text: std::fs::read_to_string(e.path()).expect("readable"),
                });
            }
        }
        let (corpus, diagnostics) = Corpus::read(&texts);
        let mut problems: Vec<String> = diagnostics.iter().map(|d| format!("{d:?}")).collect();
        let (table, errors) = ExposureTable::new(&corpus.kinetics);
        problems.extend(errors.iter().map(ToString::to_string));
        let observations = corpus.ratios.into_iter().filter(|r| r.calibrate).collect();
        let files = corpus.kinetics.into_iter().map(|f| (f.substance.clone(), f)).collect();
        Data { files, observations, problems, table }
    }

    /// Victim, perpetrators: what never stands on both sides of a split.
    pub fn pair(&self, at: usize) -> (String, Vec<String>) {
        let o = &self.observations[at];
        let mut p = o.perpetrators.clone();
        p.sort();
        (o.victim.clone(), p)
    }

    /// Training and test rows of a fold. A pair belongs to one fold; rows of a study that is tested are not trained on.
    pub fn split(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        let pairs: BTreeSet<_> = (0..self.observations.len()).map(|i| self.pair(i)).collect();
        let fold_of: BTreeMap<_, usize> =
            pairs.into_iter().enumerate().map(|(n, p)| (p, n % FOLDS)).collect();
        let test: Vec<usize> =
            (0..self.observations.len()).filter(|i| fold_of.get(&self.pair(*i)) == Some(&fold)).collect();
        let studies: BTreeSet<&str> = test.iter().map(|i| self.observations[*i].study.as_str()).collect();
        let train = (0..self.observations.len())
            .filter(|i| fold_of.get(&self.pair(*i)) != Some(&fold))
            .filter(|i| !studies.contains(self.observations[*i].study.as_str()))
            .collect();
        (train, test)
    }

    fn request(o: &RatioObservation) -> Request {
        Request {
            victim: o.victim.clone(),
            with: vec![(o.perpetrators.join("+"), o.regimen.clone())],
            route: o.route.clone(),
            phenotypes: Vec::new(),
            smoker: false,
        }
    }

    pub fn predict_text(&self, v: &str, p: &str, dose: &str, route: &str) -> Result<Answer, NotPredicted> {
        self.table.predict(&Request {
            victim: v.to_owned(),
            with: vec![(p.to_owned(), dose.to_owned())],
            route: route.to_owned(),
            phenotypes: Vec::new(),
            smoker: false,
        })
    }

    fn row(&self, at: usize, table: &ExposureTable) -> Option<Row> {
        let o = &self.observations[at];
        let p = table.predict(&Data::request(o)).ok()?.prediction.parent;
        Some(Row {
            at,
            victim: o.victim.clone(),
            perpetrators: o.perpetrators.clone(),
            systemic: o.route == "IV",
            control: o.negative_control,
            compiled: o.evidence == posology_knowledge::schema::Evidence::Compilation,
            observed: o.ratio,
            predicted: p.ratio,
            low: p.low,
            high: p.high,
        })
    }

    /// Knowledge as written, no fit.
    pub fn predict_all(&self) -> Vec<Row> {
        (0..self.observations.len()).filter_map(|i| self.row(i, &self.table)).collect()
    }

    /// A table of only what one row needs, with adjustments.
    fn adjusted(&self, at: usize, theta: &Theta) -> ExposureTable {
        let o = &self.observations[at];
        let mut files = Vec::with_capacity(3);
        for id in std::iter::once(&o.victim).chain(&o.perpetrators) {
            if let Some(f) = self.files.get(id)
                && !files.iter().any(|g: &KineticsFile| g.substance == *id)
            {
                files.push(adjust(f, theta));
            }
        }
        ExposureTable::new(&files).0
    }

    fn error(&self, at: usize, theta: &Theta) -> f64 {
        self.row(at, &self.adjusted(at, theta)).map_or(0.0, |r| (r.predicted / r.observed).ln())
    }
}

/// Adjustments: log strength of perpetrators (`p:id`), logit fractions of victims (`v:id`).
pub type Theta = BTreeMap<String, f64>;

fn adjust(f: &KineticsFile, theta: &Theta) -> KineticsFile {
    let get = |k: &str| theta.get(&format!("{k}:{}", f.substance)).copied().unwrap_or(0.0);
    let (p, v) = (get("p"), get("v"));
    let mut f = f.clone();
    f.metabolite.clear();
    let odds = |r: f64| (1.0 / (1.0 + (1.0 - r) / r * p.exp())).clamp(0.001, 1.0);
    for i in &mut f.inhibits {
        for a in &mut i.at {
            a.remaining = odds(a.remaining);
            a.gut_remaining = a.gut_remaining.map(odds);
        }
    }
    for i in &mut f.induces {
        for a in &mut i.at {
            a.fold = (1.0 + (a.fold - 1.0) * p.exp()).min(15.0);
            a.gut_fold = a.gut_fold.map(|g| (1.0 + (g - 1.0) * p.exp()).min(15.0));
        }
    }
    let sum: f64 = f.substrate.iter().filter(|s| s.enzyme != "OATP1B1").map(|s| s.fm).sum();
    if sum > 0.0 && sum < 1.0 {
        let moved = 1.0 / (1.0 + (1.0 - sum) / sum * (-v).exp());
        for s in f.substrate.iter_mut().filter(|s| s.enzyme != "OATP1B1") {
            s.fm *= moved / sum;
        }
    }
    f
}

/// Penalised least squares by coordinate steps: an adjustment moves only as far as the rows outweigh its prior.
pub fn fit(data: &Data, train: &[usize]) -> Theta {
    let mut rows_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &i in train {
        let o = &data.observations[i];
        rows_of.entry(format!("v:{}", o.victim)).or_default().push(i);
        for p in &o.perpetrators {
            rows_of.entry(format!("p:{p}")).or_default().push(i);
        }
    }
    let mut theta = Theta::new();
    const STEP: f64 = 0.05;
    for _ in 0..3 {
        for (name, rows) in &rows_of {
            let here = theta.get(name).copied().unwrap_or(0.0);
            let (mut gradient, mut curvature) = (here / PRIOR_SD.powi(2), 1.0 / PRIOR_SD.powi(2));
            for &i in rows {
                let e = data.error(i, &theta);
                theta.insert(name.clone(), here + STEP);
                let slope = (data.error(i, &theta) - e) / STEP;
                theta.insert(name.clone(), here);
                // A row far off counts as one at twice the noise (Huber).
                let e = e.clamp(-2.0 * NOISE_SD, 2.0 * NOISE_SD);
                gradient += e * slope / NOISE_SD.powi(2);
                curvature += slope * slope / NOISE_SD.powi(2);
            }
            theta.insert(name.clone(), (here - gradient / curvature).clamp(-1.0, 1.0));
        }
    }
    theta
}

/// Each row predicted with adjustments fitted on the other folds only.
pub fn cross_validate(data: &Data) -> Vec<Row> {
    let mut out = Vec::new();
    for fold in 0..FOLDS {
        let (train, test) = data.split(fold);
        let theta = fit(data, &train);
        out.extend(test.iter().filter_map(|&i| data.row(i, &data.adjusted(i, &theta))));
    }
    out.sort_by_key(|r| r.at);
    out
}

/// Fields of a line of CSV.
pub fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => out.last_mut().expect("never empty").push(c),
        }
    }
    out
}

/// The spread in use, for the page.
pub fn residual() -> Residual {
    Residual::default()
}
