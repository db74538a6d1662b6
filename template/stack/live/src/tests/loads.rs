//! What is loaded beside the page.

use std::sync::Arc;

use axum::http::Uri;
use futures_util::{FutureExt, StreamExt};
use maud::{Markup, html};
use tokio::sync::Semaphore;

use super::{Counted, builder, document, live, open, visit};
use crate::{Cx, Live, PageError, Result, Visit, testing::Page};

/// A load takes until it has a permit of this one.
type Gate = Arc<Semaphore>;

fn gate() -> Gate {
    Arc::new(Semaphore::new(0))
}

async fn pass(gate: &Gate) {
    gate.acquire().await.unwrap().forget();
}

/// A search whose first load is at once there and whose others wait for the gate, and a counter in another component.
fn search(gate: Gate, begun: Counted, ended: Counted) -> Live {
    async fn counter(cx: Cx, (): ()) -> Result {
        let count = cx.use_state(|| 0);
        let up = cx.on(move |ctx, _| count.update(ctx, |n| *n += 1));
        Ok(html! { button.up on:click=(up) {} p.count { "count " (count.get(&cx)) } })
    }
    let results = move |cx: Cx, (): ()| {
        let (gate, begun, ended) = (gate.clone(), begun.clone(), ended.clone());
        async move {
            let text = cx.use_state(String::new);
            let wanted = text.get(&cx);
            let found = cx
                .use_load(wanted.clone(), |_| async move {
                    begun.up();
                    if wanted == "fails" {
                        return Err(std::fmt::Error);
                    }
                    if !wanted.is_empty() {
                        pass(&gate).await;
                    }
                    ended.up();
                    Ok(wanted)
                })
                .await?;
            let search = cx.on(move |ctx, event| text.set(ctx, event.value().to_owned()));
            let again = found.reloading();
            let reload = cx.on(move |ctx, _| again.reload(ctx));
            Ok(html! {
                input #q on:input=(search);
                button.reload on:click=(reload) {}
                p { "found [" (*found) "]" }
            })
        }
    };
    live(move |cx: Cx| {
        let results = results.clone();
        async move {
            let results = cx.child(results, ()).await?;
            Ok(html! { (results) (cx.child(counter, ()).await?) })
        }
    })
}

#[tokio::test]
async fn while_one_component_loads_a_click_elsewhere_is_answered() {
    let gate = gate();
    let mut page = open(
        &search(gate.clone(), Counted::default(), Counted::default()),
        "/",
    )
    .await;
    page.begin_fill("#q", "a");
    page.click_without_waiting(".up");
    page.expect_text("count 1").await;
    assert!(page.text().contains("found []"));
    gate.add_permits(1);
    page.expect_text("found [a]").await;
}

#[tokio::test]
async fn of_loads_that_follow_each_other_only_the_last_one_ends() {
    let (gate, begun, ended) = (gate(), Counted::default(), Counted::default());
    let mut page = open(&search(gate.clone(), begun.clone(), ended.clone()), "/").await;
    let before = ended.get();
    for text in ["a", "ab", "abc", "abcd", "abcde"] {
        page.begin_fill("#q", text);
    }
    page.click_without_waiting(".up");
    page.expect_text("count 1").await;
    gate.add_permits(10);
    page.expect_text("found [abcde]").await;
    assert_eq!(ended.get(), before + 1);
}

#[tokio::test]
async fn an_event_is_answered_in_full_when_what_it_loads_is_shown() {
    let gate = gate();
    gate.add_permits(2);
    let mut page = open(&search(gate, Counted::default(), Counted::default()), "/").await;
    page.fill("#q", "a").await;
    assert!(page.text().contains("found [a]"));
    page.click(".reload").await;
    assert!(page.text().contains("found [a]"));
}

#[tokio::test]
async fn an_event_counts_as_done_though_the_connection_ends_while_it_loads() {
    let (gate, begun) = (gate(), Counted::default());
    let live = search(gate.clone(), begun.clone(), Counted::default());
    let mut page = open(&live, "/").await;
    let before = begun.get();
    page.begin_fill("#q", "a");
    while begun.get() == before {
        tokio::task::yield_now().await;
    }
    gate.add_permits(2);
    page.reconnect().await;
    assert!(page.text().contains("found [a]"));
}

