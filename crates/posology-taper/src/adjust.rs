//! Life happens: a plan from a day on, after an event. What was done stays; what was planned is kept in the history.
use crate::build::{assemble, check, in_the_morning, occupancy, step_end, stock, to_steps};
use crate::error::TaperError;
use crate::event::{AdjustError, Event, Threshold};
use crate::guidance::Rules;
use crate::mass::{Mass, number, percent};
use crate::plan::*;
use crate::request::{Pace, Request};
use crate::schedule::{Ending, From, schedule};
use crate::supply::{supplies, totals};
use crate::switch::nearest;
use crate::warnings::product_warnings;
use posology_knowledge::KnowledgeBase;
use posology_model::Date;
use posology_model::history::{days_between, plus_days};

/// After a gap a restart is shown at no more than this share of the last dose.
const RESTART_SHARE: f64 = 0.5;
/// "faster" and "slower" change the cut by this factor.
const FASTER: f64 = 1.5;

/// A new plan from a day on. With no event the plan comes back unchanged.
///
/// # Errors
/// [`AdjustError`].
pub fn adjust(
    kb: &KnowledgeBase,
    plan: &Plan,
    on: Date,
    event: &Event,
    thresholds: &[Threshold],
) -> Result<Plan, AdjustError> {
    if *event == Event::None {
        return Ok(plan.clone());
    }
    let earliest = plan.history.iter().map(|h| h.on).chain([plan.as_of]).max().unwrap_or(plan.as_of);
    if on < earliest {
        return Err(AdjustError::TooEarly { on, earliest });
    }
    if let Event::Symptoms { scale, score } = event {
        return Ok(symptoms(plan, on, event, scale, *score, thresholds));
    }
    if plan.steps.last().is_some_and(|s| s.days == 0 && s.start <= on) {
        return Err(AdjustError::Ended { ends: plan.ends });
    }
    if let Event::Hold(days) = event {
        return Ok(hold(plan, on, event, *days));
    }
    let at = plan.steps.iter().rposition(|s| s.start <= on);
    let current = at.map(|i| &plan.steps[i]);
    if current.is_some_and(|s| s.kind == "switch") || (plan.switch.is_some() && at.is_none()) {
        return Err(AdjustError::DuringSwitch(on));
    }
    replan(kb, plan, on, event, at)
}

/// A score prompts a clinician; it changes nothing.
fn symptoms(plan: &Plan, on: Date, event: &Event, scale: &str, score: f64, thresholds: &[Threshold]) -> Plan {
    let mut out = plan.clone();
    let bound = thresholds.iter().find(|t| t.scale.eq_ignore_ascii_case(scale));
    let effect = match bound {
        Some(t) if score >= t.score => {
            out.warnings.insert(0, Warning::new(
                WarningLevel::Critical,
                "symptoms",
                format!("{scale} {} on {on} reaches the threshold of {} that the clinician set: see the patient before the next step. A scale cannot tell withdrawal from relapse; holding, going back a step or slowing down are for the clinician to choose.", number(score), number(t.score)),
            ));
            "a prompt; no step was changed".to_owned()
        }
        Some(t) => {
            format!("below the threshold of {} that the clinician set; no step was changed", number(t.score))
        }
        None => "recorded; no threshold was set, and no step was changed".to_owned(),
    };
    out.history.push(HistoryEntry { on, event: event.to_string(), effect, superseded: Vec::new() });
    out
}

/// The step on the day lasts longer; what follows moves.
fn hold(plan: &Plan, on: Date, event: &Event, days: Option<u32>) -> Plan {
    let mut out = plan.clone();
    let at = plan.steps.iter().rposition(|s| s.start <= on);
    let days = days.unwrap_or_else(|| {
        at.map(|i| plan.steps[i].days).filter(|d| *d > 0).or(plan.steps.first().map(|s| s.days)).unwrap_or(14)
    });
    let first = at.map_or(0, |i| i + 1);
    let superseded = plan.steps[first..].to_vec();
    if let Some(i) = at {
        out.steps[i].days += days;
    }
    for s in &mut out.steps[first..] {
        s.start = plus_days(s.start, i64::from(days));
        s.review = s.review.map(|r| r.map(|d| plus_days(d, i64::from(days))));
    }
    // Falls were computed for other days.
    for s in &mut out.steps[at.unwrap_or(0)..] {
        s.fall_percent = None;
        s.settled_percent = None;
        s.fall_exceeds_bound = false;
    }
    out.supply = supplies(&out.steps);
    out.supply_total = totals(&out.supply);
    out.ends = out.steps.last().map_or(out.ends, |s| s.start);
    // Concentrations are of the plan before; they are not shown for another.
    out.curves.clear();
    out.history.push(HistoryEntry {
        on,
        event: event.to_string(),
        effect: format!("{days} days more at the dose of that day; later steps move by as much"),
        superseded,
    });
    out
}

