//! The results of a run: as a page that needs nothing else, and as JSON.

pub(crate) mod chart;
mod html;
mod json;

pub(crate) use chart::charts;
pub use html::html;
pub use json::{json, sample};

/// The style of the report, and of the control page.
pub(crate) const STYLE: &str = include_str!("report/report.css");
