//! One resource: JSON to a held item.
use super::common::{Notes, key};
use super::held::{Item, Version};
use super::resources::{
    AdministrationIn, AllergyIn, ConditionIn, DispenseIn, EncounterIn, Kind, MedicationIn, Misplaced,
    ObservationIn, PatientIn, ProcedureIn, RequestIn, StatementIn, SubstanceIn,
};
use super::wire::{Meta, Reference, Text, text};
use super::{clinical, medication};
use posology_model::{InputProblem, ProblemKind};
use serde::Deserialize;

/// One resource that was read.
pub(super) struct Read {
    pub(super) id: Option<String>,
    pub(super) version: Version,
    /// The subject's reference, `identifier:system|value`, or empty.
    pub(super) subject: String,
    /// `None` where the resource says nothing for a review.
    pub(super) item: Option<Item>,
    pub(super) problems: Vec<InputProblem>,
}

fn parse<'j, T: Deserialize<'j>>(json: &'j str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}

fn version(meta: &Option<Meta<'_>>) -> Version {
    let Some(m) = meta else { return Version::default() };
    Version {
        updated: text(&m.last_updated).map(str::to_owned),
        number: text(&m.version_id).and_then(|v| v.parse().ok()),
        history: false,
    }
}

fn subject(r: &Option<Reference<'_>>) -> String {
    let has_address = r.as_ref().is_some_and(|r| text(&r.reference).is_some());
    let has_identifier = r.as_ref().is_some_and(|r| r.identifier.is_some());
    match key(r) {
        Some(k) if has_address => k,
        Some(k) if has_identifier => format!("identifier:{k}"),
        // A display names nobody.
        _ => String::new(),
    }
}

/// FHIR: who does not understand a modifier extension must not trust the rest. What is recorded is kept, and said.
fn modifier(found: &Option<Misplaced>, notes: &mut Notes<'_>) {
    if found.is_some() {
        notes.add(
            ProblemKind::NotUnderstood,
            "modifierExtension",
            "an extension that changes the meaning of this resource was not understood",
            "Check this resource by hand.",
        );
    }
}

/// Reads a resource of this kind. The error is the JSON reader's.
pub(super) fn read(kind: Kind, json: &str, place: &str) -> Result<Read, String> {
    let mut notes = Notes { place, list: Vec::new() };
    let done = |id: &Option<Text<'_>>, meta: &Option<Meta<'_>>, subject: String, item: Option<Item>| Read {
        id: text(id).map(str::to_owned),
        version: version(meta),
        subject,
        item,
        problems: Vec::new(),
    };
    let mut out = match kind {
        Kind::Patient => {
            let r: PatientIn<'_> = parse(json)?;
            let (patient, identifiers) = clinical::patient(&r, &mut notes);
            done(&r.id, &r.meta, String::new(), Some(Item::Patient(Box::new(patient), identifiers)))
        }
        Kind::Request => {
            let r: RequestIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let (entry, links) = medication::request(&r, &mut notes);
            let item = Item::Medication(Box::new(entry), Box::new(links));
            done(&r.id, &r.meta, subject(&r.subject), Some(item))
        }
        Kind::Statement => {
            let r: StatementIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let (entry, links) = medication::statement(&r, &mut notes);
            let item = Item::Medication(Box::new(entry), Box::new(links));
            done(&r.id, &r.meta, subject(&r.subject), Some(item))
        }
        Kind::Dispense => {
            let r: DispenseIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let (entry, links) = medication::dispense(&r, &mut notes);
            let item = Item::Medication(Box::new(entry), Box::new(links));
            done(&r.id, &r.meta, subject(&r.subject), Some(item))
        }
        Kind::Administration => {
            let r: AdministrationIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let (entry, links) = medication::administration(&r, &mut notes);
            let item = Item::Medication(Box::new(entry), Box::new(links));
            done(&r.id, &r.meta, subject(&r.subject), Some(item))
        }
        Kind::Medication => {
            let r: MedicationIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let drug = medication::medication(&r, &mut notes);
            done(&r.id, &r.meta, String::new(), Some(Item::Drug(Box::new(drug))))
        }
        Kind::Substance => {
            let r: SubstanceIn<'_> = parse(json)?;
            done(&r.id, &r.meta, String::new(), Some(Item::Drug(Box::new(medication::substance(&r)))))
        }
        Kind::Condition => {
            let r: ConditionIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let (entry, ages) = clinical::condition(&r, &mut notes);
            done(&r.id, &r.meta, subject(&r.subject), Some(Item::Condition(Box::new(entry), ages)))
        }
        Kind::Observation => {
            let r: ObservationIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let list = clinical::observation(&r, &mut notes);
            done(&r.id, &r.meta, subject(&r.subject), list.map(Item::Observations))
        }
        Kind::Allergy => {
            let r: AllergyIn<'_> = parse(json)?;
            modifier(&r.modifier_extension, &mut notes);
            let entry = clinical::allergy(&r, &mut notes);
            done(&r.id, &r.meta, subject(&r.patient), Some(Item::Allergy(Box::new(entry))))
        }
        Kind::Encounter => {
            let r: EncounterIn<'_> = parse(json)?;
            let entry = clinical::encounter(&r, &mut notes);
            done(&r.id, &r.meta, subject(&r.subject), entry.map(|e| Item::Encounter(Box::new(e))))
        }
        Kind::Procedure => {
            let r: ProcedureIn<'_> = parse(json)?;
            let entry = clinical::procedure(&r, &mut notes);
            done(&r.id, &r.meta, subject(&r.subject), Some(Item::Procedure(Box::new(entry))))
        }
    };
    out.problems = notes.list;
    Ok(out)
}

/// Whether a JSON text has the form of this kind; the error is the path and the fault.
pub(super) fn check(kind: Kind, json: &str) -> Result<(), (serde_path_to_error::Path, String)> {
    fn one<'j, T: Deserialize<'j>>(json: &'j str) -> Result<(), (serde_path_to_error::Path, String)> {
        let mut d = serde_json::Deserializer::from_str(json);
        match serde_path_to_error::deserialize::<_, T>(&mut d) {
            Ok(_) => Ok(()),
            Err(e) => Err((e.path().clone(), e.inner().to_string())),
        }
    }
    match kind {
        Kind::Patient => one::<PatientIn<'_>>(json),
        Kind::Request => one::<RequestIn<'_>>(json),
        Kind::Statement => one::<StatementIn<'_>>(json),
        Kind::Dispense => one::<DispenseIn<'_>>(json),
        Kind::Administration => one::<AdministrationIn<'_>>(json),
        Kind::Medication => one::<MedicationIn<'_>>(json),
        Kind::Substance => one::<SubstanceIn<'_>>(json),
        Kind::Condition => one::<ConditionIn<'_>>(json),
        Kind::Observation => one::<ObservationIn<'_>>(json),
        Kind::Allergy => one::<AllergyIn<'_>>(json),
        Kind::Encounter => one::<EncounterIn<'_>>(json),
        Kind::Procedure => one::<ProcedureIn<'_>>(json),
    }
}
