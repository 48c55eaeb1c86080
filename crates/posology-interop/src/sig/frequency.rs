//! Frequencies, parts of the day, durations.
use super::amount::{Quantity, number, range};
use super::grammar::{In, Item, P, Read, get, per, period, sym};
use super::lex::Sym;
use posology_model::{DayPart, Frequency};
use winnow::Parser;
use winnow::combinator::{alt, not, opt, preceded, repeat};
use winnow::error::EmptyError;

const DAY: f64 = 24.0;

fn freq(times: (f64, f64), hours: (f64, f64)) -> Item {
    Item::Freq(Frequency {
        times_low: times.0,
        times_high: times.1,
        per_hours_low: hours.0,
        per_hours_high: hours.1,
    })
}

fn every<'t>() -> impl Parser<In<'t>, (), EmptyError> {
    get(|s| (s == Sym::Every).then_some(()))
}

/// How often.
pub(super) fn frequency(i: &mut In<'_>) -> P<Read> {
    alt((every_period, hourly, coded, counted, days_per_week, adverb)).parse_next(i)
}

/// "every 4-6 hours", "every other day", "q8h", "every third day", "every day".
fn every_period(i: &mut In<'_>) -> P<Read> {
    every().parse_next(i)?;
    alt((
        (sym(Sym::Other), period()).map(|(_, h)| (freq((1.0, 1.0), (2.0 * h, 2.0 * h)), None)),
        (get(|s| if let Sym::Ord(n) = s { Some(n) } else { None }), period())
            .map(|(n, h)| (freq((1.0, 1.0), (n * h, n * h)), None)),
        (range.flat_map(again), opt(sym(Sym::Dash)), period(), not((per(), period())))
            .map(|(q, _, h, ())| (freq((1.0, 1.0), (q.low * h, q.high * h)), q.note)),
        (range, opt(sym(Sym::Dash)), sym(Sym::Adverb(1.0)))
            .map(|(q, _, _)| (freq((1.0, 1.0), (q.low, q.high)), q.note)),
        // "q6": hours are meant.
        (range.verify(|q| q.low >= 2.0 && q.high <= 24.0), not(get(takes_number))).map(|(q, ())| {
            (freq((1.0, 1.0), (q.low, q.high)), Some("\"every\" with a bare number read as hours"))
        }),
        period().map(|h| (freq((1.0, 1.0), (h, h)), None)),
        sym(Sym::Adverb(DAY)).map(|_| (freq((1.0, 1.0), (DAY, DAY)), None)),
    ))
    .parse_next(i)
}

/// "every 4 four hours": the same number again.
fn again<'t>(q: Quantity) -> impl Parser<In<'t>, Quantity, EmptyError> {
    opt(get(move |s| (s == Sym::Num(q.high)).then_some(()))).value(q)
}

/// Symbols that give a number before them another meaning than hours.
fn takes_number(s: Sym) -> Option<()> {
    matches!(
        s,
        Sym::Unit(_)
            | Sym::Spoon(_)
            | Sym::Dose
            | Sym::TimesWord
            | Sym::X
            | Sym::Dash
            | Sym::Slash
            | Sym::AmPm(_)
            | Sym::Word
            | Sym::Bad
            | Sym::Junk
            | Sym::Num(_)
            | Sym::Frac(_)
            | Sym::Percent
            | Sym::Adverb(_)
            | Sym::Per
            | Sym::Weekday(_)
    )
    .then_some(())
}

/// "6 hourly", "4-6 hourly".
fn hourly(i: &mut In<'_>) -> P<Read> {
    let q = range.parse_next(i)?;
    opt(sym(Sym::Dash)).parse_next(i)?;
    sym(Sym::Adverb(1.0)).parse_next(i)?;
    Ok((freq((1.0, 1.0), (q.low, q.high)), q.note))
}

fn code(i: &mut In<'_>) -> P<(f64, f64)> {
    get(|s| if let Sym::Freq(t, h) = s { Some((t, h)) } else { None }).parse_next(i)
}

/// "bid", "tid or qid".
fn coded(i: &mut In<'_>) -> P<Read> {
    let (t, h) = code.parse_next(i)?;
    let mut more =
        opt(preceded(get(|s| matches!(s, Sym::Or | Sym::Dash | Sym::To | Sym::Slash).then_some(())), code));
    match more.parse_next(i)? {
        None => Ok((freq((t, t), (h, h)), None)),
        Some((t2, h2)) if h2 == h && t2 > t => Ok((freq((t, t2), (h, h)), None)),
        Some(_) => Err(EmptyError),
    }
}

