//! Numbers and names for people.
use posology_knowledge::schema::Jurisdiction;
use posology_model::{Confidence, Severity};

/// A daily dose or range in mg.
pub fn mg(dose: Option<(f64, f64)>) -> String {
    match dose {
        None => "dose not known".to_owned(),
        Some((lo, hi)) if (hi - lo).abs() < 1e-9 => format!("{} mg", num(hi)),
        Some((0.0, hi)) => format!("up to {} mg", num(hi)),
        Some((lo, hi)) => format!("{} to {} mg", num(lo), num(hi)),
    }
}

pub use posology_review::facts::num;

/// First letter upper case.
pub fn capital(text: &str) -> String {
    let mut c = text.chars();
    c.next().map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}

/// "1 finding", "2 findings".
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The word for a confidence, and what it means.
pub const fn confidence(c: Confidence) -> (&'static str, &'static str) {
    let meaning = match c {
        Confidence::Verified => "looked up at the source",
        Confidence::Secondary => "not looked up at the source",
        Confidence::Disputed => "sources disagree",
    };
    (c.as_str(), meaning)
}

/// Class of the design system for a severity; the word stands beside it, so that colour is never the only sign.
pub const fn tag(s: Severity) -> &'static str {
    match s {
        Severity::Critical => "nhsuk-tag severity severity-critical",
        Severity::Serious => "nhsuk-tag severity severity-serious",
        Severity::Caution => "nhsuk-tag severity severity-caution",
        Severity::Note => "nhsuk-tag severity severity-note",
    }
}

/// US or UK.
pub const fn country(j: Jurisdiction) -> &'static str {
    match j {
        Jurisdiction::Us => "US",
        Jurisdiction::Uk => "UK",
    }
}
