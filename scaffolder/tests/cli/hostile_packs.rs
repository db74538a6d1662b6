//! Packs, and templates, that try what they must not. The public advisories against copier of 2026 are among them: files of the
//! machine read and written through symbolic links, a subfolder and data files outside of the repository, programs without a yes.

use crate::environment::{Environment, files};

/// A project beside a pack with these files; adding it must be refused, with nothing written anywhere.
#[track_caller]
fn is_refused(files_of_the_pack: &[(&str, &str)], prepare: impl FnOnce(&Environment)) -> String {
    let env = world(files_of_the_pack);
    prepare(&env);
    let before = (files(&env.path("my-app")), env.list(""), env.list("pack"));
    let shown = add(&env, "../pack");
    assert!(shown.starts_with("exit 2\n") || shown.starts_with("exit 3\n") || shown.starts_with("exit 4\n"), "{shown}");
    assert!(shown.contains("error: "), "{shown}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert!((files(&env.path("my-app")), env.list(""), env.list("pack")) == before, "something was written: {shown}");
    assert_eq!(std::fs::read_dir(env.tmp()).expect("readable").count(), 0, "temporary files are left");
    shown
}

fn world(files_of_the_pack: &[(&str, &str)]) -> Environment {
    let env = Environment::new();
    env.template(&[("src/routes.rs", "mod home;\n")]);
    let manifest = env.read("template/cargo-generate.toml") + "name = \"small\"\n";
    env.write("template/cargo-generate.toml", manifest);
    env.succeeds(&["new", "my-app", "--template", "template", "--defaults", "--quiet", "--vcs", "none"]);
    env.write("pack/cargo-generate.toml", MANIFEST);
    env.write("secret.txt", "s3cr3t");
    for (path, text) in files_of_the_pack {
        env.write(&format!("pack/{path}"), text);
    }
    env
}

fn add(env: &Environment, place: &str) -> String {
    let mut command = env.command(&["add-feature", place, "--trust", "--yes"]);
    env.shown(&command.current_dir(env.path("my-app")).output().expect("heavy starts"))
}

const MANIFEST: &str = r#"[template]
fmt = false

[heavy]
version = "1.0.0"

[heavy.pack]
name = "evil"
about = "evil"
template = "small"
versions = "1"
"#;

/// The manifest with more in it.
fn with(more: &str) -> String {
    format!("{MANIFEST}{more}")
}

#[test]
fn a_pack_writes_no_file_that_is_there_and_none_that_heavy_cargo_or_git_rely_on() {
    for path in [
        "src/routes.rs",
        "src/Routes.rs",
        "SRC/routes.rs",
        "src/main.rs/x",
        "heavy.toml",
        "HEAVY.toml",
        "Cargo.toml",
        "Cargo.lock",
        ".gitmodules",
        ".gitignore",
    ] {
        let shown = is_refused(&[(path, "evil")], |_| ());
        assert!(shown.contains("the pack `evil`") || shown.contains("with its packs"), "{path}: {shown}");
    }
}

#[test]
fn a_pack_does_not_reach_into_git_however_its_folder_is_spelled() {
    for path in [
        ".git/hooks/pre-commit",
        ".GIT/config",
        "sub/.git/config",
        "git~1/config",
        "GIT~2/config",
        ".g\u{200c}it/config",
        ".git\u{feff}/config",
        ".heavy/moves/x",
    ] {
        // `.git` itself is passed by, as in every template; as the product of a name it is refused.
        if !path.starts_with(".git/") && !path.contains("/.git/") {
            is_refused(&[(path, "evil")], |_| ());
        }
        let manifest = with(&format!("[placeholders.x]\nprompt = 'x'\ndefault = '{}'\n", path.replace("/config", "")));
        if path.matches('/').count() == 1 && path.ends_with("/config") {
            is_refused(&[("cargo-generate.toml", &manifest), ("{{x}}/config", "evil")], |_| ());
        }
    }
}

#[test]
fn the_name_of_a_file_does_not_lead_out_of_the_project() {
    for value in ["..", "../..", "a/../../b", "/etc", "C:", "..\\\\..", "%2e%2e/x", ".", "nul"] {
        let manifest = with(&format!("[placeholders.x]\nprompt = 'x'\ndefault = '{value}'\n"));
        is_refused(&[("cargo-generate.toml", &manifest), ("{{x}}/file", "evil")], |_| ());
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_a_pack_reads_and_writes_nothing_of_the_machine() {
    use std::os::unix::fs::symlink;
    let link = |to: &'static str, at: &'static str| {
        let shown = is_refused(&[], move |env| symlink(to, env.path("pack").join(at)).expect("a link"));
        assert!(shown.contains("is a symbolic link"), "{shown}");
    };
    link("../secret.txt", "stolen.txt");
    link("..", "stolen");
    link("/etc/passwd", "passwd");
    link("../my-app", "app");
    // The manifest itself.
    let shown = is_refused(&[], |env| {
        env.write("elsewhere.toml", MANIFEST);
        std::fs::remove_file(env.path("pack/cargo-generate.toml")).expect("our file");
        symlink("../elsewhere.toml", env.path("pack/cargo-generate.toml")).expect("a link");
    });
    assert!(shown.contains("is a symbolic link"), "{shown}");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_in_the_project() {
    let env = world(&[("content/a.md", "evil")]);
    std::fs::create_dir(env.path("outside")).expect("a folder");
    std::os::unix::fs::symlink("../outside", env.path("my-app/content")).expect("a link");
    let shown = add(&env, "../pack");
    assert!(!shown.starts_with("exit 0\n"), "{shown}");
    assert!(env.list("outside").is_empty());
}

#[test]
fn a_subfolder_is_one_of_the_repository() {
    let env = world(&[]);
    env.git("pack", &["init", "--quiet", "--initial-branch=main"]);
    env.git("pack", &["add", "--all"]);
    env.git("pack", &["commit", "--quiet", "--message=first"]);
    let before = files(&env.path("my-app"));
    for folder in ["..", "a/../..", ".git/hooks", "/etc", "a\\..\\.."] {
        let shown = add(&env, &format!("file://{}#main/{folder}", env.path("pack").display()));
        assert!(shown.starts_with("exit 2\n"), "{folder}: {shown}");
    }
    assert!(files(&env.path("my-app")) == before);
    // Named by the manifest, it is taken for none.
    for folder in ["../template", "/etc", "a/../.."] {
        let manifest = MANIFEST.replace("[heavy]\n", &format!("[heavy]\nsubfolder = '{folder}'\n"));
        let env = world(&[("cargo-generate.toml", &manifest), ("a/file", "x")]);
        add(&env, "../pack");
        assert!(!env.path("my-app/passwd").exists() && !env.path("my-app/src/template").exists());
    }
}

#[test]
fn a_text_includes_no_file_and_never_renders_for_ever() {
    for text in [
        "{% include '../secret.txt' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ crate_name.__init__ }}",
        "{% for a in crate_name %}{% for b in crate_name %}{% for c in crate_name %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}",
    ] {
        is_refused(&[("file.txt", text)], |_| ());
    }
}

#[test]
fn a_hook_of_a_pack_sees_only_the_pack_and_runs_no_program() {
    let hook = |script: &str| {
        let manifest = with("[hooks]\npost = [\"hooks/post.rhai\"]\n");
        is_refused(&[("cargo-generate.toml", &manifest), ("hooks/post.rhai", script), ("a.txt", "a")], |_| ())
    };
    for script in [
        "file::write(\"../evil\", \"x\");",
        "file::write(\"/tmp/evil\", \"x\");",
        "file::write(\".git/hooks/post-checkout\", \"x\");",
        "file::write(\"heavy.toml\", \"x\");",
        "file::write(\"src/routes.rs\", \"x\");",
        "loop { }",
        "fn f() { f() } f();",
        "import \"../../secret\" as x;",
        "let x = \"x\"; loop { x += x; }",
    ] {
        hook(script);
    }
    let shown = hook("system::command(\"touch\", [\"evil\"]);");
    assert!(shown.contains("--allow-commands"), "{shown}");
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    // Each tree holds the one below it eight times: 8^12 files in twelve objects.
    let env = world(&[]);
    env.git("pack", &["init", "--quiet", "--initial-branch=main"]);
    env.write("pack/x", "x");
    let make = |lines: &str| {
        use std::io::Write as _;
        let mut git = env.program("git");
        git.args(["-C", &*env.path("pack").to_string_lossy(), "mktree"]);
        let mut git =
            git.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().expect("git");
        git.stdin.take().expect("its input").write_all(lines.as_bytes()).expect("git listens");
        String::from_utf8(git.wait_with_output().expect("git ends").stdout).expect("a hash").trim().to_owned()
    };
    let blob = |path: &str| env.git("pack", &["hash-object", "-w", path]).trim().to_owned();
    let mut entries = format!("100644 blob {}\tx\n", blob("x"));
    for _ in 0..12 {
        let tree = make(&entries);
        entries = (0..8).map(|number| format!("040000 tree {tree}\t{number}\n")).collect();
    }
    entries.push_str(&format!("100644 blob {}\tcargo-generate.toml\n", blob("cargo-generate.toml")));
    let root = make(&entries);
    let commit = env.git("pack", &["commit-tree", &root, "-m", "bomb"]).trim().to_owned();
    env.git("pack", &["update-ref", "refs/heads/main", &commit]);
    let shown = add(&env, &format!("file://{}#main", env.path("pack").display()));
    assert!(shown.starts_with("exit 3\n") && shown.contains("has more than"), "{shown}");

    // A chain of folders deeper than any stack.
    let mut deep = make(&format!("100644 blob {}\tx\n", blob("x")));
    for _ in 0..200 {
        deep = make(&format!("040000 tree {deep}\td\n"));
    }
    let root =
        make(&format!("100644 blob {}\tcargo-generate.toml\n040000 tree {deep}\td\n", blob("cargo-generate.toml")));
    let commit = env.git("pack", &["commit-tree", &root, "-m", "deep"]).trim().to_owned();
    env.git("pack", &["update-ref", "refs/heads/main", &commit]);
    let shown = add(&env, &format!("file://{}#main", env.path("pack").display()));
    assert!(shown.starts_with("exit 3\n") && shown.contains("deeper than"), "{shown}");
}

#[test]
fn a_pack_whose_content_is_not_that_of_its_stamp_is_refused() {
    let env = world(&[("a.txt", "a")]);
    let shown = add(&env, "../pack");
    assert!(shown.starts_with("exit 0\n"), "{shown}");
    env.write("pack/a.txt", "evil");
    std::fs::remove_dir_all(env.home().join(".cache")).expect("our own cache");
    let before = files(&env.path("my-app"));
    for arguments in [&["rename", "other"][..], &["add-feature", "queue"], &["remove-feature", "evil"]] {
        let mut command = env.command(arguments);
        let shown = env.shown(&command.current_dir(env.path("my-app")).output().expect("heavy starts"));
        assert!(
            shown.contains("nothing in `$WORK/my-app/../pack` has its stamp") && shown.contains("[packs.evil]"),
            "{shown}"
        );
    }
    assert!(files(&env.path("my-app")) == before);
}

#[test]
fn what_a_pack_says_of_itself_does_not_paint_over_the_plan() {
    let manifest = MANIFEST.replace("1.0.0", "1.0.0\\u001b[2K\\rtrusted\\u202e")
        + "[[heavy.pack.insert]]\nfile = 'src/routes.rs'\nafter = 'mod home;'\ntext = \"mod evil; \\u001b[8m// hidden\"\n";
    let env = world(&[("cargo-generate.toml", &manifest)]);
    let mut command = env.command(&["add-feature", "../pack", "--dry-run"]);
    let shown = env.shown(&command.current_dir(env.path("my-app")).output().expect("heavy starts"));
    assert!(shown.contains("\\u{1b}[8m// hidden") && shown.contains("\\u{202e}"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
}
