//! From lines to steps, and steps against servers that answer this or that.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hostile;
#[cfg(feature = "play")]
mod playing;
mod scripts;

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
