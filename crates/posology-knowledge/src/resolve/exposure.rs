//! From a medication entry to exposures.
use super::dose::{self, DoseMg};
use super::drug::DrugReader;
use crate::display::Strength;
use crate::resolved::{EndKnown, Exposure, Origin, ResolvedCase};
use posology_model::history::plus_days;
use posology_model::{
    Date, Dosing, EntryKind, Intent, MedicationEntry, NotAssessed, ReadConfidence, Route, Status,
};

/// Why an entry is no exposure, or `None` where it is one.
fn no_exposure(e: &MedicationEntry) -> Option<&'static str> {
    if e.do_not_perform {
        return Some("it is an order not to give it");
    }
    match e.status {
        Status::EnteredInError => return Some("it was entered in error"),
        Status::Cancelled => return Some("it was cancelled"),
        Status::NotTaken => return Some("it is recorded as not taken"),
        Status::Draft => return Some("it is a draft"),
        Status::Intended => return Some("it is intended, not taken yet"),
        _ => {}
    }
    match e.intent {
        Intent::Order => None,
        Intent::Proposal => Some("it is a proposal"),
        Intent::Plan => Some("it is a plan"),
        Intent::Option => Some("it is one of several options"),
    }
}

/// Adds the exposures of one entry, or says why there is none.
pub(super) fn read_entry(
    e: &MedicationEntry,
    origin: Origin,
    reader: &DrugReader<'_>,
    weight_kg: Option<f64>,
    out: &mut ResolvedCase,
) {
    let label = label(e);
    if origin == Origin::Record {
        out.entries += 1;
        if let Some(why) = no_exposure(e) {
            out.entries_resolved += 1;
            // Said only where a reader could wonder; an error or a cancelled order is nobody's exposure.
            if matches!(e.status, Status::NotTaken | Status::Intended | Status::Draft)
                || e.intent != Intent::Order
                || e.do_not_perform
            {
                out.not_assessed.push(NotAssessed {
                    what: format!("{label} ({})", e.path),
                    why: format!("{why}, so it does not count as taken"),
                    rules: Vec::new(),
                });
            }
            return;
        }
    }
    let mut drug = match reader.recognise(&e.codings, e.text.as_deref(), &e.ingredients) {
        Ok(d) => d,
        Err(why) => {
            let what = if label.is_empty() {
                format!("a medication without a name ({})", e.path)
            } else {
                format!("{label} ({})", e.path)
            };
            out.not_assessed.push(NotAssessed { what, why, rules: Vec::new() });
            return;
        }
    };
    if origin == Origin::Record {
        out.entries_resolved += 1;
    }
    out.unverified_codes.extend(drug.unverified_codes.iter().cloned());
    for u in &drug.unknown {
        out.not_assessed.push(NotAssessed {
            what: format!("\"{u}\" in {label} ({})", e.path),
            why: "the knowledge holds no substance of that name; the other ingredients were assessed".into(),
            rules: Vec::new(),
        });
    }
    if let Some(c) = &drug.corrected {
        out.not_assessed.push(NotAssessed {
            what: format!("the name in {label} ({})", e.path),
            why: format!("{c}; check that this is the drug meant"),
            rules: Vec::new(),
        });
    }
    if e.status == Status::Unknown {
        out.not_assessed.push(NotAssessed {
            what: format!("{label} ({})", e.path),
            why: "its status is recorded as unknown; it was taken as going on".into(),
            rules: Vec::new(),
        });
    }
    let dosing = super::combination::pieces(reader.kb, &mut drug, &label, &e.dosing);
    let (reasons, reason_text) = reasons(e, reader);
    let (end, end_known) = end_of(e);
    let written_route = e.dosing.iter().find_map(|d| d.route);
    let combination = drug.ingredients.len() + drug.unknown.len() > 1;
    for ing in &drug.ingredients {
        let form = e.form.or(drug.form).or_else(|| e.dosing.iter().find_map(|d| d.form));
        let (dose, confidence) = total_dose(&dosing, ing.strength, form, weight_kg);
        let route = written_route.or(drug.route).or_else(|| only_route(reader, ing.substance));
        out.exposures.push(Exposure {
            substance: ing.substance,
            product: if drug.text.is_empty() { label.clone() } else { drug.text.clone() },
            path: e.path.clone(),
            origin,
            kind: e.kind,
            resolved_by: drug.by,
            form,
            route,
            strength_mg: if let Some(Strength::PerPiece(mg)) = ing.strength { Some(mg) } else { None },
            mg_per_ml: if let Some(Strength::PerMl(c)) = ing.strength { Some(c) } else { None },
            mcg_per_hour: if let Some(Strength::MicrogramsPerHour(r)) = ing.strength {
                Some(r)
            } else {
                None
            },
            volume_ml: dose.volume_ml,
            written_mg: dose.written_mg,
            pieces: dose.pieces,
            single_mg: dose.single,
            single_mg_per_kg: dose.per_kg,
            daily_mg: dose.daily,
            times_per_day: dose.times,
            as_needed: !e.dosing.is_empty() && e.dosing.iter().all(|d| d.as_needed),
            start: e.start.or(e.dosing.iter().find_map(|d| d.start)).or(e.written),
            end,
            end_known,
            said_active: e.kind == EntryKind::Request && e.status == Status::Active,
            days_supply: e.days_supply.filter(|d| d.is_finite() && *d > 0.0),
            quantity: e.quantity.filter(|q| q.is_finite() && *q > 0.0),
            prescriber: e.prescriber.clone(),
            setting: e.setting,
            reasons: reasons.clone(),
            reason_text: reason_text.clone(),
            based_on: e.based_on.clone(),
            id: e.id.clone(),
            dose_confidence: confidence,
            combination,
            once: !e.dosing.is_empty() && e.dosing.iter().all(|d| d.once),
            one_assumed: dose.one_assumed,
            not_understood: e.dosing.iter().find_map(|d| d.not_understood.clone()),
        });
    }
}

