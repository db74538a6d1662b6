//! `cargo dev serve`: builds the application, runs it, and does so again whenever it has changed.
//!
//! 1. open the socket ([`socket`]), which stays the same whatever happens to the programs that read from it;
//! 2. build ([`build`]); what the compiler has against it goes to the terminal and to the pages that are open;
//! 3. start the new program ([`application`]), wait until it says that it answers ([`link`]), and let the old one
//!    finish what it has begun: nobody meets a closed door;
//! 4. wait for a change, a key ([`keys`]) or the end of the program, and do what is [due](Due).
//!
//! One thing at a time: what changes in the meantime is the next batch.

mod application;
mod browser;
mod build;
mod closed;
mod keys;
mod link;
mod process;
mod show;
mod socket;

use std::process::ExitCode;
use std::time::Instant;

use crate::cli::{Pave, Serve};
use crate::commands::pave;
use crate::error::Result;
use crate::project::Project;
use crate::signal::interrupted;
use crate::ui;
use crate::watch::{Watcher, due::Due};
use application::{Application, Starter};
use build::Build;
use keys::{Key, Keys};
use process::End;
use show::{Problem, Show};
use socket::Socket;

const SCHEMA: &str = "`schema/` has changed: `cargo dev pave` makes the database anew";

pub(super) async fn run(project: &Project, arguments: &Serve) -> Result<ExitCode> {
    let socket = Socket::open(project)?;
    let mut server = Server {
        project,
        arguments,
        url: socket.url(),
        closed: closed::Door::of(&socket),
        starter: Starter::new(project, socket, arguments.release).await?,
        running: None,
        show: Show::default(),
        said: false,
        pave: arguments.pave,
    };
    let stop = interrupted()?;
    let mut keys = Keys::listen(!arguments.no_watch);
    let quit = keys.quit();
    let ended = tokio::select! {
        ended = server.serve(&mut keys) => ended,
        _ = stop => Ok(ExitCode::SUCCESS),
        () = quit => Ok(ExitCode::SUCCESS),
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
    closed: closed::Door,
    starter: Starter,
    running: Option<Application>,
    show: Show,
    /// Whether the address was told.
    said: bool,
    /// Whether the database is to be made anew as soon as there is a program.
    pave: bool,
}

impl Server<'_> {
    async fn serve(&mut self, keys: &mut Keys) -> Result<ExitCode> {
        if self.arguments.no_watch {
            return self.once().await;
        }
        let mut watcher = Watcher::start(self.project.folder())?;
        let mut due = Due {
            build: true,
            ..Due::default()
        };
        loop {
            self.act(&due).await?;
            due = Due::default();
            // What is there is done first: an application that ends over and over must not hide a change.
            tokio::select! {
                biased;
                batch = watcher.next() => due = Due::after(&batch?),
                key = keys.next() => match key {
                    Key::Restart => (due.build, due.restart) = (true, true),
                    Key::Pave => (due.build, self.pave) = (true, true),
                    Key::Open => browser::open(&self.url),
                },
                end = ended(&mut self.running) => self.gone(end),
            }
        }
    }

    /// Without watching: the end of the application is the end of the command.
    async fn once(&mut self) -> Result<ExitCode> {
        let build = Build::run(self.project, self.arguments.release, false).await?;
        let Ok(built) = build else {
            return Ok(ExitCode::FAILURE);
        };
        match self.starter.start(&built.program, &self.show).await? {
            Ok(application) => self.running = Some(application),
            Err(_problem) => return Ok(ExitCode::FAILURE),
        }
        self.tell();
        let end = ended(&mut self.running).await;
        self.running = None;
        Ok(match end.success {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    async fn act(&mut self, due: &Due) -> Result<()> {
        if due.is_nothing() {
            return Ok(());
        }
        self.pave |= due.schema && self.arguments.pave;
        if due.schema && !self.pave {
            ui::say(SCHEMA);
            self.show.notice(SCHEMA);
            self.publish().await;
        }
        // They are a part of a release build.
        let embedded = self.arguments.release && !due.files.is_empty();
        if due.build || embedded || self.pave {
            self.build(due.restart).await?;
        } else if due.restart {
            ui::say("`.env` has changed");
            self.build(true).await?;
        } else if !due.files.is_empty() {
            ui::say(&format!("changed {}", due.files.join(", ")));
            self.publish().await;
        }
        Ok(())
    }

    /// Builds, and exchanges the application if there is another one, or if it is to be started anyway.
    async fn build(&mut self, restart: bool) -> Result<()> {
        let begun = Instant::now();
        let built = match Build::run(self.project, self.arguments.release, self.said).await? {
            Ok(built) => built,
            Err(problem) => {
                ui::say(match &self.running {
                    Some(_) => "the build has failed; the program from before goes on",
                    None => "the build has failed; a change starts the next one",
                });
                self.trouble(problem).await;
                return Ok(());
            }
        };
        // Not before: the seeds are the application's to plant.
        let restart = restart || self.pave;
        if std::mem::take(&mut self.pave) {
            self.pave().await;
        }
        let healed = self.show.problem.take().is_some();
        if self.starter.is_started(&built.program) && !restart && self.running.is_some() {
            if healed {
                ui::say("nothing to do: the program from before is the right one");
                self.publish().await;
            }
            return Ok(());
        }
        if !built.fresh || self.running.is_none() {
            ui::say(&format!("built in {:.1} s", begun.elapsed().as_secs_f32()));
        }
        self.exchange(&built).await
    }

    async fn exchange(&mut self, built: &Build) -> Result<()> {
        if !Socket::IS_HANDED_OVER
            && let Some(old) = self.running.take()
        {
            old.stop().await;
        }
        self.closed.shut();
        match self.starter.start(&built.program, &self.show).await? {
            Ok(new) => {
                if let Some(old) = self.running.replace(new) {
                    tokio::spawn(old.stop());
                }
                self.tell();
            }
            Err(problem) => {
                ui::say(match &self.running {
                    Some(_) => "the new program did not start; the one from before goes on",
                    None => "the program did not start; a change starts it again",
                });
                self.trouble(problem).await;
            }
        }
        Ok(())
    }

    /// Tells the address, once.
    fn tell(&mut self) {
        if !std::mem::replace(&mut self.said, true) {
            ui::say(&format!("serving on {}", self.url));
        }
    }

    /// The application has ended by itself.
    fn gone(&mut self, end: End) {
        self.running = None;
        ui::say(&format!(
            "the program has ended ({}); a change starts it again",
            end.how
        ));
        let problem = Problem {
            title: format!(
                "The program has ended ({}); a change starts it again",
                end.how
            ),
            texts: vec![end.last_words],
        };
        self.show.problem = Some(problem);
        self.closed.open(&self.show);
    }

    async fn trouble(&mut self, problem: Problem) {
        self.show.problem = Some(problem);
        if self.running.is_none() {
            self.closed.open(&self.show);
        }
        self.publish().await;
    }

    /// Lets pages that are open show what there is to know.
    async fn publish(&mut self) {
        if let Some(running) = &mut self.running {
            running.show(&self.show).await;
        }
    }

    async fn pave(&mut self) {
        let arguments = Pave {
            no_seed: false,
            confirm: Vec::new(),
        };
        match pave::run(self.project, &arguments).await {
            Ok(_) => self.show.notices.clear(),
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
