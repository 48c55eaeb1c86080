//! FHIR's codes and the words of its unit, route and form texts, as words of the model.
use super::wire::{Concept, Quantity, items, text};
use posology_model::{DayPart, DoseUnit, EncounterClass, Form, Intent, Route, Setting, Status};

/// `MedicationRequest.status`.
pub(super) fn request_status(s: &str) -> Option<Status> {
    Some(match s {
        "active" => Status::Active,
        "on-hold" => Status::OnHold,
        "cancelled" => Status::Cancelled,
        "completed" => Status::Completed,
        "entered-in-error" => Status::EnteredInError,
        "stopped" => Status::Stopped,
        "draft" => Status::Draft,
        "unknown" => Status::Unknown,
        _ => return None,
    })
}

/// `MedicationStatement.status`.
pub(super) fn statement_status(s: &str) -> Option<Status> {
    Some(match s {
        "active" => Status::Active,
        "completed" => Status::Completed,
        "entered-in-error" => Status::EnteredInError,
        "intended" => Status::Intended,
        "stopped" => Status::Stopped,
        "on-hold" => Status::OnHold,
        "unknown" => Status::Unknown,
        "not-taken" => Status::NotTaken,
        _ => return None,
    })
}

/// `MedicationDispense.status`. Until it is handed over ("completed") a supply is only intended.
pub(super) fn dispense_status(s: &str) -> Option<Status> {
    Some(match s {
        "preparation" | "in-progress" => Status::Intended,
        "cancelled" | "declined" => Status::Cancelled,
        "on-hold" => Status::OnHold,
        "completed" => Status::Completed,
        "entered-in-error" => Status::EnteredInError,
        "stopped" => Status::Stopped,
        "unknown" => Status::Unknown,
        _ => return None,
    })
}

/// `MedicationAdministration.status`.
pub(super) fn administration_status(s: &str) -> Option<Status> {
    Some(match s {
        "in-progress" => Status::Active,
        "not-done" => Status::NotTaken,
        "on-hold" => Status::OnHold,
        "completed" => Status::Completed,
        "entered-in-error" => Status::EnteredInError,
        "stopped" => Status::Stopped,
        "unknown" => Status::Unknown,
        _ => return None,
    })
}

/// `MedicationRequest.intent`.
pub(super) fn intent(s: &str) -> Option<Intent> {
    Some(match s {
        "order" | "original-order" | "reflex-order" | "filler-order" | "instance-order" => Intent::Order,
        "proposal" => Intent::Proposal,
        "plan" => Intent::Plan,
        "option" => Intent::Option,
        _ => return None,
    })
}

/// `category` of the four medication resources.
pub(super) fn setting(c: &Concept<'_>) -> Option<Setting> {
    items(&c.coding).iter().filter_map(|k| text(&k.code)).chain(text(&c.text)).find_map(|w| {
        Some(match w.to_ascii_lowercase().as_str() {
            "inpatient" => Setting::Inpatient,
            "outpatient" => Setting::Outpatient,
            "community" => Setting::Community,
            "discharge" => Setting::Discharge,
            _ => return None,
        })
    })
}

/// `Encounter.class` (v3 ActCode, and the words of older versions).
pub(super) fn encounter_class(code: &str) -> EncounterClass {
    match code.to_ascii_uppercase().as_str() {
        "AMB" | "AMBULATORY" | "OUTPATIENT" => EncounterClass::Ambulatory,
        "EMER" | "EMERGENCY" => EncounterClass::Emergency,
        "IMP" | "ACUTE" | "NONAC" | "OBSENC" | "SS" | "INPATIENT" => EncounterClass::Inpatient,
        "HH" | "HOME" => EncounterClass::Home,
        "VR" | "VIRTUAL" => EncounterClass::Virtual,
        _ => EncounterClass::Other,
    }
}

