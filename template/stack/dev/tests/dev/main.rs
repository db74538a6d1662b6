//! `cargo dev` as a person meets it: a real program, a real server, a small project of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod against;
{%- if browser_tests %}
mod browser_test;
{%- endif %}
mod db;
mod doctor;
mod editor;
{%- if load %}
mod load;
{%- endif %}
mod migrate;
mod pave;
mod renumber;
#[cfg(unix)]
mod serve;
{%- if test_daemon %}
mod test;
{%- endif %}
mod workbench;
