//! Quantities as people type them: "10 mg", "8h", "14 d", "60kg".
use super::Refused;

/// Splits a number from what follows it.
fn split(text: &str) -> Option<(f64, String)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')))
        .unwrap_or(text.len());
    let value = text[..end].replace(',', ".").parse::<f64>().ok().filter(|v| v.is_finite())?;
    Some((value, text[end..].trim().to_lowercase()))
}

fn read(name: &'static str, text: &str, units: &[(&[&str], f64)], allowed: &str) -> Result<f64, Refused> {
    let refused = || Refused::of(name, format!("is {text:?}; allowed: {allowed}"));
    let (value, unit) = split(text).ok_or_else(refused)?;
    let factor = units
        .iter()
        .find(|(names, _)| names.contains(&unit.as_str()))
        .map(|(_, f)| *f)
        .ok_or_else(refused)?;
    if value < 0.0 { Err(refused()) } else { Ok(value * factor) }
}

/// A mass in milligrams.
///
/// # Errors
/// A sentence with the name, the value and what is allowed.
pub fn mg(name: &'static str, text: &str) -> Result<f64, Refused> {
    let units: [(&[&str], f64); 3] =
        [(&["mg"], 1.0), (&["g"], 1000.0), (&["mcg", "ug", "µg", "μg", "microgram", "micrograms"], 1e-3)];
    read(name, text, &units, "a number with mg, g or mcg, for instance \"10 mg\"")
}

/// A duration in hours.
///
/// # Errors
/// As [`mg`].
pub fn hours(name: &'static str, text: &str) -> Result<f64, Refused> {
    let units: [(&[&str], f64); 4] = [
        (&["h", "hr", "hour", "hours"], 1.0),
        (&["d", "day", "days"], 24.0),
        (&["w", "wk", "week", "weeks"], 168.0),
        (&["min", "minute", "minutes"], 1.0 / 60.0),
    ];
    read(name, text, &units, "a number with min, h, d or w, for instance \"8h\" or \"14d\"")
}

/// A body weight in kilograms.
///
/// # Errors
/// As [`mg`]; also outside 2 to 400 kg.
pub fn kilograms(name: &'static str, text: &str) -> Result<f64, Refused> {
    let units: [(&[&str], f64); 2] = [(&["kg", ""], 1.0), (&["lb", "lbs"], 0.453_592_37)];
    let allowed = "2 to 400 with kg or lb, for instance \"60kg\"";
    let kg = read(name, text, &units, allowed)?;
    if (2.0..=400.0).contains(&kg) {
        Ok(kg)
    } else {
        Err(Refused::of(name, format!("is {text:?}; allowed: {allowed}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type_and_refuses_the_rest() {
        assert_eq!(mg("dose", "10 mg"), Ok(10.0));
        assert_eq!(mg("dose", "0,25mg"), Ok(0.25));
        assert_eq!(mg("dose", "250 mcg"), Ok(0.25));
        assert_eq!(hours("every", "8h"), Ok(8.0));
        assert_eq!(hours("for", "14 d"), Ok(336.0));
        assert_eq!(kilograms("weight", "60kg"), Ok(60.0));
        for bad in ["10 mL", "10", "ten mg", "", "-5 mg", "1e400 mg", "NaN mg"] {
            let e = mg("dose", bad).unwrap_err().to_string();
            assert!(e.contains("dose") && e.contains("allowed"), "{e}");
        }
        assert!(hours("every", "8").is_err());
        assert!(kilograms("weight", "0 kg").is_err());
    }
}
