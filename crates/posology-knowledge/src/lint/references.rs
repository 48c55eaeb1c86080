//! Classes, conditions, measures and substances that a file names exist.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::Participant;
use std::collections::BTreeSet;

pub(super) const ID: &str = "reference";

struct Sink<'a, 'k> {
    k: &'a Knowledge<'k>,
    substances: BTreeSet<&'k str>,
    classes: BTreeSet<&'k str>,
    conditions: BTreeSet<&'k str>,
    measures: BTreeSet<&'k str>,
    out: Vec<Diagnostic>,
}

impl Sink<'_, '_> {
    fn need(&mut self, known: bool, kind: &str, folder: &str, id: &str, file: &str, path: &str) {
        if !known {
            let message = format!("there is no {kind} \"{id}\"");
            let help = format!("correct the id, or add {folder}/{id}.toml");
            self.out.push(self.k.at(ID, file, path, message, &help));
        }
    }

    fn substance(&mut self, id: &str, file: &str, path: &str) {
        self.need(self.substances.contains(id), "substance", "substances", id, file, path);
    }

    fn class(&mut self, id: &str, file: &str, path: &str) {
        self.need(self.classes.contains(id), "class", "classes", id, file, path);
    }

    fn condition(&mut self, id: &str, file: &str, path: &str) {
        self.need(self.conditions.contains(id), "condition", "conditions", id, file, path);
    }

    fn measure(&mut self, id: &str, file: &str, path: &str) {
        self.need(self.measures.contains(id), "measure", "measures", id, file, path);
    }

    fn subject(&mut self, id: &str, file: &str, path: &str) {
        let known = self.substances.contains(id) || self.classes.contains(id);
        self.need(known, "class or substance", "classes", id, file, path);
    }
}

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut s = Sink {
        k,
        substances: k.substance_ids(),
        classes: k.class_ids(),
        conditions: k.condition_ids(),
        measures: k.measure_ids(),
        out: Vec::new(),
    };
    substances(&mut s);
    classes_and_conditions(&mut s);
    interactions(&mut s);
    tables(&mut s);
    guidance(&mut s);
    s.out
}

fn substances(s: &mut Sink<'_, '_>) {
    for x in &s.k.corpus.substances {
        let file = &format!("substances/{}.toml", x.id);
        for (i, c) in x.classes.iter().enumerate() {
            s.class(c, file, &format!("classes.{i}"));
        }
        for (i, u) in x.uses.iter().enumerate() {
            s.condition(&u.indication, file, &format!("use.{i}.indication"));
        }
        for (i, l) in x.limits.iter().enumerate() {
            for (n, id) in l.unless.iter().enumerate() {
                s.condition(id, file, &format!("limit.{i}.unless.{n}"));
            }
            for (key, id) in [("indication", &l.indication), ("condition", &l.condition)] {
                if let Some(id) = id {
                    s.condition(id, file, &format!("limit.{i}.{key}"));
                }
            }
        }
        for (i, c) in x.contraindications.iter().enumerate() {
            // `age-below` is no disease: the bound stands in `age_to`.
            if c.condition != "age-below" {
                s.condition(&c.condition, file, &format!("contraindication.{i}.condition"));
            }
        }
        for (i, m) in x.monitoring.iter().enumerate() {
            if let Some(id) = &m.measure {
                s.measure(id, file, &format!("monitoring.{i}.measure"));
            }
        }
    }
}

fn classes_and_conditions(s: &mut Sink<'_, '_>) {
    for c in &s.k.corpus.classes {
        for (i, b) in c.broader.iter().enumerate() {
            s.class(b, &format!("classes/{}.toml", c.id), &format!("broader.{i}"));
        }
    }
    for c in &s.k.corpus.conditions {
        for (i, b) in c.broader.iter().enumerate() {
            s.condition(b, &format!("conditions/{}.toml", c.id), &format!("broader.{i}"));
        }
    }
}

fn interactions(s: &mut Sink<'_, '_>) {
    for it in &s.k.corpus.interactions {
        let file = &format!("interactions/{}.toml", it.id);
        for (side, p) in [("a", &it.a), ("b", &it.b)] {
            participant(s, p, file, side);
        }
        for (i, m) in it.modifiers.iter().enumerate() {
            if let Some(c) = &m.condition {
                s.condition(c, file, &format!("when.{i}.condition"));
            }
        }
    }
}

fn participant(s: &mut Sink<'_, '_>, p: &Participant, file: &str, side: &str) {
    if let Some(c) = &p.class {
        s.class(c, file, &format!("{side}.class"));
    }
    if let Some(x) = &p.substance {
        s.substance(x, file, &format!("{side}.substance"));
    }
    for (key, list) in [("substances", &p.substances), ("except", &p.except)] {
        for (i, x) in list.iter().enumerate() {
            s.substance(x, file, &format!("{side}.{key}.{i}"));
        }
    }
}

fn tables(s: &mut Sink<'_, '_>) {
    for e in &s.k.corpus.equivalence {
        let file = &format!("equivalence/{}.toml", e.id);
        s.substance(&e.reference, file, "reference");
        for (i, r) in e.rows.iter().enumerate() {
            s.substance(&r.substance, file, &format!("equivalent.{i}.substance"));
        }
    }
    for m in &s.k.corpus.mme {
        for (i, r) in m.rows.iter().enumerate() {
            s.substance(&r.substance, &format!("mme/{}.toml", m.id), &format!("factor.{i}.substance"));
        }
    }
    for d in &s.k.corpus.dependence {
        let file = &format!("dependence/{}.toml", d.id);
        s.class(&d.class, file, "class");
        for (i, b) in d.dose_bands.iter().enumerate() {
            s.substance(&b.substance, file, &format!("dose_band.{i}.substance"));
        }
    }
    for l in &s.k.corpus.lists {
        let file = &format!("lists/{}.toml", l.id);
        for (i, e) in l.entries.iter().enumerate() {
            for (key, id) in [("class", &e.class), ("with_class", &e.with_class)] {
                if let Some(id) = id {
                    s.class(id, file, &format!("entry.{i}.{key}"));
                }
            }
            for (n, x) in e.substances.iter().enumerate() {
                s.substance(x, file, &format!("entry.{i}.substances.{n}"));
            }
            for (key, list) in [("conditions", &e.conditions), ("except_conditions", &e.except_conditions)] {
                for (n, x) in list.iter().enumerate() {
                    s.condition(x, file, &format!("entry.{i}.{key}.{n}"));
                }
            }
        }
    }
}

fn guidance(s: &mut Sink<'_, '_>) {
    for e in &s.k.corpus.education {
        let file = &format!("education/{}.toml", e.id);
        for (i, p) in e.points.iter().enumerate() {
            s.subject(&p.subject, file, &format!("point.{i}.subject"));
            if let Some(w) = &p.with {
                s.subject(w, file, &format!("point.{i}.with"));
            }
        }
        for (i, b) in e.figures.iter().enumerate() {
            s.subject(&b.subject, file, &format!("figure.{i}.subject"));
            if let Some(c) = &b.condition {
                s.condition(c, file, &format!("figure.{i}.condition"));
            }
        }
    }
    for f in &s.k.corpus.follow_up {
        for (i, x) in f.items.iter().enumerate() {
            s.subject(&x.subject, &format!("follow-up/{}.toml", f.id), &format!("item.{i}.subject"));
        }
    }
}
