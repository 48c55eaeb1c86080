//! From the compartment models of the knowledge base and a person's covariates to typed parameters.
//!
//! What is not known is said: a spread that no source gives is taken as [`ASSUMED_CV`] and reported as an assumption,
//! a covariate for which the model has no effect is reported as not assessed.
use posology_kinetics::exposure::{Enzyme, Phenotype};
use posology_kinetics::simulate::{
    Absorption, Correlation, Fraction, Hours, Litres, LitresPerHour, Metabolite, Model, ModelSpec, Parameter,
    PerHour, Peripheral, Precursor, Route, SimulationError, Variability,
};
use posology_knowledge::schema::{
    Covariate, EffectOn, KineticModel, KineticsFile, ModelAbsorption, ModelEffect, ModelParameter,
    ModelPrecursor,
};
use std::collections::BTreeSet;

/// Coefficient of variation of clearances, volumes and absorption rates for which no source gives one.
pub const ASSUMED_CV: f64 = 0.30;
/// Correlation assumed between the clearances of a drug and of its metabolite: one liver clears both.
const CLEARANCES_TOGETHER: f64 = 0.3;

/// Whose body it is. Everything may be unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// Years.
    pub age: Option<f64>,
    /// Sex at birth.
    pub female: Option<bool>,
    /// Body weight.
    pub weight_kg: Option<f64>,
    /// Other covariates that are present.
    pub present: BTreeSet<Covariate>,
}

/// A model ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// Parameters of this person.
    pub model: Model,
    /// How persons like this one differ.
    pub variability: Variability,
    /// Mass of what is measured per mass of labelled dose.
    pub dose_factor: f64,
    /// What each concentration is of: the parent, then its metabolites.
    pub outputs: Vec<String>,
    /// Assumptions made, in words.
    pub assumptions: Vec<String>,
    /// Covariates given for which the model has no effect.
    pub not_assessed: Vec<String>,
}

/// Why there is no model to run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotBuilt {
    /// No compartment model is recorded.
    #[error("no compartment model is recorded for {0}")]
    NoModel(String),
    /// A parameter in the knowledge base has a unit other than its place asks for.
    #[error("the {parameter} of {substance} is given in {unit:?}; allowed: {expected}")]
    Unit {
        /// Substance.
        substance: String,
        /// Parameter.
        parameter: &'static str,
        /// Unit given.
        unit: String,
        /// Unit needed.
        expected: &'static str,
    },
    /// A route that the simulator does not know.
    #[error("{0:?} is not a route; allowed: oral, sublingual, intramuscular, rectal, nasal, intravenous")]
    Route(String),
    /// A value out of range.
    #[error(transparent)]
    Parameter(#[from] SimulationError),
}

/// Reads a route as people write it.
///
/// # Errors
/// [`NotBuilt::Route`].
pub fn route(text: &str) -> Result<Route, NotBuilt> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" | "oral" | "po" | "by mouth" => Ok(Route::Oral),
        "sublingual" | "sl" | "buccal" => Ok(Route::Sublingual),
        "intramuscular" | "im" => Ok(Route::Intramuscular),
        "rectal" | "pr" => Ok(Route::Rectal),
        "nasal" | "intranasal" => Ok(Route::Nasal),
        "intravenous" | "iv" => Ok(Route::Intravenous),
        other => Err(NotBuilt::Route(other.to_owned())),
    }
}

/// Builds the model of a substance for a person.
///
/// # Errors
/// [`NotBuilt`], with what is missing or out of range.
pub fn build(file: &KineticsFile, person: &Person) -> Result<Built, NotBuilt> {
    let id = &file.substance;
    let m = file.model.as_ref().ok_or_else(|| NotBuilt::NoModel(id.clone()))?;
    let read = Reader { id };
    let peripheral = match (&m.peripheral_volume, &m.flow) {
        (Some(volume), Some(flow)) => Some(Peripheral {
            volume: Litres(read.get(volume, "peripheral volume", "L")?),
            flow: LitresPerHour(read.get(flow, "flow", "L/h")?),
        }),
        _ => None,
    };
    let metabolite = |i: usize| -> Result<Option<Metabolite>, NotBuilt> {
        let Some(x) = m.metabolite.get(i) else { return Ok(None) };
        Ok(Some(Metabolite {
            precursor: match x.precursor {
                ModelPrecursor::Parent => Precursor::Parent,
                ModelPrecursor::FirstMetabolite => Precursor::FirstMetabolite,
            },
            formed: Fraction(read.get(&x.formed, "share formed", "fraction")?),
            mass_ratio: Fraction(read.get(&x.mass_ratio, "mass ratio", "ratio")?),
            clearance: LitresPerHour(read.get(&x.clearance, "metabolite clearance", "L/h")?),
            volume: Litres(read.get(&x.volume, "metabolite volume", "L")?),
        }))
    };
    let mut spec = ModelSpec {
        clearance: LitresPerHour(read.get(&m.clearance, "clearance", "L/h")?),
        central: Litres(read.get(&m.central_volume, "central volume", "L")?),
        peripheral,
        first: metabolite(0)?,
        second: metabolite(1)?,
    };
    let not_assessed = apply(m, person, &mut spec);
    let mut model = Model::new(spec)?;
    for (name, a) in &m.absorption {
        model = model.with_absorption(route(name)?, read.absorption(a)?)?;
    }
    let dose_factor = match &m.dose_factor {
        Some(p) => read.get(p, "dose factor", "ratio")?,
        None => 1.0,
    };
    let mut assumptions = Vec::new();
    let variability = spread(m, &mut assumptions)?;
    let mut outputs = vec![m.measures.clone().unwrap_or_else(|| id.clone())];
    outputs.extend(m.metabolite.iter().take(2).map(|x| x.substance.clone()));
    if let Some(limits) = &m.limits {
        assumptions.push(limits.clone());
    }
    Ok(Built { model, variability, dose_factor, outputs, assumptions, not_assessed })
}

