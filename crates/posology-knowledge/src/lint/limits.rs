//! A limit can be met with the products there are, and a single dose is not allowed to pass the day's.
use super::Knowledge;
use super::scope::product_in;
use crate::diagnostic::Diagnostic;
use crate::schema::{Divisible, DoseLimit, LimitKind, ProductStatus, SubstanceFile};

pub(super) const ID: &str = "limit";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        for (i, l) in s.limits.iter().enumerate() {
            let path = format!("limit.{i}");
            if let Some(what) = missing(l) {
                let message = format!("a limit of the kind {:?} has no {what}", l.kind);
                out.push(k.at(ID, &file, &format!("{path}.kind"), message, "add the figure of its kind"));
            }
            if let Some((mg, least)) = below_products(s, l) {
                out.push(k.at(
                    ID,
                    &file,
                    &format!("{path}.mg"),
                    format!("{mg} mg is less than the smallest piece on the market, {least} mg"),
                    "check the unit of the limit, or add the smaller product",
                ));
            }
            if l.kind == LimitKind::SingleMax {
                for day in s.limits.iter().filter(|d| d.kind == LimitKind::DailyMax && same_scope(l, d)) {
                    let above =
                        |a: Option<f64>, b: Option<f64>| matches!((a, b), (Some(a), Some(b)) if a > b);
                    if above(l.mg, day.mg) || above(l.mg_per_kg, day.mg_per_kg) {
                        let message = format!(
                            "the single maximum is above the daily maximum of the same scope ({:?} mg)",
                            day.mg
                        );
                        out.push(k.at(ID, &file, &path, message, "check both against the source"));
                    }
                }
            }
        }
    }
    out
}

fn missing(l: &DoseLimit) -> Option<&'static str> {
    let dose = l.mg.is_some() || l.mg_per_kg.is_some();
    match l.kind {
        LimitKind::DailyMax | LimitKind::SingleMax | LimitKind::DailyStartMax => {
            (!dose).then_some("mg or mg_per_kg")
        }
        LimitKind::MinInterval => l.hours.is_none().then_some("hours"),
        LimitKind::MaxPerMonth => l.count.is_none().then_some("count"),
        LimitKind::MinDaysBetween | LimitKind::MaxDays => l.days.is_none().then_some("days"),
    }
}

/// The limit and the smallest piece, where the piece is larger. Liquids and what is drawn up can be measured out, so nothing is said where one
/// is on the market.
fn below_products(s: &SubstanceFile, l: &DoseLimit) -> Option<(f64, f64)> {
    let mg = l.mg?;
    // A start once every few days and a limit for a child are met by liquids made up by the pharmacy.
    if !matches!(l.kind, LimitKind::DailyMax | LimitKind::SingleMax) {
        return None;
    }
    let mut least: Option<f64> = None;
    for p in s.products.iter().filter(|p| p.status == ProductStatus::Marketed && product_in(l, p)) {
        let piece = p.strength_mg.filter(|_| p.mg_per_ml.is_none() && p.form != "injection")?;
        let part = match p.divisible {
            Divisible::Unknown | Divisible::No => piece,
            Divisible::Halves => piece / 2.0,
            Divisible::Quarters => piece / 4.0,
        };
        least = Some(least.map_or(part, |x| x.min(part)));
    }
    least.filter(|x| *x > mg + 1e-9).map(|x| (mg, x))
}

fn same_scope(a: &DoseLimit, b: &DoseLimit) -> bool {
    a.route == b.route
        && a.form == b.form
        && a.indication == b.indication
        && a.age_from == b.age_from
        && a.age_to == b.age_to
        && a.sex == b.sex
        && a.condition == b.condition
        && a.egfr_below == b.egfr_below
        && a.jurisdiction == b.jurisdiction
}
