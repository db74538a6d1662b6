use super::*;

#[test]
fn a_pause_never_exceeds_its_bound() {
    for attempt in 1..=64 {
        for random in [0, 1, 7_919, u64::MAX / 3, u64::MAX] {
            assert!(part(attempt, random) <= LONGEST_PAUSE, "{attempt} {random}");
        }
    }
}

#[test]
fn the_bound_of_the_pause_doubles() {
    let longest = |attempt| (0..20_000).map(|random| part(attempt, random)).max();
    assert_eq!(longest(1), Some(Duration::from_millis(4)));
    assert_eq!(longest(2), Some(Duration::from_millis(8)));
    assert_eq!(longest(3), Some(Duration::from_millis(16)));
}

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
