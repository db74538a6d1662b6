//! Databases of its own for a run of the application under test: test databases like those of `cargo test`, dropped
//! at the end, and by the next run if this one is killed.

use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::databases::{DATABASES, Database};
use crate::error::Result;
use crate::guard;
use crate::project::Project;
use crate::ui;

/// One for each database that the project has, except those that only others are set for.
pub(super) struct Databases(pub(super) Vec<(&'static Database, TestDatabase)>);

impl Databases {
    /// On the server of the setting, if that is one on this machine, else on the project's own for tests.
    pub(super) async fn create(project: &Project) -> Result<Self> {
        let mut databases = Vec::new();
        for database in DATABASES {
            let schema = Schema::read(project.schema(database))?;
            let made = match project.setting(database.variable) {
                Some(url) => {
                    guard::require_local(project, &url)?;
                    TestDatabase::create_at(&url, &schema).await?
                }
                None if project.setting("DATABASE_URL").is_some() => {
                    ui::warning(&format!(
                        "`{}` is not set: that database is left out",
                        database.variable
                    ));
                    continue;
                }
                None => TestDatabase::create_own(&schema).await?,
            };
            databases.push((database, made));
        }
        Ok(Self(databases))
    }

    /// What the application is told: an empty setting counts as missing, and hides what `.env` says.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        DATABASES.iter().map(|database| {
            let made = self.0.iter().find(|(of, _)| *of == database);
            let url = made.map(|(_, made)| made.url().to_owned());
            (database.variable, url.unwrap_or_default())
        })
    }
}
