//! The library behind `heavy`.

pub mod answers;
pub mod archive;
pub mod cli;
pub mod commands;
pub mod dialect;
pub mod error;
pub mod hooks;
pub mod lint;
pub mod lockfile;
pub mod lockgen;
pub mod manifest;
pub mod name;
pub mod plan;
pub mod project;
pub mod prompt;
pub mod render;
pub mod source;
pub mod stamp;
pub mod suggest;
pub mod template;
pub mod tree;
pub mod ui;
