//! From the enzyme roles of the knowledge base to predictions of exposure.
//!
//! Names, doses and groups of drugs are read as published tables write them. What cannot be predicted comes back
//! as a reason, never as a ratio of one.
use posology_kinetics::exposure::{
    Effect, Enzyme, ExposureError, GutWall, Mechanism, Metabolite, Pathway, Patient, Perpetrator, Phenotype,
    Prediction, Residual, Route, Taken, Victim, predict, regimen,
};
use posology_knowledge::schema::{
    Confidence, Induces, InhibitionMechanism, Inhibits, KineticsFile, RatioObservation,
};
use std::collections::BTreeMap;

/// Spread of the logit of a fraction whose source gives no range.
const FRACTION_SD: f64 = 0.35;
/// Spread of the log of a strength, looked up or not.
const STRENGTH_SD: f64 = 0.40;

/// A metabolite that is followed: id, enzymes that form it with their fractions, AUC over the parent's, potency.
type Followed = (String, Vec<(Enzyme, f64)>, f64, f64);

struct Entry {
    id: String,
    victim: Option<Victim>,
    perpetrator: Perpetrator,
    metabolites: Vec<Followed>,
    unit: Option<regimen::Unit>,
}

/// All roles, indexed by name. Immutable.
pub struct ExposureTable {
    entries: Vec<Entry>,
    names: BTreeMap<String, usize>,
    residual: Residual,
}

/// A request: who is affected, by what, in whom.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name of the victim.
    pub victim: String,
    /// Perpetrators, each with its regimen in words (empty where unknown).
    pub with: Vec<(String, String)>,
    /// Route of the victim in words; empty means oral.
    pub route: String,
    /// Phenotypes stated for the patient.
    pub phenotypes: Vec<(Enzyme, Phenotype)>,
    /// The patient smokes tobacco (about twenty cigarettes a day).
    pub smoker: bool,
}

/// A prediction with what a reader needs to judge it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Id of the victim.
    pub victim: String,
    /// Ids of the perpetrators, in the order of the request after splitting of combinations.
    pub perpetrators: Vec<String>,
    /// Ids of the active metabolites followed.
    pub metabolites: Vec<String>,
    /// The figures.
    pub prediction: Prediction,
    /// Assumptions made, in words.
    pub assumptions: Vec<String>,
}

/// Why nothing is predicted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotPredicted {
    /// The victim's name is not known.
    #[error("{0:?} is not a substance with known clearance pathways")]
    UnknownVictim(String),
    /// A perpetrator's name is not known.
    #[error("{0:?} is not a substance with known effects on enzymes")]
    UnknownPerpetrator(String),
    /// No perpetrator was given.
    #[error("no interacting substance is named")]
    NoPerpetrator,
    /// A parameter is out of range.
    #[error(transparent)]
    Parameter(#[from] ExposureError),
}

/// `fluvoxamine 100 mg` into name and dose: the dose begins at the first word that begins with a digit.
pub fn split_dose(text: &str) -> (String, String) {
    let text = text.trim();
    let mut begin = 0;
    for word in text.split(' ') {
        if begin > 0 && (word.starts_with(|c: char| c.is_ascii_digit()) || word.starts_with('(')) {
            return (text[..begin].trim().to_owned(), text[begin..].trim().to_owned());
        }
        begin += word.len() + 1;
    }
    (text.to_owned(), String::new())
}

/// Lower case, every run of other characters one hyphen.
#[must_use]
pub fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if c != '\'' && c != '\u{2019}' && c != '.' && !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    out
}

/// Words that name a salt or a form and no other substance.
const FORMS: &[&str] = &[
    "hydrochloride",
    "hcl",
    "maleate",
    "mesylate",
    "tartrate",
    "citrate",
    "sodium",
    "potassium",
    "sulfate",
    "sulphate",
    "phosphate",
    "fumarate",
    "succinate",
    "acetate",
    "hydrobromide",
    "hbr",
    "besylate",
    "tablet",
    "tablets",
    "capsule",
    "troche",
    "troches",
    "er",
    "sr",
    "xr",
    "ir",
];

