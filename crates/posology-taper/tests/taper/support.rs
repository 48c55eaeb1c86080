//! Shared by the tests.
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::Jurisdiction;
use posology_model::Date;
use posology_taper::*;

pub fn kb() -> &'static KnowledgeBase {
    posology_corpus::builtin()
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn request(drug: &str, daily: f64, times: u32) -> Request {
    Request::new(drug, daily, times, day("2026-12-01"))
}

pub fn uk(mut r: Request) -> Request {
    r.jurisdiction = Jurisdiction::Uk;
    r
}

/// What every plan promises; returns the first broken promise.
pub fn promises(p: &Plan) -> Result<(), String> {
    let fail = |s: String| Err(s);
    let kb = kb();
    let mut before = p.from.daily_dose_mg;
    let mut end = p.request.start;
    let kinds = ["entered", "restart", "step-back", "switch", "gap"];
    for (n, s) in p.steps.iter().enumerate() {
        if n > 0 && s.start != end {
            return fail(format!("step {n} starts on {}, the one before ends on {end}", s.start));
        }
        end = posology_model::history::plus_days(s.start, i64::from(s.days));
        let free = kinds.contains(&s.kind.as_str());
        if !free && s.daily_dose_mg >= before - 1e-9 {
            return fail(format!("step {n}: {} is not below {before}", s.daily_dose_mg));
        }
        if !s.daily_dose_mg.is_finite() || s.daily_dose_mg < 0.0 || !s.reduction_percent.is_finite() {
            return fail(format!("step {n}: no number"));
        }
        // Every dose is made, and of what there is.
        let mut made = 0.0;
        let mut products: Vec<&str> = Vec::new();
        for d in &s.doses {
            if d.pieces.is_empty() {
                return fail(format!("step {n}: an empty dose"));
            }
            for x in &d.pieces {
                if x.substance == s.substance {
                    made += x.amount_mg;
                }
                if !products.contains(&x.product.as_str()) {
                    products.push(&x.product);
                }
                let ix = kb.find(&x.substance).ok_or("unknown substance in a piece")?;
                let list = &kb.substance(ix).products;
                match (x.strength_mg, x.count, x.mg_per_ml, x.volume_ml) {
                    (Some(mg), Some(c), None, None) => {
                        let parts = list
                            .iter()
                            .filter(|q| q.strength_mg == Some(mg) && q.route == "oral")
                            .map(|q| match (q.divisible, q.form.as_str()) {
                                (
                                    posology_knowledge::schema::Divisible::Halves,
                                    "tablet" | "chewable-tablet",
                                ) => 2.0,
                                (
                                    posology_knowledge::schema::Divisible::Quarters,
                                    "tablet" | "chewable-tablet",
                                ) => 4.0,
                                _ => 1.0,
                            })
                            .fold(0.0, f64::max);
                        if parts == 0.0 || (c * parts).fract().abs() > 1e-9 || c <= 0.0 {
                            return fail(format!("step {n}: {c} of {}", x.product));
                        }
                        if (c * mg - x.amount_mg).abs() > 1e-6 {
                            return fail(format!("step {n}: {c} x {mg} is not {}", x.amount_mg));
                        }
                    }
                    (None, None, Some(c), Some(v)) => {
                        if (c * v - x.amount_mg).abs() > 1e-6 || v <= 0.0 || v > 20.0 {
                            return fail(format!("step {n}: {v} mL of {c} mg/mL is not {}", x.amount_mg));
                        }
                        let mark = x.syringe_mark_ml.ok_or("a volume without a mark")?;
                        if (v / mark - (v / mark).round()).abs() > 1e-6 {
                            return fail(format!("step {n}: {v} mL is no mark of {mark}"));
                        }
                    }
                    _ => return fail(format!("step {n}: neither counted nor measured: {x:?}")),
                }
            }
        }
        if products.len() > 2 {
            return fail(format!("step {n}: {} products", products.len()));
        }
        if !s.doses.is_empty() && (made - s.daily_dose_mg).abs() > 1e-6 {
            return fail(format!("step {n}: pieces make {made}, not {}", s.daily_dose_mg));
        }
        if s.doses.is_empty() && s.daily_dose_mg > 0.0 && s.kind != "entered" && s.kind != "step-back" {
            return fail(format!("step {n}: {} mg of nothing", s.daily_dose_mg));
        }
        before = s.daily_dose_mg;
    }
    bounds(p)?;
    // Supplies are the doses, and none is for longer than the time to the next change.
    for (n, s) in p.steps.iter().enumerate() {
        let daily: f64 = s.doses.iter().flat_map(|d| &d.pieces).map(|x| x.amount_mg).sum();
        let supplied: f64 = p.supply.iter().filter(|x| x.step == n).map(|x| x.amount_mg).sum();
        if (daily * f64::from(s.days) - supplied).abs() > 1e-3 {
            return fail(format!(
                "step {n}: {supplied} mg supplied for {daily} mg a day over {} days",
                s.days
            ));
        }
        if p.supply.iter().any(|x| x.step == n && (x.days > s.days || x.days > 28)) {
            return fail(format!("step {n}: a supply beyond the next change"));
        }
    }
    let all: f64 = p.supply.iter().map(|x| x.amount_mg).sum();
    let total: f64 = p.supply_total.iter().map(|x| x.amount_mg).sum();
    if (all - total).abs() > 1e-2 {
        return fail(format!("totals {total} are not supplies {all}"));
    }
    if p.reaches_goal {
        let last = p.steps.last().map_or(p.from.daily_dose_mg, |s| s.daily_dose_mg);
        if last > p.goal_mg + 1e-9 {
            return fail(format!("ends at {last}, not at {}", p.goal_mg));
        }
    } else if p.awaits_prescriber.is_none() && !p.warnings.iter().any(|w| w.id == "goal-not-reached") {
        return fail("does not reach its goal and does not say so".into());
    }
    if p.steps.last().is_some_and(|s| s.start != p.ends) {
        return fail("the end is not the last change".into());
    }
    if p.disclaimer != DISCLAIMER {
        return fail("no disclaimer".into());
    }
    Ok(())
}

