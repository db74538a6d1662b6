//! Functions, procedures and triggers.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "do-block",
        effect: Effect::Check,
        says: "a `DO` block knows only what PL/pgSQL knows there, and cannot change the schema",
        write: "plain statements",
        example: "do $$ begin null; end $$",
        find: Find::Statement(|one| words::begins(one, &["do"])),
    },
    Rule {
        name: "plpgsql",
        effect: Effect::Refused,
        says: "PL/pgSQL has no `PERFORM`, `EXECUTE`, `FOREACH`, `GET DIAGNOSTICS`, `ASSERT`, `FOUND`, no loop over a query, and no `%TYPE`",
        write: "SQL functions, or the service",
        example: "create function a() returns void language plpgsql as $$ begin perform 1; end $$",
        find: Find::Body(plpgsql),
    },
    Rule {
        name: "schema-in-routine",
        effect: Effect::Refused,
        says: "a routine cannot change the schema",
        write: "a migration",
        example: "do $$ begin create table a (b text); end $$",
        find: Find::Body(ddl_inside),
    },
    Rule {
        name: "routine-in-table",
        effect: Effect::Refused,
        says: "own functions cannot be used in checks, defaults, indexes and generated columns; and they cannot call themselves",
        write: "the expression itself",
        example: "create table a (b text check (c(b)))",
        find: Find::Told,
    },
    Rule {
        name: "named-argument",
        effect: Effect::Refused,
        says: "arguments are given by position",
        write: "by position",
        example: "select a(b => 1)",
        find: Find::Anywhere(|one| {
            words::sequence(one, &["=", ">"])
                .filter(|_| words::sequence(one, &["<", "=", ">"]).is_none())
        }),
    },
    Rule {
        name: "routine-language",
        effect: Effect::Refused,
        says: "routines are in SQL or PL/pgSQL",
        write: "one of these",
        example: "create function a() returns text language plpython3u as $$ return \"b\" $$",
        find: Find::Statement(routine_language),
    },
    Rule {
        name: "trigger-statement",
        effect: Effect::Refused,
        says: "triggers are for each row (from v24.3); there are none for a statement or a `TRUNCATE`",
        write: "`FOR EACH ROW`",
        example: "create trigger a after insert on b execute function c()",
        find: Find::Statement(|one| {
            trigger(one).filter(|_| {
                words::sequence(one, &["each", "row"])
                    .or_else(|| words::sequence(one, &["for", "row"]))
                    .is_none()
            })
        }),
    },
    Rule {
        name: "trigger-form",
        effect: Effect::Refused,
        says: "triggers have no `OR REPLACE`, `CONSTRAINT`, `INSTEAD OF`, `UPDATE OF` and `REFERENCING`",
        write: "`DROP TRIGGER`, and a plain one; compare OLD and NEW in the function",
        example: "create constraint trigger a after insert on b for each row execute function c()",
        find: Find::Statement(|one| {
            trigger(one).filter(|_| {
                one.begins(&["create", "or"])
                    || one.begins(&["create", "constraint"])
                    || words::sequence(one, &["instead", "of"]).is_some()
                    || words::sequence(one, &["update", "of"]).is_some()
                    || words::any(one, &["referencing"]).is_some()
            })
        }),
    },
    Rule {
        name: "replace-trigger-function",
        effect: Effect::Refused,
        says: "the function of a trigger cannot be replaced while the trigger exists, and `TG_ARGV` counts from 1",
        write: "drop the trigger first",
        example: "create or replace function a() returns trigger language plpgsql as $$ begin return new; end $$",
        find: Find::Statement(|one| {
            words::begins(one, &["create", "or", "replace", "function"])
                .filter(|_| words::sequence(one, &["returns", "trigger"]).is_some())
        }),
    },
];

fn trigger(one: &Statement<'_>) -> Option<usize> {
    words::object(one, "create", &["trigger", "constraint"])
        .filter(|_| words::any(one, &["trigger"]).is_some())
}

/// What PL/pgSQL lacks there. `execute` after `for each row` is not in a body.
fn plpgsql(one: &Statement<'_>) -> Option<usize> {
    words::any(
        one,
        &[
            "perform",
            "execute",
            "foreach",
            "assert",
            "found",
            "diagnostics",
        ],
    )
    .or_else(|| words::sequence(one, &["%", "type"]))
    .or_else(|| words::sequence(one, &["%", "rowtype"]))
    .or_else(|| words::sequence(one, &["in", "select"]))
}

/// A body's first statement follows `begin`, `then` and the like, so the words may stand anywhere.
fn ddl_inside(one: &Statement<'_>) -> Option<usize> {
    let kinds = &[
        "table", "index", "view", "type", "schema", "sequence", "function",
    ];
    ["create", "alter", "drop"].iter().find_map(|verb| {
        kinds
            .iter()
            .find_map(|kind| words::sequence(one, &[verb, kind]))
    })
}

fn routine_language(one: &Statement<'_>) -> Option<usize> {
    words::object(one, "create", &["function", "procedure"])?;
    let at = one.tokens.iter().position(|token| token.is("language"))?;
    let name = one.tokens.get(at + 1)?;
    let known =
        ["sql", "plpgsql"].contains(&name.sql.trim_matches(['\'', '"']).to_lowercase().as_str());
    (!known).then_some(name.line)
}
