//! What the clauses of an instruction make together, and the checks that keep a doubtful text from becoming a number.
use super::part::Part;
use posology_model::{Amount, DayPart, DoseUnit, Form, Frequency, Route};

const DAY: f64 = 24.0;
const WEEK: f64 = 168.0;

/// Says what was assumed.
type Say<'a> = &'a mut dyn FnMut(&'static str);

/// Settles all parts; the parts come back as `Err` where they contradict each other.
pub(super) fn settle(parts: Vec<Part>, last_step: u32, say: Say<'_>) -> Result<Vec<Part>, Vec<Part>> {
    let mut parts = expand_patterns(parts)?;
    share_units(&mut parts);
    if !inherit(&mut parts, say) {
        return Err(parts);
    }
    if parts.len() > 1 {
        parts.iter_mut().for_each(|p| p.beside = true);
    }
    for p in &mut parts {
        if !settle_one(p, say) {
            return Err(parts);
        }
    }
    if parts.iter().any(|p| p.listed && p.duration.is_none()) {
        return Err(parts);
    }
    if last_step > 0 && !order_steps(&mut parts, say) {
        return Err(parts);
    }
    let steps = parts.last().map_or(0, |p| p.step);
    for step in 0..=steps {
        if parts.iter().filter(|p| p.step == step).count() > 1 && !side_by_side(&mut parts, step, say) {
            return Err(parts);
        }
    }
    share_route(&mut parts);
    Ok(parts)
}

fn expand_patterns(parts: Vec<Part>) -> Result<Vec<Part>, Vec<Part>> {
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    for p in parts {
        let Some((counts, unit)) = p.pattern else {
            out.push(p);
            continue;
        };
        if p.timed() || p.amount.is_some() {
            out.push(p);
            return Err(out);
        }
        let unit = unit.or(p.form.and_then(piece_of)).unwrap_or(DoseUnit::Piece);
        let times = [DayPart::Morning, DayPart::Noon, DayPart::Evening, DayPart::Night];
        for (count, time) in counts.into_iter().zip(times).filter(|(c, _)| *c > 0.0) {
            let amount = Some(Amount::exactly(count, unit));
            let events = vec![time];
            out.push(Part { amount, events, event_count: 1, pattern: None, ..p.clone() });
        }
        // What stood after the pattern is said of all its doses; only the merging below may see it once.
    }
    Ok(out)
}

const fn piece_of(f: Form) -> Option<DoseUnit> {
    Some(match f {
        Form::Tablet => DoseUnit::Tablet,
        Form::Capsule => DoseUnit::Capsule,
        _ => return None,
    })
}

/// "1 tablet in the morning and 2 at night": a count without a unit takes the unit of its neighbour.
fn share_units(parts: &mut [Part]) {
    let mut units: Vec<DoseUnit> =
        parts.iter().filter(|p| !p.bare).filter_map(|p| p.amount.map(|a| a.unit)).collect();
    units.dedup();
    if let [unit] = units[..] {
        for a in parts.iter_mut().filter(|p| p.bare).filter_map(|p| p.amount.as_mut()) {
            // A bare number beside a mass may be tablets: it stays a count, and the parts then do not fit together.
            if unit.is_piece() {
                a.unit = unit;
            }
        }
    }
}

/// A later step takes the amount or the frequency of the step before, where it names only the other.
fn inherit(parts: &mut [Part], say: Say<'_>) -> bool {
    for k in 1..parts.len() {
        let (before, rest) = parts.split_at_mut(k);
        let (Some(prev), Some(p)) = (before.last(), rest.first_mut()) else { return false };
        if p.amount.is_none() {
            if p.step == prev.step || !(p.timed() || p.prn) || prev.amount.is_none() {
                return false;
            }
            if before.iter().filter(|b| b.step == prev.step).count() > 1 {
                return false;
            }
            p.amount = prev.amount;
            p.same = prev.same;
            say("the amount of the step before is read");
        }
        if !p.timed() && !p.prn {
            if prev.once || p.step == prev.step || prev.day.is_some() {
                return false;
            }
            // Neither says how often: nothing to take over.
            if !prev.timed() {
                continue;
            }
            p.freq = prev.freq;
            p.events.clone_from(&prev.events);
            p.event_count = prev.event_count;
            p.weekdays = prev.weekdays;
            p.meal = prev.meal;
            p.od = prev.od;
            say("the frequency of the step before is read");
        }
    }
    true
}

/// One instruction: `false` where its clauses contradict each other.
fn settle_one(p: &mut Part, say: Say<'_>) -> bool {
    settle_sides(p, say) && settle_divided(p) && settle_times(p, say) && settle_max(p) && plausible(p)
}

fn settle_sides(p: &mut Part, say: Say<'_>) -> bool {
    let unit = p.amount.map(|a| a.unit);
    if p.skin {
        let patch = unit == Some(DoseUnit::Patch) || p.form == Some(Form::Patch);
        let route = if patch { Route::Transdermal } else { Route::Topical };
        if p.route.is_some_and(|r| r != route) {
            return false;
        }
        p.route = Some(route);
    }
    if p.od {
        if unit == Some(DoseUnit::Drop) || p.route == Some(Route::Ophthalmic) {
            // Right eye or once a day: only another frequency tells.
            if p.freq.is_none() {
                return false;
            }
            p.route = Some(Route::Ophthalmic);
            say("\"OD\" read as the right eye");
        } else {
            if p.freq.is_some_and(|f| f != Frequency::per_day(1.0)) {
                return false;
            }
            p.freq = Some(Frequency::per_day(1.0));
            say("\"OD\" read as once daily");
        }
    }
    if p.both
        && let Some(a) = p.amount.as_mut()
    {
        if !matches!(a.unit, DoseUnit::Spray | DoseUnit::Drop | DoseUnit::Puff) || p.same.is_some() {
            return false;
        }
        a.low *= 2.0;
        a.high *= 2.0;
        say("both sides: the amount is doubled");
    }
    true
}

/// "30 mg daily in 3 divided doses" is 10 mg three times a day.
fn settle_divided(p: &mut Part) -> bool {
    let Some(n) = p.divided else { return true };
    let daily =
        p.freq.is_some_and(|f| f == Frequency::per_day(1.0) || (p.total && f == Frequency::every_hours(DAY)));
    if !daily || p.amount.is_none() {
        return false;
    }
    for a in p.amount.iter_mut().chain(p.same.iter_mut()) {
        a.low /= n;
        a.high /= n;
    }
    p.total = false;
    p.freq = Some(Frequency::per_day(n));
    true
}

fn settle_times(p: &mut Part, say: Say<'_>) -> bool {
    let n = f64::from(p.event_count);
    if p.once {
        // A single dose at a time of the day ("tonight at bedtime"). "once every morning", "once at bedtime for 7 days" is daily; "once at
        // bedtime" may be either.
        let daily = p.once_bare
            && p.event_count == 1
            && (p.daily_event || p.duration.is_some_and(|d| d > 1.0) || p.beside);
        if !daily {
            if p.once_bare {
                say("\"once\" read as a single dose");
            }
            return p.freq.is_none()
                && p.weekdays.is_none()
                && p.event_count <= 1
                && !(p.once_bare && p.event_count > 0);
        }
        p.once = false;
        if !p.daily_event {
            say("\"once\" read as once a day");
        }
    }
    if p.total && p.amount.is_some_and(|a| a.high != 1.0 || !a.unit.is_piece()) {
        say("an amount a day read as one dose");
    }
    let meals = if p.meal.is_some_and(|m| m.1) { 3.0 } else { 0.0 };
    match p.freq {
        Some(f) if p.event_count > 0 => {
            let Some((low, high)) = f.doses_per_day() else { return false };
            let fits = |n: f64| (low - n).abs() < 1e-9 && (high - n).abs() < 1e-9;
            if f.per_hours_low > DAY {
                if p.event_count != 1 {
                    return false;
                }
            } else if !fits(n) && !fits(n + meals) {
                return false;
            }
        }
        None if n + meals > 0.0 => {
            p.freq = Some(Frequency::per_day(n + meals));
            if meals > 0.0 {
                say("meals read as three a day");
            }
        }
        None if p.day.is_some() => {
            p.freq = Some(Frequency::per_day(1.0));
            say("an amount for a day read as one dose");
        }
        _ => {}
    }
    if let Some(days) = p.weekdays {
        let days = f64::from(days);
        p.freq = Some(match p.freq {
            None => Frequency { times_low: days, times_high: days, ..Frequency::every_hours(WEEK) },
            Some(f) if f.per_hours_low == WEEK && f.per_hours_high == WEEK => {
                if f.times_low != days || f.times_high != days {
                    return false;
                }
                f
            }
            Some(f) if f.per_hours_high <= DAY => {
                let Some((low, high)) = f.doses_per_day() else { return false };
                Frequency { times_low: low * days, times_high: high * days, ..Frequency::every_hours(WEEK) }
            }
            Some(_) => return false,
        });
    }
    // Minutes apart is for an attack: as needed, and with a maximum.
    if p.freq.is_some_and(|f| f.per_hours_low < 0.25)
        && !(p.prn && (p.max.is_some() || p.max_doses.is_some()))
    {
        return false;
    }
    !(p.bare_duration && p.freq.is_none())
}

fn settle_max(p: &mut Part) -> bool {
    if let (true, Some(max)) = (p.max_bare, p.max) {
        match p.amount.map(|a| a.unit) {
            // "1 tablet, max 4 a day": four tablets. "5 mg, max 4 a day": four doses.
            Some(u) if u.is_piece() => p.max = Some(Amount { unit: u, ..max }),
            Some(_) => {
                p.max = None;
                p.max_doses = p.max_doses.or(Some(max.high));
            }
            None => {}
        }
    }
    let single = p.amount.into_iter().chain(p.same);
    !p.max.is_some_and(|m| single.into_iter().any(|a| a.unit == m.unit && a.low > m.high))
}

/// Figures that no instruction has.
fn plausible(p: &Part) -> bool {
    let amount = p.amount.iter().chain(&p.same).all(|a| {
        a.high > 0.0
            && match a.unit {
                u if u.is_piece() => a.high <= 60.0,
                DoseUnit::Gram | DoseUnit::Ml => a.high <= 2000.0,
                _ => a.high <= 50_000.0,
            }
    });
    let dates = !matches!((p.start, p.end), (Some(s), Some(e)) if e < s);
    let single = p.amount.is_none_or(|a| a.unit != DoseUnit::Percent);
    amount && dates && single
}

/// Steps one after the other: each but the last must end somehow.
fn order_steps(parts: &mut [Part], say: Say<'_>) -> bool {
    let last = parts.last().map_or(0, |p| p.step);
    // From daily to once in weeks is rather a pace of change ("decrease to 0.5 tablets every 14 days").
    let longest = |step: u32| {
        parts
            .iter()
            .filter(|p| p.step == step)
            .filter_map(|p| p.freq)
            .map(|f| f.per_hours_high)
            .fold(0.0, f64::max)
    };
    if (1..=last).any(|s| longest(s) > WEEK && longest(s - 1) <= DAY) {
        return false;
    }
    let ends = |p: &Part| p.duration.is_some() || p.once || p.day.is_some() || p.end.is_some();
    if parts.iter().filter(|p| p.step < last).all(ends) {
        return (0..=last).all(|s| parts.iter().any(|p| p.step == s));
    }
    // "one in the morning then two at night": the same day.
    let by_day = parts.iter().all(|p| p.event_count > 0 && p.weekdays.is_none() && !p.once);
    if by_day && parts.iter().filter(|p| p.step < last).all(|p| !ends(p)) {
        for p in parts.iter_mut() {
            p.step = 0;
        }
        say("\"then\" between times of one day read as \"and\"");
        return true;
    }
    false
}

/// Instructions side by side: what stands at the end may be said of all or of the last; where that matters, nothing is read.
fn side_by_side(parts: &mut Vec<Part>, step: u32, say: Say<'_>) -> bool {
    let idx: Vec<usize> = (0..parts.len()).filter(|i| parts[*i].step == step).collect();
    let [.., last] = idx[..] else { return true };
    if idx.iter().any(|i| parts[*i].once || parts[*i].freq.is_none()) {
        return false;
    }
    let by_event = |p: &Part| p.event_count > 0 || p.weekdays.is_some();
    // A mass beside a count is more likely the same dose said twice.
    let mass = |p: &Part| p.amount.is_some_and(|a| !a.unit.is_piece());
    if idx.iter().any(|i| mass(&parts[*i])) != idx.iter().all(|i| mass(&parts[*i])) {
        return false;
    }
    // Two frequencies contradict each other unless one is regular and one as needed.
    let by_clock = |i: &&usize| !by_event(&parts[**i]);
    if [true, false]
        .iter()
        .any(|prn| idx.iter().filter(by_clock).filter(|i| parts[**i].prn == *prn).count() > 1)
    {
        return false;
    }
    // "once daily and two on Sundays": instead of, or on top?
    if idx.iter().any(|i| parts[*i].weekdays.is_some()) != idx.iter().all(|i| parts[*i].weekdays.is_some()) {
        return false;
    }
    // "twice a day, 1 in the morning and 1 at 3 pm" says the same doses twice.
    if let Some(k) = idx.iter().copied().find(|i| !by_event(&parts[*i]) && !parts[*i].prn) {
        let events: u32 = idx.iter().map(|i| parts[*i].event_count).sum();
        let rate = parts[k].freq.and_then(|f| f.doses_per_day()).map_or(0.0, |r| r.1);
        let after = idx.iter().copied().find(|i| *i > k);
        let joined = if k == idx[0] { after.is_none_or(|i| parts[i].joined) } else { parts[k].joined };
        if events > 0 && (rate == f64::from(events) || !joined) {
            return false;
        }
    }
    let alike_prn = idx.iter().all(|i| parts[*i].prn == parts[last].prn);
    if !alike_prn && parts[last].prn && by_event(&parts[last]) {
        return false;
    }
    if idx.iter().any(|i| parts[*i].max.is_some() || parts[*i].max_doses.is_some()) && !parts[last].prn {
        return false;
    }
    let shared = parts[last].duration;
    if shared.is_some() && idx.iter().any(|i| parts[*i].duration.is_none()) {
        for i in &idx {
            parts[*i].duration = shared;
        }
        say("the length of treatment read for all doses of the day");
    }
    merge(parts, &idx)
}

/// "1 tablet in the morning and 1 tablet at night" is one instruction. `false` where a time of the day is said twice.
fn merge(parts: &mut Vec<Part>, idx: &[usize]) -> bool {
    let (Some(&first), Some(&last)) = (idx.first(), idx.last()) else { return true };
    let mut seen: Vec<DayPart> = Vec::new();
    for p in idx.iter().map(|i| &parts[*i]) {
        for e in &p.events {
            if p.weekdays.is_none() && seen.contains(e) {
                return false;
            }
            seen.push(*e);
        }
    }
    let same = |p: &Part| {
        p.amount == parts[first].amount
            && p.same == parts[first].same
            && p.event_count > 0
            && p.weekdays.is_none()
    };
    let alike = idx.iter().all(|i| same(&parts[*i]) && parts[*i].prn == parts[first].prn)
        && idx
            .iter()
            .all(|i| parts[*i].freq.is_some_and(|f| f.per_hours_low == DAY && f.per_hours_high == DAY));
    if alike {
        let total: f64 = idx.iter().filter_map(|i| parts[*i].freq).map(|f| f.times_high).sum();
        let events: Vec<DayPart> = seen;
        let count = idx.iter().map(|i| parts[*i].event_count).sum();
        let tail = parts[last].clone();
        let p = &mut parts[first];
        p.events = events;
        p.event_count = count;
        p.freq = Some(Frequency::per_day(total));
        p.route = p.route.or(tail.route);
        p.prn_for = p.prn_for.or(tail.prn_for);
        p.form = p.form.or(tail.form);
        parts.drain(first + 1..=last);
    }
    true
}

/// A route said once is said of all.
fn share_route(parts: &mut [Part]) {
    let mut routes: Vec<Route> = parts.iter().filter_map(|p| p.route).collect();
    routes.dedup();
    if let [r] = routes[..] {
        for p in parts.iter_mut() {
            p.route = Some(r);
        }
    }
    let mut forms: Vec<Form> = parts.iter().filter_map(|p| p.form).collect();
    forms.dedup();
    if let [f] = forms[..] {
        for p in parts.iter_mut() {
            p.form = Some(f);
        }
    }
}
