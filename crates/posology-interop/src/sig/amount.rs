//! Numbers, ranges and amounts.
use super::grammar::{In, Item, P, Read, form_of, get, period, sym};
use super::lex::Sym;
use posology_model::{Amount, DoseUnit};
use winnow::Parser;
use winnow::combinator::{alt, not, opt, preceded, repeat};
use winnow::error::EmptyError;

/// A number or a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantity {
    pub low: f64,
    pub high: f64,
    pub note: Option<&'static str>,
}

fn num(i: &mut In<'_>) -> P<f64> {
    get(|s| if let Sym::Num(v) = s { Some(v) } else { None }).parse_next(i)
}

fn frac(i: &mut In<'_>) -> P<f64> {
    let v = get(|s| if let Sym::Frac(v) = s { Some(v) } else { None }).parse_next(i)?;
    opt((opt(sym(Sym::Of)), sym(Sym::A))).parse_next(i)?;
    Ok(v)
}

fn word_frac(i: &mut In<'_>) -> P<f64> {
    get(|s| if let Sym::WordFrac(v) = s { Some(v) } else { None }).parse_next(i)
}

/// "2 two", "four 4": one number, in digits and in words.
fn twice_said(i: &mut In<'_>) -> P<f64> {
    let (a, b) = (i.first().copied().ok_or(EmptyError)?, i.get(1).copied().ok_or(EmptyError)?);
    match (a.sym, b.sym) {
        // "one 1 hour before food", "one 2 times a day": two numbers.
        _ if matches!(i.get(2).map(|t| t.sym), Some(Sym::Period(_) | Sym::TimesWord | Sym::X)) => {
            Err(EmptyError)
        }
        (Sym::Num(x), Sym::Num(y)) if x == y && a.end - a.start != b.end - b.start => {
            *i = &i[2..];
            Ok(x)
        }
        _ => Err(EmptyError),
    }
}

fn plain(i: &mut In<'_>) -> P<(f64, Option<&'static str>)> {
    alt((
        twice_said.map(|n| (n, None)),
        (num, sym(Sym::And), alt((word_frac, frac))).map(|(n, _, f)| (n + f, None)),
        (num, sym(Sym::Dash), frac)
            .map(|(n, _, f)| (n + f, Some("a whole number, a hyphen and a fraction read as their sum"))),
        (num.verify(|n| n.fract() == 0.0), frac).map(|(n, f)| (n + f, None)),
        (num.verify(|n| *n == 1.0), word_frac).map(|(_, f)| (f, None)),
        (num, not(word_frac)).map(|(n, _)| (n, None)),
        alt((frac, word_frac)).map(|f| (f, None)),
    ))
    .parse_next(i)
}

/// A positive number, perhaps said twice ("one (1)").
pub(super) fn number(i: &mut In<'_>) -> P<(f64, Option<&'static str>)> {
    let (v, note) = plain.parse_next(i)?;
    opt((sym(Sym::Open), plain.verify(|(w, _)| *w == v), sym(Sym::Close))).parse_next(i)?;
    if v > 0.0 && v <= 1e6 { Ok((v, note)) } else { Err(EmptyError) }
}

fn range_sign(i: &mut In<'_>) -> P<()> {
    get(|s| matches!(s, Sym::Dash | Sym::To | Sym::Or).then_some(())).parse_next(i)
}

/// A number or a rising range.
pub(super) fn range(i: &mut In<'_>) -> P<Quantity> {
    let first = *i;
    let (low, note) = number.parse_next(i)?;
    // "one/two tablets", in words.
    if let (Some(a), Some(s), Some(b)) = (first.first(), first.get(1), first.get(2))
        && let (Sym::Num(x), Sym::Slash, Sym::Num(y)) = (a.sym, s.sym, b.sym)
        && y == x + 1.0
        && a.end - a.start > 2
        && b.end - b.start > 2
    {
        *i = &first[3..];
        return Ok(Quantity { low: x, high: y, note: None });
    }
    match opt(preceded(range_sign, number)).parse_next(i)? {
        Some((high, n2)) if high > low => Ok(Quantity { low, high, note: note.or(n2) }),
        Some(_) => Err(EmptyError),
        None => Ok(Quantity { low, high: low, note }),
    }
}

