//! `cargo dev serve` with a program of sixty lines in the place of the application.

mod interruptions;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use crate::workbench::Project;

/// How often something is tried that comes true sooner or later, with a [`PAUSE`] after each time.
const TIMES: usize = 6000;
const PAUSE: Duration = Duration::from_millis(20);

/// Answers every request with its version and what it was told to show.
const PROGRAM: &str = r##"
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex};

fn main() {
    let to = std::env::var("CARGO_DEV").unwrap();
    let (address, token) = to.split_once('/').unwrap();
    let mut link = TcpStream::connect(address).unwrap();
    let hello = r#"{"token":"TOKEN"}"#.replace("TOKEN", token);
    writeln!(link, "{hello}").unwrap();
    assert!("VERSION" != "bad", "it cannot start");
    let is_there = std::path::Path::new(".data/there").exists();
    assert!("VERSION" != "needy" || is_there, "it needs `.data/there`");
    while "VERSION" == "hanging" {
        std::thread::park();
    }
    let told = Arc::new(Mutex::new(Some(String::new())));
    let (lines, tell) = (BufReader::new(link.try_clone().unwrap()).lines(), told.clone());
    std::thread::spawn(move || {
        let (mut shown, mut texts) = (String::new(), String::new());
        for line in lines.map_while(Result::ok).take_while(|line| !line.contains("\"stop\"")) {
            match line.starts_with("{\"texts\"") {
                true => texts = line,
                false => shown = line,
            }
            *tell.lock().unwrap() = Some(format!("{shown} {texts}"));
        }
        *tell.lock().unwrap() = None;
    });
    let socket = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let listener = TcpListener::from(socket);
    listener.set_nonblocking(true).unwrap();
    writeln!(link, "{}", r#"{"ready":true}"#).unwrap();
    loop {
        let Some(shown) = told.lock().unwrap().clone() else { return };
        let mut client = match listener.accept() {
            Ok((client, _)) => client,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(1));
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        client.set_nonblocking(false).unwrap();
        let mut request = [0; 1000];
        assert!(client.read(&mut request).unwrap() > 0);
        if request.starts_with(b"GET /crash ") {
            eprintln!("it has crashed");
            std::process::exit(3);
        }
        write!(client, "HTTP/1.1 200 OK\r\n\r\nVERSION {shown}").unwrap();
    }
}
"##;

/// A `cargo dev serve` in a project, which ends with the test.
struct Serve {
    project: Project,
    command: Child,
    address: String,
    said: Said,
}

/// The lines that a command has written.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl Said {
    fn listen(&self, output: impl std::io::Read + Send + 'static) {
        let lines = BufReader::new(output).lines();
        let said = self.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                said.0.lock().unwrap().push(line);
            }
        });
    }

    /// The line with these words, as soon as there are `count` of them.
    fn wait(&self, words: &str, count: usize) -> String {
        for _ in 0..TIMES {
            let lines = self.0.lock().unwrap();
            let mut found = lines.iter().filter(|line| line.contains(words));
            if let Some(line) = found.nth(count - 1) {
                return line.clone();
            }
            drop(lines);
            sleep(PAUSE);
        }
        panic!("no `{words}` in {:#?}", self.0.lock().unwrap());
    }

    fn count(&self, words: &str) -> usize {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|line| line.contains(words)).count()
    }
}

/// A project with the program, and nothing that was built.
fn project(version: &str) -> Project {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"trial\"\ndefault-run = \"trial\"\nedition = \"2024\"\n[workspace]\n",
    );
    project.write(".gitignore", "/target\n/.data\n");
    write(&project, version);
    project
}

/// `cargo dev serve` in a project, without a terminal.
fn command(project: &Project) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stack_dev"));
    command
        .current_dir(&project.root)
        .env("CARGO_TARGET_DIR", project.root.join("target"))
        .env("PORT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    // A database would be nobody's, so no server is looked for.
    command.env("DATABASE_URL", "postgres://localhost:1/trial");
    command.env_remove("APP_ENV");
    command
}

impl Serve {
    fn start() -> Self {
        let project = project("one");
        let command = command(&project);
        Self::start_with(project, command)
    }

    fn start_with(project: Project, mut command: Command) -> Self {
        let mut command = command.spawn().unwrap();
        let said = Said::default();
        said.listen(command.stderr.take().unwrap());
        let line = said.wait("serving on http://", 1);
        let address = line.trim_start_matches("serving on http://").to_owned();
        Self {
            project,
            command,
            address,
            said,
        }
    }

    /// Asks until the answer has these words in it. No request may fail.
    fn until(&self, words: &str) {
        let mut answer = String::new();
        for _ in 0..TIMES {
            answer = self.ask();
            if answer.contains(words) {
                return;
            }
            sleep(PAUSE);
        }
        panic!("no answer has `{words}` in it; the last one: {answer}");
    }

    fn is(&self, words: &str) {
        let answer = self.ask();
        assert!(answer.contains(words), "{answer}");
    }

