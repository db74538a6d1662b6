//! The application as a process.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::process::Child;
use tokio::time::timeout;

use super::control_channel::{Channel, Channels};
use super::overlay::{Overlay, Problem};
use super::process::{End, Process};
use super::socket::Socket;
use super::texts::Texts;
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// How long a program may take to finish what it has begun, before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Starts the application, again and again.
pub(super) struct Starter {
    folder: PathBuf,
    socket: Socket,
    pub(super) texts: Texts,
    channels: Channels,
    release: bool,
    /// Whether `APP_ENV` has to be said, since a release build takes itself for one in production.
    development: bool,
    /// The program that answers, as it was when it was started.
    started: Option<Version>,
}

/// Tells a program from the one that is built in its place.
#[derive(PartialEq, Eq)]
struct Version {
    built: SystemTime,
    bytes: u64,
}

impl Version {
    fn of(program: &Path) -> Option<Self> {
        let found = program.metadata().ok()?;
        Some(Self {
            built: found.modified().ok()?,
            bytes: found.len(),
        })
    }
}

impl Starter {
    pub(super) async fn new(project: &Project, socket: Socket, release: bool) -> Result<Self> {
        let folder = project.folder();
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut this = Self {
            texts: Texts::new(&folder),
            folder,
            socket,
            channels: Channels::listen().await?,
            release,
            development: false,
            started: None,
        };
        this.configure(project)?;
        Ok(this)
    }

    /// Takes what the settings say for the programs from now on.
    pub(super) fn configure(&mut self, project: &Project) -> Result<()> {
        let environment = project.setting("APP_ENV");
        if environment.as_deref() == Some("production") {
            // It would never say that it is ready: pages in production are nobody else's to change.
            return Err(Error::new(
                "`APP_ENV` is `production`, where a program is not exchanged while it runs",
            )
            .hint("APP_ENV=development cargo dev"));
        }
        self.development = self.release && environment.is_none();
        Ok(())
    }

    /// Whether this very program was started last and answers, whoever has built it.
    pub(super) fn is_started(&self, program: &Path) -> bool {
        self.started.is_some() && self.started == Version::of(program)
    }

    /// Starts a program, and waits until it answers requests. If it ends before, that is the problem.
    pub(super) async fn start(
        &mut self,
        program: &Path,
        overlay: &Overlay,
    ) -> Result<std::result::Result<Application, Problem>> {
        let (address, mut channel) = self.channels.expect();
        self.started = None;
        let version = Version::of(program);
        let mut process = Process::watch(self.spawn(program, &address)?);
        let connected = tokio::select! {
            channel = &mut channel => channel.ok(),
            end = process.ended() => return Ok(Err(not_started(end))),
        };
        if let Some(mut channel) = connected {
            let show = json!({ "show": overlay.to_json() });
            channel.writer.send(&show).await;
            self.texts.program_runs(channel.writer.clone()).await;
            if channel.ready().await {
                self.started = version;
                return Ok(Ok(Application { process, channel }));
            }
        }
        Ok(Err(not_started(process.ended().await)))
    }

    fn spawn(&self, program: &Path, channel: &str) -> Result<Child> {
        let failed = |error| Error::new(format!("`{}` does not start: {error}", program.display()));
        let mut command = Command::new(own_copy(program).map_err(failed)?);
        cargo::forget_this_program(&mut command);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("CARGO_DEV", channel)
            .stderr(Stdio::piped());
        if self.development {
            command.env("APP_ENV", "development");
        }
        self.hand_over(&mut command).map_err(failed)?;
        tokio::process::Command::from(command)
            .spawn()
            .map_err(failed)
    }

    /// Gives the socket to the program: as its standard input, which needs nothing from either side.
    #[cfg(unix)]
    fn hand_over(&self, command: &mut Command) -> std::io::Result<()> {
        let listener = std::os::fd::OwnedFd::from(self.socket.handle()?);
        command.stdin(listener).env("SOCKET", "stdin");
        Ok(())
    }

    /// Tells the program where to listen, which the one before does not do any more.
    #[cfg(not(unix))]
    fn hand_over(&self, command: &mut Command) -> std::io::Result<()> {
        command
            .stdin(Stdio::null())
            .env("SOCKET", "bind")
            .env("HOST", self.socket.address.ip().to_string())
            .env("PORT", self.socket.address.port().to_string());
        Ok(())
    }
}

fn not_started(end: End) -> Problem {
    Problem {
        title: format!("The new program did not start ({})", end.how),
        texts: vec![end.stderr],
    }
}

/// The program, under a name of its own where one that runs cannot be replaced by the next.
fn own_copy(program: &Path) -> std::io::Result<PathBuf> {
    if cfg!(not(windows)) {
        return Ok(program.to_owned());
    }
    let copy = program.with_extension("serving.exe");
    std::fs::copy(program, &copy)?;
    Ok(copy)
}

/// An application that answers requests.
pub(super) struct Application {
    process: Process,
    channel: Channel,
}

impl Application {
    pub(super) async fn update(&mut self, overlay: &Overlay) {
        let show = json!({ "show": overlay.to_json() });
        self.channel.writer.send(&show).await;
    }

    /// Ready when it has ended. Nothing is lost if the future is dropped.
    pub(super) async fn ended(&mut self) -> End {
        self.process.ended().await
    }

    /// Lets it finish what it has begun.
    pub(super) async fn stop(mut self) {
        self.channel.stop().await;
        if timeout(STOP_TIMEOUT, self.process.ended()).await.is_err() {
            ui::warning("the program did not stop by itself, and is killed");
            self.process.kill().await;
        }
    }
}
