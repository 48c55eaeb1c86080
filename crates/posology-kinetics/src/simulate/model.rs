//! Parameters of one drug in one person: one or two compartments, absorption by route, up to two metabolites.
use serde::{Deserialize, Serialize};

use super::error::{SimulationError, within};
use super::regimen::Route;
use super::units::{Fraction, Hours, Litres, LitresPerHour, PerHour};

/// First-order absorption by one route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Absorption {
    /// Rate constant, 1e-4 to 1e3 per hour.
    pub rate: PerHour,
    /// Delay before absorption begins, 0 to 100 h.
    pub lag: Hours,
    /// Share of the dose that reaches the circulation as parent, 0 to 1.
    pub bioavailability: Fraction,
    /// Share of the dose that reaches the circulation as the first metabolite without passing through the
    /// circulating parent (first pass, or hydrolysis of a prodrug), 0 to 1.
    pub presystemic: Fraction,
}

/// A second compartment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peripheral {
    /// Volume, 1e-3 to 1e6 L.
    pub volume: Litres,
    /// Flow to and from the central compartment, 1e-6 to 1e5 L/h.
    pub flow: LitresPerHour,
}

/// From what the second metabolite is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precursor {
    /// The parent drug.
    Parent,
    /// The first metabolite.
    FirstMetabolite,
}

/// An active metabolite in one compartment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metabolite {
    /// From what it is formed; always the parent for the first.
    pub precursor: Precursor,
    /// Share of the precursor's clearance that forms it, 0 to 1.
    pub formed: Fraction,
    /// Molar mass of the metabolite over that of its precursor, 0.1 to 10.
    pub mass_ratio: Fraction,
    /// Clearance, 0 to 1e4 L/h.
    pub clearance: LitresPerHour,
    /// Volume, 1e-3 to 1e6 L.
    pub volume: Litres,
}

/// Everything that a caller states; [`Model::new`] checks it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelSpec {
    /// Clearance of the parent from the central compartment, 0 to 1e4 L/h.
    pub clearance: LitresPerHour,
    /// Central volume, 1e-3 to 1e6 L.
    pub central: Litres,
    /// Second compartment, if there is one.
    pub peripheral: Option<Peripheral>,
    /// First metabolite, if there is one.
    pub first: Option<Metabolite>,
    /// Second metabolite; only where there is a first.
    pub second: Option<Metabolite>,
}

/// A parameter that can differ between persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameter {
    /// Clearance of the parent.
    Clearance,
    /// Central volume.
    CentralVolume,
    /// Peripheral volume.
    PeripheralVolume,
    /// Flow between the compartments.
    Flow,
    /// Absorption rate, by every route.
    AbsorptionRate,
    /// Bioavailability, by every absorbed route; scaled as odds so that it stays below 1.
    Bioavailability,
    /// Clearance of the first metabolite.
    FirstClearance,
    /// Volume of the first metabolite.
    FirstVolume,
    /// Clearance of the second metabolite.
    SecondClearance,
    /// Volume of the second metabolite.
    SecondVolume,
}

/// Checked parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    pub(crate) spec: ModelSpec,
    pub(crate) absorption: [Option<Absorption>; Route::ABSORBED],
}

impl Model {
    /// A model that can be dosed intravenously; add routes with [`Model::with_absorption`].
    ///
    /// # Errors
    /// Any parameter outside the range stated at its field, with its name, value and range.
    pub fn new(spec: ModelSpec) -> Result<Self, SimulationError> {
        let model = Model { spec, absorption: [None; Route::ABSORBED] };
        model.check()?;
        Ok(model)
    }

    /// Adds or replaces the absorption of a route.
    ///
    /// # Errors
    /// A parameter out of range, or a presystemic metabolite where the model has no metabolite. The
    /// intravenous route takes no absorption.
    pub fn with_absorption(mut self, route: Route, absorption: Absorption) -> Result<Self, SimulationError> {
        let Some(index) = route.absorbed() else {
            return Err(SimulationError::RouteNotInModel { route });
        };
        self.absorption[index] = Some(absorption);
        self.check()?;
        Ok(self)
    }

    /// Number of concentrations that a simulation of this model returns: the parent and its metabolites.
    pub fn outputs(&self) -> usize {
        1 + usize::from(self.spec.first.is_some()) + usize::from(self.spec.second.is_some())
    }

    /// The parameters as stated.
    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// The absorption of a route, if the model has it.
    pub fn absorption(&self, route: Route) -> Option<&Absorption> {
        route.absorbed().and_then(|i| self.absorption[i].as_ref())
    }

    /// The same model with one parameter multiplied. Parameters that the model does not have are ignored.
    /// Bioavailability is multiplied as odds below its ceiling, all others directly.
    ///
    /// # Errors
    /// A product out of the range of the parameter.
    pub fn scaled(mut self, parameter: Parameter, factor: f64) -> Result<Self, SimulationError> {
        self.scale(parameter, factor);
        self.check()?;
        Ok(self)
    }

