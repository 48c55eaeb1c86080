//! The pass over one person's rows.
use super::{Lists, MOST_CLASSES, NONE};

/// What the three questions come to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Answers {
    /// Persons with a day on which the two classes are taken together.
    pub together_persons: u64,
    /// Days of it, over all persons.
    pub together_days: u64,
    /// Persons with an episode of the class.
    pub episode_persons: u64,
    /// Sum over persons of the longest episode, days.
    pub episode_days: u64,
    /// Sum over persons of its mean daily dose, reference mg.
    pub episode_dose: f64,
    /// Longest episode of all, days.
    pub episode_longest: i32,
    /// Distinct persons and pairs of classes that overlap.
    pub pairs: u64,
    /// Persons with such a pair.
    pub pair_persons: u64,
    /// Rows of listed drugs.
    pub rows: u64,
    /// Rows whose drug is on no list.
    pub unlisted: u64,
    /// Rows whose end is before their start; they are in no answer.
    pub backwards: u64,
}

impl Answers {
    /// Adds those of other persons. The dose is a sum of floats: merge in a fixed order.
    pub fn merge(&mut self, o: &Self) {
        self.together_persons += o.together_persons;
        self.together_days += o.together_days;
        self.episode_persons += o.episode_persons;
        self.episode_days += o.episode_days;
        self.episode_dose += o.episode_dose;
        self.episode_longest = self.episode_longest.max(o.episode_longest);
        self.pairs += o.pairs;
        self.pair_persons += o.pair_persons;
        self.rows += o.rows;
        self.unlisted += o.unlisted;
        self.backwards += o.backwards;
    }
}

/// One row: person, start, end, index of the drug, mg of the whole supply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DrugRow {
    pub person: i64,
    pub start: i32,
    pub end: i32,
    pub mg: f32,
    pub drug: u16,
}

/// Sweeps rows sorted by person and start.
#[derive(Debug)]
pub struct Sweep<'l> {
    lists: &'l Lists,
    answers: Answers,
    person: i64,
    any: bool,
    /// Last covered day by class; only classes of `active` are meant.
    ends: [i32; MOST_CLASSES],
    active: u64,
    seen: [u64; MOST_CLASSES],
    touched: u64,
    pairs: u32,
    days: i64,
    covered: i32,
    episode: Option<(i32, i32, f64)>,
    best: Option<(i32, f64)>,
}

const NEVER: i32 = i32::MIN;

impl<'l> Sweep<'l> {
    /// A sweep over lists.
    pub fn new(lists: &'l Lists) -> Self {
        Self {
            lists,
            answers: Answers::default(),
            person: 0,
            any: false,
            ends: [NEVER; MOST_CLASSES],
            active: 0,
            seen: [0; MOST_CLASSES],
            touched: 0,
            pairs: 0,
            days: 0,
            covered: NEVER,
            episode: None,
            best: None,
        }
    }

    /// The next row: persons and, within a person, starts ascend.
    #[inline]
    pub(crate) fn row(&mut self, r: &DrugRow) {
        if r.drug == NONE {
            self.answers.unlisted += 1;
            return;
        }
        if r.end < r.start {
            self.answers.backwards += 1;
            return;
        }
        if r.person != self.person || !self.any {
            self.close();
            self.person = r.person;
            self.any = true;
        }
        self.answers.rows += 1;
        let drug = self.lists.drugs[usize::from(r.drug)];
        let c = drug.class;
        let k = usize::from(c);
        let (a, b) = self.lists.together;
        if c == a || c == b {
            let other = usize::from(if c == a { b } else { a });
            if self.active & (1 << other) != 0 {
                let lo = r.start.max(self.covered.saturating_add(1));
                let hi = r.end.min(self.ends[other]);
                if hi >= lo {
                    self.days += i64::from(hi - lo + 1);
                    self.covered = hi;
                }
            }
        }
        if c == self.lists.episode {
            let mg = f64::from(r.mg) * drug.factor;
            match &mut self.episode {
                Some((_, end, sum)) if r.start <= end.saturating_add(1 + self.lists.grace_days) => {
                    *end = (*end).max(r.end);
                    *sum += mg;
                }
                _ => {
                    self.end_episode();
                    self.episode = Some((r.start, r.end, mg));
                }
            }
        }
        let mut candidates = self.lists.partners[k] & self.active & !self.seen[k];
        while candidates != 0 {
            let p = candidates.trailing_zeros() as usize;
            candidates &= candidates - 1;
            if self.ends[p] >= r.start {
                self.seen[k] |= 1 << p;
                self.seen[p] |= 1 << k;
                self.touched |= (1 << k) | (1 << p);
                self.pairs += 1;
            }
        }
        let bit = 1u64 << k;
        if self.active & bit == 0 {
            self.active |= bit;
            self.ends[k] = r.end;
        } else if r.end > self.ends[k] {
            self.ends[k] = r.end;
        }
    }

    fn end_episode(&mut self) {
        if let Some((start, end, sum)) = self.episode.take() {
            let days = end - start + 1;
            // Of equally long ones the first counts.
            if self.best.is_none_or(|b| days > b.0) {
                self.best = Some((days, sum / f64::from(days)));
            }
        }
    }

