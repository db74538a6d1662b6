//! A column that becomes `NOT NULL` and has a default, on a table that is in use.

use super::Alteration;
use crate::diff::names::{free_name, is_taken_in, quote};
use crate::diff::{Step, Transaction};
use crate::hazard::Name;
use crate::object::Column;

/// How many pages of 8 kB are filled in one transaction.
const PAGES: u32 = 200;

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
        let rest = self.default.map(|default| fill(table, name, default));
        let later = rest.into_iter().chain(later);
        steps.extend(later.map(|sql| self.step(sql).in_transaction(Transaction::Later)));
        steps
    }

    /// Sets the default, and gives it to the rows without a value.
    pub(super) fn filled_online(&self, new: &Column, default: &str) -> Vec<Step> {
        let column = &self.id.name;
        let what = format!("gives every row without `{column}` its default, in batches");
        let batches = self.step(in_batches(&new.table, &new.name, default));
        let batches = batches.hazard(Name::MayFailOnData, what);
        let set_default = self.set_default.map(|sql| self.step(sql)).into_iter();
        let batches = batches.in_transaction(Transaction::Repeatable);
        set_default.chain([batches]).collect()
    }
}

/// Gives the rows that have nothing in a column its default.
pub(super) fn fill(table: &str, column: &str, default: &str) -> String {
    format!("UPDATE {table} SET {column} = {default} WHERE {column} IS NULL")
}

/// The same, some pages at a time and each time in a transaction of its own, so that no row is locked for long. Run again,
/// it goes on with what is left. What is not in those pages, such as the rows of tables that inherit, comes at the end.
fn in_batches(table: &str, column: &str, default: &str) -> String {
    let in_pages = fill(&format!("ONLY {table}"), column, default);
    let rest = fill(table, column, default);
    let name = quote(table);
    format!(
        "DO $fill$
DECLARE
    pages bigint := pg_relation_size({name}) / current_setting('block_size')::bigint;
BEGIN
    FOR page IN 0..pages BY {PAGES} LOOP
        {in_pages}
            AND ctid >= format('(%s,0)', page)::tid AND ctid < format('(%s,0)', page + {PAGES})::tid;
        COMMIT;
        PERFORM pg_sleep(0.01);
    END LOOP;
    {rest};
END $fill$"
    )
}
