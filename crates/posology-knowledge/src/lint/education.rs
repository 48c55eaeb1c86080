//! What a patient is told can be read by most: a reading grade of at most eight (Flesch and Kincaid).
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::names::normalise;
use std::collections::BTreeSet;

pub(super) const ID: &str = "reading-level";

/// Highest grade of a text for patients.
const MOST: f64 = 8.0;

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let names = drug_words(k);
    let mut out = Vec::new();
    for e in &k.corpus.education {
        let file = format!("education/{}.toml", e.id);
        let points = e.points.iter().enumerate().map(|(i, p)| (format!("point.{i}.text"), p.text.as_str()));
        for (path, text) in points {
            let grade = grade_level(text, |w| names.contains(w));
            if grade > MOST {
                out.push(k.at(
                    ID,
                    &file,
                    &path,
                    format!("the text has reading grade {grade:.1}"),
                    "use shorter words and sentences; the grade may be at most 8",
                ));
            }
        }
    }
    out
}

/// Words of the names of drugs and classes: they cannot be replaced by shorter ones.
fn drug_words(k: &Knowledge<'_>) -> BTreeSet<String> {
    let names =
        k.corpus.substances.iter().flat_map(|s| std::iter::once(&s.name).chain(&s.synonyms).chain(&s.brands));
    let classes = k.corpus.classes.iter().flat_map(|c| [&c.name, &c.plural]);
    names
        .chain(classes)
        .flat_map(|n| normalise(n).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Reading grade of an English text after Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59, over
/// the whole text. Words for which `named` answers count as two syllables, since a drug's name must be told as it is. 0 for no words.
pub fn grade_level(text: &str, named: impl Fn(&str) -> bool) -> f64 {
    let mut words = 0.0;
    let mut syllables = 0.0;
    let mut sentences: f64 = 0.0;
    let mut open = false;
    for raw in text.split_whitespace() {
        let word: String =
            raw.chars().filter(|c| c.is_alphanumeric() || *c == '\'').collect::<String>().to_lowercase();
        if !word.is_empty() {
            words += 1.0;
            syllables += if named(&word) { 2.0_f64.min(count(&word)) } else { count(&word) };
            open = true;
        }
        if raw.ends_with(['.', '!', '?', ';', ':']) && open {
            sentences += 1.0;
            open = false;
        }
    }
    if open {
        sentences += 1.0;
    }
    if words == 0.0 {
        return 0.0;
    }
    0.39 * words / sentences + 11.8 * syllables / words - 15.59
}

/// Syllables of an English word: groups of vowels, without a silent e; at least one.
fn count(word: &str) -> f64 {
    let letters: Vec<char> = word.chars().collect();
    let vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut n = letters.chunk_by(|a, b| vowel(a) == vowel(b)).filter(|g| vowel(&g[0])).count();
    let ends = |s: &str| word.ends_with(s);
    let silent = (ends("e") && !ends("le"))
        || (ends("es") && !ends("ses") && !ends("zes") && !ends("ces"))
        || (ends("ed") && !ends("ted") && !ends("ded"));
    if silent && n > 1 {
        n -= 1;
    }
    n.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades() {
        assert_eq!(
            (count("take"), count("tablet"), count("alcohol"), count("stopped"), count("doses")),
            (1.0, 2.0, 3.0, 1.0, 2.0)
        );
        assert!(grade_level("Do not drink. It can stop your breath.", |_| false) < 3.0);
        let hard = "Concomitant administration of pharmacologically similar medications necessitates reconsideration.";
        assert!(grade_level(hard, |_| false) > 12.0);
        // A drug's name is not held against the text.
        let named = grade_level("Take diazepam at night.", |w| w == "diazepam");
        assert!(named < grade_level("Take diazepam at night.", |_| false));
        assert_eq!(grade_level("", |_| false), 0.0);
    }
}
