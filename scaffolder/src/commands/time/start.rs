//! `heavy time start`.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::cli::Start;
use crate::error::{Error, Result};
use crate::suggest::typed;
use crate::time::paths::{TimePaths, WatcherInfo};
use crate::time::recorder::{Notice, Options, StopReason, record, wall_clock};
use crate::time::span::{self, Span};
use crate::time::tracker::Work;
use crate::time::watcher::WatchEvent;
use crate::time::{Rules, clock, moment};
use crate::ui::{StatusLine, Ui};

/// How long a watcher in the background may take to begin: it looks at every folder once.
const PATIENCE: Duration = Duration::from_secs(60);

pub(in crate::commands) fn run(args: &Start, ui: Ui) -> Result<u8> {
    let paths = super::paths_of(args.work_tree.project.as_deref())?;
    let author = paths.author()?;
    if args.background {
        paths.made()?;
        // Only a look: the right to watch is for the other process to take.
        return if paths.watcher()?.is_some() { already(&paths, ui) } else { in_background(args, &paths, ui) };
    }
    let Some(claim) = paths.claim()? else {
        return already(&paths, ui);
    };
    let (sender, events) = mpsc::channel();
    let stop = sender.clone();
    ctrlc::set_handler(move || drop(stop.send(WatchEvent::Stop)))
        .map_err(|error| Error::system("cannot watch for Ctrl-C").because(error))?;
    let mut screen = Screen::new(&paths, &author, ui)?;
    let options = Options { author: &author, poll: args.poll, claim };
    let reason = record(&paths, options, sender, &events, &mut |notice| screen.show(notice))?;
    drop(screen);
    if reason == StopReason::WorkTreeGone {
        return Err(Error::user(format!("`{}` is gone, and there is nothing left to watch", paths.root().display())));
    }
    ui.status("Stopped", format_args!("watching {}", paths.root().display()));
    Ok(0)
}

fn already(paths: &TimePaths, ui: Ui) -> Result<u8> {
    let zone = TimeZone::system();
    let since = paths.watcher()?.and_then(|watcher| Some((moment(&watcher.since)?, watcher.pid)));
    let since = since.map_or(String::new(), |(moment, pid)| {
        format!(" since {}, by process {pid}", super::since(moment, wall_clock(), &zone))
    });
    ui.status("Watched", format_args!("{} is being watched{since}", paths.root().display()));
    Ok(0)
}

/// What is shown while it watches.
struct Screen<'a> {
    paths: &'a TimePaths,
    ui: Ui,
    live: StatusLine,
    zone: TimeZone,
    /// What was there before.
    earlier: Vec<Span>,
    works: Vec<Work>,
    working: bool,
}

impl<'a> Screen<'a> {
    fn new(paths: &'a TimePaths, author: &str, ui: Ui) -> Result<Self> {
        let earlier = super::logged(paths, author, wall_clock())?.all();
        let (live, zone) = (ui.live(), TimeZone::system());
        Ok(Self { paths, ui, live, zone, earlier, works: Vec::new(), working: false })
    }

    fn show(&mut self, notice: Notice) {
        match notice {
            Notice::Watching(WatcherInfo { author, how, .. }) => {
                self.status(
                    "Watching",
                    &format!("{} ({how}) for {author}; Ctrl-C ends it", self.paths.root().display()),
                );
                self.refresh();
            }
            Notice::Polling(warning) | Notice::WriteFailed(warning) => self.live.aside(|| self.ui.warning(&warning)),
            Notice::Recovered => self.status("Written", "what could not be written before"),
            Notice::Working(work) => {
                if !std::mem::replace(&mut self.working, true) {
                    let since = super::time_of_day(work.from - Rules::USUAL.before, &self.zone);
                    self.status("Working", &format!("since {since}"));
                }
                self.remember(work);
                self.refresh();
            }
            Notice::Finished(work) => {
                let from = super::time_of_day(work.from - Rules::USUAL.before, &self.zone);
                let to = work.to + Rules::USUAL.after;
                let long = clock(to - work.from + Rules::USUAL.before);
                self.status("Worked", &format!("from {from} to {}, {long}", super::time_of_day(to, &self.zone)));
                self.working = false;
                self.remember(work);
                self.refresh();
            }
        }
    }

