//! The life of a connection: a page, its events, and what is sent back. One task, one thing after another.
//!
//! `joining` is its beginning, `uploads` and `navigation` what else a browser may want, `sending` the answer, `turn` the name
//! of what is done for it.

mod joining;
mod navigation;
mod rate_limit;
mod sending;
mod turn;
mod uploads;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use axum::body::Bytes;
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use serde_json::value::RawValue;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tracing::Instrument;

use rate_limit::RateLimit;

use crate::{
    Ctx, Live, Stop, Visit,
    broadcast::{MailboxReceiver, Subscription, mailbox},
    page::{Inner, Page, Run},
    protocol::{Close, Message, Reply},
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
type SessionResult<T = ()> = Result<T, Close>;

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
    deliveries: Option<MailboxReceiver>,
    rate_limit: RateLimit,
    /// The state that the browser has.
    state: String,
    acknowledged: u64,
    /// What the next message has to say beside the page's outbox.
    reply: Reply,
    anything: bool,
    ended: Option<Subscription>,
    /// What is done until the next message is sent.
    turn: Vec<Watched>,
}

/// Serves a connection from its first message to its end.
pub(crate) async fn run<I: Io>(live: Live, visit: Visit, io: I) -> Close {
    let _counted = live.watch().connection();
    let mut session = Session::new(live, visit, io);
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
    fn new(live: Live, visit: Visit, io: I) -> Self {
        let rate_limit = RateLimit::new(live.limits().burst, live.limits().events_per_second);
        let page = Page::new(live, visit, crate::page::Url::default(), None, true);
        Self {
            io,
            page,
            jobs: FuturesUnordered::new(),
            deliveries: None,
            rate_limit,
            state: String::new(),
            acknowledged: 0,
            reply: Reply::default(),
            anything: false,
            ended: None,
            turn: Vec::new(),
        }
    }

    async fn live(&mut self) -> SessionResult {
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
                delivery = next_delivery(&mut self.deliveries) => self.delivery(delivery)?,
                () = page.wake.notified() => {}
                () = stopped(&mut stopping) => return Err(Close::Restart),
                () = tokio::time::sleep_until(deadline) => return Err(Close::Gone),
            }
            let span = self.span();
            Box::pin(self.flush().instrument(span)).await?;
            self.end_turn();
        }
    }

    async fn incoming(&mut self, incoming: Incoming) -> SessionResult {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Binary(bytes) => return self.chunk(bytes),
            Incoming::TooLarge => return Err(Close::TooLarge),
            Incoming::Gone => return Err(Close::Gone),
        };
        if !self.rate_limit.allow() {
            return Err(Close::TooManyEvents);
        }
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
    ) -> SessionResult {
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
        let ctx = Ctx::later(&self.page, owner);
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
    fn delivery(&mut self, delivery: NextDelivery) -> SessionResult {
        // Too much at once, or messages were missed: the page is made anew from what is stored.
        let delivery = delivery.map_err(|_| Close::Restart)?;
        if delivery.tag == ENDED {
            return Err(Close::SessionEnded);
        }
        let found = self.page.lock().subscription(delivery.tag);
        let Some((owner, handle)) = found else {
            return Ok(());
        };
        let ctx = Ctx::later(&self.page, owner);
        self.begin(Why::Message, None);
        let work = AssertUnwindSafe(|| handle(&ctx, &delivery.payload));
        let heard = self.span().in_scope(|| std::panic::catch_unwind(work));
        if let Err(panic) = heard {
            self.broken(Why::Message, &Stop::panicked(&*panic));
        }
        Ok(())
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without a sender there is nobody who could stop us.
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

type NextDelivery = Result<crate::broadcast::Delivery, crate::broadcast::Lagged>;

async fn next_delivery(deliveries: &mut Option<MailboxReceiver>) -> NextDelivery {
    match deliveries {
        Some(deliveries) => deliveries.next().await,
        None => std::future::pending().await,
    }
}

impl Page {
    /// The mailbox for all subscriptions of the page, made when the first one is.
    pub(crate) fn mailbox(&self, inner: &mut Inner) -> crate::broadcast::Mailbox {
        if let Some(mailbox) = &inner.mailbox {
            return mailbox.clone();
        }
        let (mailbox, deliveries) = mailbox();
        inner.mailbox = Some(mailbox.clone());
        inner.deliveries = Some(deliveries);
        self.wake.notify_one();
        mailbox
    }
}
