#![allow(clippy::unwrap_used)]
//! Each lint fires on a mistake of its kind, at the line of the mistake, and on nothing else in a small sound corpus.
use posology_knowledge::{Corpus, Diagnostic, KnowledgeText, lint};

/// A sound corpus of six files.
const SOUND: &[(&str, &str)] = &[
    ("VERSION", "2026.11.0\n"),
    (
        "sources/label.toml",
        "id = \"label\"\ntitle = \"A label\"\nkind = \"label\"\npublisher = \"FDA\"\n\n[[figure]]\nlocator = \"dose\"\naddress = \"https://dailymed.nlm.nih.gov/x\"\nretrieved = \"2026-11-24\"\nprinted = \"5 mg to 10 mg a day\"\n",
    ),
    (
        "classes/sedative.toml",
        "id = \"sedative\"\nname = \"sedative\"\nplural = \"sedatives\"\neffects = [\"falls\"]\n",
    ),
    (
        "conditions/anxiety.toml",
        "id = \"anxiety\"\nname = \"anxiety\"\nsnomed = [\"48694002\"]\nicd10 = [\"F41\"]\n",
    ),
    (
        "measures/weight.toml",
        "id = \"weight\"\nname = \"body weight\"\nloinc = [\"29463-7\"]\nunit = \"kg\"\nplausible = [0.3, 500.0]\n",
    ),
    (
        "substances/calmazine.toml",
        "id = \"calmazine\"\nname = \"calmazine\"\nclasses = [\"sedative\"]\n\n[codes]\natc = [\"N05BA01\"]\n\n[[product]]\nform = \"tablet\"\nroute = \"oral\"\nstrength_mg = 5.0\nsource = \"label#supply\"\n\n[[use]]\nindication = \"anxiety\"\nbasis = \"labelled\"\ndaily_mg = [5.0, 10.0]\nsource = \"label#dose\"\nconfidence = \"verified\"\n\n[[limit]]\nkind = \"daily-max\"\nmg = 10.0\nsource = \"label#dose\"\nconfidence = \"verified\"\n\n[[effect]]\nkind = \"falls\"\ngrade = 2\nsource = \"label#warnings\"\n",
    ),
    (
        "interactions/calmazine-itself.toml",
        "id = \"calmazine-itself\"\nseverity = \"caution\"\nkind = \"mixed\"\neffect = \"x\"\nmechanism = \"x\"\nmanagement = \"x\"\nevidence = \"label\"\nreported_by = \"a-rule\"\nsources = [\"label#warnings\"]\n\n[a]\nclass = \"sedative\"\n\n[b]\nsubstance = \"calmazine\"\n",
    ),
    (
        "education/sedative.toml",
        "id = \"sedative\"\n\n[[point]]\nsubject = \"sedative\"\ntopic = \"use\"\ntext = \"Take it at night.\"\nsource = \"label#dose\"\n",
    ),
    (
        "kinetics/blocker.toml",
        "substance = \"blocker\"\n\n[[inhibits]]\nenzyme = \"CYP2D6\"\nmechanism = \"competitive\"\nat = [{ dose_mg_per_day = 10.0, remaining = 0.5 }]\nsource = \"label#pk\"\n",
    ),
    ("substances/blocker.toml", "id = \"blocker\"\nname = \"blocker\"\n"),
    (
        "kinetics/calmazine.toml",
        "substance = \"calmazine\"\n\n[[substrate]]\nenzyme = \"CYP3A4\"\nfm = 0.9\nsource = \"label#pk\"\n",
    ),
];

/// Diagnostics of the sound corpus with one replacement; a file that is not there is added with the new text.
fn check(file: &str, from: &str, to: &str) -> Vec<Diagnostic> {
    let mut files: Vec<KnowledgeText> =
        SOUND.iter().map(|(p, t)| KnowledgeText { path: (*p).into(), text: (*t).into() }).collect();
    match files.iter_mut().find(|f| f.path == file) {
        Some(f) => {
            assert!(from.is_empty() || f.text.contains(from), "{file} has no {from}");
            f.text = f.text.replacen(from, to, 1);
        }
        None => files.push(KnowledgeText { path: file.into(), text: to.into() }),
    }
    let (corpus, problems) = Corpus::read(&files);
    assert!(problems.is_empty(), "{problems:?}");
    lint::check(&corpus, &files, &["a-rule"])
}

#[test]
fn a_sound_corpus_has_no_mistake() {
    assert_eq!(check("VERSION", "", ""), []);
}

