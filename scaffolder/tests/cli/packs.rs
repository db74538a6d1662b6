//! Packs: features from a URL or a folder.

use std::collections::BTreeMap;

use crate::environment::{Environment, files};
use crate::prompts::on_terminal;

/// `my-app`, made from a small template that calls itself `small`.
fn project() -> Environment {
    let env = Environment::new();
    env.template(&[("src/routes.rs", ROUTES), ("Cargo.toml", CARGO)]);
    let manifest = env.read("template/cargo-generate.toml") + "name = \"small\"\n";
    env.write("template/cargo-generate.toml", manifest);
    env.succeeds(&["new", "my-app", "--template", "template", "--defaults", "--quiet", "--vcs", "none"]);
    env
}

const ROUTES: &str = "mod home;\nmod users;\n\nfn routes() {\n    route(\"/\");\n    route(\"/users\");\n}\n";
const CARGO: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\n\n[workspace]\n";

/// A pack `name` in `packs/NAME`, which adds a file, a module, a route and a crate.
fn pack(env: &Environment, name: &str, version: &str) {
    let folder = format!("packs/{name}");
    env.write(&format!("{folder}/cargo-generate.toml"), manifest(name, version));
    env.write(
        &format!("{folder}/files/src/{name}.rs"),
        format!(
            "//! {name} {version} of {{{{crate_name}}}}, {{{{colour}}}}.\n\npub fn one() {{}}\n\npub fn two() {{}}\n"
        ),
    );
}

fn manifest(name: &str, version: &str) -> String {
    format!(
        r#"[template]
fmt = false

[placeholders.colour]
prompt = "Colour"
default = "red"

[heavy]
version = "{version}"
subfolder = "files"

[heavy.pack]
name = "{name}"
about = "the {name}"
template = "small"
versions = ">=1, <2"

[heavy.pack.dependencies]
hex = {{ version = "0.4", default-features = false }}

[[heavy.pack.insert]]
file = "src/routes.rs"
among = "mod users;"
text = "mod {name};"

[[heavy.pack.insert]]
file = "src/routes.rs"
after = 'route("/");'
text = 'route("/{name}"); // {{{{colour}}}}'
"#
    )
}

