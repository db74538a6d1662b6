//! The document says what the routes do.

use std::{collections::BTreeSet, fs, path::Path};

use app::{
    http::{
        api_access::{Access, access},
        openapi::document,
        problem_details::ProblemDetails,
    },
{%- if teams %}
    models::{TeamId, TokenScope},
{%- else %}
    models::TokenScope,
{%- endif %}
};
use axum::http::Method;
use serde_json::Value;

use super::{request, send, token};
use crate::common::TestApp;

/// The methods and paths of the document.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    operations.collect()
}

fn as_json() -> Value {
    serde_json::to_value(document()).unwrap()
}

/// The routes of the API in `src/routes.rs`, but for those of the document itself.
fn routes() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes.rs");
    let text = fs::read_to_string(file).unwrap();
    let texts = text.split('"').skip(1).step_by(2);
    let routes = texts.filter(|text| text.starts_with("/api/"));
    let own = ["/api/docs", "/api/openapi.json"];
    let routes = routes.filter(|route| !own.contains(route));
    routes.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_route_of_the_api_is_in_the_document_with_its_methods_and_no_other_is() {
    let app = TestApp::new().await;
    let document = as_json();
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(documented, routes());
    for path in documented {
        let id = "00000000-0000-0000-0000-000000000000";
        let url = path.replace("{id}", id);
        let answer = app.client().call("TRACE", &url).await;
        answer.problem(405, "method_not_allowed");
        let allowed = answer
            .header("allow")
            .split(',')
            .filter(|method| *method != "HEAD");
        let allowed: BTreeSet<_> = allowed.map(str::to_owned).collect();
        let documented = operations(&document).into_iter();
        let documented = documented.filter(|(_, known, _)| *known == path);
        let documented: BTreeSet<_> = documented.map(|(method, ..)| method).collect();
        assert_eq!(documented, allowed, "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_to_everybody_and_every_reference_in_it_leads_somewhere() {
    let app = TestApp::new().await;
    let answer = app.client().get("/api/openapi.json").await;
    assert_eq!(answer.status, 200);
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let text = answer.text();
    let references = text.split("\"$ref\":\"#").skip(1);
    let references: BTreeSet<_> = references
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(
        references.contains("/components/schemas/Note"),
        "{references:?}"
    );
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_scopes_of_the_document_are_those_that_a_token_needs() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for (method, path, operation) in operations(&as_json()) {
        let id = "00000000-0000-0000-0000-000000000000";
        let url = path.replace("{id}", id);
        let documented = &operation["security"][0]["token"][0];
        let verb: Method = method.parse().unwrap();
        let Access::Scope(needed) = access(&verb, &path) else {
            assert!(documented.is_null(), "{method} {path}");
            continue;
        };
        assert_eq!(documented, needed.name(), "{method} {path}");
        let others = TokenScope::ALL.into_iter().filter(|scope| *scope != needed);
        let others: Vec<_> = others.map(TokenScope::name).collect();
        let lacking = token(&mut client, &others).await;
        let answer = send(&app, &lacking, &method, &url, None).await;
        answer.problem(403, "insufficient_scope");
        let having = token(&mut client, &[needed.name()]).await;
        let answer = send(&app, &having, &method, &url, None).await;
        assert!(
            ![401, 403].contains(&answer.status.as_u16()),
            "{method} {path}"
        );
    }
}
{%- if teams %}

#[tokio::test]
async fn the_document_says_what_takes_a_team_and_that_refuses_one_of_others() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let team = TeamId::generate();
    for (method, path, operation) in operations(&as_json()) {
        let parameters = operation["parameters"].as_array();
        let takes_team = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "team"));
        let Access::Scope(needed) = access(&method.parse().unwrap(), &path) else {
            assert!(!takes_team, "{method} {path}");
            continue;
        };
        let id = "00000000-0000-0000-0000-000000000000";
        let url = format!("{}?team={team}", path.replace("{id}", id));
        let secret = token(&mut client, &[needed.name()]).await;
        let answer = send(&app, &secret, &method, &url, None).await;
        assert_eq!(answer.status == 403, takes_team, "{method} {path}");
    }
}
{%- endif %}

