//! Two small folders, and every kind of change between them.
use super::*;
use crate::corpus::KnowledgeText;

const SUBSTANCE: &str = r#"id = "calmazine"
name = "calmazine"
brands = ["Calm", "Oldname"]
classes = ["sedative"]

[codes]
atc = ["N05BA01"]

[[product]]
form = "tablet"
route = "oral"
strength_mg = 5.0
source = "label#supply"

[[limit]]
kind = "daily-max"
mg = 40.0
route = ["oral"]
source = "label#dose"
confidence = "secondary"

[[limit]]
kind = "single-max"
mg = 10.0
source = "label#dose"

[[effect]]
kind = "falls"
grade = 2
source = "label#warnings"
"#;

const PAIR: &str = r#"id = "calmazine-wakeup"
severity = "caution"
kind = "mixed"
effect = "x"
mechanism = "x"
management = "x"
evidence = "label"
sources = ["label#warnings"]
[a]
substance = "calmazine"
[b]
class = "sedative"
"#;

const SOURCE: &str = r#"id = "label"
title = "A label"
kind = "label"
publisher = "FDA"
[[figure]]
locator = "dose"
address = "https://dailymed.nlm.nih.gov/x"
retrieved = "2026-11-24"
printed = "40 mg"
"#;

fn corpus(files: &[(&str, &str)]) -> Corpus {
    let files: Vec<KnowledgeText> =
        files.iter().map(|(p, t)| KnowledgeText { path: (*p).into(), text: (*t).into() }).collect();
    let (corpus, problems) = Corpus::read(&files);
    assert!(problems.is_empty(), "{problems:?}");
    corpus
}

fn base() -> Vec<(&'static str, &'static str)> {
    vec![
        ("VERSION", "1\n"),
        ("substances/calmazine.toml", SUBSTANCE),
        ("interactions/calmazine-wakeup.toml", PAIR),
        ("sources/label.toml", SOURCE),
        ("classes/sedative.toml", "id = \"sedative\"\nname = \"sedative\"\nplural = \"sedatives\"\n"),
        ("products/rxnorm.tsv", "1\tSCD\ta\n2\tSCD\tb\n"),
    ]
}

fn with(file: &'static str, from: &str, to: &str) -> Vec<FactChange> {
    let mut changed = base();
    let text = changed.iter().find(|f| f.0 == file).map(|f| f.1.to_owned()).unwrap_or_default();
    assert!(text.contains(from), "{file} has no {from:?}");
    let text = text.replacen(from, to, 1);
    changed.retain(|f| f.0 != file);
    changed.push((file, &text));
    facts(&corpus(&base()), &corpus(&changed)).expect("two corpora")
}

fn one(list: &[FactChange]) -> &FactChange {
    assert_eq!(list.len(), 1, "{list:#?}");
    &list[0]
}

#[test]
fn the_same_facts_have_no_difference() {
    assert_eq!(facts(&corpus(&base()), &corpus(&base())).expect("two corpora"), []);
    // Neither the order of the facts of one table nor an empty list is a difference.
    let single = "[[limit]]\nkind = \"single-max\"\nmg = 10.0\nsource = \"label#dose\"\n\n";
    let moved = SUBSTANCE.replacen(single, "", 1) + "\n" + single;
    let moved = moved.replacen("brands", "synonyms = []\nbrands", 1);
    let mut changed = base();
    changed[1].1 = &moved;
    assert_eq!(facts(&corpus(&base()), &corpus(&changed)).expect("two corpora"), []);
}

#[test]
fn a_changed_figure_names_field_values_and_sources() {
    let found = with(
        "substances/calmazine.toml",
        "mg = 40.0\nroute = [\"oral\"]\nsource = \"label#dose\"\nconfidence = \"secondary\"",
        "mg = 30.0\nroute = [\"oral\"]\nsource = \"label#new-dose\"\nconfidence = \"verified\"",
    );
    let c = one(&found);
    assert_eq!((c.folder.as_str(), c.id.as_str(), c.kind), ("substances", "calmazine", ChangeKind::Changed));
    assert_eq!(c.fact, "limit daily-max oral");
    assert_eq!(c.drugs, ["calmazine"]);
    let fields: Vec<&str> = c.fields.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(fields, ["confidence", "mg", "source"]);
    assert_eq!((&c.fields[1].old, &c.fields[1].new), (&Some(Value::Float(40.0)), &Some(Value::Float(30.0))));
    assert_eq!(c.old.source.as_deref(), Some("label#dose"));
    assert_eq!(c.new.source.as_deref(), Some("label#new-dose"));
    assert_eq!(c.new.confidence.as_deref(), Some("verified"));
}

