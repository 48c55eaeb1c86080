//! A predicted change of exposure in the form for programs.
use super::exposure::{Answer, ExposureTable, Request};
use posology_kinetics::exposure::{Interval, Organ};
use posology_knowledge::Corpus;
use serde_json::{Value, json};

/// A prediction with what was measured beside it.
#[derive(Debug, Clone)]
pub struct Predicted {
    /// The prediction.
    pub answer: Answer,
    /// Studies of these drugs together by this route, as JSON objects.
    pub observed: Vec<Value>,
    /// Why the prediction goes beyond what was measured.
    pub beyond: Option<&'static str>,
}

impl Predicted {
    /// Predicts from the facts of a corpus.
    ///
    /// # Errors
    /// A sentence that names the parameter, its value and what is allowed.
    pub fn of(table: &ExposureTable, corpus: &Corpus, request: &Request) -> Result<Self, String> {
        let answer = table.predict(request).map_err(|e| e.to_string())?;
        let seen = answer.observed(&corpus.ratios, &request.route);
        let regimens: Vec<String> = request.with.iter().map(|w| w.1.clone()).collect();
        let beyond = answer.extrapolated(&seen, &regimens);
        let observed = seen
            .iter()
            .map(|o| {
                json!({ "ratio": o.ratio, "regimen": o.regimen, "study": o.study, "source": o.source,
                        "subjects": o.subjects, "phenotype": o.phenotype, "evidence": o.evidence, "note": o.note })
            })
            .collect();
        Ok(Self { answer, observed, beyond })
    }

    /// For programs.
    pub fn json(&self) -> Value {
        as_json(&self.answer, &self.observed, self.beyond)
    }
}

fn interval(i: &Interval) -> Value {
    json!({ "ratio": i.ratio, "low": i.low, "high": i.high })
}

/// Words for an organ.
pub const fn organ(o: Organ) -> &'static str {
    match o {
        Organ::Gut => "gut wall",
        Organ::Liver => "liver",
        Organ::Kidney => "kidney",
    }
}

fn as_json(a: &Answer, observed: &[Value], beyond: Option<&str>) -> Value {
    let p = &a.prediction;
    let reasons: Vec<Value> = p
        .reasons
        .iter()
        .map(|r| {
            let by: Vec<&String> = r.by.iter().filter_map(|i| a.perpetrators.get(*i)).collect();
            json!({ "enzyme": r.enzyme.name(), "organ": organ(r.organ), "share": r.share, "activity": r.activity, "by": by })
        })
        .collect();
    let metabolites: Vec<Value> = a
        .metabolites
        .iter()
        .zip(&p.metabolites)
        .map(|(id, i)| json!({ "substance": id, "ratio": i.ratio, "low": i.low, "high": i.high }))
        .collect();
    json!({
        "victim": a.victim, "perpetrators": a.perpetrators, "parent": interval(&p.parent),
        "metabolites": metabolites, "potency_weighted_sum": p.weighted_sum.as_ref().map(interval),
        "baseline_over_typical_adult": p.baseline, "reasons": reasons, "observed": observed,
        "extrapolated": beyond.is_some(), "extrapolated_because": beyond, "assumptions": a.assumptions,
        "interval": "90 %",
    })
}
