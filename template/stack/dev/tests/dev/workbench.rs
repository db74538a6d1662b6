//! A project of one table, and what typing a command in it does.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use stack_db::testing::TestDatabase;

/// A project in a folder of its own, which goes when this is dropped.
pub(crate) struct Project {
    pub(crate) root: PathBuf,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    /// Everything it printed.
    pub(crate) text: String,
}

impl Project {
    /// With a table `notes`, and no migration yet.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("stack-dev-{}-{number}", std::process::id()));
        let project = Self { root };
        project.write("Cargo.toml", "[package]\nname = \"trial\"\n");
        project.write("stack/dev/Cargo.toml", "");
        // Every database that a project may have is empty here but the first.
        project.write("schema/vector/010_nothing.sql", "");
        project.write(
            "schema/010_notes.sql",
            "CREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL);\n",
        );
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Removes a file, or a folder with all that is in it.
    pub(crate) fn remove(&self, path: &str) {
        let path = self.root.join(path);
        match path.is_dir() {
            true => std::fs::remove_dir_all(path).unwrap(),
            false => std::fs::remove_file(path).unwrap(),
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// The names of the migrations.
    pub(crate) fn migrations(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.root.join("migrations")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn dev(&self, arguments: &[&str]) -> Done {
        self.dev_with(&[], arguments)
    }

    /// With variables of the environment.
    pub(crate) fn dev_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Done {
        self.dev_in(&self.root, variables, arguments)
    }

    pub(crate) fn dev_in(
        &self,
        folder: &Path,
        variables: &[(&str, &str)],
        arguments: &[&str],
    ) -> Done {
        let Output {
            status,
            stdout,
            stderr,
        } = command(folder, variables, arguments).output().unwrap();
        let text = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Done {
            code: status.code(),
            text: text.concat(),
        }
    }
}

impl Project {
    /// Begins a command, to be killed.
    pub(crate) fn begin(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Child {
        let mut command = command(&self.root, variables, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

/// The program, in a folder, with no other settings than these.
fn command(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stack_dev"));
    for name in ["DATABASE_URL", "VECTOR_DATABASE_URL", "APP_ENV"] {
        command.env_remove(name);
    }
    // Of the run that this test is in.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"NEXTEST") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .current_dir(folder)
        .envs(variables.iter().copied());
    command.stdin(Stdio::null());
    command
}

/// Waits until the server runs a statement with these words, and ends that session when `child` is
/// killed, as the server would by itself once the statement is over.
pub(crate) async fn kill_while_it_runs(database: &TestDatabase, words: &str, mut child: Child) {
    let find = "select pid from pg_stat_activity where query like $1 and pid <> pg_backend_pid()
                and state = 'active'";
    let pid: i32 = loop {
        let found = sqlx::query_scalar(find).bind(format!("%{words}%"));
        if let Some(pid) = found.fetch_optional(database.pool()).await.unwrap() {
            break pid;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it ran `{words}`"
        );
        tokio::task::yield_now().await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    sqlx::query("select pg_terminate_backend($1, 60000)")
        .bind(pid)
        .execute(database.pool())
        .await
        .unwrap();
}

impl Done {
    /// The text, after a look at the exit code.
    pub(crate) fn with(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.text);
        &self.text
    }

    pub(crate) fn says(&self, code: i32, what: &str) {
        assert!(
            self.with(code).contains(what),
            "no `{what}` in:\n{}",
            self.text
        );
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
