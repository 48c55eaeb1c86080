//! Measures are kept in a UCUM unit that the engine knows, with a range that can be.
use super::Knowledge;
use crate::diagnostic::Diagnostic;

pub(super) const ID: &str = "measure-unit";

/// Units in which measures are kept (UCUM).
const UNITS: &[&str] = &[
    "kg",
    "cm",
    "kg/m2",
    "mm[Hg]",
    "/min",
    "%",
    "ms",
    "Cel",
    "mL/min",
    "mL/min/{1.73_m2}",
    "mg/dL",
    "g/dL",
    "mmol/L",
    "umol/L",
    "ug/mL",
    "ng/mL",
    "mg/L",
    "ug/L",
    "meq/L",
    "U/L",
    "10*3/uL",
    "10*9/L",
    "{INR}",
    "{score}",
    "{drinks}/d",
    "{drinks}/wk",
    "/d",
    "/wk",
    "wk",
    "d",
    "a",
    "m[IU]/L",
    "1",
    "mosm/kg",
    "pg/mL",
    "s",
    "ng/dL",
    "umol/g",
    "[pH]",
];

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for m in &k.corpus.measures {
        let file = format!("measures/{}.toml", m.id);
        if let Some(u) = m.unit.as_deref().filter(|u| !UNITS.contains(u)) {
            let message = format!("\"{u}\" is no unit in which measures are kept");
            out.push(k.at(
                ID,
                &file,
                "unit",
                message,
                "use a UCUM unit of the list in the lint, or add it there",
            ));
        }
        if m.plausible.is_some() && m.unit.is_none() {
            out.push(k.at(
                ID,
                &file,
                "plausible",
                "a range without a unit says nothing".into(),
                "add the unit",
            ));
        }
        if let Some([low, high]) = m.plausible
            && (low.is_nan() || high.is_nan() || low >= high)
        {
            out.push(k.at(
                ID,
                &file,
                "plausible",
                format!("{low} to {high} is no range"),
                "put the lower figure first",
            ));
        }
        if m.loinc.is_empty() && m.snomed.is_empty() && m.synonyms.is_empty() {
            let help = "add a code or a synonym by which a record names it";
            out.push(k.at(ID, &file, "id", "nothing in a record can be recognised as this".into(), help));
        }
    }
    out
}