#[tokio::test]
async fn what_cannot_be_loaded_is_told_and_the_component_stays_as_it_was() {
    let (errors, begun) = (Counted::default(), Counted::default());
    let told = errors.clone();
    let (gate, count) = (gate(), begun.clone());
    gate.add_permits(1);
    async fn fetch(text: String, gate: Gate) -> Result<String, std::fmt::Error> {
        tokio::task::yield_now().await;
        match text.as_str() {
            "fails" => Err(std::fmt::Error),
            "" => Ok(text),
            _ => {
                pass(&gate).await;
                Ok(text)
            }
        }
    }
    let page = move |cx: Cx| {
        let (gate, begun) = (gate.clone(), count.clone());
        async move {
            let text = cx.use_state(String::new);
            let wanted = text.get(&cx);
            begun.up();
            let found = cx.use_load(wanted.clone(), |_| fetch(wanted, gate)).await?;
            let search = cx.on(move |ctx, event| text.set(ctx, event.value().to_owned()));
            Ok(html! { input #q on:input=(search); p { "found [" (*found) "]" } })
        }
    };
    let live = builder()
        .on_error(move |_, _| told.up())
        .page("/", page)
        .build();
    let mut page = open(&live, "/").await;
    page.fill("#q", "fails").await.expect_text("found []").await;
    assert_eq!(errors.get(), 1);
    page.fill("#q", "a").await.expect_text("found [a]").await;
}

#[tokio::test]
async fn what_is_shown_for_the_first_time_waits_for_its_load_and_the_rest_stays_as_it_was() {
    let gate = gate();
    let doors = gate.clone();
    let details = move |cx: Cx, (): ()| {
        let gate = doors.clone();
        async move {
            let load = cx.use_load((), |_| async move {
                pass(&gate).await;
                Ok::<_, PageError>("details")
            });
            Ok(html! { p { (*load.await?) } })
        }
    };
    let live = live(move |cx: Cx| {
        let details = details.clone();
        async move {
            let open = cx.use_state(|| false);
            let toggle = cx.on(move |ctx, _| open.set(ctx, true));
            let details = match open.get(&cx) {
                true => cx.child(details, ()).await?,
                false => html! { "closed" },
            };
            Ok(html! { button on:click=(toggle) {} (details) })
        }
    });
    let mut page = open(&live, "/").await;
    page.click_without_waiting("button");
    assert_eq!(page.send_raw("[\"ping\"]").await, None);
    assert!(page.text().contains("closed"));
    gate.add_permits(1);
    page.expect_text("details").await;
}

/// A page with a part that is loaded later.
fn parts(gate: Gate) -> Live {
    live(move |cx: Cx| {
        let gate = gate.clone();
        async move {
            let count = cx.use_state(|| 0);
            let up = cx.on(move |ctx, _| count.update(ctx, |n| *n += 1));
            let part = cx.use_later((), |_| async move {
                pass(&gate).await;
                Ok::<_, PageError>("the part")
            });
            Ok(html! {
                h1 { "Title" }
                (part.show(html! { p { "one moment" } }, |part| html! { p { (part) } }))
                button type="button" on:click=(up) {}
                footer { "count " (count.get(&cx)) }
            })
        }
    })
}

fn with_script() -> Visit {
    Visit {
        zone: Some("Europe/Berlin".into()),
        ..visit("ada")
    }
}

#[tokio::test]
async fn a_page_is_shown_with_something_else_until_its_part_is_there() {
    let gate = gate();
    let live = parts(gate.clone());
    let document = document(&live, &with_script(), "/").await;
    assert!(document.contains("one moment") && document.contains("count 0"));
    let mut page = Page::connect(&live, &with_script(), "/", &document).await;
    // The same component, while its part is loading.
    page.click("button").await.expect_text("count 1").await;
    assert!(page.text().contains("one moment"));
    gate.add_permits(1);
    page.expect_text("the part")
        .await
        .expect_no_text("one moment")
        .await;
}

#[tokio::test]
async fn who_has_seen_a_part_has_it_after_a_reconnection_without_a_gap() {
    let gate = gate();
    gate.add_permits(2);
    let live = parts(gate);
    let document = document(&live, &with_script(), "/").await;
    let mut page = Page::connect(&live, &with_script(), "/", &document).await;
    page.expect_text("the part").await;
    page.reconnect().await;
    assert!(page.text().contains("the part"));
}

#[tokio::test]
async fn without_a_script_the_html_goes_on_when_the_part_is_there() {
    let gate = gate();
    let live = parts(gate.clone());
    let uri: Uri = "/".parse().unwrap();
    let rendered = live.render(visit("ada"), &uri).await.unwrap().unwrap();
    let document: Markup = html! { body { (rendered.root) } };
    let mut body = rendered.rest.body(document).into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.starts_with("<body><div id=\"live\"") && first.ends_with("<h1>Title</h1>"));
    // What a form may have is known before the part is there.
    assert!(first.contains("data-hash=\"\"") && first.contains("data-most=\"262144\""));
    assert!(body.next().now_or_never().is_none());
    gate.add_permits(1);
    let rest = body.next().await.unwrap().unwrap();
    assert_eq!(
        rest,
        "<p>the part</p><button type=\"button\" on:click=\"0\"></button><footer>count 0</footer></div></body>"
    );
    assert!(body.next().await.is_none());
}

#[tokio::test]
async fn a_part_that_cannot_be_loaded_is_told_once_and_can_be_shown() {
    let errors = Counted::default();
    let told = errors.clone();
    let page = |cx: Cx| async move {
        let part = cx.use_later((), |_| async move {
            tokio::task::yield_now().await;
            Err::<(), _>(std::fmt::Error)
        });
        Ok(html! { @if part.has_failed() { "failed" } @else { "one moment" } })
    };
    let live = builder()
        .on_error(move |_, _| told.up())
        .page("/", page)
        .build();
    let document = document(&live, &with_script(), "/").await;
    let mut page = Page::connect(&live, &with_script(), "/", &document).await;
    page.expect_text("failed").await;
    assert_eq!(errors.get(), 1);
}

#[tokio::test]
async fn messages_may_be_handled_by_what_has_to_wait() {
    let gate = gate();
    let doors = gate.clone();
    let live = live(move |cx: Cx| {
        let gate = doors.clone();
        async move {
            let heard = cx.use_state(String::new);
            cx.subscribe_async("news", move |ctx, news: String| {
                let gate = gate.clone();
                async move {
                    pass(&gate).await;
                    heard.set(&ctx, news);
                    Ok(())
                }
            });
            Ok(html! { p { "heard " (heard.get(&cx)) } })
        }
    });
    let mut page = open(&live, "/").await;
    live.hub().publish("news", &"it rains").unwrap();
    gate.add_permits(1);
    page.expect_text("heard it rains").await;
}

/// A number that is loaded, through the gate, and loaded again when it is published that it has changed.
async fn number(cx: Cx, (value, begun, gate): (Counted, Counted, Gate)) -> Result {
    let loaded = cx.use_load((), |_| async move {
        let found = value.get();
        begun.up();
        pass(&gate).await;
        Ok::<_, PageError>(found)
    });
    let loaded = loaded.await?;
    let reload = loaded.reloading();
    cx.subscribe("number", move |ctx, ()| reload.reload(ctx));
    Ok(html! { p { "number " (*loaded) } })
}

/// Waits until something has begun so many times.
async fn begun_times(begun: &Counted, times: usize) {
    while begun.get() < times {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_published_while_a_page_loads_reaches_what_it_subscribes_to_afterwards() {
    let (value, begun, gate) = (Counted::default(), Counted::default(), gate());
    let props = (value.clone(), begun.clone(), gate.clone());
    let live = live(move |cx: Cx| number(cx, props.clone()));
    gate.add_permits(1);
    let document = document(&live, &visit("ada"), "/").await;
    let ada = visit("ada");
    let change = async {
        begun_times(&begun, 2).await;
        value.up();
        live.hub().publish("number", &()).unwrap();
        gate.add_permits(2);
    };
    let (mut page, ()) = tokio::join!(Page::connect(&live, &ada, "/", &document), change);
    page.expect_text("number 1").await;
}

#[tokio::test]
async fn what_is_published_while_a_new_component_loads_reaches_it_as_well() {
    let (value, begun, gate) = (Counted::default(), Counted::default(), gate());
    let props = (value.clone(), begun.clone(), gate.clone());
    let number = move |cx: Cx, (): ()| number(cx, props.clone());
    let live = live(move |cx: Cx| {
        let number = number.clone();
        async move {
            let shown = cx.use_state(|| false);
            let show = cx.on(move |ctx, _| shown.set(ctx, true));
            Ok(html! {
                button on:click=(show) {}
                @if shown.get(&cx) { (cx.child(number, ()).await?) }
            })
        }
    });
    let mut page = open(&live, "/").await;
    page.click_without_waiting("button");
    begun_times(&begun, 1).await;
    live.hub().publish("other", &()).unwrap();
    value.up();
    live.hub().publish("number", &()).unwrap();
    gate.add_permits(2);
    page.expect_text("number 1").await;
    assert_eq!(begun.get(), 2);
}