impl ExposureTable {
    /// Reads the roles; what is out of range is left out and returned with its reason.
    #[must_use]
    pub fn new(files: &[KineticsFile]) -> (ExposureTable, Vec<ExposureError>) {
        let mut problems = Vec::new();
        let mut entries = Vec::with_capacity(files.len());
        let mut names = BTreeMap::new();
        for f in files {
            match entry(f) {
                Ok(e) => {
                    names.insert(key(&e.id), entries.len());
                    entries.push(e);
                }
                Err(e) => problems.push(e),
            }
        }
        for f in files {
            let Some(&at) = names.get(&key(&f.substance)) else { continue };
            for n in f.names.iter().flat_map(|n| &n.also) {
                names.entry(key(n)).or_insert(at);
            }
        }
        (ExposureTable { entries, names, residual: Residual::default() }, problems)
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let k = key(name);
        let at = self.names.get(&k).copied().or_else(|| {
            let short: Vec<&str> = k.split('-').filter(|w| !FORMS.contains(w)).collect();
            self.names.get(&short.join("-")).copied()
        })?;
        self.entries.get(at)
    }

    /// The id of a name as written, where it is known.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<&str> {
        self.find(name).map(|e| e.id.as_str())
    }

    /// A perpetrator's effects, for a caller that judges strength by itself.
    #[must_use]
    pub fn perpetrator(&self, name: &str) -> Option<&Perpetrator> {
        self.find(name).map(|e| &e.perpetrator)
    }

    /// A victim's parameters.
    #[must_use]
    pub fn victim(&self, name: &str) -> Option<&Victim> {
        self.find(name).and_then(|e| e.victim.as_ref())
    }

    /// Substances of a name that may be a combination: `rifampin+isoniazid`, `nirmatrelvir/ritonavir`.
    fn split<'a>(&'a self, name: &str) -> Result<Vec<&'a Entry>, NotPredicted> {
        if let Some(e) = self.find(name) {
            return Ok(vec![e]);
        }
        let parts: Vec<&str> = name
            .split(['+', '/', ',', '&', ';'])
            .flat_map(|p| p.split(" and "))
            .flat_map(|p| p.split(" with "))
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect();
        if parts.is_empty() {
            return Err(NotPredicted::NoPerpetrator);
        }
        parts
            .iter()
            .map(|p| self.find(p).ok_or_else(|| NotPredicted::UnknownPerpetrator((*p).to_owned())))
            .collect()
    }

    /// Predicts.
    ///
    /// # Errors
    /// [`NotPredicted`] with the reason.
    pub fn predict(&self, request: &Request) -> Result<Answer, NotPredicted> {
        let entry = self.find(&request.victim);
        let victim = entry
            .and_then(|e| e.victim.as_ref())
            .ok_or_else(|| NotPredicted::UnknownVictim(request.victim.trim().to_owned()))?;
        let route = Route::parse(&request.route)?;
        let mut patient = Patient::default();
        for (e, p) in &request.phenotypes {
            patient = patient.with(*e, *p);
        }
        if request.smoker
            && let Some(smoke) = self.perpetrator("tobacco-smoking")
        {
            for e in smoke.effects.iter().filter(|e| e.inhibition.is_none()) {
                patient = patient.with_activity(e.enzyme, 1.0 + e.strength(e.usual_dose()).0)?;
            }
        }
        let mut assumptions = Vec::new();
        let mut taken = Vec::new();
        let mut ids = Vec::new();
        if request.with.is_empty() {
            return Err(NotPredicted::NoPerpetrator);
        }
        for (name, text) in &request.with {
            let parts = self.split(name)?;
            let doses: Vec<&str> = text.split('+').collect();
            for (i, part) in parts.iter().enumerate() {
                let own = if doses.len() == parts.len() { doses[i] } else { text.as_str() };
                let r = regimen::parse(own);
                if let Some((named, phenotype)) = r.phenotype
                    && let Some(e) = named.or_else(|| polymorphic(victim))
                {
                    patient = patient.with(e, phenotype);
                }
                let mut dose = r.dose_per_day;
                if dose.is_some()
                    && r.unit.unwrap_or(regimen::Unit::Milligram)
                        != part.unit.unwrap_or(regimen::Unit::Milligram)
                {
                    assumptions.push(format!(
                        "the unit of the dose of {} is not the one its strength is known in",
                        part.id
                    ));
                    dose = None;
                }
                // One dose written for a combination belongs to no single member of it, except the booster's.
                if parts.len() > 1 && doses.len() != parts.len() && i + 1 != parts.len() {
                    dose = None;
                }
                if dose.is_none() {
                    assumptions.push(format!("usual dose of {}", part.id));
                } else if r.by_weight {
                    assumptions.push(format!("dose of {} by weight taken for 70 kg", part.id));
                }
                if dose.is_some_and(|d| part.perpetrator.effects.iter().any(|e| e.extrapolates(d))) {
                    assumptions.push(format!("dose of {} beyond those known", part.id));
                }
                ids.push(part.id.clone());
                taken.push(Taken {
                    perpetrator: &part.perpetrator,
                    dose_per_day: dose,
                    on_h: r.on_h,
                    off_h: 0.0,
                });
            }
        }
        let mut metabolites = Vec::new();
        let mut metabolite_ids = Vec::new();
        for (id, formed_by, auc_to_parent, potency) in entry.map_or(&[][..], |e| &e.metabolites) {
            if let Some(v) = self.victim(id) {
                metabolite_ids.push(id.clone());
                metabolites.push(Metabolite {
                    victim: v,
                    formed_by,
                    auc_to_parent: *auc_to_parent,
                    potency: *potency,
                });
            }
        }
        let prediction = predict(victim, &metabolites, route, &taken, &patient, &self.residual)?;
        Ok(Answer {
            victim: victim.name.clone(),
            perpetrators: ids,
            metabolites: metabolite_ids,
            prediction,
            assumptions,
        })
    }
}

