//! What a live page keeps for its next connection.

use serde_json::Value;

use super::Failure;
use crate::{html::LiveRoot, splice};

/// The page of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub url: String,
    /// The content of its root, if the script looks something up in pages.
    pub html: Option<String>,
    pub state: String,
    pub mac: String,
    /// What the page calls itself until it is loaded again.
    pub name: String,
    /// The version that the server numbered last.
    pub version: u64,
}

impl Page {
    /// The page at `url`, as its document has it.
    pub(crate) fn new(url: &str, root: &LiveRoot, name: String) -> Self {
        Self {
            url: url.to_owned(),
            html: None,
            state: root.state.clone(),
            mac: root.mac.clone(),
            name,
            version: 0,
        }
    }

    /// Applies a message of the server.
    ///
    /// # Errors
    /// If a patch does not fit.
    pub(crate) fn apply(&mut self, message: &Value) -> Result<(), Failure> {
        if let Some(version) = message["v"].as_u64() {
            self.version = version;
        }
        if let Some(url) = message["u"][0].as_str() {
            url.clone_into(&mut self.url);
        }
        let Some(html) = &mut self.html else {
            return Ok(());
        };
        patch(html, &message["h"], &message["p"])?;
        patch(&mut self.state, &message["S"], &message["s"])?;
        if let Some(mac) = message["m"].as_str() {
            mac.clone_into(&mut self.mac);
        }
        Ok(())
    }
}

/// Replaces a text by `whole`, or changes it as `splices` say, if there is one of them.
fn patch(text: &mut String, whole: &Value, splices: &Value) -> Result<(), Failure> {
    if let Some(whole) = whole.as_str() {
        whole.clone_into(text);
    } else if let Some(splices) = splices.as_array() {
        *text = splice::apply(text, splices).ok_or("a patch that does not fit the page")?;
    }
    Ok(())
}
