//! HTML pages. The server renders them completely, so they can be read without JavaScript.
//!
//! There is one file per group of pages. [`layout`] has the frame of every page, [`visitor`] the logged-in user,
//! [`components`](crate::components) reusable pieces. The response to a form is a redirect; if the input is rejected, it is
//! the form with its errors, and the status 422 or 409.

pub mod account;
pub mod confirmation;
pub mod context;
pub mod dev_mail;
pub mod error;
pub mod flash;
pub mod forgot_password;
pub mod home;
pub mod layout;
pub mod live;
pub mod mailed_link;
pub mod notes;
pub mod reset_password;
pub mod settings;
pub mod visitor;
