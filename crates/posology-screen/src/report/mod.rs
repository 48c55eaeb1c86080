//! One HTML file with plots, and its tables as CSV.
mod plot;

use crate::eras::Stockpile;
use crate::screener::{GROUPS, Mode, Options};
use crate::summary::{Counts, Summary};
use plot::{bars, escape, grouped};
use posology_knowledge::KnowledgeBase;
use std::fmt::Write as _;

const AGES: [&str; 7] = ["0-17", "18-44", "45-64", "65-74", "75-84", "85+", "unknown"];
const SEXES: [&str; 3] = ["female", "male", "unknown"];
const BOTH: &str = "opioid and benzodiazepine";

/// Counts of a histogram by its lower edge.
fn histogram(s: &Summary, name: &str) -> Vec<(u64, u64)> {
    let prefix = format!("{name}/");
    s.histograms
        .iter()
        .filter_map(|(k, v)| Some((k.strip_prefix(&prefix)?.parse::<f64>().ok()? as u64, *v)))
        .collect()
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn csv(header: &str, counts: &Counts) -> String {
    let mut rows: Vec<(&String, &u64)> = counts.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    rows.iter().fold(format!("{header}\n"), |mut t, (k, v)| {
        let _ = writeln!(t, "{},{v}", cell(k));
        t
    })
}

/// Tables beside the report: file name and CSV text.
pub fn tables(s: &Summary) -> Vec<(&'static str, String)> {
    let mut prevalence = String::from("sex,age,persons,taking,persons_taking\n");
    for sex in SEXES {
        for age in AGES {
            let group = format!("{sex}/{age}");
            let n = s.groups.get(&group).copied().unwrap_or(0);
            if n == 0 {
                continue;
            }
            for g in GROUPS.iter().chain([&BOTH]) {
                let k = s.taking.get(&format!("{group}/{g}")).copied().unwrap_or(0);
                let _ = writeln!(prevalence, "{sex},{age},{n},{g},{k}");
            }
        }
    }
    let mut distributions = String::from("figure,from,persons\n");
    for name in ["overlap-days", "episode-days", "diazepam-equivalents", "mme"] {
        for (edge, n) in histogram(s, name) {
            let _ = writeln!(distributions, "{name},{edge},{n}");
        }
    }
    for name in ["tapers", "abrupt-stops"] {
        let _ = writeln!(
            distributions,
            "{name},,{}",
            s.histograms.get(&format!("{name}/persons")).copied().unwrap_or(0)
        );
    }
    let mut repairs = String::from("repair,count,words\n");
    for (r, n) in s.repairs.occurred() {
        let _ = writeln!(repairs, "{},{n},{}", r.id(), cell(r.words()));
    }
    vec![
        ("prevalence.csv", prevalence),
        ("distributions.csv", distributions),
        ("rules.csv", csv("rule,persons", &s.rules)),
        ("gaps.csv", csv("why,persons", &s.not_assessed)),
        ("drugs-not-recognised.csv", csv("name,rows", &s.unknown_drugs)),
        ("repairs.csv", repairs),
    ]
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%}\
td,th{padding:.25rem .6rem;border-bottom:1px solid #d8dee4;text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
svg{width:100%;height:auto}.note{color:#57606a}.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(26rem,1fr));gap:1rem}\
.big{display:flex;flex-wrap:wrap;gap:2rem}.big b{display:block;font-size:1.5rem}";

fn table(title: &str, unit: &str, rows: &[(String, u64)], of: u64) -> String {
    let mut t = format!(
        "<table><thead><tr><th>{}</th><th class=n>{unit}</th><th class=n>%</th></tr></thead><tbody>",
        escape(title)
    );
    for (k, n) in rows {
        let _ = write!(
            t,
            "<tr><td>{}</td><td class=n>{n}</td><td class=n>{:.2}</td></tr>",
            escape(k),
            100.0 * *n as f64 / of.max(1) as f64
        );
    }
    t + "</tbody></table>"
}

fn top(c: &Counts, n: usize) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = c.iter().map(|(k, v)| (k.clone(), *v)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    rows.truncate(n);
    rows
}

/// Percent of each age group that takes something, women and men.
fn prevalence(s: &Summary, what: &str) -> String {
    let ages = &AGES[..6];
    let share = |sex: &str| -> Vec<f64> {
        ages.iter()
            .map(|age| {
                let n = s.groups.get(&format!("{sex}/{age}")).copied().unwrap_or(0);
                let k = s.taking.get(&format!("{sex}/{age}/{what}")).copied().unwrap_or(0);
                100.0 * k as f64 / n.max(1) as f64
            })
            .collect()
    };
    grouped(
        &format!("{what}, % of the age group"),
        ages,
        &[("women", share("female")), ("men", share("male"))],
    )
}

/// The report as one HTML file, without scripts and without anything from elsewhere.
pub fn html(s: &Summary, kb: &KnowledgeBase, options: &Options) -> String {
    let dates = match options.mode {
        Mode::AsOf(d) => format!("at {d}"),
        Mode::EachChange(d) => format!("at every change up to {d}"),
        Mode::Window(a, b) => format!("from {a} to {b}"),
    };
    let stock = match options.eras.stockpile {
        Stockpile::Cut => "a supply ends when the next one of the same product begins",
        Stockpile::Carry => "what is left of a supply is carried forward",
    };
    let percent = |a: u64, b: u64| 100.0 * a as f64 / b.max(1) as f64;
    let mut t = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
<title>Posology: a population {dates}</title><style>{STYLE}</style><h1>A population reviewed {dates}</h1>\
<p class=note>Knowledge {}. Supplies: {stock}; gaps of up to {} days do not end an episode; a row with neither end nor days of supply counts for {} days. \
Decision support for professionals: a person without a finding is not safe, see what was not assessed. No figure here is a reason to stop a drug: \
stopping a benzodiazepine, opioid or antiepileptic fast does harm of its own.</p><div class=big>",
        escape(kb.version()),
        options.eras.grace_days,
        options.eras.assumed_days
    );
    for (n, w) in [
        (s.persons.to_string(), "persons"),
        (s.persons_taking.to_string(), "take something that was recognised"),
        (format!("{:.2} %", percent(s.rows_resolved, s.rows)), "of the rows about drugs recognised"),
        (s.findings.to_string(), "findings"),
    ] {
        let _ = write!(t, "<div><b>{n}</b>{w}</div>");
    }
    t.push_str("</div><h2>Gravest finding</h2>");
    let gravest: Vec<(String, u64)> = ["critical", "serious", "caution", "note"]
        .iter()
        .map(|w| ((*w).to_owned(), s.gravest.get(*w).copied().unwrap_or(0)))
        .collect();
    t.push_str(&table("Severity", "persons", &gravest, s.persons));
    t.push_str("<h2>Who takes what, by age and sex</h2><div class=grid>");
    for g in GROUPS.iter().chain([&BOTH]) {
        t.push_str(&prevalence(s, g));
    }
    t.push_str("</div><h2>Together, how long, how much</h2><div class=grid>");
    for (name, title) in [
        ("overlap-days", "Days with opioid and benzodiazepine together"),
        ("episode-days", "Longest benzodiazepine episode, days"),
        ("diazepam-equivalents", "Highest diazepam equivalents, mg a day (highest source)"),
        ("mme", "Highest morphine milligram equivalents a day"),
    ] {
        t.push_str(&bars(title, &histogram(s, name)));
    }
    let of = |n: &str| s.histograms.get(&format!("{n}/persons")).copied().unwrap_or(0);
    let _ = write!(
        t,
        "</div><p>Tapers were seen in {} persons; {} stopped four weeks or more of a benzodiazepine or opioid at half the highest dose or more.</p>",
        of("tapers"),
        of("abrupt-stops")
    );
    t.push_str("<h2>Most frequent findings</h2>");
    t.push_str(&table("Rule", "persons", &top(&s.rules, 25), s.persons));
    t.push_str("<h2>What could not be assessed</h2>");
    t.push_str(&table("Why", "persons", &top(&s.not_assessed, 25), s.persons));
    t.push_str("<h2>Drugs that were not recognised</h2>");
    t.push_str(&table("Name", "rows", &top(&s.unknown_drugs, 25), s.rows));
    t.push_str("<h2>Repairs</h2>");
    let repairs: Vec<(String, u64)> = s.repairs.occurred().map(|(r, n)| (r.words().to_owned(), n)).collect();
    t.push_str(&table("What was repaired or set aside", "count", &repairs, s.rows));
    for (c, first) in &s.unreadable {
        let _ = write!(
            t,
            "<p class=note>The first value of {} that could not be read: {}</p>",
            escape(c),
            escape(first)
        );
    }
    t.push_str("</html>\n");
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_record_cannot_become_markup() {
        let mut s = Summary::default();
        s.unknown_drugs.insert("<script>alert(1)</script>, \"x\"".into(), 3);
        let kb = KnowledgeBase::new(posology_knowledge::Corpus::default());
        let page = html(&s, &kb, &Options::at(jiff::civil::date(2026, 1, 1)));
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
        let drugs = tables(&s).into_iter().find(|t| t.0 == "drugs-not-recognised.csv").unwrap().1;
        assert!(drugs.contains("\"<script>alert(1)</script>, \"\"x\"\"\",3"));
    }
}
