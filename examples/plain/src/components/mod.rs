//! Pieces of HTML that several pages are made of. The page `/components` shows them all, and its code is there to be
//! copied.
//!
//! Most are functions that give markup, or small structs that go into markup as they are: `(Button::new("Save"))`.
//! What does something takes the [`Handler`](stack_live::Handler) of the page that it is on. What has a state of its
//! own is a component: `(cx.child(expandable, …).await?)`.

pub mod button;
pub mod date;
pub mod dialog;
pub mod expandable;
pub mod field;
pub mod form;
pub mod input;
pub mod layout;
pub mod link;
pub mod note_card;
pub mod pager;
pub mod progress;
pub mod section;
pub mod table;
pub mod toast;
