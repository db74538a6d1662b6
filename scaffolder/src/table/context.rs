//! What the templates see, where the files go, and the lines for files that are there.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::names::capitalized;
use super::types::Column;
use super::{Insertion, Table, insertion_points, reserved};

/// Where a line of SQL is broken.
const WIDTH: usize = 84;

impl Table {
    /// The path of the file that a template makes.
    pub(super) fn path_of(&self, template: &str) -> String {
        let (table, one) = (&self.names.table, &self.names.one);
        match template {
            "schema.sql.jinja" if self.in_vectors => format!("schema/vector/{:03}_{table}.sql", self.number),
            "schema.sql.jinja" => format!("schema/{:03}_{table}.sql", self.number),
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
    pub(super) fn context(&self) -> Value {
        let names = &self.names;
        let model = &names.model;
        let owned = self.owned;
        let if_owned = |text: &'static str| if owned { text } else { "" };
        let variable = if reserved::is_variable(&names.one) { "item" } else { &names.one };
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
        let insert = format!("insert({pool}, {model}Id::generate(), {}&draft).await", if_owned("user.id, "));
        let (create, create_result) = if checked {
            let create = format!("services::{}::create({db}, user.id, &draft).await", names.table);
            (format!("{create}?"), create)
        } else {
            (format!("{}::{insert}?", names.table), format!("{}::{insert}.map_err(Error::from)", names.table))
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
            columns => Value::from(Serde(&self.columns)),
            owned,
            checked,
            in_vectors => self.in_vectors,
            any_optional => self.columns.iter().any(|column| column.optional),
            any_own_type => self.columns.iter().any(Column::has_own_type),
            has_references,
            sql => self.statements(),
            model_uses => self.model_uses(),
            model_super => self.model_super(),
            repository_uses => self.repository_uses(),
            repository_models => self.repository_models(),
            service_models => listed([model.clone(), format!("{model}Draft"), format!("{model}Id"), "Version".to_owned()]
                .into_iter().chain(owned.then(|| "UserId".to_owned())).chain(checked.then(|| "FieldErrors".to_owned()))),
        };
        let second = context! {
            pool,
            db,
            db_type => if self.in_vectors { "VectorDb" } else { "Db" },
            create,
            create_result,
            owner_arg => if_owned("owner, "),
            user_arg => if_owned("user.id, "),
            user => if owned { "user" } else { "_" },
            user_and => if_owned("user, "),
            rest => if owned { "" } else { ", .." },
            heading => self.heading(variable),
            form_uses => if self.columns.iter().any(is_plain_field) { "::{self, Field}" } else { "" },
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
            ada_arg => if_owned("ada.id, "),
            needs_app_models => !self.api_test_uses(uses_owner).is_empty(),
            api_test_uses => self.api_test_uses(uses_owner),
            page_test_uses => self.page_test_uses(uses_owner),
        };
        context! { ..first, ..second }
    }

    /// What the tests call to make what is referred to; empty where that is the owner.
    fn made_in_tests(&self) -> impl Iterator<Item = &str> {
        let references = self.columns.iter().filter_map(|column| column.references.as_ref());
        references.filter(|reference| !reference.variable.is_empty()).map(|reference| reference.make.as_str())
    }

    fn refers_to_what_is_owned(&self) -> bool {
        self.columns.iter().any(|column| column.references.as_ref().is_some_and(|reference| reference.owned))
    }

    fn column_list(&self) -> String {
        let owner = self.owned.then_some("user_id");
        let names = self.columns.iter().map(|column| column.name.as_str());
        let names = ["id"].into_iter().chain(owner).chain(names).chain(["version", "created_at", "updated_at"]);
        names.collect::<Vec<_>>().join(", ")
    }

    fn statements(&self) -> Value {
        let table = &self.names.table;
        let all = self.column_list();
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let written: Vec<&str> =
            ["id"].into_iter().chain(self.owned.then_some("user_id")).chain(names.iter().copied()).collect();
        let places: Vec<String> = (1..=written.len()).map(|place| format!("${place}")).collect();
        let first = if self.owned { 4 } else { 3 };
        let sets: Vec<String> =
            names.iter().enumerate().map(|(at, name)| format!("{name} = ${}", at + first)).collect();
        let (mine, mine_listed) = if self.owned { (" AND user_id = $2", " WHERE user_id = $1") } else { ("", "") };
        let (limit, after) = if self.owned { (2, " WHERE user_id = $1 AND id < $3") } else { (1, " WHERE id < $2") };
        let lines = |indent: usize, lines: &[String]| {
            let lines: Vec<String> = lines.iter().map(|line| wrapped(line, indent)).collect();
            lines.join(&format!("\n{}", " ".repeat(indent)))
        };
        context! {
            insert => lines(9, &[
                format!("INSERT INTO {table} ({})", written.join(", ")),
                format!("VALUES ({})", places.join(", ")),
                format!("RETURNING {all}"),
            ]),
            find => lines(9, &[format!("SELECT {all}"), format!("FROM {table} WHERE id = $1{mine}")]),
            list => lines(17, &[format!("SELECT {all}"), format!("FROM {table}{mine_listed} ORDER BY id DESC LIMIT ${limit}")]),
            list_after => lines(17, &[format!("SELECT {all}"), format!("FROM {table}{after} ORDER BY id DESC LIMIT ${limit}")]),
            update => lines(9, &[
                format!("UPDATE {table} SET {}, version = version + 1, updated_at = now()", sets.join(", ")),
                format!("WHERE id = $1{mine} AND version = ${}", if self.owned { 3 } else { 2 }),
                format!("RETURNING {all}"),
            ]),
            delete => format!("DELETE FROM {table} WHERE id = $1{mine}"),
        }
    }

    /// For each column that is a vector, the statement that searches by it.
    pub(super) fn nearest_statements(&self) -> Vec<Option<String>> {
        let statement = |column: &Column| {
            let name = &column.name;
            let mut conditions = Vec::new();
            conditions.extend(self.owned.then(|| "user_id = $3".to_owned()));
            conditions.extend(column.optional.then(|| format!("{name} IS NOT NULL")));
            let conditions =
                if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
            let indent = " ".repeat(9);
            let columns = wrapped(&format!("SELECT {}, 1 - ({name} <=> $1) AS similarity", self.column_list()), 9);
            format!("{columns}\n{indent}FROM {}{conditions}\n{indent}ORDER BY {name} <=> $1 LIMIT $2", self.names.table)
        };
        self.columns.iter().map(|column| (column.dimensions > 0).then(|| statement(column))).collect()
    }

    fn has(&self, kind: &str) -> bool {
        self.columns.iter().any(|column| column.kind == kind)
    }

    fn own_types(&self) -> impl Iterator<Item = String> {
        self.columns.iter().filter(|column| column.has_own_type()).map(|column| column.value.clone())
    }

    fn reference_ids(&self) -> impl Iterator<Item = String> {
        self.columns.iter().filter_map(|column| column.references.as_ref()).map(|reference| reference.id.clone())
    }

    fn model_uses(&self) -> Vec<String> {
        let mut uses = Vec::new();
        if self.own_types().next().is_some() {
            uses.push("use std::fmt;\n".to_owned());
        }
        if self.has("bytes") {
            uses.push("use base64::prelude::{BASE64_STANDARD, Engine as _};".to_owned());
        }
        if self.has("decimal") {
            uses.push("use rust_decimal::Decimal;".to_owned());
        }
        let by_hand = self.has("decimal") || self.has("bytes");
        uses.push(format!("use serde::{{Deserialize, Serialize{}}};", if by_hand { ", Serializer" } else { "" }));
        if self.has("json") {
            uses.push("use serde_json::Value;".to_owned());
        }
        uses.push(
            if self.has("date") { "use time::{Date, OffsetDateTime};" } else { "use time::OffsetDateTime;" }.to_owned(),
        );
        if self.has("uuid") {
            uses.push("use uuid::Uuid;".to_owned());
        }
        uses
    }

    fn model_super(&self) -> String {
        let mut names: BTreeSet<String> = self.reference_ids().collect();
        names.extend(["FieldErrors".to_owned(), format!("{}Id", self.names.model), "Version".to_owned()]);
        names.extend(self.owned.then(|| "UserId".to_owned()));
        names.extend(self.own_types().next().map(|_| "Invalid".to_owned()));
        let uses_input = self.columns.iter().any(|column| {
            [&column.parse, &column.text].iter().any(|code| code.contains("input::"))
                || column.serde.contains("input::")
        });
        let uses_text = self.columns.iter().any(|column| column.sent == "Text");
        names.extend(match (uses_input, uses_text) {
            (true, true) => Some("input::{self, Text}".to_owned()),
            (true, false) => Some("input".to_owned()),
            (false, true) => Some("input::Text".to_owned()),
            (false, false) => None,
        });
        names.extend(["string", "text", "json"].iter().any(|kind| self.has(kind)).then(|| "text".to_owned()));
        listed(names)
    }

    fn repository_uses(&self) -> Vec<String> {
        let mut uses = Vec::new();
        if self.in_vectors {
            uses.push("use pgvector::Vector;");
        }
        if self.has("decimal") {
            uses.push("use rust_decimal::Decimal;");
        }
        if self.has("json") {
            uses.push("use serde_json::Value;");
        }
        uses.push("use sqlx::{FromRow, PgExecutor};");
        uses.push(if self.has("date") { "use time::{Date, OffsetDateTime};" } else { "use time::OffsetDateTime;" });
        if self.has("uuid") {
            uses.push("use uuid::Uuid;");
        }
        uses.into_iter().map(str::to_owned).collect()
    }

    fn repository_models(&self) -> String {
        let model = &self.names.model;
        let mut names: BTreeSet<String> = self.reference_ids().chain(self.own_types()).collect();
        names.extend([model.clone(), format!("{model}Draft"), format!("{model}Id"), "Version".to_owned()]);
        names.extend(self.owned.then(|| "UserId".to_owned()));
        listed(names)
    }

    fn api_test_uses(&self, uses_owner: bool) -> String {
        let in_tests = self.columns.iter().filter_map(|column| column.references.as_ref());
        let mut models: BTreeSet<String> =
            in_tests.filter(|reference| !reference.variable.is_empty()).map(|reference| reference.id.clone()).collect();
        models.extend(self.columns.iter().filter(|column| column.dimensions > 0).map(|column| column.value.clone()));
        models.extend(uses_owner.then(|| "User".to_owned()));
        models.extend(self.makes_users().then(|| format!("{}Id", self.names.model)));
        let models = (!models.is_empty()).then(|| format!("models::{{{}}}", listed(models)));
        let repository = self.in_vectors.then(|| format!("repositories::{}", self.names.table));
        listed(models.into_iter().chain(repository))
    }

    fn page_test_uses(&self, uses_owner: bool) -> String {
        let mut models = BTreeSet::new();
        models.extend(uses_owner.then(|| "User".to_owned()));
        models.extend(self.makes_users().then(|| format!("{}Id", self.names.model)));
        let models = (!models.is_empty()).then(|| format!("models::{{{}}}", listed(models)));
        listed(models.into_iter().chain([format!("repositories::{}", self.names.table)]))
    }

    /// Whether tests make users with names of a kind.
    fn makes_users(&self) -> bool {
        let own = format!("{}Id::generate()", self.names.model);
        self.made_in_tests().any(|make| make.contains(&own))
    }

    /// What a row is called in a list: its first line of text.
    fn heading(&self, variable: &str) -> String {
        let required = self.columns.iter().find(|column| column.kind == "string" && !column.optional);
        let optional = self.columns.iter().find(|column| column.kind == "string");
        let name = capitalized(&self.names.singular());
        match (required, optional) {
            (Some(column), _) => format!("({variable}.{}.as_str())", column.name),
            (None, Some(column)) => {
                format!("({variable}.{}.as_ref().map_or(\"{name}\", |it| it.as_str()))", column.name)
            }
            _ => format!("\"{name} of \" (date({variable}.created_at))"),
        }
    }

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
        let exported =
            listed(["", "Draft", "Input"].iter().map(|rest| format!("{model}{rest}")).chain(self.own_types()));
        let page_routes = [
            format!("{url}\", get({table}::index).post({table}::create)"),
            format!("{url}/new\", get({table}::new)"),
            format!("{url}/{{id}}\", get({table}::edit).post({table}::update)"),
            format!("{url}/{{id}}/delete\", post({table}::delete)"),
        ];
        let api_routes = [
            format!("/api{url}\", get({table}::list).post({table}::create)"),
            format!("/api{url}/{{id}}\", get({table}::show).put({table}::update).delete({table}::delete)"),
        ];
        let routes = |routes: &[String]| -> String {
            routes.iter().map(|route| format!("        .route(\"{route})\n")).collect()
        };
        let mut all = vec![
            ("src/models/id.rs", vec![insertion("at the end", block, insertion_points::id)]),
            (
                "src/models/mod.rs",
                vec![
                    private(one),
                    insertion(
                        "among the others",
                        format!("pub use {one}::{{{exported}}};"),
                        insertion_points::public_use,
                    ),
                    list_insertion("pub use id", id),
                ],
            ),
            ("src/repositories/mod.rs", vec![public()]),
            ("src/services/mod.rs", vec![public()]),
            ("src/http/mod.rs", vec![public()]),
            ("src/pages/mod.rs", vec![public()]),
            (
                "src/routes.rs",
                vec![
                    list_insertion("use pages", table.clone()),
                    list_insertion("use http", table.clone()),
                    insertion(
                        "in `fn pages`, before `.route_layer`",
                        routes(&page_routes),
                        insertion_points::page_routes,
                    ),
                    insertion(
                        "in `fn api`, at the end of the chain",
                        routes(&api_routes),
                        insertion_points::api_routes,
                    ),
                ],
            ),
            (
                "src/pages/layout.rs",
                vec![insertion(
                    "in the navigation of who is logged in",
                    format!("a href=\"{url}\" {{ \"{}\" }}", capitalized(&self.names.plural())),
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
        }
        entries
    }
}

fn insertion(place: &'static str, snippet: String, insert: fn(&str, &str) -> Option<String>) -> Insertion {
    let what = snippet.clone();
    Insertion { place, snippet, insert: Box::new(move |text| insert(text, &what)) }
}

fn module_insertion(line: String) -> Insertion {
    insertion("among the other modules", line, insertion_points::module)
}

fn list_insertion(list: &'static str, name: String) -> Insertion {
    let snippet = format!("{list}::{{…, {name}}};");
    Insertion {
        place: "in the list",
        snippet,
        insert: Box::new(move |text| insertion_points::into_list(text, list, &name)),
    }
}

fn article(noun: &str) -> &str {
    noun.split(' ').next().unwrap_or("a")
}

fn is_plain_field(column: &Column) -> bool {
    !matches!(column.kind, "text" | "json" | "bytes" | "vector" | "enum" | "bool")
}

/// Names for a `use`, in any order: rustfmt sorts them.
fn listed(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    names.join(", ")
}

/// A line of SQL, broken between words where it is too wide.
fn wrapped(line: &str, indent: usize) -> String {
    let mut result = String::new();
    let mut width = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            result.push('\n');
            result.push_str(&" ".repeat(indent));
            width = 0;
        } else if width > 0 {
            result.push(' ');
            width += 1;
        }
        result.push_str(word);
        width += length;
    }
    result
}
