use super::*;

#[test]
fn what_is_missing_is_named_with_what_to_do_about_it() {
    let error = lacking(&["node", "npm", "Chromium"]).to_string();
    assert!(error.starts_with("the browser tests need node, npm and Chromium, which are not"));
    assert_eq!(error.matches("hint: ").count(), 2, "{error}");
    let error = lacking(&["node"]).to_string();
    assert!(error.starts_with("the browser tests need node, which is not"));
    assert_eq!(error.matches("hint: ").count(), 1, "{error}");
}
