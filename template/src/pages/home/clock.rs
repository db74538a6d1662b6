//! What time it is, where the visitor is.

use std::time::Duration;

use maud::html;
use stack_live::{Cx, Result};
use time::OffsetDateTime;

use crate::components::date::Zone;

/// A clock, in a component of its own: each second it alone is rendered again.
pub async fn clock(cx: Cx, (): ()) -> Result {
    // A state, not just the time: the page that connects shows what the first HTML has shown.
    let now = cx.use_state(|| OffsetDateTime::now_utc().unix_timestamp());
    cx.use_effect((), move |cx| async move {
        loop {
            let at = OffsetDateTime::now_utc();
            now.set(&cx, at.unix_timestamp());
            let rest = 1_000_000_000 - at.nanosecond();
            tokio::time::sleep(Duration::from_nanos(rest.into())).await;
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
