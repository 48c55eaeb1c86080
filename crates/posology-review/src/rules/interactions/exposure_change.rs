#![doc = include_str!("exposure_change.md")]
use super::pairs;
use crate::change::{Change, patient};
use crate::context::Context;
use crate::derived::Derived;
use crate::draft::{Draft, Findings};
use crate::expected::{days_of_change, days_words};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{capital, fixed, list};
use posology_kinetics::exposure::{Interval, Organ, Prediction};
use posology_knowledge::SubstanceIx;
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity};

/// The rule for a rise.
pub static RAISED: Rule = Rule {
    id: "exposure-raised",
    summary: "Other drugs raise the predicted exposure of a drug by half or more.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| !c.changes().is_empty(),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check: |ctx, out| check(ctx, out, true),
    page: include_str!("exposure_change.md"),
};

/// The rule for a fall.
pub static LOWERED: Rule = Rule {
    id: "exposure-lowered",
    summary: "Other drugs lower the predicted exposure of a drug by a third or more.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| !c.changes().is_empty(),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check: |ctx, out| check(ctx, out, false),
    page: include_str!("exposure_change.md"),
};

/// Whether the parent or the active total changes enough to be reported.
fn reported(ctx: &Context<'_>, c: &Change<'_>, up: bool) -> bool {
    let (Some(hi), Some(lo)) = (ctx.number("auc-ratio-report"), ctx.number("auc-ratio-lowered-report"))
    else {
        return false;
    };
    let r = [c.parent, c.active];
    if up {
        r.iter().any(|x| *x >= hi.value)
    } else {
        r.iter().all(|x| *x < hi.value) && r.iter().any(|x| *x <= lo.value)
    }
}

/// Whether a change between two substances is reported here, so that the rule of named pairs need not repeat it.
pub fn covers(ctx: &Context<'_>, perpetrator: SubstanceIx, victim: SubstanceIx) -> bool {
    ctx.changes().iter().any(|c| {
        c.victim == victim
            && c.by.contains(&perpetrator)
            && (reported(ctx, c, true) || reported(ctx, c, false))
    })
}

fn check(ctx: &Context<'_>, out: &mut Findings<'_>, up: bool) {
    let Some(derived) = Derived::of(ctx.kb) else { return };
    let patient = patient(ctx);
    for c in ctx.changes().iter().filter(|c| reported(ctx, c, up)) {
        let Some(victim) = ctx.taken(Some(c.victim)) else { continue };
        let Some(prediction) = c.prediction(derived, &patient) else { continue };
        let name = ctx.name(c.victim);
        let by = list(c.by.iter().map(|s| ctx.name(*s)));
        let active = prediction.weighted_sum.unwrap_or(prediction.parent);
        let mut severity = band(ctx, active.ratio, up);
        let mut words: Vec<&str> = Vec::new();
        let mut management: Vec<&str> = Vec::new();
        let mut sources = Vec::new();
        for s in &c.by {
            let Some(t) = ctx.taken(Some(*s)) else { continue };
            for p in pairs(ctx, t, victim) {
                // A pair whose severity a source states: the source's word, not the ratio's.
                if p.file.kind == "pharmacodynamic" || p.b != c.victim {
                    continue;
                }
                severity = severity.max(p.severity);
                words.push(&p.file.effect);
                management.push(&p.file.management);
                sources.extend(p.file.sources.iter().map(|x| (x, p.file.confidence)));
            }
        }
        let figures = match prediction.weighted_sum {
            Some(w) => format!(
                "{} for {name}, {} for {name} with its active metabolites weighted by potency",
                interval(prediction.parent),
                interval(w)
            ),
            None => interval(prediction.parent),
        };
        let title = format!(
            "{} exposure {}-fold {} by {by}",
            capital(name),
            plain(prediction.parent.ratio),
            if up { "raised" } else { "lowered" }
        );
        let mut d = Draft::new(severity, title)
            .about(ctx, std::iter::once(c.victim).chain(c.by.iter().copied()))
            .figure("auc_ratio", prediction.parent.ratio)
            .figure("auc_ratio_low", prediction.parent.low)
            .figure("auc_ratio_high", prediction.parent.high)
            .figure("active_auc_ratio", active.ratio);
        for (s, conf) in sources {
            d = d.source(ctx, s, conf);
        }
        d = d
            .say(format!(
                "Predicted steady-state exposure with everything taken together: {figures} (90 % interval)."
            ))
            .say(reasons(ctx, c, &prediction));
        if let Some(days) = onset(ctx, victim) {
            d = d
                .say(format!(
                    "At an unchanged dose nine tenths of the change come within {} (simulated).",
                    days_words(days)
                ))
                .figure("days_to_90_percent", days);
        }
        for w in words {
            d = d.say(w);
        }
        if !c.assumed.is_empty() {
            d = d.say(format!(
                "The usual dose of {} was assumed.",
                list(c.assumed.iter().map(|s| ctx.name(*s)))
            ));
        }
        if prediction.dose_extrapolated {
            d = d.say("A dose lies outside those measured: extrapolated.");
        }
        for s in std::iter::once(&c.victim).chain(&c.by) {
            if let Some(k) = ctx.kb.kinetics(*s) {
                let roles: Vec<_> = if *s == c.victim {
                    k.substrate.iter().map(|x| (&x.source, x.confidence)).collect()
                } else {
                    k.inhibits
                        .iter()
                        .map(|x| (&x.source, x.confidence))
                        .chain(k.induces.iter().map(|x| (&x.source, x.confidence)))
                        .collect()
                };
                for (r, conf) in roles.into_iter().take(2) {
                    d = d.source(ctx, r, conf);
                }
            }
        }
        if management.is_empty() {
            d = d.action(
                if up { ActionKind::ReduceDose } else { ActionKind::Monitor },
                if up {
                    format!("Choose a drug that does not share the enzyme, or a lower dose of {name} with a look at effect and harm; plan for the day on which {by} stops.")
                } else {
                    format!("{} may fail. Choose another drug, or watch the effect; do not raise a controlled drug for it, and plan for the day on which {by} stops.", capital(name))
                },
            );
        }
        for m in management {
            d = d.action(ActionKind::Reconsider, m.to_owned());
        }
        out.push(d);
    }
}

