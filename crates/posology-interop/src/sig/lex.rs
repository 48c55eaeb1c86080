//! Text to symbols: numbers, clock times, dates, punctuation, and the longest phrase of the vocabulary at each place.
use super::words::PHRASES;
use jiff::civil::Date;
use posology_model::{DayPart, DoseUnit, Form, Route};
use std::borrow::Cow;

/// What the grammar sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sym {
    /// A number in digits or words.
    Num(f64),
    /// A fraction below one in digits: `1/2`, `½`.
    Frac(f64),
    /// A fraction in words: "half a".
    WordFrac(f64),
    /// A time of day, hour and minute.
    Clock(u8, u8),
    Date(Date),
    Unit(DoseUnit),
    /// A household measure, mL each.
    Spoon(f64),
    Dose,
    Kg,
    /// A word that qualifies a form ("chewable").
    Mod(Form),
    /// A form that is not counted ("cream").
    FormOnly(Form),
    /// "once", "twice".
    TimesN(f64),
    TimesWord,
    X,
    /// A frequency in one word: times, hours.
    Freq(f64, f64),
    /// UK once daily, or the right eye.
    Od,
    QPart(DayPart),
    /// Part of the day; the flag says "before" or "after" it.
    Part(DayPart, bool),
    AmPm(bool),
    /// Relation to meals; whether every meal is meant; whether "before" or "after".
    Meal(DayPart, bool, bool),
    Every,
    Other,
    Ord(f64),
    Per,
    A,
    /// Hours.
    Period(f64),
    /// "daily", "weekly": hours.
    Adverb(f64),
    Weekday(u8),
    Route(Route),
    /// Both sides of a paired place.
    Both(Route),
    Skin,
    Prn,
    Onset,
    If,
    For,
    Until,
    From,
    UpTo,
    Max,
    MaxDaily,
    In,
    At,
    On,
    Of,
    The,
    Then,
    Finish,
    And,
    Plus,
    Or,
    To,
    Verb(Option<Route>),
    May,
    Noise,
    Directed,
    Stat,
    Divided,
    DividedUnknown,
    Total,
    First,
    Awake,
    Repeat,
    Lasting,
    Supply,
    Comma,
    Semi,
    Stop,
    Colon,
    Dash,
    Slash,
    Open,
    Close,
    Eq,
    More,
    Hash,
    Percent,
    /// A word outside the vocabulary.
    Word,
    /// A word that no reason may swallow, or a number that is none.
    Bad,
    /// A character outside the vocabulary.
    Junk,
}

/// A symbol with its place in the text and what is to be said about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tok {
    pub sym: Sym,
    pub start: usize,
    pub end: usize,
    pub note: &'static str,
}

#[derive(Clone, Copy)]
struct Raw {
    sym: Sym,
    start: usize,
    end: usize,
    note: &'static str,
    /// A word to be looked up; the text is in `Lexer::word`.
    word: bool,
}

/// Symbols of a text. Never fails: what is not known is a symbol too.
pub(super) fn lex(text: &str) -> Vec<Tok> {
    let lower: Cow<'_, str> = if text.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    let raw = scan(&lower);
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while let Some(r) = raw.get(i) {
        if r.word {
            let (tok, used) = phrase(&lower, &raw, i);
            out.push(tok);
            i += used;
        } else {
            out.push(Tok { sym: r.sym, start: r.start, end: r.end, note: r.note });
            i += 1;
        }
    }
    out
}

/// The symbol of a single word in lower case, without the notes.
pub(super) fn one_word(word: &str) -> Option<Sym> {
    let first = word.chars().next()?;
    if first.is_ascii_digit() || first == '.' || fraction_char(first).is_some() {
        return Some(number(word).0);
    }
    let end = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    dotless(end, |w| PHRASES.get(w).and_then(|e| e.iter().find(|e| e.rest.is_empty())).map(|e| e.sym))
        .or((first == '#').then_some(Sym::Hash))
}

