use super::*;

#[test]
fn programs_are_found_among_the_messages_of_cargo() {
    let messages = r#"
        {"reason":"compiler-artifact","target":{"name":"app","kind":["lib"]},"executable":null}
        {"reason":"compiler-artifact","target":{"name":"shop","kind":["bin"]},"executable":"/t/debug/shop"}
        {"reason":"build-finished","success":true}"#;
    assert_eq!(find(messages, "shop"), Some("/t/debug/shop".into()));
    assert_eq!(find(messages, "app"), None);
}
