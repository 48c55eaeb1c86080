//! Drug and condition names as people write them.
//!
//! Normal form: lower case, letters and digits only, words parted by one space.

/// Words that name a salt, an ester or a hydrate, and say nothing about which substance it is.
const SALTS: &[&str] = &[
    "acetate",
    "anhydrous",
    "besylate",
    "besilate",
    "bitartrate",
    "bromide",
    "calcium",
    "carbonate",
    "chloride",
    "citrate",
    "dihydrate",
    "dihydrochloride",
    "dipotassium",
    "disodium",
    "enanthate",
    "decanoate",
    "fumarate",
    "gluconate",
    "hcl",
    "hemihydrate",
    "hydrobromide",
    "hydrochloride",
    "hydrogen",
    "lactate",
    "magnesium",
    "maleate",
    "malate",
    "mesylate",
    "mesilate",
    "monohydrate",
    "napsylate",
    "nitrate",
    "oxalate",
    "palmitate",
    "pamoate",
    "phosphate",
    "potassium",
    "propionate",
    "saccharate",
    "sodium",
    "succinate",
    "sulfate",
    "sulphate",
    "tartrate",
    "tosylate",
    "trihydrate",
    "valerate",
    "besilat",
    "dimesylate",
    "hyclate",
    "furoate",
    "xinafoate",
    "medoxomil",
    "axetil",
    "bisulfate",
    "edisylate",
    "embonate",
    "hippurate",
    "stearate",
    "ethylsuccinate",
    "erbumine",
    "arginine",
    "aspartate",
    "camsylate",
    "hemifumarate",
    "tromethamine",
    "strontium",
    "polistirex",
    "tannate",
    "lactobionate",
    "trometamol",
];

/// Lower case, letters and digits, single spaces. Apostrophes and hyphens inside a word are dropped or parted as in "st johns wort".
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c == '\'' || c == '’' || c == '`' {
            continue;
        }
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(fold(c));
        } else {
            gap = true;
        }
    }
    out
}

/// Lower case without the accents that occur in drug and disease names.
fn fold(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        'é' | 'è' | 'ê' | 'É' => 'e',
        'á' | 'à' | 'â' | 'ä' => 'a',
        'í' | 'î' => 'i',
        'ó' | 'ô' | 'ö' => 'o',
        'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'µ' | 'μ' => 'u',
        _ => c,
    };
    c.to_lowercase()
}

/// Whether a normalised word names a salt or hydrate.
pub fn is_salt(word: &str) -> bool {
    SALTS.contains(&word)
}

/// The text without salt words; unchanged where nothing else would be left ("sodium bicarbonate" keeps its sense only as a full name,
/// so callers try the full name first).
pub fn without_salts(normalised: &str) -> String {
    let kept: Vec<&str> = normalised.split(' ').filter(|w| !is_salt(w)).collect();
    if kept.is_empty() { normalised.to_owned() } else { kept.join(" ") }
}

/// Typing errors allowed for a name of this length: none below five letters, one to seven, two above.
pub fn allowed_errors(len: usize) -> usize {
    match len {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    }
}

/// The letters of a text as a set of 32 bits; letters may share a bit.
pub(crate) fn letters_of(text: &str) -> u32 {
    text.chars().fold(0, |set, c| set | 1 << (u32::from(c) & 31))
}

/// Least number of edits between two texts with these letters: each letter that the other has not needs one.
pub(crate) const fn letters_apart(a: u32, b: u32) -> usize {
    let (more, less) = ((a & !b).count_ones(), (b & !a).count_ones());
    (if more > less { more } else { less }) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_says_nothing() {
        assert_eq!(normalise("St. John's Wort"), "st johns wort");
        assert_eq!(normalise("  Oxycodone-HCl  5mg"), "oxycodone hcl 5mg");
        assert_eq!(without_salts("oxycodone hydrochloride"), "oxycodone");
        assert_eq!(without_salts("sodium chloride"), "sodium chloride");
    }

    #[test]
    fn letters_never_overstate_a_distance() {
        let words = [
            "",
            "a",
            "ba",
            "ab",
            "diazepam",
            "daizepam",
            "lorazepam",
            "oxazepam",
            "hydroxyzine",
            "éthanol",
            "zz",
            "morphine 5",
        ];
        for a in words {
            for b in words {
                let bound = letters_apart(letters_of(a), letters_of(b));
                assert!(bound <= strsim::osa_distance(a, b), "{a} {b}: {bound}");
            }
        }
        assert!(letters_apart(letters_of("diazepam"), letters_of("hydroxyzine")) >= 4);
    }
}
