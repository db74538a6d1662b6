//! What is asked on a terminal: a real one, made for the test.

use rexpect::session::{Options, PtySession, spawn_with_options};

use crate::environment::Environment;

/// `heavy` on a terminal of its own.
pub(crate) fn on_terminal(env: &Environment, arguments: &[&str]) -> PtySession {
    let mut command = env.command(arguments);
    command.env("TERM", "xterm-256color");
    // The session gives it the terminal instead of the empty input that it has otherwise.
    command.stdin(std::process::Stdio::inherit());
    spawn_with_options(command, Options::new().timeout_ms(Some(30_000)).strip_ansi_escape_codes(true))
        .expect("a terminal")
}

#[test]
fn a_person_is_asked_for_name_title_and_features() {
    let env = Environment::new();
    env.template(&[]);
    let mut terminal = on_terminal(&env, &["new", "--template", "template"]);
    terminal.exp_string("Name of the project").expect("a question");
    terminal.send_line("9lives").expect("an answer");
    terminal.exp_string("starts with a digit").expect("a refusal");
    terminal.send(&"\u{7f}".repeat("9lives".len())).expect("keys");
    terminal.send_line("my-shop").expect("an answer");
    terminal.exp_string("Title").expect("a question");
    terminal.exp_string("My Shop").expect("a suggestion");
    terminal.send_line("").expect("an answer");
    terminal.exp_string("Features").expect("a question");
    terminal.exp_string("background jobs").expect("an explanation");
    // Down to the second one, choose it, done.
    terminal.send("\u{1b}[B \r").expect("keys");
    terminal.flush().expect("sent");
    terminal.exp_string("Created").expect("the end");
    terminal.exp_eof().expect("the end");
    let text = env.read("my-shop/heavy.toml");
    for line in ["name = \"my_shop\"", "title = \"My Shop\"", "vectors = false", "queue = true"] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// The template of `env` refuses the name `tokio` in its `init` hook.
fn a_refused_name(env: &Environment) {
    env.template(&[("hooks/init.rhai", "if variable::get(\"project-name\") == \"tokio\" { abort(\"not tokio\"); }")]);
    let manifest = env.read("template/cargo-generate.toml") + "[hooks]\ninit = [\"hooks/init.rhai\"]\n";
    env.write("template/cargo-generate.toml", manifest);
}

#[test]
fn a_name_that_the_template_refuses_or_that_is_taken_is_asked_for_again_at_once() {
    let env = Environment::new();
    a_refused_name(&env);
    env.write("taken/file", "mine");
    let mut terminal = on_terminal(&env, &["new", "--template", "template"]);
    terminal.exp_string("Name of the project").expect("a question");
    for (name, why) in [("tokio", "not tokio"), ("taken", "`taken` is not empty")] {
        terminal.send_line(name).expect("an answer");
        terminal.exp_string(why).expect("a refusal");
        terminal.send(&"\u{7f}".repeat(name.len())).expect("keys");
    }
    terminal.send_line("my-shop").expect("an answer");
    terminal.exp_string("My Shop").expect("the next question");
}

#[test]
fn a_name_that_a_crate_of_the_project_has_is_refused_when_it_is_asked_for_and_stays_to_be_edited() {
    let env = Environment::new();
    let mut terminal = on_terminal(&env, &["new"]);
    terminal.exp_string("Name of the project").expect("a question");
    terminal.send_line("tokio").expect("an answer");
    terminal.exp_string("belongs to a crate that the project uses").expect("a refusal");
    terminal.send_line("-shop").expect("the rest of the name");
    terminal.exp_string("Tokio Shop").expect("the next question");
}

#[test]
fn a_given_name_that_the_template_refuses_is_asked_for_before_anything_else() {
    let env = Environment::new();
    a_refused_name(&env);
    let mut terminal = on_terminal(&env, &["new", "tokio", "--template", "template"]);
    let before = terminal.exp_string("not tokio. Name of the project").expect("a question");
    assert!(!before.contains("Title"), "{before}");
}

#[test]
fn only_what_is_missing_is_asked() {
    let env = Environment::new();
    env.template(&[]);
    let arguments = ["new", "my-app", "--template", "template", "--title", "Given", "--feature", "queue"];
    let mut terminal = on_terminal(&env, &arguments);
    terminal.exp_string("Created").expect("no question");
    terminal.exp_eof().expect("the end");
    assert!(env.read("my-app/heavy.toml").contains("title = \"Given\""));
}

#[test]
fn with_defaults_nothing_is_asked() {
    let env = Environment::new();
    env.template(&[]);
    let mut terminal = on_terminal(&env, &["new", "my-app", "--template", "template", "--defaults"]);
    terminal.exp_string("Created").expect("no question");
    terminal.exp_eof().expect("the end");
}

#[test]
fn ctrl_c_at_a_question_ends_it_and_leaves_nothing() {
    let env = Environment::new();
    env.template(&[]);
    let mut terminal = on_terminal(&env, &["new", "my-app", "--template", "template"]);
    terminal.exp_string("Title").expect("a question");
    terminal.send("half an ans").expect("keys");
    terminal.flush().expect("sent");
    terminal.exp_string("half an ans").expect("an echo");
    terminal.send_control('c').expect("a key");
    // On a line of its own.
    terminal.exp_string("\nerror: stopped").expect("the end");
    terminal.exp_eof().expect("the end");
    assert_eq!(env.list(""), ["template"]);
}

#[test]
fn a_hooks_command_is_shown_and_needs_a_yes() {
    let env = Environment::new();
    env.template(&[("hooks/pre.rhai", "system::command(\"touch\", [\"made\"]);")]);
    let manifest = env.read("template/cargo-generate.toml") + "[hooks]\npre = [\"hooks/pre.rhai\"]\n";
    env.write("template/cargo-generate.toml", manifest);
    let arguments = ["new", "my-app", "--template", "template", "--title", "x", "--feature", "queue"];
    let mut terminal = on_terminal(&env, &arguments);
    terminal.exp_string("wants to run `touch made`").expect("a question");
    terminal.send("y").expect("an answer");
    terminal.flush().expect("sent");
    terminal.exp_string("Created").expect("the end");
    terminal.exp_eof().expect("the end");
    assert!(env.path("my-app/made").exists());
}

/// The template of `env` asks one question more from version 1.3.0 on.
fn a_question_more(env: &Environment) {
    let manifest = env.read("template/cargo-generate.toml").replace("1.2.3", "1.3.0");
    let question = "\n[placeholders.region]\nprompt = \"Region\"\nchoices = [\"eu\", \"us\"]\ndefault = \"eu\"\n";
    env.write("template/cargo-generate.toml", format!("{manifest}{question}"));
    let lock = env.read("template/heavy.toml").replace("1.2.3", "1.3.0");
    env.write("template/heavy.toml", format!("{lock}region = \"{{{{region}}}}\"\n"));
}

#[test]
fn a_sync_asks_only_what_is_new_and_shows_its_plan_before_it_begins() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "my-app", "--template", "template", "--defaults"]);
    a_question_more(&env);
    let mut terminal = on_terminal(&env, &["sync", "--project", "my-app"]);
    terminal.exp_string("Region").expect("the new question");
    // Down to the second choice.
    terminal.send("\u{1b}[B\r").expect("keys");
    terminal.flush().expect("sent");
    let before = terminal.exp_string("update    heavy.toml").expect("the plan");
    assert!(!before.contains("Title"), "answered long ago:\n{before}");
    terminal.exp_string("Do this?").expect("a question");
    terminal.send("y").expect("keys");
    terminal.flush().expect("sent");
    terminal.exp_string("Moved `my_app`").expect("the end");
    terminal.exp_eof().expect("the end");
    assert!(env.read("my-app/heavy.toml").contains("region = \"us\""));
}

