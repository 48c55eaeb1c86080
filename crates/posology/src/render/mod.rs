//! From a review to text, a table of dates, or a page.
pub mod html;
pub mod markdown;
pub mod sources;
pub mod style;
pub mod text;
