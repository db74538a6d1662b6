use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::workbench::Project;

#[tokio::test]
async fn the_status_tells_where_a_database_is_and_what_is_in_it() {
    let project = Project::new();
    let database = TestDatabase::create(&Schema::read(project.root.join("schema")).unwrap()).await;
    let url = [("DATABASE_URL", database.url())];
    project
        .dev_with(&url, &["db", "status"])
        .says(0, "1 tables");
    project
        .dev_with(&url, &["db", "url"])
        .says(0, database.url());
    project.write(".env", &format!("DATABASE_URL={}\n", database.url()));
    project.dev(&["db", "url"]).says(0, database.url());
}

#[test]
fn a_server_of_somebody_else_is_not_started_or_stopped() {
    let project = Project::new();
    let url = [("DATABASE_URL", "postgres://localhost:1/shop")];
    for verb in ["start", "stop"] {
        project
            .dev_with(&url, &["db", verb])
            .says(1, "`DATABASE_URL` is set");
    }
    project
        .dev_with(&url, &["db", "status"])
        .says(1, "cannot connect");
}

#[test]
fn a_database_that_there_is_not_is_named_with_those_that_there_are() {
    let project = Project::new();
    project
        .dev(&["db", "url", "--db", "nope"])
        .says(1, "hint: there is `main`");
}

#[test]
fn stopping_a_server_that_does_not_run_is_no_mistake() {
    let project = Project::new();
    project.dev(&["db", "stop"]).says(0, "does not run");
    project.dev(&["db", "status"]).says(1, "does not run");
}
