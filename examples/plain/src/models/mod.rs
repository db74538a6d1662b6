//! What the application is about, as types.
//!
//! Text from outside becomes one of these types by its `parse`, which is the only way to make one:
//! where a function takes an [`Email`], nobody has to ask again whether it is one.

mod email;
mod id;
mod note;
mod password;
mod phone;
mod session;
mod text;
mod user;
mod version;

pub use email::Email;
pub use id::{NoteId, UserId};
pub use note::{Note, NoteBody, NoteDraft, NoteTitle};
pub use password::{Password, PasswordHash};
pub use phone::Phone;
pub use session::{SessionToken, TokenDigest};
pub use stack_web::{
    fields::{FieldError, FieldErrors, Invalid},
    input,
};
pub use user::{DisplayName, Registration, User};
pub use version::Version;
