//! A paper as one self-contained HTML page.
use crate::document::{Block, Cell, Document, Kind, Tone};
use std::fmt::Write as _;

const STYLE: &str = include_str!("paper.css");

/// The paper as HTML: no script, nothing loaded from elsewhere.
pub fn to_html(d: &Document) -> String {
    let kind = match d.kind {
        Kind::Leaflet => "leaflet",
        Kind::Decision => "decision",
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"description\" content=\"{}\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body class=\"{kind}\">\n<main>\n",
        d.language.as_str(),
        escape(&d.subject),
        escape(&d.title),
    );
    if let Some(mark) = &d.mark {
        let _ = writeln!(out, "<p class=\"mark\" aria-hidden=\"true\">{}</p>", escape(mark));
    }
    for b in &d.blocks {
        block(&mut out, b);
    }
    let _ = write!(out, "</main>\n<footer>{}</footer>\n</body>\n</html>\n", escape(&d.footer));
    out
}

fn block(out: &mut String, b: &Block) {
    let _ = match b {
        Block::Heading { level, text } => writeln!(out, "<h{level}>{}</h{level}>", escape(text)),
        Block::Paragraph { text, strong: true } => writeln!(out, "<p><strong>{}</strong></p>", escape(text)),
        Block::Paragraph { text, .. } => writeln!(out, "<p>{}</p>", escape(text)),
        Block::Small { text } => writeln!(out, "<p class=\"small\">{}</p>", escape(text)),
        Block::List { items } => writeln!(out, "{}", list(items)),
        Block::Box { tone, title, items } => {
            let class = match tone {
                Tone::Emergency => "emergency",
                Tone::Warning => "warning",
                Tone::Note => "note",
            };
            let title = if title.is_empty() { String::new() } else { format!("<h2>{}</h2>", escape(title)) };
            writeln!(out, "<section class=\"box {class}\">{title}{}</section>", list(items))
        }
        Block::Gap { label } => writeln!(out, "{}", gap(label)),
        Block::Fields { fields } => {
            let _ = writeln!(out, "<div class=\"fields\">");
            for f in fields {
                let _ = match &f.value {
                    Some(v) => writeln!(out, "<p><strong>{}:</strong> {}</p>", escape(&f.label), escape(v)),
                    None => writeln!(out, "{}", gap(&f.label)),
                };
            }
            writeln!(out, "</div>")
        }
        Block::Table(t) => {
            let _ = writeln!(out, "<table>");
            if !t.caption.is_empty() {
                let _ = writeln!(out, "<caption>{}</caption>", escape(&t.caption));
            }
            let head: String =
                t.head.iter().map(|h| format!("<th scope=\"col\">{}</th>", escape(h))).collect();
            let _ = writeln!(out, "<thead><tr>{head}</tr></thead>\n<tbody>");
            for r in &t.rows {
                let cells: String = r
                    .iter()
                    .enumerate()
                    .map(|(i, c)| {
                        if i == 0 {
                            format!("<th scope=\"row\">{}</th>", cell(c))
                        } else {
                            format!("<td>{}</td>", cell(c))
                        }
                    })
                    .collect();
                let _ = writeln!(out, "<tr>{cells}</tr>");
            }
            writeln!(out, "</tbody>\n</table>")
        }
        Block::Sources { items } => {
            let all: String = items.iter().map(|s| format!("<li>{}</li>", escape(s))).collect();
            writeln!(out, "<ul class=\"sources\">{all}</ul>")
        }
    };
}

fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => format!("<p>{}</p>", escape(one)),
        many => {
            let all: String = many.iter().map(|i| format!("<li>{}</li>", escape(i))).collect();
            format!("<ul>{all}</ul>")
        }
    }
}

fn gap(label: &str) -> String {
    format!(
        "<p class=\"gap\"><strong>{}:</strong> <span class=\"line\">____________________</span></p>",
        escape(label)
    )
}

fn cell(c: &Cell) -> String {
    c.iter()
        .map(|l| {
            let pictures: String = l.pieces.iter().map(|q| tablet(*q)).collect();
            format!("{pictures}{}", escape(&l.text))
        })
        .collect::<Vec<_>>()
        .join("<br>")
}

/// A tablet: the words beside it say the same, so a screen reader passes over it.
fn tablet(quarters: u8) -> String {
    let dark = match quarters {
        0 => String::new(),
        1 => "<path d=\"M10 10V2A8 8 0 0 0 2 10Z\" class=\"taken\"/>".to_owned(),
        2 => "<path d=\"M10 2A8 8 0 0 0 10 18Z\" class=\"taken\"/>".to_owned(),
        3 => "<path d=\"M10 10V2A8 8 0 1 0 18 10Z\" class=\"taken\"/>".to_owned(),
        _ => "<circle cx=\"10\" cy=\"10\" r=\"8\" class=\"taken\"/>".to_owned(),
    };
    format!(
        "<svg viewBox=\"0 0 20 20\" class=\"tablet\" aria-hidden=\"true\"><circle cx=\"10\" cy=\"10\" r=\"8\" class=\"rim\"/>{dark}</svg>"
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
