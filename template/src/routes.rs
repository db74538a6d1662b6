//! Every URL, on one screen.

use axum::{
    Router, middleware,
    routing::{get, post, put},
};

use stack_live::{
    Live,
    recording::{self, Recorder},
};

use crate::{app::AppState, config::Config, http, http::edge, pages};

/// The whole application, as a service.
pub fn router(state: AppState) -> Router {
    let config = state.config.clone();
    let recorder = state.live.recorder().cloned();
    let routes = pages(state.clone())
        .merge(api())
        .merge(operations())
{%- if pgvector %}
        .route_layer(middleware::from_fn_with_state(
            state.clone(),
            http::search::index_writes,
        ))
{%- endif %}
        .with_state(state);
    let routes = match recorder {
        Some(to) => routes.layer(middleware::from_fn_with_state(to, recording::http)),
        None => routes,
    };
    edge::around(routes, &config)
}

/// Live pages, for people: rendered for a GET, then connected.
pub fn live(config: &Config, recorder: Option<Recorder>) -> Live {
    use pages::{home, live};

    let keys = config.encryption_keys.derive("live pages");
    Live::builder(keys)
        .recorder(recorder)
        .on_error(live::tell)
        .page("/", home::page)
        .build()
}

/// What forms do without a script, and what sets cookies. `visit` finds out who it is.
fn pages(state: AppState) -> Router<AppState> {
    use pages::{account, live, notes, settings, visitor};

    let pages = state.live.patterns();
    let pages = pages.fold(Router::new(), |router, pattern| router.route(pattern, get(live::show)));
    pages
        .route("/live", get(live::connect))
        .route(
            "/register",
            get(account::register_form).post(account::register),
        )
        .route("/login", get(account::log_in_form).post(account::log_in))
        .route("/logout", post(account::log_out))
        .route("/account", get(settings::show))
        .route("/account/phone", post(settings::set_phone))
        .route("/account/phone/delete", post(settings::remove_phone))
        .route("/notes", get(notes::index).post(notes::create))
        .route("/notes/new", get(notes::new))
{%- if pgvector %}
        .route("/notes/search", get(pages::search::show))
{%- endif %}
        .route("/notes/{id}", get(notes::edit).post(notes::update))
        .route("/notes/{id}/delete", post(notes::delete))
        .route_layer(middleware::from_fn_with_state(state, visitor::visit))
}

/// For programs.
fn api() -> Router<AppState> {
    use http::{notes, session, users};

    Router::new()
        .route("/api/users", post(users::register))
        .route("/api/users/{id}", get(users::profile))
        .route("/api/me", get(users::me))
        .route("/api/me/phone", put(users::set_phone))
        .route(
            "/api/session",
            post(session::log_in).delete(session::log_out),
        )
        .route("/api/notes", get(notes::list).post(notes::create))
{%- if pgvector %}
        .route("/api/notes/search", get(http::search::search))
{%- endif %}
        .route(
            "/api/notes/{id}",
            get(notes::show).put(notes::update).delete(notes::delete),
        )
}

/// For whoever runs this.
fn operations() -> Router<AppState> {
    use http::{health, static_files};

    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/static/{file}", get(static_files::serve))
}
