use maud::html;

use super::*;

#[test]
fn boolean_attributes_and_quotes_are_written_as_a_browser_does() {
    let page = html! { p class="a > b" title="\"x\"" { "say \"hi\" & go" } input disabled value="1" required; hr; };
    assert_eq!(
        canonical(&page.into_string()),
        "<p class=\"a &gt; b\" title=\"&quot;x&quot;\">say \"hi\" &amp; go</p>\
         <input disabled=\"\" value=\"1\" required=\"\"><hr>"
    );
}

#[test]
fn a_text_area_keeps_the_first_newline_of_its_text() {
    assert_eq!(
        canonical("<textarea>x</textarea>"),
        "<textarea>\nx</textarea>"
    );
    assert_eq!(
        canonical("<textarea rows=\"2\">\n\nx</textarea>"),
        "<textarea rows=\"2\">\n\nx</textarea>"
    );
}

#[test]
fn no_text_of_a_user_is_taken_for_a_place() {
    let html = format!("<p>\u{1}guess\u{1}{}</p>", place("secret", 'c', 7));
    let found = pieces(&html, "secret", &Interner::default());
    assert!(
        matches!(&*found, [Piece::Text(_), Piece::Child(7), Piece::Text(_)]),
        "{found:?}"
    );
}
