//! The application for a load test: a release build, a free port, a database of its own.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use crate::cargo;
use crate::commands::run_databases::Databases;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// The application, until it is stopped.
pub(super) struct Served {
    pub(super) url: String,
    /// Where it shows its own figures.
    pub(super) metrics: String,
    child: Running,
    databases: Databases,
}

/// A process that does not outlive this one's interest.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Served {
    pub(super) async fn start(project: &Project) -> Result<Self> {
        let application = cargo::build(project, &["--release"], &project.name()?)?;
        let databases = Databases::create(project).await?;
        let metrics = free_address()?;
        let mut command = Command::new(application);
        cargo::forget_this_program(&mut command);
        command
            .current_dir(project.folder())
            .env("APP_ENV", "development")
            .env("HOST", "127.0.0.1")
            .env("PORT", "0")
            .env("METRICS_ADDRESS", metrics.to_string())
            // All users of a load test have one address.
            .env("LIMIT_FACTOR", "0")
            // Where it listens, and what went wrong.
            .env("RUST_LOG", "warn,app::app=info")
            .env("LOG_FORMAT", "pretty")
            // All users come from this machine.
            .env("LIVE_CONNECTIONS_PER_ADDRESS", "100000")
            // Who registers in a recording is logged in at once, and opens no link in a mail.
            .env("MAIL_URL", "none")
            .env_remove("RECORD")
            .envs(databases.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        // Ctrl-C is not for it: it has to answer until the load test is over.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| {
            Error::new(format!("the application could not be started: {error}"))
        })?;
        let log = child.stdout.take();
        let child = Running(child);
        let mut lines = log
            .map(BufReader::new)
            .into_iter()
            .flat_map(BufRead::lines)
            .map_while(std::result::Result::ok);
        let url = lines.by_ref().find_map(|line| {
            let (_, address) = line.split_once("listening on ")?;
            Some(address.trim().to_owned())
        });
        let url = url.ok_or_else(|| {
            Error::new("the application has not started; see the error above")
                .hint("cargo run --release")
        })?;
        std::thread::spawn(move || lines.for_each(|line| ui::say(&line)));
        ui::say(&format!(
            "the application is at {url}, a release build with an empty database of its own"
        ));
        Ok(Self {
            url,
            metrics: format!("http://{metrics}"),
            child,
            databases,
        })
    }

    pub(super) async fn stop(self) {
        drop(self.child);
        drop(self.databases);
    }
}

/// An address of this machine that nobody listens on.
fn free_address() -> Result<SocketAddr> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = bound.and_then(|listener| listener.local_addr());
    address.map_err(|error| Error::new(format!("no port is free: {error}")))
}
