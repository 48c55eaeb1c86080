//! All facts as read, before indexing.
use crate::diagnostic::{Diagnostic, line_column};
use crate::schema::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One file of the knowledge folder: path relative to it, with `/`, and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeText {
    /// Relative path, `substances/diazepam.toml`.
    pub path: String,
    /// Text.
    pub text: String,
}

/// All facts, each vector sorted by id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Corpus {
    /// Text of `VERSION`.
    pub version: String,
    /// `sources/`.
    pub sources: Vec<SourceFile>,
    /// `substances/`.
    pub substances: Vec<SubstanceFile>,
    /// `kinetics/`.
    pub kinetics: Vec<KineticsFile>,
    /// `classes/`.
    pub classes: Vec<ClassFile>,
    /// `conditions/`.
    pub conditions: Vec<ConditionFile>,
    /// `interactions/`.
    pub interactions: Vec<InteractionFile>,
    /// `equivalence/`.
    pub equivalence: Vec<EquivalenceFile>,
    /// `dependence/`.
    pub dependence: Vec<DependenceFile>,
    /// `mme/`.
    pub mme: Vec<MmeFile>,
    /// `lists/`.
    pub lists: Vec<ListFile>,
    /// `parameters/`.
    pub parameters: Vec<ParameterFile>,
    /// `education/`.
    pub education: Vec<EducationFile>,
    /// `follow-up/`.
    pub follow_up: Vec<FollowUpFile>,
    /// `leaflets/`.
    pub leaflets: Vec<LeafletFile>,
    /// `measures/`.
    pub measures: Vec<MeasureFile>,
    /// `tapers/`.
    pub tapers: Vec<TaperFile>,
    /// `observations/auc-ratios*.toml`, in file order.
    pub ratios: Vec<RatioObservation>,
    /// `products/rxnorm.tsv`: `rxcui`, tab, term type, tab, name; one concept a line.
    pub products: String,
    /// `products/other-ingredients.tsv`: names of ingredients that the knowledge does not hold, one a line, so that none of them is taken for
    /// a misspelt name of one that it holds.
    pub other_ingredients: String,
    /// `combinations/`.
    pub combinations: Vec<CombinationFile>,
    /// `products/combinations.tsv`: trade names of products with several ingredients; its form is told by `import::combinations`.
    pub combination_products: String,
}

/// A record of the corpus that has an id.
trait Identified {
    fn id(&self) -> &str;
}

macro_rules! identified {
    ($($t:ty => $field:ident),+ $(,)?) => { $(impl Identified for $t { fn id(&self) -> &str { &self.$field } })+ };
}
identified!(
    SourceFile => id, SubstanceFile => id, KineticsFile => substance, ClassFile => id, ConditionFile => id,
    InteractionFile => id, EquivalenceFile => id, DependenceFile => id, MmeFile => id, ListFile => id,
    ParameterFile => id, EducationFile => id, FollowUpFile => id, MeasureFile => id, LeafletFile => id, TaperFile => id, CombinationFile => id,
);

impl Corpus {
    /// Reads all files. What cannot be read is left out and told in a diagnostic that names file, line and remedy;
    /// the caller decides whether to go on.
    pub fn read(files: &[KnowledgeText]) -> (Self, Vec<Diagnostic>) {
        let mut c = Self::default();
        let mut out = Vec::new();
        let mut files: Vec<&KnowledgeText> = files.iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for f in files {
            c.read_one(f, &mut out);
        }
        c.sort();
        if c.version.is_empty() {
            out.push(Diagnostic {
                file: "VERSION".into(),
                line: 0,
                column: 0,
                lint: "version",
                message: "the knowledge has no VERSION file".into(),
                help: "add a file VERSION with one line such as 2026.11.0".into(),
                span: None,
            });
        }
        (c, out)
    }

