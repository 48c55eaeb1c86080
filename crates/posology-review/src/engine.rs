//! Runs the rules and ranks what they find.
use crate::context::Context;
use crate::draft::Findings;
use crate::registry::RULES;
use crate::rule::{ClinicalContext, Need, Rule, RuleStatus};
use crate::settings::{Settings, Suppression};
use crate::taken::{is_current, why};
use crate::{benefit, education, follow_up};
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, Origin, ResolvedCase, SubstanceIx};
use posology_model::{
    Confidence, Date, ExposureSummary, Finding, Message, NotAssessed, Review, Severity, Silenced, Word,
};
use std::collections::BTreeMap;

/// Reviews a resolved case at the date of the settings. Never panics, reads no clock, gives the same answer for the same input.
pub fn review(case: &ResolvedCase, kb: &KnowledgeBase, settings: &Settings) -> Review {
    let ctx = Context::new(case, kb, settings);
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    let mut not_assessed = case.not_assessed.clone();
    let mut silenced: Vec<Silenced> = Vec::new();
    let mut unmet: Vec<(Need, Vec<&'static str>)> = Vec::new();
    for (k, rule) in RULES.iter().enumerate() {
        if rule.status == RuleStatus::Deprecated || !(rule.applies)(&ctx) {
            continue;
        }
        let missing: Vec<Need> = rule.needs.iter().copied().filter(|n| !ctx.meets(*n)).collect();
        if !missing.is_empty() {
            for n in missing {
                match unmet.iter_mut().find(|(m, _)| *m == n) {
                    Some((_, rules)) => rules.push(rule.id),
                    None => unmet.push((n, vec![rule.id])),
                }
            }
            continue;
        }
        let mut out = Findings::new(rule.id);
        (rule.check)(&ctx, &mut out);
        not_assessed.append(&mut out.not_assessed);
        for f in out.list {
            match silence(rule, &f, &ctx) {
                Some(why) => silenced.push(Silenced { rule: f.rule.clone(), title: f.title.clone(), why }),
                None => findings.push((k, f)),
            }
        }
    }
    for (need, rules) in unmet {
        let (what, why) = need.missing();
        not_assessed.push(NotAssessed {
            what: what.into(),
            why: why.into(),
            rules: rules.into_iter().map(Word::Borrowed).collect(),
        });
    }
    add_general_gaps(&ctx, &mut not_assessed);
    // Gravest first; a finding about the order before one about the record; then the order of the registry.
    findings.sort_by(|(i, a), (j, b)| {
        (std::cmp::Reverse(a.severity), !a.about_order, i, &a.substances).cmp(&(
            std::cmp::Reverse(b.severity),
            !b.about_order,
            j,
            &b.substances,
        ))
    });
    let mut findings: Vec<Finding> = findings.into_iter().map(|(_, f)| f).collect();
    let interruption = interrupt(&mut findings);
    merge_gaps(&mut not_assessed);
    silenced.sort();
    Review {
        as_of: settings.as_of,
        knowledge_version: kb.version().to_owned(),
        jurisdiction: match settings.jurisdiction {
            Jurisdiction::Us => "us".into(),
            Jurisdiction::Uk => "uk".into(),
        },
        interruption,
        benefits: benefit::benefits(&ctx),
        education: education::education(&ctx),
        follow_up: follow_up::follow_up(&ctx),
        exposures: summaries(&ctx),
        findings,
        not_assessed,
        silenced,
    }
}

/// Why a finding is silent, or `None`.
fn silence(rule: &Rule, f: &Finding, ctx: &Context<'_>) -> Option<String> {
    if let Some(c) = rule.silent_in.iter().find(|c| ctx.in_context_for(**c, &f.substances)) {
        return Some(format!("the record shows {}, where this does not apply", ClinicalContext::words(*c)));
    }
    if ctx.settings.suppressions.is_empty() {
        return None;
    }
    let print = fingerprint(f, ctx);
    let s: &Suppression = ctx
        .settings
        .suppressions
        .iter()
        .find(|s| s.rule == f.rule && s.fingerprint == print && s.until >= ctx.day())?;
    Some(if s.reason.is_empty() {
        format!("accepted by a clinician until {}; it returns when drugs or doses change", s.until)
    } else {
        format!(
            "accepted by a clinician until {} (\"{}\"); it returns when drugs or doses change",
            s.until, s.reason
        )
    })
}

/// What a suppression is bound to: the drugs behind a finding with their daily doses. It changes when a drug or a dose does.
pub fn fingerprint(f: &Finding, ctx: &Context<'_>) -> String {
    let mut parts: Vec<String> = f
        .substances
        .iter()
        .map(|s| {
            let dose =
                ctx.kb.find(&s.id).and_then(|ix| ctx.taken(Some(ix))).map(|t| (t.daily_mg, t.as_needed));
            match dose {
                Some((Some((lo, hi)), prn)) => format!("{}:{lo}-{hi}{}", s.id, if prn { "p" } else { "" }),
                Some((None, prn)) => format!("{}:?{}", s.id, if prn { "p" } else { "" }),
                None => format!("{}:none", s.id),
            }
        })
        .collect();
    parts.sort();
    parts.join(",")
}

/// Fingerprints of all findings, for a caller that lets a clinician accept one.
pub fn fingerprints(
    review: &Review,
    case: &ResolvedCase,
    kb: &KnowledgeBase,
    settings: &Settings,
) -> Vec<String> {
    let ctx = Context::new(case, kb, settings);
    review.findings.iter().map(|f| fingerprint(f, &ctx)).collect()
}

/// Marks the one finding that may interrupt: the gravest critical one whose evidence is verified.
fn interrupt(findings: &mut [Finding]) -> Option<Message> {
    let at = findings.iter().position(|f| {
        f.severity == Severity::Critical
            && f.evidence.first().is_some_and(|e| e.confidence == Confidence::Verified)
    })?;
    findings[at].interruptive = true;
    let also = findings
        .iter()
        .enumerate()
        .filter(|(i, f)| *i != at && f.severity == Severity::Critical)
        .map(|(_, f)| f.title.clone())
        .collect();
    Some(Message { title: findings[at].title.clone(), also })
}

/// Gaps that belong to no single rule.
/// Prescriptions that the record calls active and whose supply ran out before the day: they count as ended, but whether they are still taken
/// is not known.
fn lapsed(ctx: &Context<'_>) -> Option<NotAssessed> {
    let day = ctx.day();
    let mut ends: BTreeMap<SubstanceIx, Date> = BTreeMap::new();
    for e in ctx.case.exposures.iter().filter(|e| e.said_active && e.origin == Origin::Record) {
        let Some(end) = e.end.filter(|end| *end < day && !is_current(e, day)) else { continue };
        let taken =
            ctx.taken_now(e.substance).is_some() || ctx.after.iter().any(|t| t.substance == e.substance);
        if !taken {
            let last = ends.entry(e.substance).or_insert(end);
            *last = end.max(*last);
        }
    }
    let names: Vec<String> =
        ends.iter().map(|(s, end)| format!("{} (supplied until {end})", ctx.name(*s))).collect();
    (!names.is_empty()).then(|| NotAssessed {
        what: format!("whether these are still taken: {}", names.join(", ")),
        why: "the record calls the prescriptions active, but their supply ended; they were reviewed as not taken".into(),
        rules: Vec::new(),
    })
}

fn add_general_gaps(ctx: &Context<'_>, out: &mut Vec<NotAssessed>) {
    for t in ctx.after.iter().filter(|t| t.dose_missing) {
        let part = t.parts.iter().find(|p| p.daily_mg.is_none());
        let why = match part {
            Some(p) => match (&p.not_understood, p.single_mg, p.times_per_day) {
                (Some(words), ..) => format!("the instruction was not understood at \"{words}\""),
                (None, None, None) => "neither an amount nor a frequency could be read".to_owned(),
                (None, None, Some(_)) => {
                    "the amount of a dose could not be turned into milligrams".to_owned()
                }
                (None, Some(_), None) => "no frequency is recorded".to_owned(),
                (None, Some(_), Some(_)) => "the dose could not be read".to_owned(),
            },
            None => "no dose is recorded".to_owned(),
        };
        let place = part.map_or(String::new(), |p| format!(" ({})", p.path));
        out.push(NotAssessed {
            what: format!("the daily dose of {}{place}", ctx.name(t.substance)),
            why,
            rules: Vec::new(),
        });
    }
    out.extend(lapsed(ctx));
    for e in &ctx.case.exposures {
        if e.origin == Origin::ProposedStop && ctx.taken_now(e.substance).is_none() {
            out.push(NotAssessed {
                what: format!("the stop of {}", ctx.name(e.substance)),
                why: "the record does not show that it is taken at the date of the review".into(),
                rules: Vec::new(),
            });
        }
    }
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        if s.effects.is_empty()
            && s.limits.is_empty()
            && s.contraindications.is_empty()
            && ctx.kb.kinetics(t.substance).is_none()
        {
            out.push(NotAssessed {
                what: s.name.clone(),
                why: "the knowledge holds its identity, but no doses, effects or interactions yet".into(),
                rules: Vec::new(),
            });
        }
    }
    for p in &ctx.case.problems {
        out.push(NotAssessed {
            what: format!("{}: {}", p.path, p.message),
            why: p.remedy.clone(),
            rules: Vec::new(),
        });
    }
    if let Some(d) = ctx.case.person.deceased.filter(|d| *d <= ctx.day()) {
        out.push(NotAssessed {
            what: "the time after death".into(),
            why: format!("the patient died on {d}; the review is of the record only"),
            rules: Vec::new(),
        });
    }
    if !ctx.case.unverified_codes.is_empty() {
        let mut codes = ctx.case.unverified_codes.clone();
        codes.sort();
        codes.dedup();
        out.push(NotAssessed {
            what: format!(
                "{} code(s) that no copy of the code systems here confirms: {}",
                codes.len(),
                codes.join(", ")
            ),
            why: "the drugs were recognised by their text instead; check code and text against each other"
                .into(),
            rules: Vec::new(),
        });
    }
    if ctx.case.entries == 0 && !ctx.has_orders() {
        out.push(NotAssessed {
            what: "medication".into(),
            why: "the record holds no medication entry; that is not the same as taking nothing".into(),
            rules: Vec::new(),
        });
    }
}

