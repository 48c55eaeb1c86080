//! Plain medication lists and CSV.
