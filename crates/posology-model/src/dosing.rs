//! Doses as recorded: amount, unit, frequency, route.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word that names no known value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What was looked for.
    pub kind: &'static str,
    /// The word.
    pub word: String,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is no known {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownName {}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $kind:literal: $($variant:ident = $word:literal),+ $(,)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs)]
        pub enum $name { $(#[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The permanent word for it.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }

        impl FromStr for $name {
            type Err = UnknownName;
            fn from_str(s: &str) -> Result<Self, UnknownName> {
                match s { $($word => Ok(Self::$variant),)+ _ => Err(UnknownName { kind: $kind, word: s.to_owned() }) }
            }
        }
    };
}

words! {
    /// Routes of administration.
    Route, "route":
    Oral = "oral", Sublingual = "sublingual", Buccal = "buccal", Nasal = "nasal", Rectal = "rectal",
    Intravenous = "intravenous", Intramuscular = "intramuscular", Subcutaneous = "subcutaneous",
    Transdermal = "transdermal", Inhaled = "inhaled", Topical = "topical", Ophthalmic = "ophthalmic", Otic = "otic",
    Vaginal = "vaginal", Intrauterine = "intrauterine", Epidural = "epidural", Intrathecal = "intrathecal", Dental = "dental", Enteral = "enteral",
    Implant = "implant",
}

words! {
    /// Dose forms.
    Form, "dose form":
    Tablet = "tablet", Odt = "odt", ErTablet = "er-tablet", DrTablet = "dr-tablet", ChewableTablet = "chewable-tablet",
    EffervescentTablet = "effervescent-tablet", Capsule = "capsule", ErCapsule = "er-capsule", DrCapsule = "dr-capsule",
    OralSolution = "oral-solution", OralConcentrate = "oral-concentrate", OralSuspension = "oral-suspension",
    OralPowder = "oral-powder", OralFilm = "oral-film", Lozenge = "lozenge", SublingualTablet = "sublingual-tablet",
    SublingualFilm = "sublingual-film", BuccalTablet = "buccal-tablet", BuccalFilm = "buccal-film", BuccalSolution = "buccal-solution",
    NasalSpray = "nasal-spray", OralSpray = "oral-spray", RectalGel = "rectal-gel", RectalSolution = "rectal-solution", Suppository = "suppository",
    Injection = "injection", Patch = "patch", Inhalation = "inhalation", Topical = "topical", EyeDrops = "eye-drops", EarDrops = "ear-drops",
    Vaginal = "vaginal", Implant = "implant", IntrauterineSystem = "intrauterine-system", Device = "device", Gum = "gum", Drink = "drink", Food = "food", Herb = "herb", Smoke = "smoke",
    Kit = "kit",
}

impl Form {
    /// Solid, counted in pieces.
    pub const fn is_solid_oral(self) -> bool {
        matches!(
            self,
            Self::Tablet
                | Self::Odt
                | Self::ErTablet
                | Self::DrTablet
                | Self::ChewableTablet
                | Self::EffervescentTablet
                | Self::Capsule
                | Self::ErCapsule
                | Self::DrCapsule
                | Self::Lozenge
        )
    }

    /// Liquid, measured in mL.
    pub const fn is_liquid(self) -> bool {
        matches!(
            self,
            Self::OralSolution
                | Self::OralConcentrate
                | Self::OralSuspension
                | Self::BuccalSolution
                | Self::RectalSolution
                | Self::Injection
        )
    }
}

words! {
    /// Units of a dose.
    DoseUnit, "dose unit":
    Mg = "mg", Microgram = "mcg", Gram = "g", MgPerKg = "mg/kg", MicrogramPerKg = "mcg/kg", MgPerHour = "mg/h", MicrogramPerHour = "mcg/h",
    Ml = "mL", Tablet = "tablet", Capsule = "capsule", Patch = "patch", Puff = "puff", Spray = "spray", Drop = "drop",
    Suppository = "suppository", Device = "device", Film = "film", Lozenge = "lozenge", InternationalUnit = "[iU]", MilliEquivalent = "meq", MilliMole = "mmol",
    Application = "application", Drink = "drink", Cigarette = "cigarette", Percent = "percent", Ampoule = "ampoule", Sachet = "sachet",
    Piece = "piece",
}

impl DoseUnit {
    /// Milligrams in one of this unit, for units of mass.
    pub const fn in_mg(self) -> Option<f64> {
        match self {
            Self::Mg => Some(1.0),
            Self::Microgram => Some(0.001),
            Self::Gram => Some(1000.0),
            _ => None,
        }
    }