fn times_n(i: &mut In<'_>) -> P<f64> {
    get(|s| if let Sym::TimesN(n) = s { Some(n) } else { None }).parse_next(i)
}

/// "once or twice", "2-3 times", "3x", "x3".
fn count(i: &mut In<'_>) -> P<Quantity> {
    let same = |n| Quantity { low: n, high: n, note: None };
    let whole = |q: &Quantity| q.low.fract() == 0.0 && q.high.fract() == 0.0;
    let or = || get(|s| matches!(s, Sym::Or | Sym::To | Sym::Dash).then_some(()));
    let times = || get(|s| matches!(s, Sym::TimesWord | Sym::X).then_some(()));
    alt((
        (times_n, or(), times_n).verify(|(a, (), b)| b > a).map(|(a, (), b)| Quantity {
            low: a,
            high: b,
            note: None,
        }),
        (times_n, or(), number, times()).verify(|(a, (), b, ())| b.0 > *a).map(|(a, (), b, ())| Quantity {
            low: a,
            high: b.0,
            note: None,
        }),
        times_n.map(same),
        (range.verify(whole), opt(sym(Sym::Dash)), times()).map(|t| t.0),
        preceded(sym(Sym::X), range.verify(whole)),
    ))
    .parse_next(i)
}

/// What a count refers to: "daily", "a day", "per week", "in 24 hours", "every 3 days". Hours, low and high.
fn over(i: &mut In<'_>) -> P<(f64, f64)> {
    alt((
        preceded(opt(sym(Sym::Dash)), get(|s| if let Sym::Adverb(h) = s { Some((h, h)) } else { None })),
        (sym(Sym::Every), sym(Sym::Other), period()).map(|(_, _, h)| (2.0 * h, 2.0 * h)),
        (per(), range, period()).map(|((), q, h)| (q.low * h, q.high * h)),
        (per(), opt(get(|s| matches!(s, Sym::A | Sym::The).then_some(()))), period())
            .map(|((), _, h)| (h, h)),
        code.verify(|(t, _)| *t == 1.0).map(|(_, h)| (h, h)),
    ))
    .parse_next(i)
}

/// "three times a day", "once daily", "twice a week", "once every 3 days".
fn counted(i: &mut In<'_>) -> P<Read> {
    let (q, hours) = alt((
        (count, over),
        // "five times day".
        (range, sym(Sym::TimesWord), sym(Sym::Period(DAY))).map(|(q, _, _)| (q, (DAY, DAY))),
    ))
    .parse_next(i)?;
    sane(q, hours).map(|f| (f, q.note))
}

fn sane(q: Quantity, hours: (f64, f64)) -> P<Item> {
    if q.high <= 24.0 && hours.0 > 0.0 { Ok(freq((q.low, q.high), hours)) } else { Err(EmptyError) }
}

/// "5 days a week", "4 nights per week".
fn days_per_week(i: &mut In<'_>) -> P<Read> {
    let (q, _, (), h) = (
        range.verify(|q: &Quantity| q.high <= 7.0 && q.low.fract() == 0.0 && q.high.fract() == 0.0),
        sym(Sym::Period(DAY)),
        per(),
        period().verify(|h| *h == 168.0),
    )
        .parse_next(i)?;
    sane(q, (h, h)).map(|f| (f, q.note))
}

fn adverb(i: &mut In<'_>) -> P<Read> {
    opt(sym(Sym::A)).parse_next(i)?;
    let h = get(|s| if let Sym::Adverb(h) = s { Some(h) } else { None }).parse_next(i)?;
    Ok((freq((1.0, 1.0), (h, h)), None))
}

/// "up to 3 times a day".
pub(super) fn up_to_times(i: &mut In<'_>) -> P<Read> {
    sym(Sym::UpTo).parse_next(i)?;
    alt((
        (count, over)
            .verify_map(|(q, h)| (h == (DAY, DAY) && q.low == q.high && q.high <= 24.0).then_some(q.high)),
        code.verify_map(|(t, h)| (h == DAY).then_some(t)),
        (number, sym(Sym::Dose), over).verify_map(|(n, _, h)| (h == (DAY, DAY)).then_some(n.0)),
    ))
    .map(|n| (Item::UpToTimes(n), None))
    .parse_next(i)
}