fn replan(
    kb: &KnowledgeBase,
    plan: &Plan,
    on: Date,
    event: &Event,
    at: Option<usize>,
) -> Result<Plan, AdjustError> {
    let drug = plan.switch.as_ref().map_or(&plan.request.substance, |s| &s.to.id).clone();
    let ix = kb.find(&drug).ok_or_else(|| TaperError::UnknownSubstance(drug.clone()))?;
    let now_mg = at.map_or(plan.from.daily_dose_mg, |i| plan.steps[i].daily_dose_mg);
    let next = at.map_or(0, |i| i + 1);
    let next_cut = plan.steps.get(next).map_or(on, |s| s.start).max(on);
    let mut request = Request {
        substance: drug.clone(),
        guideline: Some(plan.guideline.clone()),
        strategy: plan.request.strategy.filter(|s| *s != posology_knowledge::schema::TaperStrategy::Switch),
        as_of: on,
        start: on,
        ..plan.request.clone()
    };
    let first = kb.find(&plan.substance.id).unwrap_or(ix);
    let original_mg = plan.switch.as_ref().map_or(plan.request.daily_mg, |s| s.daily_dose_mg);
    let cautious = plan.guideline_used.cautious;
    let rules0 = Rules::choose(kb, ix, &request, cautious)?;
    if let Event::Faster | Event::Slower = event {
        request.pace = Some(new_pace(&rules0, *event == Event::Faster));
    }
    let rules = Rules::choose(kb, ix, &request, cautious)?;
    let stock = stock(kb, ix, &request)?;
    let morning = in_the_morning(kb, ix);
    let times = at
        .map(|i| plan.steps[i].doses.len())
        .filter(|n| *n > 0)
        .unwrap_or(plan.request.times_per_day as usize)
        .max(1);
    // What was done, up to the day.
    let mut done: Vec<Step> = plan.steps[..next].to_vec();
    if let Some(last) = done.last_mut() {
        let cut_at = match event {
            Event::Missed(n) => plus_days(on, -i64::from(*n)).max(last.start),
            Event::Faster | Event::Slower => step_end(last),
            _ => on,
        };
        last.days = u32::try_from(days_between(last.start, cut_at).max(0)).unwrap_or(0);
    }
    done.retain(|s| s.days > 0);
    let mut warnings = Vec::new();
    let mut awaits = None;
    let mut entered: Option<(f64, &str)> = None;
    let effect = match event {
        Event::DoseNow(mg) => {
            check(kb, &Request { daily_mg: *mg, goal_mg: 0.0, ..request.clone() })?;
            entered = Some((*mg, "entered"));
            if *mg > now_mg + 1e-9 {
                warnings.push(Warning::new(WarningLevel::Critical, "dose-rises", format!("The dose entered is above that of the plan ({} mg): the prescriber entered it, the plan did not propose it.", number(now_mg))));
            }
            format!("the plan goes on from {} mg a day", number(*mg))
        }
        Event::StepBack => {
            let back = match at {
                Some(0) => plan.from.daily_dose_mg,
                Some(i) => plan.steps[i - 1].daily_dose_mg,
                None => return Err(AdjustError::NothingBefore),
            };
            if back <= now_mg {
                return Err(AdjustError::NothingBefore);
            }
            entered = Some((back, "step-back"));
            format!("back to {} mg a day, held for {} days, then on", number(back), rules.days)
        }
        Event::Missed(n) => {
            let last = at.map_or(plan.from.daily_dose_mg, |i| plan.steps[i].daily_dose_mg);
            let (restart, text) = restart(&stock, last, times);
            let question = format!(
                "After {n} day(s) without it the dose of {} mg is not resumed by itself: tolerance may be lost, and the old dose can oversedate or stop breathing, above all with opioids or alcohol. The prescriber sees the patient and decides. {text}",
                number(last)
            );
            warnings.push(Warning::new(WarningLevel::Critical, "gap", question.clone()));
            awaits = Some(question);
            let gap_start =
                plus_days(on, -i64::from(*n)).max(done.last().map_or(plan.request.start.min(on), step_end));
            let gap = u32::try_from(days_between(gap_start, on).max(0)).unwrap_or(0);
            if gap > 0 {
                done.push(plain_step(&drug, gap_start, gap, 0.0, last, "gap"));
            }
            entered = restart.map(|mg| (mg, "restart"));
            format!("{n} day(s) without a dose; a lower restart is shown and waits for the prescriber")
        }
        Event::Faster | Event::Slower => {
            format!("the next cuts: {}", request.pace.map_or(String::new(), |p| p.to_string()))
        }
        Event::None | Event::Hold(_) | Event::Symptoms { .. } => String::new(),
    };
    let mut in_force: Vec<(Date, Mass)> = Vec::new();
    let mass = |mg: f64| Mass::from_mg(mg).unwrap_or(Mass::ZERO);
    in_force.push((plus_days(plan.request.start, -3650), mass(plan.from.daily_dose_mg)));
    if plan.switch.is_some() {
        in_force.clear();
    }
    in_force.extend(done.iter().filter(|s| s.substance == drug).map(|s| (s.start, mass(s.daily_dose_mg))));
    let mut steps = done;
    let (dose, date) = match entered {
        Some((mg, kind)) => {
            let made = nearest(&stock, mg, times, 2);
            let exact = made.as_ref().filter(|m| m.0 == mass(mg));
            let mut s = plain_step(&drug, on, rules.days, mg, now_mg, kind);
            match exact {
                Some(m) => s.doses = doses(&stock, &m.1, morning),
                None => warnings.push(Warning::new(
                    WarningLevel::Caution,
                    "entered-not-makeable",
                    format!(
                        "{} mg a day cannot be made exactly of the products here; its doses are not listed.",
                        number(mg)
                    ),
                )),
            }
            steps.push(s);
            in_force.push((on, mass(mg)));
            (mg, plus_days(on, i64::from(rules.days)))
        }
        None if awaits.is_some() => (now_mg, on),
        None => (now_mg, next_cut),
    };
    let from = From { original: mass(original_mg.max(dose)), now: mass(dose), date, times };
    let ed50 = occupancy(kb, ix, rules.strategy)?;
    let goal = mass(request.goal_mg);
    // Without a restart that can be made nothing is proposed after a gap.
    let (periods, ending) = if awaits.is_some() && entered.is_none() {
        (Vec::new(), Ending::Stuck(Mass::ZERO))
    } else {
        // The bound looks at what was taken since the last rise.
        let since: Vec<(Date, Mass)> =
            if entered.is_some() { in_force.last().copied().into_iter().collect() } else { in_force };
        schedule(&rules, &stock, from, goal, ed50, &since)?
    };
    let more = to_steps(kb, ix, &stock, &rules, &periods, mass(dose));
    steps.extend(more);
    product_warnings(&stock, &steps, mass(original_mg), times, &mut warnings);
    let mut history = plan.history.clone();
    history.push(HistoryEntry {
        on,
        event: event.to_string(),
        effect,
        superseded: plan.steps.iter().filter(|s| step_end(s) > on || s.days == 0).cloned().collect(),
    });
    // The request of the new plan keeps the first dose and start, so that later adjustments count from them.
    let kept = Request { pace: request.pace, as_of: plan.request.as_of, ..plan.request.clone() };
    let switch = plan.switch.clone();
    let mut out =
        assemble(kb, kept, first, ix, plan.advice.clone(), &rules, switch, steps, ending, warnings, history);
    out.awaits_prescriber = awaits;
    Ok(out)
}

