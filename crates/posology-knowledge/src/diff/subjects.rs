//! Which substances and classes a fact is about.
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// What is known of ids and references on either side.
pub(super) struct Subjects {
    substances: BTreeSet<String>,
    classes: BTreeSet<String>,
    /// `source#locator` to the substances whose files cite it.
    cited: BTreeMap<String, BTreeSet<String>>,
}

/// Keys under which a fact names whom it is about.
const NAMING: &[&str] =
    &["substance", "substances", "subject", "victim", "perpetrators", "class", "with_class", "drug"];

impl Subjects {
    pub(super) fn of(corpora: &[&Table]) -> Self {
        let mut out = Self { substances: BTreeSet::new(), classes: BTreeSet::new(), cited: BTreeMap::new() };
        for c in corpora {
            let files = |folder: &str| {
                c.get(folder).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
            };
            let id = |t: &Table| t.get("id").and_then(Value::as_str).map(str::to_owned);
            out.substances.extend(files("substances").filter_map(id));
            out.classes.extend(files("classes").filter_map(id));
            for (folder, key) in [("substances", "id"), ("kinetics", "substance")] {
                for f in files(folder) {
                    let Some(drug) = f.get(key).and_then(Value::as_str) else { continue };
                    references(f, &mut |r| {
                        out.cited.entry(r.to_owned()).or_default().insert(drug.to_owned());
                    });
                }
            }
            for f in files("interactions") {
                let mut drugs = BTreeSet::new();
                named(f, &mut |n| {
                    drugs.insert(n.to_owned());
                });
                drugs.retain(|d| out.substances.contains(d));
                references(f, &mut |r| out.cited.entry(r.to_owned()).or_default().extend(drugs.clone()));
            }
        }
        out
    }

    /// Substances and classes that a fact, or the file around it, names. What only the fact names is preferred: a table of equivalents
    /// holds many substances, and one row of it is about one.
    pub(super) fn concerned(
        &self,
        folder: &str,
        id: &str,
        files: [&Table; 2],
        facts: [&BTreeMap<String, Value>; 2],
    ) -> (Vec<String>, Vec<String>) {
        if matches!(folder, "substances" | "kinetics") {
            return (vec![id.to_owned()], Vec::new());
        }
        if folder == "classes" {
            return (Vec::new(), vec![id.to_owned()]);
        }
        let mut found: BTreeSet<String> = BTreeSet::new();
        if folder == "sources" {
            for locator in facts.iter().filter_map(|f| f.get("locator").and_then(Value::as_str)) {
                found.extend(self.cited.get(&format!("{id}#{locator}")).into_iter().flatten().cloned());
            }
        }
        for f in facts {
            for (path, v) in f {
                let key = path.rsplit(['.', ' ']).next().unwrap_or(path);
                if NAMING.contains(&key) {
                    each_text(v, &mut |t| {
                        found.insert(t.to_owned());
                    });
                }
            }
        }
        let (drugs, classes) = self.split(&found);
        if folder != "interactions" {
            return (drugs, classes);
        }
        for f in files {
            named(f, &mut |n| {
                found.insert(n.to_owned());
            });
        }
        self.split(&found)
    }

    fn split(&self, found: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
        let of = |known: &BTreeSet<String>| found.iter().filter(|f| known.contains(*f)).cloned().collect();
        (of(&self.substances), of(&self.classes))
    }
}

fn each_text(v: &Value, f: &mut impl FnMut(&str)) {
    match v {
        Value::String(s) => f(s),
        Value::Array(a) => a.iter().filter_map(Value::as_str).for_each(f),
        _ => {}
    }
}

/// Names of substances and classes anywhere in a file.
fn named(t: &Table, f: &mut impl FnMut(&str)) {
    for (k, v) in t {
        if NAMING.contains(&k.as_str()) {
            each_text(v, f);
        }
        inner(v, &mut |t| named(t, f));
    }
}

/// References anywhere in a file.
fn references(t: &Table, f: &mut impl FnMut(&str)) {
    for (k, v) in t {
        if k == "source" || k == "sources" || k.ends_with("_source") {
            each_text(v, f);
        }
        inner(v, &mut |t| references(t, f));
    }
}

fn inner(v: &Value, f: &mut dyn FnMut(&Table)) {
    match v {
        Value::Table(t) => f(t),
        Value::Array(a) => a.iter().filter_map(Value::as_table).for_each(f),
        _ => {}
    }
}
