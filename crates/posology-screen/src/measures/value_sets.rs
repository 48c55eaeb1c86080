//! Value sets: from FHIR ValueSet files where they are given, otherwise lists built from the knowledge, labelled an approximation.
use super::record::{Code, Drug, Item};
use crate::error::ScreenError;
use posology_knowledge::resolve::DrugReader;
use posology_knowledge::{ClassIx, ConditionIx, KnowledgeBase, ResolveOptions, SubstanceIx};
use posology_model::{CodeSystem, Coding};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where a value set came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SetSource {
    /// Name, as the measure calls it.
    pub name: String,
    /// Built from the knowledge: an approximation of the published list.
    pub approximation: bool,
    /// File and number of codes, or what the approximation is made of.
    pub from: String,
}

/// A published value set that a file may hold: its name in the measure, and the number in its address.
const OIDS: &[(&str, &str)] = &[
    ("Cancer Related Pain", "2.16.840.1.113762.1.4.1111.180"),
    ("Discharge To Acute Care Facility", "2.16.840.1.113883.3.117.1.7.1.87"),
    ("Hospice Care Referral or Admission", "2.16.840.1.113762.1.4.1116.365"),
    ("Left Against Medical Advice", "2.16.840.1.113883.3.117.1.7.1.308"),
    ("Medications for Opioid Use Disorder (MOUD)", "2.16.840.1.113762.1.4.1046.269"),
    ("Opioid Medication Assisted Treatment (MAT)", "2.16.840.1.113762.1.4.1111.177"),
    ("Opioid Use Disorder", "2.16.840.1.113762.1.4.1111.171"),
    ("Palliative or Hospice Care", "2.16.840.1.113883.3.600.1.1579"),
    ("Patient Expired", "2.16.840.1.113883.3.117.1.7.1.309"),
    ("Schedule II, III and IV Opioid Medications", "2.16.840.1.113762.1.4.1046.241"),
    ("Schedule IV Benzodiazepines", "2.16.840.1.113762.1.4.1125.1"),
    ("Sickle Cell Disease with and without Crisis", "2.16.840.1.113762.1.4.1111.175"),
    ("Encounter Inpatient", "2.16.840.1.113883.3.666.5.307"),
    ("Emergency Department Visit", "2.16.840.1.113883.3.117.1.7.1.292"),
    ("Observation Services", "2.16.840.1.113762.1.4.1111.143"),
    ("Hospice Encounter", "2.16.840.1.113883.3.464.1003.1003"),
    ("Hospice Care Ambulatory", "2.16.840.1.113883.3.526.3.1584"),
    ("Hospice Diagnosis", "2.16.840.1.113883.3.464.1003.1165"),
    ("Palliative Care Encounter", "2.16.840.1.113883.3.464.1003.101.12.1090"),
    ("Palliative Care Intervention", "2.16.840.1.113883.3.464.1003.198.12.1135"),
    ("Palliative Care Diagnosis", "2.16.840.1.113883.3.464.1003.1167"),
    ("Alcohol Withdrawal", "2.16.840.1.113883.3.464.1003.105.12.1209"),
    ("Annual Wellness Visit", "2.16.840.1.113883.3.526.3.1240"),
    ("Benzodiazepine Withdrawal", "2.16.840.1.113883.3.464.1003.105.12.1208"),
    ("Bipolar Disorder", "2.16.840.1.113883.3.67.1.101.1.128"),
    ("Care Services in Long Term Residential Facility", "2.16.840.1.113883.3.464.1003.101.12.1014"),
    ("Desiccated Thyroid Medications", "2.16.840.1.113883.3.464.1003.1060"),
    ("Digoxin Medications", "2.16.840.1.113883.3.464.1003.1065"),
    ("Dipyridamole Medications", "2.16.840.1.113883.3.464.1003.1051"),
    ("Discharge Services Nursing Facility", "2.16.840.1.113883.3.464.1003.101.12.1013"),
    ("Doxepin Medications", "2.16.840.1.113883.3.464.1003.1067"),
    ("Generalized Anxiety Disorder", "2.16.840.1.113883.3.464.1003.105.12.1210"),
    ("Guanfacine Medications", "2.16.840.1.113883.3.464.1003.196.11.1252"),
    ("Home Healthcare Services", "2.16.840.1.113883.3.464.1003.101.12.1016"),
    ("Megestrol Medications", "2.16.840.1.113883.3.464.1003.1247"),
    ("Meperidine Medications", "2.16.840.1.113883.3.464.1003.1248"),
    ("Meprobamate Medications", "2.16.840.1.113883.3.464.1003.1057"),
    ("Nifedipine Medications", "2.16.840.1.113883.3.464.1003.1053"),
    ("Nursing Facility Visit", "2.16.840.1.113883.3.464.1003.101.12.1012"),
    ("Office Visit", "2.16.840.1.113883.3.464.1003.101.12.1001"),
    ("Ophthalmological Services", "2.16.840.1.113883.3.526.3.1285"),
    ("Potentially Harmful Antidepressants for Older Adults", "2.16.840.1.113883.3.464.1003.1054"),
    ("Potentially Harmful Antihistamines for Older Adults", "2.16.840.1.113883.3.464.1003.1043"),
    ("Potentially Harmful Antiinfectives for Older Adults", "2.16.840.1.113883.3.464.1003.196.12.1481"),
    ("Potentially Harmful Antiparkinsonian Agents for Older Adults", "2.16.840.1.113883.3.464.1003.1049"),
    ("Potentially Harmful Antipsychotics for Older Adults", "2.16.840.1.113883.3.464.1003.196.12.1523"),
    ("Potentially Harmful Barbiturates for Older Adults", "2.16.840.1.113883.3.464.1003.1055"),
    ("Potentially Harmful Benzodiazepines for Older Adults", "2.16.840.1.113883.3.464.1003.196.12.1522"),
    ("Potentially Harmful Estrogens for Older Adults", "2.16.840.1.113883.3.464.1003.1058"),
    (
        "Potentially Harmful Gastrointestinal Antispasmodics for Older Adults",
        "2.16.840.1.113883.3.464.1003.1050",
    ),
    (
        "Potentially Harmful Nonbenzodiazepine Hypnotics for Older Adults",
        "2.16.840.1.113883.3.464.1003.196.12.1480",
    ),
    ("Potentially Harmful Pain Medications for Older Adults", "2.16.840.1.113883.3.464.1003.1063"),
    ("Potentially Harmful Skeletal Muscle Relaxants for Older Adults", "2.16.840.1.113883.3.464.1003.1062"),
    ("Potentially Harmful Sulfonylureas for Older Adults", "2.16.840.1.113883.3.464.1003.1059"),
    (
        "Preventive Care Services Established Office Visit, 18 and Up",
        "2.16.840.1.113883.3.464.1003.101.12.1025",
    ),
    ("Preventive Care Services Initial Office Visit, 18 and Up", "2.16.840.1.113883.3.464.1003.101.12.1023"),
    ("REM Sleep Behavior Disorder", "2.16.840.1.113883.3.464.1003.105.12.1207"),
    ("Schizophrenia", "2.16.840.1.113883.3.464.1003.105.12.1205"),
    ("Seizure Disorder", "2.16.840.1.113883.3.464.1003.105.12.1206"),
    ("Telephone Visits", "2.16.840.1.113883.3.464.1003.101.12.1080"),
    ("Virtual Encounter", "2.16.840.1.113883.3.464.1003.101.12.1089"),
];

