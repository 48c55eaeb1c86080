//! A comparison for people.
use super::Comparison;
use super::findings::{FindingChange, Said};
use crate::render::style::{BOLD, DIM, paint, severity};
use crate::terminal::{clean, wrap};
use posology_knowledge::diff::{ChangeKind, FactChange, words};
use std::fmt::Write as _;

/// Fields of a new or removed fact that are shown.
const SHOWN: usize = 4;

pub fn show(c: &Comparison<'_>, width: usize) -> String {
    let title = format!("Knowledge {} ({}) → {} ({})", c.old.version, c.old.name, c.new.version, c.new.name);
    let mut out = format!("{}\n", paint(BOLD, &clean(&title)));
    if c.facts.is_empty() {
        out.push_str("No fact differs.\n");
    } else {
        let _ = writeln!(out, "{} facts added, {} removed, {} changed", c.added, c.removed, c.changed);
        if c.old.version == c.new.version {
            out.push_str("Both sides have the same version: raise VERSION before this is released.\n");
        }
    }
    let (codes, facts): (Vec<&FactChange>, Vec<&FactChange>) =
        c.facts.iter().partition(|f| matches!(f.folder.as_str(), "products" | "other-ingredients"));
    let mut file = (String::new(), String::new());
    for f in facts {
        let here = (f.folder.clone(), f.id.clone());
        if here != file {
            let state = match (f.whole_file, f.kind) {
                (true, ChangeKind::Removed) => " (the file is gone)",
                (true, _) => " (a new file)",
                _ => "",
            };
            let _ = writeln!(out, "\n{}", paint(BOLD, &format!("{}/{}{state}", f.folder, f.id)));
            file = here;
        }
        fact(f, width, &mut out);
    }
    if !codes.is_empty() {
        let n = |k| codes.iter().filter(|f| f.kind == k).count();
        let _ = writeln!(
            out,
            "\n{}\n  {} added, {} removed, {} renamed; --format json lists them",
            paint(BOLD, "Product codes and names of other ingredients"),
            n(ChangeKind::Added),
            n(ChangeKind::Removed),
            n(ChangeKind::Changed)
        );
    }
    findings(c, width, &mut out);
    out
}

const fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "+",
        ChangeKind::Removed => "-",
        ChangeKind::Changed => "~",
    }
}

fn lines(text: &str, indent: usize, width: usize, out: &mut String) {
    for (i, l) in wrap(&clean(text), width.saturating_sub(indent + 2).max(20)).iter().enumerate() {
        let _ = writeln!(out, "{:w$}{l}", "", w = if i == 0 { indent } else { indent + 2 });
    }
}

fn fact(f: &FactChange, width: usize, out: &mut String) {
    let footing = |x: &posology_knowledge::diff::Footing| {
        let source = x.source.clone()?;
        Some(x.confidence.as_ref().map_or(source.clone(), |c| format!("{source}, {c}")))
    };
    let name = if f.fact.is_empty() { "the file itself" } else { &f.fact };
    match f.kind {
        ChangeKind::Changed => {
            lines(&format!("~ {name}"), 2, width, out);
            for x in &f.fields {
                let side = |v: &Option<toml::Value>| v.as_ref().map_or_else(|| "nothing".to_owned(), words);
                lines(&format!("{}: {} → {}", x.field, side(&x.old), side(&x.new)), 6, width, out);
            }
            if let Some(s) = footing(&f.new).filter(|_| f.old.source == f.new.source) {
                let _ = writeln!(out, "      {}", paint(DIM, &clean(&s)));
            }
        }
        kind => {
            let (values, place) = if kind == ChangeKind::Added {
                (f.fields.iter().map(|x| (&x.field, &x.new)).collect::<Vec<_>>(), footing(&f.new))
            } else {
                (f.fields.iter().map(|x| (&x.field, &x.old)).collect(), footing(&f.old))
            };
            let said: Vec<String> = values
                .iter()
                .filter(|(k, v)| {
                    // What the label says already, and what stands below it, is not said twice.
                    !matches!(k.as_str(), "source" | "confidence" | "sources")
                        && v.as_ref().is_some_and(|v| !f.fact.contains(&words(v)))
                })
                .map(|(k, v)| format!("{k} {}", v.as_ref().map(words).unwrap_or_default()))
                .collect();
            let more = said.len().saturating_sub(SHOWN);
            let mut text = format!("{} {name}", sign(kind));
            if !said.is_empty() {
                let _ = write!(text, ": {}", said[..said.len().min(SHOWN)].join("; "));
            }
            if more > 0 {
                let _ = write!(text, "; and {more} more fields");
            }
            lines(&text, 2, width, out);
            if let Some(s) = place {
                let _ = writeln!(out, "      {}", paint(DIM, &clean(&s)));
            }
        }
    }
}

fn findings(c: &Comparison<'_>, width: usize, out: &mut String) {
    let f = c.findings;
    let _ = writeln!(
        out,
        "\n{}",
        paint(BOLD, &format!("Findings over {} patients as of {}", f.patients, f.as_of))
    );
    if f.patients == 0 {
        out.push_str(
            "  No patient was reviewed: run it in the root of the repository, or give --fixtures PATH.\n",
        );
        return;
    }
    let n = |k| f.changes.iter().filter(|x| x.kind == k).count();
    let _ = writeln!(
        out,
        "  {} before, {} now: {} appear, {} are gone, {} say something else",
        f.findings_before,
        f.findings_now,
        n(ChangeKind::Added),
        n(ChangeKind::Removed),
        n(ChangeKind::Changed)
    );
    let mut patient = "";
    for x in &f.changes {
        if x.patient != patient {
            let _ = writeln!(out, "\n  {}", paint(BOLD, &clean(&x.patient)));
            patient = &x.patient;
        }
        finding(x, width, out);
    }
}

fn grave(s: &Said) -> String {
    s.severity.map_or_else(String::new, |s| paint(severity(s), s.as_str()) + " ")
}

fn finding(x: &FindingChange, width: usize, out: &mut String) {
    let empty = Said { severity: None, title: String::new(), detail: String::new() };
    let (o, n) = (x.old.as_ref().unwrap_or(&empty), x.new.as_ref().unwrap_or(&empty));
    let shown = if x.kind == ChangeKind::Removed { o } else { n };
    let grade =
        if x.differs.contains(&"severity") { format!("{}→ {}", grave(o), grave(n)) } else { grave(shown) };
    lines(&format!("{} {grade}{} ({})", sign(x.kind), shown.title, x.rule), 4, width, out);
    if x.kind != ChangeKind::Changed {
        return;
    }
    if x.differs.contains(&"title") {
        lines(&format!("before: {}", o.title), 8, width, out);
    }
    if x.differs.contains(&"detail") {
        lines(&format!("before: {}", o.detail), 8, width, out);
        lines(&format!("now:    {}", n.detail), 8, width, out);
    }
    let rest: Vec<&str> =
        x.differs.iter().copied().filter(|d| matches!(*d, "actions" | "evidence" | "interruptive")).collect();
    if !rest.is_empty() {
        let _ = writeln!(out, "        other {}", rest.join(", "));
    }
}
