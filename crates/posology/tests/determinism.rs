//! The same question gives the same bytes in every process, whatever its environment is.
#![allow(clippy::unwrap_used, missing_docs)]
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Two processes at a time, in environments that differ in zone, language and the seed of hash maps (which differs anyway).
fn same(args: &[&str]) {
    let start = |zone: &str, lang: &str| {
        Command::new(env!("CARGO_BIN_EXE_posology"))
            .args(args)
            .current_dir(root())
            .env("TZ", zone)
            .env("LANG", lang)
            .env("LC_ALL", lang)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let (a, b) = (start("Pacific/Kiritimati", "de_DE.UTF-8"), start("America/Los_Angeles", "C"));
    let (a, b) = (a.wait_with_output().unwrap(), b.wait_with_output().unwrap());
    assert!(a.status.success() && b.status.success(), "{args:?}: {}", String::from_utf8_lossy(&a.stderr));
    assert!(a.stdout.len() > 200, "{args:?} says nothing");
    assert!(a.stdout == b.stdout, "{args:?}: two processes differ");
}

fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut out: Vec<String> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|e| format!("{folder}/{}", e.unwrap().file_name().to_string_lossy()))
        .filter(|n| n.ends_with(ending))
        .collect();
    out.sort();
    assert!(!out.is_empty());
    out
}

#[test]
fn reviews_are_byte_equal_in_two_processes() {
    for file in files("fixtures/patients", ".txt") {
        same(&["review", &file, "--as-of", "2026-11-24", "--format", "json"]);
    }
    let example = [
        "review",
        "examples/diazepam-67f.json",
        "--as-of",
        "2026-11-24",
        "--order",
        "diazepam 20 mg tablet three times a day for social anxiety",
    ];
    for format in ["json", "text", "html"] {
        let args: Vec<&str> = example.iter().copied().chain(["--format", format]).collect();
        same(&args);
    }
}

#[test]
fn simulations_are_byte_equal_in_two_processes() {
    let population = ["--age", "70", "--subjects", "400", "--seed", "7", "--format", "csv"];
    let regimen = [
        "simulate",
        "--drug",
        "diazepam",
        "--dose",
        "10 mg",
        "--every",
        "8h",
        "--for",
        "3d",
        "--with",
        "fluvoxamine 100 mg",
    ];
    let args: Vec<&str> = regimen.iter().chain(&population).copied().collect();
    same(&args);
}

/// The number of threads may differ between machines; percentiles may not.
#[test]
#[cfg(target_os = "linux")]
fn percentiles_do_not_depend_on_the_number_of_processors() {
    let args = [
        "simulate",
        "--drug",
        "lorazepam",
        "--dose",
        "1 mg",
        "--every",
        "12h",
        "--for",
        "3d",
        "--subjects",
        "500",
        "--format",
        "csv",
    ];
    let all = Command::new(env!("CARGO_BIN_EXE_posology")).args(args).output().unwrap();
    let one = Command::new("taskset").args(["-c", "0", env!("CARGO_BIN_EXE_posology")]).args(args).output();
    let Ok(one) = one else {
        println!("not run: taskset is not installed");
        return;
    };
    assert!(all.status.success() && one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    assert!(all.stdout.len() > 200 && all.stdout == one.stdout);
}
