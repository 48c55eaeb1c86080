//! The grammar: symbols to clauses.
//!
//! A clause says one thing (an amount, a frequency, a route). Alternatives are tried in order, the most specific first; a symbol that
//! begins no clause becomes [`Item::Unknown`] and is reported, never skipped.
use super::amount::{Quantity, amount, bare_count, number, range, unit};
use super::frequency::{clock, day_index, duration, frequency, part, per_period, up_to_times, weekdays};
use super::lex::{Sym, Tok};
use jiff::civil::Date;
use posology_model::{Amount, DayPart, DoseUnit, Form, Frequency, Route};
use winnow::Parser;
use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::error::EmptyError;
use winnow::token::any;

/// The input of all clause parsers.
pub(super) type In<'t> = &'t [Tok];
/// Their result.
pub(super) type P<T> = winnow::Result<T, EmptyError>;

/// One clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    Verb(Option<Route>),
    May,
    Noise,
    /// "5 mg/5 mL": what the product is.
    Concentration,
    Form(Form),
    /// Amount per dose, perhaps said twice; whether it is a count without a unit.
    Amount {
        first: Amount,
        same: Option<Amount>,
        form: Option<Form>,
        bare: bool,
    },
    /// Morning, noon, evening, night counts: "1-0-1".
    Pattern([f64; 4], Option<DoseUnit>),
    Freq(Frequency),
    /// "2 a day": a total, or times, depending on what stands before it.
    CountPer(Quantity, f64),
    /// "/day" after an amount.
    TotalPer(f64),
    /// "up to 3 times a day".
    UpToTimes(f64),
    Part(DayPart),
    QPart(DayPart),
    /// Times by the clock.
    Clock(u32),
    Meal(DayPart, bool),
    /// Number of weekdays named.
    Weekdays(u32),
    Od,
    OmniNocte,
    Route(Route),
    Both(Route),
    Skin,
    /// Only when needed; span of the reason.
    Prn(Option<(usize, usize)>),
    Reason(usize, usize),
    /// Days; whether it stood without "for" or "x".
    Duration(f64, bool),
    Start(Date),
    End(Date),
    MaxAmount(Amount, bool),
    MaxDoses(f64),
    Once,
    /// "once" alone.
    OnceBare,
    Directed,
    Divided(f64),
    /// Day of a schedule, first and last.
    DayIndex(f64, f64),
    Then,
    Finish,
    Comma,
    Open,
    And,
    Plus,
    Colon,
    Awake,
    Repeat,
    Unknown,
}

/// A clause with its place and the notes of its words.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub item: Item,
    pub start: usize,
    pub end: usize,
    /// Range of tokens.
    pub tokens: (usize, usize),
    pub note: Option<&'static str>,
}

