//! A taper: the daily dose as steps, and mean concentrations by day where they were simulated.
use super::{Chart, Table, path, px, short, tick, ticks};
use crate::words::num;
use maud::html;
use posology_model::history::days_between;
use posology_taper::Plan;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 46.0;

/// The chart of a plan.
pub fn chart(p: &Plan) -> Chart {
    let day0 = p.steps.first().map_or(p.as_of, |s| s.start);
    let last = p.steps.last().map_or(0, |s| days_between(day0, s.start) + i64::from(s.days));
    let (from, to) = (-7.0, (last + 28).max(14) as f64);
    let before = if p.switch.is_none() { p.from.daily_dose_mg } else { 0.0 };
    let highest = p.steps.iter().map(|s| s.daily_dose_mg).fold(before, f64::max);
    let peak =
        p.curves.iter().flat_map(|c| &c.points).flat_map(|x| x.mean.iter().copied()).fold(0.0, f64::max);
    let (dose_axis, level_axis) = (ticks(highest), ticks(peak));
    let dose_top = dose_axis.last().copied().unwrap_or(1.0);
    let level_top = level_axis.last().copied().unwrap_or(1.0);
    let x = |d: f64| LEFT + (WIDTH - LEFT - RIGHT) * (d - from) / (to - from);
    let y = |share: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    let mut dose: Vec<(f64, f64)> = vec![(from, before), (0.0, before)];
    for s in &p.steps {
        let start = days_between(day0, s.start) as f64;
        let mg = s.daily_dose_mg;
        if let Some(l) = dose.last().copied() {
            dose.push((start, l.1));
        }
        dose.push((start, mg));
        if s.days > 0 {
            dose.push((start + f64::from(s.days), mg));
        }
    }
    if let Some(l) = dose.last().copied() {
        dose.push((to, l.1));
    }
    let every = ((to - from) / 8.0 / 7.0).ceil().max(1.0) * 7.0;
    let labels: Vec<f64> = (0..).map(|i| f64::from(i) * every).take_while(|d| *d <= to).collect();
    let curves: Vec<(String, Vec<(f64, f64)>)> = p
        .curves
        .iter()
        .flat_map(|c| {
            c.substances.iter().enumerate().map(|(i, s)| {
                (
                    s.replace('-', " "),
                    c.points.iter().map(|q| (q.day as f64, q.mean.get(i).copied().unwrap_or(0.0))).collect(),
                )
            })
        })
        .collect();
    let drawing = html! {
        @for t in &dose_axis {
            line x1=(px(LEFT)) x2=(px(WIDTH - RIGHT)) y1=(px(y(t / dose_top))) y2=(px(y(t / dose_top))) class="grid" {}
            text x=(px(LEFT - 8.0)) y=(px(y(t / dose_top) + 4.0)) class="axis end" { (tick(*t)) }
        }
        text x=(px(LEFT - 8.0)) y=(px(TOP - 10.0)) class="axis end" { "mg/day" }
        @if !curves.is_empty() {
            @for t in &level_axis {
                text x=(px(WIDTH - RIGHT + 8.0)) y=(px(y(t / level_top) + 4.0)) class="axis" { (tick(*t)) }
            }
            text x=(px(WIDTH - RIGHT + 8.0)) y=(px(TOP - 10.0)) class="axis" { "ng/mL" }
        }
        @for d in &labels {
            line x1=(px(x(*d))) x2=(px(x(*d))) y1=(px(TOP)) y2=(px(HEIGHT - BOTTOM)) class="grid" {}
            text x=(px(x(*d))) y=(px(HEIGHT - BOTTOM + 16.0)) class="axis middle" { (num(*d)) }
        }
        text x=(px(LEFT + (WIDTH - LEFT - RIGHT) / 2.0)) y=(px(HEIGHT - 8.0)) class="axis middle" { "days from " (day0) }
        path d=(path(dose.iter().map(|(d, v)| (x(d.clamp(from, to)), y(v / dose_top))))) class="curve dose" {}
        @for (i, c) in curves.iter().enumerate() {
            path d=(path(c.1.iter().filter(|q| q.0 >= from && q.0 <= to).map(|(d, v)| (x(*d), y(v / level_top))))) class=(style(i)) {}
        }
        line x1=(px(WIDTH - RIGHT + 50.0)) x2=(px(WIDTH - RIGHT + 76.0)) y1=(px(TOP + 10.0)) y2=(px(TOP + 10.0)) class="curve dose" {}
        text x=(px(WIDTH - RIGHT + 82.0)) y=(px(TOP + 14.0)) class="label" { "daily dose" }
        @for (i, c) in curves.iter().enumerate() {
            @let at = TOP + 34.0 + 22.0 * i as f64;
            line x1=(px(WIDTH - RIGHT + 50.0)) x2=(px(WIDTH - RIGHT + 76.0)) y1=(px(at)) y2=(px(at)) class=(style(i)) {}
            text x=(px(WIDTH - RIGHT + 82.0)) y=(px(at + 4.0)) class="label" { (short(&c.0, 14)) }
        }
    };
    let beyond = p.steps.iter().filter(|s| s.fall_exceeds_bound).count();
    let mut says = format!(
        "From {} mg a day {} in {} steps, ending {}.",
        num(p.from.daily_dose_mg),
        if p.goal_mg > 0.0 { format!("to {} mg", num(p.goal_mg)) } else { "to nothing".to_owned() },
        p.steps.len(),
        p.ends
    );
    if beyond > 0 {
        says.push_str(&format!(
            " In {beyond} of them the active concentration falls by more than the bound."
        ));
    }
    let rows = p
        .steps
        .iter()
        .map(|s| {
            vec![
                s.start.to_string(),
                s.days.to_string(),
                format!("{} mg", num(s.daily_dose_mg)),
                format!("{} %", num(s.reduction_percent)),
                s.fall_percent.map_or("not simulated".to_owned(), |f| format!("{} %", num(f))),
            ]
        })
        .collect();
    let mut notes: Vec<String> = p.curves.iter().flat_map(|c| c.assumptions.iter().cloned()).collect();
    notes.retain(|n| !n.starts_with("spread of") && !n.starts_with("correlation of"));
    notes.sort();
    notes.dedup();
    if p.curves.is_empty() {
        notes.push(
            "No concentrations are drawn: there is no model, or the plan was changed after it was simulated."
                .to_owned(),
        );
    }
    Chart {
        id: "plan",
        title: format!("{}: dose and concentration", p.substance.name),
        says,
        size: (WIDTH, HEIGHT),
        drawing,
        table: Table {
            head: vec!["From", "Days", "Daily dose", "Cut", "Fall of the active concentration"],
            rows,
        },
        notes,
    }
}

const fn style(i: usize) -> &'static str {
    match i {
        0 => "curve a",
        1 => "curve b",
        _ => "curve c",
    }
}
