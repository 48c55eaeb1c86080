//! The regular text of a clinical drug: "diazepam 5 MG Oral Tablet", "1 ML epoetin alfa 4000 UNT/ML Injection [Epogen]",
//! "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet", and how people shorten it ("diazepam 5mg tab").
use crate::names::normalise;
use posology_model::{Form, Route};

/// A strength as printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strength {
    /// Milligrams per piece.
    PerPiece(f64),
    /// Milligrams per mL.
    PerMl(f64),
    /// Micrograms per hour (patches).
    MicrogramsPerHour(f64),
    /// Milligrams per actuation.
    PerActuation(f64),
    /// Milligrams per gram (creams), or per cent: not a dose by itself.
    PerGram(f64),
    /// International or other units, not convertible to mass.
    Units(f64),
}

/// One ingredient of a display text.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayIngredient {
    /// Name as printed, normalised, salts included.
    pub name: String,
    /// Strength, where printed.
    pub strength: Option<Strength>,
}

/// A display text taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Display {
    /// Ingredients.
    pub ingredients: Vec<DisplayIngredient>,
    /// Dose form, where named.
    pub form: Option<Form>,
    /// Route, where named or implied by the form.
    pub route: Option<Route>,
    /// Brand in brackets.
    pub brand: Option<String>,
    /// Leading volume, mL ("2 ML diazepam 5 MG/ML Cartridge").
    pub volume_ml: Option<f64>,
    /// Leading number of hours ("24 HR"): modified release.
    pub extended: bool,
}

