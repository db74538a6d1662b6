//! A column that becomes `NOT NULL` and has a default, on a table that is in use.

use super::Alteration;
use crate::diff::names::{free_name, is_taken_in};
use crate::diff::{Step, Transaction};
use crate::hazard::Name;
use crate::object::Column;

impl Alteration<'_> {
    /// `SET NOT NULL` by way of a check, which is validated without a lock that others would notice.
    ///
    /// With a default: first it is set, so that no new row lacks it; then rows are filled, a few at a time, while they may
    /// still be changed as they are; the check comes after that, and the few that came meanwhile are filled behind it.
    pub(super) fn not_null_online(
        &self,
        new: &Column,
        alter: &str,
        checked: impl Fn(String) -> Step,
    ) -> Vec<Step> {
        let (table, name) = (&new.table, &new.name);
        let check = free_name(name, "_not_null_check", |check| {
            is_taken_in(table, check, self.from, self.to)
        });
        let mut steps = Vec::new();
        if let Some(default) = self.default {
            steps.extend(self.filled_online(new, default));
        }
        steps.push(checked(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID"
        )));
        let later = [
            format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"),
            format!("{alter} SET NOT NULL"),
            format!("ALTER TABLE {table} DROP CONSTRAINT {check}"),
        ];
        steps.extend(later.map(|sql| self.step(sql).in_transaction(Transaction::Later)));
        steps
    }

    /// Sets the default, and gives it to the rows without a value: most of them in batches, then the few that moved meanwhile.
    pub(super) fn filled_online(&self, new: &Column, default: &str) -> Vec<Step> {
        let column = &self.id.name;
        let what = format!("gives every row without `{column}` its default, in batches");
        let rest = fill(&new.table, &new.name, default);
        let batches = self.step(format!("{rest} /* batch */"));
        let batches = batches.hazard(Name::MayFailOnData, what);
        let set_default = self.set_default.map(|sql| self.step(sql)).into_iter();
        let batches = batches.in_transaction(Transaction::Batches);
        let few = format!("gives the few rows that moved meanwhile their `{column}`");
        let rest = self.step(rest).hazard(Name::BulkWrite, few);
        let rest = rest.in_transaction(Transaction::Later);
        set_default.chain([batches, rest]).collect()
    }
}

/// Gives the rows that have nothing in a column its default.
pub(super) fn fill(table: &str, column: &str, default: &str) -> String {
    format!("UPDATE {table} SET {column} = {default} WHERE {column} IS NULL")
}
