//! Components that only the pages of some tables need: written with the first such table, taken out with the last one.

use super::Table;
use super::existing::Existing;
use super::generate::Format;
use super::insertions::Insertion;
use super::{insertion_points, removal_points};

/// A component of the project, with what belongs to it.
pub(super) struct Component {
    /// Its module in `src/components/`.
    module: &'static str,
    /// Its files: (path, text).
    pub(super) files: &'static [(&'static str, &'static str)],
    /// What stands at the end of `static/app.css`.
    styles: Option<&'static str>,
}

/// Where styles are.
const STYLES: &str = "static/app.css";
/// Where the modules of components are declared.
const MODULES: &str = "src/components/mod.rs";

const CHOICE: Component = Component {
    module: "choice",
    files: &[
        ("src/components/choice.rs", include_str!("components/choice.rs")),
        ("static/elements/search-select.js", include_str!("components/search-select.js")),
    ],
    styles: Some(include_str!("components/choice.css")),
};

const MOMENT: Component = Component {
    module: "moment",
    files: &[("src/components/moment.rs", include_str!("components/moment.rs"))],
    styles: None,
};

/// All of them.
pub(super) const ALL: [&Component; 2] = [&CHOICE, &MOMENT];

impl Table {
    /// The components that the table's pages need and the project does not have.
    pub(super) fn missing_components(&self, existing: Existing<'_>) -> Vec<&'static Component> {
        let has_moments = self.columns.iter().any(|column| column.kind == "timestamp");
        let needed = [(!self.offers().is_empty(), &CHOICE), (has_moments, &MOMENT)];
        let missing = needed.into_iter().filter(|(is_needed, component)| *is_needed && !component.is_in(existing));
        missing.map(|(_, component)| component).collect()
    }
}

impl Component {
    fn is_in(&self, existing: Existing<'_>) -> bool {
        existing.has_module("src/components", self.module)
    }

    /// Whether a page uses it.
    pub(super) fn is_used(&self, existing: Existing<'_>) -> bool {
        let path = format!("{}::", self.module);
        existing.0.iter().any(|(at, file)| {
            (at.is_within("src") || at.is_within("tests"))
                && !self.files.iter().any(|(own, _)| at.as_str() == *own)
                && at.as_str() != MODULES
                && std::str::from_utf8(&file.bytes)
                    .is_ok_and(|text| text.contains("components") && text.contains(&path))
        })
    }

    /// Whether nobody has edited it.
    pub(super) fn is_as_written(&self, existing: Existing<'_>, format: Option<Format<'_>>) -> bool {
        self.files.iter().all(|(path, written)| {
            let is_rust = path.ends_with(".rs");
            let formatted = format.filter(|_| is_rust).and_then(|format| format(written));
            let text = existing.text(path).map(|text| text.replace("\r\n", "\n"));
            text.is_some_and(|text| text == *written || Some(text) == formatted)
        })
    }

    /// The lines for files that are there.
    pub(super) fn insertions(&self) -> Vec<(&'static str, Vec<Insertion>)> {
        let line = format!("pub mod {};", self.module);
        let mut all = vec![(MODULES, vec![super::insertions::module_insertion(line)])];
        if let Some(styles) = self.styles {
            let insert = super::insertions::insertion("at the end", styles.to_owned(), insertion_points::at_the_end);
            all.push((STYLES, vec![insert]));
        }
        all
    }

    /// The way back of [`insertions`](Self::insertions): the path of a file, and its text without the lines.
    pub(super) fn removals(&self, existing: Existing<'_>) -> Vec<(&'static str, String)> {
        let modules =
            existing.text(MODULES).map(|text| removal_points::line(text, &format!("pub mod {};", self.module)));
        let styles = self.styles.and_then(|styles| Some(existing.text(STYLES)?.replace(styles, "")));
        [(MODULES, modules), (STYLES, styles)].into_iter().filter_map(|(path, text)| Some((path, text?))).collect()
    }
}
