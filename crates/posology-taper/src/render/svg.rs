//! Dose and concentration over the plan, as one SVG without script.
use crate::mass::number;
use crate::plan::Plan;
use posology_model::history::days_between;
use std::fmt::Write as _;

const W: f64 = 860.0;
const H: f64 = 420.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = 92.0;
const COLOURS: [&str; 4] = ["#1b6ca8", "#b4532a", "#3f7d20", "#7a3e9d"];

/// The plan as SVG: the daily dose as steps, mean concentrations by day where they were simulated, steps beyond the bound marked.
pub fn svg(p: &Plan) -> String {
    let mut o = String::new();
    let day0 = p.steps.first().map_or(p.as_of, |s| s.start);
    let last = p.steps.last().map_or(0, |s| days_between(day0, s.start) + i64::from(s.days));
    let (from, to) = (-7.0, (last + 28).max(14) as f64);
    let highest = p
        .steps
        .iter()
        .map(|s| s.daily_dose_mg)
        .fold(if p.switch.is_none() { p.from.daily_dose_mg } else { 0.0 }, f64::max);
    let peak =
        p.curves.iter().flat_map(|c| &c.points).flat_map(|x| x.mean.iter().copied()).fold(0.0, f64::max);
    let x = |d: f64| LEFT + (W - LEFT - RIGHT) * (d - from) / (to - from);
    let y = |v: f64, top: f64| {
        if top > 0.0 { H - BOTTOM - (H - TOP - BOTTOM) * v / (top * 1.05) } else { H - BOTTOM }
    };
    let title = format!("{} taper from {} mg a day", p.substance.name, number(p.from.daily_dose_mg));
    let _ = write!(
        o,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {W} {H}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\"><title>{t}</title><desc>{d}</desc><rect width=\"{W}\" height=\"{H}\" fill=\"#ffffff\"/><text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{t}</text>",
        t = escape(&title),
        d = escape(&p.disclaimer)
    );
    let _ = write!(
        o,
        "<path d=\"M{l:.1} {TOP}V{b:.1}H{r:.1}\" fill=\"none\" stroke=\"#555555\"/><text x=\"8\" y=\"{TOP}\">mg/day</text>",
        l = LEFT,
        b = H - BOTTOM,
        r = W - RIGHT
    );
    for i in 0..=4 {
        let v = highest * f64::from(i) / 4.0;
        let _ = write!(
            o,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y(v, highest) + 4.0,
            number((v * 100.0).round() / 100.0)
        );
    }
    let every = ((to - from) / 8.0 / 7.0).ceil().max(1.0) * 7.0;
    let mut d = 0.0;
    while d <= to {
        let _ = write!(
            o,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">day {}</text>",
            x(d),
            H - BOTTOM + 16.0,
            number(d)
        );
        d += every;
    }
    // The dose.
    let mut path = String::new();
    if p.switch.is_none() {
        let _ = write!(path, "M{:.1} {:.1}", x(from), y(p.from.daily_dose_mg, highest));
    }
    for s in &p.steps {
        let d = days_between(day0, s.start) as f64;
        let v = y(s.daily_dose_mg, highest);
        let _ = if path.is_empty() {
            write!(path, "M{:.1} {v:.1}", x(d))
        } else {
            write!(path, "H{:.1}V{v:.1}", x(d))
        };
        if s.fall_exceeds_bound {
            let _ = write!(
                o,
                "<circle cx=\"{:.1}\" cy=\"{v:.1}\" r=\"5\" fill=\"none\" stroke=\"#c00000\" stroke-width=\"2\"><title>{}</title></circle>",
                x(d),
                escape(&format!("{}: the concentration falls by more than the bound", s.start))
            );
        }
    }
    if !path.is_empty() {
        let _ = write!(path, "H{:.1}", x(to));
        let _ = write!(o, "<path d=\"{path}\" fill=\"none\" stroke=\"#222222\" stroke-width=\"2\"/>");
    }
    // Concentrations.
    let mut legend = LEFT;
    let mut label = |o: &mut String, colour: &str, text: &str| {
        let _ = write!(
            o,
            "<rect x=\"{legend:.1}\" y=\"{:.1}\" width=\"14\" height=\"4\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            H - 60.0,
            legend + 18.0,
            H - 54.0,
            escape(text)
        );
        legend += 36.0 + 7.0 * text.chars().count() as f64;
    };
    label(&mut o, "#222222", "daily dose");
    let mut n = 0;
    for c in &p.curves {
        for (i, name) in c.substances.iter().enumerate() {
            let colour = COLOURS[n % COLOURS.len()];
            n += 1;
            let mut line = String::new();
            for q in c.points.iter().filter(|q| (from..=to).contains(&(q.day as f64))) {
                let Some(v) = q.mean.get(i) else { continue };
                let _ = write!(
                    line,
                    "{}{:.1} {:.1}",
                    if line.is_empty() { "M" } else { "L" },
                    x(q.day as f64),
                    y(*v, peak)
                );
            }
            let _ = write!(o, "<path d=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>");
            label(&mut o, colour, &format!("{name}, ng/mL"));
        }
    }
    if peak > 0.0 {
        for i in 0..=4 {
            let v = peak * f64::from(i) / 4.0;
            let _ = write!(
                o,
                "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                W - RIGHT + 6.0,
                y(v, peak) + 4.0,
                number(v.round())
            );
        }
        let _ = write!(o, "<text x=\"{:.1}\" y=\"{:.1}\">ng/mL</text>", W - RIGHT + 6.0, TOP - 8.0);
    }
    for (k, part) in wrap(&p.disclaimer, 125).into_iter().enumerate() {
        let _ = write!(
            o,
            "<text x=\"{LEFT}\" y=\"{:.1}\" font-size=\"10\">{}</text>",
            H - 34.0 + 13.0 * k as f64,
            escape(&part)
        );
    }
    o.push_str("</svg>\n");
    o
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for w in text.split_whitespace() {
        let full =
            out.last().is_some_and(|l| !l.is_empty() && l.chars().count() + 1 + w.chars().count() > width);
        if full {
            out.push(String::new());
        }
        if let Some(l) = out.last_mut() {
            if !l.is_empty() {
                l.push(' ');
            }
            l.push_str(w);
        }
    }
    out
}

fn escape(t: &str) -> String {
    t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
