//! Reviews as one self-contained page: no script, nothing loaded from elsewhere, light and dark, fit to print.
use super::sources::{Sources, brackets, only_secondary};
use crate::report::{PatientReview, counts};
use posology_knowledge::KnowledgeBase;
use posology_model::{Evidence, Finding, Review};
use std::fmt::Write as _;

const STYLE: &str = include_str!("review.css");

/// Writes reviews as a page.
pub fn page(reviews: &[PatientReview], kb: &KnowledgeBase) -> String {
    let title = match reviews {
        [one] => format!("Medication review, {}, as of {}", one.patient.words(), one.review.as_of),
        many => format!("Medication reviews of {} patients", many.len()),
    };
    let mut out = String::with_capacity(32 * 1024);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
        escape(&title),
        escape(&title)
    );
    for (i, r) in reviews.iter().enumerate() {
        one(&mut out, r, kb, i, reviews.len() > 1);
    }
    out.push_str(
        "<footer><p>Decision support for professionals: it shows its reasons so that a clinician can disagree. \
         It places no order, and what it did not assess is listed above.</p></footer>\n</main>\n</body>\n</html>\n",
    );
    out
}

/// Text into HTML, also inside attributes in double quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn one(out: &mut String, r: &PatientReview, kb: &KnowledgeBase, number: usize, several: bool) {
    let mut sources = Sources::of(&r.review, kb);
    let review = &r.review;
    let _ = writeln!(out, "<article aria-labelledby=\"p{number}\">");
    let heading = if several { escape(&r.patient.words()) } else { "Summary".to_owned() };
    let _ = writeln!(out, "<h2 id=\"p{number}\">{heading}</h2>");
    let _ = writeln!(
        out,
        "<p class=\"meta\">As of {} · {} labels and guidelines · knowledge {} · record: {}</p>",
        review.as_of,
        escape(&review.jurisdiction.to_uppercase()),
        escape(&review.knowledge_version),
        escape(&r.patient.source)
    );
    for o in &r.orders_not_recognised {
        let _ = writeln!(
            out,
            "<p class=\"stop\" role=\"alert\"><strong>Not reviewed:</strong> the order \u{201c}{}\u{201d} names no drug that the knowledge holds.</p>",
            escape(o)
        );
    }
    if let Some(m) = &review.interruption {
        let _ = write!(
            out,
            "<div class=\"stop\" role=\"alert\"><p><strong>Stop and decide:</strong> {}</p>",
            escape(&m.title)
        );
        list(out, m.also.iter().map(|a| escape(a)));
        out.push_str("</div>\n");
    }
    findings(out, review, &mut sources, number);
    section(
        out,
        "What good it may do",
        review
            .benefits
            .iter()
            .map(|b| {
                let indication =
                    b.indication.as_ref().map(|i| format!(" for {}", escape(i))).unwrap_or_default();
                format!(
                    "<strong>{}{indication}:</strong> {}{}",
                    escape(&b.substance.name),
                    escape(&b.statements.join(" ")),
                    refs(&mut sources, &b.evidence, number)
                )
            })
            .collect(),
    );
    section(
        out,
        "What to tell the patient",
        review
            .education
            .iter()
            .map(|e| {
                format!(
                    "<strong>{}:</strong> {}{}",
                    escape(&e.topic),
                    escape(&e.text),
                    refs(&mut sources, &e.evidence, number)
                )
            })
            .collect(),
    );
    section(
        out,
        "Next looks",
        review
            .follow_up
            .iter()
            .map(|f| {
                format!(
                    "<time datetime=\"{}\">{}</time> {} ({})",
                    f.due,
                    f.due,
                    escape(&f.what),
                    escape(&f.why)
                )
            })
            .collect(),
    );
    section(
        out,
        "Silenced",
        review
            .silenced
            .iter()
            .map(|s| format!("{} (<code>{}</code>): {}", escape(&s.title), escape(&s.rule), escape(&s.why)))
            .collect(),
    );
    taken(out, review);
    out.push_str("<section class=\"gaps\"><h3>Not assessed</h3>\n");
    if review.not_assessed.is_empty() {
        out.push_str("<p>Nothing: every entry was recognised and no rule lacked what it needs.</p>\n");
    }
    list(
        out,
        review
            .not_assessed
            .iter()
            .map(|n| format!("<strong>{}</strong>: {}", escape(&n.what), escape(&n.why))),
    );
    out.push_str("</section>\n");
    if !sources.list.is_empty() {
        out.push_str("<section class=\"sources\"><h3>Sources</h3>\n<ol>\n");
        for (i, s) in sources.list.iter().enumerate() {
            let _ = write!(out, "<li id=\"p{number}s{}\">{}", i + 1, escape(&s.title));
            for (place, confidence, printed) in &s.places {
                let _ =
                    write!(out, "<br><span class=\"{0}\">{0}</span> {1}", confidence.as_str(), escape(place));
                if let Some(p) = printed {
                    let _ = write!(out, ": <q>{}</q>", escape(p));
                }
            }
            if let Some(u) =
                s.url.as_deref().filter(|u| u.starts_with("https://") || u.starts_with("http://"))
            {
                let _ = write!(out, "<br><a href=\"{0}\" rel=\"noreferrer\">{0}</a>", escape(u));
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ol></section>\n");
    }
    out.push_str("</article>\n");
}

fn findings(out: &mut String, review: &Review, sources: &mut Sources, number: usize) {
    out.push_str("<section><h3>Findings</h3>\n");
    let total: Vec<String> = counts(&review.findings)
        .iter()
        .filter(|c| c.1 > 0)
        .map(|(s, n)| format!("{n} {}", s.as_str()))
        .collect();
    if total.is_empty() {
        out.push_str(
            "<p>No rule found anything. That is no proof of safety: see what was not assessed.</p>\n",
        );
    } else {
        let _ = writeln!(out, "<p>{}</p>", total.join(", "));
    }
    for f in &review.findings {
        finding(out, f, sources, number);
    }
    out.push_str("</section>\n");
}

fn finding(out: &mut String, f: &Finding, sources: &mut Sources, number: usize) {
    let word = f.severity.as_str();
    let _ = write!(
        out,
        "<section class=\"finding {word}\">\n<h4><span class=\"severity\">{word}</span> {}</h4>\n<p>{}</p>\n",
        escape(&f.title),
        escape(&f.detail)
    );
    list(out, f.actions.iter().map(|a| escape(&a.text)));
    let mut foot = format!("<code>{}</code>{}", escape(&f.rule), refs(sources, &f.evidence, number));
    if only_secondary(&f.evidence) {
        foot.push_str(" · source not looked up");
    }
    if f.about_order {
        foot.push_str(" · about the order");
    }
    let _ = write!(out, "<p class=\"meta\">{foot}</p>\n</section>\n");
}

fn taken(out: &mut String, review: &Review) {
    if review.exposures.is_empty() {
        return;
    }
    out.push_str(
        "<section><h3>What counts as taken, and why</h3>\n<table>\n<thead><tr><th scope=\"col\">Drug</th><th scope=\"col\">State</th>\
         <th scope=\"col\">As recorded</th><th scope=\"col\">Daily dose</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
    );
    for e in &review.exposures {
        let dose = match e.daily_mg {
            None => "not known".to_owned(),
            Some((lo, hi)) if (hi - lo).abs() < 1e-9 => format!("{} mg", round(hi)),
            Some((lo, hi)) => format!("{} to {} mg", round(lo), round(hi)),
        };
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{dose}</td><td>{}</td></tr>",
            escape(&e.substance.name),
            escape(&e.state),
            escape(&e.product),
            escape(&e.why)
        );
    }
    out.push_str("</tbody>\n</table></section>\n");
}

fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

fn refs(sources: &mut Sources, evidence: &[Evidence], number: usize) -> String {
    let numbers = sources.numbers(evidence);
    let links: Vec<String> =
        numbers.iter().map(|n| format!("<a href=\"#p{number}s{n}\">{}</a>", brackets(&[*n]))).collect();
    if links.is_empty() { String::new() } else { format!(" {}", links.join(" ")) }
}

fn section(out: &mut String, title: &str, items: Vec<String>) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "<section><h3>{}</h3>", escape(title));
    list(out, items.into_iter());
    out.push_str("</section>\n");
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    let mut any = false;
    for i in items {
        out.push_str(if any { "<li>" } else { "<ul>\n<li>" });
        out.push_str(&i);
        out.push_str("</li>\n");
        any = true;
    }
    if any {
        out.push_str("</ul>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_record_becomes_markup() {
        assert_eq!(
            escape("<script>\"a\" & 'b'\u{1b}</script>"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39; &lt;/script&gt;"
        );
    }

    #[test]
    fn the_style_loads_nothing_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("</"));
    }
}
