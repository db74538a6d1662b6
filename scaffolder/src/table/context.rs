//! What the templates see, and where the files go.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::Table;
use super::cells;
use super::column::Column;
use super::names::{are_alike, capitalized};
use super::templates;
use super::test_rows;
use super::unique_together::UniqueTogether;
use super::uses::listed;
use crate::tree::Tree;

impl Table {
    /// The path of the file that a template makes.
    pub(super) fn path_of(&self, template: &str) -> String {
        let (table, one) = (&self.names.table, &self.names.one);
        match template {
            "schema.sql.jinja" if self.schema.is_some() => self.schema.clone().unwrap_or_default(),
            "schema.sql.jinja" if self.in_vectors => format!("schema/vector/{}_{table}.sql", self.number),
            "schema.sql.jinja" => format!("schema/{}_{table}.sql", self.number),
            "model.rs.jinja" => format!("src/models/{one}.rs"),
            "repository.rs.jinja" => format!("src/repositories/{table}.rs"),
            "service.rs.jinja" => format!("src/services/{table}.rs"),
            "http.rs.jinja" => format!("src/http/{table}.rs"),
            "page.rs.jinja" => format!("src/pages/{table}.rs"),
            "factory.rs.jinja" => format!("tests/app/common/factories/{table}.rs"),
            "api_test.rs.jinja" => format!("tests/app/api/{table}.rs"),
            _ => format!("tests/app/pages/{table}.rs"),
        }
    }

