//! From a request to a plan.
use crate::error::TaperError;
use crate::falls::mark_falls;
use crate::guidance::Rules;
use crate::mass::{Mass, number, percent};
use crate::outlook::{Advice, advice};
use crate::plan::*;
use crate::request::Request;
use crate::schedule::{Ending, From, Period, schedule};
use crate::stock::Stock;
use crate::supply::{supplies, totals};
use crate::switch::{Switch, switch};
use crate::warnings::{general_warnings, product_warnings};
use posology_knowledge::schema::{Jurisdiction, LimitKind, Syringe, TaperBase, TaperStrategy};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::history::plus_days;
use posology_model::{Date, NotAssessed};

/// A dose beyond this multiple of the highest known one is a slip of the pen.
const SLIP: f64 = 20.0;

/// Makes a plan.
///
/// # Errors
/// [`TaperError`], with the value and what is possible instead. A plan that cannot reach its goal with the products there are is no error: it
/// says so.
pub fn plan(kb: &KnowledgeBase, request: &Request) -> Result<Plan, TaperError> {
    let ix = check(kb, request)?;
    let advice = advice(kb, ix, request);
    let cautious = advice.risks.iter().any(|x| x.kind == "slower");
    let rules = Rules::choose(kb, ix, request, cautious)?;
    let stock = stock(kb, ix, request)?;
    let goal = Mass::from_mg(request.goal_mg).unwrap_or(Mass::ZERO);
    let now = Mass::from_mg(request.daily_mg).ok_or(TaperError::NoDose(request.daily_mg))?;
    let times = request.times_per_day as usize;
    if rules.strategy == TaperStrategy::Switch {
        return with_switch(kb, request, ix, advice, &rules, &stock, goal);
    }
    let ed50 = occupancy(kb, ix, rules.strategy)?;
    let from = From { original: now, now, date: request.start, times };
    let (periods, ending) = schedule(&rules, &stock, from, goal, ed50, &[])?;
    let steps = to_steps(kb, ix, &stock, &rules, &periods, now);
    let mut warnings = Vec::new();
    product_warnings(&stock, &steps, now, times, &mut warnings);
    Ok(assemble(kb, request.clone(), ix, ix, advice, &rules, None, steps, ending, warnings, Vec::new()))
}

/// Checks what can be checked without guidance.
pub(crate) fn check(kb: &KnowledgeBase, r: &Request) -> Result<SubstanceIx, TaperError> {
    let ix = kb.find(&r.substance).ok_or_else(|| TaperError::UnknownSubstance(r.substance.clone()))?;
    if !(r.daily_mg.is_finite() && r.daily_mg > 0.0) {
        return Err(TaperError::NoDose(r.daily_mg));
    }
    if !(1..=8).contains(&r.times_per_day) {
        return Err(TaperError::DosesPerDay(r.times_per_day));
    }
    for d in [r.as_of, r.start] {
        if !(1900..=2200).contains(&d.year()) {
            return Err(TaperError::DateOutOfRange(d));
        }
    }
    if r.start < r.as_of {
        return Err(TaperError::StartInPast { start: r.start, as_of: r.as_of });
    }
    let range = |parameter, value, allowed| Err(TaperError::Range { parameter, value, allowed });
    if !(r.goal_mg.is_finite() && r.goal_mg >= 0.0) {
        return range("the goal", r.goal_mg, "0 mg or more");
    }
    if let Some(m) = r.syringe_mark_ml.filter(|m| !(m.is_finite() && (0.01..=5.0).contains(m))) {
        return range("the mark of the syringe", m, "0.01 to 5 mL");
    }
    if r.goal_mg >= r.daily_mg {
        return Err(TaperError::GoalNotBelow { goal_mg: r.goal_mg, daily_mg: r.daily_mg });
    }
    let s = kb.substance(ix);
    let limits = s.limits.iter().filter(|l| l.kind == LimitKind::DailyMax).filter_map(|l| l.mg);
    let uses = s.uses.iter().filter_map(|u| u.daily_mg.map(|d| d[1]));
    let strongest = s.products.iter().filter_map(|p| p.strength_mg);
    let highest = limits.chain(uses).chain(strongest).fold(0.0, f64::max);
    let too_high = if highest > 0.0 { r.daily_mg > SLIP * highest } else { r.daily_mg > 1e5 };
    if too_high {
        return Err(TaperError::DoseTooHigh {
            substance: s.name.clone(),
            daily_mg: r.daily_mg,
            highest_mg: highest,
            times: SLIP,
        });
    }
    Ok(ix)
}

