//! Which elements a command is for.

use serde::{Serialize, Serializer};

/// A selector, which means every element of the page that it finds, or a way from the element that has the command:
/// `Target::this().closest(".card").inner(".menu")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Vec<String>);

impl Target {
    /// The element that has the command.
    pub fn this() -> Self {
        Self(Vec::new())
    }

    /// The element that has the focus.
    pub fn focused() -> Self {
        Self::this().step("focused", "")
    }

    /// The first element around it that `selector` fits, beginning with itself.
    #[must_use]
    pub fn closest(self, selector: &str) -> Self {
        self.step("closest", selector)
    }

    /// The elements in it that `selector` finds.
    #[must_use]
    pub fn inner(self, selector: &str) -> Self {
        self.step("inner", selector)
    }

    /// Of the elements of the page that `selector` finds, the one after this one; after the last one the first.
    #[must_use]
    pub fn next(self, selector: &str) -> Self {
        self.step("next", selector)
    }

    /// Of the elements of the page that `selector` finds, the one before this one; before the first one the last.
    #[must_use]
    pub fn previous(self, selector: &str) -> Self {
        self.step("previous", selector)
    }

    fn step(mut self, direction: &str, selector: &str) -> Self {
        self.0.extend([direction.to_owned(), selector.to_owned()]);
        self
    }
}

impl From<&str> for Target {
    fn from(selector: &str) -> Self {
        Self::this().step("page", selector)
    }
}

impl From<&String> for Target {
    fn from(selector: &String) -> Self {
        selector.as_str().into()
    }
}

impl Serialize for Target {
    /// As a list of directions, each followed by its selector. A selector of the page alone is a text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [direction, selector] if direction == "page" => serializer.serialize_str(selector),
            way => serializer.collect_seq(way),
        }
    }
}
