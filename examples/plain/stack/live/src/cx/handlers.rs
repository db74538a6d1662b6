//! Handlers of events.

use std::{future::Future, panic::Location, sync::Arc};

use futures_util::FutureExt;

use super::Cx;
use crate::{
    Accept, Ctx, Event, Handler, Outcome, PageError, Upload,
    page::{HandlerEntry, HandlerKind},
};

impl Cx {
    /// A handler of an event: `button on:click=(cx.on(…))`. It returns nothing, or a `Result` where something in it may
    /// fail. For what has to wait, [`on_async`](Self::on_async).
    #[track_caller]
    pub fn on<R: Outcome>(
        &self,
        handle: impl Fn(&Ctx, Event) -> R + Send + Sync + 'static,
    ) -> Handler {
        let run = move |ctx: &Ctx, event| handle(ctx, event).into_result();
        self.register(Location::caller(), HandlerKind::Sync(Arc::new(run)))
    }

    /// An async handler of an event. The element is busy meanwhile; the page is not. It ends with the component.
    #[track_caller]
    pub fn on_async<F, Fut>(&self, handle: F) -> Handler
    where
        F: Fn(Ctx, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PageError>> + Send + 'static,
    {
        let run = HandlerKind::Async(Arc::new(move |ctx, event| handle(ctx, event).boxed()));
        self.register(Location::caller(), run)
    }

    /// A handler of files that the visitor chooses: `input type="file" on:upload=(cx.on_upload(…))`.
    #[track_caller]
    pub fn on_upload<F, Fut>(&self, accept: Accept, handle: F) -> Handler
    where
        F: Fn(Ctx, Upload) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PageError>> + Send + 'static,
    {
        let run = HandlerKind::Upload(
            accept,
            Arc::new(move |ctx, upload| handle(ctx, upload).boxed()),
        );
        self.register(Location::caller(), run)
    }

    fn register(&self, site: &'static Location<'static>, run: HandlerKind) -> Handler {
        let mut inner = self.page.lock();
        let instance = inner.rendering(self.component);
        let (mut nth, mut ambiguous) = (0, false);
        for entry in &mut instance.new_handlers {
            if entry.key == self.key {
                nth += 1;
                if entry.site == site {
                    (ambiguous, entry.ambiguous) = (true, true);
                }
            }
        }
        let own = match &self.key {
            None => nth.to_string(),
            Some(key) => format!("{key}~{nth}"),
        };
        let id: Box<str> = match &*instance.path {
            "" => own.into(),
            path => format!("{path}:{own}").into(),
        };
        instance.new_handlers.push(HandlerEntry {
            id: id.clone(),
            key: self.key.clone(),
            site,
            ambiguous,
            since: 0,
            run,
        });
        Handler::new(id)
    }
}
