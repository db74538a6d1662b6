//! Two schemas that nobody wrote, and what leads from one to the other.
//!
//! The second schema is the first with some of its objects made anew from another seed, so that small
//! changes and large ones are met. Six pairs by default; `GENERATOR_SEEDS=100..2000` tries others. The
//! seed that fails is printed with both schemas.

mod schema;

use std::ops::Range;

use futures_util::StreamExt as _;
use sqlx::Connection as _;
use stack_migrate::diff::{self, LockPolicy, Step, UnsupportedChange};
use stack_migrate::object::Kind;
use stack_migrate::{Catalog, fill};

use crate::bench::{apply, catalog, connect, database, try_apply};
use crate::judge;

#[tokio::test]
async fn between_schemas_that_nobody_wrote_the_migration_leads_to_the_second() {
    let cases = seeds().map(|seed| async move {
        let (from, to) = schema::pair(seed);
        let case = tokio::spawn(case(seed, from.clone(), to.clone())).await;
        case.is_err()
            .then(|| eprintln!("seed {seed}\n--- from\n{from}\n--- to\n{to}\n---"))
            .map(|()| seed)
    });
    let failed: Vec<u64> = futures_util::stream::iter(cases)
        .buffer_unordered(3)
        .filter_map(|failed| async move { failed })
        .collect()
        .await;
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
}

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("GENERATOR_SEEDS") else {
        return 0..6;
    };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

async fn case(seed: u64, from: String, to: String) {
    let locks = LockPolicy {
        online: seed.is_multiple_of(4),
        ..LockPolicy::default()
    };
    let (old, new) = (database(&from).await, database(&to).await);
    let (before, wanted) = (catalog(&old).await, catalog(&new).await);
    let steps = match difference(&before, &wanted, &locks) {
        Ok(steps) => steps,
        Err(gaps) => {
            assert!(gaps.iter().all(is_known), "{gaps:#?}");
            return;
        }
    };
    apply(&old, &steps).await;
    judge::alike(&old, &new, &steps).await;
    let rest = difference(&catalog(&old).await, &wanted, &locks).unwrap();
    assert_eq!(rest, [], "a second look finds more after {steps:#?}");
    on_rows(&from, &steps).await;
}

fn difference(
    from: &Catalog,
    to: &Catalog,
    locks: &LockPolicy,
) -> Result<Vec<Step>, Vec<UnsupportedChange>> {
    diff::difference(from, to, locks)
}

/// What PostgreSQL cannot change where it is.
fn is_known(gap: &UnsupportedChange) -> bool {
    matches!(gap.object.kind, Kind::Domain | Kind::Composite | Kind::Enum)
        || gap.reason.contains("inherit")
}

/// Where there are rows, only a step that was announced may fail.
async fn on_rows(from: &str, steps: &[Step]) {
    let filled = database(from).await;
    let mut connection = connect(&filled).await;
    fill::fill(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    if let Err((step, error)) = try_apply(&filled, steps).await {
        let fine = !step.hazards.is_empty() || steps.iter().any(Step::is_refused);
        let all: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
        assert!(
            fine,
            "with rows, and not announced: {error}\nin: {}\nof:\n{}",
            step.sql,
            all.join(";\n")
        );
    }
}
