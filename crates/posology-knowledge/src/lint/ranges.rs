//! The dose of a use lies within the limits of the same place and indication, and its own figures agree with each other.
use super::Knowledge;
use super::scope::bounds;
use crate::diagnostic::Diagnostic;
use crate::schema::{DoseLimit, LimitKind, SubstanceFile, UseBasis, UseFact};

pub(super) const ID: &str = "use-within-limit";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        for (i, u) in s.uses.iter().enumerate().filter(|(_, u)| u.basis != UseBasis::NotRecommended) {
            for (kind, dose, key) in [
                (LimitKind::DailyMax, u.daily_mg, "daily_mg"),
                (LimitKind::SingleMax, u.single_mg, "single_mg"),
            ] {
                let (Some([_, high]), Some((mg, l))) = (dose, bound(s, u, kind)) else { continue };
                if high > mg + 1e-9 {
                    let place = s.limits.iter().position(|x| std::ptr::eq(x, l)).map_or(0, |n| n + 1);
                    out.push(k.at(
                        ID,
                        &file,
                        &format!("use.{i}.{key}"),
                        format!("{high} mg is above the limit of the same scope, {mg} mg ([[limit]] number {place})"),
                        "bind the limit or the use to its indication, route, age or country, or correct one of them from its source",
                    ));
                }
            }
            if let (Some([single, _]), Some([_, day])) = (u.single_mg, u.daily_mg)
                && single > day + 1e-9
            {
                let message =
                    format!("the lowest single dose, {single} mg, is above the highest daily dose, {day} mg");
                out.push(k.at(
                    ID,
                    &file,
                    &format!("use.{i}.single_mg"),
                    message,
                    "check both against the source",
                ));
            }
        }
    }
    out
}

/// The lowest limit that bounds the use. A limit for the indication itself replaces general ones that are lower, as in the review.
fn bound<'a>(s: &'a SubstanceFile, u: &UseFact, kind: LimitKind) -> Option<(f64, &'a DoseLimit)> {
    let found: Vec<(f64, &DoseLimit)> =
        s.limits.iter().filter(|l| l.kind == kind && bounds(l, u)).filter_map(|l| Some((l.mg?, l))).collect();
    let own = found.iter().filter(|(_, l)| l.indication.is_some()).map(|(mg, _)| *mg).reduce(f64::max);
    found
        .into_iter()
        .filter(|(mg, l)| l.indication.is_some() || own.is_none_or(|o| *mg >= o))
        .reduce(|a, b| if b.0 < a.0 { b } else { a })
}
