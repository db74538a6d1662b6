//! What is typed while the application runs: a letter, then Enter.

use std::io::{IsTerminal as _, stdin};

use tokio::sync::{mpsc, oneshot};

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
    quit: Option<oneshot::Receiver<()>>,
}

impl Keys {
    /// Listens, if somebody is there who can type and there is something to ask for.
    pub(super) fn listen(wanted: bool) -> Self {
        let (sender, keys) = mpsc::unbounded_channel();
        let (end, quit) = oneshot::channel();
        if wanted && stdin().is_terminal() {
            ui::say(HELP);
            // A thread, because reading a terminal cannot be given up.
            std::thread::spawn(move || read(&sender, end));
        }
        Self {
            keys,
            quit: Some(quit),
        }
    }

    /// Ready when somebody has had enough, which need not wait for its turn.
    pub(super) fn quit(&mut self) -> impl Future<Output = ()> + use<> {
        let quit = self.quit.take();
        async move {
            let quit = match quit {
                Some(quit) => quit.await.is_ok(),
                None => false,
            };
            if !quit {
                std::future::pending::<()>().await;
            }
        }
    }

    /// The next one; never, if nobody can type.
    pub(super) async fn next(&mut self) -> Key {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

fn read(keys: &mpsc::UnboundedSender<Key>, quit: oneshot::Sender<()>) {
    for line in stdin().lines().map_while(Result::ok) {
        let key = match line.trim() {
            "r" => Key::Restart,
            "p" => Key::Pave,
            "o" => Key::Open,
            "q" => {
                quit.send(()).ok();
                return;
            }
            _ => continue,
        };
        if keys.send(key).is_err() {
            return;
        }
    }
}
