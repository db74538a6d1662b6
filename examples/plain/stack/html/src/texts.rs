//! The texts of markup, as they are now. Only development builds have this.

use std::{
    collections::HashMap,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::watch;
use upstream_maud::Render;

/// A text in the source of a page.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The file, from the project's folder.
    pub file: &'static str,
    /// From 1.
    pub line: u32,
    /// From 0, in characters.
    pub column: u32,
    /// What it was when this was compiled.
    pub text: &'static str,
}

impl Render for Text {
    fn render_to(&self, buffer: &mut String) {
        let texts = TEXTS.borrow();
        let changed = (!texts.is_empty())
            .then(|| {
                texts
                    .get(&(self.line, self.column))?
                    .iter()
                    .find(|change| change.is_of(self))
            })
            .flatten();
        match changed {
            Some(change) => change.new.render_to(buffer),
            None => self.text.render_to(buffer),
        }
    }
}

/// A text that reads otherwise by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, from the project's folder.
    pub file: String,
    /// As in [`Text`].
    pub line: u32,
    /// As in [`Text`].
    pub column: u32,
    /// What it was. A program that was built of another source has other texts at these places, which stay.
    pub old: String,
    /// What it is.
    pub new: String,
}

impl Change {
    fn is_of(&self, text: &Text) -> bool {
        self.file == text.file && self.old == text.text
    }
}

/// By line and column.
type Texts = HashMap<(u32, u32), Vec<Change>>;

static TEXTS: LazyLock<watch::Sender<Texts>> = LazyLock::new(watch::Sender::default);

/// How often they were set.
static VERSION: AtomicU64 = AtomicU64::new(0);

/// From now on these texts read otherwise, and no others.
pub fn set(changes: impl IntoIterator<Item = Change>) {
    let mut texts = Texts::new();
    for change in changes {
        let key = (change.line, change.column);
        texts.entry(key).or_default().push(change);
    }
    TEXTS.send_if_modified(|now| {
        let differ = *now != texts;
        if differ {
            *now = texts;
            VERSION.fetch_add(1, Ordering::SeqCst);
        }
        differ
    });
}

/// How often texts have changed. What is rendered after a version was read is at least as new.
pub fn version() -> u64 {
    VERSION.load(Ordering::SeqCst)
}

/// Tells of every [`set`] from now on.
pub fn subscribe() -> Subscription {
    Subscription(TEXTS.subscribe())
}

/// See [`subscribe`].
#[derive(Debug)]
pub struct Subscription(watch::Receiver<Texts>);

impl Subscription {
    /// Ready when texts have changed. Nothing is lost if the future is dropped.
    pub async fn changed(&mut self) {
        // Its sender is there as long as the program.
        self.0.changed().await.ok();
    }
}
