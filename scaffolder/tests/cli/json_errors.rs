//! Errors as JSON, for every verb that can say its result so.

use crate::environment::Environment;

fn parsed(env: &Environment, arguments: &[&str]) -> (i32, serde_json::Value) {
    let output = env.heavy(arguments);
    let value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", env.shown(&output)));
    assert!(output.stderr.is_empty(), "{arguments:?}: {}", env.shown(&output));
    (output.status.code().expect("it ended by itself"), value)
}

#[test]
fn every_verb_with_json_says_an_error_as_one_object_on_standard_output() {
    let env = Environment::new();
    let nowhere = "--project=nowhere";
    for arguments in [
        &["new", "9lives", "--json"][..],
        &["add-feature", "x", "--json", nowhere],
        &["remove-feature", "x", "--json", nowhere],
        &["rename", "shop", "--json", nowhere],
        &["sync", "--json", nowhere],
        &["undo", "--json", nowhere],
        &["adopt", "--json", nowhere],
        &["check", "--json", nowhere],
        &["add-table", "--json", nowhere],
        &["routes", "--json", nowhere],
        &["schema", "--json", nowhere],
        &["skill", "--json", nowhere],
        &["diff", "--json", nowhere],
        &["setup-git", "--json", nowhere],
        &["features", "--json", "--template", "nowhere"],
        &["time", "status", "--json", nowhere],
        &["time", "report", "--json", nowhere],
        &["time", "verify", "--json", nowhere],
        &["template", "lint", "--json", "nowhere"],
        &["sync", "--json", "--no-such-flag"],
        &["snyc", "--json"],
    ] {
        let (code, value) = parsed(&env, arguments);
        let error = &value["error"];
        assert_eq!(error["code"], if arguments[0] == "check" { error["code"].clone() } else { code.into() }, "{value}");
        assert_ne!(code, 0, "{arguments:?}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{arguments:?}: {value}");
        assert!(error["kind"].is_string() && error["hints"].is_array() && error["causes"].is_array(), "{value}");
    }
}

#[test]
fn an_unknown_verb_suggests_the_one_that_was_meant() {
    let env = Environment::new();
    let said: Vec<String> =
        ["upgrade", "create", "scaffold", "status", "snyc"].iter().map(|verb| env.run(&[verb])).collect();
    insta::assert_snapshot!(said.concat(), @"
    exit 2
    --- err
    error: there is no `heavy upgrade`
    hint: did you mean `heavy sync`?
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: there is no `heavy create`
    hint: did you mean `heavy new`?
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: there is no `heavy scaffold`
    hint: did you mean `heavy add-table`?
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: there is no `heavy status`
    hint: did you mean `heavy check`?
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: there is no `heavy snyc`
    hint: did you mean `heavy sync`?
    hint: `heavy --help` shows what can be typed
    ");
}

#[test]
fn features_are_written_alike_everywhere() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "one", "--template", "template", "-F", "vectors,queue"]);
    env.succeeds(&["new", "two", "--template", "template", "--defaults"]);
    for arguments in
        [&["vectors,queue"][..], &["-F", "vectors,queue"], &["vectors", "-F", "queue"], &["vectors", "queue"]]
    {
        env.succeeds(&[&["add-feature", "--project", "two"], arguments].concat());
        let answers = |project: &str| env.read(&format!("{project}/heavy.toml")).replace("Two", "").replace("One", "");
        assert!(answers("two").contains("vectors = true\nqueue = true"), "{arguments:?}");
        assert!(answers("one").contains("vectors = true\nqueue = true"));
        env.succeeds(&[&["remove-feature", "--allow-dirty", "--project", "two"], arguments].concat());
        assert!(answers("two").contains("vectors = false\nqueue = false"), "{arguments:?}");
    }
}
