//! One row per dose and product.
use crate::mass::number;
use crate::plan::Plan;

/// The plan as CSV. The disclaimer is a column, so that no row is without it.
pub fn csv(p: &Plan) -> String {
    let head = [
        "step",
        "start",
        "days",
        "kind",
        "substance",
        "daily_dose_mg",
        "reduction_percent",
        "time",
        "product",
        "strength_mg",
        "count",
        "volume_ml",
        "mg_per_ml",
        "amount_mg",
        "awaits_prescriber",
        "disclaimer",
    ];
    let mut out = head.join(",");
    out.push_str("\r\n");
    let opt = |x: Option<f64>| x.map_or(String::new(), number);
    let waits = if p.awaits_prescriber.is_some() { "yes" } else { "no" };
    for (n, s) in p.steps.iter().enumerate() {
        let lead = [
            (n + 1).to_string(),
            s.start.to_string(),
            s.days.to_string(),
            s.kind.clone(),
            s.substance.clone(),
            number(s.daily_dose_mg),
            number(s.reduction_percent),
        ];
        let mut row = |rest: [String; 7]| {
            let cells: Vec<String> = lead
                .iter()
                .chain(&rest)
                .map(String::as_str)
                .chain([waits, p.disclaimer.as_str()])
                .map(quote)
                .collect();
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        };
        let mut any = false;
        for d in &s.doses {
            for piece in &d.pieces {
                any = true;
                row([
                    d.time.clone(),
                    piece.product.clone(),
                    opt(piece.strength_mg),
                    opt(piece.count),
                    opt(piece.volume_ml),
                    opt(piece.mg_per_ml),
                    number(piece.amount_mg),
                ]);
            }
        }
        if !any {
            row(Default::default());
        }
    }
    out
}

fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
