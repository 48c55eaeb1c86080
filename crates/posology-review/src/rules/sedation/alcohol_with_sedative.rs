#![doc = include_str!("alcohol_with_sedative.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{list, num};
use posology_knowledge::schema::InteractionFile;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "alcohol-with-sedative",
    summary: "Alcohol is drunk beside a drug that depresses the central nervous system.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| {
        c.any(c.known.class.cns_depressant)
            && (c.drinks_per_day.is_some_and(|d| d > 0.0)
                || c.has_id("alcohol-use-disorder")
                || c.any(c.known.class.alcohol))
    },
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare, ClinicalContext::SupervisedWithdrawal],
    check,
    page: include_str!("alcohol_with_sedative.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(ethanol) = ctx.known.substance.ethanol else { return };
    let mut facts: Vec<&InteractionFile> = Vec::new();
    let mut drugs: Vec<&Taken<'_>> = Vec::new();
    for t in ctx.of(ctx.known.class.cns_depressant).filter(|t| t.substance != ethanol) {
        let mut any = false;
        for (ix, _) in ctx.kb.interactions_between(ethanol, t.substance) {
            let i = ctx.kb.interaction(ix);
            if ctx.here(&i.jurisdiction) && i.reported_by.as_deref() == Some(RULE.id) {
                any = true;
                if !facts.iter().any(|f| f.id == i.id) {
                    facts.push(i);
                }
            }
        }
        if any {
            drugs.push(t);
        }
    }
    if drugs.is_empty() {
        return;
    }
    facts.sort_by_key(|f| std::cmp::Reverse(Severity::from_word(&f.severity)));
    let daily = ctx.drinks_per_day;
    let disorder = ctx.has_id("alcohol-use-disorder");
    let heavy = ctx
        .number("alcohol-daily-with-sedative-serious")
        .is_some_and(|p| daily.is_some_and(|d| d >= p.value));
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let how = match (daily, disorder) {
        (Some(d), true) => format!("{} drinks a day and alcohol use disorder on record", num(d)),
        (Some(d), false) => format!("{} drinks a day on record", num(d)),
        (None, true) => "alcohol use disorder on record; the amount drunk is not".to_owned(),
        (None, false) => "alcohol is recorded as taken; the amount is not".to_owned(),
    };
    let usual = facts.first().and_then(|f| Severity::from_word(&f.severity)).unwrap_or(Severity::Caution);
    let severity =
        if heavy || disorder { usual.max(Severity::Serious) } else { usual.min(Severity::Caution) };
    let mut d = Draft::new(severity, format!("Alcohol beside {names}"))
        .about(ctx, drugs.iter().map(|t| t.substance))
        .say(format!("{}.", crate::words::capital(&how)));
    if let Some(x) = daily {
        d = d.figure("drinks_per_day", x);
    }
    for f in facts.iter().take(2) {
        d = d.say(&f.effect);
    }
    for f in &facts {
        for s in &f.sources {
            d = d.source(ctx, s, f.confidence);
        }
    }
    if let Some(p) = ctx.number("alcohol-daily-with-sedative-serious") {
        d = d.parameter(ctx, p);
    }
    d = d.action(ActionKind::Counsel, "No alcohol while these drugs are taken. Ask first how much is drunk: someone who drinks every day must not stop suddenly without a plan.");
    out.push(d.action(
        ActionKind::Reconsider,
        "Prefer a treatment that does not add to alcohol; if a sedative is needed, smallest dose and supply.",
    ));
}
