//! Changes of schemas that others have reported as faults of migra, pg-schema-diff, Atlas, Prisma, pg-delta and more, in
//! `cases/*.txt`: what was, its rows, what shall be, and what has to hold then.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use sqlx::{AssertSqlSafe, Row as _};
use stack_db::testing::TestDatabase;
use stack_migrate::diff::{self, LockPolicy, Step};
use stack_migrate::hazard::{Allowed, Name};
use stack_migrate::{Comparison, Request, Scratch};

use crate::bench::{apply, catalog, connect, database, try_apply, version};
use crate::judge;

const FILES: [&str; 4] = [
    include_str!("cases/01.txt"),
    include_str!("cases/02.txt"),
    include_str!("cases/03.txt"),
    include_str!("cases/04.txt"),
];

/// Those that are not right yet, on servers from which version on, and why.
const NOT_YET: [(&str, i32, &str); 4] = [
    (
        "index on only parent then attached by hand",
        0,
        "the names of indexes on partitions are not compared",
    ),
    (
        "named not null pg18",
        0,
        "the names of `NOT NULL` constraints are not compared",
    ),
    (
        "not null not valid pg18",
        0,
        "`NOT NULL … NOT VALID` is not modelled",
    ),
    ("owner is compared?", 0, "owners are not compared"),
];

/// How many are tried at once.
const AT_ONCE: usize = 4;

/// One case: its flags, and its parts by name.
#[derive(Clone, Debug)]
struct Case {
    name: &'static str,
    parts: BTreeMap<&'static str, &'static str>,
}

impl Case {
    fn part(&self, name: &str) -> &'static str {
        self.parts.get(name).copied().unwrap_or_default()
    }

    fn has_flag(&self, flag: &str) -> bool {
        self.part("flags").contains(flag)
    }
}

fn cases() -> Vec<Case> {
    let texts = FILES.iter().flat_map(|text| text.split("=== ").skip(1));
    texts.map(case).collect()
}

fn case(text: &'static str) -> Case {
    let (name, rest) = text.split_once('\n').unwrap();
    let mut sections = rest.split("--- ");
    let head = sections.next().unwrap_or_default();
    let head = head.lines().filter_map(|line| line.split_once(": "));
    let sections = sections.filter_map(|section| section.split_once('\n'));
    Case {
        name: name.trim(),
        parts: head.chain(sections).collect(),
    }
}

