//! The actions of `ALTER TABLE`.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use stack_db::statements::{Token, Words};

use super::observer::{contains, table};
use super::{Effects, Mode, Name, Observer, Work};

impl Observer {
    pub(super) fn alter_table(&mut self, mut words: Words<'_, '_>, effects: &mut Effects) {
        if !words.take(&["alter", "table"]) && !words.take(&["alter", "materialized", "view"]) {
            return;
        }
        words.take(&["if", "exists"]);
        words.take(&["only"]);
        let Some(table) = table(&mut words) else {
            return;
        };
        words.take(&["*"]);
        for action in actions(words.0) {
            self.action(&table, Words(action), effects);
        }
    }

    fn action(&mut self, table: &str, mut words: Words<'_, '_>, effects: &mut Effects) {
        use Mode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
        if words.take(&["add"]) {
            return self.add(table, words, effects);
        }
        if words.take(&["alter"]) {
            words.take(&["column"]);
            let column = words.name().unwrap_or_default();
            return self.alter_column(table, &column, words, effects);
        }
        if words.take(&["validate", "constraint"]) {
            let constraint = words.name().unwrap_or_default();
            let key = (table.to_owned(), constraint);
            if let Some(column) = self.not_null_checks.get(&key) {
                self.checked.insert((key.0, column.clone()));
            }
            return effects.lock(ShareUpdateExclusive, table, Work::Scan);
        }
        let weak = [
            &["set", "("][..],
            &["reset", "("],
            &["cluster", "on"],
            &["set", "without", "cluster"],
        ];
        if weak.iter().any(|begin| words.take(begin)) {
            return effects.lock(ShareUpdateExclusive, table, Work::Moment);
        }
        if words.take(&["attach", "partition"]) {
            let partition = super::observer::table(&mut words).unwrap_or_default();
            effects.lock(ShareUpdateExclusive, table, Work::Moment);
            let what = format!("reads every row of `{partition}`, unless a check has the bounds");
            return effects.hazard(Name::Scan, &partition, what);
        }
        let switches = ["enable", "disable"];
        if switches.iter().any(|word| words.take(&[word, "trigger"])) {
            return effects.lock(ShareRowExclusive, table, Work::Moment);
        }
        let opens = [
            &["disable", "row", "level", "security"][..],
            &["no", "force", "row", "level", "security"],
        ];
        if opens.iter().any(|begin| words.take(begin)) {
            let what = format!("switches row-level security of `{table}` off");
            effects.hazard(Name::Authorization, table, what);
        }
        let rewrites = [
            &["set", "logged"][..],
            &["set", "unlogged"],
            &["set", "access", "method"],
            &["set", "tablespace"],
        ];
        let mut work = Work::Moment;
        if rewrites.iter().any(|begin| words.take(begin)) {
            work = Work::Rewrite;
            effects.hazard(Name::Rewrite, table, "writes the whole table anew");
        }
        effects.lock(AccessExclusive, table, work);
        if words.take(&["drop"]) {
            if !words.take(&["constraint"]) {
                words.take(&["column"]);
                words.take(&["if", "exists"]);
                let column = format!("{table}.{}", words.name().unwrap_or_default());
                let what = format!("drops the column `{column}` with all it holds");
                effects.hazard(Name::DataLoss, &column, what);
            }
        } else if words.take(&["set", "schema"]) {
            effects.hazard(Name::Incompatible, table, "moves it to another schema");
        } else if words.take(&["rename"]) && !words.take(&["constraint"]) {
            let renamed = if words.take(&["to"]) {
                table.to_owned()
            } else {
                words.take(&["column"]);
                format!("{table}.{}", words.name().unwrap_or_default())
            };
            let what = format!("the version that runs may still use the name `{renamed}`");
            effects.hazard(Name::Incompatible, &renamed, what);
        }
    }

    fn alter_column(
        &self,
        table: &str,
        column: &str,
        mut words: Words<'_, '_>,
        effects: &mut Effects,
    ) {
        let name = format!("{table}.{column}");
        if words.take(&["set", "statistics"]) || words.take(&["set", "("]) {
            return effects.lock(Mode::ShareUpdateExclusive, table, Work::Moment);
        }
        let mut work = Work::Moment;
        if words.take(&["type"]) || words.take(&["set", "data", "type"]) {
            work = Work::Rewrite;
            let what = "writes the whole table anew, unless the new type has the old one's form";
            effects.hazard(Name::Rewrite, &name, what);
        } else if words.take(&["set", "not", "null"]) {
            let what = format!("fails if a row has no `{name}`");
            effects.hazard(Name::FailsOnData, &name, what);
            if !self
                .checked
                .contains(&(table.to_owned(), column.to_owned()))
            {
                work = Work::Scan;
                let what = format!("reads every row of `{table}` while nobody can read it");
                effects.hazard(Name::Scan, &name, what);
            }
        }
        effects.lock(Mode::AccessExclusive, table, work);
    }

