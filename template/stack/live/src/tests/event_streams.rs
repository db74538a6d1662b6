//! A page without a WebSocket.

use axum::http::StatusCode;
use maud::html;

use super::{Counted, builder, live, open, open_as, visit};
use crate::{
    Accept, CloseReason, Cx, Limits, Live, Rate, Result, Session,
    testing::{Stream, frame, post},
};

const JOIN: &[u8] = br#"["join",{"url":"/"}]"#;
const PING: &[u8] = br#"["ping"]"#;

const ACCEPT: Accept = Accept {
    max_bytes: 1_000_000,
    max_files: 1,
    types: &["text/plain"],
};

/// A page that counts its clicks, keeps what it is told, and sums up a file.
fn page() -> (Live, Counted) {
    let counted = Counted::default();
    let of_page = counted.clone();
    let page = move |cx: Cx| {
        let clicks = of_page.clone();
        async move {
            let said = cx.use_state(String::new);
            let keep = cx.on(move |ctx, event| {
                said.set(ctx, event.field("name").to_owned());
            });
            let take = cx.on_upload(ACCEPT, move |ctx, mut upload| async move {
                let mut sum = 0_u64;
                while let Some(chunk) = upload.chunk().await? {
                    sum += chunk.bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
                }
                said.set(&ctx, format!("sum {sum}"));
                Ok(())
            });
            Result::Ok(html! {
                button #click on:click=(cx.on(move |_, _| clicks.up())) {}
                form on:submit=(keep) { input name="name"; button type="submit" {} }
                input #file type="file" on:upload=(take);
                p { (said.get(&cx)) }
            })
        }
    };
    (live(page), counted)
}

#[tokio::test]
async fn a_click_a_form_and_an_upload_work_and_nothing_is_done_twice() {
    let (live, clicks) = page();
    let mut page = open(&live, "/").await;
    // From here on each POST arrives twice.
    page.reconnect_by_stream().await;
    page.click("#click").await.click("#click").await;
    assert_eq!(clicks.get(), 2);
    page.fill("[name=name]", "Ada").await.submit("form").await;
    page.expect_text("Ada").await;
    let content = vec![7; 300_000];
    page.upload("#file", "a.txt", "text/plain", &content).await;
    page.expect_text("sum 2100000").await;
    page.fill("[name=name]", &"long ".repeat(20_000)).await;
    page.submit("form").await.expect_text("long long").await;
    page.reconnect().await.click("#click").await;
    assert_eq!(clicks.get(), 3);
}