/// Classes and substances that stand in for a list of drugs; a name after `-` is taken out.
const DRUGS: &[(&str, &[&str])] = &[
    (
        "Schedule II, III and IV Opioid Medications",
        &["opioid", "-opioid-antagonist", "-loperamide", "-eluxadoline", "-nalbuphine"],
    ),
    ("Schedule IV Benzodiazepines", &["benzodiazepine"]),
    ("Medications for Opioid Use Disorder (MOUD)", &["buprenorphine", "methadone", "naltrexone"]),
    (
        "Potentially Harmful Antihistamines for Older Adults",
        &[
            "brompheniramine",
            "carbinoxamine",
            "chlorphenamine",
            "clemastine",
            "cyproheptadine",
            "dexchlorpheniramine",
            "dexchlorphenamine",
            "diphenhydramine",
            "dimenhydrinate",
            "doxylamine",
            "hydroxyzine",
            "meclizine",
            "meclozine",
            "promethazine",
            "triprolidine",
        ],
    ),
    ("Potentially Harmful Antiparkinsonian Agents for Older Adults", &["benzatropine", "trihexyphenidyl"]),
    (
        "Potentially Harmful Gastrointestinal Antispasmodics for Older Adults",
        &[
            "atropine",
            "dicycloverine",
            "hyoscyamine",
            "methscopolamine",
            "propantheline",
            "hyoscine",
            "clidinium",
        ],
    ),
    ("Dipyridamole Medications", &["dipyridamole"]),
    ("Guanfacine Medications", &["guanfacine"]),
    ("Nifedipine Medications", &["nifedipine"]),
    (
        "Potentially Harmful Antidepressants for Older Adults",
        &[
            "amitriptyline",
            "amoxapine",
            "clomipramine",
            "desipramine",
            "imipramine",
            "nortriptyline",
            "paroxetine",
            "protriptyline",
            "trimipramine",
        ],
    ),
    ("Potentially Harmful Barbiturates for Older Adults", &["barbiturate"]),
    ("Ergoloid Mesylates", &["ergoloid-mesylates"]),
    ("Meprobamate Medications", &["meprobamate"]),
    (
        "Potentially Harmful Estrogens for Older Adults",
        &["estradiol", "conjugated-oestrogens", "esterified-estrogens", "estropipate"],
    ),
    (
        "Potentially Harmful Sulfonylureas for Older Adults",
        &["chlorpropamide", "glimepiride", "glibenclamide"],
    ),
    ("Desiccated Thyroid Medications", &["thyroid", "desiccated-thyroid"]),
    (
        "Potentially Harmful Nonbenzodiazepine Hypnotics for Older Adults",
        &["eszopiclone", "zaleplon", "zolpidem"],
    ),
    (
        "Potentially Harmful Skeletal Muscle Relaxants for Older Adults",
        &["carisoprodol", "chlorzoxazone", "cyclobenzaprine", "metaxalone", "methocarbamol", "orphenadrine"],
    ),
    ("Potentially Harmful Pain Medications for Older Adults", &["indometacin", "ketorolac"]),
    ("Megestrol Medications", &["megestrol"]),
    ("Meperidine Medications", &["meperidine"]),
    ("Potentially Harmful Antiinfectives for Older Adults", &["nitrofurantoin"]),
    ("Digoxin Medications", &["digoxin"]),
    ("Doxepin Medications", &["doxepin"]),
    ("Potentially Harmful Antipsychotics for Older Adults", &["antipsychotic"]),
    ("Potentially Harmful Benzodiazepines for Older Adults", &["benzodiazepine"]),
    ("PDC Diabetes Medications", &["antidiabetic", "-insulin"]),
    (
        "PDC Renin Angiotensin System Antagonists",
        &["ace-inhibitor", "angiotensin-receptor-blocker", "aliskiren"],
    ),
    ("PDC Statins", &["statin"]),
    ("Insulin", &["insulin"]),
    ("Sacubitril Valsartan", &["sacubitril"]),
];

