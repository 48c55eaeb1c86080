//! What to dispense: per step and in all, never more than the next interval.
use crate::mass::number;
use crate::plan::{Step, Supply, SupplyTotal};
use posology_model::history::plus_days;

/// Longest time for which one supply is meant, days.
const LONGEST: u32 = 28;

/// Supplies by step and product.
pub fn supplies(steps: &[Step]) -> Vec<Supply> {
    let mut out = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let mut day = 0;
        while day < step.days {
            let days = (step.days - day).min(LONGEST);
            let mut rows: Vec<Supply> = Vec::new();
            for p in step.doses.iter().flat_map(|d| &d.pieces) {
                let at = rows.iter().position(|r| r.product == p.product);
                let row = match at {
                    Some(i) => &mut rows[i],
                    None => {
                        rows.push(Supply {
                            step: n,
                            dispense_on: plus_days(step.start, i64::from(day)),
                            days,
                            product: p.product.clone(),
                            substance: p.substance.clone(),
                            strength_mg: p.strength_mg,
                            mg_per_ml: p.mg_per_ml,
                            count: None,
                            volume_ml: None,
                            amount_mg: 0.0,
                        });
                        let last = rows.len() - 1;
                        &mut rows[last]
                    }
                };
                let d = f64::from(days);
                row.amount_mg += p.amount_mg * d;
                if let Some(c) = p.count {
                    row.count = Some(row.count.unwrap_or(0.0) + c * d);
                }
                if let Some(v) = p.volume_ml {
                    row.volume_ml = Some(row.volume_ml.unwrap_or(0.0) + v * d);
                }
            }
            for r in &mut rows {
                tidy(r);
            }
            out.append(&mut rows);
            day += days;
        }
    }
    out
}

/// To five places.
fn round(x: f64) -> f64 {
    (x * 100_000.0).round() / 100_000.0
}

/// Sums of binary fractions back to decimals; the sums themselves are kept, whole pieces are for the dispenser.
fn tidy(r: &mut Supply) {
    r.amount_mg = round(r.amount_mg);
    r.count = r.count.map(round);
    r.volume_ml = r.volume_ml.map(round);
}

/// Totals by product, in the order in which they are first needed.
pub fn totals(supply: &[Supply]) -> Vec<SupplyTotal> {
    let mut out: Vec<SupplyTotal> = Vec::new();
    for s in supply {
        let at = out.iter().position(|t| t.product == s.product);
        let row = match at {
            Some(i) => &mut out[i],
            None => {
                out.push(SupplyTotal {
                    product: s.product.clone(),
                    substance: s.substance.clone(),
                    count: None,
                    volume_ml: None,
                    amount_mg: 0.0,
                });
                let last = out.len() - 1;
                &mut out[last]
            }
        };
        row.amount_mg = round(row.amount_mg + s.amount_mg);
        if let Some(c) = s.count {
            row.count = Some(round(row.count.unwrap_or(0.0) + c));
        }
        if let Some(v) = s.volume_ml {
            row.volume_ml = Some(round(row.volume_ml.unwrap_or(0.0) + v));
        }
    }
    out
}

/// A count or a volume in words.
pub(crate) fn amount_words(count: Option<f64>, volume_ml: Option<f64>) -> String {
    match (count, volume_ml) {
        (Some(c), _) => number(c),
        (None, Some(v)) => format!("{} mL", number(v)),
        (None, None) => String::new(),
    }
}
