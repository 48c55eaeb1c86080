//! Numbers and lists for people.

use posology_model::Date;
use std::fmt::Write as _;

/// A number with a fixed count of decimals (0 to 2), rounded half away from zero: many times faster than exact decimal formatting, and the
/// digits are the same but for ties.
pub fn fixed(x: f64, decimals: u32) -> String {
    let scale = [1.0, 10.0, 100.0][decimals.min(2) as usize];
    let n = (x.abs() * scale).round();
    if n.is_nan() || n >= 1e15 {
        return format!("{x:e}");
    }
    // Digits from the last to the first; 16 of them, a point and a sign at most.
    let (mut n, mut buffer, mut at) = (n as u64, [0_u8; 20], 20);
    let negative = x < 0.0 && n > 0;
    let mut left = decimals.min(2) as usize;
    let point = left > 0;
    loop {
        at -= 1;
        buffer[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if left > 0 {
            left -= 1;
            if left == 0 && point {
                at -= 1;
                buffer[at] = b'.';
                continue;
            }
        }
        if n == 0 && left == 0 && buffer[at] != b'.' {
            break;
        }
    }
    if negative {
        at -= 1;
        buffer[at] = b'-';
    }
    buffer[at..].iter().map(|b| char::from(*b)).collect()
}

/// A date as ISO 8601.
pub fn date(d: Date) -> String {
    let mut out = String::with_capacity(10);
    let y = d.year();
    if (0..10_000).contains(&y) {
        let digit = |n: i16| char::from(b'0' + n as u8);
        let (m, d) = (i16::from(d.month()), i16::from(d.day()));
        for c in [y / 1000, y / 100 % 10, y / 10 % 10, y % 10] {
            out.push(digit(c));
        }
        for n in [m, d] {
            out.push('-');
            out.push(digit(n / 10));
            out.push(digit(n % 10));
        }
    } else {
        let _ = write!(out, "{d}");
    }
    out
}

/// A number with at most two decimals and no trailing zeros.
pub fn num(x: f64) -> String {
    // Beyond this no decimals are left, and the digits would fill a line.
    if x.abs() >= 1e15 {
        return format!("{x:e}");
    }
    let n = (x * 100.0).round();
    if n % 100.0 == 0.0 {
        return fixed(x, 0);
    }
    let mut out = fixed(x, 2);
    if out.ends_with('0') {
        out.pop();
    }
    out
}

/// A daily dose or range in mg.
pub fn mg((lo, hi): (f64, f64)) -> String {
    if (hi - lo).abs() < 1e-9 {
        format!("{} mg", num(hi))
    } else if lo == 0.0 {
        format!("up to {} mg", num(hi))
    } else {
        format!("{} to {} mg", num(lo), num(hi))
    }
}

/// "a", "a and b", "a, b and c".
pub fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let mut out = String::with_capacity(48);
    let mut items = items.into_iter().peekable();
    let mut first = true;
    while let Some(s) = items.next() {
        if !first {
            out.push_str(if items.peek().is_some() { ", " } else { " and " });
        }
        out.push_str(s.as_ref());
        first = false;
    }
    out
}

/// The verb for a list of names: "slows" for one, "slow" for several.
pub fn verb(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// First letter upper case.
pub fn capital(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut c = text.chars();
    out.extend(c.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(c.as_str());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_well() {
        assert_eq!(num(179.999_998), "180");
        assert_eq!(num(2.5), "2.5");
        assert_eq!(num(0.07), "0.07");
        assert_eq!(num(-1.25), "-1.25");
        assert_eq!(num(-0.001), "0");
        assert_eq!(fixed(1.25, 1), "1.3");
        assert_eq!(fixed(0.996, 2), "1.00");
        assert_eq!(fixed(-0.01, 1), "0.0");
        assert_eq!(fixed(99.6, 0), "100");
        assert_eq!(fixed(f64::NAN, 1), "NaN");
        assert_eq!(date(Date::constant(2026, 3, 9)), "2026-03-09");
        assert_eq!(date(Date::constant(-5, 1, 1)), Date::constant(-5, 1, 1).to_string());
        assert_eq!(num(1e308), "1e308");
        assert_eq!(mg((0.0, 30.0)), "up to 30 mg");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
        assert_eq!(list(Vec::<&str>::new()), "");
        assert_eq!(capital("éa"), "Éa");
    }
}
