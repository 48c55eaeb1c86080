//! Runs the program.
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the workspace: where README's commands are typed.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of this test run.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What a run said.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(o: Output) -> Self {
        let said = Self {
            status: o.status.code().expect("the program was not killed"),
            out: String::from_utf8(o.stdout).unwrap(),
            err: String::from_utf8(o.stderr).unwrap(),
        };
        assert!(!said.err.contains("panicked"), "{}", said.err);
        assert!(said.status <= 2, "status {}: {}", said.status, said.err);
        said
    }
}

/// Runs with these arguments in the root of the workspace.
pub fn run(args: &[&str]) -> Said {
    Command::new(env!("CARGO_BIN_EXE_posology")).args(args).current_dir(root()).output().unwrap().into()
}

/// Runs with a text on standard input.
pub fn piped(args: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_posology"))
        .args(args)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// Reviews a file at a fixed date.
pub fn review(path: &Path, more: &[&str]) -> Said {
    let path = path.to_str().unwrap();
    let mut args = vec!["review", path, "--as-of", "2026-11-24"];
    args.extend(more);
    run(&args)
}

/// The JSON of a run that worked.
pub fn json(said: &Said) -> serde_json::Value {
    serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {}{}", said.out, said.err))
}