#[tokio::test]
async fn what_others_have_stumbled_over_is_migrated_right() {
    let major = version(&database("").await).await;
    let all = cases();
    assert_eq!(all.len(), 98);
    let tried: Vec<Case> = all
        .into_iter()
        .filter(|case| {
            let least = case.part("pg").trim().parse().unwrap_or(0);
            major >= least
        })
        .collect();
    let names: Vec<&str> = tried.iter().map(|case| case.name).collect();
    let wrong = futures_util::stream::iter(tried)
        .map(|case| async move {
            let name = case.name;
            // A judge that finds a difference panics.
            let outcome = tokio::spawn(async move { is_right(&case).await }).await;
            match outcome {
                Ok(Ok(())) => None,
                Ok(Err(what)) => Some((name, what)),
                Err(panic) => Some((name, format!("{panic}"))),
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |wrong| wrong)
        .collect::<BTreeMap<_, _>>()
        .await;
    let expected = NOT_YET.iter().filter(|(_, since, _)| major >= *since);
    let expected: Vec<&str> = expected
        .map(|(name, ..)| *name)
        .filter(|name| names.contains(name))
        .collect();
    let unexpected: Vec<_> = wrong
        .iter()
        .filter(|(name, _)| !expected.contains(name))
        .collect();
    let mended: Vec<_> = expected
        .iter()
        .filter(|name| !wrong.contains_key(*name))
        .collect();
    assert!(
        unexpected.is_empty() && mended.is_empty(),
        "wrong: {unexpected:#?}\nright by now: {mended:#?}"
    );
}

async fn is_right(case: &Case) -> Result<(), String> {
    let scratch = database("").await;
    for statement in case.part("setup").lines() {
        // Roles belong to the server, and may be there from the last time.
        let made = sqlx::raw_sql(AssertSqlSafe(statement)).execute(scratch.pool());
        made.await.ok();
    }
    let (old, new) = (
        database(case.part("before")).await,
        database(case.part("after")).await,
    );
    let mut connection = connect(&old).await;
    let rows = sqlx::raw_sql(AssertSqlSafe(case.part("rows")));
    rows.execute(&mut connection)
        .await
        .map_err(|error| error.to_string())?;
    let refused = case.part("expect").trim() == "refuse";
    let steps = match steps(case, &old, &new).await {
        Err(_) if refused => return Ok(()),
        steps => steps?,
    };
    if refused || case.part("expect").trim() == "applyfail" {
        return match try_apply(&old, &steps).await {
            Ok(()) => Err("it is neither refused nor fails on these rows".to_owned()),
            Err(_) => Ok(()),
        };
    }
    apply(&old, &steps).await;
    judge::alike(&old, &new, &steps).await;
    let verify = sqlx::raw_sql(AssertSqlSafe(case.part("verify")));
    let answers = verify.fetch_all(&mut connection).await;
    for answer in answers.map_err(|error| error.to_string())? {
        let holds: Option<bool> = answer.try_get(0).map_err(|error| error.to_string())?;
        if holds != Some(true) {
            return Err(format!("does not hold: {}", case.part("verify")));
        }
    }
    Ok(())
}

/// The steps, or why there are none.
async fn steps(case: &Case, old: &TestDatabase, new: &TestDatabase) -> Result<Vec<Step>, String> {
    let locks = LockPolicy {
        online: case.has_flag("--online"),
        ..LockPolicy::default()
    };
    let steps = match case.part("flags").split_once("--rename ") {
        Some((_, rename)) => renamed(case, rename.trim(), locks).await?,
        None => {
            let steps = diff::difference(&catalog(old).await, &catalog(new).await, &locks);
            steps.map_err(|gaps| format!("{gaps:?}"))?
        }
    };
    // What it does to data; that somebody may see more, or has to wait, is another thing.
    let destroys = |step: &&Step| {
        let mut names = step.hazards.iter().map(|hazard| hazard.name);
        names.any(|name| matches!(name, Name::DataLoss | Name::FailsOnData))
    };
    // What the made-up rows of the whole way would refuse is announced at least.
    let allowed = case.has_flag("--allow-destructive") && case.part("expect").trim() != "refuse";
    match steps.iter().find(destroys) {
        Some(step) if !allowed => Err(format!("called destructive: {:?}", step.hazards)),
        _ => Ok(steps),
    }
}

/// The same where something is renamed, which only the whole way from folder to folder does.
async fn renamed(case: &Case, rename: &str, locks: LockPolicy) -> Result<Vec<Step>, String> {
    let folder = tempfile::tempdir().unwrap();
    let (migrations, schema) = (
        folder.path().join("migrations"),
        folder.path().join("schema"),
    );
    for (folder, name, part) in [
        (&migrations, "0001_before.sql", "before"),
        (&schema, "1.sql", "after"),
    ] {
        std::fs::create_dir(folder).unwrap();
        std::fs::write(folder.join(name), case.part(part)).unwrap();
    }
    let request = Request {
        scratch: Scratch::Own,
        migrations,
        schema,
        allowed: Allowed::everything(),
        locks,
        ..Request::default()
    };
    let text = |error: stack_migrate::Error| error.to_string();
    let mut comparison = Comparison::begin(&request).await.map_err(text)?;
    let rename = rename.parse().map_err(|_| format!("no rename: {rename}"))?;
    comparison.rename(&rename).await.map_err(text)?;
    let proven = comparison.prove(&request).await.map_err(text)?;
    let drafts = proven.files.into_iter();
    Ok(drafts.flat_map(|(_, draft)| draft.steps).collect())
}
