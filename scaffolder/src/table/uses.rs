//! What generated files import, and what of the project's own they use.

use std::collections::BTreeSet;

use super::Table;

impl Table {
    /// What the tests call to make what is referred to; empty where that is the owner.
    pub(super) fn made_in_tests(&self) -> impl Iterator<Item = &str> {
        let references = self.columns.iter().filter_map(|column| column.references.as_ref());
        let references = references.filter(|reference| !reference.variable.is_empty());
        references.map(|reference| reference.make.as_str()).chain(self.sets.iter().map(|set| set.make.as_str()))
    }

    fn has(&self, kind: &str) -> bool {
        self.columns.iter().any(|column| column.kind == kind)
    }

    pub(super) fn own_types(&self) -> impl Iterator<Item = String> {
        self.columns.iter().filter(|column| column.has_own_type()).map(|column| column.value.clone())
    }

    fn reference_ids(&self) -> impl Iterator<Item = String> {
        let references = self.columns.iter().filter_map(|column| column.references.as_ref());
        references.map(|reference| reference.id.clone()).chain(self.set_ids())
    }

    /// The types of the ids in sets.
    fn set_ids(&self) -> impl Iterator<Item = String> {
        self.sets.iter().map(|set| set.id.clone())
    }

    pub(super) fn model_uses(&self) -> Vec<String> {
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

    pub(super) fn model_super(&self) -> String {
        let mut names: BTreeSet<String> = self.reference_ids().collect();
        names.remove(&format!("{}Id", self.names.model));
        names.extend(["FieldErrors", "Version"].map(str::to_owned));
        names.extend(self.owned.then(|| "UserId".to_owned()));
        names.extend(self.own_types().chain(self.set_ids()).next().map(|_| "Invalid".to_owned()));
        let uses_input = self.columns.iter().any(|column| {
            [&column.parse, &column.text, &column.default].iter().any(|code| code.contains("input::"))
                || column.serde.contains("input::")
        }) || !self.sets.is_empty();
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

    pub(super) fn repository_uses(&self) -> Vec<String> {
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
        let by_connection = !self.sets.is_empty();
        uses.push(if by_connection {
            "use sqlx::{FromRow, PgConnection, PgExecutor};"
        } else {
            "use sqlx::{FromRow, PgExecutor};"
        });
        uses.push(if self.has("date") { "use time::{Date, OffsetDateTime};" } else { "use time::OffsetDateTime;" });
        if self.has("uuid") {
            uses.push("use uuid::Uuid;");
        }
        uses.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn repository_models(&self) -> String {
        let model = &self.names.model;
        let mut names: BTreeSet<String> = self.reference_ids().chain(self.own_types()).collect();
        names.extend(["", "Draft", "Id", "Query", "Sort"].map(|rest| format!("{model}{rest}")));
        names.insert("Version".to_owned());
        if self.owned {
            names.extend(["Owner".to_owned(), "UserId".to_owned()]);
        }
        listed(names)
    }

    pub(super) fn api_test_uses(&self, uses_owner: bool) -> String {
        let in_tests = self.columns.iter().filter_map(|column| column.references.as_ref());
        let mut models: BTreeSet<String> =
            in_tests.filter(|reference| !reference.variable.is_empty()).map(|reference| reference.id.clone()).collect();
        models.extend(self.columns.iter().filter(|column| column.dimensions > 0).map(|column| column.value.clone()));
        models.extend(self.set_ids());
        models.extend(uses_owner.then(|| "User".to_owned()));
        models.extend(self.makes_ids().then(|| format!("{}Id", self.names.model)));
        let models = (!models.is_empty()).then(|| format!("models::{{{}}}", listed(models)));
        let repository = self.in_vectors.then(|| format!("repositories::{}", self.names.table));
        listed(models.into_iter().chain(repository))
    }

    pub(super) fn page_test_uses(&self, uses_owner: bool) -> String {
        let mut models = BTreeSet::new();
        models.extend(uses_owner.then(|| "User".to_owned()));
        models.extend(self.makes_ids().then(|| format!("{}Id", self.names.model)));
        let models = (!models.is_empty()).then(|| format!("models::{{{}}}", listed(models)));
        listed(models.into_iter().chain([format!("repositories::{}", self.names.table)]))
    }

    /// Whether tests make what there may be only one of, after a new id.
    fn makes_ids(&self) -> bool {
        let own = format!("{}Id::generate()", self.names.model);
        self.made_in_tests().any(|make| make.contains(&own))
            || self.columns.iter().any(|column| column.sample.contains(&own) || column.sample_text.contains(&own))
    }
}

/// Names for a `use`, in any order: rustfmt sorts them.
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    names.join(", ")
}
