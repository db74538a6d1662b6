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

#[test]
fn a_form_and_a_button_that_only_the_script_can_send_do_nothing_without_it() {
    let cases = [
        (
            "<form on:submit=\"0\">",
            "<form on:submit=\"0\" method=\"dialog\">",
        ),
        (
            "<form title=\" method=x\" on:change=\"0\">",
            "<form title=\" method=x\" on:change=\"0\" method=\"dialog\">",
        ),
        (
            "<button on:click=\"0\">",
            "<button on:click=\"0\" type=\"button\">",
        ),
    ];
    for (written, sent) in cases {
        assert_eq!(canonical(written), sent);
    }
    for same in [
        "<form method=\"post\" on:submit=\"0\">",
        "<form action=\"/notes\" on:submit=\"0\">",
        "<form role=\"search\">",
        "<button type=\"submit\" on:click=\"0\">",
        "<button>",
        "<formula on:click=\"0\">",
    ] {
        assert_eq!(canonical(same), same);
    }
}
