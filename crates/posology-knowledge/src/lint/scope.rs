//! For whom a use or a limit holds, and whether one scope lies in another.
use crate::schema::{DoseLimit, Jurisdiction, Product, UseFact};

/// Whether two lists, empty meaning everything, have something in common.
pub(super) fn meet<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.is_empty() || b.is_empty() || a.iter().any(|x| b.contains(x))
}

/// Whether a list holds all of another, empty meaning everything.
pub(super) fn holds<T: PartialEq>(outer: &[T], inner: &[T]) -> bool {
    outer.is_empty() || (!inner.is_empty() && inner.iter().all(|x| outer.contains(x)))
}

/// Ages from (inclusive) and to (exclusive).
#[derive(Debug, Clone, Copy)]
pub(super) struct Ages(f64, f64);

impl Ages {
    pub(super) fn of_use(u: &UseFact) -> Self {
        Self(u.age_from.unwrap_or(0.0), u.age_to.unwrap_or(f64::INFINITY))
    }

    pub(super) fn of_limit(l: &DoseLimit) -> Self {
        Self(l.age_from.unwrap_or(0.0), l.age_to.unwrap_or(f64::INFINITY))
    }

    pub(super) fn within(self, outer: Self) -> bool {
        self.0 >= outer.0 && self.1 <= outer.1
    }
}

/// Whether a limit holds for everybody, whatever else is wrong with them.
pub(super) fn for_all_patients(l: &DoseLimit) -> bool {
    l.sex.is_none() && l.condition.is_none() && l.egfr_below.is_none()
}

/// Whether a limit bounds a use: same place, route, age and indication. A use of children without an age is left alone: uses without an
/// age are those of adults.
pub(super) fn bounds(l: &DoseLimit, u: &UseFact) -> bool {
    for_all_patients(l)
        && meet::<Jurisdiction>(&l.jurisdiction, &u.jurisdiction)
        && holds(&l.route, &u.route)
        && l.form.is_empty()
        && adult_or(Ages::of_use(u), u).within(Ages::of_limit(l))
        && l.indication.as_ref().is_none_or(|i| *i == u.indication)
}

fn adult_or(ages: Ages, u: &UseFact) -> Ages {
    if u.age_from.is_none() && u.age_to.is_none() { Ages(18.0, 65.0) } else { ages }
}

/// Whether a product is one that a limit bounds.
pub(super) fn product_in(l: &DoseLimit, p: &Product) -> bool {
    meet::<Jurisdiction>(&l.jurisdiction, &p.jurisdiction)
        && (l.route.is_empty() || l.route.contains(&p.route))
        && (l.form.is_empty() || l.form.contains(&p.form))
}
