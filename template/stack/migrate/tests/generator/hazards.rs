//! What is read off a statement, against the server: the lock that it takes, and whether it writes the table anew.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::statements::split;
use stack_migrate::diff::LockPolicy;
use stack_migrate::hazard::{Name, Observer, Work};

use crate::bench::{connect, database, steps};

/// `t` is what the statements are about.
const BEFORE: &str = "
    create table u (id int primary key); insert into u values (1);
    create function f() returns int language plpgsql as 'begin return 1; end';
    create function g() returns int language sql immutable as 'select 1';
    create function trigger_f() returns trigger language plpgsql as 'begin return new; end';
    create table t (id int not null, a int, b varchar(5), c int, d text);
    insert into t select n, 1, 'b', n, 'd' from generate_series(1, 50) n;
    alter table t add constraint old check (c > 0) not valid;
    create unique index t_id on t (id);
    create trigger tr before insert on t for each row execute function trigger_f();
    create table p (a int) partition by list (a);
    create table part (a int);";

const STATEMENTS: [&str; 44] = [
    "alter table t add x int",
    "alter table t add x int not null default 3",
    "alter table t add x timestamptz default now()",
    "alter table t add x int default g()",
    "alter table t add x int default f()",
    "alter table t add x uuid default gen_random_uuid()",
    "alter table t add x bigserial",
    "alter table t add x int generated always as identity",
    "alter table t add x int generated always as (a + 1) stored",
    "alter table t add x int references u",
    "alter table t add x int unique",
    "alter table t add x int check (x > 0), add y int",
    "alter table t alter a type bigint",
    "alter table t alter a set default 4",
    "alter table t alter a drop default",
    "alter table t alter a set not null",
    "alter table t alter id drop not null",
    "alter table t alter a set statistics 10",
    "alter table t alter d set storage external",
    "alter table t drop column d",
    "alter table t drop constraint old",
    "alter table t add constraint k check (a > 0)",
    "alter table t add constraint k check (a > 0) not valid",
    "alter table t add constraint k foreign key (a) references u",
    "alter table t add constraint k foreign key (a) references u not valid",
    "alter table t add constraint k unique (id)",
    "alter table t add constraint k unique using index t_id",
    "alter table t add primary key (id)",
    "alter table t add constraint k exclude using btree (id with =)",
    "alter table t validate constraint old",
    "alter table t set (fillfactor = 50)",
    "alter table t reset (fillfactor)",
    "alter table t set unlogged",
    "alter table t enable row level security",
    "alter table t disable row level security",
    "alter table t disable trigger tr",
    "alter table t rename a to z",
    "alter table t rename to z",
    "create index on t (a)",
    "create index on only t (a)",
    "create trigger tr2 before insert on t for each row execute function trigger_f()",
    "create policy po on t using (a = 1)",
    "update t set a = 2",
    "delete from t",
];

/// The modes of the locks that this session holds on `t`, and the number of its file.
async fn held(connection: &mut PgConnection, oid: i64) -> (Vec<String>, i64) {
    let modes = sqlx::query_scalar(
        "select mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and relation = $1::oid",
    );
    let modes = modes.bind(oid).fetch_all(&mut *connection).await.unwrap();
    let file = sqlx::query_scalar("select pg_relation_filenode($1::oid::regclass)::bigint");
    let file = file.bind(oid).fetch_one(connection).await.unwrap();
    (modes, file)
}

#[tokio::test]
async fn locks_and_rewrites_are_those_of_the_server() {
    let database = database(BEFORE).await;
    let mut connection = connect(&database).await;
    let oid: i64 = sqlx::query_scalar("select 't'::regclass::oid::bigint")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let mut wrong = Vec::new();
    for sql in STATEMENTS {
        let mut observer = Observer::default();
        for statement in split(BEFORE) {
            // The functions; the tables have users by now.
            if statement.begins(&["create", "function"]) {
                observer.see(&statement);
            }
        }
        let effects = observer.see(&split(sql)[0]);
        let lock = effects.lock.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        let (_, before) = held(&mut transaction, oid).await;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *transaction)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
        let (modes, after) = held(&mut transaction, oid).await;
        transaction.rollback().await.unwrap();
        let mode = lock.mode.as_str().replace(' ', "").to_lowercase() + "lock";
        let strongest = |mode: &String| {
            let order = [
                "AccessShareLock",
                "RowExclusiveLock",
                "ShareUpdateExclusiveLock",
                "ShareLock",
                "ShareRowExclusiveLock",
                "AccessExclusiveLock",
            ];
            order.iter().position(|one| one == mode)
        };
        let real = modes.iter().max_by_key(|mode| strongest(mode)).unwrap();
        if real.to_lowercase() != mode {
            wrong.push(format!("{sql}: {real}, not {}", lock.mode.as_str()));
        }
        let said = effects.hazards.iter().any(|one| one.name == Name::Rewrite);
        if said != (before != after) {
            wrong.push(format!("{sql}: rewrites: {}", before != after));
        }
        if said
            != (lock.work == Work::Rewrite
                && !sql.contains("t set a = 2")
                && !sql.starts_with("delete"))
        {
            wrong.push(format!("{sql}: {:?}", lock.work));
        }
    }
    connection.close().await.unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_plan_says_what_rewrites_and_refuses_it_on_a_large_table() {
    let from = "create table t (id int); create table u (id int);";
    let to = "create table t (id int, a int generated always as (id + 1) stored, b int generated always as identity);
              create table u (id int, a int generated always as (id + 1) stored);";
    let large = LockPolicy {
        large: ["t".to_owned()].into(),
        ..LockPolicy::default()
    };
    let keys = async |locks: &LockPolicy| -> Vec<(String, bool)> {
        let steps = steps(from, to, locks).await.unwrap();
        let hazards = steps.iter().flat_map(|step| &step.hazards);
        hazards.map(|one| (one.key(), one.refused)).collect()
    };
    let key = |name: &str, refused: bool| (format!("rewrite:{name}"), refused);
    assert_eq!(
        keys(&large).await,
        [key("t.a", true), key("t.b", true), key("u.a", false)]
    );
    let plain = LockPolicy {
        plain: true,
        ..large
    };
    assert!(keys(&plain).await.iter().all(|(_, refused)| !refused));
}

#[tokio::test]
async fn what_opens_a_table_is_refused_and_a_body_that_mentions_what_goes_is_told() {
    let from = "create table t (a int, b int); alter table t enable row level security;
                create table n (a int);
                create function f() returns int language plpgsql as 'begin return (select b from t); end';";
    let to = "create table t (a int); grant select on t to public; create policy p on t using (true);
              create table n (a int); create table made (a int); grant select on made to public;
              create function f() returns int language plpgsql as 'begin return (select b from t); end';";
    let steps = steps(from, to, &LockPolicy::default()).await.unwrap();
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let mut keys: Vec<String> = hazards.map(stack_migrate::hazard::Hazard::key).collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "authorization:t",
            "authorization:t",
            "authorization:t.p",
            "data-loss:t.b",
            "untracked-body:t.b"
        ]
    );
}