/// The polymorphic enzyme that carries most of a victim's clearance.
fn polymorphic(v: &Victim) -> Option<Enzyme> {
    v.pathways()
        .iter()
        .filter(|p| matches!(p.enzyme, Enzyme::Cyp2c19 | Enzyme::Cyp2d6 | Enzyme::Cyp2c9 | Enzyme::Ugt2b15))
        .max_by(|a, b| a.fm.total_cmp(&b.fm))
        .map(|p| p.enzyme)
}

fn logit_sd(value: f64, low: Option<f64>, high: Option<f64>) -> f64 {
    let logit = |p: f64| {
        let p = p.clamp(0.005, 0.995);
        libm::log(p / (1.0 - p))
    };
    match (low, high) {
        // A published range is taken as a 90 % interval.
        (Some(l), Some(h)) if l < h && l <= value && value <= h => {
            ((logit(h) - logit(l)) / 3.29).clamp(0.05, 2.0)
        }
        _ => FRACTION_SD,
    }
}

fn entry(f: &KineticsFile) -> Result<Entry, ExposureError> {
    let id = f.substance.clone();
    let mut pathways = Vec::with_capacity(f.substrate.len());
    for s in &f.substrate {
        pathways.push(Pathway {
            enzyme: Enzyme::parse(&s.enzyme)?,
            fm: s.fm,
            sd: logit_sd(s.fm, s.low, s.high),
        });
    }
    let gut = match &f.gut {
        Some(g) => {
            Some(GutWall { enzyme: Enzyme::parse(&g.enzyme)?, fg: g.fg, sd: logit_sd(g.fg, g.low, g.high) })
        }
        None => None,
    };
    let (extraction, renal) = f.hepatic.as_ref().map_or((0.0, 0.0), |h| (h.extraction, h.renal));
    let victim = if pathways.is_empty() && gut.is_none() {
        None
    } else {
        Some(Victim::new(&id, pathways, gut, extraction, renal)?)
    };
    let mut effects = Vec::new();
    for i in &f.inhibits {
        effects.push(inhibition(&id, i)?);
    }
    for i in &f.induces {
        effects.push(induction(&id, i)?);
    }
    let mut metabolites = Vec::new();
    for m in &f.metabolite {
        let mut formed_by = Vec::new();
        for s in f.substrate.iter().filter(|s| s.produces.as_deref() == Some(m.substance.as_str())) {
            formed_by.push((Enzyme::parse(&s.enzyme)?, s.produces_fraction.unwrap_or(1.0)));
        }
        metabolites.push((m.substance.clone(), formed_by, m.auc_to_parent, m.potency));
    }
    let unit = f
        .inhibits
        .iter()
        .map(|i| &i.dose_unit)
        .chain(f.induces.iter().map(|i| &i.dose_unit))
        .flatten()
        .next()
        .and_then(|u| match u.as_str() {
            "mL" => Some(regimen::Unit::Millilitre),
            "cigarettes" => Some(regimen::Unit::Cigarettes),
            _ => None,
        });
    Ok(Entry { perpetrator: Perpetrator { name: id.clone(), effects }, id, victim, metabolites, unit })
}

fn spread(c: Confidence) -> f64 {
    match c {
        Confidence::Verified => STRENGTH_SD,
        Confidence::Secondary => STRENGTH_SD * 1.1,
        Confidence::Disputed => STRENGTH_SD * 1.5,
    }
}

