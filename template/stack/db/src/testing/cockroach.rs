//! Test databases on CockroachDB. It has no template databases, so the schema is run for each; and no
//! advisory locks by which to know that an owner is dead, so nobody drops what a killed process left.

use super::Error;
use super::reaper::Session;
use crate::Schema;

impl Session {
    /// Creates a database and runs the schema in it.
    pub(super) async fn create_and_fill(
        &mut self,
        schema: &Schema,
        name: &str,
    ) -> Result<(), Error> {
        self.execute(format!("create database {name}")).await?;
        let pool = self.pool(name);
        let filled = schema.fill_if_empty(&pool).await;
        pool.close().await;
        filled?;
        Ok(())
    }

    /// Drops one database.
    pub(super) async fn drop_cascade(&mut self, name: &str) {
        // A test must not fail in its `Drop`.
        let statement = format!("drop database if exists {name} cascade");
        let _ = self.execute(statement).await;
    }
}
