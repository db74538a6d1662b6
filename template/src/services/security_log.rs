//! The log of what concerns security: who, from where, what, with which result.
//!
//! An event is a row of `security_events`, which its user can see, and a line of the log with the target `security`, for
//! alerts. Neither has a password, a token, or an e-mail address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use stack_db::Db;

use crate::{
    error::Result,
    models::{ClientInfo, EventKind, Outcome, UserId},
    repositories::{delete_all, security_events},
};

/// How many events of one user, or of nobody, from one network are stored in a minute: what a flood adds is only in the
/// log, whose reader has limits of its own.
const STORED_A_MINUTE: u32 = 20;
/// From how many networks at once events without a user are stored in a minute.
const NETWORKS: usize = 1000;
/// How many characters of the details are stored.
const DETAILS: usize = 200;

/// The security log. Cheap to clone.
#[derive(Clone)]
pub struct SecurityLog {
    db: Db,
    /// How long events are kept.
    keep: Duration,
    minute: Arc<Mutex<Minute>>,
}

/// How many events were stored in this minute, for each user and network.
struct Minute {
    began: Instant,
    stored: HashMap<(Option<UserId>, IpAddr), u32>,
}

impl SecurityLog {
    /// Stores events in `db`, and keeps them for the time `keep`.
    pub fn new(db: Db, keep: Duration) -> Self {
        let minute = Minute {
            began: Instant::now(),
            stored: HashMap::new(),
        };
        Self {
            db,
            keep,
            minute: Arc::new(Mutex::new(minute)),
        }
    }

    /// Records an event. `user` is the account that it happened in, if there is one. `details` is for its user, and never
    /// secret.
    ///
    /// It does not fail: if the event cannot be stored, it is in the log, with the error.
    pub async fn record(
        &self,
        kind: EventKind,
        outcome: Outcome,
        user: Option<UserId>,
        client: &ClientInfo,
        details: &str,
    ) {
        let details: String = details.chars().take(DETAILS).collect();
        tracing::info!(
            target: "security",
            kind = kind.name(),
            outcome = outcome.name(),
            user = user.map(tracing::field::display),
            address = client.address_text(),
            user_agent = client.user_agent.as_str(),
            details,
            "security event"
        );
        if !self.has_room(user, client, Instant::now()) {
            return;
        }
        let pool = self.db.pool();
        let stored = security_events::insert(pool, user, kind, outcome, client, &details).await;
        if let Err(error) = stored {
            tracing::error!(%error, kind = kind.name(), "cannot store a security event");
        }
    }

    /// Records that `user` did this.
    pub async fn succeeded(&self, kind: EventKind, user: UserId, client: &ClientInfo) {
        let success = Outcome::Success;
        self.record(kind, success, Some(user), client, "").await;
    }

    /// Records that somebody tried this and was refused.
    pub async fn failed(&self, kind: EventKind, user: Option<UserId>, client: &ClientInfo) {
        let failure = Outcome::Failure;
        self.record(kind, failure, user, client, "").await;
    }

    /// Whether one more event may be stored in this minute, and counts it.
    fn has_room(&self, user: Option<UserId>, client: &ClientInfo, now: Instant) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(minute.began) >= Duration::from_secs(60) {
            minute.began = now;
            minute.stored.clear();
        }
        let key = (user, client.network());
        let known = minute.stored.contains_key(&key);
        if user.is_none() && !known && minute.stored.len() >= NETWORKS {
            return false;
        }
        let count = minute.stored.entry(key).or_default();
        *count += 1;
        *count <= STORED_A_MINUTE
    }

    /// Deletes events that were kept long enough, and returns how many.
    pub async fn delete_old(&self) -> Result<u64> {
        let pool = self.db.pool();
        let delete = |batch| security_events::delete_older(pool, self.keep, batch);
        Ok(delete_all(delete).await?)
    }
}
