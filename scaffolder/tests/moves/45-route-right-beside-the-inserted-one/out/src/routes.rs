pub fn router() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/mine", get(mine))
        .route("/search", get(search))
        .fallback(not_found)
}
