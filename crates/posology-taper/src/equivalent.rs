//! What each source holds equivalent. Not a dose to take.
use crate::guidance::per_mg;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::{Evidence, SubstanceRef};
use serde::Serialize;

/// One source's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EquivalentRow {
    /// Table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Equivalent, mg, low and high.
    pub mg: [f64; 2],
    /// Sources of the cells used.
    pub evidence: Vec<Evidence>,
}

/// All sources.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EquivalentAnswer {
    /// What it is and is not.
    pub disclaimer: String,
    /// From what.
    pub from: SubstanceRef,
    /// Dose, mg.
    pub mg: f64,
    /// To what.
    pub to: SubstanceRef,
    /// One per source.
    pub rows: Vec<EquivalentRow>,
    /// Lowest and highest over all; absent without a source.
    pub range_mg: Option<[f64; 2]>,
    /// Highest over lowest.
    pub disagreement: Option<f64>,
    /// The drug's own risk band by the guideline (`low`, `moderate`, `high`), taking the dose as a daily one.
    pub band: Option<String>,
    /// Where that band and the bands of the equivalents differ, in words.
    pub band_note: Option<String>,
    /// Source of the band.
    pub band_evidence: Option<Evidence>,
    /// What to know.
    pub note: String,
}

/// Compares a dose under every source.
pub fn equivalent(kb: &KnowledgeBase, from: SubstanceIx, mg: f64, to: SubstanceIx) -> EquivalentAnswer {
    let (a, b) = (kb.substance(from), kb.substance(to));
    let mut rows = Vec::new();
    if mg.is_finite() && mg > 0.0 {
        for t in &kb.corpus.equivalence {
            let (Some(x), Some(y)) = (per_mg(t, &a.id), per_mg(t, &b.id)) else { continue };
            if a.id == b.id {
                continue;
            }
            let cells = t.rows.iter().filter(|r| r.substance == a.id || r.substance == b.id);
            rows.push(EquivalentRow {
                table: t.id.clone(),
                name: t.name.clone(),
                mg: [mg * x.0 / y.1, mg * x.1 / y.0],
                evidence: cells.map(|c| kb.evidence(&c.source, c.confidence)).collect(),
            });
        }
    }
    let range = rows.iter().fold(None, |r: Option<[f64; 2]>, x| {
        Some(r.map_or(x.mg, |r| [r[0].min(x.mg[0]), r[1].max(x.mg[1])]))
    });
    let (band, band_note, band_evidence) = bands(kb, &a.id, mg, &b.id, range);
    let name = |s: &posology_knowledge::schema::SubstanceFile| SubstanceRef::new(&s.id, &s.name);
    EquivalentAnswer {
        disclaimer: crate::DISCLAIMER.to_owned(),
        from: name(a),
        mg,
        to: name(b),
        disagreement: range.filter(|r| r[0] > 0.0).map(|r| r[1] / r[0]),
        range_mg: range,
        rows,
        band,
        band_note,
        band_evidence,
        note: "A comparison of sources, not a dose to take or to prescribe: sources differ, persons differ more, and tolerance is incomplete from one drug to another.".into(),
    }
}

type Bands = (Option<String>, Option<String>, Option<Evidence>);

fn bands(kb: &KnowledgeBase, from: &str, mg: f64, to: &str, range: Option<[f64; 2]>) -> Bands {
    let Some(file) = kb.corpus.dependence.iter().find(|f| f.class == "benzodiazepine") else {
        return (None, None, None);
    };
    let word = |id: &str, d: f64| {
        let b = file.dose_bands.iter().find(|b| b.substance == id)?;
        Some(if d <= b.low_to_mg + 1e-9 {
            "low"
        } else if d > b.high_above_mg + 1e-9 {
            "high"
        } else {
            "moderate"
        })
    };
    let Some(own) = word(from, mg) else { return (None, None, None) };
    let cell = file.dose_bands.iter().find(|b| b.substance == from);
    let evidence = cell.map(|b| kb.evidence(&b.source, b.confidence));
    let note = range.and_then(|r| {
        let (lo, hi) = (word(to, r[0])?, word(to, r[1])?);
        let printed = cell.is_some_and(|b| b.printed);
        (lo != own || hi != own).then(|| {
            format!(
                "By the guideline's {} bands for the drug itself this is a {own} daily dose; its equivalents would be {}. For risk the drug's own band holds.",
                if printed { "printed" } else { "derived" },
                if lo == hi { lo.to_owned() } else { format!("{lo} to {hi}") }
            )
        })
    });
    (Some(own.to_owned()), note, evidence)
}
