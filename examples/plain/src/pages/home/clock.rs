//! A clock in the visitor's time zone.

use std::time::Duration;

use maud::html;
use stack_live::{Cx, Result};
use time::OffsetDateTime;

use crate::components::date::Zone;

/// A clock. It is a component of its own, so each minute only the clock renders again. It shows no seconds, which would
/// make every open page render each second.
pub async fn clock(cx: Cx, (): ()) -> Result {
    // A state, so that the page shows the same time when it connects as in its first HTML.
    let now = cx.use_state(|| minute(OffsetDateTime::now_utc()));
    cx.use_effect((), move |cx| async move {
        loop {
            let at = OffsetDateTime::now_utc();
            now.set(&cx, minute(at));
            let until_next_minute = 60 - u64::from(at.second());
            tokio::time::sleep(Duration::from_secs(until_next_minute)).await;
        }
    });
    let zone = Zone::of_visitor(&cx);
    let at =
        OffsetDateTime::from_unix_timestamp(now.get(&cx)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Ok(html! {
        div.clock {
            p.time { (zone.time(at)) }
            p.small { (zone.date(at)) ", " (zone.name().replace('_', " ")) }
        }
    })
}

/// The start of the minute, in seconds since 1970.
fn minute(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() - i64::from(at.second())
}
