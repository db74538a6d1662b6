//! Keys while the application runs: a letter, then Enter.

use std::io::{IsTerminal as _, stdin};
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::ui;

const HELP: &str =
    "type r to restart, o to open the browser, p to pave the database, q to quit; then Enter";

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
            ui::say(HELP);
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
    for line in stdin().lines().map_while(Result::ok) {
        let key = match line.trim() {
            "r" => Key::Restart,
            "p" => Key::Pave,
            "o" => Key::Open,
            "q" => {
                quit.notify_one();
                return;
            }
            _ => continue,
        };
        if keys.send(key).is_err() {
            return;
        }
    }
}
