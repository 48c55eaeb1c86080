//! Predicted exposure ratios with their 90 % intervals, on a logarithmic axis.
use super::{Chart, Table, px, short};
use crate::words::num;
use maud::html;
use posology_kinetics::exposure::{Interval, Prediction};
use posology_review::{Change, Context, Derived, patient};

const WIDTH: f64 = 900.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 140.0;
const ROW: f64 = 46.0;
const TOP: f64 = 26.0;
const TICKS: [f64; 10] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];

/// The chart; `None` where nothing changes the exposure to anything.
pub fn chart(ctx: &Context<'_>) -> Option<Chart> {
    let derived = Derived::of(ctx.kb)?;
    let patient = patient(ctx);
    let mut changes: Vec<(&Change<'_>, Prediction)> =
        ctx.changes().iter().filter_map(|c| Some((c, c.prediction(derived, &patient)?))).collect();
    if changes.is_empty() {
        return None;
    }
    let size = |r: f64| r.max(1e-6).ln().abs();
    changes.sort_by(|a, b| size(active(&b.1).ratio).total_cmp(&size(active(&a.1).ratio)));
    let all = changes.iter().flat_map(|(_, p)| {
        let (p, a) = (p.parent, active(p));
        [p.low, p.high, a.low, a.high]
    });
    let (low, high) =
        all.filter(|v| v.is_finite() && *v > 0.0).fold((0.5f64, 2.0f64), |m, v| (m.0.min(v), m.1.max(v)));
    let from = TICKS.iter().copied().rfind(|t| *t <= low).unwrap_or(TICKS[0]);
    let to = TICKS.iter().copied().find(|t| *t >= high).unwrap_or(TICKS[9]);
    let x = |v: f64| {
        let v = v.clamp(from, to);
        LEFT + (WIDTH - LEFT - RIGHT) * (v / from).ln() / (to / from).ln()
    };
    let bottom = TOP + ROW * changes.len() as f64;
    let drawing = html! {
        @for t in TICKS.iter().filter(|t| **t >= from && **t <= to) {
            line x1=(px(x(*t))) x2=(px(x(*t))) y1=(px(TOP - 6.0)) y2=(px(bottom)) class=(if *t == 1.0 { "one" } else { "grid" }) {}
            text x=(px(x(*t))) y=(px(bottom + 16.0)) class="axis middle" { (num(*t)) "×" }
        }
        text x=(px(x(1.0))) y=(px(TOP - 12.0)) class="axis middle" { "no change" }
        @for (i, (c, prediction)) in changes.iter().enumerate() {
            @let y = TOP + ROW * i as f64;
            @let p = prediction.parent;
            @let by: Vec<&str> = c.by.iter().map(|b| ctx.name(*b)).collect();
            text x=(px(LEFT - 12.0)) y=(px(y + 18.0)) class="label end strong" { (short(ctx.name(c.victim), 28)) }
            text x=(px(LEFT - 12.0)) y=(px(y + 34.0)) class="axis end" { "by " (short(&by.join(", "), 34)) }
            line x1=(px(x(p.low))) x2=(px(x(p.high))) y1=(px(y + 15.0)) y2=(px(y + 15.0)) class="interval" {}
            circle cx=(px(x(p.ratio))) cy=(px(y + 15.0)) r="6" class="point" {}
            text x=(px(WIDTH - RIGHT + 10.0)) y=(px(y + 19.0)) class="label" { (fold(p.ratio)) }
            @if let Some(a) = prediction.weighted_sum {
                line x1=(px(x(a.low))) x2=(px(x(a.high))) y1=(px(y + 31.0)) y2=(px(y + 31.0)) class="interval active" {}
                rect x=(px(x(a.ratio) - 5.0)) y=(px(y + 26.0)) width="10" height="10" class="point active" {}
                text x=(px(WIDTH - RIGHT + 10.0)) y=(px(y + 35.0)) class="axis" { (fold(a.ratio)) " active total" }
            }
        }
    };
    let first = changes.first().map(|(c, p)| (ctx.name(c.victim), active(p).ratio));
    let says = first.map_or_else(String::new, |(name, r)| {
        format!(
            "Exposure with everything taken together against exposure without it. The largest change: {name} {}.",
            fold(r)
        )
    });
    let assumed: Vec<String> = changes
        .iter()
        .flat_map(|(c, _)| c.assumed.iter().map(|s| ctx.name(*s).to_owned()))
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut notes = vec![
        "Circle: the drug itself. Square: with its active metabolites, weighted by potency. Line: 90 % interval. A ratio alone sets no severity.".to_owned(),
    ];
    if !assumed.is_empty() {
        notes.push(format!("Dose not known, so the usual dose was assumed: {}.", assumed.join(", ")));
    }
    let rows = changes
        .iter()
        .flat_map(|(c, prediction)| {
            let by: Vec<&str> = c.by.iter().map(|b| ctx.name(*b)).collect();
            let line =
                |what: String, i: Interval| vec![what, by.join(", "), num(i.ratio), num(i.low), num(i.high)];
            let name = ctx.name(c.victim);
            let mut out = vec![line(name.to_owned(), prediction.parent)];
            out.extend(prediction.weighted_sum.map(|s| line(format!("{name}, active total"), s)));
            out
        })
        .collect();
    Some(Chart {
        id: "ratios",
        title: "Predicted exposure ratios".to_owned(),
        says,
        size: (WIDTH, bottom + 26.0),
        drawing,
        table: Table { head: vec!["Drug", "Changed by", "Ratio", "Low", "High"], rows },
        notes,
    })
}

/// What reaches the receptor: with the active metabolites where they are followed.
fn active(p: &Prediction) -> Interval {
    p.weighted_sum.unwrap_or(p.parent)
}

fn fold(r: f64) -> String {
    format!("{}-fold", num((r * 100.0).round() / 100.0))
}
