//! What a text writes after the name of a combination: numbers and words.
use crate::names::normalise;

/// Numbers and words after a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Written {
    /// Numbers of the first chain: `5-325`, `875 mg/125 mg`, `250/50`.
    pub numbers: Vec<f64>,
    /// Milligrams of one of the numbers: 0.001 where micrograms are written.
    pub factor: f64,
    /// Words, and numbers as words.
    pub words: Vec<String>,
}

/// Reads what follows the first `name_words` words of a text. "400 mg-57 mg/5 mL" gives milligrams per mL.
pub fn written(text: &str, name_words: usize) -> Written {
    let mut rest = text;
    let mut seen = 0;
    // A token may hold several words of the name ("co-codamol").
    while seen < name_words {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let token = normalise(&rest[..end]);
        seen += if token.is_empty() { 0 } else { token.split(' ').count() };
        // "Percocet-5/325": the name ends within the token.
        if seen > name_words {
            break;
        }
        rest = &rest[end..];
        if rest.is_empty() {
            break;
        }
    }
    let mut out = Written { factor: 1.0, ..Written::default() };
    out.words = normalise(rest).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let b = rest.as_bytes();
    let start = (0..b.len()).find(|&i| {
        b[i].is_ascii_digit()
            && (i == 0 || matches!(b[i - 1], b' ' | b'(' | b'\t' | b'-' | b'#') || b[i - 1] >= 0x80)
    });
    if let Some(i) = start {
        chain(&rest[i..], &mut out);
    }
    out
}

/// Reads `number unit? (separator number unit?)*`.
fn chain(text: &str, out: &mut Written) {
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let Ok(n) = rest[..end].trim_end_matches('.').parse::<f64>() else { return };
        if !n.is_finite() || n <= 0.0 {
            return;
        }
        rest = &rest[end..];
        let after = rest.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        match after[..letters].to_lowercase().as_str() {
            "ml" => {
                // The volume that the amounts before are in.
                out.numbers.iter_mut().for_each(|x| *x /= n);
                return;
            }
            unit @ ("mg" | "mcg" | "microgram" | "micrograms" | "ug" | "g" | "gram" | "grams") => {
                out.factor = match unit {
                    "mg" => 1.0,
                    "g" | "gram" | "grams" => 1000.0,
                    _ => 0.001,
                };
                out.numbers.push(n);
                rest = &after[letters..];
            }
            _ => out.numbers.push(n),
        }
        let next = rest.trim_start();
        let Some(sep) = next.chars().next().filter(|c| matches!(c, '-' | '/' | '+' | '–')) else { return };
        let follows = next[sep.len_utf8()..].trim_start();
        if follows.to_lowercase().starts_with("ml") || !follows.starts_with(|c: char| c.is_ascii_digit()) {
            return;
        }
        rest = follows;
    }
}
