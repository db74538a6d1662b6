//! Hazards of migrations that were written by hand. Nothing is tried: a text is all there is.

use std::path::{Path, PathBuf};

use stack_db::migrations::BACKFILL;
use stack_db::statements::{Statement, split};

use crate::files::{ALLOW, NO_TRANSACTION};
use crate::hazard::{Allowance, Hazard, Name, Observer, Refused, Statistics};

/// A hazard, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// The statement.
    pub sql: String,
    pub hazard: Hazard,
}

/// A file as the lint reads it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub path: &'a Path,
    pub sql: &'a str,
    /// Whether its hazards are wanted. Of others is read what they have made.
    pub wanted: bool,
}

/// Every hazard that no comment allows. Of tables that `statistics` call small, those are left out that only disturb others.
#[must_use]
pub fn lint(files: &[File<'_>], statistics: &Statistics) -> Vec<Finding> {
    let mut observer = Observer::default();
    let mut found = Vec::new();
    for file in files {
        let lines: Vec<&str> = file.sql.lines().collect();
        let alone = file.sql.starts_with(NO_TRANSACTION);
        let in_batches = file.sql.starts_with(BACKFILL);
        for statement in split(file.sql) {
            let mut effects = observer.see(&statement);
            if !alone && needs_no_transaction(&statement) {
                let what = "cannot run in a transaction";
                let hazard = Hazard::new(Name::InTransaction, file_name(file.path), what);
                effects.hazards.push(hazard);
            }
            let table = effects.lock.map(|lock| lock.table);
            let known = |table: &String| statistics.tables.contains_key(table);
            let small = table.is_some_and(|it| known(&it) && !statistics.is_large(&it));
            let allowed = allowed_above(&lines, statement.line);
            let findings = effects.hazards.into_iter().filter(|hazard| {
                let harmless = hazard.name.description().refused == Refused::OnLargeTables;
                let excused = allowed.iter().any(|one| one.covers(hazard))
                    || in_batches && hazard.name == Name::BulkWrite;
                !(excused || small && harmless)
            });
            found.extend(findings.filter(|_| file.wanted).map(|hazard| Finding {
                path: file.path.to_owned(),
                line: statement.line,
                sql: statement.sql.to_owned(),
                hazard,
            }));
        }
        if !file.wanted {
            observer.forget_tables();
        }
    }
    found
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn needs_no_transaction(statement: &Statement<'_>) -> bool {
    let has = |word: &str| statement.tokens.iter().any(|token| token.is(word));
    let begins = ["create", "drop", "reindex", "alter"];
    let first = |words: &[&str]| words.iter().any(|word| statement.begins(&[word]));
    first(&begins) && has("concurrently") || first(&["vacuum"])
}

/// What the comments between a statement and the one before it allow.
fn allowed_above(lines: &[&str], line: usize) -> Vec<Allowance> {
    let above = lines.get(..line.saturating_sub(1)).unwrap_or_default();
    let above = above.iter().rev().map(|line| line.trim());
    let comments = above.take_while(|line| line.is_empty() || line.starts_with("--"));
    let allowed = comments.filter_map(|line| line.strip_prefix(ALLOW));
    allowed
        .filter_map(|rest| {
            let word = rest.split_whitespace().next()?;
            word.trim_end_matches(':').parse().ok()
        })
        .collect()
}
