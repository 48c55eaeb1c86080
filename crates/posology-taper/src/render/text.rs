//! For people.
use super::{count_words, piece_words};
use crate::equivalent::EquivalentAnswer;
use crate::mass::number;
use crate::outlook::Setting;
use crate::plan::{Plan, WarningLevel};
use posology_model::{Confidence, Evidence};
use std::fmt::Write as _;

/// Sources in the order of their first mention.
#[derive(Default)]
struct Sources(Vec<(String, String)>);

impl Sources {
    fn mark(&mut self, e: &Evidence) -> String {
        let key = format!("{}#{}", e.source_id, e.locator);
        let at = self.0.iter().position(|x| x.0 == key).unwrap_or_else(|| {
            let word = match e.confidence {
                Confidence::Verified => "looked up",
                Confidence::Secondary => "not looked up",
                Confidence::Disputed => "disputed",
            };
            let url = e.url.as_deref().map_or(String::new(), |u| format!(" <{u}>"));
            self.0.push((key, format!("{} ({}; {word}){url}", e.source, e.locator)));
            self.0.len() - 1
        });
        format!("[{}]", at + 1)
    }
}

/// The plan as text.
pub fn text(p: &Plan) -> String {
    let mut o = String::new();
    let mut src = Sources::default();
    let _ = writeln!(
        o,
        "Taper plan: {}, {} mg a day in {} dose(s), goal {} mg, made for {}\n{}\n",
        p.substance.name,
        number(p.from.daily_dose_mg),
        p.from.times_per_day,
        number(p.goal_mg),
        p.as_of,
        p.disclaimer
    );
    if let Some(q) = &p.awaits_prescriber {
        let _ = writeln!(o, "WAITS FOR THE PRESCRIBER\n  {q}\n");
    }
    let place = match p.advice.setting {
        Setting::Outpatient => "ambulatory care",
        Setting::Specialist => "specialists",
        Setting::Inpatient => "inpatient care",
        Setting::NotAdvised => "no taper advised",
    };
    let _ = writeln!(
        o,
        "Risk first ({place}; physical dependence: {})\n  {}",
        p.advice.dependence, p.advice.summary
    );
    for r in &p.advice.risks {
        let _ = writeln!(o, "  - {}: {} {}", r.kind, r.text, src.mark(&r.evidence));
    }
    for (title, list) in
        [("Harm of stopping", &p.advice.harms_of_stopping), ("Harm of going on", &p.advice.harms_of_going_on)]
    {
        let _ = writeln!(o, "{title}");
        if list.is_empty() {
            o.push_str("  no figures are held for this drug\n");
        }
        for h in list.iter() {
            let _ = writeln!(o, "  - {} {}", h.text, src.mark(&h.evidence));
        }
    }
    let g = &p.guideline_used;
    let mark = g.evidence.as_ref().map_or(String::new(), |e| src.mark(e));
    let _ = writeln!(
        o,
        "\nGuidance: {} {mark}\n  Strategy: {}; pace: {}\n  Bound: {}\n  Stop rule: {}",
        g.name, g.strategy, g.pace, g.bound, g.stop_rule
    );
    if let Some(n) = &g.note {
        let _ = writeln!(o, "  {n}");
    }
    if let Some(s) = &p.switch {
        let m = s.evidence.as_ref().map_or(String::new(), |e| src.mark(e));
        let _ = writeln!(
            o,
            "\nSubstitution by {} {} mg a day, by {}. {} {m}",
            s.to.name,
            number(s.daily_dose_mg),
            s.table,
            s.staging
        );
        for i in &s.implied {
            let _ = writeln!(
                o,
                "  under {}: equivalent {} mg, change {} %{} {}",
                i.name,
                range(i.equivalent_mg),
                range(i.change_percent),
                if i.exceeds { " (beyond the bound)" } else { "" },
                src.mark(&i.evidence)
            );
        }
    }
    o.push_str("\nSteps\n");
    for s in &p.steps {
        if s.daily_dose_mg == 0.0 && s.kind != "gap" {
            let _ = writeln!(o, "  {}  stop (last step, from the dose before to 0)", s.start);
            continue;
        }
        let also = s
            .also
            .as_ref()
            .map_or(String::new(), |a| format!(" with {} {} mg", a.substance, number(a.daily_dose_mg)));
        let fall = s.fall_percent.map_or(String::new(), |f| {
            let settled = s.settled_percent.map_or(String::new(), |x| format!(", {} % settled", number(x)));
            format!(
                "; concentration falls {} %{settled}{}",
                number(f),
                if s.fall_exceeds_bound { " (beyond the bound)" } else { "" }
            )
        });
        let _ = writeln!(
            o,
            "  {}  {:>3} days  {} {} mg a day{also}  ({}, {} % less{fall})",
            s.start,
            s.days,
            s.substance,
            number(s.daily_dose_mg),
            s.kind,
            number(s.reduction_percent)
        );
        for d in &s.doses {
            let list: Vec<String> = d.pieces.iter().map(piece_words).collect();
            let _ = writeln!(o, "      {}  {}", d.time, list.join(" and "));
        }
        if let Some(r) = s.review {
            let when = if r[0] == r[1] { r[0].to_string() } else { format!("{} to {}", r[0], r[1]) };
            let _ = writeln!(o, "      look: {when}");
        }
    }
    let _ = writeln!(
        o,
        "{} {}{}",
        if p.reaches_goal { "Reaches its goal on" } else { "Does not reach its goal; last change on" },
        p.ends,
        if p.reaches_goal { "." } else { ", then that dose is kept until somebody decides." }
    );
    o.push_str("\nSupply, in all (never more at once than for the time to the next change)\n");
    for t in &p.supply_total {
        let n = t.count.map_or_else(|| crate::supply::amount_words(None, t.volume_ml), count_words);
        let _ = writeln!(o, "  {n} x {} ({} mg)", t.product, number(t.amount_mg));
    }
    o.push_str("\nTo know\n");
    for w in &p.warnings {
        let level = match w.level {
            WarningLevel::Critical => "CRITICAL: ",
            WarningLevel::Caution => "",
            WarningLevel::Note => "note: ",
        };
        let _ = writeln!(o, "  - {level}{}", w.text);
    }
    o.push_str("Not assessed\n");
    if p.not_assessed.is_empty() {
        o.push_str("  nothing was left out that the plan looks at\n");
    }
    for n in &p.not_assessed {
        let _ = writeln!(o, "  - {}: {}", n.what, n.why);
    }
    if !p.history.is_empty() {
        o.push_str("History\n");
        for h in &p.history {
            let _ = writeln!(o, "  {}  {}: {}", h.on, h.event, h.effect);
        }
    }
    sources(&mut o, &src);
    o
}