/// Parts a gap from the drug it is about; gaps that differ only in the drug become one line.
pub(crate) const OF: &str = " of ";

/// Equal gaps become one, and those that differ only in the drug become one that names all; order is by text, so that it does not depend on
/// the order of rules.
fn merge_gaps(list: &mut Vec<NotAssessed>) {
    list.sort();
    let mut out: Vec<(NotAssessed, Vec<String>)> = Vec::with_capacity(list.len());
    for g in list.drain(..) {
        let limit = !g.rules.is_empty() && g.what.contains("limits");
        let (what, drug) = match g.what.rsplit_once(OF).filter(|_| limit) {
            Some((w, d)) => (w.to_owned(), Some(d.to_owned())),
            None => (g.what.clone(), None),
        };
        match out.iter_mut().find(|(o, _)| o.what == what && o.why == g.why) {
            Some((o, drugs)) => {
                for r in g.rules {
                    if !o.rules.contains(&r) {
                        o.rules.push(r);
                    }
                }
                if let Some(d) = drug.filter(|d| !drugs.contains(d)) {
                    drugs.push(d);
                }
            }
            None => out.push((NotAssessed { what, why: g.why, rules: g.rules }, drug.into_iter().collect())),
        }
    }
    list.extend(out.into_iter().map(|(mut g, drugs)| {
        if !drugs.is_empty() {
            g.what = format!("{}{OF}{}", g.what, crate::words::list(&drugs));
        }
        g
    }));
}

