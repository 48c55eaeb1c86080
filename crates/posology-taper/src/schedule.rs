//! The sequence of daily doses: targets of a strategy, bounded by the guidance, rounded to what can be made.
use crate::error::TaperError;
use crate::guidance::{Rules, STUCK_LAST_PERCENT};
use crate::mass::Mass;
use crate::optimise::{Arrangement, arrange};
use crate::stock::Stock;
use posology_knowledge::schema::TaperStrategy;
use posology_model::Date;
use posology_model::history::{days_between, plus_days};

/// Most steps of a plan.
pub const MAX_STEPS: usize = 400;
/// A dose of solids alone is taken where its cut is at most this much larger than the target's.
const NEAR_ENOUGH: f64 = 1.5;
/// Daily doses tried around a target.
const CANDIDATES: usize = 600;

/// One period at one dose.
#[derive(Debug, Clone)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Length; 0 for the end at zero.
    pub days: u32,
    /// Daily dose.
    pub daily: Mass,
    /// How it is made; `None` for zero.
    pub made: Option<Arrangement>,
    /// The stated last step to zero, which may exceed the bound.
    pub last: bool,
}

/// How a schedule ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// At the goal.
    Goal,
    /// At a dose below which nothing within the guidance can be made.
    Stuck(Mass),
}

/// What a schedule starts from.
#[derive(Debug, Clone, Copy)]
pub struct From {
    /// Dose at the beginning of the taper: the base of linear cuts and of the last step.
    pub original: Mass,
    /// Dose in force.
    pub now: Mass,
    /// First day of the first cut.
    pub date: Date,
    /// Doses a day.
    pub times: usize,
}

/// Makes the schedule. `before`: doses in force before the first cut (first day and dose), for the bound within a window of days.
pub fn schedule(
    rules: &Rules<'_>,
    stock: &Stock,
    from: From,
    goal: Mass,
    ed50_mg: Option<f64>,
    before: &[(Date, Mass)],
) -> Result<(Vec<Period>, Ending), TaperError> {
    let mut out: Vec<Period> = Vec::new();
    let mut in_force: Vec<(Date, Mass)> = before.to_vec();
    if in_force.is_empty() {
        in_force.push((plus_days(from.date, -3650), from.now));
    }
    let mut now = from.now;
    let mut date = from.date;
    let mut times = from.times.max(1);
    let last_from = Mass::from_mg(from.original.mg() * rules.last_percent / 100.0).unwrap_or(Mass::ZERO);
    let stuck_from = Mass::from_mg(from.original.mg() * STUCK_LAST_PERCENT / 100.0).unwrap_or(Mass::ZERO);
    loop {
        if now <= goal {
            return Ok((out, Ending::Goal));
        }
        if out.len() >= MAX_STEPS {
            return Err(TaperError::TooManySteps(MAX_STEPS));
        }
        let window = highest_within(&in_force, date, rules.max_days).max(now);
        let lowest = rules.lowest(now, window, from.original);
        let target = target(rules, now, from.original, ed50_mg).max(lowest).max(goal);
        let end = |out: &mut Vec<Period>, last| {
            out.push(Period { start: date, days: 0, daily: Mass::ZERO, made: None, last });
        };
        if goal == Mass::ZERO {
            // Zero is within the bound, or the stop rule holds.
            if lowest == Mass::ZERO && target == Mass::ZERO {
                end(&mut out, false);
                return Ok((out, Ending::Goal));
            }
            if may_stop(rules, now, from.original, last_from, ed50_mg) {
                end(&mut out, lowest > Mass::ZERO);
                return Ok((out, Ending::Goal));
            }
        }
        let Some((daily, made, doses)) = next_dose(stock, now, target, lowest.max(goal), times) else {
            if goal == Mass::ZERO && (now <= stuck_from || lowest == Mass::ZERO) {
                end(&mut out, lowest > Mass::ZERO);
                return Ok((out, Ending::Goal));
            }
            return Ok((out, Ending::Stuck(now)));
        };
        times = doses;
        out.push(Period { start: date, days: rules.days, daily, made: Some(made), last: false });
        in_force.push((date, daily));
        now = daily;
        date = plus_days(date, i64::from(rules.days));
    }
}

