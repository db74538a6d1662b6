//! Cases about what a template asks.

use crate::state::{State, files};
use crate::world::{World, heavy_toml, manifest};

/// A template that asks `questions`, records `lock`, and renders `text`.
fn template(version: &str, questions: &str, migrations: &str, lock: &str, text: &str) -> State {
    files(&[
        ("cargo-generate.toml", manifest(version, questions) + migrations),
        ("heavy.toml", heavy_toml(version, lock)),
        ("settings.txt", format!("{text}\n")),
    ])
}

fn question(name: &str, kind: &str, more: &str) -> String {
    format!("[placeholders.{name}]\ntype = \"{kind}\"\nprompt = \"{name}: what it is about\"\n{more}\n\n")
}

fn project(questions: &str, lock: &str, text: &str, answers: &[&str]) -> World {
    let world = World::with_git();
    world.template("1.0.0", &template("1.0.0", questions, "", lock, text));
    world.create(&answers.iter().flat_map(|answer| ["-d", answer]).collect::<Vec<_>>());
    world.is_pristine();
    world.commit();
    world
}

#[test]
fn case_39_the_answer_to_a_renamed_question_goes_with_it() {
    let world = project(&question("db", "string", "default = \"pg\""), "db = \"{{db}}\"\n", "db={{db}}", &["db=mine"]);
    let renamed = question("database", "string", "default = \"pg\"");
    let migrations = "\n[heavy.answers.db]\nrenamed = \"database\"\n";
    world.template(
        "1.1.0",
        &template("1.1.0", &renamed, migrations, "database = \"{{database}}\"\n", "db={{database}}"),
    );
    assert_eq!(world.moved(&["sync"]).code, 0);
    assert_eq!(world.read("settings.txt"), "db=mine\n");
    let lock = world.read("heavy.toml");
    assert!(lock.contains("database = \"mine\"") && !lock.contains("\ndb = "), "{lock}");
}

