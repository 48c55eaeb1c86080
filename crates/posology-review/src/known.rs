//! Classes and substances that rules name, looked up once.
use posology_knowledge::{ClassIx, KnowledgeBase, MeasureIx, SubstanceIx};

macro_rules! known {
    ($(#[$m:meta])* $name:ident : $ty:ty, $find:ident, $kind:literal { $($field:ident = $id:literal),+ $(,)? }) => {
        $(#[$m])*
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: Option<$ty>),+ }
        impl $name {
            /// Looks all of them up.
            pub fn new(kb: &KnowledgeBase) -> Self { Self { $($field: kb.$find($id)),+ } }
            /// Ids that the knowledge lacks.
            pub fn missing(&self) -> Vec<&'static str> {
                let mut out = Vec::new();
                $(if self.$field.is_none() { out.push(concat!($kind, " ", $id)); })+
                out
            }
        }
    };
}

known!(
    /// Classes.
    Classes: ClassIx, class, "class" {
        benzodiazepine = "benzodiazepine", z_drug = "z-drug", opioid = "opioid", opioid_antagonist = "opioid-antagonist",
        gabapentinoid = "gabapentinoid", barbiturate = "barbiturate", antiepileptic = "antiepileptic", ssri = "ssri", snri = "snri",
        tricyclic = "tricyclic", maoi = "maoi", antidepressant = "antidepressant", antipsychotic = "antipsychotic",
        muscle_relaxant = "muscle-relaxant", alcohol = "alcohol", cns_depressant = "cns-depressant",
        sedating_antihistamine = "sedating-antihistamine", orexin_antagonist = "orexin-antagonist", nsaid = "nsaid", anticoagulant = "anticoagulant",
        diuretic = "diuretic", stimulant = "stimulant", triptan = "triptan",
    }
);
known!(
    /// Substances.
    Substances: SubstanceIx, find, "substance" {
        diazepam = "diazepam", naloxone = "naloxone", ethanol = "ethanol", sodium_oxybate = "sodium-oxybate", clozapine = "clozapine",
        olanzapine = "olanzapine", flumazenil = "flumazenil", methadone = "methadone", buprenorphine = "buprenorphine", valproate = "valproate",
        lamotrigine = "lamotrigine", lithium = "lithium", lorazepam = "lorazepam", oxazepam = "oxazepam", temazepam = "temazepam", midazolam = "midazolam", tobacco = "tobacco",
        disulfiram = "disulfiram", metronidazole = "metronidazole", thiamine = "thiamine", carbamazepine = "carbamazepine",
    }
);
known!(
    /// Measures.
    Measures: MeasureIx, measure, "measure" {
        weight = "weight", height = "height", egfr = "egfr", creatinine_clearance = "creatinine-clearance", alcohol_use = "alcohol-use", smoking = "smoking-status",
        child_pugh = "child-pugh", qtc = "qtc", potassium = "potassium", sodium = "sodium", spo2 = "spo2", respiratory_rate = "respiratory-rate",
        cyp2c19 = "cyp2c19-phenotype", cyp2d6 = "cyp2d6-phenotype", cyp2c9 = "cyp2c9-phenotype", cyp3a5 = "cyp3a5-phenotype", ugt2b15 = "ugt2b15-phenotype",
    }
);

/// All of them.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Classes.
    pub class: Classes,
    /// Substances.
    pub substance: Substances,
    /// Measures.
    pub measure: Measures,
}

impl Known {
    /// Looks everything up in a knowledge base.
    pub fn new(kb: &KnowledgeBase) -> Self {
        Self { class: Classes::new(kb), substance: Substances::new(kb), measure: Measures::new(kb) }
    }

    /// What the knowledge lacks and rules need.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut out = self.class.missing();
        out.extend(self.substance.missing());
        out.extend(self.measure.missing());
        out
    }
}
