//! Clauses to instructions.
//!
//! A text is one instruction, or several side by side ("one in the morning and two at night"), or one after the other ("then"). Clauses
//! that contradict each other are not understood: no number of such a text is passed on.
use super::grammar::{Clause, Item, clauses};
use super::lex::Tok;
use super::part::Part;
use posology_model::{Dosing, ReadConfidence};
use std::borrow::Cow;

/// What a text says.
pub(super) struct Reading {
    pub dosings: Vec<Dosing>,
    /// Why it is taken, where that is said and not tied to "as needed".
    pub reason: Option<String>,
}

/// The whole reading of a text.
pub(super) struct Assembly<'t> {
    text: &'t str,
    parts: Vec<Part>,
    /// "then stop" was read.
    finished: bool,
    /// A concentration was read.
    concentration: bool,
    /// Step of the schedule that is being read, from 0.
    step: u32,
    notes: Vec<Cow<'static, str>>,
    unknown: Vec<(usize, usize)>,
    reason: Option<(usize, usize)>,
    /// The text gives the time before the amount ("Days 1-3: 40 mg").
    time_first: bool,
    /// What joined the last clause to the one before.
    joint: Item,
}

pub(super) fn assemble(text: &str, tokens: &[Tok]) -> Reading {
    let items = clauses(tokens);
    let mut a = Assembly {
        text,
        parts: vec![Part::default()],
        finished: false,
        concentration: false,
        step: 0,
        notes: Vec::new(),
        unknown: Vec::new(),
        reason: None,
        time_first: time_first(&items),
        joint: Item::Comma,
    };
    for c in &items {
        a.concentration |= c.item == Item::Concentration;
        let known = a.take(c);
        if known {
            a.note_words(c, tokens);
        } else {
            a.unknown.push((c.start, c.end));
        }
        a.joint = c.item;
    }
    a.finish()
}

/// Whether the first thing said is when, not how much.
fn time_first(items: &[Clause]) -> bool {
    items
        .iter()
        .find_map(|c| match c.item {
            Item::Amount { .. } | Item::Pattern(..) | Item::CountPer(..) => Some(false),
            Item::Part(_) | Item::QPart(_) | Item::Clock(_) | Item::DayIndex(..) => Some(true),
            _ => None,
        })
        .unwrap_or(false)
}

