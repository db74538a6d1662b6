use std::time::Duration;

use super::*;

fn file(size: u64, content_type: &str) -> File {
    File {
        name: "a.png".into(),
        size,
        content_type: content_type.into(),
    }
}

#[test]
fn what_is_too_large_too_much_or_of_another_kind_is_refused_before_it_is_sent() {
    let accept = Accept {
        max_bytes: 2_000_000,
        max_files: 2,
        types: &["image/*", "text/plain"],
    };
    let (png, text, video) = (
        file(10, "image/png"),
        file(10, "text/plain"),
        file(10, "video/mp4"),
    );
    assert_eq!(accept.refuses(&[png.clone(), text.clone()]), None);
    assert!(
        accept.refuses(&[]).is_some()
            && accept.refuses(&[png.clone(), png.clone(), text]).is_some()
    );
    assert!(accept.refuses(&[png, video]).is_some());
    assert_eq!(
        accept.refuses(&[file(2_000_001, "image/png")]).as_deref(),
        Some("“a.png” is larger than 2 MB.")
    );
}

#[test]
fn more_than_was_declared_is_not_taken_in() {
    let (mut receiving, _held) =
        IncomingUpload::new(&[file(5, "text/plain")], &UploadWindow::narrow());
    assert!(receiving.take(0, Bytes::from_static(b"abc")));
    assert!(!receiving.take(0, Bytes::from_static(b"def")));
    assert!(!receiving.take(1, Bytes::from_static(b"a")) && !receiving.take(0, Bytes::new()));
}

#[tokio::test(start_paused = true)]
async fn a_part_within_the_budget_does_not_wait_for_the_next_tick_of_the_timer() {
    tokio::time::advance(Duration::from_micros(500)).await;
    let begun = Instant::now();
    wait_until(begun).await;
    assert_eq!(Instant::now(), begun);
    wait_until(begun + Duration::from_millis(3)).await;
    assert!(Instant::now() >= begun + Duration::from_millis(3));
}
