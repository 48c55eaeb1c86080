//! Plots as SVG.
use std::fmt::Write as _;

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 52.0;
const BOTTOM: f64 = 30.0;
const TOP: f64 = 30.0;
const COLOURS: [&str; 2] = ["#8250df", "#1a7f64"];

/// Text that cannot become markup.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A round number at or above a value.
fn ceiling(x: f64) -> f64 {
    if x <= 0.0 || !x.is_finite() {
        return 1.0;
    }
    let mut unit = 1e-6;
    while unit < x {
        for k in [1.0, 2.0, 5.0] {
            if k * unit >= x {
                return k * unit;
            }
        }
        unit *= 10.0;
    }
    unit
}

fn number(x: f64) -> String {
    if x >= 10.0 || x == x.trunc() {
        format!("{x:.0}")
    } else {
        format!("{x:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

fn frame(title: &str, most: f64) -> String {
    let mut t = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img aria-label=\"{0}\" font-family=\"system-ui,sans-serif\" font-size=11><text x=4 y=14 font-weight=600>{0}</text>",
        escape(title)
    );
    for k in 0..=2 {
        let y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * f64::from(k) / 2.0;
        let _ = write!(
            t,
            "<line x1={LEFT} x2={WIDTH} y1={y:.1} y2={y:.1} stroke=#d8dee4 /><text x={} y={:.1} text-anchor=end fill=#57606a>{}</text>",
            LEFT - 6.0,
            y + 4.0,
            number(most * f64::from(k) / 2.0)
        );
    }
    t
}

fn bar(t: &mut String, x: f64, width: f64, share: f64, colour: &str, tip: &str) {
    let h = (HEIGHT - BOTTOM - TOP) * share.clamp(0.0, 1.0);
    let _ = write!(
        t,
        "<rect x={x:.1} y={:.1} width={:.1} height={h:.1} fill=\"{colour}\"><title>{}</title></rect>",
        HEIGHT - BOTTOM - h,
        width.max(1.0),
        escape(tip)
    );
}

/// A histogram: lower edges and counts.
pub(super) fn bars(title: &str, data: &[(u64, u64)]) -> String {
    if data.is_empty() {
        return format!("<p class=note>{}: nobody.</p>", escape(title));
    }
    let most = ceiling(data.iter().map(|d| d.1).max().unwrap_or(1) as f64);
    let mut t = frame(title, most);
    let step = (WIDTH - LEFT) / data.len() as f64;
    for (i, (edge, n)) in data.iter().enumerate() {
        let x = LEFT + step * i as f64;
        bar(&mut t, x + 1.0, step - 2.0, *n as f64 / most, COLOURS[0], &format!("from {edge}: {n} persons"));
        if i % data.len().div_ceil(8) == 0 {
            let _ = write!(
                t,
                "<text x={:.1} y={} text-anchor=middle fill=#57606a>{edge}</text>",
                x + step / 2.0,
                HEIGHT - 12.0
            );
        }
    }
    t + "</svg>"
}

/// Two bars a group.
pub(super) fn grouped(title: &str, groups: &[&str], series: &[(&str, Vec<f64>)]) -> String {
    let most = ceiling(series.iter().flat_map(|s| s.1.iter().copied()).fold(0.0, f64::max));
    let mut t = frame(title, most);
    let step = (WIDTH - LEFT) / groups.len().max(1) as f64;
    for (k, (name, values)) in series.iter().enumerate() {
        let colour = COLOURS[k % 2];
        let width = step * 0.38;
        for (i, v) in values.iter().enumerate() {
            let x = LEFT + step * i as f64 + step * 0.1 + width * k as f64;
            bar(
                &mut t,
                x,
                width - 1.0,
                v / most,
                colour,
                &format!("{name}, {}: {v:.2} %", groups.get(i).unwrap_or(&"")),
            );
        }
        let _ = write!(
            t,
            "<rect x={0} y=20 width=9 height=9 fill=\"{colour}\" /><text x={1} y=28 fill=#57606a>{name}</text>",
            WIDTH - 110.0 + 60.0 * k as f64,
            WIDTH - 98.0 + 60.0 * k as f64
        );
    }
    for (i, g) in groups.iter().enumerate() {
        let _ = write!(
            t,
            "<text x={:.1} y={} text-anchor=middle fill=#57606a>{}</text>",
            LEFT + step * (i as f64 + 0.5),
            HEIGHT - 12.0,
            escape(g)
        );
    }
    t + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        for (x, want) in
            [(0.0, 1.0), (0.03, 0.05), (1.0, 1.0), (7.0, 10.0), (123_456.0, 200_000.0), (f64::NAN, 1.0)]
        {
            assert!((ceiling(x) - want).abs() < 1e-9, "{x}");
        }
    }
}
