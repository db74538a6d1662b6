//! A generated project together with what others have made: the document of its API is valid by the judgement of a validator, a client
//! that a generator makes of it uses the running application, and files are kept by a server of S3's protocol.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::tools::Tools;
use crate::workshop::{cargo, cargo_command, clippy_command, run};

/// The validator, and the server.
const BY_PIP: [&str; 2] = ["openapi-spec-validator==0.9.0", "moto[server]==5.2.5"];

/// The generator, and what a client and its types need.
const BY_NPM: [&str; 3] = ["openapi-fetch@0.17.0", "openapi-typescript@7.13.0", "typescript@5.9.3"];

const FILES: [(&str, &str); 4] = [
    ("client.ts", include_str!("api_client/client.ts")),
    ("document.mjs", include_str!("api_client/document.mjs")),
    ("package.json", include_str!("api_client/package.json")),
    ("tsconfig.json", include_str!("api_client/tsconfig.json")),
];

/// Validates the document of the project, which has been built, and uses its API.
pub(crate) fn api_client(project: &Path) {
    let Some(tools) = install() else { return };
    cargo(project, &["run", "--quiet", "--", "seed"]);
    let mut command = cargo_command(project, &["run", "--quiet"]);
    // `cargo run` becomes the program.
    let command = command.env("PORT", "0").env("LOG_FORMAT", "json").stdout(Stdio::piped());
    let application = Server::start(command, "listening on http://");
    let here = |command: &mut Command| run(command.current_dir(&tools.0));
    here(Command::new("node").args(["document.mjs", &application.url]));
    here(Command::new(tools.program("openapi-spec-validator")).arg("openapi.json"));
    here(Command::new("node_modules/.bin/openapi-typescript").args(["openapi.json", "--output", "api.d.ts"]));
    here(&mut Command::new("node_modules/.bin/tsc"));
    here(Command::new("node").args(["built/client.js", &application.url]));
}

/// Runs the project's tests of files, which have been built, with a bucket.
pub(crate) fn bucket(project: &Path) {
    let Some(tools) = install() else { return };
    let mut command = Command::new(tools.program("moto_server"));
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

fn install() -> Option<Tools> {
    Tools::install("others", &BY_PIP, &BY_NPM, &FILES)
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