/// A unit of dose by UCUM code or by word, with the factor that brings a value to it.
pub(super) fn unit(word: &str) -> Option<(DoseUnit, f64)> {
    let mut w = word.trim().trim_matches(['{', '}']).to_lowercase();
    if let Some(stem) = w.strip_suffix("(s)").map(str::to_owned) {
        w = stem;
    }
    Some(match w.as_str() {
        "mg" | "milligram" | "milligrams" => (DoseUnit::Mg, 1.0),
        "ug" | "mcg" | "µg" | "μg" | "microgram" | "micrograms" => (DoseUnit::Microgram, 1.0),
        "ng" | "nanogram" | "nanograms" => (DoseUnit::Microgram, 0.001),
        "g" | "gm" | "gram" | "grams" => (DoseUnit::Gram, 1.0),
        "mg/kg" | "mg/kg/dose" => (DoseUnit::MgPerKg, 1.0),
        "ug/kg" | "mcg/kg" | "µg/kg" | "μg/kg" => (DoseUnit::MicrogramPerKg, 1.0),
        "mg/h" | "mg/hr" | "mg/hour" => (DoseUnit::MgPerHour, 1.0),
        "mg/min" => (DoseUnit::MgPerHour, 60.0),
        "ug/h" | "mcg/h" | "ug/hr" | "mcg/hr" | "mcg/hour" | "microgram/hour" | "µg/h" | "μg/h" => {
            (DoseUnit::MicrogramPerHour, 1.0)
        }
        "ug/min" | "mcg/min" => (DoseUnit::MicrogramPerHour, 60.0),
        "ml" | "mls" | "cc" | "milliliter" | "milliliters" | "millilitre" | "millilitres" => {
            (DoseUnit::Ml, 1.0)
        }
        "l" | "liter" | "litre" => (DoseUnit::Ml, 1000.0),
        "tab" | "tabs" | "tbl" | "tablet" | "tablets" | "oral tablet" => (DoseUnit::Tablet, 1.0),
        "cap" | "caps" | "capsule" | "capsules" | "oral capsule" => (DoseUnit::Capsule, 1.0),
        "patch" | "patches" => (DoseUnit::Patch, 1.0),
        "puff" | "puffs" | "actuation" | "actuations" | "inhalation" | "inhalations" => (DoseUnit::Puff, 1.0),
        "spray" | "sprays" => (DoseUnit::Spray, 1.0),
        "[drp]" | "drop" | "drops" | "drp" | "gtt" => (DoseUnit::Drop, 1.0),
        "supp" | "suppository" | "suppositories" => (DoseUnit::Suppository, 1.0),
        "film" | "films" | "strip" | "strips" => (DoseUnit::Film, 1.0),
        "lozenge" | "lozenges" | "troche" => (DoseUnit::Lozenge, 1.0),
        "[iu]" | "iu" | "unit" | "units" | "international unit" | "international units" | "[usp'u]" => {
            (DoseUnit::InternationalUnit, 1.0)
        }
        "meq" => (DoseUnit::MilliEquivalent, 1.0),
        "mmol" | "millimole" | "millimoles" => (DoseUnit::MilliMole, 1.0),
        "application" | "applications" | "appful" => (DoseUnit::Application, 1.0),
        "%" | "percent" => (DoseUnit::Percent, 1.0),
        "ampule" | "ampoule" | "ampoules" | "ampules" | "amp" => (DoseUnit::Ampoule, 1.0),
        "sachet" | "sachets" | "packet" | "packets" => (DoseUnit::Sachet, 1.0),
        "device" | "devices" => (DoseUnit::Device, 1.0),
        "1" | "each" | "ea" | "dose" | "doses" | "piece" | "pieces" | "pill" | "pills" | "count" => {
            (DoseUnit::Piece, 1.0)
        }
        _ => return None,
    })
}

