//! Facts by index, id and code.
use super::names::longest_run;
use super::*;

impl KnowledgeBase {
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
        let lines = self.product_lines();
        let i = lines.binary_search_by_key(&n, |(c, _)| *c).ok()?;
        let rest = self.corpus.products.get(lines[i].1 as usize..)?;
        let mut cells = rest.lines().next()?.split('\t').skip(1);
        Some((cells.next()?, cells.next()?))
    }

    /// Number of product codes shipped.
    pub fn product_count(&self) -> usize {
        self.product_lines().len().max(self.product_codes.len())
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
