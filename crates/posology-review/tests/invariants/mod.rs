//! What holds of every review, whatever the input was. The fuzz targets use the same file.
use posology_knowledge::KnowledgeBase;
use posology_model::{Confidence, Evidence, Finding, NotAssessed, Review, Severity};
use posology_review::rule;
use serde_json::Value;

/// All that is broken, in words; empty for a sound review.
pub fn broken(review: &Review, kb: &KnowledgeBase) -> Vec<String> {
    let mut out = Vec::new();
    for f in &review.findings {
        finding(f, kb, &mut out);
    }
    // A record that says "NaN mg" is quoted as it is.
    let quoted = review.exposures.iter().any(|e| shows_no_number(&e.product).is_some());
    out.retain(|m| !(quoted && m.contains(" shows ")));
    if review.findings.windows(2).any(|w| w[0].severity < w[1].severity) {
        out.push("findings are not ranked by severity".into());
    }
    interruption(review, &mut out);
    for n in &review.not_assessed {
        gap(n, &mut out);
    }
    for s in &review.silenced {
        if rule(&s.rule).is_none() || s.title.trim().is_empty() || s.why.trim().is_empty() {
            out.push(format!("a silenced finding without rule, title or reason: {s:?}"));
        }
    }
    for e in &review.exposures {
        known(&e.substance.id, kb, "an exposure", &mut out);
        if e.why.trim().is_empty() || e.state.is_empty() {
            out.push(format!("exposure without a reason: {e:?}"));
        }
        if let Some((low, high)) = e.daily_mg
            && !(low.is_finite() && high.is_finite() && 0.0 <= low && low <= high)
        {
            out.push(format!("daily dose of {} is {low} to {high} mg", e.substance.id));
        }
    }
    for b in &review.benefits {
        known(&b.substance.id, kb, "a benefit", &mut out);
        b.statements.iter().for_each(|s| words(s, "statement of a benefit", &mut out));
        sources(&b.evidence, "a benefit", &mut out);
    }
    for e in &review.education {
        words(&e.topic, "topic of education", &mut out);
        words(&e.text, "text of education", &mut out);
    }
    for f in &review.follow_up {
        words(&f.what, "follow-up", &mut out);
        words(&f.why, "reason of a follow-up", &mut out);
        if f.due < review.as_of {
            out.push(format!("follow-up due on {} before the review of {}", f.due, review.as_of));
        }
    }
    round_trip(review, &mut out);
    out
}

fn finding(f: &Finding, kb: &KnowledgeBase, out: &mut Vec<String>) {
    if rule(&f.rule).is_none() {
        out.push(format!("finding of an unknown rule {:?}", f.rule));
    }
    words(&f.title, &format!("title of {}", f.rule), out);
    words(&f.detail, &format!("detail of {}", f.rule), out);
    for s in &f.substances {
        known(&s.id, kb, &f.rule, out);
    }
    for a in &f.actions {
        words(&a.text, &format!("action of {}", f.rule), out);
    }
    for (name, value) in &f.figures {
        if !value.is_finite() {
            out.push(format!("figure {name} of {} is {value}", f.rule));
        }
    }
    sources(&f.evidence, &f.rule, out);
}

fn sources(list: &[Evidence], of: &str, out: &mut Vec<String>) {
    for e in list {
        if e.source.trim().is_empty() || e.source_id.trim().is_empty() {
            out.push(format!("evidence of {of} without a source: {e:?}"));
        }
    }
}

fn interruption(review: &Review, out: &mut Vec<String>) {
    let loud: Vec<&Finding> = review.findings.iter().filter(|f| f.interruptive).collect();
    if loud.len() > 1 {
        out.push(format!("{} findings interrupt", loud.len()));
    }
    match (&review.interruption, loud.first()) {
        (None, None) => {}
        (Some(message), Some(f)) => {
            if message.title != f.title {
                out.push(format!("the message says {:?}, the finding {:?}", message.title, f.title));
            }
            let verified = f.evidence.first().is_some_and(|e| e.confidence == Confidence::Verified);
            if f.severity != Severity::Critical || !verified {
                out.push(format!("{} interrupts without being critical and verified", f.rule));
            }
            let others =
                review.findings.iter().filter(|g| g.severity == Severity::Critical && !g.interruptive);
            if !others.map(|g| &g.title).eq(&message.also) {
                out.push("the message does not list every other critical finding".into());
            }
        }
        (message, f) => out.push(format!("message {message:?}, but interruptive finding {f:?}")),
    }
}

fn gap(n: &NotAssessed, out: &mut Vec<String>) {
    if n.what.trim().is_empty() || n.why.trim().is_empty() {
        out.push(format!("not assessed, without what or why: {n:?}"));
    }
    if let Some(r) = n.rules.iter().find(|r| rule(r).is_none()) {
        out.push(format!("not assessed names an unknown rule {r:?}"));
    }
}

fn known(id: &str, kb: &KnowledgeBase, place: &str, out: &mut Vec<String>) {
    if kb.find(id).is_none() {
        out.push(format!("{place} names an unknown substance {id:?}"));
    }
}

/// Text is not blank and shows no number that is none.
fn words(text: &str, place: &str, out: &mut Vec<String>) {
    if text.trim().is_empty() {
        out.push(format!("{place} is blank"));
    }
    if let Some(w) = shows_no_number(text) {
        out.push(format!("{place} shows {w}: {text}"));
    }
}

fn shows_no_number(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphanumeric()).find(|w| matches!(*w, "NaN" | "inf"))
}

/// JSON reads back as the same review; the last bit of a number may differ, as everywhere in JSON.
fn round_trip(review: &Review, out: &mut Vec<String>) {
    let back = serde_json::to_string(review).and_then(|text| serde_json::from_str::<Review>(&text));
    match (back.and_then(serde_json::to_value), serde_json::to_value(review)) {
        (Ok(back), Ok(there)) => {
            if !same(&back, &there) {
                out.push("the review read back from JSON differs".into());
            }
        }
        (Err(e), _) | (_, Err(e)) => out.push(format!("JSON does not read back: {e}")),
    }
}

/// Equal but for the rounding of numbers.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => match (x.as_f64(), y.as_f64()) {
            (Some(x), Some(y)) => x == y || (x - y).abs() <= 1e-15 * x.abs().max(y.abs()),
            _ => false,
        },
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(k, v)| y.get(k).is_some_and(|w| same(v, w)))
        }
        _ => a == b,
    }
}
