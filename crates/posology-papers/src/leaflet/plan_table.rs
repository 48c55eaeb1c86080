//! The plan as a table with pictures of what is taken.
use super::Writer;
use crate::document::{Block, Cell, Field, Line, Table, Tone, clean};
use crate::plan::{Dose, Piece, Plan, Step};
use crate::words::{date, number, quarters};
use std::collections::BTreeMap;

/// Most tablets drawn; beyond, the words alone.
const MOST_DRAWN: u32 = 8;

impl Writer<'_> {
    pub fn plan(&mut self) {
        let Some(plan) = self.request.plan else { return };
        self.heading("plan-title");
        if plan.awaits_prescriber.is_some() {
            let items = vec![self.words.say("plan-awaits")];
            self.blocks.push(Block::Box { tone: Tone::Emergency, title: String::new(), items });
        }
        let language = self.request.language;
        let day = |d: Option<posology_model::Date>| d.map_or_else(String::new, |d| date(d, language));
        let (start, end, version) = (day(plan.start()), day(plan.end()), clean(&plan.version()));
        let supersedes = self.request.desk.supersedes.as_deref().map(clean).filter(|s| !s.is_empty());
        let field = |key: &str, value: Option<String>| Field { label: self.words.say(key), value };
        let fields = vec![
            field("plan-version", Some(version.clone())),
            field("plan-start", Some(start.clone())),
            field("plan-supersedes", supersedes.or_else(|| plan.supersedes())),
        ];
        self.blocks.push(Block::Fields { fields });
        let mut items = vec![
            self.words.say("plan-old-stock"),
            self.words.say("plan-one-step"),
            self.words.say("plan-not-prescription"),
            self.words.say("plan-key"),
        ];
        let pieces = || plan.steps.iter().flat_map(|s| &s.doses).flat_map(|d| &d.pieces);
        if pieces().any(|p| p.count.is_some_and(|c| (c - c.round()).abs() > 1e-6)) {
            items.push(self.words.say("plan-quarter"));
        }
        if pieces().any(|p| p.volume_ml.is_some()) {
            items.push(self.words.say("plan-liquid"));
        }
        self.blocks.push(Block::List { items });
        let caption =
            self.words.fill("plan-caption", &[("version", &version), ("start", &start), ("end", &end)]);
        let table = self.table(plan, caption);
        self.blocks.push(Block::Table(table));
    }

    fn table(&self, plan: &Plan, caption: String) -> Table {
        let mut times: BTreeMap<(u8, String), String> = BTreeMap::new();
        for d in plan.steps.iter().flat_map(|s| &s.doses) {
            times.entry(order(&d.time)).or_insert_with(|| self.time(&d.time));
        }
        let mut head = vec![self.words.say("plan-dates"), self.words.say("plan-daily")];
        head.extend(times.values().cloned());
        let mut widths = vec![3, 2];
        widths.extend(times.values().map(|_| 5));
        let rows = plan.steps.iter().map(|s| self.row(s, times.keys())).collect();
        Table { caption, head, widths, rows }
    }

    fn row<'t>(&self, s: &Step, times: impl Iterator<Item = &'t (u8, String)>) -> Vec<Cell> {
        let mut daily = vec![Line::words(format!("{} mg", number(s.daily_dose_mg)))];
        if let Some(a) = &s.also {
            let name =
                self.kb.find(&a.substance).map_or_else(|| clean(&a.substance), |ix| self.words.substance(ix));
            daily.push(Line::words(format!("+ {} mg {name}", number(a.daily_dose_mg))));
        }
        let mut row = vec![vec![Line::words(date(s.start, self.request.language))], daily];
        let nothing = s.doses.iter().all(|d| d.pieces.is_empty());
        for (i, t) in times.enumerate() {
            let doses: Vec<&Dose> = s.doses.iter().filter(|d| order(&d.time) == *t).collect();
            let mut cell: Cell = doses.iter().flat_map(|d| &d.pieces).map(|p| self.piece(p)).collect();
            if cell.is_empty() {
                let key = if nothing && i == 0 { "plan-stop" } else { "plan-none" };
                cell.push(Line::words(self.words.say(key)));
            }
            row.push(cell);
        }
        row
    }

    fn piece(&self, p: &Piece) -> Line {
        let product = clean(&p.product());
        // Another substance than the leaflet's is named.
        let other = p.substance.as_deref().filter(|s| *s != self.kb.substance(self.request.drug).id);
        let name = other.map(|s| self.kb.find(s).map_or_else(|| clean(s), |ix| self.words.substance(ix)));
        let suffix = name.map_or_else(String::new, |n| format!(" {n}"));
        match (p.count, p.volume_ml) {
            (Some(count), _) => {
                let words = self.words.count(count, p.capsule());
                let text = match (words, p.strength_mg) {
                    (Some(w), Some(s)) => {
                        self.words.fill("pieces-tablet", &[("count", &w), ("strength", &number(s))]) + &suffix
                    }
                    (Some(w), None) => format!("{w}, {product}"),
                    (None, _) => format!("{} × {product}", number(count)),
                };
                Line { text, pieces: pictures(count) }
            }
            (None, Some(ml)) => {
                let amount =
                    self.words.fill("pieces-liquid", &[("ml", &number(ml)), ("mg", &number(p.amount_mg))]);
                let strength = p.mg_per_ml.map_or(product, |c| format!("{} mg/mL", number(c)));
                Line::words(format!("{amount}, {strength}{suffix}"))
            }
            (None, None) => Line::words(format!("{product}: {} mg", number(p.amount_mg))),
        }
    }

    /// A time of the day in the language; a clock time or another word as written.
    fn time(&self, time: &str) -> String {
        let key = time.trim().to_lowercase();
        if order(time).0 < OTHER { self.words.say(&format!("time-{key}")) } else { clean(time) }
    }
}

const OTHER: u8 = 6;

/// Where a time stands in the day: known words first, in the order of the day, then clock times and other words.
fn order(time: &str) -> (u8, String) {
    let key = time.trim().to_lowercase();
    let at = ["morning", "noon", "afternoon", "evening", "bedtime", "night"].iter().position(|w| *w == key);
    (at.map_or(OTHER, |i| i as u8), key)
}

/// Whole tablets and the part of one, as quarters.
fn pictures(count: f64) -> Vec<u8> {
    let Some(q) = quarters(count).filter(|q| q.div_ceil(4) <= MOST_DRAWN) else { return Vec::new() };
    let mut out = vec![4; (q / 4) as usize];
    if q % 4 > 0 {
        out.push((q % 4) as u8);
    }
    out
}