    fn read_one(&mut self, f: &KnowledgeText, out: &mut Vec<Diagnostic>) {
        if f.path == "VERSION" {
            self.version = f.text.trim().to_owned();
            return;
        }
        if f.path == "products/rxnorm.tsv" {
            self.products = f.text.clone();
            return;
        }
        if f.path == "products/other-ingredients.tsv" {
            self.other_ingredients = f.text.clone();
            return;
        }
        if f.path == "products/combinations.tsv" {
            self.combination_products = f.text.clone();
            return;
        }
        // The list of known gaps belongs to the linter.
        if !f.path.ends_with(".toml") || f.path == "gaps.toml" {
            return;
        }
        let folder = f.path.split('/').next().unwrap_or_default();
        match folder {
            "sources" => push(&mut self.sources, f, out),
            "substances" => push(&mut self.substances, f, out),
            "kinetics" => push(&mut self.kinetics, f, out),
            "classes" => push(&mut self.classes, f, out),
            "conditions" => push(&mut self.conditions, f, out),
            "interactions" => push(&mut self.interactions, f, out),
            "equivalence" => push(&mut self.equivalence, f, out),
            "dependence" => push(&mut self.dependence, f, out),
            "mme" => push(&mut self.mme, f, out),
            "lists" => push(&mut self.lists, f, out),
            "parameters" => push(&mut self.parameters, f, out),
            "education" => push(&mut self.education, f, out),
            "follow-up" => push(&mut self.follow_up, f, out),
            "measures" => push(&mut self.measures, f, out),
            "leaflets" => push(&mut self.leaflets, f, out),
            "tapers" => push(&mut self.tapers, f, out),
            "combinations" => push(&mut self.combinations, f, out),
            "observations" if f.path.starts_with("observations/auc-ratios") => {
                if let Some(r) = parse::<RatioObservations>(f, out) {
                    self.ratios.extend(r.ratio);
                }
            }
            // Read by the crates that own them.
            "observations" => {}
            _ => out.push(Diagnostic {
                file: f.path.clone(),
                line: 0,
                column: 0,
                lint: "folder",
                message: format!("no part of the engine reads the folder \"{folder}\""),
                help: "move the file to one of the folders listed in GUIDELINES.md".into(),
                span: None,
            }),
        }
    }

    fn sort(&mut self) {
        fn by_id<T: Identified>(v: &mut [T]) {
            v.sort_by(|a, b| a.id().cmp(b.id()));
        }
        by_id(&mut self.sources);
        by_id(&mut self.substances);
        by_id(&mut self.kinetics);
        by_id(&mut self.classes);
        by_id(&mut self.conditions);
        by_id(&mut self.interactions);
        by_id(&mut self.equivalence);
        by_id(&mut self.dependence);
        by_id(&mut self.mme);
        by_id(&mut self.lists);
        by_id(&mut self.parameters);
        by_id(&mut self.education);
        by_id(&mut self.follow_up);
        by_id(&mut self.measures);
        by_id(&mut self.leaflets);
        by_id(&mut self.tapers);
        by_id(&mut self.combinations);
    }

    /// The corpus in the binary form that is compiled into programs.
    ///
    /// # Errors
    /// When the serializer fails, which no corpus read from TOML makes it do.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(self)
    }

    /// Reads the binary form.
    ///
    /// # Errors
    /// When the bytes come from another version of this crate, or are cut short.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

fn parse<T: DeserializeOwned>(f: &KnowledgeText, out: &mut Vec<Diagnostic>) -> Option<T> {
    match toml::from_str::<T>(&f.text) {
        Ok(v) => Some(v),
        Err(e) => {
            let span = e.span();
            let (line, column) = span.as_ref().map_or((0, 0), |s| line_column(&f.text, s.start));
            out.push(Diagnostic {
                file: f.path.clone(),
                line,
                column,
                lint: "toml",
                message: e.message().to_owned(),
                help: "see GUIDELINES.md for the fields of this kind of file".into(),
                span: span.map(|s| (s.start, s.end)),
            });
            None
        }
    }
}

fn push<T: DeserializeOwned + Identified>(v: &mut Vec<T>, f: &KnowledgeText, out: &mut Vec<Diagnostic>) {
    let Some(item) = parse::<T>(f, out) else { return };
    let stem = f.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
    if item.id() != stem {
        out.push(Diagnostic {
            file: f.path.clone(),
            line: 1,
            column: 1,
            lint: "id-is-file-name",
            message: format!("the id \"{}\" is not the file name \"{stem}\"", item.id()),
            help: "make them equal; ids are permanent, so rename the file rather than the id".into(),
            span: None,
        });
    }
    v.push(item);
}
