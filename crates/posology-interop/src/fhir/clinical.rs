//! Patient, Condition, Observation, AllergyIntolerance, Encounter, Procedure.
use super::common::{Notes, code, concept, concept_of, date, period};
use super::dates::{Edge, shorten};
use super::resources::{
    AllergyIn, ComponentIn, ConditionIn, EncounterIn, ObservationIn, PatientIn, ProcedureIn,
};
use super::wire::{Concept, Num, Quantity, Range, Text, items, text};
use super::words;
use posology_model::{
    AllergyEntry, ConditionEntry, ConditionStatus, EncounterClass, EncounterEntry, ObservationEntry,
    ObservationValue, Patient, ProblemKind, ProcedureEntry, Sex,
};

/// `Patient`, and its identifiers as `system|value`.
pub(super) fn patient(p: &PatientIn<'_>, notes: &mut Notes<'_>) -> (Patient, Vec<String>) {
    let sex = match text(&p.gender) {
        Some("female") => Some(Sex::Female),
        Some("male") => Some(Sex::Male),
        Some("other" | "unknown") | None => None,
        Some(g) => {
            notes.invalid("gender", format!("\"{}\" is no FHIR gender", shorten(g)));
            None
        }
    };
    let deceased = date(&p.deceased_date_time, Edge::First, false, "deceasedDateTime", notes);
    if p.deceased_boolean == Some(true) {
        notes.add(
            ProblemKind::NotRead,
            "deceasedBoolean",
            "the patient is recorded as dead, without a date",
            "Record deceasedDateTime.",
        );
    }
    let out = Patient {
        id: text(&p.id).map(str::to_owned),
        birth_date: date(&p.birth_date, Edge::First, true, "birthDate", notes),
        age_years: None,
        sex,
        deceased,
    };
    let identifiers = items(&p.identifier)
        .iter()
        .filter_map(|i| Some(format!("{}|{}", text(&i.system).unwrap_or_default(), text(&i.value)?)))
        .collect();
    (out, identifiers)
}

/// `Condition`, and the ages of onset and abatement.
pub(super) fn condition(c: &ConditionIn<'_>, notes: &mut Notes<'_>) -> (ConditionEntry, [Option<f64>; 2]) {
    let (codings, words) = concept_of(&c.code);
    if codings.is_empty() && words.is_none() {
        notes.invalid("code", "the condition has no code and no text");
    }
    let onset = date(&c.onset_date_time, Edge::First, false, "onsetDateTime", notes);
    let (onset_start, _) = period(&c.onset_period, false, "onsetPeriod", notes);
    let recorded = date(&c.recorded_date, Edge::First, false, "recordedDate", notes);
    let abated = date(&c.abatement_date_time, Edge::Last, false, "abatementDateTime", notes);
    let (_, abated_end) = period(&c.abatement_period, false, "abatementPeriod", notes);
    let abatement = abated.or(abated_end);
    let onset_age = years(&c.onset_age, "onsetAge", notes);
    let abatement_age = years(&c.abatement_age, "abatementAge", notes);
    let has_abated = abatement.is_some()
        || c.abatement_age.is_some()
        || text(&c.abatement_string).is_some()
        || c.abatement_boolean == Some(true);
    let clinical = match code(&c.clinical_status) {
        Some("active" | "recurrence" | "relapse") => ConditionStatus::Active,
        Some("inactive" | "remission") => ConditionStatus::Remission,
        Some("resolved") => ConditionStatus::Resolved,
        None if has_abated => ConditionStatus::Resolved,
        None => ConditionStatus::Active,
        Some(s) => {
            notes.invalid(
                "clinicalStatus",
                format!("\"{}\" is no clinical status; it counts as active", shorten(s)),
            );
            ConditionStatus::Active
        }
    };
    if clinical == ConditionStatus::Active && has_abated {
        notes.add(
            ProblemKind::NotUnderstood,
            "abatement[x]",
            "the condition is recorded as active and as over; it counts as active",
            "Correct clinicalStatus or the abatement.",
        );
    }
    let status = match code(&c.verification_status) {
        Some("refuted" | "entered-in-error") => ConditionStatus::Refuted,
        Some("unconfirmed" | "provisional" | "differential") => ConditionStatus::Unconfirmed,
        Some("confirmed" | "unknown") | None => clinical,
        Some(s) => {
            notes.invalid("verificationStatus", format!("\"{}\" is no verification status", shorten(s)));
            clinical
        }
    };
    let entry = ConditionEntry {
        path: String::new(),
        id: text(&c.id).map(str::to_owned),
        codings,
        text: words,
        status,
        onset: onset.or(onset_start).or_else(|| if onset_age.is_some() { None } else { recorded }),
        abatement,
    };
    (entry, [onset_age, abatement_age])
}