fn inhibition(of: &str, i: &Inhibits) -> Result<Effect, ExposureError> {
    let at: Vec<_> = i.at.iter().map(|p| (p.dose_mg_per_day, p.remaining, p.gut_remaining)).collect();
    let mechanism = match i.mechanism {
        InhibitionMechanism::Competitive => Mechanism::Competitive,
        InhibitionMechanism::MechanismBased => Mechanism::MechanismBased,
    };
    Effect::inhibition(of, Enzyme::parse(&i.enzyme)?, mechanism, &at, i.half_life_h, spread(i.confidence))
}

fn induction(of: &str, i: &Induces) -> Result<Effect, ExposureError> {
    let at: Vec<_> = i.at.iter().map(|p| (p.dose_mg_per_day, p.fold, p.gut_fold)).collect();
    Effect::induction(of, Enzyme::parse(&i.enzyme)?, &at, spread(i.confidence))
}

impl Answer {
    /// Observations of the same victim, perpetrators and route.
    #[must_use]
    pub fn observed<'a>(&self, all: &'a [RatioObservation], route: &str) -> Vec<&'a RatioObservation> {
        let systemic = Route::parse(route).is_ok_and(|r| r == Route::Systemic);
        let mut mine = self.perpetrators.clone();
        mine.sort();
        all.iter()
            .filter(|o| {
                let mut theirs = o.perpetrators.clone();
                theirs.sort();
                o.victim == self.victim
                    && theirs == mine
                    && Route::parse(&o.route).is_ok_and(|r| (r == Route::Systemic) == systemic)
            })
            .collect()
    }

    /// Why the prediction goes beyond what was measured; absent where a study of the same drugs and route, with a
    /// dose within 1.5-fold, exists.
    #[must_use]
    pub fn extrapolated(&self, observed: &[&RatioObservation], regimens: &[String]) -> Option<&'static str> {
        if observed.is_empty() {
            return Some("no study of these drugs together by this route is recorded");
        }
        let dose = |t: &str| regimen::parse(t).dose_per_day;
        let [only] = regimens else {
            return None;
        };
        let asked = dose(only)?;
        let near =
            |o: &&RatioObservation| dose(&o.regimen).is_none_or(|d| (1.0 / 1.5..=1.5).contains(&(asked / d)));
        if observed.iter().any(near) {
            None
        } else {
            Some("no recorded study used a dose within 1.5-fold of this one")
        }
    }

    /// The reasons in one line, the largest first.
    #[must_use]
    pub fn basis(&self) -> String {
        let mut parts: Vec<(f64, String)> = self
            .prediction
            .reasons
            .iter()
            .filter(|r| (r.activity - 1.0).abs() > 0.02)
            .map(|r| {
                let by: Vec<&str> =
                    r.by.iter().filter_map(|i| self.perpetrators.get(*i)).map(String::as_str).collect();
                let organ = match r.organ {
                    posology_kinetics::exposure::Organ::Gut => "gut wall",
                    posology_kinetics::exposure::Organ::Liver => "liver",
                    posology_kinetics::exposure::Organ::Kidney => "kidney",
                };
                let weight = r.share * (r.activity - 1.0).abs();
                (
                    weight,
                    format!(
                        "{} in {organ} carries {:.0} %, activity x {:.2} by {}",
                        r.enzyme.name(),
                        100.0 * r.share,
                        r.activity,
                        by.join(" and ")
                    ),
                )
            })
            .collect();
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut out = if parts.is_empty() {
            "no enzyme shared among those recorded".to_owned()
        } else {
            parts.into_iter().map(|p| p.1).collect::<Vec<_>>().join("; ")
        };
        for a in &self.assumptions {
            out.push_str("; ");
            out.push_str(a);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::split_dose;

    #[test]
    fn names_and_doses_part() {
        for (text, name, dose) in [
            ("fluvoxamine 100 mg", "fluvoxamine", "100 mg"),
            ("St John's wort 300 mg tid", "St John's wort", "300 mg tid"),
            ("oral contraceptive", "oral contraceptive", ""),
            ("grapefruit juice 200 mL", "grapefruit juice", "200 mL"),
            ("fluoxetine (CYP2D6 PM)", "fluoxetine", "(CYP2D6 PM)"),
        ] {
            assert_eq!(split_dose(text), (name.to_owned(), dose.to_owned()));
        }
    }
}