    /// The values of the templates.
    pub(super) fn context(&self, files: &Tree) -> Value {
        let names = &self.names;
        let model = &names.model;
        let owned = self.owned;
        let if_owned = |text: &'static str| if owned { text } else { "" };
        let words = templates::words(files);
        let offers = self.offers();
        let own_id = format!("{model}Id");
        let offered: BTreeSet<String> =
            offers.iter().map(|offer| offer.id.clone()).filter(|id| *id != own_id).collect();
        let variable = variable(&names.one, &words);
        let checked = self.refers_to_what_is_owned();
        let uses_app = self.made_in_tests().any(|make| !make.is_empty());
        let uses_owner = self.made_in_tests().any(|make| make.is_empty() || make.contains("owner"));
        let has_references = self.made_in_tests().next().is_some();
        let arguments = |app: &'static str, owner: &'static str| {
            let used = [(uses_app, app), (uses_owner, owner)];
            used.iter().filter(|(used, _)| *used).map(|(_, text)| *text).collect::<Vec<_>>().join(", ")
        };
        let call = |function: &str, owner: &'static str| {
            format!("{function}({}){}", arguments("&app", owner), if uses_app { ".await" } else { "" })
        };
        let (pool, db) = if self.in_vectors {
            ("state.search.vectors()?.pool()", "state.search.vectors()?")
        } else {
            ("state.db.pool()", "&state.db")
        };
        let (test_pool, test_pool_self) = if self.in_vectors {
            (
                "app.state.search.vectors().unwrap().pool()",
                "self.state.search.vectors().expect(\"a vector database\").pool()",
            )
        } else {
            ("app.database.pool()", "self.database.pool()")
        };
        let first = context! {
            table => names.table.clone(),
            Model => model,
            one => variable,
            factory => names.one.clone(),
            url => names.url(),
            one_words => names.singular(),
            many => names.plural(),
            Many => capitalized(&names.plural()),
            a_one => names.one_of_them(),
            A_one => capitalized(&names.one_of_them()),
            a_one_snake => names.one_of_them().replace(' ', "_"),
            About => format!("{}.", capitalized(&names.plural())),
            sorts_are_alike => are_alike(
                self.columns.iter().filter(|column| column.sorted).map(|column| &*column.variant).chain(["CreatedAt"])),
            made_by => self.command_line(),
            columns => Value::from(Serde(&self.columns)),
            owned,
            checked,
            sets => Value::from(Serde(&self.sets)),
            set_sql => self.set_statements(),
            chosen => self.columns.iter().any(|column| column.is_chosen),
            offered_ids => offered.into_iter().collect::<Vec<_>>(),
            offers_owned => offers.iter().any(|offer| offer.owned),
            offers => Value::from(Serde(&offers)),
            moments => listed(self.moments().map(|name| format!("{name:?}"))),
            by_fields => !self.sets.is_empty() || self.moments().next().is_some(),
            shows_input => self.columns.iter().any(|column| column.stored.contains("input.")),
            in_vectors => self.in_vectors,
            any_optional => self.columns.iter().any(|column| column.optional),
            any_own_type => self.columns.iter().any(Column::has_own_type),
            any_default => self.columns.iter().any(|column| !column.default.is_empty()),
            unique_names => listed(self.unique_in_tests().map(|name| format!("{name:?}"))),
            unique_together => self.unique.iter()
                .map(|together| context! { constraint => together.constraint(&names.table), fields => together.fields.join(", ") })
                .collect::<Vec<_>>(),
            has_references,
            sql => self.statements(),
            model_uses => self.model_uses(),
            model_super => self.model_super(),
            repository_uses => self.repository_uses(),
            repository_models => self.repository_models(),
            service_models => listed([model.clone(), format!("{model}Draft"), format!("{model}Id"), "Version".to_owned()]
                .into_iter().chain(owned.then(|| "Owner".to_owned())).chain(checked.then(|| "FieldErrors".to_owned()))),
        };
        let cells = cells::of(&self.columns, &self.names, variable);
        let second = context! {
            pool,
            db,
            db_type => if self.in_vectors { "VectorDb" } else { "Db" },
            owner => if_owned("owner"),
            owner_arg => if_owned("owner, "),
            user_arg => if_owned("user.owner(), "),
            user => if owned { "user" } else { "_" },
            user_and => if_owned("user, "),
            rest => if owned { "" } else { ", .." },
            searched => self.columns.iter().any(|column| column.searched),
            shows_labels => cells::show_labels(&cells),
            cells => Value::from(Serde(&cells)),
            searched_by => self.heading().filter(|column| column.most >= 5).map(|column| column.name.clone()),
            factory_models => listed(["", "Draft", "Id", "Input"].iter().map(|rest| format!("{model}{rest}"))
                .chain(owned.then(|| "User".to_owned()))),
            test_app => if self.in_vectors { "TestApp::with_vectors()" } else { "TestApp::new()" },
            test_pool,
            test_pool_self,
            params => arguments("app: &TestApp", "owner: &User"),
            asyncness => if uses_app { "async " } else { "" },
            body => call("body", "&ada"),
            form => call("form", "&ada"),
            form_of_eve => call("form", "&eve_user"),
            ada => if uses_owner { "ada" } else { "_" },
            eve_user => if uses_owner { "eve_user" } else { "_" },
            of_ada => if_owned("&ada"),
            ada_arg => if_owned("ada.owner(), "),
            needs_app_models => !self.api_test_uses(uses_owner).is_empty(),
            api_test_uses => self.api_test_uses(uses_owner),
            page_test_uses => self.page_test_uses(uses_owner),
        };
        context! { ..first, ..second }
    }

    fn refers_to_what_is_owned(&self) -> bool {
        self.columns.iter().any(|column| column.references.as_ref().is_some_and(|reference| reference.owned))
            || self.sets.iter().any(|set| set.owned)
    }

    /// The fields at which a row that is sent twice is refused. Where something is `NULL`, it is not.
    fn unique_in_tests(&self) -> impl Iterator<Item = &str> {
        let alone = self.columns.iter().filter(|column| column.unique && column.is_filled_in_tests());
        let together = self.unique.iter().filter(|together| test_rows::are_filled(together, &self.columns));
        let names: BTreeSet<&str> =
            alone.map(|column| column.name.as_str()).chain(together.map(UniqueTogether::first)).collect();
        names.into_iter()
    }

    /// The fields that are moments.
    fn moments(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.kind == "timestamp").map(|column| column.name.as_str())
    }

    /// What a row is called in a list: its first line of text that it has to have.
    pub(super) fn heading(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.kind == "string" && !column.optional)
    }
}

/// What a row is called in functions: after its model, where that is no word of the code around it.
fn variable<'a>(one: &'a str, words: &BTreeSet<String>) -> &'a str {
    [one, "item", "entry", "this_row"].into_iter().find(|name| !words.contains(*name)).unwrap_or("this_one")
}
