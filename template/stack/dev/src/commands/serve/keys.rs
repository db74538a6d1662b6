//! What is typed while the application runs: a letter, then Enter.

use std::io::{IsTerminal as _, stdin};

use tokio::sync::mpsc;

use crate::ui;

pub(super) enum Key {
    Restart,
    Pave,
    Open,
    Quit,
}

pub(super) struct Keys(mpsc::UnboundedReceiver<Key>);

impl Keys {
    /// Listens, if somebody is there who can type.
    pub(super) fn listen() -> Self {
        let (sender, keys) = mpsc::unbounded_channel();
        if stdin().is_terminal() {
            ui::say(
                "type r to restart, o to open the browser, p to pave the database, q to quit; then Enter",
            );
            // A thread, because reading a terminal cannot be given up.
            std::thread::spawn(move || {
                for line in stdin().lines().map_while(Result::ok) {
                    let key = match line.trim() {
                        "r" => Key::Restart,
                        "p" => Key::Pave,
                        "o" => Key::Open,
                        "q" => Key::Quit,
                        _ => continue,
                    };
                    if sender.send(key).is_err() {
                        return;
                    }
                }
            });
        }
        Self(keys)
    }

    /// The next one; never, if nobody can type.
    pub(super) async fn next(&mut self) -> Key {
        match self.0.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}
