//! From what a visitor did to what each user does: a pure function of a recording, and one that reads it from a file.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::BufReader,
    path::Path,
    time::Duration,
};

use serde_json::Value;

use crate::{
    Error,
    answers::Answers,
    names::Names,
    recording::{self, Event, Recording, Visitor},
    shape::{REDACTED, Shape},
    step::{Action, Body, Message, Outcome, Request, Step, What},
};

/// A longer pause was no thinking.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A request that comes so soon after a redirect is where it led.
const FOLLOWS: u64 = 5_000_000;

/// What each user does.
#[derive(Clone, Debug)]
pub struct Script {
    /// All of it.
    pub steps: Vec<Step>,
    /// Where a round begins after the first: what comes before makes an account or logs in, once a user. 0 if every round
    /// is that of a new visitor.
    pub again_from: usize,
    /// What the steps are called.
    pub names: Vec<String>,
    /// Whether something in it is found in the pages that a user is given, so that these are kept.
    pub reads_pages: bool,
    /// Whether there are live pages in it.
    pub has_live_pages: bool,
    /// What browsers answered to calls of live pages.
    pub calls: Vec<(Value, bool, Value)>,
}

impl Script {
    /// What a visitor of the recording in this file did, chosen as by [`Recording::choose`]; and the recording.
    ///
    /// # Errors
    /// If it cannot be read, or there is nothing to play; with the name of the file.
    pub fn open(file: &Path, connection: Option<&str>) -> Result<(Recording, Self), Error> {
        let name = file.display();
        let named = |error| Error::new(format!("`{name}`: {error}"));
        let opened = File::open(file).map_err(|error| {
            Error::new(format!("cannot read `{name}`: {error}"))
                .hint("`cargo dev record` writes a recording; one is in the project: `cargo dev load load/demo.jsonl`")
        })?;
        let recording = Recording::read(BufReader::new(opened)).map_err(named)?;
        let script = Self::of(recording.choose(connection)?).map_err(named)?;
        Ok((recording, script))
    }

    /// What `visitor` did.
    ///
    /// # Errors
    /// If a message cannot be read, or there is nothing to play.
    pub fn of(visitor: &Visitor) -> Result<Self, Error> {
        let answers = Answers::of(visitor);
        let mut making = Making {
            answers,
            names: Names::default(),
            steps: Vec::new(),
            places: HashMap::new(),
            ended: 0,
            skipped: HashSet::new(),
        };
        for (at, event) in visitor.events.iter().enumerate() {
            making.event(visitor, at, event).map_err(|what| {
                Error::new(format!("line {} of the recording: {what}", event.line))
            })?;
        }
        let Making {
            answers,
            names,
            steps,
            ..
        } = making;
        if steps.is_empty() {
            return Err(Error::new("the recording has nothing to play")
                .hint("`cargo dev record` writes another one"));
        }
        let steps = with_leaving(steps);
        let again_from = again_from(&steps);
        let reads_pages = steps.iter().any(reads_pages);
        let has_live_pages = steps
            .iter()
            .any(|step| matches!(step.action, Action::Join { .. }));
        Ok(Self {
            steps,
            again_from,
            has_live_pages,
            names: names.all(),
            reads_pages,
            calls: answers.calls,
        })
    }

    /// Whether steps of this name say who the visitor is, by a password.
    pub fn enters(&self, name: usize) -> bool {
        let enters = |step: &Step| matches!(&step.action, Action::Request(request) if carries_password(&request.body));
        self.steps
            .iter()
            .any(|step| step.name == name && enters(step))
    }

    /// The name of a step.
    pub fn name(&self, step: &Step) -> &str {
        self.names.get(step.name).map_or("", String::as_str)
    }
}

struct Making {
    answers: Answers,
    names: Names,
    steps: Vec<Step>,
    /// Where a connection is: the path of its page.
    places: HashMap<u64, String>,
    /// When the last step was over.
    ended: u64,
    /// Connections whose beginning is not in the recording.
    skipped: HashSet<u64>,
}

