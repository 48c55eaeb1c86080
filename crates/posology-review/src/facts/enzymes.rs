//! Roles at enzymes as facts.
use super::{Fact, Maker, num};
use posology_kinetics::exposure::{Band, band};
use posology_knowledge::schema::KineticsFile;

impl Maker<'_> {
    /// Roles at enzymes; strength in words is derived from the numbers at each dose.
    pub(super) fn enzymes(&self, k: &KineticsFile) -> Vec<Option<Fact>> {
        let mut out = Vec::new();
        for s in &k.substrate {
            let made = s.produces.as_ref().map(|p| format!(", forms {p}")).unwrap_or_default();
            let text = format!("{} clears {} %{made}", s.enzyme, num(s.fm * 100.0));
            out.push(self.fact(text, &[], &[&s.source], s.confidence).map(|mut f| {
                f.figures.insert("fraction_of_clearance".into(), s.fm);
                f
            }));
        }
        if let Some(g) = &k.gut {
            let text = format!("{} % of an oral dose escapes the gut wall ({})", num(g.fg * 100.0), g.enzyme);
            out.push(self.fact(text, &[], &[&g.source], g.confidence));
        }
        for i in &k.inhibits {
            let unit = i.dose_unit.as_deref().unwrap_or("mg");
            let at: Vec<String> =
                i.at.iter()
                    .map(|p| {
                        let words = word(band(sensitive(p.remaining)));
                        format!(
                            "{words} at {} {unit} a day ({} % of activity remains)",
                            num(p.dose_mg_per_day),
                            num(p.remaining * 100.0)
                        )
                    })
                    .collect();
            out.push(self.fact(
                format!("inhibits {}: {}", i.enzyme, at.join("; ")),
                &[],
                &[&i.source],
                i.confidence,
            ));
        }
        for i in &k.induces {
            let unit = i.dose_unit.as_deref().unwrap_or("mg");
            let at: Vec<String> =
                i.at.iter()
                    .map(|p| {
                        let words = word(band(sensitive(p.fold)));
                        format!(
                            "{words} at {} {unit} a day ({}-fold activity)",
                            num(p.dose_mg_per_day),
                            num(p.fold)
                        )
                    })
                    .collect();
            out.push(self.fact(
                format!("induces {}: {}", i.enzyme, at.join("; ")),
                &[],
                &[&i.source],
                i.confidence,
            ));
        }
        for x in &k.metabolite {
            let text = format!(
                "active metabolite {}: AUC {} times the parent's, potency {} of the parent",
                x.substance,
                num(x.auc_to_parent),
                num(x.potency)
            );
            out.push(self.fact(text, &[], &[&x.source], x.confidence));
        }
        out
    }
}

/// Exposure ratio of a sensitive substrate: nine tenths of its clearance by the enzyme whose activity is multiplied.
fn sensitive(activity: f64) -> f64 {
    1.0 / (0.9 * activity + 0.1)
}

const fn word(b: Band) -> &'static str {
    match b {
        Band::Strong => "strong",
        Band::Moderate => "moderate",
        Band::Weak => "weak",
        Band::None => "below weak",
    }
}
