//! Free-text dosage instructions ("1-2 tab PO BID PRN x 10d") to [`Dosing`].
//!
//! Three stages: symbols (`lex`, with the vocabulary in `words`), clauses (`grammar`: one clause says one thing), and instructions
//! (`assemble`, `settle`: what the clauses make together).
//!
//! How sure a reading is:
//! - [`ReadConfidence::High`]: every word understood, nothing assumed.
//! - [`ReadConfidence::Medium`]: every word understood; what was assumed, or which error-prone abbreviation was read how, stands in
//!   `assumed`.
//! - [`ReadConfidence::Low`]: a word was not understood, or two clauses contradict each other. `not_understood` names it, and the reading
//!   carries **no** amount, frequency, maximum or duration: an unread word may change any of them ("except Sundays").
//!
//! Routes are given only where the text names them: "take" does not say by mouth.

mod amount;
mod assemble;
mod frequency;
mod grammar;
mod lex;
mod part;
mod settle;
mod words;

use posology_model::{Dosing, ReadConfidence};

/// Longest text that is read, bytes: an instruction is a sentence, not a document.
const LONGEST: usize = 2_000;

/// Reads one instruction. A text that holds several (side by side, or a schedule) is no single [`Dosing`]: it comes back as `Low`, without
/// numbers, saying that [`read_all`] reads it.
pub fn read(text: &str) -> Dosing {
    let mut all = read_all(text);
    if all.len() == 1
        && let Some(one) = all.pop()
    {
        return one;
    }
    Dosing {
        text: Some(text.to_owned()),
        as_needed: !all.is_empty() && all.iter().all(|d| d.as_needed),
        confidence: ReadConfidence::Low,
        not_understood: Some(text.trim().to_owned()),
        assumed: vec!["several instructions in one text, not read as one".to_owned()],
        ..Dosing::default()
    }
}

/// Reads a text that may hold several instructions. Instructions of one day ("one in the morning and two at night") have no `sequence`, or
/// the same; steps of a schedule ("then") have `sequence` 1, 2, ... Never empty. Each has the whole text.
pub fn read_all(text: &str) -> Vec<Dosing> {
    read_with_reason(text).0
}

/// Milligrams a day and doses a day of an instruction in milligrams: "1 mg three times a day", "5 mg in the morning and 10 mg at night".
///
/// # Errors
/// Why it is none, as the rest of a sentence that begins with "the dose".
pub fn read_daily(text: &str) -> Result<(f64, u32), String> {
    let (mut daily, mut times) = (0.0, 0.0);
    for d in read_all(text) {
        if let Some(words) = &d.not_understood {
            return Err(format!("was not understood at \"{words}\""));
        }
        if d.sequence.is_some_and(|s| s > 1) {
            return Err("is a schedule that changes; give the dose of now".to_owned());
        }
        let mg = d.amounts.iter().find_map(|a| a.unit.in_mg().map(|f| a.high * f));
        let mg = mg.ok_or("has no milligrams")?;
        let n = d
            .frequency
            .and_then(|f| f.doses_per_day())
            .map(|f| f.1)
            .or((!d.day_parts.is_empty()).then_some(d.day_parts.len() as f64))
            .ok_or("does not say how often")?;
        daily += mg * n;
        times += n;
    }
    if !(daily.is_finite() && (0.0..=1e9).contains(&times)) {
        return Err("is out of range".to_owned());
    }
    Ok((daily, (times.ceil() as u32).max(1)))
}

/// [`read_all`], and the reason that the text gives ("for anxiety").
pub fn read_with_reason(text: &str) -> (Vec<Dosing>, Option<String>) {
    if text.len() > LONGEST {
        let low = Dosing {
            text: Some(text.to_owned()),
            not_understood: Some(format!(
                "a text of {} characters is no single instruction",
                text.chars().count()
            )),
            ..Dosing::default()
        };
        return (vec![low], None);
    }
    let tokens = lex::lex(text);
    let reading = assemble::assemble(text, &tokens);
    (reading.dosings, reading.reason)
}

/// Whether a word belongs to an instruction rather than to the name of a drug ("one", "bd", "every", "by").
pub(crate) fn begins_instruction(word: &str) -> bool {
    use lex::Sym;
    lex::one_word(word).is_some_and(|sym| {
        matches!(
            sym,
            Sym::WordFrac(_)
                | Sym::Frac(_)
                | Sym::TimesN(_)
                | Sym::Freq(..)
                | Sym::Od
                | Sym::QPart(_)
                | Sym::Part(..)
                | Sym::AmPm(_)
                | Sym::Meal(..)
                | Sym::Every
                | Sym::Adverb(_)
                | Sym::Prn
                | Sym::Verb(_)
                | Sym::May
                | Sym::Stat
                | Sym::UpTo
                | Sym::Max
                | Sym::MaxDaily
                | Sym::Directed
                | Sym::For
                | Sym::If
                | Sym::Num(_)
                | Sym::At
                | Sym::Hash
        )
    })
}