struct Reader<'a> {
    id: &'a str,
}

impl Reader<'_> {
    fn get(
        &self,
        p: &ModelParameter,
        parameter: &'static str,
        expected: &'static str,
    ) -> Result<f64, NotBuilt> {
        if p.unit == expected {
            return Ok(p.value);
        }
        Err(NotBuilt::Unit { substance: self.id.to_owned(), parameter, unit: p.unit.clone(), expected })
    }

    fn absorption(&self, a: &ModelAbsorption) -> Result<Absorption, NotBuilt> {
        let optional = |p: &Option<ModelParameter>, name, unit| match p {
            Some(p) => self.get(p, name, unit),
            None => Ok(0.0),
        };
        Ok(Absorption {
            rate: PerHour(self.get(&a.rate, "absorption rate", "1/h")?),
            lag: Hours(optional(&a.lag, "lag", "h")?),
            bioavailability: Fraction(self.get(&a.bioavailability, "bioavailability", "fraction")?),
            presystemic: Fraction(optional(&a.presystemic, "presystemic share", "fraction")?),
        })
    }
}

/// Applies the effects of what is known of the person; returns what was given and has no effect in the model.
fn apply(m: &KineticModel, person: &Person, spec: &mut ModelSpec) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut formation = 1.0;
    for e in &m.effect {
        let Some(factor) = factor(e, person) else { continue };
        used.insert(e.covariate);
        match e.on {
            EffectOn::Clearance => spec.clearance.0 *= factor,
            EffectOn::Volumes => {
                spec.central.0 *= factor;
                if let Some(p) = &mut spec.peripheral {
                    p.volume.0 *= factor;
                }
            }
            EffectOn::FirstFormation => formation *= factor,
            EffectOn::FirstClearance => scale(&mut spec.first, |x| x.clearance.0 *= factor),
            EffectOn::FirstVolume => scale(&mut spec.first, |x| x.volume.0 *= factor),
            EffectOn::SecondClearance => scale(&mut spec.second, |x| x.clearance.0 *= factor),
        }
    }
    if let Some(first) = &mut spec.first {
        // One pathway changes and the others stay: both the whole clearance and the share change.
        let share = first.formed.0;
        let whole = share * formation + 1.0 - share;
        if whole > 0.0 {
            spec.clearance.0 *= whole;
            first.formed.0 = share * formation / whole;
        }
    }
    let mut given = person.present.clone();
    if person.age.is_some() {
        given.insert(Covariate::Age);
    }
    if person.weight_kg.is_some() {
        given.insert(Covariate::Weight);
    }
    if person.female == Some(true) {
        given.insert(Covariate::Female);
    }
    // An effect of age that differs between the sexes needs the sex.
    given.difference(&used).map(|c| name(*c).to_owned()).collect()
}

fn scale(x: &mut Option<Metabolite>, change: impl FnOnce(&mut Metabolite)) {
    if let Some(x) = x {
        change(x);
    }
}

/// The factor of an effect in this person; `None` where its covariate is unknown or absent.
fn factor(e: &ModelEffect, person: &Person) -> Option<f64> {
    if e.female.is_some() && e.female != person.female {
        return None;
    }
    let x = match e.covariate {
        Covariate::Age => person.age?,
        Covariate::Weight => person.weight_kg?,
        Covariate::Female => return if person.female == Some(true) { e.factor } else { None },
        other => return if person.present.contains(&other) { e.factor } else { None },
    };
    let x = x.clamp(e.from.unwrap_or(0.0), e.to.unwrap_or(f64::MAX));
    let reference = e.reference?;
    if let Some(exponent) = e.exponent {
        return (reference > 0.0 && x > 0.0).then(|| libm::pow(x / reference, exponent));
    }
    // A straight line must not reach zero.
    e.per_unit.map(|slope| (1.0 + slope * (x - reference)).max(0.1))
}