/// The longest phrase that begins at word `i`, and how many raw symbols it takes. Hyphens between its words do not matter.
fn phrase(lower: &str, raw: &[Raw], i: usize) -> (Tok, usize) {
    let first = raw[i];
    let unknown = Tok { sym: Sym::Word, start: first.start, end: first.end, note: "" };
    let Some(entries) = dotless(&lower[first.start..first.end], |w| PHRASES.get(w)) else {
        return (unknown, 1);
    };
    'entry: for e in entries {
        let mut j = i + 1;
        for want in &e.rest {
            if raw.get(j).is_some_and(|r| r.sym == Sym::Dash) {
                j += 1;
            }
            match raw.get(j) {
                Some(r) if dotless(&lower[r.start..r.end], |w| w == *want) => j += 1,
                _ => continue 'entry,
            }
        }
        let last = raw[j - 1];
        return (Tok { sym: e.sym, start: first.start, end: last.end, note: e.note }, j - i);
    }
    (unknown, 1)
}

/// Calls `f` with the word without dots ("b.i.d." is "bid") and with a plain apostrophe.
fn dotless<T>(word: &str, f: impl Fn(&str) -> T) -> T {
    if word.contains(['.', '\u{2019}']) {
        f(&word.replace('.', "").replace('\u{2019}', "'"))
    } else {
        f(word)
    }
}

fn scan(s: &str) -> Vec<Raw> {
    let mut out: Vec<Raw> = Vec::with_capacity(s.len() / 4 + 4);
    let mut at = 0;
    while let Some(c) = s[at..].chars().next() {
        let rest = &s[at..];
        let len = c.len_utf8();
        // "tab(s)"
        if rest.starts_with("(s)") && out.last().is_some_and(|r| r.word && r.end == at) {
            at += 3;
            continue;
        }
        if c.is_whitespace() || matches!(c, '"' | '\u{201c}' | '\u{201d}' | '*' | '\u{feff}' | '\u{200b}') {
            at += len;
            continue;
        }
        let starts_number = c.is_ascii_digit()
            || (c == '.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
            || fraction_char(c).is_some();
        let (sym, used, note, word) = if starts_number {
            let (sym, used, note) = number(rest);
            (sym, used, note, false)
        } else if c.is_alphabetic() {
            (Sym::Word, split_glued(rest, word_len(rest)), "", true)
        } else {
            (punctuation(c), len, if c == '@' { "\"@\" read as at" } else { "" }, false)
        };
        out.push(Raw { sym, start: at, end: at + used, note, word });
        at += used;
    }
    out
}

/// Length of a word: letters, apostrophes inside, and dots of abbreviations ("p.o.").
fn word_len(s: &str) -> usize {
    let run = |t: &str| {
        let mut n = 0;
        let mut chars = t.char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let inner =
                matches!(c, '\'' | '\u{2019}') && i > 0 && chars.peek().is_some_and(|x| x.1.is_alphabetic());
            if !(c.is_alphabetic() || inner) {
                break;
            }
            n = i + c.len_utf8();
        }
        n
    };
    let mut n = run(s);
    // One letter, a dot, one letter: an abbreviation with dots. It goes on while single letters follow.
    if n == 1 {
        let b = s.as_bytes();
        let mut m = n;
        while b.get(m) == Some(&b'.')
            && b.get(m + 1).is_some_and(u8::is_ascii_lowercase)
            && !b.get(m + 2).is_some_and(u8::is_ascii_alphanumeric)
        {
            m += 2;
        }
        if m > n {
            n = if b.get(m) == Some(&b'.') { m + 1 } else { m };
        }
    }
    n
}

/// "bidx10" is "bid x 10": the length of the word without the sign, where the word is known without it.
fn split_glued(rest: &str, n: usize) -> usize {
    let glued = n > 1 && rest.as_bytes().get(n).is_some_and(u8::is_ascii_digit);
    match rest[..n].strip_suffix('x') {
        Some(word) if glued && PHRASES.contains_key(word) => n - 1,
        _ => n,
    }
}

fn punctuation(c: char) -> Sym {
    match c {
        ',' => Sym::Comma,
        ';' | '|' | '\u{2022}' => Sym::Semi,
        '.' => Sym::Stop,
        ':' => Sym::Colon,
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2212}' => Sym::Dash,
        '/' | '\u{2044}' => Sym::Slash,
        '(' | '[' => Sym::Open,
        ')' | ']' => Sym::Close,
        '=' => Sym::Eq,
        '+' => Sym::Plus,
        '&' => Sym::And,
        '>' => Sym::More,
        '#' => Sym::Hash,
        '%' => Sym::Percent,
        '@' => Sym::At,
        '\u{d7}' => Sym::X,
        _ => Sym::Junk,
    }
}

