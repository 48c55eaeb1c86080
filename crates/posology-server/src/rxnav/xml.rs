//! A JSON answer as XML: a list repeats its element.
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;

/// Writes an answer with this root element.
pub fn write(root: &str, value: &Value) -> Vec<u8> {
    let mut w = Writer::new(Vec::new());
    // Writing to memory does not fail.
    let _ = w.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    element(&mut w, root, value);
    w.into_inner()
}

fn element(w: &mut Writer<Vec<u8>>, name: &str, value: &Value) {
    if let Value::Array(list) = value {
        for v in list {
            element(w, name, v);
        }
        return;
    }
    let _ = w.write_event(Event::Start(BytesStart::new(name)));
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| element(w, k, v)),
        Value::String(s) => text(w, s),
        Value::Null | Value::Array(_) => {}
        other => text(w, &other.to_string()),
    }
    let _ = w.write_event(Event::End(BytesEnd::new(name)));
}

/// XML 1.0 has no control characters but these.
fn text(w: &mut Writer<Vec<u8>>, s: &str) {
    let clean: String = s
        .chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(*c, '\u{fffe}' | '\u{ffff}')))
        .collect();
    let _ = w.write_event(Event::Text(BytesText::new(&clean)));
}
