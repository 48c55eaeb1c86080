#![allow(clippy::unwrap_used)]
//! Makes `knowledge/products/rxnorm.tsv`
//!
//! ```text
//! cargo run -p posology-knowledge --example import_products -- knowledge rxnorm.tsv
//! ```
//!
//! and beside it `other-ingredients.tsv`, the ingredients that the knowledge does not hold, and `combinations.tsv`, trade names of products with several
//! ingredients. `--only-combinations` as a third argument leaves the first two as they are. The second file is RxNorm as a table: rxcui, term type, name, UNII, parted by tabs, with a header line.
use posology_knowledge::{Corpus, KnowledgeBase, KnowledgeText, import};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let (Some(folder), Some(table)) = (args.next(), args.next()) else {
        return Err("give the knowledge folder and the RxNorm table".into());
    };
    let substances = Path::new(&folder).join("substances");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&substances)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(KnowledgeText {
            path: format!("substances/{name}"),
            text: std::fs::read_to_string(&path)?,
        });
    }
    let (corpus, problems) = Corpus::read(&files);
    if let Some(p) = problems.iter().find(|p| p.lint != "version") {
        return Err(p.to_string().into());
    }
    let kb = KnowledgeBase::new(corpus);
    let table = std::fs::read_to_string(table)?;
    let out = Path::new(&folder).join("products");
    std::fs::create_dir_all(&out)?;
    if args.next().is_none_or(|a| a != "--only-combinations") {
        std::fs::write(out.join("rxnorm.tsv"), import::products(&kb, &table))?;
        std::fs::write(out.join("other-ingredients.tsv"), import::other_ingredients(&kb, &table))?;
    }
    std::fs::write(out.join("combinations.tsv"), import::combinations(&kb, &table))?;
    Ok(())
}
