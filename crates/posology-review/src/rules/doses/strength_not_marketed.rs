#![doc = include_str!("strength_not_marketed.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::{capital, list, num};
use posology_knowledge::Exposure;
use posology_knowledge::schema::{Product, ProductStatus};
use posology_model::{ActionKind, Form, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "strength-not-marketed",
    summary: "A product names a strength that is not on the market in that form.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after
            .iter()
            .flat_map(|t| &t.parts)
            .any(|p| p.strength_mg.is_some() || p.mg_per_ml.is_some() || p.mcg_per_hour.is_some())
    },
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("strength_not_marketed.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        for p in t.parts.iter().filter(|p| !p.combination) {
            if let Some((strength, known, source)) = unmarketed(ctx, p) {
                let name = ctx.name(t.substance);
                let form = form_words(p);
                // In an order it can still be mended; in the record it is a question about the record (products come and go).
                let severity =
                    if t.state == TakenState::Proposed { Severity::Serious } else { Severity::Caution };
                let d = Draft::new(severity, format!("{} {strength} {form}: no such product is marketed", capital(name)))
                    .about(ctx, [t.substance])
                    .say(format!("Marketed {form} strengths of {name} here are {known}. An order for a strength that does not exist is misread, or filled with something else."))
                    .source(ctx, &source.source, source.confidence)
                    // Never "two of the smaller": the dose itself may be wrong.
                    .action(ActionKind::Verify, "Ask for the dose that is meant; do not make it up from other strengths before the dose itself is confirmed.");
                out.push(d);
                break;
            }
        }
    }
}

fn form_words(p: &Exposure) -> &'static str {
    match p.form {
        Some(Form::Tablet) => "tablet",
        Some(Form::Capsule) => "capsule",
        Some(Form::Patch) => "patch",
        Some(Form::NasalSpray) => "nasal spray",
        Some(Form::RectalGel) => "rectal gel",
        Some(f) if f.is_liquid() => "liquid",
        Some(Form::ErTablet) => "extended-release tablet",
        Some(Form::ErCapsule) => "extended-release capsule",
        Some(f) => f.as_str(),
        None => "product",
    }
}

/// The strength asked for, the marketed ones in words, and the product whose source speaks for them.
fn unmarketed<'k>(ctx: &Context<'k>, p: &Exposure) -> Option<(String, String, &'k Product)> {
    let form = p.form?;
    let tolerance = ctx.number("strength-tolerance-percent").map_or(0.01, |p| p.value / 100.0);
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance * b.abs();
    // Nearly always the strength exists: that is seen without looking at every product.
    let asked = |q: &Product| match (p.strength_mg, p.mg_per_ml, p.mcg_per_hour) {
        (Some(s), _, _) if !form.is_liquid() => q.strength_mg.is_some_and(|m| near(s, m)),
        (_, Some(c), _) => q.mg_per_ml.is_some_and(|m| near(c, m)),
        (_, _, Some(r)) => q.mcg_per_hour.is_some_and(|m| near(r, m)),
        _ => false,
    };
    let marketed = |q: &&Product| ctx.here(&q.jurisdiction) && q.status == ProductStatus::Marketed;
    let products = &ctx.kb.substance(p.substance).products;
    if products.iter().filter(marketed).any(|q| asked(q) && same_form(form, q)) {
        return None;
    }
    let same: Vec<&Product> = products.iter().filter(marketed).filter(|q| same_form(form, q)).collect();
    // No product of that form known here: `form-not-marketed` speaks.
    let first = *same.first()?;
    let (asked, marketed, unit): (f64, Vec<f64>, &str) = match (p.strength_mg, p.mg_per_ml, p.mcg_per_hour) {
        (Some(s), _, _) if !form.is_liquid() => {
            (s, same.iter().filter_map(|q| q.strength_mg).collect(), "mg")
        }
        (_, Some(c), _) => (c, same.iter().filter_map(|q| q.mg_per_ml).collect(), "mg/mL"),
        (_, _, Some(r)) => (r, same.iter().filter_map(|q| q.mcg_per_hour).collect(), "micrograms/h"),
        _ => return None,
    };
    if marketed.is_empty() || marketed.iter().any(|m| near(asked, *m)) {
        return None;
    }
    let mut m = marketed;
    m.sort_by(f64::total_cmp);
    m.dedup();
    let known = format!("{} {unit}", list(m.iter().map(|x| num(*x))));
    Some((format!("{} {unit}", num(asked)), known, first))
}

/// Whether a product is of the form asked for. "Tablet" and "capsule" without more are any kind of tablet or capsule; liquids by mouth
/// are one group, because solution, suspension and concentrate are mixed up in records.
pub(super) fn same_form(asked: Form, q: &Product) -> bool {
    let Ok(f) = q.form.parse::<Form>() else { return false };
    let liquid = |f: Form| f.is_liquid() && f != Form::Injection;
    f == asked
        || liquid(f) && liquid(asked)
        || asked == Form::Tablet
            && matches!(
                f,
                Form::ErTablet | Form::DrTablet | Form::Odt | Form::ChewableTablet | Form::EffervescentTablet
            )
        || asked == Form::Capsule && matches!(f, Form::ErCapsule | Form::DrCapsule)
}
