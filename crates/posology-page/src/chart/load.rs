//! Sedation load by drug: dose over dose plus lowest effective dose, 0 to below 1 each.
use super::{Chart, Table, px, short, tick, ticks};
use crate::words::{mg, num};
use maud::html;
use posology_review::{Context, TakenState, cns_load};

const WIDTH: f64 = 900.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 190.0;
const ROW: f64 = 30.0;
const TOP: f64 = 14.0;

/// The chart; `None` where nothing sedates.
pub fn chart(ctx: &Context<'_>) -> Option<Chart> {
    let class = ctx.kb.class("cns-depressant")?;
    let mut rows: Vec<(String, Option<f64>, String, bool)> = ctx
        .of(Some(class))
        .map(|t| {
            let load = t.daily_high().and_then(|d| cns_load(ctx.kb, t.substance, d));
            (ctx.name(t.substance).to_owned(), load, mg(t.daily_mg), t.state == TakenState::Proposed)
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| b.1.unwrap_or(-1.0).total_cmp(&a.1.unwrap_or(-1.0)).then(a.0.cmp(&b.0)));
    let total: f64 = rows.iter().filter_map(|r| r.1).sum();
    let missing: Vec<&str> = rows.iter().filter(|r| r.1.is_none()).map(|r| r.0.as_str()).collect();
    let older = ctx.age_at_least("older-adult-age");
    let number = |a: &str, b: &str| ctx.number(if older { a } else { b }).map(|p| p.value);
    let marks = [
        (number("sedation-load-older-moderate", "sedation-load-moderate"), "moderate"),
        (number("sedation-load-older-high", "sedation-load-high"), "high"),
    ];
    let top = marks.iter().filter_map(|m| m.0).fold(total.max(1.0), f64::max);
    let axis = ticks(top);
    let end = axis.last().copied().unwrap_or(1.0);
    let x = |v: f64| LEFT + (WIDTH - LEFT - RIGHT) * v / end;
    let bottom = TOP + ROW * (rows.len() + 1) as f64;
    let drawing = html! {
        @for t in &axis {
            line x1=(px(x(*t))) x2=(px(x(*t))) y1=(px(TOP)) y2=(px(bottom)) class="grid" {}
            text x=(px(x(*t))) y=(px(bottom + 16.0)) class="axis middle" { (tick(*t)) }
        }
        @for (i, r) in rows.iter().enumerate() {
            @let y = TOP + ROW * i as f64;
            text x=(px(LEFT - 10.0)) y=(px(y + 20.0)) class="label end" { (short(&r.0, 24)) }
            @match r.1 {
                Some(v) => {
                    rect x=(px(LEFT)) y=(px(y + 6.0)) width=(px((x(v) - LEFT).max(2.0))) height="18" class=(if r.3 { "bar proposed" } else { "bar" }) {}
                    text x=(px(x(v) + 8.0)) y=(px(y + 20.0)) class="label" { (num(v)) " at " (r.2) @if r.3 { ", ordered" } }
                }
                None => { text x=(px(LEFT + 8.0)) y=(px(y + 20.0)) class="label" { "not known: " (r.2) } }
            }
        }
        @let y = TOP + ROW * rows.len() as f64;
        text x=(px(LEFT - 10.0)) y=(px(y + 20.0)) class="label end strong" { "together" }
        rect x=(px(LEFT)) y=(px(y + 6.0)) width=(px((x(total) - LEFT).max(2.0))) height="18" class="bar total" {}
        text x=(px(x(total) + 8.0)) y=(px(y + 20.0)) class="label strong" { (num(total)) @if !missing.is_empty() { " at least" } }
        @for (v, word) in &marks {
            @if let Some(v) = v {
                line x1=(px(x(*v))) x2=(px(x(*v))) y1=(px(TOP)) y2=(px(bottom)) class="bound" {}
                text x=(px(x(*v) + 4.0)) y=(px(TOP + 4.0)) class="axis" { (word) " from " (num(*v)) }
            }
        }
    };
    let mut says =
        format!("Together {}{}", num(total), if missing.is_empty() { "." } else { ", a lower bound." });
    if let Some(first) = rows.first().filter(|r| r.1.is_some()) {
        says.push_str(&format!(" The largest part is {}.", first.0));
    }
    let mut notes = Vec::new();
    if !missing.is_empty() {
        notes.push(format!(
            "Not counted, because the dose or the lowest effective dose is not known: {}.",
            missing.join(", ")
        ));
    }
    let mut table: Vec<Vec<String>> = rows
        .iter()
        .map(|r| vec![r.0.clone(), r.2.clone(), r.1.map_or("not known".to_owned(), num)])
        .collect();
    table.push(vec!["together".into(), String::new(), num(total)]);
    Some(Chart {
        id: "load",
        title: "Sedation load by drug".to_owned(),
        says,
        size: (WIDTH, bottom + 24.0),
        drawing,
        table: Table { head: vec!["Drug", "Daily dose", "Load"], rows: table },
        notes,
    })
}