/// Conditions of the knowledge, and codes, that stand in for a list: ICD-10 by its beginning, SNOMED CT and others whole.
const CONDITIONS: &[(&str, &[&str], &[&str])] = &[
    ("Cancer Related Pain", &["cancer-pain"], &["G893"]),
    (
        "Sickle Cell Disease with and without Crisis",
        &[],
        &["D570", "D571", "D572", "D574", "D578", "417357006", "417425009", "127040003", "35434009"],
    ),
    ("Opioid Use Disorder", &["opioid-use-disorder"], &["F111", "F112", "5602001", "75544000"]),
    ("Hospice Diagnosis", &[], &["170935008", "170936009"]),
    ("Palliative Care Diagnosis", &[], &["Z515"]),
    ("Alcohol Withdrawal", &["alcohol-withdrawal"], &["F1023", "F1093"]),
    ("Benzodiazepine Withdrawal", &["benzodiazepine-withdrawal"], &["F1323", "F1393"]),
    ("Bipolar Disorder", &["bipolar-disorder"], &["F30", "F31"]),
    ("Generalized Anxiety Disorder", &["generalised-anxiety"], &["F411"]),
    ("REM Sleep Behavior Disorder", &["rem-sleep-behaviour-disorder"], &["G4752"]),
    ("Schizophrenia", &["schizophrenia"], &["F20", "F25"]),
    ("Seizure Disorder", &["epilepsy", "seizure"], &["G40"]),
    ("End Stage Renal Disease", &["end-stage-renal-disease"], &["N186", "Z992"]),
];