/// "2 a day": a total, or times. "/day" after an amount.
pub(super) fn per_period(i: &mut In<'_>) -> P<Read> {
    alt((
        (
            range.verify(|q| q.high <= 24.0),
            per_word,
            opt(number).verify(|n| n.is_none_or(|n| n.0 == 24.0)),
            period(),
        )
            .verify_map(|(q, (), n, h)| {
                let hours = n.map_or(1.0, |n| n.0) * h;
                (hours >= DAY).then_some((Item::CountPer(q, hours), q.note))
            }),
        (per_word, opt(number).verify(|n| n.is_none_or(|n| n.0 == 24.0)), period()).verify_map(
            |((), n, h)| {
                let hours = n.map_or(1.0, |n| n.0) * h;
                (hours >= DAY).then_some((Item::TotalPer(hours), None))
            },
        ),
    ))
    .parse_next(i)
}

fn per_word(i: &mut In<'_>) -> P<()> {
    alt((
        sym(Sym::Slash).void(),
        sym(Sym::Per).void(),
        sym(Sym::A).void(),
        (sym(Sym::In), opt(sym(Sym::A))).void(),
    ))
    .parse_next(i)
}

/// A part of the day, perhaps with its distance ("30 minutes before bedtime").
pub(super) fn part(i: &mut In<'_>) -> P<Read> {
    let lead = alt((
        (range, opt(sym(Sym::A)), period()).void(),
        (get(|s| matches!(s, Sym::WordFrac(_)).then_some(())), period()).void(),
        (sym(Sym::A), period()).void(),
    ));
    let relative = |s| match s {
        Sym::Part(p, true) => Some(Item::Part(p)),
        Sym::Meal(p, all, true) => Some(Item::Meal(p, all)),
        _ => None,
    };
    let any_part = |s| match s {
        Sym::Part(p, _) => Some(Item::Part(p)),
        Sym::QPart(p) => Some(Item::QPart(p)),
        Sym::Meal(p, all, _) => Some(Item::Meal(p, all)),
        Sym::AmPm(late) => Some(Item::Part(if late { DayPart::Evening } else { DayPart::Morning })),
        _ => None,
    };
    let item = alt((
        preceded(lead, get(relative)),
        preceded(
            (every(), opt(sym(Sym::Period(DAY)))),
            get(|s| match s {
                Sym::Part(p, _) => Some(Item::QPart(p)),
                Sym::AmPm(late) => Some(Item::QPart(if late { DayPart::Evening } else { DayPart::Morning })),
                _ => None,
            }),
        ),
        get(any_part),
    ))
    .parse_next(i)?;
    Ok((item, None))
}

/// "at 8 am", "20:00", "8pm", "at 0800".
pub(super) fn clock(i: &mut In<'_>) -> P<Read> {
    let tail = || opt(get(|s| matches!(s, Sym::AmPm(_) | Sym::Period(1.0)).then_some(())));
    let ampm = || get(|s| matches!(s, Sym::AmPm(_)).then_some(()));
    let hour = |v: f64| v.fract() == 0.0 && (1.0..=12.0).contains(&v);
    let num = || get(|s| if let Sym::Num(v) = s { Some(v) } else { None });
    let mut first = alt((
        (
            opt(get(|s| matches!(s, Sym::At | Sym::Every).then_some(()))),
            get(|s| matches!(s, Sym::Clock(..)).then_some(())),
            tail(),
        )
            .void(),
        (sym(Sym::At), num().verify(move |v| hour(*v)), ampm()).void(),
        // Without "at", a small number before am or pm may be a count ("1 am, 2 pm").
        (num().verify(move |v| hour(*v) && *v >= 5.0), ampm()).void(),
    ));
    first.parse_next(i)?;
    // After one time by the clock a list goes on with times, however small: "8am, 2pm and 8pm".
    let mut next = preceded(
        (list_sign, opt(sym(Sym::At))),
        alt((
            (num().verify(move |v| hour(*v)), ampm()).void(),
            (get(|s| matches!(s, Sym::Clock(..)).then_some(())), tail()).void(),
            (num().verify(|v| v.fract() == 0.0 && (1000.0..2400.0).contains(v)), tail()).void(),
        )),
    );
    let mut times = 1;
    while opt(next.by_ref()).parse_next(i)?.is_some() {
        times += 1;
    }
    Ok((Item::Clock(times), None))
}

fn day<'t>() -> impl Parser<In<'t>, u8, EmptyError> {
    get(|s| if let Sym::Weekday(d) = s { Some(d) } else { None })
}

/// What stands between the days of a list.
fn list_sign(i: &mut In<'_>) -> P<()> {
    repeat::<_, (), (), _, _>(
        0..3,
        get(|s| {
            matches!(s, Sym::Comma | Sym::And | Sym::Slash | Sym::On | Sym::Every | Sym::Stop).then_some(())
        }),
    )
    .parse_next(i)
}

