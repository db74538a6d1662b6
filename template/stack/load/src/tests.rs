//! Recordings → scripts, and users against small servers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[cfg(feature = "play")]
mod bad_servers;
#[cfg(feature = "play")]
mod control_page;
#[cfg(all(feature = "play", unix))]
mod hanging_server;
mod har;
#[cfg(feature = "play")]
mod open_loop;
#[cfg(feature = "play")]
mod pages;
mod patterns;
mod plans;
#[cfg(feature = "play")]
mod playing;
mod recordings;
#[cfg(feature = "play")]
mod results;
mod scripts;
mod targets;
#[cfg(feature = "play")]
mod tls;
#[cfg(feature = "play")]
mod variables;

use serde_json::{Value, json};

use crate::{Recording, Script};

/// A recording with these lines after its header.
pub(crate) fn recording(lines: &[Value]) -> Recording {
    let mut text = String::from("{\"recording\":1,\"started\":\"2026-01-31T12:00:00Z\"}\n");
    for line in lines {
        text.push_str(&format!("{line}\n"));
    }
    Recording::read(text.as_bytes()).unwrap()
}

pub(crate) fn script(lines: &[Value]) -> Script {
    Script::of(recording(lines).choose(None).unwrap()).unwrap()
}

pub(crate) fn http(at: u64, method: &str, target: &str, status: u16) -> Value {
    json!({ "at": at, "kind": "http", "direction": "in", "method": method, "target": target, "status": status, "duration": 10 })
}

pub(crate) fn form(at: u64, target: &str, status: u16, body: &str) -> Value {
    let mut line = http(at, "POST", target, status);
    line["body"] = body.into();
    line
}

/// A message on connection 1; `in` is the browser's.
pub(crate) fn live(at: u64, direction: &str, message: Value) -> Value {
    json!({ "at": at, "kind": "live", "connection": 1, "direction": direction, "message": message })
}

pub(crate) fn names(script: &Script) -> Vec<&str> {
    script.steps.iter().map(|step| script.name(step)).collect()
}