/// Hours in one unit of time by UCUM code or by word.
pub(super) fn hours(word: &str) -> Option<f64> {
    const DAY: f64 = 24.0;
    let w = word.trim().trim_matches(['{', '}']).to_lowercase();
    Some(match w.as_str() {
        "s" | "sec" | "second" | "seconds" => 1.0 / 3600.0,
        "min" | "minute" | "minutes" => 1.0 / 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 1.0,
        "d" | "day" | "days" => DAY,
        "wk" | "week" | "weeks" => 7.0 * DAY,
        "mo" | "month" | "months" => 30.4375 * DAY,
        "a" | "yr" | "year" | "years" => 365.25 * DAY,
        _ => return None,
    })
}

/// The unit words of a quantity: its code where the system is UCUM or unnamed, then its unit text.
pub(super) fn unit_words<'q>(q: &'q Quantity<'_>) -> impl Iterator<Item = &'q str> {
    text(&q.code).into_iter().chain(text(&q.unit))
}

/// Route of administration by SNOMED CT code, HL7 code, or word.
pub(super) fn route(c: &Concept<'_>) -> Option<Route> {
    let codes = items(&c.coding).iter().filter_map(|k| text(&k.code));
    let words = items(&c.coding).iter().filter_map(|k| text(&k.display)).chain(text(&c.text));
    codes.map(route_code).chain(words.map(route_word)).find_map(|r| r)
}

fn route_code(code: &str) -> Option<Route> {
    Some(match code {
        "26643006" | "PO" => Route::Oral,
        "37839007" | "SL" => Route::Sublingual,
        "54471007" | "BUC" => Route::Buccal,
        "46713006" => Route::Nasal,
        "37161004" | "PR" => Route::Rectal,
        "47625008" | "IV" => Route::Intravenous,
        "78421000" | "IM" => Route::Intramuscular,
        "34206005" | "SC" | "SQ" => Route::Subcutaneous,
        "45890007" => Route::Transdermal,
        "6064005" => Route::Topical,
        "54485002" => Route::Ophthalmic,
        "10547007" => Route::Otic,
        "16857009" => Route::Vaginal,
        "62226000" => Route::Intrauterine,
        "72607000" => Route::Intrathecal,
        _ => return None,
    })
}

/// A route text: the words that FHIR's and SNOMED CT's displays use. A text that names none, or two, is none.
pub(super) fn route_word(words: &str) -> Option<Route> {
    let w = words.to_lowercase();
    let w = w.trim_end_matches(" (qualifier value)").trim_end_matches(" use").trim_end_matches(" route");
    Some(match w {
        "oral" | "per oral" | "per os" | "po" | "by mouth" | "orally" | "swallow, oral" => Route::Oral,
        "sublingual" | "sl" => Route::Sublingual,
        "buccal" => Route::Buccal,
        "nasal" | "intranasal" => Route::Nasal,
        "rectal" | "per rectum" | "pr" => Route::Rectal,
        "intravenous" | "iv" | "injection, intravenous" => Route::Intravenous,
        "intramuscular" | "im" | "injection, intramuscular" => Route::Intramuscular,
        "subcutaneous" | "sc" | "subcut" | "injection, subcutaneous" => Route::Subcutaneous,
        "transdermal" | "percutaneous" => Route::Transdermal,
        "inhalation" | "inhaled" | "respiratory tract" | "respiratory" => Route::Inhaled,
        "topical" | "cutaneous" | "dermal" | "skin" => Route::Topical,
        "ophthalmic" | "ocular" => Route::Ophthalmic,
        "otic" | "auricular" => Route::Otic,
        "vaginal" | "per vagina" => Route::Vaginal,
        "intrauterine" => Route::Intrauterine,
        "epidural" => Route::Epidural,
        "intrathecal" => Route::Intrathecal,
        "dental" => Route::Dental,
        "enteral" | "nasogastric" | "gastrostomy" | "jejunostomy" => Route::Enteral,
        _ => return None,
    })
}

