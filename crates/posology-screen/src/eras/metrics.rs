//! Figures of one person over time: opioid and benzodiazepine together, episodes, doses, tapers, stops.
use posology_knowledge::{Exposure, KnowledgeBase, SubstanceIx};
use posology_model::Route;

/// Days from which the use of a benzodiazepine or opioid counts as continuous use whose end is a stop (four weeks).
const CONTINUOUS: i32 = 28;
/// A stop is abrupt where the last dose is at least this share of the highest one.
const ABRUPT_SHARE: f64 = 0.5;
/// A taper takes off at least this share of the dose.
const TAPER_SHARE: f64 = 0.3;

/// Equivalents of every substance, looked up once.
#[derive(Debug, Clone)]
pub struct Factors {
    benzodiazepine: Vec<bool>,
    opioid: Vec<bool>,
    /// Diazepam mg per mg: lowest and highest over the sources.
    diazepam: Vec<Option<(f64, f64)>>,
    /// Route, per microgram an hour, factor.
    mme: Vec<Vec<(Option<Route>, bool, f64)>>,
}

/// One period of one substance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// First day.
    pub start: i32,
    /// Last day.
    pub end: i32,
    /// Benzodiazepine.
    pub benzodiazepine: bool,
    /// Opioid that is no antagonist.
    pub opioid: bool,
    /// Daily diazepam equivalents, mg: lowest and highest over the sources.
    pub diazepam: Option<(f64, f64)>,
    /// Daily MME.
    pub mme: Option<f64>,
}

impl Factors {
    /// Looks them up.
    pub fn new(kb: &KnowledgeBase) -> Self {
        let is = |id: &str, ix| kb.class(id).is_some_and(|c| kb.in_class(ix, c));
        let all: Vec<SubstanceIx> = kb.substances().map(|(ix, _)| ix).collect();
        Self {
            benzodiazepine: all.iter().map(|ix| is("benzodiazepine", *ix)).collect(),
            opioid: all.iter().map(|ix| is("opioid", *ix) && !is("opioid-antagonist", *ix)).collect(),
            diazepam: all.iter().map(|ix| posology_review::diazepam_equivalent(kb, *ix, 1.0)).collect(),
            mme: all
                .iter()
                .map(|ix| {
                    let id = &kb.substance(*ix).id;
                    kb.corpus
                        .mme
                        .iter()
                        .flat_map(|f| &f.rows)
                        .filter(|r| &r.substance == id)
                        .map(|r| (r.route.parse().ok(), r.per == "mcg-per-hour", r.factor))
                        .collect()
                })
                .collect(),
        }
    }

    /// Whether a substance counts in the figures at all.
    pub fn counts(&self, ix: SubstanceIx) -> bool {
        self.benzodiazepine[ix.at()] || self.opioid[ix.at()]
    }

    /// An exposure as a period.
    pub fn of(&self, e: &Exposure, start: i32, end: i32) -> Option<Use> {
        let i = e.substance.at();
        if !self.counts(e.substance) {
            return None;
        }
        let daily = e.daily_mg.map(|d| d.1);
        let route = e.route.unwrap_or(Route::Oral);
        let mme = self.mme[i].iter().find(|(r, ..)| *r == Some(route)).and_then(|(_, patch, f)| {
            if *patch {
                e.mcg_per_hour.map(|r| r * e.pieces.map_or(1.0, |p| p.1) * f)
            } else {
                daily.map(|d| d * f)
            }
        });
        Some(Use {
            start,
            end,
            benzodiazepine: self.benzodiazepine[i],
            opioid: self.opioid[i],
            diazepam: daily.zip(self.diazepam[i]).map(|(d, (lo, hi))| (d * lo, d * hi)),
            mme,
        })
    }
}

/// Figures of one person up to a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Days with an opioid and a benzodiazepine together.
    pub opioid_benzodiazepine_days: i32,
    /// Longest benzodiazepine episode: first and last day.
    pub longest: Option<(i32, i32)>,
    /// Mean daily diazepam equivalents over that episode, mg: lowest and highest over the sources. `None` where no dose is known.
    pub diazepam_mean: Option<(f64, f64)>,
    /// Highest daily diazepam equivalents of any day, mg, by the highest source.
    pub diazepam_peak: Option<f64>,
    /// A benzodiazepine period without a known dose is part of it: the figures are lower bounds.
    pub diazepam_incomplete: bool,
    /// Mean MME a day over days with an opioid.
    pub mme_mean: Option<f64>,
    /// Highest MME of any day.
    pub mme_peak: Option<f64>,
    /// An opioid period without dose or factor is part of it: the figures are lower bounds.
    pub mme_incomplete: bool,
    /// `rising`, `falling`, `steady`: last against first dose of the longest episode, a quarter apart.
    pub trend: Option<&'static str>,
    /// Tapers seen: two or more falls in a row that take off 30 % or more.
    pub tapers: u32,
    /// Speed of the fastest of them, percent of its first dose in four weeks.
    pub taper_percent_4_weeks: Option<f64>,
    /// Stops of four weeks or more of use at half the highest dose or more.
    pub abrupt_stops: u32,
}

