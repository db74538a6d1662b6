//! Reads off statements what they lock and what they may do, in the order in which they run: a table that was made just
//! before has no users yet, and a check that was validated spares a scan.

use std::collections::{BTreeMap, BTreeSet};

use stack_db::statements::{Statement, Token, Words};

use super::{Hazard, Lock, Mode, Name, Volatile, Work};

/// What a statement does to tables that were there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub lock: Option<Lock>,
    pub hazards: Vec<Hazard>,
}

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub struct Observer {
    pub(super) volatile: Volatile,
    /// Tables that were made.
    new: BTreeSet<String>,
    /// Checks that a column is not null: table and constraint to the column.
    pub(super) not_null_checks: BTreeMap<(String, String), String>,
    /// Columns, each with its table, of which one was validated.
    pub(super) checked: BTreeSet<(String, String)>,
}

impl Effects {
    pub(super) fn lock(&mut self, mode: Mode, table: &str, work: Work) {
        let lock = Lock {
            mode,
            table: table.to_owned(),
            work,
            size: None,
        };
        self.lock = Some(match self.lock.take() {
            // The strongest of all actions, for the longest of all.
            Some(before) if before.table == lock.table => Lock {
                mode: before.mode.max(mode),
                work: before.work.max(work),
                ..before
            },
            before => before.unwrap_or(lock),
        });
    }

    pub(super) fn hazard(&mut self, name: Name, object: &str, what: impl Into<String>) {
        self.hazards.push(Hazard::new(name, object, what));
    }
}

impl Observer {
    /// One that knows functions from before.
    pub(crate) fn knowing(volatile: Volatile) -> Self {
        Self {
            volatile,
            ..Self::default()
        }
    }

    /// Tables that were made so far have users by now.
    pub(crate) fn forget_tables(&mut self) {
        self.new.clear();
    }

    /// What the next statement does.
    pub fn see(&mut self, statement: &Statement<'_>) -> Effects {
        let mut effects = Effects::default();
        let words = Words(&statement.tokens);
        self.volatile.see(words.0);
        if self.create(words) {
            return effects;
        }
        self.index(words, &mut effects);
        self.alter_table(words, &mut effects);
        self.rows(words, &mut effects);
        drops(words, &mut effects);
        other_locks(words, &mut effects);
        authorization(words, &mut effects);
        let is_new = |table: &str| self.new.contains(table);
        if let Some(lock) = effects.lock.take_if(|lock| is_new(&lock.table)) {
            // An index has a name of its own.
            let part = format!("{}.", lock.table);
            effects.hazards.retain(|hazard| {
                hazard.name != Name::IndexBuild && !hazard.object.starts_with(&part)
            });
        }
        effects.hazards.retain(|hazard| !is_new(&hazard.object));
        effects
    }

    /// Notes what is made; true if that is all.
    fn create(&mut self, mut words: Words<'_, '_>) -> bool {
        if !words.take(&["create"]) {
            return false;
        }
        for word in ["unlogged", "global", "local", "temporary", "temp"] {
            words.take(&[word]);
        }
        if !words.take(&["table"]) && !words.take(&["materialized", "view"]) {
            return false;
        }
        words.take(&["if", "not", "exists"]);
        self.new.extend(table(&mut words));
        true
    }

    fn index(&self, mut words: Words<'_, '_>, effects: &mut Effects) {
        if words.take(&["create", "index"]) || words.take(&["create", "unique", "index"]) {
            let concurrently = words.take(&["concurrently"]);
            words.take(&["if", "not", "exists"]);
            let index = match words.take(&["on"]) {
                true => None,
                false => words.name().filter(|_| words.take(&["on"])),
            };
            // One on a partitioned table alone has nothing to read.
            let only = words.take(&["only"]);
            let Some(table) = table(&mut words) else {
                return;
            };
            if concurrently {
                return effects.lock(Mode::ShareUpdateExclusive, &table, Work::Index);
            }
            if only {
                return effects.lock(Mode::Share, &table, Work::Moment);
            }
            effects.lock(Mode::Share, &table, Work::Index);
            let index = index.unwrap_or_else(|| table.clone());
            let what = format!("builds an index while nobody can write to `{table}`");
            effects.hazard(Name::IndexBuild, &index, what);
        } else if words.take(&["reindex"]) && !words.0.iter().any(|token| token.is("concurrently"))
        {
            let of = words.0.last().map_or("", |token| token.sql);
            let what = "builds indexes while nobody can write";
            effects.hazard(Name::IndexBuild, of, what);
        }
    }

    fn rows(&self, mut words: Words<'_, '_>, effects: &mut Effects) {
        let (update, delete) = (
            words.take(&["update"]),
            words.take(&["delete", "from"]) || words.take(&["truncate"]),
        );
        if !update && !delete {
            return;
        }
        words.take(&["table"]);
        words.take(&["only"]);
        let Some(table) = table(&mut words) else {
            return;
        };
        effects.lock(Mode::RowExclusive, &table, Work::Rewrite);
        let has = |sequence: &[&str]| contains(words.0, sequence);
        if delete {
            let what = format!("deletes rows of `{table}`");
            effects.hazard(Name::DataLoss, &table, what);
        } else if !has(&["where"]) || has(&["is", "null"]) {
            let what = format!("changes the rows of `{table}` in one transaction");
            effects.hazard(Name::BulkWrite, &table, what);
        }
    }
}

