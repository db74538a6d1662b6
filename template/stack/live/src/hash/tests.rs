use super::*;

#[test]
fn the_hash_is_that_of_the_client_script() {
    // The same ones are in tests/browser/client/morph.spec.mjs.
    assert_eq!(hash(""), "0-811c9dc5");
    assert_eq!(hash("a"), "1-e40c292c");
    assert_eq!(hash("<p>Hello</p>"), "c-713d1a24");
    assert_eq!(hash("Grüße, “Welt” 🙂\n"), "h-357fdde4");
    assert_eq!(hash("\u{0}\u{ffff}"), "2-d2e466a0");
    assert_eq!(hash(&"<li>ä🙂</li>".repeat(500)), "4mo-165b92ed");
    assert_eq!(base36(36 * 36 + 35), "10z");
}
