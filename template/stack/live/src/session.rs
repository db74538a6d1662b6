//! The life of a connection: a page, its events, and what is sent back. One task, one thing after another.

mod turn;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use axum::body::Bytes;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use serde_json::value::RawValue;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};
use tracing::{Instrument, Span};

use crate::{
    Ctx, Live, Stop, Visit,
    broadcast::{MailboxReceiver, Subscription, mailbox},
    hash::hash,
    live::{ended_topic, items_hash},
    page::{Inner, NewJob, Page, Run, Slot},
    protocol::{Close, Join, Message, Reply},
    saved::{self, Bound},
    splice::splices,
    upload::{File, Receiving, Upload},
    watch::{Watched, Why},
};

/// What goes to and from a browser, whatever carries it.
pub(crate) trait Io: Send {
    /// The next message. A call that is given up loses none.
    fn receive(&mut self) -> impl Future<Output = Incoming> + Send;
    /// Sends one message; false if the browser is gone.
    fn send(&mut self, text: String) -> impl Future<Output = bool> + Send;
    /// Says goodbye.
    fn close(&mut self, why: Close) -> impl Future<Output = ()> + Send;
}

/// What a browser sends.
pub(crate) enum Incoming {
    Text(String),
    Binary(Bytes),
    TooLarge,
    Gone,
}

/// The tag of the message that ends a session; those of subscriptions begin at 1.
const ENDED: u32 = 0;

/// Why a part of the work ends the connection.
type Ends<T = ()> = Result<T, Close>;

/// The end of a job.
struct Done {
    id: u64,
    owner: u32,
    seq: Option<u64>,
    upload: Option<u32>,
    watched: Option<Watched>,
    result: Result<(), Stop>,
}

struct Session<I> {
    io: I,
    page: Arc<Page>,
    jobs: FuturesUnordered<BoxFuture<'static, Done>>,
    letters: Option<MailboxReceiver>,
    budget: Budget,
    /// The state that the browser has.
    state: String,
    acknowledged: u64,
    /// What the next message has to say beside the page's outbox.
    reply: Reply,
    anything: bool,
    connection: u64,
    ended: Option<Subscription>,
    /// What is done until the next message is sent.
    turn: Vec<Watched>,
}

/// Serves a connection from its first message to its end.
pub(crate) async fn run<I: Io>(live: Live, visit: Visit, io: I, connection: u64) -> Close {
    let _counted = live.watch().connection();
    let mut session = Session::new(live, visit, io, connection);
    let why = match session.live().await {
        Ok(()) => Close::Gone,
        Err(why) => why,
    };
    if why != Close::Gone {
        tracing::debug!(?why, "a live connection is closed");
    }
    let patience = session.page.live.limits().send_timeout;
    timeout(patience, session.io.close(why)).await.ok();
    why
}

impl<I: Io> Session<I> {
    fn new(live: Live, visit: Visit, io: I, connection: u64) -> Self {
        let budget = Budget::new(live.limits().burst, live.limits().events_per_second);
        let page = Page::new(live, visit, crate::page::Url::default(), None, true);
        Self {
            io,
            page,
            jobs: FuturesUnordered::new(),
            letters: None,
            budget,
            state: String::new(),
            acknowledged: 0,
            reply: Reply::default(),
            anything: false,
            connection,
            ended: None,
            turn: Vec::new(),
        }
    }

    async fn live(&mut self) -> Ends {
        let join = self.first_message().await?;
        // Boxed, so that a connection that waits is small.
        Box::pin(self.join(join)).await?;
        self.end_turn();
        let mut stopping = self.page.live.stopping();
        let silence = self.page.live.limits().silence;
        let mut deadline = Instant::now() + silence;
        loop {
            let page = Arc::clone(&self.page);
            tokio::select! {
                incoming = self.io.receive() => {
                    deadline = Instant::now() + silence;
                    Box::pin(self.incoming(incoming)).await?;
                }
                Some(done) = self.jobs.next(), if !self.jobs.is_empty() => self.done(done),
                letter = next_letter(&mut self.letters) => self.letter(letter)?,
                () = page.bell.notified() => {}
                () = stopped(&mut stopping) => return Err(Close::Restart),
                () = tokio::time::sleep_until(deadline) => return Err(Close::Gone),
            }
            let span = self.span();
            Box::pin(self.flush().instrument(span)).await?;
            self.end_turn();
        }
    }

