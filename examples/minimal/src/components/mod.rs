//! Pieces of HTML that several pages are made of.

pub mod date;
pub mod form;
pub mod note_card;
