//! `/rooms`: rooms to talk in, and who is in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use maud::{Markup, html};
use stack_live::Cx;
use uuid::Uuid;

use super::{context::Context, layout};
use crate::{
    components::{button::Button, date::date, input::Input, link::Link},
    error::Error,
    models::{FieldErrors, Message, MessageBody, MessageId, RoomId, RoomName},
    repositories::chat,
    services::chat::{LeaveOnDrop, Presence, RoomEvent, publish, topic},
};

/// How many rooms are listed.
const ROOMS: i64 = 100;

/// How many messages are loaded at once.
const MESSAGES: i64 = 30;

/// How often a window says that it is there. One that was not heard for three times as long is forgotten.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// All rooms, newest first, and a form for a new one.
pub async fn index(cx: Cx) -> stack_live::Result {
    cx.signed_in()?;
    let found = cx
        .use_load((), |ctx| async move {
            chat::rooms(ctx.app().db.pool(), ROOMS).await
        })
        .await?;
    let errors = cx.use_state(FieldErrors::default);
    let open = cx.on_async(move |ctx, event| async move {
        match RoomName::parse(event.field("name")) {
            Ok(name) => {
                let id = RoomId::generate();
                chat::insert_room(ctx.app().db.pool(), id, &name).await?;
                ctx.navigate(format!("/rooms/{id}"));
            }
            Err(wrong) => errors.update(&ctx, |errors| {
                *errors = FieldErrors::default();
                errors.check("name", Err::<(), _>(wrong));
            }),
        }
        Ok(())
    });
    let main = html! {
        header.title { h1 { "Rooms" } }
        form on:submit=(open) novalidate {
            (Input::line("name", "A new room").required(true).render(&errors.read(&cx)))
            div.row { (Button::new("Open a room")) }
        }
        ul {
            @for room in &*found {
                li data-key=(room.id) {
                    (Link::to(&format!("/rooms/{}", room.id), room.name.as_str()))
                }
            }
        }
    };
    Ok(layout::live(&cx, "Rooms", main))
}

/// One room. The server keeps no message: they are a stream, which the browser holds.
pub async fn room(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let id: RoomId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let room = cx
        .use_load(id, |ctx| async move {
            let room = chat::room(ctx.app().db.pool(), id).await?;
            room.ok_or(Error::NotFound)
        })
        .await?;
    // The oldest and the newest message that the browser has, and how often there was a new one.
    let oldest = cx.use_local(|| None::<MessageId>);
    let newest = cx.use_local(|| None::<MessageId>);
    let said = cx.use_local(|| 0_u32);
    let items = cx
        .use_stream(|ctx| async move {
            let mut found = chat::messages(ctx.app().db.pool(), id, None, MESSAGES).await?;
            oldest.set(&ctx, found.last().map(|message| message.id));
            newest.set(&ctx, found.first().map(|message| message.id));
            found.reverse();
            let items = found.iter();
            Ok::<_, Error>(
                items
                    .map(|message| (message.id.to_string(), line(message)))
                    .collect(),
            )
        })
        .await?;

    let older = items.clone();
    let load_older = cx.on_async(move |ctx, _| {
        let older = older.clone();
        async move {
            let before = oldest.get(&ctx);
            let found = chat::messages(ctx.app().db.pool(), id, before, MESSAGES).await?;
            for message in &found {
                older.prepend(&ctx, message.id, line(message));
            }
            oldest.set(&ctx, found.last().map(|message| message.id));
            Ok(())
        }
    });

    // Whoever is here, by window: their name, and when it was heard last.
    let here = cx.use_local(BTreeMap::<Uuid, (String, Instant)>::new);
    let window = cx.use_local(Uuid::now_v7).get(&cx);
    let presence = Presence {
        window,
        name: user.display_name.as_str().to_owned(),
    };
    let me = presence.clone();
    cx.subscribe(&topic(id), move |ctx, event| match event {
        RoomEvent::Said => said.update(ctx, |said| *said += 1),
        RoomEvent::Left(window) => here.update(ctx, |here| {
            here.remove(&window);
        }),
        RoomEvent::Here(other) => {
            let known = here.read(ctx).contains_key(&other.window);
            here.update(ctx, |here| {
                here.insert(other.window, (other.name.clone(), Instant::now()));
            });
            // A newcomer does not know yet who is here.
            if !known && other.window != me.window {
                let hub = ctx.app().live.hub().clone();
                publish(&hub, id, &RoomEvent::Here(me.clone()));
            }
        }
    });
    cx.use_effect((), move |ctx| async move {
        let hub = ctx.app().live.hub().clone();
        let leave = LeaveOnDrop {
            hub,
            room: id,
            window,
        };
        loop {
            publish(&leave.hub, id, &RoomEvent::Here(presence.clone()));
            tokio::time::sleep(HEARTBEAT).await;
            here.update(&ctx, |here| {
                here.retain(|_, (_, heard)| heard.elapsed() < 3 * HEARTBEAT);
            });
        }
    });
    let later = items.clone();
    cx.use_effect(said.get(&cx), move |ctx| async move {
        let mut found = chat::messages(ctx.app().db.pool(), id, None, MESSAGES).await?;
        found.retain(|message| Some(message.id) > newest.get(&ctx));
        for message in found.iter().rev() {
            later.append(&ctx, message.id, line(message));
        }
        if let Some(message) = found.first() {
            newest.set(&ctx, Some(message.id));
        }
        Ok(())
    });

    // Counts what was sent: a form with another key is a new, empty one.
    let sent = cx.use_state(|| 0_u32);
    let say = cx.on_async(move |ctx, event| async move {
        let Ok(body) = MessageBody::parse(event.field("body")) else {
            ctx.flash_error("A message needs 1 to 1000 characters.");
            return Ok(());
        };
        let (app, message) = (ctx.app(), MessageId::generate());
        chat::insert_message(app.db.pool(), message, id, user.id, &body).await?;
        publish(app.live.hub(), id, &RoomEvent::Said);
        sent.update(&ctx, |sent| *sent += 1);
        ctx.browser().focus("#body");
        Ok(())
    });

    let here = here.read(&cx);
    let names: BTreeSet<&str> = here.values().map(|(name, _)| name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let main = html! {
        header.title { h1 { (room.name.as_str()) } (Link::to("/rooms", "All rooms")) }
        p.here role="status" {
            "Here: " (names.join(", "))
        }
        @if oldest.get(&cx).is_some() {
            button.quiet #older type="button" on:visible=(load_older) on:click=(load_older) { "Older" }
        }
        ul.messages data-stream=(items.id()) { (items) }
        form.say data-key={ "say-" (sent.get(&cx)) } on:submit=(say) novalidate {
            label.visually-hidden for="body" { "Message" }
            input #body name="body" maxlength="1000" autocomplete="off" placeholder="Message";
            (Button::new("Send"))
        }
    };
    Ok(layout::live(&cx, room.name.as_str(), main))
}

/// A message in the list.
fn line(message: &Message) -> Markup {
    html! {
        li data-key=(message.id) {
            strong { (message.author.as_str()) } " " span.small { (date(message.created_at)) }
            p { (message.body.as_str()) }
        }
    }
}
