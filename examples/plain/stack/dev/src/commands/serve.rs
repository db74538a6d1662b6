//! `cargo dev serve`: builds the application, runs it, and does so again whenever it has changed.
//!
//! 1. open the socket ([`socket`]), which stays the same whatever happens to the programs that read from it;
//! 2. build ([`build`]); what the compiler has against it goes to the terminal and to the pages that are open;
//! 3. start the new program ([`application`]), wait until it says that it answers ([`control_channel`]), and let the old one
//!    finish what it has begun: nobody meets a closed door;
//! 4. wait for a change, a key ([`keys`]) or the end of the program, and do what is [needed](Task).
//!
//! Texts of pages do not wait for that ([`texts`]).
//!
//! One thing at a time: what comes in during a build is the next task ([`inbox`]), and ends the start of a program that is not
//! wanted any more.

mod application;
mod browser;
mod build;
mod cargo_output;
mod control_channel;
mod database;
mod inbox;
mod keys;
mod offline_page;
mod overlay;
mod process;
mod socket;
mod texts;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use stack_db::Schema;

use crate::cli::{Pave, Serve};
use crate::commands::pave;
use crate::databases::DATABASES;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::interrupted;
use crate::ui;
use crate::watch::Watcher;
use application::{Application, Starter};
use build::Build;
use database::{Databases, Event};
use inbox::{Inbox, Task};
use keys::Keys;
use offline_page::OfflinePage;
use overlay::{Editor, Overlay, Problem};
use process::End;
use socket::Socket;

const SCHEMA: &str = "`schema/` has changed: `cargo dev pave` creates the database again";

const TOOLCHAIN: &str =
    "`rust-toolchain.toml` has changed: it applies when `cargo dev` is started again";

/// After what time it is said that a program has not started yet.
const SLOW_START: Duration = Duration::from_secs(10);

const WAITING: &str = "the new program does not answer yet: it may wait for something while it starts; a save, or r and Enter in \
     the terminal, starts it again";

/// The exit code of a command that Ctrl-C has ended: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

pub(super) async fn run(project: &Project, arguments: &Serve) -> Result<ExitCode> {
    let socket = Socket::open(project)?;
    let mut server = Server {
        project: project.clone(),
        arguments,
        url: socket.url(),
        offline_page: OfflinePage::new(&socket),
        starter: Starter::new(project, socket, arguments.release).await?,
        running: None,
        start_failed: false,
        databases: Databases::watch(project),
        overlay: Overlay {
            editor: Editor::new(project),
            ..Overlay::default()
        },
        announced: false,
        busy: false,
        schema: schema(project),
    };
    let stop = interrupted()?;
    let keys = Keys::listen(!arguments.no_watch);
    let quit = std::sync::Arc::clone(&keys.quit);
    let ended = tokio::select! {
        ended = server.serve(keys) => Some(ended),
        () = stop => None,
        () = quit.notified() => None,
    };
    ui::end_progress();
    let unfinished = server.busy;
    if let Some(running) = server.running.take() {
        running.stop().await;
    }
    ended.unwrap_or(Ok(match unfinished {
        true => ExitCode::from(INTERRUPTED),
        false => ExitCode::SUCCESS,
    }))
}

/// What `schema/` says, as a checksum; none while it cannot be read.
fn schema(project: &Project) -> Option<Vec<String>> {
    let checksums = DATABASES.iter().map(|database| {
        let schema = Schema::read(project.schema(database)).ok()?;
        Some(schema.checksum().to_owned())
    });
    checksums.collect()
}

struct Server<'a> {
    /// With the settings of the moment.
    project: Project,
    arguments: &'a Serve,
    url: String,
    /// Answers while there is no application that could.
    offline_page: OfflinePage,
    starter: Starter,
    running: Option<Application>,
    /// Whether the program that was built last ended before it answered.
    start_failed: bool,
    databases: Databases,
    overlay: Overlay,
    /// Whether the address was printed.
    announced: bool,
    /// Whether something is built or started.
    busy: bool,
    /// The schema that the database was created from, as far as this command knows.
    schema: Option<Vec<String>>,
}