fn years(q: &Option<Quantity<'_>>, field: &str, notes: &mut Notes<'_>) -> Option<f64> {
    super::common::days(q, field, notes).map(|d| d / 365.25).filter(|y| *y <= 100.0)
}

/// What an observation or component holds.
struct Values<'v, 'a> {
    quantity: &'v Option<Quantity<'a>>,
    concept: &'v Option<Concept<'a>>,
    string: &'v Option<Text<'a>>,
    boolean: Option<bool>,
    integer: Option<Num>,
    range: &'v Option<Range<'a>>,
    date: &'v Option<Text<'a>>,
}

fn value(v: &Values<'_, '_>) -> Option<ObservationValue> {
    if let Some(q) = v.quantity {
        let n = q.value?.0;
        let unit = text(&q.code).or_else(|| text(&q.unit)).map(str::to_owned);
        if !n.is_finite() {
            return None;
        }
        // "> 90" is not 90.
        return Some(match text(&q.comparator) {
            Some(c) => {
                ObservationValue::Text(format!("{c}{n} {}", unit.unwrap_or_default()).trim().to_owned())
            }
            None => ObservationValue::Quantity { value: n, unit },
        });
    }
    if let Some(c) = v.concept {
        let (codings, text) = concept(c);
        return (!codings.is_empty() || text.is_some()).then_some(ObservationValue::Coded { codings, text });
    }
    if let Some(s) = text(v.string) {
        return Some(ObservationValue::Text(s.to_owned()));
    }
    if let Some(b) = v.boolean {
        return Some(ObservationValue::Boolean(b));
    }
    if let Some(n) = v.integer {
        return n.0.is_finite().then_some(ObservationValue::Quantity { value: n.0, unit: None });
    }
    if let Some(r) = v.range {
        let end = |q: &Option<Quantity<'_>>| q.as_ref().and_then(|q| q.value).map(|n| n.0.to_string());
        let unit = r.high.as_ref().or(r.low.as_ref()).and_then(|q| text(&q.code).or_else(|| text(&q.unit)));
        let (low, high) = (end(&r.low).unwrap_or_default(), end(&r.high).unwrap_or_default());
        return Some(ObservationValue::Text(
            format!("{low}-{high} {}", unit.unwrap_or_default()).trim().to_owned(),
        ));
    }
    text(v.date).map(|d| ObservationValue::Text(d.to_owned()))
}

/// `Observation`: itself and its components. `None` where it is entered in error, cancelled or not yet made.
pub(super) fn observation(o: &ObservationIn<'_>, notes: &mut Notes<'_>) -> Option<Vec<ObservationEntry>> {
    if matches!(text(&o.status), Some("entered-in-error" | "cancelled" | "registered")) {
        return None;
    }
    let mut when = date(&o.effective_date_time, Edge::First, false, "effectiveDateTime", notes);
    if when.is_none() {
        let (start, end) = period(&o.effective_period, false, "effectivePeriod", notes);
        when = end.or(start);
    }
    when = when.or_else(|| date(&o.effective_instant, Edge::First, false, "effectiveInstant", notes));
    when = when.or_else(|| date(&o.issued, Edge::First, false, "issued", notes));
    let mut out = Vec::with_capacity(1 + items(&o.component).len());
    let own = Values {
        quantity: &o.value_quantity,
        concept: &o.value_codeable_concept,
        string: &o.value_string,
        boolean: o.value_boolean,
        integer: o.value_integer,
        range: &o.value_range,
        date: &o.value_date_time,
    };
    if let Some(value) = value(&own) {
        let (codings, text) = concept_of(&o.code);
        out.push(ObservationEntry { path: String::new(), codings, text, value, date: when });
    }
    for (i, c) in items(&o.component).iter().enumerate() {
        if let Some(value) = component(c) {
            let (codings, text) = concept_of(&c.code);
            out.push(ObservationEntry { path: format!(".component[{i}]"), codings, text, value, date: when });
        }
    }
    Some(out)
}

