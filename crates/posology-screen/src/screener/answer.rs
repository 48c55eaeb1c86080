//! One person's record as rows of answers.
use super::{GROUPS, Mode, Screener};
use crate::days::day_of;
use crate::eras::{Metrics, metrics};
use crate::output::{Builder, PersonId, PersonRow, Row};
use crate::summary::Summary;
use jiff::civil::Date;
use posology_knowledge::{EndKnown, Origin, ResolvedCase};
use posology_model::{Finding, NotAssessed, Sex};
use posology_review::{Settings, is_current, review};
use std::collections::BTreeMap;

impl Screener<'_> {
    /// Reviews one person at the dates asked for.
    pub(super) fn person(&self, id: PersonId<'_>, case: &ResolvedCase, out: &mut Builder, sum: &mut Summary) {
        sum.persons += 1;
        let until = self.options.mode.until();
        let last_day = day_of(until);
        let uses: Vec<_> = case
            .exposures
            .iter()
            .filter(|e| self.factors.counts(e.substance))
            .filter_map(|e| {
                let start = day_of(e.start?);
                let end = match e.end_known {
                    EndKnown::Ongoing => last_day,
                    EndKnown::Yes => e.end.map_or(last_day, day_of),
                    EndKnown::No => start,
                };
                (start <= end).then(|| self.factors.of(e, start, end)).flatten()
            })
            .collect();
        let m = if uses.is_empty() {
            Metrics::default()
        } else {
            metrics(&uses, last_day, self.options.eras.grace_days)
        };
        let dates = self.dates(case);
        let mut severity = [0u32; 4];
        let mut gaps: Vec<NotAssessed> = Vec::new();
        if let [one] = dates.as_slice() {
            let r = self.review(case, *one);
            sum.reviews += 1;
            for f in &r.0 {
                severity[f.severity as usize] += 1;
                out.finding(id, &Row { finding: f, severity: f.severity, first: *one, last: *one });
                Summary::tick(&mut sum.severity, f.severity.as_str());
            }
            let mut rules: Vec<&str> = r.0.iter().map(|f| &*f.rule).collect();
            rules.sort_unstable();
            rules.dedup();
            rules.iter().for_each(|x| Summary::tick(&mut sum.rules, x));
            gaps = r.1;
        } else if !dates.is_empty() {
            gaps = self.history(id, case, &dates, out, &mut severity, sum);
        }
        sum.findings += severity.iter().map(|n| u64::from(*n)).sum::<u64>();
        if let Some(s) = (0..4).rev().find(|s| severity[*s] > 0) {
            Summary::tick(&mut sum.gravest, ["note", "caution", "serious", "critical"][s]);
        }
        self.count(case, &m, &gaps, until, sum);
        let mut taken: Vec<u16> =
            case.exposures.iter().filter(|e| is_current(e, until)).map(|e| e.substance.0).collect();
        taken.sort_unstable();
        taken.dedup();
        sum.persons_taking += u64::from(!taken.is_empty());
        let row = PersonRow {
            age: case.age_at(until).map(|a| a as i32),
            sex: case.person.sex.map(sex_word),
            rows: case.entries as u32,
            resolved: case.entries_resolved as u32,
            taken: taken.len() as u32,
            severity,
            gaps: gaps.len() as u32,
        };
        if self.options.gaps {
            gaps.iter().for_each(|g| out.gap(id, g));
        }
        out.person(id, &row, &m);
    }

    fn review(&self, case: &ResolvedCase, as_of: Date) -> (Vec<Finding>, Vec<NotAssessed>) {
        let settings = Settings { as_of, jurisdiction: self.options.jurisdiction, suppressions: Vec::new() };
        let r = review(case, self.kb, &settings);
        (r.findings, r.not_assessed)
    }

    fn dates(&self, case: &ResolvedCase) -> Vec<Date> {
        let (from, until) = match self.options.mode {
            Mode::AsOf(d) => return vec![d],
            Mode::EachChange(d) => (None, d),
            Mode::Window(a, b) => (Some(a), b),
        };
        // A window is looked at on both of its ends; what changed without a row (an interval that ran out) shows on the last.
        let mut out: Vec<Date> = from.into_iter().flat_map(|f| [f, until]).collect();
        for e in case.exposures.iter().filter(|e| e.origin == Origin::Record) {
            out.extend(e.start);
            if let (EndKnown::Yes, Some(end)) = (e.end_known, e.end)
                && let Ok(after) = end.tomorrow()
            {
                out.push(after);
            }
        }
        out.retain(|d| *d <= until && from.is_none_or(|f| *d >= f));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Reviews at every date; a finding that stays is one row with its first and last day.
    fn history(
        &self,
        id: PersonId<'_>,
        case: &ResolvedCase,
        dates: &[Date],
        out: &mut Builder,
        severity: &mut [u32; 4],
        sum: &mut Summary,
    ) -> Vec<NotAssessed> {
        type Key = (String, Vec<String>);
        let mut open: BTreeMap<Key, (Finding, Date)> = BTreeMap::new();
        let mut closed: Vec<(Finding, Date, Date)> = Vec::new();
        let mut gaps: Vec<NotAssessed> = Vec::new();
        for (k, date) in dates.iter().enumerate() {
            let (findings, not) = self.review(case, *date);
            sum.reviews += 1;
            gaps.extend(not);
            let yesterday = date.yesterday().unwrap_or(*date);
            let mut now: BTreeMap<Key, (Finding, Date)> = BTreeMap::new();
            for f in findings {
                let mut ids: Vec<String> = f.substances.iter().map(|s| s.id.clone()).collect();
                ids.sort();
                let key = (f.rule.to_string(), ids);
                let (first, kept) = match open.remove(&key) {
                    // The gravest wording of the period stands for it.
                    Some((was, first)) => (first, if was.severity > f.severity { was } else { f }),
                    None => (*date, f),
                };
                now.entry(key).or_insert((kept, first));
            }
            if k > 0 {
                closed.extend(open.into_values().map(|(f, first)| (f, first, yesterday)));
            }
            open = now;
        }
        let until = self.options.mode.until();
        closed.extend(open.into_values().map(|(f, first)| (f, first, until)));
        closed.sort_by(|a, b| (a.1, &a.0.rule, a.2, &a.0.title).cmp(&(b.1, &b.0.rule, b.2, &b.0.title)));
        let mut rules: Vec<&str> = closed.iter().map(|c| &*c.0.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules.iter().for_each(|x| Summary::tick(&mut sum.rules, x));
        for (f, first, last) in &closed {
            severity[f.severity as usize] += 1;
            Summary::tick(&mut sum.severity, f.severity.as_str());
            out.finding(id, &Row { finding: f, severity: f.severity, first: *first, last: *last });
        }
        gaps.sort();
        gaps.dedup();
        gaps
    }

    /// Counts for the report.
    fn count(&self, case: &ResolvedCase, m: &Metrics, gaps: &[NotAssessed], until: Date, sum: &mut Summary) {
        let age = match case.age_at(until) {
            None => "unknown",
            Some(a) if a < 18.0 => "0-17",
            Some(a) if a < 45.0 => "18-44",
            Some(a) if a < 65.0 => "45-64",
            Some(a) if a < 75.0 => "65-74",
            Some(a) if a < 85.0 => "75-84",
            Some(_) => "85+",
        };
        let group = format!("{}/{age}", case.person.sex.map_or("unknown", sex_word));
        Summary::tick(&mut sum.groups, &group);
        let mask = case
            .exposures
            .iter()
            .filter(|e| is_current(e, until))
            .fold(0u8, |k, e| k | self.groups[e.substance.at()]);
        for (i, name) in GROUPS.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0) {
            let _ = i;
            Summary::tick(&mut sum.taking, &format!("{group}/{name}"));
        }
        if mask & 3 == 3 {
            Summary::tick(&mut sum.taking, &format!("{group}/opioid and benzodiazepine"));
        }
        for (name, value, width) in [
            ("overlap-days", f64::from(m.opioid_benzodiazepine_days), 30.0),
            ("episode-days", m.longest.map_or(0.0, |(a, b)| f64::from(b - a + 1)), 28.0),
            ("diazepam-equivalents", m.diazepam_peak.unwrap_or(0.0), 5.0),
            ("mme", m.mme_peak.unwrap_or(0.0), 10.0),
        ] {
            if value > 0.0 {
                let bin = ((value / width).floor() * width).min(width * 30.0);
                Summary::tick(&mut sum.histograms, &format!("{name}/{bin:06}"));
            }
        }
        for (name, n) in [("tapers", m.tapers), ("abrupt-stops", m.abrupt_stops)] {
            if n > 0 {
                Summary::tick(&mut sum.histograms, &format!("{name}/persons"));
            }
        }
        // Persons by reason: the words before the particulars.
        let mut why: Vec<&str> =
            gaps.iter().map(|g| g.why.split(['"', ';', ':']).next().unwrap_or(&*g.why).trim()).collect();
        why.sort_unstable();
        why.dedup();
        why.iter().for_each(|w| Summary::tick(&mut sum.not_assessed, w));
    }
}

const fn sex_word(s: Sex) -> &'static str {
    match s {
        Sex::Female => "female",
        Sex::Male => "male",
    }
}
