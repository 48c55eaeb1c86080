//! What a rule is.
use crate::context::Context;
use crate::draft::Findings;

/// Families of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Family {
    Uses,
    Doses,
    Interactions,
    Sedation,
    Dependence,
    Withdrawal,
    Monitoring,
    Record,
}

impl Family {
    /// The folder under `rules/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Doses => "doses",
            Self::Interactions => "interactions",
            Self::Sedation => "sedation",
            Self::Dependence => "dependence",
            Self::Withdrawal => "withdrawal",
            Self::Monitoring => "monitoring",
            Self::Record => "record",
        }
    }
}

/// Status of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RuleStatus {
    Preview,
    Stable,
    Deprecated,
}

impl RuleStatus {
    /// The permanent word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }
}

/// What a rule cannot do without. The engine says what is missing; the rule is then not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Age.
    Age,
    /// Body weight.
    Weight,
    /// Sex.
    Sex,
    /// Renal function (eGFR or creatinine clearance).
    RenalFunction,
}

impl Need {
    /// What is missing and what to add, for people.
    pub const fn missing(self) -> (&'static str, &'static str) {
        match self {
            Self::Age => ("what depends on age", "neither a date of birth nor an age is recorded"),
            Self::Weight => ("what depends on body weight", "no current weight is recorded"),
            Self::Sex => ("what depends on sex", "no sex is recorded"),
            Self::RenalFunction => {
                ("what depends on kidney function", "no current eGFR or creatinine clearance is recorded")
            }
        }
    }
}

/// A clinical setting that silences rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClinicalContext {
    /// Palliative and end-of-life care.
    Palliative,
    /// Intensive care.
    IntensiveCare,
    /// Procedural sedation.
    ProceduralSedation,
    /// Rescue treatment of seizures.
    SeizureRescue,
    /// Supervised alcohol withdrawal.
    SupervisedWithdrawal,
}

impl ClinicalContext {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Palliative,
        Self::IntensiveCare,
        Self::ProceduralSedation,
        Self::SeizureRescue,
        Self::SupervisedWithdrawal,
    ];

    /// The word in `knowledge/conditions`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Palliative => "palliative",
            Self::IntensiveCare => "intensive-care",
            Self::ProceduralSedation => "procedural-sedation",
            Self::SeizureRescue => "seizure-rescue",
            Self::SupervisedWithdrawal => "supervised-withdrawal",
        }
    }

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Palliative => "palliative or end-of-life care",
            Self::IntensiveCare => "intensive care",
            Self::ProceduralSedation => "procedural sedation",
            Self::SeizureRescue => "rescue treatment of seizures",
            Self::SupervisedWithdrawal => "supervised alcohol withdrawal",
        }
    }
}

/// A rule: a mechanism; its numbers are in `knowledge/`.
pub struct Rule {
    /// Permanent id: says what was found.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Family.
    pub family: Family,
    /// Status.
    pub status: RuleStatus,
    /// A cheap test: whether there is anything to check in this case.
    pub applies: fn(&Context<'_>) -> bool,
    /// What it cannot do without, once it applies.
    pub needs: &'static [Need],
    /// Settings in which it is silent (and says so).
    pub silent_in: &'static [ClinicalContext],
    /// The check.
    pub check: fn(&Context<'_>, &mut Findings<'_>),
    /// The page: what it checks, why, when it is silent, what it cannot tell, sources, cases.
    pub page: &'static str,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).finish_non_exhaustive()
    }
}
