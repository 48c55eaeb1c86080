//! What to tell this patient, in plain words, for the clinician to hand over.
use crate::context::Context;
use crate::taken::TakenState;
use posology_knowledge::SubstanceIx;
use posology_knowledge::schema::EducationPoint;
use posology_model::Education;

/// Points about what is proposed, or, where nothing is, about everything taken for which there are any.
pub fn education(ctx: &Context<'_>) -> Vec<Education> {
    let proposed = ctx.after.iter().any(|t| t.state == TakenState::Proposed);
    let mut out: Vec<Education> = Vec::new();
    for file in &ctx.kb.corpus.education {
        for p in &file.points {
            let speaks = ctx
                .after
                .iter()
                .filter(|t| !proposed || t.state == TakenState::Proposed)
                .any(|t| is(ctx, t.substance, &p.subject));
            if !speaks || !with(ctx, p) {
                continue;
            }
            if out.iter().any(|e| e.text == p.text) {
                continue;
            }
            out.push(Education {
                topic: p.topic.clone(),
                text: p.text.clone(),
                evidence: vec![ctx.kb.evidence(&p.source, p.confidence)],
            });
        }
    }
    out
}

fn with(ctx: &Context<'_>, p: &EducationPoint) -> bool {
    p.with.as_deref().is_none_or(|w| {
        ctx.after.iter().any(|t| is(ctx, t.substance, w))
            || (w == "alcohol" || w == "ethanol") && ctx.drinks_per_day.is_some_and(|d| d > 0.0)
    })
}

/// Whether a substance is, or belongs to the class of, a subject.
pub fn is(ctx: &Context<'_>, ix: SubstanceIx, subject: &str) -> bool {
    ctx.kb.substance(ix).id == subject || ctx.kb.class(subject).is_some_and(|c| ctx.kb.in_class(ix, c))
}
