//! A plan as the planner writes it (JSON), read for print. A plan that contradicts itself is refused: it must not reach a patient.
use posology_model::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Most steps that a plan may have.
const MOST_STEPS: usize = 400;
/// Longest plan that is read, bytes.
const MOST_BYTES: usize = 4 << 20;

/// Why a plan cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not the JSON of a plan.
    #[error("the plan cannot be read ({0})")]
    NotAPlan(String),
    /// It has no step, or too many.
    #[error("the plan has {0} steps; it needs 1 to {MOST_STEPS}")]
    Steps(usize),
    /// Dates do not follow each other.
    #[error("step {0} of the plan does not start after the step before it")]
    Order(usize),
    /// An amount is no positive number.
    #[error("step {0} of the plan has an amount that is no positive number")]
    Amount(usize),
    /// The pieces do not make the dose.
    #[error("step {step} of the plan says {said} mg a day, but its pieces make {made} mg")]
    Sum {
        /// Step from 1.
        step: usize,
        /// Daily dose as stated.
        said: String,
        /// Sum of the pieces.
        made: String,
    },
    /// It is about another drug.
    #[error("the plan is about {0}, not about {1}")]
    OtherDrug(String, String),
    /// It names no drug.
    #[error("the plan does not say which drug it is about")]
    NoDrug,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Plan {
    /// Id or name of the drug, where stated (`drug`, `substance`; a text, or an object with `id` or `name`).
    #[serde(default, alias = "substance")]
    drug: Option<Value>,
    /// Version, where stated.
    #[serde(default)]
    version: Option<Value>,
    /// Version that it replaces, where stated.
    #[serde(default)]
    supersedes: Option<Value>,
    /// Adjustments made so far.
    #[serde(default)]
    history: Vec<IgnoredAny>,
    /// A question that the prescriber must answer before the plan may be used.
    #[serde(default)]
    pub awaits_prescriber: Option<String>,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Code of the content, eight hexadecimal digits: two prints of one plan carry the same, two different plans do not.
    #[serde(skip)]
    code: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Step {
    /// First day.
    pub start: Date,
    /// Days that it lasts.
    #[serde(default)]
    pub days: Option<u32>,
    /// Id of the substance, where stated.
    #[serde(default)]
    pub substance: Option<String>,
    /// Daily dose, mg.
    pub daily_dose_mg: f64,
    /// The drug that it replaces, still taken in part.
    #[serde(default)]
    pub also: Option<Also>,
    /// Doses of a day; none where nothing is taken.
    #[serde(default)]
    pub doses: Vec<Dose>,
}

/// A second substance of a step, while one replaces the other.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Also {
    /// Id of the substance.
    pub substance: String,
    /// Daily dose, mg.
    pub daily_dose_mg: f64,
}

/// What is taken at one time of the day.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Dose {
    /// `morning`, `noon`, `afternoon`, `evening`, `bedtime`, `night`, or a time in words.
    pub time: String,
    /// Pieces.
    pub pieces: Vec<Piece>,
}

/// Tablets, capsules or liquid of one product.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Piece {
    /// The product (a text, or an object with a name).
    product: Value,
    /// Id of the substance, where stated.
    #[serde(default)]
    pub substance: Option<String>,
    /// Milligrams of one piece.
    #[serde(default)]
    pub strength_mg: Option<f64>,
    /// Milligrams taken.
    pub amount_mg: f64,
    /// Pieces.
    #[serde(default)]
    pub count: Option<f64>,
    /// Millilitres.
    #[serde(default)]
    pub volume_ml: Option<f64>,
    /// Milligrams of one mL.
    #[serde(default)]
    pub mg_per_ml: Option<f64>,
}

impl Piece {
    /// The product in words.
    pub fn product(&self) -> String {
        words(&self.product).unwrap_or_default()
    }

