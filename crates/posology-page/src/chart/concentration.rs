//! Concentrations of one drug around the date of the review: as recorded, and with the orders and changes under review.
use super::{Chart, Table, path, px, tick, ticks};
use crate::words::num;
use maud::{Markup, html};
use posology_kinetics::exposure::Enzyme;
use posology_kinetics::simulate::{
    Changes, Dose, Grid, Hours, Mg, Regimen, Route, SteadyState, simulate_grid,
};
use posology_knowledge::schema::KineticsFile;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::history::days_between;
use posology_review::bridge::exposure::ExposureTable;
use posology_review::bridge::simulation::{Built, build};
use posology_review::bridge::simulation_changes::{Course, Followed, schedule};
use posology_review::expected::{person, simulated_route};
use posology_review::{Context, Taken, TakenState, phenotypes};

/// Days drawn before and after the date of the review.
const BEFORE: f64 = 7.0;
const AFTER: f64 = 28.0;
/// A course longer than this is at its steady state for every drug with a model (half-lives up to 200 h).
const LONG_DAYS: i64 = 60;
/// Hours between points.
const STEP: f64 = 2.0;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 46.0;

/// Drugs of which curves can be drawn, with the one to begin with first: what is ordered, then what sedates, then the rest.
pub fn drawable(ctx: &Context<'_>) -> Vec<SubstanceIx> {
    let sedative = ctx.kb.class("cns-depressant");
    let mut out: Vec<&Taken<'_>> = ctx.after.iter().collect();
    out.extend(ctx.now.iter().filter(|t| ctx.after.iter().all(|a| a.substance != t.substance)));
    out.retain(|t| {
        ctx.kb.kinetics(t.substance).is_some_and(|k| k.model.is_some())
            && t.daily_high().is_some_and(|d| d > 0.0)
            && way(t).is_some()
    });
    let changed = |t: &Taken<'_>| {
        t.state == TakenState::Proposed || ctx.after.iter().all(|a| a.substance != t.substance)
    };
    out.sort_by_key(|t| {
        (!changed(t), !sedative.is_some_and(|c| ctx.kb.in_class(t.substance, c)), t.substance)
    });
    out.iter().map(|t| t.substance).collect()
}

fn way(t: &Taken<'_>) -> Option<Route> {
    simulated_route(t.parts.iter().find_map(|p| p.route))
}

struct Curve {
    label: String,
    /// Hours from the review, ng/mL.
    points: Vec<(f64, f64)>,
    class: &'static str,
}

