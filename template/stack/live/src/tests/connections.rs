//! What a connection withstands.

use std::time::Duration;

use maud::html;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{builder, open, open_as, visit};
use crate::{CloseReason, Cx, Limits, Live, PAGE_COST, Rate, Result, Visit};

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

/// Ten at once.
const ONE_A_SECOND: Rate = Rate {
    per_second: 1,
    burst: 10,
};

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
        events: ONE_A_SECOND,
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
    let (ada, eve) = (visit("ada"), visit("eve"));
    let held = [live.admit(&ada).unwrap(), live.admit(&ada).unwrap()];
    assert!(live.admit(&ada).is_none());
    assert!(live.admit(&eve).is_some());
    drop(held);
    assert!(live.admit(&ada).is_some());
}

/// A visitor without a cookie, who is another one each time.
fn stranger(number: usize, address: &str) -> Visit {
    Visit {
        address: Some(address.parse().unwrap()),
        ..visit(&number.to_string())
    }
}

#[tokio::test]
async fn an_address_has_only_so_many_connections_whoever_they_are_of() {
    let live = live_with(Limits {
        connections_per_address: 2,
        ..Limits::default()
    });
    // An office has one address of IPv4, and a network of IPv6.
    let same = [
        ["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"],
        ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:0:0:3"],
    ];
    for [first, second, third] in same {
        let held = [first, second].map(|from| live.admit(&stranger(from.len(), from)).unwrap());
        assert!(live.admit(&stranger(3, third)).is_none(), "{third}");
        let elsewhere = ["192.0.2.2", "2001:db8:0:1::1"];
        let others = elsewhere.map(|from| live.admit(&stranger(4, from)).unwrap());
        drop((held, others));
        assert!(live.admit(&stranger(3, third)).is_some(), "{third}");
    }
    // Where no address is known there is none to count.
    let unknown: Vec<_> = (0..5)
        .map(|number| live.admit(&visit(&number.to_string())).unwrap())
        .collect();
    drop(unknown);
}

#[tokio::test]
async fn a_process_has_only_so_many_connections() {
    let live = live_with(Limits {
        connections: 2,
        ..Limits::default()
    });
    let [ada, eve, grace] = ["ada", "eve", "grace"].map(visit);
    let held = [live.admit(&ada).unwrap(), live.admit(&eve).unwrap()];
    assert!(live.admit(&grace).is_none());
    drop(held);
    assert!(live.admit(&grace).is_some());
}

#[tokio::test(start_paused = true)]
async fn whoever_connects_again_has_no_more_budget_than_before() {
    let live = live_with(Limits {
        events_per_address: ONE_A_SECOND,
        ..Limits::default()
    });
    // Two pages at once, and then one in five seconds.
    for (number, waits) in [(0, 0), (1, 0), (2, 5), (3, 10)] {
        let permit = live.admit(&stranger(number, "192.0.2.1")).unwrap();
        let wait = permit.spend(PAGE_COST);
        assert_eq!(wait, Duration::from_secs(waits));
    }
    let elsewhere = live.admit(&stranger(5, "192.0.2.2")).unwrap();
    assert_eq!(elsewhere.spend(PAGE_COST), Duration::ZERO);
    tokio::time::sleep(Duration::from_secs(20)).await;
    let later = live.admit(&stranger(6, "192.0.2.1")).unwrap();
    assert_eq!(later.spend(PAGE_COST), Duration::ZERO);
}

#[tokio::test]
async fn clients_that_have_left_are_forgotten() {
    let live = live_with(Limits::default());
    for number in 0..10_000 {
        live.admit(&visit(&number.to_string())).unwrap();
    }
    assert!(live.known_clients() < 2_000);
}

#[tokio::test(start_paused = true)]
async fn a_navigation_costs_more_than_a_click_and_pings_cost_too() {
    let live = live_with(Limits {
        events: ONE_A_SECOND,
        ..Limits::default()
    });
    let nav = |seq: usize| format!(r#"["nav",{seq},"/","push"]"#);
    let mut page = open(&live, "/").await;
    // Each is followed by a ping.
    assert_eq!(page.send_raw(&nav(1)).await, None);
    assert_eq!(
        page.send_raw(&nav(2)).await,
        Some(CloseReason::TooManyEvents)
    );
    let mut page = open(&live, "/").await;
    for _ in 0..10 {
        page.send_control();
    }
    let ends = page.send_raw(r#"["upx",0]"#).await;
    assert_eq!(ends, Some(CloseReason::TooManyEvents));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_for_its_budget_holds_up_nothing_else() {
    let live = live_with(Limits {
        events_per_visitor: ONE_A_SECOND,
        ..Limits::default()
    });
    let mut page = open(&live, "/").await;
    // The join has cost five, and so there is room for five clicks.
    let begun = tokio::time::Instant::now();
    for _ in 0..5 {
        page.click("button").await;
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    page.click("button").await.expect_text("6").await;
    assert!(begun.elapsed() > Duration::from_millis(900));
    page.click_without_waiting("button");
    live.stop();
    assert_eq!(page.wait_for_close().await, CloseReason::Restart);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_browser_that_has_sent_much_lets_others_go_first() {
    let live = live_with(Limits::default());
    let mut flooding = open(&live, "/").await;
    let mut other = open(&live, "/").await;
    for _ in 0..20 {
        flooding.click_without_waiting("button");
    }
    other.click("button").await;
    // On one thread: what is done for others is done between two messages.
    let done = flooding.take_arrived();
    assert!(done < 20, "{done} messages were answered first");
}

#[tokio::test]
async fn a_message_that_is_too_large_to_send_stops_the_page_and_says_so() {
    async fn growing(cx: Cx) -> Result {
        let text = cx.use_local(String::new);
        let grow = cx.on(move |ctx, _| text.set(ctx, "x".repeat(3_000)));
        Ok(html! { button on:click=(grow) {} (text.get(&cx)) })
    }
    let limits = Limits {
        send_bytes: 2_000,
        ..Limits::default()
    };
    let live = builder().limits(limits).page("/", growing).build();
    let mut page = open(&live, "/").await;
    page.click("button").await;
    assert!(page.error().is_some());
    assert_eq!(page.wait_for_close().await, CloseReason::Panicked);
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
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(6), ..ProptestConfig::default() })]

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
