//! The library behind `heavy`: a tour.
//!
//! `heavy new` is a way down, and each layer knows only those below it (`layers.rs` has every module, and is a test):
//!
//! ```text
//! main → commands → { adopt, inspect, table, time } → plan → source → project → { prompt, ui, cli } → transition → lint
//!      → { lockfile, stamp, render, merge, lockgen } → hooks → answers → template → manifest
//!      → { tree, name, disk, … } → error
//! ```
//!
//! 1. [`cli`] is what can be typed, as types; its doc comments are the help.
//! 2. [`commands`] has one file for each command: what was typed, what it means, and the report. The next four do its
//!    work outside:
//!    - [`source`] finds a template: in the binary, in a folder, in a git repository; the newest version ([`source::target`]),
//!      and by its stamp the one that a project was made from ([`source::base`]). All it writes is a cache ([`source::cache`]).
//!    - [`prompt`] is the only module that asks, [`ui`] the only one that prints.
//!    - [`plan`] is the only writer of a project. A [`plan::Plan`] says what will be written; applying it happens in
//!      full or not at all, whatever error, Ctrl-C or kill comes between ([`disk::journal`], [`plan::stage`]).
//!      [`plan::moves`] does the same to a project that exists, and takes it back.
//!    - [`project`] is a project on disk: its git repository, `cargo` in it.
//! 3. Below that nothing prints, asks, or looks at disk, network, environment or clock:
//!    - [`transition`](mod@transition) is the one operation behind every move: base, ours and theirs → what to write;
//!      [`merge`](mod@merge) is its three-way merge of trees.
//!    - [`template`] is what a template asks for ([`manifest`]) and its files; [`answers`] is what was answered,
//!      parsed, so that a bad answer or name ([`name`]) cannot exist.
//!    - [`render`](mod@render) makes a project of the two, and runs the template's [`hooks`] around it.
//!    - [`tree`] is a project as a value: relative paths that cannot leave it, and what stands at them.
//!    - [`lockfile`] is `heavy.toml` in a project: template, version, [`stamp`] and answers.
//!
//! [`pack`] lays features from somebody else over a rendered template.
//!
//! [`table`](mod@table) makes a new table of a project: files of its own, and single lines for files that are there.
//!
//! [`inspect`](mod@inspect) reads routes and tables from a project's source, and writes the skill for coding agents.
//!
//! [`time`](mod@time) turns changes of files into spans of work, signed entries and reports.
//!
//! [`notes`](mod@notes) are what a version says to those who come to it, and [`codemods`] rewrite their code by what it renamed.
//!
//! [`adopt`] finds the version and the answers that a project without a `heavy.toml` fits.
//!
//! For authors of templates there are [`lint`](mod@lint), the rules of the shared [`dialect`] that cargo-generate
//! renders identically; [`stamp`]; and [`lockgen`], which makes one `Cargo.lock` of those for every combination of
//! features. [`weight`](mod@weight) measures what a feature adds. [`archive`] is a tree as one file: build.rs packs the template into the binary with it.
//!
//! Every failure is an [`error::Error`]: a kind, which is the exit code, causes, and hints that can be typed.

pub mod adopt;
pub mod answers;
pub mod archive;
pub mod cli;
pub mod codemods;
pub mod commands;
pub mod dialect;
pub mod diff;
pub mod disk;
pub mod error;
pub mod hidden;
pub mod hooks;
pub mod inspect;
pub mod lint;
pub mod lockfile;
pub mod lockgen;
pub mod manifest;
pub mod merge;
pub mod name;
pub mod name_references;
pub mod notes;
pub mod pack;
pub mod plan;
pub mod project;
pub mod prompt;
pub mod render;
pub mod snapshot;
pub mod source;
pub mod stamp;
pub mod suggest;
pub mod table;
pub mod template;
pub mod time;
pub mod transition;
pub mod tree;
pub mod ui;
pub mod value;
pub mod version;
pub mod weight;

#[cfg(test)]
mod layers;
