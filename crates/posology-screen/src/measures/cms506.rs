//! CMS506: opioids prescribed together, or an opioid with a benzodiazepine, at discharge. Counted by inpatient encounter.
use super::record::{Drug, Item, Record};
use super::value_sets::ValueSets;
use super::{Member, Period, Populations};
use jiff::civil::Date;

/// Age in years from which an encounter counts.
const AGE: i16 = 18;

/// Orders at discharge: community or discharge, active or completed, an order.
fn at_discharge(d: &Drug) -> bool {
    !d.not
        && d.categories.iter().any(|c| c == "community" || c == "discharge")
        && matches!(d.status.as_str(), "active" | "completed")
        && d.intent == "order"
}

fn within(d: &Drug, from: Date, to: Date) -> bool {
    d.date.is_some_and(|w| from <= w && w <= to)
}

pub(super) fn count(r: &Record, period: Period, sets: &mut ValueSets<'_>, m: &mut Member) {
    m.set("1", Populations::default());
    for e in &r.encounters {
        let (Some(start), Some(end)) = (e.start, e.end) else { continue };
        if !sets.encounter("Encounter Inpatient", e) || e.status != "finished" || !period.has(end.date) {
            continue;
        }
        if r.age_at(start.date).is_none_or(|a| a < AGE) {
            continue;
        }
        let written: Vec<&Drug> =
            r.orders.iter().filter(|d| at_discharge(d) && within(d, start.date, end.date)).collect();
        let opioids: Vec<&&Drug> =
            written.iter().filter(|d| sets.drug("Schedule II, III and IV Opioid Medications", d)).collect();
        let benzodiazepine = written.iter().any(|d| sets.drug("Schedule IV Benzodiazepines", d));
        if opioids.is_empty() && !benzodiazepine {
            continue;
        }
        let mut kinds: Vec<&str> = opioids.iter().map(|d| d.key.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let numerator = kinds.len() >= 2 || (!opioids.is_empty() && benzodiazepine);
        let excluded = exclusion(r, e, period, sets);
        if let Some(why) = excluded {
            m.why(format!("encounter {} excluded: {why}", e.id));
        }
        if numerator {
            m.why(format!(
                "encounter {}: {}",
                e.id,
                if kinds.len() >= 2 {
                    "two or more opioids at discharge"
                } else {
                    "an opioid and a benzodiazepine at discharge"
                }
            ));
        }
        m.set("1", Populations::one(true, excluded.is_some(), numerator));
    }
}

fn exclusion(r: &Record, e: &Item, period: Period, sets: &mut ValueSets<'_>) -> Option<&'static str> {
    let (from, to) = (e.start?.date, e.end?.date);
    let cancer = r.conditions.iter().any(|c| {
        sets.condition("Cancer Related Pain", c)
            && (c.categories.iter().any(|k| k == "problem-list-item" || k == "health-concern")
                && c.prevails(from, to)
                || e.refers.contains(&c.id))
    });
    if cancer {
        return Some("cancer related pain");
    }
    if r.conditions
        .iter()
        .any(|c| sets.condition("Sickle Cell Disease with and without Crisis", c) && c.prevails(from, to))
    {
        return Some("sickle cell disease");
    }
    if r.conditions
        .iter()
        .any(|c| sets.condition("Opioid Use Disorder", c) && c.start.is_none_or(|s| s.date < to))
    {
        return Some("opioid use disorder before the discharge");
    }
    let treated = r.orders.iter().filter(|d| !d.not && within(d, from, to)).any(|d| {
        sets.drug("Medications for Opioid Use Disorder (MOUD)", d)
            && d.date.is_some_and(|w| {
                period.has(w)
                    && r.procedures.iter().any(|p| {
                        sets.procedure("Opioid Medication Assisted Treatment (MAT)", p) && p.covers(w)
                    })
            })
    });
    if treated {
        return Some("treatment of opioid use disorder");
    }
    let since = with_observation(r, e, sets);
    let palliative = r.requests.iter().chain(&r.procedures).any(|p| {
        sets.procedure("Palliative or Hospice Care", p)
            && p.start.is_some_and(|s| since <= s.date && s.date <= to)
    });
    if palliative {
        return Some("palliative or hospice care");
    }
    for (set, words) in [
        ("Discharge To Acute Care Facility", "discharged to another acute care facility"),
        ("Hospice Care Referral or Admission", "discharged to hospice care"),
        ("Patient Expired", "died during the stay"),
        ("Left Against Medical Advice", "left against medical advice"),
    ] {
        if sets.disposition(set, e) {
            return Some(words);
        }
    }
    None
}

/// First day of the stay with an emergency or observation visit that ended within the hour before it.
fn with_observation(r: &Record, e: &Item, sets: &mut ValueSets<'_>) -> Date {
    let mut start = e.start;
    for set in ["Observation Services", "Emergency Department Visit"] {
        let before = r
            .encounters
            .iter()
            .filter(|v| v.status == "finished" && v.id != e.id && sets.encounter(set, v))
            .filter(|v| match (v.end, start) {
                (Some(end), Some(s)) => end.seconds <= s.seconds && s.seconds - end.seconds <= 3600,
                _ => false,
            })
            .max_by_key(|v| v.end);
        if let Some(v) = before {
            start = v.start.or(start);
        }
    }
    start.map_or(Date::MIN, |s| s.date)
}

impl Item {
    /// Whether a condition prevails on a day of a span. One that is not active and has no end is of unknown length: it does not count.
    pub(super) fn prevails(&self, from: Date, to: Date) -> bool {
        if matches!(self.intent.as_str(), "entered-in-error" | "refuted") {
            return false;
        }
        let active = matches!(self.status.as_str(), "active" | "recurrence" | "relapse");
        self.start.is_none_or(|s| s.date <= to)
            && match self.end {
                Some(end) => end.date >= from,
                None => active,
            }
    }

    /// Whether a day lies in its period.
    pub(super) fn covers(&self, d: Date) -> bool {
        self.start.is_some_and(|s| s.date <= d) && self.end.is_none_or(|e| d <= e.date)
    }

    /// Whether its period has a day in common with a span.
    pub(super) fn overlaps(&self, p: Period) -> bool {
        self.start.is_some_and(|s| s.date <= p.end) && self.end.is_none_or(|e| e.date >= p.start)
    }
}