#[test]
fn whoever_says_no_to_a_plan_keeps_everything_as_it_is() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "my-app", "--template", "template", "--defaults"]);
    let mut terminal = on_terminal(&env, &["add-feature", "queue", "--project", "my-app"]);
    terminal.exp_string("Do this?").expect("a question");
    terminal.send("n").expect("keys");
    terminal.flush().expect("sent");
    let said = terminal.exp_string("nothing was changed").expect("the end");
    assert!(!said.contains("error"), "a no is no error: {said}");
    terminal.exp_eof().expect("the end");
    let status = terminal.process().wait().expect("it ended");
    assert!(matches!(status, rexpect::process::WaitStatus::Exited(_, 0)), "{status:?}");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    assert!(env.read("my-app/heavy.toml").contains("queue = false"));
}

#[test]
fn what_a_plan_changes_is_shown_at_the_question_before_it_is_answered() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "my-app", "--template", "template", "--defaults"]);
    let mut terminal = on_terminal(&env, &["add-feature", "queue", "--project", "my-app"]);
    terminal.exp_string("Do this? (d shows what changes)").expect("a question");
    terminal.send("d").expect("keys");
    terminal.flush().expect("sent");
    terminal.exp_string("+++ b/heavy.toml").expect("the difference");
    terminal.exp_string("-queue = false").expect("the difference");
    terminal.exp_string("+queue = true").expect("the difference");
    terminal.exp_string("Do this?").expect("the question again");
    terminal.send("\r").expect("keys");
    terminal.flush().expect("sent");
    terminal.exp_string("Moved").expect("the end");
    terminal.exp_eof().expect("the end");
}

