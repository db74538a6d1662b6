//! What went wrong, in the words a person reads.
//!
//! An [`Error`] is a kind, a message, a chain of causes and hints. The kind decides the exit code; the
//! message names what was refused; each hint is a command or a step that helps. Nothing here prints:
//! [`crate::ui`] does.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Which side a failure lies on. Decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the person asked for cannot be done as things stand: a name that is taken, a folder that is not empty.
    User,
    /// The command line itself does not make sense.
    Usage,
    /// The template breaks a rule: its manifest, a file, a hook.
    Template,
    /// Something outside failed: disk, network, another program.
    System,
    /// Done, but something is left for the person to do: conflicts to resolve, files that differ and were not touched.
    LeftOpen,
    /// The person stopped it (Ctrl-C).
    Stopped,
    /// The person was asked and said no, so nothing was done. That is what they wanted, and no failure.
    Declined,
}

impl Kind {
    /// The process's exit code, documented in `heavy --help` and docs/GUIDE.md.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::LeftOpen => 1,
            Self::User | Self::Usage => 2,
            Self::Template => 3,
            Self::System => 4,
            Self::Stopped => 130,
            Self::Declined => 0,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Usage => "usage",
            Self::Template => "template",
            Self::System => "system",
            Self::LeftOpen => "left-open",
            Self::Stopped => "stopped",
            Self::Declined => "declined",
        }
    }
}

/// A failure: `error: message`, then `caused by:` lines, then `hint:` lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Which side it lies on.
    pub kind: Kind,
    /// One sentence, lowercase, names in backticks, no full stop.
    pub message: String,
    /// What led to it, outermost first.
    pub causes: Vec<String>,
    /// What to do about it; commands in backticks can be run as they stand.
    pub hints: Vec<String>,
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// Something the person can change: see [`Kind::User`].
    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    /// A command line that makes no sense: see [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A template that breaks a rule: see [`Kind::Template`].
    pub fn template(message: impl Into<String>) -> Self {
        Self::new(Kind::Template, message)
    }

    /// A failure outside: see [`Kind::System`].
    pub fn system(message: impl Into<String>) -> Self {
        Self::new(Kind::System, message)
    }

    /// Somebody said no: see [`Kind::Declined`].
    #[must_use]
    pub fn declined() -> Self {
        Self::new(Kind::Declined, "nothing was changed")
    }

    /// Says which template breaks a rule, where more than one is at work.
    #[must_use]
    pub fn of_template(mut self, version: &str, source: &str) -> Self {
        if self.kind == Kind::Template {
            self.causes.push(format!("the fault is in template {version} of `{source}`, not in your project"));
        }
        self
    }

    /// A file operation that failed: `cannot {action} `path``, the system's own words, and what helps if that is known.
    pub fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        let failure = Self::system(format!("cannot {action} `{}`", path.display())).because(error);
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                failure.hint("choose a folder that you may write to, or look at its rights with `ls -ld`")
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                failure.hint("make room on this disk (`df -h` shows what is left) and run the command again")
            }
            ErrorKind::NotADirectory => failure.hint("a part of this path is a file; choose another folder"),
            _ => failure,
        }
    }

    /// Adds what led to it, with its own sources.
    #[must_use]
    pub fn because(mut self, cause: impl std::error::Error) -> Self {
        let mut next: Option<&dyn std::error::Error> = Some(&cause);
        while let Some(error) = next {
            let text = error.to_string();
            // Many libraries repeat their source in their own text; once is enough.
            if self.causes.last().is_none_or(|last| !last.ends_with(&text)) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// Adds a step that helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