/// Form phrases, longest first, with the route they imply.
const FORMS: &[(&str, Form, Option<Route>)] = &[
    ("tablet for oral suspension", Form::Tablet, Some(Route::Oral)),
    ("granules for oral suspension", Form::OralPowder, Some(Route::Oral)),
    ("granules for oral solution", Form::OralPowder, Some(Route::Oral)),
    ("powder for oral suspension", Form::OralPowder, Some(Route::Oral)),
    ("powder for oral solution", Form::OralPowder, Some(Route::Oral)),
    ("delayed release oral granules", Form::OralPowder, Some(Route::Oral)),
    ("chewable extended release oral tablet", Form::ErTablet, Some(Route::Oral)),
    ("metered dose nasal spray", Form::NasalSpray, Some(Route::Nasal)),
    ("extended release suspension", Form::OralSuspension, None),
    ("oral granules", Form::OralPowder, Some(Route::Oral)),
    ("nasal solution", Form::NasalSpray, Some(Route::Nasal)),
    ("inhalation spray", Form::Inhalation, Some(Route::Inhaled)),
    ("gas for inhalation", Form::Inhalation, Some(Route::Inhaled)),
    ("topical spray", Form::Topical, Some(Route::Topical)),
    ("topical foam", Form::Topical, Some(Route::Topical)),
    ("topical powder", Form::Topical, Some(Route::Topical)),
    ("medicated patch", Form::Patch, Some(Route::Topical)),
    ("medicated pad", Form::Topical, Some(Route::Topical)),
    ("medicated shampoo", Form::Topical, Some(Route::Topical)),
    ("rectal cream", Form::Topical, Some(Route::Rectal)),
    ("rectal ointment", Form::Topical, Some(Route::Rectal)),
    ("rectal foam", Form::RectalSolution, Some(Route::Rectal)),
    ("enema", Form::RectalSolution, Some(Route::Rectal)),
    ("vaginal insert", Form::Vaginal, Some(Route::Vaginal)),
    ("vaginal gel", Form::Vaginal, Some(Route::Vaginal)),
    ("extended release oral tablet", Form::ErTablet, Some(Route::Oral)),
    ("extended release oral capsule", Form::ErCapsule, Some(Route::Oral)),
    ("delayed release oral tablet", Form::DrTablet, Some(Route::Oral)),
    ("delayed release oral capsule", Form::DrCapsule, Some(Route::Oral)),
    ("disintegrating oral tablet", Form::Odt, Some(Route::Oral)),
    ("orally disintegrating tablet", Form::Odt, Some(Route::Oral)),
    ("orodispersible tablet", Form::Odt, Some(Route::Oral)),
    ("modified release tablet", Form::ErTablet, Some(Route::Oral)),
    ("prolonged release tablet", Form::ErTablet, Some(Route::Oral)),
    ("extended release tablet", Form::ErTablet, Some(Route::Oral)),
    ("extended release capsule", Form::ErCapsule, Some(Route::Oral)),
    ("modified release capsule", Form::ErCapsule, Some(Route::Oral)),
    ("effervescent oral tablet", Form::EffervescentTablet, Some(Route::Oral)),
    ("effervescent tablet", Form::EffervescentTablet, Some(Route::Oral)),
    ("chewable tablet", Form::ChewableTablet, Some(Route::Oral)),
    ("sublingual tablet", Form::SublingualTablet, Some(Route::Sublingual)),
    ("sublingual film", Form::SublingualFilm, Some(Route::Sublingual)),
    ("buccal tablet", Form::BuccalTablet, Some(Route::Buccal)),
    ("buccal film", Form::BuccalFilm, Some(Route::Buccal)),
    ("buccal solution", Form::BuccalSolution, Some(Route::Buccal)),
    ("oromucosal solution", Form::BuccalSolution, Some(Route::Buccal)),
    ("sublingual spray", Form::OralSpray, Some(Route::Sublingual)),
    ("mucosal spray", Form::OralSpray, Some(Route::Sublingual)),
    ("oral spray", Form::OralSpray, Some(Route::Buccal)),
    ("oral concentrate", Form::OralConcentrate, Some(Route::Oral)),
    ("concentrated oral solution", Form::OralConcentrate, Some(Route::Oral)),
    ("oral solution", Form::OralSolution, Some(Route::Oral)),
    ("oral suspension", Form::OralSuspension, Some(Route::Oral)),
    ("oral syrup", Form::OralSolution, Some(Route::Oral)),
    ("oral powder", Form::OralPowder, Some(Route::Oral)),
    ("oral film", Form::OralFilm, Some(Route::Oral)),
    ("oral lozenge", Form::Lozenge, Some(Route::Oral)),
    ("oral capsule", Form::Capsule, Some(Route::Oral)),
    ("oral tablet", Form::Tablet, Some(Route::Oral)),
    ("rectal gel", Form::RectalGel, Some(Route::Rectal)),
    ("rectal solution", Form::RectalSolution, Some(Route::Rectal)),
    ("rectal tube", Form::RectalSolution, Some(Route::Rectal)),
    ("rectal suppository", Form::Suppository, Some(Route::Rectal)),
    ("nasal spray", Form::NasalSpray, Some(Route::Nasal)),
    ("metered dose inhaler", Form::Inhalation, Some(Route::Inhaled)),
    ("dry powder inhaler", Form::Inhalation, Some(Route::Inhaled)),
    ("inhalation solution", Form::Inhalation, Some(Route::Inhaled)),
    ("inhalation suspension", Form::Inhalation, Some(Route::Inhaled)),
    ("inhalation powder", Form::Inhalation, Some(Route::Inhaled)),
    ("transdermal system", Form::Patch, Some(Route::Transdermal)),
    ("transdermal patch", Form::Patch, Some(Route::Transdermal)),
    ("intravenous solution", Form::Injection, Some(Route::Intravenous)),
    ("injectable solution", Form::Injection, None),
    ("injectable suspension", Form::Injection, None),
    ("prefilled syringe", Form::Injection, None),
    ("pen injector", Form::Injection, None),
    ("auto injector", Form::Injection, Some(Route::Intramuscular)),
    ("cartridge", Form::Injection, None),
    ("injection", Form::Injection, None),
    ("infusion", Form::Injection, Some(Route::Intravenous)),
    ("intrauterine system", Form::IntrauterineSystem, Some(Route::Intrauterine)),
    ("vaginal system", Form::Vaginal, Some(Route::Vaginal)),
    ("vaginal ring", Form::Vaginal, Some(Route::Vaginal)),
    ("vaginal cream", Form::Vaginal, Some(Route::Vaginal)),
    ("drug implant", Form::Implant, Some(Route::Implant)),
    ("implant", Form::Implant, Some(Route::Implant)),
    ("topical cream", Form::Topical, Some(Route::Topical)),
    ("topical ointment", Form::Topical, Some(Route::Topical)),
    ("topical gel", Form::Topical, Some(Route::Topical)),
    ("topical solution", Form::Topical, Some(Route::Topical)),
    ("topical lotion", Form::Topical, Some(Route::Topical)),
    ("ophthalmic solution", Form::EyeDrops, Some(Route::Ophthalmic)),
    ("ophthalmic suspension", Form::EyeDrops, Some(Route::Ophthalmic)),
    ("ophthalmic ointment", Form::EyeDrops, Some(Route::Ophthalmic)),
    ("eye drops", Form::EyeDrops, Some(Route::Ophthalmic)),
    ("otic solution", Form::EarDrops, Some(Route::Otic)),
    ("otic suspension", Form::EarDrops, Some(Route::Otic)),
    ("chewing gum", Form::Gum, Some(Route::Buccal)),
    ("suppository", Form::Suppository, Some(Route::Rectal)),
    ("suppositories", Form::Suppository, Some(Route::Rectal)),
    ("concentrate", Form::OralConcentrate, Some(Route::Oral)),
    ("suspension", Form::OralSuspension, Some(Route::Oral)),
    ("solution", Form::OralSolution, None),
    ("syrup", Form::OralSolution, Some(Route::Oral)),
    ("elixir", Form::OralSolution, Some(Route::Oral)),
    ("liquid", Form::OralSolution, Some(Route::Oral)),
    ("capsules", Form::Capsule, Some(Route::Oral)),
    ("capsule", Form::Capsule, Some(Route::Oral)),
    ("caplets", Form::Tablet, Some(Route::Oral)),
    ("caplet", Form::Tablet, Some(Route::Oral)),
    ("tablets", Form::Tablet, Some(Route::Oral)),
    ("tablet", Form::Tablet, Some(Route::Oral)),
    ("lozenge", Form::Lozenge, Some(Route::Oral)),
    ("patches", Form::Patch, Some(Route::Transdermal)),
    ("patch", Form::Patch, Some(Route::Transdermal)),
    ("inhaler", Form::Inhalation, Some(Route::Inhaled)),
    ("cream", Form::Topical, Some(Route::Topical)),
    ("ointment", Form::Topical, Some(Route::Topical)),
    ("tabs", Form::Tablet, Some(Route::Oral)),
    ("tab", Form::Tablet, Some(Route::Oral)),
    ("caps", Form::Capsule, Some(Route::Oral)),
    ("cap", Form::Capsule, Some(Route::Oral)),
    ("odt", Form::Odt, Some(Route::Oral)),
    ("gel", Form::Topical, None),
    ("oral", Form::Tablet, Some(Route::Oral)),
];

