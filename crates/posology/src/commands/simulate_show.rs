//! The answer of `posology simulate` in its four forms.
use super::simulate::Form;
use posology_review::bridge::simulation_plot::{Plot, Series};
use posology_review::bridge::simulation_question::Curves;
use std::fmt::Write as _;

/// Writes the answer.
///
/// # Errors
/// JSON that cannot be written.
pub fn show(form: Form, shown: &Curves) -> Result<String, String> {
    let title = &shown.title;
    match form {
        Form::Csv => Ok(csv(shown)),
        Form::Json => json(shown),
        Form::Svg => Ok(svg(title, shown)),
        Form::Term => Ok(term(title, shown)),
    }
}

fn csv(shown: &Curves) -> String {
    let mut out = String::from("time_h");
    for (name, _) in &shown.columns {
        out.push(',');
        out.push_str(name);
    }
    out.push('\n');
    for (i, t) in shown.times.iter().enumerate() {
        let _ = write!(out, "{}", rounded(*t));
        for (_, values) in &shown.columns {
            let _ = write!(out, ",{}", rounded(values[i]));
        }
        out.push('\n');
    }
    out
}

/// Six decimals, without trailing zeros: no digits of rounding error.
fn rounded(v: f64) -> String {
    let text = format!("{v:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn json(shown: &Curves) -> Result<String, String> {
    serde_json::to_string_pretty(&shown.json()).map(|s| s + "\n").map_err(|e| e.to_string())
}

fn svg(title: &str, shown: &Curves) -> String {
    // More points than pixels show nothing more.
    let stride = shown.times.len().div_ceil(1500).max(1);
    let series = shown
        .columns
        .iter()
        .map(|(name, values)| Series {
            label: name.replace("_ng_per_ml", "").replace('_', " "),
            points: shown.times.iter().copied().zip(values.iter().copied()).step_by(stride).collect(),
            marks: false,
            thin: shown.population && !name.ends_with("_p50"),
        })
        .collect();
    let (x, y) = ("hours".to_owned(), "ng/mL".to_owned());
    Plot { title: title.to_owned(), x, y, log: false, series }.svg()
}

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns of the sketch.
const SKETCH: usize = 60;

fn term(title: &str, shown: &Curves) -> String {
    let mut out = format!("{title}\n");
    let last = shown.times.last().copied().unwrap_or_default();
    for (name, values) in &shown.columns {
        let peak = values.iter().copied().fold(0.0, f64::max);
        let at = values.iter().position(|v| *v >= peak).unwrap_or_default();
        let end = values.last().copied().unwrap_or_default();
        let sketch: String = (0..SKETCH.min(values.len()))
            .map(|k| {
                let (a, b) = (
                    k * values.len() / SKETCH,
                    ((k + 1) * values.len() / SKETCH).max(k * values.len() / SKETCH + 1),
                );
                let top =
                    values[a.min(values.len() - 1)..b.min(values.len())].iter().copied().fold(0.0, f64::max);
                let level = if peak > 0.0 { (top / peak * 7.0).round().clamp(0.0, 7.0) as usize } else { 0 };
                BARS[level]
            })
            .collect();
        let _ = writeln!(
            out,
            "{name}\n  {sketch}\n  highest {peak:.1} at {} h, {end:.1} at {} h",
            rounded(shown.times.get(at).copied().unwrap_or_default()),
            rounded(last)
        );
    }
    out
}