/// The chart of a drug.
///
/// # Errors
/// A sentence that says why there is none.
pub fn chart(ctx: &Context<'_>, ix: SubstanceIx) -> Result<Chart, String> {
    let name = ctx.name(ix);
    let file = ctx.kb.kinetics(ix).ok_or_else(|| format!("no kinetics are recorded for {name}"))?;
    let built = build(file, &person(ctx)).map_err(|e| e.to_string())?;
    let (table, _) = ExposureTable::new(&ctx.kb.corpus.kinetics);
    let mut notes: Vec<String> = Vec::new();
    let mut curves = Vec::new();
    let differs = differs(ctx);
    for (with, words) in [(false, "as recorded"), (true, "with the change")] {
        if with && !differs {
            break;
        }
        let scenario = Scenario { ctx, ix, file, built: &built, table: &table, with };
        let Some(values) = scenario.run(&mut notes)? else { continue };
        for (i, id) in built.outputs.iter().enumerate().take(2) {
            let what = ctx.kb.find(id).map_or(id.as_str(), |s| ctx.name(s));
            curves.push(Curve {
                label: if differs { format!("{what}, {words}") } else { what.to_owned() },
                points: values.iter().map(|(t, v)| (*t, v.get(i).copied().unwrap_or(0.0))).collect(),
                class: match (i, with) {
                    (0, false) => "curve a",
                    (0, true) => "curve a changed",
                    (_, false) => "curve b",
                    (_, true) => "curve b changed",
                },
            });
        }
    }
    if curves.is_empty() {
        return Err(format!("{name} is neither taken nor ordered by a route that the model has"));
    }
    notes.extend(
        built
            .assumptions
            .iter()
            .filter(|a| !a.starts_with("spread of") && !a.starts_with("correlation of"))
            .cloned(),
    );
    if !built.not_assessed.is_empty() {
        notes.push(format!(
            "Not assessed: no effect of {} is recorded for {name}.",
            built.not_assessed.join(", ")
        ));
    }
    notes.sort();
    notes.dedup();
    let top = curves.iter().flat_map(|c| &c.points).map(|p| p.1).fold(0.0, f64::max);
    let axis = ticks(top);
    let high = axis.last().copied().unwrap_or(1.0);
    let x = |h: f64| LEFT + (WIDTH - LEFT - RIGHT) * (h / 24.0 + BEFORE) / (BEFORE + AFTER);
    let y = |v: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * v / high;
    let drawing = html! {
        @for t in &axis {
            line x1=(px(LEFT)) x2=(px(WIDTH - RIGHT)) y1=(px(y(*t))) y2=(px(y(*t))) class="grid" {}
            text x=(px(LEFT - 8.0)) y=(px(y(*t) + 4.0)) class="axis end" { (tick(*t)) }
        }
        @for w in -1i32..=4 {
            @let h = f64::from(w) * 168.0;
            line x1=(px(x(h))) x2=(px(x(h))) y1=(px(TOP)) y2=(px(HEIGHT - BOTTOM)) class=(if w == 0 { "today" } else { "grid" }) {}
            text x=(px(x(h))) y=(px(HEIGHT - BOTTOM + 16.0)) class="axis middle" { (w * 7) }
        }
        text x=(px(LEFT + (WIDTH - LEFT - RIGHT) / 2.0)) y=(px(HEIGHT - 8.0)) class="axis middle" { "days from the review" }
        text x=(px(LEFT)) y=(px(TOP - 8.0)) class="axis" { "ng/mL" }
        @for c in &curves { path d=(path(c.points.iter().map(|(t, v)| (x(*t), y(*v))))) class=(c.class) {} }
        (legend(&curves))
    };
    Ok(Chart {
        id: "concentration",
        title: format!("Concentration of {name}"),
        says: says(&curves),
        size: (WIDTH, HEIGHT),
        drawing,
        table: figures(&curves),
        notes,
    })
}

fn legend(curves: &[Curve]) -> Markup {
    html! {
        @for (i, c) in curves.iter().enumerate() {
            @let y = TOP + 14.0 + 44.0 * i as f64;
            @let words = c.label.split_once(", ");
            line x1=(px(WIDTH - RIGHT + 14.0)) x2=(px(WIDTH - RIGHT + 44.0)) y1=(px(y - 4.0)) y2=(px(y - 4.0)) class=(c.class) {}
            text x=(px(WIDTH - RIGHT + 50.0)) y=(px(y)) class="label" { (super::short(words.map_or(c.label.as_str(), |w| w.0), 18)) }
            @if let Some((_, rest)) = words { text x=(px(WIDTH - RIGHT + 50.0)) y=(px(y + 15.0)) class="axis" { (rest) } }
        }
    }
}

fn mean(c: &Curve, from_day: f64, to_day: f64) -> Option<f64> {
    let v: Vec<f64> =
        c.points.iter().filter(|p| p.0 >= from_day * 24.0 && p.0 < to_day * 24.0).map(|p| p.1).collect();
    (!v.is_empty()).then(|| v.iter().sum::<f64>() / v.len() as f64)
}