/// Takes a display text apart. Never fails: what is no strength and no form stays in the name.
pub fn parse_display(text: &str) -> Display {
    let mut d = Display::default();
    let mut body = text.trim();
    if let (Some(open), true) = (body.rfind('['), body.ends_with(']')) {
        d.brand = Some(normalise(&body[open + 1..body.len() - 1])).filter(|b| !b.is_empty());
        body = body[..open].trim_end();
    }
    let parts: Vec<&str> = split_ingredients(body);
    for (i, part) in parts.iter().enumerate() {
        let mut words: Vec<Word> = words_of(part);
        if i == 0 {
            strip_lead(&mut words, &mut d);
        }
        if i + 1 == parts.len() {
            take_form(&mut words, &mut d);
        }
        let strength = take_strength(&mut words);
        let name = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        if !name.is_empty() || strength.is_some() {
            d.ingredients.push(DisplayIngredient { name, strength });
        }
    }
    if matches!(d.form, Some(Form::Tablet)) && d.extended {
        d.form = Some(Form::ErTablet);
    }
    if matches!(d.form, Some(Form::Capsule)) && d.extended {
        d.form = Some(Form::ErCapsule);
    }
    d
}

/// Splits at " / " (RxNorm) and at "/" between letters ("amoxicillin/clavulanate"), not inside "MG/ML" or "500/125".
fn split_ingredients(body: &str) -> Vec<&str> {
    if body.contains(" / ") {
        return body.split(" / ").collect();
    }
    let b = body.as_bytes();
    let mut cut = Vec::new();
    for (i, &c) in b.iter().enumerate() {
        if c != b'/' || i == 0 || i + 1 >= b.len() {
            continue;
        }
        let word = |r: &str| r.chars().take_while(|c| c.is_alphabetic()).count();
        let after = word(&body[i + 1..]);
        let before = body[..i].chars().rev().take_while(|c| c.is_alphabetic()).count();
        if after >= 5
            && before >= 5
            && !matches!(
                body[i + 1..].get(..after).map(str::to_lowercase).as_deref(),
                Some("actuat" | "spray")
            )
        {
            cut.push(i);
        }
    }
    let mut out = Vec::new();
    let mut from = 0;
    for i in cut {
        out.push(&body[from..i]);
        from = i + 1;
    }
    out.push(&body[from..]);
    out
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    number: Option<f64>,
}