fn spread(m: &KineticModel, assumptions: &mut Vec<String>) -> Result<Variability, NotBuilt> {
    let mut list = Vec::new();
    let mut assumed = Vec::new();
    let mut add = |p: Parameter, cv: Option<f64>, words: &str| {
        if cv.is_none() {
            assumed.push(words.to_owned());
        }
        list.push((p, cv.unwrap_or(ASSUMED_CV)));
    };
    add(Parameter::Clearance, m.clearance.cv, "clearance");
    add(Parameter::CentralVolume, m.central_volume.cv, "central volume");
    if let Some(p) = &m.peripheral_volume {
        add(Parameter::PeripheralVolume, p.cv, "peripheral volume");
    }
    let oral = m.absorption.get("oral").or_else(|| m.absorption.values().next());
    if let Some(a) = oral {
        add(Parameter::AbsorptionRate, a.rate.cv, "absorption rate");
    }
    for (x, (cl, v)) in m.metabolite.iter().zip([
        (Parameter::FirstClearance, Parameter::FirstVolume),
        (Parameter::SecondClearance, Parameter::SecondVolume),
    ]) {
        add(cl, x.clearance.cv, "clearance of a metabolite");
        add(v, x.volume.cv, "volume of a metabolite");
    }
    if let Some(cv) = oral.and_then(|a| a.bioavailability.cv) {
        list.push((Parameter::Bioavailability, cv));
    }
    if !assumed.is_empty() {
        assumptions.push(format!(
            "spread of {:.0} % assumed for: {}",
            100.0 * ASSUMED_CV,
            assumed.join(", ")
        ));
    }
    let mut together = Vec::new();
    if !m.metabolite.is_empty() {
        let (one, other) = (Parameter::Clearance, Parameter::FirstClearance);
        together.push(Correlation { one, other, coefficient: CLEARANCES_TOGETHER });
        assumptions.push(format!(
            "correlation of {CLEARANCES_TOGETHER} assumed between the clearances of drug and metabolite"
        ));
    }
    Ok(Variability::new(&list, &together)?)
}

/// The covariate that a phenotype other than the usual one is. `None`: the usual activity, or an enzyme whose phenotype no model knows.
#[must_use]
pub fn phenotype(enzyme: Enzyme, phenotype: Phenotype) -> Option<Covariate> {
    match (enzyme, phenotype) {
        (Enzyme::Cyp2c19, Phenotype::Poor) => Some(Covariate::Cyp2c19Poor),
        (Enzyme::Cyp2c19, Phenotype::Intermediate) => Some(Covariate::Cyp2c19Intermediate),
        (Enzyme::Cyp2c19, Phenotype::Rapid) => Some(Covariate::Cyp2c19Rapid),
        (Enzyme::Cyp2c19, Phenotype::Ultrarapid) => Some(Covariate::Cyp2c19Ultrarapid),
        (Enzyme::Cyp2d6, Phenotype::Poor) => Some(Covariate::Cyp2d6Poor),
        (Enzyme::Cyp2d6, Phenotype::Intermediate) => Some(Covariate::Cyp2d6Intermediate),
        (Enzyme::Cyp2d6, Phenotype::Rapid) => Some(Covariate::Cyp2d6Rapid),
        (Enzyme::Cyp2d6, Phenotype::Ultrarapid) => Some(Covariate::Cyp2d6Ultrarapid),
        (Enzyme::Ugt2b15, Phenotype::Poor) => Some(Covariate::Ugt2b15Poor),
        (Enzyme::Ugt2b15, Phenotype::Intermediate) => Some(Covariate::Ugt2b15Intermediate),
        (Enzyme::Ugt2b15, Phenotype::Rapid) => Some(Covariate::Ugt2b15Rapid),
        (Enzyme::Ugt2b15, Phenotype::Ultrarapid) => Some(Covariate::Ugt2b15Ultrarapid),
        _ => None,
    }
}

/// A covariate in words.
#[must_use]
pub fn name(c: Covariate) -> &'static str {
    match c {
        Covariate::Age => "age",
        Covariate::Weight => "weight",
        Covariate::Female => "female sex",
        Covariate::Cirrhosis => "cirrhosis",
        Covariate::RenalImpairment => "renal impairment",
        Covariate::Smoker => "smoking",
        Covariate::Cyp2c19Poor => "CYP2C19 poor metaboliser",
        Covariate::Cyp2c19Intermediate => "CYP2C19 intermediate metaboliser",
        Covariate::Cyp2d6Poor => "CYP2D6 poor metaboliser",
        Covariate::Cyp3a5Expresser => "CYP3A5 expresser",
        Covariate::Ugt2b15Poor => "UGT2B15 poor metaboliser",
        Covariate::Cyp2c19Rapid => "CYP2C19 rapid metaboliser",
        Covariate::Cyp2c19Ultrarapid => "CYP2C19 ultrarapid metaboliser",
        Covariate::Cyp2d6Intermediate => "CYP2D6 intermediate metaboliser",
        Covariate::Cyp2d6Rapid => "CYP2D6 rapid metaboliser",
        Covariate::Cyp2d6Ultrarapid => "CYP2D6 ultrarapid metaboliser",
        Covariate::Cyp3a5Intermediate => "CYP3A5 intermediate expresser",
        Covariate::Ugt2b15Intermediate => "UGT2B15 intermediate metaboliser",
        Covariate::Ugt2b15Rapid => "UGT2B15 rapid metaboliser",
        Covariate::Ugt2b15Ultrarapid => "UGT2B15 ultrarapid metaboliser",
    }
}
