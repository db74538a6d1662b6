//! What a page shows of an upload of files that are kept: how far it is, and why it was refused.

use maud::{Markup, html};
use stack_live::{Ctx, Cx, Handler, PageError, State};

use crate::{components::progress::progress, services::files::UploadError};

/// The upload of one field.
#[derive(Clone, Copy)]
pub struct Uploading {
    percent: State<Option<u8>>,
    refusal: State<String>,
}

impl Uploading {
    /// Of a field of the component that is rendered.
    pub fn new(cx: &Cx) -> Self {
        Self {
            percent: cx.use_local(|| None),
            refusal: cx.use_local(String::new),
        }
    }

    /// For `on:refused`: the browser says why it does not send the files.
    pub fn refuse(self, cx: &Cx) -> Handler {
        cx.on(move |ctx, event| self.refusal.set(ctx, event.value().to_owned()))
    }

    /// The first bytes are on their way.
    pub fn begin(self, ctx: &Ctx) {
        self.refusal.set(ctx, String::new());
        self.advance(ctx, 0);
    }

    /// So many percent have come.
    pub fn advance(self, ctx: &Ctx, percent: u8) {
        self.percent.set(ctx, Some(percent));
    }

    /// Whether the files were taken. If they were refused, the visitor is told why.
    ///
    /// # Errors
    /// What is no refusal.
    pub fn end(self, ctx: &Ctx, result: Result<(), UploadError>) -> Result<bool, PageError> {
        self.percent.set(ctx, None);
        match result {
            Ok(()) => Ok(true),
            Err(UploadError::Refused(why)) => {
                self.refusal.set(ctx, why);
                Ok(false)
            }
            Err(UploadError::Aborted(aborted)) => Err(aborted.into()),
            Err(UploadError::Failed(error)) => Err(error.into()),
        }
    }

    /// The progress, and the refusal, below the field.
    pub fn show(self, cx: &Cx) -> Markup {
        html! {
            noscript { p.alert { "Uploads need JavaScript." } }
            div role="status" {
                @if let Some(percent) = self.percent.get(cx) { (progress("Uploading:", Some(percent))) }
            }
            @if !self.refusal.read(cx).is_empty() { p.alert role="alert" { (self.refusal.get(cx)) } }
        }
    }
}
