//! What a plan is asked with. It is kept in the plan, so that an adjustment needs nothing else.
use crate::facts::PatientFacts;
use posology_knowledge::schema::{Jurisdiction, TaperStrategy};
use posology_model::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much less, how often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Percent of the base of the guideline, where the pace is a percentage.
    #[serde(default)]
    pub percent: Option<f64>,
    /// Milligrams of the daily dose, where the pace is an amount.
    #[serde(default)]
    pub mg: Option<f64>,
    /// Days between cuts.
    pub days: u32,
}

impl Pace {
    /// Reads "10 % every 2 weeks", "5% every 28 days", "1 mg every week", "0.5 mg a month" (28 days).
    ///
    /// # Errors
    /// A sentence that shows the form that is read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let usage = || {
            format!(
                "\"{text}\" is not read as a pace: write for instance \"10 % every 2 weeks\" or \"1 mg every 14 days\""
            )
        };
        let spaced = text.to_lowercase().replace('%', " % ").replace("percent", " % ");
        let mut words: Vec<&str> = spaced.split_whitespace().collect();
        words.retain(|w| !matches!(*w, "every" | "a" | "per" | "each" | "of"));
        let mut number: Option<f64> = None;
        let (mut percent, mut mg, mut count) = (None, None, None);
        let mut unit_days = None;
        for w in words {
            // "2mg" and "14d" without a space.
            let split = w.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(w.len());
            let (digits, unit) = w.split_at(split);
            if !digits.is_empty() {
                if number.is_some() {
                    return Err(usage());
                }
                number = Some(digits.parse::<f64>().map_err(|_| usage())?);
            }
            let slot = match unit {
                "" => continue,
                "%" => &mut percent,
                "mg" => &mut mg,
                "day" | "days" | "d" => {
                    unit_days = Some(1.0);
                    &mut count
                }
                "week" | "weeks" | "w" | "wk" => {
                    unit_days = Some(7.0);
                    &mut count
                }
                "fortnight" => {
                    unit_days = Some(14.0);
                    &mut count
                }
                "month" | "months" => {
                    unit_days = Some(28.0);
                    &mut count
                }
                _ => return Err(usage()),
            };
            if slot.is_some() {
                return Err(usage());
            }
            *slot = Some(number.take().unwrap_or(1.0));
        }
        let days = count.zip(unit_days).map(|(n, d)| n * d).ok_or_else(usage)?;
        if percent.is_some() == mg.is_some()
            || number.is_some()
            || days.fract() != 0.0
            || !(1.0..=366.0).contains(&days)
        {
            return Err(usage());
        }
        Ok(Self { percent, mg, days: days as u32 })
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::mass::number;
        match (self.percent, self.mg) {
            (Some(p), _) => write!(f, "{} % every {} days", number(p), self.days),
            (None, Some(m)) => write!(f, "{} mg every {} days", number(m), self.days),
            (None, None) => write!(f, "every {} days", self.days),
        }
    }
}

/// What a plan is asked with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Substance id.
    pub substance: String,
    /// Daily dose, mg.
    pub daily_mg: f64,
    /// Doses a day, 1 to 8.
    pub times_per_day: u32,
    /// Dose form taken now, where known.
    #[serde(default)]
    pub form: Option<String>,
    /// The plan is made at this date.
    pub as_of: Date,
    /// First day of the first lower dose.
    pub start: Date,
    /// Whose products and guidance.
    pub jurisdiction: Jurisdiction,
    /// Guideline id, or `custom`; the usual one where absent.
    #[serde(default)]
    pub guideline: Option<String>,
    /// Strategy; the guideline's own where absent.
    #[serde(default)]
    pub strategy: Option<TaperStrategy>,
    /// Pace; the guideline's own where absent.
    #[serde(default)]
    pub pace: Option<Pace>,
    /// Goal, mg a day; 0 is to stop.
    #[serde(default)]
    pub goal_mg: f64,
    /// Equivalence table that sets the dose of a switch.
    #[serde(default)]
    pub equivalence: Option<String>,
    /// Smallest mark of the patient's own syringe, mL.
    #[serde(default)]
    pub syringe_mark_ml: Option<f64>,
    /// What is known of the patient; without it risks are not assessed, and the plan says so.
    #[serde(default)]
    pub patient: Option<PatientFacts>,
}

impl Request {
    /// A request with nothing but drug, dose and dates.
    pub fn new(substance: impl Into<String>, daily_mg: f64, times_per_day: u32, start: Date) -> Self {
        Self {
            substance: substance.into(),
            daily_mg,
            times_per_day,
            form: None,
            as_of: start,
            start,
            jurisdiction: Jurisdiction::Us,
            guideline: None,
            strategy: None,
            pace: None,
            goal_mg: 0.0,
            equivalence: None,
            syringe_mark_ml: None,
            patient: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paces() {
        let p = |t| Pace::parse(t);
        assert_eq!(p("10 % every 2 weeks"), Ok(Pace { percent: Some(10.0), mg: None, days: 14 }));
        assert_eq!(p("5% every 28 days"), Ok(Pace { percent: Some(5.0), mg: None, days: 28 }));
        assert_eq!(p("1 mg every week"), Ok(Pace { percent: None, mg: Some(1.0), days: 7 }));
        assert_eq!(p("0.5mg a month"), Ok(Pace { percent: None, mg: Some(0.5), days: 28 }));
        for bad in [
            "",
            "fast",
            "10 %",
            "every 2 weeks",
            "10 % 1 mg every week",
            "10 % every 0 days",
            "10 10 % every week",
            "1e9 % every week",
        ] {
            assert!(p(bad).is_err(), "{bad}");
        }
    }
}