fn plain_step(drug: &str, start: Date, days: u32, mg: f64, before: f64, kind: &str) -> Step {
    Step {
        start,
        days,
        substance: drug.to_owned(),
        daily_dose_mg: mg,
        reduction_percent: if before > 0.0 { percent(100.0 * (before - mg) / before) } else { 0.0 },
        doses: Vec::new(),
        kind: kind.to_owned(),
        also: None,
        fall_percent: None,
        settled_percent: None,
        fall_exceeds_bound: false,
        review: None,
    }
}

/// The highest dose that can be made and is at most half of the last.
fn restart(stock: &crate::stock::Stock, last: f64, times: usize) -> (Option<f64>, String) {
    let most = last * RESTART_SHARE;
    let mut want = most;
    for _ in 0..50 {
        match nearest(stock, want, times, 2) {
            Some((m, _, _)) if m.mg() <= most + 1e-9 => {
                return (
                    Some(m.mg()),
                    format!(
                        "If it is restarted, a lower dose: no more than half, {} mg a day, is shown, with a look within days.",
                        m
                    ),
                );
            }
            Some(_) | None => want *= 0.9,
        }
    }
    (None, "No dose of half or less can be made of the products here, so none is shown.".into())
}

fn new_pace(rules: &Rules<'_>, faster: bool) -> Pace {
    let f = if faster { FASTER } else { 1.0 / FASTER };
    if let Some(mg) = rules.mg {
        return Pace { percent: None, mg: Some(mg * f), days: rules.days };
    }
    if rules.strategy == posology_knowledge::schema::TaperStrategy::Stepped {
        // Printed milligrams: the interval changes, not the cut.
        let shortest = rules.row.map_or(1, |g| g.interval_days[0]);
        let days = (f64::from(rules.days) / f).round() as u32;
        return Pace { percent: None, mg: None, days: days.max(shortest) };
    }
    let most = rules.max_percent.unwrap_or(100.0);
    let p = (rules.percent * f).min(most);
    Pace { percent: Some((p * 100.0).round() / 100.0), mg: None, days: rules.days }
}
