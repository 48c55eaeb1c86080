#![doc = include_str!("qt_load.md")]
use super::additive::{members, words};
use super::{reported, with_sources};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity, Sex};

/// The rule.
pub static RULE: Rule = Rule {
    id: "qt-load",
    summary: "Drugs that prolong the QT interval together, or one beside risk factors.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| c.kb.has_effect(t.substance, EffectKind::QtProlongation)),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("qt_load.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let m = members(ctx, EffectKind::QtProlongation, 1);
    let known = m.iter().filter(|(_, e)| e.grade >= 2).count();
    let (Some(count), Some(factors), Some(age), Some(k_low), Some(long), Some(critical)) = (
        ctx.number("qt-drug-count"),
        ctx.number("qt-risk-factor-count"),
        ctx.number("qt-risk-age"),
        ctx.number("qt-potassium-max"),
        ctx.number("qtc-prolonged-score"),
        ctx.number("qtc-critical"),
    ) else {
        return;
    };
    let mut risks: Vec<String> = Vec::new();
    if let Some(a) = ctx.age.filter(|a| *a >= age.value) {
        risks.push(format!("age {}", a as i64));
    }
    if ctx.sex == Some(Sex::Female) {
        risks.push("female sex".into());
    }
    if let Some(k) = ctx.value(ctx.known.measure.potassium).filter(|k| *k <= k_low.value) {
        risks.push(format!("potassium {}", num(k)));
    }
    for id in ["long-qt", "heart-failure", "bradycardia", "hypokalaemia", "hypomagnesaemia"] {
        if let Some(c) = ctx.kb.condition(id).filter(|c| ctx.has(Some(*c))) {
            risks.push(ctx.kb.condition_file(c).name.to_lowercase());
        }
    }
    if ctx.any(ctx.known.class.diuretic) {
        risks.push("a diuretic".into());
    }
    let qtc = ctx.dated_value(ctx.known.measure.qtc);
    let measured = qtc.map(|q| q.0);
    if let Some(q) = measured.filter(|q| *q >= long.value) {
        risks.push(format!("QTc {} ms", num(q)));
    }
    let very_long = measured.is_some_and(|q| q >= critical.value) || ctx.has_id("long-qt");
    let taken: Vec<_> = m.iter().map(|(t, _)| *t).collect();
    let pairs = reported(ctx, &taken, &taken, RULE.id);
    // Two drugs of known risk, one of known risk beside two factors, or a QTc that is long already.
    let several = m.len() as f64 >= count.value && known > 0;
    let risky = known > 0 && risks.len() as f64 >= factors.value;
    if !(several || risky || very_long && !m.is_empty() || !pairs.is_empty()) {
        return;
    }
    let base = if very_long && known > 0 || known >= 2 && risks.len() as f64 >= factors.value {
        Severity::Serious
    } else if known >= 2 || risky && m.len() > 1 {
        Severity::Caution
    } else {
        Severity::Note
    };
    let severity = pairs.iter().map(|p| p.severity).fold(base, Severity::max);
    let mut d = Draft::new(severity, format!("QT interval: {}{}", words(ctx, &m), if risks.is_empty() { String::new() } else { format!("; {}", list(&risks)) }))
        .about(ctx, taken.iter().map(|t| t.substance))
        .say(format!("{} lengthen{} the QT interval; the risk of torsades de pointes grows with each further drug and factor.", words(ctx, &m), if m.len() == 1 { "s" } else { "" }));
    for p in pairs.iter().take(2) {
        d = d.say(&p.file.effect);
    }
    d = match qtc {
        Some((q, Some(day))) => {
            d.say(format!("Last QTc on record: {} ms on {day}.", num(q))).figure("qtc_ms", q)
        }
        Some((q, None)) => d.say(format!("QTc on record: {} ms.", num(q))).figure("qtc_ms", q),
        None => {
            out.not_assessed("the QT interval itself", "no current QTc is recorded");
            d
        }
    };
    d = with_sources(d, ctx, &pairs);
    for (_, e) in &m {
        d = d.source(ctx, &e.source, e.confidence);
    }
    out.push(d.parameter(ctx, factors).action(ActionKind::Monitor, "ECG and potassium before the start and once steady; correct potassium and magnesium. Opioid agonist treatment is not withheld for it without weighing both risks."));
}
