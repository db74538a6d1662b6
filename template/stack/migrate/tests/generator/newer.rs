//! What only newer servers have. On an older one these have nothing to try.

use stack_migrate::diff::LockPolicy;

use crate::bench::{database, proven, proven_with, steps, version};
use crate::round_trips::there_and_back;

async fn is_at_least(wanted: i32) -> bool {
    version(&database("").await).await >= wanted
}

#[tokio::test]
async fn columns_that_are_computed_when_they_are_read() {
    if is_at_least(18).await {
        let table = |b: &str| format!("create table t (a int not null, b int{b});");
        for (one, other) in [
            (
                " generated always as (a * 2) virtual",
                " generated always as (a * 3) virtual",
            ),
            (
                " generated always as (a * 2) virtual",
                " generated always as (a * 2) stored",
            ),
            (
                " generated always as (a * 2) virtual",
                " not null default 7",
            ),
        ] {
            there_and_back("create table o (id int);", &table(one), &table(other)).await;
        }
    }
}

#[tokio::test]
async fn constraints_that_are_not_enforced() {
    if is_at_least(18).await {
        let base = "create table r (id int primary key); create table t (a int, r int);";
        let rule = "alter table t add constraint rule check (a > 0)";
        let key = "alter table t add constraint key foreign key (r) references r";
        there_and_back(
            base,
            &format!("{rule} not enforced; {key} not enforced;"),
            &format!("{rule}; {key};"),
        )
        .await;
        let locks = LockPolicy {
            online: true,
            ..LockPolicy::default()
        };
        proven_with(
            base,
            &format!("{base} {rule} not enforced; {key} not enforced;"),
            &locks,
        )
        .await;
    }
}

#[tokio::test]
async fn keys_that_hold_for_a_time() {
    if is_at_least(18).await {
        let base = "create extension btree_gist;
                    create table rooms (id int, during daterange, name text);
                    create table stays (id int, room int, during daterange);";
        let rooms = "alter table rooms add constraint rooms_pkey primary key (id, during without overlaps);";
        let stays = "alter table stays add constraint stays_room foreign key (room, period during)
                     references rooms (id, period during);";
        let unique =
            "alter table rooms add constraint rooms_key unique (name, during without overlaps);";
        there_and_back(
            base,
            &format!("{rooms} {stays}"),
            &format!("{rooms} {unique}"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_new_rule_that_a_column_is_not_null_is_made_and_dropped() {
    there_and_back(
        "create table t (a int, b int);",
        "alter table t alter a set not null;",
        "alter table t alter b set not null;",
    )
    .await;
}

#[tokio::test]
async fn a_rule_that_a_column_is_not_null_which_says_more_is_an_error_that_names_it() {
    if is_at_least(18).await {
        for more in ["not valid", "no inherit"] {
            let to = format!(
                "create table t (a int); alter table t add constraint n not null a {more};"
            );
            let gaps = steps("create table t (a int);", &to, &LockPolicy::default()).await;
            let gaps = gaps.unwrap_err();
            assert!(
                gaps.iter()
                    .any(|gap| gap.object.to_string() == "constraint `n` of `t`"),
                "{more}: {gaps:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_name_of_a_rule_that_a_column_is_not_null_makes_no_difference() {
    if is_at_least(18).await {
        let named = "create table t (a int constraint filled not null);";
        let plain = "create table t (a int not null);";
        assert_eq!(
            steps(named, plain, &LockPolicy::default()).await.unwrap(),
            []
        );
        assert_eq!(proven(plain, plain).await, []);
    }
}
