//! Events of a visitor → steps, one by one.

use std::{collections::HashMap, time::Duration};

use serde_json::Value;

use crate::{
    form,
    pattern::Pattern,
    recording::{Event, EventKind, Visitor},
    responses::{CallResult, Responses},
    step::{Action, Body, Message, MessageKind, Request, Step, UploadFile},
    step_names::StepNames,
};

/// The longest think time; a longer pause is taken for an interruption.
const MAX_THINK: Duration = Duration::from_secs(60);
/// A request that comes this soon after a redirect, in microseconds, follows it.
const FOLLOWS_WITHIN: u64 = 5_000_000;

pub(super) struct ScriptBuilder {
    responses: Responses,
    names: StepNames,
    steps: Vec<Step>,
    /// Live connection → path of its page. A connection that is not in it began before the recording.
    pages: HashMap<u64, String>,
    /// When the last step was over, in microseconds.
    ended: u64,
}

/// A step without its think time.
struct Draft {
    name: String,
    action: Action,
    /// When the response was there, in microseconds.
    ended: u64,
}

impl ScriptBuilder {
    pub(super) fn new(responses: Responses) -> Self {
        Self {
            responses,
            names: StepNames::default(),
            steps: Vec::new(),
            pages: HashMap::new(),
            ended: 0,
        }
    }

    /// Steps, their names, and what browsers returned to calls.
    pub(super) fn finish(self) -> (Vec<Step>, Vec<String>, Vec<CallResult>) {
        (
            self.steps,
            self.names.into_vec(),
            self.responses.call_results,
        )
    }

    /// Adds the step that an event is, if it is one.
    pub(super) fn event(
        &mut self,
        visitor: &Visitor,
        index: usize,
        event: &Event,
    ) -> Result<(), String> {
        let draft = match &event.kind {
            EventKind::Request { .. } => request(visitor, index, event)?,
            EventKind::ClientMessage(connection, message) => {
                self.message(*connection, index, message)?
            }
            EventKind::ServerMessage(connection, message) => {
                if let Some(url) = message["u"][0].as_str() {
                    self.pages.insert(*connection, Pattern::of(url).path_name());
                }
                None
            }
            EventKind::UploadChunk(_) => None,
        };
        let Some(draft) = draft else {
            return Ok(());
        };
        let think = if self.steps.is_empty() {
            Duration::ZERO
        } else {
            Duration::from_micros(event.began.saturating_sub(self.ended)).min(MAX_THINK)
        };
        self.ended = self.ended.max(draft.ended);
        let before = self.steps.last().map(|step| &step.action);
        self.steps.push(Step {
            line: event.line,
            name: self.names.index(draft.name),
            think,
            is_automatic: is_automatic(&draft.action, before),
            action: draft.action,
        });
        Ok(())
    }

    fn message(
        &mut self,
        connection: u64,
        index: usize,
        message: &Value,
    ) -> Result<Option<Draft>, String> {
        let response = self.responses.to(index);
        let kind = message[0]
            .as_str()
            .ok_or("a message is not an array with a name")?;
        if kind == "join" {
            let url = url_pattern(&message[1]["url"])?;
            self.pages.insert(connection, url.path_name());
            return Ok(Some(Draft {
                name: format!("live {}", url.path_name()),
                action: Action::Connect {
                    connection,
                    url,
                    reconnect: message[1]["again"].as_bool().unwrap_or_default(),
                    time_zone: message[1]["tz"].as_str().map(str::to_owned),
                    expect: response.outcome,
                },
                ended: response.at,
            }));
        }
        let Some(page) = self.pages.get(&connection) else {
            return Ok(None);
        };
        let (name, kind) = match kind {
            "ev" => event_message(message, page)?,
            "nav" => {
                let url = url_pattern(&message[2])?;
                let mode = text(&message[3], "a mode")?;
                let page = url.path_name();
                self.pages.insert(connection, page.clone());
                (format!("go to {page}"), MessageKind::Navigate { url, mode })
            }
            "up" if response.cancelled => return Ok(None),
            "up" => {
                let handler = Pattern::of(&text(&message[2], "a handler")?);
                let files = upload_files(&message[5])?;
                let kind = MessageKind::Upload { handler, files };
                (format!("upload on {page}"), kind)
            }
            // Each user sends these by itself, when they are due.
            "ret" | "upx" | "ping" | "warn" => return Ok(None),
            other => return Err(format!("unknown message `{}`", other.escape_default())),
        };
        Ok(Some(Draft {
            name,
            action: Action::Message(Message {
                connection,
                kind,
                expect: response.outcome,
            }),
            ended: response.at,
        }))
    }
}

/// Whether the browser does this by itself after what was before.
fn is_automatic(action: &Action, before: Option<&Action>) -> bool {
    match action {
        Action::Connect { .. } | Action::Disconnect(_) => true,
        Action::Message(_) => false,
        Action::Request(request) => {
            let follows =
                matches!(before, Some(Action::Request(before)) if before.redirect.is_some());
            request.method == "GET" && (follows || request.target.is_asset())
        }
    }
}

fn request(visitor: &Visitor, index: usize, event: &Event) -> Result<Option<Draft>, String> {
    let EventKind::Request {
        method,
        target,
        status,
        body,
    } = &event.kind
    else {
        return Ok(None);
    };
    // The first message of a connection opens it.
    if *status == 101 {
        return Ok(None);
    }
    let is_redirect = matches!(status, 301..=303 | 307 | 308);
    let target = Pattern::of(target);
    Ok(Some(Draft {
        name: format!("{method} {}", target.path_name()),
        action: Action::Request(Request {
            method: method.clone(),
            target,
            body: body.as_deref().map_or(Body::None, parse_body),
            status: *status,
            redirect: is_redirect
                .then(|| redirect_target(visitor, index, event.ended))
                .flatten(),
        }),
        ended: event.ended,
    }))
}

/// Where a redirect led: what the visitor requested right after it.
fn redirect_target(visitor: &Visitor, index: usize, ended: u64) -> Option<Pattern> {
    let is_request = |event: &&Event| matches!(event.kind, EventKind::Request { .. });
    let next = visitor.events[index + 1..].iter().find(is_request)?;
    match &next.kind {
        EventKind::Request { method, target, .. }
            if method == "GET" && next.began <= ended.saturating_add(FOLLOWS_WITHIN) =>
        {
            Some(Pattern::of(target))
        }
        _ => None,
    }
}

fn parse_body(body: &str) -> Body {
    if body.trim_start().starts_with(['{', '[', '"'])
        && let Ok(json) = serde_json::from_str(body)
    {
        return Body::Json(json);
    }
    Body::Form(form::decode(body))
}

fn event_message(message: &Value, page: &str) -> Result<(String, MessageKind), String> {
    let handler = Pattern::of(&text(&message[3], "a handler")?);
    let event = text(&message[4], "a type")?;
    let payload = message[5].clone();
    let control = payload["name"]
        .as_str()
        .map_or_else(|| handler.handler_name(), str::to_owned);
    let name = format!("{event} {control} on {page}");
    let kind = MessageKind::Event {
        handler,
        event,
        payload,
    };
    Ok((name, kind))
}

fn upload_files(files: &Value) -> Result<Vec<UploadFile>, String> {
    serde_json::from_value(files.clone())
        .map_err(|error| format!("an upload's files cannot be read: {error}"))
}

fn url_pattern(value: &Value) -> Result<Pattern, String> {
    let url = text(value, "a URL")?;
    Ok(Pattern::of(url.split('#').next().unwrap_or_default()))
}

fn text(value: &Value, what: &str) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("a message without {what}"))
}
