//! How hard a text is to read: Flesch-Kincaid grade for English, INFLESZ (Szigriszt-Pazos) for Spanish.
//!
//! Each piece of text ends a sentence, whether or not a full stop does. Counts of syllables are by rule, as every such program makes them:
//! exact for Spanish, whose spelling tells them, and within a few per cent for English.
use crate::document::Language;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Words.
    pub words: usize,
    /// Sentences.
    pub sentences: usize,
    /// Syllables.
    pub syllables: usize,
    /// Words of the longest sentence.
    pub longest: usize,
}

/// Counts over pieces of text.
pub fn counts(pieces: &[&str], language: Language) -> Counts {
    let mut c = Counts::default();
    for sentence in pieces.iter().flat_map(|p| sentences(p)) {
        let mut words = 0;
        for w in
            sentence.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|w| !w.is_empty())
        {
            words += 1;
            c.syllables += match language {
                Language::En => english(w),
                Language::Es => spanish(w),
            };
        }
        if words > 0 {
            c.words += words;
            c.sentences += 1;
            c.longest = c.longest.max(words);
        }
    }
    c
}

/// Flesch-Kincaid grade of an English text: years of school. `None` where there is no word.
pub fn flesch_kincaid(pieces: &[&str]) -> Option<f64> {
    let c = counts(pieces, Language::En);
    (c.words > 0).then(|| {
        0.39 * c.words as f64 / c.sentences as f64 + 11.8 * c.syllables as f64 / c.words as f64 - 15.59
    })
}

/// INFLESZ of a Spanish text: 0 to 100, 55 and above is normal or easy. `None` where there is no word.
pub fn inflesz(pieces: &[&str]) -> Option<f64> {
    let c = counts(pieces, Language::Es);
    (c.words > 0)
        .then(|| 206.835 - 62.3 * c.syllables as f64 / c.words as f64 - c.words as f64 / c.sentences as f64)
}

/// A full stop, question or exclamation mark or colon before a space or the end; not the point of a number.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let end = i + c.len_utf8();
        if matches!(c, '.' | '!' | '?' | ':' | ';') && chars.peek().is_none_or(|(_, n)| n.is_whitespace()) {
            out.push(&text[start..end]);
            start = end;
        }
    }
    out.push(&text[start..]);
    out
}

fn english(word: &str) -> usize {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return digits(word.len());
    }
    let w: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut n = 0;
    let mut before = false;
    for c in &w {
        let v = vowel(*c);
        n += usize::from(v && !before);
        before = v;
    }
    let text: String = w.iter().collect();
    let silent = text.ends_with('e') && !text.ends_with("le") && !text.ends_with("ee")
        || text.ends_with("es")
            && !["ses", "zes", "xes", "ches", "shes", "ges", "ces", "les"].iter().any(|e| text.ends_with(e))
        || text.ends_with("ed") && !text.ends_with("ted") && !text.ends_with("ded") && !text.ends_with("eed");
    if silent && n > 1 {
        n -= 1;
    }
    // Two vowels that stand side by side and are spoken apart.
    let apart = ["ia", "io", "iu", "eo", "ua", "uo", "suic"].iter().any(|p| text.contains(p));
    let together =
        ["tion", "sion", "cial", "tial", "guar", "qua", "quo", "people"].iter().any(|p| text.contains(p));
    n += usize::from(apart && !together);
    n.max(1)
}

fn spanish(word: &str) -> usize {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return 2 * digits(word.len());
    }
    let w: Vec<char> = word.to_lowercase().chars().collect();
    let strong = |c: char| matches!(c, 'a' | 'e' | 'o' | 'á' | 'é' | 'ó' | 'í' | 'ú');
    let weak = |c: char| matches!(c, 'i' | 'u' | 'ü');
    let mut n: usize = 0;
    let mut before: Option<char> = None;
    for (i, c) in w.iter().enumerate() {
        let next = w.get(i + 1).copied();
        // Silent u of que, qui, gue, gui.
        let silent = *c == 'u'
            && i > 0
            && matches!(w[i - 1], 'q' | 'g')
            && next.is_some_and(|x| matches!(x, 'e' | 'i' | 'é' | 'í'));
        let y = *c == 'y' && (next.is_none() || w.len() == 1);
        if silent {
            before = None;
            continue;
        }
        if strong(*c) || weak(*c) || y {
            match before {
                // Two strong vowels are two syllables; with a weak one they are one.
                Some(b) if strong(b) && strong(*c) => n += 1,
                Some(_) => {}
                None => n += 1,
            }
            before = Some(*c);
        } else if *c != 'h' {
            before = None;
        }
    }
    n.max(1)
}

/// Syllables of a number as it is spoken, roughly one and a half a digit.
const fn digits(len: usize) -> usize {
    if len == 0 { 1 } else { len + len / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_syllables() {
        for (w, n) in [
            ("take", 1),
            ("medicine", 3),
            ("doctor", 2),
            ("people", 2),
            ("sleepy", 2),
            ("stopped", 1),
            ("needed", 2),
            ("diazepam", 4),
            ("together", 3),
            ("naloxone", 3),
            ("opioid", 3),
            ("suicide", 3),
            ("doses", 2),
            ("breathe", 1),
            ("question", 2),
            ("the", 1),
        ] {
            assert_eq!(english(w), n, "{w}");
        }
    }

    #[test]
    fn spanish_syllables() {
        for (w, n) in [
            ("médico", 3),
            ("que", 1),
            ("guitarra", 3),
            ("día", 2),
            ("agua", 2),
            ("leer", 2),
            ("respiración", 4),
            ("muy", 1),
            ("y", 1),
            ("farmacia", 3),
            ("oído", 3),
            ("siguiente", 3),
            ("pingüino", 3),
            ("medicamento", 5),
            ("cuidado", 3),
            ("ahora", 3),
            ("no", 1),
        ] {
            assert_eq!(spanish(w), n, "{w}");
        }
    }

    #[test]
    fn known_scores() {
        // Thirteen words, fifteen syllables, two sentences: worked by hand.
        let fk =
            flesch_kincaid(&["The cat sat on the mat. The dog took the bone away, quickly."]).expect("words");
        let by_hand = 0.39 * 13.0 / 2.0 + 11.8 * 15.0 / 13.0 - 15.59;
        assert!((fk - by_hand).abs() < 1e-9, "{fk} {by_hand}");
        let es = inflesz(&["El gato come pan."]).expect("words");
        assert!((es - (206.835 - 62.3 * 6.0 / 4.0 - 4.0)).abs() < 1e-9, "{es}");
        assert!(flesch_kincaid(&[]).is_none() && inflesz(&["..."]).is_none());
    }

    #[test]
    fn hard_text_scores_as_hard() {
        let hard = "Concomitant administration of benzodiazepines and opioids necessitates individualised consideration of respiratory compromise.";
        assert!(flesch_kincaid(&[hard]).expect("words") > 15.0);
        let duro = "La administración concomitante de benzodiazepinas requiere consideración individualizada de complicaciones respiratorias.";
        assert!(inflesz(&[duro]).expect("words") < 40.0);
    }
}