/// "on Mon, Wed and Fri", "every Monday", "Mon-Fri".
pub(super) fn weekdays(i: &mut In<'_>) -> P<Read> {
    opt(get(|s| matches!(s, Sym::On | Sym::Every).then_some(()))).parse_next(i)?;
    let first = day().parse_next(i)?;
    let through = get(|s| matches!(s, Sym::Dash | Sym::To).then_some(()));
    if let Some(last) = opt((through, day(), not((sym(Sym::Dash), day())))).parse_next(i)?.map(|t| t.1) {
        not((list_sign, day())).parse_next(i)?;
        return Ok((Item::Weekdays(u32::from((last + 7 - first) % 7) + 1), None));
    }
    let mut seen: u32 = 1 << first;
    while let Some(d) =
        opt(alt((preceded(list_sign, day()), preceded(sym(Sym::Dash), day())))).parse_next(i)?
    {
        seen |= 1 << d;
    }
    Ok((Item::Weekdays(seen.count_ones()), None))
}

/// "for 7 days", "x 2 weeks", "for 5/7", and "10 days" alone.
pub(super) fn duration(i: &mut In<'_>) -> P<Read> {
    let lead = opt(get(|s| matches!(s, Sym::For | Sym::X).then_some(s))).parse_next(i)?;
    if lead.is_some() {
        opt(get(|s| (s == Sym::X).then_some(()))).parse_next(i)?;
        repeat::<_, (), (), _, _>(
            0..3,
            get(|s| {
                matches!(s, Sym::The | Sym::First | Sym::Noise | Sym::UpTo | Sym::Total | Sym::Of)
                    .then_some(())
            }),
        )
        .parse_next(i)?;
    }
    let uk = (number, sym(Sym::Slash), get(uk_days)).map(|((n, _), _, d)| {
        (n * d, n * d, Some("a number over 7, 52 or 12 read as days, weeks or months"))
    });
    // Hours on the skin are no length of treatment, unless they are days.
    let least = if lead.is_some() { 48.0 } else { f64::INFINITY };
    let long = move |q: &Quantity, h: f64| h >= DAY || q.low * h >= least;
    let mut spoken = (range, opt(sym(Sym::Dash)), period())
        .verify(move |(q, _, h)| long(q, *h))
        .map(|(q, _, h)| (q.low * h / DAY, q.high * h / DAY, q.note));
    let article = (sym(Sym::A), period().verify(|h| *h >= DAY)).map(|(_, h)| (h / DAY, h / DAY, None));
    // "for the first week".
    let single = period().verify(|h| *h >= DAY).map(|h| (h / DAY, h / DAY, None));
    let (low, high, note) = match lead {
        Some(Sym::For) => alt((uk, spoken, article, single)).parse_next(i)?,
        Some(_) => alt((uk, spoken)).parse_next(i)?,
        None => spoken.parse_next(i)?,
    };
    // "for 5 days a week" is a frequency.
    not((per(), period())).parse_next(i)?;
    not(get(|s| {
        matches!(s, Sym::Part(_, true) | Sym::Meal(_, _, true) | Sym::Word | Sym::Bad).then_some(())
    }))
    .parse_next(i)?;
    if !(1.0..=3700.0).contains(&low) {
        return Err(EmptyError);
    }
    let note = if lead.is_none() {
        Some("a period without \"for\" read as the length of treatment")
    } else if low != high {
        Some("the longer of two lengths of treatment is read")
    } else {
        note
    };
    Ok((Item::Duration(high, lead.is_none()), note))
}

fn uk_days(s: Sym) -> Option<f64> {
    match s {
        Sym::Num(7.0) => Some(1.0),
        Sym::Num(52.0) => Some(7.0),
        Sym::Num(12.0) => Some(30.0),
        _ => None,
    }
}

/// "day 1", "days 2-5", "week 1".
pub(super) fn day_index(i: &mut In<'_>) -> P<Read> {
    opt(sym(Sym::On)).parse_next(i)?;
    let hours = period().verify(|h| *h == DAY || *h == 168.0).parse_next(i)?;
    let q = alt((
        range,
        (number, sym(Sym::And), number).verify(|(a, _, b)| b.0 == a.0 + 1.0).map(|(a, _, b)| Quantity {
            low: a.0,
            high: b.0,
            note: None,
        }),
    ))
    .parse_next(i)?;
    if q.low.fract() != 0.0 || q.high.fract() != 0.0 || q.high > 366.0 {
        return Err(EmptyError);
    }
    let days = hours / DAY;
    Ok((Item::DayIndex((q.low - 1.0) * days + 1.0, q.high * days), q.note))
}
