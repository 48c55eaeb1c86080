//! The exact arrangement of a daily dose: which pieces, at which of the day's doses.
//!
//! Of all ways to make the daily dose from at most two products, with at most two different amounts in a day, the one is taken that is
//! (in this order) even to within half of the mean dose, or else as even as can be; of the fewest pieces; with the fewest volumes to measure;
//! with the fewest divided tablets; of the fewest products; the most even. The search is over all of them, so the answer is exact.
use crate::mass::{Mass, gcd};
use crate::stock::{Item, Stock};

/// Most pieces in one dose.
pub const MAX_PIECES: u32 = 12;

/// Cost of an arrangement, in order of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Difference of the largest and the smallest dose, where it is more than half of the mean; else 0.
    pub uneven: i64,
    /// Pieces in the day; a measured volume is one.
    pub pieces: u32,
    /// Measured volumes in the day.
    pub measured: u32,
    /// Parts of tablets in the day.
    pub divided: u32,
    /// Different products.
    pub products: u32,
    /// Difference of the largest and the smallest dose.
    pub spread: i64,
}

/// Amounts of the products of a dose: index into the stock, and mass.
pub type DoseMake = Vec<(usize, Mass)>;

/// A daily dose, made.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrangement {
    /// One per dose of the day, smallest first.
    pub doses: Vec<DoseMake>,
    /// What it costs.
    pub cost: Cost,
}

/// What one dose of an amount costs: pieces, measured, divided, and the amounts of the first and second product.
type One = (u32, u32, u32, Mass, Mass);

/// Cheapest way to make `amount` of one or two products; `None` where there is none within [`MAX_PIECES`].
fn one_dose(amount: Mass, p: &Item, q: Option<&Item>) -> Option<One> {
    let mut best: Option<One> = None;
    let unit = p.unit().0.max(1);
    let mut consider = |x: Mass, y: Mass| {
        let Some((n1, s1)) = p.pieces(x) else { return };
        let Some((n2, s2)) = (match q {
            Some(q) => q.pieces(y),
            None => (y == Mass::ZERO).then_some((0, 0)),
        }) else {
            return;
        };
        if n1 + n2 > MAX_PIECES {
            return;
        }
        let measured =
            u32::from(p.is_liquid() && n1 > 0) + u32::from(q.is_some_and(Item::is_liquid) && n2 > 0);
        let cost = (n1 + n2, measured, s1 + s2, x, y);
        if best.is_none_or(|b| (cost.0, cost.1, cost.2, y) < (b.0, b.1, b.2, b.4)) {
            best = Some(cost);
        }
    };
    match q {
        None => consider(amount, Mass::ZERO),
        Some(_) => {
            let most = (amount.0 / unit).min(i64::from(MAX_PIECES) * 4);
            for n in 0..=most {
                let x = Mass(n * unit);
                consider(x, amount - x);
            }
        }
    }
    best
}

/// The best arrangement of `total` in `doses` doses a day from products of a stock, at most `most_products` (1 or 2) different ones.
/// `use_liquids` admits liquids (one of them at a time). `None` where no arrangement exists.
pub fn arrange(
    stock: &Stock,
    total: Mass,
    doses: usize,
    use_liquids: bool,
    most_products: usize,
) -> Option<Arrangement> {
    let k = doses as i64;
    if k <= 0 || total.0 <= 0 {
        return None;
    }
    let usable: Vec<usize> =
        (0..stock.items.len()).filter(|i| use_liquids || !stock.items[*i].is_liquid()).collect();
    let mut best: Option<(Cost, usize, Option<usize>, i64, Mass, Mass)> = None;
    for (n, &i) in usable.iter().enumerate() {
        let alone = std::iter::once(None);
        let others = usable[n + 1..].iter().map(|j| Some(*j)).filter(|_| most_products > 1);
        for j in alone.chain(others) {
            let p = &stock.items[i];
            let q = j.map(|j| &stock.items[j]);
            if p.is_liquid() && q.is_some_and(Item::is_liquid) {
                continue;
            }
            let grain = q.map_or(p.unit().0, |q| gcd(p.unit().0, q.unit().0)).max(1);
            if total.0 % grain != 0 {
                continue;
            }
            // `high` doses of the larger amount, the others of the smaller; `high` = 0: all equal.
            for high in 0..k {
                for (a, b) in amounts(total.0, k, high, grain) {
                    let spread = b - a;
                    let uneven = if 2 * spread * k > total.0 { spread } else { 0 };
                    if best.as_ref().is_some_and(|x| uneven > x.0.uneven) {
                        continue;
                    }
                    let Some(low_dose) = one_dose(Mass(a), p, q) else { continue };
                    let Some(high_dose) = (if high == 0 { Some(low_dose) } else { one_dose(Mass(b), p, q) })
                    else {
                        continue;
                    };
                    let (l, h) = ((k - high) as u32, high as u32);
                    let both = |f: fn(&One) -> u32| f(&low_dose) * l + f(&high_dose) * h;
                    let uses =
                        |f: fn(&One) -> Mass| u32::from(f(&low_dose).0 > 0 || h > 0 && f(&high_dose).0 > 0);
                    let cost = Cost {
                        uneven,
                        pieces: both(|o| o.0),
                        measured: both(|o| o.1),
                        divided: both(|o| o.2),
                        products: uses(|o| o.3) + uses(|o| o.4),
                        spread,
                    };
                    if best.as_ref().is_none_or(|x| cost < x.0) {
                        best = Some((cost, i, j, high, Mass(a), Mass(b)));
                    }
                }
            }
        }
    }
    let (cost, i, j, high, a, b) = best?;
    let (p, q) = (&stock.items[i], j.map(|j| &stock.items[j]));
    let make = |amount: Mass| -> Option<DoseMake> {
        let (_, _, _, x, y) = one_dose(amount, p, q)?;
        let mut out = Vec::new();
        if x.0 > 0 {
            out.push((i, x));
        }
        if let Some(j) = j.filter(|_| y.0 > 0) {
            out.push((j, y));
        }
        Some(out)
    };
    let mut list = Vec::with_capacity(doses);
    for n in 0..k {
        list.push(make(if n < k - high { a } else { b })?);
    }
    Some(Arrangement { doses: list, cost })
}

/// Pairs of a smaller and a larger amount of which `high` doses of the larger and the rest of the smaller make the total.
fn amounts(total: i64, k: i64, high: i64, grain: i64) -> impl Iterator<Item = (i64, i64)> {
    let mean = total / k;
    // From the most even downwards; without a larger amount there is only the mean.
    let first = mean - mean % grain;
    let steps = if high == 0 { 0 } else { (first / grain - 1).clamp(0, 4_000) };
    (0..=steps).filter_map(move |n| {
        let a = first - n * grain;
        if a <= 0 {
            return None;
        }
        if high == 0 {
            return (a * k == total).then_some((a, a));
        }
        let rest = total - a * (k - high);
        (rest % high == 0 && (rest / high) % grain == 0 && rest / high > a).then(|| (a, rest / high))
    })
}
