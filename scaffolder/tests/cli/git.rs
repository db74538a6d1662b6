//! The repository of a new project, and templates in repositories.

use crate::environment::Environment;

#[test]
fn the_first_commit_holds_everything_and_the_tree_is_clean() {
    let env = Environment::new();
    env.template(&[("target.txt", "kept"), (".gitignore", "/target\n*.secret\n"), ("a/b.secret", "not committed")]);
    std::fs::write(env.home().join(".gitconfig"), "[user]\nname = Ada\nemail = ada@example.com\n").expect("a file");
    env.succeeds(&["new", "my-app", "--template", "template"]);
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    assert_eq!(
        env.git("my-app", &["ls-tree", "-r", "--name-only", "HEAD"]),
        ".gitignore\nCargo.toml\nheavy.toml\nsrc/main.rs\ntarget.txt\n"
    );
    assert_eq!(
        env.git("my-app", &["log", "--format=%an <%ae> %s"]),
        "Ada <ada@example.com> Create the project with heavy\n"
    );
    assert_eq!(env.git("my-app", &["fsck", "--strict"]), "");
}

#[test]
fn the_branch_is_the_one_that_the_user_prefers() {
    let env = Environment::new();
    env.template(&[]);
    std::fs::write(env.home().join(".gitconfig"), "[init]\ndefaultBranch = trunk\n").expect("a file");
    env.succeeds(&["new", "my-app", "--template", "template"]);
    assert_eq!(env.git("my-app", &["branch", "--show-current"]), "trunk\n");
}

#[test]
fn without_an_identity_the_commit_is_signed_for_nobody_and_that_is_said() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(env.run(&["new", "my-app", "--template", "template"]), @r#"
    exit 0
    --- err
        Creating `my_app` ("My App") in my-app
         Created 4 files, and the first commit
    note: git knows no name to sign with, so the commit is signed `heavy <heavy@localhost>`
    "#);
    assert_eq!(env.git("my-app", &["log", "--format=%an <%ae>"]), "heavy <heavy@localhost>\n");
}

