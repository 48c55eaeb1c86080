//! Codes have the form of their system.
use super::Knowledge;
use crate::diagnostic::Diagnostic;

pub(super) const ID: &str = "code";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut need = |good: fn(&str) -> bool, system: &str, code: &str, file: &str, path: &str| {
        if !good(code) {
            let message = format!("\"{code}\" has not the form of {system}");
            out.push(k.at(ID, file, path, message, "copy the code from its system, or leave it out"));
        }
    };
    for s in &k.corpus.substances {
        let file = &format!("substances/{}.toml", s.id);
        if let Some(c) = &s.codes.rxnorm {
            need(is_rxcui, "an RxNorm code", c, file, "codes.rxnorm");
        }
        for (i, c) in s.codes.atc.iter().enumerate() {
            need(is_atc, "an ATC code of a substance (as N05BA01)", c, file, &format!("codes.atc.{i}"));
        }
        if let Some(c) = &s.codes.unii {
            need(is_unii, "a UNII (ten letters and digits)", c, file, "codes.unii");
        }
        for (i, c) in s.codes.snomed.iter().enumerate() {
            need(is_snomed, "a SNOMED CT code with its check digit", c, file, &format!("codes.snomed.{i}"));
        }
        for (p, product) in s.products.iter().enumerate() {
            for (i, c) in product.rxnorm.iter().enumerate() {
                need(is_rxcui, "an RxNorm code", c, file, &format!("product.{p}.rxnorm.{i}"));
            }
        }
    }
    for c in &k.corpus.conditions {
        let file = &format!("conditions/{}.toml", c.id);
        for (i, code) in c.snomed.iter().enumerate() {
            need(is_snomed, "a SNOMED CT code with its check digit", code, file, &format!("snomed.{i}"));
        }
        for (i, code) in c.icd10.iter().enumerate() {
            need(is_icd10, "an ICD-10 code or prefix", code, file, &format!("icd10.{i}"));
        }
    }
    for m in &k.corpus.measures {
        let file = &format!("measures/{}.toml", m.id);
        for (i, code) in m.snomed.iter().enumerate() {
            need(is_snomed, "a SNOMED CT code with its check digit", code, file, &format!("snomed.{i}"));
        }
        for (i, code) in m.loinc.iter().enumerate() {
            need(is_loinc, "a LOINC code with its check digit", code, file, &format!("loinc.{i}"));
        }
    }
    for s in &k.corpus.sources {
        let file = &format!("sources/{}.toml", s.id);
        if let Some(d) = &s.doi {
            need(is_doi, "a DOI without a resolver's address", d, file, "doi");
        }
        if let Some(p) = &s.pmid {
            need(|p| is_rxcui(p) && p.len() <= 8, "a PubMed id", p, file, "pmid");
        }
    }
    out
}

fn is_rxcui(c: &str) -> bool {
    (1..=8).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit()) && !c.starts_with('0')
}

fn is_atc(c: &str) -> bool {
    let b = c.as_bytes();
    b.len() == 7
        && b.iter().enumerate().all(|(i, x)| match i {
            0 | 3 | 4 => x.is_ascii_uppercase(),
            _ => x.is_ascii_digit(),
        })
}

fn is_unii(c: &str) -> bool {
    c.len() == 10 && c.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_icd10(c: &str) -> bool {
    let bare: Vec<u8> = c.bytes().filter(|b| *b != b'.').collect();
    (3..=7).contains(&bare.len())
        && bare[0].is_ascii_uppercase()
        && bare[1].is_ascii_digit()
        && bare.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && c.find('.').is_none_or(|i| i == 3)
}

fn is_doi(d: &str) -> bool {
    d.starts_with("10.") && d.contains('/') && !d.contains(char::is_whitespace)
}

/// LOINC's check digit is that of Luhn's method (modulus 10).
fn is_loinc(c: &str) -> bool {
    let Some((body, check)) = c.split_once('-') else { return false };
    if body.is_empty() || check.len() != 1 || !c.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return false;
    }
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { d }
        })
        .sum();
    check.bytes().next().is_some_and(|b| u32::from(b.wrapping_sub(b'0')) == (10 - sum % 10) % 10)
}

/// SNOMED CT's check digit is that of Verhoeff's method.
fn is_snomed(c: &str) -> bool {
    if !(6..=18).contains(&c.len()) || !c.bytes().all(|b| b.is_ascii_digit()) || c.starts_with('0') {
        return false;
    }
    c.bytes()
        .rev()
        .enumerate()
        .fold(0usize, |check, (i, b)| product(check, permuted(i, usize::from(b - b'0'))))
        == 0
}

/// The product of the dihedral group of order ten.
fn product(a: usize, b: usize) -> usize {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a - 5 + 5 - (b - 5)) % 5,
    }
}

/// Verhoeff's permutation, applied as often as the digit's place says.
fn permuted(place: usize, digit: usize) -> usize {
    const STEP: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    (0..place % 8).fold(digit, |d, _| STEP[d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_codes() {
        assert!(is_atc("N05BA01") && !is_atc("N05BA") && !is_atc("n05ba01"));
        assert!(is_rxcui("3322") && !is_rxcui("0332") && !is_rxcui("RX1"));
        assert!(is_unii("Q3JTX2Q7TU") && !is_unii("Q3JTX2Q7T"));
        assert!(is_loinc("1751-7") && !is_loinc("1751-8") && !is_loinc("1751"));
        assert!(is_snomed("91637004") && is_snomed("73211009") && !is_snomed("73211008"));
        assert!(is_icd10("F10.2") && is_icd10("G70") && !is_icd10("10.2"));
    }
}
