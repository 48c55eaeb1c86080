#![doc = include_str!("form_not_marketed.md")]
use super::strength_not_marketed::same_form;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{capital, list};
use posology_knowledge::schema::{Product, ProductStatus};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "form-not-marketed",
    summary: "An order names a form or route in which the substance is not marketed here.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().flat_map(|t| &t.parts).any(|p| p.form.is_some()),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("form_not_marketed.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        for p in t.parts.iter().filter(|p| !p.combination) {
            let Some(form) = p.form else { continue };
            let s = ctx.kb.substance(t.substance);
            let marketed = |q: &&Product| ctx.here(&q.jurisdiction) && q.status == ProductStatus::Marketed;
            if s.products.iter().filter(marketed).any(|q| same_form(form, q)) {
                continue;
            }
            // Only a complete list of products can say that one is missing.
            if s.products.is_empty() || !s.products.iter().any(|q| marketed(&q)) {
                continue;
            }
            let has = |q: &Product| same_form(form, q);
            let here: Vec<&Product> =
                s.products.iter().filter(|q| ctx.here(&q.jurisdiction) && has(q)).collect();
            let mut d = match here.first() {
                Some(q) => {
                    let when = q.status_date.as_ref().map(|d| format!(" (since {d})")).unwrap_or_default();
                    Draft::new(
                        Severity::Caution,
                        format!(
                            "{} {} is no longer marketed{when}",
                            capital(&s.name),
                            form.as_str().replace('-', " ")
                        ),
                    )
                    .source(ctx, &q.source, q.confidence)
                    .say(q.note.as_deref().unwrap_or(""))
                }
                None => {
                    let mut forms: Vec<String> = s
                        .products
                        .iter()
                        .filter(|q| ctx.here(&q.jurisdiction) && q.status == ProductStatus::Marketed)
                        .map(|q| q.form.replace('-', " "))
                        .collect();
                    forms.sort();
                    forms.dedup();
                    let mut d = Draft::new(
                        Severity::Caution,
                        format!(
                            "{} is not known to be marketed here as {}",
                            capital(&s.name),
                            form.as_str().replace('-', " ")
                        ),
                    )
                    .say(format!("Forms that the knowledge holds for this market: {}.", list(&forms)));
                    if let Some(q) = s.products.first() {
                        d = d.source(ctx, &q.source, q.confidence);
                    }
                    d
                }
            };
            d = d.about(ctx, [t.substance]).action(ActionKind::Verify, "Ask which product is meant.");
            out.push(d);
            break;
        }
    }
}
