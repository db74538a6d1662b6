//! The server and the template databases for tests, ready before a test asks for them.
//!
//! A template is named by the checksum of its schema, so a changed schema has a new one by itself; this makes it
//! while cargo still builds.

use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::databases::DATABASES;
use crate::project::Project;
use crate::ui;

/// Starts the server if it does not run, and makes the templates of the schemas as they are now, beside everything
/// else.
pub(super) fn keep(project: &Project) {
    let folders = DATABASES.iter().map(|database| project.schema(database));
    // A schema with a mistake is told of by the tests, which know where.
    let schemas = folders.filter_map(|folder| Schema::read(folder).ok());
    let schemas: Vec<Schema> = schemas.collect();
    tokio::spawn(async move {
        for schema in schemas {
            // Made by copying the template, which is there then; dropped at once.
            if let Err(error) = TestDatabase::try_create(&schema).await {
                ui::say(&format!("error: {error}"));
                return;
            }
        }
    });
}
