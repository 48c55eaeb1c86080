//! Enzymes and transporters, and how active they are in a patient.
use super::error::ExposureError;

/// Defines the enzymes once: variant, printed name, hepatic turnover half-life in hours.
macro_rules! enzymes {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $half_life:literal;)*) => {
        /// An enzyme or transporter that clears drugs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Enzyme { $($(#[$doc])* $variant,)* }

        impl Enzyme {
            /// All of them, in a fixed order.
            pub const ALL: &'static [Enzyme] = &[$(Enzyme::$variant,)*];

            /// Printed name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Enzyme::$variant => $name,)* }
            }

            /// Half-life with which the amount of hepatic enzyme approaches a new steady state, h.
            /// Central figures of Yang 2008 (Curr Drug Metab 9:384) for the cytochromes; 36 h where none is known.
            #[must_use]
            pub fn turnover_half_life_h(self) -> f64 {
                match self { $(Enzyme::$variant => $half_life,)* }
            }
        }
    };
}

enzymes! {
    /// Liver and gut wall; CYP3A5 is counted with it.
    Cyp3a4, "CYP3A4", 36.0;
    /// Polymorphic: poor metabolisers have none.
    Cyp2c19, "CYP2C19", 26.0;
    /// Polymorphic: poor metabolisers have none. Not inducible.
    Cyp2d6, "CYP2D6", 51.0;
    /// Polymorphic: poor metabolisers keep about a tenth to a fifth.
    Cyp2c9, "CYP2C9", 104.0;
    /// Induced by smoking.
    Cyp1a2, "CYP1A2", 39.0;
    /// Bupropion, efavirenz, methadone.
    Cyp2b6, "CYP2B6", 32.0;
    /// Repaglinide and others.
    Cyp2c8, "CYP2C8", 23.0;
    /// Nicotine, tegafur.
    Cyp2a6, "CYP2A6", 26.0;
    /// Ethanol, chlorzoxazone.
    Cyp2e1, "CYP2E1", 36.0;
    /// Bilirubin, raltegravir.
    Ugt1a1, "UGT1A1", 36.0;
    /// Lamotrigine.
    Ugt1a4, "UGT1A4", 36.0;
    /// Morphine, zidovudine.
    Ugt2b7, "UGT2B7", 36.0;
    /// Lorazepam, oxazepam, temazepam.
    Ugt2b15, "UGT2B15", 36.0;
    /// Efflux in gut wall and kidney.
    Pgp, "P-gp", 36.0;
    /// Efflux in gut wall and liver.
    Bcrp, "BCRP", 36.0;
    /// Hepatic uptake, rate-limiting for some statins.
    Oatp1b1, "OATP1B1", 36.0;
    /// Renal secretion of organic cations.
    Oct2, "OCT2", 36.0;
    /// Renal secretion of organic anions.
    Oat, "OAT", 36.0;
    /// Cytosolic, zaleplon.
    AldehydeOxidase, "AO", 36.0;
    /// Dehydrogenases of alcohol and aldehyde.
    Aldh, "ALDH", 36.0;
    /// Other hepatic routes that inducers raise although no enzyme is named.
    Inducible, "inducible", 36.0;
}

/// How many enzymes there are.
pub(super) const N: usize = Enzyme::ALL.len();

impl Enzyme {
    /// Reads a printed name in any case.
    ///
    /// # Errors
    /// [`ExposureError::UnknownEnzyme`] with the names allowed.
    pub fn parse(name: &str) -> Result<Enzyme, ExposureError> {
        let wanted = name.trim();
        Enzyme::ALL
            .iter()
            .copied()
            .find(|e| {
                e.name().eq_ignore_ascii_case(wanted)
                    || (wanted.eq_ignore_ascii_case("CYP3A") && *e == Enzyme::Cyp3a4)
            })
            .ok_or_else(|| ExposureError::UnknownEnzyme {
                value: name.chars().take(40).collect(),
                allowed: Enzyme::ALL.iter().map(|e| e.name()).collect::<Vec<_>>().join(", "),
            })
    }

    /// Whether the route belongs to the liver (and so to the well-stirred model).
    #[must_use]
    pub fn hepatic(self) -> bool {
        !matches!(self, Enzyme::Pgp | Enzyme::Oct2 | Enzyme::Oat)
    }