/// The stop rule: a share of the starting dose; one and a half steps of occupancy; printed milligrams have their own end.
fn may_stop(rules: &Rules<'_>, now: Mass, original: Mass, last_from: Mass, ed50_mg: Option<f64>) -> bool {
    match (rules.strategy, ed50_mg) {
        (TaperStrategy::Stepped, _) => false,
        (TaperStrategy::Occupancy, Some(e)) => {
            let occupied = |d: f64| d / (d + e);
            occupied(now.mg()) <= 1.5 * rules.percent / 100.0 * occupied(original.mg())
        }
        _ => now <= last_from,
    }
}

/// Highest dose in force on any of the `days` days before a date.
pub fn highest_within(in_force: &[(Date, Mass)], date: Date, days: u32) -> Mass {
    let mut high = Mass::ZERO;
    for (i, (start, dose)) in in_force.iter().enumerate() {
        let end = in_force.get(i + 1).map(|n| n.0);
        // In force until the day before the next began; counts when that day is within the window.
        let recent = end.is_none_or(|e| days_between(e, date) < i64::from(days));
        if *start <= date && recent {
            high = high.max(*dose);
        }
    }
    high
}

/// The dose at which the strategy aims, before bounds.
fn target(rules: &Rules<'_>, now: Mass, original: Mass, ed50_mg: Option<f64>) -> Mass {
    let down = |mg: f64| Mass::from_mg((now.mg() - mg).max(0.0)).unwrap_or(Mass::ZERO);
    if let Some(mg) = rules.mg {
        return down(mg);
    }
    let share = rules.percent / 100.0;
    match rules.strategy {
        TaperStrategy::Proportional | TaperStrategy::Switch => down(now.mg() * share),
        TaperStrategy::Linear => down(original.mg() * share),
        TaperStrategy::Occupancy => {
            let Some(e) = ed50_mg else { return down(now.mg() * share) };
            let occupied = |d: f64| d / (d + e);
            let next = occupied(now.mg()) - share * occupied(original.mg());
            if next <= 0.0 {
                Mass::ZERO
            } else {
                Mass::from_mg(e * next / (1.0 - next)).unwrap_or(Mass::ZERO)
            }
        }
        TaperStrategy::Stepped => rules.cut(now).map_or(Mass::ZERO, |c| {
            let cut = if rules.cautious { c.cut_mg[0] } else { c.cut_mg[1] };
            down(cut / rules.factor)
        }),
    }
}

/// A dose that can be made, below `now` and not below `lowest`, near `target`; with the number of doses a day.
fn next_dose(
    stock: &Stock,
    now: Mass,
    target: Mass,
    lowest: Mass,
    times: usize,
) -> Option<(Mass, Arrangement, usize)> {
    let solid = nearest(stock, now, target, lowest, times, false);
    let aim = (now - target).0.max(1) as f64;
    let cut = |d: &Mass| (now - *d).0 as f64;
    if let Some(s) = &solid
        && cut(&s.0) <= NEAR_ENOUGH * aim
        && cut(&s.0) * NEAR_ENOUGH >= aim
    {
        return solid;
    }
    if !stock.has_liquid() {
        return solid;
    }
    let liquid = nearest(stock, now, target, lowest, times, true);
    match (solid, liquid) {
        (Some(s), Some(l)) => {
            let (ds, dl) = ((cut(&s.0) - aim).abs(), (cut(&l.0) - aim).abs());
            Some(if ds <= dl { s } else { l })
        }
        (s, l) => s.or(l),
    }
}

fn nearest(
    stock: &Stock,
    now: Mass,
    target: Mass,
    lowest: Mass,
    times: usize,
    liquids: bool,
) -> Option<(Mass, Arrangement, usize)> {
    let grain = stock.grain(liquids);
    if grain <= 0 {
        return None;
    }
    // Outwards from the target; of two as near, the higher dose (the smaller cut) first.
    let mut up = target.0 + (grain - target.0.rem_euclid(grain)) % grain;
    let mut down = up - grain;
    for _ in 0..CANDIDATES {
        let (can_up, can_down) = (up < now.0, down >= lowest.0.max(1));
        let d = match (can_up, can_down) {
            (false, false) => return None,
            (true, true) if up - target.0 <= target.0 - down => up,
            (true, false) => up,
            _ => down,
        };
        if d == up {
            up += grain;
        } else {
            down -= grain;
        }
        if d < lowest.0 || d <= 0 {
            continue;
        }
        for k in (1..=times).rev() {
            if let Some(a) = arrange(stock, Mass(d), k, liquids, 2) {
                return Some((Mass(d), a, k));
            }
        }
    }
    None
}
