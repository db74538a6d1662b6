//! What a connection withstands.

use std::time::Duration;

use maud::html;
use proptest::prelude::*;

use super::{builder, open, open_as, visit};
use crate::{CloseReason, Cx, Limits, Live, Result};

async fn page(cx: Cx) -> Result {
    let (count, text) = (cx.use_state(|| 0), cx.use_state(String::new));
    let later = cx.on_async(move |ctx, event| async move {
        text.set(&ctx, event.value().to_owned());
        Ok(())
    });
    let secret = cx
        .extension::<Secret>()
        .map(|secret| secret.0)
        .unwrap_or_default();
    Ok(html! {
        button on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (count.get(&cx)) }
        input #text on:input=(later);
        p { (text.get(&cx)) }
        p.own { (secret) }
    })
}

/// What only one visitor may see.
#[derive(Clone)]
struct Secret(String);

fn live_with(limits: Limits) -> Live {
    builder().limits(limits).page("/", page).build()
}

#[tokio::test]
async fn what_cannot_be_read_ends_the_connection_with_a_reason() {
    let live = live_with(Limits::default());
    for text in [
        "",
        "{}",
        "[\"join\",{}]",
        "[\"ev\",1,1,\"0\",\"click\",7]",
        "[\"ev\",1]",
        "[\"nothing\"]",
        "[\"nav\",1]",
    ] {
        let mut page = open(&live, "/").await;
        assert_eq!(
            page.send_raw(text).await,
            Some(CloseReason::Protocol),
            "`{text}`"
        );
    }
}

#[tokio::test]
async fn handlers_that_are_not_there_and_files_that_nobody_asked_for_are_left_alone() {
    let mut page = open(&live_with(Limits::default()), "/").await;
    for text in [
        "[\"ev\",1,1,\"99\",\"click\",{}]",
        "[\"ev\",2,1,\"/0/k:3\",\"click\",{}]",
        "[\"ret\",5,true,null]",
        "[\"up\",3,\"0\",1,1,[[\"a\",1,\"\"]]]",
        "[\"upx\",7]",
    ] {
        assert_eq!(page.send_raw(text).await, None, "`{text}`");
    }
    page.send_binary(&[0; 100]).await;
    page.expect_text("0").await;
}

#[tokio::test]
async fn whoever_sends_faster_than_people_can_is_cut_off() {
    let live = live_with(Limits {
        burst: 10,
        events_per_second: 1,
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    let mut ends = None;
    for _ in 0..30 {
        ends = page.send_raw("[\"ping\"]").await;
        if ends.is_some() {
            break;
        }
    }
    assert_eq!(ends, Some(CloseReason::TooManyEvents));
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_does_not_read_is_dropped_and_so_is_one_that_is_silent() {
    let live = live_with(Limits::default());
    let why = crate::testing::stalled(&live, &visit("ada"), "/").await;
    assert_eq!(why, CloseReason::SlowReader);
    let mut silent = open(&live, "/").await;
    assert_eq!(silent.wait_for_close().await, CloseReason::Gone);
}

#[tokio::test]
async fn when_the_server_stops_every_page_is_told_to_come_back() {
    let live = live_with(Limits::default());
    let mut page = open(&live, "/").await;
    live.stop();
    assert_eq!(page.wait_for_close().await, CloseReason::Restart);
}

#[tokio::test]
async fn a_visitor_has_only_so_many_connections_and_another_one_is_not_hindered() {
    let live = live_with(Limits {
        connections_per_visitor: 2,
        ..Limits::default()
    });
    let held = [live.admit("ada").unwrap(), live.admit("ada").unwrap()];
    assert!(live.admit("ada").is_none());
    assert!(live.admit("eve").is_some());
    drop(held);
    assert!(live.admit("ada").is_some());
}

#[tokio::test]
async fn a_process_has_only_so_many_connections() {
    let live = live_with(Limits {
        connections: 2,
        ..Limits::default()
    });
    let held = [live.admit("ada").unwrap(), live.admit("eve").unwrap()];
    assert!(live.admit("grace").is_none());
    drop(held);
    assert!(live.admit("grace").is_some());
}

#[tokio::test]
async fn a_slow_rendering_is_given_up() {
    async fn slow(cx: Cx) -> Result {
        let go = cx.use_state(|| false);
        if go.get(&cx) {
            std::future::pending::<()>().await;
        }
        Ok(html! { button on:click=(cx.on(move |ctx, _| go.set(ctx, true))) {} })
    }
    let limits = Limits {
        render_timeout: Duration::from_millis(10),
        ..Limits::default()
    };
    let live = builder().limits(limits).page("/", slow).build();
    let mut page = open(&live, "/").await;
    page.click("button").await;
    assert!(page.error().is_some());
}

/// A message as somebody could make it who knows the protocol and wishes no good.
fn hostile() -> impl Strategy<Value = String> {
    let json = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("{\"value\":\"<script>\",\"fields\":[[\"a\",\"b\"]]}".to_owned()),
        Just("[[\"a\",5,\"text/plain\"]]".to_owned()),
        Just("\"0\"".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
    ];
    let kind = prop::sample::select(vec!["ev", "nav", "ret", "up", "upx", "ping", "join", "x"]);
    let whole = (kind, prop::collection::vec(json, 0..6)).prop_map(|(kind, rest)| {
        let rest: String = rest.iter().map(|part| format!(",{part}")).collect();
        format!("[\"{kind}\"{rest}]")
    });
    prop_oneof![
        4 => whole.clone(),
        1 => (whole, 0..20_usize).prop_map(|(text, cut)| text.chars().take(cut).collect()),
        1 => any::<String>(),
        2 => (0..5_u64, 0..3_u64, 0..3_u8).prop_map(|(seq, version, handler)| {
            serde_json::json!(["ev", seq, version, handler.to_string(), "click", { "value": "x" }]).to_string()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_messages_makes_anything_panic_or_leaks_to_another(
        messages in prop::collection::vec(prop_oneof![
            3 => hostile().prop_map(Ok),
            1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Err),
        ], 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let live = live_with(Limits::default());
            let mut own = visit("ada");
            own.extensions.insert(Secret("of ada".into()));
            let mut ada = open_as(&live, &own, "/").await;
            let mut foreign = visit("eve");
            foreign.extensions.insert(Secret("of eve".into()));
            let mut eve = open_as(&live, &foreign, "/").await;
            for message in messages {
                let ends = match message {
                    Ok(text) => eve.send_raw(&text).await,
                    Err(bytes) => eve.send_binary(&bytes).await,
                };
                if let Some(why) = ends {
                    assert_ne!(why, CloseReason::Panicked);
                    break;
                }
            }
            assert!(eve.error().is_none(), "{:?}", eve.error());
            assert!(!eve.html().contains("of ada"));
            // Nobody else has noticed.
            ada.click("button").await.expect_text("1").await;
            assert!(!ada.html().contains("of eve"));
        });
    }
}