    /// Whether it carries the drug into the liver cell: its fraction is of uptake, not of clearance.
    #[must_use]
    pub fn uptake(self) -> bool {
        self == Enzyme::Oatp1b1
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// Phenotype of a polymorphic enzyme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phenotype {
    /// Little or no activity.
    Poor,
    /// About half of the usual activity.
    Intermediate,
    /// The usual activity.
    Normal,
    /// Above the usual (CYP2C19 *17 carriers).
    Rapid,
    /// Far above the usual.
    Ultrarapid,
}

impl Phenotype {
    /// Reads `poor`, `PM`, `intermediate`, `IM`, `normal`, `extensive`, `EM`, `NM`, `rapid`, `RM`, `ultrarapid`, `UM`.
    ///
    /// # Errors
    /// [`ExposureError::UnknownPhenotype`].
    pub fn parse(enzyme: Enzyme, text: &str) -> Result<Phenotype, ExposureError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "poor" | "pm" | "slow" => Ok(Phenotype::Poor),
            "intermediate" | "im" => Ok(Phenotype::Intermediate),
            "normal" | "extensive" | "em" | "nm" => Ok(Phenotype::Normal),
            "rapid" | "rm" => Ok(Phenotype::Rapid),
            "ultrarapid" | "um" => Ok(Phenotype::Ultrarapid),
            _ => Err(ExposureError::UnknownPhenotype {
                enzyme: enzyme.name(),
                value: text.chars().take(40).collect(),
            }),
        }
    }

    /// Activity over that of normal metabolisers, by enzyme. CYP2D6 and CYP2C19 poor metabolisers express no
    /// functional enzyme; CYP2C9 *3/*3 and UGT2B15 *2/*2 keep part of it.
    #[must_use]
    pub fn activity(self, enzyme: Enzyme) -> f64 {
        match (enzyme, self) {
            (_, Phenotype::Normal) => 1.0,
            (Enzyme::Cyp2c9, Phenotype::Poor) => 0.15,
            (Enzyme::Cyp2c9, Phenotype::Intermediate) => 0.6,
            (Enzyme::Ugt2b15, Phenotype::Poor) => 0.5,
            (Enzyme::Ugt2b15, Phenotype::Intermediate) => 0.75,
            (Enzyme::Cyp2d6, Phenotype::Intermediate) => 0.35,
            (Enzyme::Cyp2d6, Phenotype::Ultrarapid) => 2.0,
            (_, Phenotype::Poor) => 0.0,
            (_, Phenotype::Intermediate) => 0.5,
            (_, Phenotype::Rapid) => 1.25,
            (_, Phenotype::Ultrarapid) => 1.5,
        }
    }
}

/// Enzyme activity of the patient before any interacting drug, over a typical adult's.
#[derive(Debug, Clone, PartialEq)]
pub struct Patient {
    activity: [f64; N],
}

impl Default for Patient {
    fn default() -> Self {
        Patient { activity: [1.0; N] }
    }
}

impl Patient {
    /// A patient of a stated phenotype.
    #[must_use]
    pub fn with(mut self, enzyme: Enzyme, phenotype: Phenotype) -> Self {
        self.activity[enzyme.index()] = phenotype.activity(enzyme);
        self
    }

    /// Sets a relative activity directly: CYP3A5 expression, smoking, liver disease.
    ///
    /// # Errors
    /// Outside 0 to 20.
    pub fn with_activity(mut self, enzyme: Enzyme, relative: f64) -> Result<Self, ExposureError> {
        super::error::within("activity", enzyme.name(), relative, 0.0, 20.0, "0 to 20")?;
        self.activity[enzyme.index()] = relative;
        Ok(self)
    }

    /// Relative activities of all enzymes, by index.
    pub(super) fn activities(&self) -> [f64; N] {
        self.activity
    }

    /// Relative activity of an enzyme.
    #[must_use]
    pub fn activity(&self, enzyme: Enzyme) -> f64 {
        self.activity[enzyme.index()]
    }
}

/// Route of the victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// Swallowed: passes gut wall and liver.
    Oral,
    /// Everything that by-passes gut wall and liver.
    Systemic,
}

impl Route {
    /// Reads `PO`, `oral`, `IV`, `sublingual` and so on; no text means oral.
    ///
    /// # Errors
    /// [`ExposureError::UnknownRoute`].
    pub fn parse(text: &str) -> Result<Route, ExposureError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "po" | "oral" | "by mouth" | "p.o." => Ok(Route::Oral),
            "iv" | "i.v." | "intravenous" | "im" | "intramuscular" | "sl" | "sublingual" | "buccal"
            | "nasal" | "intranasal" | "in" | "rectal" | "pr" | "td" | "transdermal" | "patch" | "sc"
            | "subcutaneous" | "inhaled" | "epidural" => Ok(Route::Systemic),
            _ => Err(ExposureError::UnknownRoute { value: text.chars().take(40).collect() }),
        }
    }
}
