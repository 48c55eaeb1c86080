//! Inputs from seeds: small changes, pieces of other seeds, extreme numbers and dates, words of the format.
//!
//! The stream is a function of its seed, so that any input can be made again.

/// A small generator of pseudo-random numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A stream for a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 for `n` = 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }

    /// One of a list; `None` of an empty one.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> Option<&'a T> {
        list.get(self.below(list.len())).copied()
    }
}

/// Numbers as odd as a record can hold.
pub const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "-0.0",
    "1e308",
    "-1e308",
    "1e-308",
    "1e400",
    "NaN",
    "Infinity",
    "0.1",
    "99999",
    "4294967296",
    "18446744073709551616",
    "00012",
    "1/2",
    "1/0",
    "1,5",
    "1.2.3",
    "0.0000001",
    "\u{bd}",
    "\u{0663}",
    "2-1",
    "1e",
];

/// Dates likewise.
pub const DATES: &[&str] = &[
    "9999-12-31",
    "-9999-01-01",
    "0000-00-00",
    "0001-01-01",
    "2026-02-30",
    "2026-11-24",
    "1900-01-01",
    "2026",
    "2026-13",
    "2026-11-24T23:59:60Z",
    "2026-11-24T00:00:00+14:00",
    "31/12/2026",
    "12/31/2026",
    "99999-01-01",
    "yesterday",
];

const ODD: &[&str] = &[
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{1f48a}",
    "\u{130}",
    "\u{df}",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ";",
    "#",
    "-",
    "mg",
    "mcg",
    "mL",
    "%",
];

/// One input: a seed, changed once or several times. `words` are those of the format, `longest` is in bytes.
pub fn mutated(seeds: &[Vec<u8>], words: &[&str], longest: usize, random: &mut Random) -> Vec<u8> {
    let mut input = seeds.get(random.below(seeds.len())).cloned().unwrap_or_default();
    // Mostly few changes: a seed with one thing odd reaches deepest.
    // A document with one bracket too few is refused at once: mostly its tree is changed instead.
    if random.below(4) != 0
        && let Some(tree) = crate::tree::changed(&input, seeds, random)
        && tree.len() <= longest
    {
        return tree;
    }
    let most = 1 << (1 + random.below(4));
    let changes = 1 + random.below(most);
    for _ in 0..changes {
        change(&mut input, seeds, words, random);
        input.truncate(longest);
    }
    input
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.below(input.len() + 1);
    match random.below(14) {
        0 => flip(input, random),
        1 => drop(input.drain(range(input.len(), 24, random))),
        2 => drop(input.drain(range(input.len(), 2_000, random))),
        3 => input.truncate(at),
        4 | 5 => {
            if let Some(w) = random.pick(words) {
                insert(input, at, w.as_bytes());
            }
        }
        6 => {
            if let Some(w) = random.pick(ODD) {
                insert(input, at, w.as_bytes());
            }
        }
        7 | 8 => replace(input, |b| b.is_ascii_digit() || b == b'.', NUMBERS, random),
        9 => replace(input, |b| b.is_ascii_digit() || b == b'-' || b == b':' || b == b'T', DATES, random),
        10 => replace(input, |b| b.is_ascii_alphabetic(), words, random),
        11 => {
            let r = range(input.len(), 400, random);
            let copy = input[r].to_vec();
            insert(input, at, &copy);
        }
        12 => {
            if let Some(other) = seeds.get(random.below(seeds.len())) {
                let r = range(other.len(), 1_500, random);
                insert(input, at, &other[r]);
            }
        }
        _ => lines(input, random),
    }
}

fn flip(input: &mut [u8], random: &mut Random) {
    let at = random.below(input.len());
    if let Some(b) = input.get_mut(at) {
        *b = if random.below(2) == 0 { *b ^ (1 << random.below(8)) } else { random.next() as u8 };
    }
}

fn range(len: usize, longest: usize, random: &mut Random) -> std::ops::Range<usize> {
    let from = random.below(len + 1);
    let to = (from + random.below(longest + 1)).min(len);
    from..to
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let at = at.min(input.len());
    input.splice(at..at, bytes.iter().copied());
}

/// Replaces one run of bytes of a kind, a number or a word, by one of a list.
fn replace(input: &mut Vec<u8>, kind: impl Fn(u8) -> bool, by: &[&str], random: &mut Random) {
    let start = random.below(input.len() + 1);
    let Some(from) = (start..input.len()).find(|&i| kind(input[i])) else { return };
    let from = (0..=from).rev().take_while(|&i| kind(input[i])).last().unwrap_or(from);
    let to = (from..input.len()).find(|&i| !kind(input[i])).unwrap_or(input.len());
    if let Some(w) = random.pick(by) {
        input.splice(from..to, w.bytes());
    }
}

/// Swaps, repeats or removes a line.
fn lines(input: &mut Vec<u8>, random: &mut Random) {
    let mut list: Vec<Vec<u8>> = input.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (random.below(list.len()), random.below(list.len()));
    match random.below(3) {
        0 => list.swap(a, b),
        1 => {
            let copy = list[a].clone();
            list.insert(b, copy);
        }
        _ => drop(list.remove(a)),
    }
    *input = list.join(&b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_a_function_of_its_seed_and_changes_the_input() {
        let seeds = vec![b"diazepam 5 mg tablet, 1 bd, since 2025-11-01\nlorazepam".to_vec(), Vec::new()];
        let make = |seed| {
            let mut r = Random::new(seed);
            (0..2_000).map(|_| mutated(&seeds, &["mg", "bd"], 200, &mut r)).collect::<Vec<_>>()
        };
        let (a, b) = (make(1), make(1));
        assert_eq!(a, b);
        assert_ne!(a, make(2));
        let distinct: std::collections::BTreeSet<&Vec<u8>> = a.iter().collect();
        assert!(distinct.len() > 1_000, "{}", distinct.len());
        assert!(a.iter().all(|i| i.len() <= 200));
    }
}