    fn add(&mut self, table: &str, mut words: Words<'_, '_>, effects: &mut Effects) {
        let constraints = ["check", "unique", "primary", "foreign", "exclude"];
        if words.take(&["constraint"]) {
            let name = words.name().unwrap_or_default();
            return self.add_constraint(table, &name, words.0, effects);
        }
        let next = words.0.first();
        if next.is_some_and(|token| constraints.iter().any(|word| token.is(word))) {
            return self.add_constraint(table, "", words.0, effects);
        }
        words.take(&["column"]);
        words.take(&["if", "not", "exists"]);
        let column = format!("{table}.{}", words.name().unwrap_or_default());
        let has = |sequence: &[&str]| contains(words.0, sequence);
        effects.lock(Mode::AccessExclusive, table, Work::Moment);
        let ty = words.0.first().map_or("", |token| token.sql);
        let serial = ["serial", "bigserial", "smallserial"];
        let reason = if serial.iter().any(|word| ty.eq_ignore_ascii_case(word)) {
            Some("its numbers come from a sequence")
        } else if has(&["as", "identity"]) {
            Some("it is an identity column")
        } else if has(&["generated", "always", "as"]) && has(&["stored"]) {
            Some("it is computed and stored")
        } else if has(&["default"]) && self.volatile.is_called(words.0) {
            Some("its default is another one for each row")
        } else {
            None
        };
        if let Some(reason) = reason {
            effects.lock(Mode::AccessExclusive, table, Work::Rewrite);
            let what = format!("writes the whole table anew: {reason}");
            effects.hazard(Name::Rewrite, &column, what);
        } else if has(&["not", "null"]) && !has(&["default"]) && !has(&["generated"]) {
            let what = format!("fails if `{table}` has a row: `{column}` has no default");
            effects.hazard(Name::FailsOnData, &column, what);
        }
        if has(&["unique"]) || has(&["primary", "key"]) {
            index_build(table, &column, effects);
        }
        if has(&["references"]) || has(&["check", "("]) {
            scan(Mode::AccessExclusive, table, &column, effects);
        }
    }

    fn add_constraint(
        &mut self,
        table: &str,
        name: &str,
        tokens: &[Token<'_>],
        effects: &mut Effects,
    ) {
        let is = |word: &str| tokens.first().is_some_and(|token| token.is(word));
        let key = match name {
            "" => table.to_owned(),
            name => format!("{table}.{name}"),
        };
        let mode = if is("foreign") {
            Mode::ShareRowExclusive
        } else {
            Mode::AccessExclusive
        };
        effects.lock(mode, table, Work::Moment);
        if let [_, _, column, is, not, null, ..] = tokens
            && is.is("is")
            && not.is("not")
            && null.is("null")
        {
            let check = (table.to_owned(), name.to_owned());
            self.not_null_checks.insert(check, column.sql.to_owned());
        }
        let at_once = contains(tokens, &["using", "index"]);
        if !at_once && (is("unique") || is("primary") || is("exclude")) {
            index_build(table, &key, effects);
        }
        let later = [&["not", "valid"][..], &["not", "enforced"]];
        let later = later.iter().any(|words| contains(tokens, words));
        if !later && (is("check") || is("foreign")) {
            scan(mode, table, &key, effects);
        }
    }
}

fn index_build(table: &str, object: &str, effects: &mut Effects) {
    effects.lock(Mode::AccessExclusive, table, Work::Index);
    let what = format!("builds an index while nobody can read `{table}`");
    effects.hazard(Name::IndexBuild, object, what);
}

fn scan(mode: Mode, table: &str, object: &str, effects: &mut Effects) {
    effects.lock(mode, table, Work::Scan);
    let whom = match mode {
        Mode::AccessExclusive => "read it",
        _ => "write to it",
    };
    let what = format!("reads every row of `{table}` while nobody can {whom}");
    effects.hazard(Name::Scan, object, what);
}

/// What stands between commas that are in no parentheses.
fn actions<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    let parts = tokens.split(|token| {
        match token.sql {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.sql == ","
    });
    parts.collect()
}
