//! The examples that ship with the page. The people in them do not exist.

/// One.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// In the address.
    pub id: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// A list, or a FHIR Bundle.
    pub text: &'static str,
    /// Date at which it is to be read.
    pub as_of: &'static str,
    /// A stop that it is about, where there is one.
    pub stop: Option<&'static str>,
}

/// All.
pub const EXAMPLES: [Example; 6] = [
    Example {
        id: "new-benzodiazepine",
        title: "Woman of 67 on oxycodone and fluvoxamine; diazepam is to start",
        text: include_str!("../../../examples/list.txt"),
        as_of: "2026-11-24",
        stop: None,
    },
    Example {
        id: "interactor-stops",
        title: "Stable on diazepam; fluvoxamine is to stop",
        text: include_str!("../../../examples/interacting-stop.txt"),
        as_of: "2026-11-24",
        stop: Some("fluvoxamine"),
    },
    Example {
        id: "taper-candidate",
        title: "Four years of diazepam: plan a taper",
        text: include_str!("../../../examples/taper-candidate.txt"),
        as_of: "2026-11-24",
        stop: None,
    },
    Example {
        id: "many-drugs",
        title: "Woman of 81, eight drugs, falls",
        text: include_str!("../../../fixtures/patients/07-polypharmacy-81f.txt"),
        as_of: "2026-11-24",
        stop: None,
    },
    Example {
        id: "unknown-drug",
        title: "A drug that the knowledge does not hold",
        text: include_str!("../../../fixtures/patients/10-unknown-drug-60m.txt"),
        as_of: "2026-11-24",
        stop: None,
    },
    Example {
        id: "fhir",
        title: "A FHIR R4 record with a draft order",
        text: include_str!("../../../examples/diazepam-67f-draft.json"),
        as_of: "2026-11-24",
        stop: None,
    },
];

/// One by its id.
pub fn find(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|e| e.id == id)
}
