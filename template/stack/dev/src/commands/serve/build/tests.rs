use super::*;

fn messages(lines: &str) -> Messages {
    let mut messages = Messages::new("shop".to_owned());
    lines.lines().for_each(|line| messages.take(line));
    messages
}

#[test]
fn cargo_says_what_it_has_built_and_whether_it_is_new() {
    let mut messages = messages(
        r#"{"reason":"compiler-artifact","target":{"name":"app"},"executable":null,"fresh":true}
           {"reason":"compiler-artifact","target":{"name":"shop"},"executable":"/t/debug/shop","fresh":false}"#,
    );
    messages.success = true;
    let built = messages.finish().unwrap().ok().unwrap();
    assert_eq!(built.program, PathBuf::from("/t/debug/shop"));
    assert!(!built.fresh);
}

#[test]
fn errors_are_kept_without_colours_and_warnings_are_not() {
    let messages = messages(
        r#"{"message":{"level":"warning","rendered":"warning: unused","code":{},"spans":[1]}}
           {"message":{"level":"error","rendered":"\u001b[1merror\u001b[0m: no `x`\n  --> src/lib.rs:1:2\n","code":{},"spans":[1]}}
           {"message":{"level":"error","rendered":"error: aborting due to 1 previous error\n","code":null,"spans":[]}}"#,
    );
    let problem = messages.finish().unwrap().err().unwrap();
    assert_eq!(problem.texts, ["error: no `x`\n  --> src/lib.rs:1:2"]);
}
