//! Figures of the knowledge about a drug and its classes, and the list of sources behind them.
use super::mark;
use crate::words::{is, number};
use posology_knowledge::schema::{Benefit, Confidence};
use posology_knowledge::{ConditionIx, Exposure, KnowledgeBase, SubstanceIx};
use posology_model::Evidence;
use posology_review::Context;

/// Sources in the order in which they are first named.
pub struct Notes<'k> {
    kb: &'k KnowledgeBase,
    ids: Vec<String>,
}

impl<'k> Notes<'k> {
    pub const fn new(kb: &'k KnowledgeBase) -> Self {
        Self { kb, ids: Vec::new() }
    }

    fn number(&mut self, id: &str) -> usize {
        if let Some(i) = self.ids.iter().position(|x| x == id) {
            return i + 1;
        }
        self.ids.push(id.to_owned());
        self.ids.len()
    }

    /// A sentence with the number of its source.
    pub fn line(&mut self, text: &str, source: &str, confidence: Confidence) -> String {
        let id = source.split('#').next().unwrap_or(source);
        let n = self.number(id);
        format!("{} [{n}{}]", text.trim_end_matches('.'), mark(confidence))
    }

    /// A figure about another condition of the same kind, said to be that.
    pub fn nearest(&mut self, b: &Benefit) -> String {
        self.line(&format!("Nearest evidence: {}", b.text), &b.source, b.confidence)
    }

    /// A figure, said to be relative where it holds nothing absolute.
    pub fn weighed(&mut self, b: &Benefit) -> String {
        let text = b.text.trim_end_matches('.');
        let text = if has_absolute(text) { text.to_owned() } else { format!("{text} (relative figure)") };
        self.line(&text, &b.source, b.confidence)
    }

    /// The number of the first source of a finding, with a space before it.
    pub fn of_evidence(&mut self, evidence: &[Evidence]) -> String {
        let Some(e) = evidence.first() else { return String::new() };
        let n = self.number(&e.source_id);
        let confidence = match e.confidence {
            posology_model::Confidence::Verified => Confidence::Verified,
            posology_model::Confidence::Secondary => Confidence::Secondary,
            posology_model::Confidence::Disputed => Confidence::Disputed,
        };
        format!(" [{n}{}]", mark(confidence))
    }

    /// The list, shortened to what finds the source.
    pub fn items(&self) -> Vec<String> {
        self.ids
            .iter()
            .enumerate()
            .map(|(i, id)| {
                let Some(s) = self.kb.source(id) else { return format!("[{}] {id}", i + 1) };
                let year = s.year.map_or_else(String::new, |y| format!(" {y}"));
                let place = s
                    .pmid
                    .as_ref()
                    .map(|p| format!(" PMID {p}"))
                    .or_else(|| s.doi.as_ref().map(|d| format!(" doi {d}")));
                format!("[{}] {}. {}{year}.{}", i + 1, s.title, s.publisher, place.unwrap_or_default())
            })
            .collect()
    }
}

/// Figures of a kind about a subject (class or substance id), those looked up first.
pub fn of_subject<'k>(kb: &'k KnowledgeBase, subject: &str, kind: &str) -> Vec<&'k Benefit> {
    let education = kb.corpus.education.iter().flat_map(|f| &f.figures);
    let leaflets = kb.corpus.leaflets.iter().flat_map(|f| &f.figures);
    let mut out: Vec<&Benefit> =
        education.chain(leaflets).filter(|b| b.subject == subject && b.kind == kind).collect();
    out.sort_by_key(|b| b.confidence != Confidence::Verified);
    out
}

/// Figures of a kind about a drug or any of its classes.
pub fn about<'k>(
    ctx: &Context<'k>,
    drug: SubstanceIx,
    kind: &str,
    reasons: Option<&[ConditionIx]>,
) -> Vec<&'k Benefit> {
    let kb = ctx.kb;
    let education = kb.corpus.education.iter().flat_map(|f| &f.figures);
    let leaflets = kb.corpus.leaflets.iter().flat_map(|f| &f.figures);
    let mut out: Vec<&Benefit> = education
        .chain(leaflets)
        .filter(|b| b.kind == kind && is(kb, drug, &b.subject) && fits(ctx, b, reasons))
        .collect();
    out.sort_by_key(|b| (!has_absolute(&b.text), b.confidence != Confidence::Verified));
    out
}

/// A share, a number needed, or so many in so many: what a patient can weigh.
fn has_absolute(text: &str) -> bool {
    let t = text.to_lowercase();
    [
        "in 100",
        "of 100",
        "one in ",
        "more in ",
        "more person in",
        "% of people",
        "% died",
        "% improved",
        "minutes",
        "number needed",
    ]
    .iter()
    .any(|w| t.contains(w))
}

