//! One side of a comparison: a folder, the facts compiled in, or a git revision.
use crate::base::{self, Base};
use crate::failure::Failure;
use posology_knowledge::{Corpus, KnowledgeBase, KnowledgeText};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const HELP: &str = "Give a knowledge folder (it holds VERSION and substances/), the word builtin, or a git revision such as HEAD~1.";

/// The facts of one side.
///
/// # Errors
/// It is none of the three, or a file of it cannot be read.
pub fn load(name: &str) -> Result<Base, Failure> {
    if name == "builtin" {
        return base::load(None);
    }
    let path = Path::new(name);
    if path.is_dir() {
        return base::load(Some(path));
    }
    let missing =
        || Failure::new(format!("{name}: there is no such folder, and no such git revision")).help(HELP);
    // An argument that begins with a dash would be an option of git.
    if name.starts_with('-') || path.is_file() {
        return Err(missing());
    }
    let files = revision(name).ok_or_else(missing)?;
    let (corpus, problems) = Corpus::read(&files);
    if let Some(p) = problems.first() {
        return Err(base::point(p, &files, Path::new(name), "").help(format!(
            "{}. A revision whose files have another shape can be compared by a program built from that revision.",
            p.help.trim_end_matches('.')
        )));
    }
    Ok(Base::Folder(Box::new(KnowledgeBase::new(corpus))))
}

/// The files of `knowledge/` at a revision; `None` where git does not know it.
fn revision(name: &str) -> Option<Vec<KnowledgeText>> {
    let listed = Command::new("git")
        .args(["ls-tree", "-r", "-z", "--full-tree", name, "knowledge/"])
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|o| o.status.success())?;
    let listed = String::from_utf8(listed.stdout).ok()?;
    // "100644 blob <hash>\tknowledge/substances/diazepam.toml"
    let wanted: Vec<(&str, &str)> = listed
        .split('\0')
        .filter_map(|l| {
            let (head, path) = l.split_once('\t')?;
            let path = path.strip_prefix("knowledge/")?;
            let read = path == "VERSION" || path.ends_with(".toml") || path.ends_with(".tsv");
            read.then_some((head.rsplit(' ').next()?, path))
        })
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let mut child = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let asked: String = wanted.iter().map(|(hash, _)| format!("{hash}\n")).collect();
    // Written beside the reading: both pipes are short.
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let out = child.wait_with_output().ok()?.stdout;
    writer.join().ok()?.ok()?;
    let mut rest = out.as_slice();
    let mut files = Vec::with_capacity(wanted.len());
    for (_, path) in wanted {
        // "<hash> blob <size>\n<content>\n"
        let end = rest.iter().position(|b| *b == b'\n')?;
        let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
        let content = rest.get(end + 1..end + 1 + size)?;
        files.push(KnowledgeText { path: path.to_owned(), text: String::from_utf8(content.to_vec()).ok()? });
        rest = rest.get(end + 2 + size..)?;
    }
    Some(files)
}
