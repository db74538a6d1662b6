//! What the functions that a script calls share with the engine that runs it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult, Module, Position};

use super::Variables;
use crate::tree::Tree;

/// A result inside a script; a text becomes an error that the script may catch.
pub(super) type HookResult<T> = Result<T, Box<EvalAltResult>>;

/// The steps that all hooks of one rendering may take together: some tenths of a second.
const STEPS: u64 = 1_000_000;

/// The bytes that all hooks of one rendering may write together, into files and variables.
const WRITTEN: usize = 32 << 20;

/// Shared between the engine and the functions in it.
pub(super) type Shared = Rc<RefCell<State>>;

/// A question to the host.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Text { prompt: String, default: Option<String>, regex: Option<String> },
    Bool { prompt: String, default: bool },
    Choice { prompt: String, default: String, choices: Vec<String> },
    Command { command: String, args: Vec<String> },
    Today,
}

/// What the host said.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Text(String),
    Bool(bool),
    /// What a command printed, and the tree that it left.
    Ran(String, Rc<Tree>),
    Today(i64, i64, i64),
}

/// Everything a run of a script reads and writes.
#[derive(Default)]
pub(super) struct State {
    /// Copied only when a script changes it.
    pub(super) tree: Rc<Tree>,
    pub(super) variables: Variables,
    pub(super) printed: Vec<String>,
    /// What the host said to this script so far.
    pub(super) replies: Vec<Reply>,
    /// How many of these the current run has taken.
    taken: usize,
    /// What to ask the host before the next run.
    pub(super) request: Option<Request>,
    /// The sentence of the last `abort`.
    pub(super) aborted: Option<String>,
    /// Modules that scripts imported, by path.
    pub(super) modules: HashMap<String, rhai::Shared<Module>>,
    /// Modules that are being read now, to see when one imports itself.
    pub(super) reading: Vec<String>,
    steps: u64,
    written: usize,
}

impl State {
    /// Starts a run of a script from its beginning.
    pub(super) fn begin(&mut self, tree: Rc<Tree>, variables: Variables) {
        self.tree = tree;
        self.variables = variables;
        self.printed.clear();
        self.taken = 0;
        self.request = None;
        self.aborted = None;
        self.modules.clear();
        self.reading.clear();
    }

    /// The host's answer to this question, or an end of the run to go and ask.
    pub(super) fn ask(&mut self, request: Request) -> HookResult<Reply> {
        match self.replies.get(self.taken) {
            Some(reply) if self.request.is_none() => {
                self.taken += 1;
                Ok(reply.clone())
            }
            _ => {
                self.request.get_or_insert(request);
                Err(stop("the host is asked"))
            }
        }
    }

    /// Counts a step; the end of the run if it is one too many, or if too much was printed before it.
    pub(super) fn step(&mut self) -> Option<Dynamic> {
        self.steps += 1;
        match (self.steps > STEPS, self.written > WRITTEN) {
            (true, _) => Some("it takes too long".into()),
            (_, true) => Some("it writes too much".into()),
            _ => None,
        }
    }

    /// Keeps what a script prints, as long as it is not too much. `print` cannot fail; the next step ends the run.
    pub(super) fn print(&mut self, line: &str) {
        if self.write(line.len() + 1).is_ok() {
            self.printed.push(line.to_owned());
        }
    }

    /// Counts what a script stores.
    pub(super) fn write(&mut self, bytes: usize) -> HookResult<()> {
        self.written = self.written.saturating_add(bytes);
        if self.written > WRITTEN { Err(stop("it writes too much")) } else { Ok(()) }
    }
}

/// An end that no script can catch.
pub(super) fn stop(why: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(why.into(), Position::NONE).into()
}
