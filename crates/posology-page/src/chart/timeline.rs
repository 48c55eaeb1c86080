//! The history: a row a drug, height is the daily dose, gaps are gaps; days with an opioid and a benzodiazepine or Z-drug have a row of
//! their own.
use super::{Chart, Table, px, short};
use crate::words::{count, num};
use maud::{Markup, html};
use posology_knowledge::{EndKnown, KnowledgeBase, Origin, ResolvedCase, SubstanceIx};
use posology_model::history::{DoseStep, Episode, Span, days_between, dose_steps, episodes, plus_days};
use posology_model::{Date, EntryKind};
use std::collections::BTreeMap;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 176.0;
const RIGHT: f64 = 92.0;
const ROW: f64 = 40.0;
const BAR: f64 = 28.0;
const TOP: f64 = 30.0;

struct Row {
    name: String,
    steps: Vec<DoseStep>,
    peak: f64,
    as_needed: bool,
}

/// The chart; `None` where no entry has a start.
pub fn chart(kb: &KnowledgeBase, case: &ResolvedCase, day: Date) -> Option<Chart> {
    let mut spans: BTreeMap<SubstanceIx, Vec<Span>> = BTreeMap::new();
    let mut as_needed: BTreeMap<SubstanceIx, bool> = BTreeMap::new();
    let mut undated: Vec<&str> = Vec::new();
    for e in case.exposures.iter().filter(|e| e.origin == Origin::Record) {
        let Some(start) = e.start.filter(|s| *s <= day) else {
            let name = kb.substance(e.substance).name.as_str();
            if e.start.is_none() && !undated.contains(&name) {
                undated.push(name);
            }
            continue;
        };
        let end = match e.end_known {
            EndKnown::Ongoing => day,
            EndKnown::Yes => e.end.unwrap_or(day).min(day),
            EndKnown::No => start,
        };
        // An administration is one day in the record, not a course.
        if start <= end && e.kind != EntryKind::Administration {
            spans.entry(e.substance).or_default().push(Span { start, end, daily: e.daily_mg.map(|d| d.1) });
            let a = as_needed.entry(e.substance).or_insert(true);
            *a &= e.as_needed;
        }
    }
    let first = spans.values().flatten().map(|s| s.start).min()?;
    let total = days_between(first, day).max(1);
    let mut rows: Vec<Row> = spans
        .iter()
        .map(|(ix, s)| {
            let steps = dose_steps(s);
            Row {
                name: kb.substance(*ix).name.clone(),
                peak: steps.iter().map(|x| x.daily).fold(0.0, f64::max),
                as_needed: as_needed.get(ix).copied().unwrap_or(false),
                steps,
            }
        })
        .collect();
    rows.sort_by_key(|r| (r.steps.first().map(|s| s.start), r.name.clone()));
    let both = overlap(kb, &spans);
    let both_days: i64 = both.iter().map(Episode::length_days).sum();
    let extra = usize::from(!both.is_empty());
    let bottom = TOP + ROW * (rows.len() + extra) as f64;
    let height = bottom + 30.0;
    let x = |d: Date| LEFT + (WIDTH - LEFT - RIGHT) * days_between(first, d) as f64 / total as f64;
    let drawing = html! {
        defs {
            pattern id="overlap-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="6" height="6" class="hatch-ground" {}
                rect width="3" height="6" class="hatch-line" {}
            }
        }
        @for (d, words) in axis(first, day) {
            line x1=(px(x(d))) x2=(px(x(d))) y1=(px(TOP - 8.0)) y2=(px(bottom)) class="grid" {}
            text x=(px(x(d))) y=(px(bottom + 18.0)) class="axis middle" { (words) }
        }
        @if extra == 1 {
            text x=(px(LEFT - 10.0)) y=(px(TOP + BAR - 8.0)) class="label end strong" { "opioid + benzo or Z" }
            @for e in &both {
                rect x=(px(x(e.start))) y=(px(TOP + 4.0)) width=(px((x(plus_days(e.end, 1)).min(WIDTH - RIGHT) - x(e.start)).max(2.0))) height=(px(BAR - 8.0)) class="overlap" fill="url(#overlap-hatch)" {}
            }
            text x=(px(WIDTH - RIGHT + 8.0)) y=(px(TOP + BAR - 8.0)) class="label strong" { (count(both_days as usize, "day", "days")) }
        }
        @for (i, r) in rows.iter().enumerate() {
            (row(r, TOP + ROW * (i + extra) as f64, &x))
        }
        line x1=(px(x(day))) x2=(px(x(day))) y1=(px(TOP - 12.0)) y2=(px(bottom)) class="today" {}
        text x=(px(x(day))) y=(px(TOP - 16.0)) class="axis middle" { "review " (day) }
    };
    let mut says = format!("{} from {first} to {day}.", count(rows.len(), "drug", "drugs"));
    if extra == 1 {
        says.push_str(&format!(
            " An opioid together with a benzodiazepine or Z-drug on {}.",
            count(both_days as usize, "day", "days")
        ));
    }
    let mut notes = vec!["The height of a bar is the daily dose, the highest of that drug being full height; a broken outline is a dose that is not known; a thin bar is as needed.".to_owned()];
    if !undated.is_empty() {
        notes.push(format!("Not drawn, because no start is recorded: {}.", undated.join(", ")));
    }
    Some(Chart {
        id: "timeline",
        title: "History".to_owned(),
        says,
        size: (WIDTH, height),
        drawing,
        table: table(&rows, &both),
        notes,
    })
}