#[test]
fn facts_come_and_go() {
    let gone = with(
        "substances/calmazine.toml",
        "[[limit]]\nkind = \"single-max\"\nmg = 10.0\nsource = \"label#dose\"\n",
        "",
    );
    assert_eq!((one(&gone).kind, one(&gone).fact.as_str()), (ChangeKind::Removed, "limit single-max"));
    assert_eq!(one(&gone).old.source.as_deref(), Some("label#dose"));
    let come = with(
        "substances/calmazine.toml",
        "[[effect]]",
        "[[effect]]\nkind = \"bleeding\"\ngrade = 1\nsource = \"label#other\"\n\n[[effect]]",
    );
    assert_eq!((one(&come).kind, one(&come).fact.as_str()), (ChangeKind::Added, "effect bleeding"));
    // A fact that shares nothing but its shape is another fact.
    let other = with(
        "substances/calmazine.toml",
        "kind = \"falls\"\ngrade = 2\nsource = \"label#warnings\"",
        "kind = \"bleeding\"\ngrade = 1\nsource = \"label#other\"",
    );
    let kinds: Vec<ChangeKind> = other.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Removed]);
}

#[test]
fn what_a_file_says_of_itself_is_a_fact() {
    let found = with("substances/calmazine.toml", "\"Oldname\"", "\"Newname\"");
    let c = one(&found);
    assert_eq!((c.fact.as_str(), c.fields[0].field.as_str()), ("", "brands"));
    let codes = with("substances/calmazine.toml", "N05BA01", "N05BA02");
    assert_eq!(one(&codes).fields[0].field, "codes.atc");
}

#[test]
fn pairs_figures_and_codes_name_whom_they_concern() {
    let pair = with("interactions/calmazine-wakeup.toml", "\"caution\"", "\"serious\"");
    assert_eq!(one(&pair).drugs, ["calmazine"]);
    assert_eq!(one(&pair).classes, ["sedative"]);
    let figure = with("sources/label.toml", "40 mg", "30 mg");
    assert_eq!(one(&figure).drugs, ["calmazine"], "the substance cites the figure");
    let code = with("products/rxnorm.tsv", "2\tSCD\tb\n", "2\tSCD\tc\n3\tSCD\td\n");
    let kinds: Vec<(&str, ChangeKind)> = code.iter().map(|c| (c.id.as_str(), c.kind)).collect();
    assert_eq!(kinds, [("2", ChangeKind::Changed), ("3", ChangeKind::Added)]);
}

#[test]
fn a_new_file_is_all_its_facts() {
    let mut fewer = base();
    fewer.retain(|f| f.0 != "substances/calmazine.toml");
    let (a, b) = (corpus(&fewer), corpus(&base()));
    let come = facts(&a, &b).expect("two corpora");
    assert!(come.iter().all(|c| c.whole_file && c.kind == ChangeKind::Added), "{come:#?}");
    // The file itself, a product, two limits, an effect.
    assert_eq!(come.len(), 5);
    let gone = facts(&b, &a).expect("two corpora");
    assert!(gone.iter().all(|c| c.whole_file && c.kind == ChangeKind::Removed));
    let text = changelog("2", "1", &come);
    assert!(text.contains("- substances/calmazine added: 1 effect, 2 limit, 1 product"), "{text}");
}

#[test]
fn the_changelog_is_by_drug() {
    let mut changed = base();
    let text = SUBSTANCE.replacen("mg = 40.0", "mg = 30.0", 1).replacen("\"Oldname\"", "\"Newname\"", 1);
    let pair = PAIR.replacen("\"caution\"", "\"serious\"", 1);
    changed.retain(|f| !matches!(f.0, "substances/calmazine.toml" | "interactions/calmazine-wakeup.toml"));
    changed.push(("substances/calmazine.toml", &text));
    changed.push(("interactions/calmazine-wakeup.toml", &pair));
    let log = changelog("2", "1", &facts(&corpus(&base()), &corpus(&changed)).expect("two corpora"));
    for part in [
        "## 2\n\nSince 1.\n",
        "#### calmazine\n",
        "- substances/calmazine: changed, brands with Newname and without Oldname\n",
        "- substances/calmazine limit daily-max oral: changed, mg 40 → 30 (label#dose, secondary)\n",
        "- interactions/calmazine-wakeup: changed, severity caution → serious (label#warnings, secondary)\n",
    ] {
        assert!(log.contains(part), "no {part:?} in\n{log}");
    }
}
