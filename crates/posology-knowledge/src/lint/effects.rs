//! Grades run from 1 to 3, and a member of a class has the effects of the class or says why not.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::ClassFile;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const ID: &str = "effect";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let classes: BTreeMap<&str, &ClassFile> = k.corpus.classes.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut out = Vec::new();
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        for (i, e) in s.effects.iter().enumerate().filter(|(_, e)| !(1..=3).contains(&e.grade)) {
            let message = format!("grade {} is none of 1, 2, 3", e.grade);
            out.push(k.at(
                ID,
                &file,
                &format!("effect.{i}.grade"),
                message,
                "1 mild or possible, 2 established, 3 marked",
            ));
        }
        for (i, l) in s.lacks_class_effect.iter().enumerate() {
            let path = format!("lacks_class_effect.{i}");
            if l.why.trim().len() < 10 {
                out.push(k.at(ID, &file, &path, "no reason is given".into(), "say why the effect is absent"));
            }
            if s.effects.iter().any(|e| e.kind == l.kind) {
                let message = format!("{:?} is stated both as present and as absent", l.kind);
                out.push(k.at(ID, &file, &path, message, "keep one of the two"));
            }
        }
        for class in all_classes(&s.classes, &classes) {
            for kind in &class.effects {
                let stated = s.effects.iter().any(|e| e.kind == *kind)
                    || s.lacks_class_effect.iter().any(|l| l.kind == *kind);
                if !stated {
                    out.push(k.at(
                        ID,
                        &file,
                        "classes",
                        format!("the class \"{}\" has the effect {kind:?}, which \"{}\" does not state", class.id, s.id),
                        "add the [[effect]] with its grade, or [[lacks_class_effect]] with a reason and a source",
                    ));
                }
            }
        }
    }
    out
}

/// The classes with all broader ones; a circle ends where it began.
fn all_classes<'a>(own: &'a [String], classes: &BTreeMap<&'a str, &'a ClassFile>) -> Vec<&'a ClassFile> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut todo: Vec<&str> = own.iter().map(String::as_str).collect();
    while let Some(id) = todo.pop() {
        if let Some(c) = classes.get(id).filter(|_| seen.insert(id)) {
            todo.extend(c.broader.iter().map(String::as_str));
        }
    }
    seen.iter().filter_map(|id| classes.get(id).copied()).collect()
}
