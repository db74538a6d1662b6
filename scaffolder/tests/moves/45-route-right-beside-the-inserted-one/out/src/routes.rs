pub fn router() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
<<<<<<< yours
        .route("/mine", get(mine))
=======
        .route("/search", get(search))
>>>>>>> template 1.1.0
        .fallback(not_found)
}
