//! A provider on this machine, whose answers a test can spoil.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use openidconnect::url::Url;
use rsa::{
    RsaPrivateKey,
    pkcs1v15::SigningKey,
    rand_core::OsRng,
    sha2::{Digest, Sha256},
    signature::{SignatureEncoding, Signer},
    traits::PublicKeyParts,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

pub const CLIENT_ID: &str = "shop";
pub const CLIENT_SECRET: &str = "correct horse battery secret";
const REDIRECT: &str = "http://localhost:3000/login/oidc/callback";

/// Making a key takes a while, so all tests of a process have the same two.
static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| ["first", "second"].map(Key::generate));

struct Key {
    id: &'static str,
    private: RsaPrivateKey,
}

impl Key {
    fn generate(id: &'static str) -> Self {
        let private = RsaPrivateKey::new(&mut OsRng, 2048).expect("a key");
        Self { id, private }
    }

    fn public(&self, id: &str) -> Value {
        let encode =
            |number: &rsa::BigUint| Base64UrlUnpadded::encode_string(&number.to_bytes_be());
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
            "n": encode(self.private.n()), "e": encode(self.private.e()),
        })
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        SigningKey::<Sha256>::new(self.private.clone())
            .sign(text.as_bytes())
            .to_vec()
    }
}

/// How an ID token is signed.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Signature {
    #[default]
    Right,
    /// By another key, under the name of the right one.
    Forged,
    /// With the algorithm `none`.
    Missing,
    /// With the secret of the client, as `HS256` does.
    Shared,
}

/// What the provider says.
#[derive(Clone)]
pub struct Answers {
    /// The claims of ID tokens that are not as they should be; `null` leaves one out.
    pub claims: Value,
    /// What the provider says when it is asked for more.
    pub user_info: Value,
    pub signature: Signature,
    /// The parameter `iss` of the response; `None` leaves it out.
    pub response_issuer: Option<String>,
    pub code_verifier_is_checked: bool,
}

/// A log-in at the provider whose code was not used yet.
struct Granted {
    nonce: String,
    challenge: String,
}

struct Shared {
    issuer: String,
    answers: Mutex<Answers>,
    granted: Mutex<HashMap<String, Granted>>,
    /// Which of the keys is used.
    key: Mutex<usize>,
}

