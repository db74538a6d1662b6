//! A file of SQL, run whole, and the place of a mistake in it.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnection, PgDatabaseError, PgErrorPosition};

use crate::statements;

/// The server refused a statement of a file.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database refused `{}`, line {line}: {message}{}", .path.display(),
    hint_line(.hint.as_deref())
)]
pub struct Refused {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1: that of the mistake if the server says, else that of the statement.
    pub line: usize,
    /// The server's message.
    pub message: String,
    /// The server's hint, if it has one.
    pub hint: Option<String>,
    /// The whole of the server's answer.
    pub source: Box<sqlx::Error>,
}

fn hint_line(hint: Option<&str>) -> String {
    hint.map_or_else(String::new, |hint| format!("\nhint: {hint}"))
}

/// The `*.sql` files that lie directly in a folder, sorted by the number that their names begin with, then by name.
pub(crate) fn in_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sql") && path.is_file() {
            files.push(path);
        }
    }
    files.sort_by_cached_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        (leading_number(&name), name.into_owned())
    });
    Ok(files)
}

/// The number that a name begins with: 1000 comes after 200, as whoever counts would have it. Names without one come last.
fn leading_number(name: &str) -> u64 {
    let end = name.find(|c: char| !c.is_ascii_digit());
    name[..end.unwrap_or(name.len())]
        .parse()
        .unwrap_or(u64::MAX)
}

/// Why a file did not run to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Because of a statement in it.
    Refused(Refused),
    /// Because of anything else, such as a lost connection.
    Database(sqlx::Error),
}

/// Runs the whole file as one message, as `psql -f` would not: the server splits it, and its
/// splitting is the one that counts.
pub(crate) async fn run(
    connection: &mut PgConnection,
    path: &Path,
    sql: &str,
) -> Result<(), Failure> {
    let mut done = 0;
    let plain = without_restrict(sql);
    let mut results = sqlx::raw_sql(AssertSqlSafe(plain.as_ref())).fetch_many(connection);
    while let Some(result) = results.next().await {
        match result {
            Ok(sqlx::Either::Left(_)) => done += 1,
            Ok(sqlx::Either::Right(_)) => {}
            Err(source) => return Err(refused(source, path, sql, done)),
        }
    }
    Ok(())
}

/// The text without the lines by which `pg_dump` tells `psql` to take no commands from it: blanks in their place, so that what
/// follows stays where it is. <https://www.postgresql.org/docs/current/app-psql.html>
fn without_restrict(sql: &str) -> Cow<'_, str> {
    let is_one = |line: &str| {
        let key = line
            .strip_prefix(r"\restrict ")
            .or_else(|| line.strip_prefix(r"\unrestrict "));
        key.is_some_and(|key| key.trim_end().chars().all(|c| c.is_ascii_alphanumeric()))
    };
    if !sql.lines().any(is_one) {
        return Cow::Borrowed(sql);
    }
    let lines = sql.split_inclusive('\n').map(|line| {
        let text = line.trim_end_matches(['\r', '\n']);
        match is_one(text) {
            true => line.replacen(text, &" ".repeat(text.len()), 1),
            false => line.to_owned(),
        }
    });
    Cow::Owned(lines.collect())
}

/// Adds file and line to the server's error; `done` is how many statements succeeded before.
pub(crate) fn refused(source: sqlx::Error, path: &Path, sql: &str, done: usize) -> Failure {
    let Some(answer) = source
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        return Failure::Database(source);
    };
    let line = match answer.position() {
        Some(PgErrorPosition::Original(position)) => line_of_character(sql, position),
        _ => statements::lines(sql).nth(done).unwrap_or(1),
    };
    let (message, hint) = (
        answer.message().to_owned(),
        answer.hint().map(str::to_owned),
    );
    Failure::Refused(Refused {
        path: path.to_owned(),
        line,
        message,
        hint,
        source: Box::new(source),
    })
}

/// The SQLSTATE of an error, if it is the server's.
pub(crate) fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// The line, from 1, of a character, from 1.
fn line_of_character(text: &str, position: usize) -> usize {
    text.chars()
        .take(position.saturating_sub(1))
        .filter(|c| *c == '\n')
        .count()
        + 1
}
