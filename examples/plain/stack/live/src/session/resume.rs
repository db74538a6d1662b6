//! A page whose connection breaks during an upload goes on over the next one, with its components and handlers.
//!
//! The session that lost the browser waits for a claim. The session of the next connection finds it by the id that the
//! browser has chosen for its page, and takes over what the page consists of.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, pending},
    stream::FuturesUnordered,
};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until, timeout},
};

use super::{Io, Session, Step, finish::replaced};
use crate::{
    PageError,
    broadcast::{Mailbox, MailboxReceiver},
    live::{OpenPage, PageKey, SessionEnd},
    observer::Trigger,
    page::{Job, Page},
    protocol::{CloseReason, Join},
};

/// What goes from one session of a page to the next.
pub(crate) struct Handover {
    page: Arc<Page>,
    open: Option<OpenPage>,
    jobs: FuturesUnordered<BoxFuture<'static, (Job, Result<(), PageError>)>>,
    running: Vec<u64>,
    failed: Vec<u64>,
    deliveries: MailboxReceiver,
    state: String,
    state_expires: u64,
    acknowledged: u64,
    session_end: SessionEnd,
    sent: SentMessages,
    missed: Vec<Box<RawValue>>,
}

/// How the next session of a page says that it wants it.
pub(crate) struct Claim {
    /// How many messages the browser has received.
    received: u64,
    url: String,
    session: Option<crate::live::Session>,
    reply: oneshot::Sender<Handover>,
}

/// How long a session that is still connected may take to hand its page over.
const HANDOVER_TIMEOUT: Duration = Duration::from_secs(5);

/// The messages to the browser since its page has joined: how many, and the last of them.
#[derive(Default)]
pub(super) struct SentMessages {
    count: u64,
    /// Kept while an upload is under way, since the browser may have missed them.
    last: VecDeque<String>,
    bytes: usize,
}

/// The answer to a join that goes on with its page.
#[derive(Serialize)]
struct Resumed {
    /// The uploads with the bytes that have come, and the messages that the browser has missed.
    re: (Vec<(u32, u64)>, Vec<Box<RawValue>>),
    v: u64,
    a: u64,
}

impl SentMessages {
    const MAX_BYTES: usize = 64 * 1024;

    pub(super) fn add(&mut self, text: &str, keep: bool) {
        self.count += 1;
        if !keep {
            (self.last, self.bytes) = (VecDeque::new(), 0);
            return;
        }
        self.bytes += text.len();
        self.last.push_back(text.to_owned());
        while self.bytes > Self::MAX_BYTES {
            self.bytes -= self.last.pop_front().map_or(self.bytes, |old| old.len());
        }
    }

    /// Those that a browser that has `received` so many lacks; `None` if they are not known any more.
    fn missed(&self, received: u64) -> Option<Vec<Box<RawValue>>> {
        let missed = usize::try_from(self.count.checked_sub(received)?).ok()?;
        let first = self.last.len().checked_sub(missed)?;
        let missed = self.last.range(first..).cloned();
        missed
            .map(|text| RawValue::from_string(text).ok())
            .collect()
    }
}

impl<I: Io> Session<I> {
    /// Whether the page has an upload that is not over.
    pub(super) fn is_uploading(&self) -> bool {
        !self.page.lock().uploads.is_empty()
    }

    /// Lets the next connection of the page find this session.
    pub(super) fn offer(&mut self) {
        let Some(key) = self.key else {
            return;
        };
        if self.claimed.is_none() {
            self.claimed = Some(self.page.live.offer(key));
        }
    }

    /// Waits a while for the next connection of a page that has an upload under way. Handlers go on meanwhile.
    pub(super) async fn wait_for_claim(&mut self) {
        let Some(mut claims) = self
            .claimed
            .take()
            .filter(|_| self.is_uploading() && self.left_for.is_none())
        else {
            return;
        };
        let mut stopping = self.page.live.stopping();
        let until = Instant::now() + self.page.live.limits().upload_resume_timeout;
        loop {
            tokio::select! {
                claim = &mut claims => {
                    if let Ok(claim) = claim {
                        self.hand_over(claim);
                    }
                    return;
                }
                Some((job, result)) = self.jobs.next() => self.job_ended(job, result),
                () = sleep_until(until) => return,
                () = replaced(self.open.as_ref()) => return,
                () = super::stopped(&mut stopping) => return,
                () = &mut self.session_end => return,
            }
        }
    }

    /// Hands the page over, if the claim is about what it shows and the browser's messages are known.
    pub(super) fn hand_over(&mut self, claim: Claim) {
        self.claimed = None;
        let missed = self.sent.missed(claim.received);
        let same_url = self.page.lock().url.text() == claim.url;
        let (Some(missed), true) = (missed, same_url && self.page.visit.session == claim.session)
        else {
            return;
        };
        let handover = Handover {
            page: Arc::clone(&self.page),
            open: self.open.take(),
            jobs: std::mem::take(&mut self.jobs),
            running: std::mem::take(&mut self.running),
            failed: std::mem::take(&mut self.failed),
            deliveries: std::mem::replace(&mut self.deliveries, Mailbox::new().1),
            state: std::mem::take(&mut self.state),
            state_expires: self.state_expires,
            acknowledged: self.acknowledged,
            session_end: std::mem::replace(&mut self.session_end, pending().boxed()),
            sent: std::mem::take(&mut self.sent),
            missed,
        };
        claim.reply.send(handover).ok();
    }

    /// Goes on with the page that the browser had, or begins it anew.
    pub(super) async fn join_or_resume(&mut self, join: Join) -> Step {
        self.key = PageKey::new(&self.page.visit, &join.page);
        match self.claim(&join).await {
            Some(handover) => self.resume_page(handover).await,
            None => self.join(join).await,
        }
    }

    async fn claim(&mut self, join: &Join) -> Option<Handover> {
        let received = join.received?;
        let other = self.page.live.claim(self.key?)?;
        let (reply, handover) = oneshot::channel();
        let claim = Claim {
            received,
            url: join.url.clone(),
            session: self.page.visit.session.clone(),
            reply,
        };
        other.send(claim).ok()?;
        timeout(HANDOVER_TIMEOUT, handover).await.ok()?.ok()
    }

    async fn resume_page(&mut self, handover: Handover) -> Step {
        self.page = handover.page;
        self.open = handover.open;
        self.jobs = handover.jobs;
        self.running = handover.running;
        self.failed = handover.failed;
        self.deliveries = handover.deliveries;
        self.state = handover.state;
        self.state_expires = handover.state_expires;
        self.acknowledged = handover.acknowledged;
        self.acknowledgement_sent = handover.acknowledged;
        self.session_end = handover.session_end;
        self.sent = handover.sent;
        self.check_session_end()?;
        self.offer();
        self.begin(Trigger::Join, None);
        let resumed = {
            let inner = self.page.lock();
            let uploads = inner.uploads.iter();
            let uploads = uploads.map(|(reference, upload)| (*reference, upload.received));
            Resumed {
                re: (uploads.collect(), handover.missed),
                v: inner.version,
                a: self.acknowledged,
            }
        };
        let text = serde_json::to_string(&resumed).map_err(|_| CloseReason::Protocol)?;
        self.send_text(text).await?;
        self.flush().await
    }
}

/// The next connection of the page, once there is one.
pub(super) async fn claimed(claims: &mut Option<oneshot::Receiver<Claim>>) -> Claim {
    if let Some(receiver) = claims {
        if let Ok(claim) = receiver.await {
            return claim;
        }
        *claims = None;
    }
    pending().await
}
