//! HTTP: the JSON handlers, and what they and the pages know of a client.
//!
//! What handlers take from a request in any application is in [`stack_web`]: `ApiJson`, `Key`, `PageQuery`, `Cookies`,
//! `ClientIp`. Ours: [`CurrentUser`](current_user::CurrentUser).

pub mod assets;
pub mod cookies;
pub mod current_user;
pub mod notes;
pub mod session;
pub mod users;
