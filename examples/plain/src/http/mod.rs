//! The JSON API, and the cookies and assets that the pages use too.
//!
//! The extractors `ApiJson`, `Key`, `PageQuery`, `Cookies` and `ClientIp` are in [`stack_web`];
//! [`CurrentUser`](current_user::CurrentUser) is the application's own.

pub mod assets;
pub mod client_info;
pub mod cookies;
pub mod current_user;
pub mod limits;
pub mod notes;
pub mod security_txt;
pub mod session;
pub mod users;
