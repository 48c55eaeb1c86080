//! The facts about one substance as JSON, the same at every door.
use super::{Section, classes};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use serde_json::{Map, Value, json};

/// Identity, names, codes, version of the knowledge, and the sections by their keys, each fact with its sources.
pub fn as_json(kb: &KnowledgeBase, ix: SubstanceIx, sections: &[Section]) -> Value {
    let s = kb.substance(ix);
    let facts: Map<String, Value> = sections
        .iter()
        .map(|x| {
            let list = x.facts.iter().map(|f| {
                json!({
                    "text": f.text, "jurisdiction": f.jurisdiction, "confidence": f.confidence,
                    "sources": f.evidence, "figures": f.figures,
                })
            });
            (x.key.to_owned(), Value::Array(list.collect()))
        })
        .collect();
    json!({
        "id": s.id, "name": s.name, "synonyms": s.synonyms, "brands": s.brands, "classes": classes(kb, ix),
        "codes": s.codes, "knowledge_version": kb.version(), "facts": facts,
    })
}
