//! Keys while the application runs: a letter, then Enter.

use std::io::{IsTerminal as _, stdin};
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::ui;

const HELP: &str = "  r  builds and starts the program again
  o  opens the browser
  p  deletes the data of the development database, and creates it again from `schema/`
  h  shows this
  q  quits, as Ctrl-C does";

const QUESTION: &str = "this deletes all data of the development database, and creates it again from `schema/`; \
     type y and Enter to go on, anything else leaves it as it is";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Restart,
    Pave,
    Open,
}

pub(super) struct Keys {
    keys: mpsc::UnboundedReceiver<Key>,
    /// Notified by `q`, which does not wait for the keys before it.
    pub(super) quit: Arc<Notify>,
}

impl Keys {
    /// Listens, if `wanted` and if standard input is a terminal.
    pub(super) fn listen(wanted: bool) -> Self {
        let (sender, keys) = mpsc::unbounded_channel();
        let quit = Arc::new(Notify::new());
        if wanted && stdin().is_terminal() {
            ui::say("type h and Enter for help");
            let quit = Arc::clone(&quit);
            // A thread, because reading a terminal cannot be cancelled.
            std::thread::spawn(move || read(&sender, &quit));
        }
        Self { keys, quit }
    }

    /// The next key; never, if nobody can type.
    pub(super) async fn next(&mut self) -> Key {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

fn read(keys: &mpsc::UnboundedSender<Key>, quit: &Notify) {
    let mut asked = false;
    while let Some(line) = terminal::next_line() {
        let sent = match meaning(line.trim(), &mut asked) {
            Meaning::Key(key) => keys.send(key).is_ok(),
            Meaning::Say(text) => {
                ui::say(&text);
                true
            }
            Meaning::Nothing => true,
            Meaning::Quit => {
                quit.notify_one();
                false
            }
        };
        if !sent {
            return;
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Key(Key),
    Say(String),
    Nothing,
    Quit,
}

/// What a line means; `asked` is whether it answers the question of `p`.
fn meaning(line: &str, asked: &mut bool) -> Meaning {
    if std::mem::take(asked) {
        return match line {
            "y" | "yes" => Meaning::Key(Key::Pave),
            _ => Meaning::Say("the database is left as it is".to_owned()),
        };
    }
    match line {
        "r" => Meaning::Key(Key::Restart),
        "o" => Meaning::Key(Key::Open),
        "p" => {
            *asked = true;
            Meaning::Say(QUESTION.to_owned())
        }
        "h" | "?" => Meaning::Say(HELP.to_owned()),
        "q" => Meaning::Quit,
        "" => Meaning::Nothing,
        other => Meaning::Say(format!("`{other}` is no key\n{HELP}")),
    }
}

/// Reading the terminal, only while this process may.
#[cfg(unix)]
mod terminal {
    use std::io::stdin;
    use std::thread::sleep;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::getpgrp;
    use rustix::termios::tcgetpgrp;

    const PAUSE: Duration = Duration::from_millis(200);

    /// The next line; none at the end of the terminal. In the background (`cargo dev &`) it waits: reading there would
    /// stop the whole process (SIGTTIN).
    pub(super) fn next_line() -> Option<String> {
        loop {
            if !is_in_foreground() {
                sleep(PAUSE);
                continue;
            }
            let stdin = stdin();
            let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
            let limit = Timespec::try_from(PAUSE).ok();
            let ready = poll(&mut waiting, limit.as_ref()).is_ok_and(|ready| ready > 0);
            if ready && is_in_foreground() {
                break;
            }
        }
        let mut line = String::new();
        stdin().read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line)
    }

    fn is_in_foreground() -> bool {
        // Without an answer the terminal is gone, which reading tells.
        tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
    }
}

#[cfg(not(unix))]
mod terminal {
    pub(super) fn next_line() -> Option<String> {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line).ok();
        read.filter(|read| *read > 0).map(|_| line)
    }
}
