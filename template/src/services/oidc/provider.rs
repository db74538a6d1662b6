//! The provider: its configuration, its keys, and what it says about somebody.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthType, ClaimsVerificationError, ClientId,
    ClientSecret, EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenVerifier, IssuerUrl, LocalizedClaim, Nonce, OAuth2TokenResponse, ProviderMetadata,
    SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
        CoreGenderClaim, CoreGrantType, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
        CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, CoreTokenResponse,
        CoreUserInfoClaims,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{failure::Failure, http_client::HttpClient};
use crate::{
    config::ProviderSettings,
    models::{DisplayName, Email, ProviderAccount},
};

/// How long the provider's configuration and keys are used before they are asked for again.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How soon they are asked for again at the earliest, because of a key that is not among them or because of a failure.
const PAUSE: Duration = Duration::from_secs(10);
/// How far the clock of the provider may be from ours.
const LEEWAY: Duration = Duration::from_secs(60);
/// How long ago somebody may have logged in at the provider who confirms who they are.
const RECENT: Duration = Duration::from_secs(10 * 60);
/// How long a subject is at most (OpenID Connect Core, 2).
const MAX_SUBJECT: usize = 255;

/// The algorithms of signatures. Those with a shared secret are not among them, nor is `none`.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The provider, and what is known of it.
pub(super) struct Provider {
    pub(super) settings: ProviderSettings,
    pub(super) http: HttpClient,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    discovered: Option<Arc<Discovered>>,
    /// When it did not answer.
    failed: Option<(Instant, Failure)>,
    /// When it was last asked because of a key that was not known.
    keys_asked: Option<Instant>,
}

/// The provider's configuration and its keys.
pub(super) struct Discovered {
    pub(super) client: Client,
    issuer: IssuerUrl,
    /// Whether the provider names itself when it sends somebody back (RFC 9207).
    names_itself: bool,
    at: Instant,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type Metadata = ProviderMetadata<
    ResponseIssuer,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What RFC 9207 adds to the configuration of a provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct ResponseIssuer {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for ResponseIssuer {}

impl Provider {
    pub(super) fn new(settings: ProviderSettings) -> io::Result<Self> {
        let http = HttpClient::new(settings.issuer.is_plain())?;
        Ok(Self {
            settings,
            http,
            known: Mutex::default(),
        })
    }

    /// The provider's configuration and keys, which are asked for if they are not known or are old.
    ///
    /// # Errors
    /// [`Failure::Unreachable`]; [`Failure::Misconfigured`] if it calls itself otherwise than the settings do.
    pub(super) async fn discovered(&self) -> Result<Arc<Discovered>, Failure> {
        let mut known = self.known.lock().await;
        match &known.discovered {
            Some(discovered) if discovered.at.elapsed() < FRESH => Ok(discovered.clone()),
            _ => self.discover(&mut known).await,
        }
    }

    /// The same after the provider has changed its keys: those that are `old` are not used any more.
    async fn rediscovered(&self, old: &Arc<Discovered>) -> Result<Arc<Discovered>, Failure> {
        let mut known = self.known.lock().await;
        match &known.discovered {
            Some(discovered) if !Arc::ptr_eq(discovered, old) => Ok(discovered.clone()),
            _ if known.keys_asked.is_some_and(|at| at.elapsed() < PAUSE) => Ok(old.clone()),
            _ => {
                known.keys_asked = Some(Instant::now());
                self.discover(&mut known).await
            }
        }
    }

    async fn discover(&self, known: &mut Known) -> Result<Arc<Discovered>, Failure> {
        // Whoever waited for somebody else's question has its answer, also if there was none.
        if let Some((at, failure)) = known.failed
            && at.elapsed() < PAUSE
        {
            return Err(failure);
        }
        let issuer = self.settings.issuer.0.clone();
        let metadata = Metadata::discover_async(issuer, &self.http).await;
        let metadata = metadata.map_err(|error| Failure::of_discovery(&error));
        known.failed = metadata
            .as_ref()
            .err()
            .map(|failure| (Instant::now(), *failure));
        let discovered = Arc::new(self.configured(metadata?));
        known.discovered = Some(discovered.clone());
        Ok(discovered)
    }

    fn configured(&self, metadata: Metadata) -> Discovered {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let is_basic = methods
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let additional = metadata.additional_metadata();
        let names_itself = additional.authorization_response_iss_parameter_supported;
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = ClientSecret::new(self.settings.client_secret.expose().to_owned());
        let client = CoreClient::from_provider_metadata(metadata, id, Some(secret));
        let client = client.set_auth_type(match is_basic {
            true => AuthType::BasicAuth,
            false => AuthType::RequestBody,
        });
        Discovered {
            client,
            issuer: self.settings.issuer.0.clone(),
            names_itself,
            at: Instant::now(),
        }
    }

    /// Verifies the ID token, and returns the account that it is about. `must_be_recent`: whether the person has to have
    /// logged in at the provider just now.
    ///
    /// # Errors
    /// [`Failure::Untrusted`], [`Failure::Clock`], [`Failure::NotRecent`]; [`Failure::Unreachable`] if the provider has to
    /// be asked for its keys or for the address.
    pub(super) async fn account(
        &self,
        tokens: &CoreTokenResponse,
        nonce: &Nonce,
        must_be_recent: bool,
    ) -> Result<ProviderAccount, Failure> {
        let token = tokens.id_token().ok_or(Failure::Untrusted)?;
        let mut known = self.discovered().await?;
        let mut claims = known.claims(token, tokens, nonce, must_be_recent);
        if let Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
        )) = claims
        {
            known = self.rediscovered(&known).await?;
            claims = known.claims(token, tokens, nonce, must_be_recent);
        }
        let claims = claims.map_err(|error| Failure::of_claims(&error))?;
        if !(1..=MAX_SUBJECT).contains(&claims.subject().len()) {
            return Err(Failure::Untrusted);
        }
        let account = |email: Option<&str>, is_confirmed: Option<bool>, name: Option<&str>| {
            let name = name.map(|name| name.trim().chars().take(60).collect::<String>());
            ProviderAccount {
                issuer: known.issuer.to_string(),
                subject: claims.subject().to_string(),
                email: email.and_then(|email| Email::parse(email).ok()),
                email_confirmed: is_confirmed == Some(true),
                display_name: name.and_then(|name| DisplayName::parse(&name).ok()),
            }
        };
        if claims.email().is_some() {
            let (email, name) = (claims.email().map(|email| &***email), claims.name());
            return Ok(account(email, claims.email_verified(), first(name)));
        }
        // A provider may tell the address only when it is asked for it (OpenID Connect Core, 5.4).
        let subject = Some(claims.subject().clone());
        let access_token = tokens.access_token().clone();
        let Ok(request) = known.client.user_info(access_token, subject) else {
            return Ok(account(None, None, first(claims.name())));
        };
        let info = request.request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(&self.http);
        let info: CoreUserInfoClaims = info.await.map_err(Failure::unreachable)?;
        let (email, name) = (info.email().map(|email| &***email), info.name());
        Ok(account(email, info.email_verified(), first(name)))
    }
}

