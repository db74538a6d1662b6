//! `cargo dev serve`: builds the application, runs it, and does so again whenever it has changed.
//!
//! 1. open the socket ([`socket`]), which stays the same whatever happens to the programs that read from it;
//! 2. build ([`build`]); what the compiler has against it goes to the terminal and to the pages that are open;
//! 3. start the new program ([`application`]), wait until it says that it answers ([`control_channel`]), and let the old one
//!    finish what it has begun: nobody meets a closed door;
//! 4. wait for a change, a key ([`keys`]) or the end of the program, and do what is [needed](Action).
//!
//! One thing at a time: what changes in the meantime is the next batch.

mod application;
mod build;
mod control_channel;
mod keys;
mod offline_page;
mod overlay;
mod process;
mod socket;

use std::process::ExitCode;
use std::time::Instant;

use crate::cli::{Pave, Serve};
use crate::commands::pave;
use crate::error::Result;
use crate::project::Project;
use crate::signal::interrupted;
use crate::ui;
use crate::watch::{Watcher, action::Action};
use application::{Application, Starter};
use build::Build;
use keys::{Key, Keys};
use offline_page::OfflinePage;
use overlay::{Overlay, Problem};
use process::End;
use socket::Socket;

const SCHEMA: &str = "`schema/` has changed: `cargo dev pave` creates the database again";

pub(super) async fn run(project: &Project, arguments: &Serve) -> Result<ExitCode> {
    let socket = Socket::open(project)?;
    let mut server = Server {
        project,
        arguments,
        url: socket.url(),
        offline_page: OfflinePage::new(&socket),
        starter: Starter::new(project, socket, arguments.release).await?,
        running: None,
        overlay: Overlay::default(),
        announced: false,
        pave: arguments.pave,
    };
    let stop = interrupted()?;
    let mut keys = Keys::listen(!arguments.no_watch);
    let quit = std::sync::Arc::clone(&keys.quit);
    let ended = tokio::select! {
        ended = server.serve(&mut keys) => ended,
        () = stop => Ok(ExitCode::SUCCESS),
        () = quit.notified() => Ok(ExitCode::SUCCESS),
    };
    if let Some(running) = server.running.take() {
        running.stop().await;
    }
    ended
}

struct Server<'a> {
    project: &'a Project,
    arguments: &'a Serve,
    url: String,
    /// Answers while there is no application that could.
    offline_page: OfflinePage,
    starter: Starter,
    running: Option<Application>,
    overlay: Overlay,
    /// Whether the address was printed.
    announced: bool,
    /// Whether to create the database again as soon as there is a program.
    pave: bool,
}

