//! The indexed, immutable knowledge base.
use crate::bits::BitSet;
use crate::combination::Combinations;
use crate::corpus::Corpus;
use crate::ids::{EvidenceMemory, Ids};
use crate::names::{allowed_errors, letters_apart, letters_of, normalise, without_salts};
use crate::schema::*;
use posology_model::{Evidence, EvidenceRecord, SubstanceRef};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

macro_rules! index {
    ($(#[$m:meta])* $name:ident) => {
        $(#[$m])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);
        impl $name {
            /// As an index.
            #[inline]
            pub const fn at(self) -> usize { self.0 as usize }
        }
    };
}
index!(
    /// A substance of the knowledge base.
    SubstanceIx
);
index!(
    /// A class of the knowledge base.
    ClassIx
);
index!(
    /// A condition of the knowledge base.
    ConditionIx
);
index!(
    /// An interaction of the knowledge base.
    InteractionIx
);
index!(
    /// A measure of the knowledge base.
    MeasureIx
);

/// How a name was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameMatch {
    /// Letter for letter.
    Exact,
    /// After leaving out salt words.
    WithoutSalt,
    /// With typing errors corrected; the number of edits.
    Corrected(usize),
}

/// Facts, indexed. Immutable; share it by reference.
#[derive(Debug)]
pub struct KnowledgeBase {
    /// The facts as read.
    pub corpus: Corpus,
    names: BTreeMap<String, SubstanceIx>,
    /// Names by length, for the correction of typing errors.
    names_by_length: Vec<Vec<(String, SubstanceIx)>>,
    longest_name_words: usize,
    /// Names of ingredients that are none of ours.
    others: BTreeSet<String>,
    ingredient_codes: BTreeMap<String, SubstanceIx>,
    atc: BTreeMap<String, SubstanceIx>,
    unii: BTreeMap<String, SubstanceIx>,
    snomed_substance: BTreeMap<String, SubstanceIx>,
    product_codes: BTreeMap<u32, (SubstanceIx, u16)>,
    product_lines: Vec<(u32, u32)>,
    classes_of: Vec<BitSet>,
    members: Vec<Vec<SubstanceIx>>,
    condition_up: Vec<BitSet>,
    condition_snomed: BTreeMap<String, ConditionIx>,
    condition_icd10: BTreeMap<String, ConditionIx>,
    condition_names: BTreeMap<String, ConditionIx>,
    measure_loinc: BTreeMap<String, MeasureIx>,
    measure_snomed: BTreeMap<String, MeasureIx>,
    measure_names: BTreeMap<String, MeasureIx>,
    kinetics_of: Vec<Option<u16>>,
    side_a: Vec<BitSet>,
    side_b: Vec<BitSet>,
    effects_of: Vec<u64>,
    parameters: Vec<(u16, u16)>,
    ids: ById,
    references: Vec<SubstanceRef>,
    evidence: EvidenceMemory,
    derived: OnceLock<Box<dyn Any + Send + Sync>>,
    combinations: OnceLock<Combinations>,
}

/// Positions by permanent id.
#[derive(Debug)]
struct ById {
    substances: Ids,
    classes: Ids,
    conditions: Ids,
    measures: Ids,
    sources: Ids,
    parameters: Ids,
}

impl KnowledgeBase {
    /// Indexes a corpus. References that lead nowhere are passed over here; the linter reports them.
    pub fn new(corpus: Corpus) -> Self {
        let n = corpus.substances.len().min(usize::from(u16::MAX));
        let mut parameters = Vec::new();
        for (f, file) in corpus.parameters.iter().enumerate() {
            parameters.extend((0..file.parameters.len()).map(|p| (f as u16, p as u16)));
        }
        let ids = ById {
            substances: Ids::new(corpus.substances.len(), |i| &corpus.substances[i].id),
            classes: Ids::new(corpus.classes.len(), |i| &corpus.classes[i].id),
            conditions: Ids::new(corpus.conditions.len(), |i| &corpus.conditions[i].id),
            measures: Ids::new(corpus.measures.len(), |i| &corpus.measures[i].id),
            sources: Ids::new(corpus.sources.len(), |i| &corpus.sources[i].id),
            parameters: Ids::new(parameters.len(), |i| parameter_id(&corpus, parameters[i])),
        };
        let mut kb = Self {
            names: BTreeMap::new(),
            names_by_length: Vec::new(),
            longest_name_words: 1,
            others: BTreeSet::new(),
            ingredient_codes: BTreeMap::new(),
            atc: BTreeMap::new(),
            unii: BTreeMap::new(),
            snomed_substance: BTreeMap::new(),
            product_codes: BTreeMap::new(),
            product_lines: Vec::new(),
            classes_of: vec![BitSet::default(); n],
            members: vec![Vec::new(); corpus.classes.len()],
            condition_up: vec![BitSet::default(); corpus.conditions.len()],
            condition_snomed: BTreeMap::new(),
            condition_icd10: BTreeMap::new(),
            condition_names: BTreeMap::new(),
            measure_loinc: BTreeMap::new(),
            measure_snomed: BTreeMap::new(),
            measure_names: BTreeMap::new(),
            kinetics_of: vec![None; n],
            side_a: vec![BitSet::with_capacity(corpus.interactions.len()); n],
            side_b: vec![BitSet::with_capacity(corpus.interactions.len()); n],
            effects_of: vec![0; n],
            parameters,
            ids,
            references: corpus.substances.iter().map(|s| SubstanceRef::new(&s.id, &s.name)).collect(),
            evidence: EvidenceMemory::default(),
            derived: OnceLock::new(),
            combinations: OnceLock::new(),
            corpus,
        };
        kb.index_substances();
        kb.index_others();
        kb.index_classes();
        kb.index_conditions();
        kb.index_measures();
        kb.index_interactions();
        kb.index_products();
        kb
    }

    fn index_substances(&mut self) {
        for (i, s) in self.corpus.substances.iter().enumerate() {
            let ix = SubstanceIx(i as u16);
            if let Some(c) = &s.codes.rxnorm {
                self.ingredient_codes.insert(c.clone(), ix);
            }
            for c in &s.codes.atc {
                self.atc.entry(c.clone()).or_insert(ix);
            }
            if let Some(c) = &s.codes.unii {
                self.unii.insert(c.clone(), ix);
            }
            for c in &s.codes.snomed {
                self.snomed_substance.insert(c.clone(), ix);
            }
            for (p, product) in s.products.iter().enumerate() {
                for code in &product.rxnorm {
                    if let Ok(n) = code.parse::<u32>() {
                        self.product_codes.entry(n).or_insert((ix, p as u16));
                    }
                }
            }
            let id_words = s.id.replace('-', " ");
            let all = std::iter::once(&s.name).chain(&s.synonyms).chain(&s.brands).map(String::as_str);
            for name in all.chain([id_words.as_str()]) {
                let key = normalise(name);
                if key.is_empty() {
                    continue;
                }
                self.longest_name_words = self.longest_name_words.max(key.split(' ').count());
                self.names.entry(key).or_insert(ix);
            }
            for e in &s.effects {
                if e.route.is_empty() {
                    self.effects_of[i] |= 1u64 << (e.kind as u8);
                }
            }
        }
        // A salt-free form of a name is a name too, unless it belongs to another substance ("lithium carbonate" and "lithium").
        let stripped: Vec<(String, SubstanceIx)> = self
            .names
            .iter()
            .map(|(k, v)| (without_salts(k), *v))
            .filter(|(k, _)| !self.names.contains_key(k))
            .collect();
        for (k, v) in stripped {
            self.names.entry(k).or_insert(v);
        }
        for (k, v) in &self.names {
            let len = k.chars().count();
            if self.names_by_length.len() <= len {
                self.names_by_length.resize(len + 1, Vec::new());
            }
            self.names_by_length[len].push((k.clone(), *v));
        }
        for (k, file) in self.corpus.kinetics.iter().enumerate() {
            if let Some(ix) = self.find(&file.substance) {
                self.kinetics_of[ix.at()] = Some(k as u16);
            }
        }
    }

    fn index_others(&mut self) {
        for line in self.corpus.other_ingredients.lines() {
            let key = normalise(line);
            // A substance that was added since the list was made is no other one, nor are its salts.
            let ours = self.names.contains_key(&key) || self.names.contains_key(&without_salts(&key));
            if !key.is_empty() && !ours {
                self.longest_name_words = self.longest_name_words.max(key.split(' ').count());
                self.others.insert(key);
            }
        }
    }

    fn index_classes(&mut self) {
        let n = self.corpus.classes.len();
        let mut up = vec![BitSet::with_capacity(n); n];
        for (i, c) in self.corpus.classes.iter().enumerate() {
            up[i].insert(i);
            for b in &c.broader {
                if let Some(p) = self.class(b) {
                    up[i].insert(p.at());
                }
            }
        }
        close(&mut up);
        for i in 0..self.classes_of.len() {
            let mut set = BitSet::with_capacity(n);
            for id in &self.corpus.substances[i].classes {
                if let Some(c) = self.class(id) {
                    set.union_with(&up[c.at()]);
                }
            }
            for c in set.iter() {
                self.members[c].push(SubstanceIx(i as u16));
            }
            self.classes_of[i] = set;
        }
    }

    fn index_conditions(&mut self) {
        let n = self.corpus.conditions.len();
        let mut up = vec![BitSet::with_capacity(n); n];
        for (i, c) in self.corpus.conditions.iter().enumerate() {
            let ix = ConditionIx(i as u16);
            up[i].insert(i);
            for b in &c.broader {
                if let Some(p) = self.condition(b) {
                    up[i].insert(p.at());
                }
            }
            for code in &c.snomed {
                self.condition_snomed.entry(code.clone()).or_insert(ix);
            }
            for code in &c.icd10 {
                self.condition_icd10.entry(code.replace('.', "")).or_insert(ix);
            }
            let id_words = c.id.replace('-', " ");
            for name in
                std::iter::once(&c.name).chain(&c.synonyms).map(String::as_str).chain([id_words.as_str()])
            {
                let key = normalise(name);
                if !key.is_empty() {
                    self.condition_names.entry(key).or_insert(ix);
                }
            }
        }
        close(&mut up);
        self.condition_up = up;
    }

    fn index_measures(&mut self) {
        for (i, m) in self.corpus.measures.iter().enumerate() {
            let ix = MeasureIx(i as u16);
            for c in &m.loinc {
                self.measure_loinc.entry(c.clone()).or_insert(ix);
            }
            for c in &m.snomed {
                self.measure_snomed.entry(c.clone()).or_insert(ix);
            }
            let id_words = m.id.replace('-', " ");
            for name in
                std::iter::once(&m.name).chain(&m.synonyms).map(String::as_str).chain([id_words.as_str()])
            {
                self.measure_names.entry(normalise(name)).or_insert(ix);
            }
        }
    }

    fn index_interactions(&mut self) {
        for (k, it) in self.corpus.interactions.iter().enumerate() {
            for (side, p) in [(0, &it.a), (1, &it.b)] {
                for ix in self.participants(p) {
                    if side == 0 {
                        self.side_a[ix.at()].insert(k)
                    } else {
                        self.side_b[ix.at()].insert(k)
                    };
                }
            }
        }
    }

    fn participants(&self, p: &Participant) -> Vec<SubstanceIx> {
        let mut out: Vec<SubstanceIx> = Vec::new();
        if let Some(c) = p.class.as_deref().and_then(|c| self.class(c)) {
            out.extend(&self.members[c.at()]);
        }
        out.extend(p.substance.iter().chain(&p.substances).filter_map(|s| self.find(s)));
        out.retain(|ix| !p.except.contains(&self.corpus.substances[ix.at()].id));
        out
    }

    fn index_products(&mut self) {
        let mut at = 0u32;
        for line in self.corpus.products.split_inclusive('\n') {
            if let Some(code) = line.split('\t').next().and_then(|c| c.parse().ok()) {
                self.product_lines.push((code, at));
            }
            at += line.len() as u32;
        }
        self.product_lines.sort_unstable();
    }

    /// What another crate derives once from this base (indexes, typed parameters). The first caller's type stays; a caller with
    /// another type gets `None` and computes for itself.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Option<&T> {
        self.derived.get_or_init(|| Box::new(make(self))).downcast_ref()
    }

    /// Version of the facts.
    pub fn version(&self) -> &str {
        &self.corpus.version
    }

    /// A substance by permanent id.
    pub fn find(&self, id: &str) -> Option<SubstanceIx> {
        self.ids.substances.find(id, |i| &self.corpus.substances[i].id).map(SubstanceIx)
    }

    /// The facts of a substance.
    #[inline]
    pub fn substance(&self, ix: SubstanceIx) -> &SubstanceFile {
        &self.corpus.substances[ix.at()]
    }

    /// Id and name of a substance, shared.
    #[inline]
    pub fn reference(&self, ix: SubstanceIx) -> SubstanceRef {
        self.references[ix.at()].clone()
    }

    /// All substances, in order of id.
    pub fn substances(&self) -> impl Iterator<Item = (SubstanceIx, &SubstanceFile)> {
        self.corpus.substances.iter().enumerate().map(|(i, s)| (SubstanceIx(i as u16), s))
    }

    /// Kinetics of a substance, where there are any.
    pub fn kinetics(&self, ix: SubstanceIx) -> Option<&KineticsFile> {
        self.kinetics_of[ix.at()].map(|k| &self.corpus.kinetics[usize::from(k)])
    }

    /// A class by permanent id.
    pub fn class(&self, id: &str) -> Option<ClassIx> {
        self.ids.classes.find(id, |i| &self.corpus.classes[i].id).map(ClassIx)
    }

    /// Whether the substance belongs to the class or to a narrower one.
    #[inline]
    pub fn in_class(&self, ix: SubstanceIx, class: ClassIx) -> bool {
        self.classes_of[ix.at()].contains(class.at())
    }

    /// The classes of a substance, broader ones included.
    pub fn classes_of(&self, ix: SubstanceIx) -> &BitSet {
        &self.classes_of[ix.at()]
    }

    /// Members of a class, those of narrower classes included, in order of id.
    pub fn members(&self, class: ClassIx) -> &[SubstanceIx] {
        &self.members[class.at()]
    }

    /// Whether the substance has the effect by any route (a quick test before the facts are read).
    #[inline]
    pub fn has_effect(&self, ix: SubstanceIx, kind: EffectKind) -> bool {
        self.effects_of[ix.at()] & (1u64 << (kind as u8)) != 0
    }

    /// The fact behind an effect.
    pub fn effect(&self, ix: SubstanceIx, kind: EffectKind) -> Option<&EffectFact> {
        self.substance(ix).effects.iter().find(|e| e.kind == kind)
    }

    /// A condition by permanent id.
    pub fn condition(&self, id: &str) -> Option<ConditionIx> {
        self.ids.conditions.find(id, |i| &self.corpus.conditions[i].id).map(ConditionIx)
    }

    /// The facts of a condition.
    pub fn condition_file(&self, ix: ConditionIx) -> &ConditionFile {
        &self.corpus.conditions[ix.at()]
    }

    /// A condition and all broader ones.
    pub fn condition_and_broader(&self, ix: ConditionIx) -> &BitSet {
        &self.condition_up[ix.at()]
    }

    /// A condition by SNOMED CT code.
    pub fn condition_by_snomed(&self, code: &str) -> Option<ConditionIx> {
        self.condition_snomed.get(code).copied()
    }

    /// A condition by ICD-10 code: the longest prefix that the knowledge names.
    pub fn condition_by_icd10(&self, code: &str) -> Option<ConditionIx> {
        let key: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        (3..=key.len()).rev().find_map(|n| self.condition_icd10.get(key.get(..n)?).copied())
    }

    /// A condition by its words: the whole text first, then the longest run of words in it that names a condition.
    pub fn condition_by_text(&self, text: &str) -> Option<ConditionIx> {
        let key = normalise(text);
        if let Some(ix) = self.condition_names.get(&key) {
            return Some(*ix);
        }
        let words: Vec<&str> = key.split(' ').collect();
        longest_run(&words, 6, |run| self.condition_names.get(run).copied())
    }

    /// A measure by LOINC code.
    pub fn measure_by_loinc(&self, code: &str) -> Option<MeasureIx> {
        self.measure_loinc.get(code).copied()
    }

    /// A measure by SNOMED CT code.
    pub fn measure_by_snomed(&self, code: &str) -> Option<MeasureIx> {
        self.measure_snomed.get(code).copied()
    }

    /// A measure by its words.
    pub fn measure_by_text(&self, text: &str) -> Option<MeasureIx> {
        self.measure_names.get(&normalise(text)).copied()
    }

    /// A measure by permanent id.
    pub fn measure(&self, id: &str) -> Option<MeasureIx> {
        self.ids.measures.find(id, |i| &self.corpus.measures[i].id).map(MeasureIx)
    }

    /// The facts of a measure.
    pub fn measure_file(&self, ix: MeasureIx) -> &MeasureFile {
        &self.corpus.measures[ix.at()]
    }

    /// A number that rules need.
    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        let at = self.ids.parameters.find(id, |i| parameter_id(&self.corpus, self.parameters[i]))?;
        let (f, p) = self.parameters[usize::from(at)];
        Some(&self.corpus.parameters[usize::from(f)].parameters[usize::from(p)])
    }

    /// A quick test: whether the knowledge names any interaction between two substances.
    #[inline]
    pub fn may_interact(&self, x: SubstanceIx, y: SubstanceIx) -> bool {
        self.side_a[x.at()].intersects(&self.side_b[y.at()])
            || self.side_b[x.at()].intersects(&self.side_a[y.at()])
    }

    /// Interactions between two substances; `true` means that `x` is side `b`.
    pub fn interactions_between(
        &self,
        x: SubstanceIx,
        y: SubstanceIx,
    ) -> impl Iterator<Item = (InteractionIx, bool)> + '_ {
        let forward =
            self.side_a[x.at()].intersection(&self.side_b[y.at()]).map(|k| (InteractionIx(k as u16), false));
        let back = self.side_b[x.at()]
            .intersection(&self.side_a[y.at()])
            .filter(move |k| !(self.side_a[x.at()].contains(*k) && self.side_b[y.at()].contains(*k)))
            .map(|k| (InteractionIx(k as u16), true));
        forward.chain(back)
    }

    /// The facts of an interaction.
    pub fn interaction(&self, ix: InteractionIx) -> &InteractionFile {
        &self.corpus.interactions[ix.at()]
    }

    /// A substance by RxNorm ingredient code.
    pub fn by_ingredient_code(&self, code: &str) -> Option<SubstanceIx> {
        self.ingredient_codes.get(code).copied()
    }

    /// A substance by ATC code.
    pub fn by_atc(&self, code: &str) -> Option<SubstanceIx> {
        self.atc.get(code).copied()
    }

    /// A substance by UNII.
    pub fn by_unii(&self, code: &str) -> Option<SubstanceIx> {
        self.unii.get(code).copied()
    }

    /// A substance by SNOMED CT code.
    pub fn by_snomed(&self, code: &str) -> Option<SubstanceIx> {
        self.snomed_substance.get(code).copied()
    }

    /// A product of a substance file by RxNorm code.
    pub fn product_by_code(&self, code: &str) -> Option<(SubstanceIx, &Product)> {
        let (ix, p) = *self.product_codes.get(&code.parse().ok()?)?;
        Some((ix, &self.substance(ix).products[usize::from(p)]))
    }

    /// Term type and name of a product code that is shipped in `products/rxnorm.tsv`.
    pub fn product_name(&self, code: &str) -> Option<(&str, &str)> {
        let n: u32 = code.parse().ok()?;
        let i = self.product_lines.binary_search_by_key(&n, |(c, _)| *c).ok()?;
        let rest = self.corpus.products.get(self.product_lines[i].1 as usize..)?;
        let mut cells = rest.lines().next()?.split('\t').skip(1);
        Some((cells.next()?, cells.next()?))
    }

    /// Number of product codes shipped.
    pub fn product_count(&self) -> usize {
        self.product_lines.len().max(self.product_codes.len())
    }

    /// A substance by name, synonym or brand; salts left out; typing errors corrected only when one name is clearly nearest.
    pub fn by_name(&self, text: &str) -> Option<(SubstanceIx, NameMatch)> {
        let key = normalise(text);
        if key.is_empty() {
            return None;
        }
        if let Some(ix) = self.names.get(&key) {
            return Some((*ix, NameMatch::Exact));
        }
        let bare = without_salts(&key);
        if self.others.contains(&key) {
            return None;
        }
        if let Some(ix) = self.names.get(&bare) {
            return Some((*ix, NameMatch::WithoutSalt));
        }
        // The longest name in the text decides, also where it is none of ours: benzyl alcohol is not alcohol, and fosinopril is no
        // misspelt lisinopril.
        let words: Vec<&str> = bare.split(' ').collect();
        let ours = longest_run(&words, self.longest_name_words, |run| {
            self.names.get(run).map(|ix| (*ix, run.split(' ').count()))
        });
        let other = longest_run(&words, self.longest_name_words, |run| {
            self.others.contains(run).then(|| run.split(' ').count())
        });
        match (ours, other) {
            (Some((ix, n)), other) if other.is_none_or(|m| m <= n) => return Some((ix, NameMatch::Exact)),
            (_, Some(_)) => return None,
            _ => {}
        }
        // "microencapsulated potassium chloride": what is a salt elsewhere is the name here.
        let all: Vec<&str> = key.split(' ').collect();
        if let Some(ix) = longest_run(&all, self.longest_name_words, |run| self.names.get(run).copied()) {
            return Some((ix, NameMatch::Exact));
        }
        self.corrected(&bare).or_else(|| words.iter().find_map(|w| self.corrected(w)))
    }

    /// Whether a text names an ingredient that the knowledge does not hold.
    pub fn names_other(&self, text: &str) -> bool {
        let key = normalise(text);
        self.others.contains(&key)
            || (self.by_name(text).is_none() && key.split(' ').any(|w| self.others.contains(w)))
    }

    /// Nearest name within the allowed number of edits, if no name of another substance is as near.
    fn corrected(&self, word: &str) -> Option<(SubstanceIx, NameMatch)> {
        let len = word.chars().count();
        let most = allowed_errors(len);
        if most == 0 {
            return None;
        }
        let letters = letters_of(word);
        let mut best: Option<(usize, SubstanceIx)> = None;
        let mut tie = false;
        for l in len.saturating_sub(most)..=len + most {
            for (name, ix) in self.names_by_length.get(l).into_iter().flatten() {
                if letters_apart(letters, letters_of(name)) > most {
                    continue;
                }
                let d = strsim::osa_distance(word, name);
                if d > most {
                    continue;
                }
                match best {
                    Some((b, other)) if d == b && other != *ix => tie = true,
                    Some((b, _)) if d >= b => {}
                    _ => {
                        best = Some((d, *ix));
                        tie = false;
                    }
                }
            }
        }
        best.filter(|_| !tie).map(|(d, ix)| (ix, NameMatch::Corrected(d)))
    }

    /// Up to `n` substances whose names are near a text, for "did you mean".
    pub fn suggestions(&self, text: &str, n: usize) -> Vec<&str> {
        let key = normalise(text);
        let (length, letters, most) = (key.chars().count(), letters_of(&key), (key.len() / 2).max(2));
        // The nearest so far, each substance once; a name that cannot be nearer than the last of them is passed over.
        let mut best: Vec<(usize, &str)> = Vec::with_capacity(n + 1);
        for (name, ix) in &self.names {
            let shown = self.substance(*ix).name.as_str();
            let full = best.len() == n;
            let limit = best.last().filter(|_| full).map_or(most, |b| b.0).min(most);
            let far = length.abs_diff(name.chars().count()).max(letters_apart(letters, letters_of(name)));
            if far > limit || far >= shown.len() {
                continue;
            }
            let d = strsim::osa_distance(&key, name);
            if d > limit || d >= shown.len() {
                continue;
            }
            if let Some(at) = best.iter().position(|b| b.1 == shown) {
                if best[at].0 <= d {
                    continue;
                }
                best.remove(at);
            }
            let at = best.partition_point(|b| *b < (d, shown));
            best.insert(at, (d, shown));
            best.truncate(n);
        }
        best.into_iter().map(|b| b.1).collect()
    }

    /// Products with several ingredients by name, read when first asked for.
    pub fn combinations(&self) -> &Combinations {
        self.combinations.get_or_init(|| Combinations::new(self))
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&SourceFile> {
        self.ids
            .sources
            .find(id, |i| &self.corpus.sources[i].id)
            .map(|i| &self.corpus.sources[usize::from(i)])
    }

    /// The evidence behind a fact, ready to show.
    pub fn evidence(&self, reference: &str, confidence: Confidence) -> Evidence {
        self.evidence.get(reference, confidence, || self.make_evidence(reference, confidence))
    }

    fn make_evidence(&self, reference: &str, confidence: Confidence) -> Evidence {
        let (id, locator) = reference.split_once('#').unwrap_or((reference, ""));
        let file = self.source(id);
        let figure = file.and_then(|f| f.figures.iter().find(|x| x.locator == locator));
        EvidenceRecord {
            source: file.map_or_else(|| format!("unknown source \"{id}\""), |f| f.title.clone()),
            source_id: id.to_owned(),
            locator: locator.to_owned(),
            url: file.and_then(|f| f.url.clone()).or_else(|| figure.map(|f| f.address.clone())),
            confidence: match confidence {
                Confidence::Verified => posology_model::Confidence::Verified,
                Confidence::Secondary => posology_model::Confidence::Secondary,
                Confidence::Disputed => posology_model::Confidence::Disputed,
            },
            printed: (confidence == Confidence::Verified)
                .then(|| figure.map(|f| f.printed.clone()))
                .flatten(),
        }
        .into()
    }
}

fn parameter_id(corpus: &Corpus, at: (u16, u16)) -> &str {
    &corpus.parameters[usize::from(at.0)].parameters[usize::from(at.1)].id
}

/// Closes a "broader" relation; a circle simply makes its members equal.
fn close(up: &mut [BitSet]) {
    loop {
        let mut changed = false;
        for i in 0..up.len() {
            let parents: Vec<usize> = up[i].iter().filter(|p| *p != i).collect();
            for p in parents {
                let other = up[p].clone();
                changed |= up[i].union_with(&other);
            }
        }
        if !changed {
            return;
        }
    }
}

/// The longest run of at most `most` words for which `find` answers; the leftmost of equal length.
fn longest_run<T>(words: &[&str], most: usize, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    for len in (1..=words.len().min(most)).rev() {
        for run in words.windows(len) {
            if let Some(hit) = find(&run.join(" ")) {
                return Some(hit);
            }
        }
    }
    None
}
