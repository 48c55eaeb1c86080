//! Numbers for people.

/// A number with at most three significant decimals and no trailing zeros.
pub fn num(x: f64) -> String {
    let scale = if x.abs() < 0.1 { 10_000.0 } else { 100.0 };
    let r = (x * scale).round() / scale;
    format!("{r}")
}

/// `5` or `5 to 10`.
pub fn range([lo, hi]: [f64; 2]) -> String {
    if (hi - lo).abs() < 1e-9 { num(lo) } else { format!("{} to {}", num(lo), num(hi)) }
}