impl Server<'_> {
    async fn serve(&mut self, keys: &mut Keys) -> Result<ExitCode> {
        if self.arguments.no_watch {
            return self.once().await;
        }
        let mut watcher = Watcher::start(self.project.folder())?;
        let mut action = Action {
            build: true,
            ..Action::default()
        };
        loop {
            self.act(&action).await?;
            action = Action::default();
            // What is there is done first: an application that ends over and over must not hide a change.
            tokio::select! {
                biased;
                batch = watcher.next() => action = Action::after(&batch?),
                key = keys.next() => match key {
                    Key::Restart => (action.build, action.restart) = (true, true),
                    Key::Pave => (action.build, self.pave) = (true, true),
                    Key::Open => self.open_browser(),
                },
                end = ended(&mut self.running) => self.report_end(end),
            }
        }
    }

    /// Without watching: the end of the application is the end of the command.
    async fn once(&mut self) -> Result<ExitCode> {
        let build = Build::run(self.project, self.arguments.release, false).await?;
        let Ok(built) = build else {
            return Ok(ExitCode::FAILURE);
        };
        match self.starter.start(&built.program, &self.overlay).await? {
            Ok(application) => self.running = Some(application),
            Err(_problem) => return Ok(ExitCode::FAILURE),
        }
        self.announce();
        let end = ended(&mut self.running).await;
        self.running = None;
        Ok(match end.success {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    async fn act(&mut self, action: &Action) -> Result<()> {
        if action.is_nothing() {
            return Ok(());
        }
        self.pave |= action.schema && self.arguments.pave;
        if action.schema && !self.pave {
            ui::say(SCHEMA);
            self.overlay.notice(SCHEMA);
            self.publish().await;
        }
        // They are a part of a release build.
        let embedded = self.arguments.release && !action.files.is_empty();
        if action.build || embedded || self.pave {
            self.build(action.restart).await?;
        } else if action.restart {
            ui::say("`.env` has changed");
            self.build(true).await?;
        } else if !action.files.is_empty() {
            ui::say(&format!("changed {}", action.files.join(", ")));
            self.publish().await;
        }
        Ok(())
    }

    /// Builds, and exchanges the application if there is another one, or if it is to be started anyway.
    async fn build(&mut self, restart: bool) -> Result<()> {
        let begun = Instant::now();
        let built = match Build::run(self.project, self.arguments.release, self.announced).await? {
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
        // Not before: the application inserts the seeds.
        let restart = restart || self.pave;
        if std::mem::take(&mut self.pave) {
            self.pave().await;
        }
        let healed = self.overlay.problem.take().is_some();
        if self.starter.is_started(&built.program) && !restart && self.running.is_some() {
            if healed {
                ui::say("nothing to do: the running program is up to date");
                self.publish().await;
            }
            return Ok(());
        }
        if !built.fresh || self.running.is_none() {
            ui::say(&format!("built in {:.1} s", begun.elapsed().as_secs_f32()));
        }
        self.replace(&built).await
    }

    async fn replace(&mut self, built: &Build) -> Result<()> {
        if !Socket::IS_HANDED_OVER
            && let Some(old) = self.running.take()
        {
            old.stop().await;
        }
        self.offline_page.stop();
        match self.starter.start(&built.program, &self.overlay).await? {
            Ok(new) => {
                if let Some(old) = self.running.replace(new) {
                    tokio::spawn(old.stop());
                }
                self.announce();
            }
            Err(problem) => {
                ui::say(match &self.running {
                    Some(_) => "the new program did not start; the previous one keeps running",
                    None => "the program did not start; the next change starts it again",
                });
                self.report(problem).await;
            }
        }
        Ok(())
    }

    /// Prints the address, once.
    fn announce(&mut self) {
        if !std::mem::replace(&mut self.announced, true) {
            ui::say(&format!("serving on {}", self.url));
        }
    }

    /// The application has ended by itself.
    fn report_end(&mut self, end: End) {
        self.running = None;
        ui::say(&format!(
            "the program has ended ({}); the next change starts it again",
            end.how
        ));
        let problem = Problem {
            title: format!(
                "The program has ended ({}); the next change starts it again",
                end.how
            ),
            texts: vec![end.stderr],
        };
        self.overlay.problem = Some(problem);
        self.offline_page.serve(&self.overlay);
    }

    async fn report(&mut self, problem: Problem) {
        self.overlay.problem = Some(problem);
        if self.running.is_none() {
            self.offline_page.serve(&self.overlay);
        }
        self.publish().await;
    }

    fn open_browser(&self) {
        let url = self.url.clone();
        // A browser in the terminal ends before this does.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = webbrowser::open(&url) {
                ui::warning(&format!(
                    "no browser could be opened ({error}); the address is {url}"
                ));
            }
        });
    }

    /// Updates the overlay of open pages.
    async fn publish(&mut self) {
        if let Some(running) = &mut self.running {
            running.update(&self.overlay).await;
        }
    }

    async fn pave(&mut self) {
        let arguments = Pave {
            no_seed: false,
            confirm: Vec::new(),
        };
        match pave::run(self.project, &arguments).await {
            Ok(_) => self.overlay.notices.clear(),
            Err(error) => ui::error(&error),
        }
    }
}

/// Ready when the application has ended; never while there is none.
async fn ended(running: &mut Option<Application>) -> End {
    match running {
        Some(running) => running.ended().await,
        None => std::future::pending().await,
    }
}
