//! Where facts come from: those compiled in, or a folder of the user's.
use crate::failure::Failure;
use posology_knowledge::rrf::RxNormFiles;
use posology_knowledge::{Corpus, Diagnostic, KnowledgeBase, KnowledgeText};
use std::ops::Deref;
use std::path::Path;

/// The facts in use.
#[derive(Debug)]
pub enum Base {
    /// Compiled in.
    Builtin(&'static KnowledgeBase),
    /// Read from a folder.
    Folder(Box<KnowledgeBase>),
}

impl Deref for Base {
    type Target = KnowledgeBase;
    fn deref(&self) -> &KnowledgeBase {
        match self {
            Self::Builtin(kb) => kb,
            Self::Folder(kb) => kb,
        }
    }
}

/// The facts compiled in, or those of a folder.
///
/// # Errors
/// A folder without knowledge, or with a file that cannot be read: a fact must not vanish silently.
pub fn load(folder: Option<&Path>) -> Result<Base, Failure> {
    let Some(folder) = folder else {
        let kb = posology_corpus::builtin();
        if kb.corpus.substances.is_empty() {
            return Err(Failure::new("the facts compiled into this program cannot be read")
                .help("Build it again from a clean checkout, or give a folder with --knowledge DIR."));
        }
        return Ok(Base::Builtin(kb));
    };
    let files = files(folder)?;
    let (corpus, problems) = Corpus::read(&files);
    if let Some(first) = problems.first() {
        let more = problems.len() - 1;
        let also = if more == 0 { String::new() } else { format!(" and {more} more") };
        return Err(point(first, &files, folder, &also).help(format!(
            "{}. `posology knowledge check --knowledge {}` lists all of them.",
            first.help.trim_end_matches('.'),
            folder.display()
        )));
    }
    Ok(Base::Folder(Box::new(KnowledgeBase::new(corpus))))
}

/// A mistake in a knowledge file as a failure that shows its line.
pub fn point(d: &Diagnostic, files: &[KnowledgeText], folder: &Path, also: &str) -> Failure {
    let name = folder.join(&d.file).display().to_string();
    let failure = Failure::new(format!("[{}] {}{also}", d.lint, d.message)).help(d.help.clone());
    let Some(file) = files.iter().find(|f| f.path == d.file).filter(|_| d.line > 0) else {
        return failure.at(&name, b"", (0, 0), "this file");
    };
    let span = d.span.unwrap_or_else(|| {
        let at: usize = file.text.split_inclusive('\n').take(d.line - 1).map(str::len).sum();
        let line = file.text[at..].lines().next().unwrap_or_default();
        let start = at + line.char_indices().nth(d.column.saturating_sub(1)).map_or(0, |(i, _)| i);
        (start, at + line.len())
    });
    failure.at(&name, file.text.as_bytes(), span, "here")
}

/// The files of a knowledge folder.
///
/// # Errors
/// The folder cannot be listed, holds nothing of a knowledge base, or a file is not text.
pub fn files(folder: &Path) -> Result<Vec<KnowledgeText>, Failure> {
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            Failure::new(format!("{}: the knowledge folder cannot be listed ({e})", folder.display()))
                .help("Give the folder that holds VERSION and substances/.")
        })?;
        let path = entry.path();
        let wanted =
            path.extension().is_some_and(|x| x == "toml" || x == "tsv") || entry.file_name() == "VERSION";
        if !entry.file_type().is_file() || !wanted {
            continue;
        }
        let bytes = std::fs::read(path)
            .map_err(|e| Failure::new(format!("{}: the file cannot be read ({e})", path.display())))?;
        let text =
            String::from_utf8(bytes).map_err(|e| {
                let at = e.utf8_error().valid_up_to();
                Failure::new(format!("{}: the text is not UTF-8", path.display()))
                    .help("Save it as UTF-8.")
                    .at(&path.display().to_string(), e.as_bytes(), (at, at + 1), "this byte")
            })?;
        let relative = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        out.push(KnowledgeText { path: relative, text });
    }
    if !out.iter().any(|f| f.path.starts_with("substances/")) {
        return Err(Failure::new(format!("{}: the folder holds no substances/*.toml", folder.display()))
            .help("Give the folder that holds VERSION and substances/."));
    }
    Ok(out)
}

/// The user's own RxNorm release: the folder with `RXNCONSO.RRF`, or the one above it.
///
/// # Errors
/// The file is missing, is no text, or has another layout.
pub fn rxnorm(folder: &Path) -> Result<RxNormFiles, Failure> {
    const HELP: &str = "Give the folder rrf/ of an RxNorm release: it holds RXNCONSO.RRF and RXNREL.RRF.";
    let folder = [folder.to_path_buf(), folder.join("rrf")]
        .into_iter()
        .find(|f| f.join("RXNCONSO.RRF").is_file())
        .ok_or_else(|| Failure::new(format!("{}: there is no RXNCONSO.RRF", folder.display())).help(HELP))?;
    let read = |file: &str| {
        let path = folder.join(file);
        std::fs::read_to_string(&path).map_err(|e| {
            Failure::new(format!("{}: the file cannot be read ({e})", path.display())).help(HELP)
        })
    };
    let conso = read("RXNCONSO.RRF")?;
    let rel = if folder.join("RXNREL.RRF").is_file() { Some(read("RXNREL.RRF")?) } else { None };
    RxNormFiles::read(&conso, rel.as_deref())
        .map_err(|e| Failure::new(format!("{}: {e}", folder.display())).help(HELP))
}
