//! The curve of time against persons, both axes logarithmic, as a picture.
use std::error::Error;
use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 20.0;
const INNER_WIDTH: f64 = 540.0;
const INNER_HEIGHT: f64 = 280.0;

/// SVG of points `persons:seconds`, with the line of equal time a person through the largest.
pub fn svg(points: &[String]) -> Result<String, Box<dyn Error>> {
    let mut list: Vec<(f64, f64)> = Vec::new();
    for p in points {
        let (persons, secs) = p.split_once(':').ok_or_else(|| format!("\"{p}\" is not PERSONS:SECONDS"))?;
        list.push((persons.parse()?, secs.parse()?));
    }
    list.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return Err("no points".into()) };
    let (x0, x1) = (first.0.log10().floor(), last.0.log10().ceil());
    let lowest = list.iter().map(|p| p.1.min(last.1 * p.0 / last.0)).fold(f64::INFINITY, f64::min);
    let highest = list.iter().map(|p| p.1).fold(0.0, f64::max);
    let (y0, y1) = (lowest.log10().floor(), highest.log10().ceil());
    let x = |v: f64| LEFT + INNER_WIDTH * (v.log10() - x0) / (x1 - x0);
    let y = |v: f64| TOP + INNER_HEIGHT * (1.0 - (v.log10() - y0) / (y1 - y0));
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" font-size="12">
<title>Time to review a population</title>
<desc>Seconds against persons, both logarithmic; the dashed line is the time a person of the largest population.</desc>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
"##
    );
    for e in x0 as i32..=x1 as i32 {
        let v = 10_f64.powi(e);
        let (at, low) = (x(v), TOP + INNER_HEIGHT);
        write!(
            out,
            r##"<path d="M{at:.1} {TOP}V{low}" stroke="#ddd"/><text x="{at:.1}" y="{:.1}" text-anchor="middle">{v}</text>"##,
            low + 18.0
        )?;
    }
    for e in y0 as i32..=y1 as i32 {
        let v = 10_f64.powi(e);
        let (at, right) = (y(v), LEFT + INNER_WIDTH);
        write!(
            out,
            r##"<path d="M{LEFT} {at:.1}H{right}" stroke="#ddd"/><text x="{:.1}" y="{:.1}" text-anchor="end">{v} s</text>"##,
            LEFT - 8.0,
            at + 4.0
        )?;
    }
    let even = |persons: f64| last.1 * persons / last.0;
    write!(
        out,
        r##"<path d="M{:.1} {:.1}L{:.1} {:.1}" stroke="#666" stroke-dasharray="5 4"/>"##,
        x(first.0),
        y(even(first.0)),
        x(last.0),
        y(last.1)
    )?;
    let line: Vec<String> = list.iter().map(|p| format!("{:.1} {:.1}", x(p.0), y(p.1))).collect();
    write!(out, r##"<path d="M{}" fill="none" stroke="#005eb8" stroke-width="2"/>"##, line.join("L"))?;
    for p in &list {
        let (at, high) = (x(p.0), y(p.1));
        // Words of the first point stand clear of the axis.
        let anchor = if at < LEFT + 60.0 { "start" } else { "end" };
        write!(
            out,
            r##"<circle cx="{at:.1}" cy="{high:.1}" r="4" fill="#005eb8"/><text x="{:.1}" y="{:.1}" text-anchor="{anchor}">{} s</text>"##,
            if anchor == "start" { at + 8.0 } else { at },
            high - 10.0,
            p.1
        )?;
    }
    write!(
        out,
        r##"<text x="{:.1}" y="{:.1}" text-anchor="middle">persons</text></svg>"##,
        LEFT + INNER_WIDTH / 2.0,
        HEIGHT - 14.0
    )?;
    Ok(out + "\n")
}