/// The products.
pub(crate) fn stock(kb: &KnowledgeBase, ix: SubstanceIx, r: &Request) -> Result<Stock, TaperError> {
    let s = kb.substance(ix);
    let syringes: Vec<Syringe> = kb.corpus.tapers.iter().flat_map(|f| f.syringes.iter().cloned()).collect();
    let form = if s.id == r.substance { r.form.as_deref() } else { None };
    let stock = Stock::new(s, r.jurisdiction, form, &syringes, r.syringe_mark_ml);
    if stock.items.is_empty() {
        let list: Vec<String> = s.products.iter().map(|p| format!("{} ({})", p.form, p.route)).collect();
        return Err(TaperError::NoProduct {
            substance: s.name.clone(),
            country: match r.jurisdiction {
                Jurisdiction::Us => "the US",
                Jurisdiction::Uk => "the UK",
            },
            products: if list.is_empty() { "there is no product at all".into() } else { list.join(", ") },
        });
    }
    Ok(stock)
}

/// Half-occupancy dose, where the strategy needs it.
pub(crate) fn occupancy(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    s: TaperStrategy,
) -> Result<Option<f64>, TaperError> {
    if s != TaperStrategy::Occupancy {
        return Ok(None);
    }
    let id = &kb.substance(ix).id;
    kb.corpus
        .tapers
        .iter()
        .flat_map(|f| &f.occupancy)
        .find(|o| &o.substance == id && o.ed50_mg > 0.0)
        .map(|o| Some(o.ed50_mg))
        .ok_or_else(|| TaperError::NoOccupancy(kb.substance(ix).name.clone()))
}

/// A single dose is taken in the morning unless the drug sedates.
pub(crate) fn in_the_morning(kb: &KnowledgeBase, ix: SubstanceIx) -> bool {
    !kb.class("cns-depressant").is_some_and(|c| kb.in_class(ix, c))
}

/// Periods as steps.
pub(crate) fn to_steps(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    stock: &Stock,
    rules: &Rules<'_>,
    periods: &[Period],
    before: Mass,
) -> Vec<Step> {
    let morning = in_the_morning(kb, ix);
    let review = rules.row.and_then(|g| g.review_days);
    let mut prev = before;
    periods
        .iter()
        .map(|p| {
            let cut = if prev.0 > 0 { 100.0 * (prev - p.daily).0 as f64 / prev.0 as f64 } else { 0.0 };
            prev = p.daily;
            let look = review.map(|d| i64::from(d.min(p.days.max(1))));
            Step {
                start: p.start,
                days: p.days,
                substance: kb.substance(ix).id.clone(),
                daily_dose_mg: p.daily.mg(),
                reduction_percent: percent(cut),
                doses: p.made.as_ref().map(|a| doses(stock, a, morning)).unwrap_or_default(),
                kind: if p.last { "last".into() } else { "reduction".into() },
                also: None,
                fall_percent: None,
                settled_percent: None,
                fall_exceeds_bound: false,
                review: look.map(|d| [plus_days(p.start, d), plus_days(p.start, d)]),
            }
        })
        .collect()
}