    async fn first_message(&mut self) -> Ends<Join> {
        let patience = self.page.live.limits().send_timeout;
        match timeout(patience, self.io.receive()).await {
            Ok(Incoming::Text(text)) => match Message::parse(&text) {
                Ok(Message::Join(join)) => {
                    self.record("in", &text);
                    Ok(*join)
                }
                _ => Err(Close::Protocol),
            },
            Ok(Incoming::Binary(_)) => Err(Close::Protocol),
            Ok(Incoming::TooLarge) => Err(Close::TooLarge),
            Ok(Incoming::Gone) | Err(_) => Err(Close::Gone),
        }
    }

    /// Renders the page again, from the state that the browser kept.
    async fn join(&mut self, join: Join) -> Ends {
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
    ) -> Ends {
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

    async fn mount(&mut self, name: &'static str, render: crate::page::Render) -> Result<(), Stop> {
        let patience = self.page.live.limits().render_timeout;
        let page = Arc::clone(&self.page);
        match timeout(patience, page.mount(name, render)).await {
            Ok(mounted) => mounted,
            Err(_) => Err(Stop::Panicked("a page takes too long to render".into())),
        }
    }

    fn reset_items(&self, items: Vec<(String, String)>) {
        let resets = items
            .into_iter()
            .map(|(id, html)| (id, "reset", String::new(), html));
        self.page.lock().outbox.items.extend(resets);
    }

    fn forget_items(&self) {
        for instance in self.page.lock().instances.values_mut() {
            for slot in &mut instance.slots {
                if let Slot::Stream { first } = slot {
                    *first = None;
                }
            }
        }
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

    async fn incoming(&mut self, incoming: Incoming) -> Ends {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Binary(bytes) => return self.chunk(bytes),
            Incoming::TooLarge => return Err(Close::TooLarge),
            Incoming::Gone => return Err(Close::Gone),
        };
        if !self.budget.spend() {
            return Err(Close::TooManyEvents);
        }
        self.record("in", &text);
        match Message::parse(&text).map_err(|_| Close::Protocol)? {
            Message::Join(_) => return Err(Close::Protocol),
            Message::Event {
                seq,
                version,
                handler,
                kind,
                payload,
            } => {
                self.event(seq, version, &handler, kind, &payload)?;
            }
            Message::Navigate { seq, url, pop } => {
                self.acknowledge(seq);
                self.page.lock().flash.value = None;
                self.begin_navigation(&url);
                let span = self.span();
                return self.navigate(&url, pop).instrument(span).await;
            }
            Message::Return { id, ok, value } => {
                let waiting = self.page.lock().calls.remove(&id);
                if let Some(waiting) = waiting {
                    let failed =
                        |value: serde_json::Value| value.as_str().unwrap_or("an error").to_owned();
                    waiting
                        .send(if ok { Ok(value) } else { Err(failed(value)) })
                        .ok();
                }
            }
            Message::Upload {
                seq,
                version,
                handler,
                reference,
                files,
            } => {
                self.acknowledge(seq);
                self.upload(seq, version, &handler, reference, files);
            }
            Message::UploadEnds { reference } => {
                let given_up = self.page.lock().uploads.remove(&reference);
                drop(given_up);
            }
            Message::Ping => self.anything = true,
        }
        Ok(())
    }

    fn acknowledge(&mut self, seq: u64) {
        self.acknowledged = self.acknowledged.max(seq);
        self.reply.acknowledged = Some(self.acknowledged);
        self.anything = true;
    }

    /// Runs a handler. One that the browser's page did not mean is left alone, and the event acknowledged: it was
    /// made at a page that is not there any more.
    fn event(
        &mut self,
        seq: u64,
        version: u64,
        handler: &str,
        kind: String,
        payload: &RawValue,
    ) -> Ends {
        // One that was played again, or came in another order than it was made.
        if seq <= self.acknowledged {
            return Ok(());
        }
        self.acknowledge(seq);
        let mut event: crate::Event =
            serde_json::from_str(payload.get()).map_err(|_| Close::Protocol)?;
        event.kind = kind;
        let found = self.page.lock().handler(handler, version);
        let Some((owner, site, run)) = found else {
            return Ok(());
        };
        self.begin(Why::Event, Some(site));
        let ctx = Ctx {
            page: Arc::clone(&self.page),
            at: owner,
            rendering: false,
        };
        let work = AssertUnwindSafe(|| match run {
            Run::Now(run) => {
                run(&ctx, event);
                None
            }
            Run::Later(run) => Some(run(ctx.clone(), event)),
            Run::Upload(..) => None,
        });
        let outcome = self.span().in_scope(|| std::panic::catch_unwind(work));
        match outcome {
            Ok(None) => Ok(()),
            Ok(Some(job)) if self.may_begin() => {
                let watched = self.turn.pop();
                self.page.lock().spawn(owner, Some(seq), None, watched, job);
                self.reply.working.push(seq);
                Ok(())
            }
            Ok(Some(_)) => Err(Close::TooManyEvents),
            Err(panic) => {
                self.broken(Why::Event, &Stop::panicked(&*panic));
                Ok(())
            }
        }
    }

    fn may_begin(&self) -> bool {
        self.jobs.len() < self.page.live.limits().jobs
    }

    fn upload(
        &mut self,
        seq: u64,
        version: u64,
        handler: &str,
        reference: u32,
        files: Vec<(String, u64, String)>,
    ) {
        let files: Vec<File> = files
            .into_iter()
            .map(|(name, size, content_type)| File {
                name,
                size,
                content_type,
            })
            .collect();
        let found = self.page.lock().handler(handler, version);
        let Some((owner, site, Run::Upload(accept, run))) = found else {
            return;
        };
        let taken = self.page.lock().uploads.contains_key(&reference);
        let refused = accept.refuses(&files).or_else(|| {
            (taken || !self.may_begin())
                .then(|| "Too much is going on at once. Try again in a moment.".into())
        });
        if let Some(why) = refused {
            self.page
                .lock()
                .outbox
                .upload_refused
                .push((reference, why));
            return;
        }
        self.begin(Why::Upload, Some(site));
        let watched = self.turn.pop();
        let (sender, chunks) = mpsc::channel(2);
        let ctx = Ctx {
            page: Arc::clone(&self.page),
            at: owner,
            rendering: false,
        };
        let received = vec![0; files.len()];
        let upload = Upload {
            files: files.clone(),
            reference,
            ctx: ctx.clone(),
            chunks,
            received: 0,
        };
        // The future is made here and runs in the loop, where its panics are caught; so are those of making it.
        let job = async move { run(ctx, upload).await }.boxed();
        let mut inner = self.page.lock();
        inner.uploads.insert(
            reference,
            Receiving {
                files,
                received,
                chunks: sender,
            },
        );
        inner.spawn(owner, Some(seq), Some(reference), watched, job);
        drop(inner);
        self.reply.working.push(seq);
    }

    /// Four bytes of the upload, four of the file, and the content.
    fn chunk(&mut self, mut bytes: Bytes) -> Ends {
        if !self.budget.spend() {
            return Err(Close::TooManyEvents);
        }
        if let Some(recorder) = self.page.live.recorder() {
            recorder.live_binary(self.connection, "in", bytes.len());
        }
        if bytes.len() < 8 {
            return Err(Close::Protocol);
        }
        let head = bytes.split_to(8);
        let number =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (reference, file) = (number(0), usize::try_from(number(4)).unwrap_or(usize::MAX));
        let mut inner = self.page.lock();
        let Some(receiving) = inner.uploads.get_mut(&reference) else {
            return Ok(());
        };
        if !receiving.take(file, bytes) {
            let broken = inner.uploads.remove(&reference);
            inner
                .outbox
                .upload_refused
                .push((reference, "The upload was broken off.".into()));
            drop(inner);
            drop(broken);
        }
        Ok(())
    }

    fn done(&mut self, done: Done) {
        let mut inner = self.page.lock();
        inner.finished(done.owner, done.id);
        if let Some(reference) = done.upload {
            let there = inner.uploads.remove(&reference);
            if there.is_some() && done.result.is_ok() {
                inner.outbox.upload_done.push(reference);
            }
        }
        drop(inner);
        self.reply.done.extend(done.seq);
        self.anything |= done.seq.is_some();
        self.go_on_with(done.watched);
        match done.result {
            Ok(()) => {}
            Err(Stop::Redirect(to)) => self.page.lock().navigate = Some(to),
            Err(Stop::Failed(error)) => self.failed(Why::Effect, done.owner, error),
            Err(stop @ Stop::Panicked(_)) => self.broken(Why::Effect, &stop),
        }
    }

    /// A message of a topic that some component subscribes to.
    fn letter(&mut self, letter: Letter) -> Ends {
        // Too much at once, or messages were missed: the page is made anew from what is stored.
        let letter = letter.map_err(|_| Close::Restart)?;
        if letter.tag == ENDED {
            return Err(Close::SessionEnded);
        }
        let found = self.page.lock().heard(letter.tag);
        let Some((owner, handle)) = found else {
            return Ok(());
        };
        let ctx = Ctx {
            page: Arc::clone(&self.page),
            at: owner,
            rendering: false,
        };
        self.begin(Why::Message, None);
        let work = AssertUnwindSafe(|| handle(&ctx, &letter.payload));
        let heard = self.span().in_scope(|| std::panic::catch_unwind(work));
        if let Err(panic) = heard {
            self.broken(Why::Message, &Stop::panicked(&*panic));
        }
        Ok(())
    }

    /// Another page in the place of this one.
    async fn navigate(&mut self, url: &str, pop: bool) -> Ends {
        const MOST: usize = 5;
        let mut url = url.to_owned();
        for _ in 0..MOST {
            let (path, query) = split(&url);
            let Some((place, name, render)) = self.page.live.find(path, query) else {
                return self.leave(&url).await;
            };
            let old = {
                let mut inner = self.page.lock();
                let old = inner.html(false);
                inner.url = place;
                inner.saved.clear();
                inner.title.clear();
                inner.flash.readers.clear();
                inner.zone.readers.clear();
                inner.uploads.clear();
                old
            };
            match self.mount(name, render).await {
                Ok(()) => {
                    let text = self.page.lock().url.text();
                    if !pop {
                        self.reply.url = Some((text, "push"));
                    } else if text != url {
                        self.reply.url = Some((text, "replace"));
                    }
                    self.reply.navigated = Some(1);
                    let items = self.page.lock().first_items();
                    self.reset_items(items);
                    self.forget_items();
                    self.anything = true;
                    return self.send_what_there_is(Some(&old)).await;
                }
                Err(Stop::Redirect(to)) => url = to,
                Err(stop) => return self.instead(stop, &url).await,
            }
        }
        self.leave(&url).await
    }

    /// What is shown when a page cannot be: its real address says it with a status of its own.
    async fn instead(&mut self, stop: Stop, url: &str) -> Ends {
        match stop {
            Stop::Redirect(to) => self.leave(&to).await,
            Stop::Failed(_) => self.leave(url).await,
            stop @ Stop::Panicked(_) => {
                self.broken(Why::Render, &stop);
                self.send_reply().await?;
                Err(Close::Panicked)
            }
        }
    }

    async fn leave(&mut self, url: &str) -> Ends {
        self.reply.leave = Some(url.to_owned());
        self.send_reply().await?;
        Err(Close::Gone)
    }

    /// Renders what has changed and sends what there is to say.
    async fn flush(&mut self) -> Ends {
        if self.reply.error.is_some() {
            self.send_reply().await?;
            return Err(Close::Panicked);
        }
        self.begin_jobs();
        let destination = self.page.lock().navigate.take();
        if let Some(to) = destination {
            return self.navigate(&to, false).await;
        }
        let old = {
            let inner = self.page.lock();
            let dirty = inner.instances.values().any(|instance| instance.dirty);
            dirty.then(|| inner.html(false))
        };
        if old.is_some() {
            let patience = self.page.live.limits().render_timeout;
            let page = Arc::clone(&self.page);
            let settled = match timeout(patience, page.settle()).await {
                Ok(settled) => settled,
                Err(_) => Err(Stop::Panicked(
                    "a component takes too long to render".into(),
                )),
            };
            match settled {
                Ok(()) => {}
                Err(Stop::Redirect(to)) => return self.navigate(&to, false).await,
                Err(Stop::Failed(error)) => {
                    let root = self
                        .page
                        .lock()
                        .instances
                        .keys()
                        .next()
                        .copied()
                        .unwrap_or_default();
                    self.failed(Why::Render, root, error);
                }
                Err(stop @ Stop::Panicked(_)) => {
                    self.broken(Why::Render, &stop);
                    self.send_reply().await?;
                    return Err(Close::Panicked);
                }
            }
        }
        self.send_what_there_is(old.as_deref()).await
    }

    fn begin_jobs(&mut self) {
        let mut inner = self.page.lock();
        let new = std::mem::take(&mut inner.jobs);
        if let Some(letters) = inner.letters.take() {
            self.letters = Some(letters);
        }
        drop(inner);
        for NewJob {
            id,
            owner,
            seq,
            upload,
            watched,
            future,
        } in new
        {
            let span = watched.as_ref().map(|watched| watched.span.clone());
            let work = future.instrument(span.unwrap_or_else(Span::none));
            let work = AssertUnwindSafe(work).catch_unwind().map(move |outcome| {
                let result = match outcome {
                    Ok(Ok(result)) => result,
                    // Its component is gone.
                    Ok(Err(_aborted)) => Ok(()),
                    Err(panic) => Err(Stop::panicked(&*panic)),
                };
                Done {
                    id,
                    owner,
                    seq,
                    upload,
                    watched,
                    result,
                }
            });
            self.jobs.push(work.boxed());
        }
    }

    /// Sends the difference to `old`, the state, and the outbox; nothing if there is nothing.
    async fn send_what_there_is(&mut self, old: Option<&str>) -> Ends {
        // Effects of what was just rendered begin now.
        self.begin_jobs();
        let limits = self.page.live.limits().clone();
        if !self.put_html(old, limits.html_bytes) {
            self.broken(
                Why::Render,
                &Stop::Panicked("a page is larger than `Limits::html_bytes`".into()),
            );
            self.send_reply().await?;
            return Err(Close::Panicked);
        }
        let changed = old.is_some() || self.state.is_empty() || self.reply.version.is_some();
        if changed || self.anything {
            self.put_state(&limits);
        }
        if self.reply.version.is_none() && self.reply.mac.is_none() && !self.anything {
            return Ok(());
        }
        self.send_reply().await
    }

    /// The difference to `old` and the outbox go along. False if the page is larger than `most` bytes.
    fn put_html(&mut self, old: Option<&str>, most: usize) -> bool {
        let mut inner = self.page.lock();
        if let Some(old) = old {
            let new = inner.html(false);
            if new.len() > most {
                return false;
            }
            if new != old || inner.handlers_changed {
                inner.version += 1;
                self.reply.version = Some(inner.version);
                let change = splices(old, &new);
                self.reply.splices = (!change.0.is_empty()).then_some(change);
            }
        }
        inner.handlers_changed = false;
        self.anything |= inner.take_outbox(&mut self.reply);
        true
    }

    /// The state goes along when it has changed.
    fn put_state(&mut self, limits: &crate::Limits) {
        let (mut saved, path) = {
            let inner = self.page.lock();
            (inner.save(0), inner.url.path.clone())
        };
        // The time alone is no change, until half of it is over.
        saved.expires = renewed(
            &self.state,
            saved::expiry(limits.state_lifetime),
            limits.state_lifetime.as_secs(),
        );
        let mut state = serde_json::to_string(&saved).unwrap_or_default();
        if state.len() > limits.state_bytes {
            tracing::warn!(
                path,
                bytes = state.len(),
                "the state of a page is too large to travel, so the page begins anew after a reconnection"
            );
            state = String::new();
        }
        if state == self.state && self.reply.navigated.is_none() {
            return;
        }
        let bound = Bound {
            visitor: &self.page.visit.secret,
            path: &path,
        };
        self.reply.mac = Some(self.page.live.signer().sign(bound, &state));
        if self.state.is_empty() || self.reply.navigated.is_some() {
            self.reply.state = Some(state.clone());
        } else {
            self.reply.state_splices = Some(splices(&self.state, &state));
        }
        self.state = state;
    }

    async fn send_reply(&mut self) -> Ends {
        let reply = std::mem::take(&mut self.reply);
        self.anything = false;
        let text = serde_json::to_string(&reply).map_err(|_| Close::Protocol)?;
        self.record("out", &text);
        self.page.live.watch().sent(text.len());
        let patience = self.page.live.limits().send_timeout;
        match timeout(patience, self.io.send(text)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Close::Gone),
            Err(_) => Err(Close::SlowReader),
        }
    }

