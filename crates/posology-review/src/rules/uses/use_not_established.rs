#![doc = include_str!("use_not_established.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::{Taken, TakenState};
use crate::uses_for;
use crate::words::capital;
use posology_knowledge::ConditionIx;
use posology_knowledge::schema::UseBasis;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "use-not-established",
    summary: "A drug is taken or ordered for a use that is off-label, recommended against, or not known to the knowledge.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after.iter().any(|t| {
            !c.kb.substance(t.substance).uses.is_empty() && t.parts.iter().any(|p| !p.reasons.is_empty())
        })
    },
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("use_not_established.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        // Only where the knowledge holds uses at all can one be missing from it.
        if !s.uses.iter().any(|u| ctx.here(&u.jurisdiction)) {
            continue;
        }
        let mut seen: Vec<ConditionIx> = Vec::new();
        for p in &t.parts {
            for r in &p.reasons {
                if seen.contains(r) {
                    continue;
                }
                seen.push(*r);
                let uses = uses_for(ctx, p, *r);
                let condition = ctx.kb.condition_file(*r);
                let name = condition.name.to_lowercase();
                let best = uses.first();
                let d = match best.map(|u| u.basis) {
                    Some(UseBasis::Labelled | UseBasis::Guideline) => continue,
                    Some(UseBasis::NotRecommended) => Draft::new(
                        Severity::Caution,
                        format!("{} for {name} is recommended against", capital(&s.name)),
                    ),
                    Some(UseBasis::OffLabel) => {
                        Draft::new(off_label(ctx, t), format!("{} for {name} is off-label", capital(&s.name)))
                    }
                    None => Draft::new(
                        Severity::Note,
                        format!("{} for {name}: no such use in the knowledge", capital(&s.name)),
                    ),
                };
                let mut d = d
                    .about(ctx, [t.substance])
                    .say(format!("The record gives {name} as the reason for {}.", s.name));
                if let Some(u) = best {
                    d = d.source(ctx, &u.source, u.confidence);
                    if let Some(n) = &u.note {
                        d = d.say(n);
                    }
                } else if let Some(u) = s.uses.iter().find(|u| ctx.here(&u.jurisdiction)) {
                    d = d.say(format!("The uses held for {} here do not include it; that may be a gap of the knowledge.", s.name)).source(ctx, &u.source, u.confidence);
                }
                let first: Vec<_> = first_line(ctx, *r);
                for f in &first {
                    d = d.source(ctx, &f.source, f.confidence);
                }
                if !first.is_empty() {
                    d = d.action(
                        ActionKind::Reconsider,
                        format!(
                            "First-line for {name}: {}",
                            first.iter().map(|f| f.text.trim_end_matches('.')).collect::<Vec<_>>().join("; ")
                        ),
                    );
                }
                d = d.action(
                    ActionKind::Counsel,
                    "If it is used all the same, record why, for how long, and what the patient was told.",
                );
                out.push(d);
            }
        }
    }
}

/// First-line treatments of a condition here; of a broader one where the condition itself has none.
fn first_line<'k>(ctx: &Context<'k>, c: ConditionIx) -> Vec<&'k posology_knowledge::schema::FirstLine> {
    let own = |c: ConditionIx| -> Vec<_> {
        ctx.kb.condition_file(c).first_line.iter().filter(|f| ctx.here(&f.jurisdiction)).collect()
    };
    let mine = own(c);
    if !mine.is_empty() {
        return mine;
    }
    ctx.kb
        .condition_and_broader(c)
        .iter()
        .map(|i| own(ConditionIx(i as u16)))
        .find(|v| !v.is_empty())
        .unwrap_or_default()
}

/// Off-label is common and often right; it is a caution only where a drug that causes dependence is to be started for it.
fn off_label(ctx: &Context<'_>, t: &Taken<'_>) -> Severity {
    if t.state == TakenState::Proposed && crate::rules::dependence::early_refill::controlled(ctx, t.substance)
    {
        Severity::Caution
    } else {
        Severity::Note
    }
}
