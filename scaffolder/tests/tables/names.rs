//! Names of tables and fields, against the server that has to take them and the compiler that has to read them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use heavy_stack::table::field::Field;
use heavy_stack::table::names::Names;

use super::add_table_command;
use super::workshop::full::is_full_run;
use super::workshop::{Servers, cargo_with_clippy, project, run, turn};

/// PostgreSQL's programs: in `PG_BIN_DIR`, on the path, or where Debian has them.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = std::env::var_os("PG_BIN_DIR").map(PathBuf::from).into_iter();
    let folders = folders.chain(std::env::split_paths(&path)).chain(debian.map(|entry| entry.path().join("bin")));
    folders.map(|folder| folder.join(name)).find(|path| path.is_file()).and_then(|path| path.canonicalize().ok())
}

/// A server without a socket: one process, that reads statements from its standard input.
struct SingleUser {
    folder: tempfile::TempDir,
    postgres: PathBuf,
}

impl SingleUser {
    /// `None` where there is no PostgreSQL.
    fn new() -> Option<Self> {
        let (initdb, postgres) = (program("initdb")?, program("postgres")?);
        let server = Self { folder: tempfile::tempdir().expect("a folder"), postgres };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let everybody = std::fs::Permissions::from_mode(0o777);
            std::fs::set_permissions(server.folder.path(), everybody).expect("a folder for another user");
        }
        let made = server.run(&initdb, &["-A", "trust", "-U", "postgres", "--no-sync", "-D"], "");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(server)
    }

    fn run(&self, program: &Path, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).args(arguments).arg(self.folder.path().join("data"));
        if arguments.contains(&"--single") {
            command.arg("postgres");
        }
        // PostgreSQL does not run as root.
        #[cfg(unix)]
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            std::os::unix::process::CommandExt::uid(&mut command, 65534);
            std::os::unix::process::CommandExt::gid(&mut command, 65534);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a program that starts");
        let mut stdin = child.stdin.take().expect("standard input");
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).ok());
        let output = child.wait_with_output().expect("a program that ends");
        writer.join().expect("no panic");
        output
    }

    /// Runs a statement a line; returns what it printed, and its errors.
    fn statements(&self, lines: &str) -> (String, Vec<String>) {
        let output = self.run(&self.postgres, &["--single", "-D"], lines);
        let errors = String::from_utf8_lossy(&output.stderr);
        let errors = errors.lines().filter(|line| line.contains("ERROR:")).map(str::to_owned).collect();
        (String::from_utf8_lossy(&output.stdout).into_owned(), errors)
    }
}

#[test]
fn every_name_that_is_accepted_can_be_created_without_quotes() {
    let Some(server) = SingleUser::new() else {
        let notice = "\nskipped without PostgreSQL's `initdb`: names against its list of keywords\n";
        std::io::stderr().write_all(notice.as_bytes()).ok();
        return;
    };
    let list = "SELECT word FROM pg_get_keywords() UNION SELECT attname::text FROM pg_attribute WHERE attnum < 0;\n";
    let (printed, errors) = server.statements(list);
    assert_eq!(errors, Vec::<String>::new());
    let words: Vec<&str> =
        printed.lines().filter_map(|line| Some(line.split_once("word = \"")?.1.split_once('"')?.0)).collect();
    assert!(words.len() > 400 && words.contains(&"xmin") && words.contains(&"verbose"), "{words:?}");

    let fields: Vec<&str> = words.iter().copied().filter(|word| Field::parse(&format!("{word}:int")).is_ok()).collect();
    let tables: Vec<&str> = words.iter().copied().filter(|word| Names::parse(word, Some("Thing")).is_ok()).collect();
    assert!(fields.len() > 250 && tables.len() > 250, "almost all of them are good names");
    let mut statements = String::new();
    for (number, field) in fields.iter().enumerate() {
        statements.push_str(&format!("CREATE TABLE things_{number} ({field} int, CHECK ({field} > 0));\n"));
        statements.push_str(&format!("UPDATE things_{number} SET {field} = 1 WHERE {field} IS NOT NULL;\n"));
    }
    for table in &tables {
        statements.push_str(&format!("CREATE TABLE {table} (id int);\nDELETE FROM {table} WHERE id = 1;\n"));
    }
    assert_eq!(server.statements(&statements).1, Vec::<String>::new());
}

/// Sixty tables as people have them.
const ORDINARY: [&str; 60] = [
    "albums",
    "answers",
    "articles",
    "authors",
    "bookings",
    "books",
    "brands",
    "carts",
    "categories",
    "channels",
    "cities",
    "comments",
    "companies",
    "contacts",
    "countries",
    "courses",
    "customers",
    "departments",
    "devices",
    "documents",
    "employees",
    "events",
    "expenses",
    "flights",
    "folders",
    "games",
    "genres",
    "grades",
    "groups",
    "hotels",
    "images",
    "invoices",
    "jobs",
    "languages",
    "leads",
    "lessons",
    "locations",
    "meetings",
    "members",
    "orders",
    "payments",
    "photos",
    "players",
    "posts",
    "products",
    "projects",
    "questions",
    "ratings",
    "recipes",
    "reviews",
    "rooms",
    "songs",
    "students",
    "tags",
    "tasks",
    "teams",
    "tickets",
    "topics",
    "videos",
    "votes",
];

/// Forty whose names stand in generated code, in the application, or in a language: as functions, variables, modules, types.
const AWKWARD: [&str; 40] = [
    "actions",
    "arguments",
    "beginnings",
    "bodies",
    "buttons",
    "caches",
    "cards",
    "changes",
    "checks",
    "counts",
    "cursors",
    "deletes",
    "drafts",
    "edits",
    "entries",
    "errors",
    "fields",
    "filters",
    "footers",
    "heads",
    "items",
    "labels",
    "lenses",
    "limits_of_people",
    "lists",
    "mains",
    "news",
    "offsets",
    "owners",
    "parts",
    "paths",
    "queries",
    "records",
    "responses",
    "rows",
    "sections",
    "services_of_towns",
    "sorts",
    "titles",
    "updates",
];

#[test]
fn a_table_of_any_name_compiles() {
    if !is_full_run("tables with a hundred names in one project") {
        return;
    }
    let _turn = turn();
    let project = project("table-names", &[]);
    let _servers = Servers(&project);
    for name in ORDINARY.into_iter().chain(AWKWARD) {
        let own = format!("--model={}", model(name));
        let model: &[&str] =
            if ["bodies", "edits", "errors", "fields", "news", "owners", "responses", "rows"].contains(&name) {
                &[&own]
            } else {
                &[]
            };
        // Where there is no rustfmt the code is left as it is, which a compiler does not mind; each table would start it thirty times.
        let mut heavy =
            add_table_command(&project, &[&[name, "title:string", "body:text?", "count:int?"][..], model].concat());
        run(heavy.env("PATH", ""));
    }
    cargo_with_clippy(&project, &["check", "--package", "app", "--all-targets"]);
}

/// A model's name for a table whose singular cannot be one.
fn model(table: &str) -> String {
    format!("{}{}Entry", table[..1].to_uppercase(), &table[1..])
}
