//! Every URL, on one screen.

use axum::{
    Router, middleware,
    routing::{get, post},
};
{%- if load %}
use stack_live::recording;
{%- endif %}
use stack_live::{Limits, Live};
{%- if openapi %}
use stack_web::cors::{self, Cors};
{%- endif %}
use stack_web::{
    layers::{self, LayerSettings},
    live_pages::LivePages,
    metrics::{self, Metrics},
};

use crate::{config::Config, http, pages, state::AppState};

/// All routes with their middleware.
pub fn router(state: AppState) -> Router {
    let settings = LayerSettings {
        timeout: state.config.request_timeout,
        body_limit: state.config.body_limit,
        https: state.config.environment.is_production(),
        error_page: match state.links.is_on() {
            true => pages::error::page,
            false => pages::error::page_without_mail,
        },
    };
{%- if load %}
    let recorder = state.recorder.clone();
{%- endif %}
    let metrics = state.metrics.clone();
{%- if openapi %}
    let cors = Cors::new(&state.config.api_cors_origins, http::api_access::is_json);
{%- endif %}
    let routes = pages(state.clone())
        .merge(api(state.clone()))
        .merge(operations())
{%- if files %}
        .route("/avatars/{id}", get(http::avatars::show))
        .route("/files/{id}/{name}", get(http::files::show))
{%- endif %}
{%- if totp %}
        .route_layer(middleware::from_fn_with_state(
            state.clone(),
            http::code::ask,
        ))
{%- endif %}
        .with_state(state);
{%- if load %}
    let routes = match recorder {
        Some(recorder) => routes.layer(middleware::from_fn_with_state(recorder, recording::http)),
        None => routes,
    };
{%- endif %}
{%- if openapi %}
    layers::around(routes, &settings)
        .layer(middleware::map_request(http::bearer::isolate))
        .layer(middleware::from_fn_with_state(cors, cors::around))
        .layer(middleware::from_fn_with_state(metrics, metrics::count))
{%- else %}
    layers::around(routes, &settings).layer(middleware::from_fn_with_state(metrics, metrics::count))
{%- endif %}
}

/// The live pages: a GET renders the page, then the browser connects to it.
pub fn live(config: &Config, metrics: Metrics) -> Live {
    let keys = config.encryption_keys.derive("live pages");
    let live = Live::builder(keys)
        .limits(Limits::default().with_connections_per_address(config.live_connections_per_address))
        .observer(LivePages(metrics))
        .on_error(pages::live::flash_error)
        .page("/", pages::home::page)
{%- if showcase %}
        .page("/components", pages::gallery::page)
        .page("/upload", pages::upload::page)
{%- endif %}
        .page("/register", pages::account::register_page)
        .page("/login", pages::account::log_in_page)
{%- if passkeys %}
        .page("/login/recovery", pages::account::recovery::page)
{%- endif %}
{%- if totp %}
        .page("/login/code", pages::account::code::page)
{%- endif %}
        .page("/forgot-password", pages::forgot_password::page)
{%- if jobs %}
        .page("/jobs", pages::jobs::page)
{%- endif %}
        .page("/mail-sent", pages::forgot_password::sent)
        .page("/reset-password", pages::reset_password::page)
        .page("/link", pages::mailed_link::page)
{%- if oidc %}
        .page("/login/oidc/failed", pages::oidc::failed::page)
{%- endif %}
        .page("/confirm-password", pages::confirmation::page)
        .page("/account", pages::settings::page)
{%- if openapi %}
        .page("/account/tokens", pages::settings::tokens::page)
        .page("/api/docs", pages::api_docs::page)
{%- endif %}
        .page("/account/activity", pages::settings::activity::page)
        .page("/account/delete", pages::settings::deletion::page)
        .page("/account/email", pages::settings::email::page)
{%- if passkeys %}
        .page("/account/passkeys", pages::settings::passkeys::page)
{%- endif %}
        .page("/account/password", pages::settings::password::page)
{%- if passkeys or totp %}
        .page(
            "/account/recovery-codes",
            pages::settings::recovery_codes::page,
        )
{%- endif %}
        .page("/account/security", pages::settings::security::page)
{%- if totp %}
        .page("/account/totp", pages::settings::totp::page)
{%- endif %}
{%- if teams %}
        .page("/invitation", pages::teams::invitation::page)
        .page("/teams", pages::teams::page)
        .page("/teams/{id}", pages::teams::settings::page)
{%- endif %}
        .page("/notes", pages::notes::index)
        .page("/notes/new", pages::notes::new)
{%- if pgvector %}
        .page("/notes/search", pages::search::page)
{%- endif %}
        .page("/notes/{id}", pages::notes::edit);
    let live = match config.environment.is_production() {
        true => live,
        false => live.page("/_dev/mail", pages::dev_mail::page),
    };
    live.build()
}

