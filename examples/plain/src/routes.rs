//! Every URL, on one screen.

use axum::{
    Router, middleware,
    routing::{get, post},
};
use stack_live::{Limits, Live};
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
    let metrics = state.metrics.clone();
    let routes = pages(state.clone())
        .merge(api(state.clone()))
        .merge(operations())
        .with_state(state);
    layers::around(routes, &settings).layer(middleware::from_fn_with_state(metrics, metrics::count))
}

/// The live pages: a GET renders the page, then the browser connects to it.
pub fn live(config: &Config, metrics: Metrics) -> Live {
    let keys = config.encryption_keys.derive("live pages");
    let live = Live::builder(keys)
        .limits(Limits::default().with_connections_per_address(config.live_connections_per_address))
        .observer(LivePages(metrics))
        .on_error(pages::live::flash_error)
        .page("/", pages::home::page)
        .page("/register", pages::account::register_page)
        .page("/login", pages::account::log_in_page)
        .page("/forgot-password", pages::forgot_password::page)
        .page("/mail-sent", pages::forgot_password::sent)
        .page("/reset-password", pages::reset_password::page)
        .page("/link", pages::mailed_link::page)
        .page("/confirm-password", pages::confirmation::page)
        .page("/account", pages::settings::page)
        .page("/account/activity", pages::settings::activity::page)
        .page("/account/delete", pages::settings::deletion::page)
        .page("/account/email", pages::settings::email::page)
        .page("/account/password", pages::settings::password::page)
        .page("/account/security", pages::settings::security::page)
        .page("/notes", pages::notes::index)
        .page("/notes/new", pages::notes::new)
        .page("/notes/{id}", pages::notes::edit);
    let live = match config.environment.is_production() {
        true => live,
        false => live.page("/_dev/mail", pages::dev_mail::page),
    };
    live.build()
}

/// The live pages, and the forms that work without JavaScript or set cookies. `visit` identifies the visitor.
fn pages(state: AppState) -> Router<AppState> {
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
        .route("/logout", post(account::log_out))
        .route("/forgot-password", post(forgot_password::send))
        .route("/reset-password", post(reset_password::reset))
        .route("/link", post(mailed_link::follow))
        .route("/confirm-password", post(confirmation::confirm))
        .route("/account/delete", post(deletion::delete))
        .route("/account/email", post(email::send))
        .route("/account/password", post(password::change))
        .route("/account/security/sessions/{id}/end", post(security::end))
        .route(
            "/account/security/sessions/end-others",
            post(security::end_others),
        )
        .route("/notes", post(notes::create))
        .route("/notes/{id}", post(notes::update))
        .route("/notes/{id}/delete", post(notes::delete))
        .route_layer(middleware::from_fn_with_state(state, visitor::visit))
}

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
        .route("/api/notes", get(notes::list).post(notes::create))
        .route(
            "/api/notes/{id}",
            get(notes::show).put(notes::update).delete(notes::delete),
        )
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
