//! How the facts are indexed, once, when the base is made.
use super::*;

impl KnowledgeBase {
    pub(super) fn index_substances(&mut self) {
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
        let mut stripped: Vec<(String, SubstanceIx)> = self
            .names
            .iter()
            .map(|(k, v)| (without_salts(k), *v))
            .filter(|(k, _)| !self.names.contains_key(k))
            .collect();
        // Where two names lose their salts to one, the first substance has it.
        stripped.sort();
        for (k, v) in stripped {
            self.names.entry(k).or_insert(v);
        }
        for (k, file) in self.corpus.kinetics.iter().enumerate() {
            if let Some(ix) = self.find(&file.substance) {
                self.kinetics_of[ix.at()] = Some(k as u16);
            }
        }
    }

    /// Names of ingredients that are none of ours, and the most words that one has; made when a name is first not ours as it stands.
    pub(super) fn others(&self) -> &(BTreeSet<String>, usize) {
        self.others.get_or_init(|| self.read_others())
    }

    fn read_others(&self) -> (BTreeSet<String>, usize) {
        let (mut others, mut longest) = (BTreeSet::new(), 1);
        for line in self.corpus.other_ingredients.lines() {
            let key = normalise(line);
            // A substance that was added since the list was made is no other one, nor are its salts.
            let ours = self.names.contains_key(&key) || self.names.contains_key(&without_salts(&key));
            if !key.is_empty() && !ours {
                longest = longest.max(key.split(' ').count());
                others.insert(key);
            }
        }
        (others, longest)
    }

    pub(super) fn index_classes(&mut self) {
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

    pub(super) fn index_conditions(&mut self) {
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

    pub(super) fn index_measures(&mut self) {
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

    pub(super) fn index_interactions(&mut self) {
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

    /// Names by length, for the correction of typing errors; made when a name is first unknown.
    pub(super) fn names_by_length(&self) -> &[Vec<(String, SubstanceIx)>] {
        self.names_by_length.get_or_init(|| {
            let mut out: Vec<Vec<(String, SubstanceIx)>> = Vec::new();
            for (k, v) in &self.names {
                let len = k.chars().count();
                if out.len() <= len {
                    out.resize(len + 1, Vec::new());
                }
                out[len].push((k.clone(), *v));
            }
            out
        })
    }

    /// Product codes with the offsets of their lines, by code; made when a code is first asked for.
    pub(super) fn product_lines(&self) -> &[(u32, u32)] {
        self.product_lines.get_or_init(|| {
            let mut out = Vec::new();
            let mut at = 0u32;
            for line in self.corpus.products.split_inclusive('\n') {
                if let Some(code) = line.split('\t').next().and_then(|c| c.parse().ok()) {
                    out.push((code, at));
                }
                at += line.len() as u32;
            }
            out.sort_unstable();
            out
        })
    }
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
