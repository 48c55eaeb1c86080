//! The four medication resources, and `Medication` and `Substance`.
use super::common::{Notes, address, code, concept_of, date, days, key, period, reasons};
use super::dates::{Edge, shorten};
use super::dosage;
use super::free_text;
use super::held::{Drug, Link, Links};
use super::resources::{
    AdministrationIn, ConditionIn, DispenseIn, IngredientIn, Kind, MedicationIn, Misplaced, RequestIn,
    StatementIn, SubstanceIn,
};
use super::wire::{Concept, Dosage, List, Quantity, Reference, Text, items, text};
use super::words;
use posology_model::{DoseUnit, Dosing, EntryKind, Ingredient, MedicationEntry, ProblemKind, Status};
use serde_json::value::RawValue;

/// The fields that all four have.
struct Common<'c, 'a> {
    id: &'c Option<Text<'a>>,
    contained: &'c Option<List<&'a RawValue>>,
    status: &'c Option<Text<'a>>,
    concept: &'c Option<Concept<'a>>,
    reference: &'c Option<Reference<'a>>,
    context: &'c Option<Reference<'a>>,
    misplaced: &'c Option<Misplaced>,
}

fn begin(
    kind: EntryKind,
    c: &Common<'_, '_>,
    statuses: fn(&str) -> Option<Status>,
    notes: &mut Notes<'_>,
) -> (MedicationEntry, Links) {
    let (codings, words) = concept_of(c.concept);
    let status = match text(c.status) {
        None => {
            notes.invalid("status", "the status is missing; it counts as unknown");
            Status::Unknown
        }
        Some(s) => statuses(s).unwrap_or_else(|| {
            notes.invalid(
                "status",
                format!("\"{}\" is no status of this resource; it counts as unknown", shorten(s)),
            );
            Status::Unknown
        }),
    };
    let links = Links {
        drug: c.reference.as_ref().and_then(link),
        encounter: address(c.context),
        contained: contained(items(c.contained), notes),
        ..Links::default()
    };
    if c.misplaced.is_some() {
        notes.add(
            ProblemKind::NotRead,
            "medication",
            "the field \"medication\" belongs to FHIR R5",
            "Export FHIR R4 (medicationCodeableConcept or medicationReference).",
        );
    } else if codings.is_empty() && words.is_none() && links.drug.is_none() {
        notes.invalid("medication[x]", "the entry names no medication");
    }
    let entry = MedicationEntry {
        id: text(c.id).map(str::to_owned),
        kind,
        codings,
        text: words,
        status,
        ..Default::default()
    };
    (entry, links)
}

fn link(r: &Reference<'_>) -> Option<Link> {
    let l =
        Link { address: text(&r.reference).map(str::to_owned), display: text(&r.display).map(str::to_owned) };
    (l.address.is_some() || l.display.is_some()).then_some(l)
}