fn with_switch(
    kb: &KnowledgeBase,
    r: &Request,
    ix: SubstanceIx,
    advice: Advice,
    rules: &Rules<'_>,
    old: &Stock,
    goal: Mass,
) -> Result<Plan, TaperError> {
    let mut new_stock = Stock::default();
    let Switch { to, report, stages, dose, times, review_days } = switch(kb, ix, r, rules, old, |to| {
        new_stock = stock(kb, to, r).unwrap_or_default();
        new_stock.clone()
    })?;
    let after = Request {
        substance: kb.substance(to).id.clone(),
        strategy: None,
        guideline: Some(rules.id.clone()),
        ..r.clone()
    };
    let target_rules = Rules::choose(kb, to, &after, rules.cautious)?;
    let morning = in_the_morning(kb, to);
    let mut steps = Vec::new();
    let mut date = r.start;
    for s in &stages {
        let mut list = doses(&new_stock, &s.new.1, morning);
        if let Some((_, a)) = &s.old {
            list.extend(doses(old, a, morning));
            list.sort_by(|a, b| a.time.cmp(&b.time));
            // One line per time of day.
            let mut joined: Vec<Dose> = Vec::new();
            for d in list {
                match joined.last_mut() {
                    Some(l) if l.time == d.time => l.pieces.extend(d.pieces),
                    _ => joined.push(d),
                }
            }
            list = joined;
        }
        steps.push(Step {
            start: date,
            days: s.days,
            substance: kb.substance(to).id.clone(),
            daily_dose_mg: s.new.0.mg(),
            reduction_percent: 0.0,
            doses: list,
            kind: "switch".into(),
            also: s.old.as_ref().map(|(m, _)| SubstanceAmount {
                substance: kb.substance(ix).id.clone(),
                daily_dose_mg: m.mg(),
            }),
            fall_percent: None,
            settled_percent: None,
            fall_exceeds_bound: false,
            review: review_days.map(|d| d.map(|n| plus_days(date, i64::from(n)))),
        });
        date = plus_days(date, i64::from(s.days));
    }
    let from = From { original: dose, now: dose, date, times };
    let ed50 = occupancy(kb, to, target_rules.strategy)?;
    let (periods, ending) = schedule(&target_rules, &new_stock, from, goal, ed50, &[])?;
    steps.extend(to_steps(kb, to, &new_stock, &target_rules, &periods, dose));
    let mut warnings = Vec::new();
    let beyond: Vec<String> = report
        .implied
        .iter()
        .filter(|i| i.exceeds)
        .map(|i| {
            format!("{} to {} % by {}", number(i.change_percent[0]), number(i.change_percent[1]), i.name)
        })
        .collect();
    if !beyond.is_empty() {
        warnings.push(Warning::new(
            WarningLevel::Critical,
            "switch-implied-change",
            format!("The sources disagree: the dose after the switch means a change of {} beyond the guideline's bound. The prescriber decides whether it is used at all; too little is a large cut at once, too much oversedates.", beyond.join("; ")),
        ));
    }
    warnings.push(Warning::new(
        WarningLevel::Caution,
        "switch-builds-up",
        format!("{} and its metabolite build up for two to four weeks: sedation can come late. No driving until looked at.", kb.substance(to).name),
    ));
    product_warnings(&new_stock, &steps, dose, times, &mut warnings);
    Ok(assemble(
        kb,
        r.clone(),
        ix,
        to,
        advice,
        &target_rules,
        Some(report),
        steps,
        ending,
        warnings,
        Vec::new(),
    ))
}

