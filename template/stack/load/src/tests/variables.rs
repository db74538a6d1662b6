use serde_json::json;

use crate::{
    pattern::{Pattern, REDACTED},
    variables::Variables,
};

const RECORDED: &str = "0198c1c2-7b6e-7d52-a3f0-1c9f0d1a2b3c";
const OTHER: &str = "0198c1c2-7b6e-7d52-a3f0-bbbbbbbbbbbb";
const MINE: &str = "0198c1c2-7b6e-7d52-a3f0-aaaaaaaaaaaa";

fn variables() -> Variables {
    Variables::new(
        "r",
        7,
        2,
        &[("plan".to_owned(), "big-{user}-{round}".to_owned())],
    )
}

#[test]
fn an_identifier_is_that_of_the_same_link_on_the_users_page() {
    let mut variables = variables();
    let page = format!(
        "<a href=\"/notes/new\"></a><a href=\"/notes/{MINE}\">A</a><a href=\"/notes/{OTHER}\">B</a>"
    );
    let link = Pattern::of(&format!("/notes/{RECORDED}"));
    assert_eq!(
        variables.text(&link, &[&page]).unwrap(),
        format!("/notes/{MINE}")
    );
    // From then on it is known, also where no page says it.
    let delete = Pattern::of(&format!("/notes/{RECORDED}/delete"));
    assert_eq!(
        variables.text(&delete, &[]).unwrap(),
        format!("/notes/{MINE}/delete")
    );
    let second = Pattern::of("/notes/0198c1c2-7b6e-7d52-a3f0-cccccccccccc");
    assert_eq!(
        variables.text(&second, &[&page]).unwrap(),
        format!("/notes/{OTHER}")
    );
    let third = Pattern::of("/notes/0198c1c2-7b6e-7d52-a3f0-dddddddddddd");
    assert!(
        variables
            .text(&third, &[&page])
            .unwrap_err()
            .contains("/notes/{id}")
    );
}

#[test]
fn what_is_on_the_page_as_it_was_recorded_is_the_same_for_everybody() {
    let page = format!("<a href=\"/planets/{RECORDED}\"></a><a href=\"/planets/{MINE}\"></a>");
    let link = Pattern::of(&format!("/planets/{RECORDED}"));
    assert_eq!(
        variables().text(&link, &[&page]).unwrap(),
        format!("/planets/{RECORDED}")
    );
    assert_eq!(
        variables().text(&Pattern::of("/pages/3?q=4"), &[]).unwrap(),
        "/pages/3?q=4"
    );
}

#[test]
fn a_program_finds_identifiers_in_json_responses() {
    let answer = json!({ "title": "a", "id": MINE }).to_string();
    let link = Pattern::of(&format!("/api/notes/{RECORDED}"));
    assert_eq!(
        variables().text(&link, &[&answer]).unwrap(),
        format!("/api/notes/{MINE}")
    );
}

#[test]
fn fields_are_filled_with_the_values_of_the_user() {
    let mut variables = variables();
    let page =
        r#"<form action="/register"><input type="hidden" name="csrf_token" value="own"></form>"#;
    let mut field =
        |name: &str, recorded: &str| variables.field(name, recorded, "/register", &[page]);
    assert_eq!(field("csrf_token", REDACTED).unwrap(), "own");
    assert_eq!(
        field("email", "Ada@example.com").unwrap(),
        "load-r-7-2@example.com"
    );
    assert_eq!(
        field("other", "bob@example.com").unwrap(),
        "load-r-7-2-1@example.com"
    );
    assert_eq!(
        field("email", "ada@example.com").unwrap(),
        "load-r-7-2@example.com"
    );
    let password = field("password", REDACTED).unwrap();
    assert_eq!(field("password_again", REDACTED).unwrap(), password);
    assert_eq!(field("plan", "small").unwrap(), "big-7-2");
    assert_eq!(field("name", "Ada").unwrap(), "Ada");
    assert!(
        field("other_token", REDACTED)
            .unwrap_err()
            .contains("`other_token`")
    );
}

#[test]
fn json_is_filled_like_a_form() {
    let sent = variables().json(
        &json!({ "email": "ada@example.com", "password": REDACTED, "tags": ["a", 1], "plan": 3 }),
    );
    assert_eq!(
        sent,
        json!({ "email": "load-r-7-2@example.com", "password": "Load-r-7-2-Aa1!", "tags": ["a", 1], "plan": "big-7-2" })
    );
}

#[test]
fn a_redacted_token_in_a_link_is_the_newest_on_the_users_pages() {
    let mut variables = variables();
    let link = Pattern::of("/invitation?token=%5Bredacted%5D");
    for token in ["one", "two"] {
        let page = format!("<a href=\"/invitation?token={token}\">Accept</a>");
        let expected = format!("/invitation?token={token}");
        assert_eq!(variables.text(&link, &[&page]).unwrap(), expected);
    }
    assert!(variables.text(&link, &["/invitation"]).is_err());
}
