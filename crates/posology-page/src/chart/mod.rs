//! Charts: small SVG with `role="img"`, title and description, drawn by classes (so that themes and print can change colours), each with
//! a table of its figures.
pub mod concentration;
pub mod load;
pub mod plan;
pub mod ratio;
pub mod timeline;

use crate::words::num;
use maud::{Markup, html};

/// A table of figures.
pub struct Table {
    /// Heads of the columns.
    pub head: Vec<&'static str>,
    /// Cells; the first of a row is its head.
    pub rows: Vec<Vec<String>>,
}

/// A chart in its frame.
pub struct Chart {
    /// Unique on the page.
    pub id: &'static str,
    /// Title of the picture.
    pub title: String,
    /// What the picture shows, in words: the gist, not a list of all points.
    pub says: String,
    /// Width and height in units of the drawing.
    pub size: (f64, f64),
    /// The drawing.
    pub drawing: Markup,
    /// The figures.
    pub table: Table,
    /// Assumptions and what is left out, shown below.
    pub notes: Vec<String>,
}

impl Chart {
    /// As a figure.
    pub fn figure(&self) -> Markup {
        let (t, d) = (format!("{}-title", self.id), format!("{}-says", self.id));
        let view = format!("0 0 {} {}", px(self.size.0), px(self.size.1));
        html! {
            figure class="chart" id=(self.id) {
                figcaption {
                    strong { (self.title) }
                    p class="chart-says" { (self.says) }
                }
                div class="chart-scroll" tabindex="0" role="group" aria-label=(format!("{}: the picture", self.title)) {
                    svg role="img" aria-labelledby=(format!("{t} {d}")) viewBox=(view)
                        width=(px(self.size.0)) height=(px(self.size.1)) xmlns="http://www.w3.org/2000/svg" {
                        title id=(t) { (self.title) }
                        desc id=(d) { (self.says) }
                        (self.drawing)
                    }
                }
                @for n in &self.notes { p class="chart-note" { (n) } }
                (figures(&self.table, &self.title))
            }
        }
    }
}

/// The figures behind a chart, one click away.
fn figures(t: &Table, title: &str) -> Markup {
    html! {
        details class="nhsuk-details chart-figures" {
            summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { "The figures as a table" } }
            div class="nhsuk-details__text scroll" tabindex="0" role="group" aria-label=(format!("{title}: the figures")) {
                table class="nhsuk-table dense" {
                    caption class="nhsuk-u-visually-hidden" { (title) }
                    thead { tr { @for h in &t.head { th scope="col" { (h) } } } }
                    tbody {
                        @for r in &t.rows {
                            tr {
                                @for (i, c) in r.iter().enumerate() {
                                    @if i == 0 { th scope="row" { (c) } } @else { td { (c) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A coordinate, short.
pub fn px(x: f64) -> String {
    let r = (x * 10.0).round() / 10.0;
    format!("{}", if r == 0.0 { 0.0 } else { r })
}

/// Round values from 0 to at least `top`, about five of them.
pub fn ticks(top: f64) -> Vec<f64> {
    if !(top.is_finite() && top > 0.0) {
        return vec![0.0, 1.0];
    }
    let rough = top / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
    let n = (top / step - 1e-9).ceil().max(1.0) as usize;
    (0..=n.min(12)).map(|i| i as f64 * step).collect()
}

/// A value on an axis.
pub fn tick(x: f64) -> String {
    num(x)
}

/// The path through points.
pub fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.filter(|p| p.0.is_finite() && p.1.is_finite()).enumerate() {
        d.push(if i == 0 { 'M' } else { 'L' });
        d.push_str(&px(x));
        d.push(' ');
        d.push_str(&px(y));
    }
    d
}

/// A short name for a label beside a mark.
pub fn short(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() { format!("{}…", head.trim_end()) } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_reach_the_top_and_are_round() {
        assert_eq!(ticks(40.0), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(ticks(0.9).last().copied(), Some(1.0));
        for top in [1e-9, 0.37, 17.0, 1234.0, f64::NAN, 0.0, -1.0] {
            let t = ticks(top);
            assert!(t.len() >= 2 && t.len() <= 13, "{top}: {t:?}");
        }
    }

    #[test]
    fn paths_leave_out_what_cannot_be_drawn() {
        assert_eq!(path([(0.0, 1.0), (f64::NAN, 2.0), (3.04, 4.0)].into_iter()), "M0 1L3 4");
    }
}
