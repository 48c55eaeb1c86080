//! A paper as blocks, before it becomes HTML, Markdown or PDF.
use posology_model::Date;
use serde::Serialize;

/// Language of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// Two letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

/// Which paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// For the patient.
    Leaflet,
    /// For clinician and patient together.
    Decision,
}

/// Size of the paper in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 8.5 by 11 inches.
    UsLetter,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Danger to life.
    Emergency,
    /// Take care.
    Warning,
    /// Worth knowing.
    Note,
}

/// A line of a table cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Words; they say all that the pictures show.
    pub text: String,
    /// Tablets as pictures, each a number of quarters, 1 to 4.
    pub pieces: Vec<u8>,
}

impl Line {
    /// A line without pictures.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), pieces: Vec::new() }
    }
}

/// A cell: its lines.
pub type Cell = Vec<Line>;

/// A label with a value, or with a gap to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Label.
    pub label: String,
    /// Value; `None` leaves a visible gap.
    pub value: Option<String>,
}

/// A table with one row of heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Caption; empty for none.
    pub caption: String,
    /// Heads, one a column.
    pub head: Vec<String>,
    /// Relative widths, one a column.
    pub widths: Vec<u8>,
    /// Rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Block {
    /// A heading; level 1 is the title.
    Heading {
        /// 1 or 2.
        level: u8,
        /// Words.
        text: String,
    },
    /// Running text.
    Paragraph {
        /// Words.
        text: String,
        /// In bold.
        strong: bool,
    },
    /// A remark in small print.
    Small {
        /// Words.
        text: String,
    },
    /// A list.
    List {
        /// Items.
        items: Vec<String>,
    },
    /// A box with a title.
    Box {
        /// Look.
        tone: Tone,
        /// Title; empty for none.
        title: String,
        /// Items.
        items: Vec<String>,
    },
    /// A fact that is missing: a line to fill in, never a guess.
    Gap {
        /// What is missing.
        label: String,
    },
    /// Labels with values or gaps.
    Fields {
        /// Fields.
        fields: Vec<Field>,
    },
    /// A table.
    Table(Table),
    /// Sources: bibliography, no running text.
    Sources {
        /// One source an item.
        items: Vec<String>,
    },
}

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Which paper.
    pub kind: Kind,
    /// Language of the text.
    pub language: Language,
    /// Paper size.
    pub paper: Paper,
    /// Title.
    pub title: String,
    /// What it is, one sentence.
    pub subject: String,
    /// Date that it holds for.
    pub date: Date,
    /// Word across each page while it is a draft.
    pub mark: Option<String>,
    /// Line at the foot of each page.
    pub footer: String,
    /// Parts in order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// Running text, one piece an element: what readability is measured on. Headings, labels, tables, small print and sources are left out.
    pub fn running_text(&self) -> Vec<&str> {
        let mut out: Vec<&str> = Vec::new();
        for b in &self.blocks {
            match b {
                Block::Paragraph { text, .. } => out.push(text),
                Block::List { items } | Block::Box { items, .. } => {
                    out.extend(items.iter().map(String::as_str))
                }
                _ => {}
            }
        }
        out.retain(|t| !t.trim().is_empty());
        out
    }

    /// Labels of the facts that are missing.
    pub fn gaps(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for b in &self.blocks {
            match b {
                Block::Gap { label } => out.push(label.as_str()),
                Block::Fields { fields } => {
                    out.extend(fields.iter().filter(|f| f.value.is_none()).map(|f| f.label.as_str()));
                }
                _ => {}
            }
        }
        out
    }
}

/// Text without control characters, each run of spaces one space: what came from a record must not break a layout.
pub fn clean(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !bidi(*c)).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that turn the direction of a line.
const fn bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
