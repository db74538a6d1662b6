//! Neighbours that alter one table become one statement, which locks it once and, where it has to, writes it once.

use std::collections::BTreeSet;

use super::{Step, Transaction};
use crate::hazard::Name;

/// Puts together what stands side by side in one transaction and adds columns to one table, or changes their types in the same way.
///
/// Only what is of one kind: the server does the parts of such a statement by kind, and not in the order in which they stand.
pub(super) fn put_together(steps: Vec<Step>) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for step in steps {
        match all.last_mut() {
            Some(last) if is_like(last, &step) => {
                let (table, part) = part(&step.sql).unwrap_or_default();
                let first = last.sql.strip_prefix(table).unwrap_or_default();
                // The first one gets a line of its own as soon as there is a second.
                if !first.starts_with('\n') {
                    last.sql = format!("{table}\n    {}", first.trim_start());
                }
                last.sql += ",\n    ";
                last.sql += part;
                last.hazards.extend(step.hazards);
            }
            _ => all.push(step),
        }
    }
    all
}

fn is_like(one: &Step, other: &Step) -> bool {
    let (Some((table, first)), Some((other_table, second))) = (part(&one.sql), part(&other.sql))
    else {
        return false;
    };
    let shared = one.transaction == Transaction::Shared && other.transaction == Transaction::Shared;
    shared && table == other_table && kind(first) == kind(second) && names(one) == names(other)
}

fn names(step: &Step) -> BTreeSet<Name> {
    step.hazards.iter().map(|hazard| hazard.name).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    AddColumn,
    Type,
    NotNull,
}

/// The kind of a part.
fn kind(part: &str) -> Option<Kind> {
    if part.starts_with("ADD COLUMN ") {
        return Some(Kind::AddColumn);
    }
    if part.starts_with("ALTER COLUMN ") {
        if part.ends_with(" SET NOT NULL") {
            return Some(Kind::NotNull);
        }
        let name = name(part.strip_prefix("ALTER COLUMN ")?);
        let rest = part.strip_prefix("ALTER COLUMN ")?.strip_prefix(name)?;
        return rest.starts_with(" TYPE ").then_some(Kind::Type);
    }
    None
}

/// `ALTER TABLE notes` and what comes behind it, of a statement that can be put together with others.
fn part(sql: &str) -> Option<(&str, &str)> {
    let rest = sql.strip_prefix("ALTER TABLE ")?;
    let table = name(rest);
    let end = "ALTER TABLE ".len() + table.len();
    let (table, part) = (sql.get(..end)?, sql.get(end..)?.trim_start());
    kind(part).map(|_| (table, part))
}

/// The name at the beginning of a text, with its schema and its quotes.
fn name(text: &str) -> &str {
    let mut quoted = false;
    let end = text.find(|c: char| {
        quoted ^= c == '"';
        c.is_whitespace() && !quoted
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or(text)
}
