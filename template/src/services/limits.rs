//! How often something may be done, by client address and by account.
//!
//! | | one client address | one account |
//! |---|---|---|
//! | log-in, and asking for the password again | 60, then 20 a minute | from one address 5 in 15 minutes; from all addresses where it has not logged in for 30 days 100, then 10 an hour |
{%- if totp %}
//! | a code of the second factor | | 10 in 15 minutes |
{%- endif %}
//! | registration | 20, then 20 an hour | |
//! | reset of a password | 20, then 20 an hour | 3, then 3 an hour |
//! | mail | 20, then 20 an hour | 5, then 5 an hour |
{%- if teams %}
//! | invitation to a team | | of who invites: 30, then 30 an hour |
{%- endif %}
//! | request of the API | 600, then 600 a minute | 600, then 600 a minute |
{%- if openapi %}
//! | the same with a token | | 300, then 300 a minute for each token |
{%- endif %}
//!
//! "60, then 20 a minute": 60 at once, if there was none for a while, and from then on one each three seconds. An
//! *address* of IPv6 is the network of 64 bits that one client has to itself. An *account* is an e-mail address, whether
//! somebody has registered it or not: so a response does not reveal it.
//!
//! **No stranger locks the owner of an account out.** The strict limit of log-ins is that of the account *and* the address
//! from which they come. That of the account alone is against many addresses that guess together. It does not hold where
//! the account has logged in within 30 days; elsewhere its owner has to wait during such an attack.
//!
//! The limits are kept in the table `rate_limits`, so that all instances share them, but for those of the API: each
//! instance counts its own requests, because a statement for each would cost more than most requests do. What is refused is
//! refused without asking the database again, and of one key at most one request of an instance asks at a time: a flood
//! from one address cannot take the connections that others need.
//!
//! `LIMIT_FACTOR` multiplies the limits of addresses and those of the API.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use stack_db::Db;
use stack_web::rate_limit::{Rate, RateLimiter, network};
use tokio::sync::Mutex;

use crate::{
    error::{Error, Result},
{%- if openapi %}
    models::{ApiTokenId, Email},
{%- else %}
    models::Email,
{%- endif %}
    repositories::{
        delete_all,
        rate_limits::{self, LimitKey},
    },
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long an address is known after a log-in, see the head of this file.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Attempts to log in, and other questions for a password.
    LogIn,
{%- if totp %}
    /// Codes of the second factor.
    Code,
{%- endif %}
    /// New accounts.
    Registration,
    /// Requests to reset a password.
    Reset,
    /// Messages that a request causes.
    Mail,
{%- if teams %}
    /// Invitations to a team, by who invites.
    Invitation,
{%- endif %}
    /// Requests of the JSON API.
    Api,
}

