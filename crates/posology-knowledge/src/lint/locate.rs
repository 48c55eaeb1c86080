//! Where a key stands in a TOML text, and which facts a file states.
use crate::diagnostic::line_column;
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// A file with the places of its keys.
#[derive(Debug)]
pub(super) struct File<'a> {
    text: &'a str,
    document: Document<&'a str>,
}

/// A statement with a source.
#[derive(Debug)]
pub(super) struct Stated {
    /// Path of the reference: `use.3.source`.
    pub path: String,
    /// `source-id#locator`.
    pub reference: String,
    /// The word after `confidence`, where the table has one.
    pub confidence: Option<String>,
}

/// A number of a file.
#[derive(Debug)]
pub(super) struct Number {
    /// Path, indexes included.
    pub path: String,
    /// The value.
    pub value: f64,
}

#[derive(Clone, Copy)]
enum Node<'d> {
    Item(&'d Item),
    Value(&'d Value),
    Table(&'d toml_edit::Table),
}

impl<'d> Node<'d> {
    fn span(self) -> Option<Range<usize>> {
        match self {
            Self::Item(i) => i.span(),
            Self::Value(v) => v.span(),
            Self::Table(t) => t.span(),
        }
    }

    fn table(self) -> Option<&'d dyn TableLike> {
        match self {
            Self::Item(i) => i.as_table_like(),
            Self::Value(v) => v.as_inline_table().map(|t| t as &dyn TableLike),
            Self::Table(t) => Some(t),
        }
    }

    fn value(self) -> Option<&'d Value> {
        match self {
            Self::Item(i) => i.as_value(),
            Self::Value(v) => Some(v),
            Self::Table(_) => None,
        }
    }

    fn elements(self) -> Vec<Node<'d>> {
        if let Self::Item(i) = self
            && let Some(tables) = i.as_array_of_tables()
        {
            return tables.iter().map(Node::Table).collect();
        }
        self.value()
            .and_then(Value::as_array)
            .map(|a| a.iter().map(Node::Value).collect())
            .unwrap_or_default()
    }

    fn child(self, step: &str) -> Option<Node<'d>> {
        match step.parse::<usize>() {
            Ok(n) => self.elements().get(n).copied(),
            Err(_) => self.table()?.get(step).map(Node::Item),
        }
    }
}

impl<'a> File<'a> {
    /// Parses a text; `None` where it is no TOML.
    pub fn parse(text: &'a str) -> Option<Self> {
        Document::parse(text).ok().map(|document| Self { text, document })
    }

    /// Byte range, line and column of a path, or of the nearest table above it.
    pub fn place(&self, path: &str) -> (Option<(usize, usize)>, (usize, usize)) {
        let mut node = Node::Item(self.document.as_item());
        let mut span = None;
        for step in path.split('.').filter(|s| !s.is_empty()) {
            let Some(next) = node.child(step) else { break };
            node = next;
            span = node.span().or(span);
        }
        match span {
            Some(s) => (Some((s.start, s.end)), line_column(self.text, s.start)),
            None => (None, (1, 1)),
        }
    }

    /// Every statement with a source: the key `source` of any table, `sources` and `benefit_source`. The confidence of a table of several
    /// sources is that of the first; the others only have to exist.
    pub fn stated(&self) -> Vec<Stated> {
        let mut out = Vec::new();
        walk(Node::Item(self.document.as_item()), String::new(), &mut |node, path| {
            let Some(table) = node.table() else { return };
            let confidence = table.get("confidence").and_then(Item::as_str).map(str::to_owned);
            for (key, confidence) in [("source", confidence.clone()), ("benefit_source", None)] {
                if let Some(reference) = table.get(key).and_then(Item::as_str) {
                    out.push(Stated { path: join(path, key), reference: reference.to_owned(), confidence });
                }
            }
            if let Some(list) = table.get("sources").and_then(Item::as_array) {
                for (i, reference) in list.iter().enumerate().filter_map(|(i, v)| Some((i, v.as_str()?))) {
                    out.push(Stated {
                        path: join(path, &format!("sources.{i}")),
                        reference: reference.to_owned(),
                        confidence: confidence.clone().filter(|_| i == 0),
                    });
                }
            }
        });
        out
    }

    /// Every text under one of the keys, lists included, with its path.
    pub fn strings(&self, keys: &[&str]) -> Vec<(String, String)> {
        let mut out = Vec::new();
        walk(Node::Item(self.document.as_item()), String::new(), &mut |node, path| {
            let key = path.rsplit('.').find(|s| s.parse::<usize>().is_err()).unwrap_or_default();
            if let Some(text) = node.value().and_then(Value::as_str).filter(|_| keys.contains(&key)) {
                out.push((path.to_owned(), text.to_owned()));
            }
        });
        out
    }

    /// Every number.
    pub fn numbers(&self) -> Vec<Number> {
        let mut out = Vec::new();
        walk(Node::Item(self.document.as_item()), String::new(), &mut |node, path| {
            let number = node.value().and_then(|v| match v {
                Value::Integer(i) => Some(*i.value() as f64),
                Value::Float(f) => Some(*f.value()),
                _ => None,
            });
            if let Some(value) = number {
                out.push(Number { path: path.to_owned(), value });
            }
        });
        out
    }
}

fn walk<'d>(node: Node<'d>, path: String, see: &mut impl FnMut(Node<'d>, &str)) {
    see(node, &path);
    if let Some(table) = node.table() {
        for (key, item) in table.iter() {
            walk(Node::Item(item), join(&path, key), see);
        }
        return;
    }
    for (i, element) in node.elements().into_iter().enumerate() {
        walk(element, join(&path, &i.to_string()), see);
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = \"x\"\n\n[[use]]\nmg = 1.0\nsource = \"a#b\"\nconfidence = \"verified\"\n\n[[use]]\ndaily_mg = [1, 2.5]\nsource = \"c#d\"\n";

    #[test]
    fn keys_have_lines() {
        let f = File::parse(TEXT).expect("valid");
        assert_eq!(f.place("use.0.source").1, (5, 10));
        assert_eq!(f.place("use.1.daily_mg.1").1, (9, 16));
        // The key is absent: the table is pointed at.
        assert_eq!(f.place("use.1.mg").1.0, 8);
        assert_eq!(f.place("nothing").1, (1, 1));
    }

    #[test]
    fn statements_and_numbers_are_found_wherever_they_stand() {
        let f = File::parse(TEXT).expect("valid");
        let s = f.stated();
        assert_eq!(s.len(), 2);
        assert_eq!(s[0].confidence.as_deref(), Some("verified"));
        assert_eq!((s[1].path.as_str(), s[1].confidence.as_deref()), ("use.1.source", None));
        let n: Vec<f64> = f.numbers().iter().map(|n| n.value).collect();
        assert_eq!(n, [1.0, 1.0, 2.5]);
    }
}