    fn ask(&self) -> String {
        let answer = self.get("/");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    fn get(&self, path: &str) -> String {
        let mut server = TcpStream::connect(&self.address).unwrap();
        // Rather a failure than a test without an end.
        let limit = Duration::from_secs(120);
        server.set_read_timeout(Some(limit)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\n\r\n");
        server.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        server.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.command.kill().ok();
        self.command.wait().ok();
    }
}

fn write(project: &Project, version: &str) {
    project.write("src/main.rs", &PROGRAM.replace("VERSION", version));
}

#[test]
fn a_change_takes_over_and_a_mistake_is_shown_while_the_program_from_before_goes_on() {
    let mut serve = Serve::start();
    serve.until("one ");
    write(&serve.project, "two");
    serve.until("two ");
    serve.project.write("src/main.rs", "fn main() { mistake }");
    serve.until("cannot find value `mistake` in this scope");
    serve.said.wait("`src/main.rs` changed, building", 2);
    serve.is("two ");
    write(&serve.project, "bad");
    serve.until("it cannot start");
    serve.is("two ");
    serve.project.write("schema/020_more.sql", "");
    serve.until("`cargo dev pave` creates the database again");
    write(&serve.project, "three");
    serve.until("three ");
    serve.until("\"notices\":[\"");
    // However `cargo dev` ends, nobody is left behind who would keep the socket.
    serve.command.kill().unwrap();
    let closed = (0..TIMES).any(|_| {
        sleep(PAUSE);
        TcpStream::connect(&serve.address).is_err()
    });
    assert!(closed, "somebody still listens on {}", serve.address);
}

#[test]
fn a_text_that_is_saved_is_sent_to_the_program_that_runs_without_a_build() {
    let serve = Serve::start();
    let page = "fn page() -> Markup { html! { p { \"old\" } } }\n";
    // Read when the program was built, though it has no such module.
    serve.project.write("src/page.rs", page);
    write(&serve.project, "two");
    serve.until("two ");
    // From now on nothing can be built.
    serve.project.write("src/main.rs", "fn main() { mistake }");
    serve.until("cannot find value `mistake` in this scope");
    serve
        .project
        .write("src/page.rs", &page.replace("old", "new"));
    serve.until(r#"{"texts":[["src/page.rs",1,34,"old","new"]]}"#);
    serve.is("two ");
}

#[test]
fn a_program_that_hangs_while_it_starts_is_replaced_by_the_next_save() {
    let serve = Serve::start();
    write(&serve.project, "hanging");
    serve.said.wait("the new program does not answer yet", 1);
    serve.until("does not answer yet");
    serve.is("one ");
    write(&serve.project, "two");
    serve.until("two ");
    serve.said.wait("is not wanted any more", 1);
}

#[test]
fn a_file_that_is_touched_builds_nothing_and_a_schema_that_is_as_before_takes_its_notice_back() {
    const NOTICE: &str = "creates the database again";
    let serve = Serve::start();
    let before = serve.project.read("schema/010_notes.sql");
    write(&serve.project, "one");
    serve
        .project
        .write(".gitignore", "/target\n/.data\n# more\n");
    serve.project.write("schema/010_notes.sql", "");
    serve.until(NOTICE);
    assert_eq!(serve.said.count("src/main.rs"), 0);
    serve.project.write("schema/010_notes.sql", &before);
    serve.until(r#""notices":[]"#);
    assert_eq!(serve.said.count(NOTICE), 1);
}

#[test]
fn after_a_crash_pages_are_told_why_and_how_to_go_on() {
    let serve = Serve::start();
    serve.get("/crash");
    let line = serve.said.wait("The program has ended", 1);
    assert!(line.contains("r and Enter"), "{line}");
    let page = serve.get("/");
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("it has crashed"), "{page}");
    // Pages that are open, and this one: they show it, and come back with the program.
    assert!(page.contains("/_dev/client.js"), "{page}");
    assert!(serve.get("/_dev/client.js").contains("/_dev/events"));
    write(&serve.project, "two");
    let is_back = (0..TIMES).any(|_| {
        sleep(PAUSE);
        serve.get("/").contains("two ")
    });
    assert!(is_back);
}

/// At each build it writes another content: a file that is not there has always changed.
const RESTLESS_SCRIPT: &str = r#"
fn main() {
    println!("cargo::rerun-if-changed=nowhere");
    let now = std::time::SystemTime::now();
    std::fs::write("src/made.rs", format!("// {now:?}")).unwrap();
}
"#;

#[test]
fn a_build_script_that_writes_into_src_is_named_and_does_not_build_for_ever() {
    let serve = Serve::start();
    serve.project.write("build.rs", RESTLESS_SCRIPT);
    let line = serve.said.wait("starts no other one", 1);
    assert!(line.contains("`src/made.rs`"), "{line}");
}

#[test]
fn neither_does_it_while_the_build_fails() {
    let serve = Serve::start();
    serve.project.write("src/main.rs", "fn main() { mistake }");
    serve.project.write("build.rs", RESTLESS_SCRIPT);
    let line = serve.said.wait("starts no other one", 1);
    assert!(line.contains("`src/made.rs`"), "{line}");
    serve.is("one ");
}

#[test]
fn what_is_saved_during_one_build_after_another_is_built_each_time() {
    use std::os::unix::fs::PermissionsExt;

    let project = project("one");
    // The compiler begins when it may.
    let wrapper = "#!/bin/sh\ncase \"$*\" in *'--crate-name trial'*) \
         while test -e rustc.sh && ! rm .data/go 2>/dev/null; do sleep 0.01; done;; esac\nexec \"$@\"\n";
    project.write("rustc.sh", wrapper);
    let wrapper = project.root.join("rustc.sh");
    std::fs::set_permissions(&wrapper, PermissionsExt::from_mode(0o755)).unwrap();
    project.write(".data/go", "");
    let mut command = command(&project);
    command.env("RUSTC_WRAPPER", &wrapper);
    let serve = Serve::start_with(project, command);
    for save in 1..=6 {
        write(&serve.project, &format!("save{save}"));
        if save > 1 {
            // The watcher takes it in while the build before still waits.
            sleep(PAUSE * 15);
            serve.project.write(".data/go", "");
        }
        serve.said.wait("`src/main.rs` changed, building", save);
    }
    serve.project.write(".data/go", "");
    serve.until("save6 ");
}

#[test]
fn a_style_sheet_is_shown_while_a_build_is_running() {
    let serve = Serve::start();
    // It ends with the project.
    let script = r#"
fn main() {
    while std::path::Path::new("build.rs").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
"#;
    serve.project.write("build.rs", script);
    serve.project.write("static/app.css", "p { color: red }");
    serve.said.wait("changed app.css", 1);
    // Saved with what is built, or while it is.
    serve.said.wait("`build.rs`", 1);
    serve.project.write("static/app.css", "p { color: blue }");
    serve.said.wait("changed app.css", 2);
    serve.is("one ");
}

#[test]
fn a_signal_during_a_build_ends_it_with_its_exit_code() {
    let project = project("one");
    project.write("build.rs", "fn main() { loop { std::thread::park(); } }");
    let mut command = command(&project).spawn().unwrap();
    let said = Said::default();
    said.listen(command.stderr.take().unwrap());
    said.wait("Compiling trial", 1);
    kill(&command.id().to_string(), "-INT");
    assert_eq!(command.wait().unwrap().code(), Some(130));
}

#[test]
fn a_database_server_that_is_killed_is_started_again() {
    let project = project("one");
    project.dev(&["db", "start"]).with(0);
    let mut command = command(&project);
    command.env_remove("DATABASE_URL");
    let serve = Serve::start_with(project, command);
    let first = server_of(&serve.project).unwrap();
    kill(&first, "-KILL");
    serve.said.wait("the database server runs again", 1);
    assert_ne!(server_of(&serve.project).unwrap(), first);
    serve.project.dev(&["db", "stop"]).with(0);
    serve.said.wait("the database server was stopped", 1);
}

/// In the background of a terminal: it goes on, and ends by SIGTERM. Reading the terminal there would stop it.
#[cfg(target_os = "linux")]
#[test]
fn in_the_background_of_a_terminal_it_serves_and_ends_when_it_is_told_to() {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let project = project("one");
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let stdin = open(
        name.as_c_str(),
        OFlags::RDWR | OFlags::NOCTTY,
        Mode::empty(),
    )
    .unwrap();
    // A shell with job control, whose terminal it is. `setsid` becomes the shell.
    let script = format!("set -m; '{}' & wait", env!("CARGO_BIN_EXE_stack_dev"));
    let mut shell = Command::new("setsid");
    shell.args(["--ctty", "bash", "-c", &script]);
    let template = command(&project);
    shell.envs(
        template
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let mut shell = shell
        .current_dir(&project.root)
        .stdin(Stdio::from(stdin))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = Said::default();
    said.listen(shell.stderr.take().unwrap());
    said.wait("serving on http://", 1);
    // It does not notice what is typed for the shell.
    rustix::io::write(&terminal, b"q\n").unwrap();
    write(&project, "two");
    said.wait("built in", 2);
    kill(&child_of(shell.id()).unwrap(), "-TERM");
    shell.wait().unwrap();
}

/// The number of the process that is the project's own database server.
fn server_of(project: &Project) -> Option<String> {
    let folders = std::fs::read_dir(project.root.join(".data")).unwrap();
    let mut files = folders.map(|entry| entry.unwrap().path().join("postmaster.pid"));
    let text = files.find_map(|file| std::fs::read_to_string(file).ok())?;
    Some(text.lines().next()?.to_owned())
}

/// The first process that a process has started.
#[cfg(target_os = "linux")]
fn child_of(process: u32) -> Option<String> {
    let file = format!("/proc/{process}/task/{process}/children");
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.split_whitespace().next()?.to_owned())
}

fn kill(process: &str, signal: &str) {
    let done = Command::new("kill").args([signal, process]).status();
    assert!(done.unwrap().success());
}
