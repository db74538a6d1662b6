//! A world of its own for each test: a folder that is HOME and working directory, and an empty environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Gone, with all that is in it, when the test ends.
pub(crate) struct Environment {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Environment {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("heavy-test-").tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("the folder exists");
        fs::create_dir(root.join("home")).expect("a folder");
        fs::create_dir(root.join("tmp")).expect("a folder");
        fs::create_dir(root.join("work")).expect("a folder");
        Self { _folder: folder, root }
    }

    /// A path below the folder in which `heavy` runs.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join("work").join(path)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// Where temporary files go.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// What stands in a folder, hidden files included.
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).expect("a readable folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A small template in `template/`, which asks for a title and two features; `files` add to it or replace.
    pub(crate) fn template(&self, files: &[(&str, &str)]) {
        let own = [
            ("cargo-generate.toml", MANIFEST),
            (
                "Cargo.toml",
                "[package]\nname = \"{{crate_name}}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
            ),
            (
                "heavy.toml",
                "[template]\nsource = \"heavy\"\nversion = \"1.2.3\"\nstamp = \"\"\n\n[answers]\nname = \"{{crate_name}}\"\n\
                 title = \"{{title}}\"\nvectors = {{vectors}}\nqueue = {{queue}}\n",
            ),
            ("src/main.rs", "fn main() {\n    println!(\"hello\");\n}\n"),
            (".gitignore", "/target\n"),
        ];
        for (path, content) in BTreeMap::from(own).into_iter().chain(files.iter().copied()) {
            self.write(&format!("template/{path}"), content);
        }
    }

    /// `heavy` with these arguments, not started yet; standard input is empty.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_heavy"));
        command.args(arguments);
        command
    }

    /// Any program, in the folder and the environment that `heavy` has.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path("")).env_clear().stdin(Stdio::null());
        for name in ["PATH", "SystemRoot", "RUSTUP_HOME", "CARGO_HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        if let (None, Some(home)) = (std::env::var_os("RUSTUP_HOME"), std::env::home_dir()) {
            command.env("RUSTUP_HOME", home.join(".rustup"));
        }
        if let (None, Some(home)) = (std::env::var_os("CARGO_HOME"), std::env::home_dir()) {
            command.env("CARGO_HOME", home.join(".cargo"));
        }
        command.env("HOME", self.home()).env("TMPDIR", self.tmp()).env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    pub(crate) fn heavy(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("heavy starts")
    }

    /// Runs `heavy`, which must succeed, and returns what it wrote to standard output.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.heavy(arguments);
        assert!(output.status.success(), "{}", self.shown(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs `heavy` and shows what a person would see.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.heavy(arguments);
        self.shown(&output)
    }

    /// Exit code, standard output and standard error, the same on every machine.
    pub(crate) fn shown(&self, output: &Output) -> String {
        let mut text = match output.status.code() {
            Some(code) => format!("exit {code}\n"),
            None => format!("{}\n", output.status),
        };
        for (name, stream) in [("out", &output.stdout), ("err", &output.stderr)] {
            let stream = self.normalised(&String::from_utf8_lossy(stream));
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }

    fn normalised(&self, text: &str) -> String {
        text.replace(&*self.path("").to_string_lossy(), "$WORK/").replace(&*self.root.to_string_lossy(), "$ROOT")
    }

    /// Runs git in a folder; it must succeed.
    pub(crate) fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self
            .program("git")
            .args(["-C", &*self.path(folder).to_string_lossy()])
            .args(["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .output()
            .expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Makes `template/` a git repository with one commit, and returns its hash.
    pub(crate) fn commit_template(&self) -> String {
        self.git("template", &["init", "--quiet", "--initial-branch=main"]);
        self.git("template", &["add", "--all"]);
        self.git("template", &["commit", "--quiet", "--message=first"]);
        self.git("template", &["rev-parse", "HEAD"]).trim().to_owned()
    }
}

const MANIFEST: &str = r#"
[template]
fmt = false

[placeholders.title]
type = "string"
prompt = "Title"
default = ""

[placeholders.vectors]
type = "bool"
prompt = "vectors: search by similarity"
default = false

[placeholders.queue]
type = "bool"
prompt = "queue: background jobs"
default = false

[heavy]
version = "1.2.3"
"#;

/// Every file below a folder, with its content and whether it may be run; `.git` and sockets left out.
pub(crate) fn files(root: &Path) -> BTreeMap<String, (Vec<u8>, bool)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.extend(Some(path).filter(|path| !path.ends_with(".git")));
            } else if path.is_file() {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                found.insert(name, (fs::read(&path).expect("readable"), is_executable(&path)));
            }
        }
    }
    found
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    false
}