    fn close(&mut self) {
        if self.days > 0 {
            self.answers.together_persons += 1;
            self.answers.together_days += self.days as u64;
        }
        self.end_episode();
        if let Some((days, dose)) = self.best.take() {
            self.answers.episode_persons += 1;
            self.answers.episode_days += days as u64;
            self.answers.episode_dose += dose;
            self.answers.episode_longest = self.answers.episode_longest.max(days);
        }
        if self.pairs > 0 {
            self.answers.pair_persons += 1;
            self.answers.pairs += u64::from(self.pairs);
        }
        while self.touched != 0 {
            self.seen[self.touched.trailing_zeros() as usize] = 0;
            self.touched &= self.touched - 1;
        }
        self.active = 0;
        self.pairs = 0;
        self.days = 0;
        self.covered = NEVER;
    }

    /// The answers over all rows.
    pub fn finish(mut self) -> Answers {
        self.close();
        self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::super::Listed;
    use super::*;
    use proptest::prelude::*;

    fn lists() -> Lists {
        let drugs: Vec<(i64, Listed)> =
            (0..6).map(|i| (700 + i, Listed { class: (i % 4) as u8, factor: 1.0 + i as f64 })).collect();
        Lists::new(&drugs, &[(0, 1), (1, 2), (2, 3)]).unwrap()
    }

    /// Day by day, the slow and plain way.
    fn plain(rows: &[DrugRow], l: &Lists) -> Answers {
        let mut out = Answers::default();
        let mut persons: Vec<i64> = rows.iter().map(|r| r.person).collect();
        persons.sort_unstable();
        persons.dedup();
        for p in persons {
            let mine: Vec<&DrugRow> = rows.iter().filter(|r| r.person == p).collect();
            let on = |class: u8, d: i32| {
                mine.iter().any(|r| l.drugs[r.drug as usize].class == class && r.start <= d && d <= r.end)
            };
            let days = (0..300).filter(|d| on(0, *d) && on(1, *d)).count() as u64;
            out.together_days += days;
            out.together_persons += u64::from(days > 0);
            let pairs = [(0u8, 1u8), (1, 2), (2, 3)]
                .iter()
                .filter(|(a, b)| (0..300).any(|d| on(*a, d) && on(*b, d)))
                .count();
            out.pairs += pairs as u64;
            out.pair_persons += u64::from(pairs > 0);
            let (mut longest, mut start, mut gap) = (0, None, 0);
            for d in 0..340 {
                if on(0, d) {
                    let s = *start.get_or_insert(d);
                    gap = 0;
                    longest = longest.max(d - s + 1);
                } else {
                    gap += 1;
                    if gap > 15 {
                        start = None;
                    }
                }
            }
            out.episode_persons += u64::from(longest > 0);
            out.episode_days += longest as u64;
            out.episode_longest = out.episode_longest.max(longest);
        }
        out
    }

    proptest! {
        #[test]
        fn the_sweep_says_what_a_day_by_day_count_says(raw in prop::collection::vec((0i64..4, 0i32..200, 1i32..40, 0u16..6), 0..60)) {
            let l = lists();
            let mut rows: Vec<DrugRow> = raw.iter().map(|(p, s, n, d)| DrugRow { person: *p, start: *s, end: s + n - 1, mg: 10.0, drug: *d }).collect();
            rows.sort_by_key(|r| (r.person, r.start, r.end));
            let mut s = Sweep::new(&l);
            rows.iter().for_each(|r| s.row(r));
            let got = s.finish();
            let want = plain(&rows, &l);
            prop_assert_eq!(
                (got.together_persons, got.together_days, got.pairs, got.pair_persons, got.episode_persons, got.episode_days, got.episode_longest),
                (want.together_persons, want.together_days, want.pairs, want.pair_persons, want.episode_persons, want.episode_days, want.episode_longest)
            );
        }
    }

    #[test]
    fn unlisted_and_backward_rows_are_counted() {
        let l = lists();
        let mut s = Sweep::new(&l);
        s.row(&DrugRow { person: 1, start: 0, end: 9, mg: 1.0, drug: l.index(4) });
        s.row(&DrugRow { person: 1, start: 9, end: 0, mg: 1.0, drug: l.index(700) });
        let a = s.finish();
        assert_eq!((a.unlisted, a.backwards, a.rows), (1, 1, 0));
    }

    #[test]
    fn lists_say_which_line_is_wrong() {
        let e = Lists::from_csv("h\n1,x,0,1\n2,y,zero,1\n", "a,b\n").unwrap_err();
        assert_eq!(e.place.row, Some(3));
        assert!(Lists::from_csv("h\n1,x,64,1\n", "a,b\n").is_err());
        let far = Lists::from_csv("h\n1,x,0,1\n9000000000,y,1,1\n", "a,b\n0,1\n").unwrap();
        assert_eq!((far.index(1), far.index(9_000_000_000), far.index(2)), (0, 1, NONE));
    }
}