/// Codes that stand in for procedures and interventions.
const PROCEDURES: &[(&str, &[&str])] = &[
    ("Palliative or Hospice Care", &["103735009", "385763009", "385765002", "182964004", "133918004"]),
    (
        "Opioid Medication Assisted Treatment (MAT)",
        &["310653000", "792901003", "792902005", "313396002", "313071005"],
    ),
    ("Hospice Care Ambulatory", &["385763009", "385765002"]),
    ("Palliative Care Intervention", &["103735009", "395694002", "395695001", "433181000124107"]),
];

/// Encounter classes, and codes of the type, that stand in for encounters.
const ENCOUNTERS: &[(&str, &[&str], &[&str])] = &[
    ("Encounter Inpatient", &["IMP", "ACUTE", "NONAC"], &["183452005", "32485007", "8715000"]),
    ("Emergency Department Visit", &["EMER"], &["4525004"]),
    ("Observation Services", &["OBSENC"], &["448951000124107"]),
    (
        "Hospice Encounter",
        &[],
        &["183919006", "183920000", "183921001", "305336008", "305911006", "385765002"],
    ),
    (
        "Palliative Care Encounter",
        &[],
        &["305284002", "305381007", "305686008", "305824005", "441874000", "713281006", "Z51.5"],
    ),
    ("Office Visit", &["AMB"], &[]),
    ("Home Healthcare Services", &["HH"], &[]),
    ("Virtual Encounter", &["VR"], &[]),
];

/// Codes that stand in for discharge dispositions: SNOMED CT, and HL7's own.
const DISPOSITIONS: &[(&str, &[&str])] = &[
    ("Discharge To Acute Care Facility", &["306701001", "306703003", "434781000124105", "other-hcf"]),
    ("Hospice Care Referral or Admission", &["428361000124107", "428371000124100", "hosp"]),
    ("Patient Expired", &["371828006", "exp"]),
    ("Left Against Medical Advice", &["225928004", "445060000", "aadvice"]),
];

/// Value sets of a run.
#[derive(Debug)]
pub struct ValueSets<'k> {
    kb: &'k KnowledgeBase,
    loaded: BTreeMap<String, (String, BTreeSet<(String, String)>)>,
    substances: BTreeMap<&'static str, BTreeSet<SubstanceIx>>,
    recognised: BTreeMap<String, Vec<SubstanceIx>>,
    asked: BTreeSet<String>,
}

impl<'k> ValueSets<'k> {
    /// Lists of the knowledge only.
    pub fn builtin(kb: &'k KnowledgeBase) -> Self {
        let mut substances = BTreeMap::new();
        for (name, parts) in DRUGS {
            let mut set = BTreeSet::new();
            for p in parts.iter().filter(|p| !p.starts_with('-')) {
                set.extend(members(kb, p));
            }
            for p in parts.iter().filter_map(|p| p.strip_prefix('-')) {
                members(kb, p).iter().for_each(|ix| {
                    set.remove(ix);
                });
            }
            substances.insert(*name, set);
        }
        Self { kb, loaded: BTreeMap::new(), substances, recognised: BTreeMap::new(), asked: BTreeSet::new() }
    }

