//! Files.

use std::time::Duration;

use maud::html;
use serde_json::json;
use tokio::time::Instant;

use super::{Counted, builder, live, open, open_as, visit};
use crate::{Accept, CloseReason, Cx, Limits, Live, Rate, Result, testing::Page};

const ACCEPT: Accept = Accept {
    max_bytes: 100_000,
    max_files: 1,
    types: &["text/plain"],
};

async fn page(cx: Cx) -> Result {
    let (percent, said) = (cx.use_state(|| 0), cx.use_state(String::new));
    let refused = cx.on(move |ctx, event| said.set(ctx, format!("No: {}", event.value())));
    let take = cx.on_upload(ACCEPT, move |ctx, mut upload| async move {
        let (mut bytes, mut sum) = (0, 0_u64);
        while let Some(chunk) = upload.chunk().await? {
            bytes += chunk.bytes.len();
            sum += chunk.bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            percent.set(&ctx, upload.percent());
        }
        said.set(
            &ctx,
            format!("{}: {bytes} bytes, sum {sum}", upload.files[0].name),
        );
        Ok(())
    });
    Ok(
        html! { input #file type="file" on:upload=(take) on:refused=(refused); p { (percent.get(&cx)) "% " (said.get(&cx)) } },
    )
}

#[tokio::test]
async fn a_file_arrives_whole_and_its_progress_is_seen() {
    let content: Vec<u8> = (0..70_000_u32)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect();
    let sum: u64 = content.iter().map(|byte| u64::from(*byte)).sum();
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "a.txt", "text/plain", &content).await;
    page.expect_text(&format!("100% a.txt: 70000 bytes, sum {sum}"))
        .await;
    // And once more.
    page.upload("#file", "b.txt", "text/plain", b"b")
        .await
        .expect_text("b.txt: 1 bytes")
        .await;
}

#[tokio::test]
async fn what_is_not_accepted_is_refused_with_a_reason_and_never_read() {
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "a.png", "image/png", b"x").await;
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("type"))
    );
    page.upload("#file", "a.txt", "text/plain", &[0; 100_001])
        .await;
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("larger than 100 kB"))
    );
    // So does the page's own code.
    page.expect_text("0% No: “a.txt” is larger than 100 kB.")
        .await;
}

#[tokio::test]
async fn an_empty_file_is_a_file_too() {
    let mut page = open(&live(page), "/").await;
    page.upload("#file", "empty.txt", "text/plain", b"")
        .await
        .expect_text("empty.txt: 0 bytes")
        .await;
}