    /// Whether it is a capsule.
    pub fn capsule(&self) -> bool {
        self.product().to_lowercase().contains("capsule")
            || self.product["form"].as_str().is_some_and(|f| f.contains("capsule"))
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// When it is no plan, or contradicts itself.
    pub fn read(json: &str) -> Result<Self, PlanError> {
        if json.len() > MOST_BYTES {
            return Err(PlanError::NotAPlan(format!("it has {} bytes", json.len())));
        }
        let mut value: Value = serde_json::from_str(json).map_err(|e| PlanError::NotAPlan(e.to_string()))?;
        // A command may wrap the plan in an answer.
        if let Some(inner) = value.get_mut("plan").filter(|p| p.get("steps").is_some()) {
            value = inner.take();
        }
        let code = format!("{:016x}", fnv(value.to_string().as_bytes()))[..8].to_uppercase();
        let mut plan: Self = serde_json::from_value(value).map_err(|e| PlanError::NotAPlan(e.to_string()))?;
        plan.code = code;
        plan.check()?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), PlanError> {
        if self.steps.is_empty() || self.steps.len() > MOST_STEPS {
            return Err(PlanError::Steps(self.steps.len()));
        }
        for (i, s) in self.steps.iter().enumerate() {
            let n = i + 1;
            if i > 0 && s.start <= self.steps[i - 1].start {
                return Err(PlanError::Order(n));
            }
            let pieces = || s.doses.iter().flat_map(|d| &d.pieces);
            let positive = |x: f64| x.is_finite() && x > 0.0;
            let sound = pieces().all(|p| {
                positive(p.amount_mg)
                    && p.count.is_none_or(positive)
                    && p.volume_ml.is_none_or(positive)
                    && p.strength_mg.is_none_or(positive)
                    && p.count.is_some() != p.volume_ml.is_some()
                    && agrees(p)
            });
            if !sound || !s.daily_dose_mg.is_finite() || s.daily_dose_mg < 0.0 {
                return Err(PlanError::Amount(n));
            }
            let also = s.also.iter().map(|a| (Some(a.substance.as_str()), a.daily_dose_mg));
            for (substance, said) in std::iter::once((s.substance.as_deref(), s.daily_dose_mg)).chain(also) {
                // Pieces without a substance of their own belong to the only one of the step.
                let own =
                    |p: &&Piece| p.substance.as_deref().is_none_or(|x| substance.is_none_or(|y| x == y));
                let made: f64 = pieces().filter(own).map(|p| p.amount_mg).sum();
                if (made - said).abs() > 0.005 * said.max(made) + 1e-9 || !said.is_finite() {
                    let number = crate::words::number;
                    return Err(PlanError::Sum { step: n, said: number(said), made: number(made) });
                }
            }
        }
        Ok(())
    }

    /// Whether the plan is about a drug, by id or name.
    ///
    /// # Errors
    /// When it is about another, or names none.
    pub fn is_about(&self, id: &str, name: &str) -> Result<(), PlanError> {
        let same = |t: &str| t.eq_ignore_ascii_case(id) || t.eq_ignore_ascii_case(name);
        // A substitution is about both drugs.
        if self.steps.iter().any(|s| s.substance.as_deref().is_some_and(same)) {
            return Ok(());
        }
        if let Some(drug) =
            self.drug.as_ref().and_then(|d| d["id"].as_str().map(str::to_owned).or_else(|| words(d)))
        {
            return if same(&drug) { Ok(()) } else { Err(PlanError::OtherDrug(drug, name.to_owned())) };
        }
        let mut products = self
            .steps
            .iter()
            .flat_map(|s| &s.doses)
            .flat_map(|d| &d.pieces)
            .map(|p| p.product().to_lowercase());
        let mut first = None;
        if products.any(|p| {
            let hit = p.contains(&id.to_lowercase()) || p.contains(&name.to_lowercase());
            first.get_or_insert(p);
            hit
        }) {
            return Ok(());
        }
        // A product that is described by form and strength alone says nothing about the drug.
        Err(first
            .filter(|p| p.contains(' '))
            .map_or(PlanError::NoDrug, |p| PlanError::OtherDrug(p, name.to_owned())))
    }

    /// Version as stated, or the number of the adjustment with the code of the content.
    pub fn version(&self) -> String {
        let number = self.history.len() + 1;
        self.version.as_ref().and_then(words).unwrap_or_else(|| format!("{number} ({})", self.code))
    }

    /// Version that it replaces: as stated, or the one before the last adjustment.
    pub fn supersedes(&self) -> Option<String> {
        let before = (!self.history.is_empty()).then(|| self.history.len().to_string());
        self.supersedes.as_ref().and_then(words).or(before)
    }

    /// First day.
    pub fn start(&self) -> Option<Date> {
        self.steps.first().map(|s| s.start)
    }

    /// First day of the last step.
    pub fn end(&self) -> Option<Date> {
        self.steps.last().map(|s| s.start)
    }
}

/// Count or volume times strength is the amount, where the strength is stated.
fn agrees(p: &Piece) -> bool {
    let per = if p.count.is_some() { p.strength_mg } else { p.mg_per_ml.or(p.strength_mg) };
    match (per, p.count.or(p.volume_ml)) {
        // A volume is rounded to the mark of a syringe.
        (Some(s), Some(n)) => (s * n - p.amount_mg).abs() <= 0.01 * p.amount_mg + 1e-9,
        _ => true,
    }
}

/// A text, number, or the name in an object.
fn words(v: &Value) -> Option<String> {
    let text = match v {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        Value::Object(o) => ["name", "text", "product", "label", "id", "substance"]
            .iter()
            .find_map(|k| o.get(*k)?.as_str())?
            .to_owned(),
        _ => return None,
    };
    let text = crate::document::clean(&text);
    (!text.is_empty()).then_some(text)
}

/// FNV-1a, 64 bits: the same on every machine.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
