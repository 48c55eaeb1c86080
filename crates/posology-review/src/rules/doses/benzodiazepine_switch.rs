#![doc = include_str!("benzodiazepine_switch.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::num;
use posology_knowledge::KnowledgeBase;
use posology_knowledge::SubstanceIx;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "abrupt-benzodiazepine-switch",
    summary: "One benzodiazepine is replaced by another at once: the published tables disagree on what that does to the dose.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.has_orders() && c.any(c.known.class.benzodiazepine),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("benzodiazepine_switch.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let class = |s: SubstanceIx| ctx.known.class.benzodiazepine.is_some_and(|c| ctx.kb.in_class(s, c));
    let Some(old) = ctx.stops().find(|e| class(e.substance)).map(|e| e.substance) else { return };
    let Some(new) = ctx
        .after
        .iter()
        .find(|t| t.state == TakenState::Proposed && class(t.substance) && t.substance != old)
    else {
        return;
    };
    let (Some(from), Some(to)) = (ctx.taken_now(old).and_then(|t| t.daily_high()), new.daily_high()) else {
        return;
    };
    let ratios = by_source(ctx.kb, old, new.substance);
    if ratios.is_empty() {
        return;
    }
    // New dose as per cent of the equivalent of the old one, by source.
    let mut changes: Vec<(String, f64, String)> =
        ratios.into_iter().map(|(name, x, src)| (name, (to / (from * x) - 1.0) * 100.0, src)).collect();
    changes.sort_by(|a, b| a.1.total_cmp(&b.1));
    let most = ctx.number("taper-max-percent");
    let deepest = changes.first().map_or(0.0, |c| c.1);
    let highest = changes.last().map_or(0.0, |c| c.1);
    let too_deep = most.is_some_and(|p| deepest < -p.value);
    let words: Vec<String> = changes
        .iter()
        .map(|(n, c, _)| format!("{n}: {}{} %", if *c >= 0.0 { "+" } else { "" }, num(c.round())))
        .collect();
    let mut d = Draft::new(if too_deep || highest > 25.0 { Severity::Serious } else { Severity::Caution }, format!("{} replaced at once by {}", ctx.name(old), ctx.name(new.substance)))
        .about(ctx, [old, new.substance])
        .say(format!("By the published tables the change means: {}. A lower \"equivalent\" can hide a deep cut, a higher one oversedation.", words.join("; ")))
        .figure("deepest_cut_percent", -deepest)
        .about_order();
    for (_, _, s) in &changes {
        d = d.source(ctx, s, posology_knowledge::schema::Confidence::Secondary);
    }
    if let Some(p) = most {
        d = d.parameter(ctx, p);
    }
    out.push(d.action(ActionKind::Taper, "Replace in stages over one to two weeks, with a look after 5 to 7 days (posology taper --strategy switch)."));
}

/// Milligrams of `to` equivalent to one milligram of `from`, for each source that has both.
fn by_source(kb: &KnowledgeBase, from: SubstanceIx, to: SubstanceIx) -> Vec<(String, f64, String)> {
    let mut out = Vec::new();
    for t in &kb.corpus.equivalence {
        let mg = |s: SubstanceIx| {
            let id = &kb.substance(s).id;
            t.rows
                .iter()
                .find(|r| &r.substance == id)
                .map(|r| ((r.mg[0] + r.mg[1]) / 2.0, r.source.clone()))
                .or_else(|| (id == &t.reference).then(|| (t.reference_mg, format!("{}#table", t.id))))
        };
        if let (Some((a, src_a)), Some((b, src_b))) = (mg(from), mg(to))
            && a > 0.0
        {
            let src = if kb.source(src_a.split('#').next().unwrap_or("")).is_some() { src_a } else { src_b };
            out.push((t.name.clone(), b / a, src));
        }
    }
    out
}
