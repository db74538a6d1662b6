//! The life of a connection: a page, its events, and what is sent back. One task, one thing after another.
//!
//! `join` is its beginning, `resume` that of a page with an upload under way, `finish` its end, `uploads` and
//! `navigation` what else a browser may want, `send` the answer, `work` the id of what is done for it, `texts` what
//! changes in development.

mod finish;
mod join;
mod navigation;
mod resume;
mod send;
mod texts;
mod uploads;
mod work;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::body::Bytes;
use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, pending},
    stream::FuturesUnordered,
};
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, timeout},
};
use tracing::Instrument;

use crate::{
    Ctx, Live, PageError, UploadAborted, Visit,
    broadcast::{Delivery, Lagged, Mailbox, MailboxReceiver},
    live::{Budget, ConnectionPermit, OpenPage, PageKey, SessionEnd},
    observer::{ActiveWork, Trigger},
    page::{HandlerKind, Job, Page},
    parts::PART_BYTES,
    protocol::{CloseReason, Event, Message},
};
pub(crate) use resume::Claim;
use resume::{SentMessages, claimed};
use texts::Texts;

/// What goes to and from a browser, whatever carries it.
pub(crate) trait Io: Send {
    /// The next message. A call that is given up loses none.
    fn receive(&mut self) -> impl Future<Output = Incoming> + Send;
    /// Sends one message; false if the browser is gone.
    fn send(&mut self, text: String) -> impl Future<Output = bool> + Send;
    /// Tells the browser why the connection ends.
    fn close(&mut self, reason: CloseReason) -> impl Future<Output = ()> + Send;
}

/// What a browser sends.
pub(crate) enum Incoming {
    Text(String),
    Binary(Bytes),
    /// A ping or pong of the WebSocket itself.
    Control,
    TooLarge,
    /// What is not of the protocol.
    Unreadable,
    Gone,
}

/// The outcome of a step: the connection goes on, or ends for this reason.
type Step<T = ()> = Result<T, CloseReason>;

struct Session<I> {
    io: I,
    page: Arc<Page>,
    jobs: FuturesUnordered<BoxFuture<'static, (Job, Result<(), PageError>)>>,
    deliveries: MailboxReceiver,
    budget: Budget,
    permit: Arc<ConnectionPermit>,
    /// While there is one nothing else is received.
    held: Option<Box<HeldMessage>>,
    /// The state that the browser has.
    state: String,
    /// Until when that is valid, in seconds since 1970.
    state_expires: u64,
    acknowledged: u64,
    /// The events whose handlers are at work.
    running: Vec<u64>,
    /// Those whose handlers have failed.
    failed: Vec<u64>,
    /// Where the page was sent by a real load.
    left_for: Option<String>,
    /// The page has this connection, unless it has no name.
    open: Option<OpenPage>,
    /// The browser is gone: nothing is sent any more.
    gone: bool,
    /// What the browser has been told of it.
    acknowledgement_sent: u64,
    sent: SentMessages,
    /// The page by the name that the browser has given it.
    key: Option<PageKey>,
    /// The next connection of the page, once it has an upload.
    claimed: Option<oneshot::Receiver<Claim>>,
    /// A ping waits for its answer, which may be empty.
    pinged: bool,
    /// Of the visitor's session.
    session_end: SessionEnd,
    texts: Texts,
    /// What is done until the next message is sent.
    work: Vec<ActiveWork>,
}

/// A message that waits for the budgets that it shares with other connections.
struct HeldMessage {
    until: Instant,
    message: Message,
}

