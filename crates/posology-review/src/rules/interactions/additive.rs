//! Effects that add up between drugs.
use crate::context::Context;
use crate::taken::Taken;
use crate::words::list;
use posology_knowledge::schema::{EffectFact, EffectKind};
use posology_model::Route;

/// Drugs with an effect of at least a grade, by a route that reaches the body, strongest first.
pub fn members<'c, 'a>(
    ctx: &'c Context<'a>,
    kind: EffectKind,
    grade: u8,
) -> Vec<(&'c Taken<'a>, &'c EffectFact)> {
    let mut out: Vec<(&Taken<'_>, &EffectFact)> = ctx
        .after
        .iter()
        .filter(|t| {
            ctx.kb.has_effect(t.substance, kind)
                && !t
                    .parts
                    .iter()
                    .all(|p| matches!(p.route, Some(Route::Topical | Route::Ophthalmic | Route::Otic)))
        })
        .filter_map(|t| Some((t, ctx.kb.effect(t.substance, kind)?)))
        .filter(|(t, e)| e.grade >= grade && t.by_route(&e.route) != Some(false))
        .collect();
    out.sort_by(|a, b| b.1.grade.cmp(&a.1.grade).then(a.0.substance.cmp(&b.0.substance)));
    out
}

/// Their names.
pub fn words(ctx: &Context<'_>, m: &[(&Taken<'_>, &EffectFact)]) -> String {
    list(m.iter().map(|(t, _)| ctx.name(t.substance)))
}