#[test]
fn a_table_is_asked_for_its_name_and_its_fields_one_by_one() {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--defaults"]);
    let mut terminal = on_terminal(&env, &["add-table", "--project", "shop"]);
    terminal.exp_string("Name of the table").expect("a question");
    terminal.send_line("book").expect("an answer");
    terminal.exp_string("not a plural").expect("a refusal");
    terminal.send(&"\u{7f}".repeat("book".len())).expect("keys");
    terminal.send_line("books").expect("an answer");
    terminal.exp_string("A field").expect("a question");
    terminal.send_line("title:string").expect("an answer");
    terminal.exp_string("Another field").expect("a question");
    terminal.send_line("pages:int?").expect("an answer");
    terminal.exp_string("Another field").expect("a question");
    terminal.send_line("").expect("an answer");
    terminal.exp_string("Do this?").expect("a question");
    terminal.send_line("y").expect("an answer");
    terminal.exp_string("Added").expect("the end");
    terminal.exp_eof().expect("the end");
    let schema = env.read("shop/schema/070_books.sql");
    assert!(schema.contains("title text NOT NULL") && schema.contains("pages int4,"), "{schema}");
}

#[test]
fn a_page_and_a_new_name_are_asked_for_where_they_are_missing() {
    let env = Environment::new();
    env.succeeds(&["new", "shop", "--defaults"]);
    let mut terminal = on_terminal(&env, &["add-page", "--project", "shop"]);
    terminal.exp_string("Name of the page").expect("a question");
    terminal.send_line("about-us").expect("an answer");
    terminal.exp_string("Do this?").expect("a question");
    terminal.send_line("y").expect("an answer");
    terminal.exp_string("Added").expect("the end");
    terminal.exp_eof().expect("the end");
    assert!(env.read("shop/src/pages/about_us.rs").contains("About us"));

    let mut terminal = on_terminal(&env, &["rename", "--project", "shop", "--allow-dirty"]);
    terminal.exp_string("Name of the project").expect("a question");
    terminal.send_line("store").expect("an answer");
    terminal.exp_string("Do this?").expect("a question");
    terminal.send_line("n").expect("an answer");
    terminal.exp_string("Declined").expect("what it is");
    terminal.exp_string("nothing was changed").expect("the end");
    terminal.exp_eof().expect("the end");

    assert!(env.run(&["rename", "--project", "shop"]).contains("hint: write it: `heavy rename my-shop`"));
    assert!(env.run(&["add-page", "--project", "shop"]).contains("hint: write it: `heavy add-page about-us`"));
}