/// How long a browser that reads nothing may take to notice why it is left.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves a connection from its first message to its end.
pub(crate) async fn run<I: Io>(
    live: Live,
    visit: Visit,
    permit: ConnectionPermit,
    io: I,
) -> CloseReason {
    let _counted = live.observer().connection();
    let mut session = Session::new(live, visit, permit, io);
    let reason = match session.serve().await {
        Ok(()) => CloseReason::Gone,
        Err(reason) => reason,
    };
    if matches!(reason, CloseReason::Gone | CloseReason::SlowReader) {
        session.wait_for_claim().await;
    }
    session.finish(reason).await;
    match reason {
        CloseReason::Gone => {}
        // What no browser does by itself. One line a connection, which has one of its request already.
        CloseReason::TooManyEvents | CloseReason::TooLarge | CloseReason::Protocol => {
            let address = session.page.visit.address.map(tracing::field::display);
            tracing::info!(target: "security", ?reason, address, "a live connection is refused");
        }
        _ => tracing::debug!(?reason, "a live connection is closed"),
    }
    let limit = match reason {
        CloseReason::SlowReader => LAST_WORDS,
        _ => session.page.live.limits().send_timeout,
    };
    timeout(limit, session.io.close(reason)).await.ok();
    reason
}

impl<I: Io> Session<I> {
    fn new(live: Live, visit: Visit, permit: ConnectionPermit, io: I) -> Self {
        let budget = Budget::new(live.limits().events);
        let (mailbox, deliveries) = Mailbox::new();
        let page = Page::new(
            live,
            visit,
            crate::page::Url::default(),
            None,
            Some(mailbox),
        );
        Self {
            io,
            page,
            jobs: FuturesUnordered::new(),
            deliveries,
            budget,
            permit: Arc::new(permit),
            held: None,
            state: String::new(),
            state_expires: 0,
            acknowledged: 0,
            running: Vec::new(),
            failed: Vec::new(),
            left_for: None,
            open: None,
            gone: false,
            acknowledgement_sent: 0,
            sent: SentMessages::default(),
            key: None,
            claimed: None,
            pinged: false,
            session_end: pending().boxed(),
            texts: Texts::new(),
            work: Vec::new(),
        }
    }

    async fn serve(&mut self) -> Step {
        let join = self.first_message().await?;
        // Boxed, so that a connection that waits is small.
        Box::pin(self.join_or_resume(join)).await?;
        self.end_work();
        let mut stopping = self.page.live.stopping();
        let idle_timeout = self.page.live.limits().idle_timeout;
        let mut deadline = Instant::now() + idle_timeout;
        loop {
            let page = Arc::clone(&self.page);
            let held_until = self.held.as_ref().map_or(deadline, |held| held.until);
            tokio::select! {
                incoming = self.io.receive(), if self.held.is_none() => {
                    if !matches!(incoming, Incoming::Control) {
                        deadline = Instant::now() + idle_timeout;
                    }
                    Box::pin(self.incoming(incoming)).await?;
                }
                () = tokio::time::sleep_until(held_until), if self.held.is_some() => {
                    if let Some(held) = self.held.take() {
                        Box::pin(self.message(held.message)).await?;
                    }
                }
                Some((job, result)) = self.jobs.next() => self.job_ended(job, result),
                Some(delivery) = self.deliveries.next() => self.take_deliveries(delivery)?,
                () = page.wake.notified() => {}
                () = self.texts.changed() => self.texts_changed(),
                claim = claimed(&mut self.claimed) => {
                    self.hand_over(claim);
                    return Err(CloseReason::Gone);
                }
                () = &mut self.session_end => return Err(CloseReason::SessionEnded),
                () = finish::replaced(self.open.as_ref()) => return Err(CloseReason::Gone),
                () = stopped(&mut stopping) => return Err(CloseReason::Restart),
                () = tokio::time::sleep_until(deadline) => return Err(CloseReason::Gone),
            }
            let span = self.span();
            Box::pin(self.flush().instrument(span)).await?;
            self.end_work();
            // Whatever else waits for this processor goes first, however much this browser has sent.
            tokio::task::yield_now().await;
        }
    }

