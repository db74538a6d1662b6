//! A generated project together with what others have made: the document of its API is valid by the judgement of a validator, a client
//! that a generator makes of it uses the running application, and files are kept by a server of S3's protocol.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::workshop::{cargo, cargo_command, clippy_command, run};

/// By pip: the validator, and the server.
const PYTHON: [&str; 2] = ["openapi-spec-validator==0.9.0", "moto[server]==5.2.5"];

const FILES: [(&str, &str); 4] = [
    ("client.ts", include_str!("api_client/client.ts")),
    ("document.mjs", include_str!("api_client/document.mjs")),
    ("package.json", include_str!("api_client/package.json")),
    ("tsconfig.json", include_str!("api_client/tsconfig.json")),
];

/// Validates the document of the project, which has been built, and uses its API.
pub(crate) fn api_client(project: &Path) {
    let Some(folder) = installed("the client of an API") else { return };
    cargo(project, &["run", "--quiet", "--", "seed"]);
    let mut command = cargo_command(project, &["run", "--quiet"]);
    // `cargo run` becomes the program.
    let command = command.env("PORT", "0").env("LOG_FORMAT", "json").stdout(Stdio::piped());
    let application = Server::start(command, "listening on http://");
    let here = |command: &mut Command| run(command.current_dir(&folder));
    here(Command::new("node").args(["document.mjs", &application.url]));
    here(Command::new(folder.join("venv/bin/openapi-spec-validator")).arg("openapi.json"));
    here(Command::new("node_modules/.bin/openapi-typescript").args(["openapi.json", "--output", "api.d.ts"]));
    here(&mut Command::new("node_modules/.bin/tsc"));
    here(Command::new("node").args(["built/client.js", &application.url]));
}

/// Runs the project's tests of files, which have been built, with a bucket.
pub(crate) fn bucket(project: &Path) {
    let Some(folder) = installed("a server of S3's protocol") else { return };
    let mut command = Command::new(folder.join("venv/bin/moto_server"));
    let server =
        Server::start(command.args(["-H", "127.0.0.1", "-p", "0"]).stderr(Stdio::piped()), "Running on http://");
    run(Command::new("node").args(["--eval", CREATE_BUCKET]).env("BUCKET", format!("{}/files", server.url)));
    let mut tests = clippy_command(project, &["test", "--locked", "--package", "app", "--test", "app", "files"]);
    tests.env("TEST_FILES_URL", "s3://files/tests").env("AWS_ENDPOINT_URL", &server.url).env("AWS_REGION", "us-east-1");
    run(tests.env("AWS_ACCESS_KEY_ID", "tests").env("AWS_SECRET_ACCESS_KEY", "tests"));
}

/// A request that no program of every machine makes.
const CREATE_BUCKET: &str =
    "fetch(process.env.BUCKET, { method: 'PUT' }).then((answer) => process.exit(answer.ok ? 0 : 1))";

/// Where the programs are. Where they cannot be installed that is said, unless `HEAVY_VALIDATORS=1` wants them to be.
fn installed(what: &str) -> Option<PathBuf> {
    let missing = match install() {
        Ok(folder) => return Some(folder),
        Err(missing) => missing,
    };
    let wanted = std::env::var_os("HEAVY_VALIDATORS").is_some_and(|wanted| !wanted.is_empty() && wanted != "0");
    assert!(!wanted, "{missing}");
    let notice = format!("skipped: there is no {what} here: {missing}\n");
    std::io::stderr().write_all(notice.as_bytes()).ok();
    None
}

/// Installs the programs, unless they are there already; an error says what is missing.
fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("others");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    let wanted = format!("{PYTHON:?} {}", include_str!("api_client/package.json"));
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    let venv = folder.join("venv");
    attempt(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let pip = ["install", "--quiet", "--only-binary", ":all:"];
    attempt(Command::new(venv.join("bin/pip")).args(pip).args(PYTHON))?;
    let npm = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
    attempt(Command::new("npm").args(npm).current_dir(&folder))?;
    std::fs::write(stamp, wanted).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Runs a command; an error has all that it said.
fn attempt(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    output.status.success().then_some(()).ok_or_else(|| format!("{command:?}:\n{said}"))
}

/// A server, until it is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts one that says in its piped output, after these `words`, at which address it listens.
    fn start(command: &mut Command, words: &str) -> Self {
        let mut process = command.spawn().expect("a program that starts");
        let stdout = process.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        let stderr = process.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        let mut server = Self { process, url: String::new() };
        let mut log = BufReader::new(stdout.or(stderr).expect("a pipe")).lines().map_while(Result::ok);
        let address = log.find_map(|line| {
            let (_, rest) = line.split_once(words)?;
            Some(rest.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect::<String>())
        });
        server.url = format!("http://{}", address.expect("a server that says where it listens"));
        // What it says from now on is of no interest, but has to go somewhere.
        std::thread::spawn(move || log.for_each(drop));
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
