//! What may happen to a plan, as people write it.
use crate::error::TaperError;
use crate::mass::number;
use posology_model::Date;
use std::fmt;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Nothing.
    None,
    /// Stay at the dose for some days (the plan's interval where not said).
    Hold(Option<u32>),
    /// Doses were missed for some days up to the date.
    Missed(u32),
    /// The dose that is taken now, entered by a clinician, mg a day.
    DoseNow(f64),
    /// Larger cuts.
    Faster,
    /// Smaller cuts.
    Slower,
    /// Back to the dose before.
    StepBack,
    /// A symptom score.
    Symptoms {
        /// Scale, as written.
        scale: String,
        /// Score.
        score: f64,
    },
}

/// From which score on a clinician wants to be prompted. The plan sets none.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Scale.
    pub scale: String,
    /// Score.
    pub score: f64,
}

/// Why a plan was not adjusted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AdjustError {
    /// The event is not understood.
    #[error(
        "\"{0}\" is no event; understood: hold, hold 7 days, missed 3 days, dose now 7.5 mg, faster, slower, step back, symptoms: GAD-7 15, none"
    )]
    Event(String),
    /// Before the plan, or before an earlier adjustment.
    #[error("{on} is before {earliest}; what was done cannot be changed")]
    TooEarly {
        /// Day.
        on: Date,
        /// First day that can be.
        earliest: Date,
    },
    /// After the end.
    #[error("the plan ended on {ends}; make a new one")]
    Ended {
        /// End.
        ends: Date,
    },
    /// During a substitution only holding and symptoms are understood.
    #[error(
        "on {0} one drug is being replaced by another: only hold, none and symptoms can be entered; anything else needs a new plan"
    )]
    DuringSwitch(Date),
    /// There is no dose before.
    #[error("there is no earlier dose of the plan to go back to")]
    NothingBefore,
    /// No new plan.
    #[error(transparent)]
    Plan(#[from] TaperError),
}

impl Event {
    /// Reads an event as people write it.
    ///
    /// # Errors
    /// [`AdjustError::Event`].
    pub fn parse(text: &str) -> Result<Self, AdjustError> {
        let lower = text.trim().to_lowercase();
        let bad = || AdjustError::Event(text.trim().to_owned());
        let days_in = |s: &str| -> Option<u32> {
            let mut words = s.split_whitespace();
            let n: u32 = words.next()?.parse().ok()?;
            let per = match words.next()? {
                "day" | "days" => 1,
                "week" | "weeks" => 7,
                _ => return None,
            };
            words.next().is_none().then_some(n.saturating_mul(per)).filter(|n| (1..=366).contains(n))
        };
        match lower.as_str() {
            "" | "none" => return Ok(Self::None),
            "hold" => return Ok(Self::Hold(None)),
            "faster" => return Ok(Self::Faster),
            "slower" => return Ok(Self::Slower),
            "step back" | "back" => return Ok(Self::StepBack),
            _ => {}
        }
        if let Some(rest) = lower.strip_prefix("hold") {
            let rest = rest.trim().trim_start_matches("for ").trim();
            return days_in(rest).map(|d| Self::Hold(Some(d))).ok_or_else(bad);
        }
        if let Some(rest) = lower.strip_prefix("missed") {
            return days_in(rest.trim()).map(Self::Missed).ok_or_else(bad);
        }
        if let Some(rest) = lower.strip_prefix("dose now") {
            let n = rest.trim().trim_end_matches("a day").trim().strip_suffix("mg").ok_or_else(bad)?;
            let mg: f64 = n.trim().parse().map_err(|_| bad())?;
            return (mg.is_finite() && mg > 0.0).then_some(Self::DoseNow(mg)).ok_or_else(bad);
        }
        if let Some(rest) = lower.strip_prefix("symptoms") {
            let rest = rest.trim_start_matches(':').trim();
            let (scale, score) = rest.rsplit_once(' ').ok_or_else(bad)?;
            let score: f64 = score.parse().map_err(|_| bad())?;
            return (score.is_finite() && !scale.trim().is_empty())
                .then(|| Self::Symptoms { scale: scale.trim().to_uppercase(), score })
                .ok_or_else(bad);
        }
        Err(bad())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Hold(None) => f.write_str("hold"),
            Self::Hold(Some(d)) => write!(f, "hold {d} days"),
            Self::Missed(d) => write!(f, "missed {d} days"),
            Self::DoseNow(mg) => write!(f, "dose now {} mg", number(*mg)),
            Self::Faster => f.write_str("faster"),
            Self::Slower => f.write_str("slower"),
            Self::StepBack => f.write_str("step back"),
            Self::Symptoms { scale, score } => write!(f, "symptoms: {scale} {}", number(*score)),
        }
    }
}
