//! The id of a handler, as it is written in the markup.

use maud::Render;

use crate::PageError;

/// Made by [`Cx::on`](crate::Cx::on), `on_async` and `on_upload`; goes into an attribute such as `on:click`. A clone is
/// the same handler, so one can serve many elements, which differ by their `data-…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler(Box<str>);

impl Handler {
    pub(crate) fn new(id: Box<str>) -> Self {
        Self(id)
    }
}

impl Render for Handler {
    fn render_to(&self, buffer: &mut String) {
        self.0.render_to(buffer);
    }
}

/// What a handler may return: nothing, or a [`Result`].
pub trait Outcome {
    /// As a `Result`.
    fn into_result(self) -> Result<(), PageError>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), PageError> {
        Ok(())
    }
}

impl Outcome for Result<(), PageError> {
    fn into_result(self) -> Self {
        self
    }
}

/// For a handler that only panics, such as `todo!()`: its type `!` has no name of its own yet.
impl Outcome for <fn() -> ! as Returns>::Type {
    fn into_result(self) -> Result<(), PageError> {
        self
    }
}

/// What a function returns.
pub trait Returns {
    /// Its type.
    type Type;
}

impl<T> Returns for fn() -> T {
    type Type = T;
}