impl Making {
    fn event(&mut self, visitor: &Visitor, at: usize, event: &Event) -> Result<(), String> {
        let (name, action, ended) = match &event.what {
            // The opening of a connection is played by its first message.
            recording::What::Request { status: 101, .. } => return Ok(()),
            recording::What::Request {
                method,
                target,
                status,
                body,
            } => {
                let target = Shape::of(target);
                let leads_to = if matches!(status, 301..=303 | 307 | 308) {
                    following(visitor, at, event.ended)
                } else {
                    None
                };
                let body = body.as_deref().map_or(Ok(Body::None), parse_body)?;
                let name = format!("{method} {}", path(&target.name()));
                (
                    name,
                    Action::Request(Request {
                        method: method.clone(),
                        target,
                        body,
                        status: *status,
                        leads_to,
                    }),
                    event.ended,
                )
            }
            recording::What::In(tab, message) => match self.message(*tab, at, message)? {
                Some(made) => made,
                None => return Ok(()),
            },
            recording::What::Out(tab, message) => {
                if let Some(url) = message["u"][0].as_str() {
                    self.places
                        .insert(*tab, path(&Shape::of(url).name()).to_owned());
                }
                return Ok(());
            }
            recording::What::Chunk(_) => return Ok(()),
        };
        let think = Duration::from_micros(if self.steps.is_empty() {
            0
        } else {
            event.began.saturating_sub(self.ended)
        });
        self.ended = self.ended.max(ended);
        let name = self.names.number(name);
        self.steps.push(Step {
            line: event.line,
            name,
            think: think.min(LONGEST_PAUSE),
            action,
        });
        Ok(())
    }

    /// What a browser said: a name, what to do, and when the answer was there. None if it is no step of its own.
    fn message(
        &mut self,
        tab: u64,
        at: usize,
        message: &Value,
    ) -> Result<Option<(String, Action, u64)>, String> {
        let answer = self.answers.to(at);
        let (expect, ended) = (answer.outcome, answer.at);
        let kind = message[0]
            .as_str()
            .ok_or("a message that is no array with a name")?;
        if kind != "join" && !self.places.contains_key(&tab) {
            // The recording began in the middle of this connection.
            self.skipped.insert(tab);
            return Ok(None);
        }
        let place = || self.places.get(&tab).cloned().unwrap_or_default();
        let text = |value: &Value, what: &str| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or(format!("a message without {what}"))
        };
        let (name, what) = match kind {
            "join" => {
                let url = text(&message[1]["url"], "a URL")?;
                let url = Shape::of(url.split('#').next().unwrap_or_default());
                let zone = message[1]["tz"].as_str().map(str::to_owned);
                let again = message[1]["again"].as_bool().unwrap_or_default();
                let place = path(&url.name()).to_owned();
                self.places.insert(tab, place.clone());
                let action = Action::Join {
                    tab,
                    url,
                    again,
                    zone,
                    expect,
                };
                return Ok(Some((format!("live {place}"), action, ended)));
            }
            "ev" => {
                let handler = Shape::of(&text(&message[3], "a handler")?);
                let kind = text(&message[4], "a type")?;
                let payload = message[5].clone();
                let control = payload["name"]
                    .as_str()
                    .map_or_else(|| handler.place(), str::to_owned);
                (
                    format!("{kind} {control} on {}", place()),
                    What::Event {
                        handler,
                        kind,
                        payload,
                    },
                )
            }
            "nav" => {
                let url = text(&message[2], "a URL")?;
                let url = Shape::of(url.split('#').next().unwrap_or_default());
                let kind = text(&message[3], "a kind")?;
                let to = path(&url.name()).to_owned();
                self.places.insert(tab, to.clone());
                (format!("go to {to}"), What::Navigate { url, kind })
            }
            "up" if answer.given_up => return Ok(None),
            "up" => {
                let handler = Shape::of(&text(&message[2], "a handler")?);
                let files = message[5].as_array().map(Vec::as_slice).unwrap_or_default();
                let file = |file: &Value| {
                    Some((
                        file[0].as_str()?.to_owned(),
                        file[1].as_u64()?,
                        file[2].as_str()?.to_owned(),
                    ))
                };
                let files = files
                    .iter()
                    .map(file)
                    .collect::<Option<Vec<_>>>()
                    .ok_or("an upload whose files cannot be read")?;
                (
                    format!("upload on {}", place()),
                    What::Upload { handler, files },
                )
            }
            // Reactions, which each user has for itself.
            "ret" | "upx" | "ping" => return Ok(None),
            other => return Err(format!("no message is called `{}`", other.escape_default())),
        };
        Ok(Some((
            name,
            Action::Message(Message { tab, what, expect }),
            ended,
        )))
    }
}

/// Path without query.
fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// Where a redirect led: what the visitor asked for right after.
fn following(visitor: &Visitor, at: usize, ended: u64) -> Option<Shape> {
    let next = visitor.events[at + 1..]
        .iter()
        .find(|event| matches!(event.what, recording::What::Request { .. }))?;
    match &next.what {
        recording::What::Request { method, target, .. }
            if method == "GET" && next.began <= ended.saturating_add(FOLLOWS) =>
        {
            Some(Shape::of(target))
        }
        _ => None,
    }
}