    pub(crate) fn scale(&mut self, parameter: Parameter, factor: f64) {
        let spec = &mut self.spec;
        match parameter {
            Parameter::Clearance => spec.clearance.0 *= factor,
            Parameter::CentralVolume => spec.central.0 *= factor,
            Parameter::PeripheralVolume => each(&mut spec.peripheral, |p| p.volume.0 *= factor),
            Parameter::Flow => each(&mut spec.peripheral, |p| p.flow.0 *= factor),
            Parameter::FirstClearance => each(&mut spec.first, |m| m.clearance.0 *= factor),
            Parameter::FirstVolume => each(&mut spec.first, |m| m.volume.0 *= factor),
            Parameter::SecondClearance => each(&mut spec.second, |m| m.clearance.0 *= factor),
            Parameter::SecondVolume => each(&mut spec.second, |m| m.volume.0 *= factor),
            Parameter::AbsorptionRate => {
                self.absorption.iter_mut().for_each(|a| each(a, |a| a.rate.0 *= factor));
            }
            Parameter::Bioavailability => {
                self.absorption.iter_mut().for_each(|a| each(a, |a| scale_odds(a, factor)));
            }
        }
    }

    pub(crate) fn check(&self) -> Result<(), SimulationError> {
        let spec = &self.spec;
        within("clearance", spec.clearance.0, LitresPerHour::UNIT, 0.0, 1e4)?;
        within("central volume", spec.central.0, Litres::UNIT, 1e-3, 1e6)?;
        if let Some(p) = &spec.peripheral {
            within("peripheral volume", p.volume.0, Litres::UNIT, 1e-3, 1e6)?;
            within("intercompartmental flow", p.flow.0, LitresPerHour::UNIT, 1e-6, 1e5)?;
        }
        if let Some(m) = &spec.first {
            if m.precursor != Precursor::Parent {
                let relation = "the first metabolite (counted 1) must be formed from the parent";
                return Err(SimulationError::Inconsistent { parameter: "precursor", value: 1.0, relation });
            }
            within("first metabolite formed", m.formed.0, Fraction::UNIT, 0.0, 1.0)?;
            within("first metabolite mass ratio", m.mass_ratio.0, Fraction::UNIT, 0.1, 10.0)?;
            within("first metabolite clearance", m.clearance.0, LitresPerHour::UNIT, 0.0, 1e4)?;
            within("first metabolite volume", m.volume.0, Litres::UNIT, 1e-3, 1e6)?;
        }
        if let Some(m) = &spec.second {
            let Some(first) = &spec.first else {
                let relation = "a second metabolite needs a first";
                return Err(SimulationError::Inconsistent { parameter: "metabolites", value: 2.0, relation });
            };
            within("second metabolite formed", m.formed.0, Fraction::UNIT, 0.0, 1.0)?;
            within("second metabolite mass ratio", m.mass_ratio.0, Fraction::UNIT, 0.1, 10.0)?;
            within("second metabolite clearance", m.clearance.0, LitresPerHour::UNIT, 0.0, 1e4)?;
            within("second metabolite volume", m.volume.0, Litres::UNIT, 1e-3, 1e6)?;
            let value = first.formed.0 + m.formed.0;
            if m.precursor == Precursor::Parent && value > 1.0 + 1e-12 {
                let relation = "both metabolites together can take at most all (1) of the parent's clearance";
                return Err(SimulationError::Inconsistent { parameter: "formed", value, relation });
            }
        }
        for a in self.absorption.iter().flatten() {
            within("absorption rate", a.rate.0, PerHour::UNIT, 1e-4, 1e3)?;
            within("absorption lag", a.lag.0, Hours::UNIT, 0.0, 100.0)?;
            within("bioavailability", a.bioavailability.0, Fraction::UNIT, 0.0, 1.0)?;
            within("presystemic metabolite", a.presystemic.0, Fraction::UNIT, 0.0, 1.0)?;
            let value = a.bioavailability.0 + a.presystemic.0;
            if value > 1.0 + 1e-12 {
                let relation = "with the presystemic metabolite it can be at most all (1) of the dose";
                return Err(SimulationError::Inconsistent { parameter: "bioavailability", value, relation });
            }
            if a.presystemic.0 > 0.0 && spec.first.is_none() {
                let (parameter, value) = ("presystemic metabolite", a.presystemic.0);
                let relation = "the model has no metabolite; allowed: 0";
                return Err(SimulationError::Inconsistent { parameter, value, relation });
            }
        }
        Ok(())
    }
}

fn each<T>(value: &mut Option<T>, change: impl FnOnce(&mut T)) {
    if let Some(value) = value {
        change(value);
    }
}

/// Multiplies the odds of `F / ceiling`, where the ceiling is what the presystemic metabolite leaves.
fn scale_odds(a: &mut Absorption, factor: f64) {
    let ceiling = 1.0 - a.presystemic.0;
    if ceiling <= 0.0 || !factor.is_finite() {
        // An infinite or absent factor is left to the check of the range.
        a.bioavailability.0 = if factor.is_finite() { a.bioavailability.0 } else { factor };
        return;
    }
    let share = (a.bioavailability.0 / ceiling).min(1.0);
    a.bioavailability.0 = ceiling * share * factor / (1.0 + share * (factor - 1.0));
}