    /// The knowledge behind the built-in lists.
    pub const fn kb(&self) -> &'k KnowledgeBase {
        self.kb
    }

    /// Adds the FHIR ValueSet files (or Bundles of them) of a folder. Sets are known by the number in their address, by title or by name.
    ///
    /// # Errors
    /// A file is no JSON, or no file holds a value set with codes.
    pub fn add_folder(&mut self, dir: &Path) -> Result<usize, ScreenError> {
        let name = dir.display().to_string();
        let fail = |m: String| {
            ScreenError::new(
                &name,
                m,
                "give a folder of FHIR ValueSet JSON files with an expansion or listed codes",
            )
        };
        let mut files: Vec<_> = std::fs::read_dir(dir)
            .map_err(|e| fail(e.to_string()))?
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|f| f.extension().is_some_and(|x| x == "json"))
            .collect();
        files.sort();
        let mut n = 0;
        for f in files {
            let shown = f.file_name().and_then(|x| x.to_str()).unwrap_or_default().to_owned();
            let text = std::fs::read_to_string(&f)
                .map_err(|e| ScreenError::new(f.display().to_string(), e.to_string(), "check the file"))?;
            let v: Value = serde_json::from_str(&text).map_err(|e| {
                ScreenError::new(f.display().to_string(), format!("no JSON ({e})"), "mend the file")
                    .row(e.line())
            })?;
            let entries = v.get("entry").and_then(Value::as_array).cloned().unwrap_or_default();
            let all: Vec<&Value> =
                std::iter::once(&v).chain(entries.iter().filter_map(|e| e.get("resource"))).collect();
            n += all.into_iter().filter(|r| self.add(r, &shown)).count();
        }
        if n == 0 {
            return Err(fail("no file holds a value set with codes".into()));
        }
        Ok(n)
    }

    fn add(&mut self, v: &Value, file: &str) -> bool {
        if v.get("resourceType").and_then(Value::as_str) != Some("ValueSet") {
            return false;
        }
        let mut codes = BTreeSet::new();
        expansion(v.pointer("/expansion/contains"), &mut codes);
        for inc in v.pointer("/compose/include").and_then(Value::as_array).into_iter().flatten() {
            let system = inc.get("system").and_then(Value::as_str).unwrap_or_default();
            for c in inc.get("concept").and_then(Value::as_array).into_iter().flatten() {
                if let Some(code) = c.get("code").and_then(Value::as_str) {
                    codes.insert((short(system), code.to_owned()));
                }
            }
        }
        if codes.is_empty() {
            return false;
        }
        let url = v.get("url").and_then(Value::as_str).unwrap_or_default();
        let names = ["title", "name"].map(|k| v.get(k).and_then(Value::as_str).unwrap_or_default());
        let key = OIDS
            .iter()
            .find(|(_, oid)| url.rsplit('/').next().map(|t| t.split('|').next().unwrap_or(t)) == Some(*oid))
            .map(|(n, _)| (*n).to_owned())
            .or_else(|| {
                OIDS.iter()
                    .map(|o| o.0)
                    .chain(DRUGS.iter().map(|d| d.0))
                    .find(|n| names.contains(n))
                    .map(str::to_owned)
            })
            .unwrap_or_else(|| names[0].to_owned());
        self.loaded.insert(key, (file.to_owned(), codes));
        true
    }

    fn listed(&mut self, set: &str, codes: &[Code]) -> Option<bool> {
        if !self.asked.contains(set) {
            self.asked.insert(set.to_owned());
        }
        let (_, list) = self.loaded.get(set)?;
        Some(codes.iter().any(|c| list.contains(&(short(&c.system), c.code.clone()))))
    }

    /// Substances that a drug holds.
    fn substances_of(&self, d: &Drug) -> Vec<SubstanceIx> {
        if let Some(s) = self.recognised.get(&d.key).filter(|_| !d.key.is_empty()) {
            return s.clone();
        }
        let codings: Vec<Coding> = d
            .codes
            .iter()
            .map(|c| Coding {
                system: CodeSystem::from_uri(&c.system),
                code: c.code.clone(),
                display: Some(c.display.clone()).filter(|t| !t.is_empty()),
            })
            .collect();
        DrugReader::new(self.kb, ResolveOptions::default())
            .recognise(&codings, None, &[])
            .map(|r| r.ingredients.iter().map(|i| i.substance).collect())
            .unwrap_or_default()
    }

    /// Whether a drug is in a value set.
    pub(super) fn drug(&mut self, set: &str, d: &Drug) -> bool {
        if let Some(x) = self.listed(set, &d.codes) {
            return x;
        }
        if !self.recognised.contains_key(&d.key) {
            let s = self.substances_of(d);
            self.recognised.insert(d.key.clone(), s);
        }
        let list = self.substances.get(set);
        self.recognised.get(&d.key).into_iter().flatten().any(|ix| list.is_some_and(|l| l.contains(ix)))
    }

    /// What makes two drugs the same: their ingredients, or the medication as recorded where none is known.
    pub(super) fn ingredients(&self, d: &Drug) -> String {
        let mut ids: Vec<&str> =
            self.substances_of(d).into_iter().map(|ix| self.kb.substance(ix).id.as_str()).collect();
        ids.sort_unstable();
        if ids.is_empty() { d.key.clone() } else { ids.join("+") }
    }

    /// Whether a condition is in a value set.
    pub(super) fn condition(&mut self, set: &str, c: &Item) -> bool {
        if let Some(x) = self.listed(set, &c.codes) {
            return x;
        }
        let Some((_, ids, codes)) = CONDITIONS.iter().find(|x| x.0 == set) else { return false };
        let wanted: Vec<ConditionIx> = ids.iter().filter_map(|i| self.kb.condition(i)).collect();
        c.codes.iter().any(|k| {
            let plain = k.code.replace('.', "");
            let icd = CodeSystem::from_uri(&k.system) == CodeSystem::Icd10;
            if codes.iter().any(|w| if icd { plain.starts_with(w) } else { *w == k.code }) {
                return true;
            }
            let found = match CodeSystem::from_uri(&k.system) {
                CodeSystem::Snomed => self.kb.condition_by_snomed(&k.code),
                CodeSystem::Icd10 => self.kb.condition_by_icd10(&k.code),
                _ => None,
            };
            found.is_some_and(|f| wanted.iter().any(|w| self.kb.condition_and_broader(f).contains(w.at())))
        })
    }

    /// Whether a procedure or request is in a value set.
    pub(super) fn procedure(&mut self, set: &str, p: &Item) -> bool {
        if let Some(x) = self.listed(set, &p.codes) {
            return x;
        }
        PROCEDURES
            .iter()
            .find(|x| x.0 == set)
            .is_some_and(|(_, codes)| p.codes.iter().any(|c| codes.contains(&c.code.as_str())))
    }

    /// Whether an encounter's type is in a value set; the approximation looks at its class too.
    pub(super) fn encounter(&mut self, set: &str, e: &Item) -> bool {
        if let Some(x) = self.listed(set, &e.codes) {
            return x;
        }
        ENCOUNTERS.iter().find(|x| x.0 == set).is_some_and(|(_, classes, codes)| {
            e.categories.iter().any(|c| classes.contains(&c.as_str()))
                || e.codes.iter().any(|c| codes.contains(&c.code.as_str()))
        })
    }

    /// Whether the discharge disposition is in a value set.
    pub(super) fn disposition(&mut self, set: &str, e: &Item) -> bool {
        if let Some(x) = self.listed(set, &e.value) {
            return x;
        }
        DISPOSITIONS
            .iter()
            .find(|x| x.0 == set)
            .is_some_and(|(_, codes)| e.value.iter().any(|c| codes.contains(&c.code.as_str())))
    }

    /// The sets asked for so far, and where each came from.
    pub fn used(&self) -> Vec<SetSource> {
        self.asked
            .iter()
            .map(|name| match self.loaded.get(name) {
                Some((file, codes)) => SetSource {
                    name: name.clone(),
                    approximation: false,
                    from: format!("{file}, {} codes", codes.len()),
                },
                None => SetSource { name: name.clone(), approximation: true, from: made_of(self.kb, name) },
            })
            .collect()
    }
}