/// A quantity that may begin with "a" (before a unit) or "up to".
fn quantity(i: &mut In<'_>) -> P<Quantity> {
    alt((
        preceded(sym(Sym::UpTo), number).map(|(v, note)| Quantity { low: 0.0, high: v, note }),
        range,
        sym(Sym::A).map(|_| Quantity { low: 1.0, high: 1.0, note: None }),
    ))
    .parse_next(i)
}

/// A unit, with "/kg", "/h" or "/dose" behind it.
pub(super) fn unit(i: &mut In<'_>) -> P<DoseUnit> {
    let u = get(|s| if let Sym::Unit(u) = s { Some(u) } else { None }).parse_next(i)?;
    let over = || get(|s| matches!(s, Sym::Slash | Sym::Per).then_some(()));
    if !u.is_piece() {
        let kg = opt((over(), sym(Sym::Kg))).parse_next(i)?.is_some();
        let hour = opt((over(), period().verify(|h| *h == 1.0))).parse_next(i)?.is_some();
        opt((over(), sym(Sym::Dose))).parse_next(i)?;
        return match (u, kg, hour) {
            (u, false, false) => Ok(u),
            (DoseUnit::Mg, true, false) => Ok(DoseUnit::MgPerKg),
            (DoseUnit::Microgram, true, false) => Ok(DoseUnit::MicrogramPerKg),
            (DoseUnit::Mg, false, true) => Ok(DoseUnit::MgPerHour),
            (DoseUnit::Microgram, false, true) => Ok(DoseUnit::MicrogramPerHour),
            _ => Err(EmptyError),
        };
    }
    Ok(u)
}

/// A quantity with its unit: one way of saying an amount.
#[derive(Clone, Copy)]
struct Said {
    amount: Amount,
    note: Option<&'static str>,
}

/// Words between a number and the counted unit: "1 chewable tablet", "1 oral capsule".
fn mods(i: &mut In<'_>) -> P<()> {
    repeat::<_, (), (), _, _>(
        0..3,
        get(|s| matches!(s, Sym::Mod(_) | Sym::Route(_) | Sym::Noise).then_some(())),
    )
    .parse_next(i)
}

fn said(i: &mut In<'_>) -> P<Said> {
    let q = quantity.parse_next(i)?;
    mods.parse_next(i)?;
    let spoon = get(|s| if let Sym::Spoon(v) = s { Some(v) } else { None });
    let (factor, u) = alt((spoon.map(|v| (v, DoseUnit::Ml)), unit.map(|u| (1.0, u)))).parse_next(i)?;
    // "5 mg to 10 mg", "1 tablet or 2 tablets".
    let (low, mut high) = (q.low * factor, q.high * factor);
    if low == high
        && let Some((v, _)) =
            opt((preceded(range_sign, number), unit.verify(|w| *w == u))).parse_next(i)?.map(|t| t.0)
    {
        if v <= high {
            return Err(EmptyError);
        }
        high = v;
    }
    Ok(Said { amount: Amount { low, high, unit: u }, note: q.note })
}

fn is_mass(u: DoseUnit) -> bool {
    u.in_mg().is_some() || matches!(u, DoseUnit::MilliEquivalent | DoseUnit::InternationalUnit)
}

/// An amount per dose.
pub(super) fn amount(i: &mut In<'_>) -> P<Read> {
    alt((count_of_strength, mass_in_volume, amount_said)).parse_next(i)
}

fn item(first: Amount, same: Option<Amount>, note: Option<&'static str>) -> Read {
    let form = form_of(first.unit).or_else(|| same.and_then(|s| form_of(s.unit)));
    (Item::Amount { first, same, form, bare: false }, note)
}