impl Server<'_> {
    async fn serve(&mut self, keys: Keys) -> Result<ExitCode> {
        if self.arguments.no_watch {
            return self.once().await;
        }
        let watcher = Watcher::start(self.project.folder())?;
        let saved = self.starter.texts.follow(watcher);
        let mut inbox = Inbox::new(saved, keys, self.url.clone());
        let mut task = Task::first(self.arguments.pave);
        loop {
            self.busy = true;
            self.act(&task, &mut inbox).await?;
            self.busy = false;
            task = self.next(&mut inbox).await?;
        }
    }

    /// What to do next.
    async fn next(&mut self, inbox: &mut Inbox) -> Result<Task> {
        loop {
            // What is there is done first: an application that ends over and over must not hide a change.
            tokio::select! {
                biased;
                task = inbox.next() => return task,
                end = ended(&mut self.running) => self.report_end(end),
                event = self.databases.next() => {
                    let is_back = matches!(event, Event::Back(_));
                    self.show_database(event).await;
                    if is_back && self.start_failed {
                        return Ok(Task::restart());
                    }
                }
            }
        }
    }

    /// Without watching: the end of the application is the end of the command.
    async fn once(&mut self) -> Result<ExitCode> {
        let build = Build::run(&self.project, self.arguments.release, false).await?;
        let Ok(built) = build.outcome else {
            return Ok(ExitCode::FAILURE);
        };
        match self.starter.start(&built.program, &self.overlay).await? {
            Ok(application) => self.running = Some(application),
            Err(_problem) => return Ok(ExitCode::FAILURE),
        }
        self.announce().await;
        let end = ended(&mut self.running).await;
        self.running = None;
        Ok(match end.success {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    async fn act(&mut self, task: &Task, inbox: &mut Inbox) -> Result<()> {
        let Task { action, .. } = task;
        if task.changed.contains(Path::new("rust-toolchain.toml")) {
            ui::say(TOOLCHAIN);
        }
        if action.restart
            && let Err(error) = self.read_settings().await
        {
            self.fail("The settings cannot be used", &error).await;
            return Ok(());
        }
        let pave = task.pave || action.schema && self.schema_changed().await;
        // They are a part of a release build.
        let embedded = self.arguments.release && !action.files.is_empty();
        if !embedded && !action.files.is_empty() {
            show_files(&mut self.running, &self.overlay, &action.files).await;
        }
        if action.build || action.restart || embedded || pave {
            if let Some(label) = task.label() {
                ui::say(&format!("{label} changed, building…"));
            }
            self.build(action.restart, pave, inbox).await?;
        }
        Ok(())
    }

    /// Compares `schema/` with what the database was created from. Returns whether to create it again now.
    async fn schema_changed(&mut self) -> bool {
        let changed = schema(&self.project) != self.schema;
        if changed && self.arguments.pave {
            return true;
        }
        if changed {
            ui::say(SCHEMA);
            self.overlay.notice(SCHEMA);
        } else {
            ui::say("`schema/` is what the database was created from");
            self.overlay.withdraw(SCHEMA);
        }
        self.publish().await;
        false
    }

    /// Reads `.env` again.
    async fn read_settings(&mut self) -> Result<()> {
        let project = Project::at(&self.project.root)?;
        self.starter.configure(&project)?;
        let address = |project: &Project| ["HOST", "PORT"].map(|name| project.setting(name));
        if address(&project) != address(&self.project) {
            ui::say("`HOST` and `PORT` apply when `cargo dev` is started again");
        }
        self.overlay.editor = Editor::new(&project);
        if !self.databases.are_of(&project) {
            self.databases = Databases::watch(&project);
            self.overlay.notices.retain(|notice| notice == SCHEMA);
        }
        self.project = project;
        Ok(())
    }

    /// Shows that a database server is gone, or back.
    async fn show_database(&mut self, event: Event) {
        match event {
            Event::Gone(text) => self.overlay.notice(&text),
            Event::Back(Some(text)) => self.overlay.withdraw(&text),
            Event::Back(None) => return,
        }
        self.publish().await;
    }

    /// Builds, and exchanges the application if there is another one, or if it is to be started anyway.
    async fn build(&mut self, restart: bool, pave: bool, inbox: &mut Inbox) -> Result<()> {
        let begun = Instant::now();
        self.starter.texts.build_begins();
        let build = Build::run(&self.project, self.arguments.release, self.announced);
        let (running, overlay) = (&mut self.running, &self.overlay);
        let show = async |files: &[String]| show_files(running, overlay, files).await;
        let build = match inbox.during(build, self.arguments.release, show).await? {
            Ok(build) => build,
            Err(error) => {
                self.fail("The application cannot be built", &error).await;
                return Ok(());
            }
        };
        inbox.leave_out_rewritten(self.project.folder(), &build);
        let built = match build.outcome {
            Ok(built) => built,
            Err(problem) => {
                ui::say(match &self.running {
                    Some(_) => "the build failed; the previous program keeps running",
                    None => "the build failed; the next change starts another",
                });
                self.report(problem).await;
                return Ok(());
            }
        };
        if pave {
            // Not before: the application inserts the seeds.
            self.pave().await;
        }
        let restart = restart || pave;
        let healed = self.overlay.problem.take().is_some();
        if self.starter.is_started(&built.program) && !restart && self.running.is_some() {
            ui::say("nothing to do: the running program is up to date");
            if healed {
                self.publish().await;
            }
            return Ok(());
        }
        if !built.fresh || self.running.is_none() {
            ui::say(&format!("built in {:.1} s", begun.elapsed().as_secs_f32()));
        }
        self.replace(&built, inbox).await
    }

    async fn replace(&mut self, built: &Build, inbox: &mut Inbox) -> Result<()> {
        if !Socket::IS_HANDED_OVER
            && let Some(old) = self.running.take()
        {
            old.stop().await;
        }
        self.offline_page.stop();
        let started = {
            let shown = self.overlay.clone();
            let mut start = std::pin::pin!(self.starter.start(&built.program, &shown));
            let slow = tokio::time::sleep(SLOW_START);
            let mut slow = std::pin::pin!(slow);
            let mut said = false;
            loop {
                tokio::select! {
                    started = &mut start => break Some(started),
                    superseded = inbox.superseded() => {
                        superseded?;
                        break None;
                    }
                    () = &mut slow, if !said => {
                        said = true;
                        ui::say(WAITING);
                        self.overlay.notice(WAITING);
                        publish(&mut self.running, &self.overlay).await;
                    }
                }
            }
        };
        self.overlay.withdraw(WAITING);
        self.start_failed = matches!(started, Some(Ok(Err(_))));
        match started {
            Some(Ok(Ok(new))) => {
                if let Some(old) = self.running.replace(new) {
                    tokio::spawn(old.stop());
                }
                self.announce().await;
            }
            Some(Err(error)) => self.fail("The new program did not start", &error).await,
            Some(Ok(Err(problem))) => {
                ui::say(match &self.running {
                    Some(_) => "the new program did not start; the previous one keeps running",
                    None => "the program did not start; the next change starts it again",
                });
                self.report(problem).await;
            }
            None => {
                ui::say("the program that was starting is not wanted any more, and is ended");
                self.publish().await;
            }
        }
        Ok(())
    }

    /// Prints the address, once.
    async fn announce(&mut self) {
        if !std::mem::replace(&mut self.announced, true) {
            self.databases.looked().await;
            ui::say(&format!("serving on {}", self.url));
            if browser::is_wanted(&self.project, self.arguments) {
                browser::open(&self.url);
            }
        }
    }

    /// The application has ended by itself.
    fn report_end(&mut self, end: End) {
        self.running = None;
        let title = format!(
            "The program has ended ({}); a save, or r and Enter in the terminal, starts it again",
            end.how
        );
        ui::say(&title);
        let problem = Problem {
            title,
            texts: vec![end.stderr],
        };
        self.overlay.problem = Some(problem);
        self.offline_page.serve(&self.overlay);
    }

    /// Shows why nothing could be done, which ends nothing: the next save may mend it.
    async fn fail(&mut self, title: &str, error: &Error) {
        ui::error(error);
        let problem = Problem {
            title: title.to_owned(),
            texts: vec![error.to_string()],
        };
        self.report(problem).await;
    }

    async fn report(&mut self, problem: Problem) {
        self.overlay.problem = Some(problem);
        if self.running.is_none() {
            self.offline_page.serve(&self.overlay);
        }
        self.publish().await;
    }

    /// Updates the overlay of open pages.
    async fn publish(&mut self) {
        publish(&mut self.running, &self.overlay).await;
    }

    async fn pave(&mut self) {
        let arguments = Pave {
            no_seed: false,
            confirm: Vec::new(),
        };
        match pave::run(&self.project, &arguments).await {
            Ok(_) => {
                self.schema = schema(&self.project);
                self.overlay.withdraw(SCHEMA);
            }
            Err(error) => ui::error(&error),
        }
    }
}

/// Lets open pages look for changed files of `static/`.
async fn show_files(running: &mut Option<Application>, overlay: &Overlay, files: &[String]) {
    ui::say(&format!("changed {}", files.join(", ")));
    publish(running, overlay).await;
}

async fn publish(running: &mut Option<Application>, overlay: &Overlay) {
    if let Some(running) = running {
        running.update(overlay).await;
    }
}

/// Ready when the application has ended; never while there is none.
async fn ended(running: &mut Option<Application>) -> End {
    match running {
        Some(running) => running.ended().await,
        None => std::future::pending().await,
    }
}
