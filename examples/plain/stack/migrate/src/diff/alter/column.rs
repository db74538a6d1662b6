//! Changes of a column: its type, whether it may be null, where its values come from.

use super::{Alteration, backfill};
use crate::diff::Step;
use crate::diff::create::{self, changed_options};
use crate::diff::names::{bare, last_part, quote};
use crate::diff::type_changes::{Wider, is_castable, is_wider};
use crate::hazard::Name;
use crate::object::{Body, Column, Id, Kind};

impl Alteration<'_> {
    pub(super) fn column(&self, old: &Column, new: &Column) -> Vec<Step> {
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", new.table, new.name);
        let retyped = old.ty != new.ty || old.collation != new.collation || self.retyped;
        let mut steps = Vec::new();
        if old.generated.is_some() && new.generated.is_none() {
            steps.push(self.step(format!("{alter} DROP EXPRESSION")));
        }
        if old.identity.is_some() && new.identity.is_none() {
            steps.push(self.step(format!("{alter} DROP IDENTITY")));
        }
        if old.not_null && !new.not_null {
            steps.push(self.step(format!("{alter} DROP NOT NULL")));
        }
        if retyped {
            steps.push(self.column_type(old, new, &alter));
        }
        if !old.not_null && new.not_null {
            steps.extend(self.not_null(new, &alter));
        }
        if old.identity.is_none() && new.identity.is_some() {
            steps.extend(self.add_identity(new, &alter));
        } else {
            steps.extend(self.change_identity(old, new, &alter));
        }
        // A new type begins with its own compression.
        if old.compression != new.compression || retyped && new.compression.is_some() {
            let compression = new.compression.as_deref().unwrap_or("default");
            steps.push(self.step(format!("{alter} SET COMPRESSION {compression}")));
        }
        steps
    }

    /// The numbers go on behind those that the column holds.
    fn add_identity(&self, new: &Column, alter: &str) -> Vec<Step> {
        let mut steps = vec![self.step(format!("{alter} ADD{}", create::identity(new)))];
        if let Some(sequence) = new
            .sequence
            .as_ref()
            .filter(|options| options.increment > 0)
        {
            let (table, column) = (quote(&new.table), quote(&bare(&new.name)));
            let name = format!("pg_get_serial_sequence({table}, {column})");
            let sql = create::setval_behind(&name, sequence.start, &new.table, &new.name);
            steps.push(self.step(sql));
        }
        steps
    }

    fn change_identity(&self, old: &Column, new: &Column, alter: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        let (Some(always), Some(before), Some(after)) =
            (&new.identity, &old.sequence, &new.sequence)
        else {
            return steps;
        };
        if let (Some(name), Some(wanted)) = (&old.sequence_name, &new.sequence_name)
            && name != wanted
        {
            let wanted = last_part(wanted);
            steps.push(self.step(format!("ALTER SEQUENCE {name} RENAME TO {wanted}")));
        }
        let mut clauses = changed_options(before, after);
        if old.identity != new.identity {
            clauses.insert(0, format!("GENERATED {always}"));
        }
        if !clauses.is_empty() {
            let sets: Vec<String> = clauses.iter().map(|set| format!("SET {set}")).collect();
            steps.push(self.step(format!("{alter} {}", sets.join(" "))));
        }
        steps
    }

    fn column_type(&self, old: &Column, new: &Column, alter: &str) -> Step {
        let (name, ty) = (&new.name, &new.ty);
        // Without one it is the new type's own.
        let collation = new.collation.as_ref();
        let collate = collation.map_or_else(String::new, |name| format!(" COLLATE {name}"));
        let set = format!("{alter} TYPE {ty}{collate}");
        if old.ty == new.ty && !self.retyped {
            return self
                .step(set)
                .hazard(Name::IndexBuild, "rewrites the indexes of the column");
        }
        if old.ty == new.ty {
            // The same name, another enum.
            let text = if ty.ends_with("[]") { "text[]" } else { "text" };
            return self
                .step(format!("{set} USING {name}::{text}::{ty}"))
                .hazard(Name::Rewrite, "rewrites the table");
        }
        match self.is_wider(&old.ty, ty) {
            Wider::InPlace => self.step(set),
            Wider::Rewritten => self.step(set).hazard(Name::Rewrite, "rewrites the table"),
            Wider::No => {
                let castable = is_castable(&old.ty, ty);
                let through = if castable { "" } else { "::text" };
                let what = format!(
                    "changes the column `{}` from `{}` to `{ty}`, which may fail or lose part of a value",
                    self.id.name, old.ty
                );
                self.step(format!("{set} USING {name}{through}::{ty}"))
                    .hazard(Name::DataLoss, what)
                    .hazard(Name::Rewrite, "rewrites the table")
            }
        }
    }

    /// Whether every value fits: of a domain, what it is made of; of an enum, a label is a text.
    fn is_wider(&self, old: &str, new: &str) -> Wider {
        let body = |kind| self.from.body(&Id::new(kind, old));
        match (body(Kind::Domain), body(Kind::Enum)) {
            (Some(Body::Domain(domain)), _) if domain.base == new => Wider::InPlace,
            (Some(Body::Domain(domain)), _) => is_wider(&domain.base, new),
            (_, Some(_)) if matches!(new, "text" | "character varying") => Wider::Rewritten,
            _ => is_wider(old, new),
        }
    }

    fn not_null(&self, new: &Column, alter: &str) -> Vec<Step> {
        let table = &new.table;
        let checked = |sql: String| {
            let what = format!("fails if a row has no `{}`", self.id.name);
            match self.default {
                Some(_) => self.step(sql),
                None => self.step(sql).hazard(Name::FailsOnData, what),
            }
        };
        if self.locks.is_online(table) {
            return self.not_null_online(new, alter, checked);
        }
        let mut steps = Vec::new();
        if let Some(default) = self.default {
            // First, because it locks the table: no row without it comes in between.
            steps.extend(self.set_default.map(|sql| self.step(sql)));
            let what = format!("gives every row without `{}` its default", self.id.name);
            let fill = backfill::fill(table, &new.name, default);
            steps.push(self.step(fill).hazard(Name::BulkWrite, what));
        }
        steps.push(checked(format!("{alter} SET NOT NULL")));
        steps
    }
}