/// The project's files as text, without the state of moves.
fn state(env: &Environment) -> BTreeMap<String, String> {
    let found = files(&env.path("my-app")).into_iter().filter(|(path, _)| !path.starts_with(".heavy/"));
    found.map(|(path, (bytes, _))| (path, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// Makes `packs/` a repository, or commits what is new in it, and returns the commit.
fn commit(env: &Environment) -> String {
    if !env.path("packs/.git").exists() {
        env.git("packs", &["init", "--quiet", "--initial-branch=main"]);
    }
    env.git("packs", &["add", "--all"]);
    env.git("packs", &["commit", "--quiet", "--message=next"]);
    env.git("packs", &["rev-parse", "HEAD"]).trim().to_owned()
}

fn url(env: &Environment, behind: &str) -> String {
    format!("file://{}{behind}", env.path("packs").display())
}

/// `heavy` in the project, with what a person sees.
fn heavy(env: &Environment, arguments: &[&str]) -> String {
    let mut command = env.command(arguments);
    let output = command.current_dir(env.path("my-app")).output().expect("heavy starts");
    env.shown(&output)
}

#[track_caller]
fn succeeds(env: &Environment, arguments: &[&str]) -> String {
    let shown = heavy(env, arguments);
    assert!(shown.starts_with("exit 0\n"), "heavy {arguments:?}: {shown}");
    shown
}

#[test]
fn a_pack_from_a_repository_is_added_moved_and_taken_out_without_a_trace() {
    let env = project();
    pack(&env, "map", "1.0.0");
    let first = commit(&env);
    let before = state(&env);

    succeeds(&env, &["add-feature", &url(&env, "#main/map"), "-d", "colour=blue", "--trust"]);
    assert_eq!(env.read("my-app/src/map.rs"), "//! map 1.0.0 of my_app, blue.\n\npub fn one() {}\n\npub fn two() {}\n");
    insta::assert_snapshot!(env.read("my-app/src/routes.rs"), @r#"
    mod home;
    mod map;
    mod users;

    fn routes() {
        route("/");
        route("/map"); // blue
        route("/users");
    }
    "#);
    assert!(
        env.read("my-app/Cargo.toml")
            .contains("[dependencies]\nhex = { version = \"0.4\", default-features = false }\nserde = \"1\"\n")
    );
    let lock = env.read("my-app/heavy.toml");
    assert!(lock.contains("[packs.map]\nsource = \"file://") && lock.contains(&first), "{lock}");
    assert!(lock.contains("rev = \"main\"") && lock.contains("answers = { colour = \"blue\" }"), "{lock}");
    succeeds(&env, &["check"]);

    pack(&env, "map", "1.1.0");
    commit(&env);
    let checked = heavy(&env, &["check"]);
    assert!(checked.starts_with("exit 1\n") && checked.contains("the pack `map` 1.1.0 is there"), "{checked}");
    let stays = succeeds(&env, &["sync"]);
    assert!(stays.contains("`map` stays as it is") && env.read("my-app/src/map.rs").contains("1.0.0"), "{stays}");
    succeeds(&env, &["sync", "--trust"]);
    assert_eq!(env.read("my-app/src/map.rs"), "//! map 1.1.0 of my_app, blue.\n\npub fn one() {}\n\npub fn two() {}\n");
    succeeds(&env, &["check"]);
    succeeds(&env, &["sync", "--pack", "map", "--rev", &first, "--trust"]);
    assert!(env.read("my-app/src/map.rs").contains("1.0.0"));

    // The repository is gone, the cache is not.
    std::fs::rename(env.path("packs"), env.path("gone")).expect("our own folder");
    succeeds(&env, &["add-feature", "queue"]);
    succeeds(&env, &["remove-feature", "queue"]);
    succeeds(&env, &["remove-feature", "map"]);
    assert_eq!(state(&env), before);
}

#[test]
fn the_order_in_which_packs_are_added_does_not_matter() {
    let env = project();
    for name in ["map", "badge", "visits"] {
        pack(&env, name, "1.0.0");
    }
    commit(&env);
    let add = |names: &[&str]| {
        for name in names {
            succeeds(&env, &["add-feature", &url(&env, &format!("#/{name}")), "--trust"]);
        }
        state(&env)
    };
    let before = state(&env);
    let one = add(&["map", "badge", "visits"]);
    insta::assert_snapshot!(env.read("my-app/src/routes.rs"), @r#"
    mod badge;
    mod home;
    mod map;
    mod users;
    mod visits;

    fn routes() {
        route("/");
        route("/badge"); // red
        route("/map"); // red
        route("/visits"); // red
        route("/users");
    }
    "#);
    succeeds(&env, &["remove-feature", "badge,map,visits"]);
    assert_eq!(state(&env), before);
    assert_eq!(add(&["visits", "map", "badge"]), one);
}

#[test]
fn nothing_is_written_before_somebody_said_that_a_pack_can_be_trusted() {
    let env = project();
    pack(&env, "map", "1.0.0");
    let manifest = env.read("packs/map/cargo-generate.toml") + "\n[hooks]\npost = [\"hooks/post.rhai\"]\n";
    env.write("packs/map/cargo-generate.toml", manifest);
    env.write("packs/map/files/hooks/post.rhai", "if false { system::command(\"curl\", [\"evil\"]); }\n");
    env.write("packs/map/files/build.rs", "fn main() {}\n");
    env.write("packs/map/files/.cargo/config.toml", "[build]\nrustc-wrapper = \"./evil\"\n");
    let before = state(&env);
    for more in [&[][..], &["--yes"], &["--yes", "--allow-commands"], &["--json"]] {
        let shown = heavy(&env, &[&["add-feature", "../packs/map"], more].concat());
        assert!(shown.starts_with("exit 2\n") && shown.contains("add --trust"), "{more:?}: {shown}");
        assert_eq!(state(&env), before, "{more:?}");
    }
    let plan = succeeds(&env, &["add-feature", "../packs/map", "--dry-run"]);
    assert_eq!(state(&env), before);
    for part in [
        "pack `map` 1.0.0 (3 files) from $WORK/my-app/../packs/map, a folder as it is",
        "insert src/routes.rs: mod map;",
        "insert src/routes.rs: route(\"/map\"); // red",
        "depend hex = { version = \"0.4\", default-features = false }",
        "runs build.rs runs with every build",
        "runs .cargo/config.toml changes what cargo runs",
        "command hooks/post.rhai:1: if false { system::command(\"curl\", [\"evil\"]); }",
    ] {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&plan).contains(&words(part)), "{part}: {plan}");
    }
    let json = heavy(&env, &["add-feature", "../packs/map", "--dry-run", "--json"]);
    assert!(json.contains("\"runs\""), "{json}");
    succeeds(&env, &["add-feature", "../packs/map", "--trust", "--yes"]);
    assert!(env.path("my-app/build.rs").exists());
}

#[test]
fn what_the_user_made_of_a_packs_files_stays_when_the_pack_moves_and_goes() {
    let env = project();
    pack(&env, "map", "1.0.0");
    succeeds(&env, &["add-feature", "../packs/map", "--trust"]);
    let mine = env.read("my-app/src/map.rs") + "\nfn mine() {}\n";
    env.write("my-app/src/map.rs", mine);
    let routes = env.read("my-app/src/routes.rs") + "\nfn own() {}\n";
    env.write("my-app/src/routes.rs", routes);
    pack(&env, "map", "1.1.0");
    succeeds(&env, &["sync", "--trust"]);
    assert_eq!(
        env.read("my-app/src/map.rs"),
        "//! map 1.1.0 of my_app, red.\n\npub fn one() {}\n\npub fn two() {}\n\nfn mine() {}\n"
    );
    let shown = heavy(&env, &["remove-feature", "map"]);
    assert!(shown.starts_with("exit 1\n") && shown.contains("src/map.rs"), "{shown}");
    assert!(env.read("my-app/src/routes.rs").ends_with("fn own() {}\n"));
}

#[test]
fn a_pack_that_does_not_fit_says_why() {
    let env = project();
    pack(&env, "map", "1.0.0");
    let good = env.read("packs/map/cargo-generate.toml");
    let refused = |from: &str, to: &str| {
        env.write("packs/map/cargo-generate.toml", good.replacen(from, to, 1));
        let shown = heavy(&env, &["add-feature", "../packs/map", "--trust"]);
        assert!(!shown.starts_with("exit 0\n"), "{shown}");
        shown.lines().find(|line| line.starts_with("error: ")).unwrap_or_default().to_owned()
    };
    let shown = [
        refused(">=1, <2", ">=2"),
        refused("template = \"small\"", "template = \"large\""),
        refused("mod users;", "mod nobody;"),
        refused("src/routes.rs", "src/nothing.rs"),
        refused("src/routes.rs", "Cargo.toml"),
        refused("src/routes.rs", "../routes.rs"),
        refused("name = \"map\"", "name = \"queue\""),
        refused("name = \"map\"", "name = \"../map\""),
        refused("hex = { version = \"0.4\"", "serde = { version = \"2\""),
        refused("hex = { version = \"0.4\"", "hex = { path = \"../../evil\""),
        refused("hex = { version = \"0.4\"", "hex = { registry = \"evil\", version = \"0.4\""),
        refused("[heavy.pack]", "[heavy.pakc]"),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r#"
    error: the pack `map`: it is made for the versions >=2 of the template, and this would be 1.2.3
    error: the pack `map`: it is made for the template `large`, and this project is made from `small`
    error: the pack `map`: it puts lines into `src/routes.rs`, which has no line `mod nobody;` in this version of the template
    error: the pack `map`: it puts lines into `src/nothing.rs`, which this version of the template does not have
    error: the pack `map`: it puts lines into `Cargo.toml`, which no pack may write
    error: `cargo-generate.toml` puts lines into `../routes.rs`, which leaves its folder with `..`
    error: the template has a feature `queue` of its own
    error: `cargo-generate.toml` calls the pack `../map`
    error: the pack `map`: it needs `serde = "2"`, and the project has "1"
    error: the pack `map`: its dependency `hex` has the path `../../evil`, which leaves its folder with `..`
    error: the pack `map`: its dependency `hex` has `registry`, which a pack cannot give
    error: `cargo-generate.toml` is malformed
    "#);
    env.write("packs/map/cargo-generate.toml", "[template]\nfmt = false\n");
    let shown = heavy(&env, &["add-feature", "../packs/map", "--trust"]);
    assert!(shown.contains("is no pack"), "{shown}");
}

#[test]
fn features_lists_the_packs_of_a_project() {
    let env = project();
    pack(&env, "map", "1.0.0");
    succeeds(&env, &["add-feature", "queue,../packs/map", "--trust"]);
    let shown = succeeds(&env, &["features"]);
    assert!(shown.contains("map") && shown.contains("the map (pack 1.0.0 from $WORK/my-app/../packs/map)"), "{shown}");
    let json = succeeds(&env, &["features", "--json"]);
    assert!(json.contains("\"pack\""), "{json}");
    let again = heavy(&env, &["add-feature", "../packs/map", "--trust"]);
    assert!(
        again.contains("the project has the pack `map` already") && again.contains("heavy sync --pack map"),
        "{again}"
    );
}

#[test]
fn a_pack_is_no_template_and_the_hint_says_what_it_is_for() {
    let env = project();
    pack(&env, "map", "1.0.0");
    insta::assert_snapshot!(env.run(&["new", "other", "--template", "packs/map"]), @"
    exit 2
    --- err
    error: `packs/map` is a pack, a feature for projects of the template `small`: no project is made from it alone
    hint: in a project of that template: `heavy add-feature packs/map`
    ");
    assert!(!env.path("other").exists());
    for arguments in [
        &["sync", "--template", "../packs/map"][..],
        &["adopt", "--template", "../packs/map"],
        &["features", "--template", "../packs/map"],
    ] {
        let before = state(&env);
        let shown = heavy(&env, arguments);
        assert!(shown.starts_with("exit 2\n") && shown.contains("`heavy add-feature ../packs/map`"), "{shown}");
        assert_eq!(state(&env), before);
    }
}

#[test]
fn the_lint_of_a_pack_knows_the_questions_of_its_template() {
    let env = project();
    pack(&env, "map", "1.0.0");
    let of_the_template = "first\n{%- if queue %}\nqueued {{title}}\n{%- endif %}\n";
    env.write("packs/map/files/more.txt", of_the_template);
    // Only an inserted line uses it.
    let manifest = env.read("packs/map/cargo-generate.toml");
    let once_more = "\n[placeholders.shade]\nprompt = \"Shade\"\ndefault = \"dark\"\n";
    env.write("packs/map/cargo-generate.toml", manifest.replace("// {{colour}}", "// {{shade}}") + once_more);
    insta::assert_snapshot!(env.run(&["template", "lint", "packs/map", "--template", "template"]), @"
    exit 0
    --- err
         Checked 3 files, and both engines will agree on them
    ");
    let without = env.run(&["template", "lint", "packs/map"]);
    assert!(without.starts_with("exit 1\n") && without.contains("`queue`"), "{without}");
    assert!(without.contains("note: the questions of the template `small` are not known here"), "{without}");

    let wrong = env.read("packs/map/cargo-generate.toml").replace("{{shade}}", "{{shadow}}");
    env.write("packs/map/cargo-generate.toml", wrong);
    let wrong = env.run(&["template", "lint", "packs/map", "--template", "template"]);
    for finding in ["`shadow` is not declared\n    did you mean `shade`?", "`shade` is asked for and used nowhere"] {
        assert!(wrong.starts_with("exit 1\n") && wrong.contains(finding), "{wrong}");
    }
    assert!(env.run(&["template", "lint", "template", "--template", "template"]).starts_with("exit 2\n"));
}

#[test]
fn at_a_terminal_a_pack_is_shown_and_trust_is_asked_for_by_itself_and_is_no_without_an_answer() {
    let env = project();
    pack(&env, "map", "1.0.0");
    env.write("packs/map/files/build.rs", "fn main() {}\n");
    let before = state(&env);
    let add = ["add-feature", "packs/map", "--project", "my-app"];
    let answered = |trust: &str| {
        let mut terminal = on_terminal(&env, &add);
        terminal.exp_string("Colour").expect("the question of the pack");
        terminal.send_line("").expect("an answer");
        terminal.exp_string("red").expect("the default");
        let plan = terminal.exp_string("Do this?").expect("a question");
        terminal.send("y").expect("keys");
        terminal.flush().expect("sent");
        terminal.exp_string("Do you trust the pack `map`, whose code will run as your own? (y/n)").expect("a question");
        terminal.exp_string("no").expect("the default");
        terminal.send(trust).expect("keys");
        terminal.flush().expect("sent");
        (plan, terminal.exp_eof().expect("the end"))
    };
    let (plan, _) = answered("\r");
    let lines = plan.lines().map(str::trim_end).filter(|line| line.starts_with(' ')).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines.replace(&*env.path("").to_string_lossy(), "$WORK/"), @r#"
      Moving `my_app`: add `map`
    update    Cargo.toml
    create    build.rs
    update    heavy.toml
    create    src/map.rs
    update    src/routes.rs
    pack      `map` 1.0.0 (2 files) from $WORK/packs/map, a folder as it is
    insert    src/routes.rs: mod map;
    insert    src/routes.rs: route("/map"); // red
    depend    hex = { version = "0.4", default-features = false }
    runs      build.rs runs with every build
    "#);
    assert_eq!(state(&env), before);
    answered("y");
    assert!(state(&env).contains_key("src/map.rs"));
}