/// Days until an order has changed the exposure of a drug that is taken already at the same dose.
fn onset(ctx: &Context<'_>, victim: &Taken<'_>) -> Option<f64> {
    let same = ctx.taken_now(victim.substance).is_some_and(|t| t.daily_mg == victim.daily_mg);
    (ctx.has_orders() && same).then(|| days_of_change(ctx, victim, &ctx.now, &ctx.after))?
}

/// Severity by the change of what is active, and by what the drug can do: a ratio alone is never serious for a drug without a grave effect.
fn band(ctx: &Context<'_>, active: f64, up: bool) -> Severity {
    let at = |id: &str| ctx.number(id).map(|p| p.value);
    let (weak, strong) = if up {
        (at("auc-ratio-moderate"), at("auc-ratio-strong"))
    } else {
        (at("auc-ratio-lowered-moderate"), at("auc-ratio-lowered-strong"))
    };
    let beyond = |x: Option<f64>| x.is_some_and(|b| if up { active >= b } else { active <= b });
    if beyond(strong) {
        Severity::Serious
    } else if beyond(weak) {
        Severity::Caution
    } else {
        Severity::Note
    }
}

/// A ratio without its unit.
fn plain(r: f64) -> String {
    if r >= 10.0 {
        fixed(r, 0)
    } else if r >= 1.0 {
        fixed(r, 1)
    } else {
        fixed(r, 2)
    }
}

fn interval(i: Interval) -> String {
    format!("{}-fold ({} to {})", plain(i.ratio), plain(i.low), plain(i.high))
}

fn reasons(ctx: &Context<'_>, c: &Change<'_>, prediction: &Prediction) -> String {
    let parts: Vec<String> = prediction
        .reasons
        .iter()
        .filter(|r| (r.activity - 1.0).abs() > 0.1 && r.share > 0.05 && !r.by.is_empty())
        .take(4)
        .map(|r| {
            let by = list(r.by.iter().filter_map(|i| c.by.get(*i)).map(|s| ctx.name(*s)));
            let organ = match r.organ {
                Organ::Gut => "in the gut wall",
                Organ::Liver => "in the liver",
                Organ::Kidney => "in the kidney",
            };
            format!(
                "{} {organ} carries {} % and keeps {} % of its activity under {by}",
                r.enzyme.name(),
                fixed(r.share * 100.0, 0),
                fixed(r.activity * 100.0, 0)
            )
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
}

/// Whether a substance can do grave harm when its exposure rises (used by rules that weigh a stop of an interacting drug).
pub fn grave(ctx: &Context<'_>, s: SubstanceIx) -> bool {
    [EffectKind::RespiratoryDepression, EffectKind::QtProlongation]
        .into_iter()
        .any(|k| ctx.kb.effect(s, k).is_some_and(|e| e.grade >= 2))
}
