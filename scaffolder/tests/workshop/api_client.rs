//! The API of a generated project as others meet it: its document is valid by the judgement of a validator, and a client
//! that a generator makes of it uses the running application.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::workshop::{cargo, cargo_command, run};

/// By pip.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

const FILES: [(&str, &str); 4] = [
    ("client.ts", include_str!("api_client/client.ts")),
    ("document.mjs", include_str!("api_client/document.mjs")),
    ("package.json", include_str!("api_client/package.json")),
    ("tsconfig.json", include_str!("api_client/tsconfig.json")),
];

/// Validates the document of the project, which has been built, and uses its API. Where the programs for it cannot be installed
/// that is said, and nothing done, unless `HEAVY_VALIDATORS=1` wants it to be.
pub(crate) fn api_client(project: &Path) {
    let folder = match install() {
        Ok(folder) => folder,
        Err(missing) => {
            let wanted = std::env::var_os("HEAVY_VALIDATORS").is_some_and(|wanted| !wanted.is_empty() && wanted != "0");
            assert!(!wanted, "{missing}");
            let notice = format!("skipped: the client of an API cannot be made: {missing}\n");
            std::io::stderr().write_all(notice.as_bytes()).ok();
            return;
        }
    };
    cargo(project, &["run", "--quiet", "--", "seed"]);
    let application = Application::start(project);
    let here = |command: &mut Command| run(command.current_dir(&folder));
    here(Command::new("node").args(["document.mjs", &application.url]));
    here(Command::new(folder.join("venv/bin/openapi-spec-validator")).arg("openapi.json"));
    here(Command::new("node_modules/.bin/openapi-typescript").args(["openapi.json", "--output", "api.d.ts"]));
    here(&mut Command::new("node_modules/.bin/tsc"));
    here(Command::new("node").args(["built/client.js", &application.url]));
}

/// Installs the programs, unless they are there already; an error says what is missing.
fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api-client");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    let wanted = format!("{VALIDATOR} {}", include_str!("api_client/package.json"));
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    let venv = folder.join("venv");
    attempt(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let pip = ["install", "--quiet", "--only-binary", ":all:", VALIDATOR];
    attempt(Command::new(venv.join("bin/pip")).args(pip))?;
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

/// The application, until it is dropped.
struct Application {
    process: Child,
    url: String,
}

impl Application {
    fn start(project: &Path) -> Self {
        let mut command = cargo_command(project, &["run", "--quiet"]);
        command.env("PORT", "0").env("LOG_FORMAT", "json").stdout(Stdio::piped());
        // `cargo run` becomes the program.
        let mut process = command.spawn().expect("a program that starts");
        let mut log = BufReader::new(process.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let url = log.find_map(|line| {
            let (_, rest) = line.split_once("listening on http://")?;
            let address: String = rest.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
            Some(format!("http://{address}"))
        });
        let mut application = Self { process, url: String::new() };
        application.url = url.expect("an application that says where it listens");
        // What it says from now on is of no interest, but has to go somewhere.
        std::thread::spawn(move || log.for_each(drop));
        application
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
