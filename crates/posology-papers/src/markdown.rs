//! A paper as Markdown, for systems that keep notes as text.
use crate::document::{Block, Cell, Document, Line};
use std::fmt::Write as _;

/// The paper as Markdown (CommonMark with tables).
pub fn to_markdown(d: &Document) -> String {
    let mut out = String::new();
    if let Some(mark) = &d.mark {
        let _ = writeln!(out, "**{}**\n", escape(mark));
    }
    for b in &d.blocks {
        block(&mut out, b);
    }
    let _ = writeln!(out, "---\n\n{}", escape(&d.footer));
    out
}

fn block(out: &mut String, b: &Block) {
    let _ = match b {
        Block::Heading { level, text } => {
            writeln!(out, "{} {}\n", "#".repeat(usize::from(*level)), escape(text))
        }
        Block::Paragraph { text, strong: true } => writeln!(out, "**{}**\n", escape(text)),
        Block::Paragraph { text, .. } | Block::Small { text } => writeln!(out, "{}\n", escape(text)),
        Block::List { items } | Block::Sources { items } => {
            for i in items {
                let _ = writeln!(out, "- {}", escape(i));
            }
            writeln!(out)
        }
        Block::Box { title, items, .. } => {
            if !title.is_empty() {
                let _ = writeln!(out, "> ## {}\n>", escape(title));
            }
            for i in items {
                let _ = writeln!(out, "> - {}", escape(i));
            }
            writeln!(out)
        }
        Block::Gap { label } => writeln!(out, "**{}:** [ ____________________ ]\n", escape(label)),
        Block::Fields { fields } => {
            for f in fields {
                let value = f.value.as_deref().map_or_else(|| "[ ____________________ ]".to_owned(), escape);
                let _ = writeln!(out, "- **{}:** {value}", escape(&f.label));
            }
            writeln!(out)
        }
        Block::Table(t) => {
            if !t.caption.is_empty() {
                let _ = writeln!(out, "**{}**\n", escape(&t.caption));
            }
            let head: Vec<String> = t.head.iter().map(|h| escape(h)).collect();
            let _ = writeln!(out, "| {} |\n|{}", head.join(" | "), "---|".repeat(t.head.len()));
            for r in &t.rows {
                let cells: Vec<String> = r.iter().map(cell).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
            writeln!(out)
        }
    };
}

fn cell(c: &Cell) -> String {
    c.iter().map(line).collect::<Vec<_>>().join("<br>")
}

fn line(l: &Line) -> String {
    let pictures: String = l
        .pieces
        .iter()
        .map(|q| match q {
            1 => '◔',
            2 => '◐',
            3 => '◕',
            _ => '●',
        })
        .collect();
    if pictures.is_empty() { escape(&l.text) } else { format!("{pictures} {}", escape(&l.text)) }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
