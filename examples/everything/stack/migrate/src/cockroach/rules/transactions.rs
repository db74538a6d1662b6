//! Transactions, locks and messages.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "one-ddl-statement",
        effect: Effect::Differs,
        says: "a schema is changed in the background after the commit; of several changes in one transaction some can fail while others stay",
        write: "one statement that changes the schema a file",
        example: "alter table a add b text; alter table a add c text",
        find: Find::Migration(|all| {
            all.iter()
                .filter(|one| words::changes_schema(one))
                .nth(1)
                .map(|one| one.line)
        }),
    },
    Rule {
        name: "advisory-lock",
        effect: Effect::Differs,
        says: "advisory locks of a session lock nothing: the functions are stubs that succeed, or are missing; those of a transaction are missing before v26",
        write: "write to a row that stands for the lock, as the migrator does",
        example: "select pg_advisory_lock(1)",
        find: Find::Anywhere(|one| {
            words::prefix(one, "pg_advisory").or_else(|| words::prefix(one, "pg_try_advisory"))
        }),
    },
    Rule {
        name: "lock-table",
        effect: Effect::Refused,
        says: "there is no `LOCK`",
        write: "`SELECT … FOR UPDATE` of rows; transactions are serializable anyway",
        example: "lock table a",
        find: Find::Anywhere(|one| words::begins(one, &["lock"])),
    },
    Rule {
        name: "select-for-update",
        effect: Effect::Differs,
        says: "row locks are a best effort under `SERIALIZABLE`: they order transactions, and may be lost when a range moves",
        write: "rely on the retry of `Db::run`, not on the lock",
        example: "select 1 from a for update",
        find: Find::Told,
    },
    Rule {
        name: "retry",
        effect: Effect::Differs,
        says: "any transaction may be refused with 40001 and has to be run again",
        write: "`Db::run`",
        example: "commit",
        find: Find::Told,
    },
    Rule {
        name: "deferrable",
        effect: Effect::Refused,
        says: "constraints are checked at the statement, never at the commit",
        write: "insert in an order that satisfies them, or allow NULL for a moment",
        example: "create table a (b uuid unique deferrable)",
        find: Find::Statement(deferrable),
    },
    Rule {
        name: "set-constraints",
        effect: Effect::Refused,
        says: "there is nothing to defer",
        write: "remove it",
        example: "set constraints all deferred",
        find: Find::Anywhere(|one| words::begins(one, &["set", "constraints"])),
    },
    Rule {
        name: "listen-notify",
        effect: Effect::Refused,
        says: "there is no `LISTEN` and `NOTIFY`",
        write: "a changefeed, a queue outside, or a table that is looked at",
        example: "listen a",
        find: Find::Anywhere(|one| {
            words::begins(one, &["listen"])
                .or_else(|| words::begins(one, &["notify"]))
                .or_else(|| words::any(one, &["pg_notify"]))
        }),
    },
    Rule {
        name: "prepared-transaction",
        effect: Effect::Check,
        says: "two-phase commit is new, where it exists",
        write: "one transaction",
        example: "prepare transaction 'a'",
        find: Find::Anywhere(|one| {
            words::begins(one, &["prepare", "transaction"])
                .or_else(|| words::begins(one, &["commit", "prepared"]))
        }),
    },
    Rule {
        name: "cursor",
        effect: Effect::Refused,
        says: "cursors go forward only: no `SCROLL`, no `BINARY`, no `FOR UPDATE`, no `WHERE CURRENT OF`",
        write: "keyset pages",
        example: "declare a scroll cursor for select 1",
        find: Find::Statement(|one| {
            (one.begins(&["declare"]) && words::any(one, &["scroll", "binary", "update"]).is_some())
                .then_some(one.line)
                .or_else(|| words::sequence(one, &["where", "current", "of"]))
        }),
    },
    Rule {
        name: "cached-plan",
        effect: Effect::Differs,
        says: "a statement that was prepared before a column was added or changed fails with `cached plan must not change result type`",
        write: "name columns instead of `*`, and let the pool reconnect",
        example: "select * from a",
        find: Find::Anywhere(|one| {
            words::sequence(one, &["select", "*"])
                .or_else(|| words::sequence(one, &["returning", "*"]))
        }),
    },
    Rule {
        name: "set-local",
        effect: Effect::Differs,
        says: "a `SET` is not rolled back with its transaction",
        write: "`SET LOCAL`",
        example: "set statement_timeout = 1",
        find: Find::Told,
    },
];

/// `deferrable` without a `not` before it, or `initially`.
fn deferrable(one: &Statement<'_>) -> Option<usize> {
    if one.begins(&["set"]) {
        return None;
    }
    let at = one
        .tokens
        .iter()
        .position(|token| words::is_one(token, &["deferrable", "initially"]))?;
    let not = at > 0 && one.tokens[at - 1].is("not");
    (!not).then_some(one.tokens[at].line)
}
