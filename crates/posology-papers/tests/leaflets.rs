#![allow(clippy::unwrap_used)]
//! Every leaflet: contents that safety demands, plain language, gaps where a fact is missing.
mod common;

use common::*;
use posology_knowledge::schema::Jurisdiction;
use posology_papers::readability::{counts, flesch_kincaid, inflesz};
use posology_papers::{Block, Desk, Document, Language, to_html, to_markdown, with_leaflet};

/// Words that each leaflet must hold, by language: the dangers, the gap, the double dose, the plan going badly, the pack, the rest.
const MUST: [(Language, &[&str]); 2] = [
    (
        Language::En,
        &[
            "911",
            "hard to wake",
            "breath is slow",
            "lips are blue",
            "seizure",
            "confused",
            "sees or hears things",
            "suicide",
            "two doses at once",
            "call first",
            "do not cut more",
            "step by step",
            "before you start or stop any other drug",
            "pregnant",
            "breastfeed",
            "locked up",
            "back to a pharmacy",
            "Do not share",
            "alcohol",
            "Do not drive",
        ],
    ),
    (
        Language::Es,
        &[
            "911",
            "cuesta mucho despertarla",
            "Respira muy lento",
            "labios azules",
            "convulsión",
            "confusa",
            "ve u oye cosas",
            "suicidio",
            "dos dosis juntas",
            "llame antes",
            "no baje más",
            "paso a paso",
            "antes de empezar o dejar otro fármaco",
            "embarazada",
            "pecho",
            "bajo llave",
            "a una farmacia",
            "No lo comparta",
            "alcohol",
            "No conduzca",
            "traductor cualificado",
        ],
    ),
];

fn all_text(d: &Document) -> String {
    to_markdown(d).replace('\\', "")
}

