//! One instruction while it is being read, and what must hold between its clauses.
use super::grammar::Item;
use posology_model::{Amount, Date, DayPart, DoseUnit, Dosing, Form, Frequency, Route};

const DAY: f64 = 24.0;

/// One instruction.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub amount: Option<Amount>,
    pub same: Option<Amount>,
    pub bare: bool,
    pub pattern: Option<([f64; 4], Option<DoseUnit>)>,
    pub freq: Option<Frequency>,
    /// Times of the day, each a dose unless a frequency says otherwise.
    pub events: Vec<DayPart>,
    /// Doses that the times of the day make.
    pub event_count: u32,
    pub meal: Option<(DayPart, bool)>,
    pub weekdays: Option<u32>,
    pub once: bool,
    /// "once" without a period.
    pub once_bare: bool,
    pub omni_nocte: bool,
    pub od: bool,
    pub prn: bool,
    pub prn_for: Option<(usize, usize)>,
    pub route: Option<Route>,
    pub skin: bool,
    pub form: Option<Form>,
    pub max: Option<Amount>,
    pub max_bare: bool,
    pub max_doses: Option<f64>,
    pub duration: Option<f64>,
    pub bare_duration: bool,
    pub start: Option<Date>,
    pub end: Option<Date>,
    pub divided: Option<f64>,
    /// The amount is a total over a day.
    pub total: bool,
    pub day: Option<(f64, f64)>,
    pub both: bool,
    pub repeat: bool,
    /// A step because it follows a length of treatment, without "then".
    pub listed: bool,
    /// There are other instructions in the text.
    pub beside: bool,
    /// "and", "plus" or a verb stands before it.
    pub joined: bool,
    /// An event is said to be daily ("every morning")
    pub daily_event: bool,
    pub step: u32,
}

impl Part {
    /// Whether it says when or how often.
    pub fn timed(&self) -> bool {
        self.freq.is_some()
            || self.event_count > 0
            || self.once
            || self.day.is_some()
            || self.weekdays.is_some()
            || self.meal.is_some_and(|m| m.1)
            || self.od
            || self.omni_nocte
    }

    pub fn is_empty(&self) -> bool {
        self.amount.is_none()
            && self.pattern.is_none()
            && !self.timed()
            && !self.prn
            && self.route.is_none()
            && self.form.is_none()
            && self.max.is_none()
            && self.max_doses.is_none()
            && self.duration.is_none()
            && self.start.is_none()
            && self.end.is_none()
            && self.meal.is_none()
    }

    pub fn set_prn(&mut self, why: Option<(usize, usize)>) -> bool {
        self.prn = true;
        self.prn_for = self.prn_for.or(why);
        true
    }

    pub fn set_amount(&mut self, item: Item) -> bool {
        match item {
            Item::Amount { first, same, form, bare } => {
                self.amount = Some(first);
                self.same = same;
                self.bare = bare;
                if let Some(f) = form {
                    self.form = self.form.or(Some(f));
                }
                true
            }
            Item::Pattern(counts, unit) => {
                self.pattern = Some((counts, unit));
                true
            }
            _ => false,
        }
    }

    /// Adds a time of the day. Two times without a joint are one ("nightly at bedtime").
    pub fn event(&mut self, item: Item, joined: bool) -> bool {
        let (part, clock, count) = match item {
            Item::Part(p) => (Some(p), false, 1),
            Item::QPart(p) => {
                self.daily_event = true;
                (Some(p), false, 1)
            }
            Item::Clock(n) => (None, true, n),
            _ => return false,
        };
        let late = |p: &DayPart| matches!(p, DayPart::Evening | DayPart::Night | DayPart::Bedtime);
        // Two parts of the day that are plainly apart are two doses, with "and" between them or without.
        let apart = |a: &DayPart, b: &DayPart| !(a == b || (late(a) && late(b)));
        let distinct =
            part.is_some_and(|p| !self.events.is_empty() && self.events.iter().all(|e| apart(e, &p)));
        let same_time = !joined
            && !distinct
            && self.event_count == 1
            && count == 1
            && (clock
                || self.events.is_empty()
                || part.is_some_and(|p| self.events.iter().all(|e| *e == p || (late(e) && late(&p)))));
        if let Some(p) = part {
            if self.events.contains(&p) && !same_time {
                return false;
            }
            if !self.events.contains(&p) {
                self.events.push(p);
            }
        }
        if !same_time {
            if !joined && !distinct && self.event_count > 0 {
                return false;
            }
            self.event_count += count;
        }
        true
    }

