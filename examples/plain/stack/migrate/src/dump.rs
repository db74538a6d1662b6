//! Two databases as `pg_dump` writes them: another opinion on whether they look alike.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlx::Connection as _;
use stack_db::testing::TestDatabase;

use crate::catalog::RECORD;
use crate::error::Error;
use crate::scratch::connect;

/// Two dumps that are being written.
#[derive(Debug)]
pub struct Dumps(Option<(Child, Child)>);

impl Dumps {
    /// Begins both, where there is a `pg_dump` that can read the server.
    ///
    /// # Errors
    /// The server's.
    pub async fn begin(one: &TestDatabase, other: &TestDatabase) -> Result<Self, Error> {
        let both = program(one).await?;
        let both = both.and_then(|program| Some((dump(&program, one)?, dump(&program, other)?)));
        Ok(Self(both))
    }

    /// The statements that only one of them has: with `-` those of the first, with `+` those of the second. None if there are no
    /// dumps to compare.
    #[must_use]
    pub fn difference(self) -> Option<Vec<String>> {
        let (one, other) = self.0?;
        // Both are waited for: a process that nobody waits for stays.
        let (one, other) = (written(one), written(other));
        let (one, other) = (one?, other?);
        let only = |sign: &'static str, these: &[String], those: &[String]| -> Vec<String> {
            let those: BTreeSet<&String> = those.iter().collect();
            let only = these.iter().filter(|statement| !those.contains(statement));
            only.map(|statement| format!("{sign} {statement}"))
                .collect()
        };
        let mut found = only("-", &one, &other);
        found.extend(only("+", &other, &one));
        Some(found)
    }
}

fn dump(program: &Path, database: &TestDatabase) -> Option<Child> {
    let mut command = Command::new(program);
    command
        .args(["--schema-only", "--no-owner", "--exclude-table"])
        .arg(format!("*.{RECORD}"))
        .args(["--dbname", database.url()]);
    let command = command.stdin(Stdio::null()).stderr(Stdio::null());
    command.stdout(Stdio::piped()).spawn().ok()
}

fn written(dump: Child) -> Option<Vec<String>> {
    let output = dump.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| statements(&text))
}

/// The `pg_dump` beside the server or on the `PATH` that is of the server's version or a later one.
async fn program(database: &TestDatabase) -> Result<Option<PathBuf>, Error> {
    let mut connection = connect(database).await?;
    let (folder, version): (Option<String>, i32) = sqlx::query_as(
        "select (select setting from pg_config where name = 'BINDIR'),
                current_setting('server_version_num')::int / 10000",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.map(PathBuf::from).into_iter();
    for folder in folders.chain(std::env::split_paths(&path)) {
        let program = folder.join(format!("pg_dump{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            continue;
        }
        let Ok(output) = Command::new(&program).arg("--version").output() else {
            continue;
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text
            .split_whitespace()
            .filter_map(|word| word.split('.').next()?.parse::<i32>().ok());
        if numbers.next().is_some_and(|major| major >= version) {
            return Ok(Some(program));
        }
    }
    Ok(None)
}

/// Each statement on its own, sorted, without what makes no difference: the order of columns and of options, names of `NOT NULL`
/// constraints, names of indexes on partitions.
fn statements(text: &str) -> Vec<String> {
    let all = text.split(";\n").map(|statement| {
        let lines = statement.lines().filter(|line| {
            !line.starts_with("--") && !line.starts_with('\\') && !line.trim().is_empty()
        });
        let lines = lines.map(|line| plain(line.trim_end_matches(',')));
        let mut lines: Vec<String> = lines.collect();
        let first = lines.first().map_or("", String::as_str);
        if first.starts_with("CREATE TABLE ") || first.starts_with("CREATE UNLOGGED TABLE ") {
            lines.sort_unstable();
        }
        lines.join("\n")
    });
    let mut all: Vec<String> = all.collect();
    let attached: BTreeSet<String> = all
        .iter()
        .filter_map(|statement| {
            let (_, partition) = statement
                .strip_prefix("ALTER INDEX ")?
                .split_once(" ATTACH PARTITION ")?;
            Some(partition.rsplit('.').next().unwrap_or(partition).to_owned())
        })
        .collect();
    all.retain(|statement| !names_an_attached_one(statement, &attached) && !statement.is_empty());
    all.sort_unstable();
    all
}

/// Whether a statement makes or attaches the index of a partition, which goes along with the one of its table.
fn names_an_attached_one(statement: &str, attached: &BTreeSet<String>) -> bool {
    if statement.starts_with("ALTER INDEX ") {
        return statement.contains(" ATTACH PARTITION ");
    }
    let name = [" INDEX ", " ADD CONSTRAINT "]
        .iter()
        .find_map(|word| Some(statement.split_once(word)?.1));
    let makes = statement.starts_with("CREATE INDEX ")
        || statement.starts_with("CREATE UNIQUE INDEX ")
        || statement.starts_with("ALTER TABLE ONLY ");
    let name = name.and_then(|rest| rest.split_whitespace().next());
    makes && name.is_some_and(|name| attached.contains(name))
}

/// A line as it is compared.
fn plain(line: &str) -> String {
    if line.contains("ARRAY[") {
        // A list of values is told in another way after it was read again: `(ARRAY['a'::varchar])::text[]` as
        // `ARRAY[('a'::varchar)::text]`.
        let casts = [
            "(",
            ")",
            "::text[]",
            "::text",
            "::character varying",
            "::bpchar",
        ];
        let without = |line: String, cast: &&str| line.replace(*cast, "");
        return casts.iter().fold(line.to_owned(), without);
    }
    if let Some(options) = line.strip_prefix("WITH (") {
        let mut options: Vec<&str> = options.trim_end_matches(')').split(", ").collect();
        options.sort_unstable();
        return format!("WITH ({})", options.join(", "));
    }
    if let Some(rest) = line.strip_prefix("CREATE STATISTICS ")
        && let Some((name, rest)) = rest.split_once(" ON ")
        && let Some((columns, table)) = rest.split_once(" FROM ")
    {
        let mut columns: Vec<&str> = columns.split(", ").collect();
        columns.sort_unstable();
        return format!(
            "CREATE STATISTICS {name} ON {} FROM {table}",
            columns.join(", ")
        );
    }
    without_name_of_not_null(line).unwrap_or_else(|| line.to_owned())
}

/// `a integer CONSTRAINT filled NOT NULL`
fn without_name_of_not_null(line: &str) -> Option<String> {
    let (before, rest) = line.split_once(" CONSTRAINT ")?;
    let (name, behind) = rest.split_once(" NOT NULL")?;
    let is_name = !name.contains(' ') || name.starts_with('"') && name.ends_with('"');
    is_name.then(|| format!("{before} NOT NULL{behind}"))
}
