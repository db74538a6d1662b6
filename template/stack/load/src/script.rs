//! From what a visitor did to what each user does: a pure function of a recording, and one that reads it from a file.

mod builder;
mod iteration;

use std::{fs::File, io::BufReader, path::Path};

use crate::{
    Error,
    pattern::{Pattern, Piece, TokenKind},
    recording::{Recording, Visitor},
    responses::{CallResult, Responses},
    step::{Action, Body, MessageKind, Step},
};
use builder::ScriptBuilder;

/// What each user does.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// All steps of the first iteration.
    pub steps: Vec<Step>,
    /// Where later iterations begin: the steps before it register or log in, once for each user. 0 if every iteration is that
    /// of a new visitor.
    pub loop_start: usize,
    /// What the steps are called.
    pub names: Vec<String>,
    /// Whether something is looked up in the pages that a user receives, so that they are kept.
    pub needs_html: bool,
    /// Whether there are live pages in it.
    pub has_live_pages: bool,
    /// What browsers returned to calls of live pages.
    pub call_results: Vec<CallResult>,
}

impl Script {
    /// What a visitor of the recording in this file did, chosen as by [`Recording::choose`]; and the recording.
    ///
    /// # Errors
    /// If it cannot be read, or there is nothing to play; with the name of the file.
    pub fn open(file: &Path, visitor: Option<&str>) -> Result<(Recording, Self), Error> {
        let name = file.display();
        let named = |error| Error::new(format!("`{name}`: {error}"));
        let opened = File::open(file).map_err(|error| {
            Error::new(format!("cannot read `{name}`: {error}"))
                .hint("`cargo dev record` writes a recording; one is in the project: `cargo dev load load/demo.jsonl`")
        })?;
        let opened = BufReader::new(opened);
        let is_har = file
            .extension()
            .is_some_and(|it| it.eq_ignore_ascii_case("har"));
        let recording = if is_har {
            Recording::read_har(opened)
        } else {
            Recording::read(opened)
        };
        let recording = recording.map_err(named)?;
        let script = Self::of(recording.choose(visitor)?).map_err(named)?;
        Ok((recording, script))
    }

    /// What `visitor` did.
    ///
    /// # Errors
    /// If a message cannot be read, or there is nothing to play.
    pub fn of(visitor: &Visitor) -> Result<Self, Error> {
        let mut builder = ScriptBuilder::new(Responses::of(visitor));
        for (index, event) in visitor.events.iter().enumerate() {
            builder.event(visitor, index, event).map_err(|why| {
                Error::new(format!("line {} of the recording: {why}", event.line))
            })?;
        }
        let (steps, names, call_results) = builder.finish();
        if steps.is_empty() {
            return Err(Error::new("the recording has nothing to play")
                .hint("`cargo dev record` writes another one"));
        }
        let steps = iteration::with_disconnects(iteration::without_left_pages(steps));
        Ok(Self {
            loop_start: iteration::loop_start(&steps),
            names,
            needs_html: steps.iter().any(needs_html),
            has_live_pages: steps
                .iter()
                .any(|step| matches!(step.action, Action::Connect { .. })),
            call_results,
            steps,
        })
    }

    /// Whether steps of this name send a password.
    pub fn logs_in(&self, name: usize) -> bool {
        self.steps.iter().any(|step| {
            let sends_password = match &step.action {
                Action::Request(request) => iteration::has_password(&request.body),
                _ => false,
            };
            step.name == name && sends_password
        })
    }

    /// The name of a step.
    pub fn name(&self, step: &Step) -> &str {
        self.step_name(step.name)
    }

    /// The name with this index.
    pub fn step_name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }
}

/// Whether the step looks something up in a page.
fn needs_html(step: &Step) -> bool {
    match &step.action {
        Action::Request(request) => {
            !request.target.is_literal()
                || matches!(request.body, Body::Form(_))
                || request.redirect.as_ref().is_some_and(|to| !to.is_literal())
        }
        Action::Connect { url, reconnect, .. } => *reconnect || !url.is_literal(),
        Action::Message(message) => match &message.kind {
            MessageKind::Event {
                handler, payload, ..
            } => {
                !is_same_for_all(handler)
                    || payload.get("fields").is_some()
                    || payload.get("data").is_some()
            }
            MessageKind::Navigate { url, .. } => !url.is_literal(),
            MessageKind::Upload { handler, .. } => !is_same_for_all(handler),
        },
        Action::Disconnect(_) => false,
    }
}

/// Whether a handler has the same name for everybody: numbers are places on the page.
fn is_same_for_all(handler: &Pattern) -> bool {
    handler.0.iter().all(|piece| {
        matches!(
            piece,
            Piece::Literal(_) | Piece::Token(_, TokenKind::Number)
        )
    })
}
