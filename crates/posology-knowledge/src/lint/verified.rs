//! `verified` means that the source entry holds the address retrieved, the date and the figure as printed there.
use super::{Knowledge, split_reference};
use crate::diagnostic::Diagnostic;
use crate::schema::{SourceFile, SourceKind};
use std::collections::BTreeMap;

pub(super) const ID: &str = "verified-figure";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let sources: BTreeMap<&str, &SourceFile> = k.corpus.sources.iter().map(|s| (s.id.as_str(), s)).collect();
    let mut out = Vec::new();
    for s in &k.corpus.sources {
        figures(k, s, &mut out);
    }
    for (path, file) in &k.files {
        for s in file.stated() {
            if s.confidence.as_deref() != Some("verified") {
                continue;
            }
            let Some((source, locator)) =
                split_reference(&s.reference).and_then(|(id, l)| Some((*sources.get(id)?, l)))
            else {
                continue; // told by source-exists
            };
            if source.kind == SourceKind::Textbook {
                out.push(k.at(
                    ID,
                    path,
                    &s.path,
                    format!("\"{}\" is a textbook, which cannot make a fact verified", source.id),
                    "cite the label, guideline or study that the textbook draws on, or make the fact secondary",
                ));
            }
            if !source.figures.iter().any(|f| f.locator == locator) {
                out.push(k.at(
                    ID,
                    path,
                    &s.path,
                    format!(
                        "the fact is verified, and sources/{}.toml has no figure \"{locator}\"",
                        source.id
                    ),
                    "add the [[figure]] with address, retrieved and printed, or make the fact secondary",
                ));
            }
        }
    }
    out
}

fn figures(k: &Knowledge<'_>, s: &SourceFile, out: &mut Vec<Diagnostic>) {
    let file = format!("sources/{}.toml", s.id);
    for (i, f) in s.figures.iter().enumerate() {
        let mut say = |key: &str, message: String, help: &str| {
            out.push(k.at(ID, &file, &format!("figure.{i}.{key}"), message, help));
        };
        if f.locator.trim().is_empty() {
            say("locator", "the figure has no locator".into(), "name the section, table or page");
        }
        if !is_address(&f.address) {
            say(
                "address",
                format!("\"{}\" is no address", f.address),
                "give the http or https address that was retrieved",
            );
        }
        if !is_date(&f.retrieved) {
            say("retrieved", format!("\"{}\" is no date", f.retrieved), "write YYYY-MM-DD");
        }
        let printed = f.printed.trim();
        if printed.len() < 3 {
            say(
                "printed",
                format!("\"{printed}\" is no figure as printed"),
                "quote the words that hold the figure",
            );
        } else if ["(condensed)", "(paraphrase", "(summar"].iter().any(|w| printed.to_lowercase().contains(w))
        {
            say(
                "printed",
                "the text is condensed, not as printed".into(),
                "quote what is printed, or remove the figure and make its facts secondary",
            );
        } else if printed.chars().count() > 600 {
            say(
                "printed",
                format!("{} characters are more than a figure needs", printed.chars().count()),
                "quote no more than the figure needs",
            );
        }
    }
}

fn is_address(a: &str) -> bool {
    let rest = a.strip_prefix("https://").or_else(|| a.strip_prefix("http://"));
    rest.is_some_and(|r| {
        let host = r.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.') && host.len() > 3 && !r.contains(char::is_whitespace)
    })
}

/// `YYYY-MM-DD` and a day that exists.
fn is_date(d: &str) -> bool {
    d.len() == 10 && d.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_dates() {
        assert!(is_address("https://www.medicines.org.uk/emc/product/4523/smpc"));
        assert!(!is_address("www.medicines.org.uk"));
        assert!(!is_address("https://a b.org/"));
        assert!(is_date("2026-11-24"));
        assert!(!is_date("2026-02-30"));
        assert!(!is_date("24/11/2026"));
    }
}
