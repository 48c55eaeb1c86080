//! Fractions of clearance, remaining activities and induction lie where they can, and pathways do not add up to more than the whole.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::KineticsFile;

pub(super) const ID: &str = "fraction";

/// Fractions of one drug come from several studies; their sum may pass the whole by this much.
const MOST: f64 = 1.05;

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for f in &k.corpus.kinetics {
        one(k, f, &mut out);
    }
    out
}

fn one(k: &Knowledge<'_>, f: &KineticsFile, out: &mut Vec<Diagnostic>) {
    let file = format!("kinetics/{}.toml", f.substance);
    let mut say = |path: &str, message: String, help: &str| out.push(k.at(ID, &file, path, message, help));
    let mut unit = |path: String, value: f64| {
        if !(value > 0.0 && value <= 1.0) {
            say(&path, format!("{value} is no fraction above 0 to 1"), "correct the figure");
        }
    };
    for (i, s) in f.substrate.iter().enumerate() {
        unit(format!("substrate.{i}.fm"), s.fm);
        if let Some(p) = s.produces_fraction {
            unit(format!("substrate.{i}.produces_fraction"), p);
        }
    }
    if let Some(g) = &f.gut {
        unit("gut.fg".into(), g.fg);
    }
    for (i, x) in f.inhibits.iter().enumerate() {
        for (n, p) in x.at.iter().enumerate() {
            unit(format!("inhibits.{i}.at.{n}.remaining"), p.remaining);
            if let Some(g) = p.gut_remaining {
                unit(format!("inhibits.{i}.at.{n}.gut_remaining"), g);
            }
        }
    }
    for (i, x) in f.induces.iter().enumerate() {
        for (n, p) in x.at.iter().enumerate().filter(|(_, p)| !(1.0..=50.0).contains(&p.fold)) {
            say(
                &format!("induces.{i}.at.{n}.fold"),
                format!("{} is no rise of activity", p.fold),
                "give a factor from 1",
            );
        }
    }
    for (i, s) in f.substrate.iter().enumerate() {
        let (low, high) = (s.low.unwrap_or(s.fm), s.high.unwrap_or(s.fm));
        if s.fm < low || s.fm > high {
            say(
                &format!("substrate.{i}.fm"),
                format!("{} is outside its own range {low} to {high}", s.fm),
                "correct the range or the figure",
            );
        }
    }
    if let Some(g) = &f.gut
        && (g.low.is_some_and(|l| g.fg < l) || g.high.is_some_and(|h| g.fg > h))
    {
        say("gut.fg", format!("{} is outside its own range", g.fg), "correct the range or the figure");
    }
    if let Some(h) = &f.hepatic
        && !((0.0..1.0).contains(&h.extraction) && (0.0..=1.0).contains(&h.renal))
    {
        say("hepatic", "extraction lies from 0 to below 1, renal from 0 to 1".into(), "correct the figure");
    }
    // Uptake into the liver stands before metabolism, not beside it.
    let beside = f.substrate.iter().filter(|s| !s.enzyme.starts_with("OATP"));
    let sum: f64 = beside.map(|s| s.fm).sum::<f64>() + f.hepatic.as_ref().map_or(0.0, |h| h.renal);
    if sum > MOST {
        say(
            "substrate",
            format!("the pathways add up to {sum:.2} of clearance"),
            "the sum may be at most 1.05",
        );
    }
}
