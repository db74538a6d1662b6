use super::*;

#[test]
fn the_minified_form_is_made_of_the_scripts_as_they_are_written() {
    let written = scripts("").into_iter();
    let stale: Vec<_> = written
        .filter(|(name, script)| minified(name, script).is_none())
        .map(|(name, _)| name)
        .collect();
    assert!(
        stale.is_empty(),
        "client.min.js has another form of {stale:?}: run `node stack/live/minify.mjs`"
    );
}

#[test]
fn a_script_that_was_changed_since_has_no_minified_form() {
    let [(name, script), ..] = &scripts("")[..] else {
        panic!("there is a script");
    };
    assert_eq!(minified(name, &format!("{script}// More.\n")), None);
    assert_eq!(minified("live/commands.js", script), None);
}