fn parse_body(body: &str) -> Result<Body, String> {
    if body.trim_start().starts_with(['{', '[', '"'])
        && let Ok(json) = serde_json::from_str(body)
    {
        return Ok(Body::Json(json));
    }
    let mut fields = Vec::new();
    for field in body.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        fields.push((crate::form::decoded(name), crate::form::decoded(value)));
    }
    Ok(Body::Form(fields))
}

/// With the connections closed where the visitor left their page: before the next page that is asked for, once nothing
/// follows on them.
fn with_leaving(steps: Vec<Step>) -> Vec<Step> {
    let tab = |step: &Step| match &step.action {
        Action::Join { tab, .. } | Action::Message(Message { tab, .. }) => Some(*tab),
        _ => None,
    };
    let mut last: HashMap<u64, usize> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        if let Some(tab) = tab(step) {
            last.insert(tab, at);
        }
    }
    let mut open: Vec<u64> = Vec::new();
    let mut all = Vec::with_capacity(steps.len());
    for (at, step) in steps.into_iter().enumerate() {
        let opens = match &step.action {
            Action::Join { tab, .. } => Some(*tab),
            _ => None,
        };
        if opens.is_some() {
            let (over, rest) = open
                .into_iter()
                .partition(|tab| last.get(tab).is_none_or(|last| *last < at));
            open = rest;
            let over: Vec<u64> = over;
            if !over.is_empty() {
                all.push(Step {
                    think: Duration::ZERO,
                    action: Action::Leave(over),
                    ..step.clone()
                });
            }
            open.extend(opens);
        }
        all.push(step);
    }
    all
}

/// After the last request that carried a password, if the visitor stayed who they were then.
fn again_from(steps: &[Step]) -> usize {
    let entered = steps.iter().rposition(|step| match &step.action {
        Action::Request(request) => {
            request.method != "GET" && request.status < 400 && carries_password(&request.body)
        }
        _ => false,
    });
    let Some(entered) = entered else { return 0 };
    let rest = &steps[entered + 1..];
    let leaves = rest.iter().any(|step| match &step.action {
        Action::Request(Request { method, target, .. }) => {
            let path = target.name().to_lowercase().replace(['-', '_'], "");
            method == "DELETE" && path.contains("session")
                || method == "POST" && (path.contains("logout") || path.contains("signout"))
        }
        _ => false,
    });
    // A round has to begin with something that can be done at any time.
    let begins = rest.first().is_some_and(|step| match &step.action {
        Action::Request(request) => request.method == "GET",
        _ => false,
    });
    if leaves || !begins { 0 } else { entered + 1 }
}

fn carries_password(body: &Body) -> bool {
    let is = |name: &str, value: &str| value == REDACTED && crate::form::is_password(name);
    match body {
        Body::None => false,
        Body::Form(fields) => fields.iter().any(|(name, value)| is(name, value)),
        Body::Json(json) => json.as_object().is_some_and(|object| {
            object
                .iter()
                .any(|(name, value)| is(name, value.as_str().unwrap_or_default()))
        }),
    }
}

fn reads_pages(step: &Step) -> bool {
    match &step.action {
        Action::Request(request) => {
            !request.target.is_fixed()
                || matches!(request.body, Body::Form(_))
                || request.leads_to.as_ref().is_some_and(|to| !to.is_fixed())
        }
        Action::Join { url, again, .. } => *again || !url.is_fixed(),
        Action::Message(message) => match &message.what {
            What::Event {
                handler, payload, ..
            } => {
                !simple(handler) || payload.get("fields").is_some() || payload.get("data").is_some()
            }
            What::Navigate { url, .. } => !url.is_fixed(),
            What::Upload { handler, .. } => !simple(handler),
        },
        Action::Leave(_) => false,
    }
}

/// Whether a handler is called the same for everybody: numbers are places on the page.
fn simple(handler: &Shape) -> bool {
    use crate::shape::{Class, Piece};
    handler
        .0
        .iter()
        .all(|piece| matches!(piece, Piece::Fixed(_) | Piece::Own(_, Class::Number)))
}

impl Outcome {
    /// The outcome in a message of the server.
    pub fn of(message: &Value) -> Self {
        let has = |name: &str| message.get(name).is_some();
        if has("err") || has("reload") {
            Self::Stopped
        } else if has("go") {
            Self::Leave
        } else if has("n") {
            Self::Navigation
        } else if has("p") || has("h") || has("i") {
            Self::Patch
        } else {
            Self::Heard
        }
    }
}
