use super::*;
use crate::error::{Error, Kind, Result};
use crate::tree::tests::tree;
use crate::tree::{Tree, TreePath};

/// Answers from a list, and counts what was asked.
#[derive(Default)]
struct Scripted {
    answers: Vec<&'static str>,
    asked: Vec<String>,
}

impl Scripted {
    fn next(&mut self, question: String) -> Result<String> {
        self.asked.push(question);
        self.answers
            .get(self.asked.len() - 1)
            .map(|answer| (*answer).to_owned())
            .ok_or_else(|| Error::user("no more answers"))
    }
}

impl Host for Scripted {
    fn ask_text(&mut self, prompt: &str, default: Option<&str>, regex: Option<&str>) -> Result<String> {
        self.next(format!("{prompt} {default:?} {regex:?}"))
    }

    fn ask_bool(&mut self, prompt: &str, default: bool) -> Result<bool> {
        self.next(format!("{prompt} {default}")).map(|answer| answer == "true")
    }

    fn ask_choice(&mut self, prompt: &str, default: &str, choices: &[String]) -> Result<String> {
        self.next(format!("{prompt} {default} {choices:?}"))
    }

    fn run_command(&mut self, command: &str, args: &[String], tree: &mut Tree) -> Result<String> {
        let output = self.next(format!("{command} {args:?}"))?;
        tree.insert(TreePath::parse("by-command").expect("a path"), crate::tree::File::new(output.as_str()));
        Ok(output)
    }
}

fn run_with(script: &str, files: &[(&str, &str)], host: &mut dyn Host) -> Result<(Tree, Variables, Vec<String>)> {
    let mut tree = tree(files);
    tree.extend(crate::tree::tests::tree(&[("hook.rhai", script)]));
    let mut variables = Variables::from([
        ("title".to_owned(), Variable::Text("Shop".to_owned())),
        ("flag".to_owned(), Variable::Bool(true)),
    ]);
    let notes = Hooks::new(host).run("hook.rhai", &mut tree, &mut variables, host)?;
    tree.retain(|path, _| path.as_str() != "hook.rhai");
    Ok((tree, variables, notes))
}

/// What a script prints.
fn printed(script: &str) -> String {
    run_with(script, &[("a/b", "text"), ("c", "")], &mut NoHost).expect("it runs").2.join("\n")
}

/// How a script fails.
fn failure(script: &str) -> String {
    let error = run_with(script, &[("a/b", "text")], &mut NoHost).expect_err("a failure");
    let lines = [vec![format!("{:?}: {error}", error.kind)], error.causes, error.hints].concat();
    lines.join("\n")
}

