//! Rate constants of a model by one channel of entry, with the multipliers that hold at a time.
use super::changes::Multipliers;
use super::model::{Model, Precursor};

/// Places of the amounts in a state, in mg: depot, central, peripheral, first and second metabolite.
pub(crate) const DEPOT: usize = 0;
pub(crate) const CENTRAL: usize = 1;
pub(crate) const PERIPHERAL: usize = 2;
pub(crate) const FIRST: usize = 3;
pub(crate) const SECOND: usize = 4;
/// Length of a state.
pub(crate) const STATES: usize = 5;
/// A state, in mg, or coordinates that represent one.
pub(crate) type State = [f64; STATES];

/// First-order rate constants, per hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rates {
    /// Whether the channel has a depot.
    pub depot: bool,
    /// Loss from the depot, and what of it arrives as parent and as first metabolite (in its own mass).
    pub ka: f64,
    pub ka_central: f64,
    pub ka_first: f64,
    /// Elimination from the central compartment and exchange with the peripheral one.
    pub k10: f64,
    pub k12: f64,
    pub k21: f64,
    pub two: bool,
    /// Formation and loss of the metabolites, in their own mass.
    pub first: Option<(f64, f64)>,
    pub second: Option<Second>,
    /// Volumes of the outputs in litres.
    pub volumes: [f64; 3],
}

/// Second metabolite: what forms it and how it is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Second {
    pub from_central: f64,
    pub from_first: f64,
    pub loss: f64,
}

impl Rates {
    /// `route` is the index of an absorbed route, `None` for the intravenous channel. The route must exist.
    pub(crate) fn new(model: &Model, route: Option<usize>, m: &Multipliers) -> Self {
        let spec = &model.spec;
        let (v, cl) = (spec.central.0, spec.clearance.0);
        let f1 = spec.first.map_or(0.0, |x| x.formed.0);
        let f2 = spec.second.map_or(0.0, |x| x.formed.0);
        let from_parent = spec.second.is_some_and(|x| x.precursor == Precursor::Parent);
        let f2_parent = if from_parent { f2 } else { 0.0 };
        let cl1 = cl * f1 * m.first_formation;
        let cl2 = cl * f2_parent * m.second_from_parent;
        let rest = cl * (1.0 - f1 - f2_parent).max(0.0) * m.parent_other;
        let mut rates = Rates {
            depot: false,
            ka: 0.0,
            ka_central: 0.0,
            ka_first: 0.0,
            k10: (cl1 + cl2 + rest) / v,
            k12: spec.peripheral.map_or(0.0, |p| p.flow.0 / v),
            k21: spec.peripheral.map_or(0.0, |p| p.flow.0 / p.volume.0),
            two: spec.peripheral.is_some(),
            first: None,
            second: None,
            volumes: [v, 1.0, 1.0],
        };
        if let Some(x) = spec.first {
            let f2_first = if from_parent { 0.0 } else { f2 };
            let own = x.clearance.0 * (1.0 - f2_first) * m.first_other;
            let on = x.clearance.0 * f2_first * m.second_from_first;
            rates.first = Some((cl1 / v * x.mass_ratio.0, (own + on) / x.volume.0));
            rates.volumes[1] = x.volume.0;
            if let Some(y) = spec.second {
                rates.second = Some(Second {
                    from_central: cl2 / v * y.mass_ratio.0,
                    from_first: on / x.volume.0 * y.mass_ratio.0,
                    loss: y.clearance.0 * m.second_clearance / y.volume.0,
                });
                rates.volumes[2] = y.volume.0;
            }
        }
        if let Some(a) = route.and_then(|i| model.absorption[i]) {
            rates.depot = true;
            rates.ka = a.rate.0;
            rates.ka_central =
                a.rate.0 * (a.bioavailability.0 * m.bioavailability).min(1.0 - a.presystemic.0);
            rates.ka_first = a.rate.0 * a.presystemic.0 * spec.first.map_or(0.0, |x| x.mass_ratio.0);
        }
        rates
    }

    /// The matrix `A` of `dx/dt = A x`, rows and columns in the order of a state.
    pub(crate) fn matrix(&self) -> [State; STATES] {
        let mut a = [[0.0; STATES]; STATES];
        a[DEPOT][DEPOT] = -self.ka;
        a[CENTRAL][DEPOT] = self.ka_central;
        a[CENTRAL][CENTRAL] = -(self.k10 + self.k12);
        a[CENTRAL][PERIPHERAL] = self.k21;
        a[PERIPHERAL][CENTRAL] = self.k12;
        a[PERIPHERAL][PERIPHERAL] = -self.k21;
        if let Some((formed, loss)) = self.first {
            a[FIRST][DEPOT] = self.ka_first;
            a[FIRST][CENTRAL] = formed;
            a[FIRST][FIRST] = -loss;
        }
        if let Some(second) = self.second {
            a[SECOND][CENTRAL] = second.from_central;
            a[SECOND][FIRST] = second.from_first;
            a[SECOND][SECOND] = -second.loss;
        }
        a
    }
}
