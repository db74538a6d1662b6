//! Errors: what is sent and what is logged.

use app::error::{self, Error};

use crate::common::{TestApp, log};

#[tokio::test]
async fn a_browser_gets_an_error_page_and_an_api_client_a_problem() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let page = client.open("/nowhere").await;
    assert!(page.page(404).contains("<h1>Not Found</h1>"));
    client.get("/nowhere").await.problem(404, "not_found");
    // Below `/api` every client is an API client.
    let answer = client.open("/api/nowhere").await;
    answer.problem(404, "not_found");
}

#[tokio::test]
async fn a_method_that_is_not_allowed_gets_405_and_the_allowed_methods() {
    let app = TestApp::new().await;
    let answer = app.client().call("PATCH", "/api/notes").await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    let answer = app.client().call("TRACE", "/api/notes").await;
    answer.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn every_known_constraint_exists() {
    let app = TestApp::new().await;
    for name in error::known_constraints() {
        let count = "SELECT count(*) FROM pg_constraint WHERE conname = $1";
        let count = sqlx::query_scalar::<_, i64>(count).bind(name);
        let count = count.fetch_one(app.database.pool()).await;
        assert_eq!(count.unwrap(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_constraint_becomes_an_error_of_its_field() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
{%- if teams %}
    let insert = "INSERT INTO notes (id, team_id, title, body) VALUES ($1, $1, '', '')";
{%- else %}
    let insert = "INSERT INTO notes (id, user_id, title, body) VALUES ($1, $1, '', '')";
{%- endif %}
    let refused = sqlx::query(insert).bind(ada.id);
    let refused = refused.execute(app.database.pool()).await;
    let error = Error::from(refused.unwrap_err());
    assert_eq!(error.status().as_u16(), 422);
    assert!(error.fields().unwrap().of("title").is_some());
}

#[tokio::test]
async fn an_internal_error_is_logged_once_with_the_request_id_and_never_sent() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    app.execute("DROP TABLE notes CASCADE").await;
    let answer = client.get("/api/notes").await;
    answer.problem(500, "internal");
    let page = client.open("/notes").await;
    for body in [answer.text(), page.page(500)] {
        assert!(
            !body.contains("relation") && !body.contains("SELECT"),
            "{body}"
        );
    }

    let log = log::text();
    let id = answer.header("x-request-id");
    assert!(page.text().contains(page.header("x-request-id")));
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("internal error") && line.contains(id))
        .collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(
        lines[0].contains(r#"relation \"notes\" does not exist"#),
        "{}",
        lines[0]
    );
}

#[tokio::test]
async fn a_database_that_is_lost_or_full_makes_the_service_unavailable_for_a_while() {
    let app = TestApp::new().await;
    for code in [
        "08006", "53100", "53200", "53300", "57P01", "57P03", "58030", "25006",
    ] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$");
        let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(raise)).execute(app.database.pool());
        let error = Error::from(refused.await.unwrap_err());
        assert_eq!(error.status().as_u16(), 503, "{code}");
    }
    let lost = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    assert_eq!(Error::from(sqlx::Error::Io(lost)).status().as_u16(), 503);

    let (_, mut client) = app.logged_in("ada").await;
    app.state.db.close().await;
    let answer = client.get("/api/notes").await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    client.open("/notes").await.page(503);
}

#[tokio::test]
async fn a_database_that_does_not_respond_makes_the_service_unready_but_not_dead() {
    let app = TestApp::new().await;
    assert_eq!(app.client().get("/readyz").await.status.as_u16(), 200);
    app.state.db.close().await;
    let answer = app.client().get("/readyz").await;
    answer.problem(503, "unavailable");
    assert_eq!(app.client().get("/healthz").await.text(), "ok");
}
