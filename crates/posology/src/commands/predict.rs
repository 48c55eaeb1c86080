//! `posology predict`: how exposure to one drug changes with others.
use super::csv;
use clap::{Args, ValueEnum};
use posology_kinetics::exposure::{Enzyme, Interval, Organ, Phenotype};
use posology_knowledge::Corpus;
use posology_review::bridge::exposure::{Answer, ExposureTable, Request, split_dose};
use posology_review::bridge::exposure_json::{Predicted, organ};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Arguments of `posology predict`.
#[derive(Debug, Clone, Args)]
pub struct PredictArgs {
    /// The drug whose exposure changes
    #[arg(long, required_unless_present = "table")]
    pub victim: Option<String>,
    /// A drug taken with it, with its dose: "fluvoxamine 100 mg"; repeat for each
    #[arg(long = "with", value_name = "DRUG AND DOSE")]
    pub with: Vec<String>,
    /// Route of the victim
    #[arg(long, default_value = "oral")]
    pub route: String,
    /// CYP2C19 phenotype: poor, intermediate, normal, rapid, ultrarapid
    #[arg(long)]
    pub cyp2c19: Option<String>,
    /// CYP2D6 phenotype
    #[arg(long)]
    pub cyp2d6: Option<String>,
    /// CYP2C9 phenotype
    #[arg(long)]
    pub cyp2c9: Option<String>,
    /// UGT2B15 phenotype
    #[arg(long)]
    pub ugt2b15: Option<String>,
    /// The patient smokes tobacco
    #[arg(long)]
    pub smoker: bool,
    /// A CSV file with columns victim, perpetrator, perpetrator_dose, victim_route; the prediction is appended
    #[arg(long, value_name = "FILE", conflicts_with_all = ["victim", "with"])]
    pub table: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// Answers; the text is what goes to standard output.
///
/// # Errors
/// A sentence that names the parameter, its value and what is allowed.
pub fn run(args: &PredictArgs, corpus: &Corpus) -> Result<String, String> {
    let (table, _) = ExposureTable::new(&corpus.kinetics);
    if let Some(path) = &args.table {
        let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let text = String::from_utf8(bytes)
            .map_err(|e| format!("{}: not UTF-8 at byte {}", path.display(), e.utf8_error().valid_up_to()))?;
        return predict_table(&table, &text).map_err(|e| format!("{}: {e}", path.display()));
    }
    let mut phenotypes = Vec::new();
    for (enzyme, text) in [
        (Enzyme::Cyp2c19, &args.cyp2c19),
        (Enzyme::Cyp2d6, &args.cyp2d6),
        (Enzyme::Cyp2c9, &args.cyp2c9),
        (Enzyme::Ugt2b15, &args.ugt2b15),
    ] {
        if let Some(t) = text {
            phenotypes.push((enzyme, Phenotype::parse(enzyme, t).map_err(|e| e.to_string())?));
        }
    }
    let with: Vec<(String, String)> = args.with.iter().map(|w| split_dose(w)).collect();
    let request = Request {
        victim: args.victim.clone().unwrap_or_default(),
        with,
        route: args.route.clone(),
        phenotypes,
        smoker: args.smoker,
    };
    let p = Predicted::of(&table, corpus, &request)?;
    match args.format {
        Form::Json => serde_json::to_string_pretty(&p.json()).map(|s| s + "\n").map_err(|e| e.to_string()),
        Form::Text => Ok(as_text(&p.answer, &args.with, &args.route, &p.observed, p.beyond)),
    }
}

fn as_text(a: &Answer, with: &[String], route: &str, observed: &[Value], beyond: Option<&str>) -> String {
    let p = &a.prediction;
    let mut out = String::new();
    let line = |name: &str, i: &Interval| {
        format!("  {name:<34} {:>7.2}-fold   90 % interval {:.2} to {:.2}\n", i.ratio, i.low, i.high)
    };
    let _ = writeln!(out, "{} ({route}) with {}", a.victim, with.join(" and "));
    out.push_str(&line(&a.victim, &p.parent));
    for (id, i) in a.metabolites.iter().zip(&p.metabolites) {
        out.push_str(&line(&format!("{id} (steady state)"), i));
    }
    if let Some(s) = &p.weighted_sum {
        out.push_str(&line("active total, weighted by potency", s));
    }
    if (p.baseline - 1.0).abs() > 0.02 {
        let _ = writeln!(out, "  This patient without them: {:.2} times a typical adult.", p.baseline);
    }
    out.push_str("Why\n");
    for r in &p.reasons {
        let by: Vec<&str> = r.by.iter().filter_map(|i| a.perpetrators.get(*i)).map(String::as_str).collect();
        let (what, by) = match r.organ {
            Organ::Gut => ("of the dose lost in the gut wall to", by),
            Organ::Liver | Organ::Kidney => ("of clearance by", by),
        };
        let change = if by.is_empty() {
            "unchanged".to_owned()
        } else {
            format!("activity times {:.2} by {}", r.activity, by.join(" and "))
        };
        let _ = writeln!(
            out,
            "  {:>3.0} % {what} {} ({}): {change}",
            100.0 * r.share,
            r.enzyme.name(),
            organ(r.organ)
        );
    }
    out.push_str("Measured\n");
    if observed.is_empty() {
        out.push_str("  nothing recorded for these drugs together by this route\n");
    }
    let text = |v: &Value, k: &str| v[k].as_str().unwrap_or_default().to_owned();
    for o in observed {
        let subjects = o["subjects"].as_u64().map_or_else(String::new, |n| format!(", {n} subjects"));
        let _ = writeln!(
            out,
            "  {:.2}-fold: {}, {}{subjects} ({})",
            o["ratio"].as_f64().unwrap_or_default(),
            text(o, "study"),
            text(o, "regimen"),
            text(o, "evidence"),
        );
    }
    if let Some(b) = beyond {
        let _ = writeln!(out, "Extrapolated: {b}.");
    }
    for x in &a.assumptions {
        let _ = writeln!(out, "Assumed: {x}.");
    }
    out.push_str(
        "A ratio alone sets no severity: what it means depends on the drug, the dose and the patient.\n",
    );
    out
}

const COLUMNS: [&str; 4] = ["victim", "perpetrator", "perpetrator_dose", "victim_route"];

fn predict_table(table: &ExposureTable, text: &str) -> Result<String, String> {
    let rows = csv::read(text);
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or("empty; the first line names the columns")?;
    let column = |name: &str| head.iter().position(|h| h.trim().trim_start_matches('\u{feff}') == name);
    let [victim, perpetrator, dose, route] = COLUMNS.map(column);
    let (Some(victim), Some(perpetrator)) = (victim, perpetrator) else {
        return Err(format!("columns are {head:?}; needed are victim and perpetrator, read are {COLUMNS:?}"));
    };
    let mut out = String::new();
    let mut line = head.clone();
    line.extend(["predicted_auc_ratio", "low", "high", "basis"].map(str::to_owned));
    csv::write(&mut out, &line);
    for mut row in rows {
        row.resize(head.len(), String::new());
        let cell = |i: Option<usize>| i.and_then(|i| row.get(i)).cloned().unwrap_or_default();
        let answer = table.predict(&Request {
            victim: cell(Some(victim)),
            with: vec![(cell(Some(perpetrator)), cell(dose))],
            route: cell(route),
            phenotypes: Vec::new(),
            smoker: false,
        });
        match answer {
            Ok(a) => {
                let p = a.prediction.parent;
                row.extend([p.ratio, p.low, p.high].map(|x| format!("{x:.4}")));
                row.push(a.basis());
            }
            Err(e) => {
                row.extend(["", "", ""].map(str::to_owned));
                row.push(format!("not predicted: {e}"));
            }
        }
        csv::write(&mut out, &row);
    }
    Ok(out)
}
