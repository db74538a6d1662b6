//! The lines for files that a project has: modules, routes, a link, constraints.

use super::Table;
use super::insertion_points;
use super::names::capitalized;
use super::uses::listed;

/// One line or block to put into a file.
pub(super) struct Insertion {
    pub(super) place: &'static str,
    pub(super) snippet: String,
    pub(super) insert: Insert,
}

/// Puts something into a text; `None` if it does not see where.
type Insert = Box<dyn Fn(&str) -> Option<String>>;

impl Table {
    /// The lines for files that are there, by file.
    pub(super) fn insertions(&self) -> Vec<(&'static str, Vec<Insertion>)> {
        let (table, model, one) = (&self.names.table, &self.names.model, &self.names.one);
        let url = self.names.url();
        let public = || module_insertion(format!("pub mod {table};"));
        let private = |name: &str| module_insertion(format!("mod {name};"));
        let id = format!("{model}Id");
        let block = format!(
            "id! {{\n    /// Identifies {} [`{model}`](super::{model}).\n    {id}\n}}\n",
            article(&self.names.one_of_them())
        );
        let exported = listed(
            ["", "Draft", "Id", "Input", "Query", "Sort"]
                .iter()
                .map(|rest| format!("{model}{rest}"))
                .chain(self.own_types()),
        );
        let live_pages: String = [("", "index"), ("/new", "new"), ("/{id}", "edit")]
            .iter()
            .map(|(rest, page)| format!("        .page(\"{url}{rest}\", pages::{table}::{page})\n"))
            .collect();
        let page_routes = [
            format!("{url}\", post(pages::{table}::create)"),
            format!("{url}/{{id}}\", post(pages::{table}::update)"),
            format!("{url}/{{id}}/delete\", post(pages::{table}::delete)"),
        ];
        // By their paths, since a `use` of several names is one line for all tables.
        let api = format!("http::{table}");
        let api_routes = [
            format!("/api{url}\", get({api}::list).post({api}::create)"),
            format!("/api{url}/{{id}}\", get({api}::show).put({api}::update).delete({api}::delete)"),
        ];
        let routes = |routes: &[String]| -> String {
            routes.iter().map(|route| format!("        .route(\"{route})\n")).collect()
        };
        let mut all = vec![
            ("src/models/id.rs", vec![insertion("among the others", block, insertion_points::id)]),
            (
                "src/models/mod.rs",
                vec![
                    private(one),
                    insertion(
                        "among the others",
                        format!("pub use {one}::{{{exported}}};"),
                        insertion_points::public_use,
                    ),
                ],
            ),
            ("src/repositories/mod.rs", vec![public()]),
            ("src/services/mod.rs", vec![public()]),
            ("src/http/mod.rs", vec![public()]),
            ("src/pages/mod.rs", vec![public()]),
            (
                "src/routes.rs",
                vec![
                    insertion("in `fn live`, among the pages", live_pages, insertion_points::live_pages),
                    insertion("in `fn pages`, among the routes", routes(&page_routes), insertion_points::page_routes),
                    insertion("in `fn api`, among the routes", routes(&api_routes), insertion_points::api_routes),
                ],
            ),
            (
                "src/pages/layout.rs",
                vec![insertion(
                    "in the navigation of who is logged in",
                    format!("a href=\"{url}\" data-link {{ \"{}\" }}", capitalized(&self.names.plural())),
                    insertion_points::link,
                )],
            ),
            (
                "tests/app/common/factories.rs",
                vec![insertion("before the first `use`", format!("mod {table};"), insertion_points::first_module)],
            ),
            ("tests/app/api/mod.rs", vec![private(table)]),
            ("tests/app/pages/mod.rs", vec![private(table)]),
        ];
        let constraints = self.constraints();
        if !constraints.is_empty() {
            all.push(("src/error.rs", vec![insertion("in `CONSTRAINTS`", constraints, insertion_points::constraints)]));
        }
        all
    }

    /// The entries of `CONSTRAINTS`. Those of the vector database cannot be among them: it is not asked by the test
    /// that compares them with the schema, and every rule is checked before a statement is sent.
    fn constraints(&self) -> String {
        let table = &self.names.table;
        let mut entries = String::new();
        if self.in_vectors {
            return entries;
        }
        if self.owned {
            entries.push_str(&format!("    (\"{table}_user_id_fkey\", || Error::Unauthenticated),\n"));
        }
        for column in &self.columns {
            let name = &column.name;
            let kinds = [("check", !column.check.is_empty()), ("fkey", column.references.is_some())];
            for (kind, _) in kinds.iter().filter(|(_, has)| *has) {
                entries.push_str(&format!(
                    "    (\"{table}_{name}_{kind}\", || {{\n        Error::Invalid(FieldErrors::one(\"{name}\", \"{}\"))\n    }}),\n",
                    column.rule
                ));
            }
            if column.unique {
                entries.push_str(&format!(
                    "    (\"{table}_{name}_key\", || {{\n        Error::Conflict(FieldErrors::one(\"{name}\", \"is taken already\"))\n    }}),\n"
                ));
            }
        }
        for together in &self.unique {
            entries.push_str(&format!(
                "    (\"{}\", || {{\n        Error::Conflict(FieldErrors::one(\"{}\", \"{}\"))\n    }}),\n",
                together.constraint(table),
                together.first(),
                together.rule()
            ));
        }
        for set in &self.sets {
            entries.push_str(&format!(
                "    (\"{}_{}_fkey\", || {{\n        Error::Invalid(FieldErrors::one(\"{}\", \"{}\"))\n    }}),\n",
                set.pairs, set.to, set.key, set.rule
            ));
        }
        entries
    }
}

pub(super) fn insertion(place: &'static str, snippet: String, insert: fn(&str, &str) -> Option<String>) -> Insertion {
    let what = snippet.clone();
    Insertion { place, snippet, insert: Box::new(move |text| insert(text, &what)) }
}

pub(super) fn module_insertion(line: String) -> Insertion {
    insertion("among the other modules", line, insertion_points::module)
}

fn article(noun: &str) -> &str {
    noun.split(' ').next().unwrap_or("a")
}