/// A provider that runs until it is dropped.
pub struct Provider {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Provider {
    /// A provider at which Ada has the account `ada-at-provider`, with a confirmed address.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let answers = Answers {
            claims: json!({}),
            user_info: json!({}),
            signature: Signature::Right,
            response_issuer: Some(issuer.clone()),
            code_verifier_is_checked: true,
        };
        let shared = Arc::new(Shared {
            issuer,
            answers: Mutex::new(answers),
            granted: Mutex::default(),
            key: Mutex::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        });
        Self { shared, server }
    }

    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Changes what the provider says from now on.
    pub fn answers(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.shared.answers.lock().unwrap());
    }

    /// Sets a claim of the ID tokens from now on; `null` leaves it out.
    pub fn claim(&self, name: &str, value: Value) {
        self.answers(|answers| answers.claims[name] = value);
    }

    /// Takes another key from now on, and forgets the first one.
    pub fn change_key(&self) {
        *self.shared.key.lock().unwrap() = 1;
    }

    /// Somebody comes to the address at the provider, logs in and agrees. Returns the path to which the provider sends them
    /// back.
    pub fn log_in(&self, url: &str) -> String {
        let asked = parameters(url);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["redirect_uri"], REDIRECT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let code = hex::encode(stack_web::random::bytes::<16>());
        let granted = Granted {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
        };
        let mut all = self.shared.granted.lock().unwrap();
        all.insert(code.clone(), granted);
        self.path(url, ("code", &code))
    }

    /// Somebody comes there and the provider sends them back with an error.
    pub fn refuse(&self, url: &str, error: &str) -> String {
        self.path(url, ("error", error))
    }

    fn path(&self, url: &str, parameter: (&str, &str)) -> String {
        let state = parameters(url)["state"].clone();
        let issuer = self.shared.answers.lock().unwrap().response_issuer.clone();
        let mut query = vec![("state", state.as_str()), parameter];
        query.extend(issuer.as_deref().map(|issuer| ("iss", issuer)));
        let query = serde_urlencoded::to_string(query).expect("a query");
        format!("/login/oidc/callback?{query}")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The parameters of a URL.
pub fn parameters(url: &str) -> HashMap<String, String> {
    let url = Url::parse(url).expect("a URL");
    url.query_pairs().into_owned().collect()
}

async fn configuration(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", shared.issuer);
    Json(json!({
        "issuer": shared.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let key = &KEYS[*shared.key.lock().unwrap()];
    Json(json!({ "keys": [key.public(key.id)] }))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let refused = |error: &str| {
        let body = Json(json!({ "error": error }));
        (StatusCode::BAD_REQUEST, body).into_response()
    };
    let encoded = CLIENT_SECRET.replace(' ', "+");
    let credentials = Base64::encode_string(format!("{CLIENT_ID}:{encoded}").as_bytes());
    if headers[header::AUTHORIZATION] != format!("Basic {credentials}") {
        return refused("invalid_client");
    }
    let Some(granted) = shared.granted.lock().unwrap().remove(&asked["code"]) else {
        return refused("invalid_grant");
    };
    let answers = shared.answers.lock().unwrap().clone();
    let digest = Sha256::digest(&asked["code_verifier"]);
    let fits = Base64UrlUnpadded::encode_string(&digest) == granted.challenge;
    if asked["redirect_uri"] != REDIRECT || !fits && answers.code_verifier_is_checked {
        return refused("invalid_grant");
    }
    let tokens = json!({
        "access_token": "an access token",
        "token_type": "Bearer",
        "expires_in": 60,
        "id_token": id_token(&shared, &answers, &granted.nonce),
    });
    Json(tokens).into_response()
}

async fn user_info(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.answers.lock().unwrap().user_info.clone())
}

fn id_token(shared: &Shared, answers: &Answers, nonce: &str) -> String {
    let now = now();
    let mut claims = json!({
        "iss": shared.issuer,
        "sub": "ada-at-provider",
        "aud": CLIENT_ID,
        "exp": now + 300,
        "iat": now,
        "auth_time": now,
        "nonce": nonce,
        "email": "ada@example.com",
        "email_verified": true,
        "name": "Ada Lovelace",
    });
    let claims_map = claims.as_object_mut().expect("an object");
    for (name, value) in answers.claims.as_object().expect("an object") {
        match value {
            Value::Null => drop(claims_map.remove(name)),
            value => drop(claims_map.insert(name.clone(), value.clone())),
        }
    }
    let current = *shared.key.lock().unwrap();
    let algorithm = match answers.signature {
        Signature::Right | Signature::Forged => "RS256",
        Signature::Missing => "none",
        Signature::Shared => "HS256",
    };
    let header = json!({ "typ": "JWT", "alg": algorithm, "kid": KEYS[current].id });
    let encode = |part: &Value| Base64UrlUnpadded::encode_string(part.to_string().as_bytes());
    let text = format!("{}.{}", encode(&header), encode(&claims));
    let signature = match answers.signature {
        Signature::Right => KEYS[current].sign(&text),
        Signature::Forged => KEYS[1 - current].sign(&text),
        Signature::Missing => Vec::new(),
        Signature::Shared => shared_signature(&text),
    };
    format!("{text}.{}", Base64UrlUnpadded::encode_string(&signature))
}

/// HMAC with SHA-256 (RFC 2104) under the secret of the client, which is shorter than a block.
fn shared_signature(text: &str) -> Vec<u8> {
    let padded = |byte: u8| {
        let mut block = [byte; 64];
        for (place, letter) in block.iter_mut().zip(CLIENT_SECRET.bytes()) {
            *place ^= letter;
        }
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(padded(0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock that is right").as_secs()
}
