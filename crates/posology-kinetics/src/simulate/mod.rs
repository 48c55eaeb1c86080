//! Concentrations over time from regimens.