    /// Counted in pieces of a product (tablets, devices, patches); [`DoseUnit::Piece`] is a count without a unit.
    pub const fn is_piece(self) -> bool {
        matches!(
            self,
            Self::Tablet
                | Self::Capsule
                | Self::Patch
                | Self::Suppository
                | Self::Device
                | Self::Film
                | Self::Lozenge
                | Self::Ampoule
                | Self::Sachet
                | Self::Spray
                | Self::Puff
                | Self::Piece
        )
    }
}

/// An amount, possibly a range ("1-2 tablets").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// Lowest.
    pub low: f64,
    /// Highest; equal to `low` where there is no range.
    pub high: f64,
    /// Unit.
    pub unit: DoseUnit,
}

impl Amount {
    /// An amount without a range.
    pub const fn exactly(value: f64, unit: DoseUnit) -> Self {
        Self { low: value, high: value, unit }
    }
}

/// How often: `times` (a range) in every `per_hours` (a range: "every 4 to 6 hours").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frequency {
    /// Fewest doses in the period.
    pub times_low: f64,
    /// Most doses in the period.
    pub times_high: f64,
    /// Shortest period, hours.
    pub per_hours_low: f64,
    /// Longest period, hours.
    pub per_hours_high: f64,
}

impl Frequency {
    /// `times` doses a day.
    pub const fn per_day(times: f64) -> Self {
        Self { times_low: times, times_high: times, per_hours_low: 24.0, per_hours_high: 24.0 }
    }

    /// One dose every `hours`.
    pub const fn every_hours(hours: f64) -> Self {
        Self { times_low: 1.0, times_high: 1.0, per_hours_low: hours, per_hours_high: hours }
    }

    /// Fewest and most doses in 24 hours; `None` when a period is not positive or not finite.
    pub fn doses_per_day(&self) -> Option<(f64, f64)> {
        let low = self.times_low * 24.0 / self.per_hours_high;
        let high = self.times_high * 24.0 / self.per_hours_low;
        (low.is_finite() && high.is_finite() && self.per_hours_low > 0.0 && low >= 0.0 && high >= 0.0)
            .then_some((low, high))
    }
}

words! {
    /// Times of the day at which a dose is taken.
    DayPart, "time of day":
    Morning = "morning", Noon = "noon", Afternoon = "afternoon", Evening = "evening", Bedtime = "bedtime", Night = "night",
    WithMeals = "with-meals", BeforeMeals = "before-meals", AfterMeals = "after-meals",
}

/// How sure the reading of a dose is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum ReadConfidence {
    /// Parts of the text were not understood; the dose must not be relied on.
    #[default]
    Low,
    /// All words understood, something usual was assumed (stated in `assumed`).
    Medium,
    /// All words understood.
    High,
    /// From structured fields.
    Structured,
}

/// One dosage instruction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dosing {
    /// The text as written.
    #[serde(default)]
    pub text: Option<String>,
    /// Amount per dose. "5 mL (5 mg)" has two amounts that say the same.
    #[serde(default)]
    pub amounts: Vec<Amount>,
    /// An amount was written and could not be used: nothing may be assumed in its place.
    #[serde(default)]
    pub amount_unreadable: bool,
    /// How often.
    #[serde(default)]
    pub frequency: Option<Frequency>,
    /// Only when needed.
    #[serde(default)]
    pub as_needed: bool,
    /// What it is needed for, as written.
    #[serde(default)]
    pub as_needed_for: Option<String>,
    /// Route.
    #[serde(default)]
    pub route: Option<Route>,
    /// Dose form named in the instruction.
    #[serde(default)]
    pub form: Option<Form>,
    /// Most in 24 hours: an amount in mass or pieces.
    #[serde(default)]
    pub max_per_day: Option<Amount>,
    /// Most doses in 24 hours.
    #[serde(default)]
    pub max_doses_per_day: Option<f64>,
    /// For how many days.
    #[serde(default)]
    pub duration_days: Option<f64>,
    /// Bounds, where given as dates.
    #[serde(default)]
    pub start: Option<Date>,
    /// Bounds, where given as dates.
    #[serde(default)]
    pub end: Option<Date>,
    /// Parts of the day.
    #[serde(default)]
    pub day_parts: Vec<DayPart>,
    /// A single dose, once.
    #[serde(default)]
    pub once: bool,
    /// A step of a schedule that changes the dose over time (FHIR `sequence`, "then").
    #[serde(default)]
    pub sequence: Option<u32>,
    /// How sure the reading is.
    #[serde(default)]
    pub confidence: ReadConfidence,
    /// What the reader assumed.
    #[serde(default)]
    pub assumed: Vec<String>,
    /// Words that were not understood.
    #[serde(default)]
    pub not_understood: Option<String>,
}
