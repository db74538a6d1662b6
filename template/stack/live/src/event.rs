//! An event of the browser. Nothing of it can be trusted.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// An event of the page. What does not belong to its kind is empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    /// `click`, `input`, `submit` …
    #[serde(skip)]
    pub kind: String,
    /// The value of the control.
    pub value: Option<String>,
    /// Whether the box is ticked.
    pub checked: Option<bool>,
    /// The name of the control.
    pub name: Option<String>,
    /// The key, as `KeyboardEvent.key` names it.
    pub key: Option<String>,
    /// Whether a modifier was held.
    pub shift: bool,
    /// Whether a modifier was held.
    pub ctrl: bool,
    /// Whether a modifier was held.
    pub alt: bool,
    /// Whether a modifier was held.
    pub meta: bool,
    /// The `data-…` attributes of the element, in camel case as in a browser's `dataset`.
    pub data: BTreeMap<String, String>,
    /// The fields of the form around it.
    pub fields: Vec<(String, String)>,
    /// What an element of one's own has said with its event, see [`detail`](Self::detail).
    pub detail: Value,
}

impl Event {
    /// The value of the control; empty if there is none.
    pub fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// The attribute `data-name`; empty if there is none.
    pub fn data(&self, name: &str) -> &str {
        self.data.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The field `name` of the form; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        let mut fields = self.fields.iter();
        let found = fields.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The `detail` of a `CustomEvent`, which an element of one's own has dispatched.
    ///
    /// # Errors
    /// If it is not what `T` reads.
    pub fn detail<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.detail)
    }

    /// The form as a struct, as axum's `Form` would read it.
    ///
    /// # Errors
    /// If a field is missing or has a wrong type: it was not our form that was sent.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, serde_urlencoded::de::Error> {
        let text = serde_urlencoded::to_string(&self.fields).unwrap_or_default();
        serde_urlencoded::from_str(&text)
    }
}