#[test]
fn variables_are_read_and_set_by_their_kind() {
    let script = r#"
        variable::set("title", variable::get("title") + "!");
        variable::set("list", ["a", true]);
        for item in variable::get("list") { print(item); }
        print(variable::is_set("nothing")); print(variable::get("nothing")); print(variable::get("flag"));"#;
    let (_, variables, notes) = run_with(script, &[], &mut NoHost).expect("it runs");
    assert_eq!(variables["title"], Variable::Text("Shop!".to_owned()));
    assert_eq!(notes, ["a", "true", "false", "", "true"]);
    insta::assert_snapshot!(failure("variable::set(\"flag\", \"text\")"), @"
    Template: the hook `hook.rhai` failed
    Runtime error: Variable flag not a String
    ");
}

#[test]
fn files_are_listed_moved_written_and_deleted_in_the_tree() {
    let script = r#"
        for path in file::listdir() { print(path); }
        for path in file::listdir("a") { print(path); }
        file::rename("a", "d");
        file::write("d/new", ["one", 2]);
        file::write("c", "over");
        file::delete(env::working_directory + "/d/b");
        print(file::exists("d") && !file::exists("a"));"#;
    let (files, _, notes) = run_with(script, &[("a/b", "text"), ("c", "")], &mut NoHost).expect("it runs");
    assert_eq!(files, tree(&[("c", "over"), ("d/new", "one\n2\n")]));
    assert_eq!(notes, ["/template/a", "/template/c", "/template/hook.rhai", "/template/a/b", "true"]);
}

#[test]
fn texts_change_case_as_in_cargo_generate() {
    let script = r#"
        let all = [to_kebab_case("MyApp"), to_lower_camel_case("my app"), to_pascal_case("my_app"), to_shouty_kebab_case("myApp"),
            to_shouty_snake_case("myApp"), to_snake_case("MyApp"), to_title_case("my_app"), to_upper_camel_case("my-app")];
        for text in all { print(text); }"#;
    assert_eq!(printed(script), "my-app\nmyApp\nMyApp\nMY-APP\nMY_APP\nmy_app\nMy App\nMyApp");
}

#[test]
fn a_module_is_imported_from_the_tree_once() {
    let files = [("hooks/m.rhai", "print(\"read\"); fn twice(x) { x * 2 } export const N = 4;")];
    let script = "import \"hooks/m\" as m; import \"hooks/m\" as n; print(m::twice(n::N))";
    assert_eq!(run_with(script, &files, &mut NoHost).expect("it runs").2, ["read", "8"]);
    insta::assert_snapshot!(failure("import \"hooks/none\" as n;"), @"
    Template: the hook `hook.rhai` failed
    Module not found: hooks/none (line 1, position 8)
    ");
    insta::assert_snapshot!(failure("import \"../secret\" as n;"), @"
    Template: the hook `hook.rhai` failed
    Module not found: ../secret (line 1, position 8)
    ");
}

#[test]
fn a_module_that_imports_itself_is_an_error() {
    let files = [("a.rhai", "import \"b\" as b;"), ("b.rhai", "import \"a\" as a;")];
    let error = run_with("import \"a\" as a;", &files, &mut NoHost).expect_err("a circle");
    assert!(error.causes.join("\n").contains("`a.rhai` imports itself"), "{error:?}");
}

#[test]
fn an_abort_is_the_persons_to_mend_and_any_other_failure_the_templates() {
    insta::assert_snapshot!(failure("fn check() { abort(\"the name `x` is taken\") } check()"), @"User: the name `x` is taken");
    insta::assert_snapshot!(failure("throw \"boom\""), @"
    Template: the hook `hook.rhai` failed
    Runtime error: boom (line 1, position 1)
    ");
    insta::assert_snapshot!(failure("let x = ;"), @"
    Template: the hook `hook.rhai` failed
    Syntax error: Unexpected ';' (line 1, position 9)
    ");
    insta::assert_snapshot!(failure("file::write(\"none/x\", \"\")"), @"
    Template: the hook `hook.rhai` failed
    Runtime error: there is no folder `none`
    ");
    insta::assert_snapshot!(failure("file::write(\"../x\", \"\")"), @"
    Template: the hook `hook.rhai` failed
    Runtime error: Path must be inside template dir: ../x
    ");
    insta::assert_snapshot!(failure("file::write(\".git/hooks/post-commit\", \"\")"), @"
    Template: the hook `hook.rhai` failed
    Runtime error: the path `.git/hooks/post-commit` reaches into `.git`
    ");
}

#[test]
fn a_script_that_asks_runs_again_with_the_answers_and_leaves_no_trace_of_the_first_run() {
    let script = r#"
        print("start");
        file::write("log", "asked");
        file::rename("log", "log2");
        let name = variable::prompt("Name", "x", "^[a-z]+$");
        let sure = variable::prompt("Sure", false);
        let kind = variable::prompt("Kind", "a", ["a", "b"]);
        let free = variable::prompt("Free");
        print(name + " " + sure + " " + kind + " " + free);"#;
    let mut host = Scripted { answers: vec!["shop", "true", "b", "text"], asked: Vec::new() };
    let (files, _, notes) = run_with(script, &[], &mut host).expect("it runs");
    assert_eq!(notes, ["start", "shop true b text"]);
    assert_eq!(files, tree(&[("log2", "asked")]));
    assert_eq!(
        host.asked,
        ["Name Some(\"x\") Some(\"^[a-z]+$\")", "Sure false", "Kind a [\"a\", \"b\"]", "Free None None"]
    );
}

#[test]
fn a_question_inside_try_is_still_asked() {
    let script = "let x = \"none\"; try { x = variable::prompt(\"Name\", \"x\"); } catch { x = \"caught\"; } print(x)";
    let mut host = Scripted { answers: vec!["shop"], asked: Vec::new() };
    assert_eq!(run_with(script, &[], &mut host).expect("it runs").2, ["shop"]);
}

#[test]
fn a_command_runs_once_and_its_files_stay() {
    let script = r#"let out = system::command("date", ["+%Y"]); print(out); variable::prompt("Then", "x");"#;
    let mut host = Scripted { answers: vec!["2026", "y"], asked: Vec::new() };
    let (files, _, notes) = run_with(script, &[], &mut host).expect("it runs");
    assert_eq!(notes, ["2026", "y"]);
    assert_eq!(files, tree(&[("by-command", "2026")]));
    assert_eq!(host.asked, ["date [\"+%Y\"]", "Then Some(\"x\") None"]);
}

#[test]
fn without_a_host_questions_and_commands_are_refused() {
    insta::assert_snapshot!(failure("variable::prompt(\"Which colour?\")"), @r#"
    User: a hook asks "Which colour?", and there is nobody to answer
    run `heavy new` in a terminal
    "#);
    insta::assert_snapshot!(failure("system::command(\"rm\", [\"-rf\", \"/\"])"), @"
    User: a hook of the template wants to run `rm`
    read the template's hooks first, then add `--allow-commands`
    ");
    insta::assert_snapshot!(failure("system::date()"), @"Template: a hook asks for the date, which would make every day's project another one");
}

#[test]
fn a_hostile_script_meets_a_limit_before_the_machine_does() {
    let scripts = [
        "loop {}",
        "fn f() { f() } f()",
        "let s = \"x\"; loop { s += s; }",
        "let a = [0]; loop { a.push(a); }",
        "let a = []; a.pad(1000000000, 0);",
        "let m = #{}; let i = 0; loop { m[i.to_string()] = i; i += 1; }",
        "let s = \"\"; s.pad(1000000000, 'x');",
        "let i = 0; let s = \"\"; s.pad(60000, 'x'); loop { file::write(i.to_string(), s); i += 1; }",
        "let i = 0; let s = \"\"; s.pad(60000, 'x'); loop { variable::set(\"v\" + i, s); i += 1; }",
        "let a = []; let i = 0; loop { let s = i.to_string(); s.pad(60000, 'x'); a.push(s); i += 1; }",
        "loop { print(\"\"); }",
        "loop { try { loop {} } catch {} }",
        "sleep(1000000)",
        "sleep(0.5)",
        "timestamp()",
        "loop { variable::prompt(\"again?\", true); }",
        "let x = 0; loop { eval(\"let y\" + x + \" = 1\"); x += 1; }",
    ];
    for script in scripts {
        let error = run_with(script, &[], &mut NoHost).expect_err(script);
        assert!(error.kind == Kind::Template || error.message.contains("nobody to answer"), "{script}: {error:?}");
    }
}

#[test]
fn a_script_that_stores_or_prints_without_end_writes_too_much() {
    let scripts = [
        "let i = 0; loop { file::write(i.to_string(), s); i += 1; }",
        "let i = 0; loop { variable::set(\"v\" + i, s); i += 1; }",
        "loop { print(s); }",
        "loop { debug(s); }",
        "loop { try { print(s); } catch {} }",
        // The one print too many is the last thing it does.
        "for i in 0..559 { print(s); } print(s);",
    ];
    for script in scripts {
        let script = format!("let s = \"\"; s.pad(60000, 'x'); {script}");
        let error = run_with(&script, &[], &mut NoHost).expect_err(&script);
        assert_eq!((error.kind, error.causes), (Kind::Template, vec!["it writes too much".to_owned()]), "{script}");
    }
}

#[test]
fn a_script_that_asks_without_end_is_stopped() {
    struct Patient;
    impl Host for Patient {
        fn ask_text(&mut self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<String> {
            Ok("y".to_owned())
        }
        fn ask_bool(&mut self, _: &str, _: bool) -> Result<bool> {
            Ok(true)
        }
        fn ask_choice(&mut self, _: &str, default: &str, _: &[String]) -> Result<String> {
            Ok(default.to_owned())
        }
        fn run_command(&mut self, _: &str, _: &[String], _: &mut Tree) -> Result<String> {
            Ok(String::new())
        }
    }
    let error = run_with("while variable::prompt(\"again?\", true) {}", &[], &mut Patient).expect_err("an end");
    assert_eq!(error.hints, ["a hook may ask at most 100 questions"]);
}

#[test]
fn the_environment_is_the_hosts() {
    struct At;
    impl Host for At {
        fn environment(&self) -> HookEnvironment {
            HookEnvironment { destination: "../shop".to_owned(), ..HookEnvironment::default() }
        }
        fn ask_text(&mut self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<String> {
            NoHost.ask_text("", None, None)
        }
        fn ask_bool(&mut self, _: &str, _: bool) -> Result<bool> {
            NoHost.ask_bool("", false)
        }
        fn ask_choice(&mut self, _: &str, _: &str, _: &[String]) -> Result<String> {
            NoHost.ask_choice("", "", &[])
        }
        fn run_command(&mut self, _: &str, _: &[String], _: &mut Tree) -> Result<String> {
            NoHost.run_command("", &[], &mut Tree::new())
        }
    }
    assert_eq!(run_with("print(env::destination_directory)", &[], &mut At).expect("it runs").2, ["../shop"]);
}
