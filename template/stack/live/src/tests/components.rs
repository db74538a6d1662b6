//! Hooks and what is rendered again.

use maud::html;

use super::{Counted, live, open};
use crate::{Cx, Result, State};

#[tokio::test]
async fn only_the_component_whose_state_has_changed_is_rendered_again() {
    let (outer, inner) = (Counted::default(), Counted::default());
    let (outer_count, inner_count) = (outer.clone(), inner.clone());
    let live = live(move |cx: Cx| {
        let (outer, inner) = (outer.clone(), inner.clone());
        async move {
            outer.up();
            let counter = move |cx: Cx, (): ()| {
                let inner = inner.clone();
                async move {
                    inner.up();
                    let count = cx.use_state(|| 0);
                    Ok(
                        html! { button on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (count.get(&cx)) } },
                    )
                }
            };
            Ok(html! { h1 { "Page" } (cx.child(counter, ()).await?) })
        }
    });
    let mut page = open(&live, "/").await;
    let before = (outer_count.get(), inner_count.get());
    page.click("button").await.expect_text("1").await;
    assert_eq!(
        (outer_count.get(), inner_count.get()),
        (before.0, before.1 + 1)
    );
}

#[tokio::test]
async fn a_child_is_rendered_again_when_its_props_change_and_keeps_its_state() {
    async fn child(cx: Cx, name: String) -> Result {
        let count = cx.use_state(|| 0);
        Ok(html! {
            p { (name) " " (count.get(&cx)) }
            button.child on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) {}
        })
    }
    async fn page(cx: Cx) -> Result {
        let name = cx.use_state(|| "one".to_owned());
        Ok(html! {
            button.parent on:click=(cx.on(move |ctx, _| name.set(ctx, "two".into()))) {}
            (cx.child(child, name.get(&cx)).await?)
        })
    }
    let mut page = open(&live(page), "/").await;
    page.click(".child").await.expect_text("one 1").await;
    page.click(".parent").await.expect_text("two 1").await;
}

#[tokio::test]
async fn a_rendering_that_comes_out_the_same_is_no_new_version() {
    async fn page(cx: Cx) -> Result {
        let unseen = cx.use_state(|| 0);
        unseen.get(&cx);
        Ok(html! { button on:click=(cx.on(move |ctx, _| unseen.update(ctx, |n| *n += 1))) {} })
    }
    let mut page = open(&live(page), "/").await;
    page.click("button").await;
    assert_eq!(page.version(), 1);
    page.reconnect().await.click("button").await;
    assert_eq!(page.version(), 1);
}

#[tokio::test]
async fn a_state_that_was_handed_down_renders_whoever_reads_it() {
    async fn reader(cx: Cx, count: State<u32>) -> Result {
        Ok(html! { p { "seen " (count.get(&cx)) } })
    }
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0_u32);
        Ok(html! {
            button on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) {}
            (cx.child(reader, count).await?)
        })
    }
    open(&live(page), "/")
        .await
        .click("button")
        .await
        .expect_text("seen 1")
        .await;
}

#[tokio::test]
async fn a_provided_value_reaches_components_far_below_and_changes_them() {
    async fn leaf(cx: Cx, (): ()) -> Result {
        Ok(html! { p { "theme " (cx.context::<String>().unwrap_or_default()) } })
    }
    async fn branch(cx: Cx, (): ()) -> Result {
        cx.child(leaf, ()).await
    }
    async fn page(cx: Cx) -> Result {
        let theme = cx.use_state(|| "light".to_owned());
        cx.provide(theme.get(&cx));
        Ok(html! {
            button on:click=(cx.on(move |ctx, _| theme.set(ctx, "dark".into()))) {}
            (cx.child(branch, ()).await?)
        })
    }
    let mut page = open(&live(page), "/").await;
    page.expect_text("theme light")
        .await
        .click("button")
        .await
        .expect_text("theme dark")
        .await;
}

#[tokio::test]
async fn what_is_memoized_or_loaded_is_computed_again_only_when_it_has_to_be() {
    let (computed, loaded) = (Counted::default(), Counted::default());
    let (memos, loads) = (computed.clone(), loaded.clone());
    let live = live(move |cx: Cx| {
        let (computed, loaded) = (computed.clone(), loaded.clone());
        async move {
            let (a, b) = (cx.use_state(|| 1), cx.use_state(|| 1));
            let square = cx.use_memo(a.get(&cx), || {
                computed.up();
                a.get(&cx) * a.get(&cx)
            });
            let row = cx
                .use_load(a.get(&cx), |ctx| async move {
                    loaded.up();
                    Ok::<_, std::fmt::Error>(a.get(&ctx) + 100)
                })
                .await?;
            let reload = row.reloading();
            Ok(html! {
                p { (square) " " (*row) " " (b.get(&cx)) }
                button.a on:click=(cx.on(move |ctx, _| a.update(ctx, |n| *n += 1))) {}
                button.b on:click=(cx.on(move |ctx, _| b.update(ctx, |n| *n += 1))) {}
                button.r on:click=(cx.on(move |ctx, _| reload.reload(ctx))) {}
            })
        }
    });
    let mut page = open(&live, "/").await;
    let before = (memos.get(), loads.get());
    page.click(".b").await.expect_text("1 101 2").await;
    assert_eq!((memos.get(), loads.get()), before);
    page.click(".a").await.expect_text("4 102 2").await;
    assert_eq!((memos.get(), loads.get()), (before.0 + 1, before.1 + 1));
    page.click(".r").await;
    assert_eq!((memos.get(), loads.get()), (before.0 + 1, before.1 + 2));
}