fn drops(mut words: Words<'_, '_>, effects: &mut Effects) {
    if !words.take(&["drop"]) {
        return;
    }
    let holds = ["table", "schema", "database", "sequence", "extension"];
    let kind = holds.iter().find(|kind| words.take(&[kind]));
    let cascade = words.0.last().is_some_and(|token| token.is("cascade"));
    if kind.is_none() {
        // Whatever it is: `type`, `materialized view`.
        words.take(&["materialized"]);
        words.0 = words.0.get(1..).unwrap_or_default();
    }
    words.take(&["concurrently"]);
    words.take(&["if", "exists"]);
    let Some(name) = table(&mut words) else {
        return;
    };
    if kind == Some(&"table") {
        effects.lock(Mode::AccessExclusive, &name, Work::Moment);
    }
    match kind {
        Some(kind) => effects.hazard(
            Name::DataLoss,
            &name,
            format!("drops the {kind} `{name}` with all it holds"),
        ),
        None if cascade => effects.hazard(
            Name::DataLoss,
            &name,
            format!("drops `{name}` and whatever needs it"),
        ),
        None => {}
    }
}

fn other_locks(mut words: Words<'_, '_>, effects: &mut Effects) {
    if words.take(&["refresh", "materialized", "view"]) {
        if !words.take(&["concurrently"])
            && let Some(view) = table(&mut words)
        {
            effects.lock(Mode::AccessExclusive, &view, Work::Rewrite);
            let what = "nobody can read it until it is filled";
            effects.hazard(Name::Lock, &view, what);
        }
    } else if words.take(&["lock"]) {
        words.take(&["table"]);
        words.take(&["only"]);
        if let Some(table) = table(&mut words) {
            effects.lock(Mode::AccessExclusive, &table, Work::Moment);
            effects.hazard(Name::Lock, &table, "locks it until the transaction ends");
        }
    } else if words.take(&["cluster"]) || words.take(&["vacuum", "full"]) {
        let table = table(&mut words).unwrap_or_else(|| "everything".to_owned());
        effects.lock(Mode::AccessExclusive, &table, Work::Rewrite);
        effects.hazard(Name::Rewrite, &table, "writes the whole table anew");
    } else if words.take(&["alter", "domain"]) {
        let Some(domain) = words.name() else {
            return;
        };
        let adds = words.take(&["add"]) && !contains(words.0, &["not", "valid"]);
        if adds || words.take(&["set", "not", "null"]) {
            let what = "reads every table with a column of this type";
            effects.hazard(Name::Scan, &plain(&domain), what);
        }
    } else if words.take(&["create", "trigger"])
        && let Some(on) = words.0.iter().position(|token| token.is("on"))
    {
        words.0 = words.0.get(on + 1..).unwrap_or_default();
        if let Some(table) = table(&mut words) {
            effects.lock(Mode::ShareRowExclusive, &table, Work::Moment);
        }
    }
}

fn authorization(mut words: Words<'_, '_>, effects: &mut Effects) {
    let to_all = contains(words.0, &["to", "public"]);
    if words.0.first().is_some_and(|token| token.is("grant"))
        || words.take(&["alter", "default", "privileges"])
    {
        let grant = words.0.iter().any(|token| token.is("grant"));
        if grant && to_all {
            let on = words.0.iter().position(|token| token.is("on"));
            let mut target = Words(on.and_then(|on| words.0.get(on + 1..)).unwrap_or_default());
            for kind in ["table", "function", "schema", "sequence", "type", "domain"] {
                target.take(&[kind]);
            }
            let target = table(&mut target).unwrap_or_default();
            let what = "grants something to everybody";
            effects.hazard(Name::Authorization, &target, what);
        }
        return;
    }
    let alters = words.take(&["alter", "policy"]);
    if !alters && !words.take(&["create", "policy"]) {
        return;
    }
    let Some(policy) = words.name() else {
        return;
    };
    let Some(table) = words.take(&["on"]).then(|| table(&mut words)).flatten() else {
        return;
    };
    effects.lock(Mode::AccessExclusive, &table, Work::Moment);
    let restrictive = contains(words.0, &["as", "restrictive"]);
    if !restrictive && contains(words.0, &["(", "true", ")"]) {
        let what = format!("opens `{table}` to whomever the policy is for");
        effects.hazard(Name::Authorization, &format!("{table}.{policy}"), what);
    }
}

/// The next table, as the catalog has it.
pub(super) fn table(words: &mut Words<'_, '_>) -> Option<String> {
    words.name().map(|name| plain(&name))
}

/// A name as the catalog has it: without `public`, in lower case where it is not quoted.
pub(super) fn plain(name: &str) -> String {
    let name = match name.contains('"') {
        true => name.to_owned(),
        false => name.to_lowercase(),
    };
    name.strip_prefix("public.").unwrap_or(&name).to_owned()
}

/// Whether these words follow each other somewhere.
pub(super) fn contains(tokens: &[Token<'_>], words: &[&str]) -> bool {
    tokens.windows(words.len()).any(|window| {
        let mut pairs = window.iter().zip(words);
        pairs.all(|(token, word)| token.is(word))
    })
}