/// A clause parser's answer: the clause, and what was assumed in reading it.
pub(super) type Read = (Item, Option<&'static str>);

/// All clauses of a text.
pub(super) fn clauses(tokens: &[Tok]) -> Vec<Clause> {
    let mut input: In<'_> = tokens;
    let mut out = Vec::with_capacity(8);
    while let Some(first) = input.first().copied() {
        let from = tokens.len() - input.len();
        let before = input;
        let (item, note) = match clause.parse_next(&mut input) {
            Ok(read) => read,
            Err(_) => {
                // A parser that fails may have taken symbols: they are read again, all but the first.
                input = &before[1..];
                (Item::Unknown, None)
            }
        };
        let to = tokens.len() - input.len();
        let end = tokens.get(to.saturating_sub(1)).map_or(first.end, |t| t.end);
        out.push(Clause { item, start: first.start, end, tokens: (from, to), note });
    }
    out
}

fn clause(i: &mut In<'_>) -> P<Read> {
    // Symbols that begin no longer clause, and symbols that begin none.
    match i.first().map(|t| t.sym) {
        Some(
            Sym::Comma
            | Sym::Semi
            | Sym::Stop
            | Sym::Close
            | Sym::Open
            | Sym::Colon
            | Sym::Verb(_)
            | Sym::May
            | Sym::Noise
            | Sym::Directed
            | Sym::Then
            | Sym::Finish
            | Sym::And
            | Sym::Plus
            | Sym::Route(_)
            | Sym::Both(_)
            | Sym::Skin
            | Sym::Mod(_)
            | Sym::FormOnly(_)
            | Sym::Od
            | Sym::Stat
            | Sym::Unit(_),
        ) => return simple(i),
        Some(Sym::Word | Sym::Bad | Sym::Junk) => return Err(EmptyError),
        Some(Sym::Prn | Sym::Onset | Sym::If) => return as_needed(i),
        Some(Sym::Freq(..) | Sym::Adverb(_)) => return frequency(i),
        _ => {}
    }
    alt((
        alt((one_dose, max, up_to_times, duration, part, clock, weekdays)),
        alt((frequency, pattern, as_needed, reason, amount, per_period)),
        alt((bare_count, day_index, repeated, supply, dates, divided)),
        alt((concentration, simple)),
    ))
    .parse_next(i)
}

/// The next symbol, where it is this one.
pub(super) fn sym<'t>(want: Sym) -> impl Parser<In<'t>, Tok, EmptyError> {
    any.verify(move |t: &Tok| t.sym == want)
}

/// The next symbol, where `f` takes it.
pub(super) fn get<'t, O>(f: impl Fn(Sym) -> Option<O>) -> impl Parser<In<'t>, O, EmptyError> {
    any.verify_map(move |t: Tok| f(t.sym))
}

/// Hours of a period word.
pub(super) fn period<'t>() -> impl Parser<In<'t>, f64, EmptyError> {
    get(|s| if let Sym::Period(h) = s { Some(h) } else { None })
}

/// "/", "per", "a", "in", "every": what leads to a period.
pub(super) fn per<'t>() -> impl Parser<In<'t>, (), EmptyError> {
    get(|s| matches!(s, Sym::Slash | Sym::Per | Sym::A | Sym::In | Sym::Every).then_some(()))
}

/// Whether a clause may end here.
fn boundary(i: &mut In<'_>) -> P<()> {
    let ok = i.first().is_none_or(|t| {
        matches!(
            t.sym,
            Sym::Comma
                | Sym::Semi
                | Sym::Stop
                | Sym::And
                | Sym::Plus
                | Sym::Num(_)
                | Sym::Prn
                | Sym::For
                | Sym::Then
                | Sym::Close
                | Sym::Route(_)
                | Sym::X
        )
    });
    if ok { Ok(()) } else { Err(EmptyError) }
}

/// "1-0-1", "1+1+2", "0-0-0-1".
fn pattern(i: &mut In<'_>) -> P<Read> {
    let one = || {
        get(|s| match s {
            Sym::Num(v) | Sym::Frac(v) if v <= 10.0 => Some(v),
            _ => None,
        })
    };
    let sep = match i.get(1).map(|t| t.sym) {
        Some(s @ (Sym::Dash | Sym::Plus)) => s,
        _ => return Err(EmptyError),
    };
    let (a, _, b, _, c) = (one(), sym(sep), one(), sym(sep), one()).parse_next(i)?;
    let d = opt(preceded(sym(sep), one())).parse_next(i)?;
    not(sym(sep)).parse_next(i)?;
    let u =
        opt(get(|s| if let Sym::Unit(u) = s { u.is_piece().then_some(u) } else { None })).parse_next(i)?;
    not(get(|s| if let Sym::Unit(u) = s { Some(u) } else { None })).parse_next(i)?;
    let counts = [a, b, c, d.unwrap_or(0.0)];
    if counts.iter().all(|c| *c == 0.0) {
        return Err(EmptyError);
    }
    Ok((
        Item::Pattern(counts, u),
        Some("numbers with signs between them read as morning, noon, evening (and night)"),
    ))
}

/// "max 4 a day", "not more than 8 tablets in 24 hours", "max daily dose 40 mg".
fn max(i: &mut In<'_>) -> P<Read> {
    let lead = get(|s| matches!(s, Sym::Max | Sym::MaxDaily | Sym::UpTo).then_some(s)).parse_next(i)?;
    opt(get(|s| matches!(s, Sym::Colon | Sym::Eq).then_some(()))).parse_next(i)?;
    let value = number.parse_next(i)?.0;
    let item = alt((
        get(|s| matches!(s, Sym::Dose | Sym::TimesWord).then_some(Item::MaxDoses(value))),
        unit.verify(|u| !matches!(u, DoseUnit::MgPerHour | DoseUnit::MicrogramPerHour))
            .map(|u| Item::MaxAmount(Amount::exactly(value, u), false)),
        get(|s| if let Sym::Spoon(v) = s { Some(v) } else { None })
            .map(|v| Item::MaxAmount(Amount::exactly(value * v, DoseUnit::Ml), false)),
        |_: &mut In<'_>| Ok(Item::MaxAmount(Amount::exactly(value, DoseUnit::Piece), true)),
    ))
    .parse_next(i)?;
    if lead == Sym::UpTo && matches!(item, Item::MaxDoses(_) | Item::MaxAmount(_, true)) {
        // "up to 4 times a day" is a frequency, "up to 4 a day" may be either.
        return Err(EmptyError);
    }
    opt(get(|s| (s == Sym::Total).then_some(()))).parse_next(i)?;
    let window = opt(window).parse_next(i)?;
    if window.is_none() && lead != Sym::MaxDaily {
        return Err(EmptyError);
    }
    (value > 0.0).then_some((item, None)).ok_or(EmptyError)
}

/// A day: "/day", "in 24 hours", "daily", "in a day".
fn window(i: &mut In<'_>) -> P<()> {
    alt((
        sym(Sym::Adverb(24.0)).void(),
        (
            repeat::<_, (), (), _, _>(
                1..,
                get(|s| {
                    matches!(s, Sym::Slash | Sym::Per | Sym::A | Sym::In | Sym::Every | Sym::The | Sym::Of)
                        .then_some(())
                }),
            ),
            opt(get(|s| if let Sym::Num(v) = s { Some(v) } else { None })),
            period(),
        )
            .verify_map(|(_, n, h)| (n.unwrap_or(1.0) * h == 24.0).then_some(())),
    ))
    .parse_next(i)
}

/// "prn for anxiety", "if anxious", "at onset of seizure".
fn as_needed(i: &mut In<'_>) -> P<Read> {
    let lead = get(|s| matches!(s, Sym::Prn | Sym::If | Sym::Onset).then_some(s)).parse_next(i)?;
    let span = if lead == Sym::Prn {
        opt(alt((
            preceded(sym(Sym::For), reason_words),
            (sym(Sym::Open), opt(sym(Sym::For)), reason_words, sym(Sym::Close)).map(|t| t.2),
            preceded(opt(get(|s| matches!(s, Sym::Colon | Sym::Dash).then_some(()))), bare_reason),
        )))
        .parse_next(i)?
    } else {
        Some(reason_words.parse_next(i)?)
    };
    Ok((Item::Prn(span), None))
}

/// "for anxiety".
fn reason(i: &mut In<'_>) -> P<Read> {
    let (start, end) = preceded((sym(Sym::For), opt(sym(Sym::Colon))), reason_words).parse_next(i)?;
    Ok((Item::Reason(start, end), None))
}

/// Words of a reason: words outside the vocabulary, joined by small words. It ends where a known clause begins, and never takes a word that
/// may change a dose.
fn words_of(i: &mut In<'_>, after_for: bool) -> P<(usize, usize)> {
    let mut span: Option<(usize, usize)> = None;
    let mut words = 0;
    while let Some(t) = i.first() {
        let next_is_word = i.get(1).is_some_and(|n| n.sym == Sym::Word);
        let take = match t.sym {
            Sym::Word => true,
            // "for night terrors", "for oral thrush": a known word is part of the reason only right after "for" and before a word.
            Sym::Part(..) | Sym::Route(_) | Sym::Adverb(_) | Sym::The | Sym::A if words == 0 && after_for => {
                next_is_word
            }
            Sym::And
            | Sym::Or
            | Sym::Slash
            | Sym::Dash
            | Sym::Of
            | Sym::The
            | Sym::A
            | Sym::In
            | Sym::On
            | Sym::To => {
                words > 0
                    && (next_is_word
                        || (i.get(1).is_some_and(|n| n.sym == Sym::The)
                            && i.get(2).is_some_and(|n| n.sym == Sym::Word)))
            }
            Sym::Lasting | Sym::More if words > 0 => {
                let mut ahead: In<'_> = &i[1..];
                let limit = (
                    number,
                    opt(get(|s| matches!(s, Sym::Period(_) | Sym::Percent | Sym::Unit(_)).then_some(()))),
                );
                let mut limit = limit.void();
                if limit.parse_next(&mut ahead).is_ok() {
                    let end = i[i.len() - ahead.len() - 1].end;
                    span = span.map(|s| (s.0, end));
                    *i = ahead;
                }
                break;
            }
            _ => false,
        };
        if !take || words >= 12 {
            break;
        }
        span = Some((span.map_or(t.start, |s| s.0), t.end));
        words += 1;
        *i = &i[1..];
    }
    span.ok_or(EmptyError)
}

/// A reason after "for".
fn reason_words(i: &mut In<'_>) -> P<(usize, usize)> {
    words_of(i, true)
}

/// A reason right after "as needed".
fn bare_reason(i: &mut In<'_>) -> P<(usize, usize)> {
    words_of(i, false)
}

/// "may repeat once after 4 hours".
fn repeated(i: &mut In<'_>) -> P<Read> {
    sym(Sym::Repeat).parse_next(i)?;
    opt(alt((
        get(|s| if let Sym::TimesN(n) = s { Some(n) } else { None }).void(),
        (sym(Sym::X), number).void(),
        (number, sym(Sym::TimesWord)).void(),
    )))
    .parse_next(i)?;
    opt((opt(get(|s| matches!(s, Sym::In | Sym::Every).then_some(()))), range, period()).void())
        .parse_next(i)?;
    Ok((Item::Repeat, Some("a repeat of the dose is allowed and not counted")))
}

/// "x 1 dose", "for 1 dose".
fn one_dose(i: &mut In<'_>) -> P<Read> {
    get(|s| matches!(s, Sym::X | Sym::For).then_some(())).parse_next(i)?;
    (sym(Sym::Num(1.0)), sym(Sym::Dose)).parse_next(i)?;
    Ok((Item::Once, None))
}

/// "#30", "qty 30", "refills 2".
fn supply(i: &mut In<'_>) -> P<Read> {
    get(|s| matches!(s, Sym::Supply | Sym::Hash).then_some(())).parse_next(i)?;
    opt(get(|s| matches!(s, Sym::Colon | Sym::Hash | Sym::Eq).then_some(()))).parse_next(i)?;
    get(|s| if let Sym::Num(v) = s { Some(v) } else { None }).parse_next(i)?;
    opt(get(|s| if let Sym::Unit(u) = s { Some(u) } else { None })).parse_next(i)?;
    Ok((Item::Noise, None))
}

/// "from 2025-11-01", "until 2025-12-01".
fn dates(i: &mut In<'_>) -> P<Read> {
    let lead = get(|s| matches!(s, Sym::From | Sym::Until | Sym::To).then_some(s)).parse_next(i)?;
    let date = get(|s| if let Sym::Date(d) = s { Some(d) } else { None }).parse_next(i)?;
    Ok((if lead == Sym::From { Item::Start(date) } else { Item::End(date) }, None))
}

/// "in 2 divided doses", "divided tid", "divided into 3 doses".
fn divided(i: &mut In<'_>) -> P<Read> {
    let n = alt((
        (opt(sym(Sym::In)), number, sym(Sym::Divided), sym(Sym::Dose)).map(|t| t.1.0),
        (sym(Sym::Divided), opt(alt((sym(Sym::In), sym(Sym::To)))), number, sym(Sym::Dose)).map(|t| t.2.0),
        preceded(
            sym(Sym::Divided),
            frequency.verify_map(|(item, _)| match item {
                Item::Freq(f) => f.doses_per_day().and_then(|(l, h)| (l == h).then_some(l)),
                _ => None,
            }),
        ),
    ))
    .parse_next(i)?;
    ((1.0..=12.0).contains(&n) && n.fract() == 0.0).then_some((Item::Divided(n), None)).ok_or(EmptyError)
}

/// "5 mg/5 mL" where it names the product.
fn concentration(i: &mut In<'_>) -> P<Read> {
    let mg = |s| if let Sym::Unit(u) = s { u.in_mg() } else { None };
    (number, get(mg), alt((sym(Sym::Slash), sym(Sym::Per))), opt(number), sym(Sym::Unit(DoseUnit::Ml)))
        .parse_next(i)?;
    Ok((Item::Concentration, Some("the concentration of the product is not read here")))
}

fn simple(i: &mut In<'_>) -> P<Read> {
    let next = |k: usize| i.get(k).map(|t| t.sym);
    let item = match next(0).ok_or(EmptyError)? {
        Sym::Verb(r) => Item::Verb(r),
        Sym::May => Item::May,
        Sym::Noise => Item::Noise,
        Sym::Unit(u) if u.is_piece() => form_of(u).map_or(Item::Noise, Item::Form),
        Sym::Mod(f) | Sym::FormOnly(f) => Item::Form(f),
        Sym::Od => Item::Od,
        Sym::Route(r) => Item::Route(r),
        Sym::Both(r) => Item::Both(r),
        Sym::Skin => Item::Skin,
        Sym::Stat => Item::Once,
        Sym::TimesN(1.0) => Item::OnceBare,
        Sym::Directed => Item::Directed,
        Sym::Then => Item::Then,
        Sym::Finish => Item::Finish,
        Sym::Comma | Sym::Semi | Sym::Stop | Sym::Dash | Sym::Close => Item::Comma,
        Sym::Open => Item::Open,
        Sym::And => Item::And,
        Sym::Plus => Item::Plus,
        Sym::Colon => Item::Colon,
        Sym::Awake => Item::Awake,
        Sym::On => {
            let mut ahead: In<'_> = &i[1..];
            if peek(boundary).parse_next(&mut ahead).is_err() {
                return Err(EmptyError);
            }
            Item::OmniNocte
        }
        _ => return Err(EmptyError),
    };
    *i = &i[1..];
    let note = match item {
        Item::OmniNocte => Some("\"ON\" read as every night"),
        _ => None,
    };
    Ok((item, note))
}

/// The form behind a counted unit.
pub(super) const fn form_of(u: DoseUnit) -> Option<Form> {
    Some(match u {
        DoseUnit::Tablet => Form::Tablet,
        DoseUnit::Capsule => Form::Capsule,
        DoseUnit::Patch => Form::Patch,
        DoseUnit::Suppository => Form::Suppository,
        DoseUnit::Lozenge => Form::Lozenge,
        _ => return None,
    })
}
