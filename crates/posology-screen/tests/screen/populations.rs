//! A generated population: the same bytes on one thread, on three, and after an interruption.
use super::support::{date, files, options, population, screen};
use posology_screen::run::{Progress, RunOptions, run};
use posology_screen::{Mode, Options, Summary};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[test]
fn the_answer_does_not_depend_on_threads() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 4_200);
    let mut seen = None;
    for threads in [1, 3] {
        let out = dir.path().join(format!("out-{threads}"));
        let sum = screen(&data, &RunOptions { threads, rows_per_part: 10_000, ..options(&out) }).unwrap();
        assert!(sum.rows_resolved * 100 >= sum.rows * 95, "{} of {} rows", sum.rows_resolved, sum.rows);
        assert_eq!(sum.persons, 4_200);
        assert!(sum.findings > 500 && sum.reviews == sum.persons);
        let got = files(&out);
        assert!(got.keys().filter(|k| k.starts_with("findings/") && k.ends_with(".parquet")).count() > 1);
        match &seen {
            None => seen = Some(got),
            Some(was) => assert!(*was == got, "files differ"),
        }
    }
}

/// Asks the run to stop after its second part.
struct Interrupt<'s>(&'s AtomicBool, AtomicUsize);
impl Progress for Interrupt<'_> {
    fn begin(&self, _: usize, _: usize) {}
    fn part(&self, _: &Summary) {
        if self.1.fetch_add(1, Ordering::Relaxed) == 1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    fn stage(&self, _: &str) {}
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 6_200);
    let whole = dir.path().join("whole");
    let o =
        |out: &std::path::Path| RunOptions { threads: 1, csv: false, rows_per_part: 10_000, ..options(out) };
    screen(&data, &o(&whole)).unwrap();
    let out = dir.path().join("resumed");
    let stop = AtomicBool::new(false);
    let kb = posology_corpus::builtin();
    let e = run(std::slice::from_ref(&data), kb, &o(&out), &stop, &Interrupt(&stop, AtomicUsize::new(0)))
        .unwrap_err();
    assert!(e.stopped, "{e}");
    // A part that was cut off by a crash is made again: its record names another size.
    let part = out.join("findings/part-00001.parquet");
    let bytes = std::fs::read(&part).unwrap();
    std::fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
    let again = screen(&data, &o(&out)).unwrap_err();
    assert!(again.message.contains("holds a run already") && again.remedy.contains("--resume"), "{again}");
    let other = RunOptions { resume: true, screen: Options::at(date("2026-06-29")), ..o(&out) };
    assert!(screen(&data, &other).unwrap_err().message.contains("other options"));
    screen(&data, &RunOptions { resume: true, threads: 2, ..o(&out) }).unwrap();
    assert!(files(&whole) == files(&out), "files differ");
}

#[test]
fn windows_and_changes_give_first_and_last_days() {
    let dir = tempfile::tempdir().unwrap();
    let data = population(dir.path(), 150);
    let at = |mode, name: &str| {
        let out = dir.path().join(name);
        let screen_options = Options { mode, ..Options::at(date("2026-06-30")) };
        let sum = screen(&data, &RunOptions { screen: screen_options, ..options(&out) }).unwrap();
        (sum, String::from_utf8(files(&out)["findings/part-00000.csv"].clone()).unwrap())
    };
    let (one, _) = at(Mode::AsOf(date("2026-06-30")), "one");
    let (window, rows) = at(Mode::Window(date("2026-01-01"), date("2026-06-30")), "window");
    let (all, _) = at(Mode::EachChange(date("2026-06-30")), "all");
    assert!(one.findings < window.findings && window.findings < all.findings);
    assert!(one.reviews < window.reviews && window.reviews < all.reviews);
    let mut open = 0;
    for line in rows.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(7, ',').collect();
        assert!("2026-01-01" <= cells[4] && cells[4] <= cells[5] && cells[5] <= "2026-06-30", "{line}");
        open += u64::from(cells[5] == "2026-06-30");
    }
    // What holds on the last day is what a review of that day finds, or began after the last change.
    assert!(open > 0 && open <= one.findings, "{open} of {}", one.findings);
}
