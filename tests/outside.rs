//! What some tests read lies beside the workspace and is not part of it.
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file or folder under `../shared`, or nothing where it is absent. Either is said, past the capture of the test harness: CI counts both,
/// and a skip is a failure where the folder exists.
pub fn outside(path: &str) -> Option<PathBuf> {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let here = whole.exists();
    let line = if here {
        format!("reads ../shared/{path}\n")
    } else {
        format!("skipped: ../shared/{path} is absent\n")
    };
    let _ = std::io::stderr().write_all(line.as_bytes());
    here.then_some(whole)
}
