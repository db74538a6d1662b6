//! Messages of live pages, with this user's values in them.

use serde_json::{Map, Value};

use super::{Abort, User};
use crate::{
    html::{self, EventTarget},
    pattern::REDACTED,
    step::{Message, MessageKind, UploadFile},
    variables::{Pages, Variables},
};

/// A message as this user sends it.
pub(super) enum FilledMessage {
    Event {
        handler: String,
        event: String,
        payload: Value,
    },
    Navigate {
        url: String,
        mode: String,
    },
    Upload {
        handler: String,
        files: Vec<UploadFile>,
    },
}

impl User {
    pub(super) fn fill_in_message(&mut self, message: &Message) -> Result<FilledMessage, Abort> {
        let pages = self.browser.pages_with(Some(message.connection));
        fill_in(&mut self.variables, &message.kind, &pages)
            .map_err(|what| format!("expected {what}, found none").into())
    }
}

/// Errors are what was looked for and not found.
fn fill_in(
    variables: &mut Variables,
    message: &MessageKind,
    pages: &Pages<'_>,
) -> Result<FilledMessage, String> {
    Ok(match message {
        MessageKind::Event {
            handler,
            event,
            payload,
        } => {
            let handler = variables.handler(handler, event, pages)?;
            let mut payload = payload.clone();
            if let Some(payload) = payload.as_object_mut() {
                fill_in_payload(variables, payload, event, &handler, pages)?;
            }
            FilledMessage::Event {
                handler,
                event: event.clone(),
                payload,
            }
        }
        MessageKind::Navigate { url, mode } => FilledMessage::Navigate {
            url: variables.text(url, pages)?,
            mode: mode.clone(),
        },
        MessageKind::Upload { handler, files } => FilledMessage::Upload {
            handler: variables.handler(handler, "upload", pages)?,
            files: files.clone(),
        },
    })
}

fn fill_in_payload(
    variables: &mut Variables,
    payload: &mut Map<String, Value>,
    event: &str,
    handler: &str,
    pages: &Pages<'_>,
) -> Result<(), String> {
    let target = event_target(payload, event, handler, pages);
    if let Some(data) = payload.get_mut("data")
        && let Some(target) = &target
    {
        *data = Value::Object(target.data.clone());
    }
    let action = target.and_then(|target| target.action).unwrap_or_default();
    let fields = payload.get_mut("fields").and_then(Value::as_array_mut);
    for field in fields.into_iter().flatten() {
        if let (Some(name), Some(recorded)) = (field[0].as_str(), field[1].as_str()) {
            let value = variables.field(name, recorded, &action, pages)?;
            field[1] = Value::from(value);
        }
    }
    let name = payload.get("name").and_then(Value::as_str);
    let name = name.unwrap_or_default().to_owned();
    let value = payload.get("value").and_then(Value::as_str);
    let own = match value {
        Some(REDACTED) => Some(variables.field(&name, REDACTED, "", pages)?),
        Some(recorded) => Some(
            variables
                .set(&name)
                .unwrap_or_else(|| variables.value(recorded)),
        ),
        None => variables.set(&name),
    };
    if let Some(own) = own {
        payload.insert("value".into(), Value::from(own));
    }
    Ok(())
}

/// The element that the event happens on, if something of it is sent. It is on the first of the pages.
fn event_target(
    payload: &Map<String, Value>,
    event: &str,
    handler: &str,
    pages: &Pages<'_>,
) -> Option<EventTarget> {
    let recorded = payload.get("data").and_then(Value::as_object);
    if recorded.is_none() && !payload.contains_key("fields") {
        return None;
    }
    html::event_target(pages.first()?, event, handler, recorded)
}
