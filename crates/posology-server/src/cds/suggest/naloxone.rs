//! A draft of naloxone to keep at hand, where a finding asks for it.
use super::super::cards::Basis;
use super::super::wire::Action;
use super::Offer;
use posology_knowledge::schema::ProductStatus;
use posology_model::{ActionKind, Finding};
use serde_json::json;

/// Nasal sprays that are handed out most, by RxNorm code: 4 mg a device.
const USUAL: [&str; 1] = ["1725059"];

pub(super) fn offer(b: &Basis<'_>, f: &Finding) -> Option<Offer> {
    if !f.actions.iter().any(|a| a.kind == ActionKind::OfferNaloxone) {
        return None;
    }
    let s = b.kb.substance(b.kb.find("naloxone")?);
    let here = b.settings.jurisdiction;
    let sprays = || {
        s.products.iter().filter(|p| {
            p.form == "nasal-spray"
                && p.status == ProductStatus::Marketed
                && p.strength_mg.is_some()
                && p.jurisdiction.contains(&here)
        })
    };
    let product = sprays()
        .find(|p| p.rxnorm.iter().any(|c| USUAL.contains(&c.as_str())))
        .or_else(|| sprays().next())?;
    let strength = product.strength_mg?;
    let name = format!("naloxone {strength} mg nasal spray");
    let mut concept = json!({ "text": name });
    let code = product.rxnorm.iter().find(|c| b.kb.product_name(c).is_some_and(|(tty, _)| tty == "SCD"));
    if let Some((code, (_, display))) = code.and_then(|c| Some((c, b.kb.product_name(c)?))) {
        concept["coding"] = json!([{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": display }]);
    }
    let resource = json!({
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": concept,
        "subject": { "reference": format!("Patient/{}", b.gathered.case.patient.id.as_deref().unwrap_or_default()) },
        "dosageInstruction": [{
            "text": "One spray into one nostril when an opioid overdose is suspected; call the emergency number; repeat as the leaflet says if there is no response",
            "asNeededCodeableConcept": { "text": "suspected opioid overdose" },
            "route": { "text": "nasal" },
        }],
    });
    Some(Offer {
        label: format!("Add {name} to keep at hand"),
        actions: vec![Action {
            kind: "create",
            description: format!(
                "A draft of {name} as rescue medicine; product and quantity are yours to choose"
            ),
            resource: Some(resource),
            resource_id: None,
        }],
    })
}