#[test]
fn every_class_has_its_leaflets() {
    let ids = with_leaflet(kb());
    assert!(ids.len() >= 75, "{} leaflets", ids.len());
    for id in ["diazepam", "zolpidem", "morphine", "buprenorphine", "pregabalin", "sertraline", "venlafaxine"]
    {
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn every_leaflet_holds_what_safety_demands() {
    for id in with_leaflet(kb()) {
        for (language, must) in MUST {
            let text = all_text(&general(id, language)).to_lowercase();
            for m in must {
                assert!(text.contains(&m.to_lowercase()), "{id} {language:?}: no \"{m}\"");
            }
        }
    }
}

#[test]
fn every_leaflet_is_plain() {
    let scenes = scenes();
    let mut worst = (0.0_f64, String::new(), 100.0_f64, String::new());
    let mut measured = 0;
    for (name, d) in &scenes {
        let pieces = d.running_text();
        let c = counts(&pieces, d.language);
        assert!(c.words > 150, "{name}: {} words", c.words);
        assert!(c.longest <= 26, "{name}: a sentence of {} words", c.longest);
        measured += 1;
        match d.language {
            Language::En => {
                let g = flesch_kincaid(&pieces).expect("words");
                assert!(g <= 8.0, "{name}: Flesch-Kincaid grade {g:.2}");
                if g > worst.0 {
                    (worst.0, worst.1) = (g, name.clone());
                }
            }
            Language::Es => {
                let s = inflesz(&pieces).expect("words");
                assert!(s >= 55.0, "{name}: INFLESZ {s:.1}");
                if s < worst.2 {
                    (worst.2, worst.3) = (s, name.clone());
                }
            }
        }
    }
    println!(
        "{measured} leaflets; hardest: {} grade {:.2}, {} INFLESZ {:.1}",
        worst.1, worst.0, worst.3, worst.2
    );
}

/// Every drug alone, and with records and plans, in both languages and countries.
fn scenes() -> Vec<(String, Document)> {
    let mut out = Vec::new();
    for language in LANGUAGES {
        for id in with_leaflet(kb()) {
            out.push((format!("{id} alone {language:?}"), general(id, language)));
            let list = format!(
                "age: 67\nsex: female\n{id} 1 tablet twice a day since 2026-01-10\noxycodone 5 mg tablet, 1 every 6 hours\nfluvoxamine 100 mg tablet once a day\nomeprazole 20 mg capsule once a day\nwarfarinum 3 mg\nibuprofen 400 mg three times a day"
            );
            let case = record(&list, &[]);
            for j in [Jurisdiction::Us, Jurisdiction::Uk] {
                out.push((
                    format!("{id} record {language:?} {j:?}"),
                    make(id, Some(&case), None, language, j, &desk()),
                ));
            }
        }
        let case =
            record("age: 45\ndiazepam 5 mg tablet, 1 three times a day for anxiety since 2025-01-01", &[]);
        out.push((
            format!("plan {language:?}"),
            make("diazepam", Some(&case), Some(&plan()), language, Jurisdiction::Us, &desk()),
        ));
    }
    out
}

#[test]
fn no_word_of_the_frame_is_missing_and_every_text_is_in_both_languages() {
    for (name, d) in scenes() {
        let text = all_text(&d);
        for hole in [
            "{drug}",
            "{number}",
            "{condition}",
            "{dose}",
            "{times}",
            "{count}",
            "{version}",
            "{name}",
            "{lines}",
        ] {
            assert!(!text.contains(hole), "{name}: {hole} is not filled in");
        }
        assert!(!to_html(&d).contains(">["), "{name}: a phrase is missing");
        for b in &d.blocks {
            if let Block::Paragraph { text, .. } | Block::Heading { text, .. } = b {
                assert!(!text.starts_with('['), "{name}: {text}");
            }
        }
    }
    for f in &kb().corpus.leaflets {
        for t in &f.texts {
            assert!(!t.en.trim().is_empty() && !t.es.trim().is_empty(), "{}: {}", f.id, t.en);
            assert!(
                kb().source(t.source.split('#').next().unwrap_or_default()).is_some(),
                "{}: {}",
                f.id,
                t.source
            );
            for (placeholder, present) in
                [("{drug}", t.en.contains("{drug}")), ("{number}", t.en.contains("{number}"))]
            {
                assert_eq!(t.es.contains(placeholder), present, "{}: {placeholder} in {}", f.id, t.en);
            }
        }
        for p in &f.phrases {
            let holes = |s: &str| s.matches('{').count();
            assert!(
                !p.es.is_empty() && (holes(&p.en) == holes(&p.es) || p.key == "translation-notice"),
                "{}",
                p.key
            );
        }
        for e in &f.effects {
            assert_eq!(e.together_en.is_empty(), e.together_es.is_empty(), "{}", e.en);
        }
        for n in &f.names {
            let known = match n.kind.as_str() {
                "condition" => kb().condition(&n.id).is_some() && !n.en.is_empty(),
                "substance" => kb().find(&n.id).is_some(),
                "visit" => !n.en.is_empty(),
                _ => false,
            };
            assert!(known && !n.es.is_empty(), "{} {}", n.kind, n.id);
        }
    }
}

#[test]
fn what_is_not_known_is_a_gap_and_nothing_else() {
    let bare = general("diazepam", Language::En);
    let gaps = bare.gaps();
    for g in [
        "Clinician",
        "Clinician's number",
        "Pharmacy",
        "Pharmacy's number",
        "Your dose, and when to take it",
        "What you take it for",
        "Date of your next check",
    ] {
        assert!(gaps.contains(&g), "no gap \"{g}\" in {gaps:?}");
    }
    // A dose that was not read for sure is not printed.
    let odd = record("diazepam 5 mg tablet, take as the blue card says", &[]);
    let d = make("diazepam", Some(&odd), None, Language::En, Jurisdiction::Us, &desk());
    assert!(d.gaps().contains(&"Your dose, and when to take it"), "{:?}", d.gaps());
    // A complete one is.
    let sure = record("diazepam 5 mg tablet, 1 tablet three times a day for anxiety", &[]);
    let d = make("diazepam", Some(&sure), None, Language::En, Jurisdiction::Us, &desk());
    let text = all_text(&d);
    assert!(text.contains("1 tablet of 5 mg (5 mg), 3 times a day"), "{text}");
    assert!(text.contains("You take it for worry and fear"), "{text}");
    assert!(!d.gaps().contains(&"Your dose, and when to take it"));
    // A drug outside the classes has no texts of its own: gaps, not silence.
    let other = general("metformin", Language::En);
    assert!(
        other.gaps().contains(&"Driving and machines") && other.gaps().contains(&"How to take it"),
        "{:?}",
        other.gaps()
    );
}

#[test]
fn a_leaflet_stays_a_draft_until_somebody_approves_it() {
    let draft = general("lorazepam", Language::En);
    assert_eq!(draft.mark.as_deref(), Some("DRAFT"));
    assert!(all_text(&draft).contains("Draft: not for use yet"));
    for blank in ["", "  ", "\n\t"] {
        let d = Desk { approved_by: Some(blank.into()), ..desk() };
        assert!(
            make("lorazepam", None, None, Language::En, Jurisdiction::Us, &d).mark.is_some(),
            "{blank:?}"
        );
    }
    let d = Desk { approved_by: Some("Test Clinician".into()), ..desk() };
    let approved = make("lorazepam", None, None, Language::En, Jurisdiction::Us, &d);
    assert!(
        approved.mark.is_none() && all_text(&approved).contains("approved by Test Clinician on 24 Nov 2026")
    );
    // The Spanish notice stays even then.
    let es = make("lorazepam", None, None, Language::Es, Jurisdiction::Us, &d);
    assert!(es.mark.is_none() && all_text(&es).contains("traductor cualificado"));
}

#[test]
fn the_record_changes_the_leaflet() {
    let case = record(
        "age: 67\ndiazepam 5 mg tablet, 1 three times a day\noxycodone 5 mg tablet, 1 every 6 hours\nomeprazole 40 mg capsule once a day\nzzgnurbitol 5 mg once a day",
        &[],
    );
    let text = all_text(&make("diazepam", Some(&case), None, Language::En, Jurisdiction::Us, &desk()));
    assert!(
        text.contains("Ask for naloxone to keep at home")
            && text.contains("Naloxone works on the opioid only"),
        "{text}"
    );
    assert!(text.contains("Oxycodone. Both can make you sleepy"), "{text}");
    assert!(text.contains("Omeprazole. This one can raise the level of diazepam"), "{text}");
    assert!(text.contains("could not read these lines") && text.contains("zzgnurbitol"), "{text}");
    let alone = all_text(&general("diazepam", Language::En));
    assert!(
        !alone.contains("Ask for naloxone to keep at home")
            && alone.contains("Naloxone does not undo this medicine")
    );
    assert!(alone.contains("omeprazole, a pill for stomach acid"), "diazepam is cleared by CYP2C19");
    let opioid = all_text(&general("morphine", Language::En));
    assert!(opioid.contains("Keep naloxone at home") && opioid.contains("Naloxone works on opioids only"));
    // Glucuronidation: nothing to tell of omeprazole.
    assert!(!all_text(&general("lorazepam", Language::En)).contains("omeprazole, a pill"));
}

#[test]
fn numbers_to_call_belong_to_the_country() {
    for (j, own, foreign) in [
        (Jurisdiction::Us, ["911", "988"], ["999", "116 123"]),
        (Jurisdiction::Uk, ["999", "116 123"], ["911", "988"]),
    ] {
        for language in LANGUAGES {
            let text = all_text(&make("morphine", None, None, language, j, &Desk::default()));
            for n in own {
                assert!(text.contains(n), "{j:?} {n}");
            }
            for n in foreign {
                assert!(!text.contains(n), "{j:?} {n}");
            }
        }
    }
}

#[test]
fn no_leaflet_helps_to_obtain_a_drug() {
    for (name, d) in scenes() {
        let text = all_text(&d).to_lowercase();
        for word in [
            "buy ",
            "order online",
            "without a prescription",
            "street",
            "dealer",
            "refill early",
            "get more of",
            "comprar",
            "sin receta",
        ] {
            assert!(!text.contains(word), "{name}: \"{word}\"");
        }
    }
}

#[test]
fn what_a_record_says_cannot_break_a_paper() {
    let desk = Desk {
        patient: Some("<script>alert(1)</script>\u{202e}\n# *x* | y".into()),
        approved_by: Some("a\u{0}b".into()),
        ..Desk::default()
    };
    let case = record("diazepam 5 mg once a day\n<b>#panic()</b> 5 mg", &[]);
    let d = make("diazepam", Some(&case), None, Language::En, Jurisdiction::Us, &desk);
    let html = to_html(&d);
    assert!(
        !html.contains("<script")
            && !html.contains("<b>#")
            && !html.contains('\u{202e}')
            && !html.contains('\u{0}')
    );
    assert!(!to_markdown(&d).contains("\n# *x*"));
}