fn summaries(ctx: &Context<'_>) -> Vec<ExposureSummary> {
    let day = ctx.day();
    let stale = ctx.number("stale-entry-days").map(|p| p.value);
    let stopped = |e: &posology_knowledge::Exposure| ctx.stops().any(|s| s.substance == e.substance);
    let mut out: Vec<ExposureSummary> = ctx
        .case
        .exposures
        .iter()
        .map(|e| {
            let state = match e.origin {
                Origin::ProposedStart => "proposed",
                Origin::ProposedStop => "stop-order",
                Origin::Record if !is_current(e, day) => "past",
                Origin::Record if stopped(e) => "to-be-stopped",
                Origin::Record if e.as_needed => "as-needed",
                Origin::Record => "current",
            };
            ExposureSummary {
                substance: ctx.kb.reference(e.substance),
                product: e.product.clone(),
                path: e.path.clone(),
                state: state.into(),
                why: if e.one_assumed {
                    format!("{}; no amount is written, one piece a dose was assumed", why(e, day, stale))
                } else {
                    why(e, day, stale)
                },
                since: e.start,
                until: e.end,
                daily_mg: e.daily_mg,
                resolved_by: e.resolved_by.as_str().into(),
            }
        })
        .collect();
    // Stable order: what counts first, the past last, each in the order of the record.
    out.sort_by_key(|e| e.state == "past");
    out
}
