//! Markdown on a terminal: headings stand out, everything else is left as it is written.
use super::style::{BOLD, DIM, paint};
use crate::terminal::wrap;

/// Renders a page.
pub fn render(page: &str, width: usize) -> String {
    let mut out = String::new();
    let mut fence = false;
    let mut paragraph = String::new();
    let flush = |paragraph: &mut String, out: &mut String| {
        for l in wrap(paragraph, width) {
            out.push_str(&l);
            out.push('\n');
        }
        paragraph.clear();
    };
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            flush(&mut paragraph, &mut out);
            fence = !fence;
            continue;
        }
        if fence {
            out.push_str(&format!("    {}\n", paint(DIM, line)));
            continue;
        }
        let heading = line.trim_start_matches('#');
        let special = line.starts_with(['#', '-', '*', '|', '>', ' ']) || line.trim().is_empty();
        if special {
            flush(&mut paragraph, &mut out);
        }
        if line.starts_with('#') {
            out.push_str(&paint(BOLD, heading.trim()));
            out.push('\n');
        } else if line.starts_with("- ") || line.starts_with("* ") {
            for (i, l) in wrap(&line[2..], width.saturating_sub(4)).iter().enumerate() {
                out.push_str(if i == 0 { "  - " } else { "    " });
                out.push_str(l);
                out.push('\n');
            }
        } else if special {
            out.push_str(line);
            out.push('\n');
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    flush(&mut paragraph, &mut out);
    out
}
