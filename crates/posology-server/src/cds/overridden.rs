//! What a clinician has overridden. A finding that is less than critical is quiet until drugs or doses change. A critical one is not: it interrupts no
//! more, but it stays in sight with the reason and the day, because the next reader may be somebody else.
use crate::app::App;
use crate::store::Override;
use posology_knowledge::ResolvedCase;
use posology_model::{Review, Severity};
use posology_review::{Context, Settings, fingerprint};

/// Takes the critical findings that overrides silenced back into the review, after those that nobody has overridden. Returns the override of each
/// finding that has one, by its index in the review.
pub fn still_shown(
    app: &App,
    case: &ResolvedCase,
    review: &mut Review,
    settings: &Settings,
    accepted: &[Override],
) -> Vec<(usize, Override)> {
    if accepted.is_empty() || review.silenced.is_empty() {
        return Vec::new();
    }
    let loud = Settings { suppressions: Vec::new(), ..settings.clone() };
    let all = app.0.checker.review(case, &app.0.kb, &loud);
    let ctx = Context::new(case, &app.0.kb, &loud);
    let mut out = Vec::new();
    let mut at = review.findings.iter().position(|f| f.severity < Severity::Critical);
    for mut f in all.findings.into_iter().filter(|f| f.severity == Severity::Critical) {
        let print = fingerprint(&f, &ctx);
        let holds = |o: &&Override| f.rule == o.rule && o.fingerprint == print && o.until >= settings.as_of;
        let Some(o) = accepted.iter().find(holds) else { continue };
        f.interruptive = false;
        review.silenced.retain(|s| !(s.rule == f.rule && s.title == f.title));
        let place = at.unwrap_or(review.findings.len());
        review.findings.insert(place, f);
        out.push((place, o.clone()));
        at = Some(place + 1);
    }
    out
}
