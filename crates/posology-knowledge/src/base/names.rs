//! Substances by the names that people write.
use super::*;

impl KnowledgeBase {
    /// A substance by name, synonym or brand; salts left out; typing errors corrected only when one name is clearly nearest.
    pub fn by_name(&self, text: &str) -> Option<(SubstanceIx, NameMatch)> {
        let key = normalise(text);
        if key.is_empty() {
            return None;
        }
        if let Some(ix) = self.names.get(&key) {
            return Some((*ix, NameMatch::Exact));
        }
        let bare = without_salts(&key);
        let (others, longest) = self.others();
        let longest = self.longest_name_words.max(*longest);
        if others.contains(&key) {
            return None;
        }
        if let Some(ix) = self.names.get(&bare) {
            return Some((*ix, NameMatch::WithoutSalt));
        }
        // The longest name in the text decides, also where it is none of ours: benzyl alcohol is not alcohol, and fosinopril is no
        // misspelt lisinopril.
        let words: Vec<&str> = bare.split(' ').collect();
        let ours =
            longest_run(&words, longest, |run| self.names.get(run).map(|ix| (*ix, run.split(' ').count())));
        let other = longest_run(&words, longest, |run| others.contains(run).then(|| run.split(' ').count()));
        match (ours, other) {
            (Some((ix, n)), other) if other.is_none_or(|m| m <= n) => return Some((ix, NameMatch::Exact)),
            (_, Some(_)) => return None,
            _ => {}
        }
        // "microencapsulated potassium chloride": what is a salt elsewhere is the name here.
        let all: Vec<&str> = key.split(' ').collect();
        if let Some(ix) = longest_run(&all, longest, |run| self.names.get(run).copied()) {
            return Some((ix, NameMatch::Exact));
        }
        self.corrected(&bare).or_else(|| words.iter().find_map(|w| self.corrected(w)))
    }

    /// Whether a text names an ingredient that the knowledge does not hold.
    pub fn names_other(&self, text: &str) -> bool {
        let key = normalise(text);
        let (others, _) = self.others();
        others.contains(&key) || (self.by_name(text).is_none() && key.split(' ').any(|w| others.contains(w)))
    }

    /// Nearest name within the allowed number of edits, if no name of another substance is as near.
    fn corrected(&self, word: &str) -> Option<(SubstanceIx, NameMatch)> {
        let len = word.chars().count();
        let most = allowed_errors(len);
        if most == 0 {
            return None;
        }
        let letters = letters_of(word);
        let mut best: Option<(usize, SubstanceIx)> = None;
        let mut tie = false;
        for l in len.saturating_sub(most)..=len + most {
            for (name, ix) in self.names_by_length().get(l).into_iter().flatten() {
                if letters_apart(letters, letters_of(name)) > most {
                    continue;
                }
                let d = strsim::osa_distance(word, name);
                if d > most {
                    continue;
                }
                match best {
                    Some((b, other)) if d == b && other != *ix => tie = true,
                    Some((b, _)) if d >= b => {}
                    _ => {
                        best = Some((d, *ix));
                        tie = false;
                    }
                }
            }
        }
        best.filter(|_| !tie).map(|(d, ix)| (ix, NameMatch::Corrected(d)))
    }

    /// Up to `n` substances whose names are near a text, for "did you mean".
    pub fn suggestions(&self, text: &str, n: usize) -> Vec<&str> {
        let key = normalise(text);
        let (length, letters, most) = (key.chars().count(), letters_of(&key), (key.len() / 2).max(2));
        // The nearest so far, each substance once; a name that cannot be nearer than the last of them is passed over.
        let mut best: Vec<(usize, &str)> = Vec::with_capacity(n + 1);
        // Names that may be nearest are looked at first, so that most of the others are passed over unread.
        let mut by_bound: Vec<(usize, &String, &SubstanceIx)> = self
            .names
            .iter()
            .map(|(name, ix)| {
                let far = length.abs_diff(name.chars().count()).max(letters_apart(letters, letters_of(name)));
                (far, name, ix)
            })
            .filter(|x| x.0 <= most)
            .collect();
        by_bound.sort_by_key(|x| x.0);
        for (far, name, ix) in by_bound {
            let shown = self.substance(*ix).name.as_str();
            let full = best.len() == n;
            let limit = best.last().filter(|_| full).map_or(most, |b| b.0).min(most);
            if far > limit {
                break;
            }
            if far >= shown.len() {
                continue;
            }
            let d = strsim::osa_distance(&key, name);
            if d > limit || d >= shown.len() {
                continue;
            }
            if let Some(at) = best.iter().position(|b| b.1 == shown) {
                if best[at].0 <= d {
                    continue;
                }
                best.remove(at);
            }
            let at = best.partition_point(|b| *b < (d, shown));
            best.insert(at, (d, shown));
            best.truncate(n);
        }
        best.into_iter().map(|b| b.1).collect()
    }
}

/// The longest run of at most `most` words for which `find` answers; the leftmost of equal length.
pub(super) fn longest_run<T>(words: &[&str], most: usize, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    for len in (1..=words.len().min(most)).rev() {
        for run in words.windows(len) {
            if let Some(hit) = find(&run.join(" ")) {
                return Some(hit);
            }
        }
    }
    None
}
