//! Which substances a medication entry names, and how that was found out.
use super::ResolveOptions;
use crate::base::{KnowledgeBase, NameMatch, SubstanceIx};
use crate::display::{Display, Strength, parse_display};
use crate::resolved::ResolvedBy;
use crate::schema::Product;
use posology_model::{CodeSystem, Coding, Form, Ingredient, Route};

/// One ingredient as recognised.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognisedIngredient {
    /// Substance.
    pub substance: SubstanceIx,
    /// Strength.
    pub strength: Option<Strength>,
}

/// A medication as recognised.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognisedDrug {
    /// How.
    pub by: ResolvedBy,
    /// The product in words.
    pub text: String,
    /// Ingredients that the knowledge holds.
    pub ingredients: Vec<RecognisedIngredient>,
    /// Ingredients that it does not hold, as written.
    pub unknown: Vec<String>,
    /// Dose form.
    pub form: Option<Form>,
    /// Route implied by the form.
    pub route: Option<Route>,
    /// Volume of the container, mL.
    pub volume_ml: Option<f64>,
    /// What was corrected, in words.
    pub corrected: Option<String>,
    /// Codes that no copy confirms.
    pub unverified_codes: Vec<String>,
}

/// Recognises drugs against a knowledge base.
#[derive(Debug, Clone, Copy)]
pub struct DrugReader<'a> {
    /// The knowledge base.
    pub kb: &'a KnowledgeBase,
    options: ResolveOptions<'a>,
}

impl<'a> DrugReader<'a> {
    /// A reader.
    pub fn new(kb: &'a KnowledgeBase, options: ResolveOptions<'a>) -> Self {
        Self { kb, options }
    }

    /// Recognises a medication from its codes, its text and its ingredients, in that order.
    ///
    /// # Errors
    /// A sentence that says why nothing was recognised.
    pub fn recognise(
        &self,
        codings: &[Coding],
        text: Option<&str>,
        ingredients: &[Ingredient],
    ) -> Result<RecognisedDrug, String> {
        if let Some(d) = self.find(codings, text, ingredients) {
            return Ok(d);
        }
        let label = label_of(codings, text);
        if label.is_empty() {
            return Err("the entry has neither a code nor a text".into());
        }
        let mut near = self.kb.suggestions(first_words(&label), 3);
        near.retain(|n| !n.is_empty());
        Err(if near.is_empty() {
            "the knowledge holds no such code, product, name or brand".into()
        } else {
            format!(
                "the knowledge holds no such code, product, name or brand; the nearest names are {}",
                near.join(", ")
            )
        })
    }

    /// The same without a word on what the nearest names are, which takes a hundred times longer than to find that there is none.
    pub fn find(
        &self,
        codings: &[Coding],
        text: Option<&str>,
        ingredients: &[Ingredient],
    ) -> Option<RecognisedDrug> {
        let mut unverified = Vec::new();
        let label = label_of(codings, text);
        let by_code = codings.iter().find_map(|c| self.by_code(c, &mut unverified));
        let found = by_code
            .or_else(|| codings.iter().find_map(|c| self.by_files(c)))
            .or_else(|| {
                codings
                    .iter()
                    .filter_map(|c| c.display.as_deref())
                    .find_map(|d| self.by_text(d, ResolvedBy::Display))
            })
            .or_else(|| text.and_then(|t| self.by_text(t, ResolvedBy::Name)))
            .or_else(|| self.by_ingredients(ingredients, &label));
        let mut d = found?;
        if d.text.is_empty() {
            d.text = label;
        }
        // The text often knows strength and form where the code is only an ingredient.
        if d.ingredients.iter().all(|i| i.strength.is_none()) || d.form.is_none() {
            for t in text.into_iter().chain(codings.iter().filter_map(|c| c.display.as_deref())) {
                complete(&mut d, &parse_display(t));
            }
        }
        d.unverified_codes = unverified;
        Some(d)
    }

    fn by_code(&self, c: &Coding, unverified: &mut Vec<String>) -> Option<RecognisedDrug> {
        let kb = self.kb;
        let single = |ix: SubstanceIx| RecognisedDrug {
            by: ResolvedBy::Code,
            text: c.display.clone().unwrap_or_default(),
            ingredients: vec![RecognisedIngredient { substance: ix, strength: None }],
            unknown: Vec::new(),
            form: None,
            route: None,
            volume_ml: None,
            corrected: None,
            unverified_codes: Vec::new(),
        };
        match c.system {
            CodeSystem::RxNorm => {
                if let Some((ix, p)) = kb.product_by_code(&c.code) {
                    let mut d = single(ix);
                    apply_product(&mut d, p);
                    return Some(d);
                }
                if let Some((_, name)) = kb.product_name(&c.code)
                    && let Some(mut d) = self.by_text(name, ResolvedBy::Code)
                {
                    d.by = ResolvedBy::Code;
                    return Some(d);
                }
                if let Some(ix) = kb.by_ingredient_code(&c.code) {
                    return Some(single(ix));
                }
                unverified.push(format!("{} {}", c.system.name(), c.code));
                None
            }
            CodeSystem::Atc => kb.by_atc(&c.code).map(single),
            CodeSystem::Unii => kb.by_unii(&c.code).map(single),
            CodeSystem::Snomed => kb.by_snomed(&c.code).map(single),
            _ => None,
        }
    }

