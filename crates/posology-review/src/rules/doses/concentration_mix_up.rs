#![doc = include_str!("concentration_mix_up.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::{capital, list, num};
use posology_model::{ActionKind, Form, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "concentration-mix-up",
    summary: "Volume and mass of a liquid dose do not fit, or the volume could be given from a stronger liquid.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().flat_map(|t| &t.parts).any(|p| p.volume_ml.is_some()),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("concentration_mix_up.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        let concentrations: Vec<(f64, &posology_knowledge::schema::Product)> = s
            .products
            .iter()
            .filter(|q| {
                ctx.here(&q.jurisdiction)
                    && q.form.parse::<Form>().is_ok_and(|f| f.is_liquid() && f != Form::Injection)
            })
            .filter_map(|q| q.mg_per_ml.map(|c| (c, q)))
            .collect();
        for p in t.parts.iter().filter(|p| !p.combination) {
            let Some((_, ml)) = p.volume_ml else { continue };
            let name = ctx.name(t.substance);
            match (p.mg_per_ml, p.written_mg) {
                (Some(c), Some((_, mg))) if !fits(ml * c, mg) => {
                    let made = ml * c;
                    let mut d = Draft::new(
                        Severity::Serious,
                        format!(
                            "{}: {} mL of {} mg/mL is {} mg, but {} mg is written",
                            capital(name),
                            num(ml),
                            num(c),
                            num(made),
                            num(mg)
                        ),
                    )
                    .about(ctx, [t.substance])
                    .figure("dose_by_volume_mg", made)
                    .figure("dose_written_mg", mg);
                    if let Some((other, q)) = concentrations.iter().find(|(x, _)| fits(ml * x, mg)) {
                        d = d
                            .say(format!("The written dose fits a liquid of {} mg/mL: the volume seems to be carried over from another concentration.", num(*other)))
                            .source(ctx, &q.source, q.confidence);
                    } else {
                        d = d.say("Volume, concentration and dose as written do not agree, and no liquid marketed here makes them agree.");
                    }
                    out.push(d.action(ActionKind::Verify, "Write mg, mL and concentration together, and confirm all three before anything is given."));
                }
                (None, _) => {
                    let mut distinct: Vec<f64> = concentrations.iter().map(|(c, _)| *c).collect();
                    distinct.sort_by(f64::total_cmp);
                    distinct.dedup();
                    if distinct.len() < 2 {
                        continue;
                    }
                    let (lo, hi) = (distinct[0], distinct[distinct.len() - 1]);
                    let mut d = Draft::new(Severity::Serious, format!("{} {} mL without a concentration: {} to {} mg", capital(name), num(ml), num(ml * lo), num(ml * hi)))
                        .about(ctx, [t.substance])
                        .say(format!("Liquids of {} mg/mL are marketed here; the same volume of the strongest holds {} times the dose of the weakest.", list(distinct.iter().map(|c| num(*c))), num(hi / lo)));
                    for (_, q) in &concentrations {
                        d = d.source(ctx, &q.source, q.confidence);
                    }
                    out.push(d.action(ActionKind::Verify, "Write mg, mL and concentration together."));
                }
                _ => {}
            }
        }
    }
}

fn fits(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.05 * b.abs().max(1e-9)
}