fn scaled(count: Amount, each: Amount) -> Amount {
    Amount { low: count.low * each.low, high: count.high * each.high, unit: each.unit }
}

/// "2 x 5 mg tablets", "two 5mg tablets", "1 (5 mg) tablet".
fn count_of_strength(i: &mut In<'_>) -> P<Read> {
    let q = range.parse_next(i)?;
    opt(sym(Sym::X)).parse_next(i)?;
    opt(alt((sym(Sym::Dash), sym(Sym::Open)))).parse_next(i)?;
    let (strength, _) = number.parse_next(i)?;
    opt(sym(Sym::Dash)).parse_next(i)?;
    let mass = unit.verify(|u| is_mass(*u)).parse_next(i)?;
    opt(sym(Sym::Close)).parse_next(i)?;
    mods.parse_next(i)?;
    let piece = unit.verify(|u| u.is_piece()).parse_next(i)?;
    let count = Amount { low: q.low, high: q.high, unit: piece };
    Ok(item(count, Some(scaled(count, Amount::exactly(strength, mass))), q.note))
}

/// "5 mL (1 mg/mL)": the volume, and the mass that the concentration makes of it.
fn mass_in_volume(i: &mut In<'_>) -> P<Read> {
    let volume = said.verify(|s| s.amount.unit == DoseUnit::Ml).parse_next(i)?;
    opt(sym(Sym::Open)).parse_next(i)?;
    opt(sym(Sym::Of)).parse_next(i)?;
    opt(sym(Sym::A)).parse_next(i)?;
    let (mass, _) = number.parse_next(i)?;
    let u = get(|s| if let Sym::Unit(u) = s { u.in_mg().map(|_| u) } else { None }).parse_next(i)?;
    get(|s| matches!(s, Sym::Slash | Sym::Per).then_some(())).parse_next(i)?;
    let per_ml = opt(number).parse_next(i)?.map_or(1.0, |n| n.0);
    sym(Sym::Unit(DoseUnit::Ml)).parse_next(i)?;
    opt(sym(Sym::Close)).parse_next(i)?;
    opt(get(|s| if let Sym::FormOnly(f) = s { Some(f) } else { None })).parse_next(i)?;
    let each = Amount::exactly(mass / per_ml, u);
    Ok(item(volume.amount, Some(scaled(volume.amount, each)), volume.note))
}

/// How a second amount is tied to the first.
enum Tie {
    /// In brackets or beside it, without a word.
    Plain(Said),
    Total(Said),
    Each(Said),
    /// One piece beside a mass: "5 mg 1 tablet".
    Beside(Said),
}

fn amount_said(i: &mut In<'_>) -> P<Read> {
    let first = said.parse_next(i)?;
    // "5 mg tablet": the strength of what is taken; one is meant.
    if is_mass(first.amount.unit)
        && let Some(((), piece)) = opt((mods, unit.verify(|u| u.is_piece()))).parse_next(i)?
    {
        let read = item(first.amount, None, Some("one unit of the strength named is read as the dose"));
        return Ok(match read.0 {
            Item::Amount { first, same, bare, .. } => {
                (Item::Amount { first, same, form: form_of(piece), bare }, read.1)
            }
            _ => read,
        });
    }
    // "5 mg/5 mL" could be a dose or a concentration.
    if is_mass(first.amount.unit) {
        not((sym(Sym::Slash), opt(number), sym(Sym::Unit(DoseUnit::Ml)))).parse_next(i)?;
    }
    Ok(match opt(tie).parse_next(i)? {
        None => item(first.amount, None, first.note),
        Some(t) => combine(first, t),
    })
}