    fn by_files(&self, c: &Coding) -> Option<RecognisedDrug> {
        if c.system != CodeSystem::RxNorm {
            return None;
        }
        let name = self.options.rxnorm?.name(&c.code)?;
        self.by_text(name, ResolvedBy::RxNormFiles).map(|mut d| {
            d.by = ResolvedBy::RxNormFiles;
            d
        })
    }

    /// Recognises a display text or a free text. All ingredients that are known are kept; the others are named.
    pub fn by_text(&self, text: &str, by: ResolvedBy) -> Option<RecognisedDrug> {
        let shown = parse_display(text);
        if let Some(d) = super::combination::by_text(self.kb, text, &shown, by) {
            return Some(d);
        }
        let mut d = RecognisedDrug {
            by,
            text: text.trim().to_owned(),
            ingredients: Vec::new(),
            unknown: Vec::new(),
            form: None,
            route: None,
            volume_ml: None,
            corrected: None,
            unverified_codes: Vec::new(),
        };
        for i in &shown.ingredients {
            match self.kb.by_name(&i.name) {
                Some((ix, how)) => {
                    if let NameMatch::Corrected(_) = how {
                        d.by = ResolvedBy::NameCorrected;
                        d.corrected =
                            Some(format!("\"{}\" was read as {}", i.name, self.kb.substance(ix).name));
                    }
                    d.ingredients.push(RecognisedIngredient { substance: ix, strength: i.strength });
                }
                None if !i.name.is_empty() => d.unknown.push(i.name.clone()),
                None => {}
            }
        }
        // "camphor ... [Benadryl Anti-Itch]": where the ingredient is named and is none of ours, the brand does not overrule it.
        if d.ingredients.is_empty()
            && !d.unknown.iter().any(|n| self.kb.names_other(n))
            && let Some((ix, NameMatch::Exact)) = shown.brand.as_deref().and_then(|b| self.kb.by_name(b))
        {
            d.unknown.clear();
            d.ingredients.push(RecognisedIngredient {
                substance: ix,
                strength: shown.ingredients.first().and_then(|i| i.strength),
            });
        }
        if d.ingredients.is_empty() {
            return None;
        }
        complete(&mut d, &shown);
        Some(d)
    }

    fn by_ingredients(&self, ingredients: &[Ingredient], label: &str) -> Option<RecognisedDrug> {
        let mut out: Option<RecognisedDrug> = None;
        for i in ingredients {
            let Some(mut d) = self.find(&i.codings, i.text.as_deref(), &[]) else {
                continue;
            };
            if let (Some(mg), Some(first)) = (i.strength_mg, d.ingredients.first_mut()) {
                first.strength = Some(match i.per_ml {
                    Some(ml) if ml > 0.0 => Strength::PerMl(mg / ml),
                    _ => Strength::PerPiece(mg),
                });
            }
            match &mut out {
                None => {
                    label.clone_into(&mut d.text);
                    out = Some(d);
                }
                Some(o) => o.ingredients.extend(d.ingredients),
            }
        }
        out
    }
}

/// Fills what is missing from a display text.
pub(super) fn complete(d: &mut RecognisedDrug, shown: &Display) {
    d.form = d.form.or(shown.form);
    d.route = d.route.or(shown.route);
    d.volume_ml = d.volume_ml.or(shown.volume_ml);
    if let ([one], [i]) = (d.ingredients.as_mut_slice(), shown.ingredients.as_slice()) {
        one.strength = one.strength.or(i.strength);
    }
}

/// What an entry is called: its text, else the words of its code, else the code.
fn label_of(codings: &[Coding], text: Option<&str>) -> String {
    text.map(str::to_owned)
        .or_else(|| codings.iter().find_map(|c| c.display.clone()))
        .or_else(|| codings.first().map(|c| format!("{} {}", c.system.name(), c.code)))
        .unwrap_or_default()
}

fn apply_product(d: &mut RecognisedDrug, p: &Product) {
    d.form = p.form.parse().ok();
    d.route = p.route.parse().ok();
    d.volume_ml = p.volume_ml;
    if let Some(i) = d.ingredients.first_mut() {
        i.strength = match (p.strength_mg, p.mg_per_ml, p.mcg_per_hour) {
            (Some(mg), _, _) => Some(Strength::PerPiece(mg)),
            (_, Some(c), _) => Some(Strength::PerMl(c)),
            (_, _, Some(r)) => Some(Strength::MicrogramsPerHour(r)),
            _ => None,
        };
    }
}

fn first_words(label: &str) -> &str {
    label.split(|c: char| c.is_ascii_digit() || c == ',' || c == '[').next().unwrap_or(label).trim()
}
