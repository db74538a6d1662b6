//! HAR files, as the network tab of a browser saves them → what the visitor did. <http://www.softwareishard.com/blog/har-12-spec/>
//!
//! A browser hides no passwords in them: they are taken out here, as in a recording of the application's own. Messages of live pages
//! are in them where the browser writes those of WebSockets down (Chromium does).

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::{Event, EventKind, Recording, Visitor};
use crate::{Error, form, pattern::REDACTED};

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: String,
    /// In milliseconds.
    #[serde(default)]
    time: f64,
    request: Request,
    response: Response,
    #[serde(rename = "_webSocketMessages", default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    params: Vec<Param>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: i64,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    direction: String,
    /// In seconds since 1970.
    time: f64,
    data: String,
}

pub(super) fn read(input: impl BufRead) -> Result<Recording, Error> {
    let har: Har = serde_json::from_reader(input)
        .map_err(|error| Error::new(format!("the HAR file cannot be read: {error}")))?;
    let mut entries = Vec::new();
    for (number, entry) in har.log.entries.into_iter().enumerate() {
        let at = |why: String| Error::new(format!("entry {} of the HAR file: {why}", number + 1));
        let url = Url::parse(&entry.request.url).map_err(|error| at(error.to_string()))?;
        let began = OffsetDateTime::parse(&entry.started_date_time, &Rfc3339)
            .map_err(|error| at(error.to_string()))?;
        let micros = began.unix_timestamp_nanos() / 1000;
        entries.push((
            number + 1,
            u64::try_from(micros).unwrap_or_default(),
            url,
            entry,
        ));
    }
    // Other sites are not what is loaded. The first page is the one that is.
    let site = entries
        .iter()
        .find(|(.., url, _)| url.scheme().starts_with("http"));
    let Some(site) = site.map(|(.., url, _)| place(url)) else {
        return Err(Error::new("the HAR file has no request"));
    };
    let mut events = Vec::new();
    for (number, began, url, entry) in entries {
        if place(&url) == site {
            events.extend(entry_events(number, began, &url, entry));
        }
    }
    events.sort_by_key(|event| (event.began, event.line));
    let visitor = Visitor {
        id: "1".to_owned(),
        events,
    };
    Ok(Recording {
        visitors: vec![visitor],
        dropped: 0,
    })
}

/// Host and port, the same for `https` and `wss`.
fn place(url: &Url) -> (Option<String>, Option<u16>) {
    let host = url.host_str().map(str::to_owned);
    (host, url.port_or_known_default())
}

/// What an entry was; nothing if it was never sent, or came out of the browser's cache.
fn entry_events(number: usize, began: u64, url: &Url, entry: Entry) -> Vec<Event> {
    let connection = number as u64;
    if !entry.messages.is_empty() || entry.response.status == 101 {
        let messages = entry.messages.into_iter();
        return messages
            .filter_map(|message| live_message(number, connection, &message))
            .collect();
    }
    let Ok(status) = u16::try_from(entry.response.status) else {
        return Vec::new();
    };
    if status == 0 {
        return Vec::new();
    }
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let took = (entry.time.max(0.0) * 1000.0) as u64;
    vec![Event {
        line: number,
        began,
        ended: began.saturating_add(took),
        kind: EventKind::Request {
            method: entry.request.method,
            target,
            status,
            body: entry.request.post_data.map(body),
        },
    }]
}

fn live_message(number: usize, connection: u64, message: &Message) -> Option<Event> {
    // Parts of long messages and of uploads are no JSON.
    let json: Value = serde_json::from_str(&message.data).ok()?;
    let at = (message.time.max(0.0) * 1e6) as u64;
    let kind = match message.direction.as_str() {
        "send" => EventKind::ClientMessage(connection, json),
        _ => EventKind::ServerMessage(connection, json),
    };
    Some(Event {
        line: number,
        began: at,
        ended: at,
        kind,
    })
}

/// What was sent, without passwords.
fn body(data: PostData) -> String {
    if data.mime_type.contains("json") {
        let Ok(mut json) = serde_json::from_str::<Value>(&data.text) else {
            return data.text;
        };
        for (name, value) in json.as_object_mut().into_iter().flatten() {
            if form::is_password(name) {
                *value = REDACTED.into();
            }
        }
        return json.to_string();
    }
    let fields = if data.params.is_empty() {
        form::decode(&data.text)
    } else {
        let params = data.params.into_iter();
        params.map(|param| (param.name, param.value)).collect()
    };
    let redacted = fields.into_iter().map(|(name, value)| {
        let is_secret = form::is_password(&name);
        (
            name,
            if is_secret {
                REDACTED.to_owned()
            } else {
                value
            },
        )
    });
    form::encode(&redacted.collect::<Vec<_>>())
}