fn component(c: &ComponentIn<'_>) -> Option<ObservationValue> {
    value(&Values {
        quantity: &c.value_quantity,
        concept: &c.value_codeable_concept,
        string: &c.value_string,
        boolean: c.value_boolean,
        integer: c.value_integer,
        range: &c.value_range,
        date: &c.value_date_time,
    })
}

/// `AllergyIntolerance`.
pub(super) fn allergy(a: &AllergyIn<'_>, notes: &mut Notes<'_>) -> AllergyEntry {
    let (mut codings, mut words) = concept_of(&a.code);
    for r in items(&a.reaction) {
        let (more, name) = concept_of(&r.substance);
        codings.extend(more);
        words = words.or(name);
    }
    if codings.is_empty() && words.is_none() {
        notes.invalid("code", "the allergy names no substance");
    }
    let refuted = matches!(code(&a.verification_status), Some("refuted" | "entered-in-error"))
        || matches!(code(&a.clinical_status), Some("inactive" | "resolved"));
    let mut reactions: Vec<String> = Vec::new();
    for r in items(&a.reaction) {
        reactions.extend(items(&r.manifestation).iter().filter_map(|m| concept(m).1));
        if items(&r.manifestation).is_empty() {
            reactions.extend(text(&r.description).map(str::to_owned));
        }
    }
    AllergyEntry {
        path: String::new(),
        codings,
        text: words,
        intolerance: text(&a.kind) == Some("intolerance"),
        refuted,
        reaction: (!reactions.is_empty()).then(|| reactions.join(", ")),
        severe: text(&a.criticality) == Some("high")
            || items(&a.reaction).iter().any(|r| text(&r.severity) == Some("severe")),
    }
}

/// `Encounter`; `None` where it did not take place (planned, cancelled, entered in error).
pub(super) fn encounter(e: &EncounterIn<'_>, notes: &mut Notes<'_>) -> Option<EncounterEntry> {
    if matches!(text(&e.status), Some("planned" | "cancelled" | "entered-in-error")) {
        return None;
    }
    let (start, end) = period(&e.period, false, "period", notes);
    let class = e.class.as_ref().and_then(|c| text(&c.code).or_else(|| text(&c.display)));
    let mut codings = Vec::new();
    let mut words = None;
    for c in items(&e.kind).iter().chain(&e.service_type).chain(items(&e.reason_code)) {
        let (more, text) = concept(c);
        codings.extend(more);
        words = words.or(text);
    }
    Some(EncounterEntry {
        path: String::new(),
        id: text(&e.id).map(str::to_owned),
        class: class.map_or(EncounterClass::Other, words::encounter_class),
        codings,
        text: words,
        start,
        end,
    })
}

/// `Procedure`.
pub(super) fn procedure(p: &ProcedureIn<'_>, notes: &mut Notes<'_>) -> ProcedureEntry {
    let (codings, words) = concept_of(&p.code);
    let at = date(&p.performed_date_time, Edge::First, false, "performedDateTime", notes);
    let (start, end) = period(&p.performed_period, false, "performedPeriod", notes);
    ProcedureEntry {
        path: String::new(),
        codings,
        text: words,
        date: at.or(end).or(start),
        done: matches!(text(&p.status), Some("completed" | "in-progress")),
    }
}