impl Assembly<'_> {
    fn note_words(&mut self, c: &Clause, tokens: &[Tok]) {
        if matches!(c.item, Item::Reason(..)) {
            return;
        }
        for t in tokens.get(c.tokens.0..c.tokens.1).unwrap_or(&[]) {
            // Words inside a reason ("prn for pain") keep their own meaning.
            if let Item::Prn(Some((s, e))) = c.item
                && t.start >= s
                && t.end <= e
            {
                continue;
            }
            self.note(t.note);
        }
        self.note(c.note.unwrap_or(""));
    }

    pub(super) fn note(&mut self, note: &'static str) {
        if !note.is_empty() && !self.notes.iter().any(|n| n == note) {
            self.notes.push(Cow::Borrowed(note));
        }
    }

    fn part(&mut self) -> Option<&mut Part> {
        self.parts.last_mut()
    }

    fn new_part(&mut self) {
        let joined = matches!(self.joint, Item::And | Item::Plus | Item::Verb(_));
        self.parts.push(Part { step: self.step, joined, ..Part::default() });
    }

    /// Takes a clause in; `false` where it does not fit.
    fn take(&mut self, c: &Clause) -> bool {
        match c.item {
            Item::Unknown => false,
            Item::Noise
            | Item::Concentration
            | Item::Comma
            | Item::Open
            | Item::And
            | Item::Plus
            | Item::Colon => true,
            Item::Then => {
                self.step += 1;
                self.new_part();
                true
            }
            Item::Finish => {
                self.step += 1;
                self.finished = true;
                true
            }
            Item::Reason(s, e) => {
                let fresh = self.reason.is_none();
                self.reason = self.reason.or(Some((s, e)));
                fresh
            }
            Item::May => {
                self.note("\"may take\" read as when needed");
                self.part().is_some_and(|p| p.set_prn(None))
            }
            Item::Directed => {
                self.note("directions beyond this text are referred to");
                true
            }
            Item::Awake => {
                self.note("\"while awake\": fewer doses than by the clock, how many is not said");
                self.part().is_some_and(|p| p.freq.is_some())
            }
            Item::Amount { .. } | Item::Pattern(..) => self.take_amount(c.item),
            Item::DayIndex(from, to) => self.take_day(from, to),
            Item::Part(_) | Item::QPart(_) | Item::Clock(_) => {
                let starts = self.time_first
                    && self.parts.last().is_some_and(|p| p.amount.is_some() && p.day.is_none())
                    && !matches!(self.joint, Item::Amount { .. } | Item::Noise);
                if starts {
                    self.new_part();
                }
                let joined = matches!(self.joint, Item::And | Item::Plus | Item::Comma | Item::Open);
                self.part().is_some_and(|p| p.event(c.item, joined))
            }
            item => {
                let mut said: &'static str = "";
                let ok = self.part().is_some_and(|p| p.set(item, &mut said));
                if ok {
                    self.note(said);
                }
                ok
            }
        }
    }

    fn take_amount(&mut self, item: Item) -> bool {
        let Some(p) = self.parts.last() else { return false };
        if p.amount.is_some() || p.pattern.is_some() {
            // A new amount begins a new instruction, where the one before is complete.
            // An amount in brackets says something of the one before, and what is not sure.
            if self.time_first || !(p.timed() || p.duration.is_some()) || self.joint == Item::Open {
                return false;
            }
            if p.duration.is_some()
                && p.day.is_none()
                && matches!(self.joint, Item::Comma | Item::Duration(..))
            {
                self.step += 1;
                self.note("doses with lengths of treatment, one after the other, read as a schedule");
                self.new_part();
                return self.part().is_some_and(|p| {
                    p.listed = true;
                    p.set_amount(item)
                });
            }
            self.new_part();
        }
        self.part().is_some_and(|p| p.set_amount(item))
    }

    fn take_day(&mut self, from: f64, to: f64) -> bool {
        let Some(p) = self.parts.last() else { return false };
        if p.day.is_some() {
            // Days go on without a gap, or the schedule is not understood.
            // "6 tablets day 1, 5 tablets day 2": there the amount begins the new part, which has no day yet.
            if !self.time_first || p.day.is_none_or(|d| d.1 + 1.0 != from) {
                return false;
            }
            self.step += 1;
            self.new_part();
        } else if !self.time_first && self.parts.len() > 1 {
            let before = self.parts[self.parts.len() - 2].day;
            if before.is_none_or(|d| d.1 + 1.0 != from) {
                return false;
            }
            if self.parts[self.parts.len() - 2].step == self.step {
                self.step += 1;
            }
            let step = self.step;
            if let Some(p) = self.part() {
                p.step = step;
            }
        } else if from != 1.0 || self.parts.len() > 1 {
            return false;
        }
        self.part().is_some_and(|p| {
            p.day = Some((from, to));
            p.duration = p.duration.or(Some(to - from + 1.0));
            true
        })
    }

    fn slice(&self, span: (usize, usize)) -> String {
        self.text.get(span.0..span.1).unwrap_or("").trim().to_owned()
    }

    fn finish(mut self) -> Reading {
        let mut parts = std::mem::take(&mut self.parts);
        let trailing_empty = parts.len() > 1 && parts.last().is_some_and(Part::is_empty);
        // A concentration without an amount may have been meant as one.
        let amount = parts.iter().any(|p| p.amount.is_some());
        let mut whole = self.unknown.is_empty() && !trailing_empty && (amount || !self.concentration);
        if whole {
            match super::part::settle(parts, self.step, &mut |n| self.note(n)) {
                Ok(p) => parts = p,
                Err(p) => {
                    parts = p;
                    whole = false;
                }
            }
        }
        let said_something =
            parts.iter().any(|p| !p.is_empty()) || self.reason.is_some() || !self.notes.is_empty();
        let text = Some(self.text.to_owned());
        let reason = self.reason.map(|s| self.slice(s));
        if !whole || !said_something {
            let missed: Vec<String> =
                self.unknown.iter().map(|s| self.slice(*s)).filter(|s| !s.is_empty()).collect();
            let missed =
                if missed.is_empty() { self.text.trim().to_owned() } else { missed.join(" \u{2026} ") };
            let first = parts.first();
            let low = Dosing {
                text,
                as_needed: parts.iter().any(|p| p.prn),
                as_needed_for: None,
                route: first.and_then(|p| p.route),
                form: first.and_then(|p| p.form),
                confidence: ReadConfidence::Low,
                not_understood: (!missed.is_empty()).then_some(missed),
                ..Dosing::default()
            };
            return Reading { dosings: vec![low], reason };
        }
        let confidence = if self.notes.is_empty() { ReadConfidence::High } else { ReadConfidence::Medium };
        let assumed: Vec<String> = self.notes.iter().map(|n| n.to_string()).collect();
        let steps = self.finished || parts.iter().any(|p| p.step > 0);
        let dosings = parts
            .into_iter()
            .map(|p| {
                let why =
                    p.prn_for.map(|s| self.slice(s)).or_else(|| if p.prn { reason.clone() } else { None });
                let mut d = p.dosing();
                d.text.clone_from(&text);
                d.as_needed_for = why;
                d.confidence = confidence;
                d.assumed.clone_from(&assumed);
                d.sequence = if steps { Some(p.step + 1) } else { None };
                d
            })
            .collect();
        Reading { dosings, reason }
    }
}