/// Words in normal form; numbers keep their value, units keep their slash ("mg/ml"); "25mg" is two words.
fn words_of(part: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for raw in part.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '{' | '}' | ';')) {
        let raw = raw.trim_matches('.');
        if raw.is_empty() {
            continue;
        }
        let digits = raw.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if digits > 0 && raw.as_bytes()[0].is_ascii_digit() {
            let (num, rest) = raw.split_at(digits);
            let value = num.trim_end_matches('.').parse::<f64>().ok().filter(|v| v.is_finite());
            out.push(Word { text: num.to_owned(), number: value });
            if !rest.is_empty() {
                out.push(Word { text: rest.trim_start_matches('-').to_lowercase(), number: None });
            }
            continue;
        }
        if raw.contains('/') && raw.chars().all(|c| c.is_ascii_alphanumeric() || c == '/' || c == '.') {
            out.push(Word { text: raw.to_lowercase(), number: None });
            continue;
        }
        for w in normalise(raw).split(' ').filter(|w| !w.is_empty()) {
            out.push(Word { text: w.to_owned(), number: None });
        }
    }
    out
}

/// Removes "24 HR", "2 ML", "200 ACTUAT" and application numbers from the front.
fn strip_lead(words: &mut Vec<Word>, d: &mut Display) {
    if words.first().is_some_and(|w| {
        w.text.len() >= 7
            && (w.text.starts_with("nda") || w.text.starts_with("anda"))
            && w.text.ends_with(|c: char| c.is_ascii_digit())
    }) {
        words.remove(0);
    }
    loop {
        let [Word { number: Some(n), .. }, unit, ..] = words.as_slice() else { return };
        match unit.text.as_str() {
            "hr" => d.extended = true,
            "ml" => d.volume_ml = Some(*n),
            "actuat" => {}
            _ => return,
        }
        words.drain(..2);
    }
}

fn take_form(words: &mut Vec<Word>, d: &mut Display) {
    for (phrase, form, route) in FORMS {
        let p: Vec<&str> = phrase.split(' ').collect();
        let Some(at) = (0..words.len().saturating_sub(p.len() - 1)).rev().find(|&i| {
            p.iter().enumerate().all(|(k, w)| words[i + k].number.is_none() && words[i + k].text == *w)
        }) else {
            continue;
        };
        d.form = Some(*form);
        d.route = *route;
        words.drain(at..at + p.len());
        break;
    }
    if d.form.is_none() {
        return;
    }
    for (word, extended) in
        [("er", true), ("xr", true), ("sr", true), ("cr", true), ("mr", true), ("xl", true), ("la", true)]
    {
        if let Some(i) = words.iter().position(|w| w.text == word) {
            d.extended |= extended;
            words.remove(i);
        }
    }
}

fn take_strength(words: &mut Vec<Word>) -> Option<Strength> {
    let at = words.windows(2).position(|w| w[0].number.is_some() && unit(&w[1].text).is_some())?;
    let value = words[at].number?;
    let mut factor = unit(&words[at + 1].text)?;
    let mut taken = 2;
    // "2 mg/5 ml": the volume and its unit are words of their own.
    if let Unit::MgPerVolume(mg, ml) = factor {
        if words.get(at + 2).is_some_and(|u| u.text == "ml") {
            taken = 3;
            factor = Unit::MgPerMl(mg / ml);
        } else {
            return None;
        }
    }
    let s = match factor {
        Unit::Mg(f) => Strength::PerPiece(value * f),
        Unit::MgPerMl(f) => Strength::PerMl(value * f),
        Unit::McgPerHour => Strength::MicrogramsPerHour(value),
        // Three decimals of a microgram: the product of a decimal and 1000 is not exact.
        Unit::MgPerHour => Strength::MicrogramsPerHour((value * 1e6).round() / 1e3),
        Unit::MgPerActuation(f) => Strength::PerActuation(value * f),
        Unit::MgPerGram(f) => Strength::PerGram(value * f),
        Unit::Units => Strength::Units(value),
        Unit::MgPerVolume(..) => return None,
    };
    words.drain(at..at + taken);
    Some(s)
}

enum Unit {
    Mg(f64),
    MgPerMl(f64),
    /// Milligrams of the unit, and the number of the volume that follows ("mg/5", then "ml").
    MgPerVolume(f64, f64),
    McgPerHour,
    MgPerHour,
    MgPerActuation(f64),
    MgPerGram(f64),
    Units,
}