/// The live pages, and the forms that work without JavaScript or set cookies. `visit` identifies the visitor.
fn pages(state: AppState) -> Router<AppState> {
{%- if oidc or passkeys or phone or totp %}
    use pages::settings;
{%- endif %}
    use pages::settings::{deletion, email, password, security};
    use pages::{
        account, confirmation, forgot_password, live, mailed_link, notes, reset_password, visitor,
    };

    let pages = state.live.patterns();
    let pages = pages.fold(Router::new(), |router, pattern| {
        router.route(pattern, get(live::show))
    });
    pages
        .route("/live", get(live::connect).post(live::connect))
        .route("/register", post(account::register))
        .route("/login", post(account::log_in))
{%- if passkeys %}
        .route("/login/passkey", post(account::passkey::log_in))
        .route("/login/passkey/begin", post(account::passkey::begin))
        .route("/login/recovery", post(account::recovery::log_in))
        .route("/confirm-password/passkey", post(account::passkey::confirm))
        .route("/account/passkeys", post(settings::passkeys::add))
        .route("/account/passkeys/begin", post(settings::passkeys::begin))
        .route(
            "/account/passkeys/{id}/delete",
            post(settings::passkeys::delete),
        )
{%- endif %}
{%- if totp %}
        .route("/login/code", post(account::code::check))
{%- endif %}
{%- if oidc %}
        .route("/login/oidc", post(pages::oidc::log_in))
        .route("/login/oidc/callback", get(pages::oidc::callback))
        .route("/confirm-password/oidc", post(pages::oidc::confirm))
{%- endif %}
        .route("/logout", post(account::log_out))
        .route("/forgot-password", post(forgot_password::send))
        .route("/reset-password", post(reset_password::reset))
        .route("/link", post(mailed_link::follow))
        .route("/confirm-password", post(confirmation::confirm))
        .route("/account/delete", post(deletion::delete))
        .route("/account/email", post(email::send))
        .route("/account/password", post(password::change))
{%- if passkeys or totp %}
        .route(
            "/account/recovery-codes",
            post(settings::recovery_codes::renew),
        )
{%- endif %}
        .route("/account/security/sessions/{id}/end", post(security::end))
        .route(
            "/account/security/sessions/end-others",
            post(security::end_others),
        )
{%- if oidc %}
        .route(
            "/account/security/identities",
            post(settings::identities::connect),
        )
        .route(
            "/account/security/identities/{id}/delete",
            post(settings::identities::disconnect),
        )
{%- endif %}
{%- if phone %}
        .route("/account/phone", post(settings::phone::set))
        .route("/account/phone/delete", post(settings::phone::remove))
{%- endif %}
{%- if totp %}
        .route("/account/totp", post(settings::totp::begin))
        .route("/account/totp/confirm", post(settings::totp::confirm))
        .route("/account/totp/remove", post(settings::totp::remove))
{%- endif %}
{%- if openapi %}
        .route("/account/tokens", post(pages::settings::tokens::create))
        .route(
            "/account/tokens/{id}/revoke",
            post(pages::settings::tokens::revoke),
        )
        .route(
            "/account/tokens/revoke-all",
            post(pages::settings::tokens::revoke_all),
        )
{%- endif %}
{%- if teams %}
        .merge(teams())
{%- endif %}
        .route("/notes", post(notes::create))
        .route("/notes/{id}", post(notes::update))
        .route("/notes/{id}/delete", post(notes::delete))
        .route_layer(middleware::from_fn_with_state(state, visitor::visit))
}
{%- if teams %}

/// The forms of teams and invitations.
fn teams() -> Router<AppState> {
    use pages::teams::{self, invitation, members, settings};

    Router::new()
        .route("/invitation", post(invitation::accept))
        .route("/invitation/keep", post(invitation::keep))
        .route("/teams", post(teams::create))
        .route("/teams/switch", post(teams::switch))
        .route("/teams/{id}/rename", post(settings::rename))
        .route("/teams/{id}/delete", post(settings::delete))
        .route("/teams/{id}/leave", post(members::leave))
        .route("/teams/{id}/invitations", post(members::invite))
        .route(
            "/teams/{id}/invitations/{invitation}/revoke",
            post(members::revoke),
        )
        .route("/teams/{id}/members/{member}", post(members::set_role))
        .route("/teams/{id}/members/{member}/remove", post(members::remove))
}
{%- endif %}

/// The JSON API.
fn api(state: AppState) -> Router<AppState> {
    use http::{limits, notes, session, users};

    Router::new()
        .route("/api/users", post(users::register))
        .route("/api/users/{id}", get(users::profile))
        .route("/api/me", get(users::me))
        .route(
            "/api/session",
            post(session::log_in).delete(session::log_out),
        )
{%- if totp %}
        .route("/api/session/code", post(http::code::complete))
{%- endif %}
        .route("/api/notes", get(notes::list).post(notes::create))
{%- if pgvector %}
        .route("/api/notes/search", get(http::search::search))
{%- endif %}
        .route(
            "/api/notes/{id}",
            get(notes::show).put(notes::update).delete(notes::delete),
        )
{%- if openapi %}
        .route("/api/openapi.json", get(http::openapi::show))
        .route_layer(middleware::from_fn_with_state(
            state.clone(),
            http::bearer::authenticate,
        ))
{%- endif %}
        .route_layer(middleware::from_fn_with_state(state, limits::by_address))
}

/// Health checks, static files, and where to report a vulnerability.
fn operations() -> Router<AppState> {
    use http::{assets::ASSETS, security_txt};
    use stack_web::health;

    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/static/{*file}", ASSETS.service())
        .route("/.well-known/security.txt", get(security_txt::show))
}