/// Whether a figure is about a condition that shares a broader one with a reason.
pub fn near(ctx: &Context<'_>, b: &Benefit, reasons: &[ConditionIx]) -> bool {
    let Some(c) = b.condition.as_deref().and_then(|c| ctx.kb.condition(c)) else { return false };
    let wider = ctx.kb.condition_and_broader(c);
    reasons.iter().any(|r| ctx.kb.condition_and_broader(*r).iter().any(|x| wider.contains(x)))
}

/// Whether a figure is about one of the reasons, or about no condition; harms hold whatever the reason.
pub fn fits(ctx: &Context<'_>, b: &Benefit, reasons: Option<&[ConditionIx]>) -> bool {
    let (Some(reasons), Some(condition)) = (reasons, b.condition.as_deref()) else { return true };
    let Some(c) = ctx.kb.condition(condition) else { return false };
    // A trial in a narrower condition speaks, as the nearest there is, for the broader one.
    reasons.iter().any(|r| {
        ctx.kb.condition_and_broader(*r).contains(c.at()) || ctx.kb.condition_and_broader(c).contains(r.at())
    })
}

/// Onset of the drug by the route of the order.
pub fn onset(ctx: &Context<'_>, drug: SubstanceIx, e: &Exposure, notes: &mut Notes<'_>) -> Vec<String> {
    let range = |r: [f64; 2]| {
        if r[0] == r[1] { number(r[0]) } else { format!("{} to {}", number(r[0]), number(r[1])) }
    };
    let mut out: Vec<String> = Vec::new();
    for o in ctx.kb.substance(drug).onsets.iter().filter(|o| e.route.is_none_or(|r| r.as_str() == o.route)) {
        let mut parts = Vec::new();
        parts.extend(o.onset_min.map(|x| format!("first effect after {} min", range(x))));
        parts.extend(o.peak_h.map(|x| format!("peak after {} h", range(x))));
        parts.extend(o.half_life_h.map(|x| format!("half-life {} h", range(x))));
        parts.extend(o.active_metabolite.as_ref().map(|m| format!("active metabolite {m}")));
        if !parts.is_empty() {
            out.push(notes.line(&format!("{}: {}", o.route, parts.join(", ")), &o.source, o.confidence));
        }
    }
    for b in about(ctx, drug, "onset", None) {
        out.push(notes.line(&b.text, &b.source, b.confidence));
    }
    out
}

/// Falls in absolute terms from the age of 65: the background of the knowledge under the odds ratio of the knowledge, said to be derived.
pub fn falls(ctx: &Context<'_>, drug: SubstanceIx, notes: &mut Notes<'_>) -> Vec<String> {
    if ctx.age.is_none_or(|a| a < 65.0) {
        return Vec::new();
    }
    let odds = about(ctx, drug, "harm-of-use", None).into_iter().find(|b| b.text.contains("odds of a fall"));
    let base =
        about(ctx, drug, "baseline", None).into_iter().find(|b| b.condition.as_deref() == Some("falls"));
    let (Some(odds), Some(base)) = (odds, base) else { return Vec::new() };
    let (Some(or), Some(p)) = (first_number(&odds.text), first_number(&base.text)) else { return Vec::new() };
    let Some(with) = under_odds_ratio(p / 100.0, or) else { return Vec::new() };
    let text = format!(
        "Derived: of 100 people like this, about {} fall in a year without it and about {} with it, were the whole odds ratio due to the drug",
        number(p.round()),
        number((with * 100.0).round())
    );
    vec![notes.line(&text, &base.source, Confidence::Secondary)]
}

/// The first number of a sentence that has a decimal point: figures here have one, ages do not.
fn first_number(text: &str) -> Option<f64> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|w| w.trim_matches('.'))
        .find(|w| w.contains('.'))?
        .parse()
        .ok()
        .filter(|x: &f64| x.is_finite() && *x > 0.0)
}

/// Risk under an odds ratio; `None` outside 0 to 1.
pub fn under_odds_ratio(risk: f64, odds_ratio: f64) -> Option<f64> {
    let with = odds_ratio * risk / (1.0 - risk + odds_ratio * risk);
    (risk > 0.0 && risk < 1.0 && odds_ratio > 0.0 && with.is_finite()).then_some(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risk_under_an_odds_ratio() {
        // 27.6 of 100 at odds 0.3812; times 1.42 is 0.5413; 0.5413 / 1.5413.
        assert!((under_odds_ratio(0.276, 1.42).expect("in range") - 0.3512).abs() < 1e-4);
        assert_eq!(under_odds_ratio(1.0, 2.0), None);
        assert_eq!(under_odds_ratio(0.2, f64::NAN), None);
        assert_eq!(first_number("Older adults: 65, the odds are 1.42 times as high."), Some(1.42));
        assert_eq!(first_number("nothing"), None);
    }
}
