//! The first message, and the page that it is about.

use tokio::time::timeout;
use tracing::Instrument;

use super::{ENDED, Incoming, Io, Session, SessionResult, navigation::split};
use crate::{
    hash::hash,
    live::{ended_topic, items_hash},
    page::Page,
    protocol::{Close, Join, Message},
    saved::Bound,
    watch::Why,
};

impl<I: Io> Session<I> {
    pub(super) async fn first_message(&mut self) -> SessionResult<Join> {
        let patience = self.page.live.limits().send_timeout;
        match timeout(patience, self.io.receive()).await {
            Ok(Incoming::Text(text)) => match Message::parse(&text) {
                Ok(Message::Join(join)) => Ok(*join),
                _ => Err(Close::Protocol),
            },
            Ok(Incoming::Binary(_)) => Err(Close::Protocol),
            Ok(Incoming::TooLarge) => Err(Close::TooLarge),
            Ok(Incoming::Gone) | Err(_) => Err(Close::Gone),
        }
    }

    /// Renders the page again, from the state that the browser kept.
    pub(super) async fn join(&mut self, join: Join) -> SessionResult {
        let live = self.page.live.clone();
        let (path, query) = split(&join.url);
        let Some((url, name, render)) = live.find(path, query) else {
            return self.leave(&join.url).await;
        };
        let bound = Bound {
            visitor: &self.page.visit.secret,
            path,
        };
        let saved = live
            .signer()
            .open(bound, &join.state, &join.mac, live.limits().state_bytes);
        let known = saved.is_some();
        if !known && !join.state.is_empty() {
            tracing::debug!("a state does not count any more, so the page begins anew");
        }
        self.page = Page::new(live, self.page.visit.clone(), url, saved, true);
        self.listen_for_the_end();
        self.begin(Why::Join, None);
        let span = self.span();
        let joined = self.mount_again(join, name, render, known);
        joined.instrument(span).await
    }

    async fn mount_again(
        &mut self,
        join: Join,
        name: &'static str,
        render: crate::page::Render,
        known: bool,
    ) -> SessionResult {
        if let Err(stop) = self.mount(name, render).await {
            return self.instead(stop, &join.url).await;
        }
        let (html, items) = {
            let mut inner = self.page.lock();
            inner.version = 1;
            // It has them from the GET.
            if known {
                inner.outbox.title = None;
            }
            (inner.html(false), inner.first_items())
        };
        self.reply.version = Some(1);
        if hash(&html) != join.hash {
            self.reply.html = Some(html);
        }
        if !items.is_empty() && (join.again || items_hash(&items) != join.items) {
            self.reset_items(items);
        }
        self.forget_items();
        self.state = if known { join.state } else { String::new() };
        self.anything = true;
        self.send_what_there_is(None).await?;
        self.set_zone(join.tz);
        self.flush().await
    }

    fn listen_for_the_end(&mut self) {
        if !self.page.visit.session {
            return;
        }
        let mailbox = {
            let mut inner = self.page.lock();
            self.page.mailbox(&mut inner)
        };
        let topic = ended_topic(&self.page.visit.secret);
        self.ended = Some(self.page.live.hub().join(&topic, &mailbox, ENDED));
    }

    /// The zone that the browser says, once; the state may have had an older one.
    fn set_zone(&self, zone: Option<String>) {
        let plausible = |zone: &String| {
            let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
            zone.len() <= 64 && zone.bytes().all(harmless)
        };
        let Some(zone) = zone.filter(plausible) else {
            return;
        };
        let mut inner = self.page.lock();
        if inner.zone.value.as_ref() != Some(&zone) {
            inner.zone.value = Some(zone);
            let readers = inner.zone.readers.clone();
            inner.touch(&readers);
        }
    }
}