#[test]
fn every_lint_fires_at_its_line() {
    const S: &str = "substances/calmazine.toml";
    const SOURCE: &str = "sources/label.toml";
    const PAIR: &str = "interactions/calmazine-itself.toml";
    // Lint, file that is changed, what is replaced, by what, line of the diagnostic.
    let cases: &[(&str, &str, &str, &str, usize)] = &[
        ("source-exists", S, "label#supply", "lable#supply", 12),
        ("verified-figure", S, "label#dose", "label#elsewhere", 18),
        ("verified-figure", SOURCE, "2026-11-24", "2026-02-30", 9),
        ("verified-figure", SOURCE, "a day\"", "a day (condensed)\"", 10),
        ("verified-figure", SOURCE, "kind = \"label\"", "kind = \"textbook\"", 0),
        ("faithful-address", SOURCE, "dailymed.nlm.nih.gov", "drugibank.com", 0),
        ("reference", S, "indication = \"anxiety\"", "indication = \"angst\"", 15),
        ("broader-cycle", "conditions/anxiety.toml", "snomed", "broader = [\"anxiety\"]\nsnomed", 3),
        ("id", SOURCE, "locator = \"dose\"", "locator = \"Dose 1\"", 7),
        ("code", S, "N05BA01", "N05BA", 6),
        ("code", "conditions/anxiety.toml", "48694002", "48694003", 3),
        ("code", "measures/weight.toml", "29463-7", "29463-8", 3),
        (
            "name-of-two",
            "substances/other.toml",
            "",
            "id = \"other\"\nname = \"other\"\nbrands = [\"Calmazine\"]\n",
            3,
        ),
        (
            "duplicate",
            "substances/other.toml",
            "",
            "id = \"other\"\nname = \"other\"\n[codes]\natc = [\"N05BA01\"]\n",
            4,
        ),
        (
            "combination",
            "combinations/names.toml",
            "",
            "id = \"names\"\n[[combination]]\nname = \"co-x\"\ningredients = [\"calmazine\", \"nothing\"]\nsource = \"label#dose\"\n",
            4,
        ),
        (
            "combination",
            "combinations/names.toml",
            "",
            "id = \"names\"\n[[combination]]\nname = \"co-x\"\ningredients = [\"calmazine\"]\nothers = [\"y\"]\nsource = \"label#dose\"\n[[combination.product]]\nstrengths_mg = [5.0]\n",
            7,
        ),
        ("product", S, "form = \"tablet\"", "form = \"pill\"", 9),
        ("product", S, "route = \"oral\"", "route = \"rectal\"", 10),
        ("number", S, "strength_mg = 5.0", "strength_mg = -5.0", 11),
        ("number", S, "[5.0, 10.0]", "[10.0, 5.0]", 17),
        ("number", S, "daily_mg = [5.0, 10.0]", "daily_mg = [5.0, inf]", 17),
        ("fraction", "kinetics/calmazine.toml", "fm = 0.9", "fm = 1.2", 5),
        ("word", PAIR, "severity = \"caution\"", "severity = \"grave\"", 2),
        ("effect", S, "grade = 2", "grade = 4", 29),
        ("effect", S, "kind = \"falls\"", "kind = \"bleeding\"", 3),
        ("limit", S, "mg = 10.0", "mg = 1.0", 23),
        ("use-within-limit", S, "daily_mg = [5.0, 10.0]", "daily_mg = [5.0, 20.0]", 17),
        ("interaction", PAIR, "a-rule", "no-rule", 8),
        ("interaction", PAIR, "[b]\n", "[b]\nexcept = [\"calmazine\"]\n", 14),
        ("kinetics", "kinetics/calmazine.toml", "fm = 0.9", "fm = 0.9\nproduces = \"nothing\"", 6),
        // The pair says so, the kinetics of its drug (a substrate only) do not; another file shows that the role is modelled.
        (
            "role-agrees",
            PAIR,
            "mechanism = \"x\"\nmanagement = \"x\"\nevidence = \"label\"\nreported_by = \"a-rule\"\nsources = [\"label#warnings\"]\n\n[a]\nclass = \"sedative\"",
            "mechanism = \"Calmazine blocks CYP2D6.\"\nmanagement = \"x\"\nevidence = \"label\"\nreported_by = \"a-rule\"\nsources = [\"label#warnings\"]\n\n[a]\nsubstance = \"calmazine\"",
            5,
        ),
        (
            "reading-level",
            "education/sedative.toml",
            "Take it at night.",
            "Concomitant administration of pharmacologically similar medications necessitates reconsideration.",
            6,
        ),
        ("measure-unit", "measures/weight.toml", "unit = \"kg\"", "unit = \"stone\"", 4),
    ];
    let mut seen: Vec<&str> = Vec::new();
    for (id, file, from, to, line) in cases {
        let found = check(file, from, to);
        let hit =
            found.iter().find(|d| d.lint == *id && (*line == 0 || (d.file == *file && d.line == *line)));
        assert!(hit.is_some(), "{id} does not fire at {file}:{line} for {to:?}: {found:?}");
        seen.push(id);
    }
    let silent: Vec<&str> = lint::LINTS.iter().map(|(id, _)| *id).filter(|id| !seen.contains(id)).collect();
    assert!(silent.is_empty(), "no case shows that these fire: {silent:?}");
}

#[test]
fn gaps_are_written_as_they_are_read() {
    let files: Vec<KnowledgeText> =
        SOUND.iter().map(|(p, t)| KnowledgeText { path: (*p).into(), text: (*t).into() }).collect();
    let gaps = lint::gaps::find(&Corpus::read(&files).0);
    assert!(gaps["substance-without-rxnorm"].contains("calmazine"));
    assert_eq!(lint::gaps::read(&lint::gaps::write(&gaps)), Ok(gaps));
}
