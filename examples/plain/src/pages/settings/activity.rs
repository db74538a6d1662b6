//! `/account/activity`: what happened in the account.

use maud::html;
use stack_live::Cx;
use stack_web::pagination::{self, PageQuery};

use super::security::place;
use crate::{
    components::{date::Zone, pager::pager},
    error::Error,
    models::{Outcome, SecurityEventId},
    pages::{context::Context, layout},
    repositories::security_events,
};

/// The events of the user's account, newest first.
pub async fn page(cx: Cx) -> stack_live::Result {
    let owner = cx.signed_in()?.owner();
    let page = PageQuery::<SecurityEventId>::parse(&cx.query()?).map_err(Error::from)?;
    let found = cx
        .use_load(page.after, |ctx| async move {
            let (app, limit) = (ctx.app(), page.limit + 1);
            security_events::list(app.db.pool(), owner, page.after, limit).await
        })
        .await?;
    let (events, next) = pagination::split(found.to_vec(), page.limit, |event| event.id);
    let next = next.map(|next| format!("/account/activity?limit={}&after={next}", page.limit));
    let newest = page.after.map(|_| "/account/activity");
    let zone = Zone::of_visitor(&cx);
    let main = html! {
        header.title {
            h1 { "What happened in your account" }
            a.button.secondary href="/account/security" data-link { "Security" }
        }
        p.soft { "If something was not you, change your password, which logs out everybody else." }
        div.notes {
            @for event in &events {
                article.note data-key=(event.id) {
                    h2 {
                        (event.kind.title()) @if event.outcome == Outcome::Failure { ": refused" }
                    }
                    @if !event.details.is_empty() { p { (event.details) } }
                    p { (event.client.user_agent) ", " (place(&event.client)) }
                    footer { (zone.date_time(event.created_at)) }
                }
            }
        }
        (pager(newest, next.as_deref()))
    };
    Ok(layout::live(&cx, "What happened in your account", main))
}
