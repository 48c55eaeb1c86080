//! Pairs in the shapes that the clients of the ended service read.
use super::codes::{Asked, look_up};
use super::pairs::{Pair, Pairs};
use posology_knowledge::schema::InteractionFile;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::{Evidence, Severity};
use serde_json::{Value, json};

/// An answer before it has a form.
#[derive(Debug)]
pub struct Answer {
    /// Root element in XML.
    pub root: &'static str,
    /// The answer.
    pub value: Value,
    /// Codes that could not be assessed.
    pub not_assessed: Vec<String>,
}

const DISCLAIMER: &str = "This service is Posology, not the ended service of the US National Library of Medicine, whose shapes it answers in. Decision support for professionals: it informs, the clinician decides. A drug or pair that was not assessed stands below with the severity N/A; silence about any other pair means that the knowledge holds no interaction of it, not that there is none.";

const SOURCE: &str = "Posology";

/// Clients map `high`, `moderate` and `low`; other words fall through to unknown.
const fn severity(s: Severity) -> &'static str {
    match s {
        Severity::Critical | Severity::Serious => "high",
        Severity::Caution => "moderate",
        Severity::Note => "low",
    }
}

fn concept(a: &Asked) -> Value {
    json!({ "rxcui": a.rxcui, "name": a.name, "tty": a.tty })
}

fn substance(kb_name: &str, rxcui: &str, id: &str) -> Value {
    json!({
        "minConceptItem": { "rxcui": rxcui, "name": kb_name, "tty": "IN" },
        "sourceConceptItem": { "id": id, "name": kb_name, "url": format!("/drug/{id}") },
    })
}

/// `list`.
pub fn list(codes: &[String], p: &Pairs) -> Answer {
    let not_assessed: Vec<String> =
        p.asked.iter().filter(|a| a.unknown.is_some()).map(|a| a.rxcui.clone()).collect();
    let mut value = json!({
        "nlmDisclaimer": DISCLAIMER,
        "userInput": { "sources": [""], "rxcuis": codes },
    });
    let items: Vec<Value> = p.list.iter().flat_map(|pair| entries(p, pair)).collect();
    if !items.is_empty() {
        // One group: OpenEMR reads only the first.
        value["fullInteractionTypeGroup"] =
            json!([{ "sourceDisclaimer": DISCLAIMER, "sourceName": SOURCE, "fullInteractionType": items }]);
    }
    value["notAssessed"] = Value::Array(
        p.asked
            .iter()
            .filter_map(|a| Some(json!({ "rxcui": a.rxcui, "why": a.unknown.as_ref()? })))
            .collect(),
    );
    Answer { root: "interactiondata", value, not_assessed }
}

/// What was not assessed stands in an item of its own: clients read only the first pair of an item.
fn entries(p: &Pairs, pair: &Pair) -> Vec<Value> {
    let [a, b] = pair.of.map(|i| &p.asked[i]);
    let comment = |asserted: &str| {
        format!(
            "Drug1 (rxcui = {}, name = {}, tty = {}). Drug2 (rxcui = {}, name = {}, tty = {}). {asserted}",
            a.rxcui, a.name, a.tty, b.rxcui, b.name, b.tty
        )
    };
    let sides = || {
        [a, b].map(|x| {
            json!({
                "minConceptItem": concept(x),
                "sourceConceptItem": { "id": x.rxcui, "name": x.name, "url": "" },
            })
        })
    };
    let mut out = Vec::new();
    if !pair.findings.is_empty() {
        let list: Vec<Value> = pair
            .findings
            .iter()
            .map(|f| {
                let actions: Vec<&str> = f.actions.iter().map(|x| &*x.text).collect();
                json!({
                    "interactionConcept": sides(),
                    "severity": severity(f.severity),
                    "description": format!("{}. {} {}", f.title, f.detail, actions.join(" ")).trim().to_owned(),
                    "rule": f.rule,
                    "evidence": f.evidence.iter().map(cite).collect::<Vec<_>>(),
                })
            })
            .collect();
        out.push(json!({
            "comment": comment(&format!("Interaction asserted in {SOURCE}.")),
            "minConcept": [concept(a), concept(b)],
            "interactionPair": list,
        }));
    }
    if let Some(why) = &pair.not_assessed {
        let text = format!("Not assessed: {why}. This does not mean that there is no interaction.");
        out.push(json!({
            "comment": comment(&text),
            "minConcept": [concept(a), concept(b)],
            "interactionPair": [{ "interactionConcept": sides(), "severity": "N/A", "description": text }],
        }));
    }
    out
}