fn unit(word: &str) -> Option<Unit> {
    if let Some((mass, volume)) = word.split_once('/') {
        let mg = match mass {
            "mg" => 1.0,
            "mcg" | "ug" => 0.001,
            "g" => 1000.0,
            _ => 0.0,
        };
        let number = volume.trim_end_matches("ml");
        if mg > 0.0
            && let Some(ml) = number.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0)
        {
            return Some(if volume.ends_with("ml") {
                Unit::MgPerMl(mg / ml)
            } else {
                Unit::MgPerVolume(mg, ml)
            });
        }
    }
    Some(match word {
        "mg" | "milligram" | "milligrams" => Unit::Mg(1.0),
        "mcg" | "ug" | "microgram" | "micrograms" => Unit::Mg(0.001),
        "g" | "gm" | "gram" | "grams" => Unit::Mg(1000.0),
        "mg/ml" => Unit::MgPerMl(1.0),
        "mcg/ml" | "ug/ml" => Unit::MgPerMl(0.001),
        "g/ml" => Unit::MgPerMl(1000.0),
        "mcg/hr" | "mcg/h" | "ug/h" | "mcg/hour" => Unit::McgPerHour,
        // "0.005 MG/HR": the number is in milligrams, the answer in micrograms.
        "mg/hr" | "mg/h" => Unit::MgPerHour,
        "mg/actuat" | "mg/spray" | "mg/act" => Unit::MgPerActuation(1.0),
        "mcg/actuat" | "mcg/spray" => Unit::MgPerActuation(0.001),
        "mg/mg" => Unit::MgPerGram(1000.0),
        "mg/g" | "mg/gm" => Unit::MgPerGram(1.0),
        "unt" | "unt/ml" | "unt/mg" | "units" | "unit" | "iu" | "meq" | "meq/ml" | "meq/mg" | "mmol"
        | "unt/actuat" | "%" => Unit::Units,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (String, Option<Strength>, Option<Form>) {
        let d = parse_display(text);
        assert_eq!(d.ingredients.len(), 1, "{text}: {d:?}");
        (d.ingredients[0].name.clone(), d.ingredients[0].strength, d.form)
    }

    #[test]
    fn regular_texts() {
        assert_eq!(
            one("diazepam 5 MG Oral Tablet"),
            ("diazepam".into(), Some(Strength::PerPiece(5.0)), Some(Form::Tablet))
        );
        assert_eq!(one("diazepam 20 mg tablet").1, Some(Strength::PerPiece(20.0)));
        assert_eq!(one("Fluoxetine 25MG"), ("fluoxetine".into(), Some(Strength::PerPiece(25.0)), None));
        assert_eq!(one("Clonazepam [Klonopin]").0, "clonazepam");
        assert_eq!(one("Carbamazepine[Tegretol]").0, "carbamazepine");
        assert_eq!(one("diazepam 1 MG/ML Oral Solution").1, Some(Strength::PerMl(1.0)));
        assert_eq!(one("diazepam 2 mg/5 ml oral solution").1, Some(Strength::PerMl(0.4)));
        assert_eq!(one("diazepam 2mg/5ml oral solution").1, Some(Strength::PerMl(0.4)));
        assert_eq!(
            one("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet"),
            ("metoprolol succinate".into(), Some(Strength::PerPiece(100.0)), Some(Form::ErTablet))
        );
        assert_eq!(one("fentanyl 25 mcg/hr patch").1, Some(Strength::MicrogramsPerHour(25.0)));
        assert_eq!(
            one("168 HR buprenorphine 0.005 MG/HR Transdermal System"),
            ("buprenorphine".into(), Some(Strength::MicrogramsPerHour(5.0)), Some(Form::Patch))
        );
        assert_eq!(one("baclofen 5 MG Oral Granules").0, "baclofen");
        assert_eq!(one("fentanyl 0.1 MG/ACTUAT Metered Dose Nasal Spray").0, "fentanyl");
        let e = parse_display("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector");
        assert_eq!(e.ingredients[0].name, "epinephrine");
        assert_eq!(e.volume_ml, Some(0.3));
        assert_eq!(one("fluvoxamine 100 mg").0, "fluvoxamine");
    }

    #[test]
    fn combinations() {
        let d = parse_display("Acetaminophen 325 MG / oxyCODONE Hydrochloride 5 MG Oral Tablet");
        let n: Vec<&str> = d.ingredients.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(n, ["acetaminophen", "oxycodone hydrochloride"]);
        assert_eq!(d.ingredients[1].strength, Some(Strength::PerPiece(5.0)));
        let d = parse_display("amoxicillin/clavulanate tablet");
        assert_eq!(d.ingredients.len(), 2);
        let d = parse_display("200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler");
        assert_eq!(d.ingredients.len(), 1);
    }
}
