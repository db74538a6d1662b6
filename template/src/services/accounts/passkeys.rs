//! Passkeys: adding and removing them, and logging in with them.
//!
//! A device makes a pair of keys for this site, and signs a challenge with the private one after it has verified its user,
//! by a finger or a PIN. So a passkey is two factors at once. The device knows whose passkey it is; nobody types an address.

use std::time::Duration;

use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, Url, Uuid,
    Webauthn, WebauthnBuilder, WebauthnError,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{
        ChallengeToken, ClientInfo, EventKind, Outcome, PasskeyId, PasskeyName, SessionId,
        SessionToken, User, UserId,
    },
    repositories::{passkey_challenges, passkeys, users::addresses},
    services::limits::{Key, Limit},
};

/// How many passkeys a user may have.
pub const MAX_PASSKEYS: i64 = 20;
/// How long a device may take to sign a challenge.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// What mails call them.
const METHOD: &str = "a passkey";
/// How many expired challenges are deleted whenever one is added.
const DELETE_BATCH: i64 = 100;

impl Accounts {
    /// Begins to add a passkey: what the browser is to be called with, and the token of the challenge.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if there are too many already.
    pub async fn begin_passkey(
        &self,
        user: &User,
    ) -> Result<(CreationChallengeResponse, ChallengeToken)> {
        let known = passkeys::credential_ids(self.db.pool(), user.owner(), MAX_PASSKEYS).await?;
        if i64::try_from(known.len()).is_ok_and(|count| count >= MAX_PASSKEYS) {
            let text = format!("an account has at most {MAX_PASSKEYS} passkeys");
            return Err(Error::Forbidden(text.into()));
        }
        let started = self.relying_party()?.start_passkey_registration(
            user_handle(user.id)?,
            user.email.as_str(),
            user.display_name.as_str(),
            Some(known),
        );
        let (mut options, state) = started.map_err(Error::internal)?;
        // The device has to know whose passkey it is, so that nobody types an address. The library leaves that open.
        if let Some(selection) = &mut options.public_key.authenticator_selection {
            selection.resident_key = Some(ResidentKeyRequirement::Required);
            selection.require_resident_key = true;
        }
        let state = serde_json::to_string(&state).map_err(Error::internal)?;
        let token = ChallengeToken::generate();
        let pool = self.db.pool();
        passkey_challenges::delete_expired(pool, DELETE_BATCH).await?;
        let (digest, owner) = (token.digest(), Some(user.owner()));
        passkey_challenges::insert(pool, digest, owner, &state, CHALLENGE_LIFETIME).await?;
        Ok((options, token))
    }