/// No step exceeds the guidance, computed here from the knowledge and not by the planner.
fn bounds(p: &Plan) -> Result<(), String> {
    let kb = kb();
    let drug = p.switch.as_ref().map_or(&p.substance.id, |s| &s.to.id);
    let ix = kb.find(drug).ok_or("drug")?;
    let row = kb.corpus.tapers.iter().filter(|f| f.id == p.guideline).flat_map(|f| &f.guidance).find(|g| {
        g.substances.contains(drug)
            || g.class.as_deref().and_then(|c| kb.class(c)).is_some_and(|c| kb.in_class(ix, c))
    });
    let mut doses: Vec<(Date, f64)> = Vec::new();
    if p.switch.is_none() {
        doses.push((posology_model::history::plus_days(p.request.start, -400), p.from.daily_dose_mg));
    }
    for (n, s) in p.steps.iter().enumerate() {
        let new = s.daily_dose_mg;
        let free = s.kind != "reduction";
        if !free {
            let now = doses.last().map_or(new, |d| d.1);
            if let Some(g) = row.filter(|g| !g.cuts.is_empty()) {
                let factor = match g.cuts_of.as_deref() {
                    Some(of) if of != drug => {
                        let t =
                            kb.corpus.equivalence.iter().find(|t| t.id == "ashton-2002").ok_or("ashton")?;
                        let cell = t.rows.iter().find(|r| &r.substance == drug).ok_or("cell")?;
                        t.reference_mg / cell.mg[1]
                    }
                    _ => 1.0,
                };
                let cut = g.cuts.iter().find(|c| now * factor > c.above_mg + 1e-9).ok_or("cut")?;
                if (now - new) * factor > cut.cut_mg[1] + 1e-4 {
                    return Err(format!(
                        "step {n}: {} less than {now}, more than {} allowed",
                        now - new,
                        cut.cut_mg[1]
                    ));
                }
            } else {
                let most = row.map_or(25.0, |g| g.max_percent.or(g.percent.map(|x| x[1])).unwrap_or(25.0));
                let days = row.map_or(14, |g| g.max_percent_days.unwrap_or(g.interval_days[0]));
                // Doses in force on a day of the window, and the dose of now.
                let high = doses
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| {
                        doses.get(i + 1).is_none_or(|next| {
                            posology_model::history::days_between(next.0, s.start) < i64::from(days)
                        })
                    })
                    .map(|d| d.1.1)
                    .fold(0.0, f64::max);
                if new < high * (1.0 - most / 100.0) - 1e-4 {
                    return Err(format!("step {n}: {new} within {days} days of {high}: more than {most} %"));
                }
            }
        }
        if s.kind == "last" && (n + 1 != p.steps.len() || new != 0.0) {
            return Err(format!("step {n}: a last step that is not last"));
        }
        if matches!(s.kind.as_str(), "entered" | "restart" | "step-back") || (s.kind == "switch") {
            doses.clear();
        }
        doses.push((s.start, new));
    }
    Ok(())
}