    fn status(&self, verb: &str, text: &str) {
        self.live.aside(|| self.ui.status(verb, text));
    }

    fn remember(&mut self, work: Work) {
        match self.works.iter_mut().find(|known| known.id == work.id) {
            Some(known) => *known = work,
            None => self.works.push(work),
        }
    }

    fn refresh(&self) {
        let now = wall_clock();
        let padded = self
            .works
            .iter()
            .filter_map(|work| Span::new(work.from - Rules::USUAL.before, (work.to + Rules::USUAL.after).min(now)));
        let all = span::union(self.earlier.iter().copied().chain(padded));
        let (today, week) = super::today_and_week(&all, now, &self.zone);
        let state = if self.working { "working" } else { "idle" };
        self.live.now(&format!("{state} · today {} · this week {}", clock(today), clock(week)));
    }
}

/// Starts itself once more, without a terminal, and waits until that one watches.
fn in_background(args: &Start, paths: &TimePaths, ui: Ui) -> Result<u8> {
    let failed = |error: std::io::Error| Error::system("cannot start in the background").because(error);
    let stderr_path = paths.file("err");
    let stderr = File::create(&stderr_path).map_err(|error| Error::io("write", &stderr_path, &error))?;
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["time", "start", "--project"]).arg(paths.root());
    if args.poll {
        command.arg("--poll");
    }
    command.current_dir(paths.folder()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    // A Ctrl-C, or the end of this terminal, is not meant for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0000_0008 | 0x0000_0200);
    let mut child = command.spawn().map_err(failed)?;
    let begun = Instant::now();
    loop {
        if let Some(watcher) = paths.announced().filter(|watcher| watcher.pid == child.id()) {
            ui.status("Watching", format_args!("{} ({}) for {}", paths.root().display(), watcher.how, watcher.author));
            let output = fs::read_to_string(&stderr_path).unwrap_or_default();
            let of_warnings =
                |line: &&str| ["warning: ", "caused by: ", "hint: "].iter().any(|word| line.starts_with(word));
            output.lines().filter(of_warnings).for_each(|line| ui.line(line));
            ui.line(format_args!("\n`heavy time status` says how it stands, `heavy time stop` ends it."));
            return Ok(0);
        }
        if let Some(status) = child.try_wait().map_err(failed)? {
            return ended_early(status.success(), paths, ui);
        }
        if begun.elapsed() > PATIENCE {
            return Err(never_began(&mut child, paths));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Two began at once and the other one was first; or it was asked to end; or it could not begin.
fn ended_early(in_order: bool, paths: &TimePaths, ui: Ui) -> Result<u8> {
    if in_order && paths.watcher()?.is_some() {
        return already(paths, ui);
    }
    if in_order {
        ui.status("Stopped", format_args!("watching {}", paths.root().display()));
        return Ok(0);
    }
    let output = fs::read_to_string(paths.file("err")).unwrap_or_default();
    let after = output.lines().skip_while(|line| !line.starts_with("error: "));
    let mut error = Error::system("the process in the background ended at once");
    for (kind, text) in after.filter_map(|line| line.split_once(": ")) {
        match kind {
            "error" => text.clone_into(&mut error.message),
            "hint" => error = error.hint(text),
            _ => error.causes.push(text.to_owned()),
        }
    }
    Err(error)
}

fn never_began(child: &mut Child, paths: &TimePaths) -> Error {
    drop(child.kill());
    Error::system(format!("the process in the background did not begin within {} seconds", PATIENCE.as_secs()))
        .hint(format!("`heavy time start --project {}` shows what it is doing", typed(paths.root())))
}
