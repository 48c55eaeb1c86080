//! A review for people, on a terminal: ranked, short, sources at the end, what was not assessed never absent.
use super::sources::{Sources, brackets, only_secondary};
use super::style::{BOLD, DIM, confidence, paint, severity};
use crate::report::{PatientReview, counts};
use crate::terminal::{clean, wrap};
use posology_knowledge::KnowledgeBase;
use posology_model::{ExposureSummary, Finding, Review};
use std::fmt::Write as _;

/// Lines of detail shown of a finding unless everything is asked for.
const DETAIL_LINES: usize = 3;

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Columns.
    pub width: usize,
    /// Whole details, why each drug counts as taken, fingerprints, printed figures.
    pub explain: bool,
}

/// Writes one patient's review.
pub fn review(r: &PatientReview, kb: &KnowledgeBase, o: Options) -> String {
    let mut w = Writer { out: String::new(), o, sources: Sources::of(&r.review, kb), shortened: false };
    w.head(r);
    w.orders(r);
    w.interruption(&r.review);
    w.findings(r);
    w.benefits(&r.review);
    w.education(&r.review);
    w.follow_up(&r.review, kb);
    w.silenced(&r.review);
    w.taken(&r.review.exposures);
    w.not_assessed(&r.review);
    w.sources();
    w.out
}

/// Findings alone, with what was not assessed and the sources: for a command that shows part of a review.
pub fn part(title: &str, findings: &[Finding], r: &PatientReview, kb: &KnowledgeBase, o: Options) -> String {
    let review = Review {
        findings: findings.to_vec(),
        benefits: Vec::new(),
        education: Vec::new(),
        follow_up: Vec::new(),
        ..r.review.clone()
    };
    let r = PatientReview { review, ..r.clone() };
    let mut w = Writer { out: String::new(), o, sources: Sources::of(&r.review, kb), shortened: false };
    let _ = writeln!(w.out, "{}", paint(BOLD, title));
    let line = format!("{} · knowledge {}", r.review.jurisdiction.to_uppercase(), r.review.knowledge_version);
    let _ = writeln!(w.out, "{}", paint(DIM, &line));
    w.findings(&r);
    w.silenced(&r.review);
    w.not_assessed(&r.review);
    w.sources();
    w.out
}

struct Writer {
    out: String,
    o: Options,
    sources: Sources,
    shortened: bool,
}