#[tokio::test]
async fn an_error_is_what_the_document_calls_a_problem() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let invalid = client
        .json("POST", "/api/notes", serde_json::json!({ "title": "" }))
        .await;
    let problem: ProblemDetails = serde_json::from_value(invalid.problem(422, "invalid")).unwrap();
    assert_eq!(problem.errors[0].field, "title");
    let missing = client
        .get("/api/users/00000000-0000-0000-0000-000000000000")
        .await;
    let problem: ProblemDetails =
        serde_json::from_value(missing.problem(404, "not_found")).unwrap();
    assert_eq!((problem.status, problem.errors.len()), (404, 0));
    for (method, path, operation) in operations(&as_json()) {
        let other = &operation["responses"]["default"]["content"];
        let schema = &other["application/problem+json"]["schema"]["$ref"];
        assert_eq!(
            schema, "#/components/schemas/ProblemDetails",
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn every_example_is_a_body_that_its_route_reads() {
    let app = TestApp::new().await;
    let (ada, client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Plan", "").await;
    let document = as_json();
    let mut examples = 0;
    for (method, path, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(schema) = schema.as_str() else {
            continue;
        };
        let example = &document.pointer(schema.trim_start_matches('#')).unwrap()["example"];
        assert!(example.is_object(), "{schema} has no example");
        let url = path.replace("{id}", &note.id.to_string());
        let mut client = match path.as_str() {
            "/api/session" | "/api/session/code" => app.client(),
            _ => client.clone(),
        };
        let answer = client.json(&method, &url, example.clone()).await;
        let status = answer.status.as_u16();
        match path.as_str() {
            // Nobody has these.
            "/api/session" | "/api/session/code" => assert_eq!(status, 401, "{path}"),
            _ => assert!(answer.status.is_success(), "{path}: {}", answer.text()),
        }
        examples += 1;
    }
    assert!(examples >= 4);
}

#[tokio::test]
async fn whatever_a_token_creates_is_created_once_as_the_document_says() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let all = TokenScope::ALL.map(TokenScope::name);
    let token = token(&mut client, &all).await;
    let document = as_json();
    let mut tried = 0;
    for (method, path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut names = parameters.map(|parameter| &parameter["name"]);
        let is_documented = names.any(|name| name == "Idempotency-Key");
        let takes_tokens = operation["security"].is_array();
        assert_eq!(is_documented, takes_tokens && method == "POST", "{path}");
        if !is_documented {
            continue;
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let pointer = schema.as_str().unwrap().trim_start_matches('#');
        let example = &document.pointer(pointer).unwrap()["example"];
        let mut ask = async || {
            let mut sent = request(&token, &method, &path, Some(example.clone()));
            let headers = sent.headers_mut();
            headers.insert("idempotency-key", "one".parse().unwrap());
            client.send(sent).await
        };
        let (first, second) = (ask().await, ask().await);
        assert!(first.status.is_success(), "{path}: {}", first.text());
        assert_eq!(second.header("idempotency-replayed"), "true", "{path}");
        assert_eq!(first.text(), second.text(), "{path}");
        tried += 1;
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn the_page_of_the_document_shows_every_operation_and_every_schema() {
    let app = TestApp::new().await;
    let page = app.client().open("/api/docs").await;
    let document = as_json();
    for (method, path, _) in operations(&document) {
        page.shows(&format!("{method} {path}"));
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        page.shows(&format!("#schema-{name}"));
    }
    page.shows("Authorization: Bearer $TOKEN");
    page.shows("Idempotency-Key: $(uuidgen)");
    page.shows("A token needs the scope <code>notes:write</code>.");
}