fn link_list(list: &[Reference<'_>]) -> Vec<Link> {
    list.iter().filter_map(link).collect()
}

fn instructions(list: &[Dosage<'_>], field: &str, notes: &mut Notes<'_>) -> Vec<Dosing> {
    let mut out = Vec::with_capacity(list.len());
    for (i, d) in list.iter().enumerate() {
        let dosing = dosage::read(d, &format!("{field}[{i}]"), notes);
        // A schedule that only its text tells: each step is an instruction of its own.
        let only_text = d.dose_and_rate.is_none() && d.dose.is_none() && d.timing.is_none();
        let steps =
            dosing.text.as_deref().filter(|_| only_text && list.len() == 1).and_then(free_text::steps);
        match steps {
            Some(steps) => out.extend(steps.into_iter().map(|s| Dosing {
                route: s.route.or(dosing.route),
                as_needed: s.as_needed || dosing.as_needed,
                text: s.text.or_else(|| dosing.text.clone()),
                ..s
            })),
            None => out.push(dosing),
        }
    }
    out
}

/// Start and end of taking from the bounds of the instructions: the first start, and the last end if all have one.
fn bounds(entry: &mut MedicationEntry) {
    let start = entry.dosing.iter().filter_map(|d| d.start).min();
    entry.start = entry.start.or(start);
    let mut ends = entry.dosing.iter().map(|d| d.end);
    if entry.end.is_none()
        && let Some(Some(first)) = ends.next()
    {
        entry.end = ends.try_fold(first, |last, e| e.map(|e| e.max(last)));
    }
}

/// A quantity supplied, in pieces or mL.
fn supply(q: &Option<Quantity<'_>>, field: &str, notes: &mut Notes<'_>) -> Option<f64> {
    let amount = dosage::quantity(q.as_ref()?, field, notes)?;
    if amount.unit.is_piece() || matches!(amount.unit, DoseUnit::Ml | DoseUnit::Drop) {
        return Some(amount.high);
    }
    notes.add(
        ProblemKind::NotRead,
        field,
        format!("a supply in {} is not read", amount.unit),
        "State the quantity in pieces or mL.",
    );
    None
}

/// `MedicationRequest`.
pub(super) fn request(r: &RequestIn<'_>, notes: &mut Notes<'_>) -> (MedicationEntry, Links) {
    let common = Common {
        id: &r.id,
        contained: &r.contained,
        status: &r.status,
        concept: &r.medication_codeable_concept,
        reference: &r.medication_reference,
        context: &r.encounter,
        misplaced: &r.medication,
    };
    let (mut e, mut links) = begin(EntryKind::Request, &common, words::request_status, notes);
    match text(&r.intent).map(|s| (s, words::intent(s))) {
        Some((_, Some(intent))) => e.intent = intent,
        Some((s, None)) => {
            notes.invalid("intent", format!("\"{}\" is no intent; it counts as an order", shorten(s)));
        }
        None => notes.invalid("intent", "the intent is missing; it counts as an order"),
    }
    e.do_not_perform = r.do_not_perform == Some(true);
    e.setting = items(&r.category).iter().find_map(words::setting);
    e.written = date(&r.authored_on, Edge::First, true, "authoredOn", notes);
    e.dosing = instructions(items(&r.dosage_instruction), "dosageInstruction", notes);
    bounds(&mut e);
    if let Some(d) = &r.dispense_request {
        let (from, until) = period(&d.validity_period, true, "dispenseRequest.validityPeriod", notes);
        e.start = e.start.or(from);
        e.valid_until = until;
        e.quantity = supply(&d.quantity, "dispenseRequest.quantity", notes);
        e.days_supply = days(&d.expected_supply_duration, "dispenseRequest.expectedSupplyDuration", notes);
        e.dispenser = key(&d.performer);
        if let Some(n) = d.number_of_repeats_allowed {
            e.refills = dosage::whole(n.0).filter(|n| *n <= 1_000);
            if e.refills.is_none() {
                notes.invalid(
                    "dispenseRequest.numberOfRepeatsAllowed",
                    format!("{} repeats cannot be meant", n.0),
                );
            }
        }
    }
    e.prescriber = key(&r.requester);
    e.reasons = reasons(items(&r.reason_code));
    links.reasons = link_list(items(&r.reason_reference));
    links.replaces = address(&r.prior_prescription);
    links.based_on = items(&r.based_on).iter().find_map(|b| text(&b.reference)).map(str::to_owned);
    (e, links)
}

/// `MedicationStatement`.
pub(super) fn statement(r: &StatementIn<'_>, notes: &mut Notes<'_>) -> (MedicationEntry, Links) {
    let common = Common {
        id: &r.id,
        contained: &r.contained,
        status: &r.status,
        concept: &r.medication_codeable_concept,
        reference: &r.medication_reference,
        context: &r.context,
        misplaced: &r.medication,
    };
    let (mut e, mut links) = begin(EntryKind::Statement, &common, words::statement_status, notes);
    // STU3 had this in a field of its own.
    if text(&r.taken) == Some("n") {
        e.status = Status::NotTaken;
    }
    e.setting = r.category.as_ref().and_then(words::setting);
    e.written = date(&r.date_asserted, Edge::First, true, "dateAsserted", notes);
    let (start, end) = period(&r.effective_period, true, "effectivePeriod", notes);
    e.start = start.or_else(|| date(&r.effective_date_time, Edge::First, true, "effectiveDateTime", notes));
    e.end = end;
    e.dosing = instructions(items(&r.dosage), "dosage", notes);
    bounds(&mut e);
    e.reasons = reasons(items(&r.reason_code));
    links.reasons = link_list(items(&r.reason_reference));
    links.based_on = items(&r.based_on).iter().find_map(|b| text(&b.reference)).map(str::to_owned);
    (e, links)
}

/// `MedicationDispense`.
pub(super) fn dispense(r: &DispenseIn<'_>, notes: &mut Notes<'_>) -> (MedicationEntry, Links) {
    let common = Common {
        id: &r.id,
        contained: &r.contained,
        status: &r.status,
        concept: &r.medication_codeable_concept,
        reference: &r.medication_reference,
        context: &r.context,
        misplaced: &r.medication,
    };
    let (mut e, mut links) = begin(EntryKind::Dispense, &common, words::dispense_status, notes);
    e.setting = r.category.as_ref().and_then(words::setting);
    let handed = date(&r.when_handed_over, Edge::First, true, "whenHandedOver", notes);
    let prepared = date(&r.when_prepared, Edge::First, true, "whenPrepared", notes);
    e.start = handed;
    e.written = handed.or(prepared);
    if handed.is_none() && prepared.is_some() && e.status == Status::Completed {
        notes.add(
            ProblemKind::Repaired,
            "whenHandedOver",
            "the day of handing over is missing; the day of preparation stands for it",
            "Record whenHandedOver.",
        );
    }
    e.quantity = supply(&r.quantity, "quantity", notes);
    e.days_supply = days_supply(&r.days_supply, notes);
    e.dosing = instructions(items(&r.dosage_instruction), "dosageInstruction", notes);
    let ends = e.end;
    bounds(&mut e);
    e.end = ends.or(e.end);
    e.dispenser = items(&r.performer).iter().find_map(|p| key(&p.actor)).or_else(|| key(&r.location));
    links.based_on =
        items(&r.authorizing_prescription).iter().find_map(|b| text(&b.reference)).map(str::to_owned);
    (e, links)
}

/// Days of supply: many writers leave its unit out, and then it is days.
fn days_supply(q: &Option<Quantity<'_>>, notes: &mut Notes<'_>) -> Option<f64> {
    if let Some(q) = q
        && let Some(n) = q.value
        && words::unit_words(q).next().is_none()
    {
        let ok = n.0 > 0.0 && n.0 <= 3_650.0;
        if !ok {
            notes.invalid("daysSupply", format!("{:e} days of supply cannot be meant", n.0));
        }
        return ok.then_some(n.0);
    }
    days(q, "daysSupply", notes)
}

/// `MedicationAdministration`.
pub(super) fn administration(r: &AdministrationIn<'_>, notes: &mut Notes<'_>) -> (MedicationEntry, Links) {
    let common = Common {
        id: &r.id,
        contained: &r.contained,
        status: &r.status,
        concept: &r.medication_codeable_concept,
        reference: &r.medication_reference,
        context: &r.context,
        misplaced: &r.medication,
    };
    let (mut e, mut links) = begin(EntryKind::Administration, &common, words::administration_status, notes);
    e.setting = r.category.as_ref().and_then(words::setting);
    let at = date(&r.effective_date_time, Edge::First, true, "effectiveDateTime", notes);
    let (start, end) = period(&r.effective_period, true, "effectivePeriod", notes);
    e.start = at.or(start);
    e.end = at.or(end);
    e.written = e.start;
    e.dosing = instructions(items(&r.dosage), "dosage", notes);
    // One moment is one dose.
    if at.is_some() {
        for d in &mut e.dosing {
            d.once = true;
        }
    }
    e.reasons = reasons(items(&r.reason_code));
    links.reasons = link_list(items(&r.reason_reference));
    links.based_on = address(&r.request);
    (e, links)
}

/// `Medication`.
pub(super) fn medication(r: &MedicationIn<'_>, notes: &mut Notes<'_>) -> Drug {
    let (codings, words) = concept_of(&r.code);
    Drug {
        codings,
        text: words,
        form: r.form.as_ref().and_then(words::form),
        ingredients: items(&r.ingredient).iter().filter_map(|i| ingredient(i, notes)).collect(),
        contained: contained(items(&r.contained), notes),
        in_error: text(&r.status) == Some("entered-in-error"),
    }
}

fn ingredient(i: &IngredientIn<'_>, notes: &mut Notes<'_>) -> Option<(Ingredient, Option<String>)> {
    // `false` says that it is an excipient.
    if i.is_active == Some(false) {
        return None;
    }
    let (codings, words) = concept_of(&i.item_codeable_concept);
    let reference = address(&i.item_reference);
    let shown = i.item_reference.as_ref().and_then(|r| text(&r.display)).map(str::to_owned);
    let (strength_mg, per_ml) = strength(i, notes).unwrap_or_default();
    let out = Ingredient { codings, text: words.or(shown), strength_mg, per_ml };
    (!out.codings.is_empty() || out.text.is_some() || reference.is_some()).then_some((out, reference))
}

/// Strength in mg, and the millilitres that it refers to.
fn strength(i: &IngredientIn<'_>, notes: &mut Notes<'_>) -> Option<(Option<f64>, Option<f64>)> {
    let s = i.strength.as_ref()?;
    let n = dosage::quantity(s.numerator.as_ref()?, "ingredient.strength.numerator", notes)?;
    let mg = n.high * n.unit.in_mg()?;
    let Some(d) = &s.denominator else { return Some((Some(mg), None)) };
    let d = dosage::quantity(d, "ingredient.strength.denominator", notes)?;
    if d.unit == DoseUnit::Ml && d.high > 0.0 {
        return Some((Some(mg), Some(d.high)));
    }
    (d.unit.is_piece() && d.high > 0.0).then(|| (Some(mg / d.high), None))
}

/// Contained resources that can be referred to.
fn contained(list: &[&RawValue], notes: &mut Notes<'_>) -> Vec<(String, Drug)> {
    let mut out = Vec::new();
    for raw in list {
        let json = raw.get();
        let Ok(super::sniff::Object::Resource(kind)) = super::sniff::object(json) else { continue };
        let read = match Kind::of(&kind) {
            Some(Kind::Medication) => serde_json::from_str(json)
                .map(|m: MedicationIn<'_>| (text(&m.id).map(str::to_owned), medication(&m, notes))),
            Some(Kind::Substance) => serde_json::from_str(json)
                .map(|s: SubstanceIn<'_>| (text(&s.id).map(str::to_owned), substance(&s))),
            Some(Kind::Condition) => serde_json::from_str(json).map(|c: ConditionIn<'_>| {
                let (codings, words) = concept_of(&c.code);
                let in_error = code(&c.verification_status) == Some("entered-in-error");
                (text(&c.id).map(str::to_owned), Drug { codings, text: words, in_error, ..Drug::default() })
            }),
            _ => continue,
        };
        match read {
            Ok((Some(id), drug)) => out.push((id, drug)),
            Ok((None, _)) => notes.invalid("contained", format!("a contained {kind} has no id")),
            Err(e) => notes.invalid("contained", format!("a contained {kind} could not be read ({e})")),
        }
    }
    out
}

/// `Substance`.
pub(super) fn substance(s: &SubstanceIn<'_>) -> Drug {
    let (codings, words) = concept_of(&s.code);
    Drug { codings, text: words, ..Drug::default() }
}
