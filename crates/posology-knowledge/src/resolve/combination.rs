//! Products with several ingredients: recognised by a name of the whole or by the names of all parts, and dosed by the piece.
use super::drug::{RecognisedDrug, RecognisedIngredient, complete};
use crate::base::{KnowledgeBase, NameMatch};
use crate::combination::{Part, Written, written};
use crate::display::{Display, Strength};
use crate::names::normalise;
use crate::resolved::ResolvedBy;
use posology_model::{Amount, DoseUnit, Dosing};
use std::borrow::Cow;

/// Pieces a dose that a mass may stand for, the likeliest first.
const PIECES: [f64; 6] = [1.0, 2.0, 0.5, 3.0, 4.0, 1.5];

/// A text that begins with the name of a combination, or that joins the names of its ingredients.
pub(super) fn by_text(
    kb: &KnowledgeBase,
    text: &str,
    shown: &Display,
    by: ResolvedBy,
) -> Option<RecognisedDrug> {
    let (parts, strengths) = named(kb, text, shown).or_else(|| joined(kb, text))?;
    let mut d = RecognisedDrug {
        by,
        text: text.trim().to_owned(),
        ingredients: Vec::new(),
        unknown: Vec::new(),
        form: None,
        route: None,
        volume_ml: None,
        corrected: None,
        unverified_codes: Vec::new(),
    };
    for (i, p) in parts.into_iter().enumerate() {
        match p {
            Part::Ours(substance) => d.ingredients.push(RecognisedIngredient {
                substance,
                strength: strengths.as_ref().and_then(|s| *s.get(i)?),
            }),
            Part::Other(name) => d.unknown.push(name),
        }
    }
    if d.ingredients.is_empty() {
        return None;
    }
    // Strengths of the display are those of one ingredient: only form, route and volume are taken.
    complete(&mut d, &Display { ingredients: Vec::new(), ..shown.clone() });
    Some(d)
}

type Found = (Vec<Part>, Option<Vec<Option<Strength>>>);

fn named(kb: &KnowledgeBase, text: &str, shown: &Display) -> Option<Found> {
    let (c, words) = kb.combinations().find(text)?;
    Some((c.parts.clone(), c.choose(&written(text, words), shown.form)))
}

/// "hydrocodone-acetaminophen 5-325 mg", "losartan/HCTZ 50-12.5": every part before the numbers is a whole name.
fn joined(kb: &KnowledgeBase, text: &str) -> Option<Found> {
    let head = text.split(|c: char| c.is_ascii_digit() || matches!(c, '(' | '[')).next()?;
    let head = head.replace(" and ", "/").replace(" with ", "/").replace(" plus ", "/");
    if !head.contains(['-', '/', '+', '&']) {
        return None;
    }
    let pieces: Vec<String> =
        head.split(['-', '/', '+', '&']).map(normalise).map(|p| without_form(&p)).collect();
    if pieces.len() < 2 || pieces.iter().any(String::is_empty) {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    for p in &pieces {
        let part = match whole(kb, p) {
            Some(ix) => Part::Ours(ix),
            None if kb.names_other(p) => Part::Other(p.clone()),
            None => return None,
        };
        // "amphetamine-dextroamphetamine": two names of one substance are no combination.
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.len() < 2 || !parts.iter().any(|p| matches!(p, Part::Ours(_))) {
        return None;
    }
    Some((parts.clone(), in_order(&written(text, 0), parts.len())))
}

/// A substance whose name is the whole text; no part of it, no typing error.
fn whole(kb: &KnowledgeBase, text: &str) -> Option<crate::base::SubstanceIx> {
    let (ix, how) = kb.by_name(text)?;
    let s = kb.substance(ix);
    let bare = crate::names::without_salts(text);
    let is = |n: &str| {
        let n = normalise(n);
        n == text || n == bare || crate::names::without_salts(&n) == bare
    };
    (!matches!(how, NameMatch::Corrected(_))
        && (is(&s.name) || is(&s.id) || s.synonyms.iter().chain(&s.brands).any(|n| is(n))))
    .then_some(ix)
}

/// Words of forms that stand between name and numbers ("carbidopa-levodopa ER 25-100").
fn without_form(part: &str) -> String {
    let kept: Vec<&str> = part
        .split(' ')
        .filter(|w| {
            !matches!(
                *w,
                "er" | "xr"
                    | "sr"
                    | "cr"
                    | "mr"
                    | "ir"
                    | "odt"
                    | "tab"
                    | "tabs"
                    | "tablet"
                    | "tablets"
                    | "cap"
                    | "caps"
                    | "capsule"
                    | "capsules"
                    | "oral"
                    | "extended"
                    | "release"
                    | "suspension"
                    | "solution"
            )
        })
        .collect();
    kept.join(" ")
}

/// Numbers are written in the order of the names. Other than one for each name, they say nothing.
fn in_order(w: &Written, parts: usize) -> Option<Vec<Option<Strength>>> {
    (w.numbers.len() == parts)
        .then(|| w.numbers.iter().map(|n| Some(Strength::PerPiece(n * w.factor))).collect())
}

/// The instructions of a combination in pieces. A mass beside it is one ingredient's, the sum of all, or the strength itself: it is read as a
/// number of pieces where exactly that follows from the strengths, and as unreadable where it does not. A dose is never given to each
/// ingredient alike.
pub(super) fn pieces<'d>(
    kb: &KnowledgeBase,
    drug: &mut RecognisedDrug,
    label: &str,
    dosing: &'d [Dosing],
) -> Cow<'d, [Dosing]> {
    let mass = |a: &Amount| a.unit.in_mg().is_some();
    let combined = drug.ingredients.len() + drug.unknown.len() > 1;
    if !combined || !dosing.iter().any(|d| d.amounts.iter().any(mass)) {
        return Cow::Borrowed(dosing);
    }
    // "Entresto 24-26 mg twice a day": the range is the strength.
    if drug.ingredients.iter().all(|i| i.strength.is_none()) {
        let ranges: Vec<Amount> =
            dosing.iter().flat_map(|d| &d.amounts).copied().filter(|a| mass(a)).collect();
        if let [a, rest @ ..] = ranges.as_slice()
            && rest.iter().all(|r| r == a)
        {
            from_amount(kb, drug, label, *a);
        }
    }
    let values: Vec<f64> = drug
        .ingredients
        .iter()
        .filter_map(|i| if let Some(Strength::PerPiece(v)) = i.strength { Some(v) } else { None })
        .collect();
    let known = values.len() == drug.ingredients.len();
    let mut out = dosing.to_vec();
    for d in &mut out {
        let counted = d.amounts.iter().any(|a| a.unit.is_piece() || a.unit == DoseUnit::Ml);
        let Some(a) = d.amounts.iter().copied().find(mass) else { continue };
        d.amounts.retain(|x| !mass(x));
        if counted {
            continue;
        }
        match count(a, &values).filter(|_| known) {
            Some((low, high)) => d.amounts.push(Amount { low, high, unit: DoseUnit::Piece }),
            None => d.amount_unreadable = true,
        }
    }
    Cow::Owned(out)
}

