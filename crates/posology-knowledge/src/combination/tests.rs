use super::*;
use crate::corpus::{Corpus, KnowledgeText};

fn kb() -> KnowledgeBase {
    let mut files: Vec<KnowledgeText> =
        ["codeine", "paracetamol", "oxycodone", "amoxicillin", "clavulanic-acid"]
            .iter()
            .map(|id| KnowledgeText {
                path: format!("substances/{id}.toml"),
                text: format!("id = \"{id}\"\nname = \"{}\"\n", id.replace('-', " ")),
            })
            .collect();
    files.push(KnowledgeText {
        path: "combinations/names.toml".into(),
        text: "id = \"names\"\n[[combination]]\nname = \"co-codamol\"\ningredients = [\"codeine\", \"paracetamol\"]\nsource = \"x#y\"\n\
               [[combination.product]]\nstrengths_mg = [8.0, 500.0]\n[[combination.product]]\nstrengths_mg = [30.0, 500.0]\nwritten = [\"forte\"]\n"
            .into(),
    });
    files.push(KnowledgeText {
        path: "products/combinations.tsv".into(),
        text: "Percocet\tparacetamol+oxycodone\ttablet\t325+10 325+2.5 325+5\n\
               Augmentin\tamoxicillin+clavulanic-acid\ttablet\t500+125 875+125\n\
               Augmentin\tamoxicillin+clavulanic-acid\toral-suspension\t80l+11.4l\n\
               Puffy\t=unheard+oxycodone\tinhalation\t0.25a+0.05a\n"
            .into(),
    });
    KnowledgeBase::new(Corpus::read(&files).0)
}

fn chosen(text: &str, form: Option<Form>) -> Option<Vec<f64>> {
    let kb = kb();
    let (named, words) = kb.combinations().find(text).unwrap_or_else(|| panic!("{text} is no combination"));
    named
        .choose(&written(text, words), form)
        .map(|s| s.iter().map(|x| value(*x).unwrap_or(f64::NAN)).collect())
}

#[test]
fn numbers_choose_the_strength_in_any_order_and_spelling() {
    for text in [
        "Percocet 5-325",
        "Percocet 325/5",
        "percocet 5 mg-325 mg tablet",
        "Percocet 5/325mg",
        "PERCOCET (5-325)",
    ] {
        assert_eq!(chosen(text, None), Some(vec![325.0, 5.0]), "{text}");
    }
    for text in
        ["co-codamol 30/500 tablets", "Co-codamol 30mg/500mg", "co codamol 30 / 500", "co-codamol forte"]
    {
        assert_eq!(chosen(text, None), Some(vec![30.0, 500.0]), "{text}");
    }
    assert_eq!(chosen("Augmentin 875-125 mg", None), Some(vec![875.0, 125.0]));
    assert_eq!(chosen("Puffy 250/50", None), Some(vec![0.25, 0.05]), "micrograms without their unit");
    assert_eq!(chosen("Puffy 250 mcg/50 mcg", None), Some(vec![0.25, 0.05]));
    let liquid = chosen("Augmentin 400 mg-57 mg/5 mL", Some(Form::OralSuspension));
    assert_eq!(liquid, Some(vec![80.0, 11.4]));
}

#[test]
fn one_number_is_an_ingredient_or_the_sum_of_all() {
    assert_eq!(chosen("Augmentin 875 mg", None), Some(vec![875.0, 125.0]));
    assert_eq!(chosen("Augmentin 625", Some(Form::Tablet)), Some(vec![500.0, 125.0]));
    assert_eq!(chosen("co-codamol 8 mg", None), Some(vec![8.0, 500.0]));
    // Shared by all strengths, or by none: nothing is made up.
    assert_eq!(chosen("co-codamol 500", None), None);
    assert_eq!(chosen("Percocet 7", None), None);
    assert_eq!(chosen("Percocet 5-500", None), None);
    assert_eq!(chosen("Percocet", None), None);
}

#[test]
fn a_name_leads_to_all_ingredients_and_names_the_unknown() {
    let kb = kb();
    let (named, words) = kb.combinations().find("Puffy 250/50").expect("known");
    assert_eq!(words, 1);
    assert_eq!(named.parts[0], Part::Other("unheard".into()));
    assert!(matches!(named.parts[1], Part::Ours(_)));
    assert!(kb.combinations().find("oxycodone 5 mg").is_none());
    assert!(kb.combinations().find("").is_none());
}

#[test]
fn odd_texts_do_no_harm() {
    for text in [
        "co-codamol -",
        "Percocet 5-",
        "Percocet 0-0",
        "Percocet 1e999",
        "Percocet 5-325/0 ml",
        "percocet é-5",
        "Percocet ..",
        "co-codamol 8/",
    ] {
        let _ = chosen(text, None);
    }
}
