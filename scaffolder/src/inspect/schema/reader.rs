//! One statement, read token by token.

use super::{Column, Index, Reference, Table, comment_of};
use crate::inspect::sql::{Comment, Kind, Token};
use crate::inspect::{Position, squeezed};

/// What ends a column's type or default.
const OF_COLUMNS: [&str; 13] = [
    "check",
    "collate",
    "compression",
    "constraint",
    "default",
    "deferrable",
    "generated",
    "initially",
    "not",
    "null",
    "primary",
    "references",
    "unique",
];

/// A statement, and how far it was read.
pub(super) struct Reader<'a> {
    sql: &'a str,
    tokens: &'a [Token<'a>],
    comments: &'a [Comment<'a>],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sql: &'a str, tokens: &'a [Token<'a>], comments: &'a [Comment<'a>]) -> Self {
        Self { sql, tokens, comments, at: 0 }
    }

    /// The whole statement.
    pub(super) fn text(&self) -> &'a str {
        self.between(0, self.tokens.len())
    }

    fn between(&self, from: usize, to: usize) -> &'a str {
        match self.tokens.get(from..to) {
            Some([first, .., last]) => &self.sql[first.start..last.end()],
            Some([only]) => only.text,
            _ => "",
        }
    }

    fn next(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn is_next(&self, word: &str) -> bool {
        self.next().is_some_and(|token| token.is(word))
    }

    pub(super) fn takes(&mut self, word: &str) -> bool {
        let is_next = self.is_next(word);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes all of these words, or none.
    pub(super) fn takes_all(&mut self, words: &[&str]) -> bool {
        let there = self.tokens.get(self.at..self.at + words.len());
        let all = there.is_some_and(|there| there.iter().zip(words).all(|(token, word)| token.is(word)));
        self.at += if all { words.len() } else { 0 };
        all
    }

    fn one_name(&mut self) -> Option<String> {
        let name = self.next()?.name()?;
        self.at += 1;
        Some(name)
    }

    /// A name with those of what it lies in: `billing.invoices`.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = self.one_name()?;
        while self.takes(".") {
            name = format!("{name}.{}", self.one_name()?);
        }
        Some(name)
    }

    /// What stands between the next parentheses, as places of tokens; the reader is behind them.
    fn parenthesized(&mut self) -> Option<(usize, usize)> {
        if !self.takes("(") {
            return None;
        }
        let from = self.at;
        let mut depth = 1;
        while let Some(token) = self.next() {
            depth += i32::from(token.is("(")) - i32::from(token.is(")"));
            self.at += 1;
            if depth == 0 {
                return Some((from, self.at - 1));
            }
        }
        None
    }

    /// The names in parentheses.
    fn names(&mut self) -> Option<Vec<String>> {
        let (from, to) = self.parenthesized()?;
        Some(self.tokens[from..to].iter().filter_map(Token::name).collect())
    }

    /// The parts between commas that stand in no parentheses.
    fn parts(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0, from);
        for at in from..to {
            let token = &self.tokens[at];
            depth += i32::from(token.is("(") || token.is("[")) - i32::from(token.is(")") || token.is("]"));
            if depth == 0 && token.is(",") {
                parts.push((start, at));
                start = at + 1;
            }
        }
        parts.push((start, to));
        parts.retain(|(from, to)| from < to);
        parts
    }

    /// A reader of a part of the statement.
    fn part(&self, (from, to): (usize, usize)) -> Self {
        Self { tokens: &self.tokens[..to], at: from, ..*self }
    }

    /// What is behind `CREATE TABLE`, and whether all of it was understood.
    pub(super) fn table(&mut self, database: &str, position: Position) -> Option<(Table, bool)> {
        self.takes_all(&["if", "not", "exists"]);
        let mut table = empty(self.name()?, "table", database, self.comment(), position);
        let Some((from, to)) = self.parenthesized() else { return Some((table, false)) };
        let mut is_whole = true;
        for part in self.parts(from, to) {
            is_whole &= self.part(part).element(&mut table);
        }
        let behind = &self.tokens[self.at..];
        is_whole &= !behind.iter().any(|token| token.is("inherits") || token.is("as"));
        settle(&mut table);
        Some((table, is_whole))
    }

    fn comment(&self) -> Option<String> {
        let first = self.tokens.first()?;
        comment_of(self.comments, first.line, 0)
    }

    pub(super) fn view(&mut self, kind: &'static str, database: &str, position: Position) -> Option<Table> {
        self.takes_all(&["if", "not", "exists"]);
        Some(empty(self.name()?, kind, database, self.comment(), position))
    }

    /// A column or a constraint of a table.
    fn element(&mut self, table: &mut Table) -> bool {
        let Some(first) = self.next() else { return true };
        let behind = self.tokens.get(self.at + 1);
        let is_exclusion = first.is("exclude") && behind.is_some_and(|next| next.is("using") || next.is("("));
        if is_exclusion || ["constraint", "primary", "unique", "foreign", "check"].iter().any(|word| first.is(word)) {
            self.constraint(table)
        } else if first.is("like") {
            false
        } else {
            self.column(table)
        }
    }

    /// A constraint of the table, up to its end.
    fn constraint(&mut self, table: &mut Table) -> bool {
        if self.takes("constraint") && self.one_name().is_none() {
            return false;
        }
        if self.takes_all(&["primary", "key"]) {
            return self.names().map(|names| table.primary_key = names).is_some();
        }
        if self.takes("unique") {
            self.nulls();
            return self.names().map(|names| table.unique.push(names)).is_some();
        }
        if self.takes("check") {
            return self.check(table);
        }
        if self.takes_all(&["foreign", "key"]) {
            let Some(columns) = self.names() else { return false };
            return self.takes("references") && self.reference(columns, table);
        }
        self.is_next("exclude") || self.is_next("not")
    }

    /// `NULLS NOT DISTINCT`, which may stand behind `UNIQUE`.
    fn nulls(&mut self) {
        if self.takes("nulls") {
            let _ = self.takes("not");
            let _ = self.takes("distinct");
        }
    }

    fn check(&mut self, table: &mut Table) -> bool {
        let condition = self.parenthesized().map(|(from, to)| squeezed(self.between(from, to)));
        condition.map(|condition| table.checks.push(condition)).is_some()
    }

    /// What is behind `REFERENCES`.
    fn reference(&mut self, columns: Vec<String>, table: &mut Table) -> bool {
        let Some(other) = self.name() else { return false };
        let referenced = if self.is_next("(") { self.names().unwrap_or_default() } else { Vec::new() };
        let mut on_delete = None;
        loop {
            if self.takes("match") {
                self.at += 1;
            } else if self.takes_all(&["on", "delete"]) {
                on_delete = Some(self.action());
            } else if self.takes_all(&["on", "update"]) {
                self.action();
            } else {
                break;
            }
        }
        table.references.push(Reference { columns, table: other, referenced, on_delete });
        true
    }

    fn action(&mut self) -> String {
        let from = self.at;
        self.at += if self.is_next("set") || self.is_next("no") { 2 } else { 1 };
        if self.is_next("(") {
            self.parenthesized();
        }
        self.between(from, self.at.min(self.tokens.len())).to_uppercase()
    }

    /// A column with the constraints behind it.
    fn column(&mut self, table: &mut Table) -> bool {
        let first = self.tokens[self.at];
        let Some(name) = self.one_name() else { return false };
        let kind = squeezed(self.expression(false));
        let last_line = self.tokens.last().map_or(first.line, |token| token.line);
        let comment = comment_of(self.comments, first.line, last_line);
        let is_serial = ["serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"]
            .iter()
            .any(|serial| kind.eq_ignore_ascii_case(serial));
        let mut column =
            Column { name, nullable: !is_serial, kind, default: None, generated: None, comment, line: first.line };
        let mut is_whole = !column.kind.is_empty();
        while self.next().is_some() {
            if self.takes("constraint") {
                is_whole &= self.one_name().is_some();
            } else if self.takes_all(&["not", "null"]) {
                column.nullable = false;
            } else if self.takes("default") {
                column.default = Some(squeezed(self.expression(true)));
            } else if self.takes_all(&["primary", "key"]) {
                table.primary_key = vec![column.name.clone()];
            } else if self.takes("unique") {
                self.nulls();
                table.unique.push(vec![column.name.clone()]);
            } else if self.takes("check") {
                is_whole &= self.check(table);
            } else if self.takes("references") {
                is_whole &= self.reference(vec![column.name.clone()], table);
            } else if self.takes("generated") {
                let _ = self.takes("always") || self.takes_all(&["by", "default"]);
                let is_identity = self.takes("as") && self.takes("identity");
                column.nullable &= !is_identity;
                let between = self.parenthesized().map(|(from, to)| squeezed(self.between(from, to)));
                column.generated = if is_identity { Some("identity".to_owned()) } else { between };
            } else if self.takes("collate") {
                is_whole &= self.name().is_some();
            } else {
                // `NULL`, `NO INHERIT`, `DEFERRABLE INITIALLY DEFERRED`, `COMPRESSION pglz`.
                self.at += 1;
            }
        }
        table.columns.push(column);
        is_whole
    }

    /// What stands before the next word that belongs to a column; a default may begin with one.
    fn expression(&mut self, may_begin: bool) -> &'a str {
        let from = self.at;
        while let Some(token) = self.next() {
            let is_first = may_begin && self.at == from;
            if !is_first && token.kind == Kind::Word && OF_COLUMNS.iter().any(|word| token.is(word)) {
                break;
            }
            if token.is("(") {
                if self.parenthesized().is_none() {
                    break;
                }
            } else {
                self.at += 1;
            }
        }
        self.between(from, self.at)
    }

    /// What is behind `CREATE INDEX`: the table, the index, and its columns if it has nothing else.
    pub(super) fn index(&mut self, unique: bool) -> Option<(String, Index, Option<Vec<String>>)> {
        self.takes("concurrently");
        self.takes_all(&["if", "not", "exists"]);
        let name = if self.is_next("on") { None } else { Some(self.name()?) };
        if !self.takes("on") {
            return None;
        }
        self.takes("only");
        let table = self.name()?;
        let on = squeezed(self.between(self.at, self.tokens.len()));
        if self.takes("using") {
            self.one_name()?;
        }
        let (from, to) = self.parenthesized()?;
        // One with a condition is not unique for all rows, and an expression is no column.
        let is_partial = self.tokens[self.at..].iter().any(|token| token.is("where"));
        let columns: Option<Vec<String>> = self
            .parts(from, to)
            .into_iter()
            .map(|(from, to)| self.tokens.get(from).filter(|_| to == from + 1).and_then(Token::name))
            .collect();
        Some((table, Index { name, unique, on }, columns.filter(|_| !is_partial)))
    }

    /// The table of `ALTER TABLE`.
    pub(super) fn altered(&mut self) -> Option<String> {
        self.takes_all(&["if", "exists"]);
        self.takes("only");
        self.name()
    }

    /// What `ALTER TABLE` does to a table; `false` if one of its actions is not known.
    pub(super) fn actions(&mut self, table: &mut Table) -> bool {
        let mut is_whole = true;
        for part in self.parts(self.at, self.tokens.len()) {
            is_whole &= self.part(part).alter(table);
        }
        settle(table);
        is_whole
    }

    fn alter(&mut self, table: &mut Table) -> bool {
        if self.takes("add") {
            let is_column = self.takes("column");
            self.takes_all(&["if", "not", "exists"]);
            return if is_column { self.column(table) } else { self.element(table) };
        }
        // What changes no column: owners, triggers, row level security, storage.
        ["enable", "disable", "force", "owner", "cluster", "replica", "validate"].iter().any(|word| self.is_next(word))
            || self.takes_all(&["no", "force"])
    }

    /// What is behind `IS`.
    pub(super) fn comment_text(&mut self) -> Option<String> {
        let text = self.tokens.last().filter(|token| token.kind == Kind::Literal)?.text;
        let inside = text.trim_start_matches(['E', 'e']).strip_prefix('\'')?.strip_suffix('\'')?;
        Some(squeezed(&inside.replace("''", "'")))
    }
}

/// A table of which only this is known.
fn empty(name: String, kind: &'static str, database: &str, comment: Option<String>, position: Position) -> Table {
    Table {
        name,
        kind,
        database: database.to_owned(),
        position,
        comment,
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique: Vec::new(),
        references: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
    }
}

/// The columns of a primary key have values.
fn settle(table: &mut Table) {
    for column in &mut table.columns {
        column.nullable &= !table.primary_key.contains(&column.name);
    }
}
