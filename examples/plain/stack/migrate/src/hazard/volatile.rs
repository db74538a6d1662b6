//! Whether an expression gives another value for each row, so that a column with it as its default has to be written.

use std::collections::BTreeSet;

use stack_db::statements::{Token, split};

use crate::catalog::Catalog;
use crate::object::{Body, Kind};

/// Functions of the server and of its usual extensions that give another value at every call.
const BUILT_IN: [&str; 17] = [
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "txid_current",
];

/// The project's own functions that are neither stable nor immutable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volatile(BTreeSet<String>);

impl Volatile {
    /// Looks at a statement that may make a function.
    pub(crate) fn see(&mut self, tokens: &[Token<'_>]) {
        let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
        let at = if word(1, "or") { 3 } else { 1 };
        let stays = ["immutable", "stable"];
        let stays = tokens
            .iter()
            .any(|token| stays.iter().any(|word| token.is(word)));
        if word(0, "create") && word(at, "function") && !stays {
            let open = tokens.iter().position(|token| token.sql == "(");
            let name = open.and_then(|open| tokens.get(open.checked_sub(1)?));
            self.0.extend(name.map(|name| name.sql.to_lowercase()));
        }
    }

    /// Those of a database.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let mut all = Self::default();
        for object in catalog.iter() {
            if let (Kind::Routine, Body::Definition(definition)) = (object.id.kind, &object.body) {
                let statements = split(&definition.create);
                statements.iter().for_each(|one| all.see(&one.tokens));
            }
        }
        all
    }

    /// Whether one of them, or one of the server's, is called here.
    pub(crate) fn is_called(&self, tokens: &[Token<'_>]) -> bool {
        tokens.windows(2).any(|pair| {
            let name = pair[0].sql.to_lowercase();
            pair[1].sql == "(" && (BUILT_IN.contains(&name.as_str()) || self.0.contains(&name))
        })
    }

    /// The same for a text.
    pub(crate) fn is_called_in(&self, expression: &str) -> bool {
        let mut statements = split(expression).into_iter();
        statements.any(|statement| self.is_called(&statement.tokens))
    }
}