fn tie(i: &mut In<'_>) -> P<Tie> {
    let end_word = || opt(get(|s| matches!(s, Sym::Total | Sym::Every).then_some(s)));
    let wrap = |said: Said, word: Option<Sym>, sure: bool| match word {
        Some(Sym::Total) => Tie::Total(said),
        Some(_) => Tie::Each(said),
        None if sure => Tie::Total(said),
        None => Tie::Plain(said),
    };
    alt((
        (sym(Sym::Open), opt(sym(Sym::Total)), opt(sym(Sym::Eq)), said, end_word(), sym(Sym::Close))
            .map(|(_, t, e, s, w, _)| wrap(s, w, e.is_some() || t.is_some())),
        (sym(Sym::Eq), said).map(|(_, s)| Tie::Total(s)),
        (sym(Sym::Of), said.verify(|s| is_mass(s.amount.unit))).map(|(_, s)| Tie::Each(s)),
        (said.verify(|s| is_mass(s.amount.unit)), end_word(), not(sym(Sym::Slash)))
            .map(|(s, w, ())| wrap(s, w, false)),
        said.verify(|s| s.amount.unit.is_piece() && s.amount.low == 1.0 && s.amount.high == 1.0)
            .map(Tie::Beside),
    ))
    .parse_next(i)
}

fn combine(first: Said, tie: Tie) -> Read {
    let a = first.amount;
    let counted = a.unit.is_piece();
    let ranged = a.low != a.high;
    match tie {
        Tie::Each(s) if counted => item(a, Some(scaled(a, s.amount)), first.note),
        Tie::Beside(s) if is_mass(a.unit) => item(a, Some(s.amount), first.note),
        // A mass before its count ("10 mg (2 tablets)") or its volume is the total.
        Tie::Plain(s) | Tie::Total(s) if !counted && s.amount.unit != a.unit => {
            item(a, Some(s.amount), first.note)
        }
        Tie::Total(s) if counted && s.amount.unit != a.unit && ranged == (s.amount.low != s.amount.high) => {
            item(a, Some(s.amount), first.note)
        }
        Tie::Plain(s) if counted && s.amount.unit != a.unit && (a.low == 1.0 && a.high == 1.0) => {
            item(a, Some(s.amount), first.note)
        }
        Tie::Plain(s) if counted && ranged && s.amount.low != s.amount.high => {
            // "1-2 tablets (5-10 mg)": both ends agree only if the range is the total.
            if (s.amount.low / a.low - s.amount.high / a.high).abs() < 1e-9 {
                item(a, Some(s.amount), first.note)
            } else {
                (Item::Unknown, None)
            }
        }
        Tie::Plain(s) if counted && is_mass(s.amount.unit) => item(
            a,
            None,
            Some("a strength beside a count is either one unit's or the total; only the count is read"),
        ),
        _ => (Item::Unknown, None),
    }
}

/// A count without a unit: "1", "1-2", up to ten.
pub(super) fn bare_count(i: &mut In<'_>) -> P<Read> {
    let q =
        alt((preceded(sym(Sym::UpTo), number).map(|(v, note)| Quantity { low: 0.0, high: v, note }), range))
            .parse_next(i)?;
    if q.high > 10.0 {
        return Err(EmptyError);
    }
    match i.first().map(|t| t.sym) {
        // Frequencies, durations, shares: no counts.
        Some(
            Sym::Unit(_)
            | Sym::Spoon(_)
            | Sym::Mod(_)
            | Sym::Bad
            | Sym::Junk
            | Sym::TimesWord
            | Sym::X
            | Sym::Period(_)
            | Sym::Percent
            | Sym::Slash
            | Sym::Dash
            | Sym::Kg
            | Sym::Dose
            | Sym::Word,
        ) => Err(EmptyError),
        // "6 hourly" is a frequency; "2 weekly" may be every two weeks.
        Some(Sym::Adverb(h)) if h < 24.0 || (h > 24.0 && q.high != 1.0) => Err(EmptyError),
        _ => Ok((
            Item::Amount {
                first: Amount { low: q.low, high: q.high, unit: DoseUnit::Piece },
                same: None,
                form: None,
                bare: true,
            },
            q.note,
        )),
    }
}
