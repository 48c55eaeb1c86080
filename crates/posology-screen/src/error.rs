//! What makes a run stop, with its place and remedy.
use std::fmt;

/// Place in the input or output: whatever is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// File, or table where the rows came from memory.
    pub file: String,
    /// Row group of a Parquet file, from 0.
    pub row_group: Option<usize>,
    /// Row in the file (CSV: line), from 1.
    pub row: Option<usize>,
    /// Column.
    pub column: Option<String>,
}

/// An input that cannot be read or an output that cannot be written. What was finished before stays finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenError {
    /// Where.
    pub place: Box<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The run was asked to stop; nothing is wrong.
    pub stopped: bool,
}

impl ScreenError {
    /// An error about a file or table.
    pub fn new(file: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place: Box::new(Place { file: file.into(), ..Place::default() }),
            message: message.into(),
            remedy: remedy.into(),
            stopped: false,
        }
    }

    /// With the column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.place.column = Some(column.into());
        self
    }

    /// With the row group.
    #[must_use]
    pub fn row_group(mut self, group: usize) -> Self {
        self.place.row_group = Some(group);
        self
    }

    /// With the row, from 1.
    #[must_use]
    pub fn row(mut self, row: usize) -> Self {
        self.place.row = Some(row);
        self
    }

    /// The end of a run that was interrupted.
    pub fn stop() -> Self {
        Self { stopped: true, ..Self::new("", "stopped", "run the same command with --resume to go on") }
    }
}

impl fmt::Display for ScreenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place.file)?;
        if let Some(g) = self.place.row_group {
            write!(f, ", row group {g}")?;
        }
        if let Some(r) = self.place.row {
            write!(f, ", row {r}")?;
        }
        if let Some(c) = &self.place.column {
            write!(f, ", column {c}")?;
        }
        if !self.place.file.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScreenError {}