/// The name without a language, or in any.
fn first<T>(names: Option<&LocalizedClaim<T>>) -> Option<&str>
where
    T: std::ops::Deref<Target = String>,
{
    let names = names?;
    let name = names
        .get(None)
        .or_else(|| names.iter().next().map(|(_, name)| name));
    name.map(|name| name.as_str())
}

impl Discovered {
    /// Whether a response is of this provider: it has to say so if its configuration says that it does.
    ///
    /// # Errors
    /// [`Failure::Untrusted`]
    pub(super) fn check_response_issuer(&self, issuer: Option<&str>) -> Result<(), Failure> {
        match issuer {
            Some(issuer) if issuer == self.issuer.as_str() => Ok(()),
            None if !self.names_itself => Ok(()),
            _ => Err(Failure::Untrusted),
        }
    }

    /// Verifies signature, issuer, audience, times, nonce and the hash of the access token.
    fn claims<'t>(
        &self,
        token: &'t CoreIdToken,
        tokens: &CoreTokenResponse,
        nonce: &Nonce,
        must_be_recent: bool,
    ) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
        let verifier = self.verifier(must_be_recent);
        let claims = token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let signature = ClaimsVerificationError::SignatureVerification;
            let algorithm = token.signing_alg().map_err(signature)?;
            let key = token.signing_key(&verifier).map_err(signature)?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if !hash.is_ok_and(|hash| hash == *expected) {
                let why = "the access token belongs to another ID token";
                return Err(ClaimsVerificationError::Other(why.to_owned()));
            }
        }
        Ok(claims)
    }

    fn verifier(&self, must_be_recent: bool) -> IdTokenVerifier<'_, CoreJsonWebKey> {
        let verifier = self.client.id_token_verifier();
        let verifier = verifier
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(|| (SystemTime::now() - LEEWAY).into())
            .set_issue_time_verifier_fn(|issued| {
                let issued: SystemTime = issued.into();
                let is_past = issued <= SystemTime::now() + LEEWAY;
                is_past
                    .then_some(())
                    .ok_or("issued in the future".to_owned())
            });
        verifier.set_auth_time_verifier_fn(move |logged_in| {
            let logged_in = logged_in.map(SystemTime::from);
            let is_recent = logged_in.is_some_and(|at| at + RECENT >= SystemTime::now());
            let is_enough = is_recent || !must_be_recent;
            is_enough.then_some(()).ok_or("not recent".to_owned())
        })
    }
}
