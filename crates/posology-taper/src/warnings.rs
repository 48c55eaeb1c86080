//! What is said of a plan beside its steps.
use crate::guidance::{Rules, rows};
use crate::mass::{Mass, number};
use crate::plan::{Step, Warning, WarningLevel};
use crate::request::Request;
use crate::schedule::Ending;
use crate::stock::Stock;
use posology_knowledge::{KnowledgeBase, SubstanceIx};

/// What the products make of the plan.
pub(crate) fn product_warnings(
    stock: &Stock,
    steps: &[Step],
    now: Mass,
    times: usize,
    out: &mut Vec<Warning>,
) {
    for l in &stock.left_out {
        out.push(Warning::new(WarningLevel::Note, "products-left-out", format!("Not used: {l}.")));
    }
    if crate::switch::nearest(stock, now.mg(), times, 2).is_none_or(|x| x.0 != now) {
        out.push(Warning::new(
            WarningLevel::Note,
            "dose-before-not-makeable",
            format!("The dose before the plan, {now} mg a day, cannot be made exactly of the products here: check it."),
        ));
    }
    let pieces = || steps.iter().flat_map(|s| &s.doses).flat_map(|d| &d.pieces);
    let marks = pieces().filter_map(|p| p.syringe_mark_ml).fold(f64::INFINITY, f64::min);
    if marks.is_finite() {
        out.push(Warning::new(
            WarningLevel::Caution,
            "liquid",
            format!("A liquid is measured: check its concentration at each supply (mg and mL are both given) and use an oral syringe with marks of {} mL or finer.", number(marks)),
        ));
    }
    if pieces().any(|p| p.count.is_some_and(|c| c.fract() != 0.0)) {
        out.push(Warning::new(
            WarningLevel::Note,
            "divided",
            "Tablets are divided: only those that can be, with a tablet cutter; the parts are used within the supply.",
        ));
    }
    let mut fewer = steps.iter().filter(|s| !s.doses.is_empty() && s.also.is_none()).map(|s| s.doses.len());
    if fewer.any(|n| n < times) {
        out.push(Warning::new(
            WarningLevel::Note,
            "fewer-doses",
            "Towards the end there are fewer doses a day, because smaller ones cannot be made: symptoms between doses are a reason to look again.",
        ));
    }
}

#[allow(clippy::too_many_arguments, reason = "what is warned of comes from all of them")]
pub(crate) fn general_warnings(
    kb: &KnowledgeBase,
    r: &Request,
    first: SubstanceIx,
    last: SubstanceIx,
    rules: &Rules<'_>,
    steps: &[Step],
    ending: Ending,
    out: &mut Vec<Warning>,
) {
    use WarningLevel::{Caution, Critical, Note};
    if let Ending::Stuck(at) = ending {
        out.push(Warning::new(
            Critical,
            "goal-not-reached",
            format!("The plan ends at {at} mg a day, not at its goal: below that no dose can be made of these products without a cut beyond the guideline. A liquid or smaller strength, a switch, or keeping this dose are for the prescriber to weigh."),
        ));
    }
    if let Some(s) = steps.iter().find(|s| s.kind == "last") {
        out.push(Warning::new(
            Caution,
            "last-step",
            format!("The last step, to zero on {}, is 100 % and so beyond the bound for a single step: it is the stated exception. Hold before it if the step before was hard.", s.start),
        ));
    }
    if rules.id == "custom" {
        out.push(Warning::new(
            Caution,
            "custom-pace",
            "The pace was set by the clinician; no guideline stands behind it.",
        ));
    }
    if rules.cautious {
        out.push(Warning::new(
            Note,
            "cautious-pace",
            "The cautious pace of the guideline was taken, for the reasons given above.",
        ));
    }
    if let Some(g) = rules.row {
        if let (Some(p), Some(asked)) = (g.percent, r.pace.and_then(|p| p.percent))
            && asked > p[1] + 1e-9
        {
            out.push(Warning::new(
                Caution,
                "pace-above-usual",
                format!(
                    "{} % is above the usual {} to {} % of the guideline, within its bound.",
                    number(asked),
                    number(p[0]),
                    number(p[1])
                ),
            ));
        }
        if r.pace.is_some_and(|p| p.days < g.interval_days[0]) {
            out.push(Warning::new(Caution, "pace-interval", format!("Cuts are closer than the guideline's usual {} to {} days; its bound over {} days is kept.", g.interval_days[0], g.interval_days[1], rules.max_days)));
        }
        if let Some(top) = g.covers_to_mg.filter(|t| r.daily_mg * rules.factor > *t && first == last) {
            out.push(Warning::new(
                Caution,
                "beyond-printed-range",
                format!(
                    "The printed schedule covers up to {} mg a day; above that its largest cut is used.",
                    number(top)
                ),
            ));
        }
        if g.cuts_of.as_deref().is_some_and(|s| s != kb.substance(last).id) {
            out.push(Warning::new(Caution, "converted-cuts", format!("The milligrams are printed for {} and converted here by one equivalence (1 mg counts as {} mg); the source itself substitutes that drug.", g.cuts_of.as_deref().unwrap_or(""), number(rules.factor))));
        }
        if rules.confidence() != posology_knowledge::schema::Confidence::Verified {
            out.push(Warning::new(
                Note,
                "guidance-secondary",
                "The figures of this guidance were not looked up at their source.",
            ));
        }
    }
    let marked: Vec<String> =
        steps.iter().filter(|s| s.fall_exceeds_bound).map(|s| s.start.to_string()).collect();
    if !marked.is_empty() {
        out.push(Warning::new(
            Caution,
            "fall-exceeds-bound",
            format!(
                "The active concentration falls by more than the bound in the steps of {}.",
                marked.join(", ")
            ),
        ));
    }
    // What others would say of these steps.
    let cuts = || steps.iter().filter(|s| s.kind == "reduction" && s.days > 0);
    for (id, name, g) in rows(kb, last).filter(|x| x.0 != rules.id) {
        let Some(m) = g.max_percent.filter(|_| g.cuts.is_empty()) else { continue };
        let n = cuts().filter(|s| s.reduction_percent > m + 0.05).count();
        if n > 0 {
            out.push(Warning::new(
                Caution,
                "beyond-other-guideline",
                format!("{n} step(s) exceed the bound of {} % of {name} ({id}).", number(m)),
            ));
        }
    }
    out.push(Warning::new(
        Caution,
        "not-automatic",
        "At each step the patient is seen before the next: hold, go back one step, or slow down when withdrawal is significant. Scales do not tell withdrawal from relapse.",
    ));
}