#[test]
fn inside_a_repository_no_other_is_made() {
    let env = Environment::new();
    env.template(&[]);
    std::fs::create_dir(env.path("mono")).expect("a folder");
    env.git("mono", &["init", "--quiet"]);
    insta::assert_snapshot!(env.run(&["new", "mono/services/my-app", "--template", "template"]), @r#"
    exit 0
    --- err
        Creating `my_app` ("My App") in mono/services/my-app
         Created 4 files
    note: `$WORK/mono` is a git repository already: no new one was made, and nothing was committed
    "#);
    assert!(!env.path("mono/services/my-app/.git").exists());
}

/// A clone of an empty repository on a server, as a person has it before the first commit.
fn empty_clone(env: &Environment, folder: &str) {
    std::fs::create_dir(env.path(folder)).expect("a folder");
    env.git(folder, &["init", "--quiet", "--initial-branch=trunk"]);
    env.git(folder, &["remote", "add", "origin", "https://example.com/owner/shop.git"]);
}

#[test]
fn a_clone_of_an_empty_repository_is_filled_and_gets_its_first_commit() {
    let env = Environment::new();
    env.template(&[]);
    empty_clone(&env, "shop");
    let output = env.command(&["new", ".", "--template", "../template"]).current_dir(env.path("shop")).output();
    let output = output.expect("heavy starts");
    insta::assert_snapshot!(env.shown(&output), @r#"
    exit 0
    --- err
        Creating `shop` ("Shop") in .
         Created 4 files, and the first commit
    note: git knows no name to sign with, so the commit is signed `heavy <heavy@localhost>`
    "#);
    assert_eq!(env.git("shop", &["status", "--porcelain", "--branch"]), "## trunk\n");
    assert_eq!(env.git("shop", &["log", "--format=%s"]), "Create the project with heavy\n");
    assert_eq!(env.git("shop", &["remote"]), "origin\n");
    assert_eq!(env.git("shop", &["fsck", "--strict"]), "");
}

#[test]
fn a_clone_with_a_license_and_a_commit_is_filled_and_left_to_be_committed() {
    let env = Environment::new();
    env.template(&[]);
    empty_clone(&env, "shop");
    env.write("shop/LICENSE", "mine");
    env.git("shop", &["add", "--all"]);
    env.git("shop", &["commit", "--quiet", "--message=first"]);
    insta::assert_snapshot!(env.run(&["new", "shop", "--template", "template"]), @r#"
    exit 0
    --- err
        Creating `shop` ("Shop") in shop
         Created 4 files
    note: `$WORK/shop` is a git repository already: no new one was made, and nothing was committed
    "#);
    assert_eq!(env.git("shop", &["log", "--format=%s"]), "first\n");
    assert_eq!(env.git("shop", &["status", "--porcelain", "LICENSE"]), "");
}

#[test]
fn a_clone_with_a_file_that_the_template_has_too_is_refused_with_both_ways_out() {
    let env = Environment::new();
    env.template(&[("README.md", "the template's")]);
    empty_clone(&env, "shop");
    env.write("shop/README.md", "# shop");
    insta::assert_snapshot!(env.run(&["new", "shop", "--template", "template"]), @"
    exit 2
    --- err
    error: the template has files of its own for what is there already: `README.md`
    hint: remove them, or keep them and add the rest with `heavy new shop --force`
    ");
    assert_eq!(env.list("shop"), [".git", "README.md"]);
}

#[test]
fn a_repository_with_work_in_it_is_not_filled_without_force() {
    let env = Environment::new();
    env.template(&[]);
    empty_clone(&env, "shop");
    env.write("shop/main.py", "mine");
    assert!(env.run(&["new", "shop", "--template", "template"]).contains("is not empty"));
}

#[test]
fn without_version_control_there_is_no_repository() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "my-app", "--template", "template", "--vcs", "none"]);
    assert!(!env.path("my-app/.git").exists());
}

#[test]
fn a_repository_is_made_without_a_git_program() {
    let env = Environment::new();
    env.template(&[]);
    let output =
        env.command(&["new", "my-app", "--template", "template"]).env("PATH", "").output().expect("heavy starts");
    assert!(output.status.success(), "{}", env.shown(&output));
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
}

#[test]
fn a_repository_is_a_template_at_a_branch_a_tag_and_a_commit() {
    let env = Environment::new();
    env.template(&[("version.txt", "one")]);
    let first = env.commit_template();
    env.git("template", &["tag", "v1"]);
    env.git("template", &["switch", "--quiet", "--create", "next"]);
    env.write("template/version.txt", "two");
    env.git("template", &["commit", "--quiet", "--all", "--message=second"]);
    env.git("template", &["switch", "--quiet", "main"]);
    env.write("template/version.txt", "not committed");

    let url = format!("file://{}", env.path("template").display());
    let version = |project: &str, source: &str, rev: Option<&str>| {
        let rev: Vec<&str> = rev.map_or(Vec::new(), |rev| vec!["--rev", rev]);
        env.succeeds(&[&["new", project, "--template", source], &rev[..]].concat());
        env.read(&format!("{project}/version.txt"))
    };
    assert_eq!(version("a", &url, None), "one");
    assert_eq!(version("b", &url, Some("next")), "two");
    assert_eq!(version("c", &url, Some("v1")), "one");
    assert_eq!(version("d", &url, Some(&first[..10])), "one");
    assert_eq!(version("e", "template", None), "not committed");
    assert_eq!(version("f", "template", Some("main")), "one");
    assert!(env.read("b/heavy.toml").contains("rev = \"next\""));
}

#[test]
fn a_folder_and_its_repository_give_the_same_project() {
    let env = Environment::new();
    env.template(&[(".vscode/settings.json", "{}")]);
    // The user's own ignore file is no part of the template.
    std::fs::write(env.home().join("ignore"), ".vscode\n").expect("a file");
    std::fs::write(
        env.home().join(".gitconfig"),
        format!("[core]\nexcludesFile = {}\n", env.home().join("ignore").display()),
    )
    .expect("a file");
    env.git("template", &["init", "--quiet"]);
    env.git("template", &["add", "--force", "--all"]);
    env.git("template", &["commit", "--quiet", "--message=first"]);
    env.write("template/target/debug/heavy", "built");
    env.succeeds(&["new", "one", "--name", "same", "--template", "template", "--vcs", "none"]);
    env.succeeds(&["new", "two", "--name", "same", "--template", "template", "--rev", "HEAD", "--vcs", "none"]);
    let without_origin = |project: &str| {
        let mut files = crate::environment::files(&env.path(project));
        files.remove("heavy.toml");
        files
    };
    assert_eq!(without_origin("one"), without_origin("two"));
    assert!(env.path("one/.vscode/settings.json").exists());
}

#[test]
fn a_template_is_cloned_from_a_server() {
    let env = Environment::new();
    env.template(&[]);
    let commit = env.commit_template();
    let server = Daemon::start(&env);
    let json = env.succeeds(&["new", "my-app", "--template", &server.url, "--json"]);
    let result: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(result["template"]["commit"], commit);
    env.succeeds(&["new", "at-commit", "--template", &server.url, "--rev", &commit[..12]]);
    env.succeeds(&["new", "at-branch", "--template", &server.url, "--rev", "main"]);
    assert_eq!(std::fs::read_dir(env.tmp()).expect("readable").count(), 0);

    let shown = env.run(&["new", "no-such", "--template", &server.url, "--rev", "v9"]).replace(&server.url, "$URL");
    insta::assert_snapshot!(shown, @r"
    exit 2
    --- err
    error: there is no branch, tag or commit `v9` in `$URL`
    hint: `git ls-remote $URL` lists what is there
    ");
}

#[test]
fn a_short_name_of_a_repository_is_fetched_from_where_git_is_told_that_it_is() {
    let env = Environment::new();
    env.template(&[]);
    env.commit_template();
    env.git("template", &["tag", "v1"]);
    let server = Daemon::start(&env);
    let base = server.url.trim_end_matches("template");
    std::fs::create_dir_all(env.path("owner")).expect("a folder");
    std::fs::rename(env.path("template"), env.path("owner/template.git")).expect("moved");
    for (short, url) in [("gh:", "https://github.com/"), ("gl:", "https://gitlab.com/")] {
        let settings = format!("[url \"{base}\"]\n\tinsteadOf = {url}\n");
        std::fs::write(env.home().join(".gitconfig"), settings).expect("a file");
        let project = format!("of-{}", short.trim_end_matches(':'));
        env.succeeds(&["new", &project, "--template", &format!("{short}owner/template"), "--rev", "v1"]);
        let lock = env.read(&format!("{project}/heavy.toml"));
        assert!(
            lock.contains(&format!("source = \"{url}owner/template.git\"")) && lock.contains("rev = \"v1\""),
            "{lock}"
        );
        assert!(env.run(&["check", "--project", &project]).starts_with("exit 0\n"));
    }
}

/// git's own server, on a free port.
struct Daemon {
    child: std::process::Child,
    url: String,
}

impl Daemon {
    fn start(env: &Environment) -> Self {
        // Not `git daemon`, which would leave a child of its own behind when it is killed.
        let program = format!("{}/git-daemon", env.git("", &["--exec-path"]).trim());
        // A port that was free a moment ago may be taken by now; then the server ends, and the next one is tried.
        loop {
            let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            let port = free.local_addr().expect("bound").port();
            drop(free);
            let mut child = env
                .program(&program)
                .args(["--export-all", "--listen=127.0.0.1", "--reuseaddr"])
                .arg(format!("--port={port}"))
                .arg(format!("--base-path={}", env.path("").display()))
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("git is installed");
            while child.try_wait().expect("our own child").is_none() {
                if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Self { child, url: format!("git://127.0.0.1:{port}/template") };
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