#[allow(clippy::too_many_arguments, reason = "the parts of a plan, each made elsewhere")]
pub(crate) fn assemble(
    kb: &KnowledgeBase,
    request: Request,
    first: SubstanceIx,
    last: SubstanceIx,
    advice: Advice,
    rules: &Rules<'_>,
    switch: Option<crate::switch::SwitchReport>,
    mut steps: Vec<Step>,
    ending: Ending,
    mut warnings: Vec<Warning>,
    history: Vec<HistoryEntry>,
) -> Plan {
    let mut not_assessed = Vec::new();
    let mut curves = Vec::new();
    mark_falls(kb, &request, first, last, rules, &mut steps, &mut curves, &mut not_assessed);
    if request.patient.is_none() {
        not_assessed.push(NotAssessed {
            what: "the risks of this patient".into(),
            why: "no record was given: seizures, alcohol, opioids, other sedatives, pregnancy, epilepsy, age, liver and interacting drugs were not looked at".into(),
            rules: Vec::new(),
        });
    } else if request.patient.as_ref().is_some_and(|p| p.age.is_none()) {
        not_assessed.push(NotAssessed {
            what: "what depends on age".into(),
            why: "no age is recorded".into(),
            rules: Vec::new(),
        });
    }
    general_warnings(kb, &request, first, last, rules, &steps, ending, &mut warnings);
    warnings.sort_by_key(|w| w.level);
    let supply = supplies(&steps);
    let ends = steps.last().map_or(request.start, |s| s.start);
    let name = |ix: SubstanceIx| kb.reference(ix);
    Plan {
        disclaimer: crate::DISCLAIMER.to_owned(),
        knowledge_version: kb.version().to_owned(),
        as_of: request.as_of,
        substance: name(first),
        from: Baseline { daily_dose_mg: request.daily_mg, times_per_day: request.times_per_day },
        goal_mg: request.goal_mg,
        advice,
        guideline: rules.id.clone(),
        guideline_used: used(kb, rules),
        switch,
        supply_total: totals(&supply),
        supply,
        steps,
        warnings,
        not_assessed,
        ends,
        reaches_goal: ending == Ending::Goal,
        awaits_prescriber: None,
        curves,
        history,
        request,
    }
}

fn used(kb: &KnowledgeBase, rules: &Rules<'_>) -> GuidelineUsed {
    let cuts = rules.row.filter(|g| !g.cuts.is_empty());
    let pace = match (rules.mg, cuts) {
        (Some(mg), _) => format!("{} mg every {} days", number(mg), rules.days),
        (None, Some(_)) if rules.strategy == TaperStrategy::Stepped => {
            format!("the printed milligrams every {} days", rules.days)
        }
        _ => format!(
            "{} % of {} every {} days",
            number(rules.percent),
            match rules.strategy {
                TaperStrategy::Linear => "the starting dose",
                TaperStrategy::Occupancy => "the occupancy at the start",
                _ => "the current dose",
            },
            rules.days
        ),
    };
    let bound = match (rules.max_percent, cuts) {
        (Some(m), _) => format!(
            "no more than {} % of the {} dose within {} days",
            number(m),
            if rules.base == TaperBase::Original { "starting" } else { "current" },
            rules.max_days
        ),
        (None, Some(g)) => {
            let of = g.cuts_of.as_deref().map_or(String::new(), |s| format!(" of {s}"));
            let list: Vec<String> = g
                .cuts
                .iter()
                .map(|c| format!("above {} mg{of}: {} mg", number(c.above_mg), number(c.cut_mg[1])))
                .collect();
            format!("largest cut by daily dose: {}", list.join("; "))
        }
        (None, None) => "none".into(),
    };
    GuidelineUsed {
        id: rules.id.clone(),
        name: rules.name.clone(),
        strategy: rules.strategy.as_str().to_owned(),
        pace,
        bound,
        stop_rule: match rules.strategy {
            TaperStrategy::Stepped => "the printed cuts reach zero; where nothing smaller can be made within them, the last step is taken from a quarter of the starting dose or less".to_owned(),
            TaperStrategy::Occupancy => "the last step is taken when no more than one and a half steps of occupancy are left, or from a quarter of the starting dose or less where nothing smaller can be made within the bound".to_owned(),
            _ => format!(
                "a taper in proportion never reaches zero: the last step is taken from {} % of the starting dose or less, or from a quarter of it or less where nothing smaller can be made within the bound",
                number(rules.last_percent)
            ),
        },
        cautious: rules.cautious,
        note: rules.row.and_then(|g| g.note.clone()),
        evidence: rules.row.map(|g| kb.evidence(&g.source, rules.confidence())),
    }
}

/// The day on which a step ends (the next begins).
pub(crate) fn step_end(s: &Step) -> Date {
    plus_days(s.start, i64::from(s.days))
}