fn fraction_char(c: char) -> Option<f64> {
    Some(match c {
        '\u{bd}' => 0.5,
        '\u{bc}' => 0.25,
        '\u{be}' => 0.75,
        '\u{2153}' => 1.0 / 3.0,
        '\u{2154}' => 2.0 / 3.0,
        '\u{215b}' => 0.125,
        _ => return None,
    })
}

/// A number, a fraction, a time or a date at the start of `s`; its length; a note.
fn number(s: &str) -> (Sym, usize, &'static str) {
    if let Some(c) = s.chars().next()
        && let Some(v) = fraction_char(c)
    {
        return (Sym::Frac(v), c.len_utf8(), "");
    }
    let b = s.as_bytes();
    let digits = |from: usize| b[from.min(b.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let n = digits(0);
    if n == 4 && b.get(4) == Some(&b'-') && digits(5) == 2 && b.get(7) == Some(&b'-') && digits(8) == 2 {
        return s[..10].parse().map_or((Sym::Bad, 10, ""), |d| (Sym::Date(d), 10, ""));
    }
    if (1..=2).contains(&n) && b.get(n) == Some(&b':') && digits(n + 1) == 2 {
        return match (s[..n].parse::<u8>(), s[n + 1..n + 3].parse::<u8>()) {
            (Ok(h), Ok(m)) if h < 24 && m < 60 => (Sym::Clock(h, m), n + 3, ""),
            _ => (Sym::Bad, n + 3, ""),
        };
    }
    // 0800: a clock time; no dose is written with a leading zero and no decimal sign.
    if n == 4 && b[0] == b'0' && !matches!(b.get(4), Some(b'.' | b',' | b'/')) {
        return match (s[..2].parse::<u8>(), s[2..4].parse::<u8>()) {
            (Ok(h), Ok(m)) if m < 60 => (Sym::Clock(h, m), 4, ""),
            _ => (Sym::Bad, 4, ""),
        };
    }
    if n > 0 && b.get(n) == Some(&b'/') {
        let d = digits(n + 1);
        let end = n + 1 + d;
        if d == 1 && b.get(end) != Some(&b'/') && n <= 2 {
            let (num, den) = (f64::from(b[n - 1] - b'0'), f64::from(b[n + 1] - b'0'));
            if n == 1 && num > 0.0 && num < den && matches!(b[n + 1], b'2' | b'3' | b'4' | b'8') {
                return (Sym::Frac(num / den), end, "");
            }
        }
        // 02/03/2025 has no single meaning.
        if d > 0 && b.get(end) == Some(&b'/') && digits(end + 1) > 0 {
            return (Sym::Bad, end + 1 + digits(end + 1), "");
        }
    }
    decimal(s, n)
}

/// A decimal number. A comma before three digits groups thousands unless a zero stands before it; a dot before three zeros does not tell.
fn decimal(s: &str, n: usize) -> (Sym, usize, &'static str) {
    let b = s.as_bytes();
    let digits = |from: usize| b[from.min(b.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let sep = b.get(n).copied();
    let frac = if matches!(sep, Some(b'.' | b',')) { digits(n + 1) } else { 0 };
    if frac == 0 {
        return (value(&s[..n]), n, "");
    }
    let end = n + 1 + frac;
    if matches!(b.get(end), Some(b'.' | b',')) && digits(end + 1) > 0 {
        let all = end + 1 + digits(end + 1);
        return (Sym::Bad, all, "");
    }
    let fraction = &s[n + 1..end];
    if sep == Some(b',') {
        if n == 0 {
            return (Sym::Bad, end, "");
        }
        if frac == 3 && b[0] != b'0' {
            return (
                value(&format!("{}{fraction}", &s[..n])),
                end,
                "a comma before three digits read as a thousands mark",
            );
        }
        return (value(&format!("{}.{fraction}", &s[..n])), end, "a comma read as the decimal sign");
    }
    if n == 0 {
        return (value(&format!("0.{fraction}")), end, "a decimal without a leading zero");
    }
    if frac == 3 && fraction == "000" && b[0] != b'0' {
        return (Sym::Bad, end, "");
    }
    let note = if fraction.bytes().all(|c| c == b'0') { "a decimal with a trailing zero" } else { "" };
    (value(&s[..end]), end, note)
}

/// A number as a symbol; more than a billion is no dose.
fn value(s: &str) -> Sym {
    match s.parse::<f64>() {
        Ok(v) if v.is_finite() && v <= 1e9 => Sym::Num(v),
        _ => Sym::Bad,
    }
}