fn cite(e: &Evidence) -> String {
    match &e.url {
        Some(u) => format!("{}, {}, {u}", e.source, e.locator),
        None => format!("{}, {}", e.source, e.locator),
    }
}

/// `interaction`: everything named for one drug.
pub fn single(kb: &KnowledgeBase, code: &str, onc_high: bool) -> Answer {
    let asked = look_up(kb, code);
    let mut value = json!({ "nlmDisclaimer": DISCLAIMER, "userInput": { "sources": [""], "rxcui": code } });
    let mut list: Vec<(Severity, Value)> = Vec::new();
    for ix in &asked.ingredients {
        for (other, _) in kb.substances().filter(|(o, _)| !asked.ingredients.contains(o)) {
            let found = kb.interactions_between(*ix, other).map(|(k, _)| kb.interaction(k));
            for f in found.filter(|f| !onc_high || f.lists.iter().any(|l| l == "onc-high")) {
                let s = Severity::from_word(&f.severity).unwrap_or(Severity::Note);
                list.push((s, named(kb, *ix, other, f, s)));
            }
        }
    }
    list.sort_by_key(|(s, _)| std::cmp::Reverse(*s));
    let mut pairs: Vec<Value> = list.into_iter().map(|(_, v)| v).collect();
    let mut not_assessed = Vec::new();
    if let Some(why) = &asked.unknown {
        not_assessed.push(code.to_owned());
        let side = json!({ "minConceptItem": concept(&asked), "sourceConceptItem": { "id": code, "name": asked.name, "url": "" } });
        pairs.push(json!({
            "interactionConcept": [side, side],
            "severity": "N/A",
            "description": format!("Not assessed: {why}. This does not mean that there is no interaction."),
        }));
    }
    if !pairs.is_empty() {
        value["interactionTypeGroup"] = json!([{
            "sourceDisclaimer": DISCLAIMER,
            "sourceName": SOURCE,
            "interactionType": [{
                "comment": format!("Drug (rxcui = {code}, name = {}, tty = {}). Interactions that the knowledge names; what follows from doses, enzymes and the patient is said by list and by a review only.", asked.name, asked.tty),
                "minConceptItem": concept(&asked),
                "interactionPair": pairs,
            }],
        }]);
    }
    Answer { root: "interactiondata", value, not_assessed }
}

fn named(kb: &KnowledgeBase, a: SubstanceIx, b: SubstanceIx, f: &InteractionFile, s: Severity) -> Value {
    let side = |ix: SubstanceIx| {
        let x = kb.substance(ix);
        substance(&x.name, x.codes.rxnorm.as_deref().unwrap_or_default(), &x.id)
    };
    json!({
        "interactionConcept": [side(a), side(b)],
        "severity": severity(s),
        "description": format!("{} {}", f.effect, f.management),
    })
}

/// `sources`.
pub fn sources(kb: &KnowledgeBase) -> Answer {
    Answer {
        root: "interactionsources",
        value: json!({ "nlmDisclaimer": DISCLAIMER, "sourceList": [
            { "source": SOURCE, "version": kb.version() },
            { "source": "ONCHigh", "version": "pairs of that published list, as far as the knowledge names them" },
        ] }),
        not_assessed: Vec::new(),
    }
}
