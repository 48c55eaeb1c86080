//! The compiled half of the Python package: texts and Arrow tables in, JSON texts and Arrow tables out. The functions that people call,
//! with their types and documentation, are in `python/posology`.
#![warn(missing_docs)]
mod error;
mod facts;
mod record;
mod screen;
mod taper;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::error::PosologyError;
    #[pymodule_export]
    use super::facts::{drug, interactions, knowledge_version, predict, simulate};
    #[pymodule_export]
    use super::record::review;
    #[pymodule_export]
    use super::screen::{Screener, columns_at, table_columns};
    #[pymodule_export]
    use super::taper::taper;
}
