//! What time it is, where the visitor is.

use std::time::Duration;

use maud::html;
use stack_live::{Cx, Result};
use time::OffsetDateTime;

use crate::components::date::Zone;

/// A clock, in a component of its own: each minute it alone is rendered again. Seconds would be no harder, but keep
/// every page that is open somewhere busy.
pub async fn clock(cx: Cx, (): ()) -> Result {
    // A state, not just the time: the page that connects shows what the first HTML has shown.
    let now = cx.use_state(|| minute(OffsetDateTime::now_utc()));
    cx.use_effect((), move |cx| async move {
        loop {
            let at = OffsetDateTime::now_utc();
            now.set(&cx, minute(at));
            let rest = 60 - u64::from(at.second());
            tokio::time::sleep(Duration::from_secs(rest)).await;
        }
    });
    let zone = Zone::of(&cx);
    let at =
        OffsetDateTime::from_unix_timestamp(now.get(&cx)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Ok(html! {
        div.clock {
            p.time { (zone.clock(at)) }
            p.small { (zone.date(at)) ", " (zone.name().replace('_', " ")) }
        }
    })
}

/// When the minute began, in seconds since 1970.
fn minute(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() - i64::from(at.second())
}
