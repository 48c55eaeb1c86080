//! Rules about monitoring.