fn says(curves: &[Curve]) -> String {
    curves
        .iter()
        .map(|c| {
            let (a, b) = (mean(c, -1.0, 0.0), mean(c, AFTER - 1.0, AFTER));
            let words = |v: Option<f64>| v.map_or("nothing".to_owned(), |v| format!("{} ng/mL", round(v)));
            format!(
                "{}: mean {} on the day before the review, {} four weeks later.",
                c.label,
                words(a),
                words(b)
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn round(v: f64) -> String {
    if v >= 100.0 { num(v.round()) } else { num((v * 10.0).round() / 10.0) }
}

fn figures(curves: &[Curve]) -> Table {
    let mut rows = Vec::new();
    for c in curves {
        for (day, words) in [
            (-7.0, "7 days before"),
            (-1.0, "the day before"),
            (0.0, "day of review"),
            (1.0, "day 1"),
            (3.0, "day 3"),
            (7.0, "day 7"),
            (14.0, "day 14"),
            (27.0, "day 27"),
        ] {
            let m = mean(c, day, day + 1.0).map_or("not taken".to_owned(), round);
            let peak = c
                .points
                .iter()
                .filter(|p| p.0 >= day * 24.0 && p.0 < (day + 1.0) * 24.0)
                .map(|p| p.1)
                .fold(0.0, f64::max);
            rows.push(vec![c.label.clone(), words.to_owned(), m, round(peak)]);
        }
    }
    Table { head: vec!["Substance", "Day", "Mean, ng/mL", "Peak, ng/mL"], rows }
}

/// Whether an order or a change makes the future differ from the record.
fn differs(ctx: &Context<'_>) -> bool {
    ctx.has_orders()
}

struct Scenario<'a, 'c> {
    ctx: &'a Context<'c>,
    ix: SubstanceIx,
    file: &'a KineticsFile,
    built: &'a Built,
    table: &'a ExposureTable,
    with: bool,
}

/// Hours from the review, and ng/mL of each output.
type Values = Vec<(f64, Vec<f64>)>;

impl<'c> Scenario<'_, 'c> {
    fn now(&self) -> Option<&Taken<'c>> {
        self.ctx.taken_now(self.ix)
    }

    fn later(&self) -> Option<&Taken<'c>> {
        if self.with { self.ctx.taken(Some(self.ix)) } else { self.now() }
    }

    /// `None` where the drug is not taken in this scenario.
    fn run(&self, notes: &mut Vec<String>) -> Result<Option<Values>, String> {
        let name = self.ctx.name(self.ix);
        if self.now().is_none() && self.later().is_none() {
            return Ok(None);
        }
        // Time runs from the first day drawn: changes of clearance have no time before zero.
        let zero = BEFORE * 24.0;
        let mut doses: Vec<Dose> = Vec::new();
        let mut before: Option<SteadyState> = None;
        let mut from = 0.0;
        if let Some(t) = self.now() {
            let route = way(t).ok_or_else(|| format!("the model of {name} has no such route"))?;
            let cycle = day(t, self.built.dose_factor, route);
            let age = t.since().map(|s| days_between(s, self.ctx.day()));
            match age {
                Some(days) if days < LONG_DAYS => {
                    // Doses before the first day drawn count too.
                    from = (days.max(0) as f64 * 24.0 - zero).max(0.0);
                    let first = zero - days.max(0) as f64 * 24.0;
                    let mut d = 0.0;
                    while first + d * 24.0 < zero {
                        doses.extend(
                            cycle
                                .iter()
                                .map(|x| Dose { time: Hours(from + first + d * 24.0 + x.time.0), ..*x }),
                        );
                        d += 1.0;
                    }
                }
                _ => {
                    if age.is_none() {
                        notes.push(format!(
                            "The start of {name} is not recorded: a steady state was assumed."
                        ));
                    }
                    for d in 0..BEFORE as i32 {
                        doses.extend(
                            cycle.iter().map(|x| Dose { time: Hours(f64::from(d) * 24.0 + x.time.0), ..*x }),
                        );
                    }
                    if !cycle.is_empty() {
                        before = Some(SteadyState { interval: Hours(24.0), until: Hours(0.0), cycle });
                    }
                }
            }
        }
        let zero = zero + from;
        if let Some(t) = self.later() {
            let route = way(t).ok_or_else(|| format!("the model of {name} has no such route"))?;
            for d in 0..AFTER as i32 {
                doses.extend(
                    day(t, self.built.dose_factor, route)
                        .iter()
                        .map(|x| Dose { time: Hours(zero + f64::from(d) * 24.0 + x.time.0), ..*x }),
                );
            }
            if t.as_needed {
                notes.push(format!(
                    "{name} as needed: drawn as if the highest recorded dose were taken every day."
                ));
            }
        }
        let mut regimen = Regimen::new(doses).map_err(|e| e.to_string())?;
        if let Some(b) = before {
            regimen = regimen.after(b).map_err(|e| e.to_string())?;
        }
        let total = zero + AFTER * 24.0;
        let changes = self.changes(zero, total, notes)?;
        let count = ((BEFORE + AFTER) * 24.0 / STEP) as usize + 1;
        let grid = Grid::new(Hours(from), Hours(STEP), count).map_err(|e| e.to_string())?;
        let curves =
            simulate_grid(&self.built.model, &regimen, &changes, &grid).map_err(|e| e.to_string())?;
        let columns: Vec<Vec<f64>> =
            (0..self.built.outputs.len()).map(|i| curves.column(i).map(|c| 1000.0 * c).collect()).collect();
        let out = (0..grid.len())
            .map(|i| {
                (grid.time(i).0 - zero, columns.iter().map(|c| c.get(i).copied().unwrap_or(0.0)).collect())
            })
            .collect();
        Ok(Some(out))
    }

    /// The drugs that change its clearance, from when to when.
    fn changes(&self, zero: f64, total: f64, notes: &mut Vec<String>) -> Result<Changes, String> {
        let Some(victim) = self.table.victim(&self.built.outputs[0]) else { return Ok(Changes::none()) };
        let kb: &KnowledgeBase = self.ctx.kb;
        let day = self.ctx.day();
        let mut courses = Vec::new();
        let later: &[Taken<'_>] = if self.with { &self.ctx.after } else { &self.ctx.now };
        let dose_of = |t: &Taken<'_>| {
            let in_mg = kb.kinetics(t.substance).is_none_or(|k| {
                let units =
                    k.inhibits.iter().map(|i| &i.dose_unit).chain(k.induces.iter().map(|i| &i.dose_unit));
                units.into_iter().all(|u| u.as_deref().is_none_or(|u| u == "mg"))
            });
            // Where none is known the exposure model takes the usual dose.
            t.daily_high().filter(|d| *d > 0.0 && in_mg)
        };
        for t in self.ctx.now.iter().filter(|t| t.substance != self.ix) {
            let Some(perpetrator) = self.table.perpetrator(&kb.substance(t.substance).id) else { continue };
            let goes_on = later.iter().any(|l| l.substance == t.substance);
            let from_h = match t.since() {
                Some(s) => zero - days_between(s, day) as f64 * 24.0,
                None => -1e5,
            };
            courses.push(Course {
                perpetrator,
                dose_per_day: dose_of(t),
                from_h,
                until_h: (!goes_on).then_some(zero),
            });
        }
        for t in later.iter().filter(|t| t.substance != self.ix && self.ctx.taken_now(t.substance).is_none())
        {
            let Some(perpetrator) = self.table.perpetrator(&kb.substance(t.substance).id) else { continue };
            courses.push(Course { perpetrator, dose_per_day: dose_of(t), from_h: zero, until_h: None });
        }
        if courses.is_empty() {
            return Ok(Changes::none());
        }
        if self.with && later.iter().any(|t| t.substance != self.ix && self.dose_changes(t)) {
            notes.push("A changed dose of an interacting drug is drawn at its former strength.".to_owned());
        }
        let metabolite = self.built.outputs.get(1);
        let mut formed_by = Vec::new();
        for s in
            self.file.substrate.iter().filter(|s| s.produces.is_some() && s.produces.as_ref() == metabolite)
        {
            let enzyme = Enzyme::parse(&s.enzyme).map_err(|e| e.to_string())?;
            formed_by.push((enzyme, s.produces_fraction.unwrap_or(1.0)));
        }
        let first = metabolite.map(|id| Followed {
            victim: self.table.victim(id),
            formed_by: &formed_by,
            share: self.built.model.spec().first.map_or(0.0, |m| m.formed.0),
        });
        schedule(victim, first, &courses, &phenotypes(self.ctx), total, 6.0).map_err(|e| e.to_string())
    }

    /// An interacting drug that goes on at another dose.
    fn dose_changes(&self, t: &Taken<'_>) -> bool {
        t.state == TakenState::Proposed
            && self.ctx.taken_now(t.substance).is_some_and(|n| n.daily_high() != t.daily_high())
            && self.table.perpetrator(&self.ctx.kb.substance(t.substance).id).is_some()
    }
}

/// The doses of a day, spread over it.
fn day(t: &Taken<'_>, factor: f64, route: Route) -> Vec<Dose> {
    let Some(daily) = t.daily_high().filter(|d| *d > 0.0 && d.is_finite()) else { return Vec::new() };
    let times = t.parts.iter().filter_map(|p| p.times_per_day.map(|x| x.1)).fold(0.0, f64::max);
    let n = if times >= 1.0 { (times.round() as usize).min(24) } else { 1 };
    let hour = |i: usize| match n {
        1 => 22.0,
        2 => [8.0, 22.0][i],
        3 => [8.0, 14.0, 22.0][i],
        _ => 24.0 * i as f64 / n as f64,
    };
    (0..n)
        .map(|i| Dose {
            time: Hours(hour(i)),
            amount: Mg(daily * factor / n as f64),
            route,
            duration: Hours(0.0),
        })
        .collect()
}
