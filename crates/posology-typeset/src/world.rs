//! What typst may see: the layout, the document, and the fonts compiled in.
use std::sync::OnceLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

const LAYOUT: &str = include_str!("document.typ");

/// Made once a program.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        // The other families of the crate (mathematics, monospace) are megabytes that no document here uses.
        let fonts: Vec<Font> = typst_assets::fonts()
            .flat_map(|data| Font::iter(Bytes::new(data)))
            .filter(|f| f.info().family.as_str().starts_with("Libertinus"))
            .collect();
        Shared {
            library: LazyHash::new(Library::builder().with_inputs(Dict::new()).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    })
}

/// One document.
pub struct World {
    main: Source,
    data: Bytes,
    data_id: FileId,
}

impl World {
    pub fn new(json: &str, text_size_pt: f64) -> Self {
        let text = format!("#let size = {text_size_pt}pt\n{LAYOUT}");
        let (main_id, data_id) = ids();
        Self { main: Source::new(main_id, text), data: Bytes::from_string(json.to_owned()), data_id }
    }
}

/// Names of the two files, interned once.
fn ids() -> (FileId, FileId) {
    static IDS: OnceLock<(FileId, FileId)> = OnceLock::new();
    *IDS.get_or_init(|| (id("document.typ"), id("data.json")))
}

fn id(name: &str) -> FileId {
    let path = VirtualPath::new(name)
        .unwrap_or_else(|_| unreachable!("the names are constants without dots or slashes"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &shared().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &shared().book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        shared().fonts.get(index).cloned()
    }

    /// No clock: the date of a document is part of it.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