#[tokio::test]
async fn a_component_that_is_gone_takes_its_state_with_it() {
    async fn child(cx: Cx, (): ()) -> Result {
        let count = cx.use_state(|| 0);
        Ok(
            html! { button.child on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { "child " (count.get(&cx)) } },
        )
    }
    async fn page(cx: Cx) -> Result {
        let shown = cx.use_state(|| true);
        Ok(html! {
            button.toggle on:click=(cx.on(move |ctx, _| shown.update(ctx, |shown| *shown = !*shown))) {}
            @if shown.get(&cx) { (cx.child(child, ()).await?) }
        })
    }
    let mut page = open(&live(page), "/").await;
    page.click(".child").await.expect_text("child 1").await;
    page.click(".toggle").await.expect_no_text("child").await;
    page.click(".toggle").await.expect_text("child 0").await;
}

#[tokio::test]
async fn a_component_that_never_settles_stops_its_page_and_no_other() {
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0);
        let shown = count.get(&cx);
        count.set(&cx, shown + u64::from(cx.is_connected()));
        Ok(html! { p { (shown) } })
    }
    let live = live(page);
    let document = super::document(&live, &super::visit("ada"), "/").await;
    let page =
        crate::testing::Page::connect_or_end(&live, &super::visit("ada"), "/", &document).await;
    assert!(
        page.error()
            .is_some_and(|text| text.contains("stopped working"))
    );
}

#[tokio::test]
async fn each_of_many_components_that_read_one_value_is_rendered_when_it_changes() {
    async fn reader(cx: Cx, count: State<u32>) -> Result {
        Ok(html! { li { "seen " (count.get(&cx)) } })
    }
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0_u32);
        let mut readers = Vec::new();
        for n in 0..200 {
            readers.push(cx.keyed(n).child(reader, count).await?);
        }
        Ok(html! {
            button on:click=(cx.on(move |ctx, _| count.set(ctx, 1))) {}
            ul { @for reader in &readers { (reader) } }
        })
    }
    let mut page = open(&live(page), "/").await;
    page.click("button").await.expect_no_text("seen 0").await;
    assert_eq!(page.text().matches("seen 1").count(), 200);
}

/// A component of a list, which counts its clicks.
async fn row(cx: Cx, key: String) -> Result {
    let count = cx.use_state(|| 0);
    let text = format!("{key} has {}", count.get(&cx));
    let class = format!("row{}", key.replace(['/', ':', '~'], "-"));
    Ok(html! {
        button class=(class) on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (text) }
    })
}

#[tokio::test]
async fn a_component_of_a_list_keeps_its_state_beside_keys_that_begin_like_its_own() {
    async fn page(cx: Cx) -> Result {
        let newest = cx.use_state(|| 10);
        let mut rows = Vec::new();
        for n in (1..=newest.get(&cx)).rev() {
            rows.push(cx.keyed(n).child(row, n.to_string()).await?);
        }
        Ok(html! {
            button.more on:click=(cx.on(move |ctx, _| newest.update(ctx, |n| *n += 1))) {}
            @for row in &rows { (row) }
        })
    }
    let mut page = open(&live(page), "/").await;
    page.click(".row1").await.expect_text("1 has 1").await;
    page.click(".more").await.expect_text("11 has 0").await;
    page.expect_text(" 1 has 1").await;
    page.reconnect().await.expect_text(" 1 has 1").await;
}

#[tokio::test]
async fn a_key_is_never_taken_for_the_place_of_another_component_or_for_another_key() {
    const KEYS: [&str; 7] = ["0", "1", "0~0", "1/0", "/1:0", "1.0", "%31"];
    async fn page(cx: Cx) -> Result {
        let mut rows = vec![
            cx.child(row, "first".to_owned()).await?,
            cx.child(row, "second".to_owned()).await?,
        ];
        for key in KEYS {
            rows.push(cx.keyed(key).child(row, key.to_owned()).await?);
        }
        let nested = cx.keyed(1).keyed(0);
        rows.push(nested.child(row, "nested".to_owned()).await?);
        Ok(html! { @for row in &rows { (row) } })
    }
    let live = live(page);
    for key in KEYS.into_iter().chain(["first", "second", "nested"]) {
        let mut page = open(&live, "/").await;
        let class = key
            .replace(['/', ':', '~'], "-")
            .replace('.', "\\.")
            .replace('%', "\\%");
        page.click(&format!(".row{class}")).await.reconnect().await;
        page.expect_text(&format!("{key} has 1")).await;
        assert_eq!(page.text().matches("has 1").count(), 1, "{key}");
    }
}
