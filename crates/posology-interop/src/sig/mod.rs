//! Free-text dosage instructions.
