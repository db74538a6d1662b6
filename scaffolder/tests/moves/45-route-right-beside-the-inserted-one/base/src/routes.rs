pub fn router() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .fallback(not_found)
}