impl Writer {
    fn line(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// A wrapped text whose later lines are indented differently.
    fn hanging(&mut self, first: usize, rest: usize, text: &str) {
        for (i, l) in wrap(&clean(text), self.o.width.saturating_sub(rest).max(20)).iter().enumerate() {
            let indent = if i == 0 { first } else { rest };
            let _ = writeln!(self.out, "{:indent$}{l}", "");
        }
    }

    /// A wrapped text after a mark that is already coloured.
    fn marked(&mut self, mark: &str, mark_width: usize, text: &str) {
        let lines = wrap(&clean(text), self.o.width.saturating_sub(mark_width).max(20));
        for (i, l) in lines.iter().enumerate() {
            let _ = if i == 0 {
                writeln!(self.out, "{mark}{l}")
            } else {
                writeln!(self.out, "{:mark_width$}{l}", "")
            };
        }
    }

    fn title(&mut self, text: &str) {
        let _ = writeln!(self.out, "\n{}", paint(BOLD, text));
    }

    fn head(&mut self, r: &PatientReview) {
        let _ = writeln!(self.out, "{}", paint(BOLD, &clean(&r.patient.words())));
        let line = format!(
            "as of {} · {} labels and guidelines · knowledge {} · decision support, the clinician decides",
            r.review.as_of,
            r.review.jurisdiction.to_uppercase(),
            r.review.knowledge_version
        );
        for l in wrap(&line, self.o.width) {
            let _ = writeln!(self.out, "{}", paint(DIM, &l));
        }
        let orders: Vec<&ExposureSummary> =
            r.review.exposures.iter().filter(|e| matches!(&*e.state, "proposed" | "stop-order")).collect();
        for e in orders {
            let what = if e.state == "proposed" { "to start or change" } else { "to stop" };
            self.line(0, &format!("Order {what}: {}{}", e.product, dose(e)));
        }
    }

    fn orders(&mut self, r: &PatientReview) {
        for o in &r.orders_not_recognised {
            let mark = paint(severity(posology_model::Severity::Critical), " NOT REVIEWED ");
            self.marked(
                &format!("\n{mark} "),
                15,
                &format!("the order \"{o}\" names no drug that the knowledge holds"),
            );
        }
    }

    fn interruption(&mut self, review: &Review) {
        let Some(m) = &review.interruption else { return };
        let mark = paint(severity(posology_model::Severity::Critical), " STOP AND DECIDE ");
        self.marked(&format!("\n{mark} "), 18, &m.title);
        for a in &m.also {
            self.hanging(18, 20, &format!("and: {a}"));
        }
    }

    fn findings(&mut self, r: &PatientReview) {
        let total: Vec<String> = counts(&r.review.findings)
            .iter()
            .filter(|c| c.1 > 0)
            .map(|(s, n)| paint(severity(*s), &format!("{n} {}", s.as_str())))
            .collect();
        if total.is_empty() {
            self.title("No findings");
            self.line(2, "No rule found anything. That is no proof of safety: see what was not assessed.");
        } else {
            let _ = writeln!(self.out, "\n{} {}", paint(BOLD, "Findings:"), total.join(", "));
        }
        for (i, f) in r.review.findings.iter().enumerate() {
            let print = r.fingerprints.get(i).map(String::as_str);
            self.finding(f, print);
        }
        if self.shortened {
            self.out.push('\n');
            self.line(0, "[...] marks a shortened detail; --explain shows it whole.");
        }
    }

    fn finding(&mut self, f: &Finding, fingerprint: Option<&str>) {
        let word = f.severity.as_str().to_uppercase();
        let mark = format!("\n{} ", paint(severity(f.severity), &format!("{word:<8}")));
        let title = clean(&f.title).into_owned();
        for (i, l) in wrap(&title, self.o.width.saturating_sub(9).max(20)).iter().enumerate() {
            let l = paint(BOLD, l);
            let _ = if i == 0 { writeln!(self.out, "{mark}{l}") } else { writeln!(self.out, "{:9}{l}", "") };
        }
        let width = self.o.width.saturating_sub(9).max(20);
        let detail = clean(&f.detail).into_owned();
        let (detail, cut) = if self.o.explain || f.severity == posology_model::Severity::Critical {
            (detail, false)
        } else {
            shorten(&detail, width)
        };
        self.shortened |= cut;
        self.line(9, &detail);
        for a in &f.actions {
            self.hanging(9, 11, &format!("→ {}", a.text));
        }
        let numbers = self.sources.numbers(&f.evidence);
        let mut foot = vec![f.rule.clone()];
        if !numbers.is_empty() {
            foot.push(brackets(&numbers).into());
        }
        if only_secondary(&f.evidence) {
            foot.push("source not looked up".into());
        }
        if f.about_order {
            foot.push("about the order".into());
        }
        let _ = writeln!(self.out, "         {}", paint(DIM, &foot.join(" · ")));
        if let Some(p) = fingerprint {
            let _ = writeln!(self.out, "         {}", paint(DIM, &format!("fingerprint {p}")));
        }
    }

    fn benefits(&mut self, review: &Review) {
        if review.benefits.is_empty() {
            return;
        }
        self.title("What good it may do");
        for b in &review.benefits {
            let numbers = self.sources.numbers(&b.evidence);
            let indication = b.indication.as_ref().map(|i| format!(" for {i}")).unwrap_or_default();
            self.hanging(
                2,
                4,
                &format!(
                    "{}{indication}: {} {}",
                    b.substance.name,
                    b.statements.join(" "),
                    brackets(&numbers)
                ),
            );
        }
    }

    fn education(&mut self, review: &Review) {
        if review.education.is_empty() {
            return;
        }
        self.title("What to tell the patient");
        for e in &review.education {
            let numbers = self.sources.numbers(&e.evidence);
            self.hanging(2, 4, &format!("{}: {} {}", e.topic, e.text, brackets(&numbers)));
        }
    }

    fn follow_up(&mut self, review: &Review, kb: &KnowledgeBase) {
        if review.follow_up.is_empty() {
            return;
        }
        self.title("Next looks");
        for f in &review.follow_up {
            let n = f.source.as_deref().map(|s| self.sources.reference(s, kb));
            let n = n.map(|n| format!(" [{n}]")).unwrap_or_default();
            self.hanging(2, 14, &format!("{}  {} ({}){n}", f.due, f.what, f.why));
        }
    }

    fn silenced(&mut self, review: &Review) {
        if review.silenced.is_empty() {
            return;
        }
        self.title("Silenced");
        for s in &review.silenced {
            self.hanging(2, 4, &format!("{} ({}): {}", s.title, s.rule, s.why));
        }
    }

    fn taken(&mut self, exposures: &[ExposureSummary]) {
        if exposures.is_empty() {
            return;
        }
        if self.o.explain {
            self.title("What counts as taken, and why");
            for e in exposures {
                let name = format!("{} [{}]: {}{}", e.substance.name, e.state, e.product, dose(e));
                self.hanging(2, 4, &name);
                self.line(4, &format!("{}; recognised by {}; {}", e.why, e.resolved_by, e.path));
            }
            return;
        }
        let past = exposures.iter().filter(|e| e.state == "past").count();
        let mut names: Vec<&str> = exposures
            .iter()
            .filter(|e| !matches!(&*e.state, "past" | "stop-order" | "proposed"))
            .map(|e| e.substance.name.as_str())
            .collect();
        names.dedup();
        self.title("Counted as taken");
        let now = if names.is_empty() { "nothing at this date".to_owned() } else { names.join(", ") };
        let ended = if past == 0 { String::new() } else { format!("; {past} past entries") };
        self.hanging(2, 4, &format!("{now}{ended} (--explain says why)"));
    }

    fn not_assessed(&mut self, review: &Review) {
        self.title("Not assessed");
        if review.not_assessed.is_empty() {
            self.line(2, "Nothing: every entry was recognised and no rule lacked what it needs.");
        }
        for n in &review.not_assessed {
            let rules = if self.o.explain && !n.rules.is_empty() {
                format!(" (rules: {})", n.rules.join(", "))
            } else {
                String::new()
            };
            self.hanging(2, 4, &format!("{}: {}{rules}", n.what, n.why));
        }
    }

    fn sources(&mut self) {
        let list = std::mem::take(&mut self.sources.list);
        if list.is_empty() {
            return;
        }
        self.title("Sources");
        for (i, s) in list.iter().enumerate() {
            let mut words: Vec<&str> = s.places.iter().map(|p| p.1.as_str()).collect();
            words.sort_unstable();
            words.dedup();
            let lead = s.places.first().map_or(posology_model::Confidence::Secondary, |p| p.1);
            let places: Vec<&str> = s.places.iter().map(|p| p.0.as_str()).filter(|p| !p.is_empty()).collect();
            let at = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
            self.hanging(2, 7, &format!("{:<4} {}{at}", format!("[{}]", i + 1), s.title));
            let url = s.url.as_deref().map(|u| format!(" · {}", clean(u))).unwrap_or_default();
            let _ = writeln!(
                self.out,
                "       {}{}",
                paint(confidence(lead), &words.join(" and ")),
                paint(DIM, &url)
            );
            if self.o.explain {
                for (place, _, printed) in &s.places {
                    if let Some(p) = printed {
                        self.hanging(7, 9, &format!("{place}: \"{p}\""));
                    }
                }
            }
        }
    }
}

/// A dose for people: `, 30 mg a day`.
fn dose(e: &ExposureSummary) -> String {
    let n = |x: f64| {
        let r = (x * 100.0).round() / 100.0;
        format!("{r}")
    };
    match e.daily_mg {
        None => String::new(),
        Some((lo, hi)) if (hi - lo).abs() < 1e-9 => format!(", {} mg a day", n(hi)),
        Some((lo, hi)) if lo <= 0.0 => format!(", up to {} mg a day", n(hi)),
        Some((lo, hi)) => format!(", {} to {} mg a day", n(lo), n(hi)),
    }
}

/// Whole sentences that fit into the lines allowed, at least one; whether something was left out.
fn shorten(text: &str, width: usize) -> (String, bool) {
    if wrap(text, width).len() <= DETAIL_LINES {
        return (text.to_owned(), false);
    }
    let mut kept = String::new();
    let mut rest = text;
    while let Some(end) = rest.find(". ").map(|i| i + 2) {
        let longer = format!("{kept}{}", &rest[..end]);
        if !kept.is_empty() && wrap(&format!("{longer}[...]"), width).len() > DETAIL_LINES {
            break;
        }
        kept = longer;
        rest = &rest[end..];
    }
    if kept.is_empty() || rest.trim().is_empty() {
        return (text.to_owned(), false);
    }
    (format!("{kept}[...]"), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_cut_between_sentences_only() {
        let text = "First sentence that is here. Second one, a little longer than that. Third. Fourth sentence to the end.";
        for w in 10..120 {
            let (short, cut) = shorten(text, w);
            assert_eq!(cut, short != text);
            assert!(short.starts_with("First sentence that is here."));
            assert!(!cut || short.ends_with(". [...]"), "{short}");
        }
        let one = "a sentence without any end that goes on and on and on";
        assert_eq!(shorten(one, 10), (one.to_owned(), false));
    }
}
