//! Small plots of curves and of predicted against observed figures, as SVG text.
use std::fmt::Write;

/// One curve, or a set of marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub label: String,
    /// Points in the units of the axes.
    pub points: Vec<(f64, f64)>,
    /// Marks instead of a line.
    pub marks: bool,
    /// A thin, broken line: a bound.
    pub thin: bool,
}

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Title.
    pub title: String,
    /// Axis below.
    pub x: String,
    /// Axis on the left.
    pub y: String,
    /// Both axes logarithmic.
    pub log: bool,
    /// What is drawn.
    pub series: Vec<Series>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 52.0;
/// Distinguishable with any colour vision, dark enough on white.
const COLOURS: [&str; 6] = ["#0b5394", "#b45f06", "#38761d", "#741b47", "#3d3d3d", "#7f6000"];

impl Plot {
    /// The plot as an SVG document. Values that are not finite (or, on logarithmic axes, not positive) are left out.
    #[must_use]
    pub fn svg(&self) -> String {
        let scale = |v: f64| if self.log { libm::log10(v) } else { v };
        let usable = |v: f64| v.is_finite() && (!self.log || v > 0.0);
        let all: Vec<(f64, f64)> = self
            .series
            .iter()
            .flat_map(|s| &s.points)
            .filter(|p| usable(p.0) && usable(p.1))
            .map(|p| (scale(p.0), scale(p.1)))
            .collect();
        let range = |pick: fn(&(f64, f64)) -> f64, zero: bool| {
            let low = all.iter().map(pick).fold(f64::INFINITY, f64::min);
            let high = all.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
            match (low.is_finite() && high > low, zero) {
                (false, _) => (0.0, 1.0),
                (true, true) => (low.min(0.0), high * 1.05),
                (true, false) => (low, high),
            }
        };
        let (x0, x1) = range(|p| p.0, false);
        let (y0, y1) = range(|p| p.1, !self.log);
        let px = |v: f64| LEFT + (v - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
        let py = |v: f64| HEIGHT - BOTTOM - (v - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM);
        let mut out = String::new();
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<title>{0}</title>\n<rect width=\"100%\" height=\"100%\" \
             fill=\"#fff\"/>\n<text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{0}</text>",
            escape(&self.title)
        );
        for t in ticks(x0, x1, self.log) {
            let x = px(t);
            let _ = writeln!(
                out,
                "<path d=\"M{x:.1} {TOP}V{:.1}\" stroke=\"#ddd\"/><text x=\"{x:.1}\" y=\"{:.1}\" \
                 text-anchor=\"middle\">{}</text>",
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 16.0,
                number(t, self.log)
            );
        }
        for t in ticks(y0, y1, self.log) {
            let y = py(t);
            let _ = writeln!(
                out,
                "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                number(t, self.log)
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n<text transform=\"translate(14 {:.1}) \
             rotate(-90)\" text-anchor=\"middle\">{}</text>",
            0.5 * (LEFT + WIDTH - RIGHT),
            HEIGHT - 12.0,
            escape(&self.x),
            0.5 * (TOP + HEIGHT - BOTTOM),
            escape(&self.y)
        );
        for (i, s) in self.series.iter().enumerate() {
            let colour = COLOURS[i % COLOURS.len()];
            let at: Vec<(f64, f64)> = s
                .points
                .iter()
                .filter(|p| usable(p.0) && usable(p.1))
                .map(|p| (px(scale(p.0)), py(scale(p.1))))
                .collect();
            if s.marks {
                for (x, y) in &at {
                    let _ = writeln!(
                        out,
                        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\" fill-opacity=\"0.7\"/>"
                    );
                }
            } else {
                let style =
                    if s.thin { "stroke-width=\"1\" stroke-dasharray=\"5 4\"" } else { "stroke-width=\"2\"" };
                let mut d = String::new();
                for (k, (x, y)) in at.iter().enumerate() {
                    let _ = write!(d, "{}{x:.1} {y:.1}", if k == 0 { "M" } else { "L" });
                }
                let _ = writeln!(out, "<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" {style}/>");
            }
            if !s.label.is_empty() {
                let y = TOP + 14.0 + 16.0 * i as f64;
                let _ = writeln!(
                    out,
                    "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"12\" height=\"4\" fill=\"{colour}\"/><text x=\"{:.1}\" \
                     y=\"{y:.1}\" text-anchor=\"end\">{}</text>",
                    WIDTH - RIGHT - 16.0,
                    y - 6.0,
                    WIDTH - RIGHT - 22.0,
                    escape(&s.label)
                );
            }
        }
        out.push_str("</svg>\n");
        out
    }
}

/// Round values within a range; on logarithmic axes whole powers of ten.
fn ticks(low: f64, high: f64, log: bool) -> Vec<f64> {
    if log {
        let (a, b) = (libm::ceil(low) as i32, libm::floor(high) as i32);
        return (a..=b).map(f64::from).collect();
    }
    let rough = (high - low) / 6.0;
    if rough <= 0.0 || !rough.is_finite() {
        return Vec::new();
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough).unwrap_or(rough);
    let first = libm::ceil(low / step);
    (0..20).map(|i| (first + f64::from(i)) * step).take_while(|t| *t <= high).collect()
}

fn number(tick: f64, log: bool) -> String {
    let v = if log { libm::pow(10.0, tick) } else { tick };
    let text = format!("{v:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
