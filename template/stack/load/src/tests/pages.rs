//! What users look up in pages, and what they keep of them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    cookies::Cookies,
    html::{event_target, hidden_field, live_root},
    splice,
    user::checks::redirect_on_site,
};

const PAGE: &str = r#"<!DOCTYPE html><html><head><meta name="csrf-token" content="meta"><script>"<div id='live'>"</script></head>
    <body><!-- <div id="live"> --><div id="live" data-hash="2-ab" data-items="" data-state="{&quot;x&quot;:1}" data-mac="m"><div
    class='a > b'><form action="/a?x=1&amp;y=2"><input type="hidden" name="t" value="one"></form></div><form action="/b">
    <input type="hidden" name="t" value="two" disabled></form></div><div>after</div></body></html>"#;

#[test]
fn the_root_of_a_live_page_is_found_with_what_it_says() {
    let root = live_root(PAGE).unwrap();
    assert_eq!(
        (root.hash.as_str(), root.state.as_str(), root.mac.as_str()),
        ("2-ab", r#"{"x":1}"#, "m")
    );
    // As a browser writes it, with attributes in their order.
    let html = root.html;
    assert!(html.starts_with("<div class=\"a &gt; b\"><form"), "{html}");
    let end = "<input type=\"hidden\" name=\"t\" value=\"two\" disabled=\"\"></form>";
    assert!(html.ends_with(end), "{html}");
    assert_eq!(live_root("<p id=\"other\">"), None);
}

#[test]
fn the_html_of_a_live_page_has_the_newlines_that_the_server_wrote() {
    let page = "<div id=\"live\"><textarea>\nx</textarea><textarea rows=\"2\">\n</textarea></div>";
    let html = live_root(page).unwrap().html;
    assert_eq!(
        html,
        "<textarea>\nx</textarea><textarea rows=\"2\">\n</textarea>"
    );
}

#[test]
fn a_hidden_field_is_that_of_the_form_that_is_sent() {
    let hidden = |name, action| hidden_field(PAGE, name, action);
    assert_eq!(hidden("t", "/b").as_deref(), Some("two"));
    assert_eq!(hidden("t", "/a?x=1&y=2").as_deref(), Some("one"));
    assert_eq!(hidden("t", "/elsewhere").as_deref(), Some("one"));
    assert_eq!(hidden("csrf_token", "/b").as_deref(), Some("meta"));
    assert_eq!(hidden("u", "/b"), None);
}

#[test]
fn an_event_carries_the_data_of_its_element() {
    let page = r#"<button on:click="1" data-note-id="a" data-key="k">A</button><button on:click="1" data-note-id="b">B</button>"#;
    let target = |recorded: Value| {
        let recorded: Map<String, Value> = recorded.as_object().unwrap().clone();
        let target = event_target(page, "click", "1", Some(&recorded)).unwrap();
        Value::Object(target.data)
    };
    assert_eq!(target(json!({ "noteId": "b" })), json!({ "noteId": "b" }));
    assert_eq!(
        target(json!({ "noteId": "gone" })),
        json!({ "noteId": "a" })
    );
    assert_eq!(event_target(page, "click", "2", None), None);
}

proptest! {
    #[test]
    fn any_text_can_be_searched(text in "([<>/=\"' ab&;!-]|div|id|live|script|hidden|ä){0,80}") {
        live_root(&text);
        hidden_field(&text, "a", "b");
        event_target(&text, "click", "1", None);
    }
}

#[test]
fn a_cookie_is_sent_until_it_is_removed() {
    let mut cookies = Cookies::new(&Url::parse("http://127.0.0.1:3000").unwrap());
    assert_eq!(cookies.header("/"), None);
    cookies.store("__Host-a=1; Path=/; Secure; Max-Age=60", "/login");
    cookies.store("__Host-a=3; Path=/; Secure; HttpOnly", "/login");
    cookies.store("no cookie", "/login");
    assert_eq!(cookies.header("/notes?x=1").as_deref(), Some("__Host-a=3"));
    cookies.set("tz", "Europe/Berlin");
    assert!(cookies.header("/").unwrap().contains("tz=Europe/Berlin"));
    cookies.store("__Host-a=; Path=/; Secure; Max-Age=0", "/logout");
    assert_eq!(cookies.header("/").as_deref(), Some("tz=Europe/Berlin"));
}

#[test]
fn a_cookie_of_a_folder_or_another_site_is_not_sent_elsewhere() {
    let mut cookies = Cookies::new(&Url::parse("http://shop.example").unwrap());
    cookies.store("a=1; Path=/admin", "/admin/login");
    cookies.store("b=1; Path=/; Domain=other.example", "/");
    assert_eq!(cookies.header("/"), None);
    assert_eq!(cookies.header("/admin/users").as_deref(), Some("a=1"));
}

#[test]
fn a_redirect_leads_only_to_the_site_that_is_loaded() {
    let site = Url::parse("http://localhost:3000").unwrap();
    let to = |location| redirect_on_site(location, &site, "/notes/1").ok();
    assert_eq!(to("/notes?a=b").as_deref(), Some("/notes?a=b"));
    assert_eq!(to("2").as_deref(), Some("/notes/2"));
    assert_eq!(
        to("http://localhost:3000/notes#top").as_deref(),
        Some("/notes")
    );
    for other in [
        "//evil.example/",
        "/\\evil.example/",
        "http://evil.example/",
        "http://localhost:30001/",
        "https://localhost:3000/",
        "javascript:alert(1)",
    ] {
        assert_eq!(to(other), None, "{other}");
    }
}

#[test]
fn a_change_counts_in_the_units_of_a_browser() {
    let change = json!([2, 1, "x", 1, 0, "🙂"]);
    assert_eq!(
        splice::apply("ä🙂b", &[json!(1), json!(2), json!("c")]).as_deref(),
        Some("äcb")
    );
    assert_eq!(
        splice::apply("abcd", change.as_array().unwrap()).as_deref(),
        Some("abxd🙂")
    );
}

#[test]
fn a_change_that_does_not_fit_is_none() {
    for change in [
        json!([9, 0, ""]),
        json!([0, 9, ""]),
        json!([2, 0, "x"]),
        json!([0]),
        json!(["a", 0, ""]),
    ] {
        assert_eq!(
            splice::apply("ä🙂", change.as_array().unwrap()),
            None,
            "{change}"
        );
    }
}

#[test]
fn the_hash_is_that_of_the_client_script() {
    // stack/live/src/hash/tests.rs has the same ones.
    assert_eq!(splice::hash(""), "0-811c9dc5");
    assert_eq!(splice::hash("Grüße, “Welt” 🙂\n"), "h-357fdde4");
}
