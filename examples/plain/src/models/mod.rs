//! The domain types.
//!
//! A type that has rules can only be created by its `parse`, which validates. So a function that takes an [`Email`] need
//! not validate it again.

mod client_info;
mod email;
mod id;
mod note;
mod owner;
mod password;
mod security_event;
mod session;
mod text;
mod token;
mod user;
mod version;

pub use client_info::{ClientInfo, UserAgent};
pub use email::Email;
pub use id::{NoteId, SecurityEventId, SessionId, UserId};
pub use note::{Note, NoteBody, NoteDraft, NoteSummary, NoteTitle};
pub use owner::Owner;
pub use password::{Password, PasswordHash};
pub use security_event::{EventKind, Outcome, SecurityEvent};
pub use session::{Session, SessionToken};
pub use stack_web::{
    fields::{FieldError, FieldErrors, Invalid},
    input,
};
pub use token::{LinkPurpose, LinkToken, TokenDigest};
pub use user::{DisplayName, Registration, User};
pub use version::Version;