#[test]
fn case_39_the_answer_to_a_question_that_is_gone_is_named_and_forgotten() {
    let world = project(&question("db", "string", "default = \"pg\""), "db = \"{{db}}\"\n", "db={{db}}", &["db=mine"]);
    world.template("1.1.0", &template("1.1.0", "", "", "", "db=always"));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert!(moved.shown.contains("`db`") && moved.shown.contains("mine"), "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "db=always\n");
    assert!(!world.read("heavy.toml").contains("db ="));
}

#[test]
fn case_39_a_question_of_another_type_takes_what_a_rule_makes_of_the_answer() {
    let world =
        project(&question("queue", "bool", "default = false"), "queue = {{queue}}\n", "q={{queue}}", &["queue=true"]);
    let retyped = question("queue", "string", "choices = [\"none\", \"memory\", \"disk\"]\ndefault = \"none\"");
    let migrations = "\n[heavy.answers.queue.values]\ntrue = \"memory\"\nfalse = \"none\"\n";
    world.template("1.1.0", &template("1.1.0", &retyped, migrations, "queue = \"{{queue}}\"\n", "q={{queue}}"));
    assert_eq!(world.moved(&["sync"]).code, 0);
    assert_eq!(world.read("settings.txt"), "q=memory\n");
}

#[test]
fn case_39_without_a_rule_an_answer_that_does_not_fit_is_said_and_asked_again() {
    let choices = |all: &str, default: &str| question("db", "string", &format!("choices = [{all}]\n{default}"));
    let old = choices("\"pg\", \"mysql\"", "default = \"pg\"");
    let world = project(&old, "db = \"{{db}}\"\n", "db={{db}}", &["db=mysql"]);

    // A choice is gone, and there is no default: nobody is there to be asked.
    let new = choices("\"pg\", \"crdb\"", "");
    world.template("1.1.0", &template("1.1.0", &new, "", "db = \"{{db}}\"\n", "db={{db}}"));
    let shown = world.refuses(&["sync"]);
    assert!(shown.contains("mysql") && shown.contains("-d db="), "{shown}");
    let moved = world.moved(&["sync", "-d", "db=crdb"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "db=crdb\n");
}

#[test]
fn case_39_without_a_rule_a_choice_that_is_gone_falls_back_only_with_a_word() {
    let choices = |all: &str| question("db", "string", &format!("choices = [{all}]\ndefault = \"pg\""));
    let world = project(&choices("\"pg\", \"mysql\""), "db = \"{{db}}\"\n", "db={{db}}", &["db=mysql"]);
    world.template("1.1.0", &template("1.1.0", &choices("\"pg\""), "", "db = \"{{db}}\"\n", "db={{db}}"));
    let moved = world.moved(&["sync"]);
    assert!(moved.shown.contains("mysql"), "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "db=pg\n");
}

#[test]
fn case_39_a_choice_that_is_gone_becomes_what_a_rule_says() {
    let choices = |all: &str| question("db", "string", &format!("choices = [{all}]\ndefault = \"pg\""));
    let world = project(&choices("\"pg\", \"mysql\""), "db = \"{{db}}\"\n", "db={{db}}", &["db=mysql"]);
    let migrations = "\n[heavy.answers.db.values]\nmysql = \"maria\"\n";
    let new = choices("\"pg\", \"maria\"");
    world.template("1.1.0", &template("1.1.0", &new, migrations, "db = \"{{db}}\"\n", "db={{db}}"));
    assert_eq!(world.moved(&["sync"]).code, 0);
    assert_eq!(world.read("settings.txt"), "db=maria\n");
}

#[test]
fn case_39_a_feature_that_is_no_more_cannot_be_added_and_goes_with_its_files() {
    let world =
        project(&question("queue", "bool", "default = false"), "queue = {{queue}}\n", "q={{queue}}", &["queue=true"]);
    world.template("1.1.0", &template("1.1.0", "", "", "", "no queue"));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    world.commit();
    let shown = world.refuses(&["add-feature", "queue"]);
    assert!(shown.contains("`queue`"), "{shown}");
}

#[test]
fn case_39_what_became_a_feature_stays_and_that_is_said() {
    let features = question("queue", "bool", "default = false") + &question("vectors", "bool", "default = false");
    let before = |name: &str| format!("\n[heavy.answers.{name}]\nbefore = {{ version = \"1.1.0\", value = true }}\n");
    let lock = "queue = {{queue}}\nvectors = {{vectors}}\n";
    let text = "q={{queue}} v={{vectors}}";
    let next = template("1.1.0", &features, &(before("queue") + &before("vectors")), lock, text);

    let world = project("", "", "q=true v=true", &[]);
    world.template("1.1.0", &next);
    let moved = world.moved(&["sync"]);
    let note = "note: `queue` and `vectors` are features now, and stay: `heavy remove-feature FEATURE` takes one out\n";
    assert!(moved.shown.contains(note), "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "q=true v=true\n");
    world.commit();
    assert!(!world.moved(&["remove-feature", "queue"]).shown.contains("are features now"));

    let world = project("", "", "q=true v=true", &[]);
    world.template("1.1.0", &next);
    let moved = world.moved(&["sync", "-d", "queue=false"]);
    let note = "note: `vectors` is a feature now, and stays: `heavy remove-feature vectors` takes it out\n";
    assert!(moved.shown.contains(note), "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "q=false v=true\n");
}

#[test]
fn case_41_without_terminal_a_missing_answer_is_refused_and_names_its_flag() {
    let world = project("", "", "nothing", &[]);
    let asks = question("region", "string", "");
    world.template("1.1.0", &template("1.1.0", &asks, "", "region = \"{{region}}\"\n", "region={{region}}"));
    let shown = world.refuses(&["sync"]);
    assert!(shown.contains("-d region="), "{shown}");
    world.refuses(&["sync", "--json"]);
    world.refuses(&["sync", "--yes"]);
    world.refuses(&["sync", "--dry-run"]);
    let shown = world.refuses(&["sync", "-d", "regio=eu"]);
    assert!(shown.contains("`region`"), "{shown}");
    assert_eq!(world.moved(&["sync", "-d", "region=eu"]).code, 0);
    assert_eq!(world.read("settings.txt"), "region=eu\n");
    // Answered once, it is never asked again.
    world.commit();
    world.template("1.2.0", &template("1.2.0", &asks, "", "region = \"{{region}}\"\n", "in {{region}}"));
    assert_eq!(world.moved(&["sync"]).code, 0);
    assert_eq!(world.read("settings.txt"), "in eu\n");
}

#[test]
fn case_41_a_new_question_with_a_default_takes_it_and_says_so() {
    let world = project("", "", "nothing", &[]);
    let asks = question("region", "string", "default = \"eu\"");
    world.template("1.1.0", &template("1.1.0", &asks, "", "region = \"{{region}}\"\n", "region={{region}}"));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert!(moved.shown.contains("`region`"), "{}", moved.shown);
    assert_eq!(world.read("settings.txt"), "region=eu\n");
}

#[cfg(unix)]
#[test]
fn case_41_on_a_terminal_only_new_questions_are_asked() {
    let world = project(&question("db", "string", "default = \"pg\""), "db = \"{{db}}\"\n", "db={{db}}", &["db=mine"]);
    let asks = question("db", "string", "default = \"pg\"") + &question("region", "string", "default = \"eu\"");
    let lock = "db = \"{{db}}\"\nregion = \"{{region}}\"\n";
    world.template("1.1.0", &template("1.1.0", &asks, "", lock, "db={{db}} region={{region}}"));
    let mut terminal = world.on_terminal(&["sync"]);
    terminal.exp_string("region").expect("a question");
    terminal.send_line("").expect("an answer");
    let before_the_plan = terminal.exp_string("settings.txt").expect("the plan");
    assert!(!before_the_plan.contains("db: what"), "{before_the_plan}");
    terminal.exp_string("?").expect("a confirmation");
    terminal.send_line("y").expect("an answer");
    terminal.exp_eof().expect("the end");
    assert_eq!(world.read("settings.txt"), "db=mine region=eu\n");
}
