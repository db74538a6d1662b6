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
    /// Where the pointer is, in CSS pixels from the left edge of the element.
    pub x: Option<i32>,
    /// Where the pointer is, in CSS pixels from the upper edge of the element.
    pub y: Option<i32>,
    /// What was pasted, or dragged here from outside of the page.
    pub text: Option<String>,
    /// The `data-…` attributes of the element that was dragged here.
    pub dragged: BTreeMap<String, String>,
    /// Whether a `details` or a popover is open now.
    pub open: Option<bool>,
}

/// Why a form cannot be read.
pub type FormError = serde_qs::Error;

impl Event {
    /// The value of the control; empty if there is none.
    pub fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// The attribute `data-name`; empty if there is none.
    pub fn data(&self, name: &str) -> &str {
        self.data.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The attribute `data-name` of the element that was dragged here; empty if there is none.
    pub fn dragged(&self, name: &str) -> &str {
        self.dragged
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
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

    /// The form as a struct. Several fields `tags[]` are a list `tags`, a field `address[city]` is one of a struct
    /// `address`, and fields `rows[7][name]` are those of a `BTreeMap<u32, Row>`, or of a list, if the numbers leave none
    /// out.
    ///
    /// # Errors
    /// If a field is missing or has a wrong type: it was not our form that was sent.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, FormError> {
        let text = serde_urlencoded::to_string(&self.fields).unwrap_or_default();
        serde_qs::Config::new()
            .use_form_encoding(true)
            .deserialize_str(&text)
    }
}