fn sources(o: &mut String, src: &Sources) {
    o.push_str("Sources\n");
    for (i, s) in src.0.iter().enumerate() {
        let _ = writeln!(o, "  [{}] {}", i + 1, s.1);
    }
}

fn range(r: [f64; 2]) -> String {
    let short = |x: f64| number((x * 100.0).round() / 100.0);
    if (r[0] - r[1]).abs() < 1e-9 { short(r[0]) } else { format!("{} to {}", short(r[0]), short(r[1])) }
}

/// An equivalence as text.
pub fn equivalent_text(a: &EquivalentAnswer) -> String {
    let mut o = String::new();
    let mut src = Sources::default();
    let _ = writeln!(
        o,
        "{} {} mg in {}: what each source holds equivalent\n{}\n",
        a.from.name,
        number(a.mg),
        a.to.name,
        a.note
    );
    if a.rows.is_empty() {
        o.push_str("  no source holds both drugs\n");
    }
    for r in &a.rows {
        let marks: Vec<String> = r.evidence.iter().map(|e| src.mark(e)).collect();
        let _ = writeln!(o, "  {:>12} mg  {} {}", range(r.mg), r.name, marks.join(""));
    }
    if let (Some(r), Some(d)) = (a.range_mg, a.disagreement) {
        let _ = writeln!(
            o,
            "  {:>12} mg  over all; the highest is {} times the lowest",
            range(r),
            number((d * 100.0).round() / 100.0)
        );
    }
    if let Some(b) = &a.band {
        let m = a.band_evidence.as_ref().map_or(String::new(), |e| src.mark(e));
        let _ = writeln!(o, "\nRisk band of {} mg of {} a day: {b} {m}", number(a.mg), a.from.name);
    }
    if let Some(n) = &a.band_note {
        let _ = writeln!(o, "  {n}");
    }
    let _ = writeln!(o, "\n{}", a.disclaimer);
    sources(&mut o, &src);
    o
}
