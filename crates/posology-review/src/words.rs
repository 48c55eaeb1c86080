//! Numbers and lists for people.

/// A number with at most two decimals and no trailing zeros.
pub fn num(x: f64) -> String {
    // Beyond this no decimals are left, and the digits would fill a line.
    if x.abs() >= 1e15 {
        return format!("{x:e}");
    }
    let r = (x * 100.0).round() / 100.0;
    if r == r.trunc() { format!("{}", r as i64) } else { format!("{r}") }
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
    let items: Vec<S> = items.into_iter().collect();
    match items.as_slice() {
        [] => String::new(),
        [a] => a.as_ref().to_owned(),
        [start @ .., last] => {
            let mut out = String::new();
            for (i, s) in start.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                out.push_str(s.as_ref());
            }
            out.push_str(" and ");
            out.push_str(last.as_ref());
            out
        }
    }
}

/// The verb for a list of names: "slows" for one, "slow" for several.
pub fn verb(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// First letter upper case.
pub fn capital(text: &str) -> String {
    let mut c = text.chars();
    c.next().map_or_else(String::new, |f| f.to_uppercase().chain(c).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_well() {
        assert_eq!(num(179.999_998), "180");
        assert_eq!(num(2.5), "2.5");
        assert_eq!(num(1e308), "1e308");
        assert_eq!(mg((0.0, 30.0)), "up to 30 mg");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
        assert_eq!(list(Vec::<&str>::new()), "");
        assert_eq!(capital("éa"), "Éa");
    }
}
