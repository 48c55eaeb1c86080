//! Concentrations over time from regimens.
//!
//! Linear models with one or two compartments, first-order absorption and up to two active metabolites. The state
//! is propagated exactly, as a sum of exponentials, from event to event; where rate constants coincide a matrix
//! exponential takes over. Nothing is approximated but clearances that drift, which [`Turnover`] cuts into pieces.
//!
//! ```
//! use posology_kinetics::simulate::*;
//!
//! let model = Model::new(ModelSpec {
//!     clearance: LitresPerHour(1.6),
//!     central: Litres(20.0),
//!     peripheral: Some(Peripheral { volume: Litres(63.0), flow: LitresPerHour(13.0) }),
//!     first: None,
//!     second: None,
//! })?
//! .with_absorption(
//!     Route::Oral,
//!     Absorption {
//!         rate: PerHour(2.2),
//!         lag: Hours(0.2),
//!         bioavailability: Fraction(0.94),
//!         presystemic: Fraction(0.0),
//!     },
//! )?;
//! let regimen = Regimen::repeated(Dose::at(Hours(0.0), Mg(10.0), Route::Oral), Hours(8.0), 3)?;
//! let curves = simulate_grid(&model, &regimen, &Changes::none(), &Grid::new(Hours(0.0), Hours(1.0), 25)?)?;
//! assert!(curves.peak(0).is_some_and(|(_, milligrams_per_litre)| milligrams_per_litre > 0.3));
//! # Ok::<(), SimulationError>(())
//! ```
mod changes;
mod dense;
mod error;
mod modal;
mod model;
mod percentiles;
mod plan;
mod population;
mod rates;
mod regimen;
mod run;
mod units;
mod variability;
mod walk;

pub use changes::{Changes, MAX_PIECES, Multipliers, Piece, Turnover};
pub use error::SimulationError;
pub use model::{Absorption, Metabolite, Model, ModelSpec, Parameter, Peripheral, Precursor};
pub use percentiles::RELATIVE_ERROR;
pub use plan::Plan;
pub use population::{PercentileCurves, Population, simulate_population};
pub use regimen::{Dose, MAX_DOSES, Regimen, Route, SteadyState};
pub use run::{Curves, Grid, MAX_TIMES, simulate_at, simulate_grid};
pub use units::{Fraction, Hours, Litres, LitresPerHour, Mg, PerHour};
pub use variability::{Correlation, Variability};
