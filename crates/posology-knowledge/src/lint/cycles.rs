//! The relation "broader" of classes and of conditions has no circle.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

pub(super) const ID: &str = "broader-cycle";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let classes = k.corpus.classes.iter().map(|c| (c.id.as_str(), c.broader.as_slice())).collect();
    let conditions = k.corpus.conditions.iter().map(|c| (c.id.as_str(), c.broader.as_slice())).collect();
    let mut out = Vec::new();
    for (folder, graph) in [("classes", classes), ("conditions", conditions)] {
        for id in in_circles(&graph) {
            out.push(k.at(
                ID,
                &format!("{folder}/{id}.toml"),
                "broader",
                format!("\"{id}\" is broader than itself"),
                "remove the entry that closes the circle",
            ));
        }
    }
    out
}

fn in_circles<'a>(graph: &BTreeMap<&'a str, &'a [String]>) -> Vec<&'a str> {
    graph
        .keys()
        .copied()
        .filter(|start| {
            let mut seen: Vec<&str> = Vec::new();
            let mut todo: Vec<&str> = graph[start].iter().map(String::as_str).collect();
            while let Some(x) = todo.pop() {
                if x == *start {
                    return true;
                }
                if !seen.contains(&x) {
                    seen.push(x);
                    todo.extend(graph.get(x).into_iter().flat_map(|b| b.iter().map(String::as_str)));
                }
            }
            false
        })
        .collect()
}
