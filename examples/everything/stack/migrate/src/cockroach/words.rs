//! Finding words in a statement. All of it gives the line, from 1, and looks past the case.

use stack_db::statements::{Statement, Token};

/// Whether a token is one of these words.
pub(super) fn is_one(token: &Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

/// Where these words stand one after the other.
pub(super) fn sequence(statement: &Statement<'_>, words: &[&str]) -> Option<usize> {
    let same = |window: &&[Token<'_>]| window.iter().zip(words).all(|(token, word)| token.is(word));
    let found = statement.tokens.windows(words.len()).find(same)?;
    found.first().map(|token| token.line)
}

/// Where any of these words stands.
pub(super) fn any(statement: &Statement<'_>, words: &[&str]) -> Option<usize> {
    let found = statement.tokens.iter().find(|token| is_one(token, words))?;
    Some(found.line)
}

/// Where a word begins so: names of functions.
pub(super) fn prefix(statement: &Statement<'_>, begin: &str) -> Option<usize> {
    let begins = |token: &&Token<'_>| {
        token
            .sql
            .get(..begin.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(begin))
    };
    statement.tokens.iter().find(begins).map(|token| token.line)
}

/// Where the statement begins, if with these words.
pub(super) fn begins(statement: &Statement<'_>, words: &[&str]) -> Option<usize> {
    statement.begins(words).then_some(statement.line)
}

/// Where the statement begins, if it creates, alters or drops one of these kinds: the word after
/// `or replace`, `temporary` and the like.
pub(super) fn object(statement: &Statement<'_>, verb: &str, kinds: &[&str]) -> Option<usize> {
    const BETWEEN: &[&str] = &[
        "global",
        "local",
        "or",
        "replace",
        "temp",
        "temporary",
        "unlogged",
    ];
    let mut tokens = statement.tokens.iter();
    tokens.next().filter(|first| first.is(verb))?;
    let kind = tokens.find(|token| !is_one(token, BETWEEN))?;
    is_one(kind, kinds).then_some(statement.line)
}

/// The types that a statement names: of columns, of attributes, of casts.
pub(super) fn types<'a, 's>(statement: &'s Statement<'a>) -> Vec<&'s Token<'a>> {
    let tokens = &statement.tokens;
    let mut found = casts(tokens);
    if object(statement, "create", &["table", "type"]).is_some() {
        found.extend(columns(tokens));
    }
    if object(statement, "alter", &["table", "type"]).is_some() {
        found.extend(altered(tokens));
    }
    found
}

/// Where one of these types is named.
pub(super) fn typed(statement: &Statement<'_>, names: &[&str]) -> Option<usize> {
    let found = types(statement)
        .into_iter()
        .find(|token| is_one(token, names))?;
    Some(found.line)
}

/// After `::`, and in `cast(… as type)`.
fn casts<'a, 's>(tokens: &'s [Token<'a>]) -> Vec<&'s Token<'a>> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let colons = token.is(":") && at > 0 && tokens[at - 1].is(":");
        let cast = token.is("cast") && tokens.get(at + 1).is_some_and(|next| next.is("("));
        if colons {
            found.extend(unqualified(tokens, at + 1));
        } else if cast && let Some(as_at) = tokens[at..].iter().position(|token| token.is("as")) {
            found.extend(unqualified(tokens, at + as_at + 1));
        }
    }
    found
}

/// The second word of each item between the outer parentheses.
fn columns<'a, 's>(tokens: &'s [Token<'a>]) -> Vec<&'s Token<'a>> {
    const NO_COLUMN: &[&str] = &[
        "check",
        "constraint",
        "exclude",
        "foreign",
        "like",
        "primary",
        "unique",
    ];
    let mut found = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        let begins = match token.sql {
            "(" => {
                depth += 1;
                depth == 1
            }
            ")" => {
                depth -= 1;
                false
            }
            "," => depth == 1,
            _ => false,
        };
        let column = tokens.get(at + 1).filter(|name| !is_one(name, NO_COLUMN));
        if begins && column.is_some() {
            found.extend(unqualified(tokens, at + 2));
        }
    }
    found
}

/// After `add column name`, and after `alter column name set data type`.
fn altered<'a, 's>(tokens: &'s [Token<'a>]) -> Vec<&'s Token<'a>> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is("type") && at > 1 {
            found.extend(unqualified(tokens, at + 1));
        } else if token.is("add") {
            let skipped = &["column", "attribute", "if", "not", "exists"];
            let name = (at + 1..tokens.len()).find(|at| !is_one(&tokens[*at], skipped));
            found.extend(name.and_then(|name| unqualified(tokens, name + 1)));
        }
    }
    found
}

/// The name of a type without its schema.
fn unqualified<'a, 's>(tokens: &'s [Token<'a>], at: usize) -> Option<&'s Token<'a>> {
    let qualified = tokens.get(at + 1).is_some_and(|next| next.is("."));
    tokens.get(if qualified { at + 2 } else { at })
}

/// The body of a routine or of a `do`: a text in dollars or quotes.
pub(super) fn body<'a>(statement: &Statement<'a>) -> Option<Token<'a>> {
    let routine = object(statement, "create", &["function", "procedure"]).is_some()
        || statement.begins(&["do"]);
    let long = |token: &&Token<'a>| {
        token
            .text()
            .is_some_and(|text| text.contains(char::is_whitespace))
    };
    routine
        .then(|| statement.tokens.iter().find(long).copied())
        .flatten()
}

/// Whether a statement changes the schema.
pub(super) fn changes_schema(statement: &Statement<'_>) -> bool {
    statement.tokens.first().is_some_and(|first| {
        is_one(
            first,
            &[
                "alter", "comment", "create", "drop", "grant", "revoke", "truncate",
            ],
        )
    })
}