fn row(r: &Row, top: f64, x: &impl Fn(Date) -> f64) -> Markup {
    let base = top + BAR + 2.0;
    let last = r.steps.last();
    html! {
        text x=(px(LEFT - 10.0)) y=(px(top + BAR - 8.0)) class="label end" { (short(&r.name, 22)) }
        line x1=(px(LEFT)) x2=(px(WIDTH - RIGHT)) y1=(px(base)) y2=(px(base)) class="grid" {}
        @for s in &r.steps {
            @let unknown = s.incomplete || r.peak <= 0.0;
            @let h = if r.as_needed { 6.0 } else if unknown { BAR } else { (BAR * s.daily / r.peak).max(3.0) };
            @let width = (x(plus_days(s.end, 1)).min(WIDTH - RIGHT) - x(s.start)).max(2.0);
            rect x=(px(x(s.start))) y=(px(base - h)) width=(px(width)) height=(px(h)) class=(if unknown { "bar unknown" } else { "bar" }) {}
            @if r.steps.len() > 1 && width > 46.0 && !unknown {
                text x=(px(x(s.start) + 4.0)) y=(px(base - 4.0)) class="on-bar" { (num(s.daily)) }
            }
        }
        @if let Some(s) = last {
            text x=(px(WIDTH - RIGHT + 8.0)) y=(px(top + BAR - 8.0)) class="label" {
                @if s.incomplete || r.peak <= 0.0 { "dose ?" } @else { (num(s.daily)) " mg" @if r.as_needed { " prn" } }
            }
        }
    }
}

/// Days on which an opioid and a benzodiazepine or Z-drug were both taken.
fn overlap(kb: &KnowledgeBase, spans: &BTreeMap<SubstanceIx, Vec<Span>>) -> Vec<Episode> {
    let of = |classes: &[&str]| -> Vec<Episode> {
        let all: Vec<Span> = spans
            .iter()
            .filter(|(ix, _)| {
                classes.iter().filter_map(|c| kb.class(c)).any(|c| kb.in_class(**ix, c))
                    && !kb.class("opioid-antagonist").is_some_and(|c| kb.in_class(**ix, c))
            })
            .flat_map(|(_, s)| s.iter().copied())
            .collect();
        episodes(&all, 0)
    };
    let (a, b) = (of(&["opioid"]), of(&["benzodiazepine", "z-drug"]));
    let mut out = Vec::new();
    for x in &a {
        for y in &b {
            let (start, end) = (x.start.max(y.start), x.end.min(y.end));
            if start <= end {
                out.push(Span { start, end, daily: None });
            }
        }
    }
    episodes(&out, 0)
}

/// Dates under the axis: years, quarters, months or weeks, so that about six fit.
fn axis(first: Date, last: Date) -> Vec<(Date, String)> {
    let days = days_between(first, last).max(1);
    let months = match days {
        0..=45 => {
            return (0..)
                .map(|k| plus_days(first, k * 7))
                .take_while(|d| *d <= last)
                .filter(|d| days_between(*d, last) > days / 10)
                .map(|d| (d, format!("{} {}", d.day(), month(d))))
                .collect();
        }
        46..=240 => 1,
        241..=800 => 3,
        801..=2600 => 12,
        _ => 12 * (days as i32 / 2600 + 1),
    };
    let mut out = Vec::new();
    let mut d = first.first_of_month();
    for _ in 0..2_000 {
        let n = i32::from(d.year()) * 12 + i32::from(d.month()) - 1 + 1;
        let Ok(next) = Date::new((n / 12) as i16, (n % 12 + 1) as i8, 1) else { break };
        d = next;
        if d > last {
            break;
        }
        let index = i32::from(d.year()) * 12 + i32::from(d.month()) - 1;
        if index % months == 0 && days_between(d, last) > days / 12 {
            let words =
                if months >= 12 { d.year().to_string() } else { format!("{} {}", month(d), d.year()) };
            out.push((d, words));
        }
    }
    out
}

fn month(d: Date) -> &'static str {
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        [usize::from(d.month().unsigned_abs()).saturating_sub(1) % 12]
}

fn table(rows: &[Row], both: &[Episode]) -> Table {
    let mut out: Vec<Vec<String>> = Vec::new();
    for r in rows {
        for s in &r.steps {
            let mut dose = if s.incomplete { "not known".to_owned() } else { format!("{} mg", num(s.daily)) };
            if r.as_needed {
                dose.push_str(", as needed");
            }
            out.push(vec![r.name.clone(), s.start.to_string(), s.end.to_string(), dose]);
        }
    }
    for e in both {
        out.push(vec![
            "opioid with benzodiazepine or Z-drug".into(),
            e.start.to_string(),
            e.end.to_string(),
            count(e.length_days() as usize, "day", "days"),
        ]);
    }
    Table { head: vec!["Drug", "From", "To", "Daily dose"], rows: out }
}
