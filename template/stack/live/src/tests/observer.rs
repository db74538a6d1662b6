//! What an observer gets to know.

use std::{
    any::Any,
    sync::{Arc, Mutex},
};

use maud::html;
use tokio::sync::Notify;
use tracing::Span;

use super::{builder, open};
use crate::{
    Cx, PageError, Result, Visit,
    observer::{ActiveWork, Observer, Work},
    testing::Page,
};

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

struct End(Diary, String);

impl Drop for End {
    fn drop(&mut self) {
        self.0.write(format!("{} ends", self.1));
    }
}

impl Diary {
    fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observer for Diary {
    fn connection(&self) -> Box<dyn Any + Send> {
        self.write("connection".into());
        Box::new(End(self.clone(), "connection".into()))
    }

    fn work(&self, _: &Visit, work: &Work) -> ActiveWork {
        let file = work.handler.map(|at| at.file().ends_with("observer.rs"));
        let what = format!("{} of {}", work.trigger.as_str(), work.page);
        self.write(what.clone());
        assert_ne!(file, Some(false));
        assert_eq!(
            file.is_some(),
            matches!(work.trigger.as_str(), "event" | "upload")
        );
        ActiveWork {
            id: format!("id of {what}").into(),
            span: Span::none(),
            guard: Box::new(End(self.clone(), what)),
        }
    }

    fn sent(&self, bytes: usize) {
        assert!(bytes > 0);
        self.write("sent".into());
    }
}

/// Everything so far was answered: what somebody asked in a browser comes back, which nobody here has asked.
async fn wait_for_answers(page: &mut Page) {
    page.send_raw(r#"["ret",0,true,null]"#).await;
}

async fn two(cx: Cx) -> Result {
    cx.set_title("two");
    Ok(html! { p { "two " (cx.param("id")) } })
}

#[tokio::test]
async fn an_event_is_observed_until_its_answer_is_sent_and_named_by_the_pattern_of_its_page() {
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0);
        let up = cx.on(move |ctx, _| count.update(ctx, |n| *n += 1));
        Ok(html! { button on:click=(up) { (count.get(&cx)) } })
    }
    let diary = Diary::default();
    let live = builder()
        .observer(diary.clone())
        .page("/", page)
        .page("/two/{id}", two)
        .build();
    let mut page = open(&live, "/").await;
    wait_for_answers(&mut page).await;
    diary.take();
    page.click("button").await;
    page.visit("/two/7").await;
    wait_for_answers(&mut page).await;
    let lines = diary.take();
    let (click, rest) = lines.split_at(3);
    assert_eq!(click, ["event of /", "sent", "event of / ends"]);
    let expected = [
        "navigate of /two/{id}",
        "sent",
        "navigate of /two/{id} ends",
    ];
    assert_eq!(rest[..3], expected);
    drop(page);
    while !diary.take().contains(&"connection ends".to_owned()) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_async_handler_is_observed_until_it_has_ended() {
    let go_on = Arc::new(Notify::new());
    let held = Arc::clone(&go_on);
    let page = move |cx: Cx| {
        let held = Arc::clone(&held);
        async move {
            let wait = cx.on_async(move |_, _| {
                let held = Arc::clone(&held);
                async move {
                    held.notified().await;
                    Ok(())
                }
            });
            Ok(html! { button on:click=(wait) {} })
        }
    };
    let diary = Diary::default();
    let live = builder().observer(diary.clone()).page("/", page).build();
    let mut page = open(&live, "/").await;
    wait_for_answers(&mut page).await;
    diary.take();
    let (handler, version) = (page.handler("button", "click"), page.version());
    page.send_raw(&format!(
        r#"["ev",1,{version},"{handler}","click",{}]"#,
        "{}"
    ))
    .await;
    let lines = diary.take();
    assert_eq!(lines[0], "event of /");
    assert!(!lines.contains(&"event of / ends".to_owned()), "{lines:?}");
    go_on.notify_one();
    while !diary.take().contains(&"event of / ends".to_owned()) {
        wait_for_answers(&mut page).await;
    }
}

#[tokio::test]
async fn a_page_that_stops_names_the_work_that_failed_and_an_effect_has_a_name_too() {
    async fn page(cx: Cx) -> Result {
        let broken = cx.use_state(|| false);
        let fails = broken.get(&cx);
        cx.use_effect(fails, move |_| async move {
            match fails {
                true => Err(PageError::from(std::io::Error::other("later"))),
                false => Ok(()),
            }
        });
        Ok(html! {
            button.now on:click=(cx.on(|_, _| panic!("now"))) {}
            button.effect on:click=(cx.on(move |ctx, _| broken.set(ctx, true))) {}
        })
    }
    let diary = Diary::default();
    let names = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&names);
    let live = builder()
        .observer(diary)
        .on_error(move |ctx, _| told.lock().unwrap().push(ctx.work_id().unwrap()))
        .page("/", page)
        .build();
    let mut page = open(&live, "/").await;
    page.click(".effect").await;
    while names.lock().unwrap().is_empty() {
        wait_for_answers(&mut page).await;
    }
    assert_eq!(*names.lock().unwrap(), ["id of effect of /"]);
    page.click(".now").await;
    let error = page.error().unwrap();
    assert!(error.contains("please name id of event of /."), "{error}");
}