fn made_of(kb: &KnowledgeBase, name: &str) -> String {
    let find = |l: &[(&str, &[&str])]| l.iter().find(|x| x.0 == name).map(|x| x.1.join(", "));
    let two = |l: &[(&str, &[&str], &[&str])]| {
        l.iter().find(|x| x.0 == name).map(|x| x.1.iter().chain(x.2).copied().collect::<Vec<_>>().join(", "))
    };
    let parts = find(DRUGS)
        .or_else(|| two(CONDITIONS))
        .or_else(|| find(PROCEDURES))
        .or_else(|| two(ENCOUNTERS))
        .or_else(|| find(DISPOSITIONS));
    let missing: Vec<&str> = DRUGS
        .iter()
        .filter(|d| d.0 == name)
        .flat_map(|d| d.1)
        .filter(|p| !p.starts_with('-') && members(kb, p).is_empty())
        .copied()
        .collect();
    match parts {
        Some(p) if !missing.is_empty() => {
            format!("built-in approximation: {p}; the knowledge does not hold {}", missing.join(", "))
        }
        Some(p) => format!("built-in approximation: {p}"),
        None => "built-in approximation: nothing; give the value set to count it".into(),
    }
}

fn members(kb: &KnowledgeBase, id: &str) -> Vec<SubstanceIx> {
    let class: Option<ClassIx> = kb.class(id);
    class.map(|c| kb.members(c).to_vec()).unwrap_or_default().into_iter().chain(kb.find(id)).collect()
}

fn expansion(v: Option<&Value>, out: &mut BTreeSet<(String, String)>) {
    for c in v.and_then(Value::as_array).into_iter().flatten() {
        if let (Some(s), Some(code)) =
            (c.get("system").and_then(Value::as_str), c.get("code").and_then(Value::as_str))
        {
            out.insert((short(s), code.to_owned()));
        }
        expansion(c.get("contains"), out);
    }
}

/// A code system by its short name, so that its addresses and OIDs are one; one that is none of ours as written.
fn short(system: &str) -> String {
    match CodeSystem::from_uri(system) {
        CodeSystem::Other => system.to_owned(),
        s => s.name().to_owned(),
    }
}