#[tokio::test]
async fn messages_are_taken_in_the_order_of_their_numbers() {
    let (live, _) = page();
    let ada = visit("ada");
    let mut stream = Stream::open(&live, &ada).await.unwrap();
    let post = |number, body| post(&live, &ada, &stream.id, number, body);
    assert_eq!(post(1, frame(0, PING)).await, StatusCode::CONFLICT);
    assert_eq!(post(0, frame(0, JOIN)).await, StatusCode::NO_CONTENT);
    let both = [frame(0, PING), frame(0, b"[\"nothing\"]")].concat();
    assert_eq!(post(1, both).await, StatusCode::NO_CONTENT);
    let (_, joined) = stream.next().await.unwrap();
    assert!(joined.contains("\"v\":1"));
    let (_, pinged) = stream.next().await.unwrap();
    assert_eq!(pinged, "{}");
    assert_eq!(
        stream.next().await.unwrap(),
        ("end".into(), "4003".into()),
        "a protocol error"
    );
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_takes_posts_of_its_own_visitor_only_and_not_after_its_end() {
    let (live, _) = page();
    let (ada, eve) = (visit("ada"), visit("eve"));
    let stream = Stream::open(&live, &ada).await.unwrap();
    for (visit, id) in [(&eve, stream.id.as_str()), (&ada, "forged"), (&ada, "")] {
        let status = post(&live, visit, id, 0, frame(0, JOIN)).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }
    let id = stream.id.clone();
    drop(stream);
    while post(&live, &ada, &id, 0, frame(0, JOIN)).await != StatusCode::CONFLICT {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn frames_that_nobody_of_ours_sends_end_the_stream() {
    let (live, _) = page();
    let ada = visit("ada");
    for (body, code) in [
        (frame(2, b"x"), "4003"),
        (frame(0, b"\xff"), "4003"),
        (vec![0, 0, 0], "4003"),
        (vec![0, 0, 0, 0, 9, b'x'], "4003"),
        (vec![0, 0xff, 0xff, 0xff, 0xff], "4002"),
        (frame(0, &vec![b' '; 70_000]), "4002"),
    ] {
        let mut stream = Stream::open(&live, &ada).await.unwrap();
        post(&live, &ada, &stream.id, 0, body).await;
        assert_eq!(stream.next().await.unwrap(), ("end".into(), code.into()));
    }
    let mut stream = Stream::open(&live, &ada).await.unwrap();
    let too_much = post(&live, &ada, &stream.id, 0, vec![0; 300_000]).await;
    assert_eq!(too_much, StatusCode::PAYLOAD_TOO_LARGE);
    post(&live, &ada, &stream.id, 0, frame(0, JOIN)).await;
    assert!(stream.next().await.unwrap().1.contains("\"v\":1"));
}

#[tokio::test]
async fn a_post_that_is_repeated_for_ever_ends_the_stream() {
    let (live, clicks) = page();
    let ada = visit("ada");
    let mut stream = Stream::open(&live, &ada).await.unwrap();
    post(&live, &ada, &stream.id, 0, frame(0, JOIN)).await;
    stream.next().await.unwrap();
    let mut posts = 0;
    while post(&live, &ada, &stream.id, 0, frame(0, JOIN)).await == StatusCode::NO_CONTENT {
        posts += 1;
        assert!(posts < 10_000);
    }
    assert_eq!(stream.next().await.unwrap().1, "4001");
    assert_eq!(clicks.get(), 0);
}

#[tokio::test]
async fn streams_are_limited_with_the_other_connections_of_a_visitor() {
    let limits = Limits {
        connections_per_visitor: 1,
        events: Rate {
            per_second: 1,
            burst: 10,
        },
        ..Limits::default()
    };
    let page = |_: Cx| async { Result::Ok(html! {}) };
    let live = builder().limits(limits).page("/", page).build();
    let ada = visit("ada");
    let first = open_as(&live, &ada, "/").await;
    assert_eq!(
        Stream::open(&live, &ada).await.err(),
        Some(StatusCode::TOO_MANY_REQUESTS)
    );
    drop(first);
    let mut stream = loop {
        match Stream::open(&live, &ada).await {
            Ok(stream) => break stream,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let many: Vec<u8> = std::iter::repeat_n(frame(0, PING), 1_000)
        .flatten()
        .collect();
    post(&live, &ada, &stream.id, 0, [frame(0, JOIN), many].concat()).await;
    while stream.next().await.unwrap() != ("end".into(), "4001".into()) {}
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_read_ends_and_takes_no_more_posts() {
    let (live, _) = page();
    let ada = visit("ada");
    let mut stream = Stream::open(&live, &ada).await.unwrap();
    post(&live, &ada, &stream.id, 0, frame(0, JOIN)).await;
    let mut number = 1;
    while post(&live, &ada, &stream.id, number, frame(0, PING)).await == StatusCode::NO_CONTENT {
        number += 1;
        assert!(number < 100);
    }
    // No more than one message has waited for it.
    assert!(stream.next().await.unwrap().1.contains("\"v\":1"));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_with_the_session_of_its_visitor() {
    let (live, _) = page();
    let mut ada = visit("ada");
    ada.session = Some(Session::new("1", || async { std::io::Result::Ok(true) }));
    let mut page = open_as(&live, &ada, "/").await;
    page.reconnect_by_stream().await;
    live.end_session("1");
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let (live, _) = page();
    let mut page = open(&live, "/").await;
    page.reconnect_by_stream().await;
    live.stop();
    assert_eq!(page.wait_for_close().await, CloseReason::Restart);
}
