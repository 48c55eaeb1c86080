//! From an instruction and a product to milligrams.
use crate::display::Strength;
use posology_model::{Amount, DoseUnit, Dosing, Form};

/// A dose in milligrams.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct DoseMg {
    pub single: Option<(f64, f64)>,
    pub per_kg: Option<(f64, f64)>,
    pub daily: Option<(f64, f64)>,
    pub times: Option<(f64, f64)>,
    pub volume_ml: Option<(f64, f64)>,
    pub written_mg: Option<(f64, f64)>,
    pub pieces: Option<(f64, f64)>,
    /// No amount is written: one piece a dose was assumed.
    pub one_assumed: bool,
}

/// More of any unit than a dose can be: such an amount was not read, and products of it stay finite.
const BEYOND_ANY_DOSE: f64 = 1e12;

fn finite(range: (f64, f64)) -> Option<(f64, f64)> {
    (0.0 <= range.0 && range.0 <= range.1 && range.1 < BEYOND_ANY_DOSE).then_some(range)
}

/// Milligrams of one amount, where product and weight allow it.
fn amount_mg(
    a: &Amount,
    strength: Option<Strength>,
    form: Option<Form>,
    weight_kg: Option<f64>,
) -> Option<(f64, f64)> {
    let scaled = |f: f64| finite((a.low * f, a.high * f));
    if let Some(f) = a.unit.in_mg() {
        return scaled(f);
    }
    match (a.unit, strength) {
        (DoseUnit::MgPerKg, _) => scaled(weight_kg?),
        (DoseUnit::MicrogramPerKg, _) => scaled(weight_kg? * 0.001),
        (DoseUnit::Ml, Some(Strength::PerMl(c))) => scaled(c),
        (DoseUnit::Puff | DoseUnit::Spray, Some(Strength::PerActuation(mg))) => scaled(mg),
        // A patch: what it gives in 24 hours.
        (DoseUnit::Patch | DoseUnit::Piece, Some(Strength::MicrogramsPerHour(r))) => {
            scaled(r * 24.0 / 1000.0)
        }
        (u, Some(Strength::PerPiece(mg))) if u.is_piece() && !form.is_some_and(Form::is_liquid) => scaled(mg),
        _ => None,
    }
}

/// Reads one instruction against a product.
pub(super) fn read(
    d: &Dosing,
    strength: Option<Strength>,
    form: Option<Form>,
    weight_kg: Option<f64>,
) -> DoseMg {
    let mut out = DoseMg::default();
    for a in &d.amounts {
        match a.unit {
            DoseUnit::Ml => out.volume_ml = out.volume_ml.or(finite((a.low, a.high))),
            DoseUnit::MgPerKg => out.per_kg = out.per_kg.or(finite((a.low, a.high))),
            DoseUnit::MicrogramPerKg => out.per_kg = out.per_kg.or(finite((a.low * 0.001, a.high * 0.001))),
            u if u.is_piece() => out.pieces = out.pieces.or(finite((a.low, a.high))),
            u => {
                if let Some(f) = u.in_mg() {
                    out.written_mg = out.written_mg.or(finite((a.low * f, a.high * f)));
                }
            }
        }
        // A mass as written says the dose itself; a volume or count only through the product.
        let mg = amount_mg(a, strength, form, weight_kg);
        if a.unit.in_mg().is_some() {
            out.single = mg.or(out.single);
        } else {
            out.single = out.single.or(mg);
        }
    }
    out.times = d.frequency.and_then(|f| f.doses_per_day()).or_else(|| {
        let parts = d.day_parts.len();
        (parts > 0).then_some((parts as f64, parts as f64))
    });
    if let (Some(t), Some(most)) = (&mut out.times, d.max_doses_per_day) {
        t.1 = t.1.min(most);
        t.0 = t.0.min(t.1);
    }
    if d.once {
        out.times = Some((1.0, 1.0));
    }
    // "diazepam 5 mg tablet three times a day": one tablet each time. Only for solids of a known strength whose frequency is written.
    if d.amounts.is_empty()
        && !d.amount_unreadable
        && d.not_understood.is_none()
        && out.times.is_some()
        && let Some(Strength::PerPiece(mg)) = strength
        && !form.is_some_and(Form::is_liquid)
    {
        out.single = finite((mg, mg));
        out.pieces = Some((1.0, 1.0));
        out.one_assumed = true;
    }
    let patch = matches!(strength, Some(Strength::MicrogramsPerHour(_)));
    out.daily = match (out.single, out.times) {
        // A patch gives its daily amount whatever the interval of changes.
        (Some(s), _) if patch => Some(s),
        (Some(s), Some(t)) => finite((s.0 * t.0, s.1 * t.1)),
        _ => None,
    };
    if let Some(most) = d.max_per_day.and_then(|m| amount_mg(&m, strength, form, weight_kg)) {
        out.daily = Some(match out.daily {
            Some(x) => (x.0.min(most.1), x.1.min(most.1)),
            None => (0.0, most.1),
        });
    }
    if d.as_needed
        && let Some(x) = &mut out.daily
    {
        x.0 = 0.0;
    }
    out
}

/// Adds instructions that hold together ("one in the morning and two at night").
pub(super) fn add(a: DoseMg, b: DoseMg) -> DoseMg {
    let sum = |x: Option<(f64, f64)>, y: Option<(f64, f64)>| match (x, y) {
        (Some(x), Some(y)) => Some((x.0 + y.0, x.1 + y.1)),
        _ => None,
    };
    let span = |x: Option<(f64, f64)>, y: Option<(f64, f64)>| match (x, y) {
        (Some(x), Some(y)) => Some((x.0.min(y.0), x.1.max(y.1))),
        (x, y) => x.or(y),
    };
    DoseMg {
        single: span(a.single, b.single),
        per_kg: span(a.per_kg, b.per_kg),
        daily: sum(a.daily, b.daily),
        times: sum(a.times, b.times),
        volume_ml: span(a.volume_ml, b.volume_ml),
        written_mg: span(a.written_mg, b.written_mg),
        pieces: span(a.pieces, b.pieces),
        one_assumed: a.one_assumed || b.one_assumed,
    }
}
