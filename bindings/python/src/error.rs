//! Errors as Python exceptions that name the place and the remedy.
use posology_interop::fhir::ReadError;
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::Jurisdiction;
use posology_model::Date;
use posology_screen::ScreenError;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(
    posology,
    PosologyError,
    PyValueError,
    "An input that cannot be used. Attributes: `message` (what is wrong), `place` (where, or None), `remedy` (what to do, or None)."
);

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, Default)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

impl Fault {
    /// A fault without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// With the place.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// With the remedy.
    pub fn help(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Of a record.
    pub fn of_record(e: &ReadError) -> Self {
        let path = e.path.as_ref().map_or(String::new(), |p| format!(", at {p}"));
        Self::new(e.message.clone()).at(format!("line {}, column {}{path}", e.line, e.column)).help(e.remedy)
    }

    /// Of a table.
    pub fn of_table(e: &ScreenError) -> Self {
        // The place stands in front of the message; here it has an attribute of its own.
        let whole = e.to_string();
        let place = whole.strip_suffix(&e.message).map(|p| p.trim_end_matches(": ").to_owned());
        let fault = Self::new(e.message.clone()).help(e.remedy.clone());
        match place.filter(|p| !p.is_empty()) {
            Some(p) => fault.at(p),
            None => fault,
        }
    }

    /// A drug that the knowledge does not hold.
    pub fn unknown_drug(name: &str, kb: &KnowledgeBase) -> Self {
        let near = kb.suggestions(name, 4);
        let fault = Self::new(format!("the knowledge holds no drug named \"{}\"", name.trim()));
        if near.is_empty() {
            fault.help("Check the spelling.")
        } else {
            fault.help(format!("The nearest names: {}.", near.join(", ")))
        }
    }
}

impl From<Fault> for PyErr {
    fn from(f: Fault) -> Self {
        let parts = [f.place.as_ref().map(|p| format!("{p}: ")), Some(f.message.clone())];
        let mut text: String = parts.into_iter().flatten().collect();
        if let Some(r) = &f.remedy {
            text.push_str("\n  ");
            text.push_str(r);
        }
        let err = PosologyError::new_err(text);
        Python::attach(|py| {
            let value = err.value(py);
            let set = value
                .setattr("message", f.message)
                .and_then(|()| value.setattr("place", f.place))
                .and_then(|()| value.setattr("remedy", f.remedy));
            set.map_or_else(|e| e, |()| err)
        })
    }
}

/// Reads a date.
///
/// # Errors
/// The text is no date.
pub fn date(name: &str, text: &str) -> Result<Date, Fault> {
    text.parse()
        .map_err(|_| Fault::new(format!("\"{text}\" is no date")).at(name).help("Write it as 2026-11-24."))
}

/// Reads a jurisdiction.
///
/// # Errors
/// Neither `us` nor `uk`.
pub fn place(word: &str) -> Result<Jurisdiction, Fault> {
    match word {
        "us" => Ok(Jurisdiction::Us),
        "uk" => Ok(Jurisdiction::Uk),
        _ => Err(Fault::new(format!("\"{word}\" is no jurisdiction"))
            .at("jurisdiction")
            .help("Give \"us\" or \"uk\".")),
    }
}

/// The facts compiled in.
///
/// # Errors
/// They cannot be read.
pub fn kb() -> Result<&'static KnowledgeBase, Fault> {
    let kb = posology_corpus::builtin();
    if kb.corpus.substances.is_empty() {
        return Err(
            Fault::new("the facts compiled into this package cannot be read").help("Install it again.")
        );
    }
    Ok(kb)
}
