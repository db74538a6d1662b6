//! What open pages show over their content.

use serde_json::{Value, json};

use crate::project::Project;

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    pub(super) problem: Option<Problem>,
    pub(super) notices: Vec<String>,
    pub(super) editor: Editor,
}

/// How a place in a file is opened from the browser.
#[derive(Clone, Debug, Default)]
pub(super) struct Editor {
    /// The project's folder, which names of files in messages are below of.
    root: String,
    /// The address, with `{path}`, `{line}` and `{column}`.
    url: String,
}

impl Editor {
    /// As the setting `DEV_EDITOR_URL` says, else Visual Studio Code.
    pub(super) fn new(project: &Project) -> Self {
        let folder = project.folder();
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let url = project.setting("DEV_EDITOR_URL");
        Self {
            root: root.display().to_string(),
            url: url.unwrap_or_else(|| "vscode://file{path}:{line}:{column}".to_owned()),
        }
    }
}

/// Why the program that is wanted does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) title: String,
    /// Messages, with the colours of a terminal.
    pub(super) texts: Vec<String>,
}

impl Overlay {
    /// Adds a notice, once.
    pub(super) fn notice(&mut self, text: &str) {
        if !self.notices.iter().any(|notice| notice == text) {
            self.notices.push(text.to_owned());
        }
    }

    /// Takes a notice away.
    pub(super) fn withdraw(&mut self, text: &str) {
        self.notices.retain(|notice| notice != text);
    }

    pub(super) fn to_json(&self) -> Value {
        let problem = self.problem.as_ref();
        let problem =
            problem.map(|problem| json!({ "title": problem.title, "texts": problem.texts }));
        let editor = json!({ "root": self.editor.root, "url": self.editor.url });
        json!({ "problem": problem, "notices": self.notices, "editor": editor })
    }
}