    fn record(&self, direction: &'static str, text: &str) {
        if let Some(recorder) = self.page.live.recorder() {
            recorder.live(self.connection, direction, text);
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without a sender there is nobody who could stop us.
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

type Letter = Result<crate::broadcast::Delivery, crate::broadcast::Lagged>;

async fn next_letter(letters: &mut Option<MailboxReceiver>) -> Letter {
    match letters {
        Some(letters) => letters.next().await,
        None => std::future::pending().await,
    }
}

impl Page {
    /// The mailbox for all subscriptions of the page, made when the first one is.
    pub(crate) fn mailbox(&self, inner: &mut Inner) -> crate::broadcast::Mailbox {
        if let Some(mailbox) = &inner.mailbox {
            return mailbox.clone();
        }
        let (mailbox, letters) = mailbox();
        inner.mailbox = Some(mailbox.clone());
        inner.letters = Some(letters);
        self.bell.notify_one();
        mailbox
    }
}

impl Inner {
    /// Moves what handlers have put there into `reply`; true if there was anything.
    fn take_outbox(&mut self, reply: &mut Reply) -> bool {
        let outbox = std::mem::take(&mut self.outbox);
        let anything = outbox.title.is_some()
            || outbox.url.is_some()
            || outbox.leave.is_some()
            || !outbox.calls.is_empty()
            || !outbox.items.is_empty()
            || !outbox.upload_at.is_empty()
            || !outbox.upload_refused.is_empty()
            || !outbox.upload_done.is_empty();
        reply.title = outbox.title.or(reply.title.take());
        reply.url = reply.url.take().or(outbox.url);
        reply.leave = outbox.leave.or(reply.leave.take());
        reply.calls.extend(outbox.calls);
        reply.items.extend(outbox.items);
        reply.upload_at.extend(outbox.upload_at);
        reply.upload_refused.extend(outbox.upload_refused);
        reply.upload_done.extend(outbox.upload_done);
        anything
    }
}

/// When the state expires: as before, if that is far enough away.
fn renewed(old: &str, new: u64, lifetime: u64) -> u64 {
    #[derive(serde::Deserialize)]
    struct Expiry {
        x: u64,
    }
    match serde_json::from_str::<Expiry>(old) {
        Ok(Expiry { x }) if x + lifetime / 2 > new && x <= new => x,
        _ => new,
    }
}

/// Path and query of a URL on this site, without its fragment.
fn split(url: &str) -> (&str, &str) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?').unwrap_or((url, ""))
}

/// Messages that may still come: a bucket that fills up over time.
struct Budget {
    left: f64,
    most: f64,
    per_second: f64,
    at: Instant,
}

impl Budget {
    fn new(burst: u32, per_second: u32) -> Self {
        let (most, per_second) = (f64::from(burst), f64::from(per_second));
        Self {
            left: most,
            most,
            per_second,
            at: Instant::now(),
        }
    }

    fn spend(&mut self) -> bool {
        let now = Instant::now();
        let earned = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.at = now;
        self.left = (self.left + earned).min(self.most);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}