fn label(e: &MedicationEntry) -> String {
    e.text
        .clone()
        .or_else(|| e.codings.iter().find_map(|c| c.display.clone()))
        .or_else(|| e.codings.first().map(|c| format!("{} {}", c.system.name(), c.code)))
        .unwrap_or_default()
}

/// The only route by which the knowledge knows the substance, where there is exactly one.
fn only_route(reader: &DrugReader<'_>, ix: crate::base::SubstanceIx) -> Option<Route> {
    let products = &reader.kb.substance(ix).products;
    let first = products.first()?;
    products.iter().all(|p| p.route == first.route).then(|| first.route.parse().ok()).flatten()
}

fn reasons(
    e: &MedicationEntry,
    reader: &DrugReader<'_>,
) -> (smallvec::SmallVec<[crate::base::ConditionIx; 2]>, Option<String>) {
    let mut out = smallvec::SmallVec::new();
    let mut text = None;
    let mut push = |ix| {
        if !out.contains(&ix) {
            out.push(ix);
        }
    };
    for r in &e.reasons {
        match super::condition::recognise(reader.kb, &r.codings, r.text.as_deref()) {
            Some(ix) => push(ix),
            None => {
                text = text
                    .or_else(|| r.text.clone().or_else(|| r.codings.iter().find_map(|c| c.display.clone())))
            }
        }
    }
    for d in &e.dosing {
        if let Some(t) = &d.as_needed_for {
            match reader.kb.condition_by_text(t) {
                Some(ix) => push(ix),
                None => text = text.or_else(|| Some(t.clone())),
            }
        }
    }
    (out, text)
}

/// All instructions together, and how sure the reading is. Steps of a schedule are alternatives over time: the range spans them.
fn total_dose(
    dosing: &[Dosing],
    strength: Option<Strength>,
    form: Option<posology_model::Form>,
    weight: Option<f64>,
) -> (DoseMg, ReadConfidence) {
    let mut total: Option<DoseMg> = None;
    let mut confidence = ReadConfidence::Structured;
    let stepped =
        dosing.iter().filter_map(|d| d.sequence).collect::<std::collections::BTreeSet<_>>().len() > 1;
    for d in dosing {
        let one = dose::read(d, strength, form, weight);
        confidence = confidence.min(d.confidence);
        total = Some(match total {
            None => one,
            Some(t) if stepped => DoseMg {
                daily: match (t.daily, one.daily) {
                    (Some(x), Some(y)) => Some((x.0.min(y.0), x.1.max(y.1))),
                    (x, y) => x.or(y),
                },
                times: match (t.times, one.times) {
                    (Some(x), Some(y)) => Some((x.0.min(y.0), x.1.max(y.1))),
                    (x, y) => x.or(y),
                },
                ..dose::add(t, one)
            },
            Some(t) => dose::add(t, one),
        });
    }
    (total.unwrap_or_default(), if dosing.is_empty() { ReadConfidence::Low } else { confidence })
}

/// Last day of taking and what is known of it.
fn end_of(e: &MedicationEntry) -> (Option<Date>, EndKnown) {
    let start = e.start.or(e.dosing.iter().find_map(|d| d.start)).or(e.written);
    if let Some(end) = e.end.or(e.dosing.iter().filter_map(|d| d.end).max()) {
        return (Some(end), EndKnown::Yes);
    }
    let length = e
        .days_supply
        .map(|d| if e.kind == EntryKind::Request { d * (1.0 + f64::from(e.refills.unwrap_or(0))) } else { d })
        .or_else(|| e.dosing.iter().filter_map(|d| d.duration_days).reduce(f64::max))
        .or_else(|| e.dosing.iter().all(|d| d.once).then_some(1.0).filter(|_| !e.dosing.is_empty()))
        .filter(|d| d.is_finite() && *d > 0.0 && *d < 40_000.0);
    let computed = start.zip(length).map(|(s, d)| plus_days(s, libm_ceil(d) - 1));
    match (e.kind, e.status) {
        (EntryKind::Administration, _) => (start, EndKnown::Yes),
        (_, Status::Stopped | Status::Completed) if computed.is_none() => (start, EndKnown::No),
        (EntryKind::Dispense, _) => match computed {
            Some(c) => (Some(c), EndKnown::Yes),
            None => (start, EndKnown::No),
        },
        (_, Status::OnHold) => (computed.or(start), EndKnown::No),
        _ => match computed {
            Some(c) => (Some(c), EndKnown::Yes),
            None => (None, EndKnown::Ongoing),
        },
    }
}

/// Days of a supply, rounded up; the caller has bounded it.
fn libm_ceil(d: f64) -> i64 {
    let whole = d as i64;
    if (whole as f64) < d { whole + 1 } else { whole }
}
