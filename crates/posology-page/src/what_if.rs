//! What is tried: stop this, halve that, start something; and what that would change.
use posology_interop::list;
use posology_knowledge::{KnowledgeBase, ResolvedCase};
use posology_model::{
    Amount, Coding, DoseUnit, Dosing, EntryKind, Finding, Frequency, MedicationEntry, Order, OrderAction,
    ReadConfidence, Review, Severity,
};
use posology_review::{Context, Settings};

/// One change that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Stop a substance, by id or name.
    Stop(String),
    /// Halve the daily dose of a substance.
    Halve(String),
    /// Start, or change to, what a line of a list says.
    Start(String),
}

impl Change {
    /// Reads `stop:diazepam`.
    pub fn parse(text: &str) -> Option<Self> {
        let (what, rest) = text.split_once(':')?;
        let rest = rest.trim();
        if rest.is_empty() || rest.len() > 1_000 {
            return None;
        }
        match what {
            "stop" => Some(Self::Stop(rest.to_owned())),
            "halve" => Some(Self::Halve(rest.to_owned())),
            "start" => Some(Self::Start(rest.to_owned())),
            _ => None,
        }
    }

    /// As the form carries it.
    pub fn code(&self) -> String {
        match self {
            Self::Stop(x) => format!("stop:{x}"),
            Self::Halve(x) => format!("halve:{x}"),
            Self::Start(x) => format!("start:{x}"),
        }
    }

    /// For people.
    pub fn words(&self, kb: &KnowledgeBase) -> String {
        let name = |id: &str| kb.find(id).map_or_else(|| id.to_owned(), |ix| kb.substance(ix).name.clone());
        match self {
            Self::Stop(x) => format!("stop {}", name(x)),
            Self::Halve(x) => format!("halve {}", name(x)),
            Self::Start(x) => format!("start {x}"),
        }
    }

    /// The order that it is; `Err` says why there is none.
    pub fn order(
        &self,
        kb: &KnowledgeBase,
        recorded: &ResolvedCase,
        settings: &Settings,
    ) -> Result<Order, String> {
        let place = |mut o: Order| {
            o.medication.path = format!("what if: {}", self.words(kb));
            o
        };
        match self {
            Self::Stop(x) => {
                let name = kb.find(x).map_or(x.as_str(), |ix| kb.substance(ix).name.as_str());
                Ok(place(list::read_stop(name)))
            }
            Self::Start(x) => Ok(place(list::read_order(x))),
            Self::Halve(x) => {
                let ix = kb
                    .find(x)
                    .or_else(|| kb.by_name(x).map(|m| m.0))
                    .ok_or_else(|| format!("\"{x}\" is no drug that the knowledge holds"))?;
                let name = kb.substance(ix).name.clone();
                let ctx = Context::new(recorded, kb, settings);
                let taken = ctx
                    .taken_now(ix)
                    .ok_or_else(|| format!("{name} is not taken, so it cannot be halved"))?;
                let (_, high) = taken
                    .daily_mg
                    .filter(|_| !taken.dose_missing)
                    .ok_or_else(|| format!("the dose of {name} is not known, so it cannot be halved"))?;
                let times = taken
                    .parts
                    .iter()
                    .filter_map(|p| p.times_per_day.map(|t| t.1))
                    .fold(0.0, f64::max)
                    .max(1.0);
                let first = taken.parts.first();
                let medication = MedicationEntry {
                    kind: EntryKind::Listed,
                    text: Some(name),
                    codings: Vec::<Coding>::new(),
                    form: first.and_then(|p| p.form),
                    dosing: vec![Dosing {
                        text: Some("half of the dose now".to_owned()),
                        amounts: vec![Amount::exactly(high / 2.0 / times, DoseUnit::Mg)],
                        frequency: Some(Frequency::per_day(times)),
                        route: first.and_then(|p| p.route),
                        as_needed: taken.as_needed,
                        confidence: ReadConfidence::High,
                        ..Dosing::default()
                    }],
                    reasons: Vec::new(),
                    ..MedicationEntry::default()
                };
                Ok(place(Order { action: OrderAction::Start, medication }))
            }
        }
    }
}

/// How a finding stands to the review without the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As before.
    Same,
    /// Only with the changes.
    New,
    /// Graver than before.
    Graver,
    /// Less grave than before.
    Milder,
    /// As grave, with other figures.
    Changed,
}

/// What the changes make different.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// By finding of the new review.
    pub standing: Vec<Standing>,
    /// Severity before, by finding of the new review.
    pub before: Vec<Option<Severity>>,
    /// Findings that are no longer there.
    pub gone: Vec<Finding>,
}

fn about(f: &Finding) -> (&str, Vec<&str>) {
    let mut s: Vec<&str> = f.substances.iter().map(|s| s.id.as_str()).collect();
    s.sort_unstable();
    (&f.rule, s)
}

/// Compares two reviews: findings of the same rule about the same drugs are one finding; where the drugs differ, the remaining findings of a
/// rule are matched in order only if there is one on each side.
pub fn difference(before: &Review, after: &Review) -> Difference {
    let mut left: Vec<Option<&Finding>> = before.findings.iter().map(Some).collect();
    let mut matched: Vec<Option<&Finding>> = Vec::with_capacity(after.findings.len());
    for f in &after.findings {
        let at = left.iter().position(|o| o.is_some_and(|o| about(o) == about(f)));
        matched.push(at.and_then(|i| left[i].take()));
    }
    for (i, f) in after.findings.iter().enumerate() {
        if matched[i].is_some() {
            continue;
        }
        let others = after.findings.iter().zip(&matched).filter(|(o, m)| m.is_none() && o.rule == f.rule);
        let olds: Vec<usize> =
            (0..left.len()).filter(|k| left[*k].is_some_and(|o| o.rule == f.rule)).collect();
        if others.count() == 1 && olds.len() == 1 {
            matched[i] = left[olds[0]].take();
        }
    }
    let standing = after
        .findings
        .iter()
        .zip(&matched)
        .map(|(f, m)| match m {
            None => Standing::New,
            Some(o) if f.severity > o.severity => Standing::Graver,
            Some(o) if f.severity < o.severity => Standing::Milder,
            Some(o) if o.title != f.title || o.figures != f.figures => Standing::Changed,
            Some(_) => Standing::Same,
        })
        .collect();
    Difference {
        standing,
        before: matched.iter().map(|m| m.map(|f| f.severity)).collect(),
        gone: left.into_iter().flatten().cloned().collect(),
    }
}