/// Whose allowance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// The client address.
    Address(IpAddr),
    /// The account, or the mailbox.
    Account(&'a Email),
    /// The account, as it is asked for from this address.
    AccountAt(&'a Email, IpAddr),
{%- if openapi %}
    /// The token of the API: one program does not use up what others of the account need.
    Token(ApiTokenId),
{%- endif %}
}

impl Limit {
    /// How often; `None` where there is no limit. The table at the head of this file in numbers.
    pub const fn rate(self, key: Key<'_>) -> Option<Rate> {
        Some(match (self, key) {
            (Self::LogIn, Key::Address(_)) => Rate::new(60, MINUTE.saturating_mul(3)),
            (Self::LogIn, Key::AccountAt(..)) => Rate::new(5, MINUTE.saturating_mul(15)),
            (Self::LogIn, Key::Account(_)) => Rate::new(100, HOUR.saturating_mul(10)),
{%- if totp %}
            (Self::Code, Key::Account(_)) => Rate::new(10, MINUTE.saturating_mul(15)),
            (Self::Code, Key::Address(_)) => return None,
{%- endif %}
            (Self::Registration, Key::Address(_)) => Rate::new(20, HOUR),
            (Self::Reset, Key::Address(_)) => Rate::new(20, HOUR),
            (Self::Reset, Key::Account(_)) => Rate::new(3, HOUR),
            (Self::Mail, Key::Address(_)) => Rate::new(20, HOUR),
            (Self::Mail, Key::Account(_)) => Rate::new(5, HOUR),
{%- if teams %}
            (Self::Invitation, Key::Account(_)) => Rate::new(30, HOUR),
            (Self::Invitation, Key::Address(_)) => return None,
{%- endif %}
            (Self::Api, Key::Address(_) | Key::Account(_)) => Rate::new(600, MINUTE),
{%- if openapi %}
            (Self::Api, Key::Token(_)) => Rate::new(300, MINUTE),
            (_, Key::Token(_)) => return None,
{%- endif %}
            (Self::Registration, Key::Account(_)) | (_, Key::AccountAt(..)) => return None,
        })
    }

    /// The key in the table. The words are part of it: another word is another allowance.
    fn digest(self, key: Key<'_>) -> LimitKey {
        let name = format!("{self:?}");
        match key {
            Key::Address(from) => digest(&[&name, "address", &network(from).to_string()]),
            Key::Account(account) => digest(&[&name, "account", account.as_str()]),
            Key::AccountAt(account, from) => {
                let network = network(from).to_string();
                digest(&[&name, "account at", account.as_str(), &network])
            }
{%- if openapi %}
            Key::Token(id) => digest(&[&name, "token", &id.to_string()]),
{%- endif %}
        }
    }
}

/// The parts are separated by a character that is in none of them.
fn digest(parts: &[&str]) -> LimitKey {
    Sha256::digest(parts.join("\0")).into()
}

/// Counts what is limited. One for all requests of the process.
pub struct Limits {
    db: Db,
    factor: u32,
    /// The requests of the API, and what the database has refused.
    local: RateLimiter<LimitKey>,
    /// Whoever asks the database about a key holds the one that the first byte of the key says.
    turns: [Mutex<()>; 256],
}

impl Limits {
    /// Limits of which those of addresses and of the API are multiplied by `factor`; 0 switches these off.
    pub fn new(db: Db, factor: u32) -> Self {
        Self {
            db,
            factor,
            local: RateLimiter::default(),
            turns: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// Takes one of each allowance, up to the first that is used up. Call it before the work that is limited.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn check(&self, limit: Limit, keys: &[Key<'_>]) -> Result<()> {
        for key in keys {
            self.take(limit, *key).await?;
        }
        Ok(())
    }

    /// Counts a request of the API.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub fn check_api(&self, key: Key<'_>) -> Result<()> {
        let Some(rate) = self.rate(Limit::Api, key) else {
            return Ok(());
        };
        let taken = self
            .local
            .take(Limit::Api.digest(key), rate, Instant::now());
        taken.map_err(Error::TooManyAttempts)
    }
{%- if openapi %}

    /// The allowance of the API for this key, and after which time it is full again. `None` if there is no limit.
    pub fn api_allowance(&self, key: Key<'_>) -> Option<(Rate, Duration)> {
        let rate = self.rate(Limit::Api, key)?;
        let full_in = self.local.full_in(&Limit::Api.digest(key), Instant::now());
        Some((rate, full_in))
    }
{%- endif %}

    /// Counts an attempt to log in, before the password is looked at: attempts at once all count.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn check_log_in(&self, account: &Email, from: IpAddr) -> Result<()> {
        let keys = [Key::Address(from), Key::AccountAt(account, from)];
        self.check(Limit::LogIn, &keys).await?;
        let known = rate_limits::full_in(self.db.pool(), &known(account, from)).await?;
        if known > Duration::ZERO {
            return Ok(());
        }
        self.check(Limit::LogIn, &[Key::Account(account)]).await
    }

    /// Forgets the attempts of somebody who has logged in, and knows the address from now on.
    pub async fn logged_in(&self, account: &Email, from: IpAddr) -> Result<()> {
        let attempts = Limit::LogIn.digest(Key::AccountAt(account, from));
        rate_limits::forget(self.db.pool(), &attempts).await?;
        self.local.forget(&attempts);
        Ok(rate_limits::set(self.db.pool(), &known(account, from), KNOWN_FOR).await?)
    }

    fn rate(&self, limit: Limit, key: Key<'_>) -> Option<Rate> {
        let rate = limit.rate(key)?;
        match (limit, key, self.factor) {
            (Limit::Api, ..) | (_, Key::Address(_), _) if self.factor == 0 => None,
            (Limit::Api, _, factor) | (_, Key::Address(_), factor) => Some(rate.times(factor)),
            _ => Some(rate),
        }
    }

    async fn take(&self, limit: Limit, key: Key<'_>) -> Result<()> {
        let Some(rate) = self.rate(limit, key) else {
            return Ok(());
        };
        let digest = limit.digest(key);
        let refused = || self.local.check(&digest, rate, Instant::now());
        refused().map_err(Error::TooManyAttempts)?;
        let _turn = self.turns[usize::from(digest[0])].lock().await;
        // Whoever had the turn before may have learnt it.
        refused().map_err(Error::TooManyAttempts)?;
        if rate_limits::take(self.db.pool(), &digest, rate).await? {
            return Ok(());
        }
        let full_in = rate_limits::full_in(self.db.pool(), &digest).await?;
        self.local.remember(digest, full_in, Instant::now());
        Err(Error::TooManyAttempts(rate.wait(full_in)))
    }
}

/// The key of the row that says that `account` has logged in from this address.
fn known(account: &Email, from: IpAddr) -> LimitKey {
    digest(&["known", account.as_str(), &network(from).to_string()])
}

/// Deletes what means nothing any more, every hour. Never returns; a failure is logged, and retried in the next hour.
pub async fn clean_up(db: Db) {
    let mut hourly = tokio::time::interval(HOUR);
    loop {
        hourly.tick().await;
        if let Err(error) = delete_full(&db).await {
            tracing::warn!(?error, "cannot delete old limits");
        }
    }
}

/// Deletes all rows of allowances that are full, and returns how many there were.
pub async fn delete_full(db: &Db) -> Result<u64> {
    Ok(delete_all(|batch| rate_limits::delete_full(db.pool(), batch)).await?)
}