/// Takes the strengths from a dose that can only be the strength.
fn from_amount(kb: &KnowledgeBase, drug: &mut RecognisedDrug, label: &str, a: Amount) {
    let factor = a.unit.in_mg().unwrap_or(1.0);
    let numbers = if a.low < a.high { vec![a.low, a.high] } else { vec![a.low] };
    let w = Written { numbers, factor, words: Vec::new() };
    let chosen = kb
        .combinations()
        .find(label)
        .and_then(|(c, _)| Some((c, c.choose(&w, drug.form)?)))
        .map(|(c, s)| {
            c.parts.iter().zip(s).filter(|(p, _)| matches!(p, Part::Ours(_))).map(|(_, s)| s).collect()
        })
        .or_else(|| {
            (a.low < a.high && drug.unknown.is_empty())
                .then(|| in_order(&w, drug.ingredients.len()))
                .flatten()
        });
    let Some(strengths): Option<Vec<Option<Strength>>> = chosen else { return };
    if strengths.len() == drug.ingredients.len() {
        for (i, s) in drug.ingredients.iter_mut().zip(strengths) {
            i.strength = s;
        }
    }
}

/// Pieces that an amount stands for: the strength itself, a multiple of one ingredient's, or of the sum.
fn count(a: Amount, strengths: &[f64]) -> Option<(f64, f64)> {
    let factor = a.unit.in_mg()?;
    let near = |x: f64, y: f64| (x - y).abs() <= 0.005 * x.abs().max(y.abs());
    let (low, high) = (a.low * factor, a.high * factor);
    let has = |x: f64| strengths.iter().any(|s| near(*s, x));
    if low < high && strengths.len() == 2 && has(low) && has(high) {
        return Some((1.0, 1.0));
    }
    let sum: f64 = strengths.iter().sum();
    let of = |x: f64, s: f64| PIECES.iter().copied().find(|n| near(s * n, x));
    // The number of pieces nearest to one, whichever ingredient the mass speaks of.
    let best = strengths
        .iter()
        .copied()
        .chain([sum])
        .filter_map(|s| Some((of(low, s)?, of(high, s)?)))
        .min_by_key(|(l, _)| PIECES.iter().position(|n| n == l))?;
    Some(best)
}
