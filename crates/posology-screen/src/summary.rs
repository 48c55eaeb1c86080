//! Counts of a run. Whole numbers, so that the order of adding cannot change them.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! repairs {
    ($($(#[$m:meta])* $v:ident = $id:literal, $words:literal;)*) => {
        /// What was repaired, or set aside, in the rows of a run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Repair {
            $($(#[$m])* #[doc = $words] $v,)*
        }

        impl Repair {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$v),*];

            /// Permanent word.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$v => $id,)* }
            }

            /// In words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$v => $words,)* }
            }
        }
    };
}

repairs! {
    OutOfOrder = "rows-out-of-order", "rows that stood out of the order of persons; they were sorted";
    Duplicate = "duplicate-rows", "drug rows that repeat another in product, dates, supply and prescriber; one was kept";
    StartImplausible = "start-implausible", "drug rows whose start lies outside 1800 to 2299 or is missing; they are in no period";
    EndBeforeStart = "end-before-start", "ends before their start; days of supply took their place, or the assumed length";
    EndAbsurd = "end-absurd", "ends more than 400 days after the start although days of supply say less; days of supply took their place";
    EndFromDays = "end-from-days-supply", "missing ends, computed from days of supply";
    EndAssumed = "end-assumed", "rows with neither end nor days of supply: the assumed length was used and the dose is unknown";
    EndConflict = "end-conflict", "recorded ends that differ from days of supply by more than one day; the recorded end was kept";
    DaysNegative = "days-supply-negative", "negative days of supply, left out";
    DaysZero = "days-supply-zero", "days of supply below one, left out";
    DaysAbsurd = "days-supply-absurd", "days of supply above 400 or no number, left out";
    QuantityNegative = "quantity-negative", "negative quantities, left out: the dose is unknown";
    QuantityZero = "quantity-zero", "quantities of zero, left out: the dose is unknown";
    QuantityAbsurd = "quantity-absurd", "quantities above 200 a day, left out: the dose is unknown";
    OverlapCut = "overlap-cut", "supplies that ended early because the next one of the same product began";
    OverlapCarried = "overlap-carried", "supplies that began later because the one before was not used up";
    SideBySide = "side-by-side", "overlaps of more than seven days by different prescribers, kept as taken side by side";
    UnknownConcept = "unknown-concept", "drug rows whose concept the concept table does not hold";
    NoConcept = "no-concept", "drug rows that are mapped to no concept; the source value was read";
    NotRecognised = "drug-not-recognised", "drug rows whose drug the knowledge does not hold: not assessed";
    AfterDate = "after-the-date", "drug rows that begin after the last date asked for: nobody could know of them";
    NoPersonRow = "no-person-row", "persons with rows in a table but none in person: age and sex are unknown";
    BirthImplausible = "birth-implausible", "years of birth outside 1800 to 2299, left out";
    SeveralPersonRows = "several-person-rows", "further rows of one person in person; the first was kept";
    Zoned = "time-with-zone", "times with a zone; the date of that zone was taken";
    Unreadable = "unreadable-value", "values that are not what their column holds, left out";
}

/// Counts by repair.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs(BTreeMap<String, u64>);

impl Repairs {
    /// One more.
    pub fn count(&mut self, r: Repair) {
        self.add(r, 1);
    }

    /// Several more.
    pub fn add(&mut self, r: Repair, n: u64) {
        if n == 0 {
            return;
        }
        if let Some(x) = self.0.get_mut(r.id()) {
            *x += n;
        } else {
            self.0.insert(r.id().to_owned(), n);
        }
    }

    /// How many.
    pub fn of(&self, r: Repair) -> u64 {
        self.0.get(r.id()).copied().unwrap_or(0)
    }

    /// Those that occurred.
    pub fn occurred(&self) -> impl Iterator<Item = (Repair, u64)> {
        Repair::ALL.iter().map(|r| (*r, self.of(*r))).filter(|x| x.1 > 0)
    }

    fn merge(&mut self, other: &Self) {
        for (k, v) in &other.0 {
            *self.0.entry(k.clone()).or_default() += v;
        }
    }
}

/// Counts by key.
pub type Counts = BTreeMap<String, u64>;

/// Counts of a run or of a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Summary {
    /// Persons.
    pub persons: u64,
    /// Persons who take something that was recognised at the (last) date.
    pub persons_taking: u64,
    /// Rows about drugs.
    pub rows: u64,
    /// Of these, rows whose drug was recognised.
    pub rows_resolved: u64,
    /// Reviews.
    pub reviews: u64,
    /// Findings.
    pub findings: u64,
    /// Persons with a finding, by gravest severity.
    pub gravest: Counts,
    /// Findings by severity.
    pub severity: Counts,
    /// Persons by rule.
    pub rules: Counts,
    /// Things not assessed, persons by reason.
    pub not_assessed: Counts,
    /// Drugs that were not recognised, rows by name (the most frequent of each part).
    pub unknown_drugs: Counts,
    /// Persons by sex and age group: `female/65-74`.
    pub groups: Counts,
    /// Persons by group and what they take: `female/65-74/benzodiazepine`.
    pub taking: Counts,
    /// Histograms: `overlap-days/30`, `episode-days/90`, `diazepam-equivalents/10`, `mme/50`.
    pub histograms: Counts,
    /// Repairs.
    pub repairs: Repairs,
    /// Columns with values that could not be read, and the first of them.
    pub unreadable: BTreeMap<String, String>,
}

impl Summary {
    /// Adds another part.
    pub fn merge(&mut self, o: &Self) {
        for (a, b) in [
            (&mut self.persons, o.persons),
            (&mut self.persons_taking, o.persons_taking),
            (&mut self.rows, o.rows),
            (&mut self.rows_resolved, o.rows_resolved),
            (&mut self.reviews, o.reviews),
            (&mut self.findings, o.findings),
        ] {
            *a += b;
        }
        for (a, b) in [
            (&mut self.gravest, &o.gravest),
            (&mut self.severity, &o.severity),
            (&mut self.rules, &o.rules),
            (&mut self.not_assessed, &o.not_assessed),
            (&mut self.unknown_drugs, &o.unknown_drugs),
            (&mut self.groups, &o.groups),
            (&mut self.taking, &o.taking),
            (&mut self.histograms, &o.histograms),
        ] {
            for (k, v) in b {
                *a.entry(k.clone()).or_default() += v;
            }
        }
        self.repairs.merge(&o.repairs);
        for (k, v) in &o.unreadable {
            self.unreadable.entry(k.clone()).or_insert_with(|| v.clone());
        }
    }

    /// One more of a key.
    pub(crate) fn tick(counts: &mut Counts, key: &str) {
        if let Some(n) = counts.get_mut(key) {
            *n += 1;
        } else {
            counts.insert(key.to_owned(), 1);
        }
    }
}
