use super::*;

#[test]
fn an_error_that_is_not_the_servers_is_not_retryable() {
    assert!(!is_retryable(&sqlx::Error::RowNotFound));
    assert!(!is_retryable(&sqlx::Error::PoolTimedOut));
}

/// Compiles only if the future may move between threads, as a handler's must.
#[test]
fn the_future_of_run_is_send() {
    fn assert_send<T: Send>(_: impl FnOnce(Db, String) -> T) {}
    assert_send(|db: Db, name: String| async move {
        let name = name.as_str();
        db.run(|tx| {
            Box::pin(async move {
                sqlx::query("select $1")
                    .bind(name)
                    .execute(&mut **tx)
                    .await?;
                Ok::<_, sqlx::Error>(name.len())
            })
        })
        .await
    });
}
