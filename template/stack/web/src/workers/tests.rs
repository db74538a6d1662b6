use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use futures_util::FutureExt;

use super::*;

#[tokio::test]
async fn a_job_uses_the_state_that_the_one_before_has_left() {
    let workers = Workers::<Vec<u8>>::start("test", 1, 1).unwrap();
    for count in 1..=3 {
        let length = workers.run(|state| {
            state.push(0);
            state.len()
        });
        assert_eq!(length.await, Ok(count));
    }
}

#[tokio::test]
async fn beyond_the_queue_a_job_is_refused_at_once_and_one_that_nobody_waits_for_is_left_out() {
    let workers = Workers::<()>::start("test", 1, 2).unwrap();
    let (started, has_started) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let running = workers.run(move |()| {
        started.send(()).unwrap();
        may_go_on.recv().unwrap();
    });
    tokio::pin!(running);
    assert_eq!((&mut running).now_or_never(), None);
    has_started.recv().unwrap();

    let ran = Arc::new(AtomicUsize::new(0));
    let count = || {
        let ran = ran.clone();
        move |(): &mut ()| ran.fetch_add(1, Ordering::SeqCst)
    };
    let mut abandoned = Box::pin(workers.run(count()));
    assert_eq!((&mut abandoned).now_or_never(), None);
    let mut queued = Box::pin(workers.run(count()));
    assert_eq!((&mut queued).now_or_never(), None);
    let refused = workers.run(count()).now_or_never();
    assert_eq!(refused, Some(Err(WorkError::QueueFull)));
    drop(abandoned);
    go_on.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(queued.await, Ok(0));
}

#[tokio::test]
async fn a_thread_goes_on_after_a_panic() {
    let workers = Workers::<u8>::start("test", 1, 1).unwrap();
    let panicked = workers.run(|_| panic!("of the test")).await;
    assert_eq!(panicked, Err::<(), _>(WorkError::Panicked));
    assert_eq!(workers.run(|state| *state).await, Ok(0));
}
