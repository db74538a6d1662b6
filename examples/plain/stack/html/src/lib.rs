//! [maud](https://maud.lambda.xyz/), under the same name. In development builds `html!` looks up its texts, so that
//! `cargo dev` can change them while the program runs. A release build is maud and nothing else.

pub use upstream_maud::*;

#[cfg(debug_assertions)]
pub mod texts;

#[cfg(debug_assertions)]
pub use stack_html_macros::html;
/// What `html!` of this crate expands to.
#[cfg(debug_assertions)]
#[doc(hidden)]
pub use upstream_maud::html as maud_html;