/// Waits until the server has everything that was sent, and returns how the connection ends, if it does.
async fn settle(page: &mut Page) -> Option<CloseReason> {
    page.send_raw(r#"["upx",0]"#).await
}

/// The page with these limits, and how many errors it has reported.
fn with(limits: Limits) -> (Live, Counted) {
    let counted = Counted::default();
    let errors = counted.clone();
    let live = builder().limits(limits).page("/", page);
    (live.on_error(move |_, _| errors.up()).build(), counted)
}

#[tokio::test(start_paused = true)]
async fn parts_are_no_events_and_wait_for_a_budget_of_their_own() {
    let slow = Rate {
        per_second: 32 * 1024,
        burst: 32 * 1024,
    };
    let (live, _) = with(Limits {
        events: Rate {
            per_second: 1,
            burst: 6,
        },
        upload_bytes_per_visitor: slow,
        ..Limits::default()
    });
    let begun = Instant::now();
    let mut page = open(&live, "/").await;
    let content = vec![1; 100_000];
    page.upload("#file", "a.txt", "text/plain", &content).await;
    page.expect_text("100% a.txt: 100000 bytes, sum 100000")
        .await;
    // Four parts, of which one was there at once.
    assert!(begun.elapsed() > Duration::from_millis(1_900));
}

#[tokio::test]
async fn parts_beyond_the_window_end_the_upload_and_then_the_connection() {
    let (live, errors) = with(Limits {
        upload_window: 32 * 1024,
        events: Rate {
            per_second: 1,
            burst: 20,
        },
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    let upload = page.begin_upload("#file", 100_000);
    for _ in 0..5 {
        page.send_part(upload, b"x");
    }
    assert_eq!(settle(&mut page).await, None);
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("Try again"))
    );
    for _ in 0..20 {
        page.send_part(upload, b"x");
    }
    let ends = settle(&mut page).await;
    assert_eq!(ends, Some(CloseReason::TooManyEvents));
    assert_eq!(errors.get(), 0, "it was not our fault");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_stalls_is_given_up_and_the_visitor_told() {
    let (live, errors) = with(Limits::default());
    let mut page = open(&live, "/").await;
    page.begin_upload("#file", 100_000);
    // The clock of the test stands still until all wait; a moment more, since both wait for the same one.
    tokio::time::sleep(live.limits().upload_timeout + Duration::from_secs(1)).await;
    assert_eq!(settle(&mut page).await, None);
    assert!(
        page.upload_refused()
            .is_some_and(|why| why.contains("Try again"))
    );
    assert_eq!(errors.get(), 0, "it was not our fault");
}

#[tokio::test]
async fn a_page_has_only_so_many_uploads_at_once_and_says_so() {
    let (live, _) = with(Limits {
        uploads: 2,
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    for refused in [false, false, true] {
        page.begin_upload("#file", 100_000);
        assert_eq!(settle(&mut page).await, None);
        assert_eq!(page.upload_refused().is_some(), refused);
    }
}

/// Parts of the largest size.
const PART: &[u8] = &[1; 32 * 1024];

#[tokio::test(start_paused = true)]
async fn several_parts_are_taken_without_waiting_for_an_answer() {
    let slow = Rate {
        per_second: 1,
        burst: 32 * 1024,
    };
    let (live, _) = with(Limits {
        upload_window: 3 * PART.len(),
        upload_bytes_per_visitor: slow,
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    let upload = page.begin_upload("#file", 100_000);
    // The first is taken, and the second; for more there is no budget, but a window.
    for _ in 0..3 {
        page.send_part(upload, PART);
    }
    assert_eq!(settle(&mut page).await, None);
    assert_eq!(page.upload_refused(), None);
    page.send_part(upload, &[1; 100_000 - 3 * 32 * 1024]);
    assert_eq!(settle(&mut page).await, None);
    assert_eq!(page.upload_refused(), None, "a short part of each file");
}

#[tokio::test]
async fn so_many_uploads_have_a_window_and_the_others_send_one_part_at_a_time() {
    let (live, _) = with(Limits {
        upload_windows: 4,
        uploads: 8,
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    let mut granted = Vec::new();
    for _ in 0..2 {
        page.begin_upload("#file", 100_000);
        assert_eq!(settle(&mut page).await, None);
        granted.push(page.upload_window());
    }
    assert_eq!(granted, [1024 * 1024, 32 * 1024]);
    let other = visit("bob");
    let mut page = open_as(&live, &other, "/").await;
    page.begin_upload("#file", 100_000);
    assert_eq!(settle(&mut page).await, None);
    assert_eq!(page.upload_window(), 1024 * 1024, "a visitor has a quarter");
}

#[tokio::test]
async fn an_upload_goes_on_after_a_break_with_what_the_browser_has_missed() {
    let live = live(page);
    let mut page = open(&live, "/").await;
    let upload = page.begin_upload("#file", 100_000);
    page.send_part(upload, PART);
    page.expect_text("32%").await;
    page.send_part(upload, PART);
    // Its answer never comes, and no close either: the old connection is still open for the server.
    page.lose_messages_until("65536").await;
    assert_eq!(page.resume().await, json!([[upload, 2 * PART.len()]]));
    page.expect_text("65%").await;
    page.send_part(upload, PART);
    page.send_part(upload, &[1; 100_000 - 3 * 32 * 1024]);
    page.expect_text("100% a.txt: 100000 bytes, sum 100000")
        .await;
}

#[tokio::test]
async fn an_upload_is_gone_on_with_by_its_page_and_visitor_alone_and_in_time() {
    let (live, errors) = with(Limits {
        upload_resume_timeout: Duration::ZERO,
        ..Limits::default()
    });
    let mut late = open(&live, "/").await;
    late.begin_upload("#file", 100_000);
    assert_eq!(settle(&mut late).await, None);
    late.hang_up().await;
    assert!(late.resume().await.is_null(), "too late");

    let mut page = open(&live, "/").await;
    let upload = page.begin_upload("#file", 100_000);
    page.send_part(upload, PART);
    page.expect_text("32%").await;
    page.forget_visitor("eve");
    assert!(page.resume().await.is_null(), "somebody else");
    page.forget_visitor("ada");
    page.reconnect().await;
    assert_eq!(settle(&mut page).await, None);
    page.upload("#file", "b.txt", "text/plain", b"b")
        .await
        .expect_text("b.txt: 1 bytes")
        .await;
    assert_eq!(errors.get(), 0);
}
