//! Which databases the project has.

/// One database of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Database {
    /// What commands call it.
    pub(crate) name: &'static str,
    /// What is added to the project's name for the database's on the project's own server.
    pub(crate) suffix: &'static str,
    /// The setting with its URL.
    pub(crate) variable: &'static str,
    pub(crate) schema: &'static str,
    pub(crate) migrations: &'static str,
}

const MAIN: Database = Database {
    name: "main",
    suffix: "",
    variable: "DATABASE_URL",
    schema: "schema",
    migrations: "migrations",
};

/// All of them.
pub(crate) const DATABASES: &[Database] = &[MAIN];