/// A run of days at one dose.
#[derive(Debug, Clone, Copy)]
struct Step {
    start: i32,
    end: i32,
    low: f64,
    high: f64,
}

/// First and last day, and the dose: lowest and highest.
type Dosed = (i32, i32, Option<(f64, f64)>);

/// Total dose over time, days without any period left out; and whether a period had no dose.
fn steps(uses: &[Dosed]) -> (Vec<Step>, bool) {
    let mut cuts: Vec<i32> = uses.iter().flat_map(|u| [u.0, u.1 + 1]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut out: Vec<Step> = Vec::new();
    for w in cuts.windows(2) {
        let (mut low, mut high, mut any) = (0.0, 0.0, false);
        for u in uses.iter().filter(|u| u.0 <= w[0] && w[0] <= u.1) {
            any = true;
            if let Some((l, h)) = u.2 {
                low += l;
                high += h;
            }
        }
        if !any {
            continue;
        }
        let (start, end) = (w[0], w[1] - 1);
        match out.last_mut() {
            Some(s) if s.end + 1 == start && s.low == low && s.high == high => s.end = end,
            _ => out.push(Step { start, end, low, high }),
        }
    }
    (out, uses.iter().any(|u| u.2.is_none()))
}

/// Index ranges of steps that belong to one episode.
fn episodes(steps: &[Step], grace: i32) -> Vec<std::ops::Range<usize>> {
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for i in 0..steps.len() {
        match out.last_mut() {
            Some(r) if steps[i].start - steps[i - 1].end - 1 <= grace => r.end = i + 1,
            _ => out.push(i..i + 1),
        }
    }
    out
}

/// Figures of the periods of one person, up to and including a day.
pub fn metrics(uses: &[Use], until: i32, grace: i32) -> Metrics {
    let mut m = Metrics::default();
    let clip = |u: &Use| (u.start, u.end.min(until));
    let benzo: Vec<_> = uses
        .iter()
        .filter(|u| u.benzodiazepine && u.start <= until)
        .map(|u| (clip(u).0, clip(u).1, u.diazepam))
        .collect();
    let opioid: Vec<_> = uses
        .iter()
        .filter(|u| u.opioid && u.start <= until)
        .map(|u| (clip(u).0, clip(u).1, u.mme.map(|x| (x, x))))
        .collect();
    let (bs, b_missing) = steps(&benzo);
    let (os, o_missing) = steps(&opioid);
    m.diazepam_incomplete = b_missing;
    m.mme_incomplete = o_missing;
    m.opioid_benzodiazepine_days = overlap(&bs, &os);
    let peak = |s: &[Step]| s.iter().map(|x| x.high).fold(0.0, f64::max);
    m.diazepam_peak = Some(peak(&bs)).filter(|p| *p > 0.0);
    m.mme_peak = Some(peak(&os)).filter(|p| *p > 0.0);
    let days = |s: &[Step]| s.iter().map(|x| f64::from(x.end - x.start + 1)).sum::<f64>();
    let total = |s: &[Step], f: fn(&Step) -> f64| {
        s.iter().map(|x| f(x) * f64::from(x.end - x.start + 1)).sum::<f64>()
    };
    if !os.is_empty() {
        m.mme_mean = Some(total(&os, |x| x.high) / days(&os)).filter(|x| *x > 0.0);
    }
    let all = episodes(&bs, grace);
    let longest = all.iter().rev().max_by_key(|r| bs[r.end - 1].end - bs[r.start].start);
    if let Some(r) = longest {
        let e = &bs[r.clone()];
        let (first, last) = (e[0].start, e[e.len() - 1].end);
        m.longest = Some((first, last));
        let length = f64::from(last - first + 1);
        m.diazepam_mean =
            Some((total(e, |x| x.low) / length, total(e, |x| x.high) / length)).filter(|x| x.1 > 0.0);
        let (a, b) = (e[0].high, e[e.len() - 1].high);
        if a > 0.0 && b > 0.0 {
            m.trend = Some(if b >= 1.25 * a {
                "rising"
            } else if b <= 0.75 * a {
                "falling"
            } else {
                "steady"
            });
        }
    }
    for (s, eps) in [(&bs, all), (&os, episodes(&os, grace))] {
        for r in eps {
            let e = &s[r];
            let (n, speed) = tapers(e);
            m.tapers += n;
            m.taper_percent_4_weeks = match (m.taper_percent_4_weeks, speed) {
                (Some(a), Some(b)) => Some(f64::max(a, b)),
                (a, b) => a.or(b),
            };
            let (first, last) = (e[0].start, e[e.len() - 1].end);
            let stopped = last.saturating_add(grace) < until && last - first + 1 >= CONTINUOUS;
            let high = peak(e);
            if stopped && high > 0.0 && e[e.len() - 1].high >= ABRUPT_SHARE * high {
                m.abrupt_stops += 1;
            }
        }
    }
    m
}

/// Tapers in the steps of one episode, and the speed of the fastest, percent of the first dose in four weeks.
fn tapers(e: &[Step]) -> (u32, Option<f64>) {
    let (mut n, mut fastest) = (0, None);
    let mut i = 0;
    while i + 1 < e.len() {
        let mut j = i;
        while j + 1 < e.len() && e[j + 1].high < e[j].high && e[j + 1].high > 0.0 {
            j += 1;
        }
        if j >= i + 2 {
            let fall = (e[i].high - e[j].high) / e[i].high;
            if fall >= TAPER_SHARE {
                n += 1;
                let days = f64::from((e[j].start - e[i + 1].start).max(1));
                let speed = 100.0 * fall * 28.0 / days;
                fastest = Some(fastest.map_or(speed, |f: f64| f.max(speed)));
            }
        }
        i = j.max(i + 1);
    }
    (n, fastest)
}

fn overlap(a: &[Step], b: &[Step]) -> i32 {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (lo, hi) = (x.start.max(y.start), x.end.min(y.end));
        if lo <= hi {
            n += hi - lo + 1;
        }
        if x.end <= y.end {
            i += 1;
        } else {
            j += 1;
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn benzo(start: i32, days: i32, mg: f64) -> Use {
        Use {
            start,
            end: start + days - 1,
            benzodiazepine: true,
            opioid: false,
            diazepam: Some((mg, mg)),
            mme: None,
        }
    }
    fn opioid(start: i32, days: i32, mme: f64) -> Use {
        Use {
            start,
            end: start + days - 1,
            benzodiazepine: false,
            opioid: true,
            diazepam: None,
            mme: Some(mme),
        }
    }

    #[test]
    fn days_together_are_counted_once() {
        let u = [benzo(0, 30, 10.0), benzo(10, 30, 10.0), opioid(20, 10, 50.0), opioid(25, 30, 50.0)];
        let m = metrics(&u, 1000, 15);
        assert_eq!(m.opioid_benzodiazepine_days, 20);
        assert_eq!(m.mme_peak, Some(100.0));
        assert_eq!(m.diazepam_peak, Some(20.0));
        assert_eq!(metrics(&u, 24, 15).opioid_benzodiazepine_days, 5);
    }

    #[test]
    fn the_longest_episode_bridges_the_grace_and_no_more() {
        let u = [benzo(0, 30, 10.0), benzo(45, 30, 10.0), benzo(91, 5, 10.0)];
        let m = metrics(&u, 1000, 15);
        assert_eq!(m.longest, Some((0, 74)));
        assert_eq!(m.diazepam_mean, Some((8.0, 8.0)));
        assert_eq!(metrics(&u, 1000, 16).longest, Some((0, 95)));
        assert_eq!(metrics(&u, 1000, 14).longest, Some((0, 29)));
    }

    #[test]
    fn a_taper_is_no_abrupt_stop() {
        let down: Vec<Use> = [10.0, 8.0, 6.0, 4.0, 2.0]
            .iter()
            .enumerate()
            .map(|(i, d)| benzo(14 * i as i32, 14, *d))
            .collect();
        let m = metrics(&down, 1000, 15);
        assert_eq!((m.tapers, m.abrupt_stops, m.trend), (1, 0, Some("falling")));
        // 80 % in the 42 days from the first fall to the last.
        assert!((m.taper_percent_4_weeks.unwrap() - 80.0 * 28.0 / 42.0).abs() < 1e-9);
        let m = metrics(&[benzo(0, 60, 10.0)], 1000, 15);
        assert_eq!((m.tapers, m.abrupt_stops), (0, 1));
        // Still within the grace: nobody knows yet.
        assert_eq!(metrics(&[benzo(0, 60, 10.0)], 70, 15).abrupt_stops, 0);
        assert_eq!(metrics(&[benzo(0, 20, 10.0)], 1000, 15).abrupt_stops, 0);
    }

    #[test]
    fn an_unknown_dose_is_said() {
        let m = metrics(&[Use { diazepam: None, ..benzo(0, 60, 0.0) }], 1000, 15);
        assert!(m.diazepam_incomplete && m.diazepam_mean.is_none() && m.abrupt_stops == 0);
    }
}