    /// Adds the passkey that a device has made.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if the challenge is used up, or was not made for `user`, or the answer does not fit it.
    pub async fn add_passkey(
        &self,
        user: &User,
        token: &ChallengeToken,
        name: &PasskeyName,
        answer: &str,
        client: &ClientInfo,
    ) -> Result<()> {
        let (pool, digest, owner) = (self.db.pool(), token.digest(), user.owner());
        let state = passkey_challenges::take(pool, digest, Some(owner)).await?;
        let state: PasskeyRegistration = parse_stored(&state.ok_or_else(refused)?)?;
        let answer: RegisterPublicKeyCredential = parse_answer(answer)?;
        let passkey = self
            .relying_party()?
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| log_refusal(&error))?;
        let credential = serde_json::to_string(&passkey).map_err(Error::internal)?;
        let kind = EventKind::MethodAdded;
        let add = self.db.run(|tx| {
            let (id, credential) = (passkey.cred_id(), &credential);
            Box::pin(async move {
                passkeys::insert(&mut **tx, owner, name, id.as_ref(), credential).await?;
                self.send_method_changed(tx, kind, user.id, METHOD).await
            })
        });
        add.await?;
        let details = format!("Passkey “{}”", name.as_str());
        self.method_changed(kind, user.id, client, &details).await;
        Ok(())
    }

    /// Removes a passkey of `user`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` has no such passkey.
{%- if oidc %}
    /// [`Error::Forbidden`] if they could not log in any more.
{%- endif %}
    pub async fn remove_passkey(
        &self,
        user: &User,
        id: PasskeyId,
        client: &ClientInfo,
    ) -> Result<()> {
        let kind = EventKind::MethodRemoved;
        let remove = self.db.run(|tx| {
            Box::pin(async move {
                let removed = passkeys::delete(&mut **tx, user.owner(), id).await?;
                let name = removed.ok_or(Error::NotFound)?;
{%- if oidc %}
                super::identities::require_way_to_log_in(&mut *tx, user).await?;
{%- endif %}
                self.send_method_changed(tx, kind, user.id, METHOD).await?;
                Ok::<_, Error>(name)
            })
        });
        let details = format!("Passkey “{}”", remove.await?);
        self.method_changed(kind, user.id, client, &details).await;
        Ok(())
    }

    /// Begins a log-in, or a confirmation of who somebody is: what the browser is to be called with, and the token of the
    /// challenge.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn begin_passkey_log_in(
        &self,
        client: &ClientInfo,
    ) -> Result<(RequestChallengeResponse, ChallengeToken)> {
        let keys = [Key::Address(client.address)];
        let allowed = self.limits.check(Limit::LogIn, &keys).await;
        self.log_limit(allowed, None, client).await?;
        let started = self.relying_party()?.start_discoverable_authentication();
        let (mut options, state) = started.map_err(Error::internal)?;
        // The browser asks at once, since somebody has pressed a button.
        options.mediation = None;
        let state = serde_json::to_string(&state).map_err(Error::internal)?;
        let token = ChallengeToken::generate();
        let pool = self.db.pool();
        passkey_challenges::delete_expired(pool, DELETE_BATCH).await?;
        passkey_challenges::insert(pool, token.digest(), None, &state, CHALLENGE_LIFETIME).await?;
        Ok((options, token))
    }

    /// Logs in with what a device has signed. The browser's `old` session ends.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if the challenge is used up, or the passkey is not known, or the answer does not fit.
    pub async fn log_in_with_passkey(
        &self,
        token: &ChallengeToken,
        answer: &str,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<(User, SessionToken)> {
        let user = self
            .verify_passkey(token, answer, None, EventKind::LogIn, client)
            .await?;
        let user = addresses::by_id(self.db.pool(), user).await?;
        let user = user.ok_or_else(refused)?;
{%- if totp %}
        // A passkey is two factors at once.
        let token = self.replace_session(user.id, client, old, None).await?;
{%- else %}
        let token = self.start_session(user.id, client, old, None).await?;
{%- endif %}
        Ok((user, token))
    }

    /// Confirms with a passkey who the user of the session is, and returns the session's new token.
    ///
    /// # Errors
    /// As [`log_in_with_passkey`](Self::log_in_with_passkey); also if it is the passkey of somebody else.
    pub async fn confirm_with_passkey(
        &self,
        user: &User,
        session: SessionId,
        token: &ChallengeToken,
        answer: &str,
        client: &ClientInfo,
    ) -> Result<SessionToken> {
        let kind = EventKind::Confirmation;
        self.verify_passkey(token, answer, Some(user.id), kind, client)
            .await?;
        self.authenticated(session).await
    }

    /// Whose passkey has signed the challenge. `expected` is who it has to be, if that is known.
    async fn verify_passkey(
        &self,
        token: &ChallengeToken,
        answer: &str,
        expected: Option<UserId>,
        kind: EventKind,
        client: &ClientInfo,
    ) -> Result<UserId> {
        let pool = self.db.pool();
        let state = passkey_challenges::take(pool, token.digest(), None).await?;
        let state: DiscoverableAuthentication = parse_stored(&state.ok_or_else(refused)?)?;
        let answer: PublicKeyCredential = parse_answer(answer)?;
        let relying_party = self.relying_party()?;
        let (handle, credential_id) = relying_party
            .identify_discoverable_authentication(&answer)
            .map_err(|error| log_refusal(&error))?;
        let stored = passkeys::find(pool, credential_id).await?;
        let Some(stored) = stored else {
            self.security_log.failed(kind, None, client).await;
            return Err(refused());
        };
        let user = stored.user_id;
        let mut passkey: Passkey = parse_stored(&stored.credential)?;
        let verified = match user_handle(user)? == handle && expected.is_none_or(|id| id == user) {
            true => relying_party
                .finish_discoverable_authentication_v2(&answer, state, &passkey)
                .map_err(|error| log_refusal(&error)),
            false => Err(refused()),
        };
        let result = match verified {
            Ok(result) => result,
            Err(error) => {
                self.security_log.failed(kind, Some(user), client).await;
                return Err(error);
            }
        };
        passkey.update_credential(&result);
        let credential = serde_json::to_string(&passkey).map_err(Error::internal)?;
        if !passkeys::used(pool, stored.id, &credential).await? {
            return Err(refused());
        }
        let log = &self.security_log;
        log.record(kind, Outcome::Success, Some(user), client, "With a passkey")
            .await;
        Ok(user)
    }

    /// This site, as devices know it: its name on the network, and the origin of its pages.
    fn relying_party(&self) -> Result<Webauthn> {
        let mut origin = Url::parse(&self.links.site.join("/")).map_err(Error::internal)?;
        // In development. A passkey belongs to a name; browsers call this machine so.
        let is_local = match origin.host_str().unwrap_or_default() {
            "127.0.0.1" | "[::1]" | "localhost" => origin.set_host(Some("localhost")).is_ok(),
            _ => false,
        };
        let name = origin.domain().unwrap_or_default().to_owned();
        let builder = WebauthnBuilder::new(&name, &origin).map_err(Error::internal)?;
        builder
            .rp_name(env!("CARGO_PKG_DESCRIPTION"))
            .allow_any_port(is_local)
            .build()
            .map_err(Error::internal)
    }
}

/// What a device stores to know whose passkey it is.
fn user_handle(user: UserId) -> Result<Uuid> {
    user.to_string().parse().map_err(Error::internal)
}

fn parse_stored<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

fn parse_answer<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    let parsed = serde_json::from_str(text);
    parsed.map_err(|_| Error::BadRequest("this is not the answer of a passkey".into()))
}

fn log_refusal(error: &WebauthnError) -> Error {
    tracing::info!(%error, "a passkey is refused");
    refused()
}

fn refused() -> Error {
    let text = "this passkey was not accepted: it is not known here, or it took more than five minutes; try again";
    Error::Forbidden(text.into())
}
