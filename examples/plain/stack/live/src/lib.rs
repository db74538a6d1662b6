//! Pages that live on the server: components with hooks, in Rust from the database to the click. Read in this order:
//!
//! 1. [`Cx`]: what a component has while it is rendered: hooks, handlers, other components. [`Ctx`]: what handlers and
//!    effects have. [`State`], [`Event`], [`Browser`], [`Upload`], [`Stream`]: what they work with. [`Command`]: what the
//!    browser does by itself.
//! 2. [`Live`]: all pages of an application, rendered for a GET or connected by a WebSocket, or by `event_stream` where
//!    that does not pass.
//! 3. `page`: a page's components and what their hooks hold. Everything of one page runs in one task, so states need
//!    no locks and nothing can wait for itself.
//! 4. `session`: the life of a connection, from its first message to its end; `protocol`: the messages; `parts`: those
//!    that are too long for one frame; `saved`: the state that travels, signed; `splice`: what changed between two
//!    texts; `patch_targets`: in which elements; `html`: markup as a browser gives it back.
//! 5. `client/`, which becomes [`SCRIPTS`]: the side of the browser.
//! 6. [`broadcast`]: messages between pages, also of other processes. [`observer`]: what the pages do, for logs
//!    and metrics.
//!
//! The first HTML is complete. The script then sends the fingerprint of what it shows and the signed state; the server
//! renders the page again and, where the fingerprints agree, answers with twenty bytes. From then on the browser sends
//! events, and the server sends splices of the HTML.

pub mod broadcast;
mod browser;
mod command;
mod ctx;
mod cx;
mod error;
mod event;
mod event_stream;
mod handler;
mod hash;
mod html;
mod interner;
mod live;
pub mod observer;
mod page;
mod parts;
mod patch_targets;
mod protocol;
mod saved;
mod script;
mod session;
mod socket;
mod splice;
mod state;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod upload;

pub use browser::{Browser, BrowserError};
pub use command::{Command, Target, Text};
pub use ctx::{Ctx, Flash};
pub use cx::Cx;
pub use error::{PageError, Result};
pub use event::{Event, FormError};
pub use handler::{Handler, Outcome};
pub use live::{Builder, Limits, Live, PAGE_COST, Rate, Rendered, Rest, Session, Visit, network};
pub use protocol::CloseReason;
pub use script::SCRIPTS;
pub use state::{Later, Loaded, Reload, State};
pub use stream::{Stream, Window};
pub use upload::{Accept, Chunk, File, Upload, UploadAborted};

/// 128 random bits in hexadecimal.
pub(crate) fn random_hex() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    hex::encode(bytes)
}
