//! Rules about uses.
