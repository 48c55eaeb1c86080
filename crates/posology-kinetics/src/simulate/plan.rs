//! What happens when: doses, infusions and changes of clearance in one order of time per channel of entry.
//!
//! The system is linear, so doses by different routes are followed separately and added.
use super::changes::{Changes, Multipliers};
use super::error::SimulationError;
use super::model::Model;
use super::regimen::{Dose, Regimen, Route};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Happening {
    /// An amount in mg enters the depot, or the central compartment of the intravenous channel.
    Enter(f64),
    /// An infusion of so many mg per hour begins.
    Begin(f64),
    /// An infusion of so many mg per hour ends.
    End(f64),
    /// The piece of the schedule at this position takes over.
    Change(usize),
}

/// What happens at a time in hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub time: f64,
    pub what: Happening,
}

/// One steady-state cycle; times from its beginning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cycle {
    pub interval: f64,
    pub events: Vec<Event>,
    pub multipliers: Multipliers,
}

/// Everything that enters by one channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Channel {
    /// Index of the absorbed route, `None` for the intravenous channel.
    pub route: Option<usize>,
    pub start: f64,
    pub multipliers: Multipliers,
    pub cycle: Option<Cycle>,
    pub events: Vec<Event>,
}

/// A regimen and a schedule, prepared once and run for any number of models that share lag times.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) channels: Vec<Channel>,
    pub(crate) changes: Changes,
    pub(crate) until: Option<f64>,
}

impl Plan {
    /// Orders the events. Lag times are those of `model`.
    ///
    /// # Errors
    /// [`SimulationError::RouteNotInModel`] for a dose by a route that the model does not have.
    pub fn new(model: &Model, regimen: &Regimen, changes: &Changes) -> Result<Self, SimulationError> {
        let mut channels = Vec::new();
        for route in Route::ALL {
            let lag = match (route.absorbed(), model.absorption(route)) {
                (None, _) => 0.0,
                (Some(_), Some(a)) => a.lag.0,
                (Some(_), None) => {
                    let cycle = regimen.before().into_iter().flat_map(|b| &b.cycle);
                    if regimen.doses().iter().chain(cycle).any(|d| d.route == route) {
                        return Err(SimulationError::RouteNotInModel { route });
                    }
                    continue;
                }
            };
            channels.extend(channel(route, lag, regimen, changes));
        }
        Ok(Plan { channels, changes: changes.clone(), until: regimen.before().map(|b| b.until.0) })
    }
}

fn channel(route: Route, lag: f64, regimen: &Regimen, changes: &Changes) -> Option<Channel> {
    let mut events = Vec::new();
    for dose in regimen.doses().iter().filter(|d| d.route == route && d.amount.0 > 0.0) {
        push(&mut events, dose, dose.time.0 + lag);
    }
    let mut cycle = None;
    let mut start = f64::INFINITY;
    if let Some(before) = regimen.before() {
        let until = before.until.0;
        let mut inner = Vec::new();
        for dose in before.cycle.iter().filter(|d| d.route == route && d.amount.0 > 0.0) {
            // Position in the cycle after the lag, and what of earlier cycles still is to come at the end.
            let interval = before.interval.0;
            let mut arrival = dose.time.0 + lag;
            while arrival >= interval {
                arrival -= interval;
                push(&mut events, dose, until + arrival);
            }
            let end = arrival + dose.duration.0;
            if end > interval {
                let rate = dose.amount.0 / dose.duration.0;
                infuse(&mut inner, rate, 0.0, end - interval);
                infuse(&mut inner, rate, arrival, interval);
                infuse(&mut events, rate, until, until + end - interval);
            } else {
                push(&mut inner, dose, arrival);
            }
        }
        if !inner.is_empty() {
            sort(&mut inner);
            start = until;
            // The cycle lies before its end: a change at that very time belongs to what follows.
            let multipliers = changes
                .pieces()
                .iter()
                .rev()
                .find(|p| p.from.0 < until)
                .map_or(Multipliers::NONE, |p| p.multipliers);
            cycle = Some(Cycle { interval: before.interval.0, events: inner, multipliers });
        }
    }
    if events.is_empty() && cycle.is_none() {
        return None;
    }
    start = events.iter().fold(start, |s, e| s.min(e.time));
    let mut multipliers = Multipliers::NONE;
    for (i, piece) in changes.pieces().iter().enumerate() {
        if piece.from.0 <= start {
            multipliers = piece.multipliers;
        } else {
            events.push(Event { time: piece.from.0, what: Happening::Change(i) });
        }
    }
    sort(&mut events);
    Some(Channel { route: route.absorbed(), start, multipliers, cycle, events })
}

fn push(events: &mut Vec<Event>, dose: &Dose, time: f64) {
    if dose.duration.0 > 0.0 {
        infuse(events, dose.amount.0 / dose.duration.0, time, time + dose.duration.0);
    } else {
        events.push(Event { time, what: Happening::Enter(dose.amount.0) });
    }
}

fn infuse(events: &mut Vec<Event>, rate: f64, from: f64, until: f64) {
    if until > from {
        events.push(Event { time: from, what: Happening::Begin(rate) });
        events.push(Event { time: until, what: Happening::End(rate) });
    }
}

/// Stable, so that what was stated first happens first.
fn sort(events: &mut [Event]) {
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
}