/// Dose form by its text. Codes alone name no form: a form is not guessed.
pub(super) fn form(c: &Concept<'_>) -> Option<Form> {
    items(&c.coding).iter().filter_map(|k| text(&k.display)).chain(text(&c.text)).find_map(form_word)
}

fn form_word(words: &str) -> Option<Form> {
    let w = words.to_lowercase();
    let has = |s: &str| w.contains(s);
    let long = has("extended")
        || has("prolonged")
        || has("modified-release")
        || has("modified release")
        || has("sustained");
    let delayed = has("delayed") || has("gastro-resistant") || has("enteric");
    Some(if has("tablet") {
        match () {
            () if has("disintegrat") || has("orodispersible") => Form::Odt,
            () if long => Form::ErTablet,
            () if delayed => Form::DrTablet,
            () if has("chew") => Form::ChewableTablet,
            () if has("effervescent") => Form::EffervescentTablet,
            () if has("sublingual") => Form::SublingualTablet,
            () if has("buccal") => Form::BuccalTablet,
            () if has("vaginal") => Form::Vaginal,
            () => Form::Tablet,
        }
    } else if has("capsule") {
        match () {
            () if long => Form::ErCapsule,
            () if delayed => Form::DrCapsule,
            () if has("inhal") => Form::Inhalation,
            () => Form::Capsule,
        }
    } else if has("film") {
        match () {
            () if has("sublingual") => Form::SublingualFilm,
            () if has("buccal") => Form::BuccalFilm,
            () => Form::OralFilm,
        }
    } else if has("suppositor") {
        Form::Suppository
    } else if has("rectal") {
        if has("gel") { Form::RectalGel } else { Form::RectalSolution }
    } else if has("nasal") {
        Form::NasalSpray
    } else if has("injection") || has("injectable") || has("infusion") {
        Form::Injection
    } else if has("patch") || has("transdermal") {
        Form::Patch
    } else if has("inhal") {
        Form::Inhalation
    } else if has("eye") || has("ophthalmic") {
        Form::EyeDrops
    } else if has("ear drop") || has("otic") {
        Form::EarDrops
    } else if has("buccal") || has("oromucosal") {
        Form::BuccalSolution
    } else if has("concentrate") && has("oral") {
        Form::OralConcentrate
    } else if has("suspension") && has("oral") {
        Form::OralSuspension
    } else if (has("solution") || has("syrup") || has("elixir"))
        && (has("oral") || !has("topical") && !has("solution"))
    {
        Form::OralSolution
    } else if has("powder") && has("oral") {
        Form::OralPowder
    } else if has("lozenge") {
        Form::Lozenge
    } else if has("cream") || has("ointment") || has("lotion") || has("topical") {
        Form::Topical
    } else if has("gum") {
        Form::Gum
    } else if has("implant") {
        Form::Implant
    } else {
        return None;
    })
}

/// `timing.repeat.when`: the part of the day, and how many times a day it comes.
pub(super) fn when(code: &str) -> Option<(DayPart, f64)> {
    let stem = code.split('.').next().unwrap_or(code);
    Some(match stem {
        "MORN" | "WAKE" => (DayPart::Morning, 1.0),
        "NOON" => (DayPart::Noon, 1.0),
        "AFT" => (DayPart::Afternoon, 1.0),
        "EVE" => (DayPart::Evening, 1.0),
        "NIGHT" => (DayPart::Night, 1.0),
        "HS" => (DayPart::Bedtime, 1.0),
        "C" => (DayPart::WithMeals, 3.0),
        "CM" | "CD" | "CV" => (DayPart::WithMeals, 1.0),
        "AC" => (DayPart::BeforeMeals, 3.0),
        "ACM" | "ACD" | "ACV" => (DayPart::BeforeMeals, 1.0),
        "PC" => (DayPart::AfterMeals, 3.0),
        "PCM" | "PCD" | "PCV" => (DayPart::AfterMeals, 1.0),
        _ => return None,
    })
}