    async fn incoming(&mut self, incoming: Incoming) -> Step {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Binary(bytes) => return self.chunk(bytes),
            Incoming::Control => return self.spend(1),
            Incoming::TooLarge => return Err(CloseReason::TooLarge),
            Incoming::Unreadable => return Err(CloseReason::Protocol),
            Incoming::Gone => return Err(CloseReason::Gone),
        };
        let held = self.hold(&text)?;
        if held.until <= Instant::now() {
            return self.message(held.message).await;
        }
        self.held = Some(Box::new(held));
        Ok(())
    }

    /// A message, and when it is its turn.
    fn hold(&mut self, text: &str) -> Step<HeldMessage> {
        let message = Message::parse(text).map_err(|_| CloseReason::Protocol)?;
        let cost = message.cost() + long_cost(text);
        self.spend(cost)?;
        let until = Instant::now() + self.permit.spend(cost);
        Ok(HeldMessage { until, message })
    }

    /// Takes `cost` from the budget of this connection.
    fn spend(&mut self, cost: u32) -> Step {
        match self.budget.spend(cost) {
            true => Ok(()),
            false => Err(CloseReason::TooManyEvents),
        }
    }

    /// What was sent after the end of the visitor's session may be received before it.
    fn check_session_end(&mut self) -> Step {
        match (&mut self.session_end).now_or_never() {
            None => Ok(()),
            Some(()) => Err(CloseReason::SessionEnded),
        }
    }

    async fn message(&mut self, message: Message) -> Step {
        self.check_session_end()?;
        match message {
            Message::Join(_) => return Err(CloseReason::Protocol),
            Message::Event(event) => self.event(event)?,
            Message::Navigate(to) => return self.follow(to).await,
            Message::Return(answer) => {
                let waiting = self.page.lock().calls.remove(&answer.id);
                if let Some(waiting) = waiting {
                    let answer = match answer.ok {
                        true => Ok(answer.value),
                        false => Err(answer.value.as_str().unwrap_or("an error").to_owned()),
                    };
                    waiting.send(answer).ok();
                }
            }
            Message::Upload(upload) => {
                self.acknowledge(upload.seq);
                self.upload(upload);
            }
            Message::UploadCancelled { reference } => {
                let cancelled = self.page.lock().uploads.remove(&reference);
                drop(cancelled);
            }
            Message::Ping => self.pinged = true,
            Message::Warning(text) => self.warn(&text),
        }
        Ok(())
    }

    /// Only who develops the page hears of it: in production it is what anybody likes to say.
    fn warn(&self, text: &str) {
        if cfg!(debug_assertions) {
            self.span().in_scope(|| tracing::warn!("{text:?}"));
        }
    }

    fn acknowledge(&mut self, seq: u64) {
        self.acknowledged = self.acknowledged.max(seq);
        self.page.lock().outbox.acknowledged = Some(self.acknowledged);
    }

    /// Runs a handler. One that the browser's page did not mean is left alone, and the event acknowledged: it was
    /// made at a page that is not there any more.
    fn event(&mut self, message: Event) -> Step {
        let seq = message.seq;
        // One that was played again, or came in another order than it was made.
        if seq <= self.acknowledged {
            return Ok(());
        }
        self.acknowledge(seq);
        let mut event: crate::Event =
            serde_json::from_str(message.payload.get()).map_err(|_| CloseReason::Protocol)?;
        event.kind = message.kind;
        let found = self.page.lock().handler(&message.handler, message.version);
        let Some((owner, site, run)) = found else {
            // Else its form would count as done.
            if event.kind == "submit" {
                self.event_failed(seq);
            }
            return Ok(());
        };
        self.begin(Trigger::Event, Some(site));
        let ctx = Ctx::later(&self.page, owner);
        let work = AssertUnwindSafe(|| match run {
            HandlerKind::Sync(run) => {
                let error = run(&ctx, event).err()?;
                Some(async { Err(error) }.boxed())
            }
            HandlerKind::Async(run) => Some(run(ctx.clone(), event)),
            HandlerKind::Upload(..) => None,
        });
        let outcome = self.span().in_scope(|| std::panic::catch_unwind(work));
        match outcome {
            Ok(None) => {
                self.page.lock().event = Some(seq);
                Ok(())
            }
            Ok(Some(future)) if self.may_begin() => {
                let job = Job {
                    owner,
                    seqs: vec![seq],
                    work: self.work.pop(),
                    ..Job::default()
                };
                self.running.push(seq);
                let mut inner = self.page.lock();
                inner.spawn(job, future);
                inner.outbox.working.push(seq);
                Ok(())
            }
            Ok(Some(_)) => Err(CloseReason::TooManyEvents),
            Err(panic) => {
                self.component_panicked(Trigger::Event, owner, &PageError::panicked(&*panic));
                Ok(())
            }
        }
    }

    fn may_begin(&self) -> bool {
        self.jobs.len() < self.page.live.limits().jobs
    }

    fn job_ended(&mut self, job: Job, result: Result<(), PageError>) {
        let mut inner = self.page.lock();
        inner.finished(&job);
        if let Some(reference) = job.upload {
            match (inner.uploads.remove(&reference), &result) {
                (Some(_), Ok(())) => inner.outbox.upload_done.push(reference),
                (Some(_), Err(_)) => inner
                    .outbox
                    .upload_refused
                    .push((reference, uploads::ABORTED.into())),
                // Given up, by the browser or by us.
                (None, _) => {}
            }
        }
        inner.outbox.done.extend(&job.seqs);
        drop(inner);
        self.running.retain(|seq| !job.seqs.contains(seq));
        if let Err(PageError::Failed(_)) = &result {
            for seq in &job.seqs {
                self.event_failed(*seq);
            }
        }
        self.resume(job.work);
        match result {
            Ok(()) => {}
            Err(PageError::Redirect(to)) => self.page.lock().navigate = Some(to),
            Err(PageError::Failed(error)) if error.is::<UploadAborted>() => {
                tracing::debug!("an upload was aborted");
            }
            Err(PageError::Failed(error)) => self.failed(Trigger::Effect, job.owner, error),
            Err(error @ PageError::Panicked(_)) => {
                self.component_panicked(Trigger::Effect, job.owner, &error);
            }
        }
    }

    /// The page is rendered once for all messages that wait: where everybody comes back at the same time, each of them is
    /// news for all others.
    fn take_deliveries(&mut self, first: Result<Delivery, Lagged>) -> Step {
        self.delivery(first)?;
        for _ in 1..Mailbox::CAPACITY {
            let Some(Some(next)) = self.deliveries.next().now_or_never() else {
                break;
            };
            self.delivery(next)?;
        }
        Ok(())
    }

    /// A message of a topic that some component subscribes to.
    fn delivery(&mut self, delivery: Result<Delivery, Lagged>) -> Step {
        // The page may show what is old, so it is rendered again from what is stored.
        let delivery = delivery.map_err(|_| CloseReason::Restart)?;
        let found = self.page.lock().subscription(delivery.tag);
        let Some((owner, handle)) = found else {
            return Ok(());
        };
        let ctx = Ctx::later(&self.page, owner);
        self.begin(Trigger::Message, None);
        let work = AssertUnwindSafe(|| handle(&ctx, &delivery.payload));
        let handled = self.span().in_scope(|| std::panic::catch_unwind(work));
        if let Err(panic) = handled {
            self.component_panicked(Trigger::Message, owner, &PageError::panicked(&*panic));
        }
        Ok(())
    }
}

/// What a long message costs on top, in clicks: one for every part.
fn long_cost(text: &str) -> u32 {
    u32::try_from(text.len() / PART_BYTES).unwrap_or(u32::MAX)
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without a sender there is nobody who could stop us.
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}