    /// Takes any other clause; `said` is what it assumes.
    pub fn set(&mut self, item: Item, said: &mut &'static str) -> bool {
        match item {
            Item::Verb(r) => r.is_none_or(|r| put(&mut self.route, r)),
            Item::Form(f) => {
                self.form = self.form.or(Some(f));
                true
            }
            Item::Route(r) => put(&mut self.route, r),
            Item::Both(r) => {
                let fresh = !self.both;
                self.both = true;
                fresh && put(&mut self.route, r)
            }
            Item::Skin => {
                self.skin = true;
                true
            }
            Item::Freq(f) => self.set_freq(f),
            Item::UpToTimes(n) => {
                if self.freq.is_some() {
                    put(&mut self.max_doses, n)
                } else {
                    self.set_freq(Frequency { times_low: 0.0, ..Frequency::per_day(n) })
                }
            }
            Item::CountPer(q, hours) => {
                if self.amount.is_some() {
                    q.low.fract() == 0.0
                        && q.high.fract() == 0.0
                        && self.set_freq(Frequency {
                            times_low: q.low,
                            times_high: q.high,
                            ..Frequency::every_hours(hours)
                        })
                } else {
                    if q.high != 1.0 {
                        *said = "an amount a day read as one dose";
                    }
                    self.total = true;
                    self.amount = Some(Amount { low: q.low, high: q.high, unit: DoseUnit::Piece });
                    self.bare = true;
                    q.high <= 10.0 && self.set_freq(Frequency::every_hours(hours))
                }
            }
            Item::TotalPer(hours) => {
                if self.amount.is_none() || self.freq.is_some() {
                    return false;
                }
                self.total = true;
                self.set_freq(Frequency::every_hours(hours))
            }
            Item::Meal(p, all) => {
                let fresh = self.meal.is_none_or(|m| m == (p, all));
                self.meal = Some((p, all));
                fresh
            }
            Item::Weekdays(n) => put(&mut self.weekdays, n),
            Item::Od => {
                self.od = true;
                true
            }
            Item::OmniNocte => {
                self.omni_nocte = true;
                self.event(Item::Part(DayPart::Night), true)
            }
            Item::Prn(why) => self.set_prn(why),
            Item::Duration(days, bare) => {
                self.bare_duration = bare;
                put(&mut self.duration, days)
            }
            Item::Start(d) => put(&mut self.start, d),
            Item::End(d) => put(&mut self.end, d),
            Item::MaxAmount(a, bare) => {
                self.max_bare = bare;
                put(&mut self.max, a)
            }
            Item::MaxDoses(n) => put(&mut self.max_doses, n),
            Item::Once => {
                self.once = true;
                true
            }
            Item::OnceBare => {
                self.once = true;
                self.once_bare = true;
                true
            }
            Item::Divided(n) => put(&mut self.divided, n),
            Item::Repeat => {
                self.repeat = true;
                true
            }
            _ => false,
        }
    }

    fn set_freq(&mut self, f: Frequency) -> bool {
        let sane = f.times_high <= 24.0 && f.per_hours_low >= 1.0 / 30.0 && f.per_hours_high <= 9000.0;
        match self.freq {
            None => self.freq = Some(f),
            Some(old) => {
                let rate = |f: &Frequency| f.doses_per_day();
                let daily = f == Frequency::per_day(1.0);
                // "every 8 hours (3 times a day)" says one thing twice; "daily" beside a more exact frequency adds nothing only if both are once a day.
                if rate(&old) != rate(&f) || (daily && old.per_hours_low != DAY) {
                    return false;
                }
            }
        }
        sane
    }

    /// The finished instruction, without what is common to all.
    pub fn dosing(&self) -> Dosing {
        let mut day_parts = self.events.clone();
        day_parts.extend(self.meal.map(|m| m.0));
        Dosing {
            amounts: self.amount.into_iter().chain(self.same).collect(),
            frequency: self.freq,
            as_needed: self.prn,
            route: self.route,
            form: self.form,
            max_per_day: self.max,
            max_doses_per_day: self.max_doses,
            duration_days: self.duration,
            start: self.start,
            end: self.end,
            day_parts,
            once: self.once,
            ..Dosing::default()
        }
    }
}

/// Sets an empty slot; a second, different value does not fit.
fn put<T: PartialEq>(slot: &mut Option<T>, value: T) -> bool {
    match slot {
        Some(old) => *old == value,
        None => {
            *slot = Some(value);
            true
        }
    }
}

pub(super) use super::settle::settle;
