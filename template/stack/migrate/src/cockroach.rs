//! What CockroachDB does otherwise than PostgreSQL: a lint over the text of SQL.
//!
//! A lint, not a test: it knows what is written in CockroachDB's public documentation and grammar
//! (v25.4), asks no server, and sees words, not meanings. What it says nothing about may still
//! fail, and `COCKROACH_URL=… cargo test` is the proof. Where the documentation left doubt, the rule
//! says *check*.
//!
//! [`rules`] are also the table in `docs/cockroach.md`, which a test compares with them.

mod queries;
mod rules;
mod words;

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

use stack_db::statements::{self, Statement};

use crate::diff::{self, Step};

pub use queries::lint_queries;

/// One difference.
#[derive(Debug)]
pub struct Rule {
    /// By which it is called.
    pub name: &'static str,
    /// How bad it is.
    pub effect: Effect,
    /// What CockroachDB does.
    pub says: &'static str,
    /// What to write instead.
    pub write: &'static str,
    /// SQL in which it is found, as short as can be.
    pub example: &'static str,
    find: Find,
}

/// What happens to SQL that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The server refuses it.
    Refused,
    /// The server takes it, and does something else.
    Differs,
    /// The documentation does not settle it: try it.
    Check,
}

/// Where SQL stands, which decides the rules that apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of `schema/`.
    Schema,
    /// A file of `migrations/`, which runs in a transaction unless it says otherwise.
    Migration,
    /// A query of the application.
    Query,
}

/// How a rule finds what it is about; each gives the line, from 1.
#[derive(Debug)]
enum Find {
    /// In a statement.
    Statement(fn(&Statement<'_>) -> Option<usize>),
    /// In a statement, or in one within the body of a routine.
    Anywhere(fn(&Statement<'_>) -> Option<usize>),
    /// In the body of a routine.
    Body(fn(&Statement<'_>) -> Option<usize>),
    /// In all statements of a migration.
    Migration(fn(&[Statement<'_>]) -> Option<usize>),
    /// Not in the words of SQL. It is told in the table only.
    Told,
}

/// Something that a rule has found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: &'static Rule,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule {
            name, says, write, ..
        } = self.rule;
        let check = match self.rule.effect {
            Effect::Check => "check: ",
            _ => "",
        };
        write!(
            f,
            "`{}`, line {}: {check}{says} ({name})\nhint: {write}",
            self.path.display(),
            self.line
        )
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Differs => "differs",
            Self::Check => "check",
        })
    }
}

/// Every difference that is known here.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().copied().flatten()
}

/// Finds what CockroachDB would do otherwise, in the order of the lines. Each rule is reported once
/// for a statement.
#[must_use]
pub fn lint(path: &Path, sql: &str, place: Place) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |line: Option<usize>, rule: &'static Rule| {
        if let Some(line) = line {
            let path = path.to_owned();
            found.push(Finding { path, line, rule });
        }
    };
    let statements = statements::split(sql);
    for rule in rules() {
        match rule.find {
            Find::Statement(find) => statements.iter().for_each(|one| add(find(one), rule)),
            Find::Anywhere(find) => {
                for one in &statements {
                    add(find(one).or_else(|| in_body(one, find)), rule);
                }
            }
            Find::Body(find) => {
                for one in &statements {
                    add(in_body(one, find), rule);
                }
            }
            Find::Migration(find) if place == Place::Migration => add(find(&statements), rule),
            Find::Migration(_) | Find::Told => {}
        }
    }
    found.sort_by_key(|finding| finding.line);
    found
}

/// Lints what a project runs on its relational database: `schema/*.sql`, `migrations/*.sql` and the
/// queries in `src/repositories/`. The vector database is PostgreSQL's in any case.
///
/// # Errors
/// The system's, if a file cannot be read. A folder that does not exist holds none.
pub fn lint_project(root: &Path) -> io::Result<Vec<Finding>> {
    let mut found = Vec::new();
    for (folder, place) in [("schema", Place::Schema), ("migrations", Place::Migration)] {
        for file in files(&root.join(folder), "sql", false)? {
            found.extend(lint(&file, &std::fs::read_to_string(&file)?, place));
        }
    }
    for file in files(&root.join("src/repositories"), "rs", true)? {
        let code = std::fs::read_to_string(&file)?;
        // What works on vectors runs on their database only.
        if !code.contains("pgvector::") && !code.contains("VectorDb") {
            found.extend(lint_queries(&file, &code));
        }
    }
    for finding in &mut found {
        if let Ok(path) = finding.path.strip_prefix(root) {
            finding.path = path.to_owned();
        }
    }
    Ok(found)
}

/// The files of a folder with this ending, by name.
fn files(folder: &Path, ending: &str, deep: bool) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && deep {
            found.extend(files(&path, ending, deep)?);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Looks into the body of a routine, or of a `do`.
fn in_body(statement: &Statement<'_>, find: fn(&Statement<'_>) -> Option<usize>) -> Option<usize> {
    let body = words::body(statement)?;
    let before = body.line - 1;
    statements::split(body.text()?)
        .iter()
        .find_map(find)
        .map(|line| before + line)
}

/// The rules as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table =
        "| rule | for example | on CockroachDB | write instead |\n|---|---|---|---|\n".to_owned();
    for rule in rules() {
        let effect = match (rule.effect, &rule.find) {
            (effect, Find::Told) => format!("{effect}, not found by the lint"),
            (effect, _) => effect.to_string(),
        };
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(
            table,
            "| {} | `{}` | **{effect}**: {} | {} |",
            rule.name,
            cell(rule.example),
            cell(rule.says),
            cell(rule.write)
        );
    }
    table
}

/// Gives each step a file of its own, without a transaction; what comes afterwards stays last.
pub(crate) fn run_alone(steps: &mut Vec<Step>) {
    // Its rows have no place to go by. What would be filled in batches is filled at once, with what came meanwhile.
    steps.retain(|step| step.transaction != diff::Transaction::Batches);
    steps.sort_by_key(|step| step.transaction == diff::Transaction::Later);
    for step in steps {
        step.transaction = diff::Transaction::Without;
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
