#![doc = include_str!("population.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::{Taken, TakenState};
use crate::words::{capital, num};
use posology_knowledge::schema::{ContraindicationStrength, PopulationFact, PopulationGroup};
use posology_model::{ActionKind, Severity, Sex};

macro_rules! population_rule {
    ($(#[$m:meta])* $name:ident, $id:literal, $summary:literal, $group:ident, $applies:expr, $words:literal) => {
        $(#[$m])*
        pub static $name: Rule = Rule {
            id: $id,
            summary: $summary,
            family: Family::Uses,
            status: RuleStatus::Stable,
            applies: |c| $applies(c) && c.after.iter().any(|t| c.kb.substance(t.substance).populations.iter().any(|p| p.group == PopulationGroup::$group)),
            needs: &[],
            silent_in: &[ClinicalContext::IntensiveCare],
            check: |ctx, out| check(ctx, out, PopulationGroup::$group, $words),
            page: include_str!("population.md"),
        };
    };
}

population_rule!(
    /// The rule for pregnancy.
    PREGNANCY, "pregnancy-exposure", "A drug with a statement for pregnancy is taken or ordered in pregnancy.", Pregnancy,
    |c: &Context<'_>| c.has_id("pregnancy"), "pregnancy"
);
population_rule!(
    /// The rule for breastfeeding.
    LACTATION, "lactation-exposure", "A drug with a statement for breastfeeding is taken or ordered while breastfeeding.", Lactation,
    |c: &Context<'_>| c.has_id("lactation"), "breastfeeding"
);
population_rule!(
    /// The rule for the liver.
    HEPATIC, "hepatic-impairment-exposure", "A drug with a statement for liver disease is taken or ordered in liver disease.", HepaticImpairment,
    |c: &Context<'_>| c.has_id("hepatic-impairment"), "liver disease"
);
population_rule!(
    /// The rule for the kidney.
    RENAL, "renal-impairment-exposure", "A drug with a statement for kidney disease is taken or ordered in kidney disease.", RenalImpairment,
    |c: &Context<'_>| c.kidney_impaired(), "kidney disease"
);
population_rule!(
    /// The rule for children.
    CHILD, "child-exposure", "A drug with a statement for children is taken or ordered by a child.", Child,
    |c: &Context<'_>| matches!((c.age, c.number("adult-age")), (Some(a), Some(p)) if a < p.value), "a child"
);
population_rule!(
    /// The rule for the newborn.
    NEONATE, "neonate-exposure", "A drug with a statement for the newborn is taken or ordered in the first four weeks of life.", Neonate,
    |c: &Context<'_>| matches!((c.age, c.number("neonate-days")), (Some(a), Some(p)) if a * 365.25 <= p.value), "a newborn"
);

fn check(ctx: &Context<'_>, out: &mut Findings<'_>, group: PopulationGroup, words: &str) {
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        let mut facts: Vec<&PopulationFact> =
            s.populations.iter().filter(|p| p.group == group && ctx.here(&p.jurisdiction)).collect();
        if facts.is_empty() {
            continue;
        }
        facts.sort_by_key(|f| rank(f.strength));
        let strongest = facts[0];
        let severity = match (strongest.strength, group) {
            (ContraindicationStrength::Contraindicated, _) => Severity::Serious,
            (ContraindicationStrength::Avoid, _) => Severity::Caution,
            (ContraindicationStrength::Caution, _) => Severity::Note,
        };
        let mut d =
            Draft::new(severity, format!("{} in {words}", capital(&s.name))).about(ctx, [t.substance]);
        for f in &facts {
            d = d.say(&f.text).source(ctx, &f.source, f.confidence);
            if let Some(a) = &f.adjustment {
                d = d.action(
                    ActionKind::ReduceDose,
                    format!("Advised: {} % of the usual dose.", num(a.fraction * 100.0)),
                );
            }
        }
        if group == PopulationGroup::HepaticImpairment {
            d = prefer(ctx, t, d);
        }
        d = match (group, t.state) {
            (PopulationGroup::Pregnancy, TakenState::Current) => d.action(
                ActionKind::Continue,
                "Do not stop at once; plan with the patient and the obstetric team.",
            ),
            (_, TakenState::Proposed) => {
                d.action(ActionKind::Reconsider, "Weigh it against the alternatives before the first dose.")
            }
            _ => d.action(ActionKind::Monitor, "Review dose and need."),
        };
        out.push(d);
    }
}

/// In liver disease lorazepam, oxazepam and temazepam are preferred among the benzodiazepines: they are not oxidised.
fn prefer(ctx: &Context<'_>, t: &Taken<'_>, d: Draft) -> Draft {
    let preferred =
        [ctx.known.substance.lorazepam, ctx.known.substance.oxazepam, ctx.known.substance.temazepam];
    let benzodiazepine = ctx.known.class.benzodiazepine.is_some_and(|c| ctx.kb.in_class(t.substance, c));
    if benzodiazepine
        && !preferred.contains(&Some(t.substance))
        && ctx.kb.substance(t.substance).id != "flumazenil"
    {
        d.action(ActionKind::Reconsider, "If a benzodiazepine is needed, lorazepam, oxazepam or temazepam are conjugated directly and preferred.")
    } else {
        d
    }
}

const fn rank(s: ContraindicationStrength) -> u8 {
    match s {
        ContraindicationStrength::Contraindicated => 0,
        ContraindicationStrength::Avoid => 1,
        ContraindicationStrength::Caution => 2,
    }
}

/// The rule that pregnancy is not known.
pub static PREGNANCY_UNKNOWN: Rule = Rule {
    id: "pregnancy-status-unknown",
    summary: "A drug that is contraindicated in pregnancy is ordered for a woman of childbearing age whose pregnancy status is not recorded.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| c.sex == Some(Sex::Female) && c.after.iter().any(|t| t.state == TakenState::Proposed),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check: pregnancy_unknown,
    page: include_str!("population.md"),
};

fn pregnancy_unknown(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(age), Some(from), Some(to)) =
        (ctx.age, ctx.number("childbearing-age-from"), ctx.number("childbearing-age-to"))
    else {
        return;
    };
    if age < from.value
        || age > to.value
        || ctx.has_id("pregnancy")
        || ctx.answer(ctx.kb.measure("pregnancy-status")).is_some()
    {
        return;
    }
    for t in ctx.after.iter().filter(|t| t.state == TakenState::Proposed) {
        let s = ctx.kb.substance(t.substance);
        let stated = s
            .populations
            .iter()
            .filter(|p| {
                p.group == PopulationGroup::Pregnancy
                    && p.strength == ContraindicationStrength::Contraindicated
                    && ctx.here(&p.jurisdiction)
            })
            .map(|p| (p.text.as_str(), &p.source, p.confidence));
        let listed = s
            .contraindications
            .iter()
            .filter(|c| {
                c.condition == "pregnancy"
                    && c.strength == ContraindicationStrength::Contraindicated
                    && ctx.here(&c.jurisdiction)
            })
            .map(|c| (c.note.as_deref().unwrap_or(""), &c.source, c.confidence));
        let fact = stated.chain(listed).next();
        if let Some((text, source, confidence)) = fact {
            out.push(
                Draft::new(Severity::Caution, format!("{}: pregnancy not asked", capital(&s.name)))
                    .about(ctx, [t.substance])
                    .say("It is contraindicated in pregnancy, and neither pregnancy nor its exclusion is recorded.")
                    .say(text)
                    .source(ctx, source, confidence)
                    .action(ActionKind::Verify, "Ask, test where needed, and speak about contraception."),
            );
        }
    }
}
